"""The spread of z in each layer."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic
from nblib.network import forward


def layer_stds(layers, X):
    stds, A = [], X
    for W, b in layers:
        Z = A @ W.T + b
        stds.append(np.std(Z))
        A = logistic(Z)
    return np.array(stds)


def _stds_probes(rng, square=False):
    found = []
    for depth in (3, 4, 2):
        widths = [4] * (depth + 1) if square else probes.sizes(rng, depth + 1, 3, 9)
        n = 4 if square else int(rng.integers(11, 16))
        layers, X, _ = probes.batch(rng, widths, n)
        found.append((layers, 1.5 * X + 0.4))
    return found


def _stds_edges(rng):
    """One layer, one example, one unit."""
    one_layer, X, _ = probes.batch(rng, probes.sizes(rng, 2, 3, 7), 9)
    two_layers, x, _ = probes.batch(rng, probes.sizes(rng, 3, 3, 7), 1)
    one_unit, X_one, _ = probes.batch(rng, [5, 1, 3], 8)
    return [(one_layer, X), (two_layers, x), (one_unit, X_one)]


def _loop_stds(layers, X):
    every = [[] for _ in layers]
    for x in X:
        a = x
        for index, (W, b) in enumerate(layers):
            z = [sum(W[k, j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))]
            every[index].extend(z)
            a = [logistic(v) for v in z]
    return [np.sqrt(np.mean((np.array(z) - np.mean(z)) ** 2)) for z in every]


def _einsum_stds(layers, X):
    found, A = [], X
    for W, b in layers:
        Z = np.einsum("nj,kj->nk", A, W) + b
        found.append(float(np.sqrt(np.mean(Z**2) - np.mean(Z) ** 2)))
        A = logistic(Z)
    return tuple(found)


def _columns_stds(layers, X):
    found, A = np.zeros(len(layers)), X.T
    for index, (W, b) in enumerate(layers):
        Z = W @ A + b[:, None]
        found[index] = np.std(Z)
        A = 0.5 + 0.5 * np.tanh(Z / 2)
    return found


EXERCISE = Exercise(
    points=2,
    equation="for each layer the standard deviation of all z_k^ℓ, over all examples and units; Z = A Wᵀ + b, A = σ(Z)",
    probes=_stds_probes,
    telling_probes=lambda rng: _stds_probes(rng, square=True),
    requirements=[
        values(1.25),
        cases("one layer, one example, one neuron", 0.25, _stds_edges),
        shapes(0.25),
        unchanged(0.25),
    ],
    variants=[
        _loop_stds,
        _einsum_stds,
        _columns_stds,
        lambda layers, X: np.array([np.std(z) for z in forward(layers, X)[0]])[:, None].ravel(),
    ],
)
