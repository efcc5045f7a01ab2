"""Lesson 7, tuning: seven exercises and the capstone, their probes and the mistakes that are known by name."""

import hashlib
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from autograder import probes
from autograder.calls import StandIn, is_function
from autograder.exercise import Exercise, Mistake, Requirement
from autograder.inspection import modules_entered, names_used
from autograder.recall import Question
from autograder.requirements import cases, shapes, trouble, unchanged, values
from nblib.activations import relu, relu_prime, softmax
from nblib.augmentation import add_noise, augment
from nblib.backprop import backprop
from nblib.data import load_digits, one_hot
from nblib.initialization import he_init, scaled_init, weighted_input_std
from nblib.network import predict
from nblib.optimizers import early_stopping, momentum_step, plateau_schedule, sgd_step
from nblib.training import minibatches, train

LESSON = "07-tuning"


# --- split -----------------------------------------------------------------------------------------------------------


def split(n, fractions, rng):
    """Reference: one random order, cut at the rounded cumulative fractions."""
    return np.split(rng.permutation(n), _boundaries(n, fractions)[:-1])


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
    """The parts as lists of int; ValueError with a sentence where they are not that."""
    problem = trouble(outcome, exercise)
    if problem:
        raise ValueError(problem)
    if not isinstance(outcome.value, (list, tuple)):
        raise ValueError("a tuple or list of index arrays is expected, one for each fraction.")
    parts = []
    for part in outcome.value:
        try:
            array = np.asarray(part)
        except ValueError:
            array = np.asarray(None)
        if array.dtype.kind == "b":
            raise ValueError("the parts are masks of True and False; the indices themselves are expected.")
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise ValueError(
                "every part has to be a one-dimensional array of whole numbers: positions from 0 to n − 1."
            )
        parts.append([int(index) for index in array])
    return parts


def _every_index_once(trial):
    for outcome, (n, _, _) in zip(trial.outcomes, trial.probes, strict=True):
        try:
            parts = _index_parts(outcome, trial.exercise)
        except ValueError as error:
            return str(error)
        joined = [index for part in parts for index in part]
        if any(not 0 <= index < n for index in joined):
            return f"with n = {n} there are indices that are not among 0 … n − 1."
        if len(set(joined)) < len(joined):
            return f"with n = {n} some indices come more than once: an example may be in one part only."
        if len(joined) < n:
            return f"with n = {n} some indices are in no part."
    return None


def _part_sizes(trial):
    for outcome, (n, fractions, _) in zip(trial.outcomes, trial.probes, strict=True):
        try:
            sizes = [len(part) for part in _index_parts(outcome, trial.exercise)]
        except ValueError as error:
            return str(error)
        if len(sizes) != len(fractions):
            return f"{len(sizes)} parts came for {len(fractions)} fractions."
        if sizes != _split_sizes(n, fractions):
            return (
                f"{n} examples in the shares {fractions} came as parts of {sizes}: the boundaries are to be the "
                "cumulative fractions times n, rounded."
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
        return str(error)
    if one != again:
        return "the same rng in the same state gave two different splits: draw from the rng that is passed."
    if one == other:
        return "two different rngs gave the same parts: which example goes where is not left to chance."
    first = one[0]
    if sum(index + 1 in first for index in first) > 0.85 * len(first):
        return "the first part is a run of neighbours: shuffle the examples before you cut."
    return None


def _split_facts(trial):
    try:
        parts = [_index_parts(outcome, trial.exercise) for outcome in trial.outcomes]
    except ValueError as error:
        return {"form": str(error)[:40]}
    sizes = tuple(tuple(len(part) for part in probe) for probe in parts)
    joined = [[index for part in probe for index in part] for probe in parts]
    lowest = min((min(probe) for probe in joined if probe), default=0)
    highest = any(max(probe, default=0) >= n for probe, (n, _, _) in zip(joined, trial.probes, strict=True))
    repeats = tuple(len(set(probe)) < len(probe) for probe in joined)
    inside = any(len(set(part)) < len(part) for probe in parts for part in probe)
    # Where the parts overlap by chance, their sizes are a fact all the same.
    return {
        "sizes": sizes,
        "range": (lowest, highest),
        "repeats": any(repeats),
        "inside": inside,
        "random": _random_parts(trial),
        "run": all(max(probe[0]) - min(probe[0]) < len(probe[0]) for probe in parts if probe and probe[0]),
        "in order": all(list(part) == sorted(part) for probe in parts for part in probe),
    }


def _cut_order(order, boundaries):
    return tuple(np.split(np.asarray(order), boundaries))


def _split_by(order=lambda n, rng: rng.permutation(n), boundaries=lambda n, f: _boundaries(n, f)[:-1]):
    """A split with one step of it replaced."""
    return lambda n, fractions, rng: _cut_order(order(n, rng), boundaries(n, fractions))


def _drawn_apart(n, fractions, rng):
    return tuple(rng.choice(n, size, replace=False) for size in _split_sizes(n, fractions))


def _shuffled_inside(n, fractions, rng):
    return tuple(rng.permutation(part) for part in np.split(np.arange(n), _boundaries(n, fractions)[:-1]))


def _rest_lost(n, fractions, rng):
    order, parts, start = rng.permutation(n), [], 0
    for fraction in fractions:
        size = int(fraction * n)
        parts.append(order[start : start + size])
        start += size
    return tuple(parts)


def _masks(n, fractions, rng):
    masks = []
    for part in split(n, fractions, rng):
        mask = np.zeros(n, dtype=bool)
        mask[part] = True
        masks.append(mask)
    return masks


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


SPLIT = Exercise(
    name="split",
    lesson=LESSON,
    points=1,
    equation="parts of 0 … n − 1 in a random order, with boundaries at round(n · (f_1 + … + f_i))",
    reference=split,
    probes=_split_probes,
    comparable=False,
    observe=_split_facts,
    requirements=[
        Requirement("every index once", 0.5, _every_index_once),
        Requirement("sizes of the parts", 0.25, _part_sizes),
        Requirement("at random, drawn from rng", 0.25, _random_parts),
    ],
    mistakes=[
        Mistake(
            "overlap",
            _drawn_apart,
            "Each part was drawn from all examples anew, so the parts overlap. An example of the test set that is in the "
            "training set as well tests nothing: draw one order, and cut it.",
        ),
        Mistake(
            "with-replacement",
            _split_by(lambda n, rng: rng.integers(n, size=n)),
            "The indices were drawn with replacement: some come several times, others never. An order of all n is "
            "wanted, not n draws.",
        ),
        Mistake(
            "rest-lost",
            _rest_lost,
            "The parts do not reach the end: each size was rounded down for itself, and what was cut off is in no part. "
            "Round the cumulative fractions, and the last boundary is n by itself.",
        ),
        Mistake(
            "rounded-down",
            _split_by(boundaries=lambda n, f: [int(c * n + 1e-9) for c in np.cumsum(f)[:-1]]),
            "Some boundaries lie one too low: what follows the point was cut off. They are to be rounded to the nearest "
            "whole number.",
        ),
        Mistake(
            "not-shuffled",
            _split_by(lambda n, rng: np.arange(n)),
            "The parts are runs of neighbours, the same for every rng. If the data are sorted, the test set then holds "
            "classes that training never saw.",
        ),
        Mistake(
            "shuffled-inside-parts",
            _shuffled_inside,
            "Each part is shuffled in itself, but the examples of each part are still neighbours in the data. Shuffle "
            "before you cut, not after.",
        ),
        Mistake(
            "rng-not-used",
            _split_by(lambda n, rng: np.random.default_rng().permutation(n)),
            "The same rng gives another split each time: the order does not come from it. Nobody could repeat your "
            "experiment, yourself included.",
        ),
        Mistake(
            "fixed-seed",
            _split_by(lambda n, rng: np.random.default_rng(0).permutation(n)),
            "The split is the same for every rng that is passed: a generator with a fixed seed is built inside.",
        ),
        Mistake(
            "each-size-rounded",
            _split_by(boundaries=lambda n, f: np.cumsum([round(share * n) for share in f[:-1]])),
            "The size of each part was rounded for itself, and the errors of rounding add up from part to part. It is the "
            "boundary that is rounded: n times the sum of the fractions so far.",
        ),
        Mistake(
            "all-from-the-start",
            lambda n, fractions, rng: (lambda order: [order[:end] for end in _boundaries(n, fractions)])(
                rng.permutation(n)
            ),
            "Every part begins at 0, so each holds all the parts before it. A part begins where the one before it ends.",
        ),
        Mistake(
            "not-cumulative",
            _split_by(boundaries=lambda n, f: sorted(round(share * n) for share in f[:-1])),
            "The fractions themselves were used as boundaries. A boundary lies where a part ends, so the fractions "
            "before it have to be added up.",
        ),
        Mistake(
            "from-one",
            _split_by(lambda n, rng: rng.permutation(n) + 1),
            "The indices run from 1 to n. Positions in an array count from 0, and n is behind its end.",
        ),
        Mistake(
            "masks",
            _masks,
            "Masks of True and False came back. They say the same, but the lesson goes on with the indices themselves.",
        ),
        Mistake(
            "parts-reversed",
            lambda n, fractions, rng: split(n, fractions, rng)[::-1],
            "The parts stand in the reverse order: the first part belongs to the first fraction.",
        ),
        Mistake(
            "equal-parts",
            lambda n, fractions, rng: np.array_split(rng.permutation(n), len(fractions)),
            "All parts have the same size: the fractions play no part.",
        ),
        Mistake(
            "last-missing",
            lambda n, fractions, rng: split(n, fractions, rng)[:-1],
            "The part of the last fraction is missing. With k fractions there are k parts, and k − 1 cuts between them.",
        ),
        Mistake(
            "empty-part",
            lambda n, fractions, rng: np.split(rng.permutation(n), _boundaries(n, fractions)),
            "One part too many came back, an empty one: the last boundary is n itself, and nothing follows it.",
        ),
    ],
    variants=[_listed_split, _sorted_keys_split, _owner_split],
)


# --- judge_eta -------------------------------------------------------------------------------------------------------

TOO_HIGH, TOO_LOW, JUST_RIGHT = "too high", "too low", "just right"


def judge_eta(costs):
    """Reference: a blow-up or a rise, else a slow fall, else fine."""
    costs = np.asarray(costs, dtype=float)
    if not np.isfinite(costs).all() or (np.diff(costs) > 0.01 * costs[0]).any():
        return TOO_HIGH
    return TOO_LOW if costs[-1] > 0.9 * costs[0] else JUST_RIGHT


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
    return [
        (list(map(float, costs)),)
        for costs in (
            steady,
            slow,
            bumpy,
            exploding,
            wobble,
            creeping,
            late,
            with_nan,
            with_inf,
            half,
            barely_slow,
            gap,
            small,
            jumping,
            sudden,
            plunge,
            from_inf,
        )
    ]


def _judged(high=None, low=None, order=(0, 1), names=(TOO_HIGH, TOO_LOW, JUST_RIGHT)):
    """A judgement with one of its tests, or their order, replaced."""
    high = high or (lambda c: not np.isfinite(c).all() or (np.diff(c) > 0.01 * c[0]).any())
    low = low or (lambda c: c[-1] > 0.9 * c[0])

    def judge(costs):
        costs = np.asarray(costs, dtype=float)
        found = [high(costs), low(costs)]
        for test in order:
            if found[test]:
                return names[test]
        return names[2]

    return judge


def _loop_judge(costs):
    for number, cost in enumerate(costs):
        if cost != cost or abs(cost) == float("inf"):
            return "too high"
        if number and cost - costs[number - 1] > costs[0] / 100:
            return "too high"
    return "too low" if costs[-1] / costs[0] > 0.9 else "just right"


JUDGE_ETA = Exercise(
    name="judge_eta",
    lesson=LESSON,
    points=2,
    equation="too high: a cost is not finite, or C_(t+1) − C_t > 0.01 C_0 for some t; else too low: C_last > 0.9 C_0; "
    "else just right",
    reference=judge_eta,
    probes=_judge_probes,
    requirements=[
        values(1, "steady, slow and exploding costs", only=[0, 1, 2, 3, 9, 10, 13, 14, 15]),
        values(0.5, "costs that are not finite", only=[7, 8, 11, 16]),
        values(0.25, "small rises and late ones", only=[4, 5, 6, 12]),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "nan-not-seen",
            _judged(high=lambda c: np.isinf(c).any() or (np.diff(c) > 0.01 * c[0]).any()),
            "A cost of nan went unnoticed. Every comparison with nan is False, so a test of the form “has it grown?” "
            "lets it pass; ask for it by name.",
        ),
        Mistake(
            "not-finite-not-seen",
            _judged(high=lambda c: bool(c[-1] > c[0]) or (np.diff(c[np.isfinite(c)]) > 0.01 * c[0]).any()),
            "Costs that are not finite count as if they were not there. nan and inf are what an exploding cost ends in: "
            "the first thing to test.",
        ),
        Mistake(
            "inf-not-seen",
            _judged(high=lambda c: np.isnan(c).any() or (np.diff(c[np.isfinite(c)]) > 0.01 * c[0]).any()),
            "A cost of inf went unnoticed; nan was found. Neither is finite.",
        ),
        Mistake(
            "last-tested-for-finite",
            _judged(high=lambda c: not np.isfinite(c[-1]) or (np.diff(c) > 0.01 * c[0]).any()),
            "Only the last cost was tested for nan and inf. One in between counts as well, even if the costs come back "
            "from it.",
        ),
        Mistake(
            "first-inf-not-seen",
            _judged(high=lambda c: np.isnan(c).any() or (np.diff(c) > 0.01 * c[0]).any()),
            "A first cost of inf went unnoticed: nothing after it is a rise, and everything is below 0.9 of it. Ask for "
            "inf by name, as for nan.",
        ),
        Mistake(
            "rise-before-not-seen",
            _judged(high=lambda c: not np.isfinite(c).all() or c[-1] > 1.01 * c[0]),
            "Only the last cost was held against the first. A cost that jumps up in between and comes down again "
            "oscillates: every epoch has to be held against the one before.",
        ),
        Mistake(
            "last-step-only",
            _judged(high=lambda c: not np.isfinite(c).all() or c[-1] - c[-2] > 0.01 * c[0]),
            "Only the last step was tested for a rise. A rise anywhere counts.",
        ),
        Mistake(
            "any-rise",
            _judged(high=lambda c: not np.isfinite(c).all() or (np.diff(c) > 0).any()),
            "Every rise counts, however small. Mini-batches make the cost tremble a little; only a rise of more than 1 % "
            "of the first cost is one.",
        ),
        Mistake(
            "relative-to-previous",
            _judged(high=lambda c: not np.isfinite(c).all() or (np.diff(c) > 0.01 * c[:-1]).any()),
            "The rise was measured against the cost just before it, which is small late in training. The scale is 1 % of "
            "the first cost.",
        ),
        Mistake(
            "absolute-rise",
            _judged(high=lambda c: not np.isfinite(c).all() or (np.diff(c) > 0.01).any()),
            "The rise was held against the number 0.01. A cost may be measured in any unit: 1 % of the first cost is the "
            "scale.",
        ),
        Mistake(
            "above-the-first",
            _judged(high=lambda c: not np.isfinite(c).all() or (c > 1.01 * c[0]).any()),
            "Costs were held against the first cost. An oscillation can stay below it; what counts is a rise from one "
            "epoch to the next.",
        ),
        Mistake(
            "ten-percent-left",
            _judged(low=lambda c: c[-1] > 0.1 * c[0]),
            "Costs that fell to a half, or a third, count as too low an η. Too low means that less than a tenth of the "
            "first cost is gone, not that more than a tenth is left.",
        ),
        Mistake(
            "slow-first",
            _judged(order=(1, 0)),
            "A cost that explodes is more than 0.9 of the first one as well. Test for too high first, else it is called "
            "too low.",
        ),
        Mistake(
            "labels-swapped",
            _judged(names=(TOO_LOW, TOO_HIGH, JUST_RIGHT)),
            "“too high” and “too low” have changed places: an η that is too high makes the cost explode.",
        ),
        Mistake(
            "slow-by-last-step",
            _judged(low=lambda c: c[-1] > 0.9 * c[-2]),
            "The last cost was held against the one before it. Every training slows down in the end; the fall over the "
            "whole run is meant.",
        ),
        Mistake(
            "last-missing",
            lambda costs: judge_eta(costs[:-1]),
            "The last cost was left out: a run that blows up, or falls, in its very last epoch is judged as if it had not. "
            "C_last is the last of all.",
        ),
        Mistake(
            "slow-not-seen",
            _judged(low=lambda c: c[-1] >= c[0]),
            "A cost that hardly falls counts as just right. Below 0.9 of the first is where just right begins.",
        ),
        Mistake(
            "one-word",
            lambda costs: {TOO_HIGH: "high", TOO_LOW: "low", JUST_RIGHT: "right"}[judge_eta(costs)],
            "The judgement is right, but not in these words: “too high”, “too low” and “just right” are asked for, word "
            "for word.",
        ),
        Mistake(
            "capitals",
            lambda costs: judge_eta(costs).capitalize(),
            "The judgement is right, but it begins with a capital: the words are asked for in small letters.",
        ),
        Mistake(
            "underscores",
            lambda costs: judge_eta(costs).replace(" ", "_"),
            "The judgement is right, but not in these words: there is a space in them.",
        ),
    ],
    variants=[
        _loop_judge,
        lambda costs: (
            "too high"
            if not all(np.isfinite(costs)) or any(b - a > 0.01 * costs[0] for a, b in pairwise(costs))
            else ("just right" if costs[-1] <= 0.9 * costs[0] else "too low")
        ),
        lambda costs: np.array([JUST_RIGHT, TOO_LOW, TOO_HIGH])[
            2
            if not np.max(np.diff(costs, prepend=costs[0])) <= 0.01 * costs[0] or np.isinf(costs).any()
            else int(costs[-1] > 0.9 * costs[0])
        ],
    ],
)


