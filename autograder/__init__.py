"""Checks that name the mistake, and the grading of a class."""

from autograder.check import check, grade

__all__ = ["check", "grade"]
