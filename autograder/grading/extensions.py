"""Extensions of due dates, as ``classroom/extensions.csv`` grants them to single students."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from autograder.grading.dates import HOW_TO_WRITE, read_moment
from autograder.grading.opening import GradingError

PLACE = Path("classroom") / "extensions.csv"
ROSTER = Path("classroom") / "roster.csv"
COLUMNS = ("student", "lesson", "until", "days")
# Stands for all lessons.
ANY = "*"


@dataclass(frozen=True)
class Extension:
    """One line of the file.

    Attributes
    ----------
    lesson : str
        The name of the assignment, or ``"*"`` for all of them.
    until : datetime.datetime or None
        The new due date, in UTC without a time zone, as nbgrader keeps due dates.
    days : int
        Where no date is given: how many days are added to the due date.
    """

    lesson: str
    until: datetime | None
    days: int = 0


class Extensions:
    """The extensions that are granted in a course.

    Parameters
    ----------
    granted : dict of str to list of Extension
        By student.
    zone : datetime.tzinfo
        The time zone in which days are counted.
    """

    def __init__(self, granted=None, zone=UTC):
        self._granted = granted or {}
        self._zone = zone

    def due_date(self, student, lesson, due):
        """Return when a lesson is due for a student: the latest date that applies.

        Parameters
        ----------
        student, lesson : str
        due : datetime.datetime
            When it is due for everybody, in UTC without a time zone.

        Returns
        -------
        datetime.datetime
        """
        applying = [each for each in self._granted.get(student, ()) if each.lesson in (lesson, ANY)]
        return max([due, *(each.until or self._later(due, each.days) for each in applying)])

    def _later(self, due, days):
        """Add days on the clock of the course, on which 23:59 stays 23:59 when summer time ends."""
        local = due.replace(tzinfo=UTC).astimezone(self._zone) + timedelta(days=days)
        return local.astimezone(UTC).replace(tzinfo=None)


def read_extensions(course, students, lessons, zone=UTC):
    """Read the extensions of a course.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    students : collection of str
        Students who are known, beside those in ``classroom/roster.csv``.
    lessons : collection of str
        The names of the assignments.
    zone : datetime.tzinfo
        Of dates that name none.

    Returns
    -------
    Extensions
        Nothing is granted if there is no such file.

    Raises
    ------
    GradingError
        If the file cannot be read, or a line of it makes no sense. The message names the line.
    """
    path = Path(course) / PLACE
    if not path.exists():
        return Extensions(zone=zone)
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = _reader(text)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "an empty line"
            raise GradingError(
                f"{PLACE} has no column called {missing[0]}, only {found}. Its first line must be: {','.join(COLUMNS)}."
            )
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{PLACE} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    known = {*students, *_listed(Path(course) / ROSTER)}
    granted = {}
    for line, row in rows:
        values = {name: (row[name] or "").strip() for name in COLUMNS}
        if any(values.values()):
            extension = _extension(values, known, lessons, zone, f"{PLACE}, line {line}")
            granted.setdefault(values["student"], []).append(extension)
    return Extensions(granted, zone)


def _reader(text):
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first else ","  # spreadsheets write semicolons where the comma is a decimal mark
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    return reader


def _listed(roster):
    """Return the ids in the roster; what is wrong with the roster is reported where it is used."""
    try:
        with roster.open(encoding="utf-8-sig", newline="") as file:
            return {(row.get("id") or "").strip() for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()


def _extension(values, students, lessons, zone, where):
    _check_known(values["student"], students, f"{where}: there is no student called", "Correct the id.")
    _check_known(values["lesson"], [*lessons, ANY], f"{where}: there is no lesson called", "Write * for all lessons.")
    until, days = values["until"], values["days"]
    if until and days:
        raise GradingError(f"{where}: there are both a date and a number of days. Keep one of them.")
    if not until and not days:
        raise GradingError(f"{where}: the columns until and days are both empty. Fill in a date or a number of days.")
    if until:
        return Extension(values["lesson"], _moment(until, zone, where))
    if not (days.isascii() and days.isdigit() and 0 < int(days) < 1000):
        raise GradingError(f"{where}: {days!r} is not a number of days. Write a whole number from 1 to 999.")
    return Extension(values["lesson"], None, int(days))


def _check_known(name, known, problem, advice):
    if name in known:
        return
    near = get_close_matches(name, known, n=1)
    raise GradingError(f'{problem} "{name}". {f"Did you mean {near[0]}?" if near else advice}')


def _moment(text, zone, where):
    try:
        return read_moment(text, zone)
    except ValueError:
        raise GradingError(f"{where}: {text!r} is not a date. {HOW_TO_WRITE}") from None
