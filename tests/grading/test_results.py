"""What the checks found is kept for every attempt, whoever grades and whatever a submission says."""

import sqlite3
from datetime import datetime
from types import SimpleNamespace

import nbformat
import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.grading.course import Course
from autograder.grading.results import (
    ExerciseResult,
    RequirementResult,
    forget_results,
    read_results,
    save_results,
)
from tests.conftest import ROOT
from tests.grading.conftest import (
    CONFIG,
    FULL,
    LESSON,
    LIMITS,
    RIGHT,
    WRONG,
    copy_of,
    grade,
    graded_notebook,
    hand_in,
    rows,
    run,
    scores,
    solved,
)


def attempts(course):
    return read_results(Course(course, LESSON).directory, LESSON)


def found(course, student):
    """What was found in the latest attempt, by exercise."""
    return {result.exercise: result for result in attempts(course)[student][-1].results}


def noted(course, student):
    """What stands in the metadata of the outputs of a graded notebook, by cell."""
    cells = graded_notebook(course, student).cells
    outputs = [(cell.id, output) for cell in cells for output in cell.get("outputs", [])]
    return {
        name: output.metadata["autograder"] for name, output in outputs if output.get("metadata", {}).get("autograder")
    }


def database(course):
    return sqlite3.connect(course / "classroom" / "gradebook.db")


@pytest.fixture
def course(empty_course, tmp_path):
    return copy_of(empty_course, tmp_path / "course")


# What is kept.


def test_the_points_are_those_of_the_grades(graded):
    """The cells of this lesson are worth what the exercises are."""
    kept = attempts(graded)
    grades = {(who, name): score for who, name, score, *_ in rows(graded)["grades"] if name in FULL}
    assert {
        (student, result.test): result.earned for student, each in kept.items() for result in each[-1].results
    } == grades
    assert {len(each) for each in kept.values()} == {1}


def test_requirements_and_mistakes_are_told(graded):
    wrong = found(graded, "sign")["output_delta"]
    assert wrong.mistakes == ("sign",) and not wrong.passed and wrong.test == "output-delta-check"
    assert [each.met for each in wrong.requirements] == [False, True, True]
    assert found(graded, "sign")["layer_gradients"].passed
    changed = {each.name: each.met for each in found(graded, "in-place")["output_delta"].requirements}
    assert changed == {"values": True, "shape": True, "inputs unchanged": False}
    assert found(graded, "syntax")["output_delta"] == ExerciseResult(
        "output_delta", "output-delta-check", 2.0, 0.0, tried=False
    )


def test_the_time_of_handing_in_is_kept(graded):
    assert attempts(graded)["timestamp"][-1].handed_in == datetime(2026, 3, 1, 12)
    assert attempts(graded)["right"][-1].handed_in is None


def test_the_notebook_says_the_same_in_the_metadata_of_its_outputs(graded):
    for student in ("sign", "right", "in-place"):
        said = [ExerciseResult.of(test, each) for test, found in noted(graded, student).items() for each in found]
        assert said == list(attempts(graded)[student][-1].results)
    nbformat.validate(graded_notebook(graded, "sign"))


# Every attempt is kept.


def test_a_new_hand_in_adds_an_attempt_and_grading_again_replaces_one(course, released):
    hand_in(course, "ann", nbformat.writes(solved(released, WRONG["sign"])))
    hand_in(course, "ben", nbformat.writes(solved(released)))
    grade(course)
    grade(course, "--force")
    assert [len(each) for each in attempts(course).values()] == [1, 1]
    hand_in(course, "ann", nbformat.writes(solved(released)))
    grade(course)
    first, second = attempts(course)["ann"]
    assert first.results[0].mistakes == ("sign",) and second.results[0].passed
    hand_in(course, "ann", "not a notebook")
    grade(course, code=3)
    assert [len(each.results) for each in attempts(course)["ann"]] == [2, 2, 0]
    hand_in(course, "ann", nbformat.writes(solved(released, WRONG["sign"])))
    grade(course)
    # The first one again: it is the one that counts now.
    assert [each.digest == first.digest for each in attempts(course)["ann"]] == [False, False, True]
    assert [len(each) for each in attempts(course).values()] == [1, 3]


def test_results_and_grades_are_one_transaction(course, released):
    hand_in(course, "ann", nbformat.writes(solved(released, WRONG["sign"])))
    grade(course)
    with database(course) as gradebook:
        gradebook.execute(
            "create trigger no before insert on autograder_result when new.exercise = 'layer_gradients' "
            "begin select raise(abort, 'no room'); end"
        )
    hand_in(course, "ann", nbformat.writes(solved(released)))
    assert "no room" in grade(course, code=3)
    assert set(scores(course, "ann").values()) == {0.0}
    assert [len(each.results) for each in attempts(course)["ann"]] == [2, 0]


