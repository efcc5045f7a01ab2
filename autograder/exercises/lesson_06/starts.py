"""The four exercises that draw a start: what is observed, and how each of them is put together."""

import math

import numpy as np

from autograder.checking.spreads import (
    centre_of,
    has_std,
    kurtosis_of,
    nearest_std,
    pooled,
    repeated_numbers,
)
from autograder.exercises.lesson_06 import start_checks as checks
from autograder.exercises.parts import Exercise, Requirement, unchanged


def kind_of_distribution(sample):
    kurtosis = kurtosis_of(sample)
    kinds = {"bell": 3.0, "box": 1.8, "half bell": 3.87, "constant": 0.0}
    best = min(kinds, key=lambda kind: abs(kinds[kind] - kurtosis))
    return best if abs(kinds[best] - kurtosis) < 0.2 else "another"


def bias_kind(layers):
    if set(checks.bias_counts(layers)) != {"one a neuron"}:
        return "another number of them"
    biases = np.concatenate([b.ravel() for _, b, _ in layers])
    if np.ptp(biases) == 0:
        return f"all {biases[0]:g}"
    if any(b.size > 1 and np.ptp(b) == 0 for _, b, _ in layers):
        return "one for all neurons of a layer"
    if checks.biases_normal(layers) is None:
        return "normal"
    scaled = np.concatenate([b.ravel() * math.sqrt(widths[0]) for _, b, widths in layers])
    return "scaled" if has_std(scaled, 1.0) else "another"


def start_facts(trial):
    """Return facts about the start that don't depend on the numbers that were drawn."""
    try:
        layers = checks.all_layers(trial)
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
        "numbers of biases": checks.bias_counts(layers),
        "std": nearest_std(layers),
        "centre": centre_of(layers),
        "kind": kind,
        "biases": bias_kind(layers),
        "repeated": repeated_numbers(layers),
        "rng": checks.from_rng(trial),
    }


def parts(value):
    """Return the shapes of the parts, two levels deep, or the type of a part that has no shape."""
    if isinstance(value, (list, tuple)):
        return [[np.shape(item) for item in part] if isinstance(part, tuple) else shape_of(part) for part in value]
    return shape_of(value)


def shape_of(part):
    return np.shape(part) if isinstance(part, np.ndarray) else type(part).__name__


def start_exercise(points, equation, std, split, variants, bell=True, normal_biases=False):
    """One of the four starts; split gives the points of the requirements."""
    requirements = [
        checks.judged("standard deviation of the weights", split["std"], checks.weights_spread(std), gate=True),
        checks.judged("biases", split["biases"], checks.biases_normal if normal_biases else checks.biases_zero),
        Requirement("drawn from rng, a new number each time", split["rng"], checks.from_rng),
        Requirement("shapes", split["shapes"], checks.start_shapes),
        unchanged(split["unchanged"], "sizes unchanged"),
    ]
    if bell:
        requirements.insert(1, checks.judged("a Gaussian", split["bell"], checks.bell_problem))
    return Exercise(
        points=points,
        equation=equation,
        probes=checks.start_probes,
        comparable=False,
        observe=start_facts,
        requirements=requirements,
        variants=variants,
    )
