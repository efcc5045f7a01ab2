"""A step of Adam."""

import numpy as np

from autograder.exercises.parts import Exercise, probes, shapes, unchanged, values
from nblib.backprop import backprop


def adam_step(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state
    t = t + 1

    def step(w, g, m, v):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        return w - eta * m_hat / (np.sqrt(v_hat) + eps), m, v

    new_layers, new_m, new_v = [], [], []
    for (W, b), (dW, db), (mW, mb), (vW, vb) in zip(layers, gradients, m, v, strict=True):
        new_W, new_mW, new_vW = step(W, dW, mW, vW)
        new_b, new_mb, new_vb = step(b, db, mb, vb)
        new_layers.append((new_W, new_b))
        new_m.append((new_mW, new_mb))
        new_v.append((new_vW, new_vb))
    return new_layers, (t, new_m, new_v)


def _adam_probes(rng, widths=None):
    found = []
    # The last one shows where ε is added.
    for t, *settings in [(0, 0.02), (4, 0.3), (2, 0.05, 0.8, 0.95), (1, 0.7, 0.6, 0.9, 0.2)]:
        layers, x, y = probes.example(rng, widths or probes.sizes(rng, 3 + t % 2))
        m = [(t * rng.normal(size=W.shape) / 10, t * rng.normal(size=b.shape) / 10) for W, b in layers]
        v = [(t * rng.uniform(size=W.shape) / 10, t * rng.uniform(size=b.shape) / 10) for W, b in layers]
        found.append((layers, backprop(layers, x, y), (t, m, v), *settings))
    return found


def _adam_part(path):
    if path in [(), (1,)]:
        return "the state" if path else "the result"
    if path[0] == 0:
        return "the layers" if len(path) < 3 else f"{('the weights', 'the bias')[path[2]]} of layer {path[1] + 1}"
    name = "tmv"[min(path[1], 2)]
    return name if len(path) < 4 else f"{name} of {('the weights', 'the bias')[path[3]]} of layer {path[2] + 1}"


def _flat_adam(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    """All numbers of the network as one long vector."""

    def flat(pairs):
        return np.concatenate([np.ravel(part) for pair in pairs for part in pair])

    def pairs(vector):
        parts = np.split(vector, np.cumsum([part.size for pair in layers for part in pair])[:-1])
        shaped = [
            part.reshape(old.shape) for part, old in zip(parts, (p for pair in layers for p in pair), strict=True)
        ]
        return list(zip(shaped[::2], shaped[1::2], strict=True))

    t, m, v = state[0] + 1, flat(state[1]), flat(state[2])
    g = flat(gradients)
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
    w = flat(layers) - eta / (1 - beta1**t) * m / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return pairs(w), (t, pairs(m), pairs(v))


def _copied_adam(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state[0] + 1
    layers, m, v = ([[part.copy() for part in pair] for pair in pairs] for pairs in (layers, *state[1:]))
    for parts in zip(layers, gradients, m, v, strict=True):
        for w, g, mean, square in zip(*parts, strict=True):
            mean *= beta1
            mean += (1 - beta1) * g
            square *= beta2
            square += (1 - beta2) * g**2
            w -= eta * mean / (1 - beta1**t) / (np.sqrt(square / (1 - beta2**t)) + eps)
    return [layers, [t, m, v]]


def _mapped_adam(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    def each(function, *lists):
        return [tuple(map(function, *pairs)) for pairs in zip(*lists, strict=True)]

    t = 1 + state[0]
    m = each(lambda m, g: beta1 * m + (1 - beta1) * g, state[1], gradients)
    v = each(lambda v, g: beta2 * v + (1 - beta2) * np.square(g), state[2], gradients)
    root = np.sqrt(1 - beta2**t)
    return (
        each(lambda w, m, v: w - eta * m / (1 - beta1**t) / (np.sqrt(v) / root + eps), layers, m, v),
        (t, m, v),
    )


EXERCISE = Exercise(
    points=2,
    equation="m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², then w ← w − η m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ)",
    probes=_adam_probes,
    telling_probes=lambda rng: _adam_probes(rng, [4, 4, 4]),
    part_name=_adam_part,
    observe=lambda trial: {"changed": tuple(trial.outcomes[0].changed)},
    requirements=[
        values(1.25, "both moments, their corrections and the step", only=[0, 1, 2]),
        values(0.25, "where ε is added", only=[3]),
        shapes(0.25),
        unchanged(0.25),
    ],
    variants=[_flat_adam, _copied_adam, _mapped_adam],
)
