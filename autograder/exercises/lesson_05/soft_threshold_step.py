"""A gradient step, then a push towards 0 that stops there."""

import numpy as np

from autograder.exercises.lesson_05.shared import NUMBERS, loop_over, plain_steps, weights_and_gradients
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def soft_threshold_step(w, gradient, eta, lam, n):
    w, gradient = np.asarray(w), np.asarray(gradient)
    v = w - eta * gradient
    size = np.maximum(np.abs(v) - eta * lam / n, 0)
    return np.sign(v) * size


def _threshold_probes(rng):
    """Weights on both sides of 0: some that stay, some that end at 0, some that the gradient takes across."""
    found = []
    for eta, lam, n in ((0.5, 6.0, 13), (0.9, 3.0, 16), (0.3, 0.0, 8)):
        w, gradient = weights_and_gradients(rng, n, scale=0.5)
        w, gradient = w.copy(), gradient.copy()
        t = eta * lam / n or 0.1
        first = w.ravel()[:4]
        first[:] = [t / 2, -t / 3, 0.05, -0.05]
        gradient.ravel()[:4] = [0.01, -0.02, (0.2 + 2 * t) / eta, -(0.2 + 1.5 * t) / eta]
        found.append((w, gradient, eta, lam, n))
    w, gradient = 0.3 * rng.normal(size=9), 0.2 * rng.normal(size=9)
    w[0] = gradient[0] = 0.0  # a pixel that is always blank: the weight is 0 and stays so
    found.append((w, gradient, 0.7, 2.0, 11))
    return found


def _threshold_one(w, g, eta, lam, n):
    v, t = w - eta * g, eta * lam / n
    if v > t:
        return v - t
    return v + t if v < -t else 0.0


EXERCISE = Exercise(
    points=2,
    equation="v = w − η ∂C₀/∂w, then w ← sgn(v) · max(|v| − ηλ/n, 0)",
    probes=_threshold_probes,
    requirements=[values(1.25), shapes(0.25), cases(NUMBERS, 0.25, plain_steps, with_shapes=True), unchanged(0.25)],
    variants=[
        loop_over(_threshold_one),
        lambda w, gradient, eta, lam, n: (lambda v: v - np.clip(v, -eta * lam / n, eta * lam / n))(
            np.array(w) - eta * np.array(gradient)
        ),
        lambda w, gradient, eta, lam, n: (
            lambda v: np.where(np.abs(v) <= eta * lam / n, 0.0, v - eta * lam / n * np.sign(v))
        )(np.array(w) - eta * np.array(gradient)),
        lambda w, gradient, eta, lam, n: (
            lambda v: np.maximum(v - eta * lam / n, 0) + np.minimum(v + eta * lam / n, 0)
        )(np.subtract(w, np.multiply(eta, gradient))),
    ],
)
