"""How much the cost changes with each weighted input, measured."""

import math

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic
from nblib.network import forward


def delta_by_perturbation(layers, x, y, h=1e-5):
    zs, _ = forward(layers, x)
    deltas = []
    for number, z in enumerate(zs, start=1):
        delta = np.zeros(len(z))
        for j in range(len(z)):
            costs = []
            for step in (h, -h):
                moved = z.copy()
                moved[j] += step
                a = logistic(moved)
                for W, b in layers[number:]:
                    a = logistic(W @ a + b)
                costs.append(np.sum((y - a) ** 2))
            delta[j] = (costs[0] - costs[1]) / (2 * h)
        deltas.append(delta)
    return deltas


def _by_bias_copies(layers, x, y, h=1e-5):
    found = []
    for number, (W, b) in enumerate(layers):
        delta = []
        for j in range(len(b)):
            costs = []
            for step in (h, -h):
                moved = [*layers[:number], (W, b + step * np.eye(len(b))[j]), *layers[number + 1 :]]
                costs.append(np.sum((y - forward(moved, x)[1][-1]) ** 2))
            delta.append((costs[0] - costs[1]) / (2 * h))
        found.append(delta)
    return found


def _by_rows(layers, x, y, h=1e-5):
    """All nudges of a layer at once: one nudged copy of z a row."""
    zs, _ = forward(layers, x)
    found = []
    for number, z in enumerate(zs, start=1):
        Z = np.concatenate([z + h * np.eye(len(z)), z - h * np.eye(len(z))])
        A = logistic(Z)
        for W, b in layers[number:]:
            A = logistic(np.einsum("ij,kj->ik", A, W) + b)
        costs = ((y - A) ** 2).sum(axis=1)
        found.append((costs[: len(z)] - costs[len(z) :]) / (2 * h))
    return tuple(found)


def _by_loops(layers, x, y, h=1e-5):
    def cost(level, unit, step):
        a = x
        for number, (W, b) in enumerate(layers):
            z = [sum(W[k][j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))]
            if number == level:
                z[unit] = z[unit] + step
            a = [1 / (1 + math.exp(-value)) for value in z]
        return sum((y[k] - a[k]) ** 2 for k in range(len(y)))

    return [
        [(cost(level, k, h) - cost(level, k, -h)) / (2 * h) for k in range(len(b))]
        for level, (_, b) in enumerate(layers)
    ]


def _delta_probes(rng, widths=None):
    found = []
    for depth in (3, 2, 3):
        found.append(probes.example(rng, widths[: depth + 1] if widths else probes.sizes(rng, depth + 1, high=6)))
    if not widths:
        found.append((*probes.example(rng, probes.sizes(rng, 3, high=5)), float(rng.uniform(0.3, 0.8))))
    return found


EXERCISE = Exercise(
    points=3,
    equation="δ_j^ℓ = ∂C/∂z_j^ℓ ≈ (C with z_j^ℓ + h − C with z_j^ℓ − h) / (2h), C = Σ(y − a^L)²",
    probes=_delta_probes,
    telling_probes=lambda rng: _delta_probes(rng, [4] * 4),
    part_name=lambda path: f"δ of layer {path[0] + 1}" if path else "the result",
    requirements=[
        values(1.75, only=[0, 1, 2]),
        shapes(0.25),
        unchanged(0.5),
        values(0.25, "with the caller's h", only=[3]),
        cases("a network of one layer", 0.25, lambda rng: [probes.example(rng, probes.sizes(rng, 2))]),
    ],
    variants=[_by_bias_copies, _by_rows, _by_loops],
)
