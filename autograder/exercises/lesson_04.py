"""Lesson 4, cross-entropy: fourteen exercises, their probes and the mistakes that are known by name."""

import math

import numpy as np

from autograder.checking import probes
from autograder.checking.compare import flat
from autograder.checking.requirements import cases, fits_any, shapes, unchanged, values
from autograder.checking.trial import right_answers
from autograder.exercise import Exercise, Mistake, gradient_part
from autograder.recall import Question
from nblib import costs, data
from nblib.activations import log_softmax, logistic, logistic_prime, softmax, softmax_backward
from nblib.backprop import backprop
from nblib.network import forward, predict

LESSON = "04-cross-entropy"


def _quietly(function):
    """Run a function that is meant to divide by 0 or to take the logarithm of 0 without a word of it."""

    def quiet(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    return quiet


def _mistakes(*entries):
    return [Mistake(name, _quietly(function), hint) for name, function, hint in entries]


def _kind(trial, args):
    """Say in a word what a function makes of an edge case."""
    outcome = trial.call(args)
    if outcome.failure:
        return "raised"
    if fits_any(outcome, right_answers(trial.exercise, args), trial.exercise) is None:
        return "right"
    numbers = flat(outcome.value) if outcome.value is not None else None
    if numbers is None:
        return "no number"
    if np.isnan(numbers).any():
        return "nan"
    if np.isinf(numbers).any():
        return "inf"
    # Where inf is right: a clipped logarithm is large all the same, a term that is left out adds nothing.
    return "large" if np.max(numbers, initial=0) > 3 else "small"


def _kinds(**edge_cases):
    """Observe what becomes of edge cases, given as ``name=(arguments)``."""
    return lambda trial: {name: _kind(trial, args) for name, args in edge_cases.items()}


def _labels(rng, n):
    """Draw 0s and 1s, at least one of each."""
    labels = rng.integers(0, 2, size=n)
    labels[rng.permutation(n)[:2]] = [0, 1]
    return labels


def _neuron_outputs(rng, n):
    """Activations and labels of n examples of one logistic neuron."""
    return logistic(2 * rng.normal(size=n) + 0.4), _labels(rng, n)


# --- quadratic_cost --------------------------------------------------------------------------------------------------


def _quadratic_probes(rng):
    found = []
    for n, m in ((5, 3), (4, 6), (7, 1)):
        layers, X, Y = probes.batch(rng, [2, m], n)
        found.append((predict(layers, X), Y))
    layers, X, _ = probes.batch(rng, [3, 4], 6)
    found.append((predict(layers, X), data.one_hot(rng.integers(0, 4, size=6), 4).astype(int)))
    return found


def _squares(A, Y):
    return np.sum((Y - A) ** 2)


QUADRATIC_COST = Exercise(
    name="quadratic_cost",
    lesson=LESSON,
    points=1,
    equation="C = (1/2n) Σ_i ‖y_i − a_i‖², with ‖v‖² = Σ_k v_k²",
    reference=lambda A, Y: costs.quadratic_cost(A, Y),
    probes=_quadratic_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "half-missing",
            lambda A, Y: _squares(A, Y) / len(A),
            "The cost is twice too large: this is the lecture's mean, (1/n) Σ‖y − a‖². The slides' cost has a ½ in "
            "front of the sum as well.",
        ),
        (
            "mean-over-outputs",
            lambda A, Y: _squares(A, Y) / 2 / A.size,
            "The sum was divided by the number of outputs as well: ‖y − a‖² adds the outputs of an example up, and the "
            "mean runs over the n examples only. A mean over a whole table divides by both.",
        ),
        (
            "mean-over-everything",
            lambda A, Y: _squares(A, Y) / A.size,
            "This is the mean over examples and outputs together, without the ½. The outputs of an example are added "
            "up; n counts the examples.",
        ),
        (
            "sum-for-mean",
            lambda A, Y: _squares(A, Y) / 2,
            "The cost is n times too large: the examples were added up, and their mean is wanted.",
        ),
        (
            "residual-sum",
            lambda A, Y: _squares(A, Y),
            "This is the notes' RSS, a sum with nothing in front: 2n times too large. The slides' cost has 1/2n there.",
        ),
        (
            "sign",
            lambda A, Y: -_squares(A, Y) / 2 / len(A),
            "The cost is negative. A square is not, and a perfect network has cost 0: no other may have less.",
        ),
        (
            "norm-not-squared",
            lambda A, Y: np.linalg.norm(Y - A, axis=1).sum() / 2 / len(A),
            "The lengths ‖y − a‖ were added, not their squares. The exponent 2 takes the root of the length away again.",
        ),
        (
            "absolute-errors",
            lambda A, Y: np.abs(Y - A).sum() / 2 / len(A),
            "The magnitudes of the errors were added where their squares belong: ‖y − a‖² = Σ_k (y_k − a_k)².",
        ),
        (
            "errors-not-squared",
            lambda A, Y: np.sum(Y - A) / 2 / len(A),
            "The errors were added with their signs, so that one too large and one too small cancel. Square each first.",
        ),
        (
            "square-of-sum",
            lambda A, Y: np.sum(np.sum(Y - A, axis=1) ** 2) / 2 / len(A),
            "The errors of an example were added and then squared. ‖v‖² squares each component before it adds.",
        ),
        (
            "outputs-for-n",
            lambda A, Y: _squares(A, Y) / 2 / A.shape[1],
            "The sum was divided by the number of outputs where n, the number of examples, belongs. The examples are "
            "the rows.",
        ),
        (
            "n-twice",
            lambda A, Y: _squares(A, Y) / 2 / len(A) ** 2,
            "The cost is n times too small: 1/n comes in twice. In front of Σ_i stands 1/2n, and a mean divides by n "
            "already.",
        ),
        (
            "one-per-example",
            lambda A, Y: np.sum((Y - A) ** 2, axis=1) / 2,
            "A number for each example came back, ½ ‖y_i − a_i‖². The cost of the batch is their mean, (1/n) Σ_i: a "
            "single number.",
        ),
        (
            "one-per-output",
            lambda A, Y: np.sum((Y - A) ** 2, axis=0) / 2 / len(A),
            "A number for each output came back: the sum ran over the examples alone. ‖y − a‖² adds the outputs up too.",
        ),
        (
            "multiplied-by-n",
            lambda A, Y: _squares(A, Y) / 2 * len(A),
            "The cost is n² times too large: the sum was halved and then multiplied by n. In s / 2 * n, as in 1 / 2 * n * s, "
            "Python goes from left to right: 2n needs a bracket.",
        ),
        (
            "length-of-table",
            lambda A, Y: np.linalg.norm(Y - A) / 2 / len(A),
            "The root of the sum of all squares was taken, the length of the whole table. The cost adds squared lengths: "
            "no root is left.",
        ),
        (
            "square-of-total",
            lambda A, Y: np.sum(Y - A) ** 2 / 2 / len(A),
            "All errors were added and their sum was squared, so that they cancel before. Square each error, then add.",
        ),
        (
            "one-per-example-over-n",
            lambda A, Y: np.sum((Y - A) ** 2, axis=1) / 2 / len(A),
            "A number for each example came back, already divided by n. The cost of the batch is their sum, a single "
            "number: let the sum run over the whole table.",
        ),
        (
            "quarter",
            lambda A, Y: _squares(A, Y) / 4 / len(A),
            "The cost is half of what it should be: the ½ comes in twice, or n was doubled once more. In front of the "
            "sum stands 1/2n.",
        ),
    ),
    variants=[
        lambda A, Y: np.linalg.norm(A - Y) ** 2 / (2 * len(A)),
        lambda A, Y: (
            sum(0.5 * (ak - yk) ** 2 for a, y in zip(A, Y, strict=True) for ak, yk in zip(a, y, strict=True)) / len(A)
        ),
        lambda A, Y: np.einsum("ik,ik->", A - Y, A - Y) / 2 / A.shape[0],
        lambda A, Y: np.array(np.mean(0.5 * np.square(Y - A).sum(axis=1))),
    ],
)


# --- binary_cross_entropy --------------------------------------------------------------------------------------------


def _binary_probes(rng):
    found = [_neuron_outputs(rng, int(n)) for n in rng.permutation([5, 8, 13, 21])[:3]]
    a, y = _neuron_outputs(rng, 6)
    return [*found, (a, y.astype(float))]


def _certain(rng):
    return [
        (np.array([1.0, 0.0, 0.3, 0.8]), np.array([1, 0, 1, 1])),
        (np.array([0.0, 0.6, 1.0]), np.array([0.0, 0.0, 1.0])),
    ]


def _contradicted(rng):
    return [
        (np.array([0.0, 0.4, 0.7]), np.array([1, 0, 1])),
        (np.array([0.4, 1.0]), np.array([0.0, 0.0])),
    ]


def _naive_binary(a, y):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def _loop_binary(a, y):
    total = 0.0
    for ai, yi in zip(a, y, strict=True):
        probability = ai if yi == 1 else 1 - ai
        total += -math.log(probability) if probability > 0 else math.inf
    return total / len(a)


BINARY_CROSS_ENTROPY = Exercise(
    name="binary_cross_entropy",
    lesson=LESSON,
    points=2,
    equation="C = −(1/n) Σ_i [y_i ln a_i + (1 − y_i) ln(1 − a_i)], where 0 · ln 0 counts as 0",
    reference=costs.binary_cross_entropy,
    probes=_binary_probes,
    observe=_kinds(
        certain=_certain(None)[0],
        contradicted=_contradicted(None)[0],
    ),
    requirements=[
        values(1),
        cases("certain and right: 0 · ln 0 is 0", 0.25, _certain),
        cases("certain and wrong: inf", 0.25, _contradicted),
        shapes(0.25, "a single number"),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "one-minus-y-missing",
            lambda a, y: -np.mean(y * np.log(a) + np.log(1 - a)),
            "Where y is 0 the cost is right; where y is 1 it holds ln(1 − a) as well. Each of the two terms has a factor "
            "that lets it vanish in the other case.",
        ),
        (
            "y-missing",
            lambda a, y: -np.mean(np.log(a) + (1 - y) * np.log(1 - a)),
            "Where y is 1 the cost is right; where y is 0 it holds ln a as well. Each of the two terms has a factor that "
            "lets it vanish in the other case.",
        ),
        (
            "sign",
            lambda a, y: -costs.binary_cross_entropy(a, y),
            "The cost is negative. The logarithm of a number below 1 is negative, and the minus in front turns that "
            "round: look for the sign before the sum.",
        ),
        (
            "first-term-only",
            lambda a, y: np.mean(-y * np.log(a)),
            "Examples with y = 0 cost nothing, whatever a is. The second term, with 1 − y, is missing.",
        ),
        (
            "second-term-only",
            lambda a, y: np.mean(-(1 - y) * np.log(1 - a)),
            "Examples with y = 1 cost nothing, whatever a is. The first term, with y, is missing.",
        ),
        (
            "minus-between-terms",
            lambda a, y: np.mean(-(y * np.log(a) - (1 - y) * np.log(1 - a))),
            "Examples with y = 1 are right, those with y = 0 have the wrong sign: the minus in front of the bracket "
            "belongs to both terms, so inside they are added.",
        ),
        (
            "base-two",
            lambda a, y: costs.binary_cross_entropy(a, y) / np.log(2),
            "The cost is 1/ln 2 ≈ 1.44 times too large: the logarithm has base 2. That measures in bits; the equation "
            "has ln.",
        ),
        (
            "base-ten",
            lambda a, y: costs.binary_cross_entropy(a, y) / np.log(10),
            "The cost is ln 10 ≈ 2.30 times too small: the logarithm has base 10. The equation has ln.",
        ),
        (
            "swapped",
            lambda a, y: np.mean(-(a * np.log(y) + (1 - a) * np.log(1 - y))),
            "The cost is infinite for ordinary activations: the logarithm was taken of the labels, which are 0 and 1. "
            "The label chooses the term; the activation goes under the logarithm.",
        ),
        (
            "sum-for-mean",
            lambda a, y: np.sum(_naive_binary(a, y)),
            "The cost is n times too large: the examples were added up, and the 1/n in front of Σ_i is missing.",
        ),
        (
            "half",
            lambda a, y: np.mean(_naive_binary(a, y)) / 2,
            "The cost is half of what it should be. The ½ belongs to the quadratic cost, where it cancels a 2.",
        ),
        (
            "quadratic-cost",
            lambda a, y: np.mean((y - a) ** 2) / 2,
            "This is still the quadratic cost: there is no logarithm in it. In the equation each example costs −ln of "
            "the probability that its label was given.",
        ),
        (
            "no-logarithm",
            lambda a, y: np.mean(np.abs(y - a)),
            "This is the mean of 1 − (the probability given to the label): the logarithm is missing. An example costs "
            "−ln of that probability.",
        ),
        (
            "logarithm-of-mean",
            lambda a, y: -np.log(np.mean(np.where(y == 1, a, 1 - a))),
            "The probabilities were averaged before the logarithm was taken. Each example has a cost of its own; "
            "average those.",
        ),
        (
            "labels-exchanged",
            lambda a, y: costs.binary_cross_entropy(a, 1 - y),
            "The cost is that of the opposite labels: it is small where the neuron is wrong. For y = 1 the term with "
            "ln a has to remain.",
        ),
        (
            "one-minus-logarithm",
            lambda a, y: np.mean(-(y * np.log(a) + (1 - y) * (1 - np.log(a)))),
            "Examples with y = 0 are off: 1 − ln a is not ln(1 − a). The subtraction comes before the logarithm.",
        ),
        (
            "every-label-with-every-output",
            lambda a, y: np.mean(_naive_binary(a, np.asarray(y)[:, None])),
            "Every output was compared with every label: one of the two stood in a column, the other in a row, and the "
            "mean ran over an n × n table. Output a_i belongs to label y_i alone: keep both 1-D.",
        ),
        (
            "one-per-example",
            lambda a, y: _naive_binary(a, y),
            "A number for each example came back. The cost of the batch is their mean, (1/n) Σ_i: a single number.",
        ),
        (
            "nan-at-certainty",
            lambda a, y: np.mean(_naive_binary(a, y)),
            "In between all is right. Where a is exactly 0 or 1, the computer multiplies 0 by ln 0 = −∞ and gets nan; "
            "the term that the label switches off must not be computed into the sum. Think of the two cases.",
        ),
        (
            "clipped-plateau",
            lambda a, y: np.mean(_naive_binary(np.clip(a, 1e-12, 1 - 1e-12), y)),
            "The cost of being certain and wrong stops at a plateau: a was clipped, a small number was added to it, or "
            "inf was replaced by a large number. There −ln 0 is infinite, and the cost should say so. Keep the nan "
            "away by choosing the term instead: by the label.",
        ),
        (
            "nan-replaced-at-the-end",
            lambda a, y: np.nan_to_num(np.mean(_naive_binary(a, y))),
            "nan and inf were replaced in the finished mean. A single 0 · ln 0 makes the whole mean nan, which then "
            "becomes 0; and an example that is certain and wrong costs inf, not a large number. Keep the nan from "
            "coming up, example by example.",
        ),
        (
            "logarithm-of-negative",
            lambda a, y: -np.mean(np.log(np.where(y == 1, a, a - 1))),
            "The cost is nan: the logarithm of a negative number was taken. For y = 0 the label's probability is 1 − a, "
            "in this order.",
        ),
        (
            "chosen-by-activation",
            lambda a, y: -np.mean(np.log(np.where(a >= 0.5, a, 1 - a))),
            "The cost does not depend on the labels: the activation decided which of a and 1 − a comes under the "
            "logarithm. The label decides it, otherwise nobody is ever wrong.",
        ),
        (
            "contradiction-free",
            lambda a, y: np.mean(np.where((a == 0) | (a == 1), 0, _naive_binary(a, y))),
            "Where a is exactly 0 or 1 the cost is 0, even when a contradicts its label. Only 0 · ln 0 is 0; 1 · ln 0 "
            "stays −∞.",
        ),
        (
            "certain-examples-dropped",
            lambda a, y: np.nanmean(_naive_binary(a, y)),
            "Examples with a exactly 0 or 1 are left out of the mean when they are right. They cost 0, but they count "
            "in n.",
        ),
        (
            "refuses-certainty",
            lambda a, y: (
                sum(-(yi * math.log(ai) + (1 - yi) * math.log(1 - ai)) for ai, yi in zip(a, y, strict=True)) / len(a)
            ),
            "In between all is right; where a is exactly 0 or 1, the logarithm of 0 stops it with an error. Decide by "
            "the label which of the two terms is computed at all, and let certain and wrong cost inf.",
        ),
    ),
    variants=[
        _loop_binary,
        lambda a, y: float(-np.log(np.where(y == 1, a, 1 - a)).mean()),
        lambda a, y: (-np.log(a[y == 1]).sum() - np.log1p(-a[y == 0]).sum()) / len(y),
        lambda a, y: np.array(-np.mean(np.log(1 - np.abs(y - a)))),
    ],
)


