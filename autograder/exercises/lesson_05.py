"""Lesson 5, regularization: thirteen exercises, their probes and the mistakes that are known by name."""

import math
from itertools import pairwise

import numpy as np

from autograder.checking import probes
from autograder.checking.compare import SINGLE_TOLERANCE, close, value_differences
from autograder.checking.requirements import cases, shapes, trouble, unchanged, values
from autograder.exercise import Exercise, Mistake, Requirement
from autograder.recall import Question
from nblib import augmentation, regularization
from nblib.activations import logistic
from nblib.backprop import backprop
from nblib.data import one_hot

LESSON = "05-regularization"
_LISTS = "numbers, lists, integers"


def _quietly(function):
    """Run a function that is meant to divide by 0 without a word of it."""

    def quiet(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    return quiet


# In these the term of the weights, or the push that it gives, is not there at all.
_WITHOUT_A_TERM = ("term-missing", "decay-missing")


def _mistakes(*entries):
    return [
        Mistake(name, _quietly(function), hint, without_a_term=name in _WITHOUT_A_TERM)
        for name, function, hint in entries
    ]


# --- l2_cost and l1_cost ---------------------------------------------------------------------------------------------


def _cost_probes(rng):
    found = []
    for depth, lam in ((3, 0.7), (2, 4.0), (4, 0.0), (1, 2.5)):
        weights = [W for W, _ in probes.network(rng, probes.sizes(rng, depth + 1))]
        found.append((float(rng.random() + 0.3), weights, lam, int(rng.integers(11, 90))))
    return found


def _squares(weights):
    return sum(np.sum(W**2) for W in weights)


def _magnitudes(weights):
    return sum(np.sum(np.abs(W)) for W in weights)


def _count(weights):
    return sum(W.size for W in weights)


_ONE_ARRAY = (
    "It raises as soon as there are several layers: their matrices have different shapes, so the list of them is no "
    "single array. Go through the list layer by layer."
)


def _loop_l2_cost(cost, weights, lam, n):
    total = 0.0
    for W in weights:
        for row in W:
            for w in row:
                total += w * w
    return cost + lam * total / (2 * n)


L2_COST = Exercise(
    name="l2_cost",
    lesson=LESSON,
    points=1,
    equation="J = J₀ + (λ/2n) Σ_w w², the sum over all weights of all layers",
    reference=regularization.l2_cost,
    probes=_cost_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "mean-of-each-layer",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.mean(W**2) for W in weights),
            "The squares of each layer were averaged before they were added. Every single weight counts, with λ/2n.",
        ),
        (
            "weights-as-one-array",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * np.sum(np.array(weights) ** 2),
            _ONE_ARRAY,
        ),
        (
            "half-missing",
            lambda cost, weights, lam, n: cost + lam / n * _squares(weights),
            "The term is twice too large. It stands with λ/2n, so that its derivative, where the square brings down a "
            "2, is (λ/n) w.",
        ),
        (
            "n-missing",
            lambda cost, weights, lam, n: cost + lam / 2 * _squares(weights),
            "The term is n times too large: this is the convention (λ/2) Σw². The slides divide by the size of the "
            "training set as well.",
        ),
        (
            "half-and-n-missing",
            lambda cost, weights, lam, n: cost + lam * _squares(weights),
            "The term is 2n times too large: this is the convention λ Σw². The slides' λ stands over 2n.",
        ),
        (
            "multiplied-by-n",
            lambda cost, weights, lam, n: cost + lam / 2 * n * _squares(weights),
            "The term is n² times too large: n stands in the numerator. λ/2*n is read from left to right; 2n as a whole "
            "belongs under the line.",
        ),
        (
            "last-layer-only",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * np.sum(weights[-1] ** 2),
            "Only the last layer's weights are in the term. Is the sum overwritten in every turn of the loop, where it "
            "should grow?",
        ),
        (
            "first-layer-only",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * np.sum(weights[0] ** 2),
            "Only the first layer's weights are in the term. Does a return stand inside the loop over the layers?",
        ),
        (
            "absolute-values",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * _magnitudes(weights),
            "The magnitudes |w| were added up. L2 adds the squares.",
        ),
        (
            "l1-cost",
            lambda cost, weights, lam, n: cost + lam / n * _magnitudes(weights),
            "This is the L1 cost, (λ/n) Σ|w|. L2 has squares, and a 2 beside the n.",
        ),
        (
            "not-squared",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.sum(W) for W in weights),
            "The weights themselves were added up, so that positive and negative ones cancel. The term adds squares.",
        ),
        (
            "square-of-sum",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.sum(W) ** 2 for W in weights),
            "First added, then squared: weights of opposite sign cancel before they are punished. Square each one, "
            "then add.",
        ),
        (
            "root-of-squares",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.sqrt(np.sum(W**2)) for W in weights),
            "The term holds the lengths ‖W‖, layer by layer. The equation adds the squares themselves; there is no "
            "root in it.",
        ),
        (
            "root-over-all",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * np.sqrt(_squares(weights)),
            "A root was taken of the whole sum of squares. There is none in the equation.",
        ),
        (
            "spectral-norm",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.linalg.norm(W, 2) ** 2 for W in weights),
            "The “2-norm” of a matrix is its largest stretch, not the root of the sum of squares. Square the entries "
            "and add them up.",
        ),
        (
            "product-with-transpose",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * sum(np.sum(W @ W.T) for W in weights),
            "Besides the squares the sum holds products of different weights: that is what W Wᵀ contains off its "
            "diagonal. Each weight meets itself only.",
        ),
        (
            "subtracted",
            lambda cost, weights, lam, n: cost - lam / (2 * n) * _squares(weights),
            "The term was subtracted, so large weights would be rewarded. A penalty makes the cost larger.",
        ),
        (
            "term-missing",
            lambda cost, weights, lam, n: float(cost),
            "J₀ came back as it was: the weights play no part. Large weights have to make J larger, by (λ/2n) Σ w².",
        ),
        (
            "term-only",
            lambda cost, weights, lam, n: lam / (2 * n) * _squares(weights),
            "The term came back without the cost J₀ that it is added to.",
        ),
        (
            "cost-in-every-layer",
            lambda cost, weights, lam, n: sum(cost + lam / (2 * n) * np.sum(W**2) for W in weights),
            "J₀ was added once for each layer. It is the cost of the whole network and comes in once.",
        ),
        (
            "cost-scaled",
            lambda cost, weights, lam, n: lam / (2 * n) * (cost + _squares(weights)),
            "The factor λ/2n stands before J₀ as well. It belongs to the sum of squares alone; with λ = 0 the cost "
            "must be J₀.",
        ),
        (
            "mean-over-weights",
            lambda cost, weights, lam, n: cost + lam / 2 * _squares(weights) / _count(weights),
            "The squares were averaged over the weights. The n under the line counts training examples, and is given.",
        ),
        (
            "number-of-layers",
            lambda cost, weights, lam, n: cost + lam / (2 * len(weights)) * _squares(weights),
            "The sum was divided by the number of layers. The n under the line counts training examples.",
        ),
        (
            "lambda-squared",
            lambda cost, weights, lam, n: cost + lam**2 / (2 * n) * _squares(weights),
            "λ comes in twice: the term is off by a factor that changes with λ.",
        ),
        (
            "one-number-a-layer",
            lambda cost, weights, lam, n: [cost + lam / (2 * n) * np.sum(W**2) for W in weights],
            "One number for each layer came back. The network has a single cost: add the layers' sums up.",
        ),
        (
            "one-element-array",
            lambda cost, weights, lam, n: np.array([cost + lam / (2 * n) * _squares(weights)]),
            "The number is right, but it is wrapped in an array of one element. A cost is a plain number.",
        ),
    ),
    variants=[
        _loop_l2_cost,
        lambda cost, weights, lam, n: cost + sum(np.einsum("kj,kj->", W, W) for W in weights) * (lam / 2 / n),
        lambda cost, weights, lam, n: cost + 0.5 * lam * np.mean([_squares(weights)]) / n,
        lambda cost, weights, lam, n: (
            cost + lam / (2 * n) * np.linalg.norm(np.concatenate([W.ravel() for W in weights])) ** 2
        ),
    ],
)


def _loop_l1_cost(cost, weights, lam, n):
    for W in weights:
        for w in W.ravel():
            cost += lam / n * (w if w > 0 else -w)
    return cost


L1_COST = Exercise(
    name="l1_cost",
    lesson=LESSON,
    points=1,
    equation="J = J₀ + (λ/n) Σ_w |w|, the sum over all weights of all layers",
    reference=regularization.l1_cost,
    probes=_cost_probes,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "mean-of-each-layer",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.mean(np.abs(W)) for W in weights),
            "The magnitudes of each layer were averaged before they were added. Every single weight counts, with λ/n.",
        ),
        (
            "weights-as-one-array",
            lambda cost, weights, lam, n: cost + lam / n * np.sum(np.abs(np.array(weights))),
            _ONE_ARRAY,
        ),
        (
            "half",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * _magnitudes(weights),
            "The term is half of what it should be. The ½ belongs to L2, where a square is differentiated; |w| brings "
            "down no 2.",
        ),
        (
            "n-missing",
            lambda cost, weights, lam, n: cost + lam * _magnitudes(weights),
            "The term is n times too large: this is the convention λ Σ|w|. The slides divide by the size of the "
            "training set.",
        ),
        (
            "half-for-n",
            lambda cost, weights, lam, n: cost + lam / 2 * _magnitudes(weights),
            "The term is n/2 times too large: it has ½ where 1/n belongs. n counts the training examples, and is given.",
        ),
        (
            "multiplied-by-n",
            lambda cost, weights, lam, n: cost + lam * n * _magnitudes(weights),
            "The term is n² times too large: n stands above the line. In (λ/n) Σ|w| it divides.",
        ),
        (
            "last-layer-only",
            lambda cost, weights, lam, n: cost + lam / n * np.sum(np.abs(weights[-1])),
            "Only the last layer's weights are in the term. Is the sum overwritten in every turn of the loop?",
        ),
        (
            "first-layer-only",
            lambda cost, weights, lam, n: cost + lam / n * np.sum(np.abs(weights[0])),
            "Only the first layer's weights are in the term. Does a return stand inside the loop over the layers?",
        ),
        (
            "squares",
            lambda cost, weights, lam, n: cost + lam / n * _squares(weights),
            "The squares were added up. L1 adds the magnitudes |w|.",
        ),
        (
            "l2-cost",
            lambda cost, weights, lam, n: cost + lam / (2 * n) * _squares(weights),
            "This is the L2 cost, (λ/2n) Σw². L1 has magnitudes, and n alone under the line.",
        ),
        (
            "signed-sum",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.sum(W) for W in weights),
            "The weights were added with their signs, so that positive and negative ones cancel; the term can even be "
            "negative.",
        ),
        (
            "magnitude-of-sum",
            lambda cost, weights, lam, n: cost + lam / n * sum(abs(np.sum(W)) for W in weights),
            "First added, then the magnitude taken: weights of opposite sign have cancelled by then. Take |w| of each "
            "weight.",
        ),
        (
            "matrix-norm",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.linalg.norm(W, 1) for W in weights),
            "The “1-norm” of a matrix is the sum of its largest column, not of all its entries. Every weight counts.",
        ),
        (
            "length",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.linalg.norm(W) for W in weights),
            "The term holds the lengths ‖W‖, the root of the sum of squares. L1 adds the magnitudes themselves.",
        ),
        (
            "largest-only",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.max(np.abs(W)) for W in weights),
            "Only the largest weight of each layer is in the term. The sum runs over all of them.",
        ),
        (
            "signs-counted",
            lambda cost, weights, lam, n: cost + lam / n * sum(np.sum(np.sign(W)) for W in weights),
            "The signs were added up. sgn(w) is the derivative of |w|, and belongs to the update; the cost has |w|.",
        ),
        (
            "subtracted",
            lambda cost, weights, lam, n: cost - lam / n * _magnitudes(weights),
            "The term was subtracted, so large weights would be rewarded. A penalty makes the cost larger.",
        ),
        (
            "term-missing",
            lambda cost, weights, lam, n: float(cost),
            "J₀ came back as it was: the weights play no part. Large weights have to make J larger, by (λ/n) Σ |w|.",
        ),
        (
            "term-only",
            lambda cost, weights, lam, n: lam / n * _magnitudes(weights),
            "The term came back without the cost J₀ that it is added to.",
        ),
        (
            "cost-in-every-layer",
            lambda cost, weights, lam, n: sum(cost + lam / n * np.sum(np.abs(W)) for W in weights),
            "J₀ was added once for each layer. It is the cost of the whole network and comes in once.",
        ),
        (
            "cost-scaled",
            lambda cost, weights, lam, n: lam / n * (cost + _magnitudes(weights)),
            "The factor λ/n stands before J₀ as well. It belongs to the sum of magnitudes alone.",
        ),
        (
            "mean-over-weights",
            lambda cost, weights, lam, n: cost + lam * _magnitudes(weights) / _count(weights),
            "The magnitudes were averaged over the weights. The n under the line counts training examples.",
        ),
        (
            "number-of-layers",
            lambda cost, weights, lam, n: cost + lam / len(weights) * _magnitudes(weights),
            "The sum was divided by the number of layers. The n under the line counts training examples.",
        ),
        (
            "one-number-a-layer",
            lambda cost, weights, lam, n: [cost + lam / n * np.sum(np.abs(W)) for W in weights],
            "One number for each layer came back. The network has a single cost: add the layers' sums up.",
        ),
        (
            "one-element-array",
            lambda cost, weights, lam, n: np.array([cost + lam / n * _magnitudes(weights)]),
            "The number is right, but it is wrapped in an array of one element. A cost is a plain number.",
        ),
    ),
    variants=[
        _loop_l1_cost,
        lambda cost, weights, lam, n: cost + sum(float(np.sum(W * np.sign(W))) for W in weights) * lam / n,
        lambda cost, weights, lam, n: cost + lam * np.linalg.norm(np.concatenate([W.ravel() for W in weights]), 1) / n,
        lambda cost, weights, lam, n: cost + np.sum([np.sqrt(W**2).sum() for W in weights]) / n * lam,
    ],
)


# --- l2_step, l1_step, soft_threshold_step ---------------------------------------------------------------------------


def _weights_and_gradients(rng, n, scale=1.0):
    """Weights of one layer of a real network and their gradient over a batch of n."""
    layers, X, Y = probes.batch(rng, probes.sizes(rng, 3), n)
    gradients = backprop(layers, X, Y)
    at = int(rng.integers(2))
    return scale * layers[at][0], gradients[at][0]


