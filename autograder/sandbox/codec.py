"""A small grammar for plain data, limited in size and depth, in which nothing can be executed.

Values become JSON and the bytes of the arrays that it refers to.  A value that the grammar can't express is sent as the
name of its type, and arrives as a stand-in that does nothing.
"""

import array
import contextlib
import math
import re
from functools import lru_cache

import numpy as np

from autograder.sandbox.channel import CodecError

MAX_DEPTH = 24
MAX_ITEMS = 1_000_000
# For all arrays of a value, and for one integer: far more than any exercise needs.
MAX_ARRAY_BYTES = 16 * 2**20
MAX_DIGITS = 2**18

# Kinds of dtype whose bytes are plain numbers, without objects or references.
_KINDS = "biufc"
_DTYPE = re.compile(r"[<>|=]?[biufc]\d{1,2}")
_POSITIONS_IN_MT19937 = 624


class Unsendable:
    """A stand-in for a value that isn't plain data; its class has the name of the value's type."""


@lru_cache(maxsize=64)
def _stand_in_class(name):
    return type(name, (Unsendable,), {})


def _bytes_of(shape, item_size):
    """Return the size of an array, counting an axis of length 0 as 1: a sum over another axis needs that much."""
    return item_size * math.prod(max(size, 1) for size in shape)


def _plain(value):
    """Convert a value of a subclass of str, int or float to that type."""
    if isinstance(value, str):
        return str.__str__(value)
    return int.__pos__(value) if isinstance(value, int) else float.__pos__(value)


class Functions(list):
    """The functions that the other side may call, in the order of their handles."""

    def __init__(self):
        super().__init__()
        self._handles = {}

    def handle_of(self, function):
        """Return the handle of a function, which is added if it's new."""
        # The list keeps every function alive, so that its id isn't used again.
        handle = self._handles.setdefault(id(function), len(self))
        if handle == len(self):
            self.append(function)
        return handle


