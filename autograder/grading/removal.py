"""Removing a student's rows from the gradebook: nbgrader's, and those of our own tables."""

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import select, text

from autograder.grading.changed_cells import forget_marks
from autograder.grading.opening import explaining_errors, find_assignment, open_gradebook, reading
from autograder.grading.results import forget_results


def has_rows(directory, student, lesson=None):
    """Whether the gradebook says anything about a student.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    student : str
    lesson : str, optional
        By default about any lesson, or about none.

    Returns
    -------
    bool
    """
    with reading(directory) as session:
        if session is None:
            return False
        known = _submissions(session, student, lesson) or (not lesson and session.get(Student, student))
        return bool(known)


def students_in_gradebook(directory):
    """Return the ids of all students in the gradebook."""
    with reading(directory) as session:
        return set(session.scalars(select(Student.id))) if session else set()


def remove_rows(directory, student, lesson=None):
    """Remove everything that the gradebook says about a student, in one transaction.

    Parameters
    ----------
    directory, student, lesson
        As for :func:`has_rows`.

    Returns
    -------
    (int, int)
        How many submissions there were, and how many attempts.

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be opened or changed.
    """
    gradebook = open_gradebook(directory)
    session = gradebook.db
    try:
        with explaining_errors(directory):
            if session.get_bind().dialect.name == "sqlite":
                # Otherwise SQLite would leave deleted data in the file until the space is needed.
                session.execute(text("pragma secure_delete = on"))
            submissions = _submissions(session, student, lesson)
            for submission in submissions:
                _remove(session, submission)
            row = None if lesson else session.get(Student, student)
            if row:
                session.delete(row)
            attempts = forget_results(session, student, lesson)
            forget_marks(session, student, lesson)
            session.commit()
            return len(submissions), attempts
    finally:
        gradebook.close()


def _submissions(session, student, lesson):
    query = select(SubmittedAssignment).where(SubmittedAssignment.student_id == student)
    if lesson:
        assignment = find_assignment(session, lesson)
        query = query.where(SubmittedAssignment.assignment_id == (assignment.id if assignment else None))
    return session.scalars(query).all()


def _remove(session, submission):
    """Delete the rows of a submission, those first that refer to others."""
    for notebook in submission.notebooks:
        for row in [*notebook.grades, *notebook.comments]:
            session.delete(row)
        session.flush()
        session.delete(notebook)
    session.flush()
    session.delete(submission)
    session.flush()
