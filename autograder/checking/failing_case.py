"""One call that went wrong, as plain data: what was given, what came back, and what is right."""

from dataclasses import dataclass

import numpy as np

from autograder.checking.call import Failure
from autograder.checking.compare import is_number_like, leaves

# Arrays with more numbers are shown by their shapes; beside one of these, only the smallest are written out.
MAX_SHOWN, MAX_SHOWN_BESIDE_SHAPES = 16, 4


@dataclass(frozen=True)
class Array:
    """An array: its shape and its numbers as nested tuples, or None where there are too many to be shown."""

    shape: tuple
    numbers: tuple | None = None


@dataclass(frozen=True)
class Opaque:
    """A value that can't be written out, by the name of its type, and by its own words if it has any."""

    type_name: str
    words: str = ""


@dataclass(frozen=True)
class FailingCase:
    """One call that went wrong.

    Attributes
    ----------
    arguments : tuple of (str, object)
        Name and value of each argument, as :func:`plain` writes them.
    got, expected : object
        What came back and what is right, written in the same way: the whole result, one part of it, or one number.
        Both are shapes where only those differ.
    place : str
        Name of the part that is shown; empty for the whole result.
    entry : tuple of int
        Index of the number that is shown, if it is only one of its part.
    failure : autograder.checking.call.Failure or None
        What was raised; there is no ``got`` then.
    """

    arguments: tuple
    got: object = None
    expected: object = None
    place: str = ""
    entry: tuple = ()
    failure: Failure | None = None

    @classmethod
    def from_data(cls, data):
        """Return the case that ``dataclasses.asdict`` has turned into plain data."""
        failure = Failure.from_data(data["failure"]) if data["failure"] else None
        values = {name: _from_data(value) for name, value in data.items() if name != "failure"}
        return cls(**values, failure=failure)

    @property
    def in_full(self):
        """Whether all arguments are written out, so that the case can be computed by hand."""
        return all(_in_full(value) for _, value in self.arguments)


def _from_data(value):
    if isinstance(value, dict):
        return Array(**value) if "shape" in value else Opaque(**value)
    return tuple(map(_from_data, value)) if isinstance(value, (tuple, list)) else value


def _in_full(value):
    if isinstance(value, tuple):
        return all(map(_in_full, value))
    return not isinstance(value, Opaque) and (not isinstance(value, Array) or value.numbers is not None)


def _nested(numbers):
    return tuple(map(_nested, numbers)) if isinstance(numbers, list) else numbers


def size_of(value):
    """Count the numbers in a value."""
    return sum(np.size(part) for _, part in leaves(value) if is_number_like(part))


def plain(value, max_shown=MAX_SHOWN):
    """Write a value as plain data.

    Parameters
    ----------
    value : object
        An argument or a result.
    max_shown : int
        Arrays that hold more numbers together are written by their shapes.

    Returns
    -------
    object
        A number, a word, None, :class:`Array`, :class:`Opaque`, or a tuple of these for a list or a tuple.
    """
    return _plain(value, size_of(value) <= max_shown)


def _plain(value, in_full):
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return Array(value.shape, _nested(value.tolist()) if in_full else None)
    if isinstance(value, (list, tuple)):
        if not in_full and all(np.ndim(part) == 0 and is_number_like(part) for _, part in leaves(value)):
            return Array((len(value),))
        return tuple(_plain(item, in_full) for item in value)
    return Opaque("function" if callable(value) else type(value).__name__, str(getattr(value, "in_words", "")))


def plain_arguments(names, args):
    """Write the arguments of a call as plain data.

    Parameters
    ----------
    names : iterable of str
        Of the parameters.
    args : tuple
        What was given for them.

    Returns
    -------
    tuple of (str, object)
    """
    limit = MAX_SHOWN if all(size_of(arg) <= MAX_SHOWN for arg in args) else MAX_SHOWN_BESIDE_SHAPES
    # Where one argument is shown by its shape, the numbers of the others do not help.
    return tuple((name, plain(arg, limit)) for name, arg in zip(names, args, strict=False))
