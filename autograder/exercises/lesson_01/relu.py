"""ReLU."""

import numpy as np

from autograder.exercises.lesson_01.shared import elementwise_draws, integers, scalars, single_numbers
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def relu(z):
    return np.maximum(z, 0.0)


EXERCISE = Exercise(
    points=1,
    equation="relu(z) = max(0, z)",
    probes=elementwise_draws,
    telling_probes=scalars,
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("single numbers, whole numbers", 0.25, lambda rng: single_numbers(rng) + integers(rng), with_shapes=True),
        unchanged(0.125),
    ],
    variants=[
        lambda z: np.maximum(0, z),
        lambda z: np.where(np.asarray(z) > 0, z, 0.0),
        lambda z: (np.asarray(z) + np.abs(z)) / 2,
        lambda z: np.asarray(z) * (np.asarray(z) >= 0),
        lambda z: np.vectorize(lambda v: v if v > 0 else 0.0, otypes=[float])(z),
    ],
)
