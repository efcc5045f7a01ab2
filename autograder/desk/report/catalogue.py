"""Look up a mistake in the catalogue: its hint, and code that makes it."""

import inspect
import re
import textwrap

from autograder.exercises import EXERCISES


def example_of(exercise, mistake):
    """Return code that makes a mistake, taken from the catalogue and not from a student; empty if there is none.

    Parameters
    ----------
    exercise : str
    mistake : str
        Its id.

    Returns
    -------
    str
    """
    found = _find(exercise, mistake)
    if not found:
        return ""
    code = textwrap.dedent(inspect.getsource(found.function)).strip()
    # Where a mistake leaves something out of the right answer, two spaces stay.
    return re.sub(r"(?<=\S)  +(?=[^\s#])", " ", code)


def hint_of(exercise, mistake):
    """Return what students are told about a mistake; empty if the exercise has none of this id."""
    found = _find(exercise, mistake)
    return found.hint if found else ""


def _find(exercise, mistake):
    if exercise not in EXERCISES:
        return None
    return next((each for each in EXERCISES[exercise].mistakes if each.id == mistake), None)