def _step_probes(rng):
    found = []
    for eta, lam, n in ((0.4, 3.0, 17), (1.6, 0.5, 9), (0.7, 0.0, 12)):
        w, gradient = _weights_and_gradients(rng, n)
        found.append((w, gradient, eta + float(rng.random()) / 10, lam, n))
    w, gradient = _weights_and_gradients(rng, 11)
    found.append((w[0], gradient[0], 0.25, 6.0, 11))
    return found


def _plain_steps(rng):
    """A single weight, lists, and whole numbers."""
    return [
        (float(rng.normal()) + 2, -0.4, 0.5, 1.5, 8),
        ([1.5, -2.25, 3.0], [0.3, 0.1, -0.8], 0.5, 2.0, 13),
        (np.array([[3, -2], [4, -5]]), np.array([[1, 0], [-2, 1]]), 0.5, 3.0, 7),
    ]


def _loop_over(rule):
    """Write a step as a loop over single weights."""

    def looped(w, gradient, eta, lam, n):
        w, gradient = np.asarray(w, dtype=float), np.asarray(gradient, dtype=float)
        new = np.empty(w.shape)
        for index in np.ndindex(w.shape):
            new[index] = rule(w[index], gradient[index], eta, lam, n)
        return new

    return looped


def _in_place_l2(w, gradient, eta, lam, n):
    w *= 1 - eta * lam / n
    w -= eta * gradient
    return w


def _in_place_behind_asarray(step):
    """The new weights, written into what ``np.asarray`` made of the old: an array of floats is handed on as it is."""

    def wrong(w, gradient, eta, lam, n):
        new = np.asarray(w, dtype=float)
        new[...] = step(new.copy(), gradient, eta, lam, n)
        return new

    return wrong


_BEHIND_ASARRAY = (
    "The new numbers are right, but an array of floats that is passed in has been overwritten with them: np.asarray hands "
    "such an array on as it is, without a copy, and `*=`, `-=` or `[...] =` change it."
)

_LISTS_REFUSED = (
    "The numbers are right for arrays of floats, but not every number, list or array of whole numbers gets through. Turn "
    "both arguments into arrays before you compute with them, and let no array of whole numbers hold the result."
)

L2_STEP = Exercise(
    name="l2_step",
    lesson=LESSON,
    points=2,
    equation="w ← (1 − ηλ/n) w − η ∂J₀/∂w",
    reference=regularization.l2_step,
    probes=_step_probes,
    requirements=[values(1.25), shapes(0.25), cases(_LISTS, 0.25, _plain_steps, with_shapes=True), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "decay-grows",
            lambda w, g, eta, lam, n: (1 + eta * lam / n) * w - eta * np.asarray(g),
            "Without a gradient the weights would grow: the factor before w is larger than 1. The term's slope is "
            "subtracted like the rest of the gradient.",
        ),
        (
            "n-missing",
            lambda w, g, eta, lam, n: (1 - eta * lam) * w - eta * np.asarray(g),
            "The decay is n times too strong. In ∂J/∂w the weight stands with λ/n; n is the size of the training set.",
        ),
        (
            "factor-two",
            lambda w, g, eta, lam, n: (1 - 2 * eta * lam / n) * w - eta * np.asarray(g),
            "The decay is twice too strong. Differentiating w² brings down a 2, and the 2 under λ/2n cancels it.",
        ),
        (
            "half",
            lambda w, g, eta, lam, n: (1 - eta * lam / (2 * n)) * w - eta * np.asarray(g),
            "The decay is half as strong as it should be: the factor of the cost, λ/2n, stands where its derivative's "
            "belongs. What does the square bring down?",
        ),
        (
            "weights-squared",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.square(w)),
            "The squares of the weights were subtracted: that pushes negative weights away from 0. The derivative of "
            "w² is of first order in w.",
        ),
        (
            "absolute-value",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.abs(w)),
            "Positive weights shrink, negative ones grow: |w| stands where w belongs. The derivative has the sign of w.",
        ),
        (
            "sign-of-w",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.sign(w)),
            "Every weight is pushed by the same amount, whatever its size. That is L1; the slope of w² is proportional "
            "to w.",
        ),
        (
            "decay-missing",
            lambda w, g, eta, lam, n: w - eta * np.asarray(g),
            "This is the plain step: with λ = 0 it is right, otherwise the decay is missing. ∂J/∂w has a second part, "
            "the slope of (λ/2n) w².",
        ),
        (
            "decay-only",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * np.asarray(w),
            "The weights decay, and learn nothing: the step along the gradient of J₀ is missing.",
        ),
        (
            "uphill",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * w + eta * np.asarray(g),
            "The decay is right, but the gradient of J₀ was added: that part of the step goes uphill.",
        ),
        (
            "both-signs",
            lambda w, g, eta, lam, n: (1 + eta * lam / n) * w + eta * np.asarray(g),
            "The whole step goes uphill, along J₀ and along the term: the sign of the update is turned round.",
        ),
        (
            "eta-missing-in-decay",
            lambda w, g, eta, lam, n: (1 - lam / n) * w - eta * np.asarray(g),
            "The decay does not depend on η. The term is a part of the gradient, and the whole gradient is multiplied "
            "by η.",
        ),
        (
            "eta-missing-in-gradient",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * w - np.asarray(g),
            "The whole gradient of J₀ was subtracted: η is missing there. It multiplies both parts of ∂J/∂w.",
        ),
        (
            "eta-missing",
            lambda w, g, eta, lam, n: (1 - lam / n) * w - np.asarray(g),
            "η plays no part in the step. It multiplies both parts of the gradient.",
        ),
        (
            "eta-twice-in-decay",
            lambda w, g, eta, lam, n: (1 - eta**2 * lam / n) * w - eta * np.asarray(g),
            "The decay holds η twice. Take η (∂J₀/∂w + (λ/n) w) apart once more.",
        ),
        (
            "decayed-after-the-step",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * (w - eta * np.asarray(g)),
            "The step along the gradient has decayed as well. The factor stands before the old w only: both parts of "
            "the gradient are taken at the old weights.",
        ),
        (
            "gradient-decayed",
            lambda w, g, eta, lam, n: w - (1 - eta * lam / n) * eta * np.asarray(g),
            "The gradient was multiplied by 1 − ηλ/n, and the weights were not. It is the weights that decay.",
        ),
        (
            "gradient-divided-by-n",
            lambda w, g, eta, lam, n: w - eta / n * (g + lam * np.asarray(w)),
            "The gradient of J₀ was divided by n. It is a mean already; only λ stands over n.",
        ),
        (
            "step-only",
            lambda w, g, eta, lam, n: -eta * (g + lam / n * np.asarray(w)),
            "What came back is the step, not the place where it leads: the old w is missing.",
        ),
        (
            "gradient-returned",
            lambda w, g, eta, lam, n: g + lam / n * np.asarray(w),
            "What came back is the gradient of J. The new weights are asked for.",
        ),
        (
            "sum-of-weights",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.sum(w)),
            "Every weight was moved by the same number, in which all weights are added up. Each weight decays by its own "
            "size; differentiating the sum by one w leaves that w alone.",
        ),
        (
            "whole-term-added",
            lambda w, g, eta, lam, n: w - eta * (g + lam / (2 * n) * np.sum(np.square(w))),
            "The term itself was added to the gradient, one number for all weights. What belongs there is its "
            "derivative by each w.",
        ),
        (
            "bracket-missing",
            lambda w, g, eta, lam, n: 1 - eta * lam / n * np.asarray(w) - eta * np.asarray(g),
            "The old w is there only in its decay, and a 1 stands alone: the whole bracket 1 − ηλ/n multiplies w.",
        ),
        (
            "in-place",
            _in_place_l2,
            "The new numbers are right, but the caller's array has been overwritten with them, and arrays of whole "
            "numbers raise: `*=` and `-=` change what they are applied to.",
        ),
        (
            "in-place-behind-asarray",
            _in_place_behind_asarray(regularization.l2_step),
            _BEHIND_ASARRAY,
        ),
        (
            "lists-refused",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * w - eta * g,
            _LISTS_REFUSED,
        ),
    ),
    variants=[
        _loop_over(lambda w, g, eta, lam, n: w - eta * (g + lam / n * w)),
        lambda w, gradient, eta, lam, n: np.subtract(np.multiply(w, 1 - eta * lam / n), np.multiply(eta, gradient)),
        lambda w, gradient, eta, lam, n: np.array(w) - eta * (np.array(gradient) + lam * np.array(w) / n),
        lambda w, gradient, eta, lam, n: np.asarray(w) - np.dot(gradient, eta) - np.dot(w, eta * lam / n),
    ],
)


def _zero_weights(rng):
    return [
        (np.array([0.0, 1.5, -0.75, 0.0]), rng.normal(size=4), 0.5, 2.0, 6),
        (np.zeros((2, 3)), rng.normal(size=(2, 3)), 0.8, 1.5, 10),
    ]


def _in_place_l1(w, gradient, eta, lam, n):
    signs = np.sign(w)
    w -= eta * gradient
    w -= eta * lam / n * signs
    return w


L1_STEP = Exercise(
    name="l1_step",
    lesson=LESSON,
    points=1,
    equation="w ← w − (ηλ/n) sgn(w) − η ∂J₀/∂w, sgn(0) = 0",
    reference=regularization.l1_step,
    probes=_step_probes,
    telling_probes=_zero_weights,
    requirements=[
        values(0.5),
        cases("a weight of exactly 0", 0.25, _zero_weights),
        cases(_LISTS, 0.125, _plain_steps, with_shapes=True),
        unchanged(0.125),
    ],
    mistakes=_mistakes(
        (
            "half",
            lambda w, g, eta, lam, n: w - eta * (g + lam / (2 * n) * np.sign(w)),
            "The push towards 0 is half as strong as it should be. The ½ belongs to L2, where a square brings down a 2; the "
            "slope of (λ/n) |w| is λ/n or −λ/n.",
        ),
        (
            "factor-two",
            lambda w, g, eta, lam, n: w - eta * (g + 2 * lam / n * np.sign(w)),
            "The push towards 0 is twice too strong: |w| has the slopes −1 and +1, and no square brings down a 2.",
        ),
        (
            "absolute-value",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.abs(w)),
            "Positive weights shrink, negative ones grow: |w| itself was subtracted. The derivative of |w| is its sign.",
        ),
        (
            "l2-step",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.asarray(w)),
            "Large weights shrink more than small ones: that is L2. The slope of |w| does not depend on the size of w.",
        ),
        (
            "n-missing",
            lambda w, g, eta, lam, n: w - eta * (g + lam * np.sign(w)),
            "The push is n times too strong: λ stands over n, the size of the training set.",
        ),
        (
            "away-from-zero",
            lambda w, g, eta, lam, n: w - eta * (g - lam / n * np.sign(w)),
            "The term pushes the weights away from 0. A penalty on |w| has to make |w| smaller.",
        ),
        (
            "no-sign",
            lambda w, g, eta, lam, n: w - eta * (np.asarray(g) + lam / n),
            "Every weight was pushed downwards, negative ones further away from 0. The push has the sign of w.",
        ),
        (
            "sign-of-gradient",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.sign(g)),
            "The push follows the sign of the gradient. It is the sign of the weight that tells where 0 is.",
        ),
        (
            "sign-after-the-step",
            lambda w, g, eta, lam, n: w - eta * np.asarray(g) - eta * lam / n * np.sign(w - eta * np.asarray(g)),
            "The sign was taken after the step along the gradient. Both parts of the gradient belong to the old w; "
            "where a weight changes sign this matters.",
        ),
        (
            "term-missing",
            lambda w, g, eta, lam, n: w - eta * np.asarray(g),
            "This is the plain step: with λ = 0 it is right, otherwise the push towards 0 is missing. ∂J/∂w has a second "
            "part, the slope of (λ/n) |w|.",
        ),
        (
            "gradient-missing",
            lambda w, g, eta, lam, n: w - eta * lam / n * np.sign(w),
            "The weights are pushed towards 0 and learn nothing: the step along the gradient of J₀ is missing.",
        ),
        (
            "uphill",
            lambda w, g, eta, lam, n: w - eta * lam / n * np.sign(w) + eta * np.asarray(g),
            "The push is right, but the gradient of J₀ was added: that part of the step goes uphill.",
        ),
        (
            "eta-missing-in-term",
            lambda w, g, eta, lam, n: w - lam / n * np.sign(w) - eta * np.asarray(g),
            "The push does not depend on η. The whole gradient is multiplied by η, the term's part too.",
        ),
        (
            "eta-missing-in-gradient",
            lambda w, g, eta, lam, n: w - eta * lam / n * np.sign(w) - g,
            "The whole gradient of J₀ was subtracted: η is missing there. It multiplies both parts of ∂J/∂w.",
        ),
        (
            "gradient-divided-by-n",
            lambda w, g, eta, lam, n: w - eta / n * (g + lam * np.sign(w)),
            "The gradient of J₀ was divided by n. It is a mean already; only λ stands over n.",
        ),
        (
            "stops-at-zero",
            regularization.soft_threshold_step,
            "Weights near 0 have stopped at exactly 0. That is the step of the next exercise; the slides' step has no "
            "such rule, and crosses 0.",
        ),
        (
            "step-only",
            lambda w, g, eta, lam, n: -eta * (g + lam / n * np.sign(w)),
            "What came back is the step, not the place where it leads: the old w is missing.",
        ),
        (
            "whole-term-added",
            lambda w, g, eta, lam, n: w - eta * (g + lam / n * np.sum(np.abs(w))),
            "The term itself, one number for all weights, was added to the gradient. What belongs there is its "
            "derivative by each w.",
        ),
        (
            "sign-of-zero-plus",
            lambda w, g, eta, lam, n: w - eta * (np.asarray(g) + lam / n * np.where(np.greater_equal(w, 0), 1, -1)),
            "A weight of exactly 0 was treated as a positive one and pushed below 0. At 0 the push is 0.",
        ),
        (
            "sign-of-zero-minus",
            lambda w, g, eta, lam, n: w - eta * (np.asarray(g) + lam / n * np.where(np.greater(w, 0), 1, -1)),
            "A weight of exactly 0 was treated as a negative one and pushed above 0. At 0 the push is 0.",
        ),
        (
            "nan-at-zero",
            lambda w, g, eta, lam, n: w - eta * (np.asarray(g) + lam / n * (np.asarray(w) / np.abs(w))),
            "A weight of exactly 0 gives nan: w/|w| is 0/0 there. sgn(0) is 0.",
        ),
        (
            "in-place",
            _in_place_l1,
            "The new numbers are right, but the caller's array has been overwritten with them, and arrays of whole "
            "numbers raise: `-=` changes what it is applied to.",
        ),
        (
            "in-place-behind-asarray",
            _in_place_behind_asarray(regularization.l1_step),
            _BEHIND_ASARRAY,
        ),
        (
            "lists-refused",
            lambda w, g, eta, lam, n: w - eta * lam / n * np.sign(w) - eta * g,
            _LISTS_REFUSED,
        ),
    ),
    variants=[
        _loop_over(lambda w, g, eta, lam, n: w - eta * g - eta * lam / n * (int(w > 0) - int(w < 0))),
        lambda w, gradient, eta, lam, n: (
            np.array(w)
            - np.multiply(eta, gradient)
            - np.where(np.array(w) > 0, 1, np.where(np.array(w) < 0, -1, 0)) * eta * lam / n
        ),
        lambda w, gradient, eta, lam, n: np.subtract(w, eta * (lam * np.sign(w) / n + np.array(gradient))),
    ],
)


