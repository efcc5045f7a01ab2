"""Weights and biases from a standard normal distribution."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.starts import start_exercise


def normal_init(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        std = 1
        W = rng.normal(0, std, (n_out, n_in))
        b = rng.normal(0, 1, n_out)
        layers.append((W, b))
    return layers


EXERCISE = start_exercise(
    points=1,
    equation="w_kj ~ N(0, 1) and b_k ~ N(0, 1), the second argument a standard deviation",
    std="1",
    split={"std": 0.375, "bell": 0.125, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    variants=[
        lambda sizes, rng: [
            (rng.standard_normal((sizes[i + 1], sizes[i])), rng.standard_normal(sizes[i + 1]))
            for i in range(len(sizes) - 1)
        ],
        lambda sizes, rng: list(
            zip(
                [rng.normal(0.0, 1.0, (m, m_prev)) for m_prev, m in pairwise(sizes)],
                [rng.normal(0.0, 1.0, m) for m in sizes[1:]],
                strict=True,
            )
        ),
        lambda sizes, rng: [
            [rng.normal(size=(n_in, n_out)).T, rng.normal(size=n_out).tolist()] for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            (both[:, 1:].astype(np.float32), both[:, 0])
            for both in (rng.normal(size=(m, m_prev + 1)) for m_prev, m in pairwise(sizes))
        ],
    ],
    normal_biases=True,
)
