"""A gradient by central differences."""

import numpy as np

from autograder.exercises.lesson_02.numerical_derivative import numerical_derivative
from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic, tanh


def numerical_gradient(f, theta, h=1e-5):
    moved = np.array(theta, dtype=float)
    gradient = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape):
        kept = moved[index]
        moved[index] = kept + h
        above = f(moved)
        moved[index] = kept - h
        below = f(moved)
        moved[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def _neuron_cost(X, y):
    """Cost of a neuron whose weights and, last, bias are in one vector."""

    def cost(theta):
        theta = np.asarray(theta)
        return float(np.mean((y - logistic(X @ theta[:-1] + theta[-1])) ** 2))

    return cost


def _layer_cost(x, y):
    """Cost of a layer of tanh units with the weights theta."""
    return lambda theta: float(np.sum((y - tanh(np.asarray(theta) @ x)) ** 2))


def _curved(C, D):
    """Compute a function of an array of any shape that curves in every direction and couples the entries."""

    def function(theta):
        theta = np.asarray(theta)
        return float(np.sum(C * theta**3) + np.exp(np.sum(D * theta)))

    return function


def _curved_probe(rng, shape, *rest, whole=False):
    signs = rng.choice([-1.0, 1.0], size=shape)
    theta = rng.uniform(0.4, 1.6, size=shape) * signs
    if whole:
        theta = (rng.integers(1, 4, size=shape) * signs).astype(int)
    C = rng.normal(size=shape)
    return (_curved(C, rng.normal(size=shape) / (2 * theta.size)), theta, *rest)


def _gradient_probes(rng):
    m, k = probes.sizes(rng, 2, low=3, high=6)
    n = 7
    return [
        (_neuron_cost(3 * rng.normal(size=(n, m)), rng.random(n)), rng.normal(size=m + 1)),
        (_layer_cost(rng.normal(size=m), rng.random(k)), rng.normal(size=(k, m)) / 2),
        _curved_probe(rng, (2, 4, 3)),
        _curved_probe(rng, (m,)),
        _curved_probe(rng, (2, m), float(rng.uniform(0.2, 0.4))),
    ]


def _whole_numbers(rng):
    return [_curved_probe(rng, (2, 3), whole=True), _curved_probe(rng, (4,), whole=True)]


def _unit_steps(f, theta, h=1e-5):
    theta = np.asarray(theta, dtype=float)
    flat = [
        (f(theta + h * e.reshape(theta.shape)) - f(theta - h * e.reshape(theta.shape))) / (2 * h)
        for e in np.eye(theta.size)
    ]
    return np.reshape(flat, theta.shape)


def _flat_view(f, theta, h=1e-5):
    moved = theta.astype(float)
    line, gradient = moved.reshape(-1), []
    for i in range(line.size):
        kept = line[i]
        results = []
        for place in (kept + h, kept - h):
            line[i] = place
            results.append(f(moved))
        line[i] = kept
        gradient.append((results[0] - results[1]) / (2 * h))
    return np.array(gradient).reshape(theta.shape)


def _one_by_one(f, theta, h=1e-5):
    base = np.asarray(theta, dtype=float)

    def along(index):
        def shifted(value):
            moved = base.copy()
            moved[index] = value
            return f(moved)

        return shifted

    return np.array([numerical_derivative(along(i), base[i], h) for i in np.ndindex(base.shape)]).reshape(base.shape)


EXERCISE = Exercise(
    points=2,
    equation="∂f/∂θ_i ≈ (f(θ with θ_i + h) − f(θ with θ_i − h)) / (2h), all other entries as they are",
    probes=_gradient_probes,
    telling_probes=_whole_numbers,
    requirements=[
        values(1, only=[0, 1, 2, 3]),
        shapes(0.25, "shape of θ"),
        unchanged(0.25, "θ unchanged, to the last bit"),
        values(0.25, "with the caller's h", only=[4]),
        cases("θ of whole numbers", 0.25, _whole_numbers),
    ],
    variants=[_unit_steps, _flat_view, _one_by_one],
)
