"""A step with weight decay for a whole network."""

import numpy as np

from autograder.checking.problem import Kind
from autograder.exercises.parts import Exercise, Requirement, probes, shapes, trouble, unchanged, value_differences
from nblib.backprop import backprop


def regularized_step(layers, gradients, eta, lam, n):
    new = []
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        decay = 1 - eta * lam / n
        new_W = decay * W - eta * dW
        new_b = b - eta * db
        new.append((new_W, new_b))
    return new


def _regularized_probes(rng):
    found = []
    for depth, eta, lam, n in ((3, 0.4, 2.5, 19), (2, 1.3, 0.8, 31), (3, 0.6, 0.0, 9), (2, 0.3, 7.0, 12)):
        layers, X, Y = probes.batch(rng, probes.sizes(rng, depth + 1, low=3, high=9), 2)
        found.append((layers, backprop(layers, X, Y), eta + float(rng.random()) / 10, lam, n))
    return found


_SIDES = ("the weights", "the bias")


def _layers_part(path):
    return f"{_SIDES[path[1]]} of layer {path[0] + 1}" if len(path) == 2 else "the result"


def _pairs_problem(trial, outcome, answer, side):
    problem = trouble(outcome, trial.exercise)
    if problem:
        return problem
    found = value_differences(outcome.value, answer, _layers_part)
    ungrouped = (each for each in found if each.kind in (Kind.PART_COUNT, Kind.NOT_PARTS))
    of_this_side = (each for each in found if each.part.startswith(_SIDES[side]))
    return next(ungrouped, None) or next(of_this_side, None)


def _side(name, points, side):
    """The weights (side 0) or the biases (side 1) are right on every probe."""

    def test(trial):
        for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
            problem = _pairs_problem(trial, outcome, answers[0], side)
            if problem:
                return problem
        return None

    return Requirement(name, points, test)


def _loop_regularized(layers, gradients, eta, lam, n):
    new = []
    for level in range(len(layers)):
        W, b = (part.copy() for part in layers[level])
        dW, db = gradients[level]
        for k in range(len(b)):
            for j in range(W.shape[1]):
                W[k, j] -= eta * (dW[k, j] + lam / n * W[k, j])
            b[k] -= eta * db[k]
        new.append([W, b])
    return new


EXERCISE = Exercise(
    points=2,
    equation="W ← (1 − ηλ/n) W − η ∂C₀/∂W, b ← b − η ∂C₀/∂b in every layer",
    probes=_regularized_probes,
    part_name=_layers_part,
    observe=lambda trial: {"changed": {position for outcome in trial.outcomes for position in outcome.changed}},
    requirements=[_side("weights", 1, 0), _side("biases", 0.5, 1), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_regularized,
        lambda layers, gradients, eta, lam, n: [
            (np.subtract(W, eta * (dW + W * (lam / n))), b - eta * db)
            for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ],
        lambda layers, gradients, eta, lam, n: tuple(
            ((W - eta * lam / n * W - eta * dW).tolist(), list(b - eta * db))
            for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ),
    ],
)
