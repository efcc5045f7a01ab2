"""Labels as one-hot rows."""

import numpy as np

from autograder.exercises.parts import Exercise, shapes, unchanged, values


def one_hot(labels, K):
    table = np.zeros((len(labels), K))
    table[np.arange(len(labels)), labels] = 1
    return table


def _label_probes(rng):
    found = []
    for n, K in ((7, 4), (5, 6), (3, 10), (8, 3)):
        labels = rng.integers(0, K - 1, size=n)  # the last class never comes, so that K cannot be read off the labels
        labels[0] = max(1, labels[0])
        found.append((labels, K))
    return [*found, (np.array([2, 0, 2, 1, 0]), 3)]


EXERCISE = Exercise(
    points=1,
    equation="Y_ic = 1 where c is the label of example i, 0 elsewhere; c counts from 0 to K − 1",
    probes=_label_probes,
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        lambda labels, K: np.eye(K)[labels],
        one_hot,
        lambda labels, K: (labels[:, None] == np.arange(K)).astype(int),
        lambda labels, K: [[1 if c == label else 0 for c in range(K)] for label in labels],
    ],
)
