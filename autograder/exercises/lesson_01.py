"""Lesson 1, notation: eleven exercises, their probes and the mistakes that are known by name."""

import math
from itertools import chain

import numpy as np

from autograder.checking import probes
from autograder.checking.compare import SINGLE_TOLERANCE, close, flat
from autograder.checking.requirements import cases, shapes, trouble, unchanged, values
from autograder.exercise import Exercise, Mistake, Requirement
from autograder.recall import Question
from nblib.activations import log_softmax, logistic, relu, softmax, step
from nblib.network import fold_bias, forward, layer_sizes, pad_layers, predict, unfold_bias

LESSON = "01-notation"


def _square(depth):
    return [4] * (depth + 1)


def _layer(rng, widths):
    """Draw one layer and an input of it, as (W, a, b)."""
    W, b = probes.network(rng, widths)[0]
    return W, rng.normal(size=widths[0]), b


def _layer_draws(rng, widths=None):
    return [_layer(rng, widths or probes.sizes(rng, 2)) for _ in range(4)]


# --- weighted_input --------------------------------------------------------------------------------------------------


def weighted_input(w, a, b):
    """Reference: z of one neuron."""
    return float(np.dot(w, a) + b)


def _neuron_draws(rng):
    found = []
    for m in probes.sizes(rng, 4, low=3):
        found.append((rng.normal(size=m), rng.normal(size=m), float(rng.normal() + 2)))
    return found


def _loop_weighted_input(w, a, b):
    z = b
    for j in range(len(w)):
        z += w[j] * a[j]
    return z


WEIGHTED_INPUT = Exercise(
    name="weighted_input",
    lesson=LESSON,
    points=1,
    equation="z = Σ_j w_j a_j + b",
    reference=weighted_input,
    probes=_neuron_draws,
    requirements=[values(0.5), shapes(0.25, "a single number"), unchanged(0.25)],
    mistakes=[
        Mistake(
            "bias-missing",
            lambda w, a, b: w @ a,
            "Every z is off by the same amount whatever the inputs are: by b. The weighted sum is right; look at what "
            "stands behind it in z = Σ w_j a_j + b.",
        ),
        Mistake(
            "bias-subtracted",
            lambda w, a, b: w @ a - b,
            "Every z is off by 2b: the bias went in with the wrong sign. A threshold is subtracted, and the bias is "
            "minus the threshold, so b itself is added.",
        ),
        Mistake(
            "sum-subtracted",
            lambda w, a, b: b - w @ a,
            "This is b minus the weighted sum. A larger input on a positive weight has to make z larger: look at the "
            "sign in front of Σ_j w_j a_j.",
        ),
        Mistake(
            "sign",
            lambda w, a, b: -(w @ a + b),
            "Every z has the right size and the wrong sign. In z = Σ_j w_j a_j + b both parts are added: look for a "
            "minus in front of the whole.",
        ),
        Mistake(
            "not-summed",
            lambda w, a, b: w * a + b,
            "One number for each input came back. A neuron has a single z: the products w_j a_j are added up.",
        ),
        Mistake(
            "bias-at-every-input",
            lambda w, a, b: np.sum(w * a + b),
            "The bias was added once for each input, so z is off by (m_prev − 1) b. In z = Σ w_j a_j + b it stands outside "
            "the sum.",
        ),
        Mistake(
            "bias-multiplied",
            lambda w, a, b: (w @ a) * b,
            "The weighted sum was multiplied by b. A bias shifts z, it does not stretch it: in z = Σ_j w_j a_j + b it "
            "is added.",
        ),
        Mistake(
            "bias-inside",
            lambda w, a, b: w @ (a + b),
            "The bias was added to the inputs before they were weighted, so it is multiplied by Σ w_j. It is added to "
            "the weighted sum.",
        ),
        Mistake(
            "mean-for-sum",
            lambda w, a, b: np.mean(w * a) + b,
            "The products w_j a_j were averaged: the more inputs, the further z is off. The equation adds them up.",
        ),
        Mistake(
            "sum-of-both",
            lambda w, a, b: np.sum(w + a) + b,
            "Weights and inputs were added to each other. A weight says how much of its input counts, so the two are "
            "multiplied.",
        ),
        Mistake(
            "product-of-sums",
            lambda w, a, b: np.sum(w) * np.sum(a) + b,
            "The sum of the weights was multiplied by the sum of the inputs, so every weight met every input. Input j "
            "is weighted by w_j alone: multiply first, add afterwards.",
        ),
        Mistake(
            "activated",
            lambda w, a, b: logistic(w @ a + b),
            "These numbers lie between 0 and 1: they are activations, σ(z). Here z itself is asked for.",
        ),
        Mistake(
            "thresholded",
            lambda w, a, b: float(w @ a + b >= 0),
            "Every answer is 0 or 1: that is the decision of a perceptron. Its weighted input z, before the decision, "
            "is asked for.",
        ),
        Mistake(
            "weights-absolute",
            lambda w, a, b: np.abs(w) @ a + b,
            "The weights have lost their signs. A negative weight makes z smaller when its input grows: in w_j a_j the "
            "weight stands as it is.",
        ),
        Mistake(
            "first-input-missing",
            lambda w, a, b: w[1:] @ a[1:] + b,
            "The first input has no effect on z. Indices count from 0, and w[0] is an ordinary weight here: the bias "
            "has an argument of its own.",
        ),
        Mistake(
            "last-input-missing",
            lambda w, a, b: w[:-1] @ a[:-1] + b,
            "The last input has no effect on z. Look at where your sum over j ends.",
        ),
        Mistake(
            "one-element-array",
            lambda w, a, b: np.array([w @ a + b]),
            "The number is right, but it is wrapped in an array of one element. A neuron has one z: a plain number.",
        ),
        Mistake(
            "outer-product",
            lambda w, a, b: np.outer(w, a) + b,
            "A table of all products w_j a_i came back. Weight j meets input j only, and the products are added up.",
        ),
        Mistake(
            "three-inputs-only",
            lambda w, a, b: w[0] * a[0] + w[1] * a[1] + w[2] * a[2] + b,
            "A neuron with three inputs is right; with more of them only the first three have an effect. The example "
            "had three: the sum has to run over all inputs, however many there are.",
        ),
    ],
    variants=[
        _loop_weighted_input,
        lambda w, a, b: sum(wj * aj for wj, aj in zip(w, a, strict=True)) + b,
        lambda w, a, b: np.einsum("j,j->", a, w) + b,
        lambda w, a, b: np.dot(np.append(w, b), np.append(a, 1)),
        lambda w, a, b: np.sum(w * a) + b,
    ],
)


# --- layer_weighted_inputs -------------------------------------------------------------------------------------------


def layer_weighted_inputs(W, a, b):
    """Reference: z of all neurons of a layer."""
    return W @ a + b


def _loop_layer(W, a, b):
    z = np.zeros(len(b))
    for k in range(len(b)):
        for j in range(len(a)):
            z[k] += W[k, j] * a[j]
        z[k] += b[k]
    return z


LAYER_WEIGHTED_INPUTS = Exercise(
    name="layer_weighted_inputs",
    lesson=LESSON,
    points=1,
    equation="z_k = Σ_j w_kj a_j + b_k, that is z = W a + b",
    reference=layer_weighted_inputs,
    probes=_layer_draws,
    telling_probes=lambda rng: _layer_draws(rng, _square(1)),
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "summed-over-all",
            lambda W, a, b: np.sum(W * a) + b,
            "One sum over the whole table was added to every bias: all z_k differ by their b_k only. Each node k adds up "
            "its own row, and no other.",
        ),
        Mistake(
            "transpose",
            lambda W, a, b: W.T @ a + b,
            "The weights were used the other way round: node j's outgoing weights in place of node k's incoming ones. "
            "In z_k = Σ_j w_kj a_j the sum runs along row k of W, which holds the weights into node k. (Where a layer "
            "is as wide as the one before, no error tells you so.)",
        ),
        Mistake(
            "bias-missing",
            lambda W, a, b: W @ a,
            "Each z_k is off by the same amount whatever a is: by b_k. Look at what stands behind the sum in the "
            "equation.",
        ),
        Mistake(
            "bias-subtracted",
            lambda W, a, b: W @ a - b,
            "Each z_k is off by twice its b_k: the bias went in with the wrong sign. In z_k = Σ_j w_kj a_j + b_k it is "
            "added.",
        ),
        Mistake(
            "sign",
            lambda W, a, b: -(W @ a + b),
            "Every z has the right size and the wrong sign. In z = W a + b both parts are added: look for a minus in "
            "front of the whole.",
        ),
        Mistake(
            "elementwise",
            lambda W, a, b: W * a + b[:, None],
            "A table came back, with one number for each edge. W and a were multiplied number by number; node k adds "
            "its row up over j.",
        ),
        Mistake(
            "elementwise-bare",
            lambda W, a, b: W * a,
            "A table of the products w_kj a_j came back, one for each edge: neither the sum over j nor the bias has "
            "been taken.",
        ),
        Mistake(
            "elementwise-with-bias-row",
            lambda W, a, b: W * a + b,
            "W and a were multiplied number by number, and b was laid along the rows, where it fits only if the layer "
            "is as wide as the one before. Node k adds its row up over j first, and then has one bias b_k.",
        ),
        Mistake(
            "summed-over-nodes",
            lambda W, a, b: (W * a).sum(axis=0),
            "The products w_kj a_j were added up over k, down the columns. z_k belongs to a row: the sum runs over j.",
        ),
        Mistake(
            "bias-at-every-input",
            lambda W, a, b: np.sum(W * a + b[:, None], axis=1),
            "The bias b_k was added once for each input j, so that z_k is off by (m_prev − 1) b_k. In z_k = Σ_j w_kj "
            "a_j + b_k it stands outside the sum.",
        ),
        Mistake(
            "one-bias-for-all",
            lambda W, a, b: W @ a + b[0],
            "The first node is right; the others were given its bias. In z_k = Σ_j w_kj a_j + b_k each node k has a "
            "b_k of its own.",
        ),
        Mistake(
            "bias-summed",
            lambda W, a, b: W @ a + np.sum(b),
            "All biases of the layer were added to each node. In z_k = Σ_j w_kj a_j + b_k node k is given b_k alone.",
        ),
        Mistake(
            "mean-over-inputs",
            lambda W, a, b: (W * a).mean(axis=1) + b,
            "The products were averaged over the inputs: each weighted sum is as many times too small as there are "
            "inputs. z_k = Σ_j w_kj a_j + b_k adds them up.",
        ),
        Mistake(
            "activated",
            lambda W, a, b: logistic(W @ a + b),
            "These numbers lie between 0 and 1: they are activations, σ(z). Here z itself is asked for.",
        ),
        Mistake(
            "bias-inside",
            lambda W, a, b: W @ (a + b),
            "The bias was added to the inputs before they were weighted. The two vectors have one length only where a "
            "layer is as wide as the one before. In z = W a + b the bias comes after the product: b_k is added to node "
            "k's weighted sum.",
        ),
        Mistake(
            "inputs-summed",
            lambda W, a, b: W.sum(axis=1) * np.sum(a) + b,
            "Each node was given the sum of its weights times the sum of the inputs. Weight w_kj meets input a_j only: "
            "multiply before you add.",
        ),
        Mistake(
            "first-node-only",
            lambda W, a, b: W[0] @ a + b[0],
            "One number came back: z of the first node. Every node k of the layer has its own row of W and its own z_k.",
        ),
        Mistake(
            "total",
            lambda W, a, b: np.sum(W @ a + b),
            "One number came back, in which all nodes are added up. A layer of m nodes has m weighted inputs.",
        ),
        Mistake(
            "column",
            lambda W, a, b: (W @ a + b)[:, None],
            "The numbers are right, in a table of one column. One example is a 1-D array throughout the course, and "
            "so is z.",
        ),
        Mistake(
            "bias-against-column",
            lambda W, a, b: (W @ a)[:, None] + b,
            "A table came back in which every weighted sum meets every bias: a column and a row were added. Keep both "
            "1-D, so that sum k meets b_k alone.",
        ),
        Mistake(
            "summed-over-nodes-with-bias",
            lambda W, a, b: (W * a).sum(axis=0) + b,
            "The products w_kj a_j were added up over k, down the columns, and the bias was added to these sums. z_k "
            "belongs to a row of W: the sum runs over j, along the row. (Where the layer is as wide as the one before, "
            "no error tells you so.)",
        ),
        Mistake(
            "two-nodes-only",
            lambda W, a, b: np.array([W[k] @ a + b[k] for k in range(2)]),
            "Two numbers came back, whatever the layer. The example had two nodes; a layer has as many as W has rows.",
        ),
        Mistake(
            "two-nodes-filled",
            lambda W, a, b: np.array([W[k] @ a + b[k] if k < 2 else 0.0 for k in range(len(b))]),
            "The first two nodes are right, and all others are 0: the loop over the nodes stops after the two of the "
            "example. A layer has as many as W has rows.",
        ),
    ],
    variants=[
        _loop_layer,
        lambda W, a, b: [weighted_input(W[k], a, b[k]) for k in range(len(b))],
        lambda W, a, b: np.einsum("kj,j->k", W, a) + b,
        lambda W, a, b: (W * a).sum(axis=1) + b,
        lambda W, a, b: a @ W.T + b,
        lambda W, a, b: np.column_stack([b, W]) @ np.concatenate([[1.0], a]),
    ],
)


