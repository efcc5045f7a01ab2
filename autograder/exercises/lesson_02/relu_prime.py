"""The derivative of ReLU."""

import numpy as np

from autograder.exercises.lesson_02.shared import prime_requirements, single_numbers, weighted_inputs
from autograder.exercises.parts import Exercise, cases


def relu_prime(z):
    return (np.asarray(z) > 0).astype(float)


def _kinks(rng):
    return [(np.array([float(rng.uniform(1, 2)), 0.0, -0.0, -1.0]),), (0.0,), (np.array([[0, 3], [-2, 0]]),)]


EXERCISE = Exercise(
    points=1,
    equation="ReLU′(z) = 1 where z > 0, 0 elsewhere, 0 at z = 0 too",
    probes=weighted_inputs,
    telling_probes=lambda rng: single_numbers(rng) + _kinks(rng)[:1],
    requirements=prime_requirements(cases("at the kink, z = 0", 0.125, _kinks)),
    variants=[
        lambda z: np.where(np.asarray(z) > 0, 1, 0),
        lambda z: np.asarray(z) > 0,
        lambda z: np.heaviside(z, 0.0),
        lambda z: np.reshape([1.0 if v > 0 else 0.0 for v in np.ravel(z)], np.shape(z)),
        lambda z: np.maximum(np.sign(z), 0),
    ],
)
