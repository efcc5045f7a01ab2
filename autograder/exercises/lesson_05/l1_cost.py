"""The cost with its L1 term."""

import numpy as np

from autograder.exercises.lesson_05.shared import cost_probes
from autograder.exercises.parts import Exercise, shapes, unchanged, values


def l1_cost(cost, weights, lam, n):
    magnitudes = 0
    for W in weights:
        magnitudes += np.sum(np.abs(W))
    return cost + lam / n * magnitudes


def _loop_l1_cost(cost, weights, lam, n):
    for W in weights:
        for w in W.ravel():
            cost += lam / n * (w if w > 0 else -w)
    return cost


EXERCISE = Exercise(
    points=1,
    equation="C = C₀ + (λ/n) Σ_w |w|, the sum over all weights of all layers",
    probes=cost_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    variants=[
        _loop_l1_cost,
        lambda cost, weights, lam, n: cost + sum(float(np.sum(W * np.sign(W))) for W in weights) * lam / n,
        lambda cost, weights, lam, n: cost + lam * np.linalg.norm(np.concatenate([W.ravel() for W in weights]), 1) / n,
        lambda cost, weights, lam, n: cost + np.sum([np.sqrt(W**2).sum() for W in weights]) / n * lam,
    ],
)
