"""A notebook as a unit of work, and what came of it put back into the notebook."""

import re
from dataclasses import dataclass, field

import nbformat
from nbgrader.utils import determine_grade

from autograder.grading.findings import MOST_READ
from autograder.grading.own_work import notices


@dataclass
class Remarks:
    """What is to be said beside the scores.

    Attributes
    ----------
    comments : dict of str to str
        By the grade_id of a student's cell.
    unheard : set of str
        Tests, by grade_id, that could not be run to a verdict.
    charged : set of str
        Tests, by grade_id, of answers that are not the student's own.
    looks : list of str
        Reasons why somebody should look at the submission.
    """

    comments: dict = field(default_factory=dict)
    unheard: set = field(default_factory=set)
    charged: set = field(default_factory=set)
    looks: list = field(default_factory=list)


def _marks(cell):
    return cell.metadata.get("nbgrader", {})


def _is_test(cell):
    return bool(_marks(cell).get("grade")) and not _marks(cell).get("solution")


def job_of(name, notebook, files, settings):
    """Make the unit of work of a sanitised notebook.

    Parameters
    ----------
    name : str
        Of the notebook.
    notebook : nbformat.NotebookNode
        Its test cells are the source's.
    files : dict of str to str
        The submission's other files, in base 64.
    settings : autograder.grading.settings.Grading
        Of the course.

    Returns
    -------
    dict
        See :meth:`autograder.grading.judge.Judge.run`.
    """
    cells = [
        {
            "id": cell.get("id", ""),
            "source": cell.source,
            "test": _is_test(cell),
            # On a student's cell the tag is the student's, and means nothing.
            "skip": _is_test(cell) and "skip-execution" in cell.metadata.get("tags", []),
            "points": float(_marks(cell)["points"]) if _is_test(cell) else None,
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return {"notebook": name, "cells": cells, "files": files, "hidden_seed": settings.hidden_seed}


def put_outputs(notebook, result):
    """Put the outputs into a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    result : dict
        Of :meth:`autograder.grading.judge.Judge.run`.

    Returns
    -------
    Remarks
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, done in zip(cells, result["cells"], strict=True):
        cell.outputs = [nbformat.from_dict(output) for output in done["outputs"]]
        cell.execution_count = done["count"]
    notes = Remarks()
    notes.unheard = {_marks(cells[position])["grade_id"] for position in result["unheard"]}
    for cell in filter(_is_test, cells):
        _hold_to_points(cell, notes)
    if result["ended"]:
        notes.looks.append(f"The run ended early: {result['ended']}.")
    if result["reached"]:
        reached = ", ".join(result["reached"])
        notes.looks.append(f"Its code mentions {reached}, by which it may reach for what grades it.")
    if result["unread"]:
        notes.looks.append(
            f"It has cells of more than {MOST_READ:,} characters, or more code or names than are read: they were run, "
            "but nobody has looked for borrowed answers in them."
        )
    notes.looks += [f"{name}: {said}" for name, remarks in result["remarks"].items() for said in remarks]
    notes.looks += [
        f"{name} or what it calls changes the profiling, by which its calls are seen."
        for name, called in result["met"].items()
        if "sys.setprofile" in called
    ]
    written, tests = _where(cells)
    about = {id(cell): imports for cell, imports in zip(cells, result["imports"], strict=True)}
    imports = {name: about[id(cell)] for name, cell in written.items()}
    asked = tuple(cell.source for cell in cells if _is_test(cell))
    for name, said in notices(asked, result["met"], imports).items():
        if name in written:
            notes.comments[_marks(written[name])["grade_id"]] = said
            notes.charged |= tests.get(name, set())
            notes.looks.append(said)
    return notes


def _hold_to_points(cell, notes):
    """Lower a number above the cell's points, for which nbgrader would give up the whole submission."""
    try:
        determine_grade(cell)
    except ValueError:
        name, points = _marks(cell)["grade_id"], float(_marks(cell)["points"])
        (shown,) = [output for output in cell.outputs if output.output_type == "execute_result"][:1]
        said = f"The test {name} gave {shown.data['text/plain']} points, but is worth {points:g}; those were counted."
        notes.looks.append(f"{said} Correct the test, or its points, in the source.")
        notes.unheard.add(name)
        shown.data["text/plain"] = repr(points)


def _function_of(cell):
    """Return the name of the function that an answer's cell is to define: its grade_id, with underscores."""
    return _marks(cell)["grade_id"].replace("-", "_")


def unmatched_answers(name, source):
    """Say which answers of a source do not define the function that their cell's name stands for.

    Parameters
    ----------
    name : str
        Of the notebook.
    source : nbformat.NotebookNode
        As an instructor wrote it.

    Returns
    -------
    list of str
        A sentence for each.
    """
    found = []
    for cell in source.cells:
        if cell.cell_type != "code" or not _marks(cell).get("solution") or _marks(cell).get("grade"):
            continue
        function = _function_of(cell)
        defines = rf"^(?:(?:async )?def|class) {re.escape(function)}\b|^{re.escape(function)}\s*[:=]"
        if not re.search(defines, cell.source, re.MULTILINE):
            found.append(
                f'{name}.ipynb: the answer cell "{_marks(cell)["grade_id"]}" does not define {function}, as its name '
                "says. Rename the cell or the function; otherwise a call of nblib's own answer there is not noticed."
            )
    return found


def _where(cells):
    """Return by function the student's cell that is to define it, and the tests that follow that cell."""
    written, tests, name = {}, {}, None
    for cell in cells:
        if _marks(cell).get("solution"):
            name = _function_of(cell)
            written[name] = cell
        elif _is_test(cell) and name:
            tests.setdefault(name, set()).add(_marks(cell)["grade_id"])
    return written, tests
