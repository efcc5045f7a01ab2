"""A step with momentum."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.backprop import backprop


def momentum_step(layers, gradients, velocity, eta, mu):
    new_layers, new_velocity = [], []
    for (W, b), (dW, db), (vW, vb) in zip(layers, gradients, velocity, strict=True):
        new_vW = mu * vW - eta * dW
        new_vb = mu * vb - eta * db
        new_layers.append((W + new_vW, b + new_vb))
        new_velocity.append((new_vW, new_vb))
    return new_layers, new_velocity


def _momentum_probes(rng, widths=None):
    found = []
    for eta, mu in rng.permutation([[0.05, 0.9], [0.3, 0.6], [1.7, 0.25]]):
        layers, x, y = probes.example(rng, widths or probes.sizes(rng, 3))
        velocity = [(rng.normal(size=W.shape), rng.normal(size=b.shape)) for W, b in layers]
        found.append((layers, backprop(layers, x, y), velocity, float(eta), float(mu)))
    layers, x, y = probes.example(rng, widths or probes.sizes(rng, 4))
    zero = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    found.append((layers, backprop(layers, x, y), zero, 0.4, 0.8))
    return found


def _momentum_part(path):
    if len(path) < 3:
        return "the result" if not path else ("the layers", "the velocity")[min(path[0], 1)]
    what = (("the weights", "the bias"), ("the velocity of the weights", "the velocity of the bias"))[path[0]][path[2]]
    return f"{what} of layer {path[1] + 1}"


def _loop_momentum(layers, gradients, velocity, eta, mu):
    new_layers, new_velocity = [], []
    for index in range(len(layers)):
        vW = mu * velocity[index][0] - eta * gradients[index][0]
        vb = mu * velocity[index][1] - eta * gradients[index][1]
        new_layers.append((layers[index][0] + vW, layers[index][1] + vb))
        new_velocity.append((vW, vb))
    return new_layers, new_velocity


def _copied_momentum(layers, gradients, velocity, eta, mu):
    layers = [[part.copy() for part in pair] for pair in layers]
    velocity = [[part.copy() for part in pair] for pair in velocity]
    for parts in zip(layers, gradients, velocity, strict=True):
        for w, g, v in zip(*parts, strict=True):
            v *= mu
            v -= eta * g
            w += v
    return [layers, velocity]


EXERCISE = Exercise(
    points=2,
    equation="v ← μ v − η ∂C/∂w, then w ← w + v (and the same for b)",
    probes=_momentum_probes,
    telling_probes=lambda rng: _momentum_probes(rng, [4, 4, 4]),
    part_name=_momentum_part,
    observe=lambda trial: {"changed": tuple(trial.outcomes[0].changed)},
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    variants=[
        _loop_momentum,
        _copied_momentum,
        lambda layers, gradients, velocity, eta, mu: (
            [
                tuple(w - eta * g + mu * v for w, g, v in zip(*parts, strict=True))
                for parts in zip(layers, gradients, velocity, strict=True)
            ],
            [
                tuple(mu * v - eta * g for g, v in zip(*parts, strict=True))
                for parts in zip(gradients, velocity, strict=True)
            ],
        ),
    ],
)
