"""Exercises of lesson 7."""

LESSON = "07-tuning"
