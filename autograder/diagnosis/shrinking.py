"""Make the arguments of a failing call smaller, by cutting each dimension down wherever it occurs.

The widths of a probe all differ (see :mod:`autograder.checking.probes`), so that a length tells which axes belong
together: a layer's width is cut down in its weights, its bias and the next layer's weights at once.
"""

import numpy as np

MAX_NUMBERS = 2000
TARGETS = (2, 3, 4, 6, 8, 12, 16)


def _arrays(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _arrays(item)


def _can_be_cut(value):
    """Whether a value holds nothing but numbers: a function or a generator may rely on a size."""
    if isinstance(value, (list, tuple)):
        return all(map(_can_be_cut, value))
    return isinstance(value, (np.ndarray, np.generic, int, float, str))


def _cut(value, lengths):
    """Cut all axes of some lengths; ``lengths`` maps each one to a smaller one."""
    if isinstance(value, np.ndarray):
        return value[tuple(slice(lengths.get(length, length)) for length in value.shape)].copy()
    if isinstance(value, (list, tuple)):
        short = value
        if value and all(isinstance(item, (int, float)) for item in value):
            short = value[: lengths.get(len(value), len(value))]
        return type(value)(_cut(item, lengths) for item in short)
    return value


def _lengths(value):
    if isinstance(value, np.ndarray):
        return set(value.shape)
    if not isinstance(value, (list, tuple)):
        return set()
    if value and all(isinstance(item, (int, float)) for item in value):
        return {len(value)}
    return {length for item in value for length in _lengths(item)}


def _keeps_its_sums(before, after):
    """Whether rows that sum to 1, such as distributions and one-hot targets, still do."""
    for whole, part in zip(_arrays(before), _arrays(after), strict=True):
        if whole.ndim and whole.size and np.allclose(whole.sum(-1), 1) and not np.allclose(part.sum(-1), 1):
            return False
    return True


def smaller(args, still_fails):
    """Cut arguments down as long as they show the same fault.

    Parameters
    ----------
    args : tuple
        Of a call that failed.
    still_fails : callable
        Takes arguments; whether they show the fault as well.

    Returns
    -------
    tuple
        The smallest arguments that were found; the given ones where they can't be cut.
    """
    if not _can_be_cut(args) or sum(array.size for array in _arrays(args)) > MAX_NUMBERS:
        return args

    def attempt(lengths):
        candidate = tuple(_cut(arg, lengths) for arg in args)
        return candidate if _keeps_its_sums(args, candidate) and still_fails(candidate) else None

    found = sorted(length for length in _lengths(args) if length > 2)
    best, kept = args, {}
    # All at once to lengths that still differ, then one after the other as far as it goes.
    together = {length: position for position, length in enumerate(found, start=2) if position < length}
    if together and (candidate := attempt(together)):
        best, kept = candidate, together
    for length in reversed(found):
        for shorter in (each for each in TARGETS if each < kept.get(length, length)):
            if candidate := attempt(kept | {length: shorter}):
                best, kept = candidate, kept | {length: shorter}
                break
    return best
