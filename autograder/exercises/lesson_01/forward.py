"""One example's way through a network."""

import numpy as np

from autograder.exercises.lesson_01.shared import equal_widths, loop_forward
from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.activations import logistic
from nblib.network import fold_bias


def forward(layers, x):
    zs, activations = [], [x]
    for W, b in layers:
        z = W @ activations[-1] + b
        a = logistic(z)
        zs.append(z)
        activations.append(a)
    return zs, activations


def _forward_draws(rng, draw=None):
    draw = draw or (lambda depth: probes.sizes(rng, depth + 1, low=2))
    return [probes.example(rng, draw(depth))[:2] for depth in (3, 4, 2, 1)]


def _part_of_forward(path):
    if len(path) != 2:
        return "the result"
    return f"z of layer {path[1] + 1}" if path[0] == 0 else f"a of layer {path[1]}"


def _recursive_forward(layers, x):
    if not layers:
        return [], [x]
    (W, b), *rest = layers
    z = np.einsum("kj,j->k", W, x) + b
    zs, activations = _recursive_forward(rest, 0.5 * (1 + np.tanh(z / 2)))
    return [z, *zs], [x, *activations]


def _theta_forward(layers, x):
    zs, activations = [], [x]
    for W, b in layers:
        zs.append(fold_bias(W, b) @ np.concatenate([[1.0], activations[-1]]))
        activations.append(1 / (1 + np.exp(-zs[-1])))
    return tuple(zs), tuple(activations)


EXERCISE = Exercise(
    points=3,
    equation="a^0 = x; z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ, a^ℓ = σ(z^ℓ), ℓ = 1, …, L",
    probes=_forward_draws,
    telling_probes=lambda rng: _forward_draws(rng, equal_widths),
    part_name=_part_of_forward,
    requirements=[values(2.25), shapes(0.5), unchanged(0.25)],
    variants=[
        loop_forward,
        _recursive_forward,
        _theta_forward,
        lambda layers, x: [part for part in forward(layers, x)],
    ],
)
