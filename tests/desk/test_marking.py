"""Written answers are marked one after the other: every point is kept at once, and nobody else's mark is lost."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.desk.marking.answers import Answer, Question
from autograder.desk.marking.marks import ChangedMeanwhile, Mark
from autograder.desk.marking.scheme import read_scheme
from autograder.desk.marking.session import Session, agreement
from autograder.desk.marking.sheet import Filled, SheetError, read_sheet, write_sheet
from autograder.desk.marking.widget import marking_desk, open_session
from tests.desk.graded import LESSON, desk, graded_class
from tests.grading.conftest import run

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
    assert "Half a point off" in scheme.notes and "One point each" not in scheme.notes
    assert scheme.intro == "One point each:"  # it introduces the boxes, so it stands above them
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
    assert read_sheet(filled.encode(), session) == Filled({"a": Mark(2.5, "Almost")}, [])
    for wrong, words in (
        ("a,9,", r"Line 2 \(a\): 9 is not between 0 and 4"),
        ("a,x,", r"Line 2 \(a\): 'x' is not a number"),
        ("z,,", "Line 2: there is no answer by z"),
    ):
        with pytest.raises(SheetError, match=words):
            read_sheet(write_sheet(session).replace("a,,", wrong).encode(), session)
    with pytest.raises(SheetError, match="no column points"):
        read_sheet(b"student,mark\n", session)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_as_spreadsheets_of_any_country_save_it(session, delimiter, encoding):
    rows = list(csv.reader(io.StringIO(write_sheet(session))))
    rows[1][1:3] = ["2,5", "Größe; und, Summe"]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([*rows, [""] * 4, []])
    assert read_sheet(text.getvalue().encode(encoding), session).marks == {"a": Mark(2.5, "Größe; und, Summe")}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfex", b"student;points"])
def test_what_is_no_table_is_refused_in_a_sentence(session, content):
    with pytest.raises(SheetError, match="The table"):
        read_sheet(content, session)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\x0b", "\x85", "\u2028"])
def test_no_answer_gives_a_mark_to_anybody(session, end):
    """An answer that could end its row wrote the next one itself, with whatever student and points it liked."""
    forged = f"because{end}a,4,forged,{end}b,0,forged,{end}"
    session.answers[2] = Answer("c", "", forged)
    assert read_sheet(write_sheet(session).encode(), session).marks == {}


def test_a_table_with_two_rows_of_a_student_is_refused(session):
    with pytest.raises(SheetError, match=r"Line 5: a is there a second time"):
        read_sheet(f"{write_sheet(session)}a,4,forged,\n".encode(), session)


def test_a_very_long_answer_does_not_keep_the_table_from_being_read(session):
    session.answers[2] = Answer("c", "", "x" * 200_000)
    text = write_sheet(session)
    assert len(text) < 32_000 and read_sheet(text.encode(), session).marks == {}
    assert read_sheet(text.replace("a,,", "a,2,").encode(), session).marks == {"a": Mark(2.0)}


def test_earlier_comments_keep_their_letters_while_one_marks(session):
    session.comment("Name the sum.")
    before = session.snippets
    for place in (0, 2):
        session.go(place)
        session.comment("Why?")  # which is now the most frequent
    session.go(1)
    session.comment("")
    assert session.snippets[:2] == before and session.snippets[2] == "Why?"


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
    said = desk(course, "mark", LESSON, "--csv", str(table))
    assert "3 of 4 answers marked" in said
    assert "Why?" in said and "At most 5 points" in said and "Two points for the sum" in said
    table.write_text(table.read_text().replace("cem,,", "cem,2,"))
    desk(course, "feedback", LESSON, code=None)
    pages = course / "classroom" / "feedback"
    said = desk(course, "mark", LESSON, "--read", str(table))
    assert "Wrote 1 mark." in said and f"`autograder feedback {LESSON}` writes it again" in said
    # A page without the new mark would be wrong; no empty folder is left that would look like a lost one.
    assert not (pages / "cem").exists() and (pages / "ada" / LESSON / f"{LESSON}.html").exists()
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


def test_what_could_not_be_graded_is_no_answer_and_its_0_is_confirmed_at_once(course):
    session, _ = open_session(course, LESSON)
    assert {each.student for each in session.answers} == {"ada", "bob", "cem", "fay"}
    said = desk(course, "mark", LESSON, "--confirm-zeros")
    assert "1 confirmed with 0 points" in said and "Dan Low (dan)" in said
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        submission = gradebook.find_submission(LESSON, "dan")
        assert (submission.score, submission.needs_manual_grade) == (0, False)
    assert in_gradebook(course, "cem")[1]  # who has an answer to be marked is not touched
    assert "0 confirmed" in desk(course, "mark", LESSON, "--confirm-zeros")
    assert "has nothing to confirm" in desk(course, "mark", LESSON, "--confirm-zeros", "--student", "cem", code=1)
    table = course / "classroom" / "export" / "table.csv"
    desk(course, "export", LESSON, "--to", "csv", "--output", str(table), code=None)
    (row,) = [row for row in csv.DictReader(table.open(encoding="utf-8-sig")) if row["id"] == "dan"]
    assert row["total"] == "0"
    run(course, "autograder", "grade", LESSON, "--student", "dan", "--force", code=3)
    assert "0 confirmed" in desk(course, "mark", LESSON, "--confirm-zeros")


def test_a_confirmed_0_does_not_outlive_an_attempt_that_can_be_graded(course):
    desk(course, "mark", LESSON, "--confirm-zeros", "--student", "dan")
    work = course / "classroom" / "submitted"
    shutil.copy(work / "ada" / LESSON / f"{LESSON}.ipynb", work / "dan" / LESSON)
    run(course, "autograder", "grade", LESSON, "--student", "dan")
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        submission = gradebook.find_submission(LESSON, "dan")
        assert (submission.score, submission.needs_manual_grade) == (4, True)


def test_no_0_is_confirmed_for_work_that_is_to_be_graded_again(course):
    (course / "classroom" / "submitted" / "dan" / LESSON / "more.txt").write_text("1")
    said = desk(course, "mark", LESSON, "--confirm-zeros")
    assert (
        "0 confirmed" in said
        and "has work that is still to be graded (changed: what was handed in): Dan Low (dan)" in said
    )


def test_an_answer_ends_where_the_lesson_goes_on_even_without_ids(course):
    """Some editors drop the ids of cells, so the lesson's next cell has none."""
    source = nbformat.read(course / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    source.cells.append(new_markdown_cell("## Summary\n\nDeltas travel backwards.", id="summary"))
    nbformat.write(source, course / "solutions" / LESSON / f"{LESSON}.ipynb")
    path = course / "classroom" / "submitted" / "cem" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [new_markdown_cell("Every neuron feeds all of the next layer."), source.cells[-1]]
    for cell in notebook.cells:
        cell.metadata = {}
        del cell["id"]
    notebook.nbformat_minor = 4
    nbformat.write(notebook, path)
    run(course, "autograder", "grade", LESSON, "--student", "cem")
    session, _ = open_session(course, LESSON)
    (answer,) = [each for each in session.answers if each.student == "cem"]
    assert answer.text == "Every neuron feeds all of the next layer."
    desk(course, "complaint", LESSON, "cem")
    page = (course / "classroom" / "complaints" / "cem" / LESSON / "complaint.html").read_text()
    assert page.count("What the student wrote") == 3 and "def output_delta" in page and answer.text in page


def _opened(address, process):
    """Open an address as soon as the process that has printed it answers."""
    while process.poll() is None:
        try:
            return urlopen(address)
        except URLError:
            time.sleep(0.1)
    raise AssertionError("The server has ended.")


def test_the_address_that_is_printed_opens_the_desk_and_the_server_ends_with_the_command(course):
    words = [str(Path(sys.executable).with_name("autograder")), "mark", LESSON]
    environment = os.environ | {"BROWSER": "true"}  # the program that does nothing
    with subprocess.Popen(words, cwd=course, env=environment, stderr=subprocess.PIPE, text=True) as mark:
        try:
            address = next(line for line in mark.stderr if "http://127.0.0.1" in line).strip()
            status = _opened(address, mark).status
            # Whatever ends the command ends the server, as they are one process.
            program = Path(f"/proc/{mark.pid}/cmdline").read_text()
        finally:
            mark.terminate()
            mark.stderr.read()
    (path,) = (course / "classroom" / "marking").glob("*.ipynb")
    assert f"/lab/tree/classroom/marking/{path.name}?token=" in address and status == 200
    assert "jupyter" in program
