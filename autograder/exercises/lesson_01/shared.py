"""Probes and helpers that several exercises of lesson 1 share."""

import numpy as np

from autograder.exercises.parts import probes


def equal_widths(depth):
    return [4] * (depth + 1)


def elementwise_draws(rng):
    """Arrays of one, two and three axes, both signs."""
    return [
        (2 * rng.normal(size=size) + 0.3,)
        for size in (probes.sizes(rng, 1, 5, 9), probes.sizes(rng, 2), probes.sizes(rng, 3, 2, 5))
    ]


def single_numbers(rng):
    low, high = sorted(2 * rng.normal(size=2))
    return [(float(high) + 0.1,), (float(low) - 0.1,)]


def integers(rng):
    return [(rng.integers(-6, 7, size=5),), (np.array([[-2, 1, 0], [3, -1, 2]]),), (2,)]


def scalars(rng):
    return [(float(z),) for z in (abs(rng.normal()) + 0.2, -abs(rng.normal()) - 0.2)]


def matrix_draws(rng, widths=None):
    return [probes.network(rng, widths or probes.sizes(rng, 2))[0] for _ in range(4)]


def loop_forward(layers, x):
    zs, activations = [], [list(x)]
    for W, b in layers:
        z = [sum(W[k][j] * activations[-1][j] for j in range(len(W[k]))) + b[k] for k in range(len(b))]
        zs.append(z)
        activations.append([1 / (1 + np.exp(-v)) for v in z])
    return zs, activations
