"""``check`` for the student at work and ``grade`` for the points: one engine, two seeds."""

import contextlib
import os

from autograder.result import Cell, Grade, Result

PUBLIC_SEED = 1986
HIDDEN_SEED = 323533
_hidden_seed = HIDDEN_SEED
_cell = None


def use_hidden_seed(seed):
    """Have :func:`grade` draw its probes from another seed, which nobody can look up in the package.

    Parameters
    ----------
    seed : int
        Not negative.
    """
    global _hidden_seed
    _hidden_seed = seed


@contextlib.contextmanager
def scaled_to(points):
    """Have the results of a test cell shown out of what the cell is worth.

    Parameters
    ----------
    points : float or None
        What nbgrader gives for the cell; None for what its exercises are worth.

    Yields
    ------
    autograder.result.Cell
        What :func:`grade` has found in the cell so far.
    """
    global _cell
    before, _cell = _cell, Cell(points)
    try:
        yield _cell
    finally:
        _cell = before


def _for_nbgrader(result, execution):
    """Prepare a result for nbgrader, which reads points from what is shown."""
    result.cell = _cell
    result.alone = _cell is None and execution is not None
    # Whoever validates does not know what a cell is worth, but 0 is never full marks.
    result.worth_nothing = execution == "validate"
    return result


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
    from autograder.examination import examine  # here, because seven lessons take longer to import than all the rest

    execution = os.environ.get("NBGRADER_EXECUTION")
    if execution is None:
        return examine(function, PUBLIC_SEED, Result, again=True).found()
    # nbgrader reads points from text; a report in words would count as full marks.
    result = _for_nbgrader(examine(function, PUBLIC_SEED, Grade, again=True), execution)
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
        Its text is the points as a plain float, its HTML the same report as check's.  In a test cell that
        ``autograder grade`` grades, the points are out of what the cell is worth, and several calls in one cell
        count together.
    """
    from autograder.examination import examine  # here: see check

    # At once: nbgrader would give full marks for what goes wrong while a result is shown.
    result = _for_nbgrader(examine(function, _hidden_seed, Grade).found(), os.environ.get("NBGRADER_EXECUTION"))
    if _cell is not None:
        _cell.grades.append(result)
    return result
