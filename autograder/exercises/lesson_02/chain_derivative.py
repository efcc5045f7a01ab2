"""The derivative of functions in a chain."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, unchanged, values
from nblib.activations import logistic, logistic_prime, tanh, tanh_prime


def chain_derivative(functions, derivatives, x):
    slope = 1.0
    for f, f_prime in zip(functions, derivatives, strict=True):
        slope *= f_prime(x)
        x = f(x)
    return slope


def _links(rng):
    """Draw functions and their derivatives; all are curved, so it shows where a slope was taken."""
    c, d = float(rng.uniform(0.8, 1.6)), float(rng.uniform(0.3, 0.9))
    return [
        (lambda u: np.sin(c * u) + 2 * u, lambda u: c * np.cos(c * u) + 2),
        (lambda u: np.exp(-d * u), lambda u: -d * np.exp(-d * u)),
        (lambda u: u**2 - c * u, lambda u: 2 * u - c),
        (lambda u: 3 * tanh(d * u) + 0.5, lambda u: 3 * d * tanh_prime(d * u)),
        (lambda u: 5 * logistic(u) - 1, lambda u: 5 * logistic_prime(u)),
    ]


def _chain(rng, k):
    links = _links(rng)
    chosen = [links[int(i)] for i in rng.permutation(len(links))[:k]]
    x = float(rng.uniform(0.3, 1.3) * rng.choice([-1, 1]))
    return [f for f, _ in chosen], [d for _, d in chosen], x


def _one_link(rng):
    return [_chain(rng, 1)]


def _long_chain(rng):
    gentle = []
    for c in rng.uniform(0.5, 1.5, size=9):
        gentle.append((lambda u, c=c: u + np.sin(c * u) / 2, lambda u, c=c: 1 + c * np.cos(c * u) / 2))
    return [([f for f, _ in gentle], [d for _, d in gentle], float(rng.uniform(-1, 1)))]


def _recursive_chain(functions, derivatives, x):
    if len(functions) == 1:
        return derivatives[0](x)
    return _recursive_chain(functions[1:], derivatives[1:], functions[0](x)) * derivatives[0](x)


def _backward_chain(functions, derivatives, x):
    kept = [x]
    for f in functions[:-1]:
        kept.append(f(kept[-1]))
    slope = 1
    for i in range(len(functions) - 1, -1, -1):
        slope = slope * derivatives[i](kept[i])
    return slope


def _recomputing_chain(functions, derivatives, x):
    factors = []
    for i in range(len(functions)):
        place = x
        for f in functions[:i]:
            place = f(place)
        factors.append(derivatives[i](place))
    return np.prod(factors)


EXERCISE = Exercise(
    derivative_of="the composed function",
    points=2,
    equation="y = f_k(…f_2(f_1(x))): dy/dx = f_k′(u_(k−1)) · … · f_2′(u_1) · f_1′(x), with u_i = f_i(u_(i−1)), u_0 = x",
    probes=lambda rng: [_chain(rng, k) for k in (2, 3, 4, 2, 3)],
    telling_probes=_one_link,
    requirements=[
        values(1.25),
        cases("a chain of one function", 0.25, _one_link),
        cases("a chain of nine functions", 0.25, _long_chain),
        unchanged(0.25),
    ],
    variants=[_recursive_chain, _backward_chain, _recomputing_chain],
)
