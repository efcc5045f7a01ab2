"""Lesson 3, the δ recursion: ten exercises, their probes and the mistakes that are known by name."""

from itertools import chain, pairwise

import numpy as np

from autograder.checking import probes
from autograder.checking.compare import close, flat, is_number_like, leaves
from autograder.checking.requirements import shapes, trouble, unchanged, values
from autograder.checking.scripted import ScriptedOrders, scripts_of
from autograder.exercise import Exercise, Mistake, Requirement, gradient_part
from autograder.recall import Question
from nblib.activations import logistic, logistic_prime
from nblib.backprop import backprop as nblib_backprop
from nblib.backprop import gradient_norms, hidden_delta
from nblib.backprop import output_delta as nblib_output_delta
from nblib.costs import mean_square
from nblib.network import forward, predict
from nblib.optimizers import sgd_step
from nblib.training import minibatches

LESSON = "03-delta-recursion"


def _square(rng, depth=3):
    return [4] * (depth + 1)


# --- output_delta ----------------------------------------------------------------------------------------------------


def output_delta(a, y, z):
    """Reference: δ^L for C = Σ(y − a)²."""
    return nblib_output_delta(z, a, y)


def _output_probes(rng):
    found = []
    for m in probes.sizes(rng, 3):
        _, zs, activations, y = probes.passed(rng, [m + 2, m])
        found.append((activations[-1], y, zs[-1]))
    z = np.array([-6.0, 3.5, 0.7, -0.4, 5.0]) + rng.normal(size=5) / 4
    found.append((logistic(z), np.array([1.0, 0.0, 1.0, 0.0, 1.0]), z))
    return found


OUTPUT_DELTA = Exercise(
    name="output_delta",
    lesson=LESSON,
    derivative_of="the cost, by z",
    points=2,
    equation="δ^L = ∂C/∂a^L · σ′(z^L), with C = Σ(y − a^L)²",
    reference=output_delta,
    probes=_output_probes,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "sign",
            lambda a, y, z: 2 * (y - a) * logistic_prime(z),
            "Every δ has the right size and the wrong sign. Where a is too large, a larger z makes the cost worse, so δ "
            "must be positive there. Look at the base case: the inner derivative of (y − a)² with respect to a is −1.",
        ),
        Mistake(
            "factor-two-missing",
            lambda a, y, z: (a - y) * logistic_prime(z),
            "Every δ is half of what it should be. The lecture's cost Σ(y − a)² has no ½ in front, so differentiating "
            "the square leaves a factor behind. Look at ∂C/∂a in the base case.",
        ),
        Mistake(
            "sigma-prime-missing",
            lambda a, y, z: 2 * (a - y),
            "These numbers are ∂C/∂a, not ∂C/∂z: each is 1/σ′(z) times too large. The chain rule has a second factor, "
            "∂a/∂z. Look at the first line of the base case.",
        ),
        Mistake(
            "sigma-prime-of-a",
            lambda a, y, z: 2 * (a - y) * logistic_prime(a),
            "σ′ was taken at the activation a: its values all lie between 0.197 and 0.25, whatever z is. The slope of σ "
            "is wanted at the point where σ was evaluated, which is z.",
        ),
        Mistake(
            "absolute-value",
            lambda a, y, z: 2 * np.abs(a - y) * logistic_prime(z),
            "No δ is negative. The sign of a − y says in which direction the cost falls; an absolute value throws it "
            "away. Look at ∂C/∂a in the base case.",
        ),
        Mistake(
            "squared-error",
            lambda a, y, z: (a - y) ** 2 * logistic_prime(z),
            "The squared error itself stands where its derivative belongs. Differentiate (y − a)² with respect to a "
            "before you multiply by σ′(z).",
        ),
        Mistake(
            "error-alone",
            lambda a, y, z: a - y,
            "These numbers are a − y alone. For the quadratic cost the factor 2 of the square and the slope σ′(z) "
            "belong to δ as well (that a − y is enough happens with another cost, in lesson 4).",
        ),
        Mistake(
            "sigma-for-sigma-prime",
            lambda a, y, z: 2 * (a - y) * a,
            "The second factor is σ(z), not its slope σ′(z). Remember how σ′ is written with σ: two factors, not one.",
        ),
        Mistake(
            "z-for-sigma-prime",
            lambda a, y, z: 2 * (a - y) * z,
            "The error is multiplied by z. What z changes in a is the slope of σ at z, so ∂a/∂z is σ′(z), not z.",
        ),
        Mistake(
            "z-one-minus-z",
            lambda a, y, z: 2 * (a - y) * z * (1 - z),
            "The second factor is z(1 − z). The product form of σ′ is written with σ(z), which here is a, not with z.",
        ),
        Mistake(
            "one-plus-sigma",
            lambda a, y, z: 2 * (a - y) * a * (1 + a),
            "The second factor is σ(1 + σ). The slope of σ goes to 0 where σ goes to 1: check the sign in the bracket.",
        ),
        Mistake(
            "sigma-prime-squared",
            lambda a, y, z: 2 * (a - y) * logistic_prime(z) ** 2,
            "σ′(z) comes in twice, so that every δ is too small. It belongs to the step from a to z, and that step is "
            "taken once: look at the first line of the base case.",
        ),
        Mistake(
            "mean-over-units",
            lambda a, y, z: 2 * (a - y) * logistic_prime(z) / len(a),
            "Every δ is divided by the number of outputs. The cost adds up the outputs of one example; a mean is taken "
            "over examples only.",
        ),
        Mistake(
            "factor-four",
            lambda a, y, z: 4 * (a - y) * logistic_prime(z),
            "Every δ is twice too large: a second factor 2 has come in. The square of the cost is differentiated once, "
            "and leaves one 2 in ∂C/∂a.",
        ),
        Mistake(
            "summed",
            lambda a, y, z: np.sum(2 * (a - y) * logistic_prime(z)),
            "One number came back: the δ of all output units were added up. δ_k^L = ∂C/∂a_k^L · σ′(z_k^L) is a number "
            "for each unit k.",
        ),
        Mistake(
            "column",
            lambda a, y, z: (2 * (a - y) * logistic_prime(z))[:, None],
            "The numbers are right, in a table of one column. δ of one example is a 1-D array, as a, y and z are.",
        ),
        Mistake(
            "z-for-a",
            lambda a, y, z: 2 * (z - y) * logistic_prime(z),
            "The error was taken as z − y. What the cost compares with y is the activation a: ∂C/∂a is 2(a − y).",
        ),
        Mistake(
            "errors-summed",
            lambda a, y, z: 2 * np.sum(a - y) * logistic_prime(z),
            "Every unit was given the sum of all errors. In ∂C/∂a_k only the k-th term of the cost has an a_k in it: "
            "unit k has its own error a_k − y_k.",
        ),
    ],
    variants=[
        lambda a, y, z: -2 * (y - a) * a * (1 - a),
        lambda a, y, z: [2 * (ak - yk) * ak * (1 - ak) for ak, yk in zip(a, y, strict=True)],
        lambda a, y, z: np.einsum("k,k->k", 2 * np.subtract(a, y), logistic(z) - logistic(z) ** 2),
        lambda a, y, z: 2 * (a - y) * np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ],
)


# --- hidden_delta ----------------------------------------------------------------------------------------------------


def _hidden_probes(rng, widths=None):
    found = []
    for _ in range(3):
        layers, zs, activations, y = probes.passed(rng, widths or probes.sizes(rng, 4, low=3))
        delta = output_delta(activations[-1], y, zs[-1])
        found.append((layers[-1][0], delta, zs[-2]))
        found.append((layers[-2][0], hidden_delta(layers[-1][0], delta, zs[-2]), zs[-3]))
    return found


def _loop_hidden_delta(W_next, delta_next, z):
    delta = np.zeros(len(z))
    for j in range(len(z)):
        for k in range(len(delta_next)):
            delta[j] += W_next[k, j] * delta_next[k] * logistic_prime(z[j])
    return delta


def _loop_no_transpose(W_next, delta_next, z):
    delta = np.zeros(len(z))
    for j in range(len(z)):
        for k in range(len(delta_next)):
            delta[j] += W_next[j, k] * delta_next[k] * logistic_prime(z[j])
    return delta


HIDDEN_DELTA = Exercise(
    name="hidden_delta",
    lesson=LESSON,
    points=3,
    equation="δ_j^ℓ = Σ_k δ_k^(ℓ+1) w_kj^(ℓ+1) σ′(z_j^ℓ), that is δ^ℓ = (W^(ℓ+1))ᵀ δ^(ℓ+1) · σ′(z^ℓ)",
    reference=lambda W_next, delta_next, z: hidden_delta(W_next, delta_next, z),
    probes=_hidden_probes,
    telling_probes=lambda rng: _hidden_probes(rng, _square(rng)),
    requirements=[values(2.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "sigma-prime-missing",
            lambda W, d, z: W.T @ d,
            "Each δ is exactly 1/σ′(z) times too large: what came back is ∂C/∂a^ℓ, not ∂C/∂z^ℓ. The step from a to z "
            "is missing; look at the term i = j of the induction step.",
        ),
        Mistake(
            "sigma-prime-of-next-layer",
            lambda W, d, z: W.T @ (d * logistic_prime(z)),
            "δ of layer ℓ+1 was multiplied by σ′ before it went through the weights. The factor belongs to the units j "
            "of layer ℓ, whose z is given: in the equation it stands outside the sum over k.",
        ),
        Mistake(
            "no-transpose",
            lambda W, d, z: (W @ d) * logistic_prime(z),
            "The weights were used forwards. Row k of W^(ℓ+1) leads into unit k; going back, unit j collects over all k, "
            "down column j. Look at the indices of w_kj in the sum.",
        ),
        Mistake(
            "z-for-sigma-prime",
            lambda W, d, z: (W.T @ d) * z,
            "The sum over k is multiplied by z itself. What the derivative of σ(z_j) leaves behind is its slope, σ′(z_j).",
        ),
        Mistake(
            "weights-left-out",
            lambda W, d, z: np.sum(d) * logistic_prime(z),
            "Before σ′ all units of the layer get the same number: the weights play no part. Each δ_k reaches unit j "
            "through its own w_kj.",
        ),
        Mistake(
            "weights-left-out-elementwise",
            lambda W, d, z: d * logistic_prime(z),
            "δ of the next layer was multiplied unit by unit with σ′ of this layer, without the weights between them. "
            "Unit j of layer ℓ has no partner in layer ℓ+1: it is joined to all of them, by w_kj.",
        ),
        Mistake(
            "extra-sigma-prime",
            lambda W, d, z: (W.T @ d) * logistic_prime(z) ** 2,
            "Each δ is σ′(z) times the right one: the slope comes in twice. δ^(ℓ+1) has its own slope inside already; "
            "this layer adds one factor.",
        ),
        Mistake(
            "sigma-prime-of-a",
            lambda W, d, z: (W.T @ d) * logistic_prime(logistic(z)),
            "σ′ was taken at the activation σ(z): its values all lie between 0.197 and 0.25, whatever z is. σ′(z_j^ℓ) "
            "is the slope of σ at z itself.",
        ),
        Mistake(
            "sigma-for-sigma-prime",
            lambda W, d, z: (W.T @ d) * logistic(z),
            "The sum over k is multiplied by the activation σ(z) where its slope σ′(z) belongs.",
        ),
        Mistake(
            "sign",
            lambda W, d, z: -(W.T @ d) * logistic_prime(z),
            "Every δ has the right size and the wrong sign. The sign of the error is inside δ^(ℓ+1) already; nothing in "
            "the induction step turns it round.",
        ),
        Mistake(
            "absolute-weights",
            lambda W, d, z: (np.abs(W).T @ d) * logistic_prime(z),
            "The weights were used without their signs. A negative w_kj turns the effect of unit j round, and δ with "
            "it: in δ_k w_kj the weight stands as it is.",
        ),
        Mistake(
            "factor-two",
            lambda W, d, z: 2 * (W.T @ d) * logistic_prime(z),
            "Every δ is twice too large. The 2 of the quadratic cost belongs to the output layer; it is inside δ^(ℓ+1) "
            "and comes in once only.",
        ),
        Mistake(
            "not-summed",
            lambda W, d, z: W.T * d * logistic_prime(z)[:, None],
            "A table came back, with one number for each pair (j, k). All ways from unit j forwards add up: the sum "
            "over k is missing.",
        ),
        Mistake(
            "column",
            lambda W, d, z: ((W.T @ d) * logistic_prime(z))[:, None],
            "The numbers are right, in a table of one column. δ of one example is a 1-D array, as delta_next and z are.",
        ),
        Mistake(
            "mean-over-k",
            lambda W, d, z: (W.T @ d) / len(d) * logistic_prime(z),
            "The contributions of the units k were averaged. The chain rule adds them up: each is a way of its own on "
            "which z_j reaches the cost.",
        ),
        Mistake(
            "no-transpose-in-loop",
            _loop_no_transpose,
            "The weights were read as W[j, k], and an index ran off the table. Row k of W^(ℓ+1) leads into unit k: its "
            "first index is the unit the edge leads to, as in w_kj. (Where the layers are equally wide, no error tells "
            "you so.)",
        ),
        Mistake(
            "last-k-only",
            lambda W, d, z: W[-1] * d[-1] * logistic_prime(z),
            "Only the last unit k of layer ℓ+1 has an effect: each turn of the loop over k replaced what the turn before "
            "had found. The contributions of all k add up.",
        ),
        Mistake(
            "slope-summed-over",
            lambda W, d, z: (W.T @ d) @ logistic_prime(z),
            "One number came back: the sums over k and the slopes were multiplied and added up over j. Each unit j keeps "
            "its own product: between the two stands a multiplication unit by unit.",
        ),
        Mistake(
            "z-one-minus-z",
            lambda W, d, z: (W.T @ d) * z * (1 - z),
            "The slope was written as z(1 − z). The product form of σ′ is written with σ(z), not with z.",
        ),
        Mistake(
            "not-summed-slopes-along-rows",
            lambda W, d, z: W.T * d * logistic_prime(z),
            "Wᵀ and δ were multiplied number by number, so that nothing was summed over k, and the slopes were laid "
            "along the wrong axis. Unit j collects δ_k w_kj over all k. (Where the layers are equally wide, no error "
            "tells you so.)",
        ),
        Mistake(
            "not-summed-without-slope",
            lambda W, d, z: W.T * d,
            "A table of the products w_kj δ_k came back, one for each pair (j, k): neither the sum over k nor the slope "
            "σ′(z_j) has been taken.",
        ),
    ],
    variants=[
        _loop_hidden_delta,
        lambda W_next, delta_next, z: np.einsum("kj,k,j->j", W_next, delta_next, logistic_prime(z)),
        lambda W_next, delta_next, z: delta_next @ W_next * (logistic(z) * (1 - logistic(z))),
        lambda W_next, delta_next, z: [
            sum(W_next[k][j] * delta_next[k] for k in range(len(delta_next))) * float(logistic_prime(z[j]))
            for j in range(len(z))
        ],
    ],
)


