"""The functions of its own notebook that a function calls by name, and calling it with others in their place."""

import builtins
import contextlib
import dis
from types import CodeType, FunctionType

from autograder.checking.call import StandIn, settled, uncounted

# Calls of a helper that are kept, the latest ones.
MAX_CALLS = 20


class Helper:
    """A right answer that is lent to a student's function in the place of the student's own.

    Parameters
    ----------
    name : str
        Of the function that it stands for.
    answer : callable
        The right answer.

    Attributes
    ----------
    active : bool
        Whether it is lent now. At any other time it raises, so that keeping it is no use.
    called, failed : bool
        Whether it was ever called, and whether it ever raised: then it was called with something else than it takes.
    calls : list
        Of its latest calls, the arguments and what it returned.
    """

    def __init__(self, name, answer):
        self.__name__ = name
        self._answer = answer
        self.active = self.called = self.failed = False
        self.calls = []

    def __call__(self, *args, **keywords):
        """Answer in the place of the student's own function."""
        if not self.active:
            raise RuntimeError(f"This {self.__name__} was only lent for one test, which is over.")
        self.called = True
        with uncounted():
            try:
                result = settled(self._answer(*args, **keywords))
            except Exception:
                self.failed = True
                raise
        self.calls = [*self.calls[1 - MAX_CALLS :], ((*args, *keywords.values()), result)]
        return result

    def __deepcopy__(self, memo):
        return self


def _names_loaded(code):
    """Yield the global names that a code object and those inside it read."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_loaded(constant)


def _enclosed(function):
    """Yield the functions that a function refers to from inside another one, such as what a decorator wraps."""
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a cell that is still empty
            if isinstance(cell.cell_contents, FunctionType):
                yield cell.cell_contents


def _is_own(value, space):
    return isinstance(value, FunctionType) and value.__globals__ is space


def helpers_of(function, names):
    """Return the functions of its own notebook that a function calls by their global names.

    Parameters
    ----------
    function : callable
        A stand-in for a function in another process is asked instead. Functions of the same notebook that it calls
        are followed.
    names : collection of str
        The names to look for.

    Returns
    -------
    dict of str to (callable or None)
        None for a name that it calls and that is not defined. Functions that were imported are left out.
    """
    if isinstance(function, StandIn):
        return function.helpers(names)
    if not isinstance(function, FunctionType):
        return {}
    space, found, waiting, seen = function.__globals__, {}, [function], set()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        waiting += _enclosed(current)
        for name in dict.fromkeys(_names_loaded(current.__code__)):
            value = space.get(name)
            if _is_own(value, space):
                waiting.append(value)
            elif name in space or hasattr(builtins, name):
                continue
            if name in names and value is not function:
                found.setdefault(name, value)
    return found


def may_borrow(function):
    """Whether a function may be called with helpers now."""
    return not isinstance(function, StandIn) or function.may_borrow()


@contextlib.contextmanager
def lend(function, helpers):
    """Have a function call helpers in the place of its own functions, for as long as the block runs.

    Parameters
    ----------
    function : callable
        A student's function, or a stand-in for one.
    helpers : dict of str to Helper
        By the global name that they stand for.
    """
    for helper in helpers.values():
        helper.active = True
    try:
        with function.lend(helpers) if isinstance(function, StandIn) else replaced(function, helpers):
            yield
    finally:
        for helper in helpers.values():
            helper.active = False


@contextlib.contextmanager
def replaced(function, values):
    """Give some global names of a function other values, for as long as the block runs."""
    if not values:
        yield
        return
    space = function.__globals__
    before = {name: space[name] for name in values if name in space}
    space.update(values)
    try:
        yield
    finally:
        for name in values:
            space.pop(name, None)
        space.update(before)
