"""A second marker's points for a sample of answers, kept outside the gradebook because only the first marks count."""

import json
import math

from autograder.desk.files import write_whole
from autograder.desk.marking.marks import ChangedMeanwhile, Mark


class SecondMarks:
    """Reads and writes like :class:`autograder.desk.marking.marks.Marks`, but in a file of its own.

    Parameters
    ----------
    path : pathlib.Path
    """

    def __init__(self, path):
        self._path = path

    def read(self, students):
        """Return the second mark of each student, by student."""
        kept = self._kept()
        return {student: Mark(*kept.get(student, (None, ""))) for student in students}

    def write(self, student, mark, seen):
        """Write a second mark, unless it is no longer what was seen."""
        kept = self._kept()
        now = Mark(*kept.get(student, (None, "")))
        if now != seen:
            raise ChangedMeanwhile(now)
        kept[student] = [mark.points, mark.comment]
        write_whole(self._path, json.dumps(kept, ensure_ascii=False, indent=1).encode())

    def points(self):
        """Return the points that were given, by student."""
        return {student: points for student, (points, _) in self._kept().items() if points is not None}

    def _kept(self):
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return {student: (_points(points), str(comment)) for student, (points, comment) in kept.items()}
        except FileNotFoundError:
            return {}


def _points(value):
    return None if value is None or not math.isfinite(value) else float(value)


def sample(answers, known, every):
    """Choose the answers that are marked twice: every so many of those that have a mark.

    Parameters
    ----------
    answers : list of autograder.desk.marking.answers.Answer
    known : dict of str to autograder.desk.marking.marks.Mark
    every : int

    Returns
    -------
    list of autograder.desk.marking.answers.Answer
    """
    marked = [each for each in answers if each.student in known and known[each.student].points is not None]
    return marked[::every]
