"""Whether all units of a layer have the same weights."""

from itertools import pairwise

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values


def units_identical(W):
    return np.allclose(W, W[0])


def _same_units(rng, m, n):
    return np.tile(rng.normal(size=n), (m, 1))


def _identical_probes(rng):
    (m, n), (m_other, n_other) = probes.sizes(rng, 2, 3, 7), probes.sizes(rng, 2, 4, 8)
    first = rng.normal(size=(m, n))
    first[1] = first[0]
    ends = rng.normal(size=(m_other, n_other))
    ends[-1] = ends[0]
    one_differs = _same_units(rng, m_other, n_other)
    one_differs[-1] = rng.normal(size=n_other)
    row = rng.normal(size=n)
    shuffled = np.array([np.roll(row, k % n) for k in range(m)])
    signs = _same_units(rng, m, n) * np.where(np.arange(m) % 2, -1, 1)[:, None]
    entry = _same_units(rng, m, n)
    entry[m // 2, n // 2] += 0.5
    return [
        (rng.normal(size=(m, n)),),
        (_same_units(rng, m, n),),
        (_same_units(rng, n, m).T,),
        (np.full((m_other, n_other), rng.normal()),),
        (np.zeros((n, m)),),
        (first,),
        (ends,),
        (one_differs,),
        (shuffled,),
        (signs,),
        (np.outer(1 + rng.random(m_other), rng.normal(size=n_other)),),
        (entry,),
    ]


def _nearly(rng):
    (n,) = probes.sizes(rng, 1, 3, 7)
    row = 0.5 + rng.random(n)
    return [(np.array([row, row + 1e-2]),)]


def _identical_edges(rng):
    m, n = probes.sizes(rng, 2, 3, 7)
    return [(rng.normal(size=(1, n)),), (np.full((m, 1), rng.normal()),), (rng.normal(size=(m, 1)),)]


def _loop_identical(W):
    for k in range(1, len(W)):
        for j in range(len(W[0])):
            if abs(W[k][j] - W[0][j]) > 1e-8:
                return False
    return True


EXERCISE = Exercise(
    points=1,
    equation="w_kj = w_0j for all units k and all inputs j",
    probes=_identical_probes,
    requirements=[
        values(0.5),
        cases("almost equal is not equal", 0.125, _nearly),
        cases("one neuron, one input", 0.125, _identical_edges),
        shapes(0.125, "a single True or False"),
        unchanged(0.125),
    ],
    variants=[
        _loop_identical,
        lambda W: (W == W[0]).all(),
        lambda W: len({tuple(row) for row in W}) == 1,
        lambda W: bool(np.ptp(W, axis=0).max() < 1e-8),
        lambda W: all(np.allclose(one, other) for one, other in pairwise(W)),
        lambda W: bool(np.all(np.std(W, axis=0) < 1e-9)),
        lambda W: np.abs(W - np.mean(W, axis=0)).max() < 1e-9,
    ],
)
