"""The students of a course, as ``classroom/roster.csv`` lists them."""

import csv
import io
import os
import re
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from autograder.desk.safe_names import safe_id, safe_name
from autograder.desk.spellings import spellings

PLACE = Path("classroom") / "roster.csv"
_COMPLETE = Path("classroom") / "collected" / "roster-is-complete.txt"
_EXPLANATION = """A list of students was named with --roster, so `autograder collect` adds nobody else to the roster.
Delete this file if it should.
"""


# nbgrader's pages take a name for HTML. No name has these, and others look the same.
_LOOKALIKES = str.maketrans("<>", "‹›")
# What turns the direction of a text around.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
        What the platform calls the student in its downloads; empty where unknown. Moodle numbers participants anew in
        each assignment, so ``moodle_id`` may hold several numbers with spaces between them.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    moodle_id: str = ""
    canvas_id: str = ""
    blackboard_id: str = ""

    def __post_init__(self):
        # Students choose their names on many platforms, and these stand in terminals, tables and pages.
        for part in ("first_name", "last_name", "email"):
            object.__setattr__(self, part, _without_effect(getattr(self, part)))

    @property
    def full_name(self):
        """First and last name, or the id where neither is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.id

    def platform_ids(self, platform):
        """Return what a platform (``"moodle"``, ``"canvas"`` or ``"blackboard"``) calls the student, as a list."""
        return getattr(self, f"{platform}_id", "").split()


def _without_effect(text):
    """Return a name without anything that a terminal, a table or a page would act on."""
    acting = ("Cc", "Zl", "Zp")
    kept = (" " if each in _TURNS or unicodedata.category(each) in acting else each for each in text)
    return "".join(kept).translate(_LOOKALIKES)


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
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        rows, columns = list(reader), reader.fieldnames or []
    except (UnicodeDecodeError, csv.Error) as error:
        raise RosterError(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    if "id" not in columns:
        raise RosterError(
            f"{no_such_column(path, ['id'], columns)} Its first line must be: {','.join(COLUMNS)}, with commas between."
        )
    students = {}
    for number, row in enumerate(rows, 2):
        student = student_of_row(row)
        if not student.id:
            raise RosterError(f"{path}, line {number}: there is no id. Give every student one, in the column id.")
        if not is_valid_id(student.id):
            raise RosterError(
                f"{path}, line {number}: the id {student.id!r} can't be the name of a folder. Use letters, digits, "
                "hyphens and underscores."
            )
        if student.id in students:
            raise RosterError(
                f"{path}, line {number}: the id {student.id!r} occurs twice. Give each student their own."
            )
        students[student.id] = student
    return students


def no_such_column(path, missing, columns):
    """Say which columns a table lacks, and which it has."""
    return f"{path} has no column called {' or '.join(missing)}. Its columns are {', '.join(columns) or 'none'}."


def student_of_row(row):
    """Return the student in one row of a roster, with empty texts for the columns that it lacks."""
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    return Student(**{name: unicodedata.normalize("NFC", value) for name, value in values.items()})


def is_valid_id(text):
    """Whether a text can be the id of a student, and thereby the name of a folder."""
    return safe_name(text) == text and not text.startswith((".", "-"))


def name_key(name):
    """Return a key that is the same for all ways in which platforms write a name.

    Case, the order of the parts, the form of an accented letter, and everything but letters and digits don't count:
    Moodle, for example, leaves out apostrophes.
    """
    words = [re.sub(r"[\W_]", "", word) for word in unicodedata.normalize("NFC", name).casefold().split()]
    return tuple(sorted(filter(None, words)))


def merge(students, found):
    """Add the students of another list to a roster.

    A student is recognised by the id, what a platform calls them, the email address, or a name that occurs only once in
    both lists. The id in the roster stays, since folders bear it; of everything else, the newer value counts.

    Parameters
    ----------
    students : dict of str to Student
        The roster, by id.
    found : list of Student
        The other list.

    Returns
    -------
    (dict of str to Student, list of (Student, list of Student))
        The merged roster, and those who were left out, each with those in the roster who may be the same person. Either
        several people have the name, one of them handed something in before there was a list, and nothing tells which
        of them that was; then there are none. Or the names differ in their spelling alone.
    """
    merged, left_out = dict(students), []
    names = [_key_of(student) for student in found]
    made = {_key_of(student) for student in students.values() if was_made_here(student)} - {()}
    # Whoever is on the list themselves is nobody else on it.
    known = [_find_known(students, each, names.count(name) == 1) for each, name in zip(found, names, strict=True)]
    others = [each for each in students.values() if each not in known]
    for student, name in zip(found, names, strict=True):
        known = _find_known(merged, student, names.count(name) == 1)
        if known:
            merged[known.id] = _updated(known, student)
        elif name in made:
            left_out.append((student, []))
        elif alike := spelt_alike(student, others):
            left_out.append((student, alike))
        else:
            merged[student.id] = student
    return merged, left_out


def spelt_alike(student, others):
    """Return those of some students whose names differ from a student's in the spelling alone.

    Parameters
    ----------
    student : Student
    others : iterable of Student

    Returns
    -------
    list of Student
    """
    names, exact = spellings(student.first_name, student.last_name), _key_of(student)
    same = [each for each in others if names & spellings(each.first_name, each.last_name) and _key_of(each) != exact]
    return [each for each in same if not _are_two(each, student)]


def was_made_here(student):
    """Whether everything known about a student may come from a platform's download, or from a folder's name."""
    platforms = ("moodle", "canvas", "blackboard")
    called = [safe_id(name) for platform in platforms for name in student.platform_ids(platform)[:1]]
    if student.email or not called:
        return student == Student(student.id)
    return any(student.id.endswith(name) for name in called)


def _find_known(students, student, has_own_name):
    """Return the student of a roster who is the same as another list's, or None."""
    email, name = student.email.casefold(), _key_of(student)
    tests = [
        lambda each: each.id == student.id,
        lambda each: any(
            set(each.platform_ids(platform)) & set(student.platform_ids(platform))
            for platform in ("moodle", "canvas", "blackboard")
        ),
        lambda each: email and each.email.casefold() == email,
        lambda each: has_own_name and name and _key_of(each) == name and not _differ(each, student),
    ]
    for test in tests:
        same = [each for each in students.values() if test(each)]
        if len(same) == 1:
            return same[0]
    return None


