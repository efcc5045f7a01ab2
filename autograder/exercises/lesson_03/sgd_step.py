"""A step of gradient descent."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.backprop import backprop


def sgd_step(layers, gradients, eta):
    new = []
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        new_W = W - eta * dW
        new_b = b - eta * db
        new.append((new_W, new_b))
    return new


def _sgd_probes(rng):
    found = []
    for eta in rng.permutation([0.05, 0.3, 1.7]):
        layers, x, y = probes.example(rng, probes.sizes(rng, 3))
        found.append((layers, backprop(layers, x, y), float(eta)))
    return found


def _layers_part(path):
    return f"{('the weights', 'the bias')[path[1]]} of layer {path[0] + 1}" if len(path) == 2 else "the result"


def _loop_step(layers, gradients, eta):
    new = []
    for level in range(len(layers)):
        W, b = (part.copy() for part in layers[level])
        for index in np.ndindex(W.shape):
            W[index] -= eta * gradients[level][0][index]
        for k in range(len(b)):
            b[k] = b[k] - eta * gradients[level][1][k]
        new.append([W, b])
    return new


EXERCISE = Exercise(
    points=1,
    equation="w ← w − η ∂C/∂w, b ← b − η ∂C/∂b",
    probes=_sgd_probes,
    part_name=_layers_part,
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_step,
        lambda layers, gradients, eta: [
            (np.add(W, -eta * dW), np.add(b, -eta * db)) for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ],
        lambda layers, gradients, eta: tuple(
            (np.subtract(W, np.multiply(eta, dW)).tolist(), (b - eta * db).tolist())
            for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ),
    ],
)
