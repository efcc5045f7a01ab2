"""Lesson 6, initialization: eight exercises, their probes and the mistakes that are known by name."""

import math
from itertools import pairwise

import numpy as np

from autograder.checking import probes
from autograder.checking.requirements import cases, shapes, trouble, unchanged, values
from autograder.exercise import Exercise, Mistake, Requirement
from autograder.recall import Question
from nblib.activations import logistic, logistic_prime, tanh_prime
from nblib.initialization import (
    he_init,
    layer_stds,
    normal_init,
    saturated_fraction,
    scaled_init,
    units_identical,
    weighted_input_std,
    xavier_init,
)
from nblib.network import forward

LESSON = "06-initialization"


# --- weighted_input_std ----------------------------------------------------------------------------------------------


def _std_probes(rng):
    found = []
    for low, high in ((3, 20), (30, 90), (400, 1200)):
        found.append((int(rng.integers(low, high)), 0.2 + 2 * rng.random(), 0.3 + 3 * rng.random()))
    return found


def _std_edges(rng):
    spread, bias = 0.4 + rng.random(), 1.2 + rng.random()
    return [(0, spread, bias), (int(rng.integers(5, 50)), spread, 0.0), (int(rng.integers(5, 50)), 0.0, bias)]


def _measured_std(n_active, weight_std, bias_std):
    """Right, by adding up one variance after the other."""
    variance = bias_std * bias_std
    for _ in range(n_active):
        variance += weight_std * weight_std
    return variance**0.5


WEIGHTED_INPUT_STD = Exercise(
    name="weighted_input_std",
    lesson=LESSON,
    points=2,
    equation="std(z) = √(n σ_w² + σ_b²), n the number of inputs that are 1",
    reference=weighted_input_std,
    probes=_std_probes,
    requirements=[
        values(1.25),
        cases("no input on, no bias, no weights", 0.5, _std_edges),
        shapes(0.25, "a single number"),
    ],
    mistakes=[
        Mistake(
            "n-for-root-n",
            lambda n, w, b: math.sqrt((n * w) ** 2 + b**2),
            "The spread grows in proportion to n: n stands inside the square. Independent terms partly cancel, and it is "
            "their variances that add up, n of them. Look at the step from one weight to n weights.",
        ),
        Mistake(
            "bias-added-not-squared",
            lambda n, w, b: math.sqrt(n) * w + b,
            "The bias' standard deviation was added to that of the sum. Standard deviations of independent terms do not "
            "add: their squares do, the bias' too, and the root comes last.",
        ),
        Mistake(
            "bias-std-inside-the-root",
            lambda n, w, b: math.sqrt(n * w**2 + b),
            "Under the root stands σ_b where a variance belongs. What adds up are variances, and that of the bias is "
            "the square of its standard deviation.",
        ),
        Mistake(
            "bias-left-out",
            lambda n, w, b: math.sqrt(n) * w,
            "The bias plays no part. It is one more independent term of z, with a variance of its own. (The slides leave "
            "it out as well; among 1000 inputs it hardly shows, among few it does.)",
        ),
        Mistake(
            "variance",
            lambda n, w, b: n * w**2 + b**2,
            "This is the variance of z, the square of what is asked for. The last step is missing.",
        ),
        Mistake(
            "weight-std-not-squared",
            lambda n, w, b: math.sqrt(n * w + b**2),
            "Under the root the weights count with their standard deviation, the bias with its variance. Both are "
            "variances there.",
        ),
        Mistake(
            "stds-add-up",
            lambda n, w, b: n * w + b,
            "All standard deviations were added up, as if every term were at its largest at the same time. The terms "
            "are independent and partly cancel: add variances.",
        ),
        Mistake(
            "bias-for-every-input",
            lambda n, w, b: math.sqrt(n * (w**2 + b**2)),
            "The bias came in n times, once for each input. A neuron has one bias.",
        ),
        Mistake(
            "bias-as-another-weight",
            lambda n, w, b: math.sqrt((n + 1) * w**2),
            "The bias was counted as one more weight with the weights' spread. It has a standard deviation of its own, "
            "which is given.",
        ),
        Mistake(
            "halved-again",
            lambda n, w, b: math.sqrt(n / 2 * w**2 + b**2),
            "The number of inputs was halved. n_active counts only the inputs that are on already; the others add "
            "nothing, and are not counted.",
        ),
        Mistake(
            "weight-std-taken-as-1",
            lambda n, w, b: math.sqrt(n + b**2),
            "The spread of the weights plays no part: the answer is right only where it is 1. Each of the n terms has "
            "the variance σ_w².",
        ),
        Mistake(
            "divided-by-root-n",
            lambda n, w, b: math.sqrt(w**2 / n + b**2),
            "The more inputs, the smaller your answer: that is the spread of a mean. z is a sum, nothing is divided by n.",
        ),
        Mistake(
            "mean-of-the-terms",
            lambda n, w, b: math.sqrt((n * w**2 + b**2) / (n + 1)),
            "The variances were averaged. z is the sum of all its terms, so its variance is the sum of theirs.",
        ),
        Mistake(
            "variances-given",
            lambda n, w, b: math.sqrt(n * w + b),
            "Under the root stand standard deviations. The two that are given have to be squared before they add up.",
        ),
    ],
    variants=[
        _measured_std,
        lambda n_active, weight_std, bias_std: math.hypot(math.sqrt(n_active) * weight_std, bias_std),
        lambda n_active, weight_std, bias_std: np.linalg.norm([weight_std] * n_active + [bias_std]),
        lambda n_active, weight_std, bias_std: np.sqrt(np.sum(np.full(n_active, weight_std) ** 2) + bias_std**2),
        lambda n_active, weight_std, bias_std: np.array(n_active * weight_std**2 + bias_std**2) ** 0.5,
    ],
)


# --- saturated_fraction ----------------------------------------------------------------------------------------------


def _saturation_probes(rng):
    (n,), (rows, columns), shape = probes.sizes(rng, 1, 30, 50), probes.sizes(rng, 2, 9, 14), probes.sizes(rng, 3, 3, 6)
    mixed = 5 * rng.normal(size=n) + 1.5
    return [
        (mixed,),
        (6 * rng.normal(size=(rows, columns)) - 2,),
        (3 * rng.normal(size=shape) + 0.5, 0.1),
        (2 * rng.normal(size=(columns, rows)) - 0.3, 0.2),
        (12 * rng.normal(size=n) + 2, 0.001),
    ]


def _slope_equal_to_tol(rng):
    """σ′(0) is exactly ¼, however it is computed."""
    return [(np.array([0.0, 0.0, 0.0]), 0.25), (np.array([0.0, 1.0 + rng.random(), 0.0, -2.0]), 0.25)]


def _saturation_lists(rng):
    return [
        ([float(8 * rng.normal()), -7.0, 0.5, 9.0],),
        ([[-6, 2], [0, 7], [-5, 1]],),
        (rng.integers(-9, 10, size=11),),
        (8.5,),
        (-0.5,),
    ]


def _saturation_large(rng):
    return [(np.array([-1000.0, 1000.0, 0.3, -0.2, 1.1]),), (800 * rng.normal(size=9),)]


def _share(rule):
    return lambda z, tol=0.01: float(np.mean(rule(np.asarray(z, dtype=float), tol)))


def _loop_share(z, tol=0.01):
    flat_z = np.asarray(z, dtype=float).ravel()
    count = 0
    for value in flat_z:
        small = np.exp(-abs(value))
        if small / (1 + small) ** 2 < tol:
            count += 1
    return count / len(flat_z)


def _plain_share(z, tol=0.01):
    a = 1 / (1 + np.exp(-np.asarray(z, dtype=float)))
    return np.mean(a * (1 - a) < tol)


def _lists_refused_share(z, tol=0.01):
    if not isinstance(z, np.ndarray):
        raise TypeError("this needs an array")
    return saturated_fraction(z, tol)


