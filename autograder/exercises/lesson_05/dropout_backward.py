"""Dropout on the way back."""

import numpy as np

from autograder.exercises.lesson_05.shared import NUMBERS
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def dropout_backward(delta, mask):
    delta, mask = np.asarray(delta), np.asarray(mask)
    return delta * mask


def _backward_probes(rng):
    found = []
    for n, p_drop in ((5, 0.4), (6, 0.7)):
        m = int(rng.integers(7, 12))
        delta = rng.normal(size=(n, m)) * 0.3
        mask = (rng.random((n, m)) >= p_drop).astype(float)
        mask[0, :2], mask[1, :2] = [0, 1], [1, 0]
        found.append((delta, mask))
    mask = rng.permutation([0, 0, 0, 1, 1, 1, 1, 1]).astype(float)
    found.append((rng.normal(size=8), mask))
    return found


def _plain_deltas(rng):
    return [
        (0.7, 0),
        (-0.3, 1),
        (np.array([[3, -2], [1, 4]]), np.array([[0, 1], [1, 0]])),
    ]


EXERCISE = Exercise(
    points=1,
    equation="∂C/∂a before dropout = mask · ∂C/∂a after it",
    probes=_backward_probes,
    requirements=[values(0.5), shapes(0.125), cases(NUMBERS, 0.125, _plain_deltas, with_shapes=True), unchanged(0.25)],
    variants=[
        lambda delta, mask: np.where(np.asarray(mask) == 1, delta, 0.0),
        lambda delta, mask: np.einsum("...,...->...", delta, mask),
        lambda delta, mask: np.multiply(mask, delta),
        lambda delta, mask: np.array(
            [d if keep else 0.0 for d, keep in zip(np.ravel(delta), np.ravel(mask), strict=True)]
        ).reshape(np.shape(delta)),
    ],
)
