"""What an exercise is built from, in one place to import it from."""

from autograder.checking import probes
from autograder.checking.compare import (
    SINGLE_TOLERANCE,
    close,
    flat,
    is_number_like,
    leaves,
    value_differences,
)
from autograder.checking.problem import problem_in, said
from autograder.checking.requirements import cases, fits_any, shapes, trouble, unchanged, values
from autograder.checking.scripted import ScriptedOrders, scripts_of
from autograder.checking.trial import right_answers
from autograder.exercise import Exercise, Requirement, gradient_part
from autograder.ordinals import ordinal

__all__ = [
    "SINGLE_TOLERANCE",
    "Exercise",
    "Requirement",
    "ScriptedOrders",
    "cases",
    "close",
    "fits_any",
    "flat",
    "gradient_part",
    "is_number_like",
    "leaves",
    "ordinal",
    "probes",
    "problem_in",
    "right_answers",
    "said",
    "scripts_of",
    "shapes",
    "trouble",
    "unchanged",
    "value_differences",
    "values",
]
