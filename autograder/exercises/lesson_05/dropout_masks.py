"""Probes, requirements and facts of dropout and inverted dropout, judged by shares and relations."""

import math

import numpy as np

from autograder.exercises.lesson_05.dropout_relations import relation, relation_to_its_own_zeros, relations
from autograder.exercises.lesson_05.shared import as_problem
from autograder.exercises.parts import SINGLE_TOLERANCE, close, problem_in, said, trouble
from nblib.activations import logistic, relu

# A right answer misses a bound of six standard deviations less than once in 10⁸ draws.
SIGMAS = 6


def dropout_probes(rng):
    """Draw batches of logistic, ReLU and tanh neurons: a kept activation can be 0, or negative."""
    found = []
    for activation, low, high in ((logistic, 0.15, 0.3), (relu, 0.33, 0.4), (np.tanh, 0.65, 0.8)):
        p_drop, n, m = rng.uniform(low, high), int(rng.integers(55, 66)), int(rng.integers(40, 51))
        found.append((activation(rng.normal(size=(n, m))), float(p_drop), np.random.default_rng(rng.integers(2**32))))
    return found


def dropped_pair(outcome, a, exercise):
    """Return the answer as (a_dropped, mask); raise ValueError with the problem if it is no such pair."""
    problem = trouble(outcome, exercise)
    if problem:
        raise ValueError(problem)
    value = outcome.value
    if isinstance(value, np.ndarray) and value.shape == (2, *a.shape):
        value = list(value)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError(said("the result must be a pair (a_dropped, mask).", "pair"))
    try:
        dropped, mask = (np.asarray(part, dtype=float) for part in value)
    except (TypeError, ValueError):
        raise ValueError(said("a_dropped and the mask must be arrays of numbers.", "arrays")) from None
    for name, part in (("a_dropped", dropped), ("the mask", mask)):
        if part.shape != a.shape:
            raise ValueError(said(f"{name} has shape {part.shape}, but it should be that of a, {a.shape}.", "shape"))
    return dropped, mask


def dropped_pairs(trial):
    return [
        (a, p_drop, *dropped_pair(outcome, a, trial.exercise))
        for (a, p_drop, _), outcome in zip(trial.probes, trial.outcomes, strict=True)
    ]


def draws(mask):
    """Count the draws in a mask: fewer than its entries if one row or column was used for all."""
    if mask.ndim == 2 and (mask == mask[0]).all():
        return mask.shape[1]
    return mask.shape[0] if (mask == mask[..., :1]).all() else mask.size


def fits_share(kept, share):
    return abs(np.mean(kept) - share) <= SIGMAS * math.sqrt(max(share * (1 - share), 1e-12) / draws(kept))


def mask_problem(p_drop, mask):
    if not np.isin(mask, (0, 1)).all():
        return "the mask contains numbers other than 0 and 1."
    if not fits_share(mask, 1 - p_drop):
        return (
            f"with p_drop = {p_drop:.2f} the fraction of zeros in the mask is {np.mean(mask == 0):.2f}, too far off to "
            "be chance."
        )
    return None


def drops_nothing(trial):
    """p_drop = 0 on a small batch."""
    a = np.linspace(0.1, 0.9, 12).reshape(4, 3)
    _, mask = dropped_pair(trial.call((a, 0.0, np.random.default_rng(3))), a, trial.exercise)
    return None if (mask == 1).all() else "with p_drop = 0 nothing should be dropped."


@as_problem
def right_share(trial):
    problems = [mask_problem(p_drop, mask) for _, p_drop, _, mask in dropped_pairs(trial)]
    return next((problem for problem in problems if problem), None) or drops_nothing(trial)


def patterns(trial):
    """Return the regularities of the masks that independent draws don't have."""
    _, _, _, mask = dropped_pairs(trial)[0]
    a, p_drop, _ = trial.probes[0]
    totals = {
        int(dropped_pair(trial.call((a, p_drop, np.random.default_rng(seed))), a, trial.exercise)[1].sum())
        for seed in range(20, 26)
    }
    found = []
    if (mask == mask[0]).all():
        found.append("all examples in the batch drop the same neurons.")
    if (mask == mask[:, :1]).all():
        found.append("each example is dropped as a whole, or not at all.")
    if len(set(mask.sum(axis=1))) == 1:
        found.append("every example drops exactly the same number of neurons.")
    if len(set(mask.sum(axis=0))) == 1:
        found.append("every neuron is dropped in exactly the same number of examples.")
    if len(totals) == 1:
        found.append("every draw drops exactly the same number of neurons.")
    return found


