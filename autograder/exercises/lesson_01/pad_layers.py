"""Layers of one width that compute the same."""

from itertools import chain

import numpy as np

from autograder.exercises.parts import SINGLE_TOLERANCE, Exercise, Requirement, close, probes, trouble, unchanged
from nblib.network import forward, layer_sizes


def pad_layers(layers):
    width = max(len(b) for W, b in layers)
    columns = layers[0][0].shape[1]
    padded = []
    for W, b in layers:
        padded_W = np.zeros((width, columns))
        padded_b = np.zeros(width)
        padded_W[: len(b), : W.shape[1]] = W
        padded_b[: len(b)] = b
        padded.append((padded_W, padded_b))
        columns = width
    return padded


def _widest(rng, depth, place):
    """Draw widths that all differ, with the largest at ``place``, where place 0 is the input."""
    widths = probes.sizes(rng, depth + 1, low=2, high=6)
    widths[place] = 7 + int(rng.integers(3))
    return widths


def _pad_draws(rng):
    return [(probes.network(rng, _widest(rng, depth, place)),) for depth, place in ((3, 1), (3, 2), (4, 4), (2, 2))]


def _pad_wide_inputs(rng):
    return [(probes.network(rng, _widest(rng, depth, 0)),) for depth in (2, 3)]


def _pad_nothing_to_do(rng):
    return [(probes.network(rng, [3, 5]),), (probes.network(rng, [3, 4, 4, 4]),)]


def _padding_trouble(layers, padded):
    """Say why ``padded`` is not the network of ``layers`` with every layer of one width, or return None."""
    inputs, *widths = layer_sizes(layers)
    width = max(widths)
    if not isinstance(padded, (list, tuple)) or len(padded) != len(layers):
        return f"a list of {len(layers)} (W, b) pairs is expected, one for each layer."
    arrays = _as_arrays(padded)
    if arrays is None:
        return "each layer must be a pair of arrays of numbers, (W, b)."
    for number, ((W, b), columns) in enumerate(zip(arrays, [inputs] + [width] * len(layers), strict=False), start=1):
        if W.shape != (width, columns) or b.shape != (width,):
            return (
                f"W and b of layer {number} have shapes {W.shape} and {b.shape}, but {(width, columns)} and "
                f"{(width,)} are expected."
            )
    for x in _inputs_for(layers):
        for number, (a, real) in enumerate(zip(forward(arrays, x)[1], forward(layers, x)[1], strict=True)):
            if not close(a[: len(real)], real, SINGLE_TOLERANCE):
                return f"the first {len(real)} neurons of layer {number} don't compute what they did before padding."
    return None


def _as_arrays(padded):
    try:
        arrays = [(np.asarray(W), np.asarray(b)) for W, b in padded]
    except (TypeError, ValueError):
        return None
    if any(array.dtype.kind not in "fiub" for array in chain.from_iterable(arrays)):
        return None
    return arrays if all(np.isfinite(W).all() and np.isfinite(b).all() for W, b in arrays) else None


def _inputs_for(layers):
    rng = np.random.default_rng(len(layers))
    return rng.normal(size=(3, layer_sizes(layers)[0]))


def _padded_well(name, points, draw=None):
    def test(trial):
        probes_to_try = trial.probes if draw is None else draw(trial.rng(2))
        outcomes = trial.outcomes if draw is None else [trial.call(args) for args in probes_to_try]
        for (layers,), outcome in zip(probes_to_try, outcomes, strict=True):
            problem = trouble(outcome, trial.exercise) or _padding_trouble(layers, outcome.value)
            if problem:
                return problem
        return None

    return Requirement(name, points, test)


def _where(block, whole):
    """Return where the real numbers are in the padded array."""
    if block.ndim != whole.ndim or any(small > large for small, large in zip(block.shape, whole.shape, strict=True)):
        return "missing"
    if close(whole[tuple(slice(0, size) for size in block.shape)], block):
        return "first"
    if close(
        whole[tuple(slice(full - size, full) for size, full in zip(block.shape, whole.shape, strict=True))], block
    ):
        return "last"
    return "changed"


def _pad_facts(trial):
    """Return the shapes, and where the real weights and biases are; the weights into padded neurons are free."""
    facts = []
    for (layers,), outcome in zip(trial.probes, trial.outcomes, strict=True):
        padded = outcome.value if isinstance(outcome.value, (list, tuple)) else []
        arrays = _as_arrays(padded)
        if outcome.failure or arrays is None or len(arrays) != len(layers):
            facts.append((outcome.failure and (outcome.failure.kind, outcome.failure.message), len(padded)))
            continue
        for (W, b), (padded_W, padded_b) in zip(layers, arrays, strict=True):
            facts.append((padded_W.shape, padded_b.shape, _where(W, padded_W), _where(b, padded_b)))
    return {"layers": facts}


def _pad_with_numpy(layers):
    m = max(len(b) for _, b in layers)
    padded = []
    for number, (W, b) in enumerate(layers):
        columns = W.shape[1] if number == 0 else m
        padded.append((np.pad(W, ((0, m - len(b)), (0, columns - W.shape[1]))), np.pad(b, (0, m - len(b)))))
    return padded


def _pad_with_free_parts(layers):
    """The weights into padded neurons and their biases are random because they don't matter."""
    rng = np.random.default_rng(7)
    padded = []
    for (W, b), (full_W, full_b) in zip(layers, pad_layers(layers), strict=True):
        full_W[len(b) :] = rng.normal(size=full_W[len(b) :].shape)
        full_W[:, W.shape[1] :] = 0
        full_b[len(b) :] = rng.normal(size=len(full_b) - len(b))
        padded.append((full_W, full_b))
    return padded


def _pad_switched_off(layers):
    """Padded neurons are driven to σ(−1000) = 0, as in the lecture, so even their outgoing weights are free."""
    padded = []
    for (_, b), (W, full_b) in zip(layers, pad_layers(layers), strict=True):
        full_b[len(b) :] = -1000
        padded.append((W, full_b))
    for (_, b), (W, _) in zip(layers[:-1], padded[1:], strict=True):
        W[:, len(b) :] = 0.5
    return padded


def _pad_as_lists(layers):
    return [[W.tolist(), b.tolist()] for W, b in pad_layers(layers)]


EXERCISE = Exercise(
    points=2,
    equation="m = max m_ℓ, ℓ = 1, …, L; W^1 is (m, m_0), every other W^ℓ (m, m); a_k^ℓ as before for k < m_ℓ",
    probes=_pad_draws,
    requirements=[
        _padded_well("one width, same activations", 1.25),
        _padded_well("inputs wider than any layer", 0.25, _pad_wide_inputs),
        _padded_well("one layer, equal widths", 0.25, _pad_nothing_to_do),
        unchanged(0.25),
    ],
    comparable=False,
    observe=_pad_facts,
    variants=[_pad_with_numpy, _pad_with_free_parts, _pad_switched_off, _pad_as_lists],
)
