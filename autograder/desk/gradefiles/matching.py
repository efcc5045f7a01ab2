"""Who is who, and which column is which lesson, in a file that a platform wrote."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from autograder.desk.gradefiles.table import FileError


@dataclass(frozen=True)
class Column:
    """What a platform is told about one lesson.

    Attributes
    ----------
    lesson : str
        Its name.
    names : tuple of str
        What it may be called on the platform.
    points : float
        What it is worth.
    grades : dict of str to float
        By student; without those who are to be left out.
    platform_ids : dict of str to str
        What the platform calls the students in this lesson, by student, as far as that is known.
    """

    lesson: str
    names: tuple
    points: float
    grades: dict
    platform_ids: dict = field(default_factory=dict)


@dataclass
class Filled:
    """What became of filling in a file.

    Attributes
    ----------
    content : bytes
        Of the new file.
    written : int
        How many grades were written.
    unknown : list of str
        Rows of the file that belong to nobody in the course.
    missing : list of str
        Students with a grade who are not in the file.
    notes : list of str
        What else an instructor should know.
    """

    content: bytes = b""
    written: int = 0
    unknown: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    notes: list = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A row of a file that is about a student.

    Attributes
    ----------
    cells : list of str
        The row itself, to be filled in.
    name : str
        Of the student.
    said : tuple of (str, str)
        What else is said about the student, the most reliable first: a kind (``"platform"``, ``"id"`` or ``"email"``)
        and a value.
    """

    cells: list
    name: str
    said: tuple


class People:
    """The students of a course, to be found by what a platform says about them.

    Parameters
    ----------
    students : iterable of autograder.desk.roster.Student
    platform_ids : dict of str to str
        What the platform calls them, by id.
    """

    def __init__(self, students, platform_ids):
        self._by = {"platform": {}, "id": {}, "email": {}, "name": {}}
        for student in students:
            self._add("platform", platform_ids.get(student.id, ""), student.id)
            self._add("id", student.id, student.id)
            self._add("email", student.email, student.id)
            if student.first_name or student.last_name:
                self._add("name", f"{student.first_name} {student.last_name}", student.id)

    def _add(self, kind, value, student):
        key = _plain(value)
        if key:
            # What two students share tells neither.
            self._by[kind][key] = student if self._by[kind].get(key, student) == student else None

    def find(self, rows):
        """Find the students of some rows.

        Parameters
        ----------
        rows : list of Row

        Returns
        -------
        (list of str or None, list of str)
            The id of each row's student, None where nobody is found or where it may be several; and the names of those
            who were found by their name alone. A name counts only for a student whom no other row is about.
        """
        found = [self._by_what_is_said(row) for row in rows]
        names = Counter(_plain(row.name) for row in rows)
        by_name = []
        for i, row in enumerate(rows):
            student = self._by["name"].get(_plain(row.name)) if names[_plain(row.name)] == 1 else None
            if found[i] is None and student and student not in found:
                found[i] = student
                by_name.append(row.name)
        return found, by_name

    def _by_what_is_said(self, row):
        return next(filter(None, (self._by[kind].get(_plain(value)) for kind, value in row.said)), None)


def fill_in(table, rows, columns, places, people, keep=lambda row, place: None):
    """Write grades into the rows of a table.

    Parameters
    ----------
    table : autograder.desk.gradefiles.table.Table
    rows : list of Row
        Those of its rows that are about students.
    columns : list of Column
    places : list of int
        Where they are.
    people : People
    keep : callable, optional
        Called with a row and a place; returns why nothing is to be written there, or None.

    Returns
    -------
    Filled
    """
    found, by_name = people.find(rows)
    filled = Filled(unknown=[row.name for row, student in zip(rows, found, strict=True) if student is None])
    if by_name:
        filled.notes.append(f"Found by their names alone, so check them: {', '.join(by_name)}.")
    for row, student in zip(rows, found, strict=True):
        for place, column in zip(places, columns, strict=True):
            reason = keep(row, place) if student in column.grades else None
            if reason:
                filled.notes.append(f"{row.name}: {reason} It was left as it is.")
            elif student in column.grades:
                row.cells[place] = table.number(column.grades[student], place)
                filled.written += 1
    filled.missing = sorted({student for column in columns for student in column.grades} - set(found))
    filled.content = table.to_bytes()
    return filled


def first_last(name):
    """Return a name written ``Last, First`` as ``First Last``."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _plain(text):
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def _bare(text):
    return re.sub(r"[\W_]+", "", _plain(text))


def find_column(column, headers, where):
    """Find the column of a lesson in a file.

    Parameters
    ----------
    column : Column
    headers : dict of int to str
        What may be it: the names without what the platform adds, by position.
    where : str
        What the file is, for the message.

    Returns
    -------
    int

    Raises
    ------
    FileError
        If there is none, or if it may be several.
    """
    wanted = {_bare(name) for name in column.names}
    found = [position for position, name in headers.items() if _bare(name) in wanted]
    if not found:
        core = _bare(re.sub(r"^\d+", "", column.lesson))
        found = [position for position, name in headers.items() if core and core in _bare(name)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f'"{headers[position]}"' for position in (found or headers)) or "none"
    problem = f"{len(found)} columns could be" if found else "there is no column for"
    raise FileError(
        f"{problem} {column.lesson} in {where}: {there}. Say which one it is in nbgrader_config.py, like this: "
        f'c.Desk.columns = {{"{column.lesson}": "NAME"}}.'
    )


def compare_points(column, said, platform):
    """Return a note if a platform counts a lesson out of another number of points than it is worth, or None."""
    try:
        theirs = float(said.replace(",", "."))
    except ValueError:
        return None
    if abs(theirs - column.points) < 0.005:
        return None
    return (
        f"{platform} counts {column.lesson} out of {theirs:g} points, but it is worth {column.points:g}. The points "
        f"were written as they are: set it to {column.points:g} there."
    )
