"""Begin a new exercise: its two files, its line in the table, and the three cells of its lesson."""

import ast
import inspect
import os
import re
import runpy
import textwrap
from dataclasses import dataclass

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.audit import contract
from autograder.audit.cells import ROOT, notebooks
from autograder.audit.tables import with_line
from autograder.exercises import OPTIONAL
from autograder.exercises.load import FOLDER
from autograder.lesson_names import lesson_called

_MODULE = '''"""TODO: what {name} computes, in a few words."""

import numpy as np

from autograder.exercises.parts import Exercise, shapes, unchanged, values


def {call}:
    raise NotImplementedError("TODO: write the reference as a learner would, since mistakes are edits of its text.")


def _probes(rng):
    """TODO: draw arguments general enough that no special case passes. autograder/checking/probes.py draws networks."""
    return [
        (
{arguments}
        )
        for m in (3, 5, 4)
    ]


EXERCISE = Exercise(
    points={points:g},
    equation="TODO: the equation, in the notation of the course",
    probes=_probes,
    # The first requirement is the gate: until it is met, the others earn nothing.
    requirements=[values({half:g}), shapes({quarter:g}), unchanged({quarter:g})],
    variants=[
        # TODO: at least three right answers, each written differently.
    ],
)
'''

_MISTAKES = """\
# TODO: at least six mistakes like these two, without the # in front. families.toml has more families.
# families = ["in-place", "summed"]
# [name-of-the-mistake]
# edit = ["what the reference says in exactly one place", "what a student writes there"]
# hint = "What the numbers show. Which step of the equation that breaks. Where to look."
"""

_TEXT = """### Exercise: `{name}` ({points})

TODO: what the function is for, and its equation."""

_ANSWER = '''def {call}:
    """TODO: what it returns, in a few words.

{parameters}
    """
    ### BEGIN SOLUTION
{body}
    ### END SOLUTION'''

_CHECK = """check({name})
### BEGIN HIDDEN TESTS
grade({name})
### END HIDDEN TESTS"""


class SkeletonError(ValueError):
    """A new exercise can't be begun like this; the message says why, and what to do."""


@dataclass(frozen=True)
class Cells:
    """What the three cells of an exercise say, and what the check is worth."""

    name: str
    text: str
    answer: str
    check: str
    points: float


def _arguments_of(call):
    """Return the name and the parameters of a call such as ``"l2_cost(cost, weights, lam, n)"``."""
    call = call if "(" in call else f"{call}(x)"
    try:
        (function,) = ast.parse(f"def {call}: pass").body
        parameters = [argument.arg for argument in function.args.args]
    except (SyntaxError, ValueError):
        raise SkeletonError(f"{call!r} isn't a name with parameters. Write it as in 'weight_norm(weights)'.") from None
    if not parameters or not re.fullmatch(r"\w+\(.*\)", call):
        raise SkeletonError(f"{call!r} has no parameters. Write it as in 'weight_norm(weights)'.")
    return call, function.name, parameters


def _required(call):
    """List the parameters of a call that have no default: a probe may leave out the others."""
    arguments = ast.parse(f"def {call}: pass").body[0].args
    return [each.arg for each in arguments.args[: len(arguments.args) - len(arguments.defaults)]]


def _folder_of(lesson):
    """Return the folder with the exercises of a lesson."""
    folders = {runpy.run_path(str(path))["LESSON"]: path.parent for path in sorted(FOLDER.glob("lesson_*/__init__.py"))}
    name = lesson_called(lesson, folders)
    if name is None:
        raise SkeletonError(
            f"There is no lesson {lesson}. The lessons: {', '.join(folders)}. CONTRIBUTING.md says how to add one."
        )
    return folders[name]


