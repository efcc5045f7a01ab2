"""Find out where each student stands with a lesson: what is late, and what is still to be marked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy
from nbgrader.api import BaseCell, Grade, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import parse_utc

from autograder.grading.extensions import Extensions
from autograder.grading.files import printable
from autograder.grading.lateness import find_late_days, granted_extensions
from autograder.grading.opening import find_assignment, reading


@dataclass(frozen=True)
class Standing:
    """What the gradebook and the extensions say about a lesson.

    Attributes
    ----------
    lesson : str
    due : datetime.datetime or None
        When it is due, in UTC without a time zone; None if no date was set.
    extensions : autograder.grading.extensions.Extensions
    late_days : dict of str to int
        By student, the late days that are spent on it.
    unmarked : dict of str to tuple of str
        By student, the grade_ids of the written questions and other cells that still need a mark.
    """

    lesson: str
    due: datetime | None
    extensions: Extensions
    late_days: dict = field(default_factory=dict)
    unmarked: dict = field(default_factory=dict)

    def extended_until(self, student):
        """Return until when a student has an extension, or None if they have none."""
        until = self.due and self.extensions.due_date(student, self.lesson, self.due)
        return until if until and until > self.due else None

    def seconds_late(self, student, handed_in):
        """Return how many seconds late a submission was; 0 if it was on time, or if that isn't known."""
        if self.due is None or handed_in is None:
            return 0
        until = self.extensions.due_date(student, self.lesson, self.due)
        until += timedelta(days=self.late_days.get(student, 0))
        return max(0, round((handed_in - until).total_seconds()))


def read_standing(course):
    """Read where each student stands with a lesson, as the next grading will see it.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course and its lesson.

    Returns
    -------
    Standing

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook or the extensions cannot be read.
    """
    directory, lesson = course.directory, course.lesson
    with reading(directory) as session:
        extensions = granted_extensions(session, directory, course.zone)
        assignment = find_assignment(session, lesson) if session else None
        if assignment is None:
            return Standing(lesson, None, extensions)
        handed_in = {student: _moment(course.timestamp(student)[0]) for student in course.students()}
        late_days = find_late_days(session, course.config, extensions, course.desk.late_days, lesson, handed_in)
        query = (
            sqlalchemy.select(SubmittedAssignment.student_id, BaseCell.name)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .where(SubmittedAssignment.assignment_id == assignment.id, Grade.needs_manual_grade)
            .order_by(SubmittedAssignment.student_id, BaseCell.name)
        )
        unmarked = {}
        for student, name in session.execute(query):
            unmarked[student] = (*unmarked.get(student, ()), name)
        return Standing(lesson, assignment.duedate, extensions, late_days, unmarked)


def _moment(timestamp):
    return parse_utc(timestamp) if timestamp else None


def read_names(directory):
    """Return what to call the students of the gradebook: their names, with the ids in brackets.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory

    Returns
    -------
    dict of str to str
        By id; those without a name are left out.
    """
    with reading(directory) as session:
        rows = session.execute(sqlalchemy.select(Student.id, Student.first_name, Student.last_name)) if session else ()
        names = {student: " ".join(filter(None, [first, last])) for student, first, last in rows}
    return {student: printable(f"{name} ({student})") for student, name in names.items() if name}
