"""Probes and requirements of the four exercises that draw a start."""

from itertools import pairwise

import numpy as np

from autograder.checking import spreads
from autograder.exercises.parts import Requirement, problem_in, said, trouble


def wide_sizes(rng):
    """Draw widths so different that fan-in, fan-out and their mean give distinguishable standard deviations."""
    return [
        ([int(rng.integers(180, 221)), int(rng.integers(60, 76)), int(rng.integers(130, 161))],),
        ([int(rng.integers(low, high)) for low, high in ((110, 131), (230, 261), (30, 41), (180, 201))],),
    ]


def start_probes(rng):
    return [(*sizes, np.random.default_rng(int(rng.integers(2**31)))) for sizes in wide_sizes(rng)]


def small_starts(rng):
    """Draw widths of 1 and a single layer, for which a shape can be wrong that is right elsewhere."""
    return [
        (sizes, np.random.default_rng(int(rng.integers(2**31))))
        for sizes in ([4, 1, 3], [int(rng.integers(5, 9)), 2], [1, 1])
    ]


# The code of a problem with the form of a result: nothing else can be said of it, and no statistics help.
FORM_CODE = "form"


def _malformed(sentence):
    return ValueError(said(sentence, FORM_CODE))


def as_layers(value, sizes):
    """Return layers as float arrays, with as many weights as there should be, and whatever biases there are.

    Raises
    ------
    ValueError
        With the problem, if the value is no list of such pairs (W, b).
    """
    pairs = list(pairwise(sizes))
    if not isinstance(value, (list, tuple)):
        raise _malformed(f"the result must be a list of pairs (W, b), not {type(value).__name__}.")
    if len(value) != len(pairs):
        raise _malformed(
            f"the result has length {len(value)}, but {len(sizes)} widths need {len(pairs)} pairs (W, b), one "
            "for each layer except the input."
        )
    layers = []
    for number, (pair, (n_in, n_out)) in enumerate(zip(value, pairs, strict=True), start=1):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise _malformed(f"layer {number} must be a pair (W, b).")
        try:
            W, b = (np.asarray(part) for part in pair)
        except ValueError:
            raise _malformed(f"W or b of layer {number} has rows of different lengths.") from None
        if any(part.dtype.kind not in "fiu" or not np.isfinite(part).all() for part in (W, b)):
            raise _malformed(f"W and b of layer {number} must contain finite numbers.")
        if W.size != n_in * n_out:
            raise _malformed(
                f"W of layer {number} {_has(W)}, but shape {(n_out, n_in)} is expected: a row for each neuron."
            )
        layers.append((W.astype(float), b.astype(float)))
    return layers


def _has(part):
    return "is a single number" if np.ndim(part) == 0 else f"has shape {np.shape(part)}"


def _bias_problem(number, b, n_out):
    return f"b of layer {number} {_has(b)}, but shape {(n_out,)} is expected: one bias for each neuron."


def bias_counts(layers):
    """Say of each b how many numbers it holds."""
    return [
        "one a neuron" if b.size == n_out else "one an input" if b.size == n_in else "one" if b.size == 1 else "another"
        for _, b, (n_in, n_out, _) in layers
    ]


def layers_of(trial, position):
    outcome = trial.outcomes[position]
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return as_layers(outcome.value, trial.probes[position][0])


def all_layers(trial):
    """All layers of all probes, with fan-in, fan-out and the width of the input."""
    found = []
    for position, (sizes, _) in enumerate(trial.probes):
        for (W, b), (n_in, n_out) in zip(layers_of(trial, position), pairwise(sizes), strict=True):
            found.append((W, b, (n_in, n_out, sizes[0])))
    return found


FORM = "this can't be judged from what was returned."


def judged(name, points, judge, gate=False):
    """A requirement on all layers; judge gets what ``all_layers`` gives, and the gate says why there are none."""

    def test(trial):
        try:
            return judge(all_layers(trial))
        except ValueError as error:
            return problem_in(error) if gate else FORM

    return Requirement(name, points, test)


