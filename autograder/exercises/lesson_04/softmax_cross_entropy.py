"""The cross-entropy of softmax, from its logits."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import LOGIT_KINDS, large_logits, logit_probes, logits
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values
from nblib.activations import log_softmax


def softmax_cross_entropy(Z, Y):
    S = Z - np.max(Z, axis=1, keepdims=True)
    log_p = S - np.log(np.sum(np.exp(S), axis=1, keepdims=True))
    return -np.sum(Y * log_p) / len(Z)


def _loop_softmax_cost(Z, Y):
    total = 0.0
    for z, y in zip(Z, Y, strict=True):
        top = max(z)
        total += top + math.log(sum(math.exp(zj - top) for zj in z)) - sum(zj * yj for zj, yj in zip(z, y, strict=True))
    return total / len(Z)


EXERCISE = Exercise(
    points=3,
    equation="C = −(1/n) Σ_i Σ_c y_ic ln a_ic, a_i = softmax(z_i), so that −ln a_c = ln Σ_j exp(z_j) − z_c",
    probes=logit_probes,
    telling_probes=lambda rng: [logits(rng, 4, 4)],
    observe=LOGIT_KINDS,
    requirements=[
        values(1.5),
        cases("logits of ±10⁴", 1, large_logits),
        shapes(0.25, "a single number"),
        unchanged(0.25),
    ],
    variants=[
        _loop_softmax_cost,
        lambda Z, Y: float(np.mean(np.logaddexp.reduce(Z, axis=1) - np.einsum("ic,ic->i", Z, Y))),
        lambda Z, Y: (lambda S: np.array(np.sum(Y * (np.log(np.exp(S).sum(axis=1, keepdims=True)) - S)) / len(S)))(
            Z - Z.max(axis=1, keepdims=True)
        ),
        lambda Z, Y: -np.mean(log_softmax(Z)[np.arange(len(Z)), np.argmax(Y, axis=1)]),
    ],
)
