"""Training, validation and test examples."""

from itertools import pairwise

import numpy as np

from autograder.exercises.parts import Exercise, Requirement, problem_in, said, trouble


def split(n, fractions, rng):
    order = rng.permutation(n)
    ends = [round(share * n) for share in np.cumsum(fractions)]
    return np.split(order, ends[:-1])


def _boundaries(n, fractions):
    return [round(float(share) * n) for share in np.cumsum(fractions)]


# Cumulative fractions whose product with n is never near a half, so that every way of rounding agrees; n is drawn
# such that rounding each part for itself, and cutting off what follows the point, give other sizes.
_SHARES = [(0.6, 0.25, 0.15), (0.7, 0.3), (0.36, 0.28, 0.2, 0.16)]


def _split_sizes(n, fractions):
    return list(np.diff([0, *_boundaries(n, fractions)]))


def _tells_roundings_apart(n, fractions):
    cumulative = np.cumsum(fractions) * n
    right = _split_sizes(n, fractions)
    near_half = np.abs(cumulative % 1 - 0.5).min() < 0.04
    floors = list(np.diff([0, *(int(c + 1e-9) for c in cumulative)]))
    return not near_half and right != floors


def _split_probes(rng):
    found = []
    for fractions in _SHARES:
        n = next(int(n) for n in rng.permutation(np.arange(80, 180)) if _tells_roundings_apart(n, fractions))
        found.append((n, fractions, np.random.default_rng(int(rng.integers(1000)))))
    return found


def _index_parts(outcome, exercise):
    """Return the parts as lists of int; raise ValueError with the problem if they are anything else."""
    problem = trouble(outcome, exercise)
    if problem:
        raise ValueError(problem)
    if not isinstance(outcome.value, (list, tuple)):
        raise ValueError(said("the result must be a tuple or list of index arrays, one for each fraction.", "list"))
    parts = []
    for part in outcome.value:
        try:
            array = np.asarray(part)
        except ValueError:
            array = np.asarray(None)
        if array.dtype.kind == "b":
            sentence = "the parts are masks of True and False, but they should be the indices themselves."
            raise ValueError(said(sentence, "masks"))
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            sentence = "every part must be a one-dimensional array of whole numbers: positions from 0 to n − 1."
            raise ValueError(said(sentence, "positions"))
        parts.append([int(index) for index in array])
    return parts


def _every_index_once(trial):
    for outcome, (n, _, _) in zip(trial.outcomes, trial.probes, strict=True):
        try:
            parts = _index_parts(outcome, trial.exercise)
        except ValueError as error:
            return problem_in(error)
        joined = [index for part in parts for index in part]
        if any(not 0 <= index < n for index in joined):
            return f"with n = {n} some indices are outside 0 … n − 1."
        if len(set(joined)) < len(joined):
            return f"with n = {n} some indices occur more than once: an example may be in only one part."
        if len(joined) < n:
            return f"with n = {n} some indices are in no part."
    return None


def _part_sizes(trial):
    for outcome, (n, fractions, _) in zip(trial.outcomes, trial.probes, strict=True):
        try:
            sizes = [len(part) for part in _index_parts(outcome, trial.exercise)]
        except ValueError as error:
            return problem_in(error)
        if len(sizes) != len(fractions):
            return f"{len(sizes)} parts were returned for {len(fractions)} fractions."
        if sizes != _split_sizes(n, fractions):
            return (
                f"for {n} examples and the fractions {fractions} the parts have sizes {sizes}: the boundaries "
                "should be the cumulative fractions times n, rounded."
            )
    return None


def _memberships(trial, seed):
    n, fractions, _ = trial.probes[0]
    outcome = trial.call((n, fractions, np.random.default_rng(seed)))
    return [frozenset(part) for part in _index_parts(outcome, trial.exercise)]


def _random_parts(trial):
    try:
        one, again, other = (_memberships(trial, seed) for seed in (3, 3, 4))
    except ValueError as error:
        return problem_in(error)
    if one != again:
        return "the same rng in the same state gave two different splits: draw from the rng that is passed in."
    if one == other:
        return "two different rngs gave the same parts: the split isn't random."
    first = one[0]
    if sum(index + 1 in first for index in first) > 0.85 * len(first):
        return "the first part is a run of neighbours: shuffle the examples before you cut."
    return None


def _split_facts(trial):
    try:
        parts = [_index_parts(outcome, trial.exercise) for outcome in trial.outcomes]
    except ValueError as error:
        return {"form": problem_in(error).label}
    sizes = tuple(tuple(len(part) for part in probe) for probe in parts)
    joined = [[index for part in probe for index in part] for probe in parts]
    lowest = min((min(probe) for probe in joined if probe), default=0)
    highest = any(max(probe, default=0) >= n for probe, (n, _, _) in zip(joined, trial.probes, strict=True))
    repeats = tuple(len(set(probe)) < len(probe) for probe in joined)
    inside = any(len(set(part)) < len(part) for probe in parts for part in probe)
    starts = [np.cumsum([0, *map(len, probe)]) for probe in parts]
    # Where the parts overlap by chance, their sizes are a fact all the same.
    return {
        "sizes": sizes,
        "range": (lowest, highest),
        "repeats": any(repeats),
        "inside": inside,
        "positions": all(
            max(part, default=0) < n - start
            for probe, offsets, (n, _, _) in zip(parts, starts, trial.probes, strict=True)
            for part, start in zip(probe, offsets, strict=False)
        ),
        "random": _random_parts(trial),
        "run": all(max(probe[0]) - min(probe[0]) < len(probe[0]) for probe in parts if probe and probe[0]),
        "cut in place": any(
            probe[-1] == list(range(n))[-len(probe[-1]) :]
            for probe, (n, _, _) in zip(parts, trial.probes, strict=True)
            if probe and len(probe) > 1
        ),
        "in order": all(list(part) == sorted(part) for probe in parts for part in probe),
    }


def _listed_split(n, fractions, rng):
    order, parts, start, share = list(range(n)), [], 0, 0.0
    rng.shuffle(order)
    for fraction in fractions:
        share += fraction
        end = int(np.floor(share * n + 0.5))
        parts.append(order[start:end])
        start = end
    return parts


def _sorted_keys_split(n, fractions, rng):
    order = np.argsort(rng.random(n))
    edges = [0, *np.rint(np.cumsum(fractions) * n).astype(int)]
    return tuple(np.sort(order[a:b]) for a, b in pairwise(edges))


def _owner_split(n, fractions, rng):
    owner = np.repeat(np.arange(len(fractions)), _split_sizes(n, fractions))
    owner = rng.permutation(owner)
    return [np.flatnonzero(owner == part) for part in range(len(fractions))]


EXERCISE = Exercise(
    points=1,
    equation="parts of 0 … n − 1 in a random order, with boundaries at round(n · (f_1 + … + f_i))",
    probes=_split_probes,
    comparable=False,
    observe=_split_facts,
    requirements=[
        Requirement("every index once", 0.5, _every_index_once),
        Requirement("sizes of the parts", 0.25, _part_sizes),
        Requirement("at random, drawn from rng", 0.25, _random_parts),
    ],
    variants=[_listed_split, _sorted_keys_split, _owner_split],
)
