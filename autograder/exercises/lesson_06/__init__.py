"""Exercises of lesson 6."""

LESSON = "06-initialization"
