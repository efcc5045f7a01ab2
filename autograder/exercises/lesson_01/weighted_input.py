"""The weighted input of one neuron."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values


def weighted_input(w, a, b):
    return w @ a + b


def _neuron_draws(rng):
    return [(rng.normal(size=m), rng.normal(size=m), float(rng.normal() + 2)) for m in probes.sizes(rng, 4, low=3)]


def _loop_weighted_input(w, a, b):
    z = b
    for j in range(len(w)):
        z += w[j] * a[j]
    return z


EXERCISE = Exercise(
    points=1,
    equation="z = Σ_j w_j a_j + b",
    probes=_neuron_draws,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    variants=[
        _loop_weighted_input,
        lambda w, a, b: sum(wj * aj for wj, aj in zip(w, a, strict=True)) + b,
        lambda w, a, b: np.einsum("j,j->", a, w) + b,
        lambda w, a, b: np.dot(np.append(w, b), np.append(a, 1)),
        lambda w, a, b: np.sum(w * a) + b,
    ],
)
