"""Where each student stands with a lesson, as the gradebook has it: what is late, and what is still to be marked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy
from nbgrader.api import BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

from autograder.grading.opening import find_assignment, reading


@dataclass(frozen=True)
class Standing:
    """What the gradebook says about a lesson.

    Attributes
    ----------
    due : datetime.datetime or None
        When it is due, in UTC without a time zone; None if no date was set.
    extensions : dict of str to datetime.timedelta
        By student, how much later it is due.
    unmarked : dict of str to tuple of str
        By student, the grade_ids of the written questions and other cells that still need a mark.
    """

    due: datetime | None
    extensions: dict
    unmarked: dict

    def seconds_late(self, student, handed_in):
        """Return by how many seconds a submission was late; 0 if it was in time, or that is not known."""
        if self.due is None or handed_in is None:
            return 0
        until = self.due + self.extensions.get(student, timedelta())
        return max(0, round((handed_in - until).total_seconds()))


def read_standing(directory, lesson):
    """Read where each student stands with a lesson.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    lesson : str
        The name of the assignment.

    Returns
    -------
    Standing

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be read.
    """
    with reading(directory) as session:
        assignment = find_assignment(session, lesson) if session else None
        if assignment is None:
            return Standing(None, {}, {})
        extensions = {each.student_id: each.extension for each in assignment.submissions if each.extension}
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
        return Standing(assignment.duedate, extensions, unmarked)
