"""A step of gradient descent with weight decay."""

import numpy as np

from autograder.exercises.lesson_05.shared import NUMBERS, loop_over, plain_steps, step_probes
from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def l2_step(w, gradient, eta, lam, n):
    w, gradient = np.asarray(w), np.asarray(gradient)
    decay = 1 - eta * lam / n
    return decay * w - eta * gradient


EXERCISE = Exercise(
    points=2,
    equation="w ← (1 − ηλ/n) w − η ∂C₀/∂w",
    probes=step_probes,
    requirements=[values(1.25), shapes(0.25), cases(NUMBERS, 0.25, plain_steps, with_shapes=True), unchanged(0.25)],
    variants=[
        loop_over(lambda w, g, eta, lam, n: w - eta * (g + lam / n * w)),
        lambda w, gradient, eta, lam, n: np.subtract(np.multiply(w, 1 - eta * lam / n), np.multiply(eta, gradient)),
        lambda w, gradient, eta, lam, n: np.array(w) - eta * (np.array(gradient) + lam * np.array(w) / n),
        lambda w, gradient, eta, lam, n: np.asarray(w) - np.dot(gradient, eta) - np.dot(w, eta * lam / n),
    ],
)
