"""The cost of one example when the weighted input of one layer is given."""

import math

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic
from nblib.network import forward


def cost_from(layers, level, z, y):
    a = logistic(z)
    for W, b in layers[level:]:
        a = logistic(W @ a + b)
    return np.sum((y - a) ** 2)


def _by_shifted_bias(layers, level, z, y):
    """Send zeros through a network whose layer of that level has z for a bias."""
    before, (W, _) = layers[: level - 1], layers[level - 1]
    nudged = [*before, (0 * W, z), *layers[level:]]
    outputs = forward(nudged, np.zeros(layers[0][0].shape[1]))[1][-1]
    return ((y - outputs) ** 2).sum()


def _recursive(layers, level, z, y):
    if level == len(layers):
        error = np.asarray(y) - logistic(z)
        return float(error @ error)
    W, b = layers[level]
    return _recursive(layers, level + 1, b + W @ logistic(z), y)


def _by_loops(layers, level, z, y):
    a = [1 / (1 + math.exp(-value)) for value in z]
    for number in range(level, len(layers)):
        W, b = layers[number]
        z = [sum(W[k][j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))]
        a = [1 / (1 + math.exp(-value)) for value in z]
    return sum((y[k] - a[k]) ** 2 for k in range(len(y)))


def _cost(rng, level, widths):
    """Draw a network and a target, and a nudged z of one of its layers."""
    layers, zs, _, y = probes.passed(rng, widths)
    z = zs[level - 1]
    return layers, level, z + 0.5 * rng.normal(size=z.shape), y


def _costs(rng):
    return [
        _cost(rng, level, probes.sizes(rng, depth + 1, high=6)) for level, depth in ((1, 3), (2, 3), (1, 2), (2, 4))
    ]


EXERCISE = Exercise(
    points=1,
    equation="C = Σ(y − a^L)², where a^ℓ = σ(z) at the given level ℓ, then z = W a + b and a = σ(z) up to layer L",
    probes=_costs,
    telling_probes=lambda rng: [_cost(rng, level, [4] * 5) for level in (1, 2)],
    requirements=[
        values(0.5),
        cases("z of the last layer", 0.25, lambda rng: [_cost(rng, 3, probes.sizes(rng, 4, high=6))]),
        shapes(0.125, "a single number"),
        unchanged(0.125),
    ],
    variants=[_by_shifted_bias, _recursive, _by_loops],
)
