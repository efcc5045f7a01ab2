"""Probes and helpers that several exercises of lesson 4 share."""

import numpy as np

from autograder.exercises.parts import fits_any, flat, right_answers
from nblib import data
from nblib.activations import logistic


def kind_of_answer(trial, args):
    """Say in one word what a function returns for an edge case."""
    outcome = trial.call(args)
    if outcome.failure:
        return "raised"
    if fits_any(outcome, right_answers(trial.exercise, args), trial.exercise) is None:
        return "right"
    numbers = flat(outcome.value) if outcome.value is not None else None
    if numbers is None:
        return "no number"
    if np.isnan(numbers).any():
        return "nan"
    if np.isinf(numbers).any():
        return "inf"
    # Where inf is right: a clipped logarithm is large all the same, a term that is left out adds nothing.
    return "large" if np.max(numbers, initial=0) > 3 else "small"


def kinds(**edge_cases):
    """Observe what becomes of edge cases, given as ``name=(arguments)``."""
    return lambda trial: {name: kind_of_answer(trial, args) for name, args in edge_cases.items()}


def draw_labels(rng, n):
    """Draw 0s and 1s, at least one of each."""
    labels = rng.integers(0, 2, size=n)
    labels[rng.permutation(n)[:2]] = [0, 1]
    return labels


def neuron_outputs(rng, n):
    """Activations and labels of n examples of one logistic neuron."""
    return logistic(2 * rng.normal(size=n) + 0.4), draw_labels(rng, n)


def binary_probes(rng):
    found = [neuron_outputs(rng, int(n)) for n in rng.permutation([5, 8, 13, 21])[:3]]
    a, y = neuron_outputs(rng, 6)
    return [*found, (a, y.astype(float))]


def factor_probes(rng):
    found = [neuron_outputs(rng, int(n)) for n in rng.permutation([4, 7, 9])]
    a, y = neuron_outputs(rng, 6)
    return [*found, (a.reshape(2, 3), y.reshape(2, 3).astype(float))]


def plain_pairs(rng):
    a, y = neuron_outputs(rng, 5)
    return [(float(a[0]), int(y[0])), (np.float64(a[1]), float(y[1]))]


NUMBERS = "single numbers as well as arrays"


def distribution(rng, K):
    weights = rng.random(K) + 0.1
    return weights / weights.sum()


def logits(rng, n, K):
    """Logits whose rows lie at different heights, and one-hot targets."""
    Z = 2 * rng.normal(size=(n, K)) + rng.normal(scale=3, size=(n, 1))
    return Z, data.one_hot(rng.integers(0, K, size=n), K)


def logit_probes(rng):
    shapes_drawn = [
        (int(n), int(K)) for n, K in zip(rng.permutation([4, 7, 9]), rng.permutation([3, 5, 6]), strict=True)
    ]
    return [logits(rng, n, K) for n, K in [*shapes_drawn, (1, 4)]]


RIGHT_AND_SURE = (np.array([[1e4, -1e4, 0.0]]), np.array([[1.0, 0.0, 0.0]]))


WRONG_AND_SURE = (np.array([[1e4, -1e4, 0.0]]), np.array([[0.0, 1.0, 0.0]]))


ROWS_FAR_APART = (
    np.array([[1e4, 1e4 - 1, 1e4 - 2, 1e4 - 1.5], [-1e4, -1e4 + 1, -1e4 + 2, -1e4 + 0.5]]),
    np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]),
)


def large_logits(rng):
    return [RIGHT_AND_SURE, WRONG_AND_SURE, ROWS_FAR_APART]


LOGIT_KINDS = kinds(right=RIGHT_AND_SURE, wrong=WRONG_AND_SURE, apart=ROWS_FAR_APART)
