"""∂C/∂a^(ℓ−1) of a residual layer, whose input is added to its output."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime


def residual_backward(W, g, z):
    delta = g * logistic_prime(z)
    return g + W.T @ delta


def _residual_probes(rng):
    found = []
    for m in probes.sizes(rng, 3, low=3):
        # A residual layer is as wide as the one before it.
        ((W, b),) = probes.network(rng, [m, m])
        found.append((W, rng.normal(size=m), W @ logistic(rng.normal(size=m)) + b))
    return found


def _loop_residual_backward(W, g, z):
    back = np.array(g)
    for j in range(len(g)):
        for k in range(len(g)):
            back[j] += g[k] * logistic_prime(z[k]) * W[k, j]
    return back


EXERCISE = Exercise(
    derivative_of="the cost with respect to a^(ℓ−1)",
    points=2,
    equation="a^ℓ = a^(ℓ−1) + σ(z^ℓ) with z^ℓ = W a^(ℓ−1) + b; wanted is ∂C/∂a^(ℓ−1), given g = ∂C/∂a^ℓ",
    probes=_residual_probes,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_residual_backward,
        lambda W, g, z: (np.eye(len(g)) + np.diag(logistic_prime(z)) @ W).T @ g,
        lambda W, g, z: np.einsum("k,k,kj->j", g, logistic(z) * (1 - logistic(z)), W) + g,
        lambda W, g, z: (g * logistic_prime(z)) @ W + g,
    ],
)
