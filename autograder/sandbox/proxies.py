"""What stands for a student's functions where verdicts are made."""

import builtins

import numpy as np

from autograder.checking.call import Described, Failure, StandIn
from autograder.checking.raised import PACKAGES
from autograder.sandbox.codec import text_in


class ProxyError(TypeError):
    """A test did something to a student's function other than calling it."""


class Proxy(StandIn):
    """A student's function, from outside: it has a name and can be called, and nothing else.

    No object of the student's takes part in a verdict through it: it is not compared, iterated over or converted.
    """

    __slots__ = ("__name__", "_autograder_handle", "_autograder_link")

    def __init__(self, link, handle, name):
        self.__name__ = name
        self._autograder_link = link
        self._autograder_handle = lambda: handle

    def __call__(self, *args, **keywords):
        """Call the student's function where it is."""
        return self._autograder_link.call(self._autograder_handle(), self.__name__, args, keywords)

    def count_steps(self, args, seconds):
        """Count the steps of one call where the function runs."""
        return self._autograder_link.count_steps(self._autograder_handle(), args, seconds)

    def remark(self, sentences):
        """Have it recorded that somebody should look at the function."""
        self._autograder_link.remark(self.__name__, sentences)

    def names_used(self):
        """Return the functions of watched packages that ran in its first call."""
        return {function for function, *_ in self._autograder_link.called.get(self.__name__, ())}

    @property
    def earns_follow_on(self):
        """Whether it gets its points if only the student's other functions are wrong."""
        return self._autograder_link.earns_follow_on

    def helpers(self, names):
        """Return the student's functions that it calls by these names."""
        return self._autograder_link.helpers(self._autograder_handle(), names)

    def may_borrow(self):
        """Whether it is being graded, and not checked in a student's cell."""
        return self._autograder_link.may_lend()

    def lend(self, helpers):
        """Return a context in which the judge answers for these helpers."""
        return self._autograder_link.lend(helpers)

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<function {self.__name__}>"

    def _refuse(self, *_):
        raise ProxyError(f"{self.__name__} is a function: it can be called, and nothing else.")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __iter__ = __len__ = __getitem__ = __contains__ = _refuse
    __bool__ = __int__ = __float__ = __index__ = __array__ = _refuse
    __hash__ = object.__hash__


def write_back(mine, theirs):
    """Do to an argument what the student's function did to its copy.

    Parameters
    ----------
    mine : object
        What was sent; changed in place where it differs.
    theirs : object
        What came back.
    """
    if isinstance(mine, np.ndarray):
        try:
            if not (isinstance(theirs, np.ndarray) and mine.size == theirs.size and mine.dtype == theirs.dtype):
                mine.resize((0,), refcheck=False)
                return
            if mine.shape != theirs.shape:
                mine.shape = theirs.shape
        except (ValueError, AttributeError):
            # A view cannot change its shape: it shows by its numbers that it is not what it was.
            mine[...] = mine == 0
            return
        mine[...] = theirs
    elif isinstance(mine, np.random.Generator):
        if isinstance(theirs, np.random.Generator) and type(mine.bit_generator) is type(theirs.bit_generator):
            mine.bit_generator.state = theirs.bit_generator.state
    elif isinstance(mine, (list, tuple)) and isinstance(theirs, type(mine)):
        # Of a tuple only the parts can have changed; where one of them has another size, that is shown by its size.
        if isinstance(mine, tuple) or _of_one_kind(mine, theirs):
            for one, other in zip(mine, theirs, strict=False):
                write_back(one, other)
            if isinstance(mine, list):
                mine[:] = [one if _mutable(one) else other for one, other in zip(mine, theirs, strict=True)]
        else:
            mine[:] = theirs
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        mine.clear()
        mine.update(theirs)


def _mutable(value):
    return isinstance(value, (np.ndarray, np.random.Generator, list, tuple, dict))


def _of_one_kind(one, other):
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.size == other.size
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(_of_one_kind, one, other))
    return not _mutable(one) or type(one) is type(other)


def name_in(value):
    """Return the name of a class, which may hold whatever the student's own classes are called."""
    name = text_in(value)[:80]
    type(name, (), {})  # or it raises that it is no name
    return name


def failure_in(form):
    """Return the failure that a reply describes, or None."""
    if form is None:
        return None
    kind, message, line, function, code_below, raised_by = form
    function = text_in(function)[:80]
    return Failure(
        name_in(kind),
        text_in(message)[:300],
        text_in(line)[:300],
        function if function.isidentifier() else "",
        code_below is True,
        raised_by=raised_by if raised_by in (*PACKAGES, "own") else "",
    )


def warning_class(kind):
    """Return the class of a warning by its name, or one that bears the name."""
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Warning):
        return known
    return type(kind, (UserWarning,), {})


def exception_of(failure):
    """Return an exception of the student's kind, so that a test that expects it can catch it."""
    known = getattr(builtins, failure.kind, None)
    # SystemExit and its like would end the judge.
    bases = (Described, known) if isinstance(known, type) and issubclass(known, Exception) else (Described,)
    kind = type(failure.kind, bases, {"__init__": lambda self: None, "__str__": lambda self: failure.message})
    try:
        error = kind()
    except TypeError:
        error = type(failure.kind, (Described,), {"__str__": lambda self: failure.message})()
    error.failure = failure
    return error
