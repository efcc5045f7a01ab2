"""Read lists of participants, in our own format or just as a learning platform exported them."""

import csv
import io
import unicodedata
from dataclasses import dataclass, replace

from autograder.desk.platforms import blackboard, canvas, moodle
from autograder.desk.roster import RosterError, is_valid_id, no_such_column, student_of_row
from autograder.desk.safe_names import safe_id

_MAX_BYTES = 50 * 2**20
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_PLATFORMS = (canvas, moodle, blackboard)
_OWN = "a roster"
_NAMES = ("first_name", "last_name", "email")


@dataclass(frozen=True)
class Participants:
    """A list of participants.

    Attributes
    ----------
    source : str
        What kind of list it is.
    students : list of autograder.desk.roster.Student
        Everybody in it.
    times : dict of str to autograder.desk.platforms.moodle.HandedIn
        When they handed in, by Moodle's number of the participant, if it is one of Moodle's grading worksheets.
    note : str
        What an instructor should know about the list; may be empty.
    """

    source: str
    students: list
    times: dict
    note: str = ""


def read_participants(path):
    """Read a list of participants.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file with the columns of :class:`autograder.desk.roster.Student`, Moodle's list of participants, grade
        export or grading worksheet, Canvas's export of the gradebook, or Blackboard's of the Grade Center.

    Returns
    -------
    Participants

    Raises
    ------
    RosterError
        If it is none of these.
    """
    rows = _rows(path)
    columns = list(rows[0]) if rows else []
    note = ""
    if "id" in columns and (set(_NAMES) & set(columns) or set(columns) == {"id"}):
        source, students = _OWN, [student_of_row(row) for row in rows]
        if not all(student.id for student in students):
            raise RosterError(f"{path}: a row has no id. Give every student one, in the column id.")
        missing = [name for name in _NAMES[:2] if name not in columns]
        if missing and len(columns) > 1:
            note = f"{no_such_column(path.name, missing, columns)} If there are names in it, correct the heading."
    else:
        platform = next((each for each in _PLATFORMS if not each.missing_columns(columns)), None)
        if platform is None:
            raise RosterError(_no_list(path, columns))
        source, students = platform.LABEL, platform.students(rows)
    if not students:
        raise RosterError(f"{path} names no students. Check that it is the right file.")
    return Participants(source, _with_valid_ids(students), moodle.hand_in_times(rows), note)


def _no_list(path, columns):
    """Say which columns a table lacks to be a list of participants, of the kind that it resembles most, if any."""
    if set(_NAMES) & set(columns):
        return f"{no_such_column(path, ['id'], columns)} Add it, and give every student an id."
    missing = {each: each.missing_columns(columns) for each in _PLATFORMS}
    # A column that occurs in more than one kind of list, such as one of names, says nothing by itself.
    likely = [each for each in _PLATFORMS if len(missing[each]) == 1]
    if likely:
        problem = no_such_column(path, missing[likely[0]], columns)
        return f"{problem} A list in {likely[0].LABEL} has one: export it again, with English headings."
    return (
        f"{path} isn't a known list of participants: its columns are {', '.join(columns)}. Export it from Moodle, "
        "Canvas or Blackboard with English headings, or make a CSV file with the columns id, first_name, last_name and "
        "email."
    )


def _with_valid_ids(students):
    """Give every student an id that can be the name of a folder, and that nobody else has."""
    found = {}
    for student in students:
        identity = student.id if is_valid_id(student.id) else safe_id(student.id)
        number = 2
        while identity.casefold() in found:
            identity, number = f"{safe_id(student.id)}-{number}", number + 1
        found[identity.casefold()] = replace(student, id=identity)
    return list(found.values())


def _rows(path):
    """Return the rows of a table as dictionaries, by headings in lower case."""
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES or content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise RosterError(f"{path} is not a CSV file. In the platform or the spreadsheet, export the list as CSV.")
    text = unicodedata.normalize("NFC", _decoded(content))
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise RosterError(f"{path} cannot be read: {error}. Export it as CSV again.") from None
    if not lines:
        raise RosterError(f"{path} is empty. Check that it is the right file.")
    columns = [heading.strip().casefold() for heading in lines[0]]
    return [dict(zip(columns, (cell.strip() for cell in line), strict=False)) for line in lines[1:]] or [
        dict.fromkeys(columns, "")
    ]


def _decoded(content):
    mark = next((encoding for start, encoding in _BYTE_ORDER_MARKS.items() if content.startswith(start)), "utf-8")
    try:
        return content.decode(mark)
    except UnicodeDecodeError:
        # Spreadsheets save CSV in the code page of the system, which is this one in most of Europe and America.
        return content.decode("cp1252", errors="replace")
