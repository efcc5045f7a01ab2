"""Look up a mistake in the catalogue: its hint, and code that makes it."""

import inspect
import re
import textwrap

from autograder.exercises import EXERCISES

_SHORT = 30


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


def gist_of(hint):
    """Return the first sentence of a hint, and the next where the first is as short as "Two things are wrong."."""
    sentences = re.split(r"(?<=[.!?])\s+", hint)
    gist = sentences.pop(0)
    while sentences and len(gist) < _SHORT:
        gist += f" {sentences.pop(0)}"
    return gist


def _find(exercise, mistake):
    if exercise not in EXERCISES:
        return None
    return next((each for each in EXERCISES[exercise].mistakes if each.id == mistake), None)
