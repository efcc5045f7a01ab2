"""The negative mean log-likelihood of labels."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import binary_probes, kind_of_answer
from autograder.exercises.parts import Exercise, cases, unchanged, values
from nblib.activations import logistic


def negative_log_likelihood(p, y):
    chosen = np.where(y == 1, p, 1 - p)
    return -np.mean(np.log(chosen))


def _many_observations(rng):
    n = 100_000
    p = logistic(np.linspace(-3, 3, n))
    y = (np.arange(n) * 7 % 10 < 6).astype(int)
    return [(p, y)]


def _many_facts(trial):
    kind = kind_of_answer(trial, _many_observations(None)[0])
    # The logarithm of a product that has become 0 is inf in NumPy and an exception in math.
    return {"many": "inf" if kind == "raised" else kind}


EXERCISE = Exercise(
    points=1,
    equation="−(1/n) ln Π_i p_i^(y_i) (1 − p_i)^(1 − y_i)",
    probes=binary_probes,
    observe=_many_facts,
    requirements=[values(0.5), cases("100,000 examples", 0.25, _many_observations), unchanged(0.25)],
    variants=[
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(),
        lambda p, y: -sum(math.log(pi if yi else 1 - pi) for pi, yi in zip(p, y, strict=True)) / len(p),
        lambda p, y: np.array(-np.log(p**y * (1 - p) ** (1 - y)).sum() / len(y)),
        lambda p, y: -np.sum(np.log(np.abs(1 - y - p))) / p.size,
    ],
)