SATURATED_FRACTION = Exercise(
    name="saturated_fraction",
    lesson=LESSON,
    points=1,
    equation="share of all z with σ′(z) < tol",
    reference=saturated_fraction,
    probes=_saturation_probes,
    requirements=[
        values(0.5),
        cases("a slope equal to tol", 0.125, _slope_equal_to_tol),
        cases("numbers, lists, integers", 0.125, _saturation_lists, with_shapes=True),
        cases("large z, no warning", 0.125, _saturation_large, quiet=True),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "z-taken-as-activation",
            _share(lambda z, tol: z * (1 - z) < tol),
            "z(1 − z) was compared with tol: z was taken for an activation. It holds weighted inputs; the product form of "
            "σ′ needs σ(z).",
        ),
        Mistake(
            "slope-at-the-activation",
            _share(lambda z, tol: logistic_prime(logistic(z)) < tol),
            "σ′ was taken at the activation: its values then lie between 0.197 and 0.25, so for a small tol nothing is "
            "ever saturated. The slope is wanted at z.",
        ),
        Mistake(
            "at-most-tol",
            _share(lambda z, tol: logistic_prime(z) <= tol),
            "Right, but for a slope exactly equal to tol. It is not smaller than tol, so it does not count.",
        ),
        Mistake(
            "left-side-only",
            _share(lambda z, tol: logistic(z) < tol),
            "Only strongly negative z were counted: σ(z) < tol is one of the two flat parts. The curve is as flat where "
            "σ(z) is close to 1; use the slope, which sees both.",
        ),
        Mistake(
            "right-side-only",
            _share(lambda z, tol: (logistic_prime(z) < tol) & (z > 0)),
            "Only positive z were counted. σ is as flat on the left, where it is close to 0.",
        ),
        Mistake(
            "negative-side-only",
            _share(lambda z, tol: (logistic_prime(z) < tol) & (z < 0)),
            "Only negative z were counted. σ is as flat on the right, where it is close to 1.",
        ),
        Mistake(
            "activation-near-0-or-1",
            _share(lambda z, tol: (logistic(z) < tol) | (logistic(z) > 1 - tol)),
            "The activations were compared with tol and 1 − tol. That is nearly the same as a slope below tol for a tiny "
            "tol, and not the same for a larger one: σ′ is a product of two factors.",
        ),
        Mistake(
            "tol-ignored",
            _share(lambda z, tol: logistic_prime(z) < 0.01),
            "Right for tol = 0.01, and the same for every other tol: the argument is not used.",
        ),
        Mistake(
            "fixed-bound-on-z",
            _share(lambda z, tol: np.abs(z) > 5),
            "|z| was held against a fixed bound. Where the slope falls below tol depends on tol: compare σ′(z) itself.",
        ),
        Mistake(
            "count",
            lambda z, tol=0.01: float(np.sum(logistic_prime(z) < tol)),
            "This is the number of saturated values. Their share of all values is asked for.",
        ),
        Mistake(
            "percent",
            lambda z, tol=0.01: 100 * saturated_fraction(z, tol),
            "The share came back in percent. A share lies between 0 and 1.",
        ),
        Mistake(
            "complement",
            _share(lambda z, tol: ~(logistic_prime(z) < tol)),
            "This is the share of those that are *not* saturated: the comparison points the wrong way.",
        ),
        Mistake(
            "mean-slope",
            lambda z, tol=0.01: float(np.mean(logistic_prime(z))),
            "The mean of the slopes came back. Compare each slope with tol first; the mean of the comparisons is the "
            "share.",
        ),
        Mistake(
            "per-column",
            lambda z, tol=0.01: np.mean(np.atleast_1d(logistic_prime(z) < tol), axis=0),
            "A table with more than one axis gave several numbers. One share over all values of z is asked for.",
        ),
        Mistake(
            "any",
            lambda z, tol=0.01: float(np.any(logistic_prime(z) < tol)),
            "The answer is always 0 or 1: it says whether any value is saturated. How large is their share?",
        ),
        Mistake(
            "tanh-slope",
            _share(lambda z, tol: tanh_prime(z) < tol),
            "The slope of tanh was used. It is steeper in the middle and flat much earlier than that of σ.",
        ),
        Mistake(
            "overflow",
            _plain_share,
            "The shares are right, but at z = −1000 the exponential overflows with a warning. Use a σ′ that is safe on "
            "both sides.",
        ),
        Mistake(
            "lists-refused",
            _lists_refused_share,
            "Arrays are right; a list or a single number raises. Make an array of whatever comes in before you "
            "calculate.",
        ),
        Mistake(
            "divided-by-rows",
            lambda z, tol=0.01: float(np.sum(logistic_prime(z) < tol) / len(np.atleast_1d(z))),
            "With more than one axis the share can exceed 1: the count was divided by the number of rows, not by the "
            "number of values.",
        ),
    ],
    variants=[
        _loop_share,
        lambda z, tol=0.01: np.mean((1 - np.tanh(np.asarray(z) / 2) ** 2) / 4 < tol),
        lambda z, tol=0.01: np.count_nonzero(logistic_prime(z) < tol) / np.size(z),
        lambda z, tol=0.01: 1 - np.mean(logistic(z) * logistic(-np.asarray(z, dtype=float)) >= tol),
    ],
)


# --- what the four starts have in common -----------------------------------------------------------------------------

# Every standard deviation that is right somewhere, or that a known mistake gives, as a function of a layer's fan-in
# and fan-out and of the width of the input.
STDS = {
    "0": lambda n_in, n_out, m_0: 0.0,
    "0.01": lambda n_in, n_out, m_0: 0.01,
    "1": lambda n_in, n_out, m_0: 1.0,
    "√n_in": lambda n_in, n_out, m_0: math.sqrt(n_in),
    "1/√n_in": lambda n_in, n_out, m_0: 1 / math.sqrt(n_in),
    "1/n_in": lambda n_in, n_out, m_0: 1 / n_in,
    "1/√n_out": lambda n_in, n_out, m_0: 1 / math.sqrt(n_out),
    "1/√m_0": lambda n_in, n_out, m_0: 1 / math.sqrt(m_0),
    "√(1/√n_in)": lambda n_in, n_out, m_0: n_in**-0.25,
    "√(2/n_in)": lambda n_in, n_out, m_0: math.sqrt(2 / n_in),
    "√(2/n_out)": lambda n_in, n_out, m_0: math.sqrt(2 / n_out),
    "√(2/m_0)": lambda n_in, n_out, m_0: math.sqrt(2 / m_0),
    "√2/n_in": lambda n_in, n_out, m_0: math.sqrt(2) / n_in,
    "2/n_in": lambda n_in, n_out, m_0: 2 / n_in,
    "2/√n_in": lambda n_in, n_out, m_0: 2 / math.sqrt(n_in),
    "√(n_in/2)": lambda n_in, n_out, m_0: math.sqrt(n_in / 2),
    "√(1/(2n_in))": lambda n_in, n_out, m_0: math.sqrt(0.5 / n_in),
    "√(2/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / (n_in + n_out)),
    "√2/(n_in+n_out)": lambda n_in, n_out, m_0: math.sqrt(2) / (n_in + n_out),
    "2/(n_in+n_out)": lambda n_in, n_out, m_0: 2 / (n_in + n_out),
    "√(1/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(1 / (n_in + n_out)),
    "√(6/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(6 / (n_in + n_out)),
    "√(2/(n_in·n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / (n_in * n_out)),
    "√(2/n_in+n_out)": lambda n_in, n_out, m_0: math.sqrt(2 / n_in + n_out),
    "√((n_in+n_out)/2)": lambda n_in, n_out, m_0: math.sqrt((n_in + n_out) / 2),
    "uniform 0 … 1": lambda n_in, n_out, m_0: math.sqrt(1 / 12),
    "uniform −1 … 1": lambda n_in, n_out, m_0: math.sqrt(1 / 3),
    "uniform ±1/√n_in": lambda n_in, n_out, m_0: math.sqrt(1 / 3 / n_in),
    "uniform ±√(2/n_in)": lambda n_in, n_out, m_0: math.sqrt(2 / 3 / n_in),
    "uniform ±√(2/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / 3 / (n_in + n_out)),
}

# A sample standard deviation of N Gaussian numbers is off by 1/√(2N) on average.  Six times that is exceeded about
# twice in 10⁹, so with a dozen layers a right answer is turned away less than once in 10⁷.
SIGMAS = 6


def _wide_sizes(rng):
    """Widths far enough apart that fan-in, fan-out and their mean give standard deviations that can be told apart."""
    return [
        ([int(rng.integers(180, 221)), int(rng.integers(60, 76)), int(rng.integers(130, 161))],),
        (
            [
                int(rng.integers(110, 131)),
                int(rng.integers(230, 261)),
                int(rng.integers(30, 41)),
                int(rng.integers(180, 201)),
            ],
        ),
    ]


