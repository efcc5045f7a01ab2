"""Weights and bias taken out of one matrix."""

import numpy as np

from autograder.exercises.lesson_01.shared import matrix_draws
from autograder.exercises.parts import Exercise, shapes, unchanged, values


def unfold_bias(Theta):
    return Theta[:, 1:], Theta[:, 0]


EXERCISE = Exercise(
    points=1,
    equation="b_k = Θ_k0, w_kj = Θ_k,j+1",
    probes=lambda rng, widths=None: [(np.column_stack([b, W]),) for W, b in matrix_draws(rng, widths)],
    part_name=lambda path: ("W", "b")[path[0]] if len(path) == 1 and path[0] < 2 else "the result",
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        lambda Theta: [Theta[:, 1:].copy(), Theta[:, 0].copy()],
        lambda Theta: (np.delete(Theta, 0, axis=1), Theta.T[0]),
        lambda Theta: ([list(row[1:]) for row in Theta], [row[0] for row in Theta]),
        lambda Theta: (np.split(Theta, [1], axis=1)[1], np.split(Theta, [1], axis=1)[0].ravel()),
    ],
)
