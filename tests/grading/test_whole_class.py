"""A class of a hundred in lesson 3: everybody gets what the answers are worth, which is what stock gives."""

import html

import numpy as np
import pytest

from autograder.checking.compare import leaves
from autograder.checking.trial import Trial
from autograder.seeds import HIDDEN_SEED
from tests.grading.conftest import copy_of, graded_notebook, rows, run, shape
from tests.grading.whole_class import LESSON, OURS, as_stock, make_course, some, whole_class


@pytest.fixture(scope="module")
def students():
    return whole_class()


@pytest.fixture(scope="module")
def course(students, tmp_path_factory):
    """The whole class, graded at once."""
    folder = tmp_path_factory.mktemp("hundred") / "course"
    folder.mkdir()
    make_course(folder, students, students)
    run(folder, "autograder", "grade", LESSON, "--jobs", "2", code=3)
    return folder


def points(course, student):
    graded = {name.removesuffix("-check"): score for who, name, score, *_ in rows(course)["grades"] if who == student}
    return {name: graded[name.replace("_", "-")] for name in OURS}


def test_every_known_mistake_is_in_it(students):
    assert len(students) == 100
    assert sum(student.startswith("wrong-") for student in students) == max(
        len(exercise.mistakes) for exercise in OURS.values()
    )


def test_everybody_gets_the_points_that_the_answers_are_worth(course, students):
    assert {student: points(course, student) for student in students} == {
        student: worth for student, (_, worth) in students.items()
    }


def test_nobody_is_left_for_a_look_but_for_a_reason(course):
    waiting = {who for who, name, *_, waits in rows(course)["grades"] if waits and name.endswith("-check")}
    # Of these the run ended before the tests: a person decides.
    assert waiting == {"hostile-exits", "hostile-rubbish-on-the-channel"}


@pytest.fixture(scope="module")
def stock(students, tmp_path_factory):
    """Some of the class, graded by stock nbgrader with none of our steps."""
    folder = tmp_path_factory.mktemp("stock") / "course"
    folder.mkdir()
    make_course(folder, students, some(students, 6))
    as_stock(folder)
    run(folder, "nbgrader", "autograde", LESSON)
    return folder


@pytest.mark.parametrize("table", ["grades", "submissions"])
def test_stock_gives_the_same_rows(course, stock, students, table):
    assert rows(stock)[table] == [row for row in rows(course)[table] if row[0] in some(students, 6)]


def test_stock_makes_the_same_notebooks(course, stock, students):
    for student in some(students, 6):
        assert list(shape(graded_notebook(course, student))) == list(shape(graded_notebook(stock, student)))


def hidden_numbers():
    """The numbers that answers are graded on, and the right answers to them, to five places."""
    for exercise in OURS.values():
        trial = Trial(exercise, exercise.reference, HIDDEN_SEED)
        for args, answers in zip(trial.probes, trial.expected, strict=True):
            for _, part in leaves([each for each in args if not callable(each)] + answers[:1]):
                if isinstance(part, (float, np.ndarray)):
                    yield from (f"{number:.5f}" for number in np.ravel(part) if number % 1)


def test_feedback_names_the_mistake_and_holds_no_hidden_number(course, tmp_path):
    graded = copy_of(course, tmp_path / "course")
    run(graded, "nbgrader", "generate_feedback", LESSON, "--student", "wrong-00")
    page = html.unescape((graded / "classroom" / "feedback" / "wrong-00" / LESSON / f"{LESSON}.html").read_text())
    for exercise in OURS.values():
        assert exercise.mistakes[0].hint in page
    hidden = set(hidden_numbers())
    assert len(hidden) > 1000
    assert not [number for number in hidden if number in page]
