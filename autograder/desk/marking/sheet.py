"""Marks as a table for those who prefer a spreadsheet: written out, filled in, and read back whole or not at all."""

from autograder.desk.gradefiles.table import FileError, Table, read_rows
from autograder.desk.marking.marks import Mark

_COLUMNS = ("student", "points", "comment", "answer")
# A cell that begins with one of these is a formula for a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Characters of an answer: spreadsheets go on in the next row after some 32,000.
_MAX_ANSWER = 20_000


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
    rows = [_COLUMNS]
    for answer in session.answers:
        mark = session.known[answer.student]
        points = "" if mark.points is None else f"{mark.points:g}"
        rows.append([answer.student, points, _plain(mark.comment), _plain(_shown(answer.text))])
    return Table(rows).to_bytes().decode()


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
        raise SheetError("The table can't be read. Save it as CSV, and read that.") from None
    header = [name.strip().casefold() for name in table.rows[0]] if table.rows else []
    missing = [name for name in _COLUMNS[:3] if name not in header]
    if missing:
        raise SheetError(
            f"The table has no column {missing[0]}. Its first line has to name these, between commas, semicolons or "
            f"tabs: {', '.join(_COLUMNS)}."
        )
    changed, seen = {}, set()
    for number, row in enumerate(table.rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        student, points, comment = (row[header.index(name)].strip() for name in _COLUMNS[:3])
        if student not in session.known:
            raise SheetError(f"Line {number}: {student or 'nobody'} has no answer to this question.")
        if student in seen:
            raise SheetError(f"Line {number}: {student} is there a second time. Keep one line for each student.")
        seen.add(student)
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
        raise SheetError(f"Line {number}: {text!r} is no number of points.") from None
    if not 0 <= points <= most:
        raise SheetError(f"Line {number}: {text} is not between 0 and {most:g} points.")
    return points


def _shown(text):
    """Return an answer as a spreadsheet shows it: of a length that it takes, and with nothing that ends its row."""
    text = "\n".join(text.splitlines())
    return text if len(text) <= _MAX_ANSWER else f"{text[:_MAX_ANSWER]} … (the rest is in the notebook)"


def _plain(text):
    return f"'{text}" if text.startswith(_FORMULA) else text
