"""The gradient of the notes, corrected."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime


def corrected_notes_gradient(theta, a, y):
    z = theta @ a
    out = logistic(z)
    slope = logistic_prime(z)
    return (out - y) * slope * a


def _notes_probes(rng):
    found = []
    for width in probes.sizes(rng, 3, low=3):
        a = np.concatenate([[1.0], logistic(rng.normal(size=width))])
        found.append((rng.normal(size=width + 1), a, float(rng.random())))
    a = np.concatenate([[1.0], logistic(rng.normal(size=4))])
    found.append((rng.normal(size=5) + 1.5, a, 0.0))
    return found


def _loop_notes(theta, a, y):
    z = sum(theta[j] * a[j] for j in range(len(a)))
    out = 1 / (1 + np.exp(-z))
    return [(out - y) * out * (1 - out) * a[j] for j in range(len(a))]


EXERCISE = Exercise(
    derivative_of="the cost",
    points=2,
    equation="z = θ·a, ŷ = σ(z), C = ½ (y − ŷ)²: ∂C/∂θ_j = ∂C/∂ŷ · ∂ŷ/∂z · ∂z/∂θ_j",
    probes=_notes_probes,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_notes,
        lambda theta, a, y: np.einsum(",,j->j", logistic(theta @ a) - y, logistic_prime(theta @ a), a),
        lambda theta, a, y: -(y - logistic(np.dot(a, theta))) * logistic(theta @ a) * logistic(-(theta @ a)) * a,
    ],
)