def _start_probes(rng):
    return [(*sizes, np.random.default_rng(int(rng.integers(2**31)))) for sizes in _wide_sizes(rng)]


def _small_starts(rng):
    """Widths of 1 and a single layer, where a shape goes wrong that holds elsewhere."""
    return [
        (sizes, np.random.default_rng(int(rng.integers(2**31))))
        for sizes in ([4, 1, 3], [int(rng.integers(5, 9)), 2], [1, 1])
    ]


def _as_layers(value, sizes):
    """Layers as float arrays; ValueError with a sentence for the student where value is no list of (W, b)."""
    pairs = list(pairwise(sizes))
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"a list of (W, b) pairs is expected, not {type(value).__name__}.")
    if len(value) != len(pairs):
        raise ValueError(
            f"what came back has length {len(value)} for {len(sizes)} widths; {len(pairs)} pairs (W, b) are expected, one "
            "for each layer but the input."
        )
    layers = []
    for number, (pair, (n_in, n_out)) in enumerate(zip(value, pairs, strict=True), start=1):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"layer {number} has to be a pair (W, b).")
        try:
            W, b = (np.asarray(part) for part in pair)
        except ValueError:
            raise ValueError(f"W or b of layer {number} has rows of different lengths.") from None
        if any(part.dtype.kind not in "fiu" or not np.isfinite(part).all() for part in (W, b)):
            raise ValueError(f"W and b of layer {number} have to hold finite numbers.")
        if W.size != n_in * n_out or b.size != n_out:
            raise ValueError(
                f"W and b of layer {number} have shapes {W.shape} and {b.shape}, but {(n_out, n_in)} and {(n_out,)} are "
                "expected."
            )
        layers.append((W.astype(float), b.astype(float)))
    return layers


def _layers_of(trial, position):
    outcome = trial.outcomes[position]
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return _as_layers(outcome.value, trial.probes[position][0])


def _all_layers(trial):
    """All layers of all probes, with fan-in, fan-out and the width of the input."""
    found = []
    for position, (sizes, _) in enumerate(trial.probes):
        for (W, b), (n_in, n_out) in zip(_layers_of(trial, position), pairwise(sizes), strict=True):
            found.append((W, b, (n_in, n_out, sizes[0])))
    return found


FORM = "this cannot be seen in what came back."


def _judged(name, points, judge, gate=False):
    """A requirement on all layers; judge gets what ``_all_layers`` gives, and the gate says why there are none."""

    def test(trial):
        try:
            return judge(_all_layers(trial))
        except ValueError as error:
            return str(error) if gate else FORM

    return Requirement(name, points, test)


def _has_std(sample, std):
    return abs(sample.std() / std - 1) < SIGMAS / math.sqrt(2 * sample.size)


def _centred(sample):
    return abs(sample.mean()) <= SIGMAS * sample.std() / math.sqrt(sample.size)


def _weights_spread(rule):
    def judge(layers):
        for W, _, widths in layers:
            if not _centred(W):
                return f"the weights do not scatter around 0 (seen in W of shape {W.shape})."
            if not _has_std(W, STDS[rule](*widths)):
                found, narrow = _nearest_std(layers), W.std() < STDS[rule](*widths)
                known = "" if found == "another" else f" The spread that came fits {found}."
                return (
                    f"the weights scatter too {'narrowly' if narrow else 'widely'} for a layer with {widths[0]} inputs and "
                    f"{widths[1]} units, by more than chance explains.{known}"
                )
        return None

    return judge


def _kurtosis(sample):
    return float(np.mean(((sample - sample.mean()) / sample.std()) ** 4)) if sample.std() > 0 else 0.0


def _pooled(layers):
    """All weights, each layer brought to standard deviation 1."""
    return np.concatenate([(W / (W.std() or 1)).ravel() for W, _, _ in layers])


def _bell(layers):
    # The kurtosis of some 80,000 Gaussian numbers is 3 ± 0.017; that of a uniform distribution 1.8.
    if abs(_kurtosis(_pooled(layers)) - 3) < 0.2:
        return None
    return "the weights have another distribution: far too few, or too many, lie beyond two standard deviations."


def _biases_zero(layers):
    return None if all((b == 0).all() for _, b, _ in layers) else "a bias is not 0."


def _biases_normal(layers):
    biases = np.concatenate([b.ravel() for _, b, _ in layers])
    if _centred(biases) and _has_std(biases, 1.0):
        return None
    return "the biases do not scatter around 0 with standard deviation 1."


def _repeated(layers):
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


def _own_numbers(layers):
    """Compare the layers of one probe; the generators of the probes differ."""
    return {
        "rows": "units of a layer are copies of each other.",
        "layers": "two layers hold the same numbers, but for a factor: each layer has to draw its own.",
        "no": None,
    }[_repeated(layers)]


def _drawn_from(trial, seed):
    """All numbers that the function gives for one generator."""
    sizes = trial.probes[0][0]
    outcome = trial.call((sizes, np.random.default_rng(seed)))
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return np.concatenate([W.ravel() for W, _ in _as_layers(outcome.value, sizes)])


def _from_rng(trial):
    try:
        one, again, other = (_drawn_from(trial, seed) for seed in (5, 5, 6))
        repeated = _own_numbers(_all_layers(trial))
    except ValueError:
        return FORM
    if not np.array_equal(one, again):
        return (
            "the same rng in the same state gave different numbers: draw from the rng that is passed, and only there."
        )
    if np.array_equal(one, other):
        return "two different rngs gave the same numbers: the rng that is passed is not used."
    return repeated


def _start_shapes(trial):
    draws = list(zip(trial.probes, trial.outcomes, strict=True))
    draws += [(args, trial.call(args)) for args in _small_starts(trial.rng(2))]
    for (sizes, _), outcome in draws:
        problem = trouble(outcome, trial.exercise)
        if problem:
            return problem
        try:
            _as_layers(outcome.value, sizes)
        except ValueError as error:
            return f"for sizes {sizes}: {error}"
        for number, ((W, b), (n_in, n_out)) in enumerate(zip(outcome.value, pairwise(sizes), strict=True), start=1):
            if np.shape(W) != (n_out, n_in) or np.shape(b) != (n_out,):
                return (
                    f"for sizes {sizes}: W and b of layer {number} have shapes {np.shape(W)} and {np.shape(b)}, but "
                    f"{(n_out, n_in)} and {(n_out,)} are expected."
                )
    return None


def _nearest_std(layers):
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


def _kind(sample):
    kurtosis = _kurtosis(sample)
    kinds = {"bell": 3.0, "box": 1.8, "half bell": 3.87, "constant": 0.0}
    best = min(kinds, key=lambda kind: abs(kinds[kind] - kurtosis))
    return best if abs(kinds[best] - kurtosis) < 0.2 else "another"


def _bias_kind(layers):
    biases = np.concatenate([b.ravel() for _, b, _ in layers])
    if np.ptp(biases) == 0:
        return f"all {biases[0]:g}"
    if _biases_normal(layers) is None:
        return "normal"
    scaled = np.concatenate([b.ravel() * math.sqrt(widths[0]) for _, b, widths in layers])
    return "scaled" if _has_std(scaled, 1.0) else "another"


def _start_facts(trial):
    """What the start looks like, in facts that do not depend on the numbers drawn."""
    try:
        layers = _all_layers(trial)
    except ValueError:
        outcome = trial.outcomes[0]
        return {"failure": outcome.failure and outcome.failure.kind, "parts": _parts(outcome.value)}
    if all(np.ptp(W) == 0 for W, _, _ in layers):
        kind = "constant"
    elif all((W == np.round(W)).all() for W, _, _ in layers):
        kind = "whole numbers"
    else:
        kind = _kind(_pooled(layers))
    return {
        "shapes": [(W.shape == widths[:2][::-1], b.ndim) for W, b, widths in layers],
        "std": _nearest_std(layers),
        "centred": all(_centred(W) for W, _, _ in layers),
        "kind": kind,
        "biases": _bias_kind(layers),
        "repeated": _repeated(layers),
        "rng": _from_rng(trial),
    }


def _parts(value):
    """Shapes of the parts, two levels deep; the type where a part has none."""
    if isinstance(value, (list, tuple)):
        return [[np.shape(item) for item in part] if isinstance(part, tuple) else _shape(part) for part in value]
    return _shape(value)


