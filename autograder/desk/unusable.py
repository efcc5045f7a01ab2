"""Submissions in which there was nothing to grade: whose they are, and a confirmation that they earn 0 points."""

import contextlib

from autograder.grading.gradebook import retry_while_locked
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.opening import explaining_errors, open_gradebook
from autograder.grading.placeholder import is_placeholder
from autograder.grading.preprocessors import remove_feedback
from autograder.grading.results import read_results


def find_unusable(course):
    """Find the students whose submission contained nothing to grade when it was last graded.

    Parameters
    ----------
    course : autograder.grading.course.Course

    Returns
    -------
    set of str
    """
    attempts, found = read_results(course.directory, course.lesson), set()
    for student in course.students():
        # If a test found something, there was something to grade, whatever the notebook says about itself.
        if any(attempt.results for attempt in attempts.get(student, [])[-1:]):
            continue
        if is_unusable([read_graded(course, student, name) for name in course.sources]):
            found.add(student)
    return found


def is_unusable(notebooks):
    """Whether all graded notebooks of a submission only say that there was nothing to grade.

    Parameters
    ----------
    notebooks : iterable of (nbformat.NotebookNode or None)

    Returns
    -------
    bool
    """
    return all(notebook is not None and is_placeholder(notebook) for notebook in notebooks)


def confirm_zeros(course, students):
    """Confirm in the gradebook that submissions with nothing to grade earn 0 points, unless somebody has marked them.

    Parameters
    ----------
    course : autograder.grading.course.Course
    students : iterable of str
        Returned by :func:`find_unusable`.

    Returns
    -------
    int
        How many pages of feedback were removed, because they are out of date.
    """

    def save():
        gradebook = open_gradebook(course.directory)
        with contextlib.closing(gradebook), explaining_errors(course.directory):
            for student in students:
                for notebook in gradebook.find_submission(course.lesson, student).notebooks:
                    for grade in notebook.grades:
                        if grade.needs_manual_grade:
                            # The score of the autograder is 0. A manual one would outlive a later attempt.
                            grade.manual_score, grade.needs_manual_grade = None, False
            gradebook.db.commit()

    retry_while_locked(save)
    return sum(remove_feedback(course.directory, student, course.lesson) for student in students)
