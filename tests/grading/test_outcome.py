"""The functions that answer cells define, and what follows from their names."""

import ast
import copy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.examination import exercises_in
from autograder.exercises import EXERCISES
from autograder.grading.normalise import code_cells
from autograder.grading.outcome import find_misnamed_answers, put_outputs
from autograder.sandbox.findings import findings
from tests.conftest import LESSONS, ROOT
from tests.grading.conftest import CONFIG, FULL, LIMITS, RIGHT, comments, scores, solved, source_notebook

AUTOGRADER = str(Path(sys.executable).parent / "autograder")


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_exercises_of_a_notebook_are_told_by_its_tests(lesson):
    """And not by the name of the lesson, which the catalogue has as well."""
    source = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    tests = [text for _, text, kind in code_cells(source) if kind == "test"]
    assert exercises_in(tests) == [name for name, exercise in EXERCISES.items() if exercise.lesson == lesson]


def test_two_notebooks_of_other_names_than_their_lesson(tmp_path):
    """Own work is noticed in them, and an answer whose name stands for no function is told once."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG + LIMITS)
    (tmp_path / "classroom").mkdir()
    folder, handed_in = tmp_path / "solutions" / "week-3", tmp_path / "classroom" / "submitted" / "ann" / "week-3"
    folder.mkdir(parents=True)
    handed_in.mkdir(parents=True)
    borrowed = "import nblib.backprop as b\ndef output_delta(a, y, z):\n    return b.output_delta(z, a, y)"
    for name, exercise in (("first", "layer-gradients"), ("second", "output-delta")):
        source = source_notebook()
        source.cells = [cell for cell in source.cells if cell.id.startswith(("title", "setup", exercise))]
        nbformat.write(source, folder / f"{name}.ipynb")
        nbformat.write(solved(source, RIGHT | {"output-delta": borrowed}), handed_in / f"{name}.ipynb")

    def graded():
        done = subprocess.run([AUTOGRADER, "grade", "week-3"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 3, done.stderr
        assert scores(tmp_path, "ann") == FULL
        assert "calls nblib.backprop.output_delta" in comments(tmp_path, "ann")
        return done.stderr

    assert "does not define" not in graded()
    first = nbformat.read(folder / "first.ipynb", as_version=4)
    (answer,) = [cell for cell in first.cells if cell.id == "layer-gradients"]
    answer.source = answer.source.replace("def layer_gradients", "def gradients")
    nbformat.write(first, folder / "first.ipynb")
    told = graded()
    assert told.count('first.ipynb: the answer cell "layer-gradients" does not define layer_gradients') == 1
    assert told.count("does not define") == 1


def test_every_answer_of_the_course_has_the_name_of_its_function():
    for lesson in LESSONS:
        source = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
        assert find_misnamed_answers(lesson, source) == []


def test_what_the_coordinator_does_with_a_result_does_not_read_code(monkeypatch):
    """Parsing what a student wrote is for judges, which can be ended."""

    def parse(*_, **__):
        raise AssertionError("the coordinator parses a student's code")

    source = "from nblib.backprop import output_delta"
    marks = {"nbgrader": {"grade_id": "output-delta", "solution": True, "grade": False}}
    test = {"nbgrader": {"grade_id": "output-delta-check", "solution": False, "grade": True, "points": 2}}
    cells = [(source, marks), ("grade(output_delta)", test)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, metadata=m) for text, m in cells])
    said = findings([{"source": source, "test": False}, {"source": "grade(output_delta)", "test": True}])
    result = {
        "cells": [{"outputs": [], "count": 1}] * 2,
        "ungraded": [],
        "ended": None,
        "called": {},
        "remarks": {},
        **said,
    }
    put_outputs(copy.deepcopy(notebook), result)  # loads the exercises, which are not a student's
    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", parse)
        patched.setattr("builtins.compile", parse)
        notes = put_outputs(notebook, result)
    assert "nblib.backprop.output_delta" in notes.comments["output-delta"]