# --- find_eta --------------------------------------------------------------------------------------------------------


def _steady(costs):
    costs = np.asarray(costs, dtype=float)
    return bool(np.isfinite(costs).all() and (np.diff(costs) < 0).all())


def find_eta(costs_for, start=0.01):
    """Reference: up while the next power of ten works, else down until one does."""
    eta = start
    if _steady(costs_for(eta)):
        while _steady(costs_for(10 * eta)):
            eta *= 10
        return eta
    while not _steady(costs_for(eta)):
        eta /= 10
    return eta


def _runs_up_to(limit, beyond):
    """Costs of runs that fall while η is below the limit; ``beyond`` says what happens above it."""

    def costs_for(eta):
        if not 1e-12 < eta < 1e9:
            raise ValueError(f"eta = {eta:g} is far beyond anything useful: does the search ever turn or end?")
        share = eta / limit
        falling = [2 * (0.4 + 0.6 * np.exp(-3 * share * t)) for t in range(6)]
        if share < 1:
            return falling
        return beyond(falling)

    return costs_for


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


def _search(good=_steady, factor=10.0, up=True, down=True, result=lambda last, failed: last):
    """A search with one of its steps replaced; ``result`` is told the last η that worked and the one that did not."""

    def search(costs_for, start=0.01):
        eta = start
        if good(costs_for(eta)):
            while up and good(costs_for(eta * factor)):
                eta *= factor
            return result(eta, eta * factor)
        while down:
            eta /= factor
            if good(costs_for(eta)):
                break
        return result(eta, eta * factor)

    return search


def _one_up_only(costs_for, start=0.01):
    eta = start
    if not _steady(costs_for(eta)):
        return eta / 10
    return 10 * eta if _steady(costs_for(10 * eta)) else eta


def _best_last_cost(costs_for, start=0.01):
    grid = [start * 10.0**k for k in range(-7, 5)]
    last = [costs_for(eta)[-1] for eta in grid]
    return grid[int(np.nanargmin(last))]


def _judging_search(costs_for, start=0.01):
    eta = start
    while judge_eta(costs_for(eta)) == TOO_LOW:
        eta *= 10
    while judge_eta(costs_for(eta)) == TOO_HIGH:
        eta /= 10
    return eta


def _short_grid(costs_for, start=0.01):
    return max((eta for eta in (0.001, 0.01, 0.1, 1.0) if _steady(costs_for(eta))), default=0.001)


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


