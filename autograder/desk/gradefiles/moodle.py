"""Moodle: its gradebook's import by e-mail address or ID number, and an assignment's offline grading worksheet.

A worksheet has the columns ``Identifier`` (``Participant 12345``, where the number is one of this assignment),
``Grade`` and ``Last modified (grade)``, by which Moodle refuses to overwrite what has been changed since.
"""

import re

from autograder.desk.gradefiles.matching import People, Row, compare_points, fill_in, find_column
from autograder.desk.gradefiles.table import FileError, read_table

_PARTICIPANT = re.compile(r"\D*(\d+)")
# A grade item in an export of the gradebook: "Assignment: Name (Real)".
_ITEM = re.compile(r"(?:[^:]+: )?(.+?)(?: \((?:Real|Points)\))?")
_ABOUT_PEOPLE = ("first name", "last name", "surname", "id number", "institution", "department", "email address")


def fill(content, students, columns):
    """Fill grades into a grading worksheet, or into an export of the gradebook; everything else stays as it is.

    Parameters
    ----------
    content : bytes
        Of the worksheet or the export.
    students : iterable of autograder.desk.roster.Student
    columns : list of autograder.desk.gradefiles.matching.Column

    Returns
    -------
    autograder.desk.gradefiles.matching.Filled

    Raises
    ------
    FileError
        If it is neither, has no column for a lesson, or is a worksheet and there are several lessons.
    """
    table = read_table(content)
    worksheet = table.find("Identifier") is not None
    if worksheet:
        places = [_grade_of_worksheet(table, columns)]
    elif table.find("Email address", "ID number") is not None:
        items = {
            i: _ITEM.fullmatch(name.strip())[1]
            for i, name in enumerate(table.header)
            if name.strip() and name.strip().casefold() not in _ABOUT_PEOPLE
        }
        places = [find_column(column, items, "the export of Moodle") for column in columns]
    else:
        raise FileError(
            "It is neither a grading worksheet of Moodle, which has a column Identifier, nor an export of its "
            "gradebook, which has a column Email address. Download it with the language set to English."
        )
    return _fill(table, students, columns, places)


def _grade_of_worksheet(table, columns):
    if len(columns) > 1:
        raise FileError("It is a grading worksheet, which is for one assignment. Export one lesson at a time.")
    place = table.find("Grade")
    if place is None or table.find("Last modified (grade)") is None:
        raise FileError(
            "It is a grading worksheet without the column Grade or Last modified (grade), which Moodle needs. "
            "Download it again."
        )
    return place


def _fill(table, students, columns, places):
    platform_ids = {student.id: student.moodle_id for student in students} | columns[0].platform_ids
    locked, possible = table.find("Grade can be changed"), table.find("Maximum grade")

    def keep(row, place):
        is_locked = locked is not None and row.cells[locked].strip().casefold() == "no"
        return "Moodle says that this grade cannot be changed." if is_locked else None

    rows = [_row(table, cells) for cells in table.rows[1:]]
    filled = fill_in(table, rows, columns, places, People(students, platform_ids), keep)
    if possible is not None:
        filled.notes += filter(None, [compare_points(columns[0], table.rows[1][possible], "Moodle")])
    return filled


def _row(table, cells):
    def said(*names):
        place = table.find(*names)
        return "" if place is None else cells[place].strip()

    participant = _PARTICIPANT.fullmatch(said("Identifier"))
    name = said("Full name") or f"{said('First name')} {said('Last name', 'Surname')}".strip()
    return Row(
        cells,
        name or said("Email address") or said("Identifier"),
        (
            ("email", said("Email address")),
            ("id", said("ID number")),
            ("id", said("Username")),
            ("platform", participant[1] if participant else ""),
        ),
    )
