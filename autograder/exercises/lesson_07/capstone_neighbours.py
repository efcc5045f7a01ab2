"""Pictures on which nearest neighbours give themselves away: networks answer them differently."""

from functools import lru_cache

import numpy as np

from autograder.exercises.lesson_07.capstone_digits import drawn
from nblib.activations import relu
from nblib.data import one_hot


def _neighbours(known, X, nearest):
    """Return the majority labels of the nearest known digits, for several k; the nearest digit breaks a tie."""
    table, labels = known
    distances = (X**2).sum(axis=1)[:, None] + (table**2).sum(axis=1) - 2 * X @ table.T
    order = np.argpartition(distances, max(nearest), axis=1)[:, : max(nearest)]
    order = np.take_along_axis(order, np.take_along_axis(distances, order, axis=1).argsort(axis=1), axis=1)
    votes = np.eye(10)[labels[order]]
    votes[:, 0] *= 1.5
    return [votes[:, :count].sum(axis=1).argmax(axis=1) for count in nearest]


def _unit_length(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True).clip(1e-12)


def _memories(draw, X):
    """Return the answers of models that only remember the digits they were given."""
    images, labels = draw.train
    both = tuple(map(np.concatenate, zip(draw.train, draw.val, strict=True)))
    yield from _neighbours(draw.train, X, [1, 3, 5, 7, 9])
    yield from _neighbours(both, X, [1, 3, 5])
    yield from _neighbours((_unit_length(images), labels), _unit_length(X), [1, 3])
    yield labels[[np.abs(images - x).sum(axis=1).argmin() for x in X]]


def _smooth_model(draw, rng):
    """A network whose hidden layer is random and whose output layer is found by least squares."""
    images, labels = draw.train
    weights, biases = rng.normal(0, 0.25, (64, 400)), rng.normal(0, 0.5, 400)

    def features(X):
        return np.column_stack([relu((X - images.mean(axis=0)) @ weights + biases), np.ones(len(X))])

    hidden = features(images)
    output = np.linalg.solve(hidden.T @ hidden + np.eye(401), hidden.T @ one_hot(labels, 10))
    return lambda X: (features(X) @ output).argmax(axis=1)


@lru_cache(maxsize=8)
def between_digits(key):
    """Pictures between two test digits, and for each kind of memory what it would answer to them."""
    draw, rng = drawn(key), np.random.default_rng([key, 1])
    X, labels = draw.test
    one, other = rng.integers(len(X), size=(2, 1800))
    one, other = one[labels[one] != labels[other]], other[labels[one] != labels[other]]
    weight = rng.uniform(0.4, 0.6, (len(one), 1))
    pictures = weight * X[one] + (1 - weight) * X[other]
    telling = _neighbours(draw.train, pictures, [1])[0] != _smooth_model(draw, rng)(pictures)
    pictures = pictures[telling][:300]
    return pictures, list(_memories(draw, pictures))