# --- layer_gradients -------------------------------------------------------------------------------------------------


def layer_gradients(delta, a_prev):
    """Reference: the outer product, and δ itself."""
    return np.outer(delta, a_prev), np.array(delta)


def _layer_probes(rng, widths=None):
    found = []
    for _ in range(3):
        _, zs, activations, y = probes.passed(rng, widths or probes.sizes(rng, 3))
        found.append((output_delta(activations[-1], y, zs[-1]), activations[-2]))
    return found


def _layer_part(path):
    return ("dW", "db")[path[0]] if path else "the result"


def _loop_layer_gradients(delta, a_prev):
    dW = np.empty((len(delta), len(a_prev)))
    for k in range(len(delta)):
        for j in range(len(a_prev)):
            dW[k, j] = delta[k] * a_prev[j]
    return dW, delta


LAYER_GRADIENTS = Exercise(
    name="layer_gradients",
    lesson=LESSON,
    points=2,
    equation="∂C/∂w_kj^ℓ = δ_k^ℓ a_j^(ℓ−1), ∂C/∂b_k^ℓ = δ_k^ℓ",
    reference=layer_gradients,
    probes=_layer_probes,
    telling_probes=lambda rng: _layer_probes(rng, _square(rng, 2)),
    part_name=_layer_part,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "transposed",
            lambda delta, a_prev: (np.outer(a_prev, delta), delta),
            "dW is the transpose of what it should be. Its row k belongs to unit k of this layer, just as in W: δ runs "
            "down the rows, a^(ℓ−1) along the columns.",
        ),
        Mistake(
            "elementwise",
            lambda delta, a_prev: (delta * a_prev, delta),
            "δ and a^(ℓ−1) were multiplied number by number. Every unit k meets every input j, so dW has an entry for "
            "each pair (k, j).",
        ),
        Mistake(
            "inner-product",
            lambda delta, a_prev: (delta @ a_prev, delta),
            "δ and a^(ℓ−1) were multiplied and added up to one number. Nothing is summed in ∂C/∂w_kj = δ_k a_j: each "
            "pair (k, j) keeps its own product.",
        ),
        Mistake(
            "db-scaled-by-activation",
            lambda delta, a_prev: (np.outer(delta, a_prev), delta * np.mean(a_prev)),
            "db was multiplied by activations. z_k grows by exactly as much as b_k does, so ∂z_k/∂b_k is 1.",
        ),
        Mistake(
            "db-scaled-by-norm",
            lambda delta, a_prev: (np.outer(delta, a_prev), delta * np.sum(a_prev)),
            "db is the sum of dW's row, δ_k Σ_j a_j. A bias stands beside no input: ∂z_k/∂b_k is 1, and nothing is "
            "summed over j.",
        ),
        Mistake(
            "db-scaled-by-width",
            lambda delta, a_prev: (np.outer(delta, a_prev), delta / len(delta)),
            "db is divided by the number of units. Each unit has its own bias, and no mean is taken over units.",
        ),
        Mistake(
            "db-summed",
            lambda delta, a_prev: (np.outer(delta, a_prev), np.sum(delta)),
            "db is a single number. Each unit k has its own bias b_k and its own ∂C/∂b_k.",
        ),
        Mistake(
            "db-forgotten",
            lambda delta, a_prev: (np.outer(delta, a_prev), np.zeros_like(delta)),
            "db is 0, so the biases would never learn. Apply the chain rule to b_k as well: what is ∂z_k/∂b_k?",
        ),
        Mistake(
            "order-of-results",
            lambda delta, a_prev: (delta, np.outer(delta, a_prev)),
            "The two results stand in the wrong order: the weights' gradient comes first, then the bias's.",
        ),
        Mistake(
            "sign",
            lambda delta, a_prev: (-np.outer(delta, a_prev), -delta),
            "Both gradients have the wrong sign. ∂C/∂w_kj = δ_k a_j has no minus: that of “downhill” comes in the "
            "update.",
        ),
        Mistake(
            "outer-with-itself",
            lambda delta, a_prev: (np.outer(delta, delta), delta),
            "dW was built from δ alone. In ∂C/∂w_kj^ℓ = δ_k^ℓ a_j^(ℓ−1) the second factor is the activation of the "
            "layer before.",
        ),
        Mistake(
            "mean-over-inputs",
            lambda delta, a_prev: (np.outer(delta, a_prev) / len(a_prev), delta),
            "dW is divided by the number of inputs. ∂z_k/∂w_kj is a_j, whole: no mean is taken over the inputs.",
        ),
        Mistake(
            "db-ones",
            lambda delta, a_prev: (np.outer(delta, a_prev), np.ones_like(delta)),
            "db is all ones: that is ∂z_k/∂b_k alone. The chain rule multiplies it by ∂C/∂z_k.",
        ),
        Mistake(
            "db-times-activations",
            lambda delta, a_prev: (np.outer(delta, a_prev), delta * a_prev),
            "db was multiplied by activations, number by number, which fits only where the layers are equally wide. A "
            "bias stands beside no input: ∂z_k/∂b_k is 1.",
        ),
        Mistake(
            "db-product-with-activations",
            lambda delta, a_prev: (np.outer(delta, a_prev), delta @ a_prev),
            "db is the dot product of δ and the activations, which exists only where the layers are equally wide. A "
            "bias stands beside no input: ∂z_k/∂b_k is 1, and each unit keeps its own number.",
        ),
        Mistake(
            "weights-only",
            lambda delta, a_prev: np.outer(delta, a_prev),
            "Only dW came back. The bias has a gradient as well: return both, the weights' first.",
        ),
    ],
    variants=[
        _loop_layer_gradients,
        lambda delta, a_prev: [np.einsum("k,j->kj", delta, a_prev), delta],
        lambda delta, a_prev: (delta[:, None] * a_prev, delta.copy()),
        lambda delta, a_prev: ([[d * a for a in a_prev] for d in delta], list(delta)),
    ],
)


# --- backprop, one example and a batch -------------------------------------------------------------------------------


def _output(a, y, z):
    return 2 * (a - y) * logistic_prime(z)


def _step(layers, index, delta, zs, activations):
    return delta @ layers[index][0] * logistic_prime(zs[index - 1])


def _pair(index, delta, zs, activations):
    return delta.T @ activations[index], delta.sum(axis=0)


def _recursion(layers, X, Y, output=_output, step=_step, pair=_pair, stop=0, early=False):
    """Backpropagation of a batch, written so that each of its parts can be replaced by a wrong one."""
    zs, activations = forward(layers, X)
    delta = output(activations[-1], Y, zs[-1])
    gradients = []
    for index in reversed(range(len(layers))):
        sent = step(layers, index, delta, zs, activations) if index > stop else delta
        gradients.append(pair(index, sent if early else delta, zs, activations))
        delta = sent
    return gradients[::-1]


def _one(**parts):
    """Turn replaced parts into a wrong backprop of one example."""
    return lambda layers, x, y: _recursion(layers, x[None], y[None], **parts)


def _wrong_layer(layers, index, delta, zs, activations):
    return delta @ layers[index - 1][0] * logistic_prime(zs[index - 1])


def _without_transpose(layers, index, delta, zs, activations):
    return delta @ layers[index][0].T * logistic_prime(zs[index - 1])


def _error_sent_back(layers, x, y):
    zs, activations = forward(layers, x)
    delta, back, gradients = output_delta(activations[-1], y, zs[-1]), 2 * (activations[-1] - y), []
    for index in reversed(range(len(layers))):
        gradients.append((np.outer(delta, activations[index]), delta))
        if index > 0:
            back = back @ layers[index][0]
            delta = back * logistic_prime(zs[index - 1])
    return gradients[::-1]


def _stops_early(layers, x, y):
    gradients = _recursion(layers, x[None], y[None])
    return [(np.zeros_like(dW), np.zeros_like(db)) for dW, db in gradients[:1]] + gradients[1:]


def _only_last_layer(layers, x, y):
    gradients = _recursion(layers, x[None], y[None])
    return [(np.zeros_like(dW), np.zeros_like(db)) for dW, db in gradients[:-1]] + gradients[-1:]


def _no_bias_forward(layers, x, y):
    a, zs, activations = x, [], [x]
    for W, _ in layers:
        zs.append(W @ a)
        a = logistic(zs[-1])
        activations.append(a)
    delta, gradients = output_delta(a, y, zs[-1]), []
    for index in reversed(range(len(layers))):
        gradients.append((np.outer(delta, activations[index]), delta))
        if index > 0:
            delta = hidden_delta(layers[index][0], delta, zs[index - 1])
    return gradients[::-1]


def _previous(index, zs, activations):
    return zs[index - 1] if index else activations[0]


def _exactly_two(layers):
    first, second = layers
    return [first, second]


def _last_two_layers(layers, x, y):
    zs, activations = forward(layers, x)
    last = output_delta(activations[-1], y, zs[-1])
    before = hidden_delta(layers[-1][0], last, zs[-2])
    return [layer_gradients(before, activations[-3]), layer_gradients(last, activations[-2])]


def _first_two_layers(layers, x, y):
    zs, activations = forward(layers, x)
    second = _output(activations[2], y, zs[1])
    first = layers[1][0].T @ second * logistic_prime(zs[0])
    return [layer_gradients(first, activations[0]), layer_gradients(second, activations[1])]


def _two_layers_mixed(layers, x, y):
    zs, activations = forward(layers, x)
    second = _output(activations[-1], y, zs[-1])
    first = layers[1][0].T @ second * logistic_prime(zs[0])
    return [layer_gradients(first, activations[0]), layer_gradients(second, activations[1])]