FIND_ETA = Exercise(
    name="find_eta",
    lesson=LESSON,
    points=2,
    equation="the largest η = 10^k for which all costs are finite and C_(t+1) < C_t throughout",
    reference=find_eta,
    probes=_find_probes,
    requirements=[
        values(1, "the start too high, too low and right", only=[0, 1, 2, 4, 7]),
        values(0.5, "nan, and costs that stand still", only=[3, 5, 6]),
        cases("started from the default 0.01", 0.25, lambda rng: [args[:1] for args in _find_probes(rng)[:2]]),
        shapes(0.25, "one number"),
    ],
    seconds=3.0,
    mistakes=[
        Mistake(
            "stops-at-once",
            lambda costs_for, start=0.01: start,
            "The start came back, whatever its costs do. The search has to move: up while that works, down while it does "
            "not.",
        ),
        Mistake(
            "never-goes-down",
            _search(down=False),
            "Where the start is too high it came back all the same. If the cost does not fall steadily there, η has to "
            "become smaller until it does.",
        ),
        Mistake(
            "never-goes-up",
            _search(up=False),
            "The first η that works came back; a larger one would have worked as well. The largest is wanted, so go on "
            "until the next one fails.",
        ),
        Mistake(
            "one-too-far",
            _search(result=lambda last, failed: failed),
            "Every η is ten times too large: this is the first that fails. The last that worked is wanted.",
        ),
        Mistake(
            "one-too-far-upwards",
            lambda costs_for, start=0.01: (
                10 * find_eta(costs_for, start) if _steady(costs_for(start)) else find_eta(costs_for, start)
            ),
            "Going up, the first η that fails came back; going down, the answer is right. Test the next η before you "
            "step to it, or take the last step back.",
        ),
        Mistake(
            "one-step-only",
            _one_up_only,
            "The search takes one step at most. The right order of magnitude can be several powers of ten away: repeat.",
        ),
        Mistake(
            "lower-in-the-end",
            _search(good=lambda c: bool(np.isfinite(c).all() and c[-1] < c[0])),
            "A run counts as good if its last cost lies below its first. A cost that goes up and down on the way does not "
            "fall steadily: each has to be below the one before.",
        ),
        Mistake(
            "judged-by-judge-eta",
            _judging_search,
            "judge_eta leads this search: up where it says “too low”, down where it says “too high”. It lets small rises "
            "and costs that stay the same pass, and where it is content a larger η may do as well. Ask whether each cost "
            "is below the one before, and go on until that fails.",
        ),
        Mistake(
            "standing-still-allowed",
            _search(good=lambda c: bool(np.isfinite(c).all() and (np.diff(c) <= 0).all())),
            "A cost that stays the same counts as falling. Each cost has to be below the one before.",
        ),
        Mistake(
            "nan-not-seen",
            _search(good=lambda c: not (np.diff(np.nan_to_num(c, nan=-1.0, posinf=1e9)) >= 0).any()),
            "A run that ends in nan counts as good. Comparisons with nan are always False, so “nowhere a rise” holds for "
            "it: ask for finite costs as well.",
        ),
        Mistake(
            "factor-two",
            _search(factor=2.0),
            "η is doubled and halved. The order of magnitude is wanted: powers of ten.",
        ),
        Mistake(
            "exponent",
            lambda costs_for, start=0.01: round(np.log10(find_eta(costs_for, start))),
            "The exponent came back. The η itself is wanted, ten to that power.",
        ),
        Mistake(
            "lowest-last-cost",
            _best_last_cost,
            "The η with the lowest last cost came back. A run can be lowest in the end and still have jumped up and down: "
            "a steady fall is asked for.",
        ),
        Mistake(
            "short-grid",
            _short_grid,
            "Only a few values of η were tried, and the right one can lie outside of them. Go on, from the start, until "
            "the costs say stop.",
        ),
        Mistake(
            "smallest",
            lambda costs_for, start=0.01: find_eta(costs_for, start) / 10,
            "Every η is ten times smaller than it could be: the next power of ten still falls steadily.",
        ),
    ],
    variants=[_from_above, _recursive_find, _exponent_find],
)


# --- plateau_schedule ------------------------------------------------------------------------------------------------


def _accuracies(rng, epochs):
    """A curve that rises, stalls, ties with its best, and rises again after long waits; in steps of 1/200."""
    levels, found = np.cumsum(rng.integers(2, 6, size=epochs)), []
    while len(found) < epochs:
        best = levels[len(found)]
        found.append(best)
        # A wait: below the best, now and then equal to it, and rising without reaching it.
        for position in range(int(rng.integers(1, 6))):
            found.append(best - int(rng.integers(0, 3)) * (position % 3 != 2))
    return [float(0.5 + value / 200) for value in found[:epochs]]


def _plateau_probes(rng):
    found = []
    for patience, factor, epochs in [(2, 2.0, 24), (3, 10.0, 31), (2, 5.0, 17), (4, 2.0, 40)]:
        found.append((_accuracies(rng, epochs), float(rng.uniform(0.1, 0.9)), patience, factor))
    # No improvement at all after the first epoch: the drops come one after the other.
    flat = [0.9] + [0.9 - 0.01 * float(k) for k in rng.integers(0, 4, size=13)]
    found.append((flat, 0.5, 3, 2.0))
    # Lower and lower, then up again, but never to the best of the beginning.
    found.append(([0.7, 0.8, 0.6, 0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.75], float(rng.uniform(1, 3)), 3, 4.0))
    # After the first drop lower still: only whoever forgets the best altogether sees an improvement here.
    found.append(([0.7, 0.8, 0.6, 0.65, 0.7, 0.66, 0.68, 0.69, 0.6, 0.6, 0.6], 0.6, 3, 3.0))
    return found


def _schedule(
    better=lambda accuracy, best, previous: accuracy > best,
    on_better=lambda waited: 0,
    on_worse=lambda waited: waited + 1,
    after_drop=lambda waited: 0,
    due=lambda waited, patience: waited >= patience,
    drop=lambda eta, factor: eta / factor,
    best_after_drop=lambda best: best,
    at_once=False,
):
    """A schedule with one of its steps replaced."""

    def schedule(accuracies, eta, patience, factor):
        etas, best, previous, waited = [], -np.inf, -np.inf, 0
        for accuracy in accuracies:
            if not at_once:
                etas.append(eta)
            waited = on_better(waited) if better(accuracy, best, previous) else on_worse(waited)
            best, previous = max(best, accuracy), accuracy
            if due(waited, patience):
                eta, waited, best = drop(eta, factor), after_drop(waited), best_after_drop(best)
            if at_once:
                etas.append(eta)
        return etas

    return schedule


def _drops_once(accuracies, eta, patience, factor):
    right = plateau_schedule(accuracies, eta, patience, factor)
    return [eta if value == eta else eta / factor for value in right]


def _history_schedule(accuracies, eta, patience, factor):
    """Written by looking back whether the last ``patience`` epochs have beaten all that was before."""
    etas, since = [], 0
    for epoch in range(len(accuracies)):
        etas.append(eta)
        recent = accuracies[epoch + 1 - patience : epoch + 1]
        if epoch + 1 - since >= patience and epoch + 1 - patience > 0:
            before = max(accuracies[: epoch + 1 - patience])
            if max(recent) <= before:
                eta, since = eta / factor, epoch + 1
    return etas


def _array_schedule(accuracies, eta, patience, factor):
    drops, best, waited, exponents = 0, None, 0, []
    for accuracy in accuracies:
        exponents.append(drops)
        if best is None or accuracy > best:
            best, waited = accuracy, 0
            continue
        waited += 1
        if waited % patience == 0:
            drops += 1
    return eta * np.power(1 / factor, np.array(exponents, dtype=float))


def _generator_schedule(accuracies, eta, patience, factor):
    best, left = float("-inf"), patience
    for accuracy in accuracies:
        yield eta
        left = patience if accuracy > best else left - 1
        best = max(best, accuracy)
        if not left:
            eta, left = eta / factor, patience


