"""The step function with a threshold."""

import numpy as np

from autograder.exercises.lesson_01.shared import scalars
from autograder.exercises.parts import Exercise, cases, flat, probes, unchanged, values


def step(z, k=0.0):
    return (np.asarray(z) >= k).astype(float)


def _step_draws(rng):
    two_axes, three_axes = probes.sizes(rng, 2), probes.sizes(rng, 3, 2, 5)
    return [(rng.normal(size=9),), (rng.normal(size=two_axes) + 0.7, 0.7), (rng.normal(size=three_axes) - 0.6, -0.6)]


def _step_ties(rng):
    return [
        (np.array([-1.0, 0.0, 2.0, 0.0]),),
        (np.array([0.25, 0.5, 0.75, 0.5]), 0.5),
        (np.array([[3, 4], [4, 5]]), 4),
    ]


def _step_types(rng):
    return [(0.3,), (-0.3,), (0.6, 0.5), (np.array([[1, 3], [2, 5]]), 2.5), (np.array([-3, 4, 1]), 2)]


def _value_at_the_threshold(trial):
    outcome = trial.call((np.array([0.0]),))
    numbers = None if outcome.failure else flat(outcome.value)
    return {"at threshold": None if numbers is None else numbers.tolist()}


EXERCISE = Exercise(
    points=1,
    equation="step(z; k) = 1 where z ≥ k, 0 where z < k",
    probes=_step_draws,
    telling_probes=scalars,
    observe=_value_at_the_threshold,
    requirements=[
        values(0.5),
        cases("at the threshold", 0.25, _step_ties),
        cases("single numbers, whole numbers", 0.125, _step_types, with_shapes=True),
        unchanged(0.125),
    ],
    variants=[
        lambda z, k=0.0: np.where(np.asarray(z) >= k, 1, 0),
        lambda z, k=0.0: np.asarray(z) >= k,
        lambda z, k=0.0: np.heaviside(np.asarray(z, dtype=float) - k, 1.0),
        lambda z, k=0.0: np.vectorize(lambda v: 1.0 if v >= k else 0.0)(z),
    ],
)
