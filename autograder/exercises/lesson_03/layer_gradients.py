"""Gradients of one layer from its δ."""

import numpy as np

from autograder.exercises.lesson_03.output_delta import output_delta
from autograder.exercises.lesson_03.shared import equal_widths
from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values


def layer_gradients(delta, a_prev):
    return np.outer(delta, a_prev), delta


def _layer_probes(rng, widths=None):
    found = []
    for _ in range(3):
        _, zs, activations, y = probes.passed(rng, widths or probes.sizes(rng, 3))
        found.append((output_delta(activations[-1], y, zs[-1]), activations[-2]))
    return found


def _loop_layer_gradients(delta, a_prev):
    dW = np.empty((len(delta), len(a_prev)))
    for k in range(len(delta)):
        for j in range(len(a_prev)):
            dW[k, j] = delta[k] * a_prev[j]
    return dW, delta


EXERCISE = Exercise(
    points=2,
    equation="∂C/∂w_kj^ℓ = δ_k^ℓ a_j^(ℓ−1), ∂C/∂b_k^ℓ = δ_k^ℓ",
    probes=_layer_probes,
    telling_probes=lambda rng: _layer_probes(rng, equal_widths(2)),
    part_name=lambda path: ("dW", "db")[path[0]] if path else "the result",
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_layer_gradients,
        lambda delta, a_prev: [np.einsum("k,j->kj", delta, a_prev), delta],
        lambda delta, a_prev: (delta[:, None] * a_prev, delta.copy()),
        lambda delta, a_prev: ([[d * a for a in a_prev] for d in delta], list(delta)),
    ],
)
