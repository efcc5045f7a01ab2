"""The entropy of a distribution, in bits."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import distribution, kinds
from autograder.exercises.parts import Exercise, cases, unchanged, values


def entropy_bits(p):
    q = p[p > 0]
    return -np.sum(q * np.log2(q))


def _sparse_distributions(rng):
    return [(np.array([0.5, 0.0, 0.25, 0.25]),), (np.array([0.0, 1.0, 0.0]),)]


EXERCISE = Exercise(
    points=1,
    equation="H(p) = −Σ_i p_i log₂ p_i, where 0 · log₂ 0 counts as 0",
    probes=lambda rng: [(distribution(rng, int(K)),) for K in rng.permutation([2, 3, 5, 7])],
    observe=kinds(sparse=_sparse_distributions(None)[0]),
    requirements=[values(0.5), cases("probabilities of 0", 0.25, _sparse_distributions), unchanged(0.25)],
    variants=[
        lambda p: -sum(x * math.log2(x) for x in p if x > 0),
        lambda p: float(-(p[p > 0] * np.log2(p[p > 0])).sum()),
        lambda p: np.sum(p * np.log2(1 / np.where(p > 0, p, 1))),
        lambda p: np.array(-np.dot(p, np.log(np.where(p == 0, 1, p))) / np.log(2)),
    ],
)
