"""A step of gradient descent with an L1 term."""

import numpy as np

from autograder.exercises.lesson_05.shared import NUMBERS, loop_over, plain_steps, step_probes
from autograder.exercises.parts import Exercise, cases, unchanged, values


def l1_step(w, gradient, eta, lam, n):
    w, gradient = np.asarray(w), np.asarray(gradient)
    push = eta * lam / n * np.sign(w)
    return w - push - eta * gradient


def _zero_weights(rng):
    return [
        (np.array([0.0, 1.5, -0.75, 0.0]), rng.normal(size=4), 0.5, 2.0, 6),
        (np.zeros((2, 3)), rng.normal(size=(2, 3)), 0.8, 1.5, 10),
    ]


EXERCISE = Exercise(
    points=1,
    equation="w ← w − (ηλ/n) sgn(w) − η ∂C₀/∂w, sgn(0) = 0",
    probes=step_probes,
    telling_probes=_zero_weights,
    requirements=[
        values(0.5),
        cases("a weight of exactly 0", 0.25, _zero_weights),
        cases(NUMBERS, 0.125, plain_steps, with_shapes=True),
        unchanged(0.125),
    ],
    variants=[
        loop_over(lambda w, g, eta, lam, n: w - eta * g - eta * lam / n * (int(w > 0) - int(w < 0))),
        lambda w, gradient, eta, lam, n: (
            np.array(w)
            - np.multiply(eta, gradient)
            - np.where(np.array(w) > 0, 1, np.where(np.array(w) < 0, -1, 0)) * eta * lam / n
        ),
        lambda w, gradient, eta, lam, n: np.subtract(w, eta * (lam * np.sign(w) / n + np.array(gradient))),
    ],
)
