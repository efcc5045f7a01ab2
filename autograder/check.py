"""``check`` for the student at work and ``grade`` for the points: one engine, two seeds."""

import os

from autograder import elsewhere
from autograder.result import Grade, Result


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
    if elsewhere.ask:
        return elsewhere.ask("check", function)
    # Imported here: a process that runs student code never gets this far, and the exercises take long to import.
    from autograder.examination import examine, seed_for
    from autograder.seeds import PUBLIC_SEED

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
    if elsewhere.ask:
        return elsewhere.ask("grade", function)
    from autograder.examination import examine, seed_for  # here: see check
    from autograder.seeds import hidden_seed

    # At once: nbgrader would give full marks for what goes wrong while a result is shown.
    return examine(function, seed_for(function, hidden_seed()), Grade).found()
