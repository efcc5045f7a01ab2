"""What the ``grade`` of a test cell found, as plain data of limited size: none of it is in a student's words."""

import ast
import functools

from autograder.checking.problem import Kind
from autograder.exercises import DERIVATIONS, EXERCISES

# Results that are kept of one test cell, and requirements and mistakes of one result.
MAX_RESULTS, MAX_PARTS = 50, 50


def found_in(source, grades):
    """Say what a test cell found out about each of its exercises.

    Parameters
    ----------
    source : str
        Of the test cell.
    grades : iterable of autograder.checking.report.Result
        What ``grade`` returned while the cell was run; a function that is of no exercise is left out.

    Returns
    -------
    list of dict
        In the form of :class:`autograder.grading.results.ExerciseResult`. An exercise whose function could not even
        be tried, for instance because it isn't defined, comes without requirements and earned nothing.
    """
    known = {grade.name: grade for grade in grades if _is_known(grade.name) and grade.requirements}
    names = dict.fromkeys([*_graded(source), *known])
    return [_data(known[name]) if name in known else _untried(name) for name in list(names)[:MAX_RESULTS]]


def _data(result):
    requirements = [
        {"name": each.name, "points": float(each.points), "earned": float(each.earned), "met": bool(each.met)}
        for each in result.requirements[:MAX_PARTS]
    ]
    data = {
        "exercise": result.name,
        "points": float(result.points),
        "earned": float(result.score),
        "requirements": requirements,
        "tried": bool(result.tried),
        "mistakes": [str(mistake) for mistake in result.mistakes[:MAX_PARTS]],
        "follow_on": [str(helper) for helper in result.follow_on[:MAX_PARTS]],
    }
    if any(each.problem and each.problem.kind is Kind.TIMED_OUT for each in result.requirements):
        data["stopped"] = True
    return data | ({"line": result.report.line} if result.name in DERIVATIONS else {})


def _untried(name):
    points = float((EXERCISES[name] if name in EXERCISES else DERIVATIONS[name]).points)
    found = {"exercise": name, "points": points, "earned": 0.0, "tried": False}
    return found | {"requirements": [], "mistakes": [], "follow_on": []}


@functools.lru_cache(maxsize=1000)
def _graded(source):
    """Return the exercises whose functions a test cell passes to ``grade``."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    except SyntaxError:
        return ()
    graded = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "grade"]
    names = [each.id if isinstance(each, ast.Name) else getattr(each, "value", None) for each in graded]
    return tuple(name for name in names if isinstance(name, str) and _is_known(name))


def _is_known(name):
    return name in EXERCISES or name in DERIVATIONS
