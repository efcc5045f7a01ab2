"""The derivative of tanh."""

import math

import numpy as np

from autograder.exercises.lesson_02.shared import calm, prime_requirements, single_numbers, weighted_inputs
from autograder.exercises.parts import Exercise
from nblib.activations import logistic_prime


def tanh_prime(z):
    a = np.tanh(z)
    return 1 - a**2


EXERCISE = Exercise(
    derivative_of="tanh",
    points=1,
    equation="tanh′(z) = 1 − tanh²(z), elementwise",
    probes=weighted_inputs,
    telling_probes=single_numbers,
    requirements=prime_requirements(calm()),
    variants=[
        lambda z: 1 - np.tanh(z) ** 2,
        lambda z: (1 - np.tanh(z)) * (1 + np.tanh(z)),
        lambda z: 4 * logistic_prime(2 * np.asarray(z)),
        lambda z: np.reshape([1 - math.tanh(v) ** 2 for v in np.ravel(z)], np.shape(z)),
    ],
)
