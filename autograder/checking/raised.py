"""Who raised an exception, and which line of the student's function led there."""

import dis
from dataclasses import dataclass, field

import numpy as np

# What these raise is meant to be read by a student.
PACKAGES = ("nblib", "autograder")
_RAISE = dis.opmap["RAISE_VARARGS"]


@dataclass(frozen=True)
class Caller:
    """The line that called another of the student's functions, in which an exception was raised.

    Attributes
    ----------
    line : str
        The line in the function that is checked.
    called : str
        Name of the function that the line calls.
    given : tuple of (str, tuple of int)
        Of the called function's arguments that are arrays or floats, their names and shapes.
    """

    line: str
    called: str
    given: tuple = field(default=(), compare=False)  # varies with the input

    @classmethod
    def from_data(cls, data):
        """Return the caller that ``dataclasses.asdict`` and JSON have turned into plain data."""
        given = tuple((name, tuple(shape)) for name, shape in data["given"])
        return cls(data["line"], data["called"], given)


def other_function(code, own_code):
    """Return the name of another function whose code this is; functions inside a function count as that one."""
    name = code.co_qualname.partition(".")[0]
    own = own_code and name == own_code.co_qualname.partition(".")[0]
    return "" if own or not name.isidentifier() else name[:80]


def caller_of(frames, own_code):
    """Return where the function that is checked called the one that stopped; None where it stopped itself.

    Parameters
    ----------
    frames : list of (frame, str)
        Those of the student's code that led to an exception, the outermost first, each with its line.
    own_code : code or None
        Of the function that is checked.

    Returns
    -------
    Caller or None
    """
    # What a lesson's cell or a decorator ran before the function itself is no part of it.
    inside = [not other_function(frame.f_code, own_code) for frame, _ in frames]
    if own_code is None or True not in inside or inside[-1]:
        return None
    last = len(inside) - 1 - inside[::-1].index(True)
    called = frames[last + 1][0]
    return Caller(frames[last][1].strip()[:200], other_function(called.f_code, own_code), _given(called))


def _given(frame):
    names, values = frame.f_code.co_varnames[: frame.f_code.co_argcount], frame.f_locals
    shown = (name for name in names if isinstance(values.get(name), (np.ndarray, float, np.floating)))
    return tuple((name, np.shape(values[name])) for name in shown)


def raised_deliberately_by(error, frames):
    """Say whose ``raise`` raised an exception.

    Parameters
    ----------
    error : Exception
        With its traceback.
    frames : list of (frame, str)
        Those of the student's code, the outermost first.

    Returns
    -------
    str
        One of :data:`PACKAGES`, ``"own"`` for the student's code, or empty: then Python or another package did.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code.co_code[trace.tb_lasti] != _RAISE:
        return ""
    package = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
    if package in PACKAGES:
        return package
    return "own" if frames and frames[-1][0] is trace.tb_frame else ""
