"""Backpropagation of one example."""

import numpy as np

from autograder.exercises.lesson_03.output_delta import output_delta
from autograder.exercises.lesson_03.shared import equal_widths
from autograder.exercises.parts import Exercise, gradient_part, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime
from nblib.network import forward


def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = 2 * (activations[-1] - y) * logistic_prime(zs[-1])
    gradients = []
    for index in reversed(range(len(layers))):
        dW = np.outer(delta, activations[index])
        db = delta
        gradients.insert(0, (dW, db))
        if index > 0:
            W = layers[index][0]
            delta = W.T @ delta * logistic_prime(zs[index - 1])
    return gradients


def _backprop_probes(rng, draw=None):
    draw = draw or (lambda depth: probes.sizes(rng, depth + 1, low=3))
    return [probes.example(rng, draw(depth)) for depth in (3, 4, 2, 1)]


def _loop_backprop(layers, x, y):
    a, activations, zs = x, [x], []
    for W, b in layers:
        z = np.array([sum(W[k, j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))])
        a = 1 / (1 + np.exp(-z))
        zs.append(z)
        activations.append(a)
    delta = [2 * (a[k] - y[k]) * a[k] * (1 - a[k]) for k in range(len(a))]
    gradients = []
    for level in range(len(layers) - 1, -1, -1):
        before = activations[level]
        gradients.insert(0, ([[d * p for p in before] for d in delta], delta))
        W = layers[level][0]
        delta = [
            sum(W[k, j] * delta[k] for k in range(len(delta))) * before[j] * (1 - before[j]) for j in range(len(before))
        ]
    return gradients


def _einsum_backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [None] * len(layers)
    for level in range(len(layers) - 1, -1, -1):
        gradients[level] = (np.einsum("k,j->kj", delta, activations[level]), delta)
        if level:
            delta = np.einsum("kj,k,j->j", layers[level][0], delta, logistic_prime(zs[level - 1]))
    return tuple(gradients)


def _recursive_backprop(layers, x, y):
    def below(a, rest):
        (W, b), rest = rest[0], rest[1:]
        out = logistic(W @ a + b)
        back, found = below(out, rest) if rest else (2 * (out - y), [])
        delta = back * out * (1 - out)
        return W.T @ delta, [(np.outer(delta, a), delta), *found]

    return below(x, list(layers))[1]


EXERCISE = Exercise(
    derivative_of="the cost",
    points=4,
    equation="δ^L first, then δ^ℓ for ℓ = L−1, …, 1; ∂C/∂W^ℓ = δ^ℓ (a^(ℓ−1))ᵀ, ∂C/∂b^ℓ = δ^ℓ",
    probes=_backprop_probes,
    telling_probes=lambda rng: _backprop_probes(rng, equal_widths),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    requirements=[values(3), shapes(0.5), unchanged(0.5)],
    variants=[_loop_backprop, _einsum_backprop, _recursive_backprop],
)
