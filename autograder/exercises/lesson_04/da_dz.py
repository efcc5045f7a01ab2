"""How the activation changes with the weighted input."""

import numpy as np

from autograder.exercises.lesson_04.shared import NUMBERS, factor_probes, plain_pairs
from autograder.exercises.parts import Exercise, cases, unchanged, values


def da_dz(a):
    a = np.asarray(a)
    return a * (1 - a)


def _plain_activations(rng):
    return [args[:1] for args in plain_pairs(rng)] + [(np.array([0, 1]),)]


EXERCISE = Exercise(
    derivative_of="σ",
    points=1,
    equation="a = σ(z): ∂a/∂z = σ′(z) = σ(z)(1 − σ(z)), written with a",
    probes=lambda rng: [args[:1] for args in factor_probes(rng)],
    requirements=[values(0.5), cases(NUMBERS, 0.25, _plain_activations), unchanged(0.25)],
    variants=[
        lambda a: np.multiply(a, np.subtract(1, a)),
        lambda a: np.asarray(a) - np.asarray(a) ** 2,
        np.vectorize(lambda a: 0.25 - (a - 0.5) ** 2, otypes=[float]),
        lambda a: np.array(a) * (1.0 - np.array(a)),
    ],
)