PLATEAU_SCHEDULE = Exercise(
    name="plateau_schedule",
    lesson=LESSON,
    points=2,
    equation="after `patience` epochs in a row without a strictly better accuracy: η ← η / factor from the next epoch on",
    reference=lambda accuracies, eta, patience, factor: plateau_schedule(accuracies, eta, patience, factor),
    probes=_plateau_probes,
    requirements=[
        values(1.25),
        cases("one epoch of patience", 0.25, lambda rng: [(_accuracies(rng, 12), 0.5, 1, 2.0)]),
        cases("no epochs, and one", 0.25, lambda rng: [([], 0.5, 2, 2.0), ([0.4], 0.5, 1, 10.0)]),
        unchanged(0.25),
    ],
    part_name=lambda path: f"η of epoch {path[0]}" if path else "the schedule",
    mistakes=[
        Mistake(
            "counter-not-reset-after-drop",
            _schedule(after_drop=lambda waited: waited),
            "After its first drop η falls in every epoch that brings nothing better: the counter of waiting epochs keeps "
            "its value. A smaller η deserves the same patience: count from 0 again.",
        ),
        Mistake(
            "counter-not-reset-by-a-better-epoch",
            _schedule(on_better=lambda waited: waited),
            "All epochs without improvement are counted together. They have to come in a row: a better accuracy sets the "
            "counter back to 0.",
        ),
        Mistake(
            "multiplied",
            _schedule(drop=lambda eta, factor: eta * factor),
            "η grows at a plateau. The golden rule makes the steps smaller: η is divided by the factor.",
        ),
        Mistake(
            "drop-in-the-same-epoch",
            _schedule(at_once=True),
            "η falls one epoch too early. The accuracy of an epoch is known after its training only, so its η has been "
            "used already: the new one holds from the next epoch on.",
        ),
        Mistake(
            "ties-count-as-better",
            _schedule(better=lambda accuracy, best, previous: accuracy >= best),
            "An accuracy that only equals the best so far counts as better. On a plateau that happens all the time: it "
            "has to be strictly better.",
        ),
        Mistake(
            "one-epoch-too-patient",
            _schedule(due=lambda waited, patience: waited > patience),
            "Each drop comes one epoch late: when as many epochs as `patience` says have brought nothing, it is time.",
        ),
        Mistake(
            "one-epoch-impatient",
            _schedule(due=lambda waited, patience: waited >= patience - 1 and waited > 0),
            "Each drop comes one epoch early. The epoch of the best accuracy is not one of those waited.",
        ),
        Mistake(
            "previous-for-best",
            _schedule(better=lambda accuracy, best, previous: accuracy > previous),
            "Each accuracy was held against that of the epoch before. A curve that goes up and down below its best has "
            "still stopped improving: the best so far is what counts.",
        ),
        Mistake(
            "best-forgotten-at-a-drop",
            _schedule(best_after_drop=lambda best: -np.inf),
            "After a drop the best accuracy is forgotten, and the next epoch counts as an improvement whatever it brings. "
            "The best is kept over all epochs.",
        ),
        Mistake(
            "previous-as-new-best",
            lambda accuracies, eta, patience, factor: _last_as_best(accuracies, eta, patience, factor),
            "The accuracy of each epoch was stored as the best one, even when it was worse, whenever η had just fallen. "
            "Only a better accuracy replaces the best.",
        ),
        Mistake(
            "lower-is-better",
            _schedule(better=lambda accuracy, best, previous: accuracy < best and np.isfinite(best)),
            "The schedule waits for accuracies to fall, as if they were costs. Better means higher than the best so far.",
        ),
        Mistake(
            "drops-once",
            _drops_once,
            "η falls once and then never again. The slides repeat the schedule several times: each further plateau "
            "divides η again.",
        ),
        Mistake(
            "divided-from-the-first",
            lambda accuracies, eta, patience, factor: [
                eta if value == eta else eta / (factor * round(np.log(eta / value) / np.log(factor)))
                for value in plateau_schedule(accuracies, eta, patience, factor)
            ],
            "The second drop divides the first η by twice the factor. Each drop divides the η that was in use: the "
            "factors multiply.",
        ),
        Mistake(
            "subtracted",
            _schedule(drop=lambda eta, factor: eta - eta / factor),
            "At a plateau a share of η was taken off, where η is to be divided: η / factor is what is left, not what "
            "goes.",
        ),
        Mistake(
            "one-too-many",
            lambda accuracies, eta, patience, factor: plateau_schedule([*accuracies, -np.inf], eta, patience, factor),
            "There is one η more than there are epochs. The last one would belong to an epoch that was not trained.",
        ),
        Mistake(
            "last-only",
            lambda accuracies, eta, patience, factor: (plateau_schedule(accuracies, eta, patience, factor) or [eta])[
                -1
            ],
            "One number came back, the last η. The list of all that were used is wanted, one for each epoch.",
        ),
        Mistake(
            "next-only",
            lambda accuracies, eta, patience, factor: plateau_schedule([*accuracies, -np.inf], eta, patience, factor)[
                -1
            ],
            "One number came back, the η that the epoch after the last would use. The list of those that were used is "
            "wanted, one for each epoch: note η at the beginning of every turn of the loop.",
        ),
        Mistake(
            "every-so-many-epochs",
            lambda accuracies, eta, patience, factor: [
                eta / factor ** (epoch // patience) for epoch in range(len(accuracies))
            ],
            "η falls every so many epochs, whatever the accuracies are. It is to fall where they have stopped improving.",
        ),
    ],
    variants=[_history_schedule, _array_schedule, _generator_schedule],
)


def _last_as_best(accuracies, eta, patience, factor):
    """Wrong: after a drop the accuracy of that epoch becomes the best, although it is not."""
    etas, best, waited = [], -np.inf, 0
    for accuracy in accuracies:
        etas.append(eta)
        waited = 0 if accuracy > best else waited + 1
        best = max(best, accuracy)
        if waited == patience:
            eta, waited, best = eta / factor, 0, accuracy
    return etas


# --- early_stopping --------------------------------------------------------------------------------------------------


def _stopping_probes(rng):
    found = []
    for patience in (2, 3, 5, 4):
        found.append((_accuracies(rng, int(rng.integers(20, 30))), patience))
    up = [float(a) for a in np.sort(rng.random(8))]
    found.append((up, 3))
    # The best, equalled later; then long nothing; then, too late, something better.
    found.append(([0.5, 0.8, 0.7, 0.8, 0.75, 0.7, 0.72, 0.9], 4))
    found.append(([0.5, 0.7, 0.65, 0.6, 0.72, 0.7, 0.71, 0.715, 0.6, 0.95], 3))
    # The best of all comes early, and much is left after the stop.
    found.append(([0.4, 0.9, 0.8, 0.85, 0.7, 0.75, 0.8, 0.6], 3))
    # It ends before patience does.
    found.append(([0.3, 0.6, float(rng.uniform(0.3, 0.5)), 0.55], 4))
    return found


def _stopping(
    better=lambda a, best: a > best,
    stop=lambda epoch, best, patience: epoch - best >= patience,
    result=lambda e, b: (e, b),
):
    """Early stopping with one of its steps replaced."""

    def stopping(accuracies, patience):
        best = 0
        for epoch, accuracy in enumerate(accuracies):
            if better(accuracy, accuracies[best]):
                best = epoch
            if stop(epoch, best, patience):
                break
        return result(epoch, best)

    return stopping


def _counted_falls(accuracies, patience):
    falls, best = 0, 0
    for epoch, accuracy in enumerate(accuracies):
        best = epoch if accuracy > accuracies[best] else best
        falls = falls + 1 if epoch and accuracy <= accuracies[epoch - 1] else 0
        if falls == patience:
            break
    return epoch, best


def _without_best_reset(accuracies, patience):
    worse, best = 0, 0
    for epoch, accuracy in enumerate(accuracies):
        if accuracy > accuracies[best]:
            best = epoch
        elif epoch:
            worse += 1
        if worse == patience:
            break
    return epoch, best


def _first_fall(accuracies, patience):
    for epoch in range(1, len(accuracies)):
        if accuracies[epoch] < accuracies[epoch - 1]:
            return epoch, epoch - 1
    return len(accuracies) - 1, len(accuracies) - 1


def _numpy_stopping(accuracies, patience):
    running = np.maximum.accumulate(accuracies)
    best = np.array([int(np.argmax(np.asarray(accuracies) == value)) for value in running])
    late = np.flatnonzero(np.arange(len(best)) - best >= patience)
    stop = int(late[0]) if late.size else len(best) - 1
    return np.array([stop, best[stop]])


def _recounting_stopping(accuracies, patience):
    for stop in range(len(accuracies)):
        seen = list(accuracies[: stop + 1])
        if stop - seen.index(max(seen)) >= patience:
            return [stop, seen.index(max(seen))]
    return [stop, seen.index(max(seen))]


def _waiting_stopping(accuracies, patience):
    best, best_epoch, waited = float("-inf"), 0, 0
    for epoch, accuracy in enumerate(accuracies):
        waited += 1
        if accuracy > best:
            best, best_epoch, waited = accuracy, epoch, 0
        if waited >= patience:
            return epoch, best_epoch
    return len(accuracies) - 1, best_epoch


EARLY_STOPPING = Exercise(
    name="early_stopping",
    lesson=LESSON,
    points=2,
    equation="best: the first epoch of the highest accuracy so far; stop: the first epoch with epoch − best ≥ patience, "
    "otherwise the last",
    reference=lambda accuracies, patience: early_stopping(accuracies, patience),
    probes=_stopping_probes,
    requirements=[
        values(1.25),
        cases("one epoch only, and one of patience", 0.25, lambda rng: [([0.3], 2), (_accuracies(rng, 9), 1)]),
        cases("the last epoch where patience is never used up", 0.25, lambda rng: [(_accuracies(rng, 15), 40)]),
        unchanged(0.25),
    ],
    part_name=lambda path: ("stop_epoch", "best_epoch")[path[0]] if path and path[0] < 2 else "the result",
    mistakes=[
        Mistake(
            "first-fall",
            _first_fall,
            "Training stops at the first fall of the accuracy, and patience plays no part. Accuracies tremble: wait as "
            "many epochs as patience says.",
        ),
        Mistake(
            "last-for-best",
            _stopping(result=lambda epoch, best: (epoch, epoch)),
            "best_epoch is the epoch at which training stopped. By then the best is `patience` epochs old: it is its "
            "weights that one wants to keep.",
        ),
        Mistake(
            "ties-count-as-better",
            _stopping(better=lambda a, best: a >= best),
            "An epoch that only equals the best accuracy counts as the new best. The first epoch of the highest accuracy "
            "is asked for.",
        ),
        Mistake(
            "last-of-ties-for-best",
            lambda accuracies, patience: _last_of_ties(accuracies, patience),
            "Training stops at the right epoch; among equal accuracies the last was taken as the best. The first is "
            "asked for.",
        ),
        Mistake(
            "no-answer-at-the-end",
            lambda accuracies, patience: (
                None
                if early_stopping(accuracies, patience)[0] - early_stopping(accuracies, patience)[1] < patience
                else early_stopping(accuracies, patience)
            ),
            "Where patience is used up the answer is right; where the accuracies end before that, nothing comes back. "
            "After the loop a second return is needed: the last epoch, and the best.",
        ),
        Mistake(
            "stops-after-the-best-of-all",
            lambda accuracies, patience: (
                min(int(np.argmax(accuracies)) + patience, len(accuracies) - 1),
                int(np.argmax(accuracies)),
            ),
            "The best of all accuracies was looked for first, and the stop counted from there. Training does not know "
            "what is still to come: go through the epochs in order, and stop as soon as the best *so far* is old enough.",
        ),
        Mistake(
            "best-of-all",
            lambda accuracies, patience: (early_stopping(accuracies, patience)[0], int(np.argmax(accuracies))),
            "best_epoch can lie after stop_epoch: the accuracies of epochs that were never trained were looked at. Only "
            "those until the stop are known.",
        ),
        Mistake(
            "never-stops",
            lambda accuracies, patience: (len(accuracies) - 1, int(np.argmax(accuracies))),
            "Training goes on to the last epoch, always. It is to stop as soon as the best epoch is `patience` epochs "
            "old.",
        ),
        Mistake(
            "one-epoch-late",
            _stopping(stop=lambda epoch, best, patience: epoch - best > patience),
            "Training stops one epoch late: epoch − best ≥ patience is enough.",
        ),
        Mistake(
            "one-epoch-early",
            _stopping(stop=lambda epoch, best, patience: epoch - best >= patience - 1),
            "Training stops one epoch early. The distance from the best epoch has to reach patience.",
        ),
        Mistake(
            "falls-in-a-row",
            _counted_falls,
            "Each accuracy was held against the epoch before, and a small rise starts the wait anew. What counts is how "
            "long ago the best was, not whether the curve moves up a little below it.",
        ),
        Mistake(
            "counter-not-reset",
            _without_best_reset,
            "The epochs without a new best were counted over the whole run. A new best starts the wait anew.",
        ),
        Mistake(
            "order-of-results",
            lambda accuracies, patience: early_stopping(accuracies, patience)[::-1],
            "The two epochs stand in the wrong order: stop first, then best.",
        ),
        Mistake(
            "accuracy-for-epoch",
            lambda accuracies, patience: (
                early_stopping(accuracies, patience)[0],
                accuracies[early_stopping(accuracies, patience)[1]],
            ),
            "stop_epoch is right; beside it stands the best accuracy. best_epoch is its position, counted from 0.",
        ),
        Mistake(
            "from-one",
            _stopping(result=lambda epoch, best: (epoch + 1, best + 1)),
            "Both epochs are one too large: they count from 0, like the list.",
        ),
        Mistake(
            "beyond-the-end",
            lambda accuracies, patience: (
                early_stopping(accuracies, patience)[1] + patience,
                early_stopping(accuracies, patience)[1],
            ),
            "Where the accuracies end before patience does, stop_epoch lies behind the last epoch. There is nothing left "
            "to stop then: the last epoch is the answer.",
        ),
        Mistake(
            "lower-is-better",
            _stopping(better=lambda a, best: a < best),
            "The lowest value was taken as the best, as if these were costs. Accuracies are better when higher.",
        ),
        Mistake(
            "best-only",
            lambda accuracies, patience: early_stopping(accuracies, patience)[1],
            "One epoch came back. Two are asked for: where training stops, and where it was best.",
        ),
    ],
    variants=[_numpy_stopping, _recounting_stopping, _waiting_stopping],
)


def _last_of_ties(accuracies, patience):
    """Wrong only in best_epoch: the last of equal accuracies."""
    stop, best = early_stopping(accuracies, patience)
    return stop, max(epoch for epoch in range(stop + 1) if accuracies[epoch] == accuracies[best])


# --- best_lambda -----------------------------------------------------------------------------------------------------


def best_lambda(validation_accuracies, lambdas):
    """Reference: the largest λ among those of the highest accuracy."""
    best = max(validation_accuracies)
    return max(lam for lam, accuracy in zip(lambdas, validation_accuracies, strict=True) if accuracy == best)


def _lambda_probes(rng):
    found = []
    for count, tied in ((5, 2), (7, 3), (6, 1), (4, 1), (6, 2)):
        lambdas = [float(10.0**k) for k in rng.permutation(np.arange(-3, 5))[:count]]
        accuracies = [float(k) / 400 for k in rng.permutation(np.arange(320, 380))[:count]]
        # The tie stands neither first nor last, nor does its larger λ come first or last among those that tie.
        places = [int(place) for place in rng.permutation(np.arange(1, count - 1))[:tied]]
        for place in places:
            accuracies[place] = 0.96
        found.append((accuracies, lambdas))
    # A tie in which the larger λ comes first, and one in which it comes last.
    found.append(([0.9, 0.95, 0.93, 0.95], [0.0, 10.0, 1.0, 0.1]))
    found.append(([0.91, 0.96, 0.9, 0.96, 0.94], [100.0, 0.01, 30.0, 0.3, 0.0]))
    return found


def _chosen(index):
    return lambda accuracies, lambdas: lambdas[index(list(accuracies), list(lambdas))]


def _last_best(accuracies, lambdas):
    return max(place for place, accuracy in enumerate(accuracies) if accuracy == max(accuracies))


def _loop_lambda(validation_accuracies, lambdas):
    best, chosen = -1.0, None
    for place in range(len(lambdas)):
        if validation_accuracies[place] > best:
            best, chosen = validation_accuracies[place], lambdas[place]
        elif validation_accuracies[place] == best and lambdas[place] > chosen:
            chosen = lambdas[place]
    return chosen


def _array_lambda(validation_accuracies, lambdas):
    accuracies = np.asarray(validation_accuracies)
    return np.asarray(lambdas)[accuracies == accuracies.max()].max()


BEST_LAMBDA = Exercise(
    name="best_lambda",
    lesson=LESSON,
    points=1,
    equation="λ with the highest validation accuracy; in a tie the largest of those λ",
    reference=best_lambda,
    probes=_lambda_probes,
    requirements=[
        values(0.5),
        shapes(0.125, "one number"),
        cases(
            "arrays and tuples",
            0.25,
            lambda rng: [
                tuple(np.array(part) for part in _lambda_probes(rng)[0]),
                tuple(tuple(part) for part in _lambda_probes(rng)[1]),
            ],
        ),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "last",
            lambda accuracies, lambdas: lambdas[-1],
            "The last λ came back. The list is in no order; look for the best accuracy.",
        ),
        Mistake(
            "index",
            lambda accuracies, lambdas: list(lambdas).index(best_lambda(accuracies, lambdas)),
            "The position of the best came back. What stands in `lambdas` at that position is asked for.",
        ),
        Mistake(
            "index-of-first",
            lambda accuracies, lambdas: int(np.argmax(accuracies)),
            "The position of the first best accuracy came back. λ itself is asked for, and in a tie the larger one.",
        ),
        Mistake(
            "first-of-ties",
            _chosen(lambda accuracies, lambdas: accuracies.index(max(accuracies))),
            "Among equal accuracies the first was taken. As nothing tells them apart, the simpler network is to win: the "
            "larger λ.",
        ),
        Mistake(
            "last-of-ties",
            _chosen(_last_best),
            "Among equal accuracies the last was taken. As nothing tells them apart, the simpler network is to win: the "
            "larger λ.",
        ),
        Mistake(
            "smallest-of-ties",
            lambda accuracies, lambdas: min(
                lam for lam, accuracy in zip(lambdas, accuracies, strict=True) if accuracy == max(accuracies)
            ),
            "Among equal accuracies the smallest λ was taken. The larger one keeps the weights smaller at no cost.",
        ),
        Mistake(
            "worst",
            _chosen(lambda accuracies, lambdas: accuracies.index(min(accuracies))),
            "The λ with the lowest accuracy came back. These are accuracies, not costs.",
        ),
        Mistake(
            "accuracy",
            lambda accuracies, lambdas: max(accuracies),
            "The best accuracy came back. The λ that reached it is asked for.",
        ),
        Mistake(
            "largest-lambda",
            lambda accuracies, lambdas: max(lambdas),
            "The largest λ came back, whatever its accuracy. The larger λ decides between equal accuracies only.",
        ),
        Mistake(
            "as-a-list",
            lambda accuracies, lambdas: [
                lam for lam, a in zip(lambdas, accuracies, strict=True) if a == max(accuracies)
            ],
            "All λ of the best accuracy came back. One of them is to be chosen: the largest.",
        ),
        Mistake(
            "taken-as-sorted",
            lambda accuracies, lambdas: sorted(lambdas)[int(np.argmax(accuracies))],
            "The λ were sorted and the accuracies were not: the pairs are torn. They are parallel: what stands at one "
            "position belongs together.",
        ),
        Mistake(
            "weighted-mean",
            lambda accuracies, lambdas: float(np.average(lambdas, weights=accuracies)),
            "A mean of all λ came back. One of those that were tried is to be chosen.",
        ),
    ],
    variants=[
        _loop_lambda,
        _array_lambda,
        lambda validation_accuracies, lambdas: max(zip(validation_accuracies, lambdas, strict=True))[1],
        lambda validation_accuracies, lambdas: np.array(lambdas)[np.lexsort((lambdas, validation_accuracies))[-1]],
    ],
)