def weights_spread(rule):
    def judge(layers):
        for W, _, widths in layers:
            if not spreads.centred(W):
                return f"the mean of the weights isn't 0 (look at W of shape {W.shape})."
            if not spreads.has_std(W, spreads.STDS[rule](*widths)):
                found, narrow = spreads.nearest_std(layers), W.std() < spreads.STDS[rule](*widths)
                known = "" if found == "another" else f" What you drew fits {found}."
                return (
                    f"the weights' standard deviation is too {'small' if narrow else 'large'} for {widths[0]} inputs "
                    f"and {widths[1]} neurons, by more than chance explains.{known}"
                )
        return None

    return judge


def bell_problem(layers):
    # The kurtosis of some 80,000 Gaussian numbers is 3 ± 0.017; that of a uniform distribution 1.8.
    if abs(spreads.kurtosis_of(spreads.pooled(layers)) - 3) < 0.2:
        return None
    return "the weights aren't Gaussian: far too few or too many lie beyond two standard deviations."


def biases_zero(layers):
    if not all((b == 0).all() for _, b, _ in layers):
        return "a bias isn't 0."
    return _missing_biases(layers)


def _missing_biases(layers):
    wrong = ((number, b, n_out) for number, (_, b, (_, n_out, _)) in enumerate(layers, start=1) if b.size != n_out)
    return next((_bias_problem(*each) for each in wrong), None)


def biases_normal(layers):
    if problem := _missing_biases(layers):
        return problem
    if any(b.size > 1 and np.ptp(b) == 0 for _, b, _ in layers):
        return "all neurons of a layer have the same bias, where each should have a number of its own."
    biases = np.concatenate([b.ravel() for _, b, _ in layers])
    if spreads.centred(biases) and spreads.has_std(biases, 1.0):
        return None
    return "the biases don't have mean 0 and standard deviation 1."


def own_numbers(layers):
    """Compare the layers of one probe; the generators of the probes differ."""
    return {
        "rows": "neurons in a layer are copies of each other.",
        "layers": "two layers contain the same numbers, apart from a factor: each layer must draw its own.",
        "no": None,
    }[spreads.repeated_numbers(layers)]


def drawn_from(trial, seed):
    """All numbers that the function gives for one generator."""
    sizes = trial.probes[0][0]
    outcome = trial.call((sizes, np.random.default_rng(seed)))
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return np.concatenate([W.ravel() for W, _ in as_layers(outcome.value, sizes)])


def from_rng(trial):
    try:
        one, again, other = (drawn_from(trial, seed) for seed in (5, 5, 6))
        repeated = own_numbers(all_layers(trial))
    except ValueError:
        return FORM
    if not np.array_equal(one, again):
        return "the same rng in the same state gave different numbers: draw only from the rng that is passed in."
    if np.array_equal(one, other):
        return "two different rngs gave the same numbers: the rng that is passed in isn't used."
    return repeated


def start_shapes(trial):
    draws = list(zip(trial.probes, trial.outcomes, strict=True))
    draws += [(args, trial.call(args)) for args in small_starts(trial.rng(2))]
    for (sizes, _), outcome in draws:
        problem = trouble(outcome, trial.exercise)
        if problem:
            return problem
        try:
            as_layers(outcome.value, sizes)
        except ValueError as error:
            return f"for sizes {sizes}: {problem_in(error).sentence}"
        for number, ((W, b), (n_in, n_out)) in enumerate(zip(outcome.value, pairwise(sizes), strict=True), start=1):
            if np.shape(W) != (n_out, n_in):
                return (
                    f"for sizes {sizes}: W of layer {number} {_has(W)}, but shape {(n_out, n_in)} is expected: a row "
                    "for each neuron."
                )
            if np.shape(b) != (n_out,):
                return f"for sizes {sizes}: {_bias_problem(number, b, n_out)}"
    return None