# --- elementwise functions -------------------------------------------------------------------------------------------


def _elementwise_draws(rng):
    """Arrays of one, two and three axes, both signs."""
    return [
        (2 * rng.normal(size=size) + 0.3,)
        for size in (probes.sizes(rng, 1, 5, 9), probes.sizes(rng, 2), probes.sizes(rng, 3, 2, 5))
    ]


def _numbers_and_lists(rng):
    low, high = sorted(2 * rng.normal(size=2))
    return [
        (float(high) + 0.1,),
        (float(low) - 0.1,),
        ([float(low), float(high), 1.5],),
        ([[-1.25, 0.5], [2.0, -3.0]],),
    ]


def _integers(rng):
    return [(rng.integers(-6, 7, size=5),), (np.array([[-2, 1, 0], [3, -1, 2]]),), (2,), ([-1, 2, 5],)]


def _scalars(rng):
    return [(float(z),) for z in (abs(rng.normal()) + 0.2, -abs(rng.normal()) - 0.2)]


def _large(rng):
    return [
        (np.array([-1000.0, 1000.0, 0.5]),),
        (1000 * rng.normal(size=4) + np.array([800.0, -900.0, 750.0, -800.0]),),
        (np.array([-745.0, -37.0, 37.0, 710.0]),),
    ]


def _holds_at_large_z(trial):
    """What ±1000 gives, right numbers, nan or others, and what it warns of."""
    outcome = trial.call((np.array([-1000.0, 1000.0]),))
    numbers = None if outcome.failure else flat(outcome.value)
    warned = {word for word in ("overflow", "invalid") for warning in outcome.warnings if word in warning}
    if numbers is None:
        return {"large": None}
    undefined = np.isnan(numbers)
    return {
        "large": tuple(undefined) if undefined.any() else close(numbers, [0.0, 1.0]),
        "warned": sorted(warned),
    }


def _plain(z):
    """The formula as it stands in the notes, which overflows and takes no list."""
    return 1 / (1 + np.exp(-z))


def _plain_right_form(z):
    """The other form, right on paper as well; ∞/∞ for large z."""
    return np.exp(z) / (np.exp(z) + 1)


def _both_forms_everywhere(z):
    """The right form is picked on each side, but both are computed everywhere."""
    return np.where(z >= 0, _plain(z), _plain_right_form(z))


def _flat_only(rule):
    """A loop over z's entries, which works only where these are single numbers."""

    def wrong(z, *rest):
        found = []
        for v in z:
            if np.ndim(v) > 0:
                raise ValueError("The truth value of an array with more than one element is ambiguous.")
            found.append(rule(v, *rest))
        return found

    return wrong


def _math_loop(z):
    return [1 / (1 + math.exp(-v)) for v in z]


def _truncating(function):
    """Fills an array of z's own type, so that integers stay integers."""

    def wrong(z):
        z = np.asarray(z)
        out = np.zeros_like(z)
        out[...] = function(z)
        return out

    return wrong


def _logistic_in_place(z):
    z = np.asarray(z, dtype=float)
    z[...] = logistic(z)
    return z


def _one_number_only(function):
    """Fails on arrays, as a comparison in an if does, and works on a number."""

    def wrong(z):
        if np.ndim(z) > 0:
            raise ValueError("The truth value of an array with more than one element is ambiguous.")
        return function(z)

    return wrong


def _math_only(z):
    if np.ndim(z) > 0:
        raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
    return float(_plain(float(z)))


def _loop_logistic(z):
    z = np.asarray(z, dtype=float)
    values_of = [1 / (1 + np.exp(-v)) if v >= 0 else np.exp(v) / (1 + np.exp(v)) for v in z.ravel()]
    return np.array(values_of).reshape(z.shape)


def _masked_logistic(z):
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    growing = np.exp(z[~positive])
    out[~positive] = growing / (1 + growing)
    return out


LOGISTIC = Exercise(
    name="logistic",
    lesson=LESSON,
    points=2,
    equation="σ(z) = 1 / (1 + e^(−z))",
    reference=lambda z: logistic(z),
    probes=_elementwise_draws,
    telling_probes=_scalars,
    observe=_holds_at_large_z,
    requirements=[
        values(0.5),
        shapes(0.25),
        cases("large z, no warning", 0.5, _large, quiet=True),
        cases("numbers and lists", 0.25, _numbers_and_lists, with_shapes=True),
        cases("integers", 0.25, _integers, with_shapes=True),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "overflow",
            lambda z: _plain(np.asarray(z, dtype=float)),
            "The values are right, but for z = −1000 the exponential is e^1000, which no float can hold. e^(−|z|) is "
            "never larger than 1: write σ with it, once for z ≥ 0 and once for z < 0 (multiply numerator and "
            "denominator by e^z).",
        ),
        Mistake(
            "overflow-and-lists",
            _plain,
            "The formula is right for arrays of moderate size. Two things are left: for z = −1000 the exponential "
            "overflows (only e^(−|z|) is safe on both sides), and a list cannot be negated, so make an array of z "
            "first.",
        ),
        Mistake(
            "lists-refused",
            lambda z: logistic(z) if isinstance(z, (np.ndarray, np.generic, float, int)) else -z,
            "Arrays are right, at ±1000 too. A list stops it with an error, because lists do not calculate: make an "
            "array of whatever comes in before you start.",
        ),
        Mistake(
            "one-by-one",
            lambda z: np.array([_plain(np.asarray(v)) for v in z]),
            "Arrays and lists of moderate numbers are right. Two things are left: a loop cannot go through a single "
            "number (make an array of z and calculate with all of it at once), and e^1000 overflows for z = −1000, "
            "where only e^(−|z|) is safe.",
        ),
        Mistake(
            "clipped",
            lambda z: logistic(np.clip(z, -10, 10)),
            "For large |z| the answer stops changing: z was clipped to a range that is too narrow, so σ never comes "
            "closer to 0 or 1 than at its ends. Avoid the overflow without changing z.",
        ),
        Mistake(
            "sign",
            lambda z: logistic(-np.asarray(z)),
            "The curve is mirrored: it falls from 1 to 0, and every answer is 1 − σ(z). Look at the sign in the "
            "exponent.",
        ),
        Mistake(
            "minus-in-denominator",
            lambda z: 1 / (1 - np.exp(-np.asarray(z))),
            "Some values are negative or larger than 1: the denominator is 1 − e^(−z), which passes through 0 at z = 0. "
            "Look at the sign between 1 and the exponential.",
        ),
        Mistake(
            "one-plus-exponential",
            lambda z: 1 + np.exp(-np.asarray(z)),
            "All values are larger than 1: this is 1 + e^(−z), the denominator. Check the brackets: 1/1 + e^(−z) "
            "divides before it adds.",
        ),
        Mistake(
            "exponential",
            lambda z: np.exp(-np.asarray(z)),
            "This is e^(−z) alone, which grows beyond all bounds for negative z. In σ(z) = 1 / (1 + e^(−z)) it stands "
            "in the denominator, beside a 1.",
        ),
        Mistake(
            "half-fraction",
            lambda z: np.exp(np.asarray(z)),
            "This is e^z alone. It grows beyond all bounds, where σ stays below 1: in e^z / (1 + e^z), the other way "
            "to write σ, there is a denominator.",
        ),
        Mistake(
            "inverse-missing-one",
            lambda z: 1 / (2 + np.exp(-np.asarray(z))),
            "The values stop at ½: the constant in the denominator is too large. At z = 0 the denominator must be 2.",
        ),
        Mistake(
            "tanh",
            lambda z: np.tanh(z),
            "The values run from −1 to 1: this is tanh. The logistic function has the range (0, 1) and the value ½ "
            "at 0.",
        ),
        Mistake(
            "scaled-to-minus-one",
            lambda z: 2 * logistic(z) - 1,
            "The values run from −1 to 1: this is 2σ(z) − 1, half way to tanh. The range of σ is (0, 1).",
        ),
        Mistake(
            "derivative",
            lambda z: logistic(z) * (1 - logistic(z)),
            "No value exceeds ¼: this is the slope σ′(z) of lesson 2. Here the function itself is asked for, which "
            "rises from 0 to 1.",
        ),
        Mistake(
            "twice",
            lambda z: logistic(logistic(z)),
            "All values lie between 0.5 and 0.74: σ was applied twice, the second time to its own result. It takes z, "
            "once.",
        ),
        Mistake(
            "absolute-value",
            lambda z: logistic(np.abs(z)),
            "No value is below ½: negative z are treated like positive ones. Taking e^(−|z|) is a good idea against "
            "overflow, but for z < 0 it stands in another place of the fraction.",
        ),
        Mistake(
            "absolute-value-mirrored",
            lambda z: logistic(-np.abs(z)),
            "No value is above ½: positive z are treated like negative ones. The two sides of 0 need two forms of the "
            "fraction.",
        ),
        Mistake(
            "base-two",
            lambda z: 1 / (1 + 2.0 ** -np.asarray(z, dtype=float)),
            "The curve has the right ends and is not steep enough: its base is 2. The base of the exponential is e.",
        ),
        Mistake(
            "step",
            lambda z: (np.asarray(z) >= 0).astype(float),
            "Every value is 0 or 1: this is the step function (or rounding). σ passes smoothly from 0 to 1.",
        ),
        Mistake(
            "math-exp",
            _math_only,
            "It works on one number and stops with an error on arrays: the functions of the math module take single "
            "numbers. NumPy has one of the same name that works on every element.",
        ),
        Mistake(
            "one-number-only",
            _one_number_only(logistic),
            "It works on one number and stops with an error on arrays: an if decides once, but each element of z has a "
            "sign of its own. Decide elementwise, or use a form that needs no decision.",
        ),
        Mistake(
            "integers-truncated",
            _truncating(logistic),
            "For integer z every answer is 0 or 1: the results were written into an array of z's own type, which "
            "cannot hold fractions. Make z an array of floats first.",
        ),
        Mistake(
            "in-place",
            _logistic_in_place,
            "The numbers are right, but z itself was overwritten. Lesson 3 needs z again: build a new array.",
        ),
        Mistake(
            "right-form-everywhere",
            lambda z: _plain_right_form(np.asarray(z, dtype=float)),
            "The values are right, but at z = +1000 the answer is nan: e^1000 is ∞ for a float, and ∞/∞ is nothing. "
            "e^z/(e^z + 1) is safe for z < 0 only; for z ≥ 0 take the form with e^(−z). The exponential that is needed is "
            "e^(−|z|) both times.",
        ),
        Mistake(
            "both-branches-overflow",
            lambda z: _both_forms_everywhere(np.asarray(z, dtype=float)),
            "Every value is right, at ±1000 too, but there is a warning: np.where computes both forms for all z and "
            "picks afterwards, so that each overflows on the side where the other is picked. With e^(−|z|) in both forms "
            "neither can.",
        ),
        Mistake(
            "both-branches-overflow-and-lists",
            lambda z: _both_forms_everywhere(z) if not isinstance(z, list) else z >= 0,
            "Arrays are right, at ±1000 too. Two things are left: np.where computes both forms for all z, so that each "
            "overflows on the side where the other is picked (e^(−|z|) cannot), and a list cannot be compared with 0, so "
            "make an array of z first.",
        ),
        Mistake(
            "flat-only",
            _math_loop,
            "Flat lists and arrays of moderate numbers are right. Two things are left: a loop over z reaches single "
            "numbers only where z has one axis (NumPy's exp works on every shape at once), and e^1000 overflows for "
            "z = −1000, where only e^(−|z|) is safe.",
        ),
    ],
    variants=[
        _loop_logistic,
        _masked_logistic,
        lambda z: 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=float))),
        lambda z: np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float))),
        lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),
        lambda z: logistic(z).tolist(),
    ],
)