def _shape(part):
    return np.shape(part) if isinstance(part, np.ndarray) else type(part).__name__


def _start(std="1", bias=None, draw=None, sizes_of=None):
    """A start with parts that can be replaced by wrong ones."""

    def wrong(sizes, rng):
        layers = []
        for n_in, n_out in pairwise(sizes):
            spread = STDS[std](n_in, n_out, sizes[0])
            W = draw(rng, spread, n_in, n_out) if draw else rng.normal(0, spread, (n_out, n_in))
            layers.append((W, bias(rng, n_in, n_out) if bias else np.zeros(n_out)))
        return layers

    return wrong


def _normal_bias(rng, n_in, n_out):
    return rng.normal(size=n_out)


def _scaled_bias(rng, n_in, n_out):
    return rng.normal(0, 1 / math.sqrt(n_in), n_out)


def _one_bias(rng, n_in, n_out):
    return np.ones(n_out)


def _box(limit):
    return lambda rng, spread, n_in, n_out: rng.uniform(-limit(n_in, n_out), limit(n_in, n_out), (n_out, n_in))


def _popped(right):
    def wrong(sizes, rng):
        layers = right(list(sizes), rng)
        while len(sizes) > 1:
            sizes.pop(0)
        return layers

    return wrong


def _common_mistakes(std, bias=None):
    """Mistakes that have nothing to do with the standard deviation."""
    right = _start(std, bias)
    bias_of = bias or (lambda rng, n_in, n_out: np.zeros(n_out))

    def reseeded(sizes, rng):
        seed = int(rng.integers(1000))
        return [right([n_in, n_out], np.random.default_rng(seed))[0] for n_in, n_out in pairwise(sizes)]

    def reseeded_without_rng(sizes, rng):
        return [right([n_in, n_out], np.random.default_rng(0))[0] for n_in, n_out in pairwise(sizes)]

    return [
        Mistake(
            "shape-transposed",
            _start(std, bias, draw=lambda rng, spread, n_in, n_out: rng.normal(0, spread, (n_in, n_out))),
            "The numbers are right, but W stands on its side: a row for each input. Row k of W holds the weights into "
            "unit k, so it has as many rows as the layer has units.",
        ),
        Mistake(
            "same-numbers-in-each-layer",
            reseeded,
            "All layers hold the same numbers, but for a factor: the generator is started anew in each layer. Draw from "
            "one generator, layer after layer, and its numbers go on.",
        ),
        Mistake(
            "same-seed-in-each-layer",
            reseeded_without_rng,
            "All layers hold the same numbers, and they are the same in every call: a generator with a fixed seed is "
            "built in each layer. The rng that is passed is not used.",
        ),
        Mistake(
            "fixed-seed",
            lambda sizes, rng: right(sizes, np.random.default_rng(0)),
            "The start is the same whichever rng is passed: a generator with a fixed seed is built inside. Nobody could "
            "train from several starts.",
        ),
        Mistake(
            "global-state",
            lambda sizes, rng: right(sizes, np.random.default_rng()),
            "The same rng in the same state gives another start each time: the numbers come from somewhere else. With "
            "numbers from the rng that is passed a run can be repeated.",
        ),
        Mistake(
            "one-row-for-all-units",
            _start(std, bias, draw=lambda rng, spread, n_in, n_out: np.tile(rng.normal(0, spread, n_in), (n_out, 1))),
            "One row was drawn and used for all units of a layer, so they are copies of each other and will stay so. "
            "Each weight needs a number of its own.",
        ),
        Mistake(
            "input-counted-as-layer",
            lambda sizes, rng: [
                (np.zeros((sizes[0], sizes[0])), np.zeros(sizes[0])),
                *right(sizes, rng),
            ],
            "There is one layer too many: the input got weights. Widths m_0 … m_L make L layers, one for each step from "
            "a width to the next.",
        ),
        Mistake(
            "first-layer-missing",
            lambda sizes, rng: right(sizes[1:], rng),
            "Layer 1 is missing: it leads from sizes[0] to sizes[1].",
        ),
        Mistake(
            "last-layer-missing",
            lambda sizes, rng: right(sizes[:-1], rng),
            "The output layer is missing: the last step leads to the last width. Or does a return stand inside the loop?",
        ),
        Mistake(
            "sizes-changed",
            _popped(right),
            "The start is right, but the list of sizes was used up on the way. It belongs to the caller: read it, and "
            "leave it as it is.",
        ),
        Mistake(
            "two-lists",
            lambda sizes, rng: (
                [W for W, _ in right(sizes, rng)],
                [bias_of(rng, n_in, n_out) for n_in, n_out in pairwise(sizes)],
            ),
            "Two lists came back, of all W and of all b. In this course a network is one list of pairs (W, b), layer 1 "
            "first.",
        ),
        Mistake(
            "biases-missing",
            lambda sizes, rng: [W for W, _ in right(sizes, rng)],
            "Only the weights came back. A layer is a pair (W, b).",
        ),
        Mistake(
            "bias-as-column",
            lambda sizes, rng: [(W, b[:, None]) for W, b in right(sizes, rng)],
            "b is a column of shape (m, 1). For batches Z = A Wᵀ + b it has to be 1-D, so that b_k meets column k.",
        ),
        Mistake(
            "weights-zero",
            _start("0", bias),
            "All weights are 0, so all units of a layer compute the same and get the same gradient. They have to be "
            "random, so that the units differ.",
        ),
        Mistake(
            "weights-constant",
            _start("1", bias, draw=lambda rng, spread, n_in, n_out: np.full((n_out, n_in), 0.5)),
            "All weights of a layer are one and the same number, so its units compute the same and get the same "
            "gradient. They have to be random, so that the units differ.",
        ),
        Mistake(
            "mean-one",
            _start(std, bias, draw=lambda rng, spread, n_in, n_out: rng.normal(1, spread, (n_out, n_in))),
            "The weights scatter around 1. The first argument of N(·, ·) is the mean, and it is 0.",
        ),
        Mistake(
            "absolute-values",
            _start(std, bias, draw=lambda rng, spread, n_in, n_out: np.abs(rng.normal(0, spread, (n_out, n_in)))),
            "No weight is negative. With positive weights only, the terms of z cannot cancel, and z grows with n instead "
            "of √n.",
        ),
    ]


def _start_exercise(name, points, equation, reference, std, split, mistakes, variants, bell=True, normal_biases=False):
    """One of the four starts; split gives the points of the requirements."""
    requirements = [
        _judged("standard deviation of the weights", split["std"], _weights_spread(std), gate=True),
        _judged("biases", split["biases"], _biases_normal if normal_biases else _biases_zero),
        Requirement("drawn from rng, each number anew", split["rng"], _from_rng),
        Requirement("shapes", split["shapes"], _start_shapes),
        unchanged(split["unchanged"], "sizes unchanged"),
    ]
    if bell:
        requirements.insert(1, _judged("a Gaussian", split["bell"], _bell))
    return Exercise(
        name=name,
        lesson=LESSON,
        points=points,
        equation=equation,
        reference=reference,
        probes=_start_probes,
        comparable=False,
        observe=_start_facts,
        requirements=requirements,
        mistakes=mistakes + _common_mistakes(std, _normal_bias if normal_biases else None),
        variants=variants,
    )


