"""Written answers are marked one after the other: every point is kept at once, and nobody else's mark is lost."""

import csv
import io
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.desk.marking.answers import Answer, Question
from autograder.desk.marking.marks import ChangedMeanwhile, Mark
from autograder.desk.marking.scheme import read_scheme
from autograder.desk.marking.session import Session, agreement
from autograder.desk.marking.sheet import SheetError, read_sheet, write_sheet
from autograder.desk.marking.widget import marking_desk, open_session
from tests.desk.graded import LESSON, desk, graded_class

SCHEME = """## Why?
=== BEGIN MARK SCHEME ===
One point each:

1. The sum over $k$.
   It has to be named.
2. The other terms vanish.

Half a point off for a formula alone.
=== END MARK SCHEME ==="""


def test_a_list_becomes_boxes_that_share_the_points():
    scheme = read_scheme(SCHEME, 4.0)
    assert [box.text for box in scheme.boxes] == ["The sum over $k$. It has to be named.", "The other terms vanish."]
    assert [box.points for box in scheme.boxes] == [2.0, 2.0]
    assert "Half a point off" in scheme.notes and "One point each" in scheme.notes
    assert scheme.score([1.0, 0.5]) == 3.0


def test_items_can_name_their_points():
    scheme = read_scheme("BEGIN MARK SCHEME\n- 3 points: one\n- (1 point) two\n- three\nEND MARK SCHEME", 5.0)
    assert [box.points for box in scheme.boxes] == [3.0, 1.0, 1.0]


@pytest.mark.parametrize("source", ["no scheme", "BEGIN MARK SCHEME\nTwo for the sum.\nEND MARK SCHEME"])
def test_without_a_list_there_are_no_boxes(source):
    assert read_scheme(source, 5.0).boxes == ()


@given(st.text(), st.floats(0, 100))
def test_any_text_is_a_scheme_whose_boxes_are_worth_the_question(text, points):
    scheme = read_scheme(f"BEGIN MARK SCHEME\n{text}\nEND MARK SCHEME", points)
    if scheme.boxes:
        assert sum(box.points for box in scheme.boxes) == pytest.approx(points)


class Kept:
    """Marks in a dict, as a gradebook has them."""

    def __init__(self, marks):
        self.marks = dict(marks)

    def read(self, students):
        return {student: self.marks[student] for student in students if student in self.marks}

    def write(self, student, mark, seen):
        if self.marks[student] != seen:
            raise ChangedMeanwhile(self.marks[student])
        self.marks[student] = mark


@pytest.fixture
def session():
    question = Question(LESSON, LESSON, "words", "Why?", 4.0, SCHEME)
    answers = [Answer(name, f"<p>{name}</p>", name) for name in ("a", "b", "c")]
    marks = Kept({"a": Mark(None), "b": Mark(3.0, "Good."), "c": Mark(None)})
    return Session(question, read_scheme(SCHEME, 4.0), answers, marks)


def test_a_tick_is_written_at_once_and_goes_round(session):
    for points in (2.0, 1.0, 0.0):
        session.tick(0)
        assert session.marks.marks["a"] == Mark(points)


def test_next_confirms_an_answer_without_a_tick_and_skips_marked_ones(session):
    session.next()
    assert session.marks.marks["a"] == Mark(0.0) and session.answer.student == "c"
    session.tick(1)
    session.next()
    assert session.marked == 3 and session.marks.marks["b"] == Mark(3.0, "Good.")


def test_what_was_written_last_can_be_taken_back_from_anywhere(session):
    session.tick(0)
    session.next()
    session.undo()
    assert session.answer.student == "a" and session.marks.marks["a"] == Mark(None)
    session.undo()
    assert "nothing to undo" in session.message


def test_a_mark_given_elsewhere_in_the_meantime_stays(session):
    session.marks.marks["a"] = Mark(1.5, "from the formgrader")
    session.tick(0)
    assert session.marks.marks["a"] == Mark(1.5, "from the formgrader")
    assert (
        "elsewhere" in session.message and session.mark == Mark(1.5, "from the formgrader") and not any(session.ticks)
    )
    session.tick(0)
    assert session.marks.marks["a"] == Mark(2.0, "from the formgrader")


def test_comments_are_offered_again(session):
    session.comment("Name the sum.")
    assert set(session.snippets) == {"Good.", "Name the sum."}