# --- the factors of the derivation: dC_da, da_dz, dC_dz --------------------------------------------------------------


def _factor_probes(rng):
    found = [_neuron_outputs(rng, int(n)) for n in rng.permutation([4, 7, 9])]
    a, y = _neuron_outputs(rng, 6)
    return [*found, (a.reshape(2, 3), y.reshape(2, 3).astype(float))]


def _plain_pairs(rng):
    a, y = _neuron_outputs(rng, 5)
    return [
        (float(a[0]), int(y[0])),
        (a.tolist(), y.tolist()),
        (np.float64(a[1]), float(y[1])),
    ]


_LISTS = "numbers and lists as well as arrays"
_REFUSES_LISTS = (
    "Arrays are right, but a plain number or a list is refused or treated in another way. Turn what comes in into an "
    "array first; NumPy's elementwise arithmetic does the rest."
)
_IN_PLACE = (
    "The numbers are right, but the array that was passed in has been overwritten with them: an assignment such as -= "
    "changes it for whoever called. Build a new one."
)


def _dC_da(a, y):
    return (1 - y) / (1 - a) - y / a


def _overwriting(rule):
    """Turn a rule into a function that leaves its result in its first argument."""

    def wrong(a, *rest):
        result = rule(np.asarray(a), *map(np.asarray, rest))
        if isinstance(a, np.ndarray):
            a[...] = result
            return a
        return result

    return wrong


DC_DA = Exercise(
    name="dC_da",
    lesson=LESSON,
    derivative_of="the cost, by a",
    points=1,
    equation="C = −[y ln a + (1 − y) ln(1 − a)]: ∂C/∂a, as one fraction",
    reference=costs.binary_cross_entropy_prime,
    probes=_factor_probes,
    requirements=[values(0.5), cases(_LISTS, 0.25, _plain_pairs), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "sign",
            lambda a, y: -_dC_da(np.asarray(a), np.asarray(y)),
            "Every number has the wrong sign. Where a is below its target, a larger a makes the cost smaller, so the "
            "slope must be negative there: look for the minus in front of the bracket.",
        ),
        (
            "inner-derivative-missing",
            lambda a, y: -(np.asarray(y) / a) - (1 - np.asarray(y)) / (1 - np.asarray(a)),
            "For y = 1 all is right, for y = 0 the sign is wrong: ln(1 − a) has the inner function 1 − a, and its "
            "derivative −1 is missing.",
        ),
        (
            "error-alone",
            lambda a, y: np.subtract(a, y),
            "This is a − y: what remains after the multiplication by σ′. Before it, ∂C/∂a still has a denominator.",
        ),
        (
            "first-term-only",
            lambda a, y: -np.asarray(y) / a,
            "For y = 0 the slope is 0 everywhere: the derivative of the second term is missing.",
        ),
        (
            "second-term-only",
            lambda a, y: (1 - np.asarray(y)) / (1 - np.asarray(a)),
            "For y = 1 the slope is 0 everywhere: the derivative of the first term is missing.",
        ),
        (
            "published-demo",
            lambda a, y: 1 / (1 - np.asarray(a)) + 0 * np.asarray(y),
            "This is 1/(1 − a) for every label: right for y = 0 only. For y = 1 the other term remains.",
        ),
        (
            "denominator-a",
            lambda a, y: np.subtract(a, y) / a,
            "The denominator is a alone. Bring both fractions to one denominator: which product is that?",
        ),
        (
            "denominator-one-minus-a",
            lambda a, y: np.subtract(a, y) / (1 - np.asarray(a)),
            "The denominator is 1 − a alone. Bring both fractions to one denominator: which product is that?",
        ),
        (
            "bracket-missing",
            lambda a, y: np.subtract(a, y) / a * (1 - np.asarray(a)),
            "The factor 1 − a stands above the line: without a bracket, division and multiplication go from left to "
            "right. Both factors of the denominator belong below.",
        ),
        (
            "multiplied",
            lambda a, y: np.subtract(a, y) * a * (1 - np.asarray(a)),
            "The error was multiplied by a(1 − a) where it has to be divided by it. That product is the slope of the "
            "quadratic cost, small exactly where this one has to be large.",
        ),
        (
            "the-cost-itself",
            lambda a, y: _naive_binary(np.asarray(a), np.asarray(y)),
            "This is the cost C(a, y), not its slope. The derivative of ln u is 1/u.",
        ),
        (
            "brackets-missing",
            lambda a, y: -(np.asarray(y) / a - 1 - np.asarray(y) / 1 - np.asarray(a)),
            "Only y was divided by a; in the second fraction, y was divided by 1, and 1 and a stand alone: division "
            "comes before subtraction. Both 1 − y and 1 − a need brackets.",
        ),
        (
            "error-left-out",
            lambda a, y: 1 / (np.asarray(a) * (1 - np.asarray(a))) + 0 * np.asarray(y),
            "The denominator is right, the label plays no part: the numerator is missing. Bring the two fractions to "
            "one denominator and see what stands above it.",
        ),
        (
            "squared-denominator",
            lambda a, y: np.subtract(a, y) / (np.asarray(a) * (1 - np.asarray(a))) ** 2,
            "The denominator a(1 − a) comes in twice. The derivative of ln u is 1/u, of first order.",
        ),
        (
            "base-two",
            lambda a, y: _dC_da(np.asarray(a), np.asarray(y)) / np.log(2),
            "Every number is 1/ln 2 ≈ 1.44 times too large: that is the slope of log₂. The equation has ln.",
        ),
        (
            "magnitude",
            lambda a, y: np.abs(_dC_da(np.asarray(a), np.asarray(y))),
            "No slope is negative. For y = 1 the cost −ln a falls while a grows, so ∂C/∂a is negative there: look for "
            "an absolute value.",
        ),
        (
            "mean",
            lambda a, y: _dC_da(np.asarray(a), np.asarray(y)) / np.size(a),
            "Every slope is divided by the number of values. This factor belongs to one example; the mean comes later.",
        ),
        ("lists-refused", lambda a, y: -(y / a - (1 - y) / (1 - a)), _REFUSES_LISTS),
        ("in-place", _overwriting(_dC_da), _IN_PLACE),
    ),
    variants=[
        lambda a, y: (np.asarray(a) - np.asarray(y)) / (np.asarray(a) * (1 - np.asarray(a))),
        lambda a, y: np.where(np.equal(y, 1), -1 / np.array(a), 1 / (1 - np.array(a))),
        lambda a, y: -np.divide(y, a) + np.subtract(1, y) / np.subtract(1, a),
        np.vectorize(lambda a, y: -1 / a if y == 1 else 1 / (1 - a), otypes=[float]),
    ],
)


def _plain_activations(rng):
    return [args[:1] for args in _plain_pairs(rng)] + [([0, 1],)]


DA_DZ = Exercise(
    name="da_dz",
    lesson=LESSON,
    derivative_of="σ",
    points=1,
    equation="a = σ(z): ∂a/∂z = σ′(z) = σ(z)(1 − σ(z)), written with a",
    reference=lambda a: np.asarray(a, dtype=float) * (1 - np.asarray(a, dtype=float)),
    probes=lambda rng: [args[:1] for args in _factor_probes(rng)],
    requirements=[values(0.5), cases(_LISTS, 0.25, _plain_activations), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "sigma-prime-of-a",
            lambda a: logistic_prime(a),
            "These numbers all lie between 0.197 and 0.25: a was put into σ′ as if it were z. The activation is σ(z) "
            "already; the last line of the proof of σ′ needs nothing but that.",
        ),
        (
            "one-minus-square",
            lambda a: 1 - np.asarray(a) ** 2,
            "This is 1 − a², the slope of tanh written with its activation. The logistic function's is σ(z)(1 − σ(z)).",
        ),
        (
            "one-plus-a",
            lambda a: np.asarray(a) * (1 + np.asarray(a)),
            "This is a(1 + a), which grows towards a = 1. A saturated neuron has a slope near 0: check the sign.",
        ),
        (
            "activation",
            lambda a: np.array(a),
            "This is a itself. The slope has a second factor, which takes it back to 0 at a = 1.",
        ),
        (
            "one-minus-a",
            lambda a: 1 - np.asarray(a),
            "This is 1 − a. The slope has a second factor, which takes it to 0 at a = 0.",
        ),
        (
            "square",
            lambda a: np.asarray(a) ** 2,
            "This is a². Of the two factors one is a, the other what is missing from a to 1.",
        ),
        (
            "sign",
            lambda a: np.asarray(a) * (np.asarray(a) - 1),
            "Every slope is negative, but σ rises everywhere: check the order of the subtraction.",
        ),
        (
            "squared",
            lambda a: (np.asarray(a) * (1 - np.asarray(a))) ** 2,
            "This is the square of the slope: in σ(z)(1 − σ(z)) each of the two factors comes once.",
        ),
        (
            "inverse",
            lambda a: 1 / (np.asarray(a) * (1 - np.asarray(a))),
            "This is 1/σ′, which is dz/da. The slope of a as a function of z is its inverse, at most ¼.",
        ),
        (
            "factor-two",
            lambda a: 2 * np.asarray(a) * (1 - np.asarray(a)),
            "Every slope is twice too large. The largest slope of σ, at z = 0 where a = ½, is ¼.",
        ),
        (
            "logistic",
            lambda a: logistic(a),
            "σ was applied to a: that is an activation of an activation, not a slope.",
        ),
        (
            "slope-of-the-product",
            lambda a: 1 - 2 * np.asarray(a),
            "This is 1 − 2a, the derivative of a(1 − a) by a: one derivative too many.",
        ),
        ("lists-refused", lambda a: a * (1 - a), _REFUSES_LISTS),
        ("in-place", _overwriting(lambda a: a * (1 - a)), _IN_PLACE),
    ),
    variants=[
        lambda a: np.multiply(a, np.subtract(1, a)),
        lambda a: np.asarray(a) - np.asarray(a) ** 2,
        np.vectorize(lambda a: 0.25 - (a - 0.5) ** 2, otypes=[float]),
        lambda a: np.array(a) * (1.0 - np.array(a)),
    ],
)


def _exact_pairs(rng):
    return [
        (np.array([1.0, 0.0, 1.0, 0.0]), np.array([0, 1, 1, 0])),
        (np.array([1.0]), np.array([0.0])),
    ]


DC_DZ = Exercise(
    name="dC_dz",
    lesson=LESSON,
    derivative_of="the cost, by z",
    points=1,
    equation="∂C/∂z = ∂C/∂a · ∂a/∂z, with what cancels taken out",
    reference=lambda a, y: np.subtract(a, y, dtype=float),
    probes=_factor_probes,
    observe=_kinds(exact=_exact_pairs(None)[0]),
    requirements=[
        values(0.25),
        cases("a of exactly 0 and 1", 0.25, _exact_pairs),
        cases(_LISTS, 0.25, _plain_pairs),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "sign",
            lambda a, y: np.subtract(y, a),
            "Every number has the right size and the wrong sign. Where a is too large, a larger z makes the cost worse, "
            "so the slope is positive there. Follow the minus in front of the bracket to the end.",
        ),
        (
            "sigma-prime-kept",
            lambda a, y: np.subtract(a, y) * a * (1 - np.asarray(a)),
            "σ′(z) = a(1 − a) is still there: these are the slopes of the quadratic cost, which die where the neuron "
            "saturates. In the product, the denominator of ∂C/∂a takes that factor away.",
        ),
        (
            "uncancelled",
            lambda a, y: np.subtract(a, y) / (np.asarray(a) * (1 - np.asarray(a))),
            "This is ∂C/∂a alone: the denominator a(1 − a) is still there. The second factor, ∂a/∂z, is missing: "
            "multiply, and see what cancels.",
        ),
        (
            "product-of-factors",
            lambda a, y: _dC_da(np.asarray(a), np.asarray(y)) * np.asarray(a) * (1 - np.asarray(a)),
            "In between all is right, but where a is exactly 0 or 1 the computer divides by 0 and gets nan: the two "
            "factors were multiplied as numbers. Cancel them on paper and compute what is left.",
        ),
        (
            "factor-two",
            lambda a, y: 2 * np.subtract(a, y),
            "Every number is twice too large. The 2 comes from a square, and there is none in −[y ln a + (1 − y) ln(1 "
            "− a)].",
        ),
        (
            "half",
            lambda a, y: np.subtract(a, y) / 2,
            "Every number is half of what it should be. There is no ½ in the cross-entropy.",
        ),
        (
            "magnitude",
            lambda a, y: np.abs(np.subtract(a, y)),
            "No slope is negative. Where a is too small, the cost falls while z grows, so ∂C/∂z is negative there: "
            "look for an absolute value.",
        ),
        (
            "squared",
            lambda a, y: np.subtract(a, y) ** 2,
            "This is the squared error. In ∂C/∂a · ∂a/∂z the denominator a(1 − a) cancels, and what stood above it "
            "stays as it was, not squared.",
        ),
        (
            "published-demo",
            lambda a, y: 1 / (1 - np.asarray(a)) + 0 * np.asarray(y),
            "This is 1/(1 − a), that is ∂C/∂a for y = 0: the step from a to z has been left out.",
        ),
        (
            "activation-alone",
            lambda a, y: np.asarray(a) + 0 * np.asarray(y),
            "For y = 0 all is right; for y = 1 the label plays no part. Go through the last lines of the derivation "
            "with y kept.",
        ),
        (
            "divided-by-a",
            lambda a, y: np.subtract(a, y) / a,
            "A factor 1/a is left over. ∂a/∂z = a(1 − a) has two factors, and both cancel against the denominator of "
            "∂C/∂a.",
        ),
        (
            "divided-by-one-minus-a",
            lambda a, y: np.subtract(a, y) / (1 - np.asarray(a)),
            "A factor 1/(1 − a) is left over. ∂a/∂z = a(1 − a) has two factors, and both cancel against the "
            "denominator of ∂C/∂a.",
        ),
        (
            "mean",
            lambda a, y: np.subtract(a, y) / np.size(a),
            "Every number is divided by the number of values. This is the slope of one example's cost; the mean comes "
            "when the examples are put together.",
        ),
        (
            "activation-of-activation",
            lambda a, y: logistic(a) - np.asarray(y),
            "σ was applied to a, which is σ(z) already. The error compares the activation itself with the label.",
        ),
        (
            "one-number",
            lambda a, y: np.mean(np.subtract(a, y)),
            "One number came back, the mean. This is the slope of each example's own cost, elementwise; the mean comes "
            "when the examples are put together.",
        ),
        (
            "plus",
            lambda a, y: np.add(a, y),
            "For y = 0 all is right; for y = 1 the label was added. Check the signs when the bracket is multiplied out.",
        ),
        (
            "lists-refused",
            lambda a, y: a - y,
            _REFUSES_LISTS,
        ),
        ("in-place", _overwriting(lambda a, y: a - y), _IN_PLACE),
    ),
    variants=[
        lambda a, y: np.asarray(a) - np.asarray(y),
        lambda a, y: np.where(np.equal(y, 1), np.subtract(a, 1), a),
        lambda a, y: -(np.multiply(y, np.subtract(1, a)) - np.multiply(np.subtract(1, y), a)),
        np.vectorize(lambda a, y: a - y, otypes=[float]),
    ],
)


