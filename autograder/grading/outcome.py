"""Turn a notebook into a job for a judge, and put the result back into the notebook."""

import re
from dataclasses import dataclass, field

import nbformat
from nbgrader.utils import determine_grade

from autograder.grading.normalise import kind_of
from autograder.grading.own_work import find_borrowed
from autograder.grading.results import ExerciseResult
from autograder.sandbox.findings import MAX_READ


@dataclass
class Remarks:
    """What a result says in addition to the scores.

    Attributes
    ----------
    comments : dict of str to str
        Comments for the student, by the grade_id of the student's cell.
    ungraded : set of str
        The grade_ids of tests that have no valid score, and so need a manual grade.
    charged : set of str
        The grade_ids of tests whose answers aren't the student's own.
    review_reasons : list of str
        Why an instructor should look at the submission.
    found : list of autograder.grading.results.ExerciseResult
        What the tests found.
    """

    comments: dict = field(default_factory=dict)
    ungraded: set = field(default_factory=set)
    charged: set = field(default_factory=set)
    review_reasons: list = field(default_factory=list)
    found: list = field(default_factory=list)


_MAX_QUOTED = 60
# In the metadata of a test's output stands what the test found.
METADATA = "autograder"


def _marks(cell):
    return cell.metadata.get("nbgrader", {})


def _is_test(cell):
    return kind_of(cell) == "test"