class Encoder:
    """Encodes values.

    Parameters
    ----------
    handle_of : callable
        Returns the key by which the other side may call a function, or None if it may not.
    """

    def __init__(self, handle_of=lambda function: None):
        self._handle_of = handle_of
        self.blobs = []
        self._items = self._array_bytes = 0

    def _array(self, array):
        array = np.asarray(array)
        native = array.astype(array.dtype.newbyteorder("="), copy=False)
        self.blobs.append(native.tobytes())
        return [native.dtype.str, list(native.shape), len(self.blobs) - 1]

    def value(self, value, depth=0):
        """Return the JSON form of one value."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            return ["other", "too deep" if depth > MAX_DEPTH else "too many"]
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return self._whole(value)
        if kind is float:
            return value if math.isfinite(value) else ["float", repr(value)]
        if kind is complex:
            return ["complex", repr(value.real), repr(value.imag)]
        if isinstance(value, np.generic) and value.dtype.kind in _KINDS:
            return ["scalar", *self._array(value)]
        if isinstance(value, (str, int, float)):
            # For instance a NumPy string or a member of an enumeration.
            return self.value(_plain(value), depth)
        if isinstance(value, np.ndarray):
            return self._any_array(value, depth)
        if isinstance(value, (list, tuple)):
            tag = "list" if isinstance(value, list) else "tuple"
            return [tag, [self.value(item, depth + 1) for item in value]]
        if kind is dict and all(type(key) is str for key in value):
            return ["dict", [[key, self.value(item, depth + 1)] for key, item in value.items()]]
        if isinstance(value, np.random.Generator):
            return ["rng", self._state(value.bit_generator.state)]
        if callable(value) and not isinstance(value, type):
            handle = self._handle_of(value)
            if handle is not None:
                return ["function", handle, str(getattr(value, "__name__", ""))[:200]]
        if isinstance(value, (array.array, memoryview)) or hasattr(kind, "__array__"):
            with contextlib.suppress(Exception):  # the class may be the student's own
                return self._any_array(np.array(value), depth)
        return ["other", str(kind.__name__)[:80]]

    def _whole(self, number):
        if abs(number) < 2**53:
            return number
        return ["int", hex(number)] if number.bit_length() <= 4 * MAX_DIGITS else ["other", "much too large int"]

    def _any_array(self, array, depth):
        array = np.asarray(array)  # of a subclass, without a copy
        self._array_bytes += _bytes_of(array.shape, array.dtype.itemsize)
        if self._array_bytes > MAX_ARRAY_BYTES:
            return ["other", f"much too large ndarray of shape {array.shape}"[:80]]
        if array.dtype.kind in _KINDS and array.dtype.itemsize <= 16:
            return ["array", *self._array(array)]
        if array.dtype.kind in "OU":
            if self._items + array.size > MAX_ITEMS:
                return ["other", "too many"]
            items = array.ravel().tolist()
            if array.dtype.kind == "O":
                items = [self.value(item, depth + 1) for item in items]
            return ["objects", array.dtype.kind, list(array.shape), items]
        return ["other", f"ndarray of {array.dtype}"[:80]]

    def _state(self, state):
        if isinstance(state, dict):
            return {str(key): self._state(item) for key, item in state.items()}
        if isinstance(state, np.ndarray):
            return ["array", *self._array(state)]
        return str(state) if isinstance(state, int) and not isinstance(state, bool) else state


class Decoder:
    """Decodes values, and raises CodecError for anything that isn't in the grammar.

    Parameters
    ----------
    blobs : list of bytes
        Of the message.
    function_of : callable
        Returns a stand-in for a function from its key and name.
    """

    def __init__(self, blobs=(), function_of=lambda key, name: _stand_in_class("function")()):
        self._blobs = blobs
        self._function_of = function_of
        self._items = self._array_bytes = 0

    def value(self, form, depth=0):
        """Return the value that a JSON form stands for."""
        self._items += 1
        if self._items > 2 * MAX_ITEMS:
            raise CodecError("a value has too many parts")
        self._check_depth(depth)
        if form is None or isinstance(form, (bool, int, float, str)):
            return form
        if not isinstance(form, list) or not form or not isinstance(form[0], str):
            raise CodecError("a value is not in the grammar")
        reader = getattr(self, f"_read_{form[0]}", None)
        if reader is None:
            raise CodecError("a value is of an unknown kind")
        try:
            return reader(*form[1:], depth=depth)
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, MemoryError) as error:
            raise CodecError(f"a {form[0]} is malformed") from error

    def _check_depth(self, depth):
        if depth > MAX_DEPTH + 2:
            raise CodecError("a value is nested too deeply")

    def _shape(self, shape, item_size):
        """Check and count the shape of an array that is about to be created."""
        if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
            raise CodecError("a shape is malformed")
        # Counting the blobs would not be enough, because many arrays can be made from one.
        self._array_bytes += _bytes_of(shape, item_size)
        if self._array_bytes > 2 * MAX_ARRAY_BYTES:
            raise CodecError("the arrays of a value are too large")
        return shape

    def _read_int(self, text, depth):
        if len(text) > MAX_DIGITS + 8:
            raise CodecError("a whole number is too long")
        return int(text, 16)

    def _read_float(self, text, depth):
        return float(text)

    def _read_complex(self, real, imaginary, depth):
        return complex(float(real), float(imaginary))

    def _read_list(self, items, depth):
        return [self.value(item, depth + 1) for item in items]

    def _read_tuple(self, items, depth):
        return tuple(self.value(item, depth + 1) for item in items)

    def _read_dict(self, pairs, depth):
        return {text_in(key): self.value(item, depth + 1) for key, item in pairs}

    def _read_array(self, dtype, shape, index, depth):
        if not _DTYPE.fullmatch(text_in(dtype)):
            raise CodecError("an array is of a kind that is not sent")
        kind, blob = np.dtype(dtype), self._blobs[_position(index)]
        array = np.frombuffer(blob, np.uint8 if kind.kind == "b" else kind).reshape(self._shape(shape, kind.itemsize))
        # A boolean takes a byte; values other than 0 and 1 would be neither true nor false.
        return array != 0 if kind.kind == "b" else array.copy()

    def _read_scalar(self, dtype, shape, index, depth):
        if shape != []:
            raise CodecError("a scalar has a shape")
        return self._read_array(dtype, shape, index, depth)[()]

    def _read_objects(self, kind, shape, items, depth):
        if kind == "U":
            longest = max((len(text_in(item)) for item in items), default=0)
            shape = self._shape(shape, 4 * max(longest, 1))
            return np.array(items, dtype=f"U{max(longest, 1)}").reshape(shape)
        if kind != "O":
            raise CodecError("an array is of a kind that is not sent")
        shape = self._shape(shape, 8)
        array = np.empty(len(items), dtype=object)
        for position, item in enumerate(items):
            array[position] = self.value(item, depth + 1)
        return array.reshape(shape)

    def _read_rng(self, state, depth):
        generators = {"PCG64": np.random.PCG64, "PCG64DXSM": np.random.PCG64DXSM, "MT19937": np.random.MT19937}
        state = self._state(state, depth)
        bits = generators[state["bit_generator"]](0)
        if "pos" in state["state"] and not 0 <= state["state"]["pos"] <= _POSITIONS_IN_MT19937:
            raise CodecError("a generator reads outside of its state")  # NumPy doesn't check this
        bits.state = state
        return np.random.Generator(bits)

    def _state(self, state, depth):
        self._check_depth(depth)
        if isinstance(state, dict):
            return {key: self._state(item, depth + 1) for key, item in state.items()}
        if isinstance(state, list):
            return self.value(state, depth)
        if isinstance(state, str) and state.lstrip("-").isdigit():
            return int(state)
        return state

    def _read_function(self, key, name, depth):
        if type(key) is not int:
            raise CodecError("a function has no key")
        return self._function_of(key, text_in(name)[:200])

    def _read_other(self, name, depth):
        return _stand_in_class(text_in(name)[:80])()


def text_in(form):
    """Return the form if it is a text, otherwise raise CodecError."""
    if not isinstance(form, str):
        raise CodecError("there is something else where a text should be")
    return form


def _position(value):
    if type(value) is not int or value < 0:
        raise CodecError("there is something else where a position should be")
    return value
