"""Softmax along the last axis."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import log_softmax


def softmax(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def _softmax_draws(rng, square=False):
    found = []
    for _ in range(3):
        n, K = (4, 4) if square else probes.sizes(rng, 2, low=3)
        found.append((1.5 * rng.normal(size=(n, K)),))
    return found


def _softmax_shapes(rng):
    a, b, c = probes.sizes(rng, 3, 2, 5)
    return [(rng.normal(size=5),), (rng.normal(size=(a, b, c)),), (rng.integers(-3, 4, size=(b, a + 4)),)]


def _softmax_large(rng):
    return [(rng.normal(size=(3, 5)) + 1000,), (np.array([[3000.0, 2999.0, 0.0], [2998.0, 3000.0, 10.0]]),)]


def _softmax_apart(rng):
    return [(rng.normal(size=(3, 4)) + np.array([[600.0], [-600.0], [0.0]]),), (rng.normal(size=(2, 6)) - 1000,)]


def _names_an_axis(trial):
    """Whether a single example raises an error because its z have no second axis."""
    outcome = trial.call((np.array([0.5, -1.0, 2.0]),))
    return {"second axis": bool(outcome.failure and outcome.failure.kind == "AxisError")}


def _loop_softmax(z):
    z = np.asarray(z, dtype=float)
    if z.ndim > 1:
        return np.array([_loop_softmax(row) for row in z])
    top = max(z)
    e = [np.exp(v - top) for v in z]
    return np.array([v / sum(e) for v in e])


EXERCISE = Exercise(
    points=2,
    equation="softmax(z)_k = e^(z_k) / Σ_j e^(z_j), along the last axis",
    probes=_softmax_draws,
    telling_probes=lambda rng: _softmax_draws(rng, square=True),
    observe=_names_an_axis,
    requirements=[
        values(0.75),
        shapes(0.25),
        cases("any number of axes, integers", 0.25, _softmax_shapes, with_shapes=True),
        cases("large z, no warning", 0.25, _softmax_large, quiet=True),
        cases("rows far apart, no warning", 0.25, _softmax_apart, quiet=True),
        unchanged(0.25),
    ],
    variants=[
        _loop_softmax,
        lambda z: np.exp(log_softmax(z)),
        lambda z: np.exp(z - np.logaddexp.reduce(np.asarray(z, dtype=float), axis=-1, keepdims=True)),
        lambda z: np.moveaxis(
            np.exp(np.moveaxis(z, -1, 0) - np.max(z, axis=-1))
            / np.exp(np.moveaxis(z, -1, 0) - np.max(z, axis=-1)).sum(axis=0),
            0,
            -1,
        ),
    ],
)
