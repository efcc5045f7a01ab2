"""The cross-entropy of two distributions, in bits."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import distribution, kinds
from autograder.exercises.parts import Exercise, cases, unchanged, values


def cross_entropy_bits(p, q):
    possible = p > 0
    return -np.sum(p[possible] * np.log2(q[possible]))


def _shared_zeros(rng):
    return [
        (np.array([0.5, 0.0, 0.5, 0.0]), np.array([0.25, 0.5, 0.25, 0.0])),
        (np.array([0.0, 1.0]), np.array([0.0, 1.0])),
    ]


def _impossible(rng):
    return [(np.array([0.5, 0.25, 0.25]), np.array([0.75, 0.25, 0.0]))]


EXERCISE = Exercise(
    points=1,
    equation="H(p, q) = −Σ_i p_i log₂ q_i, where p_i = 0 adds nothing",
    probes=lambda rng: [(distribution(rng, int(K)), distribution(rng, int(K))) for K in rng.permutation([2, 3, 5, 6])],
    observe=kinds(shared=_shared_zeros(None)[0], impossible=_impossible(None)[0]),
    requirements=[
        values(0.25),
        cases("where p is 0", 0.25, _shared_zeros),
        cases("inf where q is 0 and p is not", 0.25, _impossible),
        unchanged(0.25),
    ],
    variants=[
        lambda p, q: float(-(p[p > 0] * np.log2(q[p > 0])).sum()),
        lambda p, q: sum((math.inf if y == 0 else -x * math.log2(y)) for x, y in zip(p, q, strict=True) if x != 0),
        lambda p, q: -np.where(p == 0, 0, p * np.log(q)).sum() / np.log(2),
        lambda p, q: np.array(-np.dot(p[p != 0], np.log2(q)[p != 0])),
    ],
)
