"""Checks that name the mistake, and the grading of a class."""

from autograder.check import check, grade
from autograder.derive import derive

__all__ = ["check", "derive", "grade"]