def _shrink(v, amount):
    return np.sign(v) * np.maximum(np.abs(v) - amount, 0)


def _threshold_probes(rng):
    """Weights on both sides of 0: some that stay, some that end at 0, some that the gradient takes across."""
    found = []
    for eta, lam, n in ((0.5, 6.0, 13), (0.9, 3.0, 16), (0.3, 0.0, 8)):
        w, gradient = _weights_and_gradients(rng, n, scale=0.5)
        w, gradient = w.copy(), gradient.copy()
        t = eta * lam / n or 0.1
        first = w.ravel()[:4]
        first[:] = [t / 2, -t / 3, 0.05, -0.05]
        gradient.ravel()[:4] = [0.01, -0.02, (0.2 + 2 * t) / eta, -(0.2 + 1.5 * t) / eta]
        found.append((w, gradient, eta, lam, n))
    w = 0.3 * rng.normal(size=9)
    found.append((w, 0.2 * rng.normal(size=9), 0.7, 2.0, 11))
    return found


def _in_place_threshold(w, gradient, eta, lam, n):
    w -= eta * gradient
    w[:] = _shrink(w, eta * lam / n)
    return w


def _threshold_one(w, g, eta, lam, n):
    v, t = w - eta * g, eta * lam / n
    if v > t:
        return v - t
    return v + t if v < -t else 0.0


SOFT_THRESHOLD_STEP = Exercise(
    name="soft_threshold_step",
    lesson=LESSON,
    points=2,
    equation="v = w − η ∂J₀/∂w, then w ← sgn(v) · max(|v| − ηλ/n, 0)",
    reference=regularization.soft_threshold_step,
    probes=_threshold_probes,
    requirements=[values(1.25), shapes(0.25), cases(_LISTS, 0.25, _plain_steps, with_shapes=True), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "plain-l1",
            regularization.l1_step,
            "This is the slides' step: weights near 0 have jumped across it. Here a weight that would cross 0 ends at "
            "exactly 0.",
        ),
        (
            "crosses-zero",
            lambda w, g, eta, lam, n: (lambda v: v - eta * lam / n * np.sign(v))(w - eta * np.asarray(g)),
            "Gradient first, then the push: that order is right. But where |v| is less than ηλ/n the push goes beyond "
            "0; there the weight has to end at 0.",
        ),
        (
            "shrinks-first",
            lambda w, g, eta, lam, n: _shrink(np.asarray(w), eta * lam / n) - eta * np.asarray(g),
            "The weights were shrunk first and moved along the gradient afterwards, which takes them away from 0 again. "
            "The shrinking comes last.",
        ),
        (
            "sign-of-old-weight",
            lambda w, g, eta, lam, n: np.sign(w) * np.maximum(np.abs(w - eta * np.asarray(g)) - eta * lam / n, 0),
            "Where the gradient takes a weight across 0, the result has the wrong sign: the sign of the old w was kept. "
            "After the gradient step it is v that counts.",
        ),
        (
            "zero-where-old-sign-changes",
            lambda w, g, eta, lam, n: (lambda new: np.where(new * np.asarray(w) < 0, 0, new))(
                w - eta * np.asarray(g) - eta * lam / n * np.sign(w)
            ),
            "Every weight that has changed its sign was set to 0, also where the gradient alone took it across. The "
            "gradient may cross 0; only the shrinking may not. So compare with v, not with the old w.",
        ),
        (
            "magnitude-only",
            lambda w, g, eta, lam, n: np.maximum(np.abs(w - eta * np.asarray(g)) - eta * lam / n, 0),
            "No weight is negative: the magnitudes have been shrunk, but the signs were not put back.",
        ),
        (
            "negative-weights-lost",
            lambda w, g, eta, lam, n: np.maximum(w - eta * np.asarray(g) - eta * lam / n, 0),
            "All negative weights are 0. They have to be shrunk from below, by the same amount: work with |v| and give "
            "the sign back.",
        ),
        (
            "hard-threshold",
            lambda w, g, eta, lam, n: (lambda v: np.where(np.abs(v) > eta * lam / n, v, 0))(w - eta * np.asarray(g)),
            "Small weights are 0, as they should be, but the others have not shrunk. Every weight moves towards 0 by "
            "ηλ/n.",
        ),
        (
            "small-ones-left",
            lambda w, g, eta, lam, n: (
                lambda v: np.where(np.abs(v) > eta * lam / n, v - eta * lam / n * np.sign(v), v)
            )(w - eta * np.asarray(g)),
            "Weights too small to be shrunk by the whole amount were left as they are. These are the ones that become "
            "0.",
        ),
        (
            "not-clipped",
            lambda w, g, eta, lam, n: (lambda v: np.sign(v) * np.abs(np.abs(v) - eta * lam / n))(
                w - eta * np.asarray(g)
            ),
            "Weights near 0 have bounced back instead of stopping: a negative |v| − ηλ/n has to become 0, not its "
            "magnitude.",
        ),
        (
            "largest-for-all",
            lambda w, g, eta, lam, n: (lambda v: np.sign(v) * max(np.max(np.abs(v)) - eta * lam / n, 0))(
                w - eta * np.asarray(g)
            ),
            "All weights have got the magnitude of the largest one. The maximum is taken for each weight by itself, "
            "between its own |v| − ηλ/n and 0.",
        ),
        (
            "eta-missing",
            lambda w, g, eta, lam, n: _shrink(w - eta * np.asarray(g), lam / n),
            "The weights shrink by an amount without η. The push is η times the slope λ/n of the term.",
        ),
        (
            "n-missing",
            lambda w, g, eta, lam, n: _shrink(w - eta * np.asarray(g), eta * lam),
            "The weights shrink by n times too much: λ stands over n, the size of the training set.",
        ),
        (
            "half",
            lambda w, g, eta, lam, n: _shrink(w - eta * np.asarray(g), eta * lam / (2 * n)),
            "The weights shrink by half of what they should: ηλ/n is the whole amount. The ½ belongs to L2.",
        ),
        (
            "factor-two",
            lambda w, g, eta, lam, n: _shrink(w - eta * np.asarray(g), 2 * eta * lam / n),
            "The weights shrink by twice what they should. Is the push applied in both steps?",
        ),
        (
            "pushed-and-shrunk",
            lambda w, g, eta, lam, n: _shrink(regularization.l1_step(w, g, eta, lam, n), eta * lam / n),
            "The push comes twice: once with sgn(w) in the gradient step and once in the shrinking. v moves along the "
            "gradient of J₀ alone.",
        ),
        (
            "gradient-missing",
            lambda w, g, eta, lam, n: _shrink(np.asarray(w), eta * lam / n),
            "The weights shrink and learn nothing: v is the old w, and its step along ∂J₀/∂w is missing.",
        ),
        (
            "uphill",
            lambda w, g, eta, lam, n: _shrink(w + eta * np.asarray(g), eta * lam / n),
            "The gradient was added: v goes uphill, where J₀ grows. In v = w − η ∂J₀/∂w it is subtracted.",
        ),
        (
            "gradient-without-eta",
            lambda w, g, eta, lam, n: _shrink(w - np.asarray(g), eta * lam / n),
            "v holds the whole gradient: in v = w − η ∂J₀/∂w the η is missing.",
        ),
        (
            "shrinking-missing",
            lambda w, g, eta, lam, n: w - eta * np.asarray(g),
            "This is v, the plain step: no weight has shrunk. The second half of the equation takes ηλ/n off |v|.",
        ),
        (
            "decay-for-shrinking",
            lambda w, g, eta, lam, n: (1 - eta * lam / n) * np.asarray(w) - eta * np.asarray(g),
            "This is weight decay, the step of L2: it multiplies, and nothing ever becomes 0. L1 takes away a constant "
            "amount.",
        ),
        (
            "grows",
            lambda w, g, eta, lam, n: (lambda v: np.sign(v) * (np.abs(v) + eta * lam / n))(w - eta * np.asarray(g)),
            "The weights have moved away from 0: the amount was added to |v|. In |v| − ηλ/n it is taken off.",
        ),
        (
            "gradient-shrunk",
            lambda w, g, eta, lam, n: w - eta * _shrink(np.asarray(g), lam / n),
            "It is the gradient that was shrunk, not the weights. The step along it is a whole one; what shrinks is v, the "
            "place where it leads.",
        ),
        (
            "in-place",
            _in_place_threshold,
            "The new numbers are right, but the caller's array has been overwritten with them, and single numbers "
            "or whole numbers raise: build a new array for v.",
        ),
        (
            "in-place-behind-asarray",
            _in_place_behind_asarray(regularization.soft_threshold_step),
            _BEHIND_ASARRAY,
        ),
        (
            "lists-refused",
            lambda w, g, eta, lam, n: _shrink(w - eta * g, eta * lam / n),
            _LISTS_REFUSED,
        ),
    ),
    variants=[
        _loop_over(_threshold_one),
        lambda w, gradient, eta, lam, n: (lambda v: v - np.clip(v, -eta * lam / n, eta * lam / n))(
            np.array(w) - eta * np.array(gradient)
        ),
        lambda w, gradient, eta, lam, n: (
            lambda v: np.where(np.abs(v) <= eta * lam / n, 0.0, v - eta * lam / n * np.sign(v))
        )(np.array(w) - eta * np.array(gradient)),
        lambda w, gradient, eta, lam, n: (
            lambda v: np.maximum(v - eta * lam / n, 0) + np.minimum(v + eta * lam / n, 0)
        )(np.subtract(w, np.multiply(eta, gradient))),
    ],
)


# --- regularized_step ------------------------------------------------------------------------------------------------


def _regularized_probes(rng):
    found = []
    for depth, eta, lam, n in ((3, 0.4, 2.5, 19), (2, 1.3, 0.8, 31), (3, 0.6, 0.0, 9), (2, 0.3, 7.0, 12)):
        layers, X, Y = probes.batch(rng, probes.sizes(rng, depth + 1, low=3, high=9), 2)
        found.append((layers, backprop(layers, X, Y), eta + float(rng.random()) / 10, lam, n))
    return found


def _layers_part(path):
    return f"{('the weights', 'the bias')[path[1]]} of layer {path[0] + 1}" if len(path) == 2 else "the result"


def _pairs_problem(trial, outcome, answer, side):
    problem = trouble(outcome, trial.exercise)
    if problem:
        return problem
    if isinstance(outcome.value, (list, tuple)) and len(outcome.value) == len(answer):
        got = []
        for pair in outcome.value:
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                return "each layer has to be a pair (W, b)."
            got.append(pair[side])
        found = value_differences(got, [pair[side] for pair in answer], lambda path: _layers_part((*path, side)))
        return found[0].sentence if found else None
    found = value_differences(outcome.value, answer, _layers_part)
    return found[0].sentence if found else "the result has to be a list of pairs (W, b), one for each layer."


def _side(name, points, side):
    """The weights (side 0) or the biases (side 1) are right on every probe."""

    def test(trial):
        for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
            problem = _pairs_problem(trial, outcome, answers[0], side)
            if problem:
                return problem
        return None

    return Requirement(name, points, test)


def _layerwise(weight_rule, bias_rule=lambda b, db, eta, lam, n: b - eta * db):
    return lambda layers, gradients, eta, lam, n: [
        (weight_rule(W, dW, eta, lam, n), bias_rule(b, db, eta, lam, n))
        for (W, b), (dW, db) in zip(layers, gradients, strict=True)
    ]


def _decays_only(at):
    """Let only one layer decay."""

    def wrong(layers, gradients, eta, lam, n):
        chosen = range(len(layers))[at]
        return [
            ((1 - (index == chosen) * eta * lam / n) * W - eta * dW, b - eta * db)
            for index, ((W, b), (dW, db)) in enumerate(zip(layers, gradients, strict=True))
        ]

    return wrong


def _regularized_in_place(layers, gradients, eta, lam, n):
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        W *= 1 - eta * lam / n
        W -= eta * dW
        b -= eta * db
    return layers


def _regularized_gradients_in_place(layers, gradients, eta, lam, n):
    new = []
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        dW += lam / n * W
        new.append((W - eta * dW, b - eta * db))
    return new


def _changed_arguments(trial):
    return {"changed": {position for outcome in trial.outcomes for position in outcome.changed}}


def _loop_regularized(layers, gradients, eta, lam, n):
    new = []
    for level in range(len(layers)):
        W, b = (part.copy() for part in layers[level])
        dW, db = gradients[level]
        for k in range(len(b)):
            for j in range(W.shape[1]):
                W[k, j] -= eta * (dW[k, j] + lam / n * W[k, j])
            b[k] -= eta * db[k]
        new.append([W, b])
    return new


