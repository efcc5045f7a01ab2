"""``check`` for the student at work and ``grade`` for the points: one engine, two seeds."""

import os

from autograder.result import Grade, Result

PUBLIC_SEED = 1986
HIDDEN_SEED = 323533
_hidden_seed = HIDDEN_SEED


def use_hidden_seed(seed):
    """Have :func:`grade` draw its probes from another seed, which nobody can look up in the package.

    Parameters
    ----------
    seed : int
        Not negative.
    """
    global _hidden_seed
    _hidden_seed = seed


def check(function):
    """Try a student's function on the public probes.

    Parameters
    ----------
    function : callable
        Found among the exercises by its ``__name__``.

    Returns
    -------
    autograder.result.Result
        Shown in a notebook as HTML, elsewhere as text.  What is no function, or of no exercise, gets a result that
        says so in one sentence.
    """
    # Here, because seven lessons take longer to import than all the rest.
    from autograder.examination import examine, seed_for

    # nbgrader's Validate reads points from text; a report in words would count as full marks there.
    execution = os.environ.get("NBGRADER_EXECUTION")
    kind = Grade if execution == "validate" else Result
    result = examine(function, seed_for(function, PUBLIC_SEED), kind, again=True)
    # When a notebook is graded, a check stands before the last line of its cell, where nobody looks at it.
    return result if execution == "autograde" else result.found()


def grade(function):
    """Try a student's function on the hidden probes, for its points.

    Parameters
    ----------
    function : callable
        Found among the exercises by its ``__name__``.

    Returns
    -------
    autograder.result.Grade
        Its text is the points as a plain float, its HTML the same report as check's.
    """
    from autograder.examination import examine, seed_for  # here: see check

    # At once: nbgrader would give full marks for what goes wrong while a result is shown.
    return examine(function, seed_for(function, _hidden_seed), Grade).found()
