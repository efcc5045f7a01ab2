"""Find from the values what NumPy would have warned of, where its arithmetic has no flags for that: in a browser."""

import operator
import sys
import warnings
from functools import cache, partial
from types import BuiltinFunctionType, FunctionType, MethodType

import numpy as np

from autograder.checking.call import call, same
from autograder.checking.watched_copy import watched_copy

# How Python and NumPy do what a sign in a formula stands for: anew, in place, and elementwise.
_SIGNS = {
    "Add": (operator.add, operator.iadd, np.add),
    "Sub": (operator.sub, operator.isub, np.subtract),
    "Mult": (operator.mul, operator.imul, np.multiply),
    "Div": (operator.truediv, operator.itruediv, np.divide),
    "FloorDiv": (operator.floordiv, operator.ifloordiv, np.floor_divide),
    "Mod": (operator.mod, operator.imod, np.remainder),
    "Pow": (operator.pow, operator.ipow, np.power),
    "MatMult": (operator.matmul, operator.imatmul, np.matmul),
}
# Where inf is a division by zero: at some points of the function, where the divisor is 0, where the base is 0.
_POLES = {np.log, np.log2, np.log10, np.log1p, np.arctanh, np.reciprocal}
_DIVISIONS = {np.divide, np.floor_divide, np.remainder, np.fmod, np.divmod}
_POWERS = {np.power, np.float_power}
# These never warn: they leave memory as it is, or don't ask for the flags.
_SILENT = {np.empty, np.empty_like, np.ndarray, np.vdot, np.einsum, np.convolve, np.correlate, np.interp}
_LIBRARIES = {*sys.stdlib_module_names, "numpy", "scipy"}
_NUMPYS = np.ndarray, np.generic


class _Unknown(Exception):
    """There is an operand that can't be looked at without being used up."""


def _arrays(operand):
    """Return the numbers of an operand as copied arrays, since a call may overwrite them; texts and such have none."""
    if isinstance(operand, (list, tuple)):
        return [array for item in operand for array in _arrays(item)]
    if isinstance(operand, (type(None), str, slice, type, np.dtype)):
        return []
    if isinstance(operand, (*_NUMPYS, int, float, complex)):
        array = np.array(operand)
        if array.dtype.kind in "biufc":
            return [array]
    raise _Unknown


class _Operands:
    """What goes into a computation, as it was before.

    Parameters
    ----------
    ufunc : numpy.ufunc or None
        Where one computes each element for itself, so that elements are looked at one by one.
    operands : sequence
        All the numbers.
    where : array_like of bool
        Which elements are computed.
    """

    def __init__(self, ufunc, operands, where=True):
        self.ufunc, self.where = ufunc if ufunc and not ufunc.signature else None, where
        if self.ufunc:
            operands = [np.asarray(operand) for operand in operands]
        self.arrays = [array for operand in operands for array in _arrays(operand)]
        if not self.arrays:
            raise _Unknown

    def _all(self, look):
        """Whether something holds for all operands: for each element, or altogether."""
        found = True
        for array in self.arrays:
            found = found & (look(array) if self.ufunc else look(array).all())
        return found

    def _at_a_pole(self):
        if self.ufunc in _DIVISIONS:
            return self.arrays[1] == 0
        return self.arrays[0] == 0 if self.ufunc in _POWERS else np.bool_(self.ufunc in _POLES)

    def news(self, result):
        """Yield what the floating-point flags would have said: inf from finite numbers, nan from anything but nan."""
        infinite = np.isinf(result) & self._all(np.isfinite) & self.where
        pole = self._at_a_pole()
        if np.any(infinite & pole):
            yield "divide", "divide by zero"
        if np.any(infinite & ~pole):
            yield "over", "overflow"
        if np.any(np.isnan(result) & self._all(lambda array: ~np.isnan(array)) & self.where):
            yield "invalid", "invalid value"


