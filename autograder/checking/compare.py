"""Compare what was returned with what is right: structure, shapes, values; and say in kind where they differ."""

from dataclasses import dataclass

import numpy as np

FLOAT64_TOLERANCE = 1e-6
SINGLE_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Difference:
    """The first way in which an answer differs from what is right.

    Attributes
    ----------
    kind : str
        ``"type"``, ``"length"``, ``"shape"``, ``"nan"`` or ``"values"``.
    sentence : str
        What was expected in kind; never the right number.
    """

    kind: str
    sentence: str


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


def flat(value):
    """All numbers of a nested answer in one float vector, or None where it holds anything else."""
    parts = []
    for _, part in leaves(value):
        if callable(part):  # also what stands for a function elsewhere, and will not be made an array
            return None
        array = np.asarray(part)
        if array.dtype.kind not in "fiub":
            return None
        parts.append(array.astype(float).ravel())
    return np.concatenate(parts) if parts else np.zeros(0)


def tolerance_of(value):
    """Relative tolerance for an answer in the precision it was computed in."""
    dtype = getattr(value, "dtype", None)
    return SINGLE_TOLERANCE if dtype is not None and dtype.kind == "f" and dtype.itemsize < 8 else FLOAT64_TOLERANCE


def close(got, want, tolerance=FLOAT64_TOLERANCE):
    """Whether two arrays of one size agree, relative to each number and, a little, to the largest of them."""
    got, want = np.ravel(np.asarray(got, dtype=float)), np.ravel(np.asarray(want, dtype=float))
    if got.shape != want.shape:
        return False
    finite = np.abs(want[np.isfinite(want)])
    scale = finite.max() if finite.size else 0.0
    with np.errstate(invalid="ignore"):
        return bool(np.allclose(got, want, rtol=tolerance, atol=1e-3 * tolerance * scale + 1e-14))


def _shape_words(shape):
    return "a single number" if shape == () else f"shape {shape}"


def _part_difference(got, want, name, with_shapes):
    if isinstance(want, str):
        return None if got == want else Difference("values", f"{name} is {got!r}, which is not right here.")
    try:
        array = np.asarray(got)
    except ValueError:
        return Difference("type", f"{name} has rows of different lengths.")
    want = np.asarray(want)
    if array.dtype.kind not in "fiub":
        what = "None" if got is None else f"of type {type(got).__name__}"
        return Difference("type", f"{name} is {what}, but numbers are expected: {_shape_words(want.shape)}.")
    if array.size != want.size or (with_shapes and array.shape != want.shape):
        return Difference(
            "shape", f"{name} has {_shape_words(array.shape)}, but {_shape_words(want.shape)} is expected."
        )
    if with_shapes:
        return None
    if np.isnan(array).any() and not np.isnan(want).any():
        return Difference("nan", f"{name} holds nan.")
    if close(array, want, tolerance_of(array)):
        return None
    off = ~np.isclose(array.ravel().astype(float), want.ravel(), rtol=1e-6, atol=1e-12)
    if want.size == 1:
        return Difference("values", f"{name}: its value is not the right one.")
    return Difference("values", f"{name}: {int(off.sum())} of its {want.size} values differ from the right ones.")


def _differences(got, want, part_name, with_shapes, path=()):
    if not isinstance(want, (list, tuple)):
        difference = _part_difference(got, want, part_name(path), with_shapes)
        if difference:
            yield difference
        return
    name = "the result" if not path else f"part {path[-1]} of the result"
    if isinstance(got, np.ndarray) and got.ndim > 0:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        what = "None" if got is None else f"of type {type(got).__name__}"
        yield Difference("type", f"{name} is {what}, but {len(want)} parts are expected.")
    elif len(got) != len(want):
        parts = "1 part" if len(got) == 1 else f"{len(got)} parts"
        yield Difference("length", f"{name} has {parts}, but {len(want)} are expected.")
    else:
        for index, (got_part, want_part) in enumerate(zip(got, want, strict=True)):
            yield from _differences(got_part, want_part, part_name, with_shapes, (*path, index))


def value_differences(got, want, part_name):
    """Differences in the numbers, whatever their shape: a column in place of a vector is no difference here.

    Parameters
    ----------
    got, want : object
        Nested lists or tuples of arrays and numbers.
    part_name : callable
        From a path to the name of a part.

    Returns
    -------
    list of Difference
        Empty if the values agree.
    """
    return list(_differences(got, want, part_name, with_shapes=False))


def shape_differences(got, want, part_name):
    """Differences in the shapes of the parts.

    Parameters
    ----------
    got, want : object
        Nested lists or tuples of arrays and numbers.
    part_name : callable
        From a path to the name of a part.

    Returns
    -------
    list of Difference
        Empty if the shapes agree.
    """
    return list(_differences(got, want, part_name, with_shapes=True))
