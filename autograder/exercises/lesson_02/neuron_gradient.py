"""The gradient of one neuron under the quadratic cost."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime


def neuron_gradient(w, b, X, y):
    n = len(y)
    z = X @ w + b
    a = logistic(z)
    delta = 2 * (a - y) * a * (1 - a) / n
    dw = X.T @ delta
    db = np.sum(delta)
    return dw, db


def _neuron_probe(rng, n, m):
    X = rng.normal(size=(n, m))
    return rng.normal(size=m), float(rng.uniform(0.4, 1.2)), X, rng.random(n)


def _neuron_probes(rng):
    found = []
    for m in probes.sizes(rng, 3, high=6):
        n = int(rng.choice([size for size in range(3, 10) if size != m]))
        found.append(_neuron_probe(rng, n, m))
    w, b, X, _ = _neuron_probe(rng, 8, 3)
    found.append((w, -b, 2 * X, (X[:, 0] > 0).astype(float)))
    return found


def _saturated(rng):
    w, b, X, y = _neuron_probe(rng, 5, 3)
    X[0] = -900 * np.sign(w) / np.sum(np.abs(w))
    X[1] = 900 * np.sign(w) / np.sum(np.abs(w))
    return [(w, b, X, y)]


def _looped_neuron(w, b, X, y):
    dw, db = [0.0] * len(w), 0.0
    for x, target in zip(X, y, strict=True):
        z = sum(w[j] * x[j] for j in range(len(w))) + b
        a = float(logistic(z))
        common = 2 * (a - target) * a * (1 - a) / len(y)
        for j in range(len(w)):
            dw[j] += common * x[j]
        db += common
    return dw, db


def _columns_neuron(w, b, X, y):
    a = logistic(np.einsum("ij,j->i", X, w) + b)
    back = -(y - a) * (a - a**2)
    return np.array([2 * np.mean(back * X[:, j]) for j in range(X.shape[1])]), 2 * back.mean()


def _folded_neuron(w, b, X, y):
    ones = np.column_stack([X, np.ones(len(X))])
    z = ones @ np.append(w, b)
    gradient = 2 * np.mean(((logistic(z) - y) * logistic_prime(z))[:, None] * ones, axis=0)
    return [gradient[:-1], gradient[-1]]


EXERCISE = Exercise(
    derivative_of="the cost",
    points=3,
    equation="∂C/∂w_j = (2/n) Σ_i (a_i − y_i) σ′(z_i) x_ij, ∂C/∂b = (2/n) Σ_i (a_i − y_i) σ′(z_i)",
    probes=_neuron_probes,
    telling_probes=lambda rng: [_neuron_probe(rng, 4, 4)],
    part_name=lambda path: ("dw", "db")[path[0]] if path else "the result",
    requirements=[
        values(2),
        shapes(0.25),
        unchanged(0.25),
        cases("a single example", 0.25, lambda rng: [_neuron_probe(rng, 1, 4)], with_shapes=True),
        cases("saturated examples, without a warning", 0.25, _saturated, quiet=True),
    ],
    variants=[_looped_neuron, _columns_neuron, _folded_neuron],
)
