"""Files of grades as the platforms write them, filled in, and read as the platforms read them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.gradefiles import blackboard, canvas, moodle, people
from autograder.desk.gradefiles.matching import Column
from autograder.desk.gradefiles.table import FileError, Table, number, read_table
from autograder.desk.gradefiles.writing import write
from autograder.desk.roster import Student
from tests.desk.platforms import (
    STUDENTS,
    blackboard_file,
    canvas_export,
    canvas_export_with_split_names,
    moodle_gradebook,
    moodle_worksheet,
)

ROSTER = [Student(*each) for each in STUDENTS]
GRADES = {"ada": 8.5, "bob": 0.0, "cem": 9.0}
LESSON = Column("03-delta-recursion", ("03-delta-recursion", "Lesson 3"), 9.0, GRADES)


def rows(content, encoding="utf-8-sig", delimiter=","):
    return list(csv.reader(io.StringIO(content.decode(encoding).lstrip("\ufeff"), newline=""), delimiter=delimiter))


def changed(before, after, encoding="utf-8-sig", delimiter=","):
    """The cells in which two files differ, and that they are as large."""
    before, after = rows(before, encoding, delimiter), rows(after, encoding, delimiter)
    assert [len(row) for row in before] == [len(row) for row in after]
    return {(i, j): cell for i, row in enumerate(after) for j, cell in enumerate(row) if cell != before[i][j]}


def test_an_export_of_canvas_is_filled_in_and_nothing_else_in_it_changes():
    filled = canvas.fill(canvas_export(), ROSTER, [LESSON])
    assert changed(canvas_export(), filled.content) == {(3, 5): "8.5", (5, 5): "9"}
    assert filled.content.startswith(b"\xef\xbb\xbfStudent,ID,")
    assert (filled.written, filled.unknown, filled.missing) == (2, ["A Stranger"], [])
    assert filled.notes == ["Bob Müller: Canvas says that they are excused. It was left as it is."]


def test_an_export_of_canvas_with_split_names_is_filled_in():
    content = canvas_export_with_split_names()
    filled = canvas.fill(content, ROSTER, [LESSON])
    assert changed(content, filled.content) == {(3, 6): "8.5", (5, 6): "9"}
    assert (filled.unknown, filled.missing) == (["A Stranger"], [])
    assert filled.notes == ["Bob Müller: Canvas says that they are excused. It was left as it is."]


@pytest.mark.parametrize(
    ("delimiter", "there", "elsewhere", "expected"),
    [
        (";", "32,00", "75,00", "8,5"),
        (";", "32.00", "75.00", "8.5"),
        (";", "", "75,00", "8,5"),  # what stands in other columns
        (";", "32.00", "75,00", "8.5"),  # its own column comes first
        (";", "", "", "8,5"),  # semicolons are written where the comma is a decimal mark
        (",", "", "", "8.5"),
        (",", "32,00", "", "8,5"),
        ("\t", "", "75,00", "8,5"),
    ],
)
def test_grades_are_written_with_the_decimal_mark_of_the_file(delimiter, there, elsewhere, expected):
    text = io.StringIO()
    head = ["Student", "ID", "SIS Login ID", "Section", "Lesson 3 (5501)", "Final Score"]
    lines = [head, ["Low, Dan", "2004", "dan", "C", there, elsewhere], ["Lovelace, Ada", "2001", "ada", "C", "", ""]]
    csv.writer(text, delimiter=delimiter).writerows(lines)
    filled = canvas.fill(text.getvalue().encode(), ROSTER, [LESSON])
    assert rows(filled.content, delimiter=delimiter)[2][4] == expected


def test_a_worksheet_of_moodle_is_filled_in_and_its_dates_stay():
    filled = moodle.fill(moodle_worksheet(), ROSTER, [LESSON])
    assert changed(moodle_worksheet(), filled.content) == {(1, 5): "8.5", (3, 5): "9"}
    assert (filled.written, filled.unknown, filled.missing) == (2, ["A Stranger"], [])
    assert filled.notes == ["Bob Müller: Moodle says that this grade cannot be changed. It was left as it is."]


def test_the_participants_of_a_worksheet_are_those_of_its_own_assignment():
    numbers = {"ada": "113", "cem": "111"}  # Moodle numbers participants anew in each assignment
    sheet = moodle_worksheet().replace(b"ada@example.edu", b"").replace(b"Ada Lovelace", b"Hidden 1")
    sheet = sheet.replace("Cem Öztürk".encode(), b"Hidden 2")
    column = Column(LESSON.lesson, LESSON.names, 9.0, GRADES, numbers)
    filled = moodle.fill(sheet, ROSTER, [column])
    assert changed(sheet, filled.content) == {(1, 5): "9", (3, 5): "8.5"}


def test_an_export_of_moodles_gradebook_is_filled_in():
    filled = moodle.fill(moodle_gradebook(), ROSTER, [LESSON])
    assert changed(moodle_gradebook(), filled.content) == {(1, 6): "8.5", (2, 6): "0", (3, 6): "9"}


def test_a_file_of_blackboard_is_filled_in_and_keeps_its_form():
    filled = blackboard.fill(blackboard_file(), ROSTER, [LESSON])
    assert changed(blackboard_file(), filled.content, "utf-16-le", "\t") == {
        (1, 6): "8.5",
        (2, 6): "0",
        (3, 6): "9",
    }
    assert filled.content.startswith(b"\xff\xfe") and filled.content.endswith('""\r\n'.encode("utf-16-le"))
    assert (filled.written, filled.unknown, filled.missing) == (3, ["A Stranger"], [])


@pytest.mark.parametrize(
    ("platform", "content"),
    [
        (canvas, canvas_export()),
        (moodle, moodle_worksheet()),
        (moodle, moodle_gradebook()),
        (blackboard, blackboard_file()),
    ],
)
def test_with_nothing_to_say_a_file_stays_what_it_was(platform, content):
    nothing = Column(LESSON.lesson, LESSON.names, 9.0, {})
    filled = platform.fill(content, ROSTER, [nothing])
    assert read_table(filled.content) == read_table(content)


@pytest.mark.parametrize(
    ("platform", "content"),
    [
        (canvas, canvas_export("Lesson 3 (5501)", "100.00")),
        (moodle, moodle_worksheet("100.00")),
        (blackboard, blackboard_file("Lesson 3 [Total Pts: 100 Score] |901001")),
    ],
)
def test_other_points_on_the_platform_are_said(platform, content):
    notes = platform.fill(content, ROSTER, [LESSON]).notes
    assert sum("out of 100 points, but it is worth 9." in note for note in notes) == 1


def test_a_platform_without_points_says_nothing():
    assert canvas.fill(canvas_export(possible=""), ROSTER, [LESSON]).notes == [
        "Bob Müller: Canvas says that they are excused. It was left as it is."
    ]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Lesson 3 (5501)", True),
        ("lesson-3 (5501)", True),
        ("03-delta-recursion (5501)", True),
        ("Week 4: Delta recursion (5501)", True),
        ("Homework (5501)", False),
        ("Lesson 3", False),  # without a number it is no assignment of Canvas
    ],
)
def test_the_column_of_a_lesson_is_found_by_its_names(title, found):
    if found:
        assert canvas.fill(canvas_export(title), ROSTER, [LESSON]).written == 2
    else:
        with pytest.raises(FileError, match="there is no column for 03-delta-recursion in the export from Canvas"):
            canvas.fill(canvas_export(title), ROSTER, [LESSON])


def test_two_columns_that_may_be_a_lesson_are_named():
    content = canvas_export("Delta recursion A (5501)").replace(b"Other work", b"Delta recursion B")
    with pytest.raises(FileError) as raised:
        canvas.fill(content, ROSTER, [LESSON])
    assert "2 columns could be 03-delta-recursion" in str(raised.value)
    assert '"Delta recursion A", "Delta recursion B"' in str(raised.value)
    assert 'c.Desk.columns = {"03-delta-recursion": "NAME"}' in str(raised.value)


def test_a_name_alone_finds_somebody_but_never_two_and_is_said():
    content = (
        canvas_export().replace(b"2003,,cem1@login.example.edu", b"9,,x").replace(b"2004,dan,dan@example.edu", b"8,,y")
    )
    twins = [*ROSTER, Student("dan2", "Dan", "Low")]
    column = Column(LESSON.lesson, LESSON.names, 9.0, GRADES | {"dan": 1.0, "dan2": 2.0})
    filled = canvas.fill(content, twins, [column])
    assert changed(content, filled.content) == {(3, 5): "8.5", (5, 5): "9"}
    assert filled.unknown == ["Dan Low", "A Stranger"] and filled.missing == ["dan", "dan2"]
    assert "Found by their names alone, so check them: Cem Öztürk." in filled.notes


def test_a_namesake_does_not_get_the_grade_of_another():
    content = canvas_export().replace(b'"Stranger, A"', b'"Lovelace, Ada"')
    filled = canvas.fill(content, ROSTER, [LESSON])
    assert changed(content, filled.content) == {(3, 5): "8.5", (5, 5): "9"}


@pytest.mark.parametrize(
    ("platform", "content", "said"),
    [
        (canvas, b"a,b\n1,2\n", "isn't an export of Canvas's gradebook"),
        (moodle, b"a,b\n1,2\n", "neither a grading worksheet of Moodle"),
        (moodle, b"Identifier,Grade\nParticipant 1,2\n", "without the column Grade or Last modified"),
        (blackboard, b"a,b\n1,2\n", "isn't a file from Blackboard's Grade Center"),
        (canvas, b"PK\x03\x04", "It is a spreadsheet"),
        (canvas, b"", "It has no rows"),
        (canvas, b"\xff\xfea", "damaged"),
        (canvas, b'Student,ID\n"a,b\n', "It isn't a table"),
        (canvas, b"Student,ID\n1,2,3\n", "more columns than the first one"),
    ],
)
def test_a_file_that_is_something_else_is_said(platform, content, said):
    with pytest.raises(FileError, match=said):
        platform.fill(content, ROSTER, [LESSON])


def test_a_worksheet_is_for_one_lesson():
    with pytest.raises(FileError, match="one assignment"):
        moodle.fill(moodle_worksheet(), ROSTER, [LESSON, LESSON])


def test_what_is_written_without_a_file_of_theirs_has_the_platforms_columns():
    assert rows(write("canvas", ROSTER, [LESSON]))[:3] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03-delta-recursion"],
        ["    Points Possible", "", "", "", "", "9"],
        ["Lovelace, Ada", "2001", "", "", "", "8.5"],
    ]
    assert rows(write("moodle", ROSTER, [LESSON]))[-1] == ["dan", "Dan", "Low", "dan@example.edu", ""]
    written = rows(write("blackboard", ROSTER, [LESSON]), "utf-16", "\t")
    assert written[0] == ["Last Name", "First Name", "Username", "03-delta-recursion [Total Pts: 9 Score]"]
    assert written[2] == ["Müller", "Bob", "bob1", "0"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_is_a_formula_for_a_spreadsheet(start):
    student = Student(f"{start}1", f"{start}cmd|' /C calc'!A0", f"{start}2", f"{start}a@x.edu")
    (_, row) = rows(people.write([student], [], lambda _: -1.0))
    assert all(not cell.startswith(start) or cell == "-1" for cell in row[:-1])
    assert row[1] == f"'{start if start.isprintable() else ' '}2" and row[-1] == "-1"


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")), min_size=3, max_size=3),
        min_size=1,
    ),
    st.sampled_from(
        [("utf-8", ",", "\n", False), ("utf-8-sig", ",", "\r\n", False), ("utf-16-le", "\t", "\r\n", True)]
    ),
)
def test_whatever_stands_in_a_table_is_read_back(cells, form):
    table = Table([["Last Name", "First Name", "Username"], *cells], *form)
    assert read_table(table.to_bytes()).rows == table.rows


@given(st.floats(0, 1e6))
def test_points_are_written_to_two_places(points):
    assert abs(float(number(points)) - points) <= 0.005 + 1e-9 and "e" not in number(points)
