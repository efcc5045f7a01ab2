"""Feedback is never stale: a regrade takes away the pages that it makes untrue."""

import nbformat
import pytest

from tests.conftest import ROOT
from tests.grading.conftest import CONFIG, LESSON, LIMITS, WRONG, copy_of, grade, hand_in, run, solved


def page(course, student):
    return course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html"


@pytest.fixture(scope="module")
def told(empty_course, released, tmp_path_factory):
    """Three submissions with the same mistake, graded, and their feedback."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("told") / "course")
    steps = (ROOT / "nbgrader_config.py").read_text().partition("# Student code runs")[2]
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + "#" + steps)
    for student in ("better", "broken", "same"):
        hand_in(course, student, nbformat.writes(solved(released, WRONG["sign"])))
    grade(course)
    run(course, "nbgrader", "generate_feedback", LESSON)
    for student in ("better", "broken", "same"):
        assert "wrong sign" in page(course, student).read_text()
    return course


def test_pages_go_with_the_grades_that_they_show(told, released, tmp_path):
    course = copy_of(told, tmp_path / "course")
    hand_in(course, "better", nbformat.writes(solved(released)))
    hand_in(course, "broken", "{")
    before = page(course, "same").stat().st_mtime_ns
    grade(course, code=3)
    assert not page(course, "better").exists()
    assert not page(course, "broken").exists()
    run(course, "nbgrader", "generate_feedback", LESSON)
    assert "wrong sign" not in page(course, "better").read_text()
    assert page(course, "same").stat().st_mtime_ns == before


def test_pages_go_when_nbgraders_own_command_grades_again(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    run(course, "nbgrader", "autograde", LESSON, "--student", "better")  # there is nothing new, so it skips it
    assert page(course, "better").exists()
    run(course, "nbgrader", "autograde", LESSON, "--student", "better", "--force")
    assert not page(course, "better").exists()
    assert page(course, "same").exists()
