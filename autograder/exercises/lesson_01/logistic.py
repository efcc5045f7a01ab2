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
    z = np.array([-1000.0, 1000.0])
    outcome, warned = _tried(trial, z)
    numbers = None if outcome.failure else flat(outcome.value)
    if numbers is None:
        return {"large": None}
    undefined = np.isnan(numbers)
    facts = {"large": tuple(undefined) if undefined.any() else close(numbers, [0.0, 1.0]), "warned": warned}
    # A form that is chosen for the whole array can be safe for either sign alone.
    return facts | {"alone": [_tried(trial, each)[1] for each in (z[:1], z[1:])]}


def _tried(trial, z):
    """Return what one call does, and the kinds of warnings that it raises."""
    outcome = trial.call((z,))
    warnings = trial.warnings((z,), outcome)
    return outcome, [
        word for word in ("divide by zero", "invalid", "overflow") if any(word in each for each in warnings)
    ]


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