def make_job(name, notebook, files, settings):
    """Make a job of a sanitised notebook.

    Parameters
    ----------
    name : str
        The name of the notebook.
    notebook : nbformat.NotebookNode
        Its test cells are those of the source.
    files : dict of str to str
        The other files of the submission, in base 64.
    settings : autograder.grading.settings.Grading
        The settings of the course.

    Returns
    -------
    dict
        See :meth:`autograder.sandbox.judge.Judge.run`.
    """
    cells = [
        {
            "id": cell.get("id", ""),
            "source": cell.source,
            "test": _is_test(cell),
            # Students may tag their own cells as they like; only the tags of the source's test cells count.
            "skip": _is_test(cell) and "skip-execution" in cell.metadata.get("tags", []),
            "points": float(_marks(cell)["points"]) if _is_test(cell) else None,
        }
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return {
        "notebook": name,
        "cells": cells,
        "files": files,
        "hidden_seed": settings.hidden_seed,
        "follow_on": settings.follow_on,
    }


def put_outputs(notebook, result):
    """Put the outputs of a result into a notebook, and collect the remarks.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    result : dict
        Returned by :meth:`autograder.sandbox.judge.Judge.run`.

    Returns
    -------
    Remarks
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, done in zip(cells, result["cells"], strict=True):
        cell.outputs = [nbformat.from_dict(output) for output in done["outputs"]]
        cell.execution_count = done["count"]
    remarks = Remarks()
    for cell, done in zip(cells, result["cells"], strict=True):
        remarks.found += _note_found(cell, done.get("found", []))
    remarks.ungraded = {_marks(cells[position])["grade_id"] for position in result["ungraded"]}
    for cell in filter(_is_test, cells):
        _cap_score(cell, remarks)
    remarks.review_reasons += _review_reasons(result) + _stopped(cells, result["cells"])
    answers, tests = _answers_and_tests(cells)
    imports_of = {id(cell): imports for cell, imports in zip(cells, result["imports"], strict=True)}
    imports = {name: imports_of[id(cell)] for name, cell in answers.items()}
    test_sources = tuple(cell.source for cell in cells if _is_test(cell))
    for name, message in find_borrowed(test_sources, result["called"], imports).items():
        if name in answers:
            remarks.comments[_marks(answers[name])["grade_id"]] = message
            remarks.charged |= tests.get(name, set())
            remarks.review_reasons.append(message)
    return remarks


def _note_found(cell, found):
    """Note what a test found in the metadata of its cell's first result only, whatever else claims to be it."""
    results = [output for output in cell.outputs if "metadata" in output]
    for output in results:
        output.metadata.pop(METADATA, None)
    if found and results:
        results[0].metadata[METADATA] = nbformat.from_dict(found)
    return [ExerciseResult.of(_marks(cell).get("grade_id", cell.get("id", "")), each) for each in found]


def _review_reasons(result):
    """Return why an instructor should look at a submission, as far as the result itself says so."""
    reasons = []
    if result["ended"]:
        reasons.append(f"The run ended early: {result['ended']}. Tests that were not run need a manual grade.")
    if result["reached"]:
        names = ", ".join(result["reached"])
        reasons.append(f"The code mentions {names}, which could be used to interfere with the grader. Read the code.")
    if result["unread"]:
        reasons.append(
            f"Some cells were run but not searched for borrowed answers: they have more than {MAX_READ:,} characters, "
            "or the notebook has too much code, or too many names, in all. Read them."
        )
    reasons += [f"{name}: {remark}" for name, remarks in result["remarks"].items() for remark in remarks]
    reasons += [
        f"{name}, or a function that it calls, changes Python's profiling, by which borrowed answers are found. "
        "Read the code."
        for name, calls in result["called"].items()
        if any(function == "sys.setprofile" for function, *_ in calls)
    ]
    return reasons


def _stopped(cells, done):
    """Say which of a student's cells were stopped; there may be many, so only the first is quoted."""
    stopped = [(cell, each["stopped"]) for cell, each in zip(cells, done, strict=True) if each.get("stopped")]
    if not stopped:
        return []
    cell, seconds = stopped[0]
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    how_many = f"{len(stopped)} cells were" if len(stopped) > 1 else "A cell was"
    which = "the first of them" if len(stopped) > 1 else "it"
    return [f"{how_many} stopped after {seconds:g} seconds; {which} begins with “{shorten(first)}”."]


def shorten(text):
    """Return the beginning of a text, to quote it in a sentence."""
    return text if len(text) <= _MAX_QUOTED else f"{text[: _MAX_QUOTED - 1]}…"


def _cap_score(cell, remarks):
    """Lower a score that exceeds its cell's points, because nbgrader would give up on the whole submission."""
    try:
        determine_grade(cell)
    except ValueError:
        name, points = _marks(cell)["grade_id"], float(_marks(cell)["points"])
        (shown,) = [output for output in cell.outputs if output.output_type == "execute_result"][:1]
        remarks.review_reasons.append(
            f"The test {name} gave {shown.data['text/plain']} points but is worth only {points:g}, so {points:g} were "
            "counted. Correct the test or its points in the source."
        )
        remarks.ungraded.add(name)
        shown.data["text/plain"] = repr(points)


def _function_of(cell):
    """Return the function that an answer cell is expected to define: its grade_id with underscores."""
    return _marks(cell)["grade_id"].replace("-", "_")


def find_misnamed_answers(name, source):
    """Return a message about each answer cell of a source that does not define the function it is named after."""
    messages = []
    for cell in source.cells:
        if cell.cell_type != "code" or not _marks(cell).get("solution") or _marks(cell).get("grade"):
            continue
        function = _function_of(cell)
        defines = rf"^(?:(?:async )?def|class) {re.escape(function)}\b|^{re.escape(function)}\s*[:=]"
        if not re.search(defines, cell.source, re.MULTILINE):
            messages.append(
                f'{name}.ipynb: the answer cell "{_marks(cell)["grade_id"]}" does not define {function}, the function '
                "it is named after. Rename the cell or the function; otherwise borrowed answers go unnoticed in it."
            )
    return messages


def _answers_and_tests(cells):
    """Return the student's cell of each function, and the grade_ids of the tests that follow that cell."""
    answers, tests, name = {}, {}, None
    for cell in cells:
        if kind_of(cell) == "student":
            name = _function_of(cell)
            answers[name] = cell
        elif _is_test(cell) and name:
            tests.setdefault(name, set()).add(_marks(cell)["grade_id"])
    return answers, tests
