"""The logistic function."""

import numpy as np

from autograder.exercises.lesson_01.shared import elementwise_draws, integers, scalars, single_numbers
from autograder.exercises.parts import Exercise, cases, close, flat, shapes, unchanged, values


def logistic(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def _large(rng):
    return [
        (np.array([-1000.0, 1000.0, 0.5]),),
        (1000 * rng.normal(size=4) + np.array([800.0, -900.0, 750.0, -800.0]),),
        (np.array([-745.0, -37.0, 37.0, 710.0]),),
    ]


def _holds_at_large_z(trial):
    """Return what z = ±1000 gives (right numbers, nan or others) and which warnings it raises."""
    args = (np.array([-1000.0, 1000.0]),)
    outcome = trial.call(args)
    numbers = None if outcome.failure else flat(outcome.value)
    warned = {word for word in ("overflow", "invalid") for warning in trial.warnings(args, outcome) if word in warning}
    if numbers is None:
        return {"large": None}
    undefined = np.isnan(numbers)
    return {"large": tuple(undefined) if undefined.any() else close(numbers, [0.0, 1.0]), "warned": sorted(warned)}


def _loop_logistic(z):
    z = np.asarray(z, dtype=float)
    values_of = [1 / (1 + np.exp(-v)) if v >= 0 else np.exp(v) / (1 + np.exp(v)) for v in z.ravel()]
    return np.array(values_of).reshape(z.shape)


def _masked_logistic(z):
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    growing = np.exp(z[~positive])
    out[~positive] = growing / (1 + growing)
    return out


EXERCISE = Exercise(
    points=2,
    equation="σ(z) = 1 / (1 + e^(−z))",
    probes=elementwise_draws,
    telling_probes=scalars,
    observe=_holds_at_large_z,
    requirements=[
        values(0.5),
        shapes(0.25),
        cases("large z, no warning", 0.5, _large, quiet=True),
        cases("single numbers", 0.25, single_numbers, with_shapes=True),
        cases("integers", 0.25, integers, with_shapes=True),
        unchanged(0.25),
    ],
    variants=[
        _loop_logistic,
        _masked_logistic,
        lambda z: 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=float))),
        lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),
        lambda z: logistic(z).tolist(),
    ],
)
