"""Weights for evaluation after dropout."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values


def evaluation_weights(W, p_drop):
    return (1 - p_drop) * W


def _evaluation_probes(rng):
    return [
        (probes.network(rng, probes.sizes(rng, 2))[0][0], float(p_drop))
        for p_drop in (rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.8), rng.uniform(0.32, 0.45))
    ]


EXERCISE = Exercise(
    points=1,
    equation="what a weight gets on average in training, it has to get in evaluation: E[mask] · w",
    probes=_evaluation_probes,
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("p_drop = 0 and p_drop = ½", 0.125, lambda rng: [(rng.normal(size=(3, 5)), p) for p in (0.0, 0.5)]),
        unchanged(0.25),
    ],
    variants=[
        lambda W, p_drop: W - p_drop * W,
        lambda W, p_drop: [[(1 - p_drop) * w for w in row] for row in W],
        lambda W, p_drop: np.einsum(",kj->kj", 1 - p_drop, W),
    ],
)
