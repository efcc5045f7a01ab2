"""What shows only over several lessons: mistakes that come back, and students who fall behind."""

import statistics
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Misconception:
    """A mistake that is made in several lessons.

    Attributes
    ----------
    mistake : str
        Its id.
    places : dict of (str, str) to int
        By lesson and exercise, how many students made it.
    students : int
        How many made it at all.
    again : int
        How many made it in more than one lesson.
    """

    mistake: str
    places: dict
    students: int
    again: int


@dataclass(frozen=True)
class Behind:
    """A student who has fallen behind.

    Attributes
    ----------
    student : str
    since : str
        The lesson from which on there is nothing that could be graded, or in which the points fell.
    missing : int
        For how many lessons in a row, up to the last one; 0 if the points fell.
    drop : float
        By how much the share of points in the last lesson lies below the median of the earlier ones; 0 where there is
        nothing.
    """

    student: str
    since: str
    missing: int
    drop: float = 0.0


def find_misconceptions(lessons):
    """Return the mistakes that are made in more than one lesson, those with the most students first."""
    places, who = {}, {}
    for lesson in lessons:
        for exercise in lesson.exercises:
            for mistake, count in exercise.mistakes.items():
                places.setdefault(mistake, {})[lesson.name, exercise.name] = count
                who.setdefault(mistake, {}).setdefault(lesson.name, set()).update(exercise.who(mistake))
    found = []
    for mistake, by_lesson in who.items():
        if len(by_lesson) > 1:
            counts = Counter(student for students in by_lesson.values() for student in students)
            again = sum(count > 1 for count in counts.values())
            found.append(Misconception(mistake, places[mistake], len(counts), again))
    return sorted(found, key=lambda each: (-each.again, -each.students, each.mistake))


def find_behind(students, lessons, least_drop=0.25):
    """Return who has fallen behind: nothing to grade up to the last lesson, or far fewer points than before.

    Parameters
    ----------
    students : iterable of str
    lessons : list of LessonSummary
        In the order of the course.
    least_drop : float
        A share of the points.

    Returns
    -------
    list of Behind
        Those who have missed the most first.
    """
    found = []
    for student in students:
        handed_in = [student in lesson.shares for lesson in lessons]
        missing = handed_in[::-1].index(True) if any(handed_in) else len(lessons)
        if missing:
            found.append(Behind(student, lessons[len(lessons) - missing].name, missing))
            continue
        earlier = [lesson.shares[student] for lesson in lessons[:-1] if student in lesson.shares]
        drop = statistics.median(earlier) - lessons[-1].shares[student] if earlier else 0.0
        if drop >= least_drop:
            found.append(Behind(student, lessons[-1].name, 0, drop))
    return sorted(found, key=lambda each: (-each.missing, -each.drop, each.student))
