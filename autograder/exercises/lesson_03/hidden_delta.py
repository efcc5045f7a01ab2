"""δ of a hidden layer from δ of the next one."""

import numpy as np

from autograder.exercises.lesson_03.output_delta import output_delta
from autograder.exercises.lesson_03.shared import equal_widths
from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.activations import logistic, logistic_prime


def hidden_delta(W_next, delta_next, z):
    return W_next.T @ delta_next * logistic_prime(z)


def _hidden_probes(rng, widths=None):
    found = []
    for _ in range(3):
        layers, zs, activations, y = probes.passed(rng, widths or probes.sizes(rng, 4, low=3))
        delta = output_delta(activations[-1], y, zs[-1])
        found.append((layers[-1][0], delta, zs[-2]))
        found.append((layers[-2][0], hidden_delta(layers[-1][0], delta, zs[-2]), zs[-3]))
    return found


def _loop_hidden_delta(W_next, delta_next, z):
    delta = np.zeros(len(z))
    for j in range(len(z)):
        for k in range(len(delta_next)):
            delta[j] += W_next[k, j] * delta_next[k] * logistic_prime(z[j])
    return delta


EXERCISE = Exercise(
    points=3,
    equation="δ_j^ℓ = Σ_k δ_k^(ℓ+1) w_kj^(ℓ+1) σ′(z_j^ℓ)",
    probes=_hidden_probes,
    telling_probes=lambda rng: _hidden_probes(rng, equal_widths()),
    requirements=[values(2.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_hidden_delta,
        lambda W_next, delta_next, z: np.einsum("kj,k,j->j", W_next, delta_next, logistic_prime(z)),
        lambda W_next, delta_next, z: delta_next @ W_next * (logistic(z) * (1 - logistic(z))),
        lambda W_next, delta_next, z: [
            sum(W_next[k][j] * delta_next[k] for k in range(len(delta_next))) * float(logistic_prime(z[j]))
            for j in range(len(z))
        ],
    ],
)
