"""Find values that share memory or objects, and copy them so that the copies share in the same way."""

import copy
import gc
import operator
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np

# A value with more objects than this is not searched to the end.
MAX_OBJECTS = 200_000
# Immutable, or not searched.
_FIXED = (type(None), bool, int, float, complex, str, bytes, type, ModuleType, CodeType, range, np.generic, np.dtype)
# Figures and widgets refer to a lot that doesn't belong to them.  They have been shown already, so they aren't copied.
_SHOWN = ("matplotlib", "ipywidgets", "anywidget", "nblib.widgets", "nblib.plots", "IPython")


def _is_shown(value):
    module = getattr(type(value), "__module__", None)
    return isinstance(module, str) and any(module == name or module.startswith(f"{name}.") for name in _SHOWN)


def _root(array):
    """Return the object that owns the memory of an array."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def _is_of_a_module(function):
    """Whether a function can be imported under its own name, so that what it refers to belongs to its module."""
    try:
        module = sys.modules[function.__module__]
        return function.__module__ != "__main__" and operator.attrgetter(function.__qualname__)(module) is function
    except (AttributeError, KeyError, TypeError):
        return False


def _inside(value):
    """Return the objects that a value refers to, except modules and a function's globals."""
    if isinstance(value, FunctionType):
        if _is_of_a_module(value):
            return []
        return [*(value.__closure__ or ()), value.__defaults__, value.__kwdefaults__, value.__dict__ or None]
    if isinstance(value, BuiltinFunctionType):
        return [value.__self__]
    if isinstance(value, np.ndarray):
        return value.ravel().tolist() if value.dtype.hasobject and value.dtype.fields is None else []
    return gc.get_referents(value)


class Reached:
    """The mutable objects that a value reaches.

    Attributes
    ----------
    marks : set of int
        Their ids, and those of the owners of the memory of arrays.
    arrays : dict of int to numpy.ndarray
        The arrays among them, by id.
    copyable : bool
        Whether copies of this and of other values can share what the values share.
    """

    def __init__(self, value):
        self.marks, self.arrays, self.copyable = set(), {}, True
        # This keeps the objects alive, so that no id is used again.
        seen, waiting = {}, [(value, False)]
        while waiting:
            each, held = waiting.pop()
            if isinstance(each, _FIXED) or (id(each), held) in seen:
                continue
            seen[id(each), held] = each
            if len(seen) > MAX_OBJECTS:
                self.copyable = False
                return
            if _is_shown(each):
                self.marks.add(id(getattr(each, "figure", None) or each))
                self.copyable = False
                continue
            # A function is not copied, nor is what it refers to.
            is_function = isinstance(each, (FunctionType, BuiltinFunctionType))
            if isinstance(each, np.ndarray):
                self.arrays[id(each)] = each
                self.marks.add(id(_root(each)))
            if not is_function and not isinstance(each, (tuple, frozenset)):
                self.marks.add(id(each))
                self.copyable &= not held
            waiting.extend((one, held or is_function) for one in _inside(each))


def find_aliases(values):
    """Return, by name, the names of all values that share something mutable with a value, directly or indirectly.

    Immutable values are left out.
    """
    groups, first = {}, {}
    for name, value in values.items():
        marks = Reached(value).marks
        if not marks:
            continue
        group = groups[name] = {name}
        for mark in marks:
            other = groups[first.setdefault(mark, name)]
            if other is not group:
                group |= other
                groups.update(dict.fromkeys(other, group))
    return {name: frozenset(group) for name, group in groups.items()}


def snapshot(values):
    """Copy mutable values, so that the copies share with each other what the values share.

    Parameters
    ----------
    values : dict of str to object
        By name.

    Returns
    -------
    (dict of str to object, set of str)
        The copies, and the names of values that can't be copied and are returned as they are.
    """
    memo, kept, reached = {}, set(), {name: Reached(value) for name, value in values.items()}
    whole = {}
    for each in reached.values():
        if each.copyable:
            whole |= each.arrays
    views = {}
    for array in whole.values():
        views.setdefault(id(_root(array)), []).append(array)
    failed = set()
    for arrays in views.values():
        if len(arrays) > 1:
            failed |= _copy_views(arrays, memo)
    copies = {}
    for name, value in values.items():
        copies[name] = value
        if not reached[name].marks:
            continue
        if not reached[name].copyable or failed & reached[name].arrays.keys():
            kept.add(name)
            continue
        try:
            copies[name] = copy.deepcopy(value, memo)
        except Exception:
            kept.add(name)
    return copies, kept


def _copy_views(arrays, memo):
    """Copy arrays that share memory into ``memo``; return the ids of all of them if that's impossible."""
    root = _root(arrays[0])
    plain = type(root) is np.ndarray and not root.dtype.hasobject and all(type(each) is np.ndarray for each in arrays)
    if not plain or not (root.flags.c_contiguous or root.flags.f_contiguous):
        return {id(each) for each in arrays}
    new = root.copy(order="K")
    buffer = new if new.flags.c_contiguous else new.T
    start = root.__array_interface__["data"][0]
    for each in arrays:
        offset = each.__array_interface__["data"][0] - start
        view = np.ndarray(each.shape, each.dtype, buffer, offset, each.strides)
        view.flags.writeable = each.flags.writeable
        memo[id(each)] = new if each is root else view
    return set()
