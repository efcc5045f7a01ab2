"""Which extensions a course grants, and what is said about a line that makes no sense."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from autograder.grading.extensions import read_extensions
from autograder.grading.opening import GradingError

STUDENTS = ("ada", "bob")
LESSONS = ("01-notation", "02-chain-rule")
HEAD = "student,lesson,until,days\n"
BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 10, 20, 21, 59)


def granted(folder, text, zone=UTC):
    (folder / "classroom").mkdir(exist_ok=True)
    path = folder / "classroom" / "extensions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_extensions(folder, STUDENTS, LESSONS, zone)


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("ada,01-notation,2026-10-24,", datetime(2026, 10, 24, 23, 59, 59)),
        ("ada,01-notation,2026-10-24 18:00,", datetime(2026, 10, 24, 18)),
        ("ada,01-notation,2026-10-24T18:00:00+02:00,", datetime(2026, 10, 24, 16)),
        ("ada,01-notation,,3", datetime(2026, 10, 23, 21, 59)),
        (" ada , * ,, 3 ", datetime(2026, 10, 23, 21, 59)),
        ("ada,*,,3\nada,01-notation,,5", datetime(2026, 10, 25, 21, 59)),
        ("ada,*,,5\nada,01-notation,,3", datetime(2026, 10, 25, 21, 59)),
        ("ada,*,2026-10-01,", DUE),  # not before the others
        ("ada,02-chain-rule,,3\nbob,01-notation,,3\n,,,\n", DUE),
    ],
)
def test_the_latest_date_that_applies_counts(line, due, tmp_path):
    assert granted(tmp_path, HEAD + line).due_date("ada", "01-notation", DUE) == due


def test_without_a_file_nothing_is_granted(tmp_path):
    assert read_extensions(tmp_path, STUDENTS, LESSONS).due_date("ada", "01-notation", DUE) == DUE


def test_a_day_ends_where_the_course_is(tmp_path):
    until = granted(tmp_path, HEAD + "ada,*,2026-10-24,", BERLIN)
    assert until.due_date("ada", "01-notation", DUE) == datetime(2026, 10, 24, 21, 59, 59)
    # Summer time ends on 25 October: a week after 23:59 is 23:59, which then is 22:59 in UTC.
    days = granted(tmp_path, HEAD + "ada,*,,7", BERLIN)
    assert days.due_date("ada", "01-notation", DUE) == datetime(2026, 10, 27, 22, 59)


@pytest.mark.parametrize(
    "text", ["student;lesson;until;days\nada;*;;3", "\ufeffStudent,Lesson,Until,Days\r\nada,*,,3\r\n"]
)
def test_what_spreadsheets_write_is_read(text, tmp_path):
    assert granted(tmp_path, text).due_date("ada", "01-notation", DUE) == datetime(2026, 10, 23, 21, 59)


def test_a_student_of_the_roster_is_known_before_anything_is_handed_in(tmp_path):
    (tmp_path / "classroom").mkdir()
    (tmp_path / "classroom" / "roster.csv").write_text("id,first_name\ncy,Cy\n")
    assert granted(tmp_path, HEAD + "cy,*,,3").due_date("cy", "01-notation", DUE) > DUE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "ada,*,,1\nadda,*,,1", 'line 3: there is no student called "adda". Did you mean ada?'),
        (HEAD + "zoe,*,,1", 'line 2: there is no student called "zoe". Correct the id.'),
        (HEAD + "ada,notation,,1", 'line 2: there is no lesson called "notation". Did you mean 01-notation?'),
        (HEAD + "ada,*,2026-10-24,3", "line 2: there are both a date and a number of days. Keep one of them."),
        (HEAD + "ada,*,,", "line 2: the columns until and days are both empty."),
        (HEAD + "ada,*", "line 2: the columns until and days are both empty."),
        (HEAD + "ada,*,24.10.2026,", "line 2: '24.10.2026' is not a date. Write it like 2026-11-30"),
        (HEAD + "ada,*,0001-01-01 00:00,", "line 2: '0001-01-01 00:00' is not a date"),
        (HEAD + "ada,*,,-1", "line 2: '-1' is not a number of days."),
        (HEAD + "ada,*,,1.5", "line 2: '1.5' is not a number of days."),
        (HEAD + "ada,*,,10000", "line 2: '10000' is not a number of days."),
        (
            "student,lesson,days\nada,*,1",
            "has no column called until, only student, lesson, days. Its first line must be: student,lesson,until,days",
        ),
        ("", "has no column called student, only an empty line."),
        (HEAD.encode() + b"\xff,*,,1", "cannot be read"),
        (HEAD + '"ada,*,,1', "cannot be read"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(text, said, tmp_path):
    with pytest.raises(GradingError) as raised:
        granted(tmp_path, text, BERLIN)
    assert said in str(raised.value) and str(raised.value).startswith("classroom/extensions.csv")
