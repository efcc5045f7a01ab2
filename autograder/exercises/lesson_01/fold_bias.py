"""Weights and bias of a layer in one matrix."""

import numpy as np

from autograder.exercises.lesson_01.shared import equal_widths, matrix_draws
from autograder.exercises.parts import Exercise, shapes, unchanged, values


def fold_bias(W, b):
    return np.column_stack([b, W])


def _loop_fold(W, b):
    Theta = np.zeros((len(b), len(W[0]) + 1))
    for k in range(len(b)):
        Theta[k, 0] = b[k]
        for j in range(len(W[0])):
            Theta[k, j + 1] = W[k, j]
    return Theta


EXERCISE = Exercise(
    points=1,
    equation="Θ = (b W): row k is (b_k, w_k0, w_k1, …), so that Θ (1, a) = W a + b",
    probes=matrix_draws,
    telling_probes=lambda rng: matrix_draws(rng, equal_widths(1)),
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_fold,
        lambda W, b: np.hstack([b[:, None], W]),
        lambda W, b: np.c_[b, W],
        lambda W, b: [[bk, *row] for bk, row in zip(b, W, strict=True)],
        lambda W, b: np.insert(W, 0, b, axis=1),
    ],
)
