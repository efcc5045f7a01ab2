"""How the cross-entropy changes with the activation."""

import numpy as np

from autograder.exercises.lesson_04.shared import LISTS, factor_probes, plain_pairs
from autograder.exercises.parts import Exercise, cases, unchanged, values


def dC_da(a, y):
    a, y = np.asarray(a), np.asarray(y)
    return (a - y) / (a * (1 - a))


EXERCISE = Exercise(
    derivative_of="the cost, by a",
    points=1,
    equation="C = −[y ln a + (1 − y) ln(1 − a)]: ∂C/∂a, as one fraction",
    probes=factor_probes,
    requirements=[values(0.5), cases(LISTS, 0.25, plain_pairs), unchanged(0.25)],
    variants=[
        lambda a, y: (np.asarray(a) - np.asarray(y)) / (np.asarray(a) * (1 - np.asarray(a))),
        lambda a, y: np.where(np.equal(y, 1), -1 / np.array(a), 1 / (1 - np.array(a))),
        lambda a, y: -np.divide(y, a) + np.subtract(1, y) / np.subtract(1, a),
        np.vectorize(lambda a, y: -1 / a if y == 1 else 1 / (1 - a), otypes=[float]),
    ],
)
