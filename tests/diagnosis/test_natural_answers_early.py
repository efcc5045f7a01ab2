"""Answers to lessons 1 to 3 as students write them, each with what the check has to say of it and what it must not."""

import pytest

from autograder.check import check
from tests.diagnosis.cells import notebook

ONE_NUDGE = """
def numerical_gradient(f, theta, h=1e-5):
    nudge = np.zeros({of})
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        nudge[index] = h
        gradient[index] = (f(theta + nudge) - f(theta - nudge)) / (2 * h)
    return gradient
"""
TWO_COPIES = """
def numerical_gradient(f, theta, h=1e-5):
    up, down = {copies}
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient
"""
NUDGED = """
def delta_by_perturbation(layers, x, y, h=1e-5):
    zs, _ = forward(layers, x)

    def cost(number, z):
        a = logistic(z)
        for W, b in layers[number:]:
            a = logistic(W @ a + b)
        return np.sum((y - a) ** 2)

    deltas = []
    for number, z in enumerate(zs, start=1):
        delta = np.zeros(len(z))
        {before}
        for j in range(len(z)):
            {nudge}
            delta[j] = (cost(number, {up}) - cost(number, {down})) / (2 * h)
        deltas.append(delta)
    return deltas
"""
PATHS = """
def sum_over_paths(weights, k, j):
    from itertools import product as combinations
    total, product = 0.0, 1.0
    for middle in combinations(*[range(len(W)) for W in weights[:-1]]):
        path = (j, *middle, k)
        for W, start, end in zip(weights, path[:-1], path[1:]):
            product *= W[end, start]
        total += product
    return total
"""
NEURON = """
def neuron_gradient(w, b, X, y):
    a = logistic(X @ w + b)
    error, slope = 2 * (a - y), {slope}
    return {dw}, {db}
"""
DW, DB = "X.T @ (error * slope) / len(y)", "np.mean(error * slope)"
SUMMED = """
def backprop_batch(layers, X, Y):
    total = nblib_backprop(layers, X[0], Y[0])
    for x, y in zip(X, Y):
        each = nblib_backprop(layers, x, y)
        total = [(dW + W, db + b) for (dW, db), (W, b) in zip(total, each)]
    return [(dW / len(X), db / len(X)) for dW, db in total]
"""
NEURON_SUMMED = """
def neuron_gradient(w, b, X, y):
    a = logistic(X @ w + b)
    each = 2 * (a - y) * a * (1 - a)
    dw, db = X[0] * each[0], each[0]
    for i in range(len(y)):
        dw, db = dw + X[i] * each[i], db + each[i]
    return dw / len(y), db / len(y)
"""
PARTS = """
def minibatches(X, Y, batch_size, rng):
    return [(X[rows], Y[rows]) for rows in np.array_split(rng.permutation(len(X)), len(X) // batch_size)]
"""
LAYER = """
def layer_weighted_inputs(W, a, b):
    {begin}
    {write}
    return {result}
"""
LOGISTIC = """
def logistic(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    {body}
"""
SOFTMAX = """
def softmax(z):
    out = np.zeros(np.shape(z))
    for i in range(len(z)):
        e = np.exp(z[i] - {shift})
        out[i] = e / np.sum(e)
    return out
"""
COLLECTED = """
def forward(layers, x):
    {begin}
    activations = [x]
    for l, (W, b) in enumerate(layers):
        z = W @ activations[-1] + b
        {collect}
        activations.append(logistic(z))
    return zs, activations
"""
OUTPUTS = """
def forward_batch(layers, X):
    Zs, A = [], X
    for W, b in layers:
        Zs.append(A @ W.T + b)
        A = logistic(Zs[-1])
    return {result}
"""
NUDGED_A = """
def delta_by_perturbation(layers, x, y, h=1e-5):
    _, activations = forward(layers, x)

    def cost(number, z):
        a = logistic(z)
        for W, b in layers[number:]:
            a = logistic(W @ a + b)
        return np.sum((y - a) ** 2)

    return [
        np.array([(cost(l, acts + e) - cost(l, acts - e)) / (2 * h) for e in h * np.eye(len(acts))])
        for l, acts in enumerate(activations[1:], start=1)
    ]
"""
STILL_THERE = "earlier nudges are still there"
UNKNOWN = "No known mistake"
ANSWERS = {
    "one nudge, never taken back": ("numerical_gradient", ONE_NUDGE.format(of="theta.shape"), STILL_THERE, UNKNOWN),
    "the same of whole numbers": (
        "numerical_gradient",
        ONE_NUDGE.format(of="theta.shape, dtype=theta.dtype"),
        "in which h becomes 0",
        UNKNOWN,
    ),
    "two copies, made once": (
        "numerical_gradient",
        TWO_COPIES.format(copies="theta.astype(float), theta.astype(float)"),
        STILL_THERE,
        UNKNOWN,
    ),
    "two copies of whole numbers": (
        "numerical_gradient",
        TWO_COPIES.format(copies="theta.copy(), theta.copy()"),
        STILL_THERE,
        UNKNOWN,
    ),
    "one nudge for each layer": (
        "delta_by_perturbation",
        NUDGED.format(before="nudge = np.zeros(len(z))", nudge="nudge[j] = h", up="z + nudge", down="z - nudge"),
        STILL_THERE,
        UNKNOWN,
    ),
    "two copies for each layer": (
        "delta_by_perturbation",
        NUDGED.format(
            before="up, down = z.copy(), z.copy()",
            nudge="up[j], down[j] = up[j] + h, down[j] - h",
            up="up",
            down="down",
        ),
        STILL_THERE,
        UNKNOWN,
    ),
    "product not set back": ("sum_over_paths", PATHS, "the weights of all paths before it", "weights[0]"),
    "slope in dw only": (
        "neuron_gradient",
        NEURON.format(slope="a * (1 - a)", dw=DW, db="np.mean(error)"),
        "the slope σ′(z_i) is missing from db",
        "off by",
    ),
    "slope in db only": (
        "neuron_gradient",
        NEURON.format(slope="a * (1 - a)", dw="X.T @ error / len(y)", db=DB),
        "the slope σ′(z_i) is missing from dw",
        "off by",
    ),
    "bias missing in the slope": (
        "neuron_gradient",
        NEURON.format(slope="logistic_prime(X @ w)", dw=DW, db=DB),
        "without the bias",
        "off by",
    ),
    "product of the means": (
        "neuron_gradient",
        NEURON.format(
            slope="a * (1 - a)",
            dw="np.mean(error) * np.mean(slope) * X.mean(axis=0)",
            db="np.mean(error) * np.mean(slope)",
        ),
        "The mean of a product isn't the product of the means",
        "off by",
    ),
    "mean slope": (
        "neuron_gradient",
        NEURON.format(slope="np.mean(a * (1 - a))", dw=DW, db=DB),
        "by the mean slope",
        "off by",
    ),
    "sum of a batch begins with an example": ("backprop_batch", SUMMED, "The first example counts twice", "off by"),
    "sum of a neuron begins with an example": (
        "neuron_gradient",
        NEURON_SUMMED,
        "The first example counts twice",
        "off by",
    ),
    "second name for an argument": (
        "layer_weighted_inputs",
        LAYER.format(begin="z = b", write="z += W @ a", result="z"),
        "Your line “z += W @ a” writes into it, because “z = b” makes z a second name for b",
        "b -= …",
    ),
    "entries of an argument": (
        "layer_weighted_inputs",
        LAYER.format(begin="z = W @ a", write="b[:] = z + b", result="b.copy()"),
        "Your line “b[:] = z + b” writes into it: build",
        "b -= …",
    ),
    "an argument, in a way that no line plainly shows": (
        "layer_weighted_inputs",
        LAYER.format(begin="z, n = b, 1", write="z += W @ a", result="z"),
        "Look for a line that writes into it",
        "second name",
    ),
    "one test for the whole array": (
        "logistic",
        LOGISTIC.format(body="return 1 / (1 + np.exp(-z)) if np.all(z >= 0) else np.exp(z) / (1 + np.exp(z))"),
        "you choose one form for the whole array",
        "safe for z < 0 only",
    ),
    "the other test for the whole array": (
        "logistic",
        LOGISTIC.format(body="return np.exp(z) / (1 + np.exp(z)) if np.all(z < 0) else 1 / (1 + np.exp(-z))"),
        "you choose one form for the whole array",
        "is met",
    ),
    "one of two forms overflows": (
        "logistic",
        LOGISTIC.format(body="return np.where(z >= 0, 1 / (1 + e), np.exp(z) / (1 + np.exp(z)))"),
        "the one for z < 0 overflows",
        "each overflows",
    ),
    "both forms overflow": (
        "logistic",
        LOGISTIC.format(body="return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))"),
        "each overflows",
        "the one for z < 0",
    ),
    "one over the exponential": (
        "logistic",
        LOGISTIC.format(body="return np.where(z >= 0, 1 / (1 + e), 1 / (1 + 1 / e))"),
        "you divide 1 by it",
        "is met",
    ),
    "∞ times 0": (
        "logistic_prime",
        "def logistic_prime(z):\n    return np.exp(-np.asarray(z)) * logistic(z) ** 2",
        "∞ · 0",
        "∞/∞",
    ),
    "∞ over ∞": (
        "logistic_prime",
        "def logistic_prime(z):\n    e = np.exp(-np.asarray(z))\n    return e / (1 + e) ** 2",
        "∞/∞",
        "∞ · 0",
    ),
    "softmax in a loop": ("softmax", SOFTMAX.format(shift="np.max(z[i])"), "a loop over rows works for", "axis 1"),
    "softmax in a loop without a shift": ("softmax", SOFTMAX.format(shift="0"), "A loop over rows", "axis 1"),
    "softmax in a loop with one shift": ("softmax", SOFTMAX.format(shift="np.max(z)"), "A loop over rows", "axis 1"),
    "axis 1 in softmax": (
        "softmax",
        "def softmax(z):\n    e = np.exp(z - np.max(z, axis=1, keepdims=True))\n"
        "    return e / np.sum(e, axis=1, keepdims=True)",
        "axis 1",
        "loop",
    ),
    "list += array": ("forward", COLLECTED.format(begin="zs = []", collect="zs += z"), "zs is a list, but", "@"),
    "list + array": ("forward", COLLECTED.format(begin="zs, l = [], 0", collect="zs = zs + z"), "with append", "@"),
    "empty array += array": (
        "forward",
        COLLECTED.format(begin="zs = np.array([])", collect="zs += z"),
        "let zs be a list",
        "@",
    ),
    "an array in one place": (
        "forward",
        COLLECTED.format(begin="zs = np.zeros(len(layers))", collect="zs[l] = z"),
        "make zs a list, and append each array",
        "(W, b)",
    ),
    "all Z and the output": ("forward_batch", OUTPUTS.format(result="Zs, A"), "the last entry of it", "No known"),
    "all activations of each example": (
        "forward_batch",
        OUTPUTS.format(result="[forward(layers, x)[1] for x in X]"),
        "the last entry of each is right",
        "No known",
    ),
    "both lists of each example": (
        "forward_batch",
        OUTPUTS.format(result="[forward(layers, x) for x in X]"),
        "the last entry of the second list of each",
        "No known",
    ),
    "both lists of each example in an array": (
        "forward_batch",
        OUTPUTS.format(result="np.array([forward(layers, x) for x in X])"),
        "everything that forward returns",
        "(W, b)",
    ),
    "activations for weighted inputs": (
        "delta_by_perturbation",
        NUDGED_A,
        "You nudged the layer's activation a_j",
        "In the failing case",
    ),
    "if for an array": (
        "step",
        "def step(z, k=0.0):\n    if z >= k:\n        return 1\n    return 0",
        "`if` needs a single True or False",
        "truth value",
    ),
    "n // batch_size parts": ("minibatches", PARTS, "more than batch_size examples", "write the shapes"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_hint_is_about_this_answer(answer):
    name, cells, words, absent = ANSWERS[answer]
    hints = " ".join(check(notebook(cells)[name]).hints)
    assert words in hints
    assert absent not in hints


HALF_UNKNOWN = """
def neuron_gradient(w, b, X, y):
    a = logistic(X @ w + b)
    each = 2 * (a - y) * a * (1 - a)
    return X.T @ {dw} / len(y), np.mean({db})
"""
FORWARD = """
def forward(layers, x):
    zs, activations = [], [x]
    for W, b in layers:
        zs.append(np.sinh(W @ activations[-1] + b))
        activations.append(np.cos(zs[-1]) * len(layers))
    return zs, activations
"""


@pytest.mark.parametrize(
    ("dw", "db", "words"),
    [
        ("np.arctan(np.sinh(each))", "each", "db is right. Only dw is off"),
        ("each", "np.arctan(np.sinh(each))", "dw is right. Only db is off"),
        ("np.arctan(each)", "np.tanh(each)", "In the failing case below, dw and db are wrong, by up to "),
    ],
)
def test_unknown_mistakes_are_told_by_the_names_of_the_parts(dw, db, words):
    hint = check(notebook(HALF_UNKNOWN.format(dw=dw, db=db))["neuron_gradient"]).hints[0]
    assert hint.startswith(words)


def test_the_parts_are_those_of_the_case_that_is_shown():
    report = str(check(notebook(FORWARD)["forward"]))
    assert "layers[0] = " in report and "layers[1]" not in report
    assert "z of layer 1 and a of layer 1 are wrong" in report


def test_one_shape_is_said_of_the_case_that_is_shown_and_of_the_others():
    report = str(check(notebook("def weighted_input(w, a, b):\n    return w * a + b")["weighted_input"]))
    assert "right: a single number" in report and "an array of shape ()" not in report
    assert "for 4 of 4 inputs, the result has the wrong shape, as in the case above." in report


def test_a_hint_has_the_shapes_of_the_case_that_is_shown():
    report = str(check(notebook("def output_delta(a, y, z):\n    return a[:-1]")["output_delta"]))
    assert "The result has shape (1,), but shape (2,) is expected." in report
    assert "yours: an array of shape (1,)" in report and "right: an array of shape (2,)" in report


def test_a_message_that_ends_in_a_full_stop_gets_no_second_one():
    assert ".." not in str(check(notebook(PARTS)["minibatches"]))