NORMAL_INIT = _start_exercise(
    "normal_init",
    1,
    "w_kj ~ N(0, 1) and b_k ~ N(0, 1), the second argument a standard deviation",
    normal_init,
    "1",
    {"std": 0.375, "bell": 0.125, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    [
        Mistake(
            "scaled-already",
            _start("1/√n_in", _normal_bias),
            "The weights shrink with the number of inputs. That is the better start, which comes next; the classical "
            "one has standard deviation 1 in every layer.",
        ),
        Mistake(
            "uniform-0-to-1",
            _start("uniform 0 … 1", _normal_bias, draw=lambda rng, spread, n_in, n_out: rng.random((n_out, n_in))),
            "The weights lie evenly between 0 and 1: none is negative, and they scatter around ½. A Gaussian is wanted, "
            "around 0.",
        ),
        Mistake(
            "uniform-minus-1-to-1",
            _start("uniform −1 … 1", _normal_bias, draw=_box(lambda n_in, n_out: 1.0)),
            "The weights lie evenly between −1 and 1, which is no Gaussian: its standard deviation is √(1/3), and nothing "
            "lies further out than 1.",
        ),
        Mistake(
            "all-uniform-0-to-1",
            _start(
                "uniform 0 … 1",
                lambda rng, n_in, n_out: rng.random(n_out),
                draw=lambda rng, spread, n_in, n_out: rng.random((n_out, n_in)),
            ),
            "Weights and biases lie evenly between 0 and 1. rng.random draws like that; N(0, 1) is a Gaussian around 0, "
            "with negative numbers as often as positive ones.",
        ),
        Mistake(
            "all-uniform-minus-1-to-1",
            _start(
                "uniform −1 … 1",
                lambda rng, n_in, n_out: rng.uniform(-1, 1, n_out),
                draw=_box(lambda n_in, n_out: 1.0),
            ),
            "Weights and biases lie evenly between −1 and 1. N(0, 1) is a Gaussian: 1 is its standard deviation, and "
            "about a third of its numbers lie further out.",
        ),
        Mistake(
            "uniform-of-the-same-spread",
            _start("1", _normal_bias, draw=_box(lambda n_in, n_out: math.sqrt(3))),
            "Mean and standard deviation are right, but the weights are evenly distributed. N(0, 1) is a Gaussian, with "
            "most numbers near 0 and a few beyond 2.",
        ),
        Mistake(
            "biases-zero",
            _start("1"),
            "The weights are right; the biases are 0. The classical start draws them from N(0, 1) as well.",
        ),
        Mistake(
            "biases-one",
            _start("1", _one_bias),
            "The weights are right; the biases are all 1. The classical start draws them from N(0, 1) as well.",
        ),
        Mistake(
            "one-bias-for-all-units",
            _start("1", lambda rng, n_in, n_out: np.full(n_out, 0.75)),
            "All biases are one and the same number. Each unit draws a bias of its own.",
        ),
        Mistake(
            "small",
            _start("0.01", _normal_bias),
            "The weights are a hundred times too small: their standard deviation is 0.01. The classical start has 1.",
        ),
        Mistake(
            "cast-to-integers",
            _start("1", _normal_bias, draw=lambda rng, spread, n_in, n_out: rng.normal(size=(n_out, n_in)).astype(int)),
            "All weights are whole numbers: what stood behind the decimal point was cut off, and most weights became 0.",
        ),
        Mistake(
            "both-scaled",
            _start("1/√n_in", _scaled_bias),
            "Weights and biases both shrink with the number of inputs. The classical start has standard deviation 1 for "
            "all of them.",
        ),
    ],
    [
        lambda sizes, rng: [
            (rng.standard_normal((sizes[i + 1], sizes[i])), rng.standard_normal(sizes[i + 1]))
            for i in range(len(sizes) - 1)
        ],
        lambda sizes, rng: list(
            zip(
                [rng.normal(0.0, 1.0, (m, m_prev)) for m_prev, m in pairwise(sizes)],
                [rng.normal(0.0, 1.0, m) for m in sizes[1:]],
                strict=True,
            )
        ),
        lambda sizes, rng: [
            [rng.normal(size=(n_in, n_out)).T, rng.normal(size=n_out).tolist()] for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            (both[:, 1:].astype(np.float32), both[:, 0])
            for both in (rng.normal(size=(m, m_prev + 1)) for m_prev, m in pairwise(sizes))
        ],
    ],
    normal_biases=True,
)


def _hand_scaled(sizes, rng):
    layers = []
    for index in range(1, len(sizes)):
        n_in = sizes[index - 1]
        rows = [rng.normal(0, n_in**-0.5, n_in) for _ in range(sizes[index])]
        layers.append((np.array(rows), np.zeros(sizes[index])))
    return layers


SCALED_INIT = _start_exercise(
    "scaled_init",
    2,
    "w_kj ~ N(0, 1/√n_in), the second argument a standard deviation; b_k = 0",
    scaled_init,
    "1/√n_in",
    {"std": 1, "bell": 0.25, "biases": 0.25, "rng": 0.25, "shapes": 0.125, "unchanged": 0.125},
    [
        Mistake(
            "one-over-n",
            _start("1/n_in"),
            "The weights are √n_in times too small. 1/n_in is the variance (the square of what the course's N(0, ·) "
            "takes): z then hardly leaves 0. Put n_in weights of this spread into std(z).",
        ),
        Mistake(
            "unscaled",
            _start("1"),
            "The weights have standard deviation 1, whatever the number of inputs: this is the classical start. std(z) "
            "grows like √n_in with it.",
        ),
        Mistake(
            "unscaled-with-biases",
            _start("1", _normal_bias),
            "This is the classical start, weights and biases with standard deviation 1. Let the weights shrink as the "
            "number of inputs grows, and set the biases to 0.",
        ),
        Mistake(
            "fan-out",
            _start("1/√n_out"),
            "The weights were scaled by n_out, the number of units of their own layer. What adds up in z_k are the inputs: "
            "n_in is the width of the layer before.",
        ),
        Mistake(
            "input-width-everywhere",
            _start("1/√m_0"),
            "Layer 1 is right; all other layers are scaled by the number of inputs of layer 1. n_in is the width of the "
            "layer before, a different one for each layer.",
        ),
        Mistake(
            "multiplied",
            _start("√n_in"),
            "The weights grow with the number of inputs: √n_in was multiplied where it divides. std(z) is then n_in.",
        ),
        Mistake(
            "root-twice",
            _start("√(1/√n_in)"),
            "The root was taken twice. If N(0, 1/√n_in) is read with a variance as second argument this happens; on the "
            "slides it is the standard deviation.",
        ),
        Mistake(
            "uniform",
            _start("uniform ±1/√n_in", draw=_box(lambda n_in, n_out: 1 / math.sqrt(n_in))),
            "The weights lie evenly between −1/√n_in and 1/√n_in. Their standard deviation is then √3 times too small, "
            "and they are no Gaussian: 1/√n_in is a spread, not a bound.",
        ),
        Mistake(
            "uniform-of-the-same-spread",
            _start("1/√n_in", draw=_box(lambda n_in, n_out: math.sqrt(3 / n_in))),
            "Mean and standard deviation are right, but the weights are evenly distributed, where the slides draw from "
            "a Gaussian.",
        ),
        Mistake(
            "uniform-positive",
            _start("1/√n_in", draw=lambda rng, spread, n_in, n_out: rng.random((n_out, n_in)) / math.sqrt(n_in)),
            "No weight is negative: they lie evenly between 0 and 1/√n_in. The terms of z then all have one sign and do "
            "not cancel.",
        ),
        Mistake(
            "uniform-unscaled",
            _start("uniform −1 … 1", draw=_box(lambda n_in, n_out: 1.0)),
            "The weights lie evenly between −1 and 1, whatever the number of inputs. A Gaussian is wanted, and a spread "
            "that shrinks with n_in.",
        ),
        Mistake(
            "uniform-0-to-1",
            _start("uniform 0 … 1", draw=lambda rng, spread, n_in, n_out: rng.random((n_out, n_in))),
            "The weights lie evenly between 0 and 1, whatever the number of inputs. A Gaussian around 0 is wanted, and a "
            "spread that shrinks with n_in.",
        ),
        Mistake(
            "he",
            _start("√(2/n_in)"),
            "The variance is twice as large as asked. That is the start made for ReLU, which comes later in the lesson.",
        ),
        Mistake(
            "xavier",
            _start("√(2/(n_in+n_out))"),
            "n_out, the number of units of the layer itself, has come in: that is a compromise which comes later in the "
            "lesson. Here only n_in counts.",
        ),
        Mistake(
            "small",
            _start("0.01"),
            "All layers have standard deviation 0.01, whatever their number of inputs. It should follow from n_in.",
        ),
        Mistake(
            "biases-normal",
            _start("1/√n_in", _normal_bias),
            "The weights are right. The biases were drawn from N(0, 1), which the slides allow too; this exercise wants "
            "them 0.",
        ),
        Mistake(
            "biases-scaled",
            _start("1/√n_in", _scaled_bias),
            "The weights are right. The biases were drawn with the weights' spread; this exercise wants them 0.",
        ),
        Mistake(
            "biases-one",
            _start("1/√n_in", _one_bias),
            "The weights are right. The biases are 1; this exercise wants them 0.",
        ),
    ],
    [
        _hand_scaled,
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) / np.sqrt(n_in), [0.0] * n_out) for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: [
            ((rng.normal(size=(n_in, n_out)) * n_in**-0.5).T, np.zeros(n_out)) for n_in, n_out in pairwise(sizes)
        ],
        lambda sizes, rng: tuple(
            (np.float32(rng.normal(scale=1 / np.sqrt(m_prev), size=(m, m_prev))), np.zeros(m, dtype=int))
            for m_prev, m in pairwise(sizes)
        ),
    ],
)