# --- cross_entropy_neuron_gradient -----------------------------------------------------------------------------------


def _neuron(delta_of, pair=None, z_of=lambda w, b, X: X @ w + b):
    """Build the gradient of one neuron from its δ, with a part that can be replaced."""
    pair = pair or (lambda delta, X, w: (X.T @ delta / len(X), np.mean(delta)))

    def gradient(w, b, X, y):
        z = z_of(w, b, X)
        return pair(delta_of(logistic(z), y, z), X, w)

    return gradient


def _error(a, y, z):
    return a - y


def _neuron_probes(rng):
    found = []
    for n, m in ((7, 3), (4, 5), (6, 2), (1, 4)):
        X = rng.normal(size=(n, m)) + 0.3
        y = _labels(rng, n) if n > 1 else np.array([0])
        found.append((rng.normal(size=m), float(rng.normal() + 0.7), X, y))
    return found


def _as_many_examples_as_inputs(rng):
    return [(rng.normal(size=4), float(rng.normal() + 0.7), rng.normal(size=(4, 4)) + 0.3, _labels(rng, 4))]


def _saturated_neurons(rng):
    X = np.array([[50.0, 1.0], [-50.0, 2.0], [60.0, -1.0], [0.5, 0.4]])
    return [(np.array([1.0, 0.5]), 0.5, X, np.array([0, 0, 1, 1]))]


def _neuron_part(path):
    return ("dw", "db")[path[0]] if path else "the result"


def _loop_neuron(w, b, X, y):
    dw, db = [0.0] * len(w), 0.0
    for row, target in zip(X, y, strict=True):
        a = 1 / (1 + math.exp(-(sum(wj * xj for wj, xj in zip(w, row, strict=True)) + b)))
        for j, xj in enumerate(row):
            dw[j] += (a - target) * xj / len(X)
        db += (a - target) / len(X)
    return dw, db


CROSS_ENTROPY_NEURON_GRADIENT = Exercise(
    name="cross_entropy_neuron_gradient",
    lesson=LESSON,
    derivative_of="the cost",
    points=2,
    equation="∂C/∂w_j = (1/n) Σ_i (a_i − y_i) x_ij, ∂C/∂b = (1/n) Σ_i (a_i − y_i), with a_i = σ(w·x_i + b)",
    reference=_neuron(_error),
    probes=_neuron_probes,
    telling_probes=_as_many_examples_as_inputs,
    part_name=_neuron_part,
    observe=_kinds(saturated=_saturated_neurons(None)[0]),
    requirements=[
        values(1.25),
        cases("a saturated neuron", 0.25, _saturated_neurons),
        shapes(0.25),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "sigma-prime-kept",
            _neuron(lambda a, y, z: (a - y) * a * (1 - a)),
            "Each example's part is multiplied by σ′(z_i): these are the gradients of the slides' quadratic cost. In "
            "the cross-entropy's ∂C/∂z that factor cancels.",
        ),
        (
            "lecture-quadratic",
            _neuron(lambda a, y, z: 2 * (a - y) * a * (1 - a)),
            "These are the gradients of the lecture's mean square, with 2 and σ′(z). The cross-entropy leaves neither.",
        ),
        (
            "uncancelled",
            _neuron(lambda a, y, z: (a - y) / (a * (1 - a))),
            "Each example's part is 1/σ′(z) times too large: this is built from ∂C/∂a. The step from a to z is missing.",
        ),
        (
            "factors-multiplied",
            _neuron(lambda a, y, z: (a - y) / (a * (1 - a)) * (a * (1 - a))),
            "Ordinary examples are right; where a has become exactly 0 or 1, the result is nan: a(1 − a) is 0 there, "
            "and it was divided by. Start from what is left after cancelling.",
        ),
        (
            "sum-for-mean",
            _neuron(_error, lambda delta, X, w: (X.T @ delta, np.sum(delta))),
            "Both gradients are n times too large: the examples were added up, and the 1/n in front of Σ_i is missing.",
        ),
        (
            "mean-for-weights-only",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(X), np.sum(delta))),
            "dw is right, db is n times too large: the 1/n stands in front of both sums.",
        ),
        (
            "mean-for-bias-only",
            _neuron(_error, lambda delta, X, w: (X.T @ delta, np.mean(delta))),
            "db is right, dw is n times too large: a product with the rows of X adds the examples up, and 1/n is "
            "still to come.",
        ),
        (
            "mean-over-inputs",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(w), np.sum(delta) / len(w))),
            "The sums were divided by the number of inputs. In (1/n) Σ_i the n counts the examples, the rows of X.",
        ),
        (
            "weights-mean-over-inputs",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(w), np.mean(delta))),
            "db is right; in dw the sum was divided by the number of inputs. n counts the examples, the rows of X.",
        ),
        (
            "axes",
            _neuron(_error, lambda delta, X, w: (X @ delta / len(X), np.mean(delta))),
            "The sum ran along the wrong axis of X. Row i of X is example i; dw_j collects column j. (With as many "
            "examples as inputs, no error tells you so.)",
        ),
        (
            "errors-meet-inputs",
            _neuron(_error, lambda delta, X, w: (delta * X / len(X), np.mean(delta))),
            "In dw the errors were laid along the inputs: error j met input j, where error i belongs to example i, a "
            "row of X; and nothing was added up. (With as many examples as inputs, no error tells you so.) A product "
            "with the transpose of X does both.",
        ),
        (
            "dw-mean-over-inputs-axis",
            _neuron(_error, lambda delta, X, w: (np.mean(delta * X.T, axis=0), np.mean(delta))),
            "dw has a number for each example: the mean went over the inputs. It has to go over the examples, so that each "
            "weight keeps a number.",
        ),
        (
            "dw-one-number",
            _neuron(_error, lambda delta, X, w: (np.mean(X.T @ delta / len(X)), np.mean(delta))),
            "dw is one number: the mean went over the inputs as well as over the examples. Each weight has its own "
            "derivative; only the examples are averaged.",
        ),
        (
            "dw-mean-of-sums",
            _neuron(_error, lambda delta, X, w: (np.mean(X.T @ delta), np.mean(delta))),
            "dw is one number: the product with X adds the examples up, and then the mean went over the inputs. Each "
            "weight has its own derivative; what is missing is 1/n.",
        ),
        (
            "db-per-example",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(X), delta)),
            "dw is right; db has a number for each example. All examples share the one bias: average them.",
        ),
        (
            "db-not-summed",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(X), delta / len(X))),
            "dw is right; db has a number for each example, divided by n. All examples share the one bias: add them up.",
        ),
        (
            "factor-two",
            _neuron(lambda a, y, z: 2 * (a - y)),
            "Both gradients are twice too large. The 2 belongs to a square, and there is none in this cost.",
        ),
        (
            "half",
            _neuron(lambda a, y, z: (a - y) / 2),
            "Both gradients are half of what they should be: 1/2n belongs to the slides' quadratic cost, 1/n to this.",
        ),
        (
            "sign",
            _neuron(lambda a, y, z: y - a),
            "Both gradients have the wrong sign: with w ← w − η ∂C/∂w the cost would grow. The error is a − y.",
        ),
        (
            "bias-left-out",
            _neuron(_error, z_of=lambda w, b, X: X @ w),
            "The numbers are those of a neuron without its bias: z = w·x + b has two parts.",
        ),
        (
            "bias-subtracted",
            _neuron(_error, z_of=lambda w, b, X: X @ w - b),
            "The numbers are those of a neuron with −b. In z = w·x + b the bias is added.",
        ),
        (
            "dw-not-summed",
            _neuron(_error, lambda delta, X, w: (X.T * delta / len(X), np.mean(delta))),
            "db is right; dw is a table with a column for each example: * multiplies entry by entry, and the sum over "
            "the examples is missing.",
        ),
        (
            "bias-gradient-with-inputs",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(X), np.mean(X.T @ delta / len(X)))),
            "db was built with the inputs. A bias stands beside no input: ∂z/∂b is 1.",
        ),
        (
            "bias-gradient-zero",
            _neuron(_error, lambda delta, X, w: (X.T @ delta / len(X), 0.0)),
            "db is 0, so the bias would never learn. It is part of z = w·x + b: what is ∂z/∂b?",
        ),
        (
            "inputs-forgotten",
            _neuron(_error, lambda delta, X, w: (np.full(len(w), np.mean(delta)), np.mean(delta))),
            "All entries of dw are equal: the mean error alone. Each w_j multiplies x_j, so ∂z/∂w_j is x_j.",
        ),
        (
            "errors-averaged-first",
            _neuron(_error, lambda delta, X, w: (np.mean(delta) * X.mean(axis=0), np.mean(delta))),
            "The mean error was multiplied by the mean input. Each example's error belongs to its own x: multiply "
            "first, then average.",
        ),
        (
            "z-for-a",
            _neuron(lambda a, y, z: z - y),
            "The error was taken as z − y. What is compared with y_i is the neuron's output a_i = σ(w·x_i + b).",
        ),
        (
            "magnitude",
            _neuron(lambda a, y, z: np.abs(a - y)),
            "The errors have lost their signs, so that examples whose a is too small push in the wrong direction. In "
            "a_i − y_i the sign stays: look for an absolute value.",
        ),
        (
            "last-example-only",
            _neuron(_error, lambda delta, X, w: (delta[-1] * X[-1], delta[-1])),
            "These are the gradients of the last example alone. What each example adds must not be overwritten.",
        ),
        (
            "first-example-only",
            _neuron(_error, lambda delta, X, w: (delta[0] * X[0], delta[0])),
            "These are the gradients of the first example alone. Does a return stand inside the loop?",
        ),
        (
            "last-example-over-n",
            _neuron(_error, lambda delta, X, w: (delta[-1] * X[-1] / len(X), delta[-1] / len(X))),
            "These are the gradients of the last example, divided by n: each turn of the loop replaces what the turn "
            "before found. The examples are added up, Σ_i.",
        ),
        (
            "outputs-against-targets",
            _neuron(
                lambda a, y, z: a[:, None] - y,
                lambda delta, X, w: (X.T @ delta / len(X), np.mean(delta)),
            ),
            "db is right, but dw is a table: the outputs stood in a column and y in a row, so that a − y became a table "
            "in which every output meets every label. a_i is compared with y_i alone: keep both 1-D.",
        ),
        (
            "weights-for-inputs",
            _neuron(_error, lambda delta, X, w: (w * np.mean(delta), np.mean(delta))),
            "db is right; in dw w stands where x belongs. In z = w·x + b, what does w_j multiply?",
        ),
        (
            "order-of-results",
            _neuron(_error, lambda delta, X, w: (np.mean(delta), X.T @ delta / len(X))),
            "The two results stand in the wrong order: dw first, then db.",
        ),
        (
            "published-demo",
            _neuron(lambda a, y, z: 1 / (1 - a)),
            "The errors are 1/(1 − a), whatever the label: that is ∂C/∂a for y = 0. What is wanted is ∂C/∂z.",
        ),
        (
            "one-row-per-example",
            _neuron(_error, lambda delta, X, w: (delta[:, None] * X, delta)),
            "Each example still has a gradient of its own. The cost is a mean over the examples, and so is its "
            "gradient: (1/n) Σ_i, in dw and in db.",
        ),
    ),
    variants=[
        _loop_neuron,
        lambda w, b, X, y: (
            np.einsum("i,ij->j", logistic(X @ w + b) - y, X) / len(y),
            (logistic(X @ w + b) - y).sum() / len(y),
        ),
        lambda w, b, X, y: [
            np.mean((logistic(X.dot(w) + b) - y)[:, np.newaxis] * X, axis=0),
            np.array(np.mean(logistic(X.dot(w) + b) - y)),
        ],
        lambda w, b, X, y: (lambda gradient: (gradient[1:], gradient[0]),)[0](
            np.column_stack([np.ones(len(X)), X]).T @ (logistic(X @ w + b) - y) / len(X)
        ),
    ],
)


# --- negative_log_likelihood -----------------------------------------------------------------------------------------


def _likelihoods(p, y):
    return np.where(y == 1, p, 1 - p)


def _many_observations(rng):
    n = 100_000
    p = logistic(np.linspace(-3, 3, n))
    y = (np.arange(n) * 7 % 10 < 6).astype(int)
    return [(p, y)]


def _many_facts(trial):
    kind = _kind(trial, _many_observations(None)[0])
    # The logarithm of a product that has become 0 is inf in NumPy and an exception in math.
    return {"many": "inf" if kind == "raised" else kind}


