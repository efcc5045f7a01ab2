"""The share of weights that are 0."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values


def zero_fraction(weights, tol=0.0):
    zeros, total = 0, 0
    for W in weights:
        zeros += np.sum(np.abs(W) <= tol)
        total += W.size
    return zeros / total


def _sparse(rng, widths, share):
    """Weights of a network, a share of each layer's exactly 0 and a few more very near to it."""
    weights = [W for W, _ in probes.network(rng, widths)]
    for W, part in zip(weights, share, strict=True):
        flat = W.ravel()
        chosen = rng.permutation(W.size)
        zeros = max(1, round(part * W.size))
        flat[chosen[:zeros]] = 0
        flat[chosen[zeros : zeros + 3]] = [1e-10, -1e-10, 3e-4]
    return weights


def _zero_probes(rng):
    return [
        (_sparse(rng, probes.sizes(rng, len(share) + 1, low=4, high=9), share),)
        for share in ((0.1, 0.5), (0.6, 0.2, 0.3))
    ]


def _tolerances(rng):
    weights = _sparse(rng, probes.sizes(rng, 3, low=4, high=9), (0.3, 0.1))
    exact = [W.copy() for W in weights]
    exact[0][0, :2], exact[1][0, :2] = [0.25, -0.25], [0.5, -0.25]
    return [(weights, 0.4), (weights, 0.05), (exact, 0.25)]


def _loop_zero_fraction(weights, tol=0.0):
    zeros, total = 0, 0
    for W in weights:
        for w in W.ravel():
            total += 1
            if -tol <= w <= tol:
                zeros += 1
    return zeros / total


EXERCISE = Exercise(
    points=1,
    equation="number of weights with |w| ≤ tol, over the number of all weights of all layers",
    probes=_zero_probes,
    telling_probes=_tolerances,
    requirements=[
        values(0.5),
        cases("with a tolerance", 0.25, _tolerances),
        shapes(0.125, "a single number"),
        unchanged(0.125),
    ],
    variants=[
        _loop_zero_fraction,
        lambda weights, tol=0.0: (
            1 - sum(np.count_nonzero(np.abs(W) > tol) for W in weights) / sum(W.size for W in weights)
        ),
        lambda weights, tol=0.0: np.mean(np.abs(np.hstack([W.ravel() for W in weights])) <= tol),
    ],
)
