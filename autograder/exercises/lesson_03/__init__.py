"""Exercises of lesson 3."""

LESSON = "03-delta-recursion"