# --- momentum_step ---------------------------------------------------------------------------------------------------


def _momentum_probes(rng, widths=None):
    found = []
    for eta, mu in rng.permutation([[0.05, 0.9], [0.3, 0.6], [1.7, 0.25]]):
        layers, x, y = probes.example(rng, widths or probes.sizes(rng, 3))
        velocity = [(rng.normal(size=W.shape), rng.normal(size=b.shape)) for W, b in layers]
        found.append((layers, backprop(layers, x, y), velocity, float(eta), float(mu)))
    layers, x, y = probes.example(rng, widths or probes.sizes(rng, 4))
    zero = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    found.append((layers, backprop(layers, x, y), zero, 0.4, 0.8))
    return found


def _moved(velocity_rule=lambda v, g, eta, mu: mu * v - eta * g, step=lambda w, v_new, v_old, g, eta, mu: w + v_new):
    """A step with one of its two rules replaced."""

    def moved(layers, gradients, velocity, eta, mu):
        new_layers, new_velocity = [], []
        for layer, gradient, speed in zip(layers, gradients, velocity, strict=True):
            speeds = tuple(velocity_rule(v, g, eta, mu) for v, g in zip(speed, gradient, strict=True))
            new_layers.append(
                tuple(
                    step(w, new, old, g, eta, mu) for w, new, old, g in zip(layer, speeds, speed, gradient, strict=True)
                )
            )
            new_velocity.append(speeds)
        return new_layers, new_velocity

    return moved


def _in_place_momentum(layers, gradients, velocity, eta, mu):
    for (W, b), (dW, db), (vW, vb) in zip(layers, gradients, velocity, strict=True):
        for w, g, v in ((W, dW, vW), (b, db, vb)):
            v *= mu
            v -= eta * g
            w += v
    return layers, velocity


def _velocity_in_place(layers, gradients, velocity, eta, mu):
    moved, speeds = momentum_step(layers, gradients, velocity, eta, mu)
    for old, new in zip(velocity, speeds, strict=True):
        old[0][:], old[1][:] = new
    return moved, velocity


def _weights_only(layers, gradients, velocity, eta, mu):
    moved, speeds = momentum_step(layers, gradients, velocity, eta, mu)
    plain = sgd_step(layers, gradients, eta)
    return [(W, b) for (W, _), (_, b) in zip(moved, plain, strict=True)], [
        (vW, -eta * db) for (vW, _), (_, db) in zip(speeds, gradients, strict=True)
    ]


def _biases_left(layers, gradients, velocity, eta, mu):
    moved, speeds = momentum_step(layers, gradients, velocity, eta, mu)
    return [(W, b) for (W, _), (_, b) in zip(moved, layers, strict=True)], speeds


def _momentum_part(path):
    if len(path) < 3:
        return "the result" if not path else ("the layers", "the velocity")[min(path[0], 1)]
    what = (("the weights", "the bias"), ("the velocity of the weights", "the velocity of the bias"))[path[0]][path[2]]
    return f"{what} of layer {path[1] + 1}"


def _loop_momentum(layers, gradients, velocity, eta, mu):
    new_layers, new_velocity = [], []
    for index in range(len(layers)):
        vW = mu * velocity[index][0] - eta * gradients[index][0]
        vb = mu * velocity[index][1] - eta * gradients[index][1]
        new_layers.append((layers[index][0] + vW, layers[index][1] + vb))
        new_velocity.append((vW, vb))
    return new_layers, new_velocity


def _copied_momentum(layers, gradients, velocity, eta, mu):
    layers = [[part.copy() for part in pair] for pair in layers]
    velocity = [[part.copy() for part in pair] for pair in velocity]
    _in_place_momentum(layers, gradients, velocity, eta, mu)
    return [layers, velocity]


MOMENTUM_STEP = Exercise(
    name="momentum_step",
    lesson=LESSON,
    points=2,
    equation="v ← μ v − η ∂C/∂w, then w ← w + v (and the same for b)",
    reference=lambda layers, gradients, velocity, eta, mu: momentum_step(layers, gradients, velocity, eta, mu),
    probes=_momentum_probes,
    telling_probes=lambda rng: _momentum_probes(rng, [4, 4, 4]),
    part_name=_momentum_part,
    observe=lambda trial: {"changed": tuple(trial.outcomes[0].changed)},
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "sign-of-gradient",
            _moved(lambda v, g, eta, mu: mu * v + eta * g),
            "The gradient pushes uphill: it was added to the velocity. What is left of the old velocity is kept, and the "
            "gradient works against it where it points uphill.",
        ),
        Mistake(
            "velocity-points-uphill",
            _moved(lambda v, g, eta, mu: mu * v + eta * g, lambda w, new, old, g, eta, mu: w - new),
            "Both signs are turned round: v ← μv + η∇, then w ← w − v, as some libraries have it. From v = 0 on the "
            "weights go the same way, but the velocity that comes in and goes out here points downhill: w ← w + v.",
        ),
        Mistake(
            "velocity-subtracted",
            _moved(step=lambda w, new, old, g, eta, mu: w - new),
            "The velocity is right, but the weights move against it. The minus sign is inside v already.",
        ),
        Mistake(
            "moving-average",
            _moved(lambda v, g, eta, mu: mu * v - (1 - mu) * eta * g),
            "The gradient was weighted with 1 − μ, as in a moving average: steps are then 1 − μ times as long. Here the "
            "new gradient counts in full.",
        ),
        Mistake(
            "old-velocity-used",
            _moved(step=lambda w, new, old, g, eta, mu: w + old),
            "The weights moved by the old velocity: each gradient would have its effect one step late. First v, then w.",
        ),
        Mistake(
            "eta-in-the-step",
            _moved(lambda v, g, eta, mu: mu * v - g, lambda w, new, old, g, eta, mu: w + eta * new),
            "η multiplies the whole velocity when the weights move, and is missing inside v. With a fixed η and v = 0 at "
            "the start that walks the same way, but v itself is another number, and after a change of η the way differs.",
        ),
        Mistake(
            "sum-of-gradients",
            _moved(lambda v, g, eta, mu: mu * v + g, lambda w, new, old, g, eta, mu: w - eta * new),
            "This is the form that PyTorch uses: the velocity adds up gradients, and w goes against it by η v. Here v is "
            "the step itself, with −η inside: v ← μ v − η ∂C/∂w, w ← w + v.",
        ),
        Mistake(
            "average-of-gradients",
            _moved(lambda v, g, eta, mu: mu * v + (1 - mu) * g, lambda w, new, old, g, eta, mu: w - eta * new),
            "The velocity is a moving average of the gradients, with the weights μ and 1 − μ, and w goes against it by η v. "
            "Here v is the step itself: the old one times μ, and −η ∂C/∂w in full.",
        ),
        Mistake(
            "gradient-twice",
            _moved(step=lambda w, new, old, g, eta, mu: w + new - eta * g),
            "The gradient step was taken beside the velocity, which holds it already: it counts twice.",
        ),
        Mistake(
            "looks-ahead",
            _moved(step=lambda w, new, old, g, eta, mu: w + mu * new - eta * g),
            "This is Nesterov's variant, which goes one velocity further. A good method, but not the one asked for: "
            "w ← w + v.",
        ),
        Mistake(
            "mu-missing",
            _moved(lambda v, g, eta, mu: v - eta * g),
            "The velocity is kept in full, without μ: it never dies down, and the weights swing for ever.",
        ),
        Mistake(
            "no-memory",
            _moved(lambda v, g, eta, mu: -eta * g),
            "The old velocity is forgotten: this is plain gradient descent.",
        ),
        Mistake(
            "mu-on-gradient",
            _moved(lambda v, g, eta, mu: mu * (v - eta * g)),
            "μ multiplies the new gradient as well. It says which share of the *old* velocity is kept.",
        ),
        Mistake(
            "mu-and-eta-swapped",
            _moved(lambda v, g, eta, mu: eta * v - mu * g),
            "η and μ have changed places: η belongs to the gradient, μ to the velocity.",
        ),
        Mistake(
            "weights-only",
            _weights_only,
            "The weights have momentum, the biases take a plain step. The velocity has a part for each of both.",
        ),
        Mistake(
            "biases-left",
            _biases_left,
            "The biases did not move. Their velocity is right: add it to them, as to the weights.",
        ),
        Mistake(
            "order-of-results",
            lambda *args: momentum_step(*args)[::-1],
            "The two results stand in the wrong order: the layers first, then the velocity.",
        ),
        Mistake(
            "velocity-not-returned",
            lambda *args: momentum_step(*args)[0],
            "Only the layers came back. The new velocity is needed for the next step, and has to be returned as well.",
        ),
        Mistake(
            "old-velocity-returned",
            lambda layers, gradients, velocity, eta, mu: (
                momentum_step(layers, gradients, velocity, eta, mu)[0],
                velocity,
            ),
            "The layers are right, but the old velocity came back: the next step would not remember this one.",
        ),
        Mistake(
            "in-place",
            _in_place_momentum,
            "The numbers are right, but the caller's layers and velocity were overwritten: `+=` and `*=` on an array "
            "change it for everybody who holds it.",
        ),
        Mistake(
            "velocity-in-place",
            _velocity_in_place,
            "The numbers are right, but the velocity that was passed in was overwritten. Build a new one.",
        ),
    ],
    variants=[
        _loop_momentum,
        _copied_momentum,
        lambda layers, gradients, velocity, eta, mu: (
            [
                tuple(w - eta * g + mu * v for w, g, v in zip(*parts, strict=True))
                for parts in zip(layers, gradients, velocity, strict=True)
            ],
            [
                tuple(mu * v - eta * g for g, v in zip(*parts, strict=True))
                for parts in zip(gradients, velocity, strict=True)
            ],
        ),
    ],
)


