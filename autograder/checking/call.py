"""Call a student's function and describe what it does; none of its exceptions, prints or changes get out."""

import ast
import contextlib
import copy
import inspect
import io
import itertools
import linecache
import sys
import textwrap
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from autograder.checking.operands import operand_shapes
from autograder.checking.raised import Caller, caller_of, other_function, raised_deliberately_by
from autograder.checking.time_limit import TimeUp, time_limit

MAX_ITEMS = 100_000
_REAL = (int, float, np.integer, np.floating)


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
    function : str
        The student's function that raised it, if it isn't the one that was called; otherwise empty.
    code_below : bool
        Whether the line that raised it is a ``raise`` above code that therefore never runs.
    shapes : tuple of tuple of int
        Of the two operands that did not fit; empty where they are not known.
    raised_by : str
        Whose ``raise`` it was, if it was one: see :func:`autograder.checking.raised.raised_deliberately_by`.
    caller : autograder.checking.raised.Caller or None
        Where another of the student's functions stopped: its name, what it was given, and the line that called it.
    """

    kind: str
    message: str
    line: str = ""
    function: str = ""
    code_below: bool = False
    shapes: tuple = ()
    raised_by: str = ""
    caller: Caller | None = None

    @classmethod
    def from_data(cls, data):
        """Return the failure that ``dataclasses.asdict`` has turned into plain data."""
        return cls(**{**data, "caller": data["caller"] and Caller.from_data(data["caller"])})

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
    """A stand-in for a student's function that runs in another process.

    Attributes
    ----------
    earns_follow_on : bool
        Whether the function gets its points if it is only wrong because of the student's other functions.
    """

    earns_follow_on = True

    def count_steps(self, args, seconds):
        """Count the steps of one call where the function runs; see :func:`count_steps`."""
        raise NotImplementedError

    def remark(self, sentences):
        """Record what whoever grades the function should look at."""

    def names_used(self):
        """Return the dotted names of what it was seen to use; see :func:`autograder.checking.inspection.names_used`."""
        return set()

    def helpers(self, names):
        """Return the functions that it calls by these names; see :func:`autograder.checking.helpers.helpers_of`."""
        return {}

    def may_borrow(self):
        """Whether it may be called with helpers now."""
        return False

    def lend(self, helpers):
        """Return a context in which it is called with helpers; see :func:`autograder.checking.helpers.lend`."""
        raise NotImplementedError


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
    """Describe an exception by its class, its message and the place in the student's code it came from."""
    if isinstance(error, Described):
        return error.failure
    function = getattr(function, "__wrapped__", function)
    own_code, own_names = getattr(function, "__code__", None), getattr(function, "__globals__", None)
    own_file = getattr(own_code, "co_filename", None)
    line, last, own = "", None, []
    for frame, number in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file == own_file or "ipykernel_" in file or frame.f_globals is own_names:
            linecache.checkcache(file)
            line = linecache.getline(file, number, frame.f_globals) or line
            last = frame.f_code, number
            own.append((frame, line))
    where, code_below = "", False
    if last and isinstance(error, NotImplementedError):
        where, code_below = other_function(last[0], own_code), _stands_above_code(*last)
    message, shapes = " ".join(str(error).split())[:300], operand_shapes(error, own_file)
    raised_by, caller = raised_deliberately_by(error, own), caller_of(own, own_code)
    return Failure(type(error).__name__, message, line.strip()[:200], where, code_below, shapes, raised_by, caller)


def _stands_above_code(code, number):
    """Whether the line of this number is a ``raise``, and code that somebody wrote follows it in the same block."""
    # inspect.getsource would look through all modules first.
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    try:
        tree = ast.parse(textwrap.dedent("".join(inspect.getblock(lines))))
    except (TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    number -= code.co_firstlineno - 1
    for node in ast.walk(tree):
        block = getattr(node, "body", None)
        for position, statement in enumerate(block if isinstance(block, list) else ()):
            if isinstance(statement, ast.Raise) and statement.lineno <= number <= statement.end_lineno:
                return any(map(_is_code, block[position + 1 :]))
    return False


def _is_code(statement):
    """Whether a statement does something; a lesson may have given the last line, ``return`` and a name."""
    given = isinstance(statement, ast.Return) and isinstance(statement.value, (ast.Name, type(None)))
    text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not (given or text or isinstance(statement, (ast.Pass, ast.Raise)))


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


def same(before, after):
    """Whether two arguments or results are the same: types, shapes and every number."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and before.shape == after.shape
            and bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
        )
    if isinstance(before, (list, tuple)):
        return type(after) is type(before) and len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, (int, float, str)):
        return before == after or (before != before and after != after)  # nan is not equal to itself
    if isinstance(before, FunctionType):
        return before is after  # a copy holds the same function, unless it has changed places in its list
    return True  # a generator of random numbers is there to be used


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
    outcome.changed = [position for position, pair in enumerate(zip(args, given, strict=True)) if not same(*pair)]
    if isinstance(outcome.value, (np.ndarray, list, tuple)):
        outcome.overwritten = [position for position in outcome.changed if same(outcome.value, given[position])]
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


@contextlib.contextmanager
def uncounted():
    """Leave the functions that a block calls out of what :func:`count_steps` counts."""
    trace, profile = sys.gettrace(), sys.getprofile()
    if trace is None:  # nothing is counted
        yield
        return
    sys.settrace(None)
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profile)
        sys.settrace(trace)


def is_function(value):
    """Whether a value is a function such as a student writes with ``def``, or a stand-in for one."""
    return callable(value) and not isinstance(value, type) and isinstance(getattr(value, "__name__", None), str)
