"""A course that changes while it runs: points, tests, exercises dropped and added, after work was handed in."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from autograder.grading.course import Course
from autograder.grading.results import read_results
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
    hand_in,
    marks,
    rows,
    run,
    scores,
    solved,
)

SOURCE = Path("solutions") / LESSON / f"{LESSON}.ipynb"
GRADE = [str(Path(sys.executable).parent / "autograder"), "grade", LESSON]
HIDDEN_DELTA = "def hidden_delta(W_next, delta_next, z):\n    return W_next.T @ delta_next * logistic_prime(z)"


@pytest.fixture(scope="module")
def before(empty_course, released, tmp_path_factory):
    """Two who handed in work that is graded, and a mark given by hand to each of them."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("before") / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    hand_in(course, "sign", nbformat.writes(solved(released, WRONG["sign"])))
    grade(course)
    with gradebook(course) as held:
        for student, points in (("right", 5), ("sign", 3)):
            mark = held.find_grade("words", LESSON, LESSON, student)
            mark.manual_score, mark.needs_manual_grade = points, False
            held.find_comment("words", LESSON, LESSON, student).manual_comment = f"Well, {student}."
        held.db.commit()
    return course


@pytest.fixture
def course(before, tmp_path):
    return copy_of(before, tmp_path / "course")


def gradebook(course):
    return Gradebook(f"sqlite:///{course}/classroom/gradebook.db", "small")


def totals(course):
    """What each student has, and what there is to have, as nbgrader adds it up."""
    with gradebook(course) as held:
        return {each.student.id: (each.score, each.max_score) for each in held.assignment_submissions(LESSON)}


def change(course, how):
    notebook = nbformat.read(course / SOURCE, as_version=4)
    how({cell.id: cell for cell in notebook.cells}, notebook.cells)
    nbformat.write(notebook, course / SOURCE)


