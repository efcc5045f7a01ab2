"""Exercises of lesson 5."""

LESSON = "05-regularization"
