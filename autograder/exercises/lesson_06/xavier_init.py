"""Xavier initialization."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.starts import start_exercise


def xavier_init(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        std = np.sqrt(2 / (n_in + n_out))
        W = rng.normal(0, std, (n_out, n_in))
        b = np.zeros(n_out)
        layers.append((W, b))
    return layers


EXERCISE = start_exercise(
    points=1,
    equation="std(w_kj) = √(2 / (n_in + n_out)); b_k = 0",
    std="√(2/(n_in+n_out))",
    split={"std": 0.375, "bell": 0.125, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    variants=[
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) * (2 / (n_in + n_out)) ** 0.5, np.zeros(n_out))
            for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            (((2 / (n_in + n_out)) ** 0.5 * rng.normal(size=(n_in, n_out))).T, np.zeros(n_out))
            for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            [rng.normal(0, 1 / np.sqrt(np.mean([n_in, n_out])), (n_out, n_in)), [0] * n_out]
            for n_in, n_out in pairwise(sizes)
        ],
    ],
)