REGULARIZED_STEP = Exercise(
    name="regularized_step",
    lesson=LESSON,
    points=2,
    equation="W ← (1 − ηλ/n) W − η ∂J₀/∂W, b ← b − η ∂J₀/∂b in every layer",
    reference=regularization.regularized_step,
    probes=_regularized_probes,
    part_name=_layers_part,
    observe=_changed_arguments,
    requirements=[_side("weights", 1, 0), _side("biases", 0.5, 1), shapes(0.25), unchanged(0.25)],
    mistakes=_mistakes(
        (
            "biases-decayed",
            _layerwise(regularization.l2_step, regularization.l2_step),
            "The weights are right; the biases have decayed as well. The slides leave them out of the term: ∂J/∂b is "
            "∂J₀/∂b.",
        ),
        (
            "only-biases-decayed",
            _layerwise(lambda W, dW, eta, lam, n: W - eta * dW, regularization.l2_step),
            "The biases decay and the weights do not: it has to be the other way round.",
        ),
        (
            "biases-not-moved",
            _layerwise(regularization.l2_step, lambda b, db, eta, lam, n: b),
            "The weights are right; the biases have not moved. They do not decay, but they learn.",
        ),
        (
            "biases-uphill",
            _layerwise(regularization.l2_step, lambda b, db, eta, lam, n: b + eta * db),
            "The weights are right; the biases go uphill: their gradient was added. b ← b − η ∂J₀/∂b.",
        ),
        (
            "decay-missing",
            _layerwise(lambda W, dW, eta, lam, n: W - eta * dW),
            "This is the plain step: λ plays no part in it. Before the old W the factor 1 − ηλ/n is missing.",
        ),
        (
            "gradient-decayed",
            _layerwise(lambda W, dW, eta, lam, n: W - eta * (1 - eta * lam / n) * dW),
            "The gradients were multiplied by 1 − ηλ/n, and the weights were not. It is the weights that decay.",
        ),
        (
            "decayed-after-the-step",
            _layerwise(lambda W, dW, eta, lam, n: (1 - eta * lam / n) * (W - eta * dW)),
            "The step along the gradient has decayed too. The factor stands before the old W only.",
        ),
        (
            "decay-grows",
            _layerwise(lambda W, dW, eta, lam, n: (1 + eta * lam / n) * W - eta * dW),
            "The factor before W is larger than 1: the weights grow on their own. A penalty makes them smaller; look at the "
            "sign in 1 − ηλ/n.",
        ),
        (
            "n-missing",
            _layerwise(lambda W, dW, eta, lam, n: (1 - eta * lam) * W - eta * dW),
            "The weights decay n times too fast. λ stands over n, the size of the training set.",
        ),
        (
            "eta-missing-in-decay",
            _layerwise(lambda W, dW, eta, lam, n: (1 - lam / n) * W - eta * dW),
            "The decay does not depend on η. The term is a part of the gradient that η multiplies.",
        ),
        (
            "factor-two",
            _layerwise(lambda W, dW, eta, lam, n: (1 - 2 * eta * lam / n) * W - eta * dW),
            "The weights decay twice too fast. The 2 of the square is cancelled by the ½ of the term.",
        ),
        (
            "half",
            _layerwise(lambda W, dW, eta, lam, n: (1 - eta * lam / (2 * n)) * W - eta * dW),
            "The weights decay at half the speed: λ/2n is the factor of the cost, not of its derivative.",
        ),
        (
            "l1-step",
            _layerwise(regularization.l1_step),
            "All weights are pushed by the same amount: that is L1. Here L2 is asked for, where a weight shrinks in "
            "proportion to its size.",
        ),
        (
            "decay-only",
            _layerwise(lambda W, dW, eta, lam, n: (1 - eta * lam / n) * W),
            "The weights decay and do not learn: the step along ∂J₀/∂W is missing.",
        ),
        (
            "uphill",
            _layerwise(
                lambda W, dW, eta, lam, n: (1 - eta * lam / n) * W + eta * dW, lambda b, db, eta, lam, n: b + eta * db
            ),
            "The decay is right; weights and biases go uphill, because their gradients were added. ∂J₀/∂W and ∂J₀/∂b are "
            "subtracted.",
        ),
        (
            "last-layer-only",
            _decays_only(-1),
            "Only the weights of the last layer decay. The term has the weights of all layers in it.",
        ),
        (
            "first-layer-only",
            _decays_only(0),
            "Only the weights of layer 1 decay. The term has the weights of all layers in it.",
        ),
        (
            "number-of-units",
            _layerwise(lambda W, dW, eta, lam, n: (1 - eta * lam / len(W)) * W - eta * dW),
            "The decay was divided by the number of units of the layer. n is the size of the training set, and is given.",
        ),
        (
            "number-of-layers",
            lambda layers, gradients, eta, lam, n: regularization.regularized_step(
                layers, gradients, eta, lam, len(layers)
            ),
            "The decay was divided by the number of layers. n is the size of the training set, and is given.",
        ),
        (
            "sum-of-weights",
            _layerwise(lambda W, dW, eta, lam, n: W - eta * (dW + lam / n * np.sum(W))),
            "In each layer all weights were moved by one common number. Each decays in proportion to its own size.",
        ),
        (
            "gradients-returned",
            _layerwise(lambda W, dW, eta, lam, n: dW + lam / n * W, lambda b, db, eta, lam, n: db),
            "What came back are the gradients of J. The new layers are asked for.",
        ),
        (
            "first-layer-returned",
            lambda layers, *rest: regularization.regularized_step(layers, *rest)[:1],
            "Only layer 1 came back. Does a return stand inside the loop over the layers?",
        ),
        (
            "last-layer-returned",
            lambda layers, *rest: regularization.regularized_step(layers, *rest)[-1:],
            "Only the last layer came back. Is the list begun anew in every turn of the loop?",
        ),
        (
            "in-place",
            _regularized_in_place,
            "The new numbers are right, but the old layers were overwritten with them.",
        ),
        (
            "gradients-in-place",
            _regularized_gradients_in_place,
            "The new layers are right, but the term was added into the caller's gradients: `+=` on an array changes it "
            "for everybody.",
        ),
    ),
    variants=[
        _loop_regularized,
        _layerwise(lambda W, dW, eta, lam, n: np.subtract(W, eta * (dW + W * (lam / n)))),
        lambda layers, gradients, eta, lam, n: tuple(
            ((W - eta * lam / n * W - eta * dW).tolist(), list(b - eta * db))
            for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ),
    ],
)


# --- dropout and inverted_dropout: judged by shares and by what does not depend on the draw -------------------------

# A right answer misses a bound of six standard deviations less than once in 10⁸ draws.
_SIGMAS = 6


def _dropout_probes(rng):
    found = []
    for p_drop in (rng.uniform(0.15, 0.3), rng.uniform(0.33, 0.4), rng.uniform(0.65, 0.8)):
        n, m = int(rng.integers(55, 66)), int(rng.integers(40, 51))
        found.append((logistic(rng.normal(size=(n, m))), float(p_drop), np.random.default_rng(rng.integers(2**32))))
    return found


def _dropped_pair(outcome, a, exercise):
    """What came back, as (a_dropped, mask); raise ValueError with a sentence where it is no such pair."""
    problem = trouble(outcome, exercise)
    if problem:
        raise ValueError(problem)
    value = outcome.value
    if isinstance(value, np.ndarray) and value.shape == (2, *a.shape):
        value = list(value)
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError("a pair (a_dropped, mask) is expected.")
    try:
        dropped, mask = (np.asarray(part, dtype=float) for part in value)
    except (TypeError, ValueError):
        raise ValueError("a_dropped and the mask have to be arrays of numbers.") from None
    for name, part in (("a_dropped", dropped), ("the mask", mask)):
        if part.shape != a.shape:
            raise ValueError(f"{name} has shape {part.shape}, but that of a, {a.shape}, is expected.")
    return dropped, mask


def _pairs(trial):
    return [
        (a, p_drop, *_dropped_pair(outcome, a, trial.exercise))
        for (a, p_drop, _), outcome in zip(trial.probes, trial.outcomes, strict=True)
    ]


def _draws(mask):
    """How many draws a mask holds: fewer than it has entries where a row or a column was used for all others."""
    if mask.ndim == 2 and (mask == mask[0]).all():
        return mask.shape[1]
    return mask.shape[0] if (mask == mask[..., :1]).all() else mask.size


def _fits_share(kept, share):
    return abs(np.mean(kept) - share) <= _SIGMAS * math.sqrt(max(share * (1 - share), 1e-12) / _draws(kept))


def _mask_problem(p_drop, mask):
    if not np.isin(mask, (0, 1)).all():
        return "the mask holds other numbers than 0 and 1."
    if not _fits_share(mask, 1 - p_drop):
        return (
            f"with p_drop = {p_drop:.2f} the share of zeros in the mask is {np.mean(mask == 0):.2f}, too far off for "
            "chance."
        )
    return None


def _drops_nothing(trial):
    """p_drop = 0 on a small batch."""
    a = np.linspace(0.1, 0.9, 12).reshape(4, 3)
    _, mask = _dropped_pair(trial.call((a, 0.0, np.random.default_rng(3))), a, trial.exercise)
    return None if (mask == 1).all() else "with p_drop = 0 nothing may be dropped."


def _sentence(function):
    """Turn a ValueError of a test into the sentence that it holds."""

    def test(trial):
        try:
            return function(trial)
        except ValueError as error:
            return str(error)

    return test


@_sentence
def _right_share(trial):
    problems = [_mask_problem(p_drop, mask) for _, p_drop, _, mask in _pairs(trial)]
    return next((problem for problem in problems if problem), None) or _drops_nothing(trial)


def _patterns(trial):
    """Which regularities the masks show that independent draws do not."""
    _, _, _, mask = _pairs(trial)[0]
    a, p_drop, _ = trial.probes[0]
    totals = {
        int(_dropped_pair(trial.call((a, p_drop, np.random.default_rng(seed))), a, trial.exercise)[1].sum())
        for seed in range(20, 26)
    }
    found = []
    if (mask == mask[0]).all():
        found.append("all examples of the batch drop the same units.")
    if (mask == mask[:, :1]).all():
        found.append("each example is dropped as a whole, or not at all.")
    if len(set(mask.sum(axis=1))) == 1:
        found.append("every example drops exactly the same number of units.")
    if len(set(mask.sum(axis=0))) == 1:
        found.append("every unit is dropped in exactly the same number of examples.")
    if len(totals) == 1:
        found.append("every draw drops exactly the same number.")
    return found


def _vector_problem(trial):
    a = np.linspace(0.05, 0.95, 400)
    _, mask = _dropped_pair(trial.call((a, 0.3, np.random.default_rng(4))), a, trial.exercise)
    return None if _fits_share(mask != 0, 0.7) else "for a single example, of shape (m,), the share is off."


@_sentence
def _each_by_itself(trial):
    return next(iter(_patterns(trial)), None) or _vector_problem(trial)


def _masks_from(trial, seeds):
    a, p_drop, _ = trial.probes[0]
    return [_dropped_pair(trial.call((a, p_drop, np.random.default_rng(seed))), a, trial.exercise)[1] for seed in seeds]


@_sentence
def _from_rng(trial):
    one, again, other = _masks_from(trial, (5, 5, 6))
    if (one != again).any():
        return "the same rng in the same state gave two different masks: draw from the rng that is passed."
    if (one == other).all():
        return "two different rngs gave the same mask: the rng that is passed is not used."
    return None


def _relations(a, p, kept):
    """Where a_dropped can come from, by name."""
    share = np.mean(kept)
    return {
        "a mask": a * kept,
        "a mask / (1 - p)": a * kept / (1 - p),
        "a mask / p": a * kept / p,
        "a mask (1 - p)": a * kept * (1 - p),
        "a mask p": a * kept * p,
        "a mask / (1 - p)²": a * kept / (1 - p) ** 2,
        "a mask / share": a * kept / share if share else a * kept,
        "a": a,
        "a / (1 - p)": a / (1 - p),
        "a (1 - p)": a * (1 - p),
        "a (1 - mask)": a * (1 - kept),
        "a (1 - mask) / (1 - p)": a * (1 - kept) / (1 - p),
        "a (1 - mask) / p": a * (1 - kept) / p,
        "mask": kept,
    }


def _relation(pairs):
    """Name of the relation that holds on all probes, or None."""
    names = None
    for a, p_drop, dropped, mask in pairs:
        fitting = [
            name
            for name, candidate in _relations(a, p_drop, (mask != 0).astype(float)).items()
            if close(dropped, candidate, SINGLE_TOLERANCE)
        ]
        names = fitting if names is None else [name for name in names if name in fitting]
    return names[0] if names else None


def _share_name(pairs):
    normal = [0.5 * (1 + math.erf(p / math.sqrt(2))) for _, p, _, _ in pairs]
    candidates = {
        "p": [p for _, p, _, _ in pairs],
        "1 - p": [1 - p for _, p, _, _ in pairs],
        "half": [0.5] * len(pairs),
        "none": [0.0] * len(pairs),
        "normal below p": normal,
        "normal above p": [1 - share for share in normal],
    }
    for name, shares in candidates.items():
        if all(_fits_share(mask == 0, share) for (_, _, _, mask), share in zip(pairs, shares, strict=True)):
            return name
    return "other"


def _mask_kind(pairs):
    def kind(p, mask):
        levels = np.unique(mask)
        if np.isin(levels, (0, 1)).all():
            return "0/1"
        if len(levels) == 2 and levels[0] == 0:
            for name, level in (("1 / (1 - p)", 1 / (1 - p)), ("1 / p", 1 / p), ("1 - p", 1 - p)):
                if np.isclose(levels[1], level):
                    return name
        return "many" if len(levels) > 3 else "few"

    kinds = {kind(p, mask) for _, p, _, mask in pairs}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _form(error):
    words = str(error)
    for word in ("raised", "None", "a pair", "arrays", "shape", "labels came back"):
        if word in words:
            return word
    return "other"


def _dropout_facts(trial):
    try:
        pairs = _pairs(trial)
        facts = {
            "form": "pair",
            "mask": _mask_kind(pairs),
            "share": _share_name(pairs),
            "a_dropped": _relation(pairs),
            "patterns": tuple(_patterns(trial)),
        }
    except ValueError as error:
        return {"form": _form(error)}
    facts["rng"] = _from_rng(trial)
    return facts


def _drop_by(mask_of, combine=lambda a, mask, p: a * mask, told=lambda mask, p: mask):
    """Dropout from its parts: how the mask is drawn, what it does to a, and what is handed back of it."""

    def drop(a, p_drop, rng):
        mask = np.asarray(mask_of(np.shape(a), p_drop, rng), dtype=float)
        return combine(a, mask, p_drop), told(mask, p_drop)

    return drop


def _kept(shape, p, rng):
    return rng.random(shape) >= p


def _exact_number(shape, p, rng):
    mask = np.ones(math.prod(shape))
    mask[rng.permutation(mask.size)[: round(p * mask.size)]] = 0
    return mask.reshape(shape)


