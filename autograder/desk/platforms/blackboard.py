"""Blackboard: "Assignment File Download", and the Grade Center's export.

A download has flat files, such as ``Lesson 3_alovelace_attempt_2026-11-03-14-05-09_03-delta-recursion.ipynb``, and for
each attempt a note of the same name without the last part, ``Lesson 3_alovelace_attempt_2026-11-03-14-05-09.txt``. The
note begins with ``Name: Ada Lovelace (alovelace)``. The time is that of the server. With group assignments, the name of
the group stands in place of the user name. Nothing tells what was late.
"""

import contextlib
import re
from datetime import datetime

from autograder.desk.platforms.parts import Clues, Person
from autograder.desk.roster import Student

LABEL = "Blackboard's format"
# A student chooses only what follows the time, so the first time is Blackboard's own.
_FILE = re.compile(r"(?P<head>[^/]+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|\.txt)", re.DOTALL)
_NAME = re.compile(r"\s*Name:[ \t]*(?P<name>[^\n]*?)[ \t]*\((?P<user>[^()\n]+)\)[ \t\r]*(?:\n|$)")


def parse(path):
    """Return what the path of a file says about a submission, or None; see :mod:`autograder.desk.platforms`."""
    match = _FILE.fullmatch(path)
    if not match or "_" not in match["head"]:
        return None
    time = None
    with contextlib.suppress(ValueError):
        time = datetime.strptime(match["time"], "%Y-%m-%d-%H-%M-%S")
    attempt = f"{match['head']}_attempt_{match['time']}"
    user = match["head"].rpartition("_")[2]
    return Clues(Person("", user), attempt, match["file"] or "", attempt, time)


def person_in_note(text, head):
    """Return who handed in an attempt, from the text of its note.

    Parameters
    ----------
    text : str
        Of the note.
    head : str
        What the names of the attempt's files start with. It ends with the user name, which may contain underscores.

    Returns
    -------
    Person or None
        None if the note says nothing that agrees with the names of the files.
    """
    match = _NAME.match(text)
    if not match or not head.partition("_attempt_")[0].endswith(f"_{match['user']}"):
        return None
    return Person(match["name"], match["user"])


def missing_columns(columns):
    """Return the columns that an export of the Grade Center has, and these headings, in lower case, lack."""
    return [name for name in ("Last Name", "First Name", "Username") if name.lower() not in columns]


def students(rows):
    """Return the students in an export of the Grade Center.

    Parameters
    ----------
    rows : list of dict of str to str
        By headings in lower case.

    Returns
    -------
    list of autograder.desk.roster.Student
        Their ids are the user names.
    """
    return [
        Student(row["username"], row.get("first name", ""), row.get("last name", ""), blackboard_id=row["username"])
        for row in rows
        if row.get("username")
    ]
