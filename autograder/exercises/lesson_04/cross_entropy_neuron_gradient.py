"""The gradient of one neuron under cross-entropy."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import draw_labels, kinds
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values
from nblib.activations import logistic


def cross_entropy_neuron_gradient(w, b, X, y):
    n = len(X)
    z = X @ w + b
    a = logistic(z)
    delta = a - y
    dw = X.T @ delta / n
    db = np.sum(delta) / n
    return dw, db


def _neuron_probes(rng):
    found = []
    for n, m in ((7, 3), (4, 5), (6, 2), (1, 4)):
        X = rng.normal(size=(n, m)) + 0.3
        y = draw_labels(rng, n) if n > 1 else np.array([0])
        found.append((rng.normal(size=m), float(rng.normal() + 0.7), X, y))
    return found


def _as_many_examples_as_inputs(rng):
    return [(rng.normal(size=4), float(rng.normal() + 0.7), rng.normal(size=(4, 4)) + 0.3, draw_labels(rng, 4))]


def _saturated_neurons(rng):
    X = np.array([[50.0, 1.0], [-50.0, 2.0], [60.0, -1.0], [0.5, 0.4]])
    return [(np.array([1.0, 0.5]), 0.5, X, np.array([0, 0, 1, 1]))]


def _loop_neuron(w, b, X, y):
    dw, db = [0.0] * len(w), 0.0
    for row, target in zip(X, y, strict=True):
        a = 1 / (1 + math.exp(-(sum(wj * xj for wj, xj in zip(w, row, strict=True)) + b)))
        for j, xj in enumerate(row):
            dw[j] += (a - target) * xj / len(X)
        db += (a - target) / len(X)
    return dw, db


EXERCISE = Exercise(
    derivative_of="the cost",
    points=2,
    equation="∂C/∂w_j = (1/n) Σ_i (a_i − y_i) x_ij, ∂C/∂b = (1/n) Σ_i (a_i − y_i), with a_i = σ(w·x_i + b)",
    probes=_neuron_probes,
    telling_probes=_as_many_examples_as_inputs,
    part_name=lambda path: ("dw", "db")[path[0]] if path else "the result",
    observe=kinds(saturated=_saturated_neurons(None)[0]),
    requirements=[values(1.25), cases("a saturated neuron", 0.25, _saturated_neurons), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_neuron,
        lambda w, b, X, y: (
            np.einsum("i,ij->j", logistic(X @ w + b) - y, X) / len(y),
            (logistic(X @ w + b) - y).sum() / len(y),
        ),
        lambda w, b, X, y: [
            np.mean((logistic(X.dot(w) + b) - y)[:, np.newaxis] * X, axis=0),
            np.array(np.mean(logistic(X.dot(w) + b) - y)),
        ],
        lambda w, b, X, y: (lambda gradient: (gradient[1:], gradient[0]))(
            np.column_stack([np.ones(len(X)), X]).T @ (logistic(X @ w + b) - y) / len(X)
        ),
    ],
)
