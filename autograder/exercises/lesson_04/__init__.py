"""Exercises of lesson 4."""

LESSON = "04-cross-entropy"
