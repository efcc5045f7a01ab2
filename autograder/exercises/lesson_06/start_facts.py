"""start_facts."""

import math
from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.spreads import STDS, centred, has_std, kurtosis_of, pooled
from autograder.exercises.lesson_06.starts import all_layers, biases_normal, from_rng


def repeated_numbers(layers):
    """Which numbers come more than once: ``"rows"`` within a layer, ``"layers"`` from layer to layer, or ``"no"``."""
    matrices = [W for W, _, _ in layers if W.ndim == 2 and W.std() > 0]
    if any(np.allclose(W, W[:1]) or np.allclose(W, W[:, :1]) for W in matrices):
        return "rows"
    for one, other in pairwise(matrices):
        size, rows, columns = min(one.size, other.size), *np.minimum(one.shape, other.shape)
        streams = one.ravel()[:size], other.ravel()[:size]
        blocks = one[:rows, :columns].ravel(), other[:rows, :columns].ravel()
        if any(abs(np.corrcoef(*pair)[0, 1]) > 0.9 for pair in (streams, blocks)):
            return "layers"
    return "no"


def nearest_std(layers):
    """Name of the standard deviation that fits all layers, or "another"."""
    stds = np.array([W.std() for W, _, _ in layers])
    if (stds == 0).all():
        return "0"
    if (stds == 0).any():
        return "another"
    distances = {
        name: max(abs(math.log(std / rule(*widths))) for std, (_, _, widths) in zip(stds, layers, strict=True))
        for name, rule in STDS.items()
        if name != "0"
    }
    best = min(distances, key=distances.get)
    return best if distances[best] < 0.08 else "another"


def kind_of_distribution(sample):
    kurtosis = kurtosis_of(sample)
    kinds = {"bell": 3.0, "box": 1.8, "half bell": 3.87, "constant": 0.0}
    best = min(kinds, key=lambda kind: abs(kinds[kind] - kurtosis))
    return best if abs(kinds[best] - kurtosis) < 0.2 else "another"


def bias_kind(layers):
    biases = np.concatenate([b.ravel() for _, b, _ in layers])
    if np.ptp(biases) == 0:
        return f"all {biases[0]:g}"
    if biases_normal(layers) is None:
        return "normal"
    scaled = np.concatenate([b.ravel() * math.sqrt(widths[0]) for _, b, widths in layers])
    return "scaled" if has_std(scaled, 1.0) else "another"


def start_facts(trial):
    """What the start looks like, in facts that do not depend on the numbers drawn."""
    try:
        layers = all_layers(trial)
    except ValueError:
        outcome = trial.outcomes[0]
        return {"failure": outcome.failure and outcome.failure.kind, "parts": parts(outcome.value)}
    if all(np.ptp(W) == 0 for W, _, _ in layers):
        kind = "constant"
    elif all((W == np.round(W)).all() for W, _, _ in layers):
        kind = "whole numbers"
    else:
        kind = kind_of_distribution(pooled(layers))
    return {
        "shapes": [(W.shape == widths[:2][::-1], b.ndim) for W, b, widths in layers],
        "std": nearest_std(layers),
        "centred": all(centred(W) for W, _, _ in layers),
        "kind": kind,
        "biases": bias_kind(layers),
        "repeated": repeated_numbers(layers),
        "rng": from_rng(trial),
    }


def parts(value):
    """Shapes of the parts, two levels deep; the type where a part has none."""
    if isinstance(value, (list, tuple)):
        return [[np.shape(item) for item in part] if isinstance(part, tuple) else shape_of(part) for part in value]
    return shape_of(value)


def shape_of(part):
    return np.shape(part) if isinstance(part, np.ndarray) else type(part).__name__