def _exact_number_each(shape, p, rng):
    mask = np.ones(shape)
    for row in mask.reshape(-1, shape[-1]):
        row[rng.permutation(shape[-1])[: round(p * shape[-1])]] = 0
    return mask


def _first_units(shape, p, rng):
    return np.broadcast_to(np.arange(shape[-1]) >= round(p * shape[-1]), shape)


def _dropped_in_place(a, p_drop, rng):
    mask = _kept(a.shape, p_drop, rng).astype(float)
    a *= mask
    return a, mask


def _inverted_in_place(a, p_drop, rng):
    mask = _kept(a.shape, p_drop, rng).astype(float)
    a *= mask
    a /= 1 - p_drop
    return a, mask


def _loop_dropout(a, p_drop, rng):
    mask = np.zeros(a.shape, dtype=int)
    for index in np.ndindex(a.shape):
        if rng.uniform() > p_drop:
            mask[index] = 1
    return np.where(mask == 1, a, 0.0), mask


def _binomial_dropout(a, p_drop, rng):
    mask = rng.binomial(1, 1 - p_drop, size=np.shape(a))
    return np.multiply(a, mask), mask


def _choice_dropout(a, p_drop, rng):
    mask = rng.choice([0.0, 1.0], size=a.shape, p=[p_drop, 1 - p_drop])
    return a * mask, mask


def _boolean_dropout(a, p_drop, rng):
    mask = ~(rng.random(a.shape) < p_drop)
    return a * mask, mask


def _scaled(variant):
    def inverted(a, p_drop, rng):
        dropped, mask = variant(a, p_drop, rng)
        return dropped / (1 - p_drop), mask

    return inverted


# Which units are dropped can go wrong in the same ways in both conventions; only what is done to a differs.
def _mask_mistakes(combine):
    return [
        (
            "keep-for-drop",
            _drop_by(lambda shape, p, rng: rng.random(shape) < p, combine),
            "The share that is kept is the one that should be dropped: p_drop is the probability to drop. A uniform "
            "number is below p with probability p, so ask which side of p means “keep”.",
        ),
        (
            "always-half",
            _drop_by(lambda shape, p, rng: rng.integers(0, 2, size=shape), combine),
            "Half of the units are dropped, whatever p_drop is. An entry of the mask is 0 with probability p_drop, not ½.",
        ),
        (
            "normal-draws",
            _drop_by(lambda shape, p, rng: rng.normal(size=shape) > p, combine),
            "The share that is dropped is that of a normal distribution below p_drop. A number that is below p with "
            "probability p has to be uniform between 0 and 1.",
        ),
        (
            "nothing-dropped",
            _drop_by(lambda shape, p, rng: np.ones(shape), combine),
            "Nothing is ever dropped: the mask is 1 everywhere. With probability p_drop an entry has to be 0.",
        ),
        (
            "one-mask-for-the-batch",
            _drop_by(lambda shape, p, rng: np.broadcast_to(rng.random(shape[-1]) >= p, shape), combine),
            "One row was drawn and used for every example: the whole batch goes through the same thinned network. Each "
            "unit of each example is dropped by a draw of its own, so as many draws are needed as a has entries.",
        ),
        (
            "whole-examples",
            _drop_by(
                lambda shape, p, rng: np.broadcast_to(rng.random((shape[0], *[1] * (len(shape) - 1))) >= p, shape),
                combine,
            ),
            "Examples are dropped as a whole: there is one draw for each row. It is units that are dropped, each by "
            "itself.",
        ),
        (
            "exact-number",
            _drop_by(_exact_number, combine),
            "The number of dropped units is the same in every draw. Each unit is dropped by itself with probability "
            "p_drop; only on average the share is p_drop.",
        ),
        (
            "exact-number-in-each-example",
            _drop_by(_exact_number_each, combine),
            "Every example drops exactly the same number of units. Each unit is dropped by itself with probability "
            "p_drop, so the number varies from example to example.",
        ),
        (
            "first-units",
            _drop_by(_first_units, combine),
            "It is always the same units that are dropped, and rng is not used. Which ones has to be left to chance.",
        ),
        (
            "rng-not-used",
            _drop_by(lambda shape, p, rng: np.random.default_rng().random(shape) >= p, combine),
            "The mask does not come from the rng that is passed: the same rng gives another mask each time, and nobody "
            "can repeat the run.",
        ),
        (
            "fixed-seed",
            _drop_by(lambda shape, p, rng: np.random.default_rng(0).random(shape) >= p, combine),
            "The mask is the same, whichever rng is passed: a generator with a fixed seed is built inside. Every "
            "mini-batch would drop the same units.",
        ),
        (
            "mask-inverted",
            _drop_by(_kept, combine, lambda mask, p: 1 - mask),
            "a_dropped is right, but the mask says the opposite: 1 stands where a unit was dropped. It has to be 1 where "
            "kept, because δ will be multiplied by it.",
        ),
        (
            "uniform-numbers-as-mask",
            lambda a, p, rng: (lambda u: (combine(a, (u >= p).astype(float), p), u))(rng.random(np.shape(a))),
            "The mask holds the uniform numbers themselves. It is the comparison with p_drop that makes 0s and 1s of "
            "them.",
        ),
        (
            "order-of-results",
            lambda a, p, rng: _drop_by(_kept, combine)(a, p, rng)[::-1],
            "The two results stand in the wrong order: a_dropped comes first, then the mask.",
        ),
        (
            "mask-not-returned",
            lambda a, p, rng: _drop_by(_kept, combine)(a, p, rng)[0],
            "Only a_dropped came back. The backward pass needs the same mask: return the pair.",
        ),
        (
            "mask-of-one-example",
            lambda a, p, rng: (lambda row: (combine(a, row, p), row))((rng.random(np.shape(a)[-1]) >= p).astype(float)),
            "The mask has the shape of a single example, and was spread over the whole batch. It has to have a's shape: "
            "a draw for each unit of each example.",
        ),
    ]


def _dropout_relation(wanted, sentence):
    @_sentence
    def test(trial):
        pairs = _pairs(trial)
        fits = all(
            close(dropped, _relations(a, p_drop, (mask != 0).astype(float))[wanted], SINGLE_TOLERANCE)
            for a, p_drop, dropped, mask in pairs
        )
        return None if fits else sentence

    return test


def _plain(a, mask, p):
    return a * mask


DROPOUT = Exercise(
    name="dropout",
    lesson=LESSON,
    points=2,
    equation="mask = 0 with probability p_drop, otherwise 1, drawn for each entry of a; a_dropped = a · mask",
    reference=regularization.dropout,
    probes=_dropout_probes,
    comparable=False,
    observe=_dropout_facts,
    requirements=[
        Requirement("a mask of 0 and 1, with the share p_drop of zeros", 0.75, _right_share),
        Requirement(
            "a_dropped is a · mask",
            0.5,
            _dropout_relation("a mask", "a_dropped is not a where the mask is 1 and 0 where it is 0."),
        ),
        Requirement("every unit of every example by itself", 0.25, _each_by_itself),
        Requirement("drawn from rng", 0.25, _from_rng),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        *_mask_mistakes(_plain),
        (
            "rescaled",
            _drop_by(_kept, lambda a, mask, p: a * mask / (1 - p)),
            "What is kept was divided by the probability to keep. That is inverted dropout, two exercises further on; "
            "here the activations that are kept stay as they are.",
        ),
        (
            "rescaled-by-p",
            _drop_by(_kept, lambda a, mask, p: a * mask / p),
            "What is kept was divided by p_drop. Classic dropout rescales nothing while it trains.",
        ),
        (
            "scaled-down",
            _drop_by(_kept, lambda a, mask, p: a * mask * (1 - p)),
            "What is kept was multiplied by 1 − p_drop. That factor belongs to evaluation, where nothing is dropped.",
        ),
        (
            "scaled-down-by-p",
            _drop_by(_kept, lambda a, mask, p: a * mask * p),
            "What is kept was multiplied by p_drop: the slides' factor, in the wrong phase. Training rescales nothing.",
        ),
        (
            "mask-and-a-scaled",
            _drop_by(_kept, lambda a, mask, p: a * mask / (1 - p), lambda mask, p: mask / (1 - p)),
            "The mask holds 0 and 1/(1 − p_drop): that is a common way to write inverted dropout. Here the mask is 0 or "
            "1, and nothing is rescaled.",
        ),
        (
            "activations-not-dropped",
            _drop_by(_kept, lambda a, mask, p: a),
            "The mask is right, but the activations came back whole: it was not applied to them.",
        ),
        (
            "drops-where-mask-is-one",
            _drop_by(_kept, lambda a, mask, p: a * (1 - mask)),
            "The mask is right, but a was set to 0 where it is 1: mask and a_dropped contradict each other.",
        ),
        (
            "mask-for-a",
            _drop_by(_kept, lambda a, mask, p: mask),
            "a_dropped is the mask itself. What is kept keeps its activation.",
        ),
        (
            "in-place",
            _dropped_in_place,
            "The result is right, but the caller's a was changed: the forward pass has lost its activations. `*=` on an "
            "array changes it for everybody.",
        ),
    ),
    variants=[_loop_dropout, _binomial_dropout, _choice_dropout, _boolean_dropout],
)


def _inverse(a, mask, p):
    return a * mask / (1 - p)


@_sentence
def _right_share_and_mean(trial):
    problem = _right_share(trial)
    if problem:
        return problem
    return _dropout_relation("a mask / (1 - p)", "what is kept is not scaled so that the mean of a is kept.")(trial)


INVERTED_DROPOUT = Exercise(
    name="inverted_dropout",
    lesson=LESSON,
    points=1,
    equation="mask as in dropout; a_dropped = a · mask / (1 − p_drop), so that its mean is a",
    reference=regularization.inverted_dropout,
    probes=_dropout_probes,
    comparable=False,
    observe=_dropout_facts,
    requirements=[
        Requirement("a mask of 0 and 1, and a mean that is kept", 0.5, _right_share_and_mean),
        Requirement("every unit of every example by itself", 0.125, _each_by_itself),
        Requirement("drawn from rng", 0.125, _from_rng),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        *_mask_mistakes(_inverse),
        (
            "not-scaled",
            _drop_by(_kept, _plain),
            "The mean of a_dropped is too small, by the factor 1 − p_drop: this is classic dropout. What is kept has to "
            "make up for what is lost.",
        ),
        (
            "divided-by-p",
            _drop_by(_kept, lambda a, mask, p: a * mask / p),
            "What is kept was divided by p_drop, the probability to drop. A unit is there with the other probability; "
            "what number makes its mean come out as a?",
        ),
        (
            "scaled-down",
            _drop_by(_kept, lambda a, mask, p: a * mask * (1 - p)),
            "The mean of a_dropped is too small, by (1 − p_drop)²: the factor was multiplied where it should divide.",
        ),
        (
            "multiplied-by-p",
            _drop_by(_kept, lambda a, mask, p: a * mask * p),
            "What is kept became smaller still: it was multiplied by p_drop. It has to grow, to make up for what is "
            "lost.",
        ),
        (
            "scaled-twice",
            _drop_by(_kept, lambda a, mask, p: a * mask / (1 - p) ** 2),
            "The mean of a_dropped is too large, by 1/(1 − p_drop): the scaling comes in twice, in the mask and once "
            "more after it.",
        ),
        (
            "mask-scaled",
            _drop_by(_kept, _inverse, lambda mask, p: mask / (1 - p)),
            "a_dropped is right, but the mask that came back holds 0 and 1/(1 − p_drop). It is asked for unscaled, 0 "
            "and 1.",
        ),
        (
            "mask-and-twice-scaled",
            _drop_by(_kept, lambda a, mask, p: a * mask / (1 - p) ** 2, lambda mask, p: mask / (1 - p)),
            "The scaling comes in twice: the mask holds 1/(1 − p_drop) already, and what it gave was divided once more. "
            "Keep the mask at 0 and 1, and scale once.",
        ),
        (
            "mask-scaled-only",
            _drop_by(_kept, _plain, lambda mask, p: mask / (1 - p)),
            "It is the mask that was scaled, and the activations were not: the other way round is asked for.",
        ),
        (
            "scaled-by-counted-share",
            _drop_by(_kept, lambda a, mask, p: a * mask / np.mean(mask) if mask.any() else a * mask),
            "What is kept was divided by the share that happened to be kept in this draw. The expected share, which "
            "p_drop gives, is what makes the mean over many draws come out right; the counted one can even be 0.",
        ),
        (
            "everything-scaled",
            _drop_by(_kept, lambda a, mask, p: a / (1 - p)),
            "All activations were scaled up, and none was dropped: the mask was not applied.",
        ),
        (
            "activations-not-dropped",
            _drop_by(_kept, lambda a, mask, p: a),
            "The activations came back as they were: neither dropped nor scaled.",
        ),
        (
            "keep-for-drop-throughout",
            _drop_by(lambda shape, p, rng: rng.random(shape) < p, lambda a, mask, p: a * mask / p),
            "The mean is kept, but units are kept with probability p_drop and scaled to fit: p_drop is the probability "
            "to drop.",
        ),
        (
            "in-place",
            _inverted_in_place,
            "The result is right, but the caller's a was changed: `*=` and `/=` on an array change it for everybody.",
        ),
    ),
    variants=[_scaled(_loop_dropout), _scaled(_binomial_dropout), _scaled(_choice_dropout), _scaled(_boolean_dropout)],
)


# --- dropout_backward ------------------------------------------------------------------------------------------------


def _backward_probes(rng):
    found = []
    for n, p_drop in ((5, 0.4), (6, 0.7)):
        m = int(rng.integers(7, 12))
        delta = rng.normal(size=(n, m)) * 0.3
        mask = (rng.random((n, m)) >= p_drop).astype(float)
        mask[0, :2], mask[1, :2] = [0, 1], [1, 0]
        found.append((delta, mask))
    mask = rng.permutation([0, 0, 0, 1, 1, 1, 1, 1]).astype(float)
    found.append((rng.normal(size=8), mask))
    return found


def _plain_deltas(rng):
    return [
        (0.7, 0),
        (-0.3, 1),
        ([0.5, -0.2, 0.1], [1, 0, 1]),
        (np.array([[3, -2], [1, 4]]), np.array([[0, 1], [1, 0]])),
    ]


def _backward_in_place(delta, mask):
    delta *= mask
    return delta


