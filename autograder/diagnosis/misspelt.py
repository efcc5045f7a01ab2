"""A word among the arguments that the student's code spells in another way."""

from difflib import SequenceMatcher
from types import CodeType

from autograder.checking.compare import leaves

# How alike two words have to be, once everything but letters and digits is left out.
ALIKE = 0.85


def misspelt_word(trial):
    """Say which word of the arguments the code spells otherwise.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    str or None
        None where every such word is spelt as it is given, and where the code isn't known.
    """
    code = getattr(trial.function, "__code__", None)
    given = {part for args in trial.probes for arg in args for _, part in leaves(arg) if isinstance(part, str)}
    if code is None or not given:
        return None
    written = set(_words(code))
    for word in sorted(given - written):
        for other in sorted(written - given):
            if _alike(word, other):
                return (
                    f"Your code has the word “{other}”, but what is passed in is “{word}”, so the two are never equal. "
                    "Every character counts."
                )
    return None


def _words(code):
    """Yield the texts that a code object and those inside it spell out."""
    waiting = [code]
    while waiting:
        value = waiting.pop()
        if isinstance(value, CodeType):
            waiting += value.co_consts
        elif isinstance(value, (tuple, frozenset)):
            waiting += value
        elif isinstance(value, str):
            yield value


def _alike(word, other):
    one, two = ("".join(filter(str.isalnum, each.casefold())) for each in (word, other))
    return bool(one and two) and SequenceMatcher(None, one, two).ratio() >= ALIKE