def _write(path, text):
    """Write a file whole, or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def begin(call, lesson, points, taken):
    """Write the skeleton of an exercise, and its line in the table of exercises.

    Parameters
    ----------
    call : str
        Such as ``"weight_norm(weights)"``.
    lesson : str
        Its name or its number.
    points : float
        Of the exercise.
    taken : iterable of str
        Names of the exercises that there are.

    Returns
    -------
    list of pathlib.Path
        What was written.

    Raises
    ------
    SkeletonError
        If there is no such lesson, or the name is taken or no name.
    """
    call, name, parameters = _arguments_of(call)
    folder = _folder_of(lesson)
    files = folder / f"{name}.py", folder / f"{name}.toml"
    if name in taken or name in contract.contract() or any(path.exists() for path in files):
        raise SkeletonError(f"There is an exercise called {name} already. Choose another name.")
    arguments = "\n".join(f"            ...,  # TODO: {parameter}" for parameter in _required(call) or parameters)
    values = {"name": name, "call": call, "arguments": arguments, "points": points}
    _write(files[0], _MODULE.format(**values, half=points / 2, quarter=points / 4))
    _write(files[1], _MISTAKES)
    _write(contract.PATH, with_line(contract.PATH.read_text(encoding="utf-8"), folder.name, f'"{call}" = {points:g}'))
    return [*files, contract.PATH]


def cells_of(call, points, body="raise NotImplementedError  # TODO: the solution"):
    """Build the three cells of an exercise.

    Parameters
    ----------
    call : str
        Its name with its parameters.
    points : float
        Of the check. With 0 points, the exercise is optional.
    body : str
        The solution.

    Returns
    -------
    Cells
    """
    call, name, parameters = _arguments_of(call)
    width = max(map(len, [*parameters, "returns"]))
    lines = "\n".join(f"    {parameter:{width}} : TODO" for parameter in [*parameters, "returns"])
    answer = _ANSWER.format(call=call, parameters=lines, body=textwrap.indent(body, "    "))
    worth = f"{'' if points else 'optional, '}{points:g} point{'' if points == 1 else 's'}"
    return Cells(name, _TEXT.format(name=name, points=worth), answer, _CHECK.format(name=name), points)


def cells_of_exercise(exercise):
    """Build the three cells of a finished exercise; the reference is the solution."""
    source = inspect.getsource(exercise.reference)
    body = ast.parse(source).body[0].body
    lines = source.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
    points = 0 if exercise.name in OPTIONAL else exercise.points
    return cells_of(contract.call_of(exercise), points, textwrap.dedent("\n".join(lines)))


def shown(cells):
    """Show three cells as text, to be pasted."""
    answer_id = cells.name.replace("_", "-")
    check = f"Autograder tests, ID {answer_id}-check, points {cells.points:g}"
    return "\n\n".join(
        [
            f"--- a Markdown cell ---\n{cells.text}",
            f"--- a code cell; nbgrader: Autograded answer, ID {answer_id} ---\n{cells.answer}",
            f"--- a code cell; nbgrader: {check} ---\n{cells.check}",
        ]
    )


def insert(cells, lesson, after):
    """Put three cells into the notebook of a lesson.

    Parameters
    ----------
    cells : Cells
        As :func:`cells_of_exercise` builds them.
    lesson : str
        Name of the lesson's folder in solutions/.
    after : str
        ID of the cell behind which they belong.

    Returns
    -------
    str
        Path of the notebook.

    Raises
    ------
    SkeletonError
        If no notebook has that cell, or one has the cells already.
    """
    answer_id = cells.name.replace("_", "-")
    for path, notebook in notebooks("solutions", lesson).items():
        ids = [cell.id for cell in notebook.cells]
        if answer_id in ids:
            raise SkeletonError(
                f"{path} has a cell with the ID {answer_id} already. Change it there. To move the three "
                "cells, delete them and give the command again."
            )
        if after in ids:
            at = ids.index(after) + 1
            notebook.cells[at:at] = _nbgrader_cells(cells, answer_id)
            _write(ROOT / path, nbformat.writes(notebook) + "\n")
            return path
    raise SkeletonError(f"No notebook in solutions/{lesson} has a cell with the ID {after}. Check the ID.")


def _nbgrader_cells(cells, answer_id):
    common = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
    answer = common | {"grade_id": answer_id, "solution": True}
    check = common | {"grade_id": f"{answer_id}-check", "grade": True, "locked": True, "points": cells.points}
    return [
        new_markdown_cell(cells.text, id=f"{answer_id}-text"),
        new_code_cell(cells.answer, id=answer_id, metadata={"nbgrader": answer}),
        new_code_cell(cells.check, id=f"{answer_id}-check", metadata={"nbgrader": check}),
    ]
