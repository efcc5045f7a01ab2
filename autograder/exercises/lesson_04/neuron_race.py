"""One neuron trained under two costs."""

import math

import numpy as np

from autograder.exercises.parts import Exercise, cases, shapes, values
from nblib.activations import logistic
from nblib.backprop import backprop
from nblib.network import predict


def neuron_race(w, b, x, y, eta, steps, cost):
    activations = [logistic(w * x + b)]
    for _ in range(steps):
        a = activations[-1]
        delta = a - y
        if cost == "quadratic":
            delta = delta * a * (1 - a)
        w = w - eta * delta * x
        b = b - eta * delta
        activations.append(logistic(w * x + b))
    return np.array(activations)


def _race_probes(rng):
    found = []
    for cost in ("quadratic", "cross-entropy"):
        for y in (0.0, 1.0):
            w, b = rng.normal(size=2) + np.array([1.0, 0.4])
            found.append((float(w), float(b), float(rng.uniform(0.6, 1.8)), y, float(rng.uniform(0.2, 0.6)), 12, cost))
        found.append((2.0, 2.0, float(rng.uniform(0.7, 1.4)), 0.0, 0.15, 25, cost))
    return found


def _no_steps(rng):
    return [(0.6, 0.9, 1.0, 0.0, 0.15, 0, cost) for cost in ("quadratic", "cross-entropy")]


def _preallocated_race(w, b, x, y, eta, steps, cost):
    a = np.empty(steps + 1)
    for t in range(steps + 1):
        a[t] = 1 / (1 + np.exp(-(w * x + b)))
        slope = {"quadratic": a[t] * (1 - a[t]), "cross-entropy": 1.0}[cost]
        w -= eta * (a[t] - y) * slope * x
        b -= eta * (a[t] - y) * slope
    return a


def _race_in_z(w, b, x, y, eta, steps, cost):
    """Follow z alone, which moves by −η δ (x² + 1)."""
    z, activations = w * x + b, []
    for _ in range(steps + 1):
        a = 1 / (1 + math.exp(-z))
        activations.append(a)
        z -= eta * (a - y) * (a * (1 - a) if cost == "quadratic" else 1) * (x * x + 1)
    return activations


def _race_by_backprop(w, b, x, y, eta, steps, cost):
    name = {"quadratic": "slides", "cross-entropy": "binary cross-entropy"}[cost]
    W, bias, activations = np.array([[w]]), np.array([b]), []
    for _ in range(steps + 1):
        activations.append(predict([(W, bias)], np.array([x])))
        [(dW, db)] = backprop([(W, bias)], np.array([x]), np.array([y]), cost=name)
        W, bias = W - eta * dW, bias - eta * db
    return np.concatenate(activations)


_QUADRATIC_RUNS, _CROSS_ENTROPY_RUNS = (0, 1, 2), (3, 4, 5)

EXERCISE = Exercise(
    points=2,
    equation="a = σ(wx + b); w ← w − η δ x, b ← b − η δ, with δ = (a − y) σ′(z) for ½(y − a)² and δ = a − y for the "
    "cross-entropy",
    probes=_race_probes,
    requirements=[
        values(0.5, "the quadratic cost", _QUADRATIC_RUNS),
        values(1, "the cross-entropy", _CROSS_ENTROPY_RUNS),
        cases("no step at all", 0.25, _no_steps),
        shapes(0.25, "steps + 1 activations"),
    ],
    variants=[_preallocated_race, _race_in_z, _race_by_backprop],
)
