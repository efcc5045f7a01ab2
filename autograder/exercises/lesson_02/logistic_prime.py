"""The derivative of the logistic function."""

import numpy as np

from autograder.exercises.lesson_02.shared import calm, prime_requirements, single_numbers, weighted_inputs
from autograder.exercises.parts import Exercise
from nblib.activations import logistic


def logistic_prime(z):
    a = logistic(z)
    return a * (1 - a)


def _stable_logistic_variant(z):
    z = np.asarray(z, dtype=float)
    positive = 1 / (1 + np.exp(-np.abs(z)))
    return positive * (1 - positive)


def _overflowing_product(trial):
    """Whether a very negative z leads to the product ∞ · 0 rather than to ∞/∞."""
    args = (np.array([-1000.0]),)
    warnings = trial.warnings(args, trial.call(args))
    return {"∞ · 0": any("invalid" in warning and "multiply" in warning for warning in warnings)}


EXERCISE = Exercise(
    derivative_of="σ",
    observe=_overflowing_product,
    points=1,
    equation="σ′(z) = σ(z) (1 − σ(z)), elementwise",
    probes=weighted_inputs,
    telling_probes=single_numbers,
    requirements=prime_requirements(calm()),
    variants=[
        lambda z: logistic(z) * (1 - logistic(z)),
        lambda z: logistic(z) - logistic(z) ** 2,
        lambda z: logistic(z) * logistic(-np.asarray(z)),
        _stable_logistic_variant,
        lambda z: np.reshape([logistic_prime(float(v)) for v in np.ravel(z)], np.shape(z)),
    ],
)
