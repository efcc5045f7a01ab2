"""Whether ``progress`` knows an exercise or a derivation: it has a line in order.toml, at its place in the lesson."""

import ast
import json
import re

from autograder.audit.cells import notebooks
from autograder.audit.tables import with_line
from autograder.exercises import ORDER
from autograder.exercises.load import FOLDER

PATH = FOLDER / "order.toml"


def missing_line(exercise):
    """Say that an exercise or a derivation that is graded in its lesson has no line, a sentence each."""
    name, lesson = exercise.name, exercise.lesson
    if name not in ORDER.get(lesson, {}) and name in _graded(lesson):
        before = _before(name, lesson)
        where = f"after `{before}`" if before else "as its first line"
        yield f"order.toml doesn't list {name} in {lesson}: add `{_line_of(name, lesson)}` {where}."


def put_line(exercise):
    """Write the line of an exercise to its place, or move it there.

    Parameters
    ----------
    exercise : autograder.exercise.Exercise
        The cells stand in its lesson.
    """
    table = PATH.read_text(encoding="utf-8")
    old = re.search(rf"^{exercise.name} = .*\n", table, re.MULTILINE)
    line = old[0].rstrip() if old else _line_of(exercise.name, exercise.lesson)
    before = _before(exercise.name, exercise.lesson)
    rest = table.replace(old[0], "", 1) if old else table
    new = with_line(rest, f'"{exercise.lesson}"', line, f"{before} = " if before else "[")
    PATH.write_text(new, encoding="utf-8")


def _cells(lesson):
    return [cell for notebook in notebooks("solutions", lesson).values() for cell in notebook.cells]


def _graded(lesson):
    """List what is graded in a lesson, in its order."""
    found = [name for cell in _cells(lesson) for name in re.findall(r"^grade\(\"?(\w+)", cell.source, re.MULTILINE)]
    return list(dict.fromkeys(found))


def _before(name, lesson):
    """Return what comes before it in the lesson and has a line; None if nothing does."""
    graded = _graded(lesson)
    earlier = graded[: graded.index(name)]
    return next((each for each in reversed(earlier) if each in ORDER.get(lesson, {})), None)


def _line_of(name, lesson):
    """Write a line: the name, and what the solution calls of its own lesson."""
    used = set()
    for cell in _cells(lesson):
        if re.search(rf"^def {name}\(", cell.source, re.MULTILINE):
            used = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
    return f"{name} = {json.dumps([each for each in ORDER.get(lesson, {}) if each in used and each != name])}"