NEGATIVE_LOG_LIKELIHOOD = Exercise(
    name="negative_log_likelihood",
    lesson=LESSON,
    points=1,
    equation="−(1/n) ln Π_i p_i^(y_i) (1 − p_i)^(1 − y_i)",
    reference=costs.negative_log_likelihood,
    probes=_binary_probes,
    observe=_many_facts,
    requirements=[values(0.5), cases("100,000 examples", 0.25, _many_observations), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "product-underflows",
            lambda p, y: -np.log(np.prod(_likelihoods(p, y))) / len(p),
            "A few examples are right, 100,000 are not: so many factors below 1 multiply to less than the smallest "
            "number the computer has, and the logarithm comes too late. Which rule of the logarithm turns the product "
            "into something harmless?",
        ),
        (
            "product-kept-off-zero",
            lambda p, y: -np.log(np.prod(_likelihoods(p, y)) + 1e-300) / len(p),
            "A few examples are right; with 100,000 the product has underflown and only the small number added to it "
            "is left. Take the logarithm of each factor, before anything is multiplied.",
        ),
        (
            "sum-for-mean",
            lambda p, y: -np.log(_likelihoods(p, y)).sum(),
            "The number is n times too large: the 1/n in front of the logarithm is missing.",
        ),
        (
            "product-and-sum",
            lambda p, y: -np.log(np.prod(_likelihoods(p, y))),
            "The 1/n is missing, and the product underflows with many examples. Take the logarithm factor by factor, "
            "and the mean of the results.",
        ),
        (
            "sign",
            lambda p, y: np.log(_likelihoods(p, y)).mean(),
            "This is the log-likelihood, which is to grow. The cost is its negative, which is to fall.",
        ),
        (
            "likelihood",
            lambda p, y: np.prod(_likelihoods(p, y)),
            "This is the likelihood itself, the product Π_i. What is asked for is its logarithm, with −1/n in front.",
        ),
        (
            "geometric-mean",
            lambda p, y: np.exp(np.log(_likelihoods(p, y)).mean()),
            "This is the n-th root of the likelihood, a probability: the logarithm was undone at the end.",
        ),
        (
            "ones-only",
            lambda p, y: -np.mean(y * np.log(p)),
            "Observations of 0 play no part. They are as much evidence as the others, with probability 1 − p.",
        ),
        (
            "same-factor-for-both",
            lambda p, y: -np.mean(np.log(p)),
            "Every observation was given the probability p. An observation of 0 has the probability 1 − p.",
        ),
        (
            "exchanged",
            lambda p, y: costs.negative_log_likelihood(1 - p, y),
            "The probabilities of 1 and 0 are exchanged. p is that of a 1: the factor is p where y = 1, and 1 − p "
            "where y = 0.",
        ),
        (
            "base-two",
            lambda p, y: costs.negative_log_likelihood(p, y) / np.log(2),
            "The number is 1/ln 2 ≈ 1.44 times too large: log₂ in place of ln.",
        ),
        (
            "base-ten",
            lambda p, y: costs.negative_log_likelihood(p, y) / np.log(10),
            "The number is ln 10 ≈ 2.30 times too small: log₁₀ in place of ln.",
        ),
        (
            "logarithm-of-mean",
            lambda p, y: -np.log(np.mean(_likelihoods(p, y))),
            "The probabilities were averaged before the logarithm. The likelihood is their product, and its logarithm "
            "the sum of theirs.",
        ),
        (
            "half",
            lambda p, y: costs.negative_log_likelihood(p, y) / 2,
            "The number is half of what it should be: in front of the logarithm stands 1/n, not 1/2n.",
        ),
        (
            "exponents-as-factors",
            lambda p, y: -np.mean(np.log(y * p * (1 - y) * (1 - p) + 1e-300)),
            "y and 1 − y were used as factors, so that one of them makes every product 0. They are exponents: p⁰ is 1.",
        ),
        (
            "every-observation-with-every-probability",
            lambda p, y: np.mean(_naive_binary(p[:1000], np.asarray(y)[:1000, None])),
            "Every probability met every observation: one of the two stood in a column, the other in a row, and the "
            "mean ran over an n × n table. p_i belongs to y_i alone: keep both 1-D.",
        ),
        (
            "one-per-example",
            lambda p, y: -np.log(_likelihoods(p, y)),
            "A number for each example came back. The logarithm of the product Π_i is the sum of these logarithms, and "
            "1/n makes it their mean: a single number.",
        ),
    ),
    variants=[
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(),
        lambda p, y: -sum(math.log(pi if yi else 1 - pi) for pi, yi in zip(p, y, strict=True)) / len(p),
        lambda p, y: np.array(-np.log(p**y * (1 - p) ** (1 - y)).sum() / len(y)),
        lambda p, y: -np.sum(np.log(np.abs(1 - y - p))) / p.size,
    ],
)


# --- entropy_bits, cross_entropy_bits --------------------------------------------------------------------------------


def _distribution(rng, K):
    weights = rng.random(K) + 0.1
    return weights / weights.sum()


def _entropy_probes(rng):
    return [(_distribution(rng, int(K)),) for K in rng.permutation([2, 3, 5, 7])]


def _sparse_distributions(rng):
    return [(np.array([0.5, 0.0, 0.25, 0.25]),), (np.array([0.0, 1.0, 0.0]),)]


ENTROPY_BITS = Exercise(
    name="entropy_bits",
    lesson=LESSON,
    points=1,
    equation="H(p) = −Σ_i p_i log₂ p_i, where 0 · log₂ 0 counts as 0",
    reference=costs.entropy_bits,
    probes=_entropy_probes,
    observe=_kinds(sparse=_sparse_distributions(None)[0]),
    requirements=[
        values(0.5),
        cases("probabilities of 0", 0.25, _sparse_distributions),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "nats",
            lambda p: costs.entropy_bits(p) * np.log(2),
            "The number is ln 2 ≈ 0.69 times the right one: it is measured with the natural logarithm. Bits belong to "
            "log₂.",
        ),
        (
            "base-ten",
            lambda p: costs.entropy_bits(p) * np.log10(2),
            "The number is log₁₀ 2 ≈ 0.30 times the right one: the logarithm has base 10. Bits belong to log₂.",
        ),
        (
            "sign",
            lambda p: -costs.entropy_bits(p),
            "The entropy is negative. A code length is not; logarithms of numbers below 1 are, hence the minus.",
        ),
        (
            "nan-at-zero",
            lambda p: -np.sum(p * np.log2(p)),
            "A probability of 0 gives nan: the computer multiplies 0 by −∞. A value that never comes needs no bits; "
            "leave such terms out.",
        ),
        (
            "refuses-zero",
            lambda p: -sum(x * math.log2(x) for x in p),
            "A probability of 0 stops it with an error, because it has no logarithm. A value that never comes needs no "
            "bits; leave such terms out.",
        ),
        (
            "added-small-number",
            lambda p: -np.sum(p * np.log2(p + 1e-4)),
            "Every number is a little off: something was added to the probabilities to save the logarithm from 0. In "
            "−Σ_i p_i log₂ p_i leave the terms with p_i = 0 out instead.",
        ),
        (
            "added-tiny-number",
            lambda p: -np.sum(p * np.log2(p + 1e-12)),
            "Right to many digits, but a value that always comes has an entropy of exactly 0, and here a little is left: "
            "something tiny was added to the probabilities to save the logarithm. Leave the terms with p = 0 out instead.",
        ),
        (
            "mean",
            lambda p: costs.entropy_bits(p) / len(p),
            "The terms were averaged over the values. The weights p_i do the averaging already: add up.",
        ),
        (
            "logarithm-of-count",
            lambda p: np.log2(len(p)),
            "This is log₂ of the number of values, the entropy if all were equally likely. The code length of each "
            "value depends on its own p_i.",
        ),
        (
            "weights-missing",
            lambda p: -np.sum(np.log2(p)),
            "The code lengths were added without weights. A value that comes rarely adds little to the mean: each term "
            "is weighted with p_i.",
        ),
        (
            "mean-code-length-unweighted",
            lambda p: -np.mean(np.log2(p)),
            "The code lengths were averaged as if all values were equally frequent. Weight them with p_i.",
        ),
        (
            "gini",
            lambda p: 1 - np.sum(p**2),
            "This is 1 − Σ p², another measure of disorder. In H(p) = −Σ_i p_i log₂ p_i each p_i meets its own "
            "logarithm.",
        ),
        (
            "logarithm-of-squares",
            lambda p: -np.log2(np.sum(p**2)),
            "The sum was taken inside the logarithm. Each value has a code length of its own, −log₂ p_i; add after it.",
        ),
        (
            "not-summed",
            lambda p: -p * np.log2(p),
            "One number for each value came back, −p_i log₂ p_i. Their sum Σ_i is the entropy.",
        ),
        (
            "perplexity",
            lambda p: 2 ** costs.entropy_bits(p),
            "This is 2 to the power of the entropy, a number of values, not of bits. H(p) itself is asked for.",
        ),
        (
            "both-terms",
            lambda p: -np.sum(p * np.log2(p) + (1 - p) * np.log2(1 - p)),
            "A second term with 1 − p was added for each value, as if each were a coin of its own. Here the values "
            "exclude each other, and their probabilities add up to 1 already.",
        ),
        (
            "normalised",
            lambda p: costs.entropy_bits(p) / np.log2(len(p)),
            "The number was divided by log₂ K, the largest entropy that K values can have: this is a share between 0 "
            "and 1. Bits are wanted, the sum itself.",
        ),
    ),
    variants=[
        lambda p: -sum(x * math.log2(x) for x in p if x > 0),
        lambda p: float(-(p[p > 0] * np.log2(p[p > 0])).sum()),
        lambda p: np.sum(p * np.log2(1 / np.where(p > 0, p, 1))),
        lambda p: np.array(-np.dot(p, np.log(np.where(p == 0, 1, p))) / np.log(2)),
    ],
)


def _pairs_of_distributions(rng):
    return [(_distribution(rng, int(K)), _distribution(rng, int(K))) for K in rng.permutation([2, 3, 5, 6])]


def _shared_zeros(rng):
    return [
        (np.array([0.5, 0.0, 0.5, 0.0]), np.array([0.25, 0.5, 0.25, 0.0])),
        (np.array([0.0, 1.0]), np.array([0.0, 1.0])),
    ]


def _impossible(rng):
    return [(np.array([0.5, 0.25, 0.25]), np.array([0.75, 0.25, 0.0]))]


CROSS_ENTROPY_BITS = Exercise(
    name="cross_entropy_bits",
    lesson=LESSON,
    points=1,
    equation="H(p, q) = −Σ_i p_i log₂ q_i, where p_i = 0 adds nothing",
    reference=costs.cross_entropy_bits,
    probes=_pairs_of_distributions,
    observe=_kinds(shared=_shared_zeros(None)[0], impossible=_impossible(None)[0]),
    requirements=[
        values(0.25),
        cases("where p is 0", 0.25, _shared_zeros),
        cases("inf where q is 0 and p is not", 0.25, _impossible),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "nats",
            lambda p, q: costs.cross_entropy_bits(p, q) * np.log(2),
            "The number is ln 2 ≈ 0.69 times the right one: it is measured with the natural logarithm. Bits belong to "
            "log₂.",
        ),
        (
            "base-ten",
            lambda p, q: costs.cross_entropy_bits(p, q) * np.log10(2),
            "The number is log₁₀ 2 ≈ 0.30 times the right one: the logarithm has base 10. Bits belong to log₂.",
        ),
        (
            "swapped",
            lambda p, q: costs.cross_entropy_bits(q, p),
            "p and q are exchanged. The code was made for q, so its lengths are −log₂ q; the values come with p, so the "
            "lengths are weighted with p.",
        ),
        (
            "sign",
            lambda p, q: -costs.cross_entropy_bits(p, q),
            "The number is negative, which no code length is: the minus in front is missing.",
        ),
        (
            "entropy-of-p",
            lambda p, q: costs.entropy_bits(p),
            "This is the entropy of p: q plays no part. The code in use was made for q, so the logarithm is taken of "
            "q_i.",
        ),
        (
            "entropy-of-q",
            lambda p, q: costs.entropy_bits(q),
            "This is the entropy of q: p plays no part. The values come with the probabilities p, so each length is "
            "weighted with p_i.",
        ),
        (
            "divergence",
            lambda p, q: costs.cross_entropy_bits(p, q) - costs.entropy_bits(p),
            "This is the divergence KL(p‖q), only what the wrong code costs on top. The whole length is wanted.",
        ),
        (
            "divergence-reversed",
            lambda p, q: costs.entropy_bits(p) - costs.cross_entropy_bits(p, q),
            "This is minus the divergence. The whole code length is wanted, −Σ p log₂ q, without the entropy.",
        ),
        (
            "mean",
            lambda p, q: costs.cross_entropy_bits(p, q) / len(p),
            "The terms were averaged over the values. In −Σ_i p_i log₂ q_i the weights p_i do the averaging already: "
            "add up.",
        ),
        (
            "not-summed",
            lambda p, q: -p * np.log2(q),
            "One number for each value came back, −p_i log₂ q_i. Their sum Σ_i is the cross entropy.",
        ),
        (
            "logarithm-of-sum",
            lambda p, q: -np.log2(np.sum(p * q)),
            "The sum was taken inside the logarithm. Each value has its own length −log₂ q_i; weight and add those.",
        ),
        (
            "both-terms",
            lambda p, q: -np.sum(p * np.log2(q) + (1 - p) * np.log2(1 - q)),
            "A second term with 1 − p and 1 − q was added for each value. That form is for a single coin; here the "
            "values exclude each other.",
        ),
        (
            "weights-missing",
            lambda p, q: -np.sum(np.log2(q)),
            "The code lengths −log₂ q_i were added as they are. Each is weighted with how often its value comes, p_i.",
        ),
        (
            "nan-at-zero",
            lambda p, q: -np.sum(p * np.log2(q)),
            "Where p and q are both 0 the computer multiplies 0 by −∞ and gets nan. A value that never comes adds "
            "nothing.",
        ),
        (
            "refuses-zero",
            lambda p, q: -sum(x * math.log2(y) for x, y in zip(p, q, strict=True)),
            "A probability of 0 in q stops it with an error. Where p is 0 the term adds nothing; where only q is 0 the "
            "length is infinite.",
        ),
        (
            "impossible-refused",
            lambda p, q: -sum(x * math.log2(y) for x, y in zip(p, q, strict=True) if x > 0),
            "Where q is 0 and p is not, it stops with an error. The answer there is inf: for a value that was thought "
            "impossible no code was made.",
        ),
        (
            "impossible-skipped",
            lambda p, q: -np.sum(p[q > 0] * np.log2(q[q > 0])),
            "Values with q = 0 are left out even where p is not 0. Only p = 0 makes a term vanish; a value that comes "
            "and has no code costs infinitely much.",
        ),
        (
            "added-tiny-number",
            lambda p, q: -np.sum(p[p > 0] * np.log2(q[p > 0] + 1e-12)),
            "Right to many digits, but something tiny was added to q: where q is 0 and p is not, the result is finite, "
            "and a code that was made for what always comes is not of length 0. Let the logarithm of 0 be −∞.",
        ),
        (
            "inf-for-every-zero",
            lambda p, q: np.inf if np.any(q == 0) else -np.sum(p * np.log2(q)),
            "Wherever q has a 0 the answer is inf, even if p is 0 there too. A value that never comes costs nothing, "
            "whatever the code has for it; only where p is not 0 the length is infinite.",
        ),
        (
            "clipped",
            lambda p, q: -np.sum(p * np.log2(np.maximum(q, 1e-12))),
            "Where q is 0 and p is not, the result is finite: q was clipped, or a small number added. There the length "
            "is infinite.",
        ),
    ),
    variants=[
        _quietly(lambda p, q: float(-(p[p > 0] * np.log2(q[p > 0])).sum())),
        lambda p, q: sum((math.inf if y == 0 else -x * math.log2(y)) for x, y in zip(p, q, strict=True) if x != 0),
        _quietly(lambda p, q: -np.where(p == 0, 0, p * np.log(q)).sum() / np.log(2)),
        _quietly(lambda p, q: np.array(-np.dot(p[p != 0], np.log2(q)[p != 0]))),
    ],
)


