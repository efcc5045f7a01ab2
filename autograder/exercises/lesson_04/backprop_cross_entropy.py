"""Backpropagation under cross-entropy."""

import numpy as np

from autograder.exercises.lesson_04.shared import kinds
from autograder.exercises.parts import Exercise, cases, gradient_part, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime
from nblib.network import forward


def backprop_cross_entropy(layers, X, Y):
    n = len(X)
    zs, activations = forward(layers, X)
    a = activations[-1]
    delta = a - Y
    gradients = []
    for index in reversed(range(len(layers))):
        dW = delta.T @ activations[index] / n
        db = np.sum(delta, axis=0) / n
        gradients.insert(0, (dW, db))
        if index > 0:
            W = layers[index][0]
            delta = delta @ W * logistic_prime(zs[index - 1])
    return gradients


def _cross_entropy_probes(rng, draw=None):
    found = []
    for depth in (3, 2, 1):
        widths = draw(depth) if draw else probes.sizes(rng, depth + 1, low=3)
        n = 4 if draw else next(int(n) for n in rng.permutation(np.arange(3, 10)) if n not in widths)
        layers, X, _ = probes.batch(rng, widths, n)
        found.append((layers, X, rng.integers(0, 2, size=(n, widths[-1])).astype(float)))
    if not draw:
        layers, X, _ = probes.batch(rng, [4, 5, 3], 1)
        found.append((layers, X, np.array([[1.0, 0.0, 1.0]])))
    return found


def _saturated_networks(rng):
    layers = [(np.array([[0.5, -1.0], [1.5, 0.3], [-0.4, 0.8]]), np.array([0.2, -0.1, 0.4]))]
    layers.append((np.array([[1.0, -2.0, 0.5], [0.3, 0.4, -0.6]]), np.array([60.0, -1000.0])))
    return [(layers, np.array([[1.0, 0.5], [-0.3, 2.0], [0.1, 0.2], [0.7, -1.0]]), np.array([[0.0, 1.0]] * 4))]


def _loop_backprop(layers, X, Y):
    total = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for x, y in zip(X, Y, strict=True):
        activations = [x]
        for W, b in layers:
            activations.append(1 / (1 + np.exp(-(W @ activations[-1] + b))))
        delta = activations[-1] - y
        for level in range(len(layers) - 1, -1, -1):
            total[level][0][...] += np.outer(delta, activations[level]) / len(X)
            total[level][1][...] += delta / len(X)
            delta = layers[level][0].T @ delta * activations[level] * (1 - activations[level])
    return total


def _einsum_backprop(layers, X, Y):
    zs, activations = forward(layers, X)
    delta, gradients = (activations[-1] - Y) / len(X), []
    for level in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (np.einsum("nk,nj->kj", delta, activations[level]), np.einsum("nk->k", delta)))
        if level:
            delta = np.einsum("nk,kj,nj->nj", delta, layers[level][0], logistic_prime(zs[level - 1]))
    return tuple(gradients)


def _column_backprop(layers, X, Y):
    """Keep one example in each column, as much of the literature does."""
    activations = [X.T]
    for W, b in layers:
        activations.append(logistic(W @ activations[-1] + b[:, None]))
    D, gradients = activations[-1] - Y.T, []
    for (W, _), A in zip(layers[::-1], activations[-2::-1], strict=True):
        gradients.append([D @ A.T / X.shape[0], D.mean(axis=1)])
        D = W.T @ D * A * (1 - A)
    return gradients[::-1]


EXERCISE = Exercise(
    derivative_of="the cost",
    points=3,
    equation="δ^L = a^L − y, δ^ℓ = (W^(ℓ+1))ᵀ δ^(ℓ+1) · σ′(z^ℓ); ∂C/∂W^ℓ = (1/n) Σ_i δ_i^ℓ (a_i^(ℓ−1))ᵀ, "
    "∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ",
    probes=_cross_entropy_probes,
    telling_probes=lambda rng: _cross_entropy_probes(rng, lambda depth: [4] * (depth + 1)),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    observe=kinds(saturated=_saturated_networks(None)[0]),
    requirements=[values(2), cases("saturated outputs", 0.5, _saturated_networks), shapes(0.25), unchanged(0.25)],
    variants=[_loop_backprop, _einsum_backprop, _column_backprop],
)
