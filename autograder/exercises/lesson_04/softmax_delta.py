"""δ of a softmax output under cross-entropy."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import LOGIT_KINDS, large_logits, logit_probes, logits
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values
from nblib.activations import softmax


def softmax_delta(Z, Y):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    A = e / np.sum(e, axis=1, keepdims=True)
    return A - Y


def _minus_targets(softmax_of):
    return lambda Z, Y: softmax_of(Z) - Y


EXERCISE = Exercise(
    derivative_of="the cost with respect to z",
    points=2,
    equation="δ_ij = ∂C_i/∂z_ij = Σ_c ∂C_i/∂a_ic · ∂a_ic/∂z_ij, with C_i = −Σ_c y_ic ln a_ic",
    probes=logit_probes,
    telling_probes=lambda rng: [logits(rng, 4, 4)],
    observe=LOGIT_KINDS,
    requirements=[values(1.25), cases("logits of ±10⁴", 0.25, large_logits), shapes(0.25), unchanged(0.25)],
    variants=[
        _minus_targets(softmax),
        lambda Z, Y: [
            [math.exp(zj - max(z)) / sum(math.exp(zi - max(z)) for zi in z) - yj for zj, yj in zip(z, y, strict=True)]
            for z, y in zip(Z, Y, strict=True)
        ],
        lambda Z, Y: np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - Y,
        lambda Z, Y: np.array([softmax(z) - y for z, y in zip(Z, Y, strict=True)]),
    ],
)