# --- one_hot ---------------------------------------------------------------------------------------------------------


def _label_probes(rng):
    found = []
    for n, K in ((7, 4), (5, 6), (3, 10), (8, 3)):
        labels = rng.integers(0, K - 1, size=n)  # the last class never comes, so that K cannot be read off the labels
        labels[0] = max(1, labels[0])
        found.append((labels, K))
    return [*found, (np.array([2, 0, 2, 1, 0]), 3)]


def _by_loop(fill):
    def filled(labels, K):
        table = np.zeros((len(labels), K))
        fill(table, labels)
        return table

    return filled


def _cumulative(table, labels):
    for row, label in zip(table, labels, strict=True):
        row[: label + 1] = 1


def _whole_columns(table, labels):
    table[:, labels] = 1


def _whole_rows(table, labels):
    table[labels] = 1


def _first_rows_only(table, labels):
    for label in labels:
        table[min(label, len(table) - 1), label] = 1


def _value_for_one(table, labels):
    table[np.arange(len(labels)), labels] = labels


def _fill(table, labels):
    table[np.arange(len(labels)), labels] = 1


ONE_HOT = Exercise(
    name="one_hot",
    lesson=LESSON,
    points=1,
    equation="Y_ic = 1 where c is the label of example i, 0 elsewhere; c counts from 0 to K − 1",
    reference=data.one_hot,
    probes=_label_probes,
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "counts-from-one",
            lambda labels, K: np.eye(K)[labels - 1],
            "Each 1 stands one column too far to the left, and that of label 0 in the last column. The notes count "
            "classes from 1; here they count from 0, like columns.",
        ),
        (
            "one-too-far",
            lambda labels, K: np.eye(K)[(labels + 1) % K],
            "Each 1 stands one column too far to the right: labels count from 0, and so do columns.",
        ),
        (
            "transposed",
            lambda labels, K: np.eye(K)[labels].T,
            "Rows and columns are exchanged: one example a row, one class a column.",
        ),
        (
            "K-from-largest-label",
            lambda labels, K: np.eye(max(labels) + 1)[labels],
            "The number of columns was read off the largest label. A class that does not come in this batch has a "
            "column all the same: K says how many.",
        ),
        (
            "K-from-distinct-labels",
            lambda labels, K: np.equal.outer(labels, np.unique(labels)).astype(float),
            "There is a column for each label that comes, not for each class. K says how many classes there are.",
        ),
        (
            "extra-column",
            lambda labels, K: np.eye(K + 1)[labels],
            "There is a column too many: with labels from 0 to K − 1, K columns are enough.",
        ),
        (
            "zeros-and-ones-exchanged",
            lambda labels, K: 1 - np.eye(K)[labels],
            "0 and 1 are exchanged. Each row has a single 1, in the column of its label, and 0 elsewhere.",
        ),
        (
            "cumulative",
            _by_loop(_cumulative),
            "All columns up to the label are 1. Only the label's own column is: classes have no order.",
        ),
        (
            "whole-columns",
            _by_loop(_whole_columns),
            "Whole columns are 1: each example was given every label of the batch. An index for the rows is needed "
            "beside that for the columns, so that row i meets label i.",
        ),
        (
            "label-as-row",
            _by_loop(_whole_rows),
            "Whole rows are 1, those whose number is a label (and a label beyond the last row is an error). The label "
            "is the number of a column; an index for the rows, 0 to n − 1, is needed before it.",
        ),
        (
            "identity-of-n",
            lambda labels, K: np.eye(len(labels))[labels],
            "There is a column for each example, not for each class (and a label of n or more is an error): the table "
            "whose rows were taken has n of them. It needs a row for each of the K classes.",
        ),
        (
            "one-row-for-all",
            lambda labels, K: np.isin(np.arange(K), labels).astype(float),
            "One row came back, with a 1 for every label of the batch. Each example has a row of its own.",
        ),
        (
            "rows-by-label",
            _by_loop(_first_rows_only),
            "The row was chosen by the label instead of by the number of the example. Y_ic: row i is example i, and "
            "its label c chooses the column.",
        ),
        (
            "label-for-one",
            _by_loop(_value_for_one),
            "The label itself was written where a 1 belongs, so that label 0 left no trace. Y_ic is 1 in column c, "
            "whatever the label.",
        ),
        (
            "reversed-columns",
            lambda labels, K: np.eye(K)[K - 1 - labels],
            "The columns run backwards: label 0 came to stand in the last column. Y_ic is 1 where c is the label: "
            "column 0 for label 0.",
        ),
        (
            "minus-one-elsewhere",
            lambda labels, K: 2 * np.eye(K)[labels] - 1,
            "The other columns hold −1. A row of targets is a distribution over the classes: 0 elsewhere.",
        ),
        (
            "all-zeros",
            lambda labels, K: np.zeros((len(labels), K)),
            "All entries are 0: the 1 of each row was never written into the table that came back.",
        ),
        (
            "one-row-per-class",
            lambda labels, K: np.eye(K),
            "There is a row for each class. A row for each example is wanted, in the order of labels.",
        ),
        (
            "flat",
            lambda labels, K: np.eye(K)[labels].ravel(),
            "The numbers are right, but in one long row: shape (n, K) is wanted, one example a row.",
        ),
    ),
    variants=[
        lambda labels, K: np.eye(K)[labels],
        _by_loop(_fill),
        lambda labels, K: (labels[:, None] == np.arange(K)).astype(int),
        lambda labels, K: [[1 if c == label else 0 for c in range(K)] for label in labels],
    ],
)


# --- softmax_cross_entropy, softmax_delta ----------------------------------------------------------------------------


def _logits(rng, n, K):
    """Logits whose rows lie at different heights, and one-hot targets."""
    Z = 2 * rng.normal(size=(n, K)) + rng.normal(scale=3, size=(n, 1))
    return Z, data.one_hot(rng.integers(0, K, size=n), K)


def _logit_probes(rng):
    shapes_drawn = [
        (int(n), int(K)) for n, K in zip(rng.permutation([4, 7, 9]), rng.permutation([3, 5, 6]), strict=True)
    ]
    return [_logits(rng, n, K) for n, K in [*shapes_drawn, (1, 4)]]


_RIGHT_AND_SURE = (np.array([[1e4, -1e4, 0.0]]), np.array([[1.0, 0.0, 0.0]]))
_WRONG_AND_SURE = (np.array([[1e4, -1e4, 0.0]]), np.array([[0.0, 1.0, 0.0]]))
_ROWS_FAR_APART = (
    np.array([[1e4, 1e4 - 1, 1e4 - 2, 1e4 - 1.5], [-1e4, -1e4 + 1, -1e4 + 2, -1e4 + 0.5]]),
    np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]),
)


def _large_logits(rng):
    return [_RIGHT_AND_SURE, _WRONG_AND_SURE, _ROWS_FAR_APART]


_LOGIT_KINDS = _kinds(right=_RIGHT_AND_SURE, wrong=_WRONG_AND_SURE, apart=_ROWS_FAR_APART)


def _from_softmax(cost_of):
    """Build a mean cost of the softmax's outputs."""
    return lambda Z, Y: cost_of(softmax(Z), Y)


def _unshifted(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True)


def _shifted_by_everything(Z):
    return _unshifted(Z - Z.max())


def _by_row(Z):
    return Z - Z.max(axis=1, keepdims=True)


def _log_probabilities(top=True, total=True):
    """The mean cost, with an axis lost in the largest z or in the sum."""

    def cost(Z, Y):
        S = Z - Z.max(axis=1, keepdims=top)
        return -np.sum(Y * (S - np.log(np.exp(S).sum(axis=1, keepdims=total)))) / len(Z)

    return cost


def _chosen(A, Y):
    """Probability that each example gives its own class."""
    return A[np.arange(len(A)), Y.argmax(axis=1)]


def _loop_softmax_cost(Z, Y):
    total = 0.0
    for z, y in zip(Z, Y, strict=True):
        top = max(z)
        total += top + math.log(sum(math.exp(zj - top) for zj in z)) - sum(zj * yj for zj, yj in zip(z, y, strict=True))
    return total / len(Z)


SOFTMAX_CROSS_ENTROPY = Exercise(
    name="softmax_cross_entropy",
    lesson=LESSON,
    points=3,
    equation="C = −(1/n) Σ_i Σ_c y_ic ln a_ic, a_i = softmax(z_i), so that −ln a_c = ln Σ_j exp(z_j) − z_c",
    reference=costs.softmax_cross_entropy,
    probes=_logit_probes,
    telling_probes=lambda rng: [_logits(rng, 4, 4)],
    observe=_LOGIT_KINDS,
    requirements=[
        values(1.5),
        cases("logits of ±10⁴", 1, _large_logits),
        shapes(0.25, "a single number"),
        unchanged(0.25),
    ],
    mistakes=[
        *_mistakes(
            (
                "wrong-axis",
                lambda Z, Y: -np.sum(Y * log_softmax(Z.T).T) / len(Z),
                "The softmax ran down the columns, over the examples. The probabilities of the classes of one example have "
                "to sum to 1: that is a row.",
            ),
            (
                "whole-table",
                lambda Z, Y: -np.sum(Y * log_softmax(Z.ravel()).reshape(Z.shape)) / len(Z),
                "The softmax was taken over the whole table, so that all rows together sum to 1. Each row has a sum of its "
                "own.",
            ),
            (
                "sum-over-whole-table",
                lambda Z, Y: -np.sum(Y * (_by_row(Z) - np.log(np.sum(np.exp(_by_row(Z)))))) / len(Z),
                "The largest z was taken off row by row, but the sum of the exponentials runs over the whole table: every "
                "example pays for the classes of all. The sum needs its axis too.",
            ),
            (
                "maximum-not-kept",
                _log_probabilities(top=False),
                "A single example is right. The largest z of the rows came back as a flat vector and was laid along "
                "the rows: row i's maximum met column i. (With as many examples as classes, no error tells you so.) "
                "Keep the axis.",
            ),
            (
                "sum-not-kept",
                _log_probabilities(total=False),
                "A single example is right. The sums of the rows came back as a flat vector and were laid along the "
                "rows: row i's sum met column i. (With as many examples as classes, no error tells you so.) Keep the "
                "axis.",
            ),
            (
                "nothing-kept",
                _log_probabilities(top=False, total=False),
                "A single example is right. The largest z of the rows, and their sums, came back as flat vectors and "
                "were laid along the rows: row i's numbers met column i. (With as many examples as classes, no error "
                "tells you so.) Keep the axis in both.",
            ),
            (
                "shift-not-undone",
                lambda Z, Y: np.sum(Y * (np.log(np.exp(_by_row(Z)).sum(axis=1, keepdims=True)) - Z)) / len(Z),
                "Off by the largest z of each row: it was taken off in the sum, and not from z of the right class. ln "
                "a_c has the same z − m, m the largest, in both places.",
            ),
            (
                "base-two-in-sum",
                lambda Z, Y: np.sum(Y * (np.log2(np.exp(_by_row(Z)).sum(axis=1, keepdims=True)) - _by_row(Z))) / len(Z),
                "The logarithm of the sum has base 2, while z stands in base e: ln undoes exp, log₂ does not.",
            ),
            (
                "targets-left-out",
                lambda Z, Y: -np.mean(log_softmax(Z)),
                "The logarithms of the whole table were averaged: the labels play no part. In Σ_c y_ic ln a_ic the "
                "target picks one of them in each row.",
            ),
            (
                "targets-left-out-sum",
                lambda Z, Y: -np.sum(log_softmax(Z)) / len(Z),
                "The logarithms of all classes were added up as they are: the labels play no part. In Σ_c y_ic ln a_ic "
                "the target picks one of them in each row.",
            ),
            (
                "mean-over-classes",
                lambda Z, Y: -np.mean(Y * log_softmax(Z)),
                "The number is K times too small: a mean was taken over the whole table. The classes of an example are "
                "added up, the mean runs over the n examples.",
            ),
            (
                "sum-for-mean",
                lambda Z, Y: -np.sum(Y * log_softmax(Z)),
                "The number is n times too large: the examples were added up, and the 1/n in front of Σ_i is missing.",
            ),
            (
                "sign",
                lambda Z, Y: np.sum(Y * log_softmax(Z)) / len(Z),
                "The cost is negative: the logarithm of a probability is, and the minus in front is missing.",
            ),
            (
                "softmax-twice",
                lambda Z, Y: costs.softmax_cross_entropy(softmax(Z), Y),
                "The softmax was applied twice. Its outputs lie between 0 and 1, so the second one can never become sure, "
                "and the cost never gets near 0. Z holds weighted inputs.",
            ),
            (
                "base-two",
                lambda Z, Y: costs.softmax_cross_entropy(Z, Y) / np.log(2),
                "The number is 1/ln 2 ≈ 1.44 times too large: log₂ in place of ln.",
            ),
            (
                "binary-on-softmax",
                _from_softmax(lambda A, Y: -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / len(A)),
                "The binary cross-entropy was taken of the softmax's outputs: the terms with 1 − y have come in. With one "
                "distribution over K classes, only the right class's logarithm counts.",
            ),
            (
                "binary-on-logistic",
                lambda Z, Y: costs.logistic_cross_entropy(Z, Y),
                "This is the binary cross-entropy of K separate logistic outputs. Here the K outputs are one distribution, "
                "made by the softmax.",
            ),
            (
                "logistic-for-softmax",
                lambda Z, Y: np.sum(Y * np.logaddexp(0, -Z)) / len(Z),
                "The logistic function was used in place of the softmax, so that the z of the other classes play no "
                "part. In softmax(z) they all stand below the fraction.",
            ),
            (
                "logarithm-missing",
                _from_softmax(lambda A, Y: -np.sum(Y * A) / len(A)),
                "The probability of the right class was used itself. In −Σ_c y_ic ln a_ic its logarithm stands there.",
            ),
            (
                "quadratic",
                _from_softmax(lambda A, Y: np.sum((Y - A) ** 2) / 2 / len(A)),
                "This is the quadratic cost of the softmax's outputs. The cost here is the mean of −Σ_c y_ic ln a_ic: "
                "a logarithm, no square.",
            ),
            (
                "normaliser-missing",
                lambda Z, Y: -np.sum(Y * Z) / len(Z),
                "Only −z of the right class is left: the logarithm of the sum below the fraction is missing.",
            ),
            (
                "normaliser-missing-after-shift",
                lambda Z, Y: -np.sum(Y * _by_row(Z)) / len(Z),
                "Only −(z − m) of the right class is left: the shift prepares the logarithm of the sum, and that is still "
                "missing.",
            ),
            (
                "normaliser-alone",
                lambda Z, Y: np.mean(np.log(np.sum(np.exp(Z), axis=1))),
                "Only ln Σ exp(z) is left: the labels play no part. The logarithm of the fraction's upper part is missing.",
            ),
            (
                "exponent-sign",
                lambda Z, Y: costs.softmax_cross_entropy(-Z, Y),
                "The softmax was taken of −z: the largest z got the smallest probability. In −ln a_c the minus stands "
                "in front of the logarithm, not at z.",
            ),
            (
                "half",
                lambda Z, Y: costs.softmax_cross_entropy(Z, Y) / 2,
                "The number is half of what it should be. The ½ belongs to the quadratic cost: in front of Σ_i stands "
                "1/n.",
            ),
            (
                "one-per-example",
                lambda Z, Y: -np.sum(Y * log_softmax(Z), axis=1),
                "A number for each example came back. The cost of the batch is their mean, (1/n) Σ_i: a single number.",
            ),
            (
                "logits-as-probabilities",
                lambda Z, Y: -np.sum(Y * np.log(Z)) / len(Z),
                "The logarithm was taken of z itself, which can be negative: nan. Z holds weighted inputs; probabilities "
                "come out of the softmax.",
            ),
            (
                "unshifted",
                lambda Z, Y: -np.sum(Y * np.log(_unshifted(Z))) / len(Z),
                "Moderate logits are right, large ones give nan: exp overflows. Subtracting one number from all z of a row "
                "changes no quotient of the softmax; choose it so that no exponent is positive.",
            ),
            (
                "unshifted-log-sum",
                lambda Z, Y: np.mean(np.log(np.exp(Z).sum(axis=1)) - (Z * Y).sum(axis=1)),
                "Moderate logits are right; with large ones exp overflows inside the sum, and underflows to ln 0 with very "
                "negative ones. What can be taken out of ln Σ exp(z) before anything is exponentiated?",
            ),
            (
                "shifted-by-whole-table",
                lambda Z, Y: -np.sum(np.where(Y > 0, np.log(_shifted_by_everything(Z)), 0)) / len(Z),
                "A row far below the largest number of the table comes out as nan: its exponentials are all 0. Each row has "
                "its own maximum to subtract.",
            ),
            (
                "log-sum-shifted-by-whole-table",
                lambda Z, Y: np.mean(np.log(np.exp(Z - Z.max()).sum(axis=1)) - ((Z - Z.max()) * Y).sum(axis=1)),
                "A row far below the largest number of the table comes out as −inf: its exponentials are all 0. Each row has "
                "its own maximum to subtract.",
            ),
            (
                "log-probabilities-shifted-by-whole-table",
                lambda Z, Y: (
                    -np.sum(Y * (Z - Z.max() - np.log(np.exp(Z - Z.max()).sum(axis=1, keepdims=True)))) / len(Z)
                ),
                "A row far below the largest number of the table comes out as nan: its exponentials are all 0, and their "
                "logarithm is −∞. Each row has its own maximum to subtract.",
            ),
            (
                "tiny-number-added",
                lambda Z, Y: -np.sum(Y * np.log(softmax(Z) + 1e-12)) / len(Z),
                "A small number was added before the logarithm: a network that is very sure and wrong pays a fixed "
                "price, and one that is sure and right pays a little less than nothing. Write ln a_c with z, by the "
                "equation: then the true cost comes out, however large.",
            ),
            (
                "logarithm-of-softmax-nan",
                lambda Z, Y: -np.sum(Y * np.log(softmax(Z))) / len(Z),
                "Nothing overflows any more, but a probability that has become 0 makes 0 · ln 0, and that is nan, even for a "
                "class that is not the right one. Do not compute the probability first: write its logarithm with z.",
            ),
            (
                "logarithm-of-softmax-inf",
                lambda Z, Y: -np.mean(np.log(_chosen(softmax(Z), Y))),
                "Where the right class is given a probability that has become 0, the cost is inf, but it is large and "
                "finite: ln a_c written with z does not need a_c itself. Take the logarithm on paper before exponentiating.",
            ),
            (
                "clipped",
                lambda Z, Y: -np.mean(np.log(np.clip(_chosen(softmax(Z), Y), 1e-12, 1))),
                "A network that is very sure and wrong pays a fixed price: a was clipped, or a tiny number was added, "
                "before the logarithm. Write ln a_c with z, by the equation: then the true cost comes out, however "
                "large.",
            ),
        ),
        Mistake(
            "targets-as-index",
            lambda Z, Y: -np.mean(log_softmax(Z)[Y]),
            "Y was used as an index, and it holds no positions: it is one-hot. Multiply by it, so that one class of each "
            "row is left.",
            telling_failure=True,
        ),
    ],
    variants=[
        _loop_softmax_cost,
        lambda Z, Y: float(np.mean(np.logaddexp.reduce(Z, axis=1) - np.einsum("ic,ic->i", Z, Y))),
        lambda Z, Y: (lambda S: np.array(np.sum(Y * (np.log(np.exp(S).sum(axis=1, keepdims=True)) - S)) / len(S)),)[0](
            Z - Z.max(axis=1, keepdims=True)
        ),
        lambda Z, Y: -np.mean(log_softmax(Z)[np.arange(len(Z)), np.argmax(Y, axis=1)]),
    ],
)