DROPOUT_BACKWARD = Exercise(
    name="dropout_backward",
    lesson=LESSON,
    points=1,
    equation="∂C/∂a before dropout = mask · ∂C/∂a after it",
    reference=regularization.dropout_backward,
    probes=_backward_probes,
    requirements=[
        values(0.5),
        shapes(0.125),
        cases(_LISTS, 0.125, _plain_deltas, with_shapes=True),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "no-mask",
            lambda delta, mask: np.array(delta),
            "δ came back whole. A unit that was dropped had no effect on the cost, so nothing may come back through it.",
        ),
        (
            "inverse",
            lambda delta, mask: delta * (1 - np.asarray(mask)),
            "δ passes through the units that were dropped, and is stopped at those that were there. The mask is 1 where "
            "kept.",
        ),
        (
            "divided-by-mask",
            lambda delta, mask: np.asarray(delta) / np.asarray(mask),
            "δ was divided by the mask: inf where a unit was dropped. The slope of a · mask with respect to a is the mask.",
        ),
        (
            "scaled-by-share",
            lambda delta, mask: delta * np.asarray(mask) / np.mean(mask),
            "δ was stopped in the right places and then scaled by the share that was kept. Classic dropout scales "
            "nothing on the way there, so nothing on the way back.",
        ),
        (
            "scaled-by-dropped-share",
            lambda delta, mask: delta * np.asarray(mask) / (1 - np.mean(mask)),
            "δ was stopped in the right places and then divided by the share that was dropped. Where the mask is 1, δ "
            "passes as it is.",
        ),
        (
            "share-for-mask",
            lambda delta, mask: delta * np.mean(mask),
            "Every δ was multiplied by the mean of the mask. It is not the share that counts but which units were kept.",
        ),
        (
            "halved",
            lambda delta, mask: 0.5 * np.multiply(delta, mask),
            "δ was stopped in the right places and then multiplied by ½. Where the mask is 1, δ passes as it is.",
        ),
        (
            "kept-entries-only",
            lambda delta, mask: np.asarray(delta)[np.asarray(mask) == 1],
            "Only the entries of the units that were kept came back, in one row. The shape has to stay: 0 stands for "
            "what was dropped.",
        ),
        (
            "summed",
            lambda delta, mask: np.sum(np.multiply(delta, mask)),
            "One number came back: the products were added up. Each entry of δ has its own entry of the mask.",
        ),
        (
            "matrix-product",
            lambda delta, mask: np.asarray(delta) @ np.transpose(mask),
            "δ and the mask were multiplied as matrices. The mask works entry by entry.",
        ),
        (
            "mask-itself",
            lambda delta, mask: np.array(mask, dtype=float),
            "The mask itself came back. It says where δ passes, not how large it is.",
        ),
        (
            "sum-of-both",
            lambda delta, mask: np.add(delta, mask),
            "δ and the mask were added. What was dropped has to come out as 0, so a factor is needed.",
        ),
        (
            "first-row-for-all",
            lambda delta, mask: delta * np.asarray(mask)[:1] if np.ndim(mask) > 1 else np.multiply(delta, mask),
            "The first example's mask was used for the whole batch. Each example dropped its own units.",
        ),
        (
            "absolute-value",
            lambda delta, mask: np.abs(delta) * np.asarray(mask),
            "The signs of δ are lost: no number is negative. The mask is 0 or 1, and changes the sign of none.",
        ),
        (
            "sign",
            lambda delta, mask: -np.multiply(delta, mask),
            "Every δ that passes has the wrong sign. The mask is 0 or 1: where it is 1, δ comes back as it is.",
        ),
        (
            "sigma-prime-of-mask",
            lambda delta, mask: delta * np.asarray(mask) * (1 - np.asarray(mask)),
            "Every number is 0: the mask was treated like an activation, m(1 − m). It is a plain factor.",
        ),
        (
            "squared",
            lambda delta, mask: np.multiply(delta, mask) ** 2,
            "The numbers that pass were squared. δ comes in to the first power.",
        ),
        (
            "in-place",
            _backward_in_place,
            "The result is right, but the caller's δ was overwritten with it: `*=` on an array changes it for everybody. Build "
            "a new one.",
        ),
        (
            "lists-refused",
            lambda delta, mask: (
                delta * mask
                if isinstance(delta, np.ndarray)
                else (_ for _ in ()).throw(TypeError("an array is needed"))
            ),
            "The numbers are right for arrays of floats, but not every number, list or array of whole numbers gets "
            "through. Turn both arguments into arrays first.",
        ),
    ),
    variants=[
        lambda delta, mask: np.where(np.asarray(mask) == 1, delta, 0.0),
        lambda delta, mask: np.einsum("...,...->...", delta, mask),
        lambda delta, mask: np.multiply(mask, delta),
        lambda delta, mask: np.array(
            [d if keep else 0.0 for d, keep in zip(np.ravel(delta), np.ravel(mask), strict=True)]
        ).reshape(np.shape(delta)),
    ],
)


# --- evaluation_weights ----------------------------------------------------------------------------------------------


def _evaluation_probes(rng):
    found = []
    for p_drop in (rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.8), rng.uniform(0.32, 0.45)):
        found.append((probes.network(rng, probes.sizes(rng, 2))[0][0], float(p_drop)))
    return found


EVALUATION_WEIGHTS = Exercise(
    name="evaluation_weights",
    lesson=LESSON,
    points=1,
    equation="what a weight gets on average in training, it has to get in evaluation: E[mask] · w",
    reference=regularization.evaluation_weights,
    probes=_evaluation_probes,
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("p_drop = 0 and p_drop = ½", 0.125, lambda rng: [(rng.normal(size=(3, 5)), p) for p in (0.0, 0.5)]),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "slides",
            lambda W, p: p * W,
            "The weights were multiplied by the probability to drop, as in the slides. In training a unit was there with "
            "another probability, unless p_drop is ½; with p_drop = 0 this factor would switch the network off.",
        ),
        (
            "inverted",
            lambda W, p: W / (1 - p),
            "The weights grew. In evaluation more units are active than in training, so each has to count for less.",
        ),
        (
            "divided-by-p",
            lambda W, p: W / p,
            "The weights were divided by p_drop, and grew. More units are active now, so each has to count for less.",
        ),
        (
            "unscaled",
            lambda W, p: np.array(W),
            "The weights are as they were: the next layer now gets input from all units, more than it was trained on.",
        ),
        (
            "scaled-twice",
            lambda W, p: (1 - p) ** 2 * W,
            "The weights were scaled twice. One layer of dropped units lies before them.",
        ),
        (
            "variance",
            lambda W, p: p * (1 - p) * W,
            "The factor is p(1 − p), the variance of the mask. What has to be kept is its mean.",
        ),
        (
            "always-half",
            lambda W, p: W / 2,
            "The weights were halved, whatever p_drop is: ½ is the slides' example, not the rule.",
        ),
        (
            "root",
            lambda W, p: np.sqrt(1 - p) * W,
            "The root of the probability was taken. That would keep the mean of the squares; the mean itself is wanted.",
        ),
        (
            "one-plus-p",
            lambda W, p: (1 + p) * W,
            "The weights grew by the factor 1 + p_drop. More units are active now, so each has to count for less.",
        ),
        (
            "negative",
            lambda W, p: (p - 1) * W,
            "Every weight has changed its sign: look at the order of the difference.",
        ),
        (
            "subtracted",
            lambda W, p: W - p,
            "p_drop was subtracted from every weight. A weight that counts for less is multiplied by something.",
        ),
        (
            "masked",
            lambda W, p: W * (np.arange(W.size).reshape(W.shape) % 2),
            "Some weights are 0: units or weights were dropped here too. In evaluation the whole network is used.",
        ),
        (
            "normalised-rows",
            lambda W, p: (1 - p) * W / W.shape[1],
            "The weights were also divided by the number of units. The mask alone decides the factor.",
        ),
        (
            "first-column-left",
            lambda W, p: np.column_stack([W[:, 0], (1 - p) * W[:, 1:]]),
            "Column 0 was left as it is, as if it held biases. Here W holds weights only: every column belongs to a unit "
            "that was dropped at times.",
        ),
        (
            "transposed",
            lambda W, p: (1 - p) * W.T,
            "The factor is right, but the matrix was transposed. Row k still belongs to node k of the next layer.",
        ),
        (
            "in-place",
            lambda W, p: np.multiply(W, 1 - p, out=W),
            "The result is right, but the trained weights were overwritten: training cannot go on from them.",
        ),
    ),
    variants=[
        lambda W, p_drop: W - p_drop * W,
        lambda W, p_drop: [[(1 - p_drop) * w for w in row] for row in W],
        lambda W, p_drop: np.einsum(",kj->kj", 1 - p_drop, W),
    ],
)


# --- shift_image -----------------------------------------------------------------------------------------------------


def _image(rng, shape):
    return rng.random(shape) + 0.1


def _shift_probes(rng):
    found = []
    for dy, dx in ((1, 2), (-2, 1), (1, -1), (-1, -3), (2, 0), (0, -1)):
        shape = tuple(probes.sizes(rng, 2, low=5, high=9))
        found.append((_image(rng, shape), dy, dx))
    return found


def _far_shifts(rng):
    return [
        (_image(rng, (4, 6)), 4, 0),
        (_image(rng, (4, 6)), 0, -6),
        (_image(rng, (5, 3)), -7, 1),
        (_image(rng, (5, 3)), 2, 9),
    ]


def _filled(image, dy, dx, value):
    shifted = augmentation.shift_image(image, dy, dx)
    came_in = augmentation.shift_image(np.ones(np.shape(image)), dy, dx) == 0
    return np.where(came_in, value, shifted)


def _edge_repeated(image, dy, dx):
    rows = np.clip(np.arange(image.shape[0]) - dy, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - dx, 0, image.shape[1] - 1)
    return image[np.ix_(rows, columns)]


def _cropped(image, dy, dx):
    height, width = image.shape
    return image[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]


def _cleared_from_the_front(image, dy, dx):
    rolled = np.roll(image, (dy, dx), axis=(0, 1))
    rolled[:dy] = 0
    rolled[:, :dx] = 0
    return rolled


def _cleared_on_the_wrong_side(image, dy, dx):
    rolled = np.roll(image, (dy, dx), axis=(0, 1))
    height, width = image.shape
    rolled[slice(height - dy, None) if dy > 0 else slice(0, -dy)] = 0
    rolled[:, slice(width - dx, None) if dx > 0 else slice(0, -dx)] = 0
    return rolled


def _down_and_right_only(image, dy, dx):
    height, width = image.shape
    shifted = np.zeros(image.shape)
    shifted[dy:, dx:] = image[: height - dy, : width - dx]
    return shifted


def _fails_at_zero(image, dy, dx):
    shifted = np.zeros(image.shape)
    shifted[dy:, dx:] = image[:-dy, :-dx]
    return shifted


def _wraps_one_way(image, dy, dx):
    height, width = image.shape
    shifted = np.zeros(image.shape)
    for row in range(min(height, height + dy)):
        for column in range(min(width, width + dx)):
            shifted[row, column] = image[row - dy, column - dx]
    return shifted


def _first_lost(image, dy, dx):
    inside = np.zeros(image.shape)
    inside[1:, 1:] = image[1:, 1:]
    return augmentation.shift_image(inside, dy, dx)


def _shifted_in_place(image, dy, dx):
    image[:] = augmentation.shift_image(image, dy, dx)
    return image


def _fails_when_far(image, dy, dx):
    height, width = image.shape
    shifted = np.zeros_like(image)
    shifted[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = image[
        max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)
    ]
    return shifted


def _loop_shift(image, dy, dx):
    height, width = len(image), len(image[0])
    shifted = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            if 0 <= row - dy < height and 0 <= column - dx < width:
                shifted[row, column] = image[row - dy][column - dx]
    return shifted


def _padded_shift(image, dy, dx):
    height, width = image.shape
    up, left = abs(dy), abs(dx)
    padded = np.pad(image, ((up, up), (left, left)))
    return padded[up - dy : up - dy + height, left - dx : left - dx + width]


def _rolled_shift(image, dy, dx):
    height, width = image.shape
    rolled = np.roll(image, (dy, dx), axis=(0, 1))
    rows, columns = np.arange(height) - dy, np.arange(width) - dx
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    return np.where(inside, rolled, 0)


def _product_shift(image, dy, dx):
    return np.eye(len(image), k=-dy) @ image @ np.eye(image.shape[1], k=dx)


