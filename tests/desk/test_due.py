"""``autograder due`` sets due dates in nbgrader's gradebook, and shows them as they were understood."""

import sqlite3
from datetime import datetime

import pytest

from tests.desk.conftest import OTHER
from tests.desk.graded import desk
from tests.grading.conftest import LESSON


def due_dates(course):
    path = course / "classroom" / "gradebook.db"
    if not path.exists():
        return {}
    with sqlite3.connect(path) as gradebook:
        rows = gradebook.execute("select name, duedate from assignment")
        return {name: date and datetime.fromisoformat(date) for name, date in rows}


@pytest.mark.parametrize(
    ("words", "moment", "said"),
    [
        (["2099-11-20 18:00"], datetime(2099, 11, 20, 17), "Friday, 20 November 2099, 18:00 CET"),
        (["2099-11-20", "18:00"], datetime(2099, 11, 20, 17), "Friday, 20 November 2099, 18:00 CET"),
        (["2099-07-01"], datetime(2099, 7, 1, 21, 59, 59), "Wednesday, 1 July 2099, 23:59 CEST"),
        (["2099-01-02 03:04", "--timezone", "Asia/Tokyo"], datetime(2099, 1, 1, 18, 4), "2 January 2099, 03:04 JST"),
        (["2099-01-02T03:04+00:00"], datetime(2099, 1, 2, 3, 4), "Friday, 2 January 2099, 04:04 CET"),
    ],
)
def test_a_date_is_set_in_the_gradebook_and_shown(course, words, moment, said):
    assert said in desk(course, "due", LESSON, *words)
    assert due_dates(course) == {LESSON: moment}
    desk(course, "due", LESSON, "2099-12-31")
    assert due_dates(course) == {LESSON: datetime(2099, 12, 31, 22, 59, 59)}


@pytest.mark.parametrize("number", ["3", "03"])
def test_a_lesson_may_be_called_by_its_number(course, number):
    desk(course, "due", number, "2099-11-20 18:00")
    assert due_dates(course) == {LESSON: datetime(2099, 11, 20, 17)}
    assert f'No lesson called "{number}9"' in desk(course, "due", f"{number}9", code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["03-delta", "2099-11-20"], f"Did you mean {LESSON}?"),
        ([LESSON, "20.11.2099"], "20.11.2099 is not a date. Write it like 2026-11-30"),
        ([LESSON, "11/05/2099"], "11/05/2099 is not a date."),
        ([LESSON, "2099-11-31"], "2099-11-31 is not a date."),
        ([LESSON, "2099-11-20 18:00 Europe/Berlin"], "is not a date."),
        ([LESSON, "2099-11-20", "--timezone", "Berlin"], "Berlin is not a time zone. Write it like Europe/Berlin"),
    ],
)
def test_what_is_misspelt_changes_nothing(course, words, said):
    assert said in desk(course, "due", *words, code=1)
    assert due_dates(course) == {}


def test_all_lessons_are_listed_also_one_that_is_misspelt_in_the_gradebook(course):
    desk(course, "due", LESSON, "2099-11-20 18:00")
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        gradebook.execute(
            "insert into assignment (id, name, course_id, duedate) values ('x', '3-dleta', 'small', '1999-01-01 00:00')"
        )
    lines = desk(course, "due").splitlines()
    assert [line.split()[0] for line in lines[:3]] == [OTHER, LESSON, "3-dleta"]
    assert lines[0].endswith("no due date") and "20 November 2099" in lines[1] and "(in the past)" in lines[2]
    assert "There is no lesson 3-dleta in solutions/" in lines[3] and len(lines) == 4


def test_a_due_date_can_be_removed(course):
    desk(course, "due", LESSON, "2099-11-20")
    assert "no due date" in desk(course, "due", LESSON, "--remove")
    assert due_dates(course) == {LESSON: None}
    desk(course, "due", LESSON, "2099-11-20", "--remove", code=2)