def _softmax_by_row(top=True, total=True):
    """The softmax, with an axis lost in the largest z or in the sum."""

    def wrong(Z):
        powers = np.exp(Z - Z.max(axis=1, keepdims=top))
        return powers / powers.sum(axis=1, keepdims=total)

    return wrong


def _minus_targets(softmax_of):
    return lambda Z, Y: softmax_of(Z) - Y


SOFTMAX_DELTA = Exercise(
    name="softmax_delta",
    lesson=LESSON,
    derivative_of="the cost, by z",
    points=2,
    equation="δ_ik = ∂C_i/∂z_ik = Σ_c ∂C_i/∂a_ic · ∂a_ic/∂z_ik, with C_i = −Σ_c y_ic ln a_ic",
    reference=costs.softmax_delta,
    probes=_logit_probes,
    telling_probes=lambda rng: [_logits(rng, 4, 4)],
    observe=_LOGIT_KINDS,
    requirements=[
        values(1.25),
        cases("logits of ±10⁴", 0.25, _large_logits),
        shapes(0.25),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "divided-by-n",
            lambda Z, Y: costs.softmax_delta(Z, Y) / len(Z),
            "Every δ is n times too small: 1/n is in it. Here each row is the derivative of that example's own cost; the "
            "mean is taken when the gradients are put together.",
        ),
        (
            "divided-by-K",
            lambda Z, Y: costs.softmax_delta(Z, Y) / Z.shape[1],
            "Every δ is K times too small. The classes of an example are added up, not averaged.",
        ),
        (
            "sign",
            lambda Z, Y: -costs.softmax_delta(Z, Y),
            "Every δ has the right size and the wrong sign. A larger z of the right class makes the cost smaller, so its "
            "δ is negative.",
        ),
        (
            "diagonal-only",
            lambda Z, Y: -Y * (1 - softmax(Z)),
            "The right class is right, all others have δ = 0: only ∂a_k/∂z_k was used. Each a_c of a softmax depends on "
            "every z_k; the terms c ≠ k belong to the sum.",
        ),
        (
            "off-diagonal-sign",
            lambda Z, Y: softmax_backward(softmax(Z), -Y / softmax(Z)) * np.where(Y == 1, 1, -1),
            "The right class is right, the others have the wrong sign: ∂a_c/∂z_k is negative for c ≠ k. Who gains a "
            "larger share takes it from the others.",
        ),
        (
            "sigma-prime-kept",
            lambda Z, Y: (softmax(Z) - Y) * softmax(Z) * (1 - softmax(Z)),
            "A factor a(1 − a) is there too much. With softmax and cross-entropy everything of that kind cancels, as it "
            "did for the logistic neuron.",
        ),
        (
            "quadratic",
            lambda Z, Y: softmax_backward(softmax(Z), softmax(Z) - Y),
            "This is δ of the quadratic cost behind a softmax. The cost here is C_i = −Σ_c y_ic ln a_ic: differentiate "
            "that.",
        ),
        (
            "dC-da",
            lambda Z, Y: -Y / softmax(Z),
            "This is ∂C/∂a: the step through the softmax is missing. In Σ_c ∂C_i/∂a_ic · ∂a_ic/∂z_ik the second factor "
            "leads from a to z.",
        ),
        (
            "wrong-axis",
            _minus_targets(lambda Z: softmax(Z.T).T),
            "The softmax ran down the columns, over the examples: the columns of probabilities sum to 1, not the rows. "
            "An example is a row.",
        ),
        (
            "whole-table",
            _minus_targets(lambda Z: softmax(Z.ravel()).reshape(Z.shape)),
            "The softmax was taken over the whole table, so that all rows together sum to 1. Each row is an example, "
            "and sums to 1 by itself.",
        ),
        (
            "logistic-for-softmax",
            _minus_targets(logistic),
            "σ was applied to each z by itself: that is δ of K separate logistic outputs. The softmax divides by the sum "
            "over the row.",
        ),
        (
            "logits-minus-targets",
            lambda Z, Y: Z - Y,
            "The targets were subtracted from z. What is compared with them is the probability, softmax(z).",
        ),
        (
            "targets-left-out",
            lambda Z, Y: softmax(Z),
            "These are the probabilities: the labels play no part. Look at the term c = k of the sum.",
        ),
        (
            "magnitude",
            lambda Z, Y: np.abs(softmax(Z) - Y),
            "No δ is negative, so no z would ever be raised. That of the right class has to be: a larger z there makes "
            "the cost smaller. (The δ of an example sum to 0.)",
        ),
        (
            "factor-two",
            lambda Z, Y: 2 * (softmax(Z) - Y),
            "Every δ is twice too large: a 2 has come in as from a square, and there is none in −Σ_c y_ic ln a_ic.",
        ),
        (
            "softmax-twice",
            _minus_targets(lambda Z: softmax(softmax(Z))),
            "The softmax was applied twice: the probabilities of a row hardly differ. Z holds weighted inputs.",
        ),
        (
            "maximum-not-kept",
            _minus_targets(_softmax_by_row(top=False)),
            "A single example is right. The largest z of the rows came back as a flat vector and was laid along the "
            "rows: row i's maximum met column i. (With as many examples as classes, no error tells you so.) Keep the "
            "axis.",
        ),
        (
            "sum-not-kept",
            _minus_targets(_softmax_by_row(total=False)),
            "A single example is right. The sums of the rows came back as a flat vector: row i's sum met column i in "
            "the division. (With as many examples as classes, no error tells you so.) Keep the axis.",
        ),
        (
            "nothing-kept",
            _minus_targets(_softmax_by_row(top=False, total=False)),
            "A single example is right. The largest z of the rows, and their sums, came back as flat vectors and were "
            "laid along the rows. (With as many examples as classes, no error tells you so.) Keep the axis in both.",
        ),
        (
            "sum-over-whole-table",
            _minus_targets(lambda Z: np.exp(_by_row(Z)) / np.sum(np.exp(_by_row(Z)))),
            "The largest z was taken off row by row, but the sum of the exponentials runs over the whole table. The "
            "probabilities of each row sum to 1: the sum needs its axis too.",
        ),
        (
            "plus",
            lambda Z, Y: softmax(Z) + Y,
            "The targets were added. Follow the sign of −y_k through the last line of the derivation.",
        ),
        (
            "averaged-over-examples",
            lambda Z, Y: np.mean(softmax(Z) - Y, axis=0),
            "The examples were averaged to one row. δ_ik is ∂C_i/∂z_ik of each example i: they come together in dW and "
            "db only.",
        ),
        (
            "targets-inside",
            lambda Z, Y: softmax(Z - Y),
            "The targets were taken off before the softmax, from z. They are compared with the probabilities: the softmax "
            "comes first.",
        ),
        (
            "summed-over-examples",
            lambda Z, Y: np.sum(softmax(Z) - Y, axis=0),
            "The examples were added up to one row. δ_ik is ∂C_i/∂z_ik of each example i: they come together in dW and "
            "db only.",
        ),
        (
            "unshifted",
            _minus_targets(_unshifted),
            "Moderate logits are right, large ones give nan: exp overflows. Subtract the largest z of each row first; "
            "no quotient changes.",
        ),
        (
            "shifted-by-whole-table",
            _minus_targets(_shifted_by_everything),
            "A row far below the largest number of the table comes out as nan: its exponentials are all 0. Subtract "
            "each row's own maximum.",
        ),
        (
            "factors-multiplied",
            lambda Z, Y: softmax_backward(softmax(Z), -Y / softmax(Z)),
            "Moderate logits are right; where a probability has become 0, the result is nan, because it was divided by. "
            "Let the factors cancel on paper and compute what is left.",
        ),
    ),
    variants=[
        _minus_targets(softmax),
        lambda Z, Y: [
            [math.exp(zj - max(z)) / sum(math.exp(zi - max(z)) for zi in z) - yj for zj, yj in zip(z, y, strict=True)]
            for z, y in zip(Z, Y, strict=True)
        ],
        lambda Z, Y: np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - Y,
        lambda Z, Y: np.array([softmax(z) - y for z, y in zip(Z, Y, strict=True)]),
    ],
)


# --- backprop_cross_entropy ------------------------------------------------------------------------------------------


def _cross_entropy_probes(rng, draw=None):
    found = []
    for depth in (3, 2, 1):
        widths = draw(depth) if draw else probes.sizes(rng, depth + 1, low=3)
        n = 4 if draw else next(int(n) for n in rng.permutation(np.arange(2, 10)) if n not in widths)
        layers, X, _ = probes.batch(rng, widths, n)
        found.append((layers, X, rng.integers(0, 2, size=(n, widths[-1])).astype(float)))
    if not draw:
        layers, X, _ = probes.batch(rng, [4, 5, 3], 1)
        found.append((layers, X, np.array([[1.0, 0.0, 1.0]])))
    return found


def _saturated_networks(rng):
    layers = [(np.array([[0.5, -1.0], [1.5, 0.3], [-0.4, 0.8]]), np.array([0.2, -0.1, 0.4]))]
    layers.append((np.array([[1.0, -2.0, 0.5], [0.3, 0.4, -0.6]]), np.array([60.0, -1000.0])))
    return [(layers, np.array([[1.0, 0.5], [-0.3, 2.0], [0.1, 0.2], [0.7, -1.0]]), np.array([[0.0, 1.0]] * 4))]


def _hidden(layers, index, delta, zs, activations):
    return delta @ layers[index][0] * logistic_prime(zs[index - 1])


def _gradient_pair(index, delta, zs, activations):
    return delta.T @ activations[index] / len(delta), delta.mean(axis=0)


def _backward(output=_error, step=_hidden, pair=_gradient_pair, stop=0, change=lambda gradients, X: gradients):
    """Build a backprop_cross_entropy, each part of which can be replaced by a wrong one."""

    def gradients_of(layers, X, Y):
        zs, activations = forward(layers, X)
        delta = output(activations[-1], Y, zs[-1])
        gradients = []
        for index in reversed(range(len(layers))):
            gradients.append(pair(index, delta, zs, activations))
            if index > stop:
                delta = step(layers, index, delta, zs, activations)
        return change(gradients[::-1], X)

    return gradients_of


