"""He initialization."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.starts import start_exercise


def he_init(sizes, rng):
    layers = []
    for n_in, n_out in pairwise(sizes):
        std = np.sqrt(2 / n_in)
        W = rng.normal(0, std, (n_out, n_in))
        b = np.zeros(n_out)
        layers.append((W, b))
    return layers


EXERCISE = start_exercise(
    points=1,
    equation="std(w_kj) = √(2 / n_in); b_k = 0",
    std="√(2/n_in)",
    split={"std": 0.5, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    variants=[
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            (rng.uniform(-((6 / n_in) ** 0.5), (6 / n_in) ** 0.5, (n_out, n_in)), np.zeros(n_out))
            for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            [np.array([[rng.normal() * (2 / m_prev) ** 0.5 for _ in range(m_prev)] for _ in range(m)]), [0] * m]
            for m_prev, m in pairwise(sizes)
        ],
    ],
    bell=False,
)