SHIFT_IMAGE = Exercise(
    name="shift_image",
    lesson=LESSON,
    points=1,
    equation="new[row, column] = old[row − dy, column − dx] where that is inside the image, otherwise 0",
    reference=augmentation.shift_image,
    probes=_shift_probes,
    telling_probes=lambda rng: [(_image(rng, (6, 6)), 1, -2), (_image(rng, (6, 6)), -1, 0)],
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("shifts as far as the image is wide, and farther", 0.125, _far_shifts, with_shapes=True),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "negative-shifts-ignored",
            lambda image, dy, dx: augmentation.shift_image(image, max(dy, 0), max(dx, 0)),
            "Shifts down and to the right are right; a negative dy or dx has no effect. They move the image up and to "
            "the left, and have rows and columns of their own that stay.",
        ),
        (
            "wraps-around",
            lambda image, dy, dx: np.roll(image, (dy, dx), axis=(0, 1)),
            "What leaves on one side comes in on the other: the image was rolled. What leaves is lost, and zeros come "
            "in.",
        ),
        (
            "both-signs",
            lambda image, dy, dx: augmentation.shift_image(image, -dy, -dx),
            "The image moves the wrong way: dy > 0 means down, dx > 0 means right. Row 0 is at the top.",
        ),
        (
            "dy-sign",
            lambda image, dy, dx: augmentation.shift_image(image, -dy, dx),
            "Left and right are right; up and down are exchanged. Row numbers grow downwards, and so does dy.",
        ),
        (
            "dx-sign",
            lambda image, dy, dx: augmentation.shift_image(image, dy, -dx),
            "Up and down are right; left and right are exchanged. dx > 0 moves to the right.",
        ),
        (
            "axes-exchanged",
            lambda image, dy, dx: augmentation.shift_image(image, dx, dy),
            "dy has moved the columns and dx the rows. The first axis of an image is its height.",
        ),
        (
            "rows-only",
            lambda image, dy, dx: augmentation.shift_image(image, dy, 0),
            "The image moves up and down only: dx has no effect. Columns move by dx as rows move by dy.",
        ),
        (
            "columns-only",
            lambda image, dy, dx: augmentation.shift_image(image, 0, dx),
            "The image moves left and right only: dy has no effect. Rows move by dy as columns move by dx.",
        ),
        (
            "one-pixel",
            lambda image, dy, dx: augmentation.shift_image(image, int(np.sign(dy)), int(np.sign(dx))),
            "Direction right, distance wrong: the image moves by one pixel, whatever dy and dx are.",
        ),
        (
            "comes-in-on-the-other-side",
            _wraps_one_way,
            "Upwards and to the left it is right; downwards and to the right what leaves comes in on the other side. An "
            "index below 0 raises nothing in Python: it counts from the end. Ask for both limits.",
        ),
        (
            "first-row-and-column-lost",
            _first_lost,
            "One row and one column too many are empty: index 0 of the old image is inside it as well.",
        ),
        (
            "edge-repeated",
            _edge_repeated,
            "The row or column at the edge was repeated where zeros should come in. What lies outside the old image counts as "
            "0.",
        ),
        (
            "mean-comes-in",
            lambda image, dy, dx: _filled(image, dy, dx, np.mean(image)),
            "The mean of the image comes in where zeros should. What lies outside the old image counts as 0.",
        ),
        (
            "ones-come-in",
            lambda image, dy, dx: _filled(image, dy, dx, 1.0),
            "Ones come in where zeros should. In these images 0 is paper and 1 is ink.",
        ),
        (
            "old-pixels-stay",
            lambda image, dy, dx: _filled(image, dy, dx, image),
            "Where zeros should come in the old pixels still stand: the shifted part was written onto a copy of the "
            "image. Begin with an empty one.",
        ),
        (
            "cropped",
            _cropped,
            "The image has become smaller: only the part that stays inside came back. The size has to stay.",
        ),
        (
            "cleared-from-the-front",
            _cleared_from_the_front,
            "Right when dy and dx are positive; with a negative one nearly the whole image is lost. `:dy` counts from "
            "the other end when dy is negative: treat the two directions apart.",
        ),
        (
            "cleared-on-the-wrong-side",
            _cleared_on_the_wrong_side,
            "The zeros stand on the wrong side, and the pixels that had left are still there on the other. Zeros come in "
            "behind the image as it moves.",
        ),
        (
            "down-and-right-only",
            _down_and_right_only,
            "Right as long as dy and dx are not negative; to the left or upwards it raises. There the part that stays "
            "begins at the other end, both in the old image and in the new one.",
        ),
        (
            "fails-at-zero",
            _fails_at_zero,
            "Right as long as dy and dx are greater than 0. With 0 it raises as well, because a range that ends at −0 "
            "ends at 0 and is empty.",
        ),
        (
            "nothing-moved",
            lambda image, dy, dx: np.array(image),
            "The image that came back has not moved. new[row, column] is old[row − dy, column − dx].",
        ),
        (
            "flattened",
            lambda image, dy, dx: augmentation.shift_image(image, dy, dx).ravel(),
            "The pixels are right, but in one row: the image has to keep its two axes.",
        ),
        (
            "fails-when-far",
            _fails_when_far,
            "Right as long as something of the image stays inside. When it is shifted out completely the result is all "
            "zeros; the limits of your ranges become negative there.",
        ),
        (
            "in-place",
            _shifted_in_place,
            "The result is right, but the caller's image was overwritten with it: an augmented data set would lose its "
            "originals.",
        ),
    ),
    variants=[_loop_shift, _padded_shift, _rolled_shift, _product_shift],
)


# --- augment: any change will do, so each image has its ink in a corner of its own, where a small change leaves it ----


def _cornered_images(rng, n, shape):
    """Up to four images, each with a dark square in another corner, and labels of their own."""
    X = np.zeros((n, *shape))
    for image, corner in zip(X, rng.permutation(4), strict=False):
        rows = slice(0, 3) if corner < 2 else slice(shape[0] - 3, None)
        columns = slice(0, 3) if corner % 2 == 0 else slice(shape[1] - 3, None)
        image[rows, columns] = rng.uniform(0.7, 1)
    return X.reshape(n, -1), rng.permutation(10)[:n]


def _augment_probes(rng):
    found = []
    for n, copies, *shape in ((4, 3), (3, 4, (8, 11))):
        X, labels = _cornered_images(rng, n, *(shape or [(8, 8)]))
        found.append((X, labels, copies, np.random.default_rng(rng.integers(2**32)), *shape))
    return found


def _shape_of(args):
    return args[4] if len(args) > 4 else (8, 8)


def _corner(row, shape):
    """Which quarter of an image holds most of its ink."""
    halves = np.array_split(np.reshape(row, shape), 2)
    return int(np.argmax([quarter.sum() for half in halves for quarter in np.array_split(half, 2, axis=1)]))


def _origins(args, copies):
    """For each copy the number of the original that has its ink where the copy has it; −1 where there is none."""
    X, shape = args[0], _shape_of(args)
    corners = [_corner(row, shape) for row in X]
    found = [_corner(row, shape) for row in copies]
    return [corners.index(corner) if corner in corners else -1 for corner in found]


def _augmented(trial, args):
    """What came back, as (X, Y); raise ValueError with a sentence where it is no such pair."""
    X, Y, copies = args[:3]
    outcome = trial.call(args)
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    if not isinstance(outcome.value, (list, tuple)) or len(outcome.value) != 2:
        raise ValueError("a pair (X, Y) is expected: the images and their labels.")
    try:
        new_X, new_Y = (np.asarray(part, dtype=float) for part in outcome.value)
    except (TypeError, ValueError):
        raise ValueError("X and Y have to be arrays of numbers.") from None
    rows = len(X) * (1 + copies)
    if new_X.ndim != 2 or new_X.shape[1] != X.shape[1]:
        raise ValueError(f"the images came back in shape {new_X.shape}, but one flattened image a row is expected.")
    if new_Y.ndim != Y.ndim or new_Y.shape[1:] != Y.shape[1:]:
        raise ValueError(f"the labels came back in shape {new_Y.shape}: one a row, as in Y, is expected.")
    if len(new_X) != rows or len(new_Y) != rows:
        raise ValueError(
            f"{len(new_X)} images and {len(new_Y)} labels came back; with {len(X)} images and copies = {copies} there "
            f"have to be {rows} of each."
        )
    return new_X, new_Y


def _labels_fit(args, new_X, new_Y):
    """Share of the copies whose label is that of the original they look like."""
    X, Y, *_ = args
    origins = _origins(args, new_X[len(X) :])
    return np.mean([j >= 0 and np.array_equal(new_Y[len(X) + i], Y[j]) for i, j in enumerate(origins)])


def _labels_counted(args, new_Y):
    Y, copies = args[1], args[2]
    return all(sum(np.array_equal(row, label) for row in new_Y) == 1 + copies for label in Y)


@_sentence
def _right_labels(trial):
    for args in trial.probes:
        new_X, new_Y = _augmented(trial, args)
        if not _labels_counted(args, new_Y):
            return "not every label comes as often as its image: once for the original and once for each copy."
        share = _labels_fit(args, new_X, new_Y)
        if share < 0.8:
            return f"only {share:.0%} of the copies carry the label of the image they come from."
    return None


@_sentence
def _originals_first(trial):
    for args in trial.probes:
        new_X, new_Y = _augmented(trial, args)
        X, Y, *_ = args
        if not close(new_X[: len(X)], X):
            return "the first rows are not the original images."
        if not np.array_equal(new_Y[: len(X)], Y):
            return "the first labels are not those of the originals."
    return None


def _changed_share(trial):
    """Share of all copies that are none of the originals; a shift by no pixel may happen now and then."""
    changed = []
    for args in trial.probes:
        X = args[0]
        copies = _augmented(trial, args)[0][len(X) :]
        changed += [not np.isclose(X, row).all(axis=1).any() for row in copies]
    return np.mean(changed)


@_sentence
def _changed_by_rng(trial):
    if _changed_share(trial) < 0.25:
        return "the copies are the originals once more, unchanged."
    return _same_rng_problem(trial)


def _same_rng_problem(trial):
    X, Y, copies, *_ = trial.probes[0]
    one, again, other = (_augmented(trial, (X, Y, copies, np.random.default_rng(seed)))[0] for seed in (5, 5, 6))
    if not close(one, again):
        return "the same rng in the same state gave different copies: draw from the rng that is passed."
    if close(one, other):
        return "two different rngs gave the same copies: the rng that is passed is not used."
    return None


@_sentence
def _one_hot_labels(trial):
    X, labels, copies, rng = trial.probes[0]
    args = (X, one_hot(labels, 10), copies, rng)
    new_X, new_Y = _augmented(trial, args)
    return None if _labels_fit(args, new_X, new_Y) >= 0.8 else "one-hot rows do not stay with their images."


def _rows_told(outcome, X):
    """How many rows came back in each part, and whether the originals are the first of them."""
    if outcome.failure or not isinstance(outcome.value, (list, tuple)):
        return None
    first = np.asarray(outcome.value[0])[: len(X)]
    return [np.shape(part) for part in outcome.value[:2]], first.shape == X.shape and close(first, X)


def _augment_facts(trial):
    args = trial.probes[0]
    X, Y, *_ = args
    try:
        new_X, new_Y = _augmented(trial, args)
    except ValueError as error:
        return {"form": _form(error), "rows": _rows_told(trial.outcomes[0], X)}
    facts = {}
    facts["X first"], facts["Y first"] = close(new_X[: len(X)], X), np.array_equal(new_Y[: len(X)], Y)
    facts["X last"] = close(new_X[-len(X) :], X)
    facts["X among"] = all(np.isclose(new_X, row).all(axis=1).any() for row in X)
    facts["labels"] = _labels_counted(args, new_Y)
    try:
        facts["changed"] = _changed_share(trial) >= 0.25
    except ValueError as error:
        facts["changed"] = _form(error)
    facts["rng"] = _same_rng_problem(trial)
    fits = _labels_fit(args, new_X, new_Y)
    facts["fits"] = "all" if fits >= 0.8 else "some"
    if fits < 0.8 or not facts["X first"]:
        # Whether the images, or the labels, of one original stand side by side.
        facts["images in blocks"] = _in_blocks(_origins(args, new_X[len(X) :]))
        facts["labels in blocks"] = _in_blocks(new_Y[len(X) :].tolist())
    return facts


def _in_blocks(values):
    return sum(one == other for one, other in pairwise(values)) > len(values) // 2


def _changed(row, shape, rng):
    return augmentation.random_shift(np.reshape(row, shape), rng).ravel()


def _copies_of(X, copies, rng, shape):
    return np.array([_changed(row, shape, rng) for _ in range(copies) for row in X])


def _copies_by_image(X, copies, rng, shape):
    return np.array([_changed(row, shape, rng) for row in X for _ in range(copies)])


def _augment_by(copied=_copies_of, labels=lambda Y, copies, rng: np.concatenate([Y] * copies), first=lambda X, rng: X):
    """Put augment together from the copies, their labels and what stands in front of them."""

    def augment(X, Y, copies, rng, shape=(8, 8)):
        return (
            np.concatenate([first(X, rng), copied(X, copies, rng, shape)]),
            np.concatenate([Y, labels(Y, copies, rng)]),
        )

    return augment


def _repeated(Y, copies, rng):
    return np.repeat(Y, copies, axis=0)


def _originals_overwritten(X, Y, copies, rng, shape=(8, 8)):
    images, labels = [X], [Y]
    for _ in range(copies):
        for row in X:
            row[:] = _changed(row, shape, rng)
        images.append(X)
        labels.append(Y)
    return np.concatenate(images), np.concatenate(labels)


def _original_kept_but_overwritten(X, Y, copies, rng, shape=(8, 8)):
    images, labels = [X.copy()], [Y]
    for _ in range(copies):
        for row in X:
            row[:] = _changed(row, shape, rng)
        images.append(X.copy())
        labels.append(Y)
    return np.concatenate(images), np.concatenate(labels)


def _shuffled_augment(X, Y, copies, rng, shape=(8, 8)):
    new_X, new_Y = augmentation.augment(X, Y, copies, rng, shape)
    order = rng.permutation(len(new_X))
    return new_X[order], new_Y[order]


def _doubling(X, Y, copies, rng, shape=(8, 8)):
    for _ in range(copies):
        X = np.concatenate([X, np.array([_changed(row, shape, rng) for row in X])])
        Y = np.concatenate([Y, Y])
    return X, Y


def _image_by_image(X, Y, copies, rng, shape=(8, 8)):
    images = [image for row in X for image in (row, *(_changed(row, shape, rng) for _ in range(copies)))]
    return np.array(images), np.repeat(Y, 1 + copies, axis=0)


def _copies_first(X, Y, copies, rng, shape=(8, 8)):
    return np.concatenate([_copies_of(X, copies, rng, shape), X]), np.concatenate([Y] * (1 + copies))


def _stacked(X, Y, copies, rng, shape=(8, 8)):
    new_X, new_Y = augmentation.augment(X, Y, copies, rng, shape)
    return new_X.reshape(-1, *shape), new_Y


def _loop_augment(X, Y, copies, rng, shape=(8, 8)):
    images, labels = list(X), list(Y)
    for row, label in zip(X, Y, strict=True):
        for _ in range(copies):
            dy, dx = rng.integers(-1, 2, size=2)
            images.append(augmentation.shift_image(row.reshape(shape), int(dy), int(dx)).ravel())
            labels.append(label)
    return images, labels


def _noisy_augment(X, Y, copies, rng, shape=(8, 8)):
    parts = [X] + [np.clip(X + rng.normal(0, 0.08, X.shape), 0, 1) for _ in range(copies)]
    return np.vstack(parts), np.concatenate([Y] * (1 + copies))


def _rolled_augment(X, Y, copies, rng, shape=(8, 8)):
    new_X, new_Y = X, Y
    for _ in range(copies):
        images = X.reshape(-1, *shape)
        moved = [np.roll(image, rng.choice([-1, 1]), axis=int(rng.integers(2))).ravel() for image in images]
        order = rng.permutation(len(X))
        new_X, new_Y = np.vstack([new_X, np.array(moved)[order]]), np.concatenate([new_Y, Y[order]])
    return new_X, new_Y