def _scaled(weights, biases):
    """Multiply the gradients of weights and biases by numbers that depend on n."""
    return lambda gradients, X: [(dW * weights(len(X)), db * biases(len(X))) for dW, db in gradients]


def _stops_early(layers, X, Y):
    gradients = _backward()(layers, X, Y)
    return [(np.zeros_like(dW), np.zeros_like(db)) for dW, db in gradients[:1] if len(gradients) > 1] + gradients[
        len(gradients) > 1 :
    ]


def _loop_backprop(layers, X, Y):
    total = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for x, y in zip(X, Y, strict=True):
        activations = [x]
        for W, b in layers:
            activations.append(1 / (1 + np.exp(-(W @ activations[-1] + b))))
        delta = activations[-1] - y
        for level in range(len(layers) - 1, -1, -1):
            total[level][0][...] += np.outer(delta, activations[level]) / len(X)
            total[level][1][...] += delta / len(X)
            delta = layers[level][0].T @ delta * activations[level] * (1 - activations[level])
    return total


def _einsum_backprop(layers, X, Y):
    zs, activations = forward(layers, X)
    delta, gradients = (activations[-1] - Y) / len(X), []
    for level in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (np.einsum("nk,nj->kj", delta, activations[level]), np.einsum("nk->k", delta)))
        if level:
            delta = np.einsum("nk,kj,nj->nj", delta, layers[level][0], logistic_prime(zs[level - 1]))
    return tuple(gradients)


def _column_backprop(layers, X, Y):
    """One example a column, as much of the literature has it."""
    activations = [X.T]
    for W, b in layers:
        activations.append(logistic(W @ activations[-1] + b[:, None]))
    D, gradients = activations[-1] - Y.T, []
    for (W, _), A in zip(layers[::-1], activations[-2::-1], strict=True):
        gradients.append([D @ A.T / X.shape[0], D.mean(axis=1)])
        D = W.T @ D * A * (1 - A)
    return gradients[::-1]


BACKPROP_CROSS_ENTROPY = Exercise(
    name="backprop_cross_entropy",
    lesson=LESSON,
    derivative_of="the cost",
    points=3,
    equation="δ^L = a^L − y, δ^ℓ = (W^(ℓ+1))ᵀ δ^(ℓ+1) · σ′(z^ℓ); ∂C/∂W^ℓ = (1/n) Σ_i δ_i^ℓ (a_i^(ℓ−1))ᵀ, "
    "∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ",
    reference=lambda layers, X, Y: backprop(layers, X, Y, cost="binary cross-entropy"),
    probes=_cross_entropy_probes,
    telling_probes=lambda rng: _cross_entropy_probes(rng, lambda depth: [4] * (depth + 1)),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    observe=_kinds(saturated=_saturated_networks(None)[0]),
    requirements=[
        values(2),
        cases("saturated outputs", 0.5, _saturated_networks),
        shapes(0.25),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "sigma-prime-kept",
            _backward(lambda a, y, z: (a - y) * logistic_prime(z)),
            "At the output σ′(z^L) is still there: these are the gradients of the slides' quadratic cost. With the "
            "cross-entropy that factor cancels, in the last layer only.",
        ),
        (
            "lecture-quadratic",
            _backward(lambda a, y, z: 2 * (a - y) * logistic_prime(z)),
            "These are lesson 3's gradients, of Σ(y − a)²: the base case has not been changed to the new cost.",
        ),
        (
            "sigma-prime-missing-hidden",
            _backward(step=lambda layers, i, d, zs, a: d @ layers[i][0]),
            "The output layer is right; below it σ′ is missing. It cancels against the cost at the output. A hidden "
            "layer has no cost behind it, and keeps its σ′(z^ℓ).",
        ),
        (
            "sigma-prime-only-at-the-output",
            _backward(lambda a, y, z: (a - y) * logistic_prime(z), step=lambda layers, i, d, zs, a: d @ layers[i][0]),
            "σ′ stands at the output, where it cancels, and is missing in the hidden layers, where it belongs: just the "
            "other way round.",
        ),
        (
            "uncancelled",
            _backward(lambda a, y, z: (a - y) / (a * (1 - a))),
            "The recursion starts from ∂C/∂a^L, which is 1/σ′ times too large. δ is ∂C/∂z: multiply by the slope, and "
            "see what cancels.",
        ),
        (
            "factors-multiplied",
            _backward(lambda a, y, z: (a - y) / (a * (1 - a)) * (a * (1 - a))),
            "Ordinary outputs are right; where one has become exactly 0 or 1, everything is nan: the two factors were "
            "multiplied as numbers, and one of them divides by 0. Start from what is left after cancelling.",
        ),
        (
            "sign",
            _backward(lambda a, y, z: y - a),
            "Every gradient has the wrong sign, in all layers: δ^L was taken as y − a. The recursion hands its sign "
            "on, so look at the output.",
        ),
        (
            "factor-two",
            _backward(lambda a, y, z: 2 * (a - y)),
            "Every gradient is twice too large: the 2 of the square has stayed, but there is no square in this cost.",
        ),
        (
            "magnitude",
            _backward(lambda a, y, z: np.abs(a - y)),
            "The output errors have lost their signs. Where a is too small, δ^L = a^L − y is negative: look for an "
            "absolute value.",
        ),
        (
            "z-for-a",
            _backward(lambda a, y, z: z - y),
            "The output error was taken as z^L − y. In δ^L = a^L − y stands the network's output, a^L = σ(z^L).",
        ),
        (
            "softmax-output",
            _backward(lambda a, y, z: softmax(z) - y),
            "The outputs were put through a softmax. Here each output is a logistic unit with a binary cross-entropy of "
            "its own, and they are added up.",
        ),
        (
            "sum-for-mean",
            _backward(change=_scaled(lambda n: n, lambda n: n)),
            "Every gradient is n times too large: the examples were added up, and the 1/n in front of Σ_i is missing.",
        ),
        (
            "mean-for-weights-only",
            _backward(change=_scaled(lambda n: 1, lambda n: n)),
            "The weights' gradients are right, the biases' are n times too large: the 1/n reached dW only. It stands "
            "in front of both sums.",
        ),
        (
            "mean-for-biases-only",
            _backward(change=_scaled(lambda n: n, lambda n: 1)),
            "The biases' gradients are right, the weights' are n times too large: the 1/n reached db only. A product "
            "over the rows of a batch adds the examples up.",
        ),
        (
            "mean-twice",
            _backward(change=_scaled(lambda n: 1 / n, lambda n: 1 / n)),
            "Every gradient is n times too small: 1/n comes in twice. Take the mean in one place, in δ or at the end.",
        ),
        (
            "mean-in-each-layer",
            _backward(
                output=lambda a, y, z: (a - y) / len(a),
                step=lambda layers, i, d, zs, a: _hidden(layers, i, d, zs, a) / len(d),
                pair=lambda i, d, zs, a: (d.T @ a[i], d.sum(axis=0)),
            ),
            "The output layer is right, each layer below is another n times too small: 1/n stands in the induction step, "
            "where it comes in again and again.",
        ),
        (
            "mean-over-outputs",
            _backward(lambda a, y, z: (a - y) / a.shape[1]),
            "Every gradient is divided by the number of outputs. The binary cross-entropies of an example's outputs are "
            "added up.",
        ),
        (
            "no-transpose",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0].T * logistic_prime(zs[i - 1]),
            ),
            "On the way back the weights were used as on the way forward. In (W^(ℓ+1))ᵀ δ^(ℓ+1) unit j collects from "
            "all units k that it feeds: look at which index of w_kj is summed. (Where all layers are equally wide, no "
            "error tells you so.)",
        ),
        (
            "weights-of-wrong-layer",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i - 1][0] * logistic_prime(zs[i - 1]),
            ),
            "On the way back δ of layer ℓ+1 was sent through the weights of layer ℓ. It has to pass those it came "
            "through on the way forward, W^(ℓ+1): layers[0] is layer 1. (Where all layers are equally wide, no error "
            "tells you so.)",
        ),
        (
            "sigma-prime-of-next-layer",
            _backward(
                step=lambda layers, i, d, zs, a: (d * logistic_prime(zs[i])) @ layers[i][0],
            ),
            "The output layer is right; in the hidden layers σ′ of the layer above was used. In δ^ℓ = (W^(ℓ+1))ᵀ "
            "δ^(ℓ+1) · σ′(z^ℓ) it is that of the layer that δ is computed for.",
        ),
        (
            "sigma-prime-of-a-hidden",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(a[i]),
            ),
            "The output layer is right; in the hidden layers σ′ was evaluated at the activation, where it is wanted at z.",
        ),
        (
            "slope-of-layer-above",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0] * a[i + 1] * (1 - a[i + 1]),
            ),
            "In the hidden layers, what came back through the weights was multiplied by a(1 − a) of the layer above. "
            "It belongs to the layer that δ is computed for. (Where all layers are equally wide, no error tells you "
            "so.)",
        ),
        (
            "slope-of-layer-below",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0] * a[i - 1] * (1 - a[i - 1]),
            ),
            "In the hidden layers, what came back through the weights was multiplied by a(1 − a) of the layer below. "
            "It belongs to the layer that δ is computed for: mind that activations begins with x. (Where all layers "
            "are equally wide, no error tells you so.)",
        ),
        (
            "sigma-prime-of-layer-below",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(zs[i - 2]),
            ),
            "In the hidden layers σ′ was taken at the z of the layer below. It belongs to the layer that δ is computed "
            "for: zs begins with z¹, activations with x. (Where all layers are equally wide, no error tells you so.)",
        ),
        (
            "sigma-for-sigma-prime",
            _backward(step=lambda layers, i, d, zs, a: d @ layers[i][0] * a[i]),
            "The output layer is right; in the hidden layers δ was multiplied by a^ℓ = σ(z^ℓ). What belongs there is "
            "the slope of σ, σ′(z^ℓ).",
        ),
        (
            "z-for-sigma-prime",
            _backward(step=lambda layers, i, d, zs, a: d @ layers[i][0] * zs[i - 1]),
            "The output layer is right; in the hidden layers δ was multiplied by z^ℓ. What differentiating a^ℓ = "
            "σ(z^ℓ) leaves is the slope σ′(z^ℓ).",
        ),
        (
            "hidden-divided",
            _backward(
                step=lambda layers, i, d, zs, a: d @ layers[i][0] / logistic_prime(zs[i - 1]),
            ),
            "The output layer is right; in the hidden layers δ was divided by σ′. The denominator a(1 − a) comes from "
            "the cost, which the output layer alone touches: the induction step multiplies.",
        ),
        (
            "x-at-every-layer",
            _backward(
                pair=lambda i, d, zs, a: (d.T @ a[0] / len(d), d.mean(axis=0)),
            ),
            "Every layer's gradient was built with the network's input x. The input of layer ℓ is a^(ℓ−1).",
        ),
        (
            "own-activation",
            _backward(
                pair=lambda i, d, zs, a: (d.T @ a[i + 1] / len(d), d.mean(axis=0)),
            ),
            "dW of layer ℓ was built with a^ℓ, the layer's own activations. Its weights multiply a^(ℓ−1).",
        ),
        (
            "stops-early",
            _stops_early,
            "The gradients of layer 1 are 0: the way back stops one layer early. δ^ℓ is needed down to ℓ = 1: look at "
            "where your loop ends.",
        ),
        (
            "weights-only",
            _backward(change=lambda gradients, X: [dW for dW, _ in gradients]),
            "One array a layer came back, ∂C/∂W. The biases have gradients as well: each layer has a pair, the weights' "
            "first.",
        ),
        (
            "deltas-only",
            _backward(pair=lambda i, d, zs, a: d),
            "One table a layer came back, δ^ℓ with a row for each example. Two steps are left: ∂C/∂W^ℓ and ∂C/∂b^ℓ are "
            "means over these rows, the first with a^(ℓ−1) beside δ^ℓ.",
        ),
        (
            "reversed",
            lambda layers, X, Y: _backward()(layers, X, Y)[::-1],
            "The gradients stand in the order in which the way back finds them. The list begins with layer 1.",
        ),
        (
            "last-example-only",
            lambda layers, X, Y: _backward()(layers, X[-1:], Y[-1:]),
            "These are the gradients of the last example alone: each turn of the loop replaces what the turn before "
            "found. The examples are added up, Σ_i.",
        ),
        (
            "first-example-only",
            lambda layers, X, Y: _backward()(layers, X[:1], Y[:1]),
            "These are the gradients of the first example alone. Does a return stand inside the loop?",
        ),
        (
            "db-not-averaged",
            _backward(pair=lambda i, d, zs, a: (d.T @ a[i] / len(d), d / len(d))),
            "db still has a row for each example, each divided by n. In ∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ the sum over the "
            "examples is missing.",
        ),
        (
            "db-wrong-axis",
            _backward(pair=lambda i, d, zs, a: (d.T @ a[i] / len(d), d.sum(axis=1) / len(d))),
            "db was summed along the wrong axis, over the units, and divided by n: it has a number for each example, "
            "where each unit has one. Σ_i runs over the examples, the rows.",
        ),
        (
            "db-per-example",
            _backward(pair=lambda i, d, zs, a: (d.T @ a[i] / len(d), d)),
            "db is the whole table of δ, a row for each example. In ∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ the mean over the "
            "examples makes one row of it.",
        ),
        (
            "db-mean-wrong-axis",
            _backward(pair=lambda i, d, zs, a: (d.T @ a[i] / len(d), d.mean(axis=1))),
            "db was averaged along the wrong axis, over the units: it has a number for each example, where each unit "
            "has one. The mean runs over the examples, the rows.",
        ),
        (
            "db-one-number",
            _backward(pair=lambda i, d, zs, a: (d.T @ a[i] / len(d), np.mean(d))),
            "db is one number a layer. Each unit keeps its own: the mean is over the examples.",
        ),
        (
            "transposed",
            _backward(change=lambda gradients, X: [(dW.T, db) for dW, db in gradients]),
            "Each ∂C/∂W is the transpose of what it should be. In δ_i (a_i)ᵀ the units of the layer run down the rows, "
            "as in W.",
        ),
    ),
    variants=[_loop_backprop, _einsum_backprop, _column_backprop],
)


# --- neuron_race -----------------------------------------------------------------------------------------------------


def _deltas(a, y, z, cost):
    return (a - y) * logistic_prime(z) if cost == "quadratic" else a - y


def _race(
    delta_of=_deltas,
    update=lambda w, b, delta, x, eta: (w - eta * delta * x, b - eta * delta),
    record=lambda activations: activations,
):
    """Build a neuron_race, each part of which can be replaced by a wrong one."""

    def race(w, b, x, y, eta, steps, cost):
        activations = [float(logistic(w * x + b))]
        for _ in range(steps):
            z = w * x + b
            w, b = update(w, b, delta_of(logistic(z), y, z, cost), x, eta)
            activations.append(float(logistic(w * x + b)))
        return np.array(record(activations))

    return race


