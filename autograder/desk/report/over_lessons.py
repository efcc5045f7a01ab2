"""What shows only over several lessons: mistakes that come back, and students who fall behind."""

import statistics
from collections import Counter
from dataclasses import dataclass

# A share of the points; so far below the student's own median is a fall.
LEAST_DROP = 0.25
# So many of the class are the lowest.
LOWEST = 0.1
# Shares are sums of floating-point numbers.
_ROUNDING = 1e-9


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
        The lesson from which on nothing could be graded, or in which the points fell; the first one that could be
        graded if they were low throughout.
    missing : int
        For how many lessons in a row, up to the last one; 0 if the last one could be graded.
    drop : float
        By how much the share of points in the last lesson lies below the median of the student's earlier ones; 0 where
        nothing could be graded, or the points were low throughout.
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


def find_behind(students, lessons):
    """Return who has fallen behind, by the rule that :func:`autograder.desk.report.words.rule_of_behind` states.

    Parameters
    ----------
    students : iterable of str
    lessons : list of LessonSummary
        In the order of the course.

    Returns
    -------
    list of Behind
        Those of whom the most lessons are missing first, then those whose points fell, then those who were low
        throughout.
    """
    found, low = [], _low_throughout(lessons)
    for student in students:
        handed_in = [student in lesson.shares for lesson in lessons]
        missing = handed_in[::-1].index(True) if any(handed_in) else len(lessons)
        if missing:
            found.append(Behind(student, lessons[len(lessons) - missing].name, missing))
            continue
        # As the page shows them, so that a reader can check the rule.
        shares = [round(lesson.shares[student], 2) for lesson in lessons if student in lesson.shares]
        drop = statistics.median(shares[:-1]) - shares[-1] if shares[:-1] else 0.0
        if drop >= LEAST_DROP - _ROUNDING:
            found.append(Behind(student, lessons[-1].name, 0, drop))
        elif student in low:
            found.append(Behind(student, lessons[handed_in.index(True)].name, 0))
    means = {each.student: mean_share(each.student, lessons) for each in found}
    return sorted(found, key=lambda each: (-each.missing, -each.drop, means[each.student], each.student))


def mean_share(student, lessons):
    """Return the mean share of the points over the lessons in which a student's work could be graded, or 0."""
    shares = [lesson.shares[student] for lesson in lessons if student in lesson.shares]
    return statistics.mean(shares) if shares else 0.0


def _low_throughout(lessons):
    """Return those of the lowest tenth of the class who were above the median in none of at least two lessons."""
    students = {student for lesson in lessons for student in lesson.shares}
    means = {student: mean_share(student, lessons) for student in students}
    # Where more than a tenth have the same low mean, none of them stands out.
    lowest = [
        student
        for student, mean in means.items()
        if sum(other <= mean + _ROUNDING for other in means.values()) <= LOWEST * len(means)
    ]
    graded = {student: [lesson for lesson in lessons if student in lesson.shares] for student in lowest}
    return {
        student
        for student, own in graded.items()
        if len(own) > 1 and all(lesson.shares[student] <= lesson.median + _ROUNDING for lesson in own)
    }