def _step_draws(rng):
    two_axes, three_axes = probes.sizes(rng, 2), probes.sizes(rng, 3, 2, 5)
    return [
        (rng.normal(size=9),),
        (rng.normal(size=two_axes) + 0.7, 0.7),
        (rng.normal(size=three_axes) - 0.6, -0.6),
    ]


def _step_ties(rng):
    return [
        (np.array([-1.0, 0.0, 2.0, 0.0]),),
        (np.array([0.25, 0.5, 0.75, 0.5]), 0.5),
        (np.array([[3, 4], [4, 5]]), 4),
    ]


def _step_lists(rng):
    return [(0.3,), (-0.3,), ([-1.5, 2.5],), (0.6, 0.5), ([[1, 3], [2, 5]], 2.5), (np.array([-3, 4, 1]), 2)]


def _step_in_place(z, k=0.0):
    z = np.asarray(z)
    z[...] = z >= k
    return z


def _step_in_place_array_only(z, k=0.0):
    on = z >= k
    z[on], z[~on] = 1, 0
    return z


def _value_at_the_threshold(trial):
    outcome = trial.call((np.array([0.0]),))
    numbers = None if outcome.failure else flat(outcome.value)
    return {"at threshold": None if numbers is None else numbers.tolist()}


STEP = Exercise(
    name="step",
    lesson=LESSON,
    points=1,
    equation="step(z; k) = 1 where z ≥ k, 0 where z < k",
    reference=lambda z, k=0.0: step(z, k),
    probes=_step_draws,
    telling_probes=_scalars,
    observe=_value_at_the_threshold,
    requirements=[
        values(0.5),
        cases("at the threshold", 0.25, _step_ties),
        cases("numbers, lists, integers", 0.125, _step_lists, with_shapes=True),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "strict",
            lambda z, k=0.0: (np.asarray(z) > k).astype(float),
            "Only z = k itself is wrong: there the function is 1 already. Look at which of the two cases of the "
            "definition holds the equals sign.",
        ),
        Mistake(
            "strict-and-lists",
            lambda z, k=0.0: (z > k) * 1.0,
            "Two things are left: at z = k the function is 1 already (look at which case holds the equals sign), and a "
            "list cannot be compared with a number, so make an array of z first.",
        ),
        Mistake(
            "lists-refused",
            lambda z, k=0.0: (z >= k) * 1.0,
            "Arrays are right. A list stops it with an error, because a list cannot be compared with a number: make an "
            "array of whatever comes in first.",
        ),
        Mistake(
            "arrays-only",
            lambda z, k=0.0: (z >= k).astype(float),
            "Arrays are right. A plain number or a list stops it with an error, because only arrays can do what your "
            "line asks for: make an array of whatever comes in first.",
        ),
        Mistake(
            "strict-and-arrays-only",
            lambda z, k=0.0: (z > k).astype(float),
            "Two things are left: at z = k the function is 1 already (look at which case holds the equals sign), and a "
            "plain number or a list stops it with an error, so make an array of z first.",
        ),
        Mistake(
            "half-at-threshold",
            lambda z, k=0.0: np.heaviside(np.asarray(z, dtype=float) - k, 0.5),
            "Only z = k itself is wrong: it was given ½, half way. The definition has two values only, and the equals "
            "sign belongs to one of the cases.",
        ),
        Mistake(
            "reversed",
            lambda z, k=0.0: (np.asarray(z) < k).astype(float),
            "The two values are swapped: the neuron fires below its threshold. Look at which case is 1.",
        ),
        Mistake(
            "k-ignored",
            lambda z, k=0.0: step(z),
            "Whatever k is, the jump is at 0. k moves it: in step(z; k) each z is compared with k. Look for where your "
            "function uses k.",
        ),
        Mistake(
            "k-added",
            lambda z, k=0.0: step(np.asarray(z) + k),
            "The jump is at −k: the threshold went in with the wrong sign. z ≥ k means z − k ≥ 0.",
        ),
        Mistake(
            "k-for-one",
            lambda z, k=0.0: np.where(np.asarray(z) >= k, z, 0.0),
            "Above the threshold z itself comes back. The step function throws the size away: there it is 1.",
        ),
        Mistake(
            "sign-function",
            lambda z, k=0.0: np.where(np.asarray(z) >= k, 1.0, -1.0),
            "Below the threshold it is −1: that is a sign function. In step(z; k) the two values are 0 and 1.",
        ),
        Mistake(
            "absolute-value",
            lambda z, k=0.0: step(np.abs(z), k),
            "Large negative z fire as well: z was compared without its sign. z ≥ k asks on which side of k it lies: "
            "look for an absolute value.",
        ),
        Mistake(
            "smooth",
            lambda z, k=0.0: logistic(np.asarray(z) - k),
            "The values pass smoothly from 0 to 1: this is the logistic function. The step has two values only.",
        ),
        Mistake(
            "any",
            lambda z, k=0.0: float(np.any(np.asarray(z) >= k)),
            "One number came back for the whole array. Each element is compared with k on its own, and the result has "
            "z's shape.",
        ),
        Mistake(
            "one-number-only",
            lambda z, k=0.0: _one_number_only(lambda v: float(v >= k))(z),
            "It works on one number and stops with an error on arrays: an if decides once, but each element needs a "
            "decision of its own. A comparison goes through an array by itself.",
        ),
        Mistake(
            "in-place",
            _step_in_place,
            "The numbers are right, but z itself was overwritten. It belongs to the caller: build a new array.",
        ),
        Mistake(
            "in-place-and-lists",
            _step_in_place_array_only,
            "The numbers are right for arrays, but z itself was overwritten, and what is no array stops it with an "
            "error. Build a new array from z.",
        ),
        Mistake(
            "flat-only",
            lambda z, k=0.0: _flat_only(lambda v: 1.0 if v >= k else 0.0)(z),
            "Flat lists and arrays are right, z = k included; a table or a single number stops it with an error. A "
            "loop over z reaches single numbers only where z has one axis: compare the whole array at once.",
        ),
        Mistake(
            "strict-and-flat-only",
            lambda z, k=0.0: _flat_only(lambda v: 1.0 if v > k else 0.0)(z),
            "Two things are left: at z = k the function is 1 already (look at which case holds the equals sign), and a "
            "loop over z works on flat lists and arrays only, so a table or a single number stops it with an error.",
        ),
    ],
    variants=[
        lambda z, k=0.0: np.where(np.asarray(z) >= k, 1, 0),
        lambda z, k=0.0: np.asarray(z) >= k,
        lambda z, k=0.0: np.heaviside(np.asarray(z, dtype=float) - k, 1.0),
        lambda z, k=0.0: np.vectorize(lambda v: 1.0 if v >= k else 0.0)(z),
    ],
)


def _relu_in_place(z):
    z = np.asarray(z)
    z[...] = np.maximum(z, 0)
    return z


def _relu_in_place_array_only(z):
    z[z < 0] = 0
    return z


RELU = Exercise(
    name="relu",
    lesson=LESSON,
    points=1,
    equation="relu(z) = max(0, z)",
    reference=lambda z: relu(z),
    probes=_elementwise_draws,
    telling_probes=_scalars,
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("numbers, lists, integers", 0.25, lambda rng: _numbers_and_lists(rng) + _integers(rng), with_shapes=True),
        unchanged(0.125),
    ],
    mistakes=[
        Mistake(
            "largest-along-an-axis",
            lambda z: np.max(np.atleast_1d(z), 0),
            "What came back is the largest entry, along axis 0: NumPy's max takes a second argument for an axis. Wanted "
            "is a comparison of each entry with 0.",
        ),
        Mistake(
            "in-place",
            _relu_in_place,
            "The numbers are right, but the negative entries of z itself were set to 0. Whoever needs z later (lesson "
            "3 does) has lost it: build a new array.",
        ),
        Mistake(
            "in-place-and-lists",
            _relu_in_place_array_only,
            "The numbers are right for arrays, but the negative entries of z itself were set to 0, and what is no "
            "array stops it with an error. Build a new array from z.",
        ),
        Mistake(
            "lists-refused",
            lambda z: z * (z > 0),
            "Arrays are right. A list stops it with an error, because a list cannot be compared with a number: make an "
            "array of whatever comes in first.",
        ),
        Mistake(
            "minimum",
            lambda z: np.minimum(0, z),
            "No value is positive: the negative half was kept and the positive half cut off. max(0, z) is the larger "
            "of the two.",
        ),
        Mistake(
            "absolute-value",
            lambda z: np.abs(z),
            "Negative z come back with their sign turned round: this is |z|. In max(0, z) they become 0.",
        ),
        Mistake(
            "step",
            lambda z: step(z),
            "Every value is 0 or 1: this is the step function. In max(0, z) a positive z comes through unchanged.",
        ),
        Mistake(
            "identity",
            lambda z: np.array(z),
            "Negative z come through unchanged: this is the linear function. max(0, z) lets nothing below 0 through.",
        ),
        Mistake(
            "leaky",
            lambda z: np.where(np.asarray(z) > 0, z, 0.01 * np.asarray(z)),
            "Below 0 a small negative slope is left: that is a “leaky” relative. Here negative z give 0 exactly.",
        ),
        Mistake(
            "capped",
            lambda z: np.clip(z, 0, 1),
            "Values stop at 1. max(0, z) has no upper end: its range is [0, ∞).",
        ),
        Mistake(
            "negated",
            lambda z: np.maximum(0, -np.asarray(z)),
            "The function is mirrored: it is 0 for positive z and grows for negative ones. In max(0, z) the z has no "
            "minus.",
        ),
        Mistake(
            "softplus",
            lambda z: np.logaddexp(0, z),
            "The corner at 0 is rounded off, and no value is 0: this is ln(1 + e^z). ReLU has a corner.",
        ),
        Mistake(
            "largest",
            lambda z: np.max(np.maximum(z, 0)),
            "One number came back: the largest of the whole array. max(0, z) is taken for each element on its own.",
        ),
        Mistake(
            "dropped",
            lambda z: np.asarray(z)[np.asarray(z) > 0],
            "The negative entries are gone, and with them the shape. They become 0; each element keeps its place.",
        ),
        Mistake(
            "one-number-only",
            _one_number_only(lambda v: max(0.0, v)),
            "It works on one number and stops with an error on arrays: Python's max and if decide once, for the whole "
            "array. Each element of z is to be compared with 0 on its own, which NumPy has a function for.",
        ),
        Mistake(
            "flat-only",
            lambda z: _flat_only(lambda v: max(0.0, v))(z),
            "Flat lists and arrays are right; a table or a single number stops it with an error. A loop over z reaches "
            "single numbers only where z has one axis: compare the whole array at once.",
        ),
        Mistake(
            "largest-along-axis",
            lambda z: np.max(0, z),
            "np.max(0, z) takes z for the number of an axis, and stops with an error. It finds the largest entry of "
            "one array; the function that compares two arrays, entry by entry, has a longer name.",
            telling_failure=True,
        ),
    ],
    variants=[
        lambda z: np.maximum(0, z),
        lambda z: np.where(np.asarray(z) > 0, z, 0.0),
        lambda z: (np.asarray(z) + np.abs(z)) / 2,
        lambda z: np.asarray(z) * (np.asarray(z) >= 0),
        lambda z: np.vectorize(lambda v: v if v > 0 else 0.0, otypes=[float])(z),
    ],
)


