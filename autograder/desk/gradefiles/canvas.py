"""Canvas: the instructor's export of the gradebook, with points filled in.

The header names the students' columns and one column ``Name (number)`` for each assignment; then comes a row of
``Points Possible``, before it perhaps one about posting, and at the end the test student.
"""

import re

from autograder.desk.gradefiles.matching import People, Row, compare_points, fill_in, find_column, first_last
from autograder.desk.gradefiles.table import FileError, read_table

_OWN = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_ASSIGNMENT = re.compile(r"(.+) \((\d+)\)")
_POSSIBLE = "points possible"
# A student who is excused from an assignment, and one who was not given it.
_UNTOUCHED = {"EX": "Canvas says that they are excused.", "N/A": "Canvas did not assign this to them."}
_TEST_STUDENT = "Test Student"


def fill(content, students, columns):
    """Fill grades into an export of Canvas's gradebook; everything else stays as it is.

    Parameters
    ----------
    content : bytes
        Of the export.
    students : iterable of autograder.desk.roster.Student
    columns : list of autograder.desk.gradefiles.matching.Column

    Returns
    -------
    autograder.desk.gradefiles.matching.Filled

    Raises
    ------
    FileError
        If it is no such export, or has no column for a lesson.
    """
    table = read_table(content)
    at = {name: table.find(name) for name in (*_OWN, "LastName", "FirstName")}
    if at["ID"] is None or (at["Student"] is None and at["LastName"] is None):
        raise FileError(
            "It isn't an export of Canvas's gradebook, which has the columns ID and Student, or LastName and FirstName."
        )
    assignments = {i: match[1] for i, name in enumerate(table.header) if (match := _ASSIGNMENT.fullmatch(name))}
    places = [find_column(column, assignments, "the export from Canvas") for column in columns]
    rows = [_row(cells, at) for cells in table.rows[1:] if cells[at["ID"]].strip()]
    people = People(students, {student.id: student.canvas_id for student in students})
    filled = fill_in(table, [row for row in rows if row.name != _TEST_STUDENT], columns, places, people, _keep)
    for cells in table.rows[1:]:
        if cells[0].strip().casefold() == _POSSIBLE:
            notes = [compare_points(column, cells[i], "Canvas") for i, column in zip(places, columns, strict=True)]
            filled.notes += filter(None, notes)
    return filled


def _row(cells, at):
    said = {name: "" if i is None else cells[i].strip() for name, i in at.items()}
    name = first_last(said["Student"]) if said["Student"] else f"{said['FirstName']} {said['LastName']}"
    logins = [(kind, said[column]) for column in ("SIS Login ID", "SIS User ID") for kind in ("id", "email")]
    return Row(cells, name, (("platform", said["ID"]), *logins))


def _keep(row, place):
    return _UNTOUCHED.get(row.cells[place].strip().upper())
