"""Call a student's function and describe what it does; none of its exceptions, prints or changes get out."""

import contextlib
import copy
import io
import itertools
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

MAX_ITEMS = 100_000
_REAL = (int, float, np.integer, np.floating)


class TimeUp(BaseException):
    """Raised inside a call that has used its time; not an Exception, so that ``except Exception`` lets it pass."""


@dataclass(frozen=True)
class Failure:
    """A description of an exception of the student's code.

    Attributes
    ----------
    kind : str
        Name of its class.
    message : str
        At most 300 characters.
    line : str
        The student's own line that raised it, or empty.
    """

    kind: str
    message: str
    line: str = ""

    def __str__(self):
        raised = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{raised} (at your line: {self.line})" if self.line else raised


class Described(Exception):
    """An exception that was described in another process, where the student's function ran.

    Attributes
    ----------
    failure : Failure
        The description.
    """

    failure = Failure("Exception", "")


class StandIn:
    """A stand-in for a student's function that runs in another process."""

    def count_steps(self, args, seconds):
        """Count the steps of one call where the function runs; see :func:`count_steps`."""
        raise NotImplementedError

    def remark(self, sentences):
        """Record what whoever grades the function should look at."""

    def names_used(self):
        """Return the dotted names of what it was seen to use; see :func:`autograder.checking.inspection.names_used`."""
        return set()


@dataclass
class Outcome:
    """What one call did.

    Attributes
    ----------
    value : object
        What it returned; arrays are copies, iterators have become lists.
    failure : Failure or None
        The exception it raised.
    changed : list of int
        Positions of the arguments it changed.
    overwritten : list of int
        Positions of those that it changed into what it returned.
    printed : str
        What it printed.
    warnings : list of str
        Its warnings, each as kind and message.
    imported : list of str
        Modules that it was the first to import.
    """

    value: object = None
    failure: Failure | None = None
    changed: list = field(default_factory=list)
    overwritten: list = field(default_factory=list)
    printed: str = ""
    warnings: list = field(default_factory=list)
    imported: list = field(default_factory=list)


def describe(error, function):
    """Describe an exception by its class, its message and the line of the student's code it came from."""
    if isinstance(error, Described):
        return error.failure
    own_file = getattr(getattr(function, "__code__", None), "co_filename", None)
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == own_file or "ipykernel_" in frame.filename:
            line = frame.line or line
    return Failure(type(error).__name__, " ".join(str(error).split())[:300], line.strip()[:200])


def settled(value):
    """Copy a result, so that a later call can't change it; turn iterators into lists, and objects into numbers."""
    if isinstance(value, np.ndarray):
        numbers = value.dtype.kind == "O" and value.size and all(isinstance(item, _REAL) for item in value.flat)
        return np.array(value.tolist()) if numbers else np.array(value, subok=False)
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, tuple):
        return tuple(settled(item) for item in value)
    if isinstance(value, (Iterator, zip, map)):
        items = []
        for item in value:
            if len(items) == MAX_ITEMS:
                raise OverflowError(f"the iterator did not end after {MAX_ITEMS} items")
            items.append(settled(item))
        return items
    return value


def _same(before, after):
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and before.shape == after.shape
            and bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
        )
    if isinstance(before, (list, tuple)):
        return type(after) is type(before) and len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, (int, float, str)):
        return before == after or (before != before and after != after)  # nan is not equal to itself
    if isinstance(before, FunctionType):
        return before is after  # a copy holds the same function, unless it has changed places in its list
    return True  # a generator of random numbers is there to be used


@contextlib.contextmanager
def time_limit(seconds):
    """Stop the block after some seconds, if the platform has timers and this is the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum, frame):
        raise TimeUp

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGALRM, before)
        if left:  # a limit around this one goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 1e-3))


def call(function, args, seconds=10.0):
    """Call a function on copies of the arguments and describe what it did.

    Parameters
    ----------
    function : callable
        The student's.
    args : tuple
        Left as they are.
    seconds : float
        After which the call is stopped.

    Returns
    -------
    Outcome
    """
    given = copy.deepcopy(args)
    printed, complaints = io.StringIO(), io.StringIO()
    outcome = Outcome()
    newest = next(reversed(sys.modules))
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(complaints),
    ):
        warnings.simplefilter("always")
        try:
            with time_limit(seconds):
                outcome.value = settled(function(*given))
        except TimeUp:
            outcome.failure = Failure("TimeUp", f"it was stopped after {seconds:g} seconds")
        except (Exception, SystemExit) as error:
            outcome.failure = describe(error, function)
    outcome.changed = [position for position, pair in enumerate(zip(args, given, strict=True)) if not _same(*pair)]
    if isinstance(outcome.value, (np.ndarray, list, tuple)):
        outcome.overwritten = [position for position in outcome.changed if _same(outcome.value, given[position])]
    outcome.printed = printed.getvalue()
    outcome.imported = sorted(itertools.takewhile(lambda name: name != newest, reversed([*sys.modules])))
    outcome.warnings = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
    return outcome


def count_steps(function, args, seconds=10.0):
    """Count the lines and calls that Python runs through in one call: a measure of work without a clock.

    Parameters
    ----------
    function : callable
        The student's.
    args : tuple
        Left as they are.
    seconds : float
        After which the call is stopped.

    Returns
    -------
    int
        A loop adds at least one for each iteration; a matrix product adds one, whatever the size of the matrices.
    """
    if isinstance(function, StandIn):
        return function.count_steps(args, seconds)
    steps = 0

    def count_line(frame, event, argument):
        nonlocal steps
        steps += 1
        return count_line

    def count_call(frame, event, argument):
        nonlocal steps
        steps += event == "c_call"

    def counted(*given):
        before = sys.gettrace()
        sys.settrace(count_line)
        sys.setprofile(count_call)
        try:
            return function(*given)
        finally:
            sys.setprofile(None)
            sys.settrace(before)

    call(counted, args, seconds)
    return steps


def is_function(value):
    """Whether a value is a function such as a student writes with ``def``, or a stand-in for one."""
    return callable(value) and not isinstance(value, type) and isinstance(getattr(value, "__name__", None), str)
