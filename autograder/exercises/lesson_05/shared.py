"""Probes and helpers that several exercises of lesson 5 share."""

import numpy as np

from autograder.exercises.parts import probes, problem_in
from nblib.backprop import backprop

NUMBERS = "single numbers, whole numbers"


def cost_probes(rng):
    found = []
    for depth, lam in ((3, 0.7), (2, 4.0), (4, 0.0), (1, 2.5)):
        weights = [W for W, _ in probes.network(rng, probes.sizes(rng, depth + 1))]
        found.append((float(rng.random() + 0.3), weights, lam, int(rng.integers(11, 90))))
    return found


def weights_and_gradients(rng, n, scale=1.0):
    """Return the weights of one layer of a real network, and their gradient over a batch of n."""
    layers, X, Y = probes.batch(rng, probes.sizes(rng, 3), n)
    gradients = backprop(layers, X, Y)
    at = int(rng.integers(2))
    return scale * layers[at][0], gradients[at][0]


def step_probes(rng):
    found = []
    for eta, lam, n in ((0.4, 3.0, 17), (1.6, 0.5, 9), (0.7, 0.0, 12)):
        w, gradient = weights_and_gradients(rng, n)
        found.append((w, gradient, eta + float(rng.random()) / 10, lam, n))
    w, gradient = weights_and_gradients(rng, 11)
    found.append((w[0], gradient[0], 0.25, 6.0, 11))
    return found


def plain_steps(rng):
    """A single weight, and whole numbers."""
    return [
        (float(rng.normal()) + 2, -0.4, 0.5, 1.5, 8),
        (np.array([[3, -2], [4, -5]]), np.array([[1, 0], [-2, 1]]), 0.5, 3.0, 7),
    ]


def loop_over(rule):
    """Write a step as a loop over single weights."""

    def looped(w, gradient, eta, lam, n):
        w, gradient = np.asarray(w, dtype=float), np.asarray(gradient, dtype=float)
        new = np.empty(w.shape)
        for index in np.ndindex(w.shape):
            new[index] = rule(w[index], gradient[index], eta, lam, n)
        return new

    return looped


def as_problem(function):
    """Turn a ValueError of a test into the problem that it carries."""

    def test(trial):
        try:
            return function(trial)
        except ValueError as error:
            return problem_in(error)

    return test