AUGMENT = Exercise(
    name="augment",
    lesson=LESSON,
    points=2,
    equation="n originals, then n · copies changed images, each with the label of the image it was made from",
    reference=lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, copies, rng, shape),
    probes=_augment_probes,
    comparable=False,
    observe=_augment_facts,
    requirements=[
        Requirement("n (1 + copies) images, each with its own label", 1, _right_labels),
        Requirement("originals first, as they were", 0.25, _originals_first),
        Requirement("copies changed, by draws from rng", 0.25, _changed_by_rng),
        Requirement("one-hot labels as well", 0.25, _one_hot_labels),
        unchanged(0.25),
    ],
    mistakes=_mistakes(
        (
            "labels-out-of-order",
            _augment_by(_copies_by_image),
            "The copies stand image by image, the labels in the order of the whole set, again and again: from the second "
            "copy on they belong to others. Images and labels need the same order.",
        ),
        (
            "labels-repeated-one-by-one",
            _augment_by(_copies_of, _repeated),
            "The labels stand image by image (each one several times in a row), the copies in the order of the whole "
            "set. Images and labels need the same order.",
        ),
        (
            "labels-shuffled",
            _augment_by(_copies_of, lambda Y, copies, rng: rng.permutation(np.concatenate([Y] * copies))),
            "The copies and their labels were put into different random orders. An image and its label move together.",
        ),
        (
            "labels-zero",
            _augment_by(_copies_of, lambda Y, copies, rng: np.concatenate([np.zeros_like(Y)] * copies)),
            "All copies have the label 0. The label does not change when an image moves: a copy has that of its original.",
        ),
        (
            "labels-not-extended",
            lambda X, Y, copies, rng, shape=(8, 8): (augmentation.augment(X, Y, copies, rng, shape)[0], Y),
            "There are more images than labels: every copy needs one, too.",
        ),
        (
            "originals-missing",
            lambda X, Y, copies, rng, shape=(8, 8): (_copies_of(X, copies, rng, shape), np.concatenate([Y] * copies)),
            "The originals are missing: the copies stand beside them, not in their place.",
        ),
        (
            "originals-changed",
            _augment_by(first=lambda X, rng: np.array([np.roll(row, 1) for row in X])),
            "The number and the labels are right, but the originals have been changed as well: the first rows have to "
            "be X as it was.",
        ),
        (
            "originals-overwritten",
            _originals_overwritten,
            "The caller's images were overwritten, and all parts of the result show the same last state. A row of X is "
            "a view: what is written into it is written into X.",
        ),
        (
            "copies-of-overwritten-images",
            _original_kept_but_overwritten,
            "The result looks right, but X itself was changed along the way, and each round moved the images further. "
            "Make every copy from the original, into a new array.",
        ),
        (
            "originals-last",
            _copies_first,
            "The copies come first. The originals have to stand in front, so that they can be found again.",
        ),
        (
            "image-by-image",
            _image_by_image,
            "Each original is followed by its own copies. All originals come first, in their order, and the copies "
            "after the last of them.",
        ),
        (
            "all-shuffled",
            _shuffled_augment,
            "Images and labels belong together, but the originals are scattered among the copies: they have to come "
            "first.",
        ),
        (
            "copies-unchanged",
            _augment_by(lambda X, copies, rng, shape: np.concatenate([X] * copies)),
            "The copies are exact: the same images several times teach nothing new. Change each one.",
        ),
        (
            "rng-not-used",
            _augment_by(lambda X, copies, rng, shape: _copies_of(X, copies, np.random.default_rng(), shape)),
            "The changes do not come from the rng that is passed: the same rng gives other copies each time.",
        ),
        (
            "same-change-always",
            _augment_by(
                lambda X, copies, rng, shape: np.concatenate(
                    [np.array([augmentation.shift_image(row.reshape(shape), 0, 1).ravel() for row in X])] * copies
                )
            ),
            "The change is always the same, whichever rng is passed. Draw it anew for each copy.",
        ),
        (
            "one-copy-only",
            lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, 1, rng, shape),
            "One copy of each image came, whatever copies is: with n images there are n · copies of them.",
        ),
        (
            "originals-counted",
            lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, copies - 1, rng, shape),
            "One copy of each image is missing: copies counts the changed ones, and the originals come on top.",
        ),
        (
            "copies-of-copies",
            _doubling,
            "The set was doubled again and again: copies were made of copies. Each round starts from the originals.",
        ),
        (
            "not-flattened",
            _stacked,
            "The images came back with their height and width. The network takes one flattened image a row, as in X.",
        ),
        (
            "order-of-results",
            lambda *args: augmentation.augment(*args)[::-1],
            "The two results stand in the wrong order: the images come first, then the labels.",
        ),
        (
            "labels-forgotten",
            lambda *args: augmentation.augment(*args)[0],
            "Only the images came back. Return the pair of images and labels.",
        ),
        (
            "shape-ignored",
            lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, copies, rng, (8, 8)),
            "It works for images of 8 × 8 only: the argument shape was not used.",
        ),
        (
            "one-hot-flattened",
            _augment_by(_copies_by_image, lambda Y, copies, rng: np.repeat(Y, copies).reshape(-1, *Y.shape[1:])),
            "Plain labels are right, one-hot rows are not: their numbers were repeated or put together one by one, where "
            "whole rows have to stay whole. Name the axis along which you repeat, and join rows to rows.",
        ),
    ),
    variants=[_loop_augment, _noisy_augment, _rolled_augment, _augment_by(_copies_by_image, _repeated)],
)


# --- zero_fraction ---------------------------------------------------------------------------------------------------


def _sparse(rng, widths, share):
    """Weights of a network, a share of each layer's exactly 0 and a few more very near to it."""
    weights = [W for W, _ in probes.network(rng, widths)]
    for W, part in zip(weights, share, strict=True):
        flat = W.ravel()
        chosen = rng.permutation(W.size)
        zeros = max(1, round(part * W.size))
        flat[chosen[:zeros]] = 0
        flat[chosen[zeros : zeros + 3]] = [1e-10, -1e-10, 3e-4]
    return weights


def _zero_probes(rng):
    found = []
    for share in ((0.1, 0.5), (0.6, 0.2, 0.3)):
        found.append((_sparse(rng, probes.sizes(rng, len(share) + 1, low=4, high=9), share),))
    return found


def _tolerances(rng):
    weights = _sparse(rng, probes.sizes(rng, 3, low=4, high=9), (0.3, 0.1))
    exact = [W.copy() for W in weights]
    exact[0][0, :2], exact[1][0, :2] = [0.25, -0.25], [0.5, -0.25]
    return [(weights, 0.4), (weights, 0.05), (exact, 0.25)]


def _share_of(rule):
    return lambda weights, tol=0.0: float(np.mean(np.concatenate([np.ravel(rule(W, tol)) for W in weights])))


def _loop_zero_fraction(weights, tol=0.0):
    zeros, total = 0, 0
    for W in weights:
        for w in W.ravel():
            total += 1
            if -tol <= w <= tol:
                zeros += 1
    return zeros / total


ZERO_FRACTION = Exercise(
    name="zero_fraction",
    lesson=LESSON,
    points=1,
    equation="number of weights with |w| ≤ tol, over the number of all weights of all layers",
    reference=lambda weights, tol=0.0: regularization.zero_fraction(weights, tol),
    probes=_zero_probes,
    telling_probes=_tolerances,
    requirements=[
        values(0.5),
        cases("with a tolerance", 0.25, _tolerances),
        shapes(0.125, "a single number"),
        unchanged(0.125),
    ],
    mistakes=_mistakes(
        (
            "mean-of-means",
            lambda weights, tol=0.0: float(np.mean([np.mean(np.abs(W) <= tol) for W in weights])),
            "The share of each layer was averaged over the layers, so that a weight of a small layer counts for more. "
            "All weights count alike: count them together.",
        ),
        (
            "last-layer-only",
            lambda weights, tol=0.0: float(np.mean(np.abs(weights[-1]) <= tol)),
            "Only the last layer was counted. All layers count together: does the count begin anew in every turn of the loop?",
        ),
        (
            "first-layer-only",
            lambda weights, tol=0.0: float(np.mean(np.abs(weights[0]) <= tol)),
            "Only layer 1 was counted. All layers count together: does a return stand inside the loop?",
        ),
        (
            "count",
            lambda weights, tol=0.0: sum(int(np.sum(np.abs(W) <= tol)) for W in weights),
            "This is the number of zeros. Their share is asked for, between 0 and 1.",
        ),
        (
            "non-zero-share",
            _share_of(lambda W, tol: np.abs(W) > tol),
            "This is the share of the weights that are not 0: the condition is turned round.",
        ),
        (
            "percent",
            lambda weights, tol=0.0: 100 * regularization.zero_fraction(weights, tol),
            "The share was given in percent. It lies between 0 and 1.",
        ),
        (
            "strictly-below",
            _share_of(lambda W, tol: np.abs(W) < tol),
            "With tol = 0 nothing counts, not even an exact 0: no magnitude is below 0. |w| = tol has to count.",
        ),
        (
            "sign-ignored",
            _share_of(lambda W, tol: tol >= W),
            "All negative weights were counted as zeros. It is the magnitude that has to be small.",
        ),
        (
            "tolerance-ignored",
            _share_of(lambda W, tol: W == 0),
            "Exact zeros are counted rightly; tol plays no part. With tol > 0, weights within tol of 0 count as well.",
        ),
        (
            "nearly-zero-counted",
            _share_of(lambda W, tol: np.isclose(W, 0, atol=max(tol, 1e-8))),
            "Weights that are nearly 0 were counted although tol is 0: isclose has a tolerance of its own. With tol = 0 "
            "only exact zeros count.",
        ),
        (
            "rounded",
            _share_of(lambda W, tol: np.abs(np.round(W, 3)) <= tol),
            "The weights were rounded before they were counted, so that small ones pass for zeros.",
        ),
        (
            "per-row",
            lambda weights, tol=0.0: sum(int(np.sum(np.abs(W) <= tol)) for W in weights) / sum(len(W) for W in weights),
            "The zeros were divided by the number of rows: len of a matrix counts its rows, not its entries.",
        ),
        (
            "per-layer",
            lambda weights, tol=0.0: sum(int(np.sum(np.abs(W) <= tol)) for W in weights) / len(weights),
            "The number of zeros was divided by the number of layers, not of weights.",
        ),
        (
            "sum-of-shares",
            lambda weights, tol=0.0: float(sum(np.mean(np.abs(W) <= tol) for W in weights)),
            "The shares of the layers were added up. A share of the whole is wanted, never more than 1.",
        ),
        (
            "ratio-to-non-zero",
            lambda weights, tol=0.0: (lambda share: share / (1 - share))(regularization.zero_fraction(weights, tol)),
            "Zeros were divided by the weights that are not 0. All weights stand under the line.",
        ),
        (
            "one-share-a-layer",
            lambda weights, tol=0.0: [float(np.mean(np.abs(W) <= tol)) for W in weights],
            "One share for each layer came back. One for all weights together is asked for.",
        ),
        (
            "one-element-array",
            lambda weights, tol=0.0: np.array([regularization.zero_fraction(weights, tol)]),
            "The share is right, but it is wrapped in an array of one element. A share is a plain number.",
        ),
        (
            "strictly-below-a-tolerance",
            _share_of(lambda W, tol: (W == 0) | (np.abs(W) < tol)),
            "Exact zeros are counted rightly, but a weight whose magnitude is just tol is not. |w| = tol has to count.",
        ),
    ),
    variants=[
        _loop_zero_fraction,
        lambda weights, tol=0.0: (
            1 - sum(np.count_nonzero(np.abs(W) > tol) for W in weights) / sum(W.size for W in weights)
        ),
        lambda weights, tol=0.0: np.mean(np.abs(np.hstack([W.ravel() for W in weights])) <= tol),
    ],
)


EXERCISES = [
    L2_COST,
    L1_COST,
    L2_STEP,
    L1_STEP,
    SOFT_THRESHOLD_STEP,
    REGULARIZED_STEP,
    DROPOUT,
    DROPOUT_BACKWARD,
    EVALUATION_WEIGHTS,
    INVERTED_DROPOUT,
    SHIFT_IMAGE,
    AUGMENT,
    ZERO_FRACTION,
]


# --- recall: questions on lessons 4 and 2 ----------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "5.1",
        "A logistic output has a = 0.8 and the target y = 1, under binary cross-entropy. Its input comes from a unit with "
        "activation 0.5. What is ∂C/∂w of the weight between them?",
        lambda: (0.8 - 1) * 0.5,
        "δ = a − y, because σ′ has cancelled, and ∂C/∂w is δ times the activation at the start of the edge.",
        {
            "There is a σ′ in that. Under cross-entropy it cancels.": lambda: (0.8 - 1) * 0.8 * 0.2 * 0.5,
            "That is δ. The weight multiplies an activation.": lambda: 0.8 - 1,
            "The size is right. The output is too small, so should this weight grow or shrink?": lambda: 0.1,
        },
    ),
    Question(
        "5.2",
        "Softmax outputs are (0.7, 0.2, 0.1), and the second class is the right one. What is the multinomial "
        "cross-entropy of this example, with the natural logarithm?",
        lambda: -math.log(0.2),
        "Only the term of the right class is left: −ln 0.2.",
        {
            "That is the cost in bits, with the logarithm to base 2.": lambda: -math.log2(0.2),
            "That is the cost of the class with the largest output. The target decides which term counts.": lambda: (
                -math.log(0.7)
            ),
            "All three outputs were treated as if each had its own binary cross-entropy.": lambda: (
                -math.log(0.2) - math.log(0.3) - math.log(0.9)
            ),
            "The logarithm of a probability is negative; the cost has a minus in front.": lambda: math.log(0.2),
        },
    ),
    Question(
        "5.3",
        "f(2.01) = 5.06 and f(1.99) = 4.94. What is f′(2), about, by the central difference?",
        lambda: (5.06 - 4.94) / 0.02,
        "The difference is divided by the whole distance between the two places, 2h = 0.02.",
        {
            "That divides by h. The two places are 2h apart.": lambda: (5.06 - 4.94) / 0.01,
            "That is the difference alone; a slope divides by the distance.": lambda: 5.06 - 4.94,
        },
    ),
    Question(
        "5.4",
        "Mini-batches of 25 estimate a gradient with a typical error of 0.4. With which error do mini-batches of 100 "
        "estimate it?",
        lambda: 0.4 / math.sqrt(100 / 25),
        "The error falls with the root of the batch size: four times the examples, half the error.",
        {
            "That is the error divided by 4. It falls with the root of the batch size.": lambda: 0.1,
            "More examples estimate better, not worse.": lambda: 0.8,
        },
    ),
]
