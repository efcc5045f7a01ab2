"""δ of the output layer under the quadratic cost."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime


def output_delta(a, y, z):
    return 2 * (a - y) * logistic_prime(z)


def _output_probes(rng):
    found = []
    for m in probes.sizes(rng, 3):
        _, zs, activations, y = probes.passed(rng, [m + 2, m])
        found.append((activations[-1], y, zs[-1]))
    z = np.array([-6.0, 3.5, 0.7, -0.4, 5.0]) + rng.normal(size=5) / 4
    found.append((logistic(z), np.array([1.0, 0.0, 1.0, 0.0, 1.0]), z))
    return found


EXERCISE = Exercise(
    derivative_of="the cost with respect to z",
    points=2,
    equation="δ^L = ∂C/∂a^L · σ′(z^L), with C = Σ(y − a^L)²",
    probes=_output_probes,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    variants=[
        lambda a, y, z: -2 * (y - a) * a * (1 - a),
        lambda a, y, z: [2 * (ak - yk) * ak * (1 - ak) for ak, yk in zip(a, y, strict=True)],
        lambda a, y, z: np.einsum("k,k->k", 2 * np.subtract(a, y), logistic(z) - logistic(z) ** 2),
        lambda a, y, z: 2 * (a - y) * np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ],
)
