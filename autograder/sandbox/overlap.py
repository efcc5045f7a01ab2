"""Which values share memory or objects, and copies of them that share as they do."""

import copy
import gc
import operator
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np

# Values are looked through up to this many objects; whatever has more is taken to be as large as everything.
MOST_OBJECTS = 200_000
# Nothing can be changed through these.
_FIXED = (type(None), bool, int, float, complex, str, bytes, type, ModuleType, CodeType, range, np.generic, np.dtype)
# Figures and widgets hold on to much that has nothing to do with them.  They have been shown, and are not copied.
_SHOWN = ("matplotlib", "ipywidgets", "anywidget", "nblib.widgets", "nblib.plots", "IPython")


def _is_shown(value):
    module = getattr(type(value), "__module__", None)
    return isinstance(module, str) and any(module == name or module.startswith(f"{name}.") for name in _SHOWN)


def _root(array):
    """Return what holds the memory of an array."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def _is_of_a_module(function):
    """Whether a function stands in an imported module under its own name: what it holds belongs to the module."""
    try:
        module = sys.modules[function.__module__]
        return function.__module__ != "__main__" and operator.attrgetter(function.__qualname__)(module) is function
    except (AttributeError, KeyError, TypeError):
        return False


def _inside(value):
    """Return the values that are reached from one, leaving out modules and the names around a function."""
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
    """What can be changed through a value.

    Attributes
    ----------
    marks : set of int
        Ids of the objects that can be changed, and of what holds the memory of arrays.
    arrays : dict of int to numpy.ndarray
        The arrays among them, by their id.
    copyable : bool
        Whether a copy can share with other copies what the value shares with other values.
    """

    def __init__(self, value):
        self.marks, self.arrays, self.copyable = set(), {}, True
        # What is looked at is kept, so that no id is used again meanwhile.
        seen, waiting = {}, [(value, False)]
        while waiting:
            each, held = waiting.pop()
            if isinstance(each, _FIXED) or (id(each), held) in seen:
                continue
            seen[id(each), held] = each
            if len(seen) > MOST_OBJECTS:
                self.copyable = False
                return
            if _is_shown(each):
                self.marks.add(id(getattr(each, "figure", None) or each))
                self.copyable = False
                continue
            # A copy of a function is the function itself, with all that it holds.
            is_function = isinstance(each, (FunctionType, BuiltinFunctionType))
            if isinstance(each, np.ndarray):
                self.arrays[id(each)] = each
                self.marks.add(id(_root(each)))
            if not is_function and not isinstance(each, (tuple, frozenset)):
                self.marks.add(id(each))
                self.copyable &= not held
            waiting.extend((one, held or is_function) for one in _inside(each))


def together(values):
    """Say for each name which names reach something that it reaches.

    Parameters
    ----------
    values : dict of str to object
        By name.

    Returns
    -------
    dict of str to frozenset of str
        Names through which nothing can be changed are left out.
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
    """Copy values that a later cell could change, so that the copies share with each other what the values share.

    Parameters
    ----------
    values : dict of str to object
        By name.

    Returns
    -------
    (dict of str to object, set of str)
        The copies, and the names of what cannot be copied and is handed on as it is.
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
    """Copy arrays that share memory; return the ids of those of which no such copy can be made."""
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
