"""How the cross-entropy changes with the weighted input."""

import numpy as np

from autograder.exercises.lesson_04.shared import NUMBERS, factor_probes, kinds, plain_pairs
from autograder.exercises.parts import Exercise, cases, unchanged, values


def dC_dz(a, y):
    a, y = np.asarray(a), np.asarray(y)
    return a - y


def _exact_pairs(rng):
    return [(np.array([1.0, 0.0, 1.0, 0.0]), np.array([0, 1, 1, 0])), (np.array([1.0]), np.array([0.0]))]


EXERCISE = Exercise(
    derivative_of="the cost with respect to z",
    points=1,
    equation="∂C/∂z = ∂C/∂a · ∂a/∂z, with what cancels taken out",
    probes=factor_probes,
    observe=kinds(exact=_exact_pairs(None)[0]),
    requirements=[
        values(0.25),
        cases("a of exactly 0 and 1", 0.25, _exact_pairs),
        cases(NUMBERS, 0.25, plain_pairs),
        unchanged(0.25),
    ],
    variants=[
        lambda a, y: np.asarray(a) - np.asarray(y),
        lambda a, y: np.where(np.equal(y, 1), np.subtract(a, 1), a),
        lambda a, y: -(np.multiply(y, np.subtract(1, a)) - np.multiply(np.subtract(1, y), a)),
        np.vectorize(lambda a, y: a - y, otypes=[float]),
    ],
)