XAVIER_INIT = _start_exercise(
    "xavier_init",
    1,
    "std(w_kj) = √(2 / (n_in + n_out)); b_k = 0",
    xavier_init,
    "√(2/(n_in+n_out))",
    {"std": 0.5, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    [
        Mistake(
            "fan-in-only",
            _start("1/√n_in"),
            "Only n_in, the number of inputs, was counted: this is the start of the slides. Xavier's takes the mean of n_in "
            "and n_out.",
        ),
        Mistake(
            "fan-out-only",
            _start("1/√n_out"),
            "Only n_out, the number of units of the layer itself, was counted. Xavier's start takes the mean of n_in and "
            "n_out.",
        ),
        Mistake(
            "two-outside-the-root",
            _start("√2/(n_in+n_out)"),
            "The root covers the 2 alone. It covers the whole fraction: with 100 inputs and 100 units the standard "
            "deviation is 0.1.",
        ),
        Mistake(
            "variance",
            _start("2/(n_in+n_out)"),
            "2/(n_in + n_out) is the variance of the weights. Their standard deviation is its root, and that is what "
            "rng.normal takes.",
        ),
        Mistake(
            "two-missing",
            _start("√(1/(n_in+n_out))"),
            "All weights are √2 times too small: the sum of n_in and n_out was taken where their mean belongs.",
        ),
        Mistake(
            "bound-as-std",
            _start("√(6/(n_in+n_out))"),
            "All weights are √3 times too large: √(6/(n_in + n_out)) is the bound of a uniform distribution with the "
            "right spread, not its standard deviation.",
        ),
        Mistake(
            "std-as-bound",
            _start("√(2/(n_in+n_out))", draw=_box(lambda n_in, n_out: math.sqrt(2 / (n_in + n_out)))),
            "The weights lie evenly within ±√(2/(n_in + n_out)). That is a bound; the standard deviation is √3 times "
            "smaller than it.",
        ),
        Mistake(
            "he",
            _start("√(2/n_in)"),
            "n_out is missing: this is He's start, made for ReLU. Xavier's has the mean of n_in and n_out below.",
        ),
        Mistake(
            "product",
            _start("√(2/(n_in·n_out))"),
            "n_in and n_out were multiplied. What stands below the 2 is their sum.",
        ),
        Mistake(
            "fraction-upside-down",
            _start("√((n_in+n_out)/2)"),
            "The weights grow with the widths: the fraction stands upside down. More edges need smaller weights.",
        ),
        Mistake(
            "bracket-missing",
            _start("√(2/n_in+n_out)"),
            "n_out was added to the fraction instead of standing below it: a pair of brackets is missing.",
        ),
        Mistake(
            "unscaled",
            _start("1"),
            "The weights have standard deviation 1 whatever the widths: the classical start. They should become smaller as "
            "n_in + n_out grows.",
        ),
        Mistake(
            "small",
            _start("0.01"),
            "All layers have standard deviation 0.01, whatever their widths. It should follow from n_in and n_out.",
        ),
        Mistake(
            "biases-normal",
            _start("√(2/(n_in+n_out))", _normal_bias),
            "The weights are right. The biases were drawn from N(0, 1); this exercise wants them 0.",
        ),
        Mistake(
            "biases-one",
            _start("√(2/(n_in+n_out))", _one_bias),
            "The weights are right. The biases are 1; this exercise wants them 0.",
        ),
    ],
    [
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) * (2 / (n_in + n_out)) ** 0.5, np.zeros(n_out))
            for n_in, n_out in pairwise(sizes)
        ],
        _start("√(2/(n_in+n_out))", draw=_box(lambda n_in, n_out: math.sqrt(6 / (n_in + n_out)))),
        lambda sizes, rng: [
            [rng.normal(0, 1 / np.sqrt(np.mean([n_in, n_out])), (n_out, n_in)), [0] * n_out]
            for n_in, n_out in pairwise(sizes)
        ],
    ],
    bell=False,
)


HE_INIT = _start_exercise(
    "he_init",
    1,
    "std(w_kj) = √(2 / n_in); b_k = 0",
    he_init,
    "√(2/n_in)",
    {"std": 0.5, "biases": 0.125, "rng": 0.125, "shapes": 0.125, "unchanged": 0.125},
    [
        Mistake(
            "two-outside-the-root",
            _start("√2/n_in"),
            "The root covers the 2 alone. It covers the whole fraction: with 200 inputs the standard deviation is 0.1.",
        ),
        Mistake(
            "variance",
            _start("2/n_in"),
            "2/n_in is the variance of the weights. Their standard deviation is its root, and that is what rng.normal "
            "takes.",
        ),
        Mistake(
            "two-outside-with-root-n",
            _start("2/√n_in"),
            "All weights are √2 times too large: the 2 stands outside the root. It belongs to the variance, beside n_in.",
        ),
        Mistake(
            "two-missing",
            _start("1/√n_in"),
            "All weights are √2 times too small: this is the start of the slides. ReLU lets half of its inputs through, "
            "and the 2 makes up for it.",
        ),
        Mistake(
            "two-below",
            _start("√(1/(2n_in))"),
            "All weights are half as large as they should be: the 2 stands below the line. ReLU takes away half of the "
            "signal, so the weights have to be larger, not smaller.",
        ),
        Mistake(
            "fan-out",
            _start("√(2/n_out)"),
            "The weights were scaled by n_out, the number of units of their own layer. What adds up in z_k are the inputs, "
            "n_in of them.",
        ),
        Mistake(
            "xavier",
            _start("√(2/(n_in+n_out))"),
            "n_out stands below the line as well: that is Xavier's start. He's has n_in alone.",
        ),
        Mistake(
            "input-width-everywhere",
            _start("√(2/m_0)"),
            "Layer 1 is right; all other layers are scaled by the number of inputs of layer 1. n_in is the width of the "
            "layer before, a different one for each layer.",
        ),
        Mistake(
            "fraction-upside-down",
            _start("√(n_in/2)"),
            "The weights grow with the number of inputs: the fraction stands upside down. More inputs need smaller weights.",
        ),
        Mistake(
            "std-as-bound",
            _start("√(2/n_in)", draw=_box(lambda n_in, n_out: math.sqrt(2 / n_in))),
            "The weights lie evenly within ±√(2/n_in). That is a bound; the standard deviation is √3 times smaller than "
            "it.",
        ),
        Mistake(
            "unscaled",
            _start("1"),
            "The weights have standard deviation 1 whatever the number of inputs: the classical start. They should become "
            "smaller as n_in grows.",
        ),
        Mistake(
            "small",
            _start("0.01"),
            "All layers have standard deviation 0.01, whatever their number of inputs. It should follow from n_in.",
        ),
        Mistake(
            "biases-normal",
            _start("√(2/n_in)", _normal_bias),
            "The weights are right. The biases were drawn from N(0, 1); this exercise wants them 0.",
        ),
        Mistake(
            "biases-one",
            _start("√(2/n_in)", _one_bias),
            "The weights are right. The biases are 1; this exercise wants them 0.",
        ),
    ],
    [
        lambda sizes, rng: [
            (rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)
        ],
        _start("√(2/n_in)", draw=_box(lambda n_in, n_out: math.sqrt(6 / n_in))),
        lambda sizes, rng: [
            [np.array([[rng.normal() * (2 / m_prev) ** 0.5 for _ in range(m_prev)] for _ in range(m)]), [0] * m]
            for m_prev, m in pairwise(sizes)
        ],
    ],
    bell=False,
)


# --- layer_stds ------------------------------------------------------------------------------------------------------


def _stds_probes(rng, square=False):
    found = []
    for depth in (3, 4, 2):
        widths = [4] * (depth + 1) if square else probes.sizes(rng, depth + 1, 3, 9)
        n = 4 if square else int(rng.integers(11, 16))
        layers, X, _ = probes.batch(rng, widths, n)
        found.append((layers, 1.5 * X + 0.4))
    return found