def _key_of(student):
    return name_key(_name_of(student))


def _name_of(student):
    return f"{student.first_name} {student.last_name}"


def _differ(one, other):
    """Whether two students with the same name differ in something that only one person can have."""
    mine, theirs = one.email.casefold(), other.email.casefold()
    return bool(mine and theirs and mine != theirs) or _are_two(one, other)


def _are_two(one, other):
    """Whether a platform knows two students as two people; an email address may differ from list to list."""
    pairs = [(one.canvas_id, other.canvas_id), (one.blackboard_id, other.blackboard_id)]
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _updated(known, newer):
    """Return a student with what a newer list says about them."""
    values = {name: value for name, value in asdict(newer).items() if value and name != "id"}
    numbers = dict.fromkeys([*known.platform_ids("moodle"), *newer.platform_ids("moodle")])
    return replace(known, **values | {"moodle_id": " ".join(numbers)})


def roster_text(students, more=None):
    """Return the text of a roster, as CSV.

    Parameters
    ----------
    students : iterable of Student
    more : dict of str to dict of str to str, optional
        Values of further columns, by heading, for some of the students, by id.

    Returns
    -------
    str
    """
    more = more or {}
    columns = dict.fromkeys(COLUMNS) | {heading: None for values in more.values() for heading in values}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(more.get(student.id, {}) | asdict(student) for student in students)
    return text.getvalue()


def is_complete(course):
    """Whether a list of all students was given, so that whoever isn't in the roster doesn't belong to the course."""
    return (Path(course) / _COMPLETE).exists()


def mark_as_complete(course):
    """Note that a list of all students was given; see :func:`is_complete`."""
    path = Path(course) / _COMPLETE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_EXPLANATION, encoding="utf-8")


def write_roster(course, students):
    """Write the roster of a course, whole or not at all; the instructor's own columns stay.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    students : iterable of Student
    """
    path = Path(course) / PLACE
    more = {}
    if path.exists():
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            own = {heading: value for heading, value in row.items() if heading and heading not in COLUMNS}
            more[(row.get("id") or "").strip()] = own
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(roster_text(students, more), encoding="utf-8")
    os.replace(aside, path)