def said_when_graded(course, *words, code=0):
    done = subprocess.run([*GRADE, *words], cwd=course, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stderr


def drop(name):
    def how(cells, notebook):
        for each in (name, f"{name}-check"):
            if each in cells:
                notebook.remove(cells[each])

    return how


def add(points=2):
    """Add the exercise hidden_delta at the end."""

    def how(_, notebook):
        head, body = HIDDEN_DELTA.split("\n")
        answer = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        notebook.append(new_code_cell(answer, id="hidden-delta", metadata=marks("hidden-delta", solution=True)))
        test = "### BEGIN HIDDEN TESTS\ngrade(hidden_delta)\n### END HIDDEN TESTS"
        own = marks("hidden-delta-check", grade=True, locked=True, points=points)
        notebook.append(new_code_cell(test, id="hidden-delta-check", metadata=own))

    return how


def set_points(name, points):
    return lambda cells, _: cells[name].metadata.nbgrader.update(points=points)


def test_points_change_and_a_test_is_mended(course):
    change(course, set_points("output-delta-check", 6))
    change(course, lambda cells, _: cells["layer-gradients-check"].update(source="grade(layer_gradients)\n0.5"))
    grade(course)
    assert scores(course, "right") == {"output-delta-check": 6.0, "layer-gradients-check": 0.5}
    assert totals(course) == {"right": (11.5, 13), "sign": (3.5, 13)}


def test_a_dropped_exercise_counts_for_nobody_and_what_was_marked_by_hand_stays(course):
    assert totals(course) == {"right": (9, 9), "sign": (5, 9)}
    change(course, drop("output-delta"))
    assert "output-delta-check is no longer in the source" in said_when_graded(course)
    assert totals(course) == {"right": (7, 7), "sign": (5, 7)}
    assert {name for _, name, *_ in rows(course)["grades"]} == {"layer-gradients-check", "words"}
    found = read_results(Course(course, LESSON).directory, LESSON)["sign"][-1].results
    assert [each.exercise for each in found] == ["layer_gradients"]
    run(course, "nbgrader", "export", "--to", "grades.csv")
    run(course, "nbgrader", "generate_feedback", LESSON, "--force")
    assert said_when_graded(course) == ""


def test_an_exercise_that_comes_back_has_its_marks(course):
    source, held = (course / SOURCE).read_text(), rows(course)
    change(course, drop("words"))
    assert "kept, in case it comes back" in said_when_graded(course)
    assert totals(course) == {"right": (4, 4), "sign": (2, 4)}
    (course / SOURCE).write_text(source)
    assert "counts as before" in said_when_graded(course)
    assert totals(course) == {"right": (9, 9), "sign": (5, 9)}
    marked = lambda table: [(who, name, manual) for who, name, _, manual, *_ in table]  # noqa: E731
    for table in ("grades", "comments"):
        assert marked(rows(course)[table]) == marked(held[table])


@pytest.mark.parametrize("how", ["option", "source"])
def test_an_added_exercise_counts_nothing_until_it_is_raised_and_then_for_all(course, released, how):
    change(course, add())
    assert "counts 0 points for now" in said_when_graded(course)
    assert totals(course) == {"right": (9, 9), "sign": (5, 9)}
    new = solved(released)
    new.cells.append(new_code_cell(HIDDEN_DELTA, id="hidden-delta", metadata=marks("hidden-delta", solution=True)))
    hand_in(course, "new", nbformat.writes(new))
    assert said_when_graded(course).count("hidden-delta-check") == 0  # it is said once
    assert totals(course) == {"right": (9, 9), "sign": (5, 9), "new": (4, 9)}
    found = read_results(Course(course, LESSON).directory, LESSON)
    assert [each[-1].results[-1].passed for _, each in sorted(found.items())] == [True, False, False]
    if how == "option":
        grade(course, "--count-added")
    else:
        change(course, set_points("hidden-delta-check", 4))
        grade(course)
    more = 2 if how == "option" else 4
    after = {"right": (9, 9 + more), "sign": (5, 9 + more), "new": (4 + more, 9 + more)}
    assert totals(course) == after
    grade(course)
    assert totals(course) == after
    if how == "source":  # also when the first number comes back
        change(course, set_points("hidden-delta-check", 2))
        grade(course)
        assert totals(course)["new"] == (6, 11)


def test_an_exercise_added_before_anything_is_handed_in_counts_at_once(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    change(course, add())
    hand_in(course, "right", nbformat.writes(solved(released)))
    assert "hidden-delta-check" not in said_when_graded(course)
    assert totals(course)["right"] == (4, 11)


def test_a_source_that_is_refused_changes_nothing(course):
    before, lessons = rows(course), sorted(path.read_bytes() for path in (course / "lessons").rglob("*.ipynb"))

    def spoil(cells, notebook):
        drop("output-delta")(cells, notebook)
        cells["layer-gradients"].source = "### BEGIN SOLUTION\ndef layer_gradients(): ..."

    change(course, spoil)
    assert "cannot be entered into the gradebook" in said_when_graded(course, code=1)
    assert rows(course) == before
    assert sorted(path.read_bytes() for path in (course / "lessons").rglob("*.ipynb")) == lessons
    assert (course / "classroom" / "autograded" / "right" / LESSON / f"{LESSON}.ipynb").exists()


def test_a_stray_notebook_in_the_source_is_refused(course):
    before = rows(course)
    (course / SOURCE).with_name("copy.ipynb").write_bytes((course / SOURCE).read_bytes())
    assert "a notebook that does not belong there" in said_when_graded(course, code=1)
    assert rows(course) == before


def test_nbgraders_own_command_goes_on_after_a_change(course, released):
    steps = (ROOT / "nbgrader_config.py").read_text().partition("# Student code runs")[2]
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + "#" + steps)
    change(course, drop("output-delta"))
    grade(course)
    hand_in(course, "late", nbformat.writes(solved(released, {"layer-gradients": RIGHT["layer-gradients"]})))
    run(course, "nbgrader", "autograde", LESSON, "--student", "late")
    assert scores(course, "late") == {"layer-gradients-check": FULL["layer-gradients-check"]}
