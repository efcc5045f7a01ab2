"""A complaint: everything about one grade on one page, the work run again, and no grade changed."""

import shutil
import sqlite3

import pytest
from bs4 import BeautifulSoup

from tests.desk.graded import LESSON, SECRET, desk, graded_class, mark


@pytest.fixture
def course(tmp_path_factory, tmp_path):
    shutil.copytree(graded_class(tmp_path_factory.getbasetemp()), tmp_path / "course")
    return tmp_path / "course"


def page_of(course, student):
    path = course / "classroom" / "complaints" / student / LESSON / "complaint.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def grades(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        return gradebook.execute("SELECT id, auto_score, manual_score FROM grade ORDER BY id").fetchall()


def test_a_wrong_answer_is_explained_with_a_hidden_case_and_the_answer_to_send_has_none(course):
    before = grades(course)
    said = desk(course, "complaint", LESSON, "bob")
    page = page_of(course, "bob")
    text = page.get_text(" ", strip=True)
    assert "keep it to yourself" in said and "when run again now" not in said
    assert "Bob Müller" in text and "5 November 2026" in text and "Late" in text
    report = page.find(class_="check").get_text(" ", strip=True)
    assert "what is right" in report.lower() or "should be" in report.lower() or "right" in report.lower()
    answer = page.find("pre").get_text()
    assert answer.startswith("Dear Bob,") and "output_delta" in answer and "The result is the same as before" in answer
    numbers = [word for word in report.split() if word.count(".") == 1 and len(word.strip("-.0123456789")) == 0]
    assert not [number for number in numbers if len(number) > 4 and number in answer]
    assert not page.find_all("script") and SECRET not in text
    # The answer that was written is shown, with nothing in it that acts or fetches.
    assert "ZeroDivisionError" in text and not [
        tag for tag in page.find_all(True) if {"src", "onerror"} & set(tag.attrs)
    ]
    assert grades(course) == before


def test_points_that_came_out_differently_are_told(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        gradebook.execute("UPDATE grade SET auto_score = 1 WHERE auto_score = 2")
    said = desk(course, "complaint", LESSON, "ada")
    assert "1 in the gradebook, 2 when run again now" in said
    assert "These differ" in page_of(course, "ada").get_text(" ", strip=True)


@pytest.mark.parametrize(
    ("student", "words"), [("eve", "Nothing was handed in"), ("nobody", "There is no student called nobody")]
)
def test_who_has_no_grade_is_told(course, student, words):
    said = desk(course, "complaint", LESSON, student, code=1)
    assert words in said and "Traceback" not in said


def test_a_submission_that_could_not_be_graded_has_a_page_too(course):
    desk(course, "complaint", LESSON, "dan")
    assert "Dan Low" in page_of(course, "dan").get_text()


def test_forgetting_a_student_removes_the_page(course):
    desk(course, "complaint", LESSON, "bob")
    desk(course, "forget", "bob", "--yes")
    assert not list((course / "classroom" / "complaints").rglob("*.html"))


def test_a_written_answer_is_shown_with_its_comment_which_the_letter_repeats(course):
    """Without them, neither page nor letter would say why a written answer has the points it has."""
    mark(course, LESSON, "bob", 3, "The sum isn't named.")
    desk(course, "complaint", LESSON, "bob")
    page = page_of(course, "bob")
    letter = page.find("pre").get_text()
    assert "“In your own words” has 3 of 5 points. The sum isn't named." in letter
    section = page.find("h2", string="In your own words").find_next("h3")
    assert section.get_text() == "What the student wrote" and section.find_next("pre").get_text().strip()
    assert page.find("td", string="2")  # of the 4 points that checks give: layer_gradients alone is right
