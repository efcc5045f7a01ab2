"""Compare what was returned with what is right: structure, shapes and values."""

import numpy as np

from autograder.checking.problem import Kind, Problem
from autograder.ordinals import ordinal

FLOAT64_TOLERANCE = 1e-6
SINGLE_TOLERANCE = 1e-4


def is_number_like(value):
    """Whether value is a number or an array of them, rather than a list of parts."""
    return isinstance(value, (np.ndarray, np.generic, int, float))


def leaves(value, path=()):
    """Walk through the numeric parts of a nested answer.

    Yields
    ------
    (path, value)
        path is a tuple of indices.
    """
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def as_numbers(value):
    """Return a part of an answer as an array of numbers, or None where it is none.

    Raises
    ------
    ValueError
        If its rows have different lengths.
    """
    if callable(value):  # also what stands for a function elsewhere, and will not be made an array
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in "fiub" else None


def matching_parts(got, want, path=()):
    """Walk through the numeric parts of an answer beside those of the right one, whose structure decides.

    Yields
    ------
    (path, got, want)
        A list where an array is wanted counts as the array of its numbers; where got has other parts, it is None.
    """
    if not isinstance(want, (list, tuple)):
        yield path, got, want
        return
    fits = isinstance(got, (list, tuple)) or (isinstance(got, np.ndarray) and got.ndim > 0)
    parts = list(got) if fits and len(got) == len(want) else [None] * len(want)
    for index, (got_part, want_part) in enumerate(zip(parts, want, strict=True)):
        yield from matching_parts(got_part, want_part, (*path, index))


def flat(value):
    """Return all numbers of a nested answer in one float vector, or None where it holds anything else."""
    parts = []
    for _, part in leaves(value):
        array = as_numbers(part)
        if array is None:
            return None
        parts.append(array.astype(float).ravel())
    return np.concatenate(parts) if parts else np.zeros(0)


def tolerance_of(value):
    """Relative tolerance for an answer in the precision it was computed in."""
    return SINGLE_TOLERANCE if _is_single(value) else FLOAT64_TOLERANCE


def _is_single(value):
    """Whether a value has single precision, also where it was written into an array of double precision later."""
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return False
    if array.dtype.itemsize < 8:
        return True
    # Some numbers that need all bits of a single: 0.5 or 3.0 have single precision by chance.
    with np.errstate(all="ignore"):
        single = array.astype(np.float32)
        short = array.astype(np.float16)
    finite = np.isfinite(single)
    return bool(finite.any() and (single == array)[finite].all() and (short != array)[finite].any())


def wrong_values(actual, expected, tolerance=FLOAT64_TOLERANCE):
    """Find the values that are wrong, measured by each right one and, a little, by the largest of them.

    Parameters
    ----------
    actual, expected : array_like
        Of one size.
    tolerance : float
        See :func:`tolerance_of`.

    Returns
    -------
    ndarray of bool
        One entry for each value.
    """
    actual, expected = (np.asarray(each, dtype=float).ravel() for each in (actual, expected))
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    # In single precision, what cancels leaves an error as large as the rounding of the largest numbers.
    share = 1e-3 if tolerance < SINGLE_TOLERANCE else 0.1
    with np.errstate(invalid="ignore"):
        return ~np.isclose(actual, expected, rtol=tolerance, atol=share * tolerance * scale + 1e-14)


def close(got, want, tolerance=FLOAT64_TOLERANCE):
    """Whether two arrays have the same size and no wrong values; see :func:`wrong_values`."""
    got, want = np.ravel(np.asarray(got, dtype=float)), np.ravel(np.asarray(want, dtype=float))
    return got.shape == want.shape and not wrong_values(got, want, tolerance).any()


def _type_name(value):
    return "None" if value is None else type(value).__name__


def _part_difference(got, want, name, with_shapes):
    if isinstance(want, str):
        return None if isinstance(got, str) and got == want else Problem(Kind.WORD, name, repr(got))
    try:
        array = as_numbers(got)
    except ValueError:
        return Problem(Kind.RAGGED, name)
    want = np.asarray(want)
    if array is None:
        return Problem(Kind.NOT_NUMBERS, name, _type_name(got), want.shape)
    if array.size != want.size or (with_shapes and array.shape != want.shape):
        return Problem(Kind.SHAPE, name, array.shape, want.shape)
    if with_shapes:
        return None
    if np.isnan(array).any() and not np.isnan(want).any():
        return Problem(Kind.NAN, name)
    wrong = int(wrong_values(array, want, tolerance_of(array)).sum())
    return Problem(Kind.VALUES, name, wrong, want.size) if wrong else None


def _differences(got, want, part_name, with_shapes, path=()):
    if not isinstance(want, (list, tuple)):
        difference = _part_difference(got, want, part_name(path), with_shapes)
        if difference:
            yield difference
        return
    name = "the result" if not path else f"the {ordinal(path[-1])} part of the result"
    if isinstance(got, np.ndarray) and got.ndim > 0:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        yield Problem(Kind.NOT_PARTS, name, _type_name(got), len(want))
    elif len(got) != len(want):
        yield Problem(Kind.PART_COUNT, name, len(got), len(want))
    else:
        for index, (got_part, want_part) in enumerate(zip(got, want, strict=True)):
            yield from _differences(got_part, want_part, part_name, with_shapes, (*path, index))


def value_differences(got, want, part_name):
    """Compare the numbers, whatever their shape: a column in place of a vector is no difference here.

    Parameters
    ----------
    got, want : object
        Nested lists or tuples of arrays and numbers.
    part_name : callable
        From a path to the name of a part.

    Returns
    -------
    list of Problem
        Empty if the values agree.
    """
    return list(_differences(got, want, part_name, with_shapes=False))


def shape_differences(got, want, part_name):
    """Compare the shapes of the parts.

    Parameters
    ----------
    got, want : object
        Nested lists or tuples of arrays and numbers.
    part_name : callable
        From a path to the name of a part.

    Returns
    -------
    list of Problem
        Empty if the shapes agree.
    """
    return list(_differences(got, want, part_name, with_shapes=True))