# --- softmax ---------------------------------------------------------------------------------------------------------


def _softmax_draws(rng, square=False):
    found = []
    for _ in range(3):
        n, K = (4, 4) if square else probes.sizes(rng, 2, low=3)
        found.append((1.5 * rng.normal(size=(n, K)),))
    return found


def _softmax_shapes(rng):
    a, b, c = probes.sizes(rng, 3, 2, 5)
    return [(rng.normal(size=5),), (rng.normal(size=(a, b, c)),), (rng.integers(-3, 4, size=(b, a + 4)),)]


def _softmax_large(rng):
    return [(rng.normal(size=(3, 5)) + 1000,), (np.array([[3000.0, 2999.0, 0.0], [2998.0, 3000.0, 10.0]]),)]


def _softmax_apart(rng):
    return [(rng.normal(size=(3, 4)) + np.array([[600.0], [-600.0], [0.0]]),), (rng.normal(size=(2, 6)) - 1000,)]


def _soft(prepare=lambda z: z - z.max(axis=-1, keepdims=True), axis=-1, power=np.exp):
    """Softmax with parts that can be replaced by wrong ones."""

    def wrong(z):
        e = power(prepare(np.asarray(z, dtype=float)))
        return e / e.sum(axis=axis, keepdims=axis is not None)

    return wrong


def _not_kept(top=True, total=True):
    """Softmax that loses the axis of the largest z or of the sum."""

    def wrong(z):
        z = np.asarray(z, dtype=float)
        e = np.exp(z - z.max(axis=-1, keepdims=top))
        return e / e.sum(axis=-1, keepdims=total)

    return wrong


def _loop_softmax(z):
    z = np.asarray(z, dtype=float)
    if z.ndim > 1:
        return np.array([_loop_softmax(row) for row in z])
    top = max(z)
    e = [np.exp(v - top) for v in z]
    return np.array([v / sum(e) for v in e])


SOFTMAX = Exercise(
    name="softmax",
    lesson=LESSON,
    points=2,
    equation="softmax(z)_k = e^(z_k) / Σ_j e^(z_j), along the last axis",
    reference=lambda z: softmax(z),
    probes=_softmax_draws,
    telling_probes=lambda rng: _softmax_draws(rng, square=True),
    requirements=[
        values(0.75),
        shapes(0.25),
        cases("any number of axes, integers", 0.25, _softmax_shapes, with_shapes=True),
        cases("large z, no warning", 0.25, _softmax_large, quiet=True),
        cases("rows far apart, no warning", 0.25, _softmax_apart, quiet=True),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "no-shift",
            _soft(lambda z: z),
            "The values are right for moderate z. At z = 1000 e^z overflows, and ∞/∞ is nan. The quotient does not "
            "change when the same number is taken off every z of a row: which number makes overflow impossible?",
        ),
        Mistake(
            "global-shift",
            _soft(lambda z: z - z.max()),
            "Large z are safe now, but the largest z of the whole array was taken off every row: in a row that lies "
            "far below it every exponential becomes 0, and 0/0 is nan. Each row needs its own largest z.",
        ),
        Mistake(
            "mean-shift",
            _soft(lambda z: z - z.mean(axis=-1, keepdims=True)),
            "The mean of the row was taken off. That helps while a row's z lie together; one that lies far above its "
            "mean still overflows. Which number of the row leaves no positive exponent behind?",
        ),
        Mistake(
            "wrong-axis",
            _soft(lambda z: z - z.max(axis=0, keepdims=True), axis=0),
            "The columns sum to 1, not the rows: the examples compete with each other for each class. One example is "
            "a row, so the sum over j runs along the last axis.",
        ),
        Mistake(
            "whole-array",
            _soft(lambda z: z - z.max(), axis=None),
            "All numbers together sum to 1: one sum was taken over the whole array. Every row is a distribution of "
            "its own.",
        ),
        Mistake(
            "axis-one",
            _soft(lambda z: z - z.max(axis=1, keepdims=True), axis=1),
            "Tables of two axes are right; one example alone, or three axes, are not. The last axis is axis 1 only "
            "where there are two: it can be counted from the end.",
        ),
        Mistake(
            "axis-one-no-shift",
            _soft(lambda z: z, axis=1),
            "Tables of moderate numbers are right. Two things are left: the last axis is axis 1 only where there are "
            "two axes (count from the end), and e^1000 overflows unless something is taken off each row first.",
        ),
        Mistake(
            "axis-one-global-shift",
            _soft(lambda z: z - z.max(), axis=1),
            "Tables are right. Two things are left: the last axis is axis 1 only where there are two axes, and each "
            "row needs its own largest z taken off, not the largest of the array.",
        ),
        Mistake(
            "sum-not-kept",
            lambda z: np.exp(z) / np.exp(z).sum(axis=-1),
            "The sums of the rows came back as a flat vector and were laid along the rows in the division: row i's sum "
            "met column i (for a square table no error tells you so). Keep the axis that is summed.",
        ),
        Mistake(
            "exponential-missing",
            _soft(lambda z: z, power=lambda z: z),
            "The rows sum to 1, but some shares are negative or larger than 1: z itself was divided by its sum. In "
            "e^(z_k) / Σ_j e^(z_j) the exponential comes first, above and below.",
        ),
        Mistake(
            "not-normalised",
            lambda z: np.exp(z),
            "The rows do not sum to 1: these are the exponentials e^(z_k), before the division by their sum over the "
            "row.",
        ),
        Mistake(
            "logistic-units",
            lambda z: logistic(z),
            "Every unit went through the logistic function on its own, so the rows do not sum to 1. In softmax the "
            "units of a row share one denominator.",
        ),
        Mistake(
            "sign",
            _soft(lambda z: -(z - z.min(axis=-1, keepdims=True))),
            "The smallest z got the largest probability: the exponent has the wrong sign (σ's minus does not belong "
            "here).",
        ),
        Mistake(
            "one-hot",
            lambda z: (np.asarray(z) == np.max(z, axis=-1, keepdims=True)).astype(float),
            "Each row has a single 1: that is the decision (arg max). Softmax gives every class a share.",
        ),
        Mistake(
            "labels",
            lambda z: np.argmax(z, axis=-1),
            "One label for each row came back. Softmax gives a probability for each class, in z's shape.",
        ),
        Mistake(
            "logarithm",
            lambda z: log_softmax(z),
            "No number is positive: these are the logarithms of the probabilities. softmax(z)_k itself lies between 0 "
            "and 1.",
        ),
        Mistake(
            "divided-by-largest",
            lambda z: np.exp(z) / np.exp(z).max(axis=-1, keepdims=True),
            "The largest entry of each row is 1: it was divided by the largest exponential. The denominator is the sum "
            "of all of them.",
        ),
        Mistake(
            "divided-by-norm",
            lambda z: np.exp(z) / np.linalg.norm(np.exp(z), axis=-1, keepdims=True),
            "The squares of each row sum to 1: it was divided by its length. The exponentials themselves must sum to 1.",
        ),
        Mistake(
            "divided-by-mean",
            lambda z: np.exp(z) / np.exp(z).mean(axis=-1, keepdims=True),
            "Each row sums to K: it was divided by a mean, where the sum belongs.",
        ),
        Mistake(
            "others-only",
            lambda z: np.exp(z) / (np.exp(z).sum(axis=-1, keepdims=True) - np.exp(z)),
            "Some numbers exceed 1: the unit's own exponential is missing in the denominator. The sum runs over all j, "
            "k included.",
        ),
        Mistake(
            "one-added",
            lambda z: np.exp(z) / (1 + np.exp(z).sum(axis=-1, keepdims=True)),
            "Each row sums to less than 1: there is a 1 in the denominator, as in σ. Here only the exponentials of the "
            "row stand there.",
        ),
        Mistake(
            "base-two",
            _soft(power=lambda z: 2.0**z),
            "The rows sum to 1, but the shares differ too little from each other: the base is 2. In e^(z_k) it is e.",
        ),
        Mistake(
            "twice",
            lambda z: softmax(softmax(z)),
            "The rows sum to 1 and are nearly flat: softmax was applied twice, the second time to probabilities. It "
            "takes z, once.",
        ),
        Mistake(
            "nothing-kept",
            _not_kept(top=False, total=False),
            "One example alone is right. In a table the largest z of the rows, and their sums, came back as flat "
            "vectors and were laid along the rows: row i's numbers met column i (for a square table no error tells you "
            "so). Keep the axis that is reduced, in both.",
        ),
        Mistake(
            "largest-not-kept",
            _not_kept(top=False),
            "The division is right, but the largest z of the rows came back as a flat vector and was laid along the "
            "rows, so that column i lost the largest z of row i (for a square table no error tells you so). Keep the "
            "axis over which the maximum is taken.",
        ),
        Mistake(
            "shifted-sum-not-kept",
            _not_kept(total=False),
            "The shift is right, but the sums of the rows came back as a flat vector: row i's sum met column i in the "
            "division (for a square table no error tells you so). Keep the axis that is summed, as in the maximum.",
        ),
        Mistake(
            "exponential-missing-after-shift",
            _soft(power=lambda z: z),
            "The largest entry of each row is 0, and the others are shares of a negative sum: z minus its largest was "
            "divided by its sum. The shift only prepares the exponential, which is still missing.",
        ),
        Mistake(
            "shift-in-numerator-only",
            lambda z: np.exp(z - np.max(z, axis=-1, keepdims=True)) / np.exp(z).sum(axis=-1, keepdims=True),
            "The rows do not sum to 1: the largest z was taken off in the numerator and not in the denominator. The "
            "factor cancels only where it stands in both.",
        ),
        Mistake(
            "shift-in-denominator-only",
            lambda z: np.exp(z) / np.exp(z - np.max(z, axis=-1, keepdims=True)).sum(axis=-1, keepdims=True),
            "The rows do not sum to 1: the largest z was taken off in the denominator and not in the numerator. The "
            "factor cancels only where it stands in both.",
        ),
        Mistake(
            "scaled-by-largest",
            _soft(lambda z: z / z.max(axis=-1, keepdims=True)),
            "The rows sum to 1, but with wrong shares: z was divided by the largest z of its row. Only a difference "
            "leaves the quotient as it is (e^(z−c) = e^z / e^c); a quotient changes all exponents.",
        ),
        Mistake(
            "scaled-by-largest-of-all",
            _soft(lambda z: z / z.max()),
            "The rows sum to 1, but with wrong shares: z was divided by the largest z of the array. Only a difference "
            "leaves the quotient as it is, and each row needs its own largest z.",
        ),
        Mistake(
            "logistic-for-exponential",
            _soft(lambda z: z, power=logistic),
            "The rows sum to 1, but with wrong shares: σ(z) was divided by its sum. The shares are those of the "
            "exponentials.",
        ),
    ],
    variants=[
        _loop_softmax,
        lambda z: np.exp(log_softmax(z)),
        lambda z: np.exp(z - np.logaddexp.reduce(np.asarray(z, dtype=float), axis=-1, keepdims=True)),
        lambda z: np.moveaxis(
            np.exp(np.moveaxis(z, -1, 0) - np.max(z, axis=-1))
            / np.exp(np.moveaxis(z, -1, 0) - np.max(z, axis=-1)).sum(axis=0),
            0,
            -1,
        ),
    ],
)


