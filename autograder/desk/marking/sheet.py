"""Marks as a table for those who prefer a spreadsheet: written out, filled in, and read back whole or not at all."""

import csv
import io

from autograder.desk.gradefiles.table import FileError, read_rows
from autograder.desk.marking.marks import Mark

_COLUMNS = ("student", "points", "comment", "answer")
# A cell that begins with one of these is a formula for a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SheetError(Exception):
    """A table can't be read; the message says what to correct."""


def write_sheet(session):
    """Return the answers and their marks as CSV.

    Parameters
    ----------
    session : autograder.desk.marking.session.Session

    Returns
    -------
    str
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for answer in session.answers:
        mark = session.known[answer.student]
        points = "" if mark.points is None else f"{mark.points:g}"
        writer.writerow([answer.student, points, _plain(mark.comment), _plain(answer.text)])
    return table.getvalue()


def read_sheet(content, session):
    """Read a table that was filled in.

    Parameters
    ----------
    content : bytes
        With comma, semicolon or tab between the columns, as spreadsheets of different countries write it.
    session : autograder.desk.marking.session.Session

    Returns
    -------
    dict of str to autograder.desk.marking.marks.Mark
        What differs from the gradebook, by student.

    Raises
    ------
    SheetError
        If a row can't be read.
    """
    try:
        table = read_rows(content)
    except FileError:
        raise SheetError("The table can't be read. Save it as CSV and try again.") from None
    header = [name.strip().casefold() for name in table.rows[0]] if table.rows else []
    missing = [name for name in _COLUMNS[:3] if name not in header]
    if missing:
        raise SheetError(
            f"The table has no column {missing[0]}. Its first line has to name these columns, separated by commas, "
            f"semicolons or tabs: {', '.join(_COLUMNS)}."
        )
    changed = {}
    for number, row in enumerate(table.rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        student, points, comment = (row[header.index(name)].strip() for name in _COLUMNS[:3])
        if student not in session.known:
            whose = f"no answer by {student}" if student else "no student"
            raise SheetError(f"Line {number}: there is {whose}. Keep the ids as they were in the table.")
        mark = Mark(_points(points, number, session.scheme.points), comment.removeprefix("'").strip())
        if mark != session.known[student]:
            changed[student] = mark
    return changed


def _points(text, number, most):
    if not text:
        return None
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        raise SheetError(f"Line {number}: {text!r} is not a number of points.") from None
    if not 0 <= points <= most:
        raise SheetError(f"Line {number}: {text} is not between 0 and {most:g} points.")
    return points


def _plain(text):
    return f"'{text}" if text.startswith(_FORMULA) else text
