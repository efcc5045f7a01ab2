"""Moodle: "Download all submissions" of an assignment, participant lists, grade exports and grading worksheets.

A download has a folder for each student and kind of submission, such as
``Ada Lovelace_12345_assignsubmission_file_/03-delta-recursion.ipynb``. Newer versions leave out the last underscore. If
the teacher has switched folders off, there are flat files whose names start like that. A typed answer is in
``…_assignsubmission_onlinetext_/onlinetext.html``. The number is that of the participant *in this assignment*, so it
is another one in each. With group submissions, name and number are those of the group. Nothing tells when
something was handed in; the grading worksheet does.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import dateutil.parser

from autograder.desk.platforms.parts import Clues, Person, split_name
from autograder.desk.roster import Student

LABEL = "Moodle's format"
# Moodle writes a space for each underscore in a name. "Default group" has no number.
_SUBMISSION = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
# The word for a participant whose name is hidden, in "Participant_12345_assignsubmission_file_".
_NOBODY = "participant"
# Headings in the languages of Moodle that we know; what they are called here.
_HEADINGS = {
    "first name": ("first name", "vorname", "prénom", "nombre", "nome", "voornaam"),
    "last name": ("last name", "surname", "nachname", "nom de famille", "nom", "apellido(s)", "cognome", "achternaam"),
    "full name": (
        "full name",
        "vollständiger name",
        "nom complet",
        "nombre completo",
        "nome completo",
        "volledige naam",
    ),
    "email": ("email address", "e-mail-adresse", "adresse de courriel", "dirección de correo", "indirizzo email"),
    "number": ("id number", "id-nummer", "numéro d'identification", "número de id", "codice identificativo"),
    "username": ("username", "anmeldename", "nom d'utilisateur", "nombre de usuario"),
    "identifier": ("identifier", "id", "identifiant", "identificador", "identificativo"),
    "time": ("last modified (submission)", "zuletzt geändert (abgabe)"),
    "status": ("status",),
}
_HEADING_OF = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
_LATE = re.compile(r"\blate\b|\bverspätet\b", re.IGNORECASE)


def parse(path):
    """Return what the path of a file says about a submission, or None; see :mod:`autograder.desk.platforms`."""
    folder, slash, rest = path.partition("/")
    match = _SUBMISSION.fullmatch(folder)
    if not match or bool(slash) == bool(match["file"]):
        return None
    number, name = match["number"] or "", match["name"].strip()
    file = rest or match["file"]
    return Clues(
        person=Person("" if name.casefold() == _NOBODY else name, number),
        attempt=f"{name}_{number}",
        file=file,
        name=folder if slash else folder.removesuffix(file),
    )


def _values(row):
    """Return the values of a row by our names for its headings."""
    return {_HEADING_OF[heading]: value for heading, value in row.items() if heading in _HEADING_OF and value}


def missing_columns(columns):
    """Return the columns that all of Moodle's lists have, and these headings, in lower case, lack."""
    found = {_HEADING_OF.get(column) for column in columns}
    wanted = {"Email address": {"email"}, "First name": {"first name", "last name", "full name"}}
    return [heading for heading, names in wanted.items() if not found & names]


def students(rows):
    """Return the students in a list of Moodle's.

    Parameters
    ----------
    rows : list of dict of str to str
        By headings in lower case.

    Returns
    -------
    list of autograder.desk.roster.Student
        Their ids are Moodle's "ID number" where there is one, else the user name, else the email address.
    """
    return [student for student in map(_student, map(_values, rows)) if student]


def _student(values):
    first, last = values.get("first name", ""), values.get("last name", "")
    if not (first or last):
        first, last = split_name(values.get("full name", ""))
    email = values.get("email", "")
    identity = values.get("number") or values.get("username") or email or _number(values)
    return Student(identity, first, last, email, moodle_id=_number(values)) if identity else None


def _number(values):
    """Return the number in ``Participant 12345``, or nothing."""
    match = re.search(r"(\d+)\s*$", values.get("identifier", ""))
    return match[1] if match else ""


@dataclass(frozen=True)
class HandedIn:
    """When a participant handed in, in the platform's time zone, and whether that was late."""

    time: datetime | None
    late: bool


def hand_in_times(rows):
    """Return when the participants in a grading worksheet handed in.

    Parameters
    ----------
    rows : list of dict of str to str
        As for :func:`students`. Other lists than worksheets give nothing.

    Returns
    -------
    dict of str to HandedIn
        By the participant's number.
    """
    found = {}
    for values in map(_values, rows):
        if _number(values) and "time" in values:
            found[_number(values)] = HandedIn(_moment(values["time"]), bool(_LATE.search(values.get("status", ""))))
    return found


def _moment(text):
    """Read a time such as ``Tuesday, 3 November 2026, 2:05 PM``; None if it is another language's."""
    try:
        return dateutil.parser.parse(text, ignoretz=True) if re.search(r"\d", text) else None
    except (ValueError, OverflowError):
        return None