# --- capstone --------------------------------------------------------------------------------------------------------
#
# Everything here is judged from outside, by what the returned function answers.  The digits are public, so each call of
# check or grade makes new ones of them: all images of a draw go through one random map (a symmetry of the square, and a
# small rotation, shear, stretch and shift), one random contrast and a little noise of their own, and the classes get
# other numbers.  Shifted or distorted copies help with such digits as they do with the old ones.  Three things are
# then seen:
#
# * Names that the digits have elsewhere are wrong here, so a plain table of known digits earns nothing.
# * A table that finds out the map and the new numbers is seen in one more draw, whose training set holds only two
#   different digits of each class.  A learner reads about 75 % of new digits after that; a table reads nearly all.
# * Nearest neighbours give themselves away on pictures between two digits, chosen where a smooth model answers
#   differently: however they are computed, they answer as nearest neighbours do, and networks do not.
#
# What cannot be told apart: nearest neighbours behind features of their own, kernel methods that smooth over many
# training digits (a network of radial basis functions is one), a library that trains weights which are then used
# without it, and a function that recognises the pictures and draws that only test it.  Some of these are remarked on,
# the others are left to the reader of the code.

THRESHOLDS = (0.90, 0.94, 0.955, 0.965)
DRAWS = 3
# A network that reads less than this on the first draw is not trained again: no threshold is within its reach.
HOPELESS = 0.85
# Share of the pictures between two digits on which an answer is that of nearest neighbours: networks stay below 0.65.
LIKE_NEIGHBOURS = {"remark": 0.72, "verdict": 0.92}
FEW = 2
# Share of new digits read after training on two digits of each class: networks stay below 0.88.
KNEW_BEFORE = {"remark": 0.92, "verdict": 0.97}
LIBRARIES = {
    "sklearn", "torch", "torchvision", "tensorflow", "keras", "jax", "jaxlib", "flax", "xgboost", "lightgbm", "catboost",
    "mxnet", "paddle", "theano", "fastai", "lightning", "pytorch_lightning", "skorch", "autograd", "tinygrad", "statsmodels",
}  # fmt: skip
DIGITS = {"nblib.data.load_digits", "nblib.data.digits", "nblib.data.load_mnist"}


class _Draw(NamedTuple):
    """Digits of one draw, each part as (X, labels); ``few`` and ``few_val`` show only two digits of each class."""

    train: tuple
    val: tuple
    test: tuple
    few: tuple
    few_val: tuple
    upright: tuple  # the test digits as everybody knows them, with the labels they have elsewhere


