"""Exercises of lesson 1."""

LESSON = "01-notation"