# --- fold_bias, unfold_bias ------------------------------------------------------------------------------------------


def _matrix_draws(rng, widths=None):
    return [probes.network(rng, widths or probes.sizes(rng, 2))[0] for _ in range(4)]


def _loop_fold(W, b):
    Theta = np.zeros((len(b), len(W[0]) + 1))
    for k in range(len(b)):
        Theta[k, 0] = b[k]
        for j in range(len(W[0])):
            Theta[k, j + 1] = W[k, j]
    return Theta


FOLD_BIAS = Exercise(
    name="fold_bias",
    lesson=LESSON,
    points=1,
    equation="Θ = (b W): row k is (b_k, w_k0, w_k1, …), so that Θ (1, a) = W a + b",
    reference=lambda W, b: fold_bias(W, b),
    probes=_matrix_draws,
    telling_probes=lambda rng: _matrix_draws(rng, _square(1)),
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "bias-last",
            lambda W, b: np.column_stack([W, b]),
            "The bias stands in the last column. The notes put the bias unit a_0 = 1 in front of the activations, so "
            "its weights are column 0.",
        ),
        Mistake(
            "transposed",
            lambda W, b: np.column_stack([b, W]).T,
            "Θ is transposed. Its shape is N_{i+1} × (N_i + 1): row k holds all that leads into node k of the next "
            "layer.",
        ),
        Mistake(
            "bias-last-transposed",
            lambda W, b: np.column_stack([W, b]).T,
            "Θ is transposed, and the bias stands last. One row for each node of the next layer, the bias in column 0.",
        ),
        Mistake(
            "weights-transposed",
            lambda W, b: np.column_stack([b, W.T]),
            "The bias is in its place, but W was transposed. Row k of W and b_k belong to one node. (Where the layers "
            "are equally wide, no error tells you so.)",
        ),
        Mistake(
            "bias-row",
            lambda W, b: np.vstack([b, W]),
            "The bias was laid on top of W as a row of its own. Each node has one bias, in front of its own weights: "
            "it is a column.",
        ),
        Mistake(
            "bias-negative",
            lambda W, b: np.column_stack([-b, W]),
            "Column 0 has the wrong sign. The bias unit is +1, so its weight is b itself.",
        ),
        Mistake(
            "column-of-ones",
            lambda W, b: np.column_stack([np.ones(len(b)), W]),
            "Column 0 is all ones, and the bias is lost. The 1 belongs to the activations; its weight in Θ is the bias.",
        ),
        Mistake(
            "column-of-zeros",
            lambda W, b: np.column_stack([np.zeros(len(b)), W]),
            "Column 0 was made and left at 0: row k of Θ begins with b_k.",
        ),
        Mistake(
            "bias-added-to-weights",
            lambda W, b: W + b[:, None],
            "b_k was added to each weight of row k. It is a weight of its own, beside the others: Θ has one column "
            "more than W.",
        ),
        Mistake(
            "one-bias-for-all",
            lambda W, b: np.column_stack([np.full(len(b), b[0]), W]),
            "Every row begins with the first node's bias. Row k begins with b_k.",
        ),
        Mistake(
            "bias-reversed",
            lambda W, b: np.column_stack([b[::-1], W]),
            "The biases stand in column 0, upside down: row k begins with b_k.",
        ),
        Mistake(
            "bias-replaces-weights",
            lambda W, b: np.column_stack([b, W[:, 1:]]),
            "The bias has overwritten the first column of weights. It gets a column of its own: Θ has one more than W.",
        ),
        Mistake(
            "weights-only",
            lambda W, b: W.copy(),
            "This is W alone. Row k of Θ is (b_k, w_k0, w_k1, …): the column for the bias is missing.",
        ),
        Mistake(
            "not-one-table",
            lambda W, b: np.concatenate([b, W.ravel()]),
            "All numbers are there, biases first, but not as one table: they came back as a flat vector, or as two "
            "things. Θ is one matrix, in which each b_k stands in front of its own row of W.",
        ),
        Mistake(
            "joined-vector-and-table",
            lambda W, b: np.concatenate([b, W]),
            "It stops with an error: b has one axis and W has two, and only arrays with as many axes can be joined. b "
            "has to become a column, and is laid beside W.",
            telling_failure=True,
        ),
        Mistake(
            "joined-below",
            lambda W, b: np.concatenate([b[:, None], W]),
            "It stops with an error: b is a column, as it should be, but it was laid on top of W and not beside it. "
            "Along which axis are the two to be joined?",
            telling_failure=True,
        ),
        Mistake(
            "row-for-bias-unit",
            lambda W, b: np.vstack([np.eye(1, W.shape[1] + 1), np.column_stack([b, W])]),
            "There is one row too many: (1, 0, 0, …) on top, which would hand the bias unit on. Nothing leads into a "
            "bias unit; the 1 is put in front of the activations anew for each layer. Θ has as many rows as W.",
        ),
        Mistake(
            "empty-row",
            lambda W, b: np.vstack([np.zeros((1, W.shape[1] + 1)), np.column_stack([b, W])]),
            "There is one row too many, of zeros, on top. Nothing leads into a bias unit: Θ has one column more than W, "
            "and as many rows.",
        ),
        Mistake(
            "joined-table-and-vector",
            lambda W, b: np.concatenate([W, b]),
            "It stops with an error: W has two axes and b has one, and only arrays with as many axes can be joined. b "
            "has to become a column; it stands in front of W.",
            telling_failure=True,
        ),
        Mistake(
            "joined-along-a-missing-axis",
            lambda W, b: np.concatenate([b, W], axis=1),
            "It stops with an error: b has one axis, number 0, and cannot be joined to anything along axis 1. It has "
            "to become a column first.",
            telling_failure=True,
        ),
    ],
    variants=[
        _loop_fold,
        lambda W, b: np.hstack([b[:, None], W]),
        lambda W, b: np.c_[b, W],
        lambda W, b: [[bk, *row] for bk, row in zip(b, W, strict=True)],
        lambda W, b: np.insert(W, 0, b, axis=1),
    ],
)


def _theta_draws(rng, widths=None):
    return [(np.column_stack([b, W]),) for W, b in _matrix_draws(rng, widths)]


UNFOLD_BIAS = Exercise(
    name="unfold_bias",
    lesson=LESSON,
    points=1,
    equation="b_k = Θ_k0, w_kj = Θ_k,j+1",
    reference=lambda Theta: unfold_bias(Theta),
    probes=_theta_draws,
    part_name=lambda path: ("W", "b")[path[0]] if len(path) == 1 and path[0] < 2 else "the result",
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "order-of-results",
            lambda Theta: (Theta[:, 0], Theta[:, 1:]),
            "The two results stand in the wrong order: W first, then b, as everywhere in the course.",
        ),
        Mistake(
            "bias-last",
            lambda Theta: (Theta[:, :-1], Theta[:, -1]),
            "The last column was taken for the bias. The notes' bias unit has index 0: it is column 0.",
        ),
        Mistake(
            "bias-row",
            lambda Theta: (Theta[1:], Theta[0]),
            "The first row was taken for the bias. A row holds all that leads into one node; the biases of all nodes "
            "stand in a column.",
        ),
        Mistake(
            "weights-transposed",
            lambda Theta: (Theta[:, 1:].T, Theta[:, 0]),
            "b is right, and W is transposed. Row k of Θ without its first number is row k of W already.",
        ),
        Mistake(
            "bias-kept",
            lambda Theta: (Theta.copy(), Theta[:, 0]),
            "b is right, but W still has the bias in front: it has one column too many. w_kj is Θ_k,j+1, so W begins "
            "behind column 0.",
        ),
        Mistake(
            "last-column-cut",
            lambda Theta: (Theta[:, :-1], Theta[:, 0]),
            "b is right, but the wrong column was cut off for W: the weights of the last node are gone, and the bias is "
            "still there.",
        ),
        Mistake(
            "bias-column",
            lambda Theta: (Theta[:, 1:], Theta[:, :1]),
            "The numbers are right, but b is a table of one column. b has one axis, shape (m,): take the column by its "
            "number, not as a slice.",
        ),
        Mistake(
            "bias-negative",
            lambda Theta: (Theta[:, 1:], -Theta[:, 0]),
            "W is right, and b has the wrong sign. The bias unit is +1, so b_k is Θ_k0 as it stands.",
        ),
        Mistake(
            "first-row-lost",
            lambda Theta: (Theta[1:, 1:], Theta[1:, 0]),
            "The first node is missing in both: its row was cut off. Only the first column is taken away; all rows stay.",
        ),
        Mistake(
            "weights-only",
            lambda Theta: Theta[:, 1:].copy(),
            "Only W came back. Two things are asked for: W, w_kj = Θ_k,j+1, and b, b_k = Θ_k0.",
        ),
        Mistake(
            "first-bias-only",
            lambda Theta: (Theta[:, 1:], Theta[0, 0]),
            "W is right, but b is one number. Every node has a bias: the whole column.",
        ),
        Mistake(
            "transposed-first",
            lambda Theta: (Theta.T[:, 1:], Theta.T[:, 0]),
            "Θ was transposed before it was taken apart, so “column 0” was the first node's row. One row of Θ is one node.",
        ),
        Mistake(
            "columns-one-too-high",
            lambda Theta: (Theta[:, 2:], Theta[:, 1]),
            "Both begin one column too far right: what came back as b are the weights from the first node. In code the "
            "bias unit's column is number 0, as in print.",
        ),
        Mistake(
            "first-weights-lost",
            lambda Theta: (Theta[:, 2:], Theta[:, 0]),
            "b is right, but W lacks its first column: W begins right behind the bias, at column 1.",
        ),
    ],
    variants=[
        lambda Theta: [Theta[:, 1:].copy(), Theta[:, 0].copy()],
        lambda Theta: (np.delete(Theta, 0, axis=1), Theta.T[0]),
        lambda Theta: ([list(row[1:]) for row in Theta], [row[0] for row in Theta]),
        lambda Theta: (np.split(Theta, [1], axis=1)[1], np.split(Theta, [1], axis=1)[0].ravel()),
    ],
)