def test_a_gradebook_without_the_tables_or_a_deleted_one_is_no_obstacle(course, released):
    hand_in(course, "ann", nbformat.writes(solved(released)))
    assert attempts(course) == {}
    grade(course)
    with database(course) as gradebook:
        gradebook.executescript("drop table autograder_result; drop table autograder_attempt")
    assert attempts(course) == {}
    grade(course, "--force")
    assert found(course, "ann")["output_delta"].passed
    (course / "classroom" / "gradebook.db").unlink()
    assert attempts(course) == {}
    grade(course)
    assert found(course, "ann")["output_delta"].passed


def test_nbgraders_own_commands_go_on(graded, tmp_path):
    course = copy_of(graded, tmp_path / "course")
    run(course, "nbgrader", "db", "upgrade")
    run(course, "nbgrader", "export", "--to", "grades.csv")
    run(course, "nbgrader", "generate_feedback", LESSON, "--student", "sign")
    assert attempts(course) == attempts(graded)


def test_stock_autograde_keeps_the_same(graded, released, tmp_path):
    course = copy_of(graded, tmp_path / "course")
    steps = (ROOT / "nbgrader_config.py").read_text().partition("# Student code runs")[2]
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + "#" + steps)
    before = attempts(course)["sign"]
    run(course, "nbgrader", "autograde", LESSON, "--student", "sign", "--force")
    (after,) = attempts(course)["sign"]
    assert (after.digest, after.notebooks) == (before[0].digest, before[0].notebooks) and after.graded > before[
        0
    ].graded
    folder = hand_in(course, "sign", nbformat.writes(solved(released)))
    (folder / f"{LESSON}.ipynb").rename(folder / "final.ipynb")
    run(course, "nbgrader", "autograde", LESSON, "--student", "sign", "--force")
    assert attempts(course)["sign"][-1].digest == Course(course, LESSON).digest("sign")
    assert found(course, "sign")["output_delta"].passed


# What a submission says cannot change it.

CLAIM = """
claim = [{"exercise": "output_delta", "points": 2.0, "earned": 2.0, "requirements": [], "mistakes": []}]
from IPython.display import display
display({"text/plain": "2.0", "autograder": "2.0", "autograder/json": claim}, raw=True,
        metadata={"autograder": {"earned": 2}, "autograder/json": {"earned": 2}})
print("autograder", claim)
"""
NAMES = {
    "no function": 'class Liar:\n    __name__ = "layer_gradients"\n\noutput_delta = Liar()',
    "long name": 'output_delta = type("x" * 10**6, (), {})()',
    "another name": 'def output_delta(a, y, z):\n    return 0\noutput_delta.__name__ = "layer_gradients"',
    "own message": "def output_delta(a, y, z):\n    raise type('y' * 10**5, (Exception,), {})('z' * 10**5)",
    "claims": WRONG["sign"]["output-delta"] + CLAIM,
}


def test_a_submission_cannot_say_what_was_found_in_it(course, released):
    for name, answer in NAMES.items():
        hand_in(course, name, nbformat.writes(solved(released, RIGHT | {"output-delta": answer}, [CLAIM], [CLAIM])))
    run(course, "autograder", "grade", LESSON, code=0)
    for name in NAMES:
        kept = found(course, name)
        assert list(kept) == ["output_delta", "layer_gradients"]
        assert kept["output_delta"].earned == 0 and kept["layer_gradients"].passed
        assert set(noted(course, name)) <= set(FULL)
    assert found(course, "claims")["output_delta"].mistakes == ("sign",)
    with database(course) as gradebook:
        assert gradebook.execute("select max(length(found)) from autograder_result").fetchone()[0] < 2000


# Reading gives what was saved.

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_points = st.floats(0, 100)
_results = st.builds(
    ExerciseResult,
    _texts,
    _texts,
    _points,
    _points,
    st.lists(st.builds(RequirementResult, _texts, _points, _points, st.booleans()), max_size=3).map(tuple),
    st.lists(_texts, max_size=3).map(tuple),
)
_notebooks = st.dictionaries(_texts, st.lists(_results, min_size=1, max_size=3), max_size=2)


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """The address of a gradebook without a lesson."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    Gradebook(url).close()
    return url


@given(st.lists(st.tuples(_texts, _texts, _notebooks), max_size=4))
@settings(max_examples=30, deadline=None)
def test_what_was_saved_last_for_an_attempt_is_read(gradebook, saved):
    engine = sqlalchemy.create_engine(gradebook)
    with sqlalchemy.orm.Session(engine) as session:
        for student, digest, notebooks in saved:
            save_results(session, student, LESSON, digest, None, notebooks)
        session.commit()
    last = {(student, digest): notebooks for student, digest, notebooks in saved}
    read = read_results(SimpleNamespace(db_url=gradebook, root="."), LESSON)
    assert {
        (student, attempt.digest): {name: list(each) for name, each in attempt.notebooks.items()}
        for student, each in read.items()
        for attempt in each
    } == last
    with sqlalchemy.orm.Session(engine) as session:
        assert sum(forget_results(session, student) for student in read) == len(last)
        session.commit()
    engine.dispose()
    assert read_results(SimpleNamespace(db_url=gradebook, root="."), LESSON) == {}
