"""The students of a course, as ``classroom/roster.csv`` lists them."""

import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

PLACE = Path("classroom") / "roster.csv"


class RosterError(Exception):
    """A roster that cannot be read; the message says what to correct."""


@dataclass(frozen=True)
class Student:
    """One student.

    Attributes
    ----------
    id : str
        The name of the student's folder in ``classroom/submitted/``.
    first_name, last_name, email : str
        Empty where unknown.
    moodle_id, canvas_id, blackboard_id : str
        What the platform calls the student in its downloads; empty where unknown.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    moodle_id: str = ""
    canvas_id: str = ""
    blackboard_id: str = ""

    @property
    def full_name(self):
        """First and last name, or the id where neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


COLUMNS = tuple(field.name for field in fields(Student))


def read_roster(course):
    """Read the roster of a course.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.

    Returns
    -------
    dict of str to Student
        By id, in the order of the file; empty if there is no roster yet.

    Raises
    ------
    RosterError
        If the file cannot be read as a roster.
    """
    path = Path(course) / PLACE
    if not path.exists():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RosterError(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    students = {}
    for number, row in enumerate(rows, 2):
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not values["id"]:
            raise RosterError(f"{path}, line {number}: there is no id. Give every student one, in the column id.")
        if values["id"] in students:
            raise RosterError(
                f"{path}, line {number}: the id {values['id']!r} occurs twice. Give each student their own."
            )
        students[values["id"]] = Student(**values)
    return students


def roster_text(students):
    """Return the text of a roster, as CSV.

    Parameters
    ----------
    students : iterable of Student

    Returns
    -------
    str
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(student) for student in students)
    return text.getvalue()