# What goes wrong in one example goes wrong in a batch as well: the same mistakes serve both exercises.
_BACKPROP_PARTS = [
    (
        "wrong-layer-weights",
        {"step": _wrong_layer},
        "δ was sent back through W^ℓ, the weights into layer ℓ. Between layer ℓ+1 and layer ℓ lie the weights of layer "
        "ℓ+1. Check which index your list of layers has there: layers[0] is layer 1. (Where all layers are equally "
        "wide, no error tells you so.)",
    ),
    (
        "no-transpose",
        {"step": _without_transpose},
        "On the way back the weights were used as on the way forward. In δ_j^ℓ = Σ_k δ_k^(ℓ+1) w_kj^(ℓ+1) σ′(z_j^ℓ) "
        "unit j collects over all units k of layer ℓ+1: look at which index of w_kj is summed. (Where all layers are "
        "equally wide, no error tells you so.)",
    ),
    (
        "wrong-layer-activations",
        {"pair": lambda i, d, zs, a: (d.T @ a[i + 1], d.sum(axis=0))},
        "∂C/∂W^ℓ was built with a^ℓ, the layer's own output. What w_kj multiplies is its input, a_j^(ℓ−1). Remember "
        "that activations[0] is x, so the numbering is shifted by one against the list of layers.",
    ),
    (
        "input-everywhere",
        {"pair": lambda i, d, zs, a: (d.T @ a[0], d.sum(axis=0))},
        "Every layer's ∂C/∂W was built with x. That is right in layer 1 only; the input of layer ℓ is a^(ℓ−1).",
    ),
    (
        "z-for-a",
        {"pair": lambda i, d, zs, a: (d.T @ _previous(i, zs, a), d.sum(axis=0))},
        "From layer 2 on ∂C/∂W was built with z^(ℓ−1). What the weights multiply in the forward pass is the "
        "activation a^(ℓ−1) = σ(z^(ℓ−1)).",
    ),
    (
        "sigma-prime-missing-hidden",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0]},
        "The output layer is right; below it σ′ is missing, once more in each layer further down. What is sent back "
        "through the weights is ∂C/∂a^ℓ, and δ^ℓ needs one more factor. Look at the induction step.",
    ),
    (
        "sigma-prime-missing-output",
        {"output": lambda a, y, z: 2 * (a - y)},
        "All layers are off, the output by exactly 1/σ′(z^L): the recursion starts from ∂C/∂a^L where it should start "
        "from δ^L = ∂C/∂z^L.",
    ),
    (
        "sigma-prime-missing-everywhere",
        {"output": lambda a, y, z: 2 * (a - y), "step": lambda layers, i, d, zs, a: d @ layers[i][0]},
        "No σ′ comes in anywhere: the numbers are those of a network without activation functions on its way back. Both "
        "the base case and the induction step have a factor σ′(z).",
    ),
    (
        "sign",
        {"output": lambda a, y, z: 2 * (y - a) * logistic_prime(z)},
        "Every gradient, in all layers, has the right size and the wrong sign: it points downhill. The recursion hands "
        "the sign of δ^L on, so look at the base case.",
    ),
    (
        "factor-two-missing",
        {"output": lambda a, y, z: (a - y) * logistic_prime(z)},
        "Every gradient is half of what it should be, in all layers. The lecture's cost has no ½ in front (1/2n is the "
        "slides'), so the 2 of the square stays: look at the base case.",
    ),
    (
        "sigma-prime-of-a",
        {
            "output": lambda a, y, z: 2 * (a - y) * logistic_prime(a),
            "step": lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(a[i]),
        },
        "σ′ was evaluated at the activations: all its values lie between 0.197 and 0.25. Either take it at z, or write "
        "it with a, in the form that the proof of σ′ ends with.",
    ),
    (
        "sigma-prime-of-a-hidden",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(a[i])},
        "The output layer is right; in the hidden layers σ′ was evaluated at the activation a^ℓ. The slope is wanted "
        "at z^ℓ.",
    ),
    (
        "extra-sigma-prime",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(zs[i - 1]) ** 2},
        "The output layer is right; below it each layer has σ′(z^ℓ) once too often. The δ that comes from above holds "
        "its own slope already.",
    ),
    (
        "error-at-the-output",
        {"output": lambda a, y, z: a - y},
        "The recursion starts from a − y. That is δ^L of another cost (lesson 4); for Σ(y − a)² the base case has "
        "a factor 2 and σ′(z^L).",
    ),
    (
        "weights-absolute",
        {"step": lambda layers, i, d, zs, a: d @ np.abs(layers[i][0]) * logistic_prime(zs[i - 1])},
        "The output layer is right; below it the weights have lost their signs on the way back. In δ_k w_kj a negative "
        "weight turns δ round: look for an absolute value in the induction step.",
    ),
    (
        "z-for-sigma-prime",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0] * zs[i - 1]},
        "The output layer is right; in the hidden layers δ was multiplied by z^ℓ. What differentiating a^ℓ = σ(z^ℓ) "
        "leaves is the slope σ′(z^ℓ): look at the induction step.",
    ),
    (
        "slope-of-the-layer-above",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(zs[i])},
        "δ was sent back rightly, but multiplied by σ′ of the layer that it came from. δ^ℓ needs σ′(z^ℓ), of the layer "
        "that it arrives in: check which index z^ℓ has in the list. (Where all layers are equally wide, no error tells "
        "you so.)",
    ),
    (
        "slope-of-the-layer-below",
        {"step": lambda layers, i, d, zs, a: d @ layers[i][0] * logistic_prime(zs[i - 2])},
        "δ was sent back rightly, but multiplied by σ′ of a layer too far down (an index of −1 means the last entry, "
        "and hides it). δ^ℓ needs σ′(z^ℓ): check which index z^ℓ has in the list. (Where all layers are equally wide, "
        "no error tells you so.)",
    ),
    (
        "one-step-too-many",
        {"stop": -1},
        "After layer 1 one more δ was computed, for the input, which has no z (the index −1 means the last entry). "
        "The induction ends with δ^1: the gradients of layer 1 are the last thing that is needed.",
    ),
    (
        "delta-kept",
        {"step": lambda layers, i, d, zs, a: d},
        "The output layer is right; all others were given δ of the output layer as well, so that not even the shapes "
        "fit. The induction step has to replace δ before the next layer comes.",
    ),
    (
        "delta-not-kept",
        {"step": lambda layers, i, d, zs, a: (_step(layers, i, d, zs, a), d)[1]},
        "The output layer is right; below it δ of the output layer came again and again, until the shapes did not "
        "fit: the induction step was computed and its result not kept. It has to replace δ.",
    ),
    (
        "delta-moved-too-early",
        {"early": True},
        "Each layer was given δ of the layer below it: δ was sent back before the layer's own gradients were taken "
        "from it. First ∂C/∂W^ℓ and ∂C/∂b^ℓ from δ^ℓ, then δ^(ℓ−1).",
    ),
]


def _backprop_probes(rng, draw=None):
    draw = draw or (lambda depth: probes.sizes(rng, depth + 1, low=3))
    return [probes.example(rng, draw(depth)) for depth in (3, 4, 2, 1)]


def _loop_backprop(layers, x, y):
    a, activations, zs = x, [x], []
    for W, b in layers:
        z = np.array([sum(W[k, j] * a[j] for j in range(len(a))) + b[k] for k in range(len(b))])
        a = 1 / (1 + np.exp(-z))
        zs.append(z)
        activations.append(a)
    delta = [2 * (a[k] - y[k]) * a[k] * (1 - a[k]) for k in range(len(a))]
    gradients = []
    for level in range(len(layers) - 1, -1, -1):
        before = activations[level]
        gradients.insert(0, ([[d * p for p in before] for d in delta], delta))
        W = layers[level][0]
        delta = [
            sum(W[k, j] * delta[k] for k in range(len(delta))) * before[j] * (1 - before[j]) for j in range(len(before))
        ]
    return gradients


def _einsum_backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [None] * len(layers)
    for level in range(len(layers) - 1, -1, -1):
        gradients[level] = (np.einsum("k,j->kj", delta, activations[level]), delta)
        if level:
            delta = np.einsum("kj,k,j->j", layers[level][0], delta, logistic_prime(zs[level - 1]))
    return tuple(gradients)


def _recursive_backprop(layers, x, y):
    def below(a, rest):
        (W, b), rest = rest[0], rest[1:]
        out = logistic(W @ a + b)
        back, found = below(out, rest) if rest else (2 * (out - y), [])
        delta = back * out * (1 - out)
        return W.T @ delta, [(np.outer(delta, a), delta), *found]

    return below(x, list(layers))[1]


BACKPROP = Exercise(
    name="backprop",
    lesson=LESSON,
    derivative_of="the cost",
    points=4,
    equation="δ^L first, then δ^ℓ for ℓ = L−1, …, 1; ∂C/∂W^ℓ = δ^ℓ (a^(ℓ−1))ᵀ, ∂C/∂b^ℓ = δ^ℓ",
    reference=lambda layers, x, y: nblib_backprop(layers, x, y),
    probes=_backprop_probes,
    telling_probes=lambda rng: _backprop_probes(rng, lambda depth: _square(rng, depth)),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    requirements=[values(3), shapes(0.5), unchanged(0.5)],
    mistakes=[Mistake(name, _one(**parts), hint) for name, parts, hint in _BACKPROP_PARTS]
    + [
        Mistake(
            "error-sent-back",
            _error_sent_back,
            "The output layer is right; below it something other than δ was sent back: the error 2(a − y), without its "
            "slopes. Each step of the recursion starts from δ^(ℓ+1), slope included.",
        ),
        Mistake(
            "stops-early",
            _stops_early,
            "The gradients of layer 1 are 0: the way back stops one layer early. The induction runs ℓ = L−1, …, 1: "
            "look at where your loop ends.",
        ),
        Mistake(
            "output-layer-only",
            _only_last_layer,
            "Only the output layer has gradients, all others are 0: the induction step, from δ^(ℓ+1) to δ^ℓ, is never "
            "taken.",
        ),
        Mistake(
            "weights-only",
            lambda layers, x, y: [dW for dW, _ in _recursion(layers, x[None], y[None])],
            "One array a layer came back, ∂C/∂W. The biases have gradients as well: each layer has a pair, the weights' "
            "first.",
        ),
        Mistake(
            "deltas-only",
            lambda layers, x, y: [db for _, db in _recursion(layers, x[None], y[None])],
            "One vector a layer came back, δ^ℓ. Two steps are left, ∂C/∂W^ℓ = δ^ℓ (a^(ℓ−1))ᵀ and ∂C/∂b^ℓ = δ^ℓ: each "
            "layer has a pair.",
        ),
        Mistake(
            "reversed",
            lambda layers, x, y: _recursion(layers, x[None], y[None])[::-1],
            "The gradients are right, but stand in the order in which the way back finds them. The list begins with "
            "layer 1, as layers does.",
        ),
        Mistake(
            "order-of-pair",
            lambda layers, x, y: [(db, dW) for dW, db in _recursion(layers, x[None], y[None])],
            "In each pair the bias's gradient stands first. The order is that of layers: weights, then bias.",
        ),
        Mistake(
            "transposed",
            lambda layers, x, y: [(dW.T, db) for dW, db in _recursion(layers, x[None], y[None])],
            "Each ∂C/∂W is the transpose of what it should be. Its row k belongs to unit k of the layer, as in W: in "
            "δ_k a_j, δ runs down the rows.",
        ),
        Mistake(
            "bias-left-out-forward",
            _no_bias_forward,
            "The numbers are those of a network without biases. Look at the forward pass: z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ has "
            "two parts.",
        ),
        Mistake(
            "output-layer-returned",
            lambda layers, x, y: _recursion(layers, x[None], y[None])[-1:],
            "One pair came back, that of the output layer. Does the return stand inside the loop, so that it ends in its "
            "first turn? All L layers have a pair.",
        ),
        Mistake(
            "last-two-layers",
            _last_two_layers,
            "Two pairs came back, those of the last two layers: the recursion is written out for two layers. In a "
            "network of L layers the same induction step is taken L − 1 times: in a loop.",
        ),
        Mistake(
            "first-two-layers",
            _first_two_layers,
            "A network of two layers is right, and no other: the recursion is written out for two layers, with their "
            "numbers. In a network of L layers the induction step is taken L − 1 times: in a loop.",
        ),
        Mistake(
            "two-layers-mixed",
            _two_layers_mixed,
            "A network of two layers is right, and no other: the way back starts at the last layer and goes on with the "
            "first, as if none lay between. In a network of L layers the induction step is taken L − 1 times: in a loop.",
        ),
        Mistake(
            "pair-for-weights",
            lambda layers, x, y: _recursion(
                layers, x[None], y[None], step=lambda layers, i, d, zs, a: (layers[i].T @ d[0])[None]
            ),
            "A network of one layer is right; with more it stops with an error, because the whole pair (W, b) was "
            "handed on where its first half, W, is wanted.",
        ),
        Mistake(
            "index-past-the-end",
            lambda layers, x, y: layers[len(layers)],
            "An index runs past the end of a list, whatever the network. In the equations ℓ runs from 1 to L; in the "
            "lists layers and zs the indices run from 0 to L − 1, and in activations from 0 to L.",
            telling_failure=True,
        ),
        Mistake(
            "two-layers-unpacked",
            lambda layers, x, y: nblib_backprop(_exactly_two(layers), x, y),
            "A network of two layers is right; any other stops with an error, because the list was taken apart into "
            "two pairs. It has L of them, and the induction step is taken L − 1 times: in a loop.",
        ),
    ],
    variants=[_loop_backprop, _einsum_backprop, _recursive_backprop],
)