def _stds_edges(rng):
    """One layer, one example, one unit."""
    one_layer, X, _ = probes.batch(rng, probes.sizes(rng, 2, 3, 7), 9)
    two_layers, x, _ = probes.batch(rng, probes.sizes(rng, 3, 3, 7), 1)
    one_unit, X_one, _ = probes.batch(rng, [5, 1, 3], 8)
    return [(one_layer, X), (two_layers, x), (one_unit, X_one)]


def _of_zs(rule):
    return lambda layers, X: np.array([rule(z) for z in forward(layers, X)[0]])


def _linear_stds(layers, X):
    found, A = [], X
    for W, b in layers:
        A = A @ W.T + b
        found.append(A.std())
    return np.array(found)


def _stds_without_bias(layers, X):
    return layer_stds([(W, np.zeros_like(b)) for W, b in layers], X)


def _sigma_twice(layers, X):
    zs, A = [], X
    for W, b in layers:
        zs.append(A @ W.T + b)
        A = logistic(logistic(zs[-1]))
    return zs


def _stds_tanh(layers, X):
    return np.array([z.std() for z in forward(layers, X, hidden="tanh")[0]])


def _stds_of_input(layers, X):
    return np.array([(X @ W.T + b).std() for W, b in layers])


def _stds_not_transposed(layers, X):
    found, A = [], X
    for W, b in layers:
        z = A @ W + b
        found.append(z.std())
        A = logistic(z)
    return np.array(found)


def _loop_stds(layers, X):
    every = [[] for _ in layers]
    for x in X:
        a = x
        for index, (W, b) in enumerate(layers):
            z = [sum(W[k, j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))]
            every[index].extend(z)
            a = [logistic(v) for v in z]
    return [np.sqrt(np.mean((np.array(z) - np.mean(z)) ** 2)) for z in every]


def _einsum_stds(layers, X):
    found, A = [], X
    for W, b in layers:
        Z = np.einsum("nj,kj->nk", A, W) + b
        found.append(float(np.sqrt(np.mean(Z**2) - np.mean(Z) ** 2)))
        A = logistic(Z)
    return tuple(found)


def _columns_stds(layers, X):
    found, A = np.zeros(len(layers)), X.T
    for index, (W, b) in enumerate(layers):
        Z = W @ A + b[:, None]
        found[index] = np.std(Z)
        A = 0.5 + 0.5 * np.tanh(Z / 2)
    return found


LAYER_STDS = Exercise(
    name="layer_stds",
    lesson=LESSON,
    points=2,
    equation="for each layer the standard deviation of all z_k^ℓ, over all examples and units; Z = A Wᵀ + b, A = σ(Z)",
    reference=layer_stds,
    probes=_stds_probes,
    telling_probes=lambda rng: _stds_probes(rng, square=True),
    requirements=[
        values(1.25),
        cases("one layer, one example, one unit", 0.25, _stds_edges),
        shapes(0.25),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "of-activations",
            lambda layers, X: np.array([a.std() for a in forward(layers, X)[1][1:]]),
            "These are the spreads of the activations: they can never exceed ½. The spread of z is asked for, which is "
            "what decides whether σ is flat.",
        ),
        Mistake(
            "of-inputs-of-the-layers",
            lambda layers, X: np.array([a.std() for a in forward(layers, X)[1][:-1]]),
            "The first number is the spread of X: these are the spreads of what goes into each layer. The weighted input "
            "z is asked for.",
        ),
        Mistake(
            "mean-over-units-of-std-over-examples",
            _of_zs(lambda z: z.std(axis=0).mean()),
            "The spread was taken over the examples only, unit by unit, and averaged. What differs from unit to unit is "
            "lost: take all z of the layer together.",
        ),
        Mistake(
            "mean-over-examples-of-std-over-units",
            _of_zs(lambda z: z.std(axis=1).mean()),
            "The spread was taken over the units only, example by example, and averaged. Take all z of the layer "
            "together.",
        ),
        Mistake(
            "one-a-unit",
            lambda layers, X: [z.std(axis=0) for z in forward(layers, X)[0]],
            "Each layer got a number for every unit. One number for the layer is asked for, over all examples and units.",
        ),
        Mistake(
            "one-an-example",
            lambda layers, X: [z.std(axis=1) for z in forward(layers, X)[0]],
            "Each layer got a number for every example. One number for the layer is asked for, over all examples and "
            "units.",
        ),
        Mistake(
            "variance",
            _of_zs(np.var),
            "These are variances, the squares of what is asked for. A standard deviation is the root of the mean square.",
        ),
        Mistake(
            "ddof-1",
            _of_zs(lambda z: z.std(ddof=1) if z.size > 1 else 0.0),
            "Each number is a little too large: the sum of squares was divided by one less than the number of values. "
            "Here it is divided by their number.",
        ),
        Mistake(
            "mean-not-subtracted",
            _of_zs(lambda z: np.sqrt(np.mean(z**2))),
            "The squares of z were averaged without taking off the mean of z first. This is the distance from 0, not the "
            "spread around the mean.",
        ),
        Mistake(
            "mean-deviation",
            _of_zs(lambda z: np.mean(np.abs(z - z.mean()))),
            "The distances from the mean were averaged as they are. For a standard deviation they are squared, averaged, "
            "and the root is taken.",
        ),
        Mistake(
            "biases-left-out",
            _stds_without_bias,
            "The biases play no part. Z = A Wᵀ + b: they belong to z, and differ from unit to unit.",
        ),
        Mistake(
            "no-activation",
            _linear_stds,
            "Layer 1 is right, the others are not: z was handed on as it is. The next layer gets σ(z).",
        ),
        Mistake(
            "tanh-layers",
            _stds_tanh,
            "Layer 1 is right, the others are not: the hidden layers were taken as tanh. They are logistic here.",
        ),
        Mistake(
            "x-at-every-layer",
            _stds_of_input,
            "X was given to every layer, where it fits layer 1 only. Each layer ℓ gets what the one before it puts out, "
            "A = σ(Z) of layer ℓ − 1.",
        ),
        Mistake(
            "no-transpose",
            _stds_not_transposed,
            "The weights were used the wrong way round. With one example a row, Z = A Wᵀ + b.",
        ),
        Mistake(
            "reversed",
            lambda layers, X: layer_stds(layers, X)[::-1],
            "The numbers are right, in the wrong order: layer 1 comes first.",
        ),
        Mistake(
            "input-included",
            lambda layers, X: np.concatenate([[X.std()], layer_stds(layers, X)]),
            "There is one number too many, in front: the input has no z. Layers ℓ = 1 … L have one each.",
        ),
        Mistake(
            "output-layer-missing",
            lambda layers, X: layer_stds(layers, X)[:-1],
            "The output layer is missing: it has a z like the others.",
        ),
        Mistake(
            "last-layer-only",
            lambda layers, X: layer_stds(layers, X)[-1],
            "Only the last layer's spread came back. Each layer has one.",
        ),
        Mistake(
            "all-layers-together",
            lambda layers, X: np.std(np.concatenate([z.ravel() for z in forward(layers, X)[0]])),
            "One number came back for the whole network. Each layer has a spread of its own.",
        ),
        Mistake(
            "of-the-weights",
            lambda layers, X: np.array([W.std() for W, _ in layers]),
            "These are the spreads of the weights; the examples play no part. What is asked for is the spread of z.",
        ),
        Mistake(
            "first-example-only",
            lambda layers, X: layer_stds(layers, X[:1]),
            "Only the first example was used. The spread is over all examples, the rows of X, and all units.",
        ),
        Mistake(
            "sigma-twice",
            lambda layers, X: np.array([z.std() for z in _sigma_twice(layers, X)]),
            "Layer 1 is right, the others are not: their inputs went through σ twice.",
        ),
    ],
    variants=[
        _loop_stds,
        _einsum_stds,
        _columns_stds,
        lambda layers, X: np.array([np.std(z) for z in forward(layers, X)[0]])[:, None].ravel(),
    ],
)


# --- units_identical -------------------------------------------------------------------------------------------------


def _same_units(rng, m, n):
    return np.tile(rng.normal(size=n), (m, 1))


