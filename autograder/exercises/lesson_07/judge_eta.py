"""A learning rate judged by the costs of a training run."""

from itertools import pairwise

import numpy as np

from autograder.exercises.parts import Exercise, unchanged, values


def judge_eta(costs):
    costs = np.asarray(costs, dtype=float)
    if not np.isfinite(costs).all() or (np.diff(costs) > 0.01 * costs[0]).any():
        return "too high"
    return "too low" if costs[-1] > 0.9 * costs[0] else "just right"


def _falling(rng, first, last, epochs):
    """Costs that fall from first to last, faster at the beginning."""
    shape = np.exp(-rng.uniform(2, 4) * np.linspace(0, 1, epochs))
    return last + (first - last) * (shape - shape[-1]) / (shape[0] - shape[-1])


def _judge_probes(rng):
    first = float(rng.uniform(1.5, 3))
    steady = _falling(rng, first, 0.1 * first, 9)
    slow = _falling(rng, first, rng.uniform(0.93, 0.97) * first, 7)
    bumpy = _falling(rng, first, 0.3 * first, 8)
    bumpy[4] = bumpy[3] + rng.uniform(0.1, 0.3) * first
    exploding = first * np.array([1, 1.5, 4, 9, 30])
    # A rise that is large beside the small cost it follows, and small beside the first.
    wobble = _falling(rng, first, 0.05 * first, 8)
    wobble[6] = wobble[5] + 0.006 * first
    jumping = _falling(rng, first, 0.3 * first, 8)
    jumping[3] = rng.uniform(1.2, 1.6) * first
    sudden = first * np.array([1, 0.99, 0.975, 0.96, float(rng.uniform(0.4, 0.6))])
    creeping = _falling(rng, first, 0.97 * first, 6)
    creeping[3] = creeping[2] + 0.005 * first
    # A rise in the last epoch, of 2 % of the first cost.
    late = _falling(rng, first, 0.2 * first, 10)
    late[9] = late[8] + 0.02 * first
    with_nan, with_inf = steady.copy(), steady.copy()
    with_nan[3:], with_inf[5] = np.nan, np.inf
    half = _falling(rng, first, rng.uniform(0.6, 0.8) * first, 6)
    barely_slow = _falling(rng, first, 0.905 * first, 6)
    gap = _falling(rng, first, 0.95 * first, 6)
    gap[2] = np.nan
    from_inf = steady.copy()
    from_inf[0] = np.inf
    small = 1e-3 * _falling(rng, first, 0.4 * first, 7)
    small[3] = small[2] + 1e-3 * 0.05 * first
    # A great fall at once: what comes after is small beside the first cost, and not beside the second.
    plunge = first * np.array([1, 0.4, 0.406, 0.39])
    curves = [steady, slow, bumpy, exploding, wobble, creeping, late, with_nan, with_inf, half, barely_slow, gap]
    curves += [small, jumping, sudden, plunge, from_inf]
    return [(list(map(float, costs)),) for costs in curves]


def _loop_judge(costs):
    for number, cost in enumerate(costs):
        if cost != cost or abs(cost) == float("inf"):
            return "too high"
        if number and cost - costs[number - 1] > costs[0] / 100:
            return "too high"
    return "too low" if costs[-1] / costs[0] > 0.9 else "just right"


EXERCISE = Exercise(
    points=2,
    equation="too high: a cost is not finite, or C_(t+1) − C_t > 0.01 C_0 for some t; else too low: C_last > 0.9 C_0; "
    "else just right",
    probes=_judge_probes,
    requirements=[
        values(1, "steady, slow and exploding costs", only=[0, 1, 2, 3, 9, 10, 13, 14, 15]),
        values(0.5, "costs that are not finite", only=[7, 8, 11, 16]),
        values(0.25, "small rises and late ones", only=[4, 5, 6, 12]),
        unchanged(0.25),
    ],
    variants=[
        _loop_judge,
        lambda costs: (
            "too high"
            if not all(np.isfinite(costs)) or any(b - a > 0.01 * costs[0] for a, b in pairwise(costs))
            else ("just right" if costs[-1] <= 0.9 * costs[0] else "too low")
        ),
        lambda costs: np.array(["just right", "too low", "too high"])[
            2
            if not np.max(np.diff(costs, prepend=costs[0])) <= 0.01 * costs[0] or np.isinf(costs).any()
            else int(costs[-1] > 0.9 * costs[0])
        ],
    ],
)
