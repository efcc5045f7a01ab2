"""``check`` for the student at work and ``grade`` for the points: the same examination with two seeds."""

import contextlib
import os
from functools import partial

from autograder import elsewhere
from autograder.checking.result import Cell, Grade, Result

_cell = None


@contextlib.contextmanager
def scaled_to(points, with_case=False):
    """Have the results of a test cell shown out of what the cell is worth.

    Parameters
    ----------
    points : float or None
        What nbgrader gives for the cell; None for what its exercises are worth.
    with_case : bool
        Whether to show a hidden case that fails, which only a lecturer may see.

    Yields
    ------
    autograder.checking.result.Cell
        What :func:`grade` has found in the cell so far.
    """
    global _cell
    before, _cell = _cell, Cell(points, with_case)
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
        Its ``__name__`` says which exercise it belongs to.

    Returns
    -------
    autograder.checking.result.Result
        Shown in a notebook as HTML, elsewhere as text. Its attributes ``passed``, ``score``, ``points``, ``mistakes``,
        ``hints`` and ``requirements`` say the same as data. Something that is no function, or belongs to no exercise,
        gets a result that says so in one sentence.
    """
    if elsewhere.ask:
        return elsewhere.ask("check", function)
    # Imported here: a process that runs student code never gets this far, and the exercises take long to import.
    from autograder.examination import Examination, seed_for
    from autograder.seeds import PUBLIC_SEED

    execution = os.environ.get("NBGRADER_EXECUTION")
    tried = Examination(function, seed_for(function, PUBLIC_SEED), again=True, with_case=execution is None)
    if execution is None:
        return Result(tried.report).now()
    # nbgrader reads points from text; a report in words would count as full marks.
    result = _for_nbgrader(Grade(tried.report, tried.passed), execution)
    # When a notebook is graded, a check stands before the last line of its cell, where nobody looks at it.
    return result if execution == "autograde" else result.now()


def _hidden(function, lines):
    """Return what tries a function, or checks a derivation, with the hidden seed."""
    from autograder.derivation_check import check_derivation  # here: see check
    from autograder.examination import examine, seed_for
    from autograder.seeds import hidden_seed

    if isinstance(function, str) and lines is not None:
        return partial(check_derivation, function, lines, hidden_seed())
    with_case = _cell is not None and _cell.with_case
    return partial(examine, function, seed_for(function, hidden_seed()), with_case=with_case)


def grade(function, lines=None):
    """Try a student's function on the hidden probes, or check a derivation at hidden points, for the points.

    Parameters
    ----------
    function : callable or str
        Its ``__name__`` says which exercise it belongs to; or the name of a derivation.
    lines : str, optional
        The lines of the derivation.

    Returns
    -------
    autograder.checking.result.Grade
        Its text is the points as a plain float, its HTML the same report as check's.  In a test cell that
        ``autograder grade`` grades, the points are out of what the cell is worth, and several calls in one cell
        count together.
    """
    if elsewhere.ask:
        return elsewhere.ask("grade", function, lines)
    # At once: nbgrader would give full marks for what goes wrong while a result is shown.
    result = Grade(_hidden(function, lines)).now()
    _for_nbgrader(result, os.environ.get("NBGRADER_EXECUTION"))
    if _cell is not None:
        _cell.grades.append(result)
    return result