def vector_problem(trial):
    a = np.linspace(0.05, 0.95, 400)
    _, mask = dropped_pair(trial.call((a, 0.3, np.random.default_rng(4))), a, trial.exercise)
    return None if fits_share(mask != 0, 0.7) else "for one example, of shape (m,), the fraction of zeros is wrong."


@as_problem
def each_by_itself(trial):
    return next(iter(patterns(trial)), None) or vector_problem(trial)


def masks_from(trial, seeds):
    a, p_drop, _ = trial.probes[0]
    return [dropped_pair(trial.call((a, p_drop, np.random.default_rng(seed))), a, trial.exercise)[1] for seed in seeds]


@as_problem
def from_rng(trial):
    one, again, other = masks_from(trial, (5, 5, 6))
    if (one != again).any():
        return "the same rng in the same state gave two different masks: draw from the rng that is passed in."
    if (one == other).all():
        return "two different rngs gave the same mask: the rng that is passed in isn't used."
    return None


def share_name(pairs):
    candidates = {
        "p": [p for _, p, _, _ in pairs],
        "1 - p": [1 - p for _, p, _, _ in pairs],
        "half": [0.5] * len(pairs),
        "none": [0.0] * len(pairs),
        "normal below p": [0.5 * math.erfc(-p / math.sqrt(2)) for _, p, _, _ in pairs],
        "normal above p": [0.5 * math.erfc(p / math.sqrt(2)) for _, p, _, _ in pairs],
        "normal above 1 - p": [0.5 * math.erfc((1 - p) / math.sqrt(2)) for _, p, _, _ in pairs],
    }
    for name, shares in candidates.items():
        if all(fits_share(mask == 0, share) for (_, _, _, mask), share in zip(pairs, shares, strict=True)):
            return name
    return "other"


def mask_kind(pairs):
    def kind(p, mask):
        levels = np.unique(mask)
        if np.isin(levels, (0, 1)).all():
            return "0/1"
        if len(levels) == 2 and levels[0] == 0:
            for name, level in (("1 / (1 - p)", 1 / (1 - p)), ("1 / p", 1 / p), ("1 - p", 1 - p)):
                if np.isclose(levels[1], level):
                    return name
        return "many" if len(levels) > 3 else "few"

    kinds = {kind(p, mask) for _, p, _, mask in pairs}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def dropout_facts(trial):
    try:
        pairs = dropped_pairs(trial)
        facts = {
            "form": "pair",
            "mask": mask_kind(pairs),
            "share": share_name(pairs),
            "a_dropped": relation(pairs),
            "another mask": relation_to_its_own_zeros(pairs),
            "patterns": tuple(patterns(trial)),
        }
    except ValueError as error:
        return {"form": problem_in(error).label}
    facts["rng"] = from_rng(trial)
    return facts


def loop_dropout(a, p_drop, rng):
    mask = np.zeros(a.shape, dtype=int)
    for index in np.ndindex(a.shape):
        if rng.uniform() > p_drop:
            mask[index] = 1
    return np.where(mask == 1, a, 0.0), mask


def binomial_dropout(a, p_drop, rng):
    mask = rng.binomial(1, 1 - p_drop, size=np.shape(a))
    return np.multiply(a, mask), mask


def choice_dropout(a, p_drop, rng):
    mask = rng.choice([0.0, 1.0], size=a.shape, p=[p_drop, 1 - p_drop])
    return a * mask, mask


def boolean_dropout(a, p_drop, rng):
    mask = ~(rng.random(a.shape) < p_drop)
    return a * mask, mask


def dropout_relation(wanted, sentence):
    @as_problem
    def test(trial):
        pairs = dropped_pairs(trial)
        fits = all(
            close(dropped, relations(a, p_drop, (mask != 0).astype(float))[wanted], SINGLE_TOLERANCE)
            for a, p_drop, dropped, mask in pairs
        )
        return None if fits else sentence

    return test


VARIANTS = [loop_dropout, binomial_dropout, choice_dropout, boolean_dropout]
