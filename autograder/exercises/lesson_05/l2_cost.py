"""The cost with its L2 term."""

import numpy as np

from autograder.exercises.lesson_05.shared import cost_probes
from autograder.exercises.parts import Exercise, shapes, unchanged, values


def l2_cost(cost, weights, lam, n):
    squares = 0
    for W in weights:
        squares += np.sum(W**2)
    return cost + lam / (2 * n) * squares


def _squares(weights):
    return sum(np.sum(W**2) for W in weights)


def _loop_l2_cost(cost, weights, lam, n):
    total = 0.0
    for W in weights:
        for row in W:
            for w in row:
                total += w * w
    return cost + lam * total / (2 * n)


EXERCISE = Exercise(
    points=1,
    equation="C = C₀ + (λ/2n) Σ_w w², the sum over all weights of all layers",
    probes=cost_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    variants=[
        _loop_l2_cost,
        lambda cost, weights, lam, n: cost + sum(np.einsum("kj,kj->", W, W) for W in weights) * (lam / 2 / n),
        lambda cost, weights, lam, n: cost + 0.5 * lam * np.mean([_squares(weights)]) / n,
        lambda cost, weights, lam, n: (
            cost + lam / (2 * n) * np.linalg.norm(np.concatenate([W.ravel() for W in weights])) ** 2
        ),
    ],
)
