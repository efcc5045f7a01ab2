"""How far two vectors are apart, relative to their lengths."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, unchanged, values


def relative_error(u, v):
    u, v = np.ravel(u), np.ravel(v)
    distance = np.linalg.norm(u - v)
    scale = np.linalg.norm(u) + np.linalg.norm(v)
    return distance / scale if scale > 0 else 0.0


def _error_probes(rng):
    found = []
    for size in probes.sizes(rng, 3, low=3):
        u = 3 * rng.normal(size=size)
        found.append((u, u + rng.normal(size=size)))
    u = rng.normal(size=5)
    found.append((u, u * (1 + 1e-3 * rng.normal(size=5))))
    found.append((np.abs(u), 0.1 * np.abs(u)))
    return found


def _zeros(rng):
    return [(np.zeros(int(rng.integers(2, 6))),) * 2]


def _apart(rng):
    """Vectors that differ, though one of them is 0, or they share a 0, another entry, or their sums."""
    a, b = (float(value) for value in rng.uniform(1, 3, size=2))
    v = rng.normal(size=4)
    return [
        (np.zeros(4), v),
        (v, np.zeros(4)),
        (np.array([0.0, a]), np.array([0.0, a + b])),
        (np.array([a, b]), np.array([a, b + 1])),
        (np.array([a, -a]), np.array([a + b, -a - b])),
    ]


def _tiny(rng):
    u = rng.normal(size=4) * 1e-20
    return [(u, u + 1e-20 * rng.normal(size=4))]


def _any_shape(rng):
    u = rng.normal(size=(3, 4))
    deep = rng.normal(size=(2, 3, 4))
    return [(u, u + rng.normal(size=(3, 4))), (deep, deep + rng.normal(size=(2, 3, 4))), (1.5, float(rng.random()))]


def _looped_error(u, v):
    u, v = np.ravel(u), np.ravel(v)
    d = a = b = 0.0
    for p, q in zip(u, v, strict=True):
        d, a, b = d + (p - q) ** 2, a + p**2, b + q**2
    if a == 0 and b == 0:
        return 0
    return d**0.5 / (a**0.5 + b**0.5)


def _einsum_error(u, v):
    u, v = np.asarray(u, dtype=float).reshape(-1), np.asarray(v, dtype=float).reshape(-1)
    length = lambda w: np.sqrt(np.einsum("i,i->", w, w))  # noqa: E731
    return np.array(0.0) if not (u.any() or v.any()) else length(v - u) / (length(u) + length(v))


EXERCISE = Exercise(
    points=1,
    equation="‖u − v‖ / (‖u‖ + ‖v‖), and 0 where u and v are both 0",
    probes=_error_probes,
    telling_probes=lambda rng: _any_shape(rng) + _zeros(rng) + _apart(rng),
    requirements=[
        values(0.375),
        cases("0 when both are 0, without a warning", 0.125, _zeros, quiet=True),
        cases("not 0 where u and v differ", 0.125, _apart),
        cases("tiny numbers", 0.125, _tiny),
        cases("arrays of any shape", 0.125, _any_shape, with_shapes=True),
        unchanged(0.125),
    ],
    variants=[_looped_error, _einsum_error, lambda u, v: np.float64(relative_error(v, u))],
)
