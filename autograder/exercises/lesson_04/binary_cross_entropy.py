"""The cross-entropy of one logistic neuron."""

import math

import numpy as np

from autograder.exercises.lesson_04.shared import binary_probes, kinds
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def binary_cross_entropy(a, y):
    p = np.where(y == 1, a, 1 - a)
    return -np.mean(np.log(p))


def _certain(rng):
    return [
        (np.array([1.0, 0.0, 0.3, 0.8]), np.array([1, 0, 1, 1])),
        (np.array([0.0, 0.6, 1.0]), np.array([0.0, 0.0, 1.0])),
    ]


def _contradicted(rng):
    return [(np.array([0.0, 0.4, 0.7]), np.array([1, 0, 1])), (np.array([0.4, 1.0]), np.array([0.0, 0.0]))]


def _loop_binary(a, y):
    total = 0.0
    for ai, yi in zip(a, y, strict=True):
        probability = ai if yi == 1 else 1 - ai
        total += -math.log(probability) if probability > 0 else math.inf
    return total / len(a)


EXERCISE = Exercise(
    points=2,
    equation="C = −(1/n) Σ_i [y_i ln a_i + (1 − y_i) ln(1 − a_i)], where 0 · ln 0 counts as 0",
    probes=binary_probes,
    observe=kinds(certain=_certain(None)[0], contradicted=_contradicted(None)[0]),
    requirements=[
        values(1),
        cases("certain and right: 0 · ln 0 is 0", 0.25, _certain),
        cases("certain and wrong: inf", 0.25, _contradicted),
        shapes(0.25, "a single number"),
        unchanged(0.25),
    ],
    variants=[
        _loop_binary,
        lambda a, y: float(-np.log(np.where(y == 1, a, 1 - a)).mean()),
        lambda a, y: (-np.log(a[y == 1]).sum() - np.log1p(-a[y == 0]).sum()) / len(y),
        lambda a, y: np.array(-np.mean(np.log(1 - np.abs(y - a)))),
    ],
)