def _batch_mistake(change=lambda gradients, n: gradients, **parts):
    """Build a wrong backprop_batch: a replaced part of the recursion, or a change to its mean gradients."""

    def wrong(layers, X, Y):
        n = len(X)
        summed = _recursion(layers, X, Y, **parts)
        return change([(dW / n, db / n) for dW, db in summed], n)

    return wrong


def _db_wrong_axis(layers, X, Y):
    n = len(X)
    return _recursion(layers, X, Y, pair=lambda i, d, zs, a: (d.T @ a[i] / n, d.sum(axis=1) / n))


def _db_not_summed(layers, X, Y):
    n = len(X)
    return _recursion(layers, X, Y, pair=lambda i, d, zs, a: (d.T @ a[i] / n, d / n))


def _db_scalar(layers, X, Y):
    n = len(X)
    return _recursion(layers, X, Y, pair=lambda i, d, zs, a: (d.T @ a[i] / n, np.mean(d)))


def _mean_in_each_layer(layers, X, Y):
    n = len(X)
    return _recursion(
        layers,
        X,
        Y,
        output=lambda a, y, z: _output(a, y, z) / n,
        step=lambda layers, i, d, zs, a: _step(layers, i, d, zs, a) / n,
    )


def _batch_probes(rng, draw=None):
    found = []
    for depth in (3, 2):
        if draw:
            widths, n = draw(depth), 4
        else:
            widths = probes.sizes(rng, depth + 1, low=3)
            n = next(int(n) for n in rng.permutation(np.arange(2, 10)) if n not in widths)
        found.append(probes.batch(rng, widths, n))
    if not draw:
        found.append(probes.batch(rng, probes.sizes(rng, 3, low=3), 1))
    return found


def _without_loop(trial):
    problem = trouble(trial.outcomes[0], trial.exercise)
    if problem:
        return problem
    layers = probes.network(trial.rng(3), [3, 4, 2])
    few, many = (
        trial.count_steps((layers, trial.rng(4).normal(size=(n, 3)), trial.rng(5).random((n, 2)))) for n in (4, 36)
    )
    # One step more for an example is a loop; a few more in all can be NumPy choosing another way.
    if many - few >= 32:
        return (
            "its work in Python grows with the number of examples: there is a loop over them. One matrix product "
            "can serve all rows at once."
        )
    return None


def _mean_of(gradient_lists):
    gathered = list(gradient_lists)
    return [
        tuple(np.mean([g[level][part] for g in gathered], axis=0) for part in (0, 1))
        for level in range(len(gathered[0]))
    ]


def _einsum_batch(layers, X, Y):
    zs, activations = forward(layers, X)
    delta = 2 * (activations[-1] - Y) * logistic_prime(zs[-1])
    gradients = []
    for level in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (np.einsum("nk,nj->kj", delta, activations[level]) / len(X), np.mean(delta, axis=0)))
        delta = np.einsum("nk,kj->nj", delta, layers[level][0])
        if level:
            delta *= logistic_prime(zs[level - 1])
    return gradients


def _column_batch(layers, X, Y):
    """One example a column, as much of the literature has it."""
    A, kept = X.T, []
    for W, b in layers:
        Z = W @ A + b[:, None]
        kept.append((A, Z))
        A = logistic(Z)
    D = 2 * (A - Y.T) * A * (1 - A) / X.shape[0]
    gradients = []
    for index, (A_prev, _) in reversed(list(enumerate(kept))):
        gradients.append((D @ A_prev.T, D @ np.ones(X.shape[0])))
        if index:
            D = layers[index][0].T @ D * logistic_prime(kept[index - 1][1])
    return list(reversed(gradients))


# Right but for the point that is for doing without a loop: see the tests.
def loop_over_examples(layers, X, Y):
    """Mean of the gradients of one example after another: right values, without the point for doing without a loop."""
    return _mean_of(nblib_backprop(layers, x, y) for x, y in zip(X, Y, strict=True))


BACKPROP_BATCH = Exercise(
    name="backprop_batch",
    lesson=LESSON,
    derivative_of="the cost",
    points=4,
    equation="∂C/∂W^ℓ = (1/n) Σ_i δ_i^ℓ (a_i^(ℓ−1))ᵀ, ∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ",
    reference=lambda layers, X, Y: nblib_backprop(layers, X, Y),
    probes=_batch_probes,
    telling_probes=lambda rng: _batch_probes(rng, lambda depth: _square(rng, depth)),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    requirements=[
        values(2),
        shapes(0.5),
        unchanged(0.5),
        Requirement("the whole batch at once", 1, _without_loop),
    ],
    mistakes=[Mistake(name, _batch_mistake(**parts), hint) for name, parts, hint in _BACKPROP_PARTS]
    + [
        Mistake(
            "sum-for-mean",
            _batch_mistake(lambda gradients, n: [(dW * n, db * n) for dW, db in gradients]),
            "Every gradient is n times too large: the examples were added up. The cost of a batch is a mean over its n "
            "examples, and so is its gradient.",
        ),
        Mistake(
            "mean-for-weights-only",
            _batch_mistake(lambda gradients, n: [(dW, db * n) for dW, db in gradients]),
            "The weights' gradients are right, the biases' are n times too large: the 1/n reached dW only.",
        ),
        Mistake(
            "mean-for-biases-only",
            _batch_mistake(lambda gradients, n: [(dW * n, db) for dW, db in gradients]),
            "The biases' gradients are right, the weights' are n times too large: the 1/n reached db only. A product "
            "over the rows of a batch adds the examples up.",
        ),
        Mistake(
            "mean-twice",
            _batch_mistake(lambda gradients, n: [(dW / n, db / n) for dW, db in gradients]),
            "Every gradient is n times too small: 1/n comes in twice. Take the mean in one place, in δ or at the end.",
        ),
        Mistake(
            "mean-in-each-layer",
            _mean_in_each_layer,
            "The output layer is right; each layer further down is another n times too small. 1/n was put into the "
            "induction step, where it comes in again and again.",
        ),
        Mistake(
            "mean-over-outputs",
            _batch_mistake(
                lambda gradients, n: [
                    (dW * n / len(gradients[-1][1]), db * n / len(gradients[-1][1])) for dW, db in gradients
                ]
            ),
            "The sum over the examples was divided by the number of outputs. The mean is over the n rows of the batch.",
        ),
        Mistake(
            "db-wrong-axis",
            _db_wrong_axis,
            "db was summed along the wrong axis: it has one number for each example where each unit has one. In (1/n) "
            "Σ_i δ_i the sum runs over the examples i, the rows.",
        ),
        Mistake(
            "db-not-summed",
            _db_not_summed,
            "db still has a row for each example. In ∂C/∂b = (1/n) Σ_i δ_i the examples are added up: for dW the "
            "matrix product does so, for db it has to be said.",
        ),
        Mistake(
            "db-one-number",
            _db_scalar,
            "db is the mean over everything, one number a layer. Each unit k keeps its own ∂C/∂b_k: the mean runs over "
            "the examples alone.",
        ),
        Mistake(
            "last-example-only",
            lambda layers, X, Y: nblib_backprop(layers, X[-1], Y[-1]),
            "These are the gradients of the last example alone: the others were overwritten. What each example "
            "contributes has to be added up.",
        ),
        Mistake(
            "last-example-over-n",
            lambda layers, X, Y: [(dW / len(X), db / len(X)) for dW, db in nblib_backprop(layers, X[-1], Y[-1])],
            "These are the gradients of the last example, divided by n. Each pass of the loop overwrites what was there; "
            "it has to be added.",
        ),
        Mistake(
            "first-example-only",
            lambda layers, X, Y: nblib_backprop(layers, X[0], Y[0]),
            "These are the gradients of the first example alone. Does a return stand inside the loop?",
        ),
        Mistake(
            "one-list-an-example",
            lambda layers, X, Y: [nblib_backprop(layers, x, y) for x, y in zip(X, Y, strict=True)],
            "A list of gradient lists came back, one for each example. They are right one by one; the gradient of the "
            "batch's cost is their mean, with one pair for each layer.",
        ),
        Mistake(
            "transposed",
            _batch_mistake(lambda gradients, n: [(dW.T, db) for dW, db in gradients]),
            "Each ∂C/∂W is the transpose of what it should be: its rows belong to the units of the layer, as in W. In a "
            "product over the examples, δ's units have to come first.",
        ),
        Mistake(
            "inputs-counted",
            lambda layers, X, Y: [(dW / X.shape[1], db / X.shape[1]) for dW, db in _recursion(layers, X, Y)],
            "The sum over the examples was divided by the number of inputs: n is the number of rows of X, one row an "
            "example.",
        ),
        Mistake(
            "mean-example",
            lambda layers, X, Y: nblib_backprop(layers, X.mean(axis=0), Y.mean(axis=0)),
            "These are the gradients of a single example, the mean of all inputs with the mean of all targets. A network "
            "is not linear: the mean is taken over the gradients, after each example went through on its own.",
        ),
        Mistake(
            "output-layer-returned",
            _batch_mistake(lambda gradients, n: gradients[-1:]),
            "One pair came back, that of the output layer. Does the return stand inside the loop, so that it ends in its "
            "first turn? All L layers have a pair.",
        ),
        Mistake(
            "weights-only",
            _batch_mistake(lambda gradients, n: [dW for dW, _ in gradients]),
            "One array a layer came back, ∂C/∂W. The biases have gradients as well: each layer has a pair, the weights' "
            "first.",
        ),
        Mistake(
            "deltas-only",
            lambda layers, X, Y: _recursion(layers, X, Y, pair=lambda i, d, zs, a: d),
            "One table a layer came back, δ^ℓ with a row for each example. Two steps are left: ∂C/∂W^ℓ and ∂C/∂b^ℓ are "
            "means over these rows, the first with a^(ℓ−1) beside δ^ℓ.",
        ),
        Mistake(
            "reversed",
            _batch_mistake(lambda gradients, n: gradients[::-1]),
            "The gradients are right, but stand in the order in which the way back finds them. The list begins with "
            "layer 1, as layers does.",
        ),
        Mistake(
            "order-of-pair",
            _batch_mistake(lambda gradients, n: [(db, dW) for dW, db in gradients]),
            "In each pair the bias's gradient stands first. The order is that of layers: weights, then bias.",
        ),
        Mistake(
            "index-past-the-end",
            lambda layers, X, Y: layers[len(layers)],
            "An index runs past the end of a list, whatever the network. In the equations ℓ runs from 1 to L; in the "
            "lists layers and zs the indices run from 0 to L − 1, and in activations from 0 to L.",
            telling_failure=True,
        ),
        Mistake(
            "two-layers-unpacked",
            lambda layers, X, Y: nblib_backprop(_exactly_two(layers), X, Y),
            "A network of two layers is right; any other stops with an error, because the list was taken apart into "
            "two pairs. It has L of them, and the induction step is taken L − 1 times: in a loop.",
        ),
    ],
    variants=[
        _einsum_batch,
        _column_batch,
        lambda layers, X, Y: [
            tuple(part.astype(float) for part in pair)
            for pair in _batch_mistake()(layers, np.asarray(X), np.asarray(Y))
        ],
    ],
)


# --- sgd_step --------------------------------------------------------------------------------------------------------


def _sgd_probes(rng):
    found = []
    for eta in rng.permutation([0.05, 0.3, 1.7]):
        layers, x, y = probes.example(rng, probes.sizes(rng, 3))
        found.append((layers, nblib_backprop(layers, x, y), float(eta)))
    return found


def _in_place_step(layers, gradients, eta):
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        W -= eta * dW
        b -= eta * db
    return layers


def _each(rule):
    """Apply one rule to every weight matrix and bias."""
    return lambda layers, gradients, eta: [
        tuple(rule(p, g, eta) for p, g in zip(pair, gradient_pair, strict=True))
        for pair, gradient_pair in zip(layers, gradients, strict=True)
    ]


def _layers_part(path):
    return f"{('the weights', 'the bias')[path[1]]} of layer {path[0] + 1}" if len(path) == 2 else "the result"


def _loop_step(layers, gradients, eta):
    new = []
    for level in range(len(layers)):
        W, b = (part.copy() for part in layers[level])
        for index in np.ndindex(W.shape):
            W[index] -= eta * gradients[level][0][index]
        for k in range(len(b)):
            b[k] = b[k] - eta * gradients[level][1][k]
        new.append([W, b])
    return new


