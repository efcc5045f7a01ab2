"""The weighted inputs of a layer."""

import numpy as np

from autograder.exercises.lesson_01.shared import equal_widths
from autograder.exercises.lesson_01.weighted_input import weighted_input
from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values


def layer_weighted_inputs(W, a, b):
    return W @ a + b


def _layer(rng, widths):
    """Draw one layer and an input of it, as (W, a, b)."""
    W, b = probes.network(rng, widths)[0]
    return W, rng.normal(size=widths[0]), b


def _layer_draws(rng, widths=None):
    return [_layer(rng, widths or probes.sizes(rng, 2)) for _ in range(4)]


def _loop_layer(W, a, b):
    z = np.zeros(len(b))
    for k in range(len(b)):
        for j in range(len(a)):
            z[k] += W[k, j] * a[j]
        z[k] += b[k]
    return z


EXERCISE = Exercise(
    points=1,
    equation="z_k = Σ_j w_kj a_j + b_k, that is z = W a + b",
    probes=_layer_draws,
    telling_probes=lambda rng: _layer_draws(rng, equal_widths(1)),
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_layer,
        lambda W, a, b: [weighted_input(W[k], a, b[k]) for k in range(len(b))],
        lambda W, a, b: np.einsum("kj,j->k", W, a) + b,
        lambda W, a, b: (W * a).sum(axis=1) + b,
        lambda W, a, b: a @ W.T + b,
        lambda W, a, b: np.column_stack([b, W]) @ np.concatenate([[1.0], a]),
    ],
)
