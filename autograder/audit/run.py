"""Audit one exercise: what its checks catch, what the tests would complain about, and which families it lacks."""

from autograder.audit.kills import audit_exercise
from autograder.audit.mutation import uncaught
from autograder.audit.offers import offers
from autograder.audit.rules import cannot_be_tried, complaints
from autograder.exercises import EXERCISES
from autograder.exercises.files import CatalogueError


class Unusable(ValueError):
    """An exercise can't be audited; the message says why, and what to do."""


def audit_and_complain(name, thoroughly):
    """Audit an exercise.

    Parameters
    ----------
    name : str
        Of the exercise.
    thoroughly : bool
        Whether to change the stored solution mechanically, and to try families that the exercise doesn't have; these
        take longer than all the rest.

    Returns
    -------
    (autograder.audit.kills.ExerciseAudit, list of str, list of str)
        What was measured, what is wrong, and what could be added.

    Raises
    ------
    Unusable
        If a file can't be used, or the reference or the probes raise.
    """
    try:
        exercise = EXERCISES[name]
        list(exercise.mistakes)
    except CatalogueError as error:
        raise Unusable(str(error)) from None
    problem = cannot_be_tried(exercise)
    if problem:
        raise Unusable(f"{name}: {problem}")
    audited = audit_exercise(name)
    found = [*audited.flaws, *complaints(name)]
    return audited, found + (uncaught(name) if thoroughly else []), offers(name) if thoroughly else []