SGD_STEP = Exercise(
    name="sgd_step",
    lesson=LESSON,
    points=1,
    equation="w ← w − η ∂C/∂w, b ← b − η ∂C/∂b",
    reference=sgd_step,
    probes=_sgd_probes,
    part_name=_layers_part,
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "eta-missing-for-biases",
            lambda layers, gradients, eta: [
                (W - eta * dW, b - db) for (W, b), (dW, db) in zip(layers, gradients, strict=True)
            ],
            "The weights are right; the biases have moved by their whole gradient. η belongs to both updates.",
        ),
        Mistake(
            "sign",
            _each(lambda p, g, eta: p + eta * g),
            "The step goes uphill: the gradient was added. It points to where the cost grows, and the cost is to fall: "
            "look at the sign in w ← w − η ∂C/∂w.",
        ),
        Mistake(
            "in-place",
            _in_place_step,
            "The new numbers are right, but the old layers were overwritten with them. Whoever called the function "
            "still holds those arrays; `-=` on an array changes it for everybody.",
        ),
        Mistake(
            "eta-missing",
            _each(lambda p, g, eta: p - g),
            "The whole gradient was subtracted: η plays no part in the step. In w ← w − η ∂C/∂w it says how long the "
            "step is.",
        ),
        Mistake(
            "eta-squared",
            _each(lambda p, g, eta: p - eta**2 * g),
            "The step is η times as long as it should be: η comes in twice. In w ← w − η ∂C/∂w it stands once.",
        ),
        Mistake(
            "divides-by-eta",
            _each(lambda p, g, eta: p - g / eta),
            "The gradient was divided by η. In w ← w − η ∂C/∂w a larger learning rate means a larger step.",
        ),
        Mistake(
            "weights-only",
            lambda layers, gradients, eta: [
                (W - eta * dW, b) for (W, b), (dW, _) in zip(layers, gradients, strict=True)
            ],
            "The weights have moved, the biases have not. They are parameters as well, with gradients of their own.",
        ),
        Mistake(
            "biases-only",
            lambda layers, gradients, eta: [
                (W, b - eta * db) for (W, b), (_, db) in zip(layers, gradients, strict=True)
            ],
            "The biases have moved, the weights have not. Both are parameters: w ← w − η ∂C/∂w belongs to the step "
            "too.",
        ),
        Mistake(
            "biases-uphill",
            lambda layers, gradients, eta: [
                (W - eta * dW, b + eta * db) for (W, b), (dW, db) in zip(layers, gradients, strict=True)
            ],
            "The weights go downhill, the biases uphill: the signs of the two updates differ. Both subtract, b ← b − η "
            "∂C/∂b as well.",
        ),
        Mistake(
            "step-only",
            _each(lambda p, g, eta: -eta * g),
            "What came back is the step itself, −η times the gradient, not the place where it leads.",
        ),
        Mistake(
            "weights-shrunk",
            _each(lambda p, g, eta: (1 - eta) * p - eta * g),
            "The old weights have shrunk as well. That would be weight decay (lesson 5); here w stays whole.",
        ),
        Mistake(
            "unchanged",
            _each(lambda p, g, eta: p.copy()),
            "The layers that came back are the old ones: the updated arrays were built and then not kept.",
        ),
        Mistake(
            "wrong-layers-gradient",
            lambda layers, gradients, eta: [
                (W - eta * np.resize(dW, W.shape), b - eta * np.resize(db, b.shape))
                for (W, b), (dW, db) in zip(layers, gradients[::-1], strict=True)
            ],
            "Each layer was moved by the gradient of another one: the two lists are read in opposite directions.",
        ),
        Mistake(
            "first-layer-only",
            lambda layers, gradients, eta: sgd_step(layers[:1], gradients[:1], eta),
            "One pair came back, layer 1 after the step. Does the return stand inside the loop, so that it ends in its "
            "first turn? All L layers are moved.",
        ),
    ],
    variants=[
        _loop_step,
        _each(lambda p, g, eta: np.add(p, -eta * g)),
        lambda layers, gradients, eta: tuple(
            (np.subtract(W, np.multiply(eta, dW)).tolist(), (b - eta * db).tolist())
            for (W, b), (dW, db) in zip(layers, gradients, strict=True)
        ),
    ],
)


# --- minibatches -----------------------------------------------------------------------------------------------------


def _minibatch_probes(rng):
    found = []
    for n, batch_size in ((23, 5), (12, 4), (7, 10)):
        X = rng.normal(size=(n, 3))
        found.append(
            (X, np.column_stack([X.sum(axis=1), X[:, 0]]), batch_size, np.random.default_rng(rng.integers(2**32)))
        )
    return found


def _row_numbers(rows, everything):
    """Tell for each row which row of everything it is, or None where it is none of them."""
    numbers = []
    for row in rows:
        matches = np.flatnonzero((everything == row).all(axis=1))
        numbers.append(int(matches[0]) if len(matches) else None)
    return numbers


def _batches_read(outcome, X, Y):
    """Read what came back as row numbers of X and of Y, batch by batch; raise ValueError with a sentence if it is not so."""
    if not isinstance(outcome.value, (list, tuple)):
        raise ValueError(f"what came back is of type {type(outcome.value).__name__}: pairs (X_b, Y_b) are expected.")
    read = []
    for item in outcome.value:
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            raise ValueError("each batch has to be a pair (X_b, Y_b).")
        try:
            X_b, Y_b = (np.asarray(part, dtype=float) for part in item)
        except (TypeError, ValueError):
            raise ValueError("X_b and Y_b have to be arrays with one example a row.") from None
        if X_b.ndim != 2 or Y_b.ndim != 2 or X_b.shape[1] != X.shape[1] or Y_b.shape[1] != Y.shape[1]:
            raise ValueError(
                f"X_b has shape {X_b.shape} and Y_b {Y_b.shape}: the rows of X ({X.shape[1]} wide) and of Y "
                f"({Y.shape[1]} wide) are expected."
            )
        read.append((_row_numbers(X_b, X), _row_numbers(Y_b, Y)))
    return read


def _read_probe(trial, position):
    outcome, (X, Y, *_) = trial.outcomes[position], trial.probes[position]
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return _batches_read(outcome, X, Y)


def _joined(read, side):
    """Row numbers of all batches one after the other: side 0 of X, side 1 of Y."""
    return list(chain.from_iterable(batch[side] for batch in read))


def _every_example_once(trial):
    for position, (X, *_) in enumerate(trial.probes):
        try:
            read = _read_probe(trial, position)
        except ValueError as error:
            return str(error)
        in_order, targets = (_joined(read, side) for side in (0, 1))
        if in_order != targets:
            return "X_b and Y_b do not belong together: examples have got the targets of others."
        if None in in_order:
            return "rows came back that are not in X."
        if len(set(in_order)) < len(X):
            return (
                f"{len(X) - len(set(in_order))} of {len(X)} examples never came: an epoch passes through all of them."
            )
        if len(in_order) > len(X):
            return f"{len(in_order)} examples came where there are {len(X)}: some came more than once."
    return None


def _first_order(trial, rng):
    X, Y, batch_size, _ = trial.probes[0]
    outcome = trial.call((X, Y, batch_size, rng))
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return _joined(_batches_read(outcome, X, Y), 0)


def _neighbours(order):
    return sum(1 for one, other in pairwise(order) if None not in (one, other) and other == one + 1)


def _random_order(trial):
    try:
        one, again, other = (_first_order(trial, np.random.default_rng(seed)) for seed in (5, 5, 6))
    except ValueError as error:
        return str(error)
    if one == sorted(one, key=lambda number: (number is None, number)):
        return "the examples come in the order they have in X."
    if _neighbours(one) > len(one) // 2:
        return "most examples still come right after their neighbour in X: it is the examples that have to be shuffled."
    if one != again:
        return "the same rng in the same state gave two different orders: draw from the rng that is passed, and from nothing else."
    if one == other:
        return "two different rngs gave the same order: the rng that is passed is not used."
    return None


def _batch_sizes(trial):
    for position, (X, _, batch_size, _) in enumerate(trial.probes):
        try:
            lengths = [len(batch[0]) for batch in _read_probe(trial, position)]
        except ValueError as error:
            return str(error)
        whole, rest = divmod(len(X), batch_size)
        if lengths != [batch_size] * whole + [rest] * (rest > 0):
            return f"{len(X)} examples in batches of {batch_size} came as batches of {lengths}."
    return None


def _repeats_in_a_batch(trial):
    """Whether a batch ever holds an example twice; seen over so many orders that chance does not hide it."""
    X, Y, batch_size, _ = trial.probes[0]
    batches = []
    for seed in range(6):
        try:
            outcome = trial.call((X, Y, batch_size, np.random.default_rng(seed)))
            batches.extend(_batches_read(outcome, X, Y))
        except ValueError:
            return False
    return any(len(set(rows)) < len(rows) for rows, _ in batches)


def _row_numbers_came(trial):
    """Whether there are whole numbers only in what came back, where X and Y have none."""
    parts = [part for _, part in leaves(trial.outcomes[0].value)]
    return bool(parts) and all(is_number_like(part) and np.asarray(part).dtype.kind in "iu" for part in parts)


def _minibatch_facts(trial):
    """What the pairs look like, in facts that do not depend on the order drawn."""
    try:
        read = [_read_probe(trial, position) for position in range(len(trial.probes))]
    except ValueError as error:
        return {"form": str(error)[:40], "row numbers": _row_numbers_came(trial)}
    facts = {"form": "pairs"}
    X_rows, Y_rows = (_joined(read[0], side) for side in (0, 1))
    facts["X in order"], facts["Y in order"] = (
        rows == sorted(rows, key=str) or rows == list(range(len(rows))) for rows in (X_rows, Y_rows)
    )
    facts["torn"] = X_rows != Y_rows
    facts["missing"] = len(set(X_rows)) < len(trial.probes[0][0])
    facts["repeated"] = len(set(X_rows)) < len(X_rows)
    facts["repeated in a batch"] = _repeats_in_a_batch(trial)
    facts["lengths"] = tuple(tuple(len(batch[0]) for batch in batches) for batches in read)
    facts["neighbours"] = _neighbours(X_rows) > len(X_rows) // 2
    facts["order"] = _random_order(trial)
    return facts


def _cut(order, X, Y, batch_size):
    return [(X[order[i : i + batch_size]], Y[order[i : i + batch_size]]) for i in range(0, len(order), batch_size)]


def _shuffled_in_place(X, Y, batch_size, rng):
    rng.shuffle(X)
    return _cut(np.arange(len(X)), X, Y, batch_size)


def _both_shuffled_in_place(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], Y[:] = X[order], Y[order]
    return _cut(np.arange(len(X)), X, Y, batch_size)


