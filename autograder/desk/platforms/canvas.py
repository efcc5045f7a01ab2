"""Canvas: "Download Submissions" of an assignment, and the gradebook's export.

A download has flat files, such as ``lovelaceada_LATE_1001_2002_03-delta-recursion-1.ipynb``: the sortable name in lower
case and without anything but letters and digits, LATE if it was, the number of the user, the number of the file, and
the file's name, to which Canvas adds -1, -2 and so on when the same name is uploaded again. A typed answer is in
``lovelaceada_1001_text.html``. Where grading is anonymous, ``anon_`` and a code stand in place of name and number.

An export has a column Student, with names such as ``Lovelace, Ada``. If "Split student names" is switched on in the
gradebook, the columns LastName and FirstName stand in its place.
"""

import re

from autograder.desk.platforms.parts import Clues, Person, split_sorted_name
from autograder.desk.roster import Student

LABEL = "Canvas's format"
# A student chooses only what follows the number of the file, so the first numbers are Canvas's own.
_FILE = re.compile(
    r"(?:(?P<name>(?!LATE_)[^/]*?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)"
    r"_(?:(?P<number>\d+)_(?P<file>[^/]+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_AGAIN = re.compile(r"-\d+(?=\.ipynb$)", re.IGNORECASE)
_SPLIT = ("LastName", "FirstName")
_TEST_STUDENT = ("test", "student")


def parse(path):
    """Return what the path of a file says about a submission, or None; see :mod:`autograder.desk.platforms`."""
    match = _FILE.fullmatch(path)
    if not match:
        return None
    return Clues(
        person=Person(match["name"] or "", match["user"]),
        attempt=match["user"],
        file=match["file"] or f"{match['typed']}.html",
        name=path,
        late=bool(match["late"]),
        number=int(match["number"] or 0),
    )


def without_number(file):
    """Return the name of a file without what Canvas adds when it is uploaded again."""
    return _AGAIN.sub("", file)


def missing_columns(columns):
    """Return the columns that an export of the gradebook has, and these headings, in lower case, lack."""
    is_split = any(name.lower() in columns for name in _SPLIT)
    return [name for name in (*(_SPLIT if is_split else ("Student",)), "ID", "Section") if name.lower() not in columns]


def students(rows):
    """Return the students in an export of the gradebook.

    Parameters
    ----------
    rows : list of dict of str to str
        By headings in lower case. The lines with the points possible, and the test student, are left out.

    Returns
    -------
    list of autograder.desk.roster.Student
        Their ids are the login or the SIS id where the export has them, else Canvas's own.
    """
    found = []
    for row in rows:
        number, login = row.get("id", ""), row.get("sis login id", "")
        first, last = _name_of(row)
        if not number.isdecimal() or (first.casefold(), last.casefold()) == _TEST_STUDENT:
            continue
        email = login if "@" in login else ""
        found.append(Student(login or row.get("sis user id") or number, first, last, email, canvas_id=number))
    return found


def _name_of(row):
    """Return the first names and the last name of a student in an export."""
    if row.get("student"):
        return split_sorted_name(row["student"])
    last, first = (row.get(name.lower(), "").strip() for name in _SPLIT)
    return first, last
