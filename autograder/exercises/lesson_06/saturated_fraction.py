"""The share of neurons that hardly learn."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, unchanged, values
from nblib.activations import logistic, logistic_prime


def saturated_fraction(z, tol=0.01):
    z = np.asarray(z, dtype=float)
    a = logistic(z)
    slope = a * (1 - a)
    return np.mean(slope < tol)


def _saturation_probes(rng):
    (n,), (rows, columns), shape = probes.sizes(rng, 1, 30, 50), probes.sizes(rng, 2, 9, 14), probes.sizes(rng, 3, 3, 6)
    mixed = 5 * rng.normal(size=n) + 1.5
    return [
        (mixed,),
        (6 * rng.normal(size=(rows, columns)) - 2,),
        (3 * rng.normal(size=shape) + 0.5, 0.1),
        (2 * rng.normal(size=(columns, rows)) - 0.3, 0.2),
        (12 * rng.normal(size=n) + 2, 0.001),
    ]


def _slope_equal_to_tol(rng):
    """σ′(0) is exactly ¼, however it is computed."""
    return [(np.array([0.0, 0.0, 0.0]), 0.25), (np.array([0.0, 1.0 + rng.random(), 0.0, -2.0]), 0.25)]


def _saturation_types(rng):
    return [
        (np.array([[-6, 2], [0, 7], [-5, 1]]),),
        (rng.integers(-9, 10, size=11),),
        (8.5,),
        (-0.5,),
    ]


def _saturation_large(rng):
    return [(np.array([-1000.0, 1000.0, 0.3, -0.2, 1.1]),), (800 * rng.normal(size=9),)]


def _loop_share(z, tol=0.01):
    flat_z = np.asarray(z, dtype=float).ravel()
    count = 0
    for value in flat_z:
        small = np.exp(-abs(value))
        if small / (1 + small) ** 2 < tol:
            count += 1
    return count / len(flat_z)


EXERCISE = Exercise(
    points=1,
    equation="share of all z with σ′(z) < tol",
    probes=_saturation_probes,
    requirements=[
        values(0.5),
        cases("a slope equal to tol", 0.125, _slope_equal_to_tol),
        cases("single numbers, whole numbers", 0.125, _saturation_types, with_shapes=True),
        cases("large z, no warning", 0.125, _saturation_large, quiet=True),
        unchanged(0.125),
    ],
    variants=[
        _loop_share,
        lambda z, tol=0.01: np.mean((1 - np.tanh(np.asarray(z) / 2) ** 2) / 4 < tol),
        lambda z, tol=0.01: np.count_nonzero(logistic_prime(z) < tol) / np.size(z),
        lambda z, tol=0.01: 1 - np.mean(logistic(z) * logistic(-np.asarray(z, dtype=float)) >= tol),
    ],
)