def _pairs_torn(X, Y, batch_size, rng):
    first, second = rng.permutation(len(X)), rng.permutation(len(X))
    return [(X[first[i : i + batch_size]], Y[second[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


def _targets_not_shuffled(X, Y, batch_size, rng):
    return _cut(np.arange(len(X)), X[rng.permutation(len(X))], Y, batch_size)


def _with_replacement(X, Y, batch_size, rng):
    return _cut(rng.integers(len(X), size=len(X)), X, Y, batch_size)


def _each_batch_drawn_anew(X, Y, batch_size, rng):
    found = []
    for start in range(0, len(X), batch_size):
        chosen = rng.choice(len(X), size=min(batch_size, len(X) - start), replace=False)
        found.append((X[chosen], Y[chosen]))
    return found


def _last_filled_up(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    short = -len(X) % batch_size
    return _cut(np.concatenate([order, np.resize(order, short)]), X, Y, batch_size)


def _last_lost(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    return _cut(order[: len(X) // batch_size * batch_size], X, Y, batch_size)


def _batches_shuffled(X, Y, batch_size, rng):
    batches = _cut(np.arange(len(X)), X, Y, batch_size)
    return [batches[number] for number in rng.permutation(len(batches))]


def _number_of_batches(X, Y, batch_size, rng):
    return [(X[part], Y[part]) for part in np.array_split(rng.permutation(len(X)), batch_size)]


def _row_numbers_of_batches(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def _global_order(X, Y, batch_size, rng):
    return _cut(np.random.default_rng().permutation(len(X)), X, Y, batch_size)


def _global_state(X, Y, batch_size, rng):
    return _cut(np.random.permutation(len(X)), X, Y, batch_size)  # noqa: NPY002 (this is the mistake)


def _listed_minibatches(X, Y, batch_size, rng):
    order = list(range(len(X)))
    rng.shuffle(order)
    found = []
    while order:
        chosen, order = order[:batch_size], order[batch_size:]
        found.append((np.array([X[i] for i in chosen]), np.array([Y[i] for i in chosen])))
    return found


def _split_minibatches(X, Y, batch_size, rng):
    order = rng.choice(len(X), size=len(X), replace=False)
    return tuple((X[part], Y[part]) for part in np.split(order, range(batch_size, len(X), batch_size)))


def _glued_minibatches(X, Y, batch_size, rng):
    rows = rng.permutation(np.hstack([X, Y]))
    for start in range(0, len(rows), batch_size):
        yield np.hsplit(rows[start : start + batch_size], [X.shape[1]])


MINIBATCHES = Exercise(
    name="minibatches",
    lesson=LESSON,
    points=2,
    equation="one epoch: all n examples once, in a random order, batch_size at a time, the last part as long as it is",
    reference=minibatches,
    probes=_minibatch_probes,
    comparable=False,
    observe=_minibatch_facts,
    requirements=[
        Requirement("every example once, with its own target", 1, _every_example_once),
        Requirement("a random order, drawn from rng", 0.5, _random_order),
        Requirement("sizes of the batches", 0.25, _batch_sizes),
        unchanged(0.25),
    ],
    mistakes=[
        Mistake(
            "pairs-torn",
            _pairs_torn,
            "X and Y were shuffled apart: each in an order of its own. An example and its target have to move together, "
            "so one order has to serve both.",
        ),
        Mistake(
            "targets-not-shuffled",
            _targets_not_shuffled,
            "X was shuffled and Y was not, so the examples have got the targets of others. One order has to serve both.",
        ),
        Mistake(
            "only-X-shuffled-in-place",
            _shuffled_in_place,
            "X itself was shuffled, in place, and Y was not: the caller's data are torn apart for good. Draw an order, "
            "and pick the rows of both by it.",
        ),
        Mistake(
            "shuffled-in-place",
            _both_shuffled_in_place,
            "The batches are right, but the caller's X and Y were reordered as well. Pick rows by an order; leave the "
            "arrays as they are.",
        ),
        Mistake(
            "last-part-lost",
            _last_lost,
            "The examples that do not fill a whole batch never come. They are a batch too, a smaller one: look at "
            "where your loop ends.",
        ),
        Mistake(
            "no-shuffle",
            lambda X, Y, batch_size, rng: _cut(np.arange(len(X)), X, Y, batch_size),
            "The batches are cut from X as it lies there, the same in every epoch. If the data are sorted, a batch is "
            "then no sample of them: draw a random order first.",
        ),
        Mistake(
            "batches-shuffled",
            _batches_shuffled,
            "The batches come in a random order, but each holds neighbours of X. It is the examples that have to be "
            "shuffled, before they are cut.",
        ),
        Mistake(
            "with-replacement",
            _with_replacement,
            "The rows were drawn with replacement: some examples come twice in an epoch and others not at all. An order "
            "of all n is wanted, not n draws.",
        ),
        Mistake(
            "each-batch-drawn-anew",
            _each_batch_drawn_anew,
            "No batch repeats an example, but the batches overlap: each was drawn from all examples anew. Draw one order "
            "for the epoch, and cut it.",
        ),
        Mistake(
            "last-part-filled-up",
            _last_filled_up,
            "The last batch was filled up with examples that had been used already. It may be shorter than the others.",
        ),
        Mistake(
            "batch-size-as-number",
            _number_of_batches,
            "batch_size was read as the number of batches. It is the number of examples in each.",
        ),
        Mistake(
            "one-example-each",
            lambda X, Y, batch_size, rng: _cut(rng.permutation(len(X)), X, Y, 1),
            "Every batch has one example, whatever batch_size is. Look at how far each part of the order reaches: "
            "batch_size examples at a time.",
        ),
        Mistake(
            "rng-not-used",
            _global_order,
            "The order does not come from the rng that is passed: the same rng gives another order each time. With an "
            "order of one's own nobody can repeat the run.",
        ),
        Mistake(
            "fixed-seed",
            lambda X, Y, batch_size, rng: _cut(np.random.default_rng(0).permutation(len(X)), X, Y, batch_size),
            "The order is always the same, whichever rng is passed: a generator with a fixed seed is built inside. Every "
            "epoch would see the same batches.",
        ),
        Mistake(
            "order-of-pair",
            lambda X, Y, batch_size, rng: [(Y_b, X_b) for X_b, Y_b in minibatches(X, Y, batch_size, rng)],
            "In each pair the targets stand first. The order is (X_b, Y_b), inputs before targets, as in the "
            "arguments.",
        ),
        Mistake(
            "targets-forgotten",
            lambda X, Y, batch_size, rng: [X_b for X_b, _ in minibatches(X, Y, batch_size, rng)],
            "The batches hold the inputs only. Each is a pair: rows of X, and the targets that belong to them.",
        ),
        Mistake(
            "row-numbers-only",
            _row_numbers_of_batches,
            "The batches hold the numbers of the rows, not the rows. Each batch is a pair of arrays: those rows of X, and "
            "the same rows of Y.",
        ),
        Mistake(
            "first-batch-only",
            lambda X, Y, batch_size, rng: _cut(rng.permutation(len(X))[:batch_size], X, Y, batch_size),
            "Only one batch came. Does a return stand inside the loop? All batches of the epoch are wanted: collect "
            "them, or yield each.",
        ),
    ],
    variants=[_listed_minibatches, _split_minibatches, _glued_minibatches],
)


# --- train -----------------------------------------------------------------------------------------------------------


def _gradients(layers, X, Y):
    return nblib_backprop(layers, X, Y)


def _cost(layers, X, Y):
    return mean_square(predict(layers, X), Y)


def train(layers, X, Y, eta, epochs, batch_size, rng):
    """Reference: the three nested loops."""
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
        costs.append(_cost(layers, X, Y))
    return layers, costs


def _train_probes(rng):
    whole = probes.batch(rng, probes.sizes(rng, 4, low=3), 9)
    small = probes.batch(rng, probes.sizes(rng, 3), 3)
    seed = int(rng.integers(2**32))
    return [
        (*whole, 0.8, 4, 9, np.random.default_rng(seed)),
        (*small, 2.5, 2, 2, np.random.default_rng(seed)),
    ]


def _train_three_batches(rng):
    """One epoch of three batches, so that what happens between the first and the last can be told."""
    data = probes.batch(rng, probes.sizes(rng, 3), 3)
    return [(*data, 1.5, 1, 1, np.random.default_rng(rng.integers(2**32)))]


def _train_runs(args):
    """Every order that could matter; with one batch an epoch none does."""
    layers, X, Y, eta, epochs, batch_size, _ = args
    scripts = [[tuple(range(len(X)))]] if batch_size >= len(X) else scripts_of(len(X), batch_size, epochs)
    return [(layers, X, Y, eta, epochs, batch_size, ScriptedOrders(script)) for script in scripts]


def _answers_of_twelve(trial):
    """Numbers that the probe with mini-batches gives with twelve generators; None for a run that gave none."""
    return [flat(trial.call((*trial.probes[1][:-1], np.random.default_rng(seed))).value) for seed in range(12)]


def _orders_taken(trial):
    """Sequences of orders that twelve generators led to; None for a run that chance does not allow."""
    if trial.outcomes[1].failure:
        return [None]
    scripts = [tuple(run[-1].orders) for run in _train_runs(trial.probes[1])]
    allowed = list(zip(scripts, map(flat, trial.expected[1]), strict=True))

    def taken(got):
        fitting = (s for s, want in allowed if got is not None and got.size == want.size and close(got, want))
        return next(fitting, None)

    # Where the graded run is wrong already, twelve more would show nothing new.
    if taken(flat(trial.outcomes[1].value)) is None:
        return [None]
    return [taken(got) for got in _answers_of_twelve(trial)]


def _fresh_shuffle(trial):
    taken = trial.once(_orders_taken)
    if None in taken:
        return "this can only be seen once training in mini-batches is right."
    if len({script[0] for script in taken}) == 1:
        return (
            "twelve generators led to the same batches in the first epoch: the examples are not shuffled, or not by the "
            "rng that is passed."
        )
    if all(script[0] == script[1] for script in taken):
        return "the second epoch always has the batches of the first: shuffle afresh in each epoch."
    return None


def _in_the_order_of_x(trial):
    layers, X, Y, eta, epochs, batch_size, _ = trial.telling_probes[0]
    got = flat(trial.telling_outcomes[0].value)
    want = flat(train(layers, X, Y, eta, epochs, batch_size, ScriptedOrders([tuple(range(len(X)))])))
    return got is not None and close(got, want)


def _train_facts(trial):
    taken = trial.once(_orders_taken)
    known = None not in taken
    numbers = None if trial.outcomes[1].failure else flat(trial.outcomes[1].value)
    return {
        "shuffled": known and len({script[0] for script in taken}) > 1,
        "afresh": known and any(script[0] != script[1] for script in taken),
        "second epoch idle": numbers is not None and numbers.size > 1 and numbers[-1] == numbers[-2],
        "in order": known
        and all(list(order) == sorted(order) for script in taken for order in script)
        and _in_the_order_of_x(trial),
    }


def _training(
    layers,
    X,
    Y,
    eta,
    epochs,
    batch_size,
    rng,
    batches=minibatches,
    gradients=_gradients,
    step=sgd_step,
    cost=_cost,
):
    """Train with one part replaced by a wrong one."""
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in batches(X, Y, batch_size, rng):
            layers = step(layers, gradients(layers, X_b, Y_b), eta)
        costs.append(cost(layers, X, Y))
    return layers, costs


def _replaced(**parts):
    return lambda *args: _training(*args, **parts)


def _loops_exchanged(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for X_b, Y_b in minibatches(X, Y, batch_size, rng):
        for _ in range(epochs):
            layers = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
            costs.append(_cost(layers, X, Y))
    return layers, costs


def _loops_exchanged_last_costs(*args):
    layers, costs = _loops_exchanged(*args)
    return layers, costs[-args[4] :]


def _stale_within_epoch(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        start = layers
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(start, X_b, Y_b), eta)
        costs.append(_cost(layers, X, Y))
    return layers, costs


def _stale_from_the_start(layers, X, Y, eta, epochs, batch_size, rng):
    start, costs = layers, []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(start, X_b, Y_b), eta)
        costs.append(_cost(layers, X, Y))
    return layers, costs


def _update_lost(layers, X, Y, eta, epochs, batch_size, rng):
    new, costs = layers, []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            new = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
        costs.append(_cost(new, X, Y))
    return new, costs


def _update_lost_in(choose):
    """Loses each update; ``choose`` takes what is returned and what the costs are of from (start, last step)."""

    def wrong(layers, X, Y, eta, epochs, batch_size, rng):
        new, costs = layers, []
        for _ in range(epochs):
            for X_b, Y_b in minibatches(X, Y, batch_size, rng):
                new = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
            costs.append(_cost(choose(layers, new)[1], X, Y))
        return choose(layers, new)[0], costs

    return wrong


def _restarted(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        now = layers
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            now = sgd_step(now, _gradients(now, X_b, Y_b), eta)
        costs.append(_cost(now, X, Y))
    return now, costs


def _whole_data(layers, X, Y, *rest):
    return _training(layers, X, Y, *rest, gradients=lambda layers, X_b, Y_b: _gradients(layers, X, Y))


def _used_up(layers, X, Y, eta, epochs, batch_size, rng):
    once = iter(minibatches(X, Y, batch_size, rng))
    return _training(layers, X, Y, eta, epochs, batch_size, rng, batches=lambda *_: once)


def _own_generator(afresh):
    """Takes no notice of a generator; what its own one draws is unknown, so that scripted orders stand in for it."""

    def wrong(layers, X, Y, eta, epochs, batch_size, rng):
        own = rng if isinstance(rng, ScriptedOrders) else np.random.default_rng(0)
        once = None if afresh else list(minibatches(X, Y, batch_size, own))
        return _training(layers, X, Y, eta, epochs, batch_size, own, batches=lambda *args: once or minibatches(*args))

    return wrong


def _cost_of_last_batch(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
        costs.append(_cost(layers, X_b, Y_b))
    return layers, costs


def _cost_after_each_batch(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
            costs.append(_cost(layers, X, Y))
    return layers, costs


def _cost_before_epoch(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        costs.append(_cost(layers, X, Y))
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, _gradients(layers, X_b, Y_b), eta)
    return layers, costs


def _shuffled_once(layers, X, Y, eta, epochs, batch_size, rng):
    once = list(minibatches(X, Y, batch_size, rng))
    return _training(layers, X, Y, eta, epochs, batch_size, rng, batches=lambda *_: once)


def _one_epoch_short(layers, X, Y, eta, epochs, batch_size, rng):
    return train(layers, X, Y, eta, epochs - 1, batch_size, rng)


def _nominal_size(layers, X, Y, eta, epochs, batch_size, rng):
    def gradients(layers, X_b, Y_b):
        return [(dW * len(X_b) / batch_size, db * len(X_b) / batch_size) for dW, db in _gradients(layers, X_b, Y_b)]

    return _training(layers, X, Y, eta, epochs, batch_size, rng, gradients=gradients)


def _written_out_train(layers, X, Y, eta, epochs, batch_size, rng):
    weights, biases = [W.copy() for W, _ in layers], [b.copy() for _, b in layers]
    costs = []
    for _ in range(epochs):
        order = list(range(len(X)))
        rng.shuffle(order)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            A = [X[rows]]
            for W, b in zip(weights, biases, strict=True):
                A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
            D = 2 * (A[-1] - Y[rows]) * A[-1] * (1 - A[-1]) / len(rows)
            for level in range(len(weights) - 1, -1, -1):
                dW, db = D.T @ A[level], D.sum(axis=0)
                D = D @ weights[level] * A[level] * (1 - A[level])
                weights[level] -= eta * dW
                biases[level] -= eta * db
        A = X
        for W, b in zip(weights, biases, strict=True):
            A = logistic(A @ W.T + b)
        costs.append(float(((Y - A) ** 2).sum() / len(X)))
    return [(W, b) for W, b in zip(weights, biases, strict=True)], costs


def _looped_train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = np.empty(epochs)
    for epoch in range(epochs):
        order = np.argsort(rng.random(len(X)))
        while len(order):
            rows, order = order[:batch_size], order[batch_size:]
            layers = sgd_step(layers, loop_over_examples(layers, X[rows], Y[rows]), eta)
        costs[epoch] = np.mean([np.sum((y - predict(layers, x)) ** 2) for x, y in zip(X, Y, strict=True)])
    return [list(pair) for pair in layers], costs


def _generator_train(layers, X, Y, eta, epochs, batch_size, rng):
    def states(layers):
        for _ in range(epochs):
            for X_b, Y_b in _split_minibatches(X, Y, batch_size, rng):
                layers = sgd_step(layers, _einsum_batch(layers, X_b, Y_b), eta)
            yield layers

    visited = list(states(layers))
    return visited[-1], [np.float64(_cost(layers, X, Y)) for layers in visited]


def _train_part(path):
    if len(path) == 3 and path[0] == 0:
        return f"{('the weights', 'the bias')[path[2]]} of layer {path[1] + 1} after training"
    if path[:1] == (1,):
        return f"the cost after epoch {path[1]}" if len(path) == 2 else "the list of costs"
    return "the result"


TRAIN = Exercise(
    name="train",
    lesson=LESSON,
    points=4,
    equation="for each epoch: for each mini-batch: w ← w − η ∂C_batch/∂w; then C = (1/n) Σ‖y − a‖² over all examples",
    reference=train,
    probes=_train_probes,
    telling_probes=_train_three_batches,
    runs=_train_runs,
    part_name=_train_part,
    observe=_train_facts,
    seconds=20.0,
    requirements=[
        values(1.5, "one batch an epoch: weights and costs", only=[0]),
        values(1.5, "mini-batches, the last one smaller: weights and costs", only=[1]),
        Requirement("a fresh shuffle in each epoch", 0.5, _fresh_shuffle),
        unchanged(0.5),
    ],
    mistakes=[
        Mistake(
            "loops-exchanged",
            _loops_exchanged,
            "Each mini-batch was used for all epochs before the next one came, with a cost each time. The loop over the "
            "epochs is the outer one: an epoch passes through all the data once.",
        ),
        Mistake(
            "loops-exchanged-inside",
            _loops_exchanged_last_costs,
            "The number of costs is right, but the weights are those of batches that were each used for all epochs at "
            "once. The loop over the epochs is the outer one.",
        ),
        Mistake(
            "stale-within-epoch",
            _stale_within_epoch,
            "With one batch an epoch everything is right; with several, the later steps use gradients of the weights "
            "from the beginning of the epoch. After each step the gradients have to be computed anew.",
        ),
        Mistake(
            "stale-from-the-start",
            _stale_from_the_start,
            "The first step is right; all later ones use the gradients of the weights you started from. The gradients "
            "belong to the place where you are now.",
        ),
        Mistake(
            "update-lost",
            _update_lost,
            "Each step starts from the original layers again, so only the last one remains. What a step returns has to "
            "be where the next one starts.",
        ),
        Mistake(
            "cost-of-last-batch",
            _cost_of_last_batch,
            "The weights are right; the costs are those of the last mini-batch of each epoch. The cost is asked for "
            "over all of X, Y.",
        ),
        Mistake(
            "cost-after-each-batch",
            _cost_after_each_batch,
            "The weights are right, but a cost was written down after every mini-batch. One an epoch is wanted, after "
            "its last update: look at the indentation.",
        ),
        Mistake(
            "cost-before-epoch",
            _cost_before_epoch,
            "The weights are right; the costs come one epoch too early: the first is that of the untrained network. "
            "Each is to be taken after the epoch's last update.",
        ),
        Mistake(
            "cost-halved",
            _replaced(cost=lambda layers, X, Y: _cost(layers, X, Y) / 2),
            "The weights are right; every cost is half of what it should be. The lecture's cost has no ½ in front.",
        ),
        Mistake(
            "cost-summed",
            _replaced(cost=lambda layers, X, Y: _cost(layers, X, Y) * len(X)),
            "The weights are right; every cost is n times too large: in C = (1/n) Σ‖y − a‖² the 1/n is missing.",
        ),
        Mistake(
            "cost-mean-over-outputs",
            _replaced(cost=lambda layers, X, Y: _cost(layers, X, Y) / len(layers[-1][1])),
            "The weights are right; the costs are means over examples and outputs. ‖y − a‖² adds the outputs up; only "
            "the examples are averaged.",
        ),
        Mistake(
            "in-place",
            lambda layers, *rest: _training(layers, *rest, step=_in_place_step),
            "The numbers are right, but the layers that were passed in have been overwritten: whoever wants to train "
            "again from the same start cannot. If train itself overwrites nothing, look at your sgd_step as well.",
        ),
        Mistake(
            "shuffled-once",
            _shuffled_once,
            "The examples are shuffled once, and every epoch has the same batches. Draw the batches inside the loop "
            "over the epochs.",
        ),
        Mistake(
            "never-shuffled",
            _replaced(batches=lambda X, Y, batch_size, rng: _cut(np.arange(len(X)), X, Y, batch_size)),
            "The examples are never shuffled: whatever the rng, every epoch has the same batches, in the order of X. "
            "Draw a random order from rng in each epoch.",
        ),
        Mistake(
            "batch-size-ignored",
            _replaced(batches=lambda X, Y, batch_size, rng: [(X, Y)]),
            "One step an epoch was taken, over all the data. The weights are to move after every mini-batch: the "
            "second loop, over the batches, is missing or goes through one only.",
        ),
        Mistake(
            "last-part-lost",
            _replaced(batches=_last_lost),
            "The examples that do not fill a whole batch were never used in an epoch. The last batch may be smaller: "
            "look at how the batches are cut.",
        ),
        Mistake(
            "nominal-batch-size",
            _nominal_size,
            "The step of the last, smaller batch is too short: its sum was divided by batch_size. A mean divides by the "
            "number of examples that are really there.",
        ),
        Mistake(
            "sum-for-mean",
            _replaced(
                gradients=lambda layers, X, Y: [(dW * len(X), db * len(X)) for dW, db in _gradients(layers, X, Y)]
            ),
            "The steps are as many times too long as the batch has examples: its gradients were added up, where their "
            "mean is wanted.",
        ),
        Mistake(
            "uphill",
            _replaced(step=lambda layers, gradients, eta: sgd_step(layers, gradients, -eta)),
            "The cost grows: every step goes uphill. Look at the sign of the update, w ← w − η ∂C/∂w, or of the "
            "gradients.",
        ),
        Mistake(
            "one-epoch-short",
            _one_epoch_short,
            "One epoch is missing, at the end. range(epochs) has as many turns as there are epochs already: nothing is "
            "taken off.",
        ),
        Mistake(
            "order-of-results",
            lambda *args: train(*args)[::-1],
            "The two results stand in the wrong order: the layers first, then the costs.",
        ),
        Mistake(
            "half-gradient",
            _replaced(gradients=lambda layers, X, Y: [(dW / 2, db / 2) for dW, db in _gradients(layers, X, Y)]),
            "Every step is half as long as it should be: the gradients are those of the cost with ½ in front. Train "
            "and cost have to mean the same C.",
        ),
        Mistake(
            "step-not-kept",
            _replaced(step=lambda layers, gradients, eta: layers),
            "Nothing moves: the layers that came back are the ones you were given, and every cost is that of the start. "
            "A step returns new layers and leaves the old ones alone; what it returns has to be kept.",
        ),
        Mistake(
            "update-lost-costs-of-the-start",
            _update_lost_in(lambda start, new: (new, start)),
            "Each step starts from the original layers again, so only the last one remains, and every cost is that of "
            "the start. What a step returns has to be where the next one starts.",
        ),
        Mistake(
            "update-lost-start-returned",
            _update_lost_in(lambda start, new: (start, new)),
            "Each step starts from the original layers again, and these came back at the end. What a step returns has to "
            "be where the next one starts, and what is returned.",
        ),
        Mistake(
            "first-epoch-only",
            lambda layers, X, Y, eta, epochs, batch_size, rng: train(layers, X, Y, eta, 1, batch_size, rng),
            "One epoch was trained, whatever epochs is, and one cost came back. Does the return stand inside the loop "
            "over the epochs?",
        ),
        Mistake(
            "restarted-each-epoch",
            _restarted,
            "Every epoch starts from the layers that were passed in, so that only the last one counts. Each epoch goes "
            "on from where the one before ended.",
        ),
        Mistake(
            "eta-over-examples",
            _replaced(
                gradients=lambda layers, X, Y: [(dW / len(X), db / len(X)) for dW, db in _gradients(layers, X, Y)]
            ),
            "The steps are as many times too short as the batch has examples: its gradient is a mean already, and was "
            "divided once more, or η was.",
        ),
        Mistake(
            "eta-over-batch-size",
            lambda layers, X, Y, eta, epochs, batch_size, rng: train(
                layers, X, Y, eta / batch_size, epochs, batch_size, rng
            ),
            "Every step is batch_size times too short: η was divided by it. The gradient of a batch is a mean already, "
            "and η stays as it is.",
        ),
        Mistake(
            "last-cost-only",
            lambda *args: (lambda layers, costs: (layers, costs[-1]))(*train(*args)),
            "The weights are right, but one cost came back, the last. A list is asked for, with one cost an epoch.",
        ),
        Mistake(
            "costs-not-returned",
            lambda *args: train(*args)[0],
            "Only the layers came back. Two things are asked for: the layers, and the list of costs.",
        ),
        Mistake(
            "whole-data-in-each-step",
            _whole_data,
            "With one batch an epoch everything is right; with several, each step used the gradients of all of X, Y. A "
            "step belongs to its mini-batch, X_b and Y_b.",
        ),
        Mistake(
            "batches-used-up",
            _used_up,
            "Only the first epoch moves anything: the batches were drawn once, before the loop, and a generator is empty "
            "after one pass. Draw them inside the loop over the epochs, a fresh order each time.",
        ),
        Mistake(
            "one-batch-an-epoch",
            _replaced(batches=lambda X, Y, batch_size, rng: list(minibatches(X, Y, batch_size, rng))[:1]),
            "With one batch an epoch everything is right; with several, only the first of each epoch is used. An epoch "
            "passes through all mini-batches: a second loop, inside the first.",
        ),
        Mistake(
            "own-generator-in-each-epoch",
            _own_generator(afresh=False),
            "The batches are the same in every epoch, whatever rng is passed: a generator with a fixed seed is built in "
            "each epoch, or one order was fixed. Draw from the rng that is passed; it moves on by itself.",
        ),
        Mistake(
            "own-generator",
            _own_generator(afresh=True),
            "The batches differ from epoch to epoch, but not with the rng that is passed: a generator with a fixed seed "
            "was built inside. Draw from the one that is passed.",
        ),
    ],
    variants=[_written_out_train, _looped_train, _generator_train],
)


# --- corrected_notes_gradient ----------------------------------------------------------------------------------------


def corrected_notes_gradient(theta, a, y):
    """Reference: ∂C/∂θ of one logistic neuron with the bias unit first, C = ½ (y − ŷ)²."""
    z = theta @ a
    return (logistic(z) - y) * logistic_prime(z) * a


def _notes_probes(rng):
    found = []
    for width in probes.sizes(rng, 3, low=3):
        a = np.concatenate([[1.0], logistic(rng.normal(size=width))])
        found.append((rng.normal(size=width + 1), a, float(rng.random())))
    a = np.concatenate([[1.0], logistic(rng.normal(size=4))])
    found.append((rng.normal(size=5) + 1.5, a, 0.0))
    return found


def _notes_mistake(rule):
    def wrong(theta, a, y):
        z = theta @ a
        return rule(logistic(z), logistic_prime(z), z, theta, a, y)

    return wrong


def _notes_with_z(z, a, y):
    return (logistic(z) - y) * logistic_prime(z) * a


def _loop_notes(theta, a, y):
    z = sum(theta[j] * a[j] for j in range(len(a)))
    out = 1 / (1 + np.exp(-z))
    return [(out - y) * out * (1 - out) * a[j] for j in range(len(a))]


CORRECTED_NOTES_GRADIENT = Exercise(
    name="corrected_notes_gradient",
    lesson=LESSON,
    derivative_of="the cost",
    points=2,
    equation="z = θ·a, ŷ = σ(z), C = ½ (y − ŷ)²: ∂C/∂θ_j = ∂C/∂ŷ · ∂ŷ/∂z · ∂z/∂θ_j",
    reference=corrected_notes_gradient,
    probes=_notes_probes,
    requirements=[values(1.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "sign",
            _notes_mistake(lambda out, slope, z, theta, a, y: (y - out) * slope * a),
            "The sign of the notes is still there: every number is −1 times the right one. Differentiate ½(y − ŷ)² with "
            "respect to ŷ, the inner derivative included (their step 1).",
        ),
        Mistake(
            "sigma-prime-twice",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * slope**2 * a),
            "The sign is mended, but every number is still σ′(z) times the right one: σ′ comes twice, as in the notes. "
            "They define z with σ already inside (their step 3); z is the sum alone, so ∂z/∂θ_j has no σ′ in it.",
        ),
        Mistake(
            "as-published",
            _notes_mistake(lambda out, slope, z, theta, a, y: (y - out) * slope**2 * a),
            "This is the formula of the notes as they stand: wrong sign, and σ′ twice. Go through their steps 1 and 3.",
        ),
        Mistake(
            "sigma-prime-missing",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * a),
            "Every number is 1/σ′(z) times too large: σ′ is missing altogether. Taking one of the two out is right; "
            "the step from ŷ to z, ∂ŷ/∂z, keeps the other.",
        ),
        Mistake(
            "factor-two",
            _notes_mistake(lambda out, slope, z, theta, a, y: 2 * (out - y) * slope * a),
            "Every number is twice too large. The notes' cost has a ½ in front, and the 2 of the square cancels it.",
        ),
        Mistake(
            "sigma-prime-of-a",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * logistic_prime(out) * a),
            "σ′ was taken at ŷ, the neuron's output: its values lie between 0.197 and 0.25, whatever z is. ∂ŷ/∂z is "
            "the slope of σ at z.",
        ),
        Mistake(
            "z-without-activation",
            _notes_mistake(lambda out, slope, z, theta, a, y: (z - y) * slope * a),
            "The error was taken as z − y. The neuron's output is ŷ = σ(z): that is what ∂C/∂ŷ compares with y.",
        ),
        Mistake(
            "inputs-forgotten",
            _notes_mistake(lambda out, slope, z, theta, a, y: np.full(len(a), (out - y) * slope)),
            "All numbers are equal: this is ∂C/∂z, and the step from z to θ_j is missing. What does θ_j multiply?",
        ),
        Mistake(
            "weights-for-inputs",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * slope * theta),
            "θ stands where a belongs: this is ∂C/∂a. With z = Σ θ_j a_j, what is left after differentiating by θ_j?",
        ),
        Mistake(
            "bias-unit-dropped",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * slope * a[1:]),
            "One number is missing: the one for θ_0, the bias. Its input is a_0 = 1, and it has a derivative too.",
        ),
        Mistake(
            "bias-derivative-zero",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * slope * np.concatenate([[0.0], a[1:]])),
            "The derivative for the bias θ_0 is 0. ∂z/∂θ_0 is its input a_0, which is 1, not 0.",
        ),
        Mistake(
            "absolute-value",
            _notes_mistake(lambda out, slope, z, theta, a, y: np.abs(out - y) * slope * a),
            "The sign of the error is lost: where ŷ is too small, ∂C/∂ŷ has to be negative. Look for an absolute "
            "value.",
        ),
        Mistake(
            "summed",
            _notes_mistake(lambda out, slope, z, theta, a, y: float(np.sum((out - y) * slope * a))),
            "One number came back: the derivatives were added up. Each θ_j has its own, since ∂z/∂θ_j = a_j is another "
            "number for each j.",
        ),
        Mistake(
            "activated-twice",
            lambda theta, a, y: _notes_with_z(logistic(theta @ a), a, y),
            "σ was applied twice: z is the activation already, as in the notes, and ŷ became σ of it. In z = θ·a there "
            "is no σ (their step 3).",
        ),
        Mistake(
            "bias-left-out-of-z",
            lambda theta, a, y: _notes_with_z(theta[1:] @ a[1:], a, y),
            "θ_0 has no effect on ŷ: the sum z = θ·a begins with θ_1. The bias unit a_0 = 1 stands first, and belongs to "
            "the sum.",
        ),
        Mistake(
            "delta-alone",
            _notes_mistake(lambda out, slope, z, theta, a, y: (out - y) * slope),
            "One number came back, ∂C/∂z: the last step, from z to each θ_j, is missing. What does θ_j multiply?",
        ),
    ],
    variants=[
        _loop_notes,
        lambda theta, a, y: np.einsum(",,j->j", logistic(theta @ a) - y, logistic_prime(theta @ a), a),
        lambda theta, a, y: -(y - logistic(np.dot(a, theta))) * logistic(theta @ a) * logistic(-(theta @ a)) * a,
    ],
)


# --- gradient_norms --------------------------------------------------------------------------------------------------


def _norm_probes(rng):
    return [(nblib_backprop(*probes.batch(rng, probes.sizes(rng, depth + 1), 3)),) for depth in (3, 4, 2)]


def _by_layer(rule):
    return lambda gradients: np.array([rule(dW, db) for dW, db in gradients])


GRADIENT_NORMS = Exercise(
    name="gradient_norms",
    lesson=LESSON,
    points=1,
    equation="‖∂C/∂b^ℓ‖ = √(Σ_k (∂C/∂b_k^ℓ)²), ℓ = 1, …, L",
    reference=lambda gradients: gradient_norms(gradients),
    probes=_norm_probes,
    requirements=[values(0.5), shapes(0.25), unchanged(0.25)],
    mistakes=[
        Mistake(
            "of-weights",
            _by_layer(lambda dW, db: np.linalg.norm(dW)),
            "These are the lengths of ∂C/∂W. The length of ∂C/∂b, which is δ, is asked for: the second of each pair.",
        ),
        Mistake(
            "of-both",
            _by_layer(lambda dW, db: np.sqrt(np.sum(dW**2) + np.sum(db**2))),
            "Weights and biases were taken together. Only the length of ∂C/∂b is asked for, the second of each pair.",
        ),
        Mistake(
            "squared",
            _by_layer(lambda dW, db: np.sum(db**2)),
            "These are the squares of the lengths: the root in ‖v‖ = √(Σ_k v_k²) is missing.",
        ),
        Mistake(
            "reversed",
            lambda gradients: gradient_norms(gradients)[::-1],
            "The lengths are right, in the wrong order: layer 1 comes first, as it does in the list of gradients.",
        ),
        Mistake(
            "sum-of-magnitudes",
            _by_layer(lambda dW, db: np.abs(db).sum()),
            "The magnitudes were added up. The length of a vector is the root of the sum of its squares.",
        ),
        Mistake(
            "largest-entry",
            _by_layer(lambda dW, db: np.abs(db).max()),
            "The largest entry of each layer came back. ‖v‖ = √(Σ_k v_k²) takes all of them.",
        ),
        Mistake(
            "root-mean-square",
            _by_layer(lambda dW, db: np.sqrt(np.mean(db**2))),
            "The squares were averaged before the root was taken, which divides each length by the root of the layer's "
            "width. A length adds the squares up.",
        ),
        Mistake(
            "signed-sum",
            _by_layer(lambda dW, db: db.sum()),
            "The entries were added with their signs, so that they cancel. Square them first.",
        ),
        Mistake(
            "total",
            lambda gradients: np.sqrt(sum(np.sum(db**2) for _, db in gradients)),
            "One number came back for the whole network. ‖∂C/∂b^ℓ‖ is a length for each layer ℓ: the sum runs over k, "
            "not over the layers.",
        ),
        Mistake(
            "last-layer-missing",
            lambda gradients: gradient_norms(gradients)[:-1],
            "The output layer is missing: ℓ runs from 1 to L, and each of these layers has a bias. Look at where your "
            "loop ends.",
        ),
        Mistake(
            "first-layer-missing",
            lambda gradients: gradient_norms(gradients)[1:],
            "Layer 1 is missing: it stands first in the list, at index 0. Look at where your loop starts.",
        ),
        Mistake(
            "normalised",
            lambda gradients: gradient_norms(gradients) / gradient_norms(gradients)[-1],
            "The lengths were divided by that of the output layer. The comparison comes later; here the lengths "
            "themselves are wanted.",
        ),
        Mistake(
            "not-squared",
            _by_layer(lambda dW, db: np.sqrt(np.sum(db))),
            "The root was taken of the sum of the entries themselves, which can be negative, and then has no root "
            "(nan). A length is the root of the sum of the squares.",
        ),
        Mistake(
            "magnitudes-not-squared",
            _by_layer(lambda dW, db: np.sqrt(np.sum(np.abs(db)))),
            "The root was taken of the sum of the magnitudes. A length is the root of the sum of the squares.",
        ),
    ],
    variants=[
        lambda gradients: [sum(float(g) ** 2 for g in db) ** 0.5 for _, db in gradients],
        lambda gradients: np.array([np.sqrt(np.einsum("k,k->", db, db)) for _, db in gradients]),
        lambda gradients: tuple(np.sqrt(db @ db) for _, db in gradients),
    ],
)


EXERCISES = [
    OUTPUT_DELTA,
    HIDDEN_DELTA,
    LAYER_GRADIENTS,
    BACKPROP,
    BACKPROP_BATCH,
    SGD_STEP,
    MINIBATCHES,
    TRAIN,
    CORRECTED_NOTES_GRADIENT,
    GRADIENT_NORMS,
]


# --- recall: questions on lesson 2 -----------------------------------------------------------------------------------

QUESTIONS = [
    Question(
        "3.1",
        "A logistic neuron has the activation a = 0.8. What is σ′(z) at its z?",
        lambda: 0.8 * (1 - 0.8),
        "σ′(z) = σ(z)(1 − σ(z)) needs the activation only: 0.8 · 0.2.",
        {
            "That is 1 − σ². Look at the last line of the proof of σ′: both factors are of first order.": lambda: (
                1 - 0.8**2
            ),
            "That is 1 − σ alone. σ′ has two factors; which one is missing?": lambda: 1 - 0.8,
            "That is σ′ taken at 0.8, as if the activation were z. The activation is σ(z) already.": lambda: (
                logistic_prime(0.8)
            ),
        },
    ),
    Question(
        "3.2",
        "y = g(f(x)) with f(x) = 3x + 1 and g(u) = u². What is dy/dx at x = 2?",
        lambda: 2 * (3 * 2 + 1) * 3,
        "g′ is taken at f(2) = 7, which gives 14, and multiplied by f′ = 3.",
        {
            "That has g′ at x. The outer derivative belongs to the place f(x).": lambda: 2 * 2 * 3,
            "The inner derivative is missing.": lambda: 2 * (3 * 2 + 1),
            "That is 2 · 3. The derivative of u² is 2u, not 2: at which u?": lambda: 2 * 3,
        },
    ),
    Question(
        "3.3",
        "In a linear network x reaches the output on two paths, with weights 2 · 3 and 4 · (−1). What is ∂a/∂x?",
        lambda: 2 * 3 + 4 * (-1),
        "Along a path the weights multiply, and the paths add up: 6 − 4.",
        {
            "That is the first path alone. Every path carries a part of the effect.": lambda: 6,
            "A weight has lost its sign: the second path counts against the first.": lambda: 2 * 3 + 4,
            "The paths were multiplied. Along a path one multiplies, over the paths one adds.": lambda: -24,
        },
    ),
    Question(
        "3.4",
        "z_j of a hidden unit grows by 0.001, and the cost goes from 0.5000 to 0.4998. What is δ_j, about?",
        lambda: (0.4998 - 0.5000) / 0.001,
        "δ_j = ∂C/∂z_j is the change of the cost divided by the change of z_j. Lesson 2 measured it; now we compute it.",
        {
            "The size is right. The cost falls while z grows: what is the sign of such a slope?": lambda: 0.2,
            "That is the change of the cost alone; a slope divides by the step.": lambda: -0.0002,
        },
    ),
]