def test_agreement_is_that_of_answers_marked_twice():
    said = agreement({"a": 2.0, "b": 1.0, "c": 3.0}, {"a": 2.0, "b": 2.0, "d": 0.0})
    assert "Of 2 answers marked twice, 1 got the same points" in said and "0.50 points apart" in said
    assert agreement({"a": 1.0}, {}) == ""


def test_a_table_is_read_back_whole_or_not_at_all(session):
    table = list(csv.DictReader(io.StringIO(write_sheet(session))))
    assert [row["points"] for row in table] == ["", "3", ""]
    filled = write_sheet(session).replace("a,,", "a,2.5,Almost")
    assert read_sheet(filled, session) == {"a": Mark(2.5, "Almost")}
    for wrong, words in (
        ("a,9,", "Line 2: 9 is not between 0 and 4"),
        ("a,x,", "Line 2: 'x' is no number"),
        ("z,,", "Line 2: z has no answer"),
    ):
        with pytest.raises(SheetError, match=words):
            read_sheet(write_sheet(session).replace("a,,", wrong), session)
    with pytest.raises(SheetError, match="no column points"):
        read_sheet("student,mark\n", session)


@pytest.fixture
def course(tmp_path_factory, tmp_path):
    shutil.copytree(graded_class(tmp_path_factory.getbasetemp()), tmp_path / "course")
    return tmp_path / "course"


def in_gradebook(course, student):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        grade = gradebook.find_grade("words", LESSON, LESSON, student)
        comment = gradebook.find_comment("words", LESSON, LESSON, student)
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_the_marks_are_nbgraders_own(course):
    shown = marking_desk(LESSON, course)
    student = shown.session.answer.student
    assert student == "cem"  # the only one without a mark who has something to mark
    shown._receive(None, {"do": "points", "value": 3.5, "serial": 1}, [])
    shown._receive(None, {"do": "comment", "value": "Say why.", "serial": 2}, [])
    assert in_gradebook(course, student) == (3.5, False, "Say why.")
    assert shown.state["serial"] == 2 and shown.state["points"] == 3.5
    again, _ = open_session(course, LESSON)
    assert again.known["cem"] == Mark(3.5, "Say why.")


def test_nothing_strange_from_the_browser_is_an_error(course):
    shown = marking_desk(LESSON, course)
    for content in ({}, {"do": "tick", "value": 99}, {"do": "__init__"}, {"do": "snippet", "value": -1}, {"do": "go"}):
        shown._receive(None, content, [])
    assert in_gradebook(course, "cem")[0] is None


def test_what_the_answer_holds_does_nothing_in_the_page_of_a_grader(course):
    shown = marking_desk(LESSON, course)
    for place in range(len(shown.session.answers)):
        shown.session.go(place)
        shown._show()
        assert "<script" not in shown.state["answer"] and "onerror" not in shown.state["answer"]


def test_a_second_marker_sees_no_first_mark_and_changes_none(course):
    before = in_gradebook(course, "ada")
    session, compared = open_session(course, LESSON, second=True, every=1)
    assert {each.student for each in session.answers} == {"ada", "bob", "fay"}
    assert all(mark == Mark(None) for mark in session.known.values())
    session.give(1.0)
    assert "Of 1 answer marked twice" in compared()
    assert in_gradebook(course, "ada") == before


def test_by_table_from_the_command_line(course, tmp_path):
    table = tmp_path / "marks.csv"
    assert "3 of 5 answers marked" in desk(course, "mark", LESSON, "--csv", str(table))
    table.write_text(table.read_text().replace("cem,,", "cem,2,"))
    assert "Wrote 1 mark." in desk(course, "mark", LESSON, "--read", str(table))
    assert in_gradebook(course, "cem")[0] == 2
    table.write_text(table.read_text().replace("cem,2,", "cem,77,"))
    assert "not between 0 and 5" in desk(course, "mark", LESSON, "--read", str(table), code=1)
    assert in_gradebook(course, "cem")[0] == 2


def test_the_command_writes_a_notebook_that_opens_the_desk(course):
    desk(course, "mark", LESSON, "--no-open")
    (path,) = (course / "classroom" / "marking").glob("*.ipynb")
    source = "".join(json.loads(path.read_text())["cells"][1]["source"])
    assert f'marking_desk("{LESSON}"' in source and str(course) in source
    assert "has no question" in desk(course, "mark", LESSON, "--question", "nothing", "--no-open", code=1)
