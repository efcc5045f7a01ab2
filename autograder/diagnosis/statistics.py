"""One sentence about what the statistics of a random answer show, where no known mistake explains it."""

from itertools import chain

import numpy as np

from autograder.checking.compare import as_numbers

# A share of the numbers below this many is too uncertain to be told.
MIN_NUMBERS = 30

# The power of n_in that the standard deviation of the weights follows.
_POWERS = {"scaled_init": "−½", "he_init": "−½"}


def _number(value):
    return f"{value:.2g}".replace("-", "−")


def _array(value):
    """Return a value as an array of floats, or None."""
    try:
        array = as_numbers(value)
    except ValueError:
        return None
    return None if array is None else array.astype(float)


def _results(trial):
    """Return (arguments, result) of the calls that gave one."""
    calls = zip(trial.probes, trial.outcomes, strict=True)
    return [(args, outcome.value) for args, outcome in calls if not outcome.failure and outcome.value is not None]


def _spread(trial):
    """For a start: mean and standard deviation of each layer's weights, and the power of n_in that fits."""
    if trial.problems[0] is None:
        return None  # the weights are right, and what else is wrong doesn't show in this
    told, widths, stds, means, biases = [], [], [], [], []
    for (sizes, *_), value in _results(trial):
        for number, pair in enumerate(value if isinstance(value, (list, tuple)) else (), start=1):
            W = _array(pair[0]) if isinstance(pair, (list, tuple)) and len(pair) == 2 else None
            if W is None or W.size < MIN_NUMBERS or number >= len(sizes) or not np.isfinite(W).all():
                return None
            widths.append(sizes[number - 1])
            stds.append(float(W.std()))
            means.append(float(W.mean()))
            biases.append(np.ravel(np.asarray(pair[1], dtype=float)))
            told.append(f"{_number(means[-1])} and {_number(stds[-1])} with {widths[-1]} inputs")
    if not told:
        return None
    sentence = f"Mean and standard deviation of the weights: {'; '.join(told[:2])}."
    if any(abs(mean) > 0.5 * std for mean, std in zip(means, stds, strict=True)):
        sentence += " The mean should be 0."
    b = np.concatenate(biases)
    if b.any():
        sentence += f" Those of the biases are {_number(b.mean())} and {_number(b.std())}."
    if min(stds) > 0 and len(set(widths)) > 2:
        power, _ = np.polyfit(np.log(widths), np.log(stds), 1)
        if np.ptp(np.log(stds) - power * np.log(widths)) < 0.1:
            expected = _POWERS.get(trial.exercise.name)
            wanted = f"; a power of {expected} is expected" if expected else ""
            if abs(power) < 0.05:
                return f"{sentence} The standard deviation does not depend on n_in{wanted}."
            told = f"{sentence} Over all layers the standard deviation follows n_in to the power {_number(power)}"
            return f"{told}{wanted}." if abs(power + 0.5) > 0.05 else f"{told}."
    return sentence


def _mask(trial):
    """For dropout: the share of zeros beside p_drop, and what other numbers the mask holds."""
    told = []
    for (_, p_drop, *_), value in _results(trial):
        pair = value if isinstance(value, (list, tuple)) and len(value) == 2 else None
        mask = _array(pair[1]) if pair else None
        if mask is None or mask.size < MIN_NUMBERS:
            return None
        told.append(f"{np.mean(mask == 0):.2f} for p_drop = {p_drop:.2f}")
        levels = np.unique(mask)
        others = levels[(levels != 0) & (levels != 1)]
    more = f" Other numbers than 0 and 1 are in it, such as {_number(others[0])}." if told and others.size else ""
    return f"The share of zeros in the mask is {', '.join(told)}.{more}" if told else None


def _parts(trial):
    """For a split: how many indices come more than once, and how many never."""
    for (n, *_), value in _results(trial):
        parts = [_array(part) for part in value] if isinstance(value, (list, tuple)) else [None]
        if any(part is None for part in parts):
            return None
        if any(np.asarray(part).dtype.kind == "f" and np.size(part) for part in value):
            return "The parts hold floats such as 3.0, but positions in an array are whole numbers."
        joined = [int(index) for part in parts for index in part.ravel()]
        if len(joined) != len(set(joined)) or set(joined) != set(range(n)):
            missing, twice = len(set(range(n)) - set(joined)), len(joined) - len(set(joined))
            repeated = f", and {twice} indices come again that were in a part already" if twice else ""
            return f"Of {n} indices, {missing} {'is' if missing == 1 else 'are'} in no part{repeated}."
    return "Every index comes once: compare the sizes of the parts, and whether their order is left to chance."


def _batches(trial):
    """For mini-batches: how many examples come more than once in an epoch, and how many never."""
    for (X, *_), value in _results(trial):
        firsts = [pair[0] for pair in value if isinstance(pair, (list, tuple)) and pair] if value else []
        rows = [_array(part) for part in firsts]
        if not rows or any(part is None or part.ndim != 2 for part in rows):
            return None
        seen = [tuple(row) for row in chain.from_iterable(rows)]
        missing = len({tuple(row) for row in X} - set(seen))
        if missing or len(seen) != len(X):
            repeated = len(seen) - len(set(seen))
            again = f" {repeated} are repeats." if repeated else ""
            return (
                f"Your batches hold {len(seen)} examples in all, but {missing} of the {len(X)} in X are missing.{again}"
            )
    return "Every example comes once in an epoch: look at the order, and at the sizes of the batches."


_KINDS = {
    "normal_init": _spread,
    "scaled_init": _spread,
    "xavier_init": _spread,
    "he_init": _spread,
    "dropout": _mask,
    "inverted_dropout": _mask,
    "split": _parts,
    "minibatches": _batches,
}


def what_the_numbers_show(trial):
    """Say what the statistics of a random answer show.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    str or None
        One or two sentences; None where nothing came back that could be counted.
    """
    look = _KINDS.get(trial.exercise.name)
    try:
        return look(trial) if look else None
    except (TypeError, ValueError, IndexError):  # an answer that is not built as it should be
        return None
