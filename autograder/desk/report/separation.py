"""How well an exercise separates those who do well in the rest of a lesson from those who don't."""

import statistics

from autograder.desk.report.summary import EMPTY, HELD_UP, SOLVED

# If fewer got an exercise right, or fewer didn't, a correlation would only be about those few.
LEAST_OF_EACH = 5


def point_biserial(right, rest):
    """Return the correlation between a yes or no and a number.

    Parameters
    ----------
    right : sequence of bool
    rest : sequence of float
        Of the same length.

    Returns
    -------
    float or None
        From −1 to 1; None where either of the two is the same for all.
    """
    if len(set(right)) < 2 or statistics.pstdev(rest) < 1e-9:
        return None
    return statistics.correlation([float(each) for each in right], list(rest))


def with_separation(exercises):
    """Fill in how well each exercise of a lesson separates those who did well in the others from those who didn't.

    Students who wrote nothing at all are left out: they would make every exercise seem to separate. An answer that is
    only held up by an earlier function counts as right, because otherwise a hard exercise would make all that call it
    seem to separate.
    """
    wrote = {student for each in exercises for student, answer in each.answers.items() if answer.state != EMPTY}
    for exercise in exercises:
        others = [each for each in exercises if each is not exercise and not each.optional]
        students = [student for student in exercise.answers if student in wrote]
        rest = [sum(_share(each.answers.get(student)) for each in others) for student in students]
        right = [exercise.answers[student].state in (SOLVED, HELD_UP) for student in students]
        enough = min(sum(right), len(right) - sum(right)) >= LEAST_OF_EACH
        exercise.separates = point_biserial(right, rest) if others and enough else None
    return exercises


def _share(answer):
    """Return the share of points; whether held-up answers get theirs is a setting, so they count in full."""
    if answer is None:
        return 0.0
    return 1.0 if answer.state == HELD_UP else answer.share


def noise(students):
    """Return how far from 0 a correlation can easily be by chance: twice its standard error.

    Parameters
    ----------
    students : int
        How many it is computed from.

    Returns
    -------
    float
        At most 1.
    """
    return min(1.0, 2 / students**0.5) if students else 1.0
