"""How large δ is in each layer."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.backprop import backprop


def gradient_norms(gradients):
    return np.array([np.linalg.norm(db) for _, db in gradients])


EXERCISE = Exercise(
    points=1,
    equation="‖∂C/∂b^ℓ‖ = √(Σ_k (∂C/∂b_k^ℓ)²), ℓ = 1, …, L",
    probes=lambda rng: [(backprop(*probes.batch(rng, probes.sizes(rng, depth + 1), 3)),) for depth in (3, 4, 2)],
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        lambda gradients: [sum(float(g) ** 2 for g in db) ** 0.5 for _, db in gradients],
        lambda gradients: np.array([np.sqrt(np.einsum("k,k->", db, db)) for _, db in gradients]),
        lambda gradients: tuple(np.sqrt(db @ db) for _, db in gradients),
    ],
)
