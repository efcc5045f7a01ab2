"""Weights scaled to the number of inputs."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.starts import start_exercise


def scaled_init(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        std = 1 / np.sqrt(n_in)
        W = rng.normal(0, std, (n_out, n_in))
        b = np.zeros(n_out)
        layers.append((W, b))
    return layers


def _hand_scaled(sizes, rng):
    layers = []
    for index in range(1, len(sizes)):
        n_in = sizes[index - 1]
        rows = [rng.normal(0, n_in**-0.5, n_in) for _ in range(sizes[index])]
        layers.append((np.array(rows), np.zeros(sizes[index])))
    return layers


EXERCISE = start_exercise(
    points=2,
    equation="w_kj ~ N(0, 1/√n_in), the second argument a standard deviation; b_k = 0",
    std="1/√n_in",
    split={"std": 1, "bell": 0.25, "biases": 0.25, "rng": 0.25, "shapes": 0.125, "unchanged": 0.125},
    variants=[
        _hand_scaled,
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) / np.sqrt(n_in), [0.0] * n_out) for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            ((rng.normal(size=(n_in, n_out)) * n_in**-0.5).T, np.zeros(n_out)) for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: tuple(
            (np.float32(rng.normal(scale=1 / np.sqrt(m_prev), size=(m, m_prev))), np.zeros(m, dtype=int))
            for m_prev, m in pairwise(sizes)
        ),
    ],
)
