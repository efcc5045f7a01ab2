"""The spread of a weighted input."""

import math

import numpy as np

from autograder.exercises.parts import Exercise, cases, shapes, values


def weighted_input_std(n_active, weight_std, bias_std):
    return np.sqrt(n_active * weight_std**2 + bias_std**2)


def _std_probes(rng):
    return [
        (int(rng.integers(low, high)), 0.2 + 2 * rng.random(), 0.3 + 3 * rng.random())
        for low, high in ((3, 20), (30, 90), (400, 1200))
    ]


def _std_edges(rng):
    spread, bias = 0.4 + rng.random(), 1.2 + rng.random()
    return [(0, spread, bias), (int(rng.integers(5, 50)), spread, 0.0), (int(rng.integers(5, 50)), 0.0, bias)]


def _measured_std(n_active, weight_std, bias_std):
    """Compute the right answer by adding the variances one by one."""
    variance = bias_std * bias_std
    for _ in range(n_active):
        variance += weight_std * weight_std
    return variance**0.5


EXERCISE = Exercise(
    points=2,
    equation="std(z) = √(n σ_w² + σ_b²), n the number of inputs that are 1",
    probes=_std_probes,
    requirements=[
        values(1.25),
        cases("no input on, no bias, no weights", 0.5, _std_edges),
        shapes(0.25, "a single number"),
    ],
    variants=[
        _measured_std,
        lambda n_active, weight_std, bias_std: math.hypot(math.sqrt(n_active) * weight_std, bias_std),
        lambda n_active, weight_std, bias_std: np.linalg.norm([weight_std] * n_active + [bias_std]),
        lambda n_active, weight_std, bias_std: np.sqrt(np.sum(np.full(n_active, weight_std) ** 2) + bias_std**2),
        lambda n_active, weight_std, bias_std: np.array(n_active * weight_std**2 + bias_std**2) ** 0.5,
    ],
)