# --- forward, one example --------------------------------------------------------------------------------------------


def _forward_draws(rng, draw=None):
    draw = draw or (lambda depth: probes.sizes(rng, depth + 1, low=2))
    return [probes.example(rng, draw(depth))[:2] for depth in (3, 4, 2, 1)]


def _part_of_forward(path):
    if len(path) != 2:
        return "the result"
    return f"z of layer {path[1] + 1}" if path[0] == 0 else f"a of layer {path[1]}"


def _pass(
    weigh=lambda W, a, b: W @ a + b,
    activate=lambda z, number, depth: logistic(z),
    feed=lambda x, a, z: a,
    result=lambda zs, activations: (zs, activations),
):
    """A forward pass with parts that can be replaced by wrong ones."""

    def wrong(layers, x):
        zs, activations, a = [], [x], x
        for number, (W, b) in enumerate(layers, start=1):
            z = weigh(W, a, b)
            out = activate(z, number, len(layers))
            zs.append(z)
            activations.append(out)
            a = feed(x, out, z)
        return result(zs, activations)

    return wrong


def _bias_after(layers, x):
    zs, activations = [], [x]
    for W, b in layers:
        zs.append(W @ activations[-1])
        activations.append(logistic(zs[-1]) + b)
    return zs, activations


def _layers_from_one(layers, x):
    zs, activations = [], [x]
    for number in range(1, len(layers) + 1):
        W, b = layers[number]
        zs.append(W @ activations[number - 1] + b)
        activations.append(logistic(zs[-1]))
    return zs, activations


def _exactly_two(layers):
    first, second = layers
    return [first, second]


def _layer_behind(layers, x):
    """Counts activations from the list of layers, so that every layer but the first sees those of the one before."""
    zs, activations = [], [x]
    for number, (W, b) in enumerate(layers):
        zs.append(W @ activations[number - 1] + b)
        activations.append(logistic(zs[-1]))
    return zs, activations


def _pair_exchanged(layers, x):
    return _pass()([(b, W) for W, b in layers], x)


def _poured_out(layers, x):
    zs, activations = [], [x]
    for W, b in layers:
        z = W @ activations[-1] + b
        zs.extend(z)
        activations.extend(logistic(z))
    return zs, activations


def _input_overwritten(layers, x):
    zs, activations = forward(layers, x)
    x[...] = logistic(x)
    return zs, [x, *activations[1:]]


# What goes wrong with one example goes wrong with a batch as well: the same mistakes serve both exercises.
_FORWARD_PARTS = [
    (
        "no-hidden-activation",
        {"activate": lambda z, number, depth: logistic(z) if number == depth else z},
        "σ was applied at the output only. Without it in the hidden layers the layers fold into a single one: "
        "W²(W¹x + b¹) + b² is again a matrix times x plus a vector. Every layer has a^ℓ = σ(z^ℓ).",
    ),
    (
        "no-output-activation",
        {"activate": lambda z, number, depth: z if number == depth else logistic(z)},
        "Everything is right up to the last layer, whose activation is its z: σ is missing at the output. a^ℓ = σ(z^ℓ) "
        "holds for ℓ = L too.",
    ),
    (
        "no-activation",
        {"activate": lambda z, number, depth: z},
        "σ is never applied, so that each activation is its z: the network is linear, however many layers it has. "
        "Every layer has a^ℓ = σ(z^ℓ).",
    ),
    (
        "bias-missing",
        {"weigh": lambda W, a, b: W @ a},
        "The biases have no effect: already layer 1 is what it would be with b = 0. Look at what stands behind the "
        "product in z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ.",
    ),
    (
        "bias-subtracted",
        {"weigh": lambda W, a, b: W @ a - b},
        "The biases went in with the wrong sign: already z of layer 1 is off by twice its bias. z^ℓ = W^ℓ a^(ℓ−1) + "
        "b^ℓ adds it.",
    ),
    (
        "activated-twice",
        {"activate": lambda z, number, depth: logistic(logistic(z))},
        "From layer 1 on all activations lie between 0.5 and 0.74: σ was applied twice in each layer. a^ℓ = σ(z^ℓ) has "
        "one σ.",
    ),
    (
        "activation-mirrored",
        {"activate": lambda z, number, depth: logistic(-z)},
        "Every activation of layer 1 is 1 minus the right one: σ was taken at −z. Look at the signs on the way from z "
        "to a.",
    ),
    (
        "tanh",
        {"activate": lambda z, number, depth: np.tanh(z)},
        "Some activations are negative: this network uses tanh. Here every layer is logistic.",
    ),
    (
        "relu",
        {"activate": lambda z, number, depth: relu(z)},
        "Some activations exceed 1 and others are 0 exactly: this network uses ReLU. Here every layer is logistic.",
    ),
    (
        "relu-hidden",
        {"activate": lambda z, number, depth: logistic(z) if number == depth else relu(z)},
        "The hidden layers use ReLU. Here every layer is logistic, the hidden ones too.",
    ),
    (
        "step",
        {"activate": lambda z, number, depth: step(z)},
        "Every activation is 0 or 1: these are perceptrons with a step. Here every layer is logistic.",
    ),
    (
        "softmax-output",
        {"activate": lambda z, number, depth: softmax(z) if number == depth else logistic(z)},
        "The outputs of an example sum to 1: the last layer went through softmax. Here every layer is logistic.",
    ),
    (
        "z-handed-on",
        {"feed": lambda x, a, z: z},
        "Layer 1 is right. From layer 2 on each layer was given z of the layer before. In z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ it "
        "is the activation, σ of that z, that is handed on.",
    ),
    (
        "input-to-every-layer",
        {"feed": lambda x, a, z: x},
        "Every layer was given x. That is right for layer 1 only: layer ℓ takes a^(ℓ−1). (Where all layers are as wide "
        "as the input, no error tells you so.)",
    ),
    (
        "transposed",
        {"weigh": lambda W, a, b: W.T @ a + b},
        "The weights were used the other way round. In z_k = Σ_j w_kj a_j + b_k the sum runs along row k of W, which "
        "holds the weights into node k. (Where all layers are equally wide, no error tells you so.)",
    ),
    (
        "mean-over-inputs",
        {"weigh": lambda W, a, b: W @ a / len(a) + b},
        "The weighted sums were divided by the number of inputs. z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ adds the products up.",
    ),
]


def _loop_forward(layers, x):
    zs, activations = [], [list(x)]
    for W, b in layers:
        z = [sum(W[k][j] * activations[-1][j] for j in range(len(W[k]))) + b[k] for k in range(len(b))]
        zs.append(z)
        activations.append([1 / (1 + np.exp(-v)) for v in z])
    return zs, activations


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


FORWARD = Exercise(
    name="forward",
    lesson=LESSON,
    points=3,
    equation="a^0 = x; z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ, a^ℓ = σ(z^ℓ), ℓ = 1, …, L",
    reference=lambda layers, x: forward(layers, x),
    probes=_forward_draws,
    telling_probes=lambda rng: _forward_draws(rng, _square),
    part_name=_part_of_forward,
    requirements=[values(2.25), shapes(0.5), unchanged(0.25)],
    mistakes=[Mistake(name, _pass(**parts), hint) for name, parts, hint in _FORWARD_PARTS]
    + [
        Mistake(
            "input-left-out",
            _pass(result=lambda zs, activations: (zs, activations[1:])),
            "The activations begin with layer 1: the input is left out. a^0 = x is an activation too, so that "
            "activations[ℓ] is a^ℓ; there are L + 1 of them.",
        ),
        Mistake(
            "output-left-out",
            _pass(result=lambda zs, activations: (zs, activations[:-1])),
            "The last activation, the network's output, is missing: there are L + 1, from a^0 to a^L.",
        ),
        Mistake(
            "activations-for-zs",
            _pass(result=lambda zs, activations: (activations[1:], activations)),
            "The activations are right; the first list holds activations as well. It is for z, before σ (look whether "
            "σ was written over z).",
        ),
        Mistake(
            "zs-for-activations",
            _pass(result=lambda zs, activations: (zs, [activations[0], *zs])),
            "The list zs is right; the second list holds the same z again. It is for the activations a^ℓ = σ(z^ℓ): "
            "look at what is appended to it.",
        ),
        Mistake(
            "zs-begin-with-input",
            _pass(result=lambda zs, activations: ([activations[0], *zs], activations)),
            "The first list has L + 1 arrays: x was put in front. The input has no z, so zs[ℓ − 1] is z^ℓ.",
        ),
        Mistake(
            "order-of-results",
            _pass(result=lambda zs, activations: (activations, zs)),
            "The two results stand in the wrong order: zs first, then activations.",
        ),
        Mistake(
            "output-only",
            _pass(result=lambda zs, activations: activations[-1]),
            "Only the output a^L came back. Lesson 3 needs every z and every a on its way back: return both lists.",
        ),
        Mistake(
            "last-layer-only",
            _pass(result=lambda zs, activations: (zs[-1], activations[-1])),
            "Only the last layer's z and a came back. Keep those of every layer, in two lists.",
        ),
        Mistake(
            "activations-only",
            _pass(result=lambda zs, activations: activations),
            "One list came back, the activations. Two are asked for: zs and activations.",
        ),
        Mistake(
            "pairs",
            _pass(result=lambda zs, activations: list(zip(zs, activations[1:], strict=True))),
            "A list of (z, a) pairs came back, layer by layer. Two lists are asked for, and the input belongs to the "
            "second.",
        ),
        Mistake(
            "bias-after",
            _bias_after,
            "z of layer 1 lacks its bias, and some activations leave (0, 1): the bias was added after σ. It belongs "
            "inside, to z.",
        ),
        Mistake(
            "one-layer-short",
            lambda layers, x: forward(layers[:-1], x) if len(layers) > 1 else ([], [x]),
            "The last layer is missing: the pass stops at layer L − 1. Look at where your loop ends.",
        ),
        Mistake(
            "first-layer-skipped",
            lambda layers, x: _pass()(layers[1:], x),
            "Layer 1 was skipped: x was given to the second pair of the list. layers[0] is layer 1. (Where all layers "
            "are equally wide, no error tells you so.)",
        ),
        Mistake(
            "reversed",
            lambda layers, x: forward(layers[::-1], x),
            "The layers were walked through from the last to the first. layers[0] is layer 1.",
        ),
        Mistake(
            "input-activated",
            lambda layers, x: forward(layers, logistic(x)),
            "Already a^0 is off: σ was applied to the input. The input layer passes x on as it is.",
        ),
        Mistake(
            "input-overwritten",
            _input_overwritten,
            "Every z is right, but x itself was overwritten on the way, so that activations[0] is no longer the input "
            "that the caller gave. a^0 = x stays as it is: give each result a new array.",
        ),
        Mistake(
            "first-layer-only",
            lambda layers, x: forward(layers[:1], x),
            "Only layer 1 came back: one z, and two activations. Does the return stand inside the loop, so that it ends "
            "in its first turn?",
        ),
        Mistake(
            "layer-behind",
            _layer_behind,
            "Layer 1 is right; from layer 2 on each layer was given the activations of one layer too early. The list "
            "of activations begins with a^0, so its index runs one ahead of the list of layers (in the first turn the "
            "index −1 means the last entry, which hides it). Layer ℓ takes a^(ℓ−1).",
        ),
        Mistake(
            "input-activated-inside",
            lambda layers, x: (lambda zs, activations: (zs, [x, *activations[1:]]))(*forward(layers, logistic(x))),
            "a^0 is x, as it should be, but already z of layer 1 is off: it was computed from σ(x). The input layer "
            "passes x on as it is.",
        ),
        Mistake(
            "activations-activated-again",
            _pass(weigh=lambda W, a, b: W @ logistic(a) + b),
            "Already z of layer 1 is off, and all others are: σ was applied to what came out of the layer before, which "
            "is an activation already. z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ has no σ in it.",
        ),
        Mistake(
            "sigma-inside-z",
            _pass(
                weigh=lambda W, a, b: logistic(W @ a + b),
            ),
            "All z lie between 0 and 1, and all activations between 0.5 and 0.74: σ is in z already, and was applied "
            "once more for a. z is the sum before σ.",
        ),
        Mistake(
            "pair-exchanged",
            _pair_exchanged,
            "It stops with an error at the first product: in each pair of layers the weights stand first, then the "
            "bias, and they were taken the other way round.",
        ),
        Mistake(
            "zs-poured-out",
            _pass(result=lambda zs, activations: ([v for z in zs for v in z], activations)),
            "The numbers are right, but the list zs holds single numbers: each z was poured into it element by element "
            "(that is what extend does). One array for each layer is wanted.",
        ),
        Mistake(
            "activations-poured-out",
            _poured_out,
            "Each array was poured into its list element by element (that is what extend does), so that the next layer "
            "is given a single number and stops with an error. One array for each layer is wanted, in both lists.",
        ),
        Mistake(
            "layers-counted-from-one",
            _layers_from_one,
            "Layer 1 was skipped, and at the end the index runs past the list. In the equations ℓ runs from 1 to L, in "
            "the list layers from 0 to L − 1: layer ℓ is layers[ℓ − 1].",
            telling_failure=True,
        ),
        Mistake(
            "two-layers-unpacked",
            lambda layers, x: forward(_exactly_two(layers), x),
            "A network of two layers is right; any other stops with an error, because the list was taken apart into "
            "two pairs. It has L of them: go through them in a loop.",
        ),
        Mistake(
            "two-layers-written-out",
            lambda layers, x: forward([layers[0], layers[1]], x),
            "The first two layers are right, and the pass ends there: they are written out one by one. A network has L "
            "layers: go through them in a loop.",
        ),
    ],
    variants=[
        _loop_forward,
        _recursive_forward,
        _theta_forward,
        lambda layers, x: [part for part in forward(layers, x)],
    ],
)