class _Watch:
    """Does what a function's copy asks for, and warns where NumPy would.

    Attributes
    ----------
    blind : bool
        Whether a function was called that can't be watched.
    """

    def __init__(self):
        self.blind = False
        self._copies = {}

    def copy_of(self, function):
        """Return the copy of a function of which this is told, or the function, if it can't be copied."""
        if function not in self._copies:
            copied = watched_copy(function, self)
            if copied is None:
                self.blind, copied = True, function
            self._copies[function] = self._copies[copied] = copied
        return self._copies[function]

    def operate(self, sign, left, right):
        """Compute what stands between two expressions."""
        return self._operated(sign, _SIGNS[sign][0], left, right)

    def update(self, sign, left, right):
        """Compute what an assignment such as ``+=`` assigns."""
        return self._operated(sign, _SIGNS[sign][1], left, right)

    def call(self, function, /, *args, **keywords):
        """Call a function: a copy of it if it is written in Python, but for those of libraries."""
        args = [self._watched(value) for value in args]
        keywords = {name: self._watched(value) for name, value in keywords.items()}
        compute = partial(self._followed(function), *args, **keywords)
        if isinstance(function, np.ufunc) and getattr(np, function.__name__, None) is function:
            return self._looked_at(
                compute, function.__name__, function, args[: function.nin], keywords.get("where", True)
            )
        if not _warns(function):
            return compute()
        owner = getattr(function, "__self__", None)
        operands = [owner] if isinstance(owner, _NUMPYS) else []
        operands += [*args, *(value for name, value in keywords.items() if name not in ("out", "where"))]
        return self._looked_at(compute, getattr(function, "__name__", "call"), None, operands)

    def _followed(self, function):
        """Return the copy of a function that somebody wrote; another one stays as it is."""
        if _is_own(function):
            return self.copy_of(function)
        if isinstance(function, MethodType) and _is_own(function.__func__):
            return MethodType(self.copy_of(function.__func__), function.__self__)
        return function

    def _watched(self, value):
        """Return what takes the place of an argument, which may be a function that is called elsewhere."""
        return partial(self.call, value) if isinstance(value, np.ufunc) else self._followed(value)

    def _operated(self, sign, compute, left, right):
        if not isinstance(left, _NUMPYS) and not isinstance(right, _NUMPYS):
            return compute(left, right)  # Python's own numbers raise, and lists may be ragged
        ufunc = _SIGNS[sign][2]
        arrays = isinstance(left, np.ndarray) or isinstance(right, np.ndarray)
        name = ufunc.__name__ if arrays else f"scalar {ufunc.__name__}"
        return self._looked_at(partial(compute, left, right), name, ufunc, (left, right))

    def _looked_at(self, compute, name, ufunc, operands, where=True):
        """Compute something, and warn of what its values tell."""
        try:
            before = _Operands(ufunc, operands, where)
        except _Unknown:
            return compute()
        result = compute()
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, _NUMPYS) and part.dtype.kind in "fc":
                for kind, words in before.news(part):
                    if np.geterr()[kind] != "ignore":
                        warnings.warn(f"{words} encountered in {name}", RuntimeWarning, stacklevel=2)
        return result


def _is_own(value):
    """Whether a value is a function that is written in Python and belongs to no library, such as a student's."""
    return isinstance(value, FunctionType) and (value.__module__ or "").partition(".")[0] not in _LIBRARIES


def _warns(function):
    """Whether something is compiled, or NumPy's, so that a warning of its own can only be known from its result."""
    root = (getattr(function, "__module__", None) or "").partition(".")[0]
    return (isinstance(function, BuiltinFunctionType) or root == "numpy") and function not in _SILENT


@cache
def warnings_are_seen():
    """Whether NumPy notices an overflow here: in a browser, its arithmetic goes on with inf and says nothing."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn"):
        warnings.simplefilter("always")
        np.exp(np.array([1000.0]))
    return bool(caught)


def unseen_warnings(function, args, outcome, seconds=10.0):
    """Call a function once more, and find out from the values what NumPy would have warned of.

    Parameters
    ----------
    function, args, seconds
        As for :func:`autograder.checking.call.call`.
    outcome : autograder.checking.call.Outcome
        What the function did with them. Nothing is found out where it does something else under watch.

    Returns
    -------
    list of str or None
        As in an outcome; None where nobody knows whether there would have been a warning.
    """
    watch = _Watch()
    copied = watch.copy_of(function)
    if watch.blind:
        return None
    again = call(copied, args, seconds)
    if again.failure or not same(outcome.value, again.value):
        return None
    return again.warnings or (None if watch.blind else [])
