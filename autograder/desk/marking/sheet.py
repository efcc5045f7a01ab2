"""Marks as a table for those who prefer a spreadsheet: written out, filled in, and read back whole or not at all."""

from dataclasses import dataclass

from autograder.desk.gradefiles.table import FileError, Table, read_rows
from autograder.desk.marking.marks import Mark

_COLUMNS = ("student", "points", "comment", "answer")
# Characters of an answer that are compared, without spaces: spreadsheets cut off what has more than 32,767 with them.
_COMPARED = 15_000
# A cell that begins with one of these is a formula for a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Characters of an answer: spreadsheets go on in the next row after some 32,000.
_MAX_ANSWER = 20_000


@dataclass(frozen=True)
class Filled:
    """What a table that was filled in says.

    Attributes
    ----------
    marks : dict of str to autograder.desk.marking.marks.Mark
        What differs from the gradebook, by student.
    outdated : list of str
        Students whose row isn't read, because the answer in it is no longer theirs.
    """

    marks: dict
    outdated: list


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
    Filled

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
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise SheetError(
            f"The table has no column {missing[0]}. Its first line has to name these columns, separated by commas, "
            f"semicolons or tabs: {', '.join(_COLUMNS)}."
        )
    answers = {each.student: _plain(_shown(each.text)) for each in session.answers}
    changed, outdated, seen = {}, [], set()
    for number, row in enumerate(table.rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        student, points, comment, answer = (row[header.index(name)].strip() for name in _COLUMNS)
        if student not in session.known.keys() | session.missing:
            whose = f"no answer by {student}" if student else "no student"
            raise SheetError(f"Line {number}: there is {whose}. Keep the ids as they were in the table.")
        if student in seen:
            raise SheetError(f"Line {number}: {student} is there a second time. Keep one line for each student.")
        seen.add(student)
        if not (points or comment):
            continue
        known = session.known.get(student, Mark(None))
        given = _points(points, f"Line {number} ({student})", session.scheme.points)
        # Where the table has no points, somebody may have given some in the meantime.
        mark = Mark(known.points if given is None else given, comment.removeprefix("'").strip())
        if mark == known:
            continue
        if student in answers and _compared(answer) == _compared(answers[student]):
            changed[student] = mark
        else:
            outdated.append(student)
    return Filled(changed, outdated)


def _compared(answer):
    """Return what of an answer must be the same in a table, whatever a spreadsheet does with its lines and its end."""
    return "".join(answer.removeprefix("'").split())[:_COMPARED]


def _points(text, place, most):
    if not text:
        return None
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        raise SheetError(f"{place}: {text!r} is not a number of points.") from None
    if not 0 <= points <= most:
        raise SheetError(f"{place}: {text} is not between 0 and {most:g} points.")
    return points


def _shown(text):
    """Return an answer as a spreadsheet shows it: of a length that it takes, and with nothing that ends its row."""
    text = "\n".join(text.splitlines())
    return text if len(text) <= _MAX_ANSWER else f"{text[:_MAX_ANSWER]} … (the rest is in the notebook)"


def _plain(text):
    return f"'{text}" if text.startswith(_FORMULA) else text