# --- forward, a batch ------------------------------------------------------------------------------------------------


def _batch_draws(rng, widths=None, n=None):
    """Batches as large as no layer is wide, networks of different depths."""
    found = []
    for depth in (3, 2, 4, 1):
        drawn = widths or probes.sizes(rng, depth + 2, low=2, high=9)
        layers, X, _ = probes.batch(rng, drawn[: depth + 1], n or drawn[-1])
        found.append((layers, X))
    return found


def _batch_of_one(rng):
    return [(layers, X[:1]) for layers, X in _batch_draws(rng)]


# Seen from the output alone, handing z on is leaving out σ in the hidden layers; without-transpose is below.
_NOT_OF_A_BATCH = {"transposed", "z-handed-on"}


def _each(wrong):
    """A wrong pass for one example, taken over the rows of X."""
    return lambda layers, X: np.array([wrong(layers, x)[1][-1] for x in X])


def _on_the_wrong_axis(layers, X):
    A = X
    for W, b in layers:
        A = logistic(W @ A + b[:, None])
    return A


def _bias_as_column(layers, X):
    A = X
    for W, b in layers:
        A = logistic(A @ W.T + b[:, None])
    return A


def _from_the_left(layers, X):
    return _pass()(layers, X)[1][-1]


def _batch_pair_exchanged(layers, X):
    A = X
    for b, W in layers:
        A = logistic(A @ W.T + b)
    return A


def _turned_in_each_layer(layers, X):
    A = X
    for W, b in layers:
        A = logistic(W @ A.T + b)
    return A


def _without_transpose(layers, X):
    A = X
    for W, b in layers:
        A = logistic(A @ W + b)
    return A


def _columns_forward_batch(layers, X):
    A = X.T
    for W, b in layers:
        A = 1 / (1 + np.exp(-(W @ A + b[:, None])))
    return A.T


def _theta_forward_batch(layers, X):
    A = X
    for W, b in layers:
        A = logistic(np.column_stack([np.ones(len(A)), A]) @ fold_bias(W, b).T)
    return A


def _axes_of_one(trial):
    """What becomes of a batch of one: how many axes, or None if there is no answer."""
    outcome = trial.call(_batch_of_one(trial.rng(2))[0])
    return {"axes": outcome.value.ndim if isinstance(outcome.value, np.ndarray) else None}


FORWARD_BATCH = Exercise(
    name="forward_batch",
    lesson=LESSON,
    points=2,
    equation="A^0 = X; Z^ℓ = A^(ℓ−1) (W^ℓ)ᵀ + b^ℓ, A^ℓ = σ(Z^ℓ); one example a row",
    reference=lambda layers, X: predict(layers, X),
    probes=_batch_draws,
    telling_probes=lambda rng: _batch_draws(rng, [4] * 6, 4) + _batch_draws(rng, [4] * 6, 3),
    observe=_axes_of_one,
    requirements=[
        values(1),
        shapes(0.25),
        cases("a batch of one", 0.5, _batch_of_one, with_shapes=True),
        unchanged(0.25),
    ],
    # Over the rows of X, softmax and the rest go wrong as they do for one example.
    mistakes=[
        Mistake(name, _each(_pass(**parts)), hint)
        for name, parts, hint in _FORWARD_PARTS
        if name not in _NOT_OF_A_BATCH
    ]
    + [
        Mistake(
            "bias-after",
            _each(_bias_after),
            "Some outputs leave (0, 1): the bias was added after σ. It belongs inside, to Z.",
        ),
        Mistake(
            "result-transposed",
            lambda layers, X: predict(layers, X).T,
            "The result is transposed: one example is a column of it. One example a row goes in, and one a row comes "
            "out, (n, m_L).",
        ),
        Mistake(
            "wrong-axis",
            _on_the_wrong_axis,
            "X was multiplied from the left, W X, as if its columns were the examples. They are its rows: the product "
            "that fits is A Wᵀ. (Where n and all widths are equal, no error tells you so.)",
        ),
        Mistake(
            "without-transpose",
            _without_transpose,
            "A was multiplied by W as it stands, so that the sum ran over the wrong index of w_kj: over the nodes k "
            "that the edges lead to. It runs over j, the nodes they come from. (Where all layers are equally wide, no "
            "error tells you so.)",
        ),
        Mistake(
            "bias-as-column",
            _bias_as_column,
            "b was added along the examples: example i got the bias of node i. That happens where b is made a column, "
            "and also in W Aᵀ + b, which has the examples in its columns. Every example gets the whole b. (Where n is "
            "as large as the layers are wide, no error tells you so.)",
        ),
        Mistake(
            "axis-lost",
            lambda layers, X: np.squeeze(predict(layers, X)),
            "Batches are right, but with a single example (or a single output) an axis is lost. A batch of one keeps "
            "its axis: (1, m_L).",
        ),
        Mistake(
            "one-example-refused",
            lambda layers, X: predict(layers, X) if len(X) > 1 else X.shape[2],
            "Batches are right; a batch of a single example stops it with an error. n = 1 is a batch too: a table of "
            "one row, shape (1, m_0).",
        ),
        Mistake(
            "first-example-only",
            lambda layers, X: predict(layers, X[0]),
            "Only the first example came back. Each row of X has a row in the result.",
        ),
        Mistake(
            "last-example-only",
            lambda layers, X: predict(layers, X[-1]),
            "Only the last example came back: each turn of the loop replaces what the turn before found. Collect them.",
        ),
        Mistake(
            "mean-of-examples",
            lambda layers, X: predict(layers, X).mean(axis=0),
            "The outputs were averaged over the batch. The forward pass keeps the examples apart; a mean comes with "
            "the cost.",
        ),
        Mistake(
            "summed",
            lambda layers, X: predict(layers, X).sum(axis=0),
            "The outputs were added up over the batch. The forward pass keeps the examples apart: row i of A^L belongs "
            "to row i of X.",
        ),
        Mistake(
            "all-activations",
            lambda layers, X: forward(layers, X)[1],
            "The activations of all layers came back. Only the last, A^L, is asked for.",
        ),
        Mistake(
            "zs-and-activations",
            lambda layers, X: forward(layers, X),
            "Both lists came back, as from forward. Only the output A^L is asked for, as one array.",
        ),
        Mistake(
            "decided",
            lambda layers, X: (predict(layers, X) >= 0.5).astype(float),
            "Every number is 0 or 1: the outputs were rounded to a decision. The activations themselves are asked for.",
        ),
        Mistake(
            "labels",
            lambda layers, X: np.argmax(predict(layers, X), axis=1),
            "One label for each example came back. The activations of all m_L outputs are asked for.",
        ),
        Mistake(
            "first-layer-only",
            lambda layers, X: predict(layers[:1], X),
            "These are the activations of layer 1. Each layer feeds the next, up to layer L: the loop over the layers "
            "is missing, or it ends after its first turn.",
        ),
        Mistake(
            "one-layer-short",
            lambda layers, X: predict(layers[:-1], X) if len(layers) > 1 else X,
            "The last layer is missing: the pass stops at layer L − 1. Look at where your loop over the layers ends.",
        ),
        Mistake(
            "in-place",
            lambda layers, X: (predict(layers, X), X.__imul__(0))[0],
            "The outputs are right, but X itself was overwritten on the way. It belongs to the caller, and A^0 = X is "
            "only read: give each layer's result a new array.",
        ),
        Mistake(
            "from-the-left",
            _from_the_left,
            "W stands on the left of A, as it does for one example. But A has the examples in its rows, so that the "
            "sum ran over examples and mixed them: the product that fits is A Wᵀ. (Where n and all widths are equal, "
            "no error tells you so.)",
        ),
        Mistake(
            "turned-in-each-layer",
            _turned_in_each_layer,
            "W Aᵀ has the examples in its columns, but the next layer took them for rows again: the table turns round "
            "in every layer. Keep one example a row: A Wᵀ. (Where n and all widths are equal, no error tells you so.)",
        ),
        Mistake(
            "forward-of-the-batch",
            _pass(),
            "The batch went through the forward pass of one example, which multiplies W from the left, and both lists "
            "came back. A has its examples in the rows: the product that fits is A Wᵀ, and only A^L is asked for.",
        ),
        Mistake(
            "pair-exchanged",
            _batch_pair_exchanged,
            "It stops with an error at the first product: in each pair of layers the weights stand first, then the "
            "bias, and they were taken the other way round.",
        ),
        Mistake(
            "columns-of-examples",
            lambda layers, X: _from_the_left(layers, X.T),
            "X was turned round, so that its columns are the examples, and b was added along them: example i got the "
            "bias of node i. Nor was the result turned back. Keep one example a row: A Wᵀ, and b fits as it is. (Where "
            "n is as large as the layers are wide, no error tells you so.)",
        ),
        Mistake(
            "two-layers-unpacked",
            lambda layers, X: predict(_exactly_two(layers), X),
            "A network of two layers is right; any other stops with an error, because the list was taken apart into "
            "two pairs. It has L of them: go through them in a loop.",
        ),
        Mistake(
            "two-layers-written-out",
            lambda layers, X: predict([layers[0], layers[1]], X),
            "The first two layers are right, and the pass ends there: they are written out one by one. A network has L "
            "layers: go through them in a loop.",
        ),
    ],
    variants=[
        lambda layers, X: np.array([predict(layers, x) for x in X]),
        lambda layers, X: [predict(layers, x).tolist() for x in X],
        _columns_forward_batch,
        _theta_forward_batch,
        lambda layers, X: np.vstack([_loop_forward(layers, x)[1][-1] for x in X]),
    ],
)


