"""Families of mistakes that would fit an exercise, and that it doesn't have yet, so that no twin is forgotten."""

import inspect
import math
import warnings

import numpy as np

from autograder.audit.kills import under
from autograder.checking.trial import Trial
from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.exercises.families import completed, families
from autograder.exercises.files import CatalogueError
from autograder.exercises.load import apply_edits
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED


def offers(name):
    """List the families of the course that fit an exercise.

    A family fits if it can be made of the reference, is caught, and is no mistake that the exercise already names.

    Parameters
    ----------
    name : str
        Of the exercise.

    Returns
    -------
    list of str
        A line for each.
    """
    exercise = EXERCISES[name]
    taken = {mistake.id for mistake in exercise.mistakes}
    found = []
    for family in families():
        function = None if family in taken else _function(family, exercise)
        if function and _is_new(function, exercise):
            found.append(f"  fits too  {family:36}       add it to `families`, if students could do this")
    return found


def _function(family, exercise):
    """Make a family's mistake out of a reference; None if it can't be made."""
    reference, where = inspect.getsource(exercise.reference), f"families.toml [{family}]"
    try:
        entry = completed(family, {}, {}, reference, where)
        edits = [entry["edit"]] if "edit" in entry else entry.get("edits", [])
        source = apply_edits(reference, edits, where)
    except CatalogueError:
        return None
    scope = {"math": math, "np": np} | exercise.reference.__globals__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a family can make nonsense of a reference, which is then not offered
        exec(source, scope)
    return scope[exercise.name] if "hint" in entry and edits else None


def _is_new(function, exercise):
    """Whether an answer returns something, is caught, and is no mistake that the exercise names."""
    known = {mistake.id for mistake in exercise.mistakes}
    for seed in (PUBLIC_SEED, HIDDEN_SEED):
        result = examine(under(exercise.name, function), seed)
        if result.passed or known & set(result.mistakes):
            return False
    return any(not outcome.failure for outcome in Trial(exercise, function, PUBLIC_SEED).outcomes)
