"""Marks and comments in nbgrader's gradebook, written at once and never over somebody else's."""

import contextlib
from dataclasses import dataclass

from nbgrader.api import MissingEntry

from autograder.grading.gradebook import retry_while_locked
from autograder.grading.opening import explaining_errors, open_gradebook
from autograder.grading.preprocessors import remove_feedback


@dataclass(frozen=True)
class Mark:
    """What the gradebook has for one answer.

    Attributes
    ----------
    points : float or None
        None while it isn't marked.
    comment : str
    """

    points: float | None
    comment: str = ""


class ChangedMeanwhile(Exception):
    """Somebody else has marked the answer since it was read."""

    def __init__(self, now):
        super().__init__("This answer has been marked elsewhere in the meantime.")
        self.now = now


class Marks:
    """The marks of one question.

    Parameters
    ----------
    course : autograder.grading.course.Course
    question : autograder.desk.marking.answers.Question

    Attributes
    ----------
    pages_removed : int
        How many pages of feedback were removed, because they don't have a mark that was written.
    """

    def __init__(self, course, question):
        self._course, self._question, self.pages_removed = course, question, 0

    def read(self, students):
        """Return the mark of each student who has one to get, by student."""
        found = {}
        with self._opened() as gradebook:
            for student in students:
                with contextlib.suppress(MissingEntry):
                    found[student] = _mark(*self._rows(gradebook, student))
        return found

    def write(self, student, mark, seen):
        """Write a mark, unless it is no longer what was seen.

        Parameters
        ----------
        student : str
        mark, seen : Mark
            A mark without points waits to be marked.

        Raises
        ------
        ChangedMeanwhile
            If the gradebook has another one; nothing is written.
        """

        def save():
            with self._opened() as gradebook:
                grade, comment = self._rows(gradebook, student)
                now = _mark(grade, comment)
                if now != seen:
                    raise ChangedMeanwhile(now)
                grade.manual_score, grade.needs_manual_grade = mark.points, mark.points is None
                comment.manual_comment = mark.comment or None
                gradebook.db.commit()

        retry_while_locked(save)
        self.pages_removed += remove_feedback(self._course.directory, student, self._course.lesson)

    @contextlib.contextmanager
    def _opened(self):
        gradebook = open_gradebook(self._course.directory)
        with contextlib.closing(gradebook), explaining_errors(self._course.directory):
            yield gradebook

    def _rows(self, gradebook, student):
        place = self._question.cell, self._question.notebook, self._course.lesson, student
        return gradebook.find_grade(*place), gradebook.find_comment(*place)


def _mark(grade, comment):
    points = None if grade.needs_manual_grade else grade.manual_score
    return Mark(points, comment.manual_comment or "")
