"""Blackboard: the Grade Center's file for working offline, by user name.

It is UTF-16 with tabs and quotation marks throughout, and its columns are called ``Name [Total Pts: 10 Score] |123``.
Blackboard can also be told to write commas.
"""

import re

from autograder.desk.gradefiles.matching import People, Row, compare_points, fill_in, find_column
from autograder.desk.gradefiles.table import FileError, read_table

_COLUMN = re.compile(r"(.+?) \[Total Pts: (?:up to )?([\d.,]+)[^\]]*\](?: \|\d+)?")


def fill(content, students, columns):
    """Fill grades into the Grade Center's file; everything else stays as it is.

    Parameters
    ----------
    content : bytes
        Of the file.
    students : iterable of autograder.desk.roster.Student
    columns : list of autograder.desk.gradefiles.matching.Column

    Returns
    -------
    autograder.desk.gradefiles.matching.Filled

    Raises
    ------
    FileError
        If it is no such file, or has no column for a lesson.
    """
    table = read_table(content)
    user = table.find("Username")
    if user is None:
        raise FileError("It isn't a file from Blackboard's Grade Center, which has a column Username.")
    found = {i: match for i, name in enumerate(table.header) if (match := _COLUMN.fullmatch(name.strip()))}
    names = {i: match[1] for i, match in found.items()}
    places = [find_column(column, names, "the file from Blackboard") for column in columns]
    people = People(students, {student.id: student.blackboard_id for student in students})
    rows = [_row(table, cells) for cells in table.rows[1:] if cells[user].strip()]
    filled = fill_in(table, rows, columns, places, people)
    notes = [compare_points(column, found[i][2], "Blackboard") for i, column in zip(places, columns, strict=True)]
    filled.notes += filter(None, notes)
    return filled


def _row(table, cells):
    def said(name):
        place = table.find(name)
        return "" if place is None else cells[place].strip()

    user = said("Username")
    name = f"{said('First Name')} {said('Last Name')}".strip()
    return Row(cells, name or user, (("platform", user), ("id", user), ("email", user), ("id", said("Student ID"))))
