"""The small course of the tests of grading serves the desk as well."""

from tests.grading.conftest import empty_course, graded, harmless, released

__all__ = ["empty_course", "graded", "harmless", "released"]
