"""The quadratic cost of the slides."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib import data
from nblib.network import predict


def quadratic_cost(A, Y):
    return np.sum((Y - A) ** 2) / 2 / len(A)


def _quadratic_probes(rng):
    found = []
    for n, m in ((5, 3), (4, 6), (7, 1)):
        layers, X, Y = probes.batch(rng, [2, m], n)
        found.append((predict(layers, X), Y))
    layers, X, _ = probes.batch(rng, [3, 4], 6)
    found.append((predict(layers, X), data.one_hot(rng.integers(0, 4, size=6), 4).astype(int)))
    return found


EXERCISE = Exercise(
    points=1,
    equation="C = (1/2n) Σ_i ‖y_i − a_i‖², with ‖v‖² = Σ_k v_k²",
    probes=_quadratic_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    variants=[
        lambda A, Y: np.linalg.norm(A - Y) ** 2 / (2 * len(A)),
        lambda A, Y: (
            sum(0.5 * (ak - yk) ** 2 for a, y in zip(A, Y, strict=True) for ak, yk in zip(a, y, strict=True)) / len(A)
        ),
        lambda A, Y: np.einsum("ik,ik->", A - Y, A - Y) / 2 / A.shape[0],
        lambda A, Y: np.array(np.mean(0.5 * np.square(Y - A).sum(axis=1))),
    ],
)