@lru_cache(maxsize=1)
def _by_hardness():
    """All digits, the clearest first, and how many of them have their nearest neighbour in their own class.

    Digits for validation and testing come from those, evenly from all degrees of hardness, so that all draws are about
    equally hard.
    """
    X, names = load_digits()
    squares = (X**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * X @ X.T
    np.fill_diagonal(distances, np.inf)
    same = names[:, None] == names
    margin = np.where(same, np.inf, distances).min(axis=1) - np.where(same, distances, np.inf).min(axis=1)
    return np.argsort(-margin, kind="stable"), int((margin > 0).sum())


def _warped(X, rng, amount):
    """All images in one new position: turned or mirrored, and rotated, sheared, stretched and shifted by some amount."""
    from scipy import ndimage  # here: nothing else of the checks needs it at once

    quarter, angle = int(rng.integers(4)) * np.pi / 2, amount * np.deg2rad(rng.uniform(-12, 12))
    cos, sin = np.cos(quarter + angle), np.sin(quarter + angle)
    mirror = np.diag([1.0, rng.choice([-1.0, 1.0])])
    shear = np.array([[1.0, amount * rng.uniform(-0.15, 0.15)], [0.0, 1.0]])
    stretch = np.diag(1 + amount * rng.uniform(-0.1, 0.1, 2))
    matrix = np.array([[cos, -sin], [sin, cos]]) @ mirror @ shear @ stretch
    middle = np.array([3.5, 3.5])
    offset = middle - matrix @ middle + amount * rng.uniform(-0.4, 0.4, 2)
    images = [ndimage.affine_transform(image, matrix, offset, order=3) for image in X.reshape(-1, 8, 8)]
    return np.clip(images, 0, 1).reshape(len(X), -1)


@lru_cache(maxsize=8)
def _drawn(key, amount=1.0):
    """The capstone's digits for one draw: known ones, made new by some amount."""
    rng = np.random.default_rng(key)
    X, names = load_digits()
    new_name = rng.permutation(10)
    while (new_name == np.arange(10)).any():
        new_name = rng.permutation(10)
    clean = _warped(X, rng, amount) ** np.exp(amount * rng.uniform(-0.3, 0.3))

    def digits(positions):
        noisy = clean[positions] + rng.normal(0, 0.03, (len(positions), 64))
        return np.clip(noisy, 0, 1), new_name[names[positions]]

    order, easy = _by_hardness()
    place = np.zeros(len(X), dtype=int)
    for group in np.array_split(order[:easy], 200):
        place[rng.permutation(group)[:3]] = [2, 2, 1]
    train_part, val_part, test_part = (rng.permutation(np.flatnonzero(place == part)) for part in range(3))
    shown = np.concatenate([train_part[names[train_part] == name][:FEW] for name in range(10)])
    few, few_val = (digits(rng.permutation(np.resize(shown, len(part)))) for part in (train_part, val_part))
    return _Draw(
        digits(train_part), digits(val_part), digits(test_part), few, few_val, (X[test_part], names[test_part])
    )


def _keys(rng):
    """What each draw is made from: those that are graded, and one more."""
    return [int(number) for number in rng.integers(1, 2**62, size=DRAWS + 1)]


def _arguments(key, train, val):
    # A generator made from the key itself, or from anything that its state leads back to, would tell how the digits
    # were drawn: with the known digits, and the new names drawn once more, every answer could be looked up.
    seed = int.from_bytes(hashlib.sha256(str(key).encode()).digest())
    return train[0], one_hot(train[1], 10), val[0], one_hot(val[1], 10), np.random.default_rng(seed)


def _capstone_probes(rng):
    key = _keys(rng)[0]
    return [_arguments(key, _drawn(key).train, _drawn(key).val)]


class _Finding(Exception):
    """What is wrong with an answer to the capstone: its kind, and the sentence that says so."""

    def __init__(self, kind, sentence):
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


class _Report(NamedTuple):
    """What came of an answer: its kind, a sentence if it earns nothing, accuracies, and what somebody should look at."""

    kind: str
    sentence: str | None
    accuracy: float
    on_train: float
    draws: int
    remarks: list


def _library(names):
    return next((name.split(".")[0] for name in sorted(names) if name.split(".")[0] in LIBRARIES), None)


def _mentions(names):
    """Remarks on another library, or known digits, among the names that code uses: use is not yet misuse."""
    library, known = _library(names), next((n for n in sorted(names) if n in DIGITS or n.endswith("digits.npz")), None)
    found = []
    if library:
        found.append(f"The code uses {library}: the network and its training have to be your own.")
    if known:
        found.append(f"The code uses {known}: only the digits that are passed in may be looked at.")
    return found


def _returned_function(trial, outcome):
    """The function that the capstone returned; a _Finding where it returned anything else."""
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise _Finding("trouble", problem)
    value = outcome.value
    if callable(value) and not isinstance(value, type):
        return value
    if isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        raise _Finding("a number", "it returned a number; a function classify(X) is expected, without calling it.")
    if isinstance(value, np.ndarray):
        raise _Finding("an array", "it returned an array; a function classify(X) is expected, without calling it.")
    if isinstance(value, (list, tuple)):
        if any(map(is_function, value)):
            raise _Finding("several", "it returned more than classify: the function alone is expected.")
        raise _Finding("a list", "it returned a list; a function classify(X) that uses the layers is expected.")
    raise _Finding("an object", f"it returned a {type(value).__name__}; a function classify(X) is expected.")


def _labels(trial, classify, X):
    """What classify says about images, as whole numbers; a _Finding where it says anything else."""
    outcome = trial.call_returned(lambda images: modules_entered(classify, (images,)), (X,))
    if outcome.failure:
        raise _Finding("classify raises", f"the classify that it returned raised {outcome.failure} for new digits.")
    value, modules = outcome.value
    library = _library(modules | (classify.names_used() if isinstance(classify, StandIn) else set()))
    if library:
        raise _Finding("library", f"{library} computes the labels: the network and its training have to be your own.")
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise _Finding("no labels", "classify has to return an array of labels, one whole number a digit.")
    if array.shape == (len(X), 10):
        raise _Finding(
            "ten numbers", "classify returned ten numbers a digit; the label is one, the number of the class."
        )
    if array.shape == (10,):
        raise _Finding("one a class", "classify returned one number a class; one a digit is expected.")
    if array.size != len(X):
        raise _Finding("count", f"classify returned {array.size} labels for {len(X)} digits.")
    if not np.array_equal(array, np.round(array)):
        raise _Finding("no whole numbers", "classify returned numbers that are not whole; labels are 0 to 9.")
    return np.ravel(array).astype(int)


def _share(one, other):
    return float(np.mean(one == other))


def _renamed_share(predicted, labels):
    """Accuracy if every class of the answer were given the name that fits best; 0 where two want the same."""
    fitting = {name: np.bincount(labels[predicted == name]).argmax() for name in np.unique(predicted)}
    if len(set(fitting.values())) < 10:
        return 0.0
    return _share(np.array([fitting[name] for name in predicted]), labels)


def _neighbours(known, X, nearest):
    """Labels by majority among the nearest known digits, for several numbers of them; the nearest one breaks a tie."""
    table, labels = known
    distances = (X**2).sum(axis=1)[:, None] + (table**2).sum(axis=1) - 2 * X @ table.T
    order = np.argpartition(distances, max(nearest), axis=1)[:, : max(nearest)]
    order = np.take_along_axis(order, np.take_along_axis(distances, order, axis=1).argsort(axis=1), axis=1)
    votes = np.eye(10)[labels[order]]
    votes[:, 0] *= 1.5
    return [votes[:, :count].sum(axis=1).argmax(axis=1) for count in nearest]


def _unit_length(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True).clip(1e-12)


def _memories(draw, X):
    """What those would answer that only keep the digits they were given."""
    images, labels = draw.train
    both = tuple(map(np.concatenate, zip(draw.train, draw.val, strict=True)))
    yield from _neighbours(draw.train, X, [1, 3, 5, 7, 9])
    yield from _neighbours(both, X, [1, 3, 5])
    yield from _neighbours((_unit_length(images), labels), _unit_length(X), [1, 3])
    yield labels[[np.abs(images - x).sum(axis=1).argmin() for x in X]]


def _smooth_model(draw, rng):
    """A network whose hidden layer is random and whose output layer is found by least squares."""
    images, labels = draw.train
    weights, biases = rng.normal(0, 0.25, (64, 400)), rng.normal(0, 0.5, 400)

    def features(X):
        return np.column_stack([relu((X - images.mean(axis=0)) @ weights + biases), np.ones(len(X))])

    hidden = features(images)
    output = np.linalg.solve(hidden.T @ hidden + np.eye(401), hidden.T @ one_hot(labels, 10))
    return lambda X: (features(X) @ output).argmax(axis=1)


@lru_cache(maxsize=8)
def _between_digits(key):
    """Pictures between two test digits, and for each kind of memory what it would answer to them."""
    draw, rng = _drawn(key), np.random.default_rng([key, 1])
    X, labels = draw.test
    one, other = rng.integers(len(X), size=(2, 1800))
    one, other = one[labels[one] != labels[other]], other[labels[one] != labels[other]]
    weight = rng.uniform(0.4, 0.6, (len(one), 1))
    pictures = weight * X[one] + (1 - weight) * X[other]
    telling = _neighbours(draw.train, pictures, [1])[0] != _smooth_model(draw, rng)(pictures)
    pictures = pictures[telling][:300]
    return pictures, list(_memories(draw, pictures))


def _learned_from_few(trial, key):
    """Share of new digits that are read after training on two of each class; None where that did not work."""
    draw = _drawn(key, 0.0)  # as easy to recognise as can be, since this is to show who knows the digits
    try:
        classify = _returned_function(trial, trial.call(_arguments(key, draw.few, draw.few_val)))
        return _share(_labels(trial, classify, draw.test[0]), draw.test[1])
    except _Finding:
        return None


def _look_for_neighbours(trial, classify, key):
    pictures, memories = _between_digits(key)
    answers = _labels(trial, classify, pictures)
    share = max(_share(answers, memory) for memory in memories)
    if share >= LIKE_NEIGHBOURS["verdict"]:
        raise _Finding(
            "training digits",
            "classify compares new digits with the training digits, which it keeps: that looks up, and no network has "
            "learned.",
        )
    if share >= LIKE_NEIGHBOURS["remark"]:
        return [
            f"On pictures between two digits, {share:.0%} of the answers are those of nearest neighbours among the "
            "training digits. Networks rarely reach 65%."
        ]
    return []


def _look_for_recall(trial, key):
    share = _learned_from_few(trial, key)
    if share is None:
        return ["Training on a set with only two different digits of each class failed, where other sets worked."]
    if share >= KNEW_BEFORE["verdict"]:
        raise _Finding(
            "known digits",
            f"it read {share:.3f} of new digits after it had been shown only two of each class. Nobody learns that much "
            "from so few: it knows these digits from elsewhere.",
        )
    if share >= KNEW_BEFORE["remark"]:
        return [
            f"After training on two digits of each class it read {share:.3f} of new ones. Networks rarely reach 0.88: "
            "does it know these digits from elsewhere?"
        ]
    return []


def _one_draw(trial, number, key, remarks):
    """Accuracies on new, training and validation digits of one draw, and the accuracy with other names for the classes."""
    draw = _drawn(key)
    outcome = trial.outcomes[0] if number == 0 else trial.call(_arguments(key, draw.train, draw.val))
    classify = _returned_function(trial, outcome)
    X_test, labels_test = draw.test
    predicted = _labels(trial, classify, X_test)
    if number == 0:
        remarks += _mentions(names_used(trial.function) | names_used(classify) | set(outcome.imported))
        if len(np.unique(predicted)) == 1:
            raise _Finding("constant", "classify gave the same label for every digit.")
        upright, names = draw.upright
        if _share(_labels(trial, classify, upright), names) > 0.5:
            raise _Finding(
                "known labels",
                "classify knows digits by the names they have elsewhere, not by those that Y_train gives them: it looks "
                "them up.",
            )
        remarks += _look_for_neighbours(trial, classify, key)
    return (
        _share(predicted, labels_test),
        *(_share(_labels(trial, classify, X), labels) for X, labels in (draw.train, draw.val)),
        _renamed_share(predicted, labels_test),
    )


def _judge(trial, remarks):
    *keys, one_more = _keys(trial.rng())
    found = []
    for number, key in enumerate(keys):
        found.append(_one_draw(trial, number, key, remarks))
        if found[0][0] < HOPELESS:
            break
    accuracy, on_train, on_val, renamed = (float(each) for each in np.mean(found, axis=0))
    if accuracy >= THRESHOLDS[0]:
        remarks += _look_for_recall(trial, one_more)
    if accuracy < THRESHOLDS[0] and renamed >= THRESHOLDS[0]:
        kind = "renamed"
    elif on_train < 0.3:
        kind = "chance"
    elif on_val > on_train + 0.04:
        kind = "validation"
    elif accuracy >= THRESHOLDS[-1]:
        kind = "trained"
    else:
        kind = "gap" if on_train >= 0.975 else "unfinished"
    return _Report(kind, None, accuracy, on_train, len(found), remarks)


def _report(trial):
    remarks = []
    try:
        return _judge(trial, remarks)
    except _Finding as finding:
        return _Report(finding.kind, finding.sentence, 0.0, 0.0, 0, remarks)


def _reaches(threshold):
    def test(trial):
        report = trial.once(_report)
        if report.sentence:
            return report.sentence if threshold == THRESHOLDS[0] else "for the same reason."
        if report.accuracy < threshold:
            draws = f", on average over {report.draws} draws" if report.draws > 1 else ""
            return (
                f"{report.accuracy:.3f} of the digits it has not seen were read rightly{draws} ({report.on_train:.3f} of "
                "those it was given for training)."
            )
        return None

    digits = 2 if round(threshold, 2) == threshold else 3
    return Requirement(f"accuracy {threshold:.{digits}f}", 2, test)


def _softmax_layers(X, Y, rng, hidden=40, eta=0.3, epochs=40):
    """Layers of a plain network, trained on what is given."""
    return train(
        scaled_init([64, hidden, 10], rng), X, Y, eta, epochs, 10, rng, output="softmax",
        cost="multinomial cross-entropy", measure=False,
    )[0]  # fmt: skip


def capstone(X_train, Y_train, X_val, Y_val, rng):
    """Reference: three plain networks 64–30–10, and the mean of their outputs."""
    networks = [_softmax_layers(X_train, Y_train, rng, hidden=30, epochs=60) for _ in range(3)]
    return lambda X: sum(predict(layers, X, output="softmax") for layers in networks).argmax(axis=1)


def _own_loop_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Everything written out: ReLU, momentum, decay of the weights, the best epoch kept."""
    X, Y = augment(X_train, Y_train, 1, rng, change=lambda image, rng: add_noise(image, 0.1, rng))
    layers = he_init([64, 80, 10], rng)
    velocity = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    eta, best, kept = 0.06, -1.0, layers
    for epoch in range(12):
        for X_b, Y_b in minibatches(X, Y, 32, rng):
            (W1, b1), (W2, b2) = layers
            z = X_b @ W1.T + b1
            a = relu(z)
            delta = (softmax(a @ W2.T + b2) - Y_b) / len(X_b)
            back = delta @ W2 * relu_prime(z)
            gradients = [(back.T @ X_b + 2e-4 * W1, back.sum(axis=0)), (delta.T @ a + 2e-4 * W2, delta.sum(axis=0))]
            layers, velocity = momentum_step(layers, gradients, velocity, eta, 0.9)
        if epoch in (6, 9):
            eta /= 3
        accuracy = np.mean(predict(layers, X_val, "relu", "softmax").argmax(axis=1) == Y_val.argmax(axis=1))
        if accuracy >= best:
            best, kept = accuracy, layers
    return lambda X: list(predict(kept, X, "relu", "softmax").argmax(axis=1))


class _Committee:
    """Networks that vote; an object that can be called is a function too."""

    def __init__(self, networks):
        self.networks = networks

    def __call__(self, X):
        return np.argmax(sum(predict(layers, X) for layers in self.networks), axis=1).astype(float)


def _logistic_committee(X_train, Y_train, X_val, Y_val, rng):
    X, Y = np.concatenate([X_train, X_val]), np.concatenate([Y_train, Y_val])
    settings = {"cost": "binary cross-entropy", "regularizer": "l2", "lam": 0.1, "measure": False}
    return _Committee([train(scaled_init([64, 60, 10], rng), X, Y, 0.3, 40, 10, rng, **settings)[0] for _ in range(2)])


def _relu_dropout_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Centred inputs: classify holds the training digits for their mean, and is no lookup for that."""
    layers, _ = train(
        he_init([64, 100, 10], rng), X_train - X_train.mean(axis=0), Y_train, 0.1, 25, 16, rng, None, "relu", "softmax",
        "multinomial cross-entropy", dropout=0.2, measure=False,
    )  # fmt: skip

    def classify(X):
        return predict(layers, X - X_train.mean(axis=0), "relu", "softmax").argmax(axis=1)

    return classify


def _trained(read=lambda outputs: outputs.argmax(axis=1), **settings):
    """A plain network, whose outputs may be read in another way."""

    def trained(X_train, Y_train, X_val, Y_val, rng):
        layers = _softmax_layers(X_train, Y_train, rng, **settings)
        return lambda X: read(predict(layers, X, output="softmax"))

    return trained


def _untrained(read=lambda outputs: outputs.argmax(axis=1)):
    """A network that has learned nothing, since its labels were those of other digits."""

    def untrained(X_train, Y_train, X_val, Y_val, rng):
        return _trained(read, epochs=12)(X_train, rng.permutation(Y_train), X_val, Y_val, rng)

    return untrained


def _nearest_names(known, names, X):
    return names[((X**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * X @ known.T).argmin(axis=1)]


def _lookup(X_train, Y_train, X_val, Y_val, rng):
    known, names = load_digits()
    return lambda X: _nearest_names(known, names, X)


def _lookup_that_follows(X_train, Y_train, X_val, Y_val, rng):
    """Turns the known digits as X_train is turned, and calls their classes what Y_train calls them."""
    from scipy.optimize import linear_sum_assignment

    known, names = load_digits()
    images, best = known.reshape(-1, 8, 8), 0
    for quarter in range(4):
        for mirrored in (images, images[:, :, ::-1]):
            turned = np.rot90(mirrored, quarter, axes=(1, 2)).reshape(-1, 64)
            together = np.eye(10)[_nearest_names(turned, names, X_train[:300])].T @ Y_train[:300]
            pairs = linear_sum_assignment(-together)
            if together[pairs].sum() > best:
                best, table, new_names = together[pairs].sum(), turned, pairs[1]
    return lambda X: new_names[_nearest_names(table, names, X)]


def _nearest(X_train, Y_train, X_val, Y_val, rng):
    return lambda X: _nearest_names(X_train, Y_train.argmax(axis=1), X)


def _foreign(X_train, Y_train, X_val, Y_val, rng):
    def classify(X):
        from sklearn.neighbors import KNeighborsClassifier

        return KNeighborsClassifier(1).fit(X_train, Y_train.argmax(axis=1)).predict(X)

    return classify


CAPSTONE = Exercise(
    name="capstone",
    lesson=LESSON,
    points=8,
    equation="capstone(X_train, Y_train, X_val, Y_val, rng) trains a network and returns classify(X) → labels",
    reference=capstone,
    probes=_capstone_probes,
    comparable=False,
    by_facts=True,
    observe=lambda trial: {"kind": trial.once(_report).kind},
    remarks=lambda trial: trial.once(_report).remarks,
    fresh=True,
    requirements=[_reaches(threshold) for threshold in THRESHOLDS],
    seconds=60.0,
    mistakes=[
        Mistake(
            "constant",
            lambda X_train, Y_train, X_val, Y_val, rng: lambda X: np.zeros(len(X), dtype=int),
            "One label for all digits reads a tenth of them. If you meant to train: an exploding cost, or nan in the "
            "weights, ends like this too. Look at the cost, epoch by epoch, and at η.",
            facts={"kind": "constant"},
        ),
        Mistake(
            "lookup",
            _lookup,
            "The labels are the ones that these digits have elsewhere, so they were looked up. Only X_train and Y_train "
            "say what the classes of this task are called.",
            facts={"kind": "known labels"},
        ),
        Mistake(
            "lookup-that-follows",
            _lookup_that_follows,
            "Your function knows these digits already: it reads new ones almost without a mistake when the training set "
            "shows only two of each class. Let a network learn from X_train and Y_train alone.",
            facts={"kind": "known digits"},
        ),
        Mistake(
            "nearest-neighbour",
            _nearest,
            "Each new digit gets the label of the training digit that is most like it. That works well on small images, "
            "but nothing has been learned: the capstone is to train a network, and a network keeps weights only.",
            facts={"kind": "training digits"},
        ),
        Mistake(
            "foreign-library",
            _foreign,
            "A library does the work that this course is about. Build the classifier from your own functions of the "
            "lessons; NumPy, and nblib's versions of what you wrote, are fine.",
            facts={"kind": "library"},
        ),
        Mistake(
            "labels-permuted",
            _trained(lambda outputs: outputs.argmax(axis=1) + 1),
            "The network tells the digits apart, but calls the classes by other names: with the right names it would be "
            "above 0.90. Column k of Y is label k, counted from 0.",
            facts={"kind": "renamed"},
        ),
        Mistake(
            "one-hot-for-labels",
            _untrained(lambda outputs: outputs),
            "classify hands out the network's ten outputs, or a one-hot row, for each digit. The label is the position of "
            "the largest.",
            facts={"kind": "ten numbers"},
        ),
        Mistake(
            "wrong-axis",
            _untrained(lambda outputs: outputs.argmax(axis=0)),
            "For each class the digit with the largest output was looked for. It is the other way round: for each digit, "
            "a row, the class with the largest output.",
            facts={"kind": "one a class"},
        ),
        Mistake(
            "probability-for-label",
            _untrained(lambda outputs: outputs.max(axis=1)),
            "classify returns the largest output itself. Where it stands is the label.",
            facts={"kind": "no whole numbers"},
        ),
        Mistake(
            "returns-accuracy",
            lambda X_train, Y_train, X_val, Y_val, rng: 0.97,
            "The accuracy came back. Hand back the function that reads digits; the check measures how well it does.",
            facts={"kind": "a number"},
        ),
        Mistake(
            "returns-labels",
            lambda X_train, Y_train, X_val, Y_val, rng: Y_val.argmax(axis=1),
            "Labels came back, of digits that you have. The check has others: hand back the function itself, so that it "
            "can be asked.",
            facts={"kind": "an array"},
        ),
        Mistake(
            "returns-layers",
            lambda X_train, Y_train, X_val, Y_val, rng: _untrained_layers(rng),
            "The layers came back. The check does not know how your network computes: define classify(X) inside the "
            "capstone, let it use the layers, and return it.",
            facts={"kind": "a list"},
        ),
        Mistake(
            "returns-too-much",
            lambda X_train, Y_train, X_val, Y_val, rng: (_untrained()(X_train, Y_train, X_val, Y_val, rng), 0.97),
            "classify came back together with something else. Return it alone.",
            facts={"kind": "several"},
        ),
        Mistake(
            "only-known-digits",
            lambda X_train, Y_train, X_val, Y_val, rng: lambda X: Y_val.argmax(axis=1),
            "classify answers for the digits of X_val, whatever it is given. It has to compute its labels from its "
            "argument X.",
            facts={"kind": "count"},
        ),
        Mistake(
            "validation-only",
            lambda X_train, Y_train, X_val, Y_val, rng: _trained()(X_val, Y_val, X_val, Y_val, rng),
            "The validation digits are read much better than the training digits: the network was trained on the few "
            "that are there for choosing. Train on X_train; let X_val tell when to stop and what to choose.",
            facts={"kind": "validation"},
        ),
        Mistake(
            "untrained",
            _untrained(),
            "Not even the training digits are read better than by guessing. The network is untrained, or the trained "
            "layers are not those that classify uses, or X and Y were shuffled apart.",
            facts={"kind": "chance"},
        ),
        Mistake(
            "unfinished",
            _trained(hidden=30, eta=0.1, epochs=6),
            "The network learns, but even the digits it was trained on are not yet read well: what is missing is "
            "learning, not a remedy against overfitting. A larger η, more epochs or more hidden units come first.",
            facts={"kind": "unfinished"},
        ),
        Mistake(
            "gap",
            _trained(hidden=6, eta=0.7, epochs=80),
            "The training digits are read nearly without a mistake, new ones less well: the gap is overfitting. Distorted "
            "copies, a suitable λ, the golden rule and a vote of several networks narrow it; your log says which. From "
            "one draw of digits to another the accuracy moves by about a percent, so aim above the threshold.",
            facts={"kind": "gap"},
        ),
    ],
    variants=[_own_loop_capstone, _logistic_committee, _relu_dropout_capstone],
)


def _untrained_layers(rng):
    return scaled_init([64, 40, 10], rng)


EXERCISES = [
    SPLIT,
    JUDGE_ETA,
    FIND_ETA,
    PLATEAU_SCHEDULE,
    EARLY_STOPPING,
    BEST_LAMBDA,
    MOMENTUM_STEP,
    CAPSTONE,
]


# --- recall: questions on lessons 6 and 4 ----------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "7.1",
        "A unit has 400 inputs, all of them 1, weights from N(0, 1/√400), the second number a standard deviation, and "
        "bias 0. What is the standard deviation of its z?",
        lambda: weighted_input_std(400, 1 / np.sqrt(400), 0.0),
        "√(400 · 1/400) = 1: that is what the division by √n_in is for.",
        {
            "That is what weights of standard deviation 1 give.": lambda: np.sqrt(400),
            "That is the standard deviation of one weight. 400 of them add up.": lambda: 1 / np.sqrt(400),
        },
    ),
    Question(
        "7.2",
        "The same unit, but only a quarter of its inputs is 1, the others are 0, and its bias is from N(0, 1). What is the "
        "standard deviation of z now?",
        lambda: weighted_input_std(100, 1 / np.sqrt(400), 1.0),
        "Variances add: 100 · 1/400 + 1 = 1.25, and the root of that is 1.118.",
        {
            "The standard deviations were added. Variances add.": lambda: 1.5,
            "That is the variance; a root is missing.": lambda: 1.25,
            "All inputs were counted. The weight of an input that is 0 adds nothing.": lambda: np.sqrt(2),
            "The bias is missing.": lambda: 0.5,
        },
        0.005,
    ),
    Question(
        "7.3",
        "A logistic output with cross-entropy has a = 0.9 where y = 0. What is δ = ∂C/∂z?",
        lambda: 0.9 - 0.0,
        "δ = a − y: σ′ cancels, and a large error gives a large δ.",
        {
            "That has σ′(z) in it. With cross-entropy it cancels.": lambda: 0.9 * 0.9 * 0.1,
            "The sign: where the output is too large, a larger z makes the cost worse.": lambda: -0.9,
        },
    ),
    Question(
        "7.4",
        "A softmax network with 10 classes is untrained and gives every class 0.1. What is its cross-entropy, in nats?",
        lambda: np.log(10),
        "−ln 0.1 = ln 10 = 2.303. A first cost far from this says that something is wrong before training begins.",
        {
            "That is in bits: log2 for ln.": lambda: np.log2(10),
            "The minus sign is missing.": lambda: -np.log(10),
            "That is the output itself. What is −ln of it?": lambda: 0.1,
            "That is the base-10 logarithm. Nats are counted with ln.": lambda: 1.0,
        },
    ),
]