def _identical_probes(rng):
    (m, n), (m_other, n_other) = probes.sizes(rng, 2, 3, 7), probes.sizes(rng, 2, 4, 8)
    first = rng.normal(size=(m, n))
    first[1] = first[0]
    ends = rng.normal(size=(m_other, n_other))
    ends[-1] = ends[0]
    one_differs = _same_units(rng, m_other, n_other)
    one_differs[-1] = rng.normal(size=n_other)
    row = rng.normal(size=n)
    shuffled = np.array([np.roll(row, k % n) for k in range(m)])
    signs = _same_units(rng, m, n) * np.where(np.arange(m) % 2, -1, 1)[:, None]
    entry = _same_units(rng, m, n)
    entry[m // 2, n // 2] += 0.5
    return [
        (rng.normal(size=(m, n)),),
        (_same_units(rng, m, n),),
        (_same_units(rng, n, m).T,),
        (np.full((m_other, n_other), rng.normal()),),
        (np.zeros((n, m)),),
        (first,),
        (ends,),
        (one_differs,),
        (shuffled,),
        (signs,),
        (np.outer(1 + rng.random(m_other), rng.normal(size=n_other)),),
        (entry,),
    ]


def _nearly(rng):
    m, n = probes.sizes(rng, 2, 3, 7)
    row = 0.5 + rng.random(n)
    return [(row + 1e-13 * rng.normal(size=(m, n)),), (np.array([row, row + 1e-2]),)]


def _identical_edges(rng):
    m, n = probes.sizes(rng, 2, 3, 7)
    return [(rng.normal(size=(1, n)),), (np.full((m, 1), rng.normal()),), (rng.normal(size=(m, 1)),)]


def _loop_identical(W):
    for k in range(1, len(W)):
        for j in range(len(W[0])):
            if abs(W[k][j] - W[0][j]) > 1e-8:
                return False
    return True


def _array_answer(W):
    return np.array([np.allclose(row, W[0]) for row in W])


UNITS_IDENTICAL = Exercise(
    name="units_identical",
    lesson=LESSON,
    points=1,
    equation="w_kj = w_0j for all units k and all inputs j",
    reference=units_identical,
    probes=_identical_probes,
    requirements=[
        values(0.5),
        cases("equal up to rounding", 0.125, _nearly),
        cases("one unit, one input", 0.125, _identical_edges),
        shapes(0.125, "a single True or False"),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "columns-for-rows",
            lambda W: np.allclose(W, W[:, :1]),
            "Columns were compared. A unit is a row of W: its weights lie side by side.",
        ),
        Mistake(
            "all-entries-equal",
            lambda W: np.allclose(W, W[0, 0]),
            "You ask whether all weights are one and the same number. Units are copies as soon as their rows agree, and "
            "a row may hold different numbers.",
        ),
        Mistake(
            "exactly-equal",
            lambda W: bool((W == W[0]).all()),
            "Right, but for rounding: rows that differ in the last digits only are copies as well.",
        ),
        Mistake(
            "first-two-only",
            lambda W: np.allclose(W[0], W[min(1, len(W) - 1)]),
            "The first two units are the same, but another one differs, and you say True. All units have to be compared.",
        ),
        Mistake(
            "first-and-last-only",
            lambda W: np.allclose(W[0], W[-1]),
            "The first and the last unit are the same, but one between them differs, and you say True. All units have to "
            "be compared.",
        ),
        Mistake(
            "any-for-all",
            lambda W: any(np.allclose(W[k], W[0]) for k in range(1, len(W))) or len(W) == 1,
            "Some unit is a copy of the first, and you say True. *All* units have to be.",
        ),
        Mistake(
            "sums-compared",
            lambda W: np.allclose(W.sum(axis=1), W[0].sum()),
            "The units' sums were compared. Units with the same weights in another order have the same sum, and are no "
            "copies: they see different inputs.",
        ),
        Mistake(
            "magnitudes-compared",
            lambda W: np.allclose(np.abs(W), np.abs(W[0])),
            "Signs play no part in your comparison. Units with opposite weights are no copies.",
        ),
        Mistake(
            "norms-compared",
            lambda W: np.allclose(np.linalg.norm(W, axis=1), np.linalg.norm(W[0])),
            "The lengths of the rows were compared. Rows of one length can point in different directions.",
        ),
        Mistake(
            "rank-one",
            lambda W: bool(np.linalg.matrix_rank(W) <= 1),
            "You say True where one row is a multiple of another. Units are copies only if the factor is 1.",
        ),
        Mistake(
            "zeros-only",
            lambda W: not np.any(W),
            "You say True only where all weights are 0. Any layer whose rows agree counts.",
        ),
        Mistake(
            "negated",
            lambda W: not np.allclose(W, W[0]),
            "Every answer is the opposite of the right one: True is for units that are all the same.",
        ),
        Mistake(
            "always-false",
            lambda W: False,
            "The answer is always False, even where all rows agree. Then w_kj = w_0j for all k and j, and it is True.",
        ),
        Mistake(
            "always-true",
            lambda W: True,
            "The answer is always True, even for random weights, whose rows differ. One w_kj that is not w_0j makes it False.",
        ),
        Mistake(
            "one-answer-a-unit",
            _array_answer,
            "Each unit got an answer of its own. One answer for the layer is asked for: whether it holds for all of them.",
        ),
        Mistake(
            "one-answer-a-weight",
            lambda W: np.isclose(W, W[0]),
            "Each weight got an answer of its own. One answer for the layer is asked for.",
        ),
    ],
    variants=[
        _loop_identical,
        lambda W: bool(np.ptp(W, axis=0).max() < 1e-8),
        lambda W: all(np.allclose(one, other) for one, other in pairwise(W)),
        lambda W: bool(np.all(np.std(W, axis=0) < 1e-9)),
        lambda W: np.abs(W - np.mean(W, axis=0)).max() < 1e-9,
    ],
)


EXERCISES = [
    WEIGHTED_INPUT_STD,
    SATURATED_FRACTION,
    NORMAL_INIT,
    SCALED_INIT,
    XAVIER_INIT,
    HE_INIT,
    LAYER_STDS,
    UNITS_IDENTICAL,
]


# --- recall ----------------------------------------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "6.1",
        "η = 0.5, λ = 4 and n = 100. By which factor does an L2 step multiply a weight whose gradient ∂J₀/∂w is 0?",
        lambda: 1 - 0.5 * 4 / 100,
        "The decay factor is 1 − ηλ/n = 1 − 0.02.",
        {
            "That is ηλ/n, the share that is taken away. What is left of the weight?": lambda: 0.5 * 4 / 100,
            "The 1/n is missing: λ is divided by the size of the training set.": lambda: 1 - 0.5 * 4,
            "The cost has a ½ in front of λ, but the derivative of w² brings a 2: they cancel.": lambda: (
                1 - 0.5 * 4 / 200
            ),
        },
        0.001,
    ),
    Question(
        "6.2",
        "A hidden layer was trained with dropout, each neuron dropped with probability 0.2, nothing rescaled. By which "
        "number are its outgoing weights multiplied in the full network?",
        lambda: 1 - 0.2,
        "While training, a neuron was there in 80 % of the steps: the weights are multiplied by the probability to keep.",
        {
            "That is the probability to drop, which the slides name: right for ½ only. How often was a neuron there?": (
                lambda: 0.2
            ),
            "That is what inverted dropout multiplies by, while training.": lambda: 1 / 0.8,
        },
    ),
    Question(
        "6.3",
        "A hidden logistic unit has σ(z) = 0.98 and leads with the weight 2 to a single output with δ = 0.5. What is "
        "its δ?",
        lambda: 2 * 0.5 * 0.98 * 0.02,
        "δ = w · δ_next · σ′(z) = 1 · 0.0196: the unit is saturated, so hardly anything of the error reaches it.",
        {
            "The slope σ′(z) of the unit itself is missing.": lambda: 2 * 0.5,
            "That has σ(z) where its slope belongs.": lambda: 2 * 0.5 * 0.98,
            "That has 1 − σ(z) alone; σ′ has two factors.": lambda: 2 * 0.5 * 0.02,
            "The weight between the two units is missing.": lambda: 0.5 * 0.98 * 0.02,
        },
    ),
    Question(
        "6.4",
        "All weights on a path are 1. Which share of δ can be left, at most, after the way down through 3 logistic layers?",
        lambda: 0.25**3,
        "σ′ is at most ¼, at z = 0, and comes in once a layer: at best (¼)³ = 1/64 is left.",
        {
            "That is one layer. Each of the three has its slope.": lambda: 0.25,
            "That would be slopes of ½. σ(0) is ½; what is σ′(0)?": lambda: 0.125,
            "That is the divisor. Which share of δ is left?": lambda: 64,
        },
        0.03,
    ),
]
