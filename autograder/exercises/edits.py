"""Edits of a reference's source: apply them, compile the result, and combine those of two mistakes."""

import inspect
import math
import re
import warnings
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np

from autograder.exercises.files import CatalogueError

# The beginning of a line, a number, a name or an operator, each with the blanks behind it.
TOKEN = re.compile(r"\n[ \t]*|(?:\d[\w.]*|\w+|\*\*=?|//=?|[-+*/@<>=!]=|.)[ \t]*")


def apply_edits(source, edits, where):
    """Replace pieces of a source text.

    Parameters
    ----------
    source : str
        Such as a reference's source.
    edits : list of [str, str]
        What stands there, and what is to stand there instead.  All of them refer to the text as it was.
    where : str
        Names the file and the entry in an error.

    Returns
    -------
    str

    Raises
    ------
    CatalogueError
        If a piece does not occur exactly once, or two of them overlap.
    """
    places = []
    for old, new in edits:
        count = source.count(old)
        if count != 1:
            times = "not at all" if count == 0 else f"{count} times"
            raise CatalogueError(f"{where}: the text {old!r} has to occur once in the reference, but occurs {times}.")
        start = source.index(old)
        places.append((start, start + len(old), new))
    places.sort()
    for (_, end, _), (start, stop, _) in pairwise(places):
        if start < end:
            raise CatalogueError(f"{where}: the edit of {source[start:stop]!r} overlaps with another one.")
    return _replaced(source, places)


def _replaced(source, places):
    """Put a text in each place, given as (start, end, text) in ascending order."""
    for start, end, text in reversed(places):
        source = source[:start] + text + source[end:]
    return source


def namespace_of(reference):
    """Return the names that a reference and its mistakes see: those of its module, and ``math`` and ``np``."""
    return {"math": math, "np": np} | reference.__globals__


def function_in(code, name, namespace):
    """Run compiled code in a copy of a namespace; return the function of that name, or None if it defines none."""
    namespace = {key: value for key, value in namespace.items() if key != name}
    exec(code, namespace)
    return namespace.get(name)


def _differences(old, new):
    """Compare two texts token by token; return the (start, end, text) that turn the old one into the new one."""
    tokens, new_tokens = TOKEN.findall(old), TOKEN.findall(new)
    starts = list(accumulate(map(len, tokens), initial=0))
    same = SequenceMatcher(
        None, [_key(token) for token in tokens], [_key(token) for token in new_tokens], autojunk=False
    )
    places = []
    for kind, begin, end, new_begin, new_end in same.get_opcodes():
        if kind == "equal":
            continue
        start, stop, text = starts[begin], starts[end], "".join(new_tokens[new_begin:new_end])
        # Operators and brackets that two changes happen to have in common do not make two places of one.
        if places and not re.search(r"\w", old[places[-1][1] : start]):
            first, middle, before = places.pop()
            start, text = first, before + old[middle:start] + text
        places.append((start, stop, text))
    return [(start, stop, _apart(old[:start], text, old[stop:])) for start, stop, text in places]


def _key(token):
    """What tells a token from others: blanks do so only where a line begins."""
    return token if token.startswith("\n") else token.rstrip()


def _apart(before, text, after):
    """Put blanks around a text where it would grow together with a name before or after it."""
    if re.search(r"\w$", before) and re.match(r"\w", text or after):
        text = f" {text}"
    return f"{text} " if re.search(r"\w$", text) and re.match(r"\w", after) else text


@lru_cache(maxsize=4096)
def changed_places(source, edits):
    """Find the places of a source text that edits really change.

    Parameters
    ----------
    source : str
        Of the reference.
    edits : tuple of (str, str)
        Of one mistake; see :class:`autograder.exercise.Mistake`.

    Returns
    -------
    list of (int, int, str)
        Where each change begins and ends, and what is put there, in ascending order.
    """
    return sorted(
        (source.index(old) + start, source.index(old) + end, text)
        for old, new in edits
        for start, end, text in _differences(old, new)
    )


def _merged(places, others):
    """Merge the places of two mistakes; None where they touch the same piece of text."""
    merged = sorted(places + others, key=lambda place: place[:2])
    if any(start < end for (_, end, _), (start, _, _) in pairwise(merged)):
        return None
    return merged


@lru_cache(maxsize=256)
def _source_of(reference):
    return inspect.getsource(reference)


def source_of_both(exercise, one, other):
    """Write the reference with two mistakes at once.

    Parameters
    ----------
    exercise : autograder.exercise.Exercise
        Whose mistakes they are.
    one, other : autograder.exercise.Mistake
        In the order of the catalogue.

    Returns
    -------
    str or None
        None where the two change the same place, or were not made by edits.
    """
    if not one.edits or not other.edits:
        return None
    source = _source_of(exercise.reference)
    merged = _merged(changed_places(source, one.edits), changed_places(source, other.edits))
    return None if merged is None else _replaced(source, merged)


@lru_cache(maxsize=1024)
def _compiled(source, name):
    """Compile a source text; None where it is no program."""
    try:
        with warnings.catch_warnings(action="ignore"):  # such as "is" beside a literal
            return compile(source, name, "exec")
    except SyntaxError:
        return None


def function_of(exercise, source):
    """Make the function of an exercise from a source text.

    Parameters
    ----------
    exercise : autograder.exercise.Exercise
        Its module's names are there for the function.
    source : str
        Defines a function of the exercise's name.

    Returns
    -------
    callable or None
        None where the source text is no program; the code is kept, because the same pairs are tried check after check.
    """
    # In angle brackets nobody looks for a file of that name when an exception is described.
    code = _compiled(source, f"<{exercise.name}>")
    return code and function_in(code, exercise.name, namespace_of(exercise.reference))