# --- pad_layers ------------------------------------------------------------------------------------------------------


def _widest(rng, depth, place):
    """Draw widths that all differ, the widest of them at ``place``; place 0 is the input."""
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
                return f"the first {len(real)} nodes of layer {number} do not compute what the real nodes computed."
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
    """Where the real numbers are found in the padded array."""
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
    """Shapes, and where the real weights and biases are found; what is free, the weights into padded nodes, is not."""
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


def _padded_with(width=None, first=None, hold=np.zeros, place=None, bias=np.zeros, last=None):
    """A padding with parts that can be replaced by wrong ones."""

    def wrong(layers):
        inputs, *widths = layer_sizes(layers)
        m = (width or (lambda inputs, widths: max(widths)))(inputs, widths)
        columns, padded = first(m, inputs) if first else inputs, []
        for number, (W, b) in enumerate(layers, start=1):
            rows = last(m, len(b)) if last and number == len(layers) else m
            padded_W, padded_b = hold((rows, columns)), bias(rows)
            at = place or (lambda size, full: slice(0, size))
            padded_W[at(W.shape[0], rows), slice(0, inputs) if number == 1 else at(W.shape[1], columns)] = W
            padded_b[at(len(b), rows)] = b
            padded.append((padded_W, padded_b))
            columns = rows
        return padded

    return wrong


def _neighbours_only(layers):
    """Pads each layer to the wider of itself and the layer before."""
    padded = []
    for W, b in layers:
        m = max(W.shape)
        padded_W, padded_b = np.zeros((m, m)), np.zeros(m)
        padded_W[: W.shape[0], : W.shape[1]], padded_b[: len(b)] = W, b
        padded.append((padded_W, padded_b))
    return padded


def _bias_not_padded(layers):
    return [(W, b.copy()) for (W, _), (_, b) in zip(pad_layers(layers), layers, strict=True)]


def _bias_lost(layers):
    return [(W, np.zeros_like(b)) for W, b in pad_layers(layers)]


def _rows_only(layers):
    """Rows for padded nodes, no columns for them."""
    m = max(layer_sizes(layers)[1:])
    return [(np.vstack([W, np.zeros((m - len(b), W.shape[1]))]), np.append(b, np.zeros(m - len(b)))) for W, b in layers]


def _pad_in_place(layers):
    layers[:] = pad_layers(layers)
    return layers


def _last_layers_maximum(layers):
    if len(layers) == 1:
        raise ValueError("max() arg is an empty sequence")
    return pad_layers(layers)


def _pad_with_numpy(layers):
    m = max(len(b) for _, b in layers)
    padded = []
    for number, (W, b) in enumerate(layers):
        columns = W.shape[1] if number == 0 else m
        padded.append((np.pad(W, ((0, m - len(b)), (0, columns - W.shape[1]))), np.pad(b, (0, m - len(b)))))
    return padded


def _pad_with_free_parts(layers):
    """The weights into padded nodes and their biases are random: they do not matter."""
    rng = np.random.default_rng(7)
    padded = []
    for (W, b), (full_W, full_b) in zip(layers, pad_layers(layers), strict=True):
        full_W[len(b) :] = rng.normal(size=full_W[len(b) :].shape)
        full_W[:, W.shape[1] :] = 0
        full_b[len(b) :] = rng.normal(size=len(full_b) - len(b))
        padded.append((full_W, full_b))
    return padded


def _pad_switched_off(layers):
    """Padded nodes are driven to σ(−1000) = 0, as the lecture wants a = 0; then even their outgoing weights are free."""
    padded = []
    for (_, b), (W, full_b) in zip(layers, pad_layers(layers), strict=True):
        full_b[len(b) :] = -1000
        padded.append((W, full_b))
    for (_, b), (W, _) in zip(layers[:-1], padded[1:], strict=True):
        W[:, len(b) :] = 0.5
    return padded


def _pad_as_lists(layers):
    return [[W.tolist(), b.tolist()] for W, b in pad_layers(layers)]


PAD_LAYERS = Exercise(
    name="pad_layers",
    lesson=LESSON,
    points=2,
    equation="m = max m_ℓ, ℓ = 1, …, L; W^1 is (m, m_0), every other W^ℓ (m, m); a_k^ℓ as before for k < m_ℓ",
    reference=lambda layers: pad_layers(layers),
    probes=_pad_draws,
    requirements=[
        _padded_well("one width, same activations", 1.25),
        _padded_well("inputs wider than any layer", 0.25, _pad_wide_inputs),
        _padded_well("one layer, equal widths", 0.25, _pad_nothing_to_do),
        unchanged(0.25),
    ],
    comparable=False,
    observe=_pad_facts,
    mistakes=[
        Mistake(
            "outgoing-weights",
            _padded_with(hold=np.ones),
            "The shapes are right, the real weights are in their places, and yet the real nodes compute something else. "
            "A padded node has z = 0 at best, and σ(0) is not 0: it sends ½ along every weight that leaves it. Which "
            "entries of the next layer's W are these?",
        ),
        Mistake(
            "real-nodes-last",
            _padded_with(place=lambda size, full: slice(full - size, full)),
            "The real nodes stand behind the padded ones. Node k keeps its number: real nodes first, padding after "
            "them.",
        ),
        Mistake(
            "input-counted",
            _padded_with(width=lambda inputs, widths: max(inputs, *widths)),
            "Where the input is wider than all layers, the layers became as wide as the input. m is the maximum over "
            "ℓ = 1 … L; m_0 does not count.",
        ),
        Mistake(
            "input-padded",
            _padded_with(first=lambda m, inputs: m),
            "W of layer 1 has too many columns: the input was padded as well, and x no longer fits. Layer 0 stays as "
            "it is, so W of layer 1 is (m, m_0).",
        ),
        Mistake(
            "output-not-padded",
            _padded_with(last=lambda m, size: size),
            "The output layer kept its width. “All layers” are 1 … L, the output included.",
        ),
        Mistake(
            "rows-only",
            _rows_only,
            "Every layer has m nodes now, but from layer 2 on W lacks the columns for the padded nodes of the layer "
            "before: the layers no longer fit each other.",
        ),
        Mistake(
            "bias-not-padded",
            _bias_not_padded,
            "The weights are right, but the biases still have their old lengths. A padded node has a bias too.",
        ),
        Mistake(
            "bias-lost",
            _bias_lost,
            "The weights are right, and all biases have become 0. Those of the real nodes stay: b_k for k < m_ℓ, "
            "padding behind them.",
        ),
        Mistake(
            "nothing-padded",
            lambda layers: [(W.copy(), b.copy()) for W, b in layers],
            "The layers came back as they were. Each is to have the width m of the widest, m = max m_ℓ.",
        ),
        Mistake(
            "neighbours-only",
            _neighbours_only,
            "Each W became a square on its own, as wide as the wider of its two layers, so that the layers no longer "
            "fit each other. There is one m for the whole network.",
        ),
        Mistake(
            "one-too-wide",
            _padded_with(width=lambda inputs, widths: max(widths) + 1),
            "All layers have one width, but it is one larger than the widest of them. Is a place for a bias unit left? "
            "The biases have an array of their own here.",
        ),
        Mistake(
            "sum-of-widths",
            _padded_with(width=lambda inputs, widths: sum(widths)),
            "All layers have one width, but it is the sum of all widths. m is the largest of them: m = max m_ℓ.",
        ),
        Mistake(
            "transposed",
            lambda layers: [(W.T.copy(), b) for W, b in pad_layers(layers)],
            "The weights are transposed: W of layer 1 is (m_0, m). Row k holds the weights into node k.",
        ),
        Mistake(
            "weights-repeated",
            lambda layers: [
                (np.resize(W, padded.shape), np.resize(b, len(padded)))
                for (W, b), (padded, _) in zip(layers, pad_layers(layers), strict=True)
            ],
            "The real weights were poured into the larger shape row after row (or repeated), so that they no longer "
            "stand in their places: w_kj has to stay in row k, column j.",
        ),
        Mistake(
            "weights-only",
            lambda layers: [W for W, _ in pad_layers(layers)],
            "Only the weights came back. A layer is a pair, (W, b).",
        ),
        Mistake(
            "one-layer-refused",
            _last_layers_maximum,
            "A network of a single layer stops it with an error. It is a network too: its own width is the maximum.",
        ),
        Mistake(
            "in-place",
            _pad_in_place,
            "The new layers are right, but the list that was passed in has been changed. It belongs to the caller: "
            "build a new list.",
        ),
        Mistake(
            "width-from-elsewhere",
            _padded_with(width=lambda inputs, widths: 3),
            "It stops with an error because three nodes are too few for these layers. Is m computed inside the "
            "function, from the layers it is given? A name that is missing there is looked up in the notebook, where m "
            "is 3.",
        ),
    ],
    variants=[_pad_with_numpy, _pad_with_free_parts, _pad_switched_off, _pad_as_lists],
)


EXERCISES = [
    WEIGHTED_INPUT,
    LAYER_WEIGHTED_INPUTS,
    LOGISTIC,
    STEP,
    RELU,
    SOFTMAX,
    FOLD_BIAS,
    UNFOLD_BIAS,
    FORWARD,
    FORWARD_BATCH,
    PAD_LAYERS,
]


# --- recall: what is taken for known ---------------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "1.1",
        "u = (2, −1, 3) and v = (4, 5, 1). What is the dot product u · v?",
        lambda: float(np.dot([2, -1, 3], [4, 5, 1])),
        "Multiply in pairs, then add: 8 − 5 + 3. A neuron does this with its weights and its inputs.",
        {
            "The signs matter: one of the three products is negative.": lambda: 8 + 5 + 3,
            "The vectors were added up. In a dot product the pairs are multiplied first.": lambda: 14,
            "The two sums were multiplied. Multiply in pairs first, then add.": lambda: 4 * 10,
            "Each number has one partner, the one in the same place: −1 meets 5, and 3 meets 1 alone.": lambda: (
                2 * 4 + 3 * 5 + 3 * 1
            ),
        },
    ),
    Question(
        "1.2",
        "A matrix with 3 rows and 5 columns is multiplied by a vector. How many numbers does the result have?",
        lambda: (np.zeros((3, 5)) @ np.zeros(5)).size,
        "Each row makes one number, its dot product with the vector, which must have 5.",
        {
            "That is how many numbers the vector has: as many as the matrix has columns.": lambda: 5,
            "That is the number of entries of the matrix. Each row is summed to one number.": lambda: 15,
        },
    ),
    Question(
        "1.3",
        "What is 1 / (1 + e^(−z)) at z = 0?",
        lambda: 1 / (1 + np.exp(-0.0)),
        "e^0 is 1, so the denominator is 2. This is the value of the logistic function in the middle.",
        {
            "e^0 is 1, not 0.": lambda: 1.0,
            "That is the denominator.": lambda: 2.0,
        },
    ),
    Question(
        "1.4",
        "e^(−z) is 0.25. What is e^z?",
        lambda: 1 / 0.25,
        "e^(−z) = 1/e^z: a minus in the exponent turns the number into its reciprocal.",
        {
            "A minus in the exponent does not make the number negative: powers of e are positive.": lambda: -0.25,
            "e^(−z) and e^z multiply to 1; they do not add to 1.": lambda: 0.75,
            "That is e^(−z) itself. The two are equal at z = 0 only, where both are 1.": lambda: 0.25,
        },
    ),
]
