"""Lesson 3 through stock nbgrader, from the source to the gradebook, the feedback and the exported grades."""

import csv
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.exercises import DERIVATIONS, EXERCISES, OPTIONAL
from tests.conftest import ROOT

LESSON = "03-delta-recursion"
FULL = {name: e.points for name, e in (*EXERCISES.items(), *DERIVATIONS.items()) if e.lesson == LESSON}
FULL |= dict.fromkeys(OPTIONAL & FULL.keys(), 0)


def nbgrader(course, *words):
    run = subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=course, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]


def solved(replacements=()):
    """The released lesson with the solution's functions typed in, some of their words replaced."""
    released = nbformat.read(ROOT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    source = nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = {cell.id: cell.source for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    for cell in released.cells:
        if cell.id in answers:
            lines = [line for line in answers[cell.id].splitlines() if "### " not in line]
            cell.source = "\n".join(lines)
    for name, right, wrong in replacements:
        cell = next(cell for cell in released.cells if cell.source.startswith(f"def {name}("))
        assert cell.source.count(right) == 1
        cell.source = cell.source.replace(right, wrong)
    return released


SUBMISSIONS = {
    "right": (solved(), {}),
    "blank": (
        nbformat.read(ROOT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4),
        {name: None for name in FULL},
    ),
    "sign": (
        solved(
            [
                ("output_delta", "2 * (a - y)", "2 * (y - a)"),
                ("backprop_batch", "(activations[-1] - Y)", "(Y - activations[-1])"),
            ]
        ),
        {
            "output_delta": "wrong sign",
            "backprop_batch": "wrong sign",
        },  # what calls them is right, and keeps its points
    ),
    "sigma-prime-missing": (
        solved(
            [
                ("hidden_delta", " * logistic_prime(z)", ""),
                ("backprop_batch", " * logistic_prime(zs[index - 1])", ""),
            ]
        ),
        {
            "hidden_delta": "too large by exactly 1/σ′(z)",
            "backprop_batch": "σ′ is missing in every hidden layer",
        },
    ),
    "wrong-layer": (
        solved([("backprop", "layers[index + 1][0]", "layers[index][0]")]),
        {"backprop": "propagated δ back through W^ℓ, the weights into layer ℓ"},
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of five, graded by the commands an instructor types."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "solutions" / LESSON, course / "solutions" / LESSON)
    nbgrader(course, "generate_assignment", LESSON)
    for student, (notebook, _) in SUBMISSIONS.items():
        folder = course / "classroom" / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    nbgrader(course, "autograde", LESSON)
    nbgrader(course, "generate_feedback", LESSON)
    nbgrader(course, "export")
    return course


def scores(course, student):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return {
            grade.name.removesuffix("-check").replace("-", "_"): grade.score
            for grade in notebook.grades
            if grade.name.endswith("-check")
        }


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_a_student_loses_exactly_the_points_of_the_wrong_exercises(course, student):
    _, lost = SUBMISSIONS[student]
    assert scores(course, student) == {name: 0 if name in lost else points for name, points in FULL.items()}


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_feedback_names_the_mistake(course, student):
    page = (course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html").read_text()
    for words in SUBMISSIONS[student][1].values():
        assert words is None or words in page


def test_the_written_question_waits_for_a_person(course):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        assert gradebook.find_submission(LESSON, "right").needs_manual_grade


def test_export_holds_the_totals(course):
    with (course / "classroom" / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    lost = {student: sum(FULL[name] for name in wrong) for student, (_, wrong) in SUBMISSIONS.items()}
    assert rows == {student: sum(FULL.values()) - points for student, points in lost.items()}
