"""A derivative by a central difference."""

import numpy as np

from autograder.exercises.parts import Exercise, shapes, values


def numerical_derivative(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def _exponential(c):
    return lambda x: np.exp(c * x)


def _cubic(c, d):
    return lambda x: c * x**3 + d * x**2 - x


def _wave(c):
    return lambda x: np.sin(c * x) + x**2


def _derivative_probes(rng):
    c = float(rng.uniform(1.5, 2.5))
    x = float(rng.uniform(0.4, 1.2))
    return [
        (_exponential(c), x),
        (_exponential(-c), -x),
        (_cubic(c, 3.0), -x / 2),
        (_wave(c), x + 1),
        (_exponential(-1.2), x, float(rng.uniform(0.3, 0.6))),
        (_wave(2.0), -x, float(rng.uniform(0.05, 0.2))),
    ]


EXERCISE = Exercise(
    points=1,
    equation="f′(x) ≈ (f(x + h) − f(x − h)) / (2h)",
    probes=_derivative_probes,
    requirements=[
        values(0.5, only=[0, 1, 2, 3]),
        values(0.25, "with the caller's h", only=[4, 5]),
        shapes(0.25, "one number"),
    ],
    variants=[
        lambda f, x, h=1e-5: ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2,
        lambda f, x, h=1e-5: sum(sign * f(x + sign * h) for sign in (1, -1)) / h / 2,
        lambda f, x, h=1e-5: float(np.diff([f(x - h), f(x + h)])[0]) / (2 * h),
        lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / ((x + h) - (x - h)),
    ],
)
