"""The sum over all paths from an input to an output."""

import math
from itertools import product

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, unchanged, values


def sum_over_paths(weights, k, j):
    total = 0
    for path in _paths(weights, k, j):
        total += math.prod(path)
    return total


def _paths(weights, k, j):
    """Yield the weights on each path from input j to output k, beginning with those of layer 1."""
    widths = [len(W) for W in weights[:-1]]
    for inner in product(*map(range, widths)):
        nodes = (j, *inner, k)
        yield [W[after, before] for W, before, after in zip(weights, nodes[:-1], nodes[1:], strict=True)]


def _path_probe(rng, widths, k=None, j=None):
    weights = [W for W, _ in probes.network(rng, widths)]
    common = min(widths[0], widths[-1])
    # k and j differ and are both small enough to be exchanged without an error.
    places = rng.permutation(common)
    return weights, int(places[0] if k is None else k), int(places[1] if j is None else j)


def _narrow(rng):
    """Layers of one neuron: a single path that is long, and a network with a bottleneck."""
    return [
        _path_probe(rng, [1, 1, 1, 1, 1, 1], 0, 0),
        _path_probe(rng, [3, 1, 4, 1, 2], int(rng.integers(2)), int(rng.integers(3))),
    ]


def _whole_product(weights):
    total = weights[0]
    for W in weights[1:]:
        total = W @ total
    return total


def _walked_paths(weights, k, j):
    def reach(level, node):
        if level < 0:
            return 1.0 if node == j else 0.0
        return sum(weights[level][node, before] * reach(level - 1, before) for before in range(weights[level].shape[1]))

    return reach(len(weights) - 1, k)


def _row_from_the_right(weights, k, j):
    row = weights[-1][k]
    for W in reversed(weights[:-1]):
        row = row @ W
    return row[j]


def _listed_paths(weights, k, j):
    paths = [([j], 1.0)]
    for W in weights:
        paths = [([*nodes, i], w * W[i][nodes[-1]]) for nodes, w in paths for i in range(W.shape[0])]
    return np.sum([w for nodes, w in paths if nodes[-1] == k])


EXERCISE = Exercise(
    points=2,
    equation="∂a_k^L/∂x_j = Σ over all paths j → … → k of the product of the weights on the path (linear units)",
    probes=lambda rng: [_path_probe(rng, probes.sizes(rng, depth + 1, high=6)) for depth in (2, 3, 2, 4)],
    telling_probes=lambda rng: [_path_probe(rng, [4] * (depth + 1)) for depth in (2, 3)],
    requirements=[
        values(1.25),
        cases("a network of one layer", 0.25, lambda rng: [_path_probe(rng, probes.sizes(rng, 2, low=3))]),
        cases("layers of one neuron", 0.25, _narrow),
        unchanged(0.25),
    ],
    variants=[lambda weights, k, j: _whole_product(weights)[k, j], _walked_paths, _row_from_the_right, _listed_paths],
)
