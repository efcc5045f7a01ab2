"""The due dates of the lessons, which are recorded only in nbgrader's gradebook."""

import sqlalchemy
from nbgrader.api import Assignment

from autograder.grading.opening import explaining_errors, open_gradebook, reading


def read_due_dates(directory):
    """Read the due dates of a course.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.

    Returns
    -------
    dict of str to datetime.datetime or None
        By lesson, in UTC without a time zone, of all lessons in the gradebook; None where no date was set.

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be read.
    """
    with reading(directory) as session:
        if session is None:
            return {}
        return {name: date for name, date in session.execute(sqlalchemy.select(Assignment.name, Assignment.duedate))}


def set_due_date(directory, lesson, moment):
    """Set when a lesson is due; a gradebook is created if there is none.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    lesson : str
        The name of the assignment, which gets into the gradebook if it isn't there yet.
    moment : datetime.datetime or None
        In UTC, without a time zone; None to remove the due date.

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be opened or changed.
    """
    gradebook = open_gradebook(directory)
    try:
        with explaining_errors(directory):
            assignment = gradebook.update_or_create_assignment(lesson, duedate=moment)
            if moment is None:
                for submission in assignment.submissions:
                    submission.extension = None  # nbgrader cannot extend what is never due
                gradebook.db.commit()
    finally:
        gradebook.close()
