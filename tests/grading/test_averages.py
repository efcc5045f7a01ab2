"""The formgrader's averages are those of what has been marked."""

import statistics

import pytest
from nbgrader.api import Gradebook

from autograder.grading.averages import count_only_marked

# Points of three students for code, text and task; None is still to be marked.
POINTS = {"ada": (3.0, 1.0, 2.0), "bob": (1.0, None, 1.0), "cleo": (2.0, 0.5, None)}


@pytest.fixture
def as_nbgrader_has_it():
    """Put nbgrader's own methods back after a test."""
    kept = {name: value for name, value in vars(Gradebook).items() if name.startswith("average_")}
    yield
    for name, value in kept.items():
        setattr(Gradebook, name, value)


@pytest.fixture
def gradebook(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment("lesson")
        book.add_notebook("lesson", "lesson")
        book.add_grade_cell("code", "lesson", "lesson", max_score=3, cell_type="code")
        book.add_grade_cell("text", "lesson", "lesson", max_score=1, cell_type="markdown")
        book.add_task_cell("task", "lesson", "lesson", max_score=2, cell_type="markdown")
        for student in POINTS:
            book.add_student(student)
            book.add_submission("lesson", student)
        book.db.commit()
        yield book


def enter(book, points):
    for student, earned in points.items():
        for name, value in zip(("code", "text", "task"), earned, strict=True):
            grade = book.find_grade(name, "lesson", "lesson", student)
            grade.manual_score, grade.needs_manual_grade = value, value is None
    book.db.commit()


def told(book):
    of_lesson = [
        getattr(book, f"average_assignment_{kind}score")("lesson") for kind in ("", "code_", "written_", "task_")
    ]
    of_notebook = [
        getattr(book, f"average_notebook_{kind}score")("lesson", "lesson")
        for kind in ("", "code_", "written_", "task_")
    ]
    assert of_lesson == of_notebook
    return of_lesson


def test_what_is_not_marked_yet_is_left_out(gradebook, as_nbgrader_has_it):
    count_only_marked()
    enter(gradebook, POINTS)
    means = [
        statistics.mean(value for value in column if value is not None) for column in zip(*POINTS.values(), strict=True)
    ]
    assert told(gradebook) == pytest.approx([sum(means), *means])


def test_once_all_is_marked_they_are_what_nbgrader_says(gradebook, as_nbgrader_has_it):
    enter(gradebook, {student: [value or 0.0 for value in earned] for student, earned in POINTS.items()})
    theirs = told(gradebook)
    count_only_marked()
    assert told(gradebook) == pytest.approx(theirs)


def test_where_nothing_is_marked_the_average_is_zero_and_not_an_error(gradebook, as_nbgrader_has_it):
    count_only_marked()
    enter(gradebook, {student: (None, None, None) for student in POINTS})
    assert told(gradebook) == [0, 0, 0, 0]
