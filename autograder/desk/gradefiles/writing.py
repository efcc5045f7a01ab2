"""Write files that a learning platform imports, where there is none of its own to fill in.

They differ in their columns, in how they name a lesson, and in the form of the file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.desk.gradefiles.table import Table, number


@dataclass(frozen=True)
class Form:
    """How a platform wants its file.

    Attributes
    ----------
    about : dict of str to callable
        The columns about a student: what each says of an :class:`autograder.desk.roster.Student`, by its heading.
    heading : callable
        Returns the heading of a :class:`autograder.desk.gradefiles.matching.Column`.
    possible : str
        What the first column says in a row of the points possible; without such a row if it is empty.
    table : dict
        Further arguments of :class:`autograder.desk.gradefiles.table.Table`.
    """

    about: dict
    heading: Callable = lambda column: column.names[0]
    possible: str = ""
    table: dict = field(default_factory=dict)


def _known_otherwise(student):
    """Return what may be a student's id although it is no ID number of Moodle."""
    return {student.email, *student.platform_ids("moodle")}


def _last_first(student):
    return f"{student.last_name}, {student.first_name}" if student.last_name else student.full_name


FORMS = {
    "moodle": Form(
        about={
            "ID number": lambda student: "" if student.id in _known_otherwise(student) else student.id,
            "First name": lambda student: student.first_name,
            "Last name": lambda student: student.last_name,
            "Email address": lambda student: student.email,
        }
    ),
    "canvas": Form(
        about={
            "Student": _last_first,
            "ID": lambda student: student.canvas_id,
            # Canvas wants these columns. They may be empty, and the roster doesn't know what is in them.
            "SIS User ID": lambda student: "",
            "SIS Login ID": lambda student: "",
            "Section": lambda student: "",
        },
        possible="    Points Possible",
    ),
    "blackboard": Form(
        about={
            "Last Name": lambda student: student.last_name,
            "First Name": lambda student: student.first_name,
            "Username": lambda student: student.blackboard_id,
        },
        heading=lambda column: f"{column.names[0]} [Total Pts: {number(column.points)} Score]",
        table={"encoding": "utf-16-le", "delimiter": "\t", "newline": "\r\n", "quoted": True},
    ),
}


def unrecognisable(platform, students, columns):
    """Find the students with a grade whom the platform will not recognise in a file that :func:`write` makes.

    Parameters
    ----------
    platform, students, columns
        See :func:`write`.

    Returns
    -------
    list of str
        Their ids. Moodle can be told to recognise students by whatever the file says.
    """
    graded = {student for column in columns for student in column.grades}
    return [
        each.id for each in students if platform != "moodle" and each.id in graded and not each.platform_ids(platform)
    ]


def write(platform, students, columns):
    """Return a file for the import of a platform's gradebook.

    Moodle asks which column means what. Canvas and Blackboard make a new column of each lesson that they don't know.

    Parameters
    ----------
    platform : str
        One of ``FORMS``.
    students : iterable of autograder.desk.roster.Student
    columns : list of autograder.desk.gradefiles.matching.Column

    Returns
    -------
    bytes
    """
    form = FORMS[platform]
    rows = [[*form.about, *map(form.heading, columns)]]
    if form.possible:
        rows.append([form.possible, *[""] * (len(form.about) - 1), *(number(column.points) for column in columns)])
    for student in students:
        points = [column.grades.get(student.id) for column in columns]
        grades = ["" if each is None else number(each) for each in points]
        rows.append([*(said(student) for said in form.about.values()), *grades])
    return Table(rows, **form.table).to_bytes()
