"""The largest power of ten at which training is steady."""

from itertools import pairwise

import numpy as np

from autograder.exercises.parts import Exercise, cases, shapes, values


def find_eta(costs_for, start=0.01):
    def works(eta):
        costs = np.asarray(costs_for(eta))
        return np.isfinite(costs).all() and (np.diff(costs) < 0).all()

    eta = start
    while not works(eta):
        eta /= 10
    if eta == start:
        while works(10 * eta):
            eta *= 10
    return eta


def _steady(costs):
    costs = np.asarray(costs, dtype=float)
    return bool(np.isfinite(costs).all() and (np.diff(costs) < 0).all())


def _runs_up_to(limit, beyond):
    """Return the costs of runs that fall while η is below the limit; ``beyond`` gives those above it."""

    def costs_for(eta):
        if not 1e-12 < eta < 1e9:
            raise ValueError(f"eta = {eta:g} is far beyond anything useful: does the search ever turn around or end?")
        share = eta / limit
        falling = [2 * (0.4 + 0.6 * np.exp(-3 * share * t)) for t in range(6)]
        if share < 1:
            return falling
        return beyond(falling)

    costs_for.in_words = _in_words(costs_for, limit)
    return costs_for


def _in_words(costs_for, limit):
    """Say for a failing case what the costs are for the last power of ten that works, and for the next one."""
    last = 10.0 ** np.floor(np.log10(limit))
    shown = (
        f"costs_for({eta:g}) = [{', '.join(f'{cost:.3g}' for cost in costs_for(eta))}]" for eta in (last, 10 * last)
    )
    return "; ".join(shown)


def _explodes(costs):
    return [*costs[:3], 40.0, np.inf, np.nan]


def _oscillates(costs):
    """Up and down, but lower in the end."""
    return [2.0, 1.4, 1.9, 1.2, 1.6, 0.9]


def _stalls(costs):
    """Down, and then the same cost again."""
    return [2.0, 1.5, 1.1, 1.1, 1.0, 0.8]


def _turns_nan(costs):
    """A fall that ends in nan."""
    return [2.0, 1.5, 1.2, 1.0, 0.9, np.nan]


def _climbs(costs):
    return [2.0, 2.1, 2.3, 2.6, 3.0, 3.5]


def _find_probes(rng):
    def limit(exponent):
        return float(rng.uniform(2, 6)) * 10.0**exponent

    up, down = int(rng.integers(0, 2)), int(rng.integers(-6, -4))
    return [
        (_runs_up_to(limit(up), _oscillates), 0.01),
        (_runs_up_to(limit(down), _explodes), 0.01),
        (_runs_up_to(limit(-2), _climbs), 0.01),
        (_runs_up_to(limit(up - 1), _turns_nan), 0.001),
        (_runs_up_to(limit(down + 1), _oscillates), 1.0),
        (_runs_up_to(limit(-3), _stalls), 0.1),
        (_runs_up_to(limit(2), _turns_nan), 1.0),
        # Just above a power of ten.
        (_runs_up_to(1.05 * 10.0**up, _oscillates), 0.01),
    ]


def _from_above(costs_for, start=0.01):
    exponent = 8
    while True:
        costs = list(costs_for(10.0**exponent))
        if all(np.isfinite(costs)) and costs == sorted(costs, reverse=True) and len(set(costs)) == len(costs):
            return 10.0**exponent
        exponent -= 1


def _recursive_find(costs_for, start=0.01):
    def falls(eta):
        costs = costs_for(eta)
        return all(np.isfinite(c) for c in costs) and all(a > b for a, b in pairwise(costs))

    if not falls(start):
        return _recursive_find(costs_for, start / 10)
    return _recursive_find(costs_for, 10 * start) if falls(10 * start) else start


def _exponent_find(costs_for, start=0.01):
    k = round(np.log10(start))
    while not _steady(costs_for(10.0**k)):
        k -= 1
    while _steady(costs_for(10.0 ** (k + 1))):
        k += 1
    return np.float64(10.0**k)


EXERCISE = Exercise(
    points=2,
    equation="the largest η = 10^k for which all costs are finite and C_(t+1) < C_t throughout",
    probes=_find_probes,
    requirements=[
        values(1, "the start too high, too low and right", only=[0, 1, 2, 4, 7]),
        values(0.5, "nan, and costs that stay the same", only=[3, 5, 6]),
        cases("started from the default 0.01", 0.25, lambda rng: [args[:1] for args in _find_probes(rng)[:2]]),
        shapes(0.25, "one number"),
    ],
    seconds=3.0,
    variants=[_from_above, _recursive_find, _exponent_find],
)