def _linear_race(slope):
    """A race of a neuron whose activation was forgotten: a = z."""

    def race(w, b, x, y, eta, steps, cost):
        activations = [w * x + b]
        for _ in range(steps):
            a = activations[-1]
            delta = (a - y) * (slope(a) if cost == "quadratic" else 1)
            w, b = w - eta * delta * x, b - eta * delta
            activations.append(w * x + b)
        return np.array(activations)

    return race


def _updated_one_by_one(w, b, x, y, eta, steps, cost):
    activations = [logistic(w * x + b)]
    for _ in range(steps):
        w = w - eta * _deltas(logistic(w * x + b), y, w * x + b, cost) * x
        b = b - eta * _deltas(logistic(w * x + b), y, w * x + b, cost)
        activations.append(logistic(w * x + b))
    return np.array(activations)


def _first_gradient_kept(w, b, x, y, eta, steps, cost):
    z = w * x + b
    delta = _deltas(logistic(z), y, z, cost)
    return np.array([logistic((w - t * eta * delta * x) * x + b - t * eta * delta) for t in range(steps + 1)])


def _without_bias(w, b, x, y, eta, steps, cost):
    activations = [logistic(w * x)]
    for _ in range(steps):
        w = w - eta * _deltas(activations[-1], y, w * x, cost) * x
        activations.append(logistic(w * x))
    return np.array(activations)


def _first_error_kept(w, b, x, y, eta, steps, cost):
    error = logistic(w * x + b) - y
    return _race(lambda a, y, z, cost: error * (logistic_prime(z) if cost == "quadratic" else 1))(
        w, b, x, y, eta, steps, cost
    )


def _race_probes(rng):
    found = []
    for cost in ("quadratic", "cross-entropy"):
        for y in (0.0, 1.0):
            w, b = rng.normal(size=2) + np.array([1.0, 0.4])
            found.append((float(w), float(b), float(rng.uniform(0.6, 1.8)), y, float(rng.uniform(0.2, 0.6)), 12, cost))
        found.append((2.0, 2.0, float(rng.uniform(0.7, 1.4)), 0.0, 0.15, 25, cost))
    return found


def _no_steps(rng):
    return [(0.6, 0.9, 1.0, 0.0, 0.15, 0, cost) for cost in ("quadratic", "cross-entropy")]


def _preallocated_race(w, b, x, y, eta, steps, cost):
    a = np.empty(steps + 1)
    for t in range(steps + 1):
        a[t] = 1 / (1 + np.exp(-(w * x + b)))
        slope = {"quadratic": a[t] * (1 - a[t]), "cross-entropy": 1.0}[cost]
        w -= eta * (a[t] - y) * slope * x
        b -= eta * (a[t] - y) * slope
    return a


def _race_in_z(w, b, x, y, eta, steps, cost):
    """Follow z alone, which moves by −η δ (x² + 1)."""
    z, activations = w * x + b, []
    for _ in range(steps + 1):
        a = 1 / (1 + math.exp(-z))
        activations.append(a)
        z -= eta * (a - y) * (a * (1 - a) if cost == "quadratic" else 1) * (x * x + 1)
    return activations


def _race_by_backprop(w, b, x, y, eta, steps, cost):
    name = {"quadratic": "slides", "cross-entropy": "binary cross-entropy"}[cost]
    W, bias, activations = np.array([[w]]), np.array([b]), []
    for _ in range(steps + 1):
        activations.append(predict([(W, bias)], np.array([x])))
        [(dW, db)] = backprop([(W, bias)], np.array([x]), np.array([y]), cost=name)
        W, bias = W - eta * dW, bias - eta * db
    return np.concatenate(activations)


_QUADRATIC_RUNS, _CROSS_ENTROPY_RUNS = (0, 1, 2), (3, 4, 5)

NEURON_RACE = Exercise(
    name="neuron_race",
    lesson=LESSON,
    points=2,
    equation="a = σ(wx + b); w ← w − η δ x, b ← b − η δ, with δ = (a − y) σ′(z) for ½(y − a)² and δ = a − y for the "
    "cross-entropy",
    reference=_race(),
    probes=_race_probes,
    requirements=[
        values(0.5, "the quadratic cost", _QUADRATIC_RUNS),
        values(1, "the cross-entropy", _CROSS_ENTROPY_RUNS),
        cases("no step at all", 0.25, _no_steps),
        shapes(0.25, "steps + 1 activations"),
    ],
    mistakes=_mistakes(
        (
            "sigma-prime-kept",
            _race(lambda a, y, z, cost: (a - y) * logistic_prime(z)),
            "The quadratic neuron is right; the other one runs exactly like it: σ′(z) was kept, or the choice of the "
            "cost has no effect. With the cross-entropy, δ is what is left after cancelling.",
        ),
        (
            "sigma-prime-missing",
            _race(lambda a, y, z, cost: a - y),
            "The cross-entropy neuron is right; the quadratic one runs exactly like it: σ′(z) is missing in its δ, or its "
            "branch is never reached: the word is exactly “quadratic”.",
        ),
        (
            "error-of-z",
            _race(lambda a, y, z, cost: (z - y) * (logistic_prime(z) if cost == "quadratic" else 1)),
            "The start is right, the way is not: the error was taken as z − y. The neuron's output is a = σ(z).",
        ),
        (
            "first-error-kept",
            _first_error_kept,
            "The first step is right; after it the error a − y stays what it was at the start. It was computed once, "
            "before the loop, and changes with every step.",
        ),
        (
            "activation-missing",
            _linear_race(lambda z: logistic_prime(z)),
            "The neuron is linear: z itself was taken for a. a = σ(z), in what is written down and in the error.",
        ),
        (
            "activation-missing-in-slope-too",
            _linear_race(lambda z: z * (1 - z)),
            "The neuron is linear: z itself was taken for a, also in a(1 − a). First a = σ(z), then everything else.",
        ),
        (
            "costs-exchanged",
            _race(lambda a, y, z, cost: _deltas(a, y, z, "cross-entropy" if cost == "quadratic" else "quadratic")),
            "The two neurons are exchanged: the one called quadratic has no σ′(z) in its δ, the other has it. Which "
            "cost keeps σ′(z)?",
        ),
        (
            "lecture-factor-two",
            _race(lambda a, y, z, cost: _deltas(a, y, z, cost) * (2 if cost == "quadratic" else 1)),
            "Each step of the quadratic neuron is twice too long: that is the lecture's cost (y − a)². The race runs "
            "with the slides' ½ in front.",
        ),
        (
            "factor-two",
            _race(lambda a, y, z, cost: 2 * _deltas(a, y, z, cost)),
            "Each step of both neurons is twice too long: a factor 2 is in δ that neither cost leaves there.",
        ),
        (
            "published-demo",
            _race(lambda a, y, z, cost: (a - y) * logistic_prime(z) if cost == "quadratic" else 1 / (1 - a)),
            "The cross-entropy neuron moves with 1/(1 − a), whatever its target: the δ of the published demo, which is "
            "∂C/∂a for y = 0. The step from a to z is missing.",
        ),
        (
            "uncancelled",
            _race(
                lambda a, y, z, cost: (a - y) * logistic_prime(z) if cost == "quadratic" else (a - y) / (a * (1 - a))
            ),
            "Each step of the cross-entropy neuron is 1/σ′(z) times too long: it moves with ∂C/∂a. δ is ∂C/∂z, one "
            "link of the chain further: see what cancels.",
        ),
        (
            "sigma-prime-of-a",
            _race(lambda a, y, z, cost: (a - y) * (logistic_prime(a) if cost == "quadratic" else 1)),
            "The cross-entropy neuron is right; in the quadratic one σ′ was taken at a, where it hardly changes. It is "
            "wanted at z.",
        ),
        (
            "start-missing",
            _race(record=lambda activations: activations[1:]),
            "The activation before the first step is missing: with the start there are steps + 1 of them.",
        ),
        (
            "end-missing",
            _race(record=lambda activations: activations[:-1] if len(activations) > 1 else activations),
            "The activation after the last step is missing: with the start there are steps + 1 of them.",
        ),
        (
            "one-step-behind",
            _race(record=lambda activations: activations[:1] + activations[:-1]),
            "The start stands there twice, and the end is missing: each activation was noted before the step it "
            "belongs to.",
        ),
        (
            "one-step-ahead",
            lambda w, b, x, y, eta, steps, cost: _race()(w, b, x, y, eta, steps + 1, cost)[1:],
            "The list begins after the first step, and ends one step too late. The first activation is σ(wx + b) with "
            "the w and b that were passed in.",
        ),
        (
            "input-missing",
            _race(update=lambda w, b, delta, x, eta: (w - eta * delta, b - eta * delta)),
            "The weight was moved as if its input were 1. In w ← w − η δ x stands x, because ∂z/∂w is x.",
        ),
        (
            "bias-left-out",
            _without_bias,
            "The numbers are those of a neuron without its bias: z = wx + b has two parts.",
        ),
        (
            "bias-with-input",
            _race(update=lambda w, b, delta, x, eta: (w - eta * delta * x, b - eta * delta * x)),
            "The bias was moved with x, as the weight is. In b ← b − η δ there is no x, because ∂z/∂b is 1.",
        ),
        (
            "bias-fixed",
            _race(update=lambda w, b, delta, x, eta: (w - eta * delta * x, b)),
            "Only the weight moves. The bias learns as well: b ← b − η δ.",
        ),
        (
            "weight-fixed",
            _race(update=lambda w, b, delta, x, eta: (w, b - eta * delta)),
            "Only the bias moves. The weight learns as well: w ← w − η δ x.",
        ),
        (
            "uphill",
            _race(update=lambda w, b, delta, x, eta: (w + eta * delta * x, b + eta * delta)),
            "Both neurons run away from their target: the step goes along the gradient. w ← w − η δ x goes against it: "
            "look at the signs, of the step or of a − y.",
        ),
        (
            "eta-missing",
            _race(update=lambda w, b, delta, x, eta: (w - delta * x, b - delta)),
            "The steps are whole gradients: η plays no part. In w ← w − η δ x and b ← b − η δ it says how long a step "
            "is.",
        ),
        (
            "updated-one-by-one",
            _updated_one_by_one,
            "A little off, more so with larger η: b was moved by a δ that was computed anew after w had moved. Both "
            "belong to one gradient, taken at one place.",
        ),
        (
            "first-gradient-kept",
            _first_gradient_kept,
            "Every step is as long as the first one: δ was computed once, before the loop. It holds a, which changes "
            "with every step: compute it anew.",
        ),
        (
            "target-ignored",
            _race(lambda a, y, z, cost: _deltas(a, 0.0, z, cost)),
            "Runs to the target 0 are right, those to 1 are not: y plays no part. In δ stands a − y, for both costs.",
        ),
        (
            "never-moves",
            _race(update=lambda w, b, delta, x, eta: (w, b)),
            "The activation never changes: w and b were not moved, or the new ones are not used in the next step. "
            "After w ← w − η δ x the next a comes from the new w.",
        ),
        (
            "weighted-inputs",
            _race(record=lambda activations: np.log(activations) - np.log1p(-np.array(activations))),
            "These are the z of the race, which leave the interval from 0 to 1. The activations a = σ(z) are wanted.",
        ),
    ),
    variants=[_preallocated_race, _race_in_z, _race_by_backprop],
)


EXERCISES = [
    QUADRATIC_COST,
    BINARY_CROSS_ENTROPY,
    DC_DA,
    DA_DZ,
    DC_DZ,
    CROSS_ENTROPY_NEURON_GRADIENT,
    NEURON_RACE,
    NEGATIVE_LOG_LIKELIHOOD,
    ENTROPY_BITS,
    CROSS_ENTROPY_BITS,
    ONE_HOT,
    SOFTMAX_CROSS_ENTROPY,
    SOFTMAX_DELTA,
    BACKPROP_CROSS_ENTROPY,
]


# --- recall: questions on lessons 3 and 1 ----------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "4.1",
        "An output unit has a = 0.9, its target is y = 0, and the cost is the lecture's Σ(y − a)². What is its δ?",
        lambda: 2 * (0.9 - 0) * 0.9 * (1 - 0.9),
        "δ = 2 (a − y) σ′(z), and σ′(z) = 0.9 · 0.1. The error is nearly as large as it can be, and δ is small all the "
        "same: this lesson is about that.",
        {
            "That is the base case without its 2: the lecture's cost has no ½ in front.": lambda: 0.9 * 0.09,
            "That is ∂C/∂a. The step from a to z has its own factor.": lambda: 2 * 0.9,
            "The size is right, the sign is not: a is too large, so a larger z makes the cost worse.": lambda: (
                -2 * 0.9 * 0.09
            ),
        },
    ),
    Question(
        "4.2",
        "A hidden unit with a = 0.5 feeds two units with δ = 0.2 and δ = −0.1, through the weights 3 and 4. What is its "
        "δ?",
        lambda: (0.2 * 3 + -0.1 * 4) * 0.5 * (1 - 0.5),
        "What comes back along the two edges adds up, 0.6 − 0.4, and is multiplied by the unit's own σ′(z) = 0.25.",
        {
            "The unit's own σ′(z) is missing: that is ∂C/∂a.": lambda: 0.2 * 3 - 0.1 * 4,
            "The signs of the δ count: one of the two edges pulls the other way.": lambda: (0.2 * 3 + 0.1 * 4) * 0.25,
            "Multiplied by a; the slope σ′(z) belongs there, which is a(1 − a).": lambda: (0.2 * 3 - 0.1 * 4) * 0.5,
        },
    ),
    Question(
        "4.3",
        "For one example, unit k has δ = −0.3, and the edge to it starts at a unit with a = 0.4. What is ∂C/∂w of that "
        "edge?",
        lambda: -0.3 * 0.4,
        "∂C/∂w_kj = δ_k a_j: the δ at the end of the edge times the activation at its start.",
        {
            "That is ∂C/∂b. The weight multiplies an activation.": lambda: -0.3,
            "There is no σ′ of the unit at the start: that comes in only when δ goes further back.": lambda: (
                -0.3 * 0.4 * 0.6
            ),
        },
    ),
    Question(
        "4.4",
        "σ(2) = 0.8808. What is σ(−2)?",
        lambda: float(logistic(-2)),
        "σ(−z) = 1 − σ(z): the two outcomes of a logistic output share the probability 1.",
        {
            "The logistic function is never negative.": lambda: -float(logistic(2)),
            "That is 1/σ(2). A share of 1 is what is left over.": lambda: 1 / float(logistic(2)),
        },
    ),
    Question(
        "4.5",
        "z = (0, ln 3). What is the second entry of softmax(z)?",
        lambda: float(softmax([0.0, math.log(3)])[1]),
        "exp gives 1 and 3, and the second has 3 parts of 4.",
        {
            "That is the first entry: exp(0) = 1 of 1 + 3.": lambda: 0.25,
            "exp(z) is 3; it still has to be divided by the sum over all entries.": lambda: 3.0,
            "The z themselves were divided by their sum. The exponentials are to be divided by theirs.": lambda: 1.0,
        },
    ),
]
