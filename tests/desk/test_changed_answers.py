"""A mark is about an answer: where that has changed, the mark goes, and no older one is given to it."""

import csv
import io
import shutil
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.desk.marking.answers import choose_question, read_answers
from autograder.desk.marking.widget import marking_desk
from tests.desk.graded import LESSON, desk, graded_class, mark
from tests.grading.conftest import RIGHT, run


@pytest.fixture
def course(tmp_path_factory, tmp_path):
    shutil.copytree(graded_class(tmp_path_factory.getbasetemp()), tmp_path / "course")
    return tmp_path / "course"


def in_gradebook(course, student, cell="words"):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        grade = gradebook.find_grade(cell, LESSON, LESSON, student)
        comment = gradebook.find_comment(cell.removesuffix("-check"), LESSON, LESSON, student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def comment_on(course, student, text, cell="words"):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        gradebook.find_comment(cell, LESSON, LESSON, student).manual_comment = text
        gradebook.db.commit()


def hand_in_again(course, student, change, code=0):
    """Hand in a changed notebook, and return what grading it prints."""
    path = course / "classroom" / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return run(course, "autograder", "grade", LESSON, "--student", student, code=code)


def write_answer(notebook):
    notebook.cells.append(new_markdown_cell("The other terms vanish.", id="late-answer"))


def write_code(notebook):
    (cell,) = [cell for cell in notebook.cells if cell.get("id") == "output-delta"]
    cell.source = RIGHT["output-delta"] + "  # as in the lecture"


def write_note(notebook):
    notebook.cells.insert(0, new_markdown_cell("My name is on the other copy.", id="note"))


def test_a_mark_and_a_comment_go_with_the_answer_that_they_were_about(course):
    mark(course, LESSON, "cem", 0, "You wrote nothing.")
    said = hand_in_again(course, "cem", write_answer)
    assert in_gradebook(course, "cem") == (None, True, None)
    assert "1 with marks or comments by hand on an earlier answer" in said
    assert "cem  words: 0 points, “You wrote nothing.”" in said
    desk(course, "feedback", LESSON, "--student", "cem")
    page = (course / "classroom" / "feedback" / "cem" / LESSON / f"{LESSON}.html").read_text()
    assert "You wrote nothing" not in page and "not yet marked" in page


def test_a_comment_alone_and_points_for_code_go_as_well(course):
    mark(course, LESSON, "cem", 3)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        gradebook.find_grade("output-delta-check", LESSON, LESSON, "cem").manual_score = 1
        gradebook.db.commit()
    comment_on(course, "cem", "See page 3.", "output-delta")
    said = hand_in_again(course, "cem", write_code)
    assert "output-delta: “See page 3.”; output-delta-check: 1 point" in said
    assert in_gradebook(course, "cem", "output-delta-check") == (None, False, None)
    assert in_gradebook(course, "cem")[0] == 3  # the written answer is the same


def test_other_changes_take_no_mark_away(course):
    mark(course, LESSON, "cem", 3, "Good.")
    said = hand_in_again(course, "cem", write_note)
    assert in_gradebook(course, "cem") == (3, True, "Good.") and "earlier answer" not in said


def test_a_mark_goes_when_the_answer_is_gone(course):
    hand_in_again(course, "cem", write_answer)
    mark(course, LESSON, "cem", 3, "Good.")
    (course / "classroom" / "submitted" / "cem" / LESSON / f"{LESSON}.ipynb").write_text("{")
    said = run(course, "autograder", "grade", LESSON, "--student", "cem", code=3)
    assert in_gradebook(course, "cem") == (None, True, None) and "words: 3 points, “Good.”" in said


def table_of(course, path, **points):
    """Write the table of marks, and fill some points in."""
    desk(course, "mark", LESSON, "--csv", str(path))
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row in rows:
        row[1] = points.get(row[0], row[1])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def test_an_old_table_marks_no_new_answer(course, tmp_path):
    table = tmp_path / "marks.csv"
    table_of(course, table, cem="0", fay="1", bob="2")
    hand_in_again(course, "cem", write_answer)
    (course / "classroom" / "submitted" / "fay" / LESSON / f"{LESSON}.ipynb").write_text("{")
    run(course, "autograder", "grade", LESSON, "--student", "fay", code=3)
    said = desk(course, "mark", LESSON, "--read", str(table), code=3)
    assert "Wrote 1 mark." in said and in_gradebook(course, "bob")[0] == 2
    (listed,) = [line for line in said.splitlines() if line.startswith("Not marked, as the answer has changed")]
    assert set(listed.partition(": ")[2].split(", ")) == {"cem", "fay"}
    assert in_gradebook(course, "cem") == (None, True, None)
    # Now that somebody has read it, a new table marks it.
    table_of(course, table, cem="4")
    assert "Wrote 1 mark." in desk(course, "mark", LESSON, "--read", str(table))
    assert in_gradebook(course, "cem")[0] == 4


def test_an_empty_line_of_a_table_takes_no_mark_away(course, tmp_path):
    table = tmp_path / "marks.csv"
    table_of(course, table)
    mark(course, LESSON, "cem", 4, "Good.")
    assert "Wrote 0 marks." in desk(course, "mark", LESSON, "--read", str(table))
    assert in_gradebook(course, "cem")[0] == 4


def test_a_table_without_the_answers_is_refused(course, tmp_path):
    table = tmp_path / "marks.csv"
    table.write_text("student,points,comment\ncem,3,\n")
    assert "no column answer" in desk(course, "mark", LESSON, "--read", str(table), code=1)


@pytest.mark.parametrize("second", [False, True])
def test_a_desk_that_is_open_shows_the_new_answer_and_marks_nothing(course, second):
    if second:
        mark(course, LESSON, "cem", 1)
    shown = marking_desk(LESSON, course, second=second, every=1)
    shown.session.go([each.student for each in shown.session.answers].index("cem"))
    hand_in_again(course, "cem", write_answer)
    shown._receive(None, {"do": "points", "value": 2, "serial": 1}, [])
    assert "has changed" in shown.state["message"] and "The other terms vanish" in shown.state["answer"]
    assert shown.state["points"] is None and in_gradebook(course, "cem")[0] is None
    shown._receive(None, {"do": "points", "value": 2, "serial": 2}, [])
    assert shown.state["points"] == 2 and in_gradebook(course, "cem")[0] == (None if second else 2)


def test_empty_answers_get_their_0_at_once(course):
    hand_in_again(course, "cem", write_answer)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        grade = gradebook.find_grade("words", LESSON, LESSON, "fay")
        grade.manual_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    said = desk(course, "mark", LESSON, "--empty-zeros")
    assert "1 empty answer marked with 0 points" in said and "@Fay (fay)" in said
    assert in_gradebook(course, "fay")[:2] == (0, False)
    assert in_gradebook(course, "cem")[:2] == (None, True)  # has written something
    assert in_gradebook(course, "ada")[:2] == (4, False)  # is marked
    assert "0 empty answers" in desk(course, "mark", LESSON, "--empty-zeros")


def test_an_answer_that_may_be_elsewhere_is_not_empty(course):
    def lose_question(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.get("id") != "words"]
        notebook.cells.insert(0, new_markdown_cell("The other terms vanish.", id="somewhere"))

    hand_in_again(course, "cem", lose_question, code=3)
    said = desk(course, "mark", LESSON, "--empty-zeros")
    assert "0 empty answers" in said and "isn't in the notebook of Cem Öztürk (cem)" in said
    assert in_gradebook(course, "cem")[0] is None


def test_only_one_thing_is_done_at_a_time(course):
    desk(course, "mark", LESSON, "--empty-zeros", "--confirm-zeros", code=2)


def test_the_order_of_the_answers_differs_from_lesson_to_lesson(course):
    lesson, question = choose_question(course, LESSON)
    orders = {
        tuple(each.student for each in read_answers(lesson, replace(question, lesson=name))) for name in "abcdefgh"
    }
    assert len(orders) > 4 and all(sorted(order) == ["ada", "bob", "cem", "fay"] for order in orders)
