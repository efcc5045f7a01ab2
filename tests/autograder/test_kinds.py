"""Kinds of mistakes that recur over the exercises are named in all of them, and nothing false is said of them."""

import itertools
import re

import numpy as np
import pytest

from autograder.check import check
from autograder.exercises import EXERCISES
from nblib.activations import logistic, logistic_prime, tanh
from nblib.backprop import backprop
from nblib.gradcheck import numerical_gradients
from nblib.network import forward, predict
from nblib.training import minibatches
from tests.conftest import named


def right(name, *args):
    return EXERCISES[name].reference(*args)


def told(name, function):
    """Return the ids and all the hints of a wrong answer, after a look at their form."""
    result = check(named(function, name))
    assert not result.passed
    words = " ".join(result.hints)
    assert "Either" not in words
    return set(result.mistakes), words


def _gradients(layers, X, Y, slope=None, through=None, db=None, dW=None, step=0.0, same=False):
    """Backpropagation of a batch, with one place changed."""
    zs, A = forward(layers, X)
    n, delta, out = len(X), 2 * (A[-1] - Y) * logistic_prime(zs[-1]), []
    for index in reversed(range(len(layers))):
        before = A[index + (same and index < len(layers) - 1)]
        weights = delta.T @ before / n if dW is None else dW(delta, before, n)
        out.insert(0, (weights, delta.sum(axis=0) / n if db is None else db(delta, n)))
        if index:
            W = through(layers[index][0], weights) if through else layers[index][0] - (step * weights if step else 0)
            delta = delta @ W * (slope(zs[index - 1]) if slope else logistic_prime(zs[index - 1]))
    return out


def _one(layers, x, y, **changes):
    return [(dW, db) for dW, db in _gradients(layers, x[None], y[None], **changes)]


def _tanh_slope(z):
    return 1 - logistic(z) ** 2


PARTS = [
    (
        "backprop_batch",
        lambda *a: _gradients(*a, db=lambda d, n: d.sum() / n),
        "one-number",
        "∂C/∂b is a single number",
    ),
    ("backprop_batch", lambda *a: _gradients(*a, db=lambda d, n: d.sum(axis=0) / n**2), "part-factor", "is 1/n times"),
    ("backprop_batch", lambda *a: _gradients(*a, dW=lambda d, a, n: d.T @ a / n**2), "part-factor", "In ∂C/∂W, every"),
    (
        "backprop_batch",
        lambda *a: _gradients(*a, db=lambda d, n: d.mean(axis=1)),
        "mean-over-units",
        "for each example",
    ),
    ("backprop_batch", lambda *a: _gradients(*a, db=lambda d, n: d.mean(axis=1) / n), "mean-over-units", "other axis"),
    (
        "backprop_batch",
        lambda *a: [(dW / a[2].size, db / a[2].size) for dW, db in backprop(*a)],
        "part-factor",
        "1/(n·K)",
    ),
    (
        "backprop_batch",
        lambda *a: [(dW * len(a[1]) / a[2].size, db * len(a[1]) / a[2].size) for dW, db in backprop(*a)],
        "part-factor",
        "1/K times",
    ),
    ("neuron_gradient", lambda w, b, X, y: _second(lambda db: db / len(y), w, b, X, y), "part-factor", "1/n times"),
    ("neuron_gradient", lambda w, b, X, y: _first(lambda dw: dw / len(w), w, b, X, y), "part-factor", "1/m times"),
    ("neuron_gradient", lambda w, b, X, y: _first(lambda dw: dw.sum(), w, b, X, y), "dw-summed-over-inputs", "dw"),
    ("backprop", lambda *a: [(dW, db.sum()) for dW, db in backprop(*a)], "one-number", "too many axes were summed"),
    ("backprop", lambda *a: [(dW / len(a[0]), db) for dW, db in backprop(*a)], "part-factor", "number of layers"),
    (
        "backprop",
        lambda *a: [(3 * dW, db) for dW, db in backprop(*a)],
        "part-factor",
        "In ∂C/∂W, every number is 3 times",
    ),
    ("backprop", lambda *a: [(dW, -db) for dW, db in backprop(*a)], "part-sign", "the wrong sign"),
    (
        "backprop_batch",
        lambda *a: [(dW / len(a[0]), db / len(a[0])) for dW, db in backprop(*a)],
        "part-factor",
        "1/(the number of layers)",
    ),
    ("backprop_batch", lambda *a: [(dW, 0 * db + db.mean()) for dW, db in backprop(*a)], "one-number", "the mean of"),
    (
        "backprop_batch",
        lambda *a: [(dW / dW.size, db) for dW, db in backprop(*a)],
        "mean-over-entries",
        "its array has",
    ),
    ("backprop_batch", lambda *a: [(dW, db[None]) for dW, db in backprop(*a)], "db-two-axes", "each db has two axes"),
    ("backprop", lambda *a: [(dW, db[None]) for dW, db in backprop(*a)], "", "∂C/∂b has an axis of length 1"),
    ("layer_gradients", lambda d, a: (np.outer(d, a), d.sum()), "db-summed", ""),
    ("layer_gradients", lambda d, a: (np.outer(d, a) / len(d), d), "part-factor", "(the number of entries of delta)"),
    ("layer_weighted_inputs", lambda W, a, b: (W @ a)[:, None] + b, "bias-against-column", ""),
    ("output_delta", lambda a, y, z: 2 * (a[:, None] - y) * logistic_prime(z)[:, None], "column-met-row", "diagonal"),
    ("hidden_delta", lambda W, d, z: (W.T @ d)[:, None] * logistic_prime(z), "column-met-row", "diagonal"),
    ("sgd_step", lambda layers, g, eta: right("sgd_step", layers, g, eta)[::-1], "", ""),
    ("l2_cost", lambda c, weights, lam, n: right("l2_cost", c, weights, lam, n) / n, "part-factor", "1/n times"),
    ("softmax_delta", lambda Z, Y: right("softmax_delta", Z, Y) / Y.size, "part-factor", "1/(n·K) times"),
    ("quadratic_cost", lambda A, Y: right("quadratic_cost", A, Y) / len(A), "", "n times too small"),
]


def _second(change, *args):
    dw, db = right("neuron_gradient", *args)
    return dw, change(db)


def _first(change, *args):
    dw, db = right("neuron_gradient", *args)
    return change(dw), db


@pytest.mark.parametrize(("name", "function", "mistake", "words"), PARTS, ids=lambda value: str(value)[:30])
def test_what_parts_have_in_common_is_told(name, function, mistake, words):
    ids, hint = told(name, function)
    assert mistake in ids or not mistake
    assert words in hint


@pytest.mark.parametrize("name", ["backprop_batch", "backprop", "backprop_cross_entropy"])
@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"slope": _tanh_slope}, "slope-of-tanh"),
        ({"through": lambda W, dW: dW}, "gradient-for-weights"),
        ({"same": True}, "activations-of-the-same-layer"),
        ({"step": 0.3}, "weights-moved-too-early"),
        ({"step": 0.01}, "weights-moved-too-early"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_siblings_know_what_one_of_them_knows(name, changes, mistake):
    def of_a_batch(layers, X, Y):
        if name == "backprop_batch":
            return _gradients(layers, X, Y, **changes)
        # With the cross-entropy, δ^L is a − y: a target that makes the quadratic δ^L of the output just that.
        zs, A = forward(layers, X)
        return _gradients(layers, X, A[-1] - (A[-1] - Y) / (2 * logistic_prime(zs[-1])), **changes)

    function = of_a_batch if name != "backprop" else lambda layers, x, y: _one(layers, x, y, **changes)
    ids, _ = told(name, function)
    assert ids == {mistake}


def _stepped_layer_by_layer(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            zs, A = forward(layers, X_b)
            new, delta = list(layers), 2 * (A[-1] - Y_b) * logistic_prime(zs[-1]) / len(X_b)
            for index in reversed(range(len(layers))):
                W, b = layers[index]
                new[index] = (W - eta * delta.T @ A[index], b - eta * delta.sum(axis=0))
                if index:
                    delta = delta @ new[index][0] * logistic_prime(zs[index - 1])
            layers = new
        costs.append(np.sum((predict(layers, X) - Y) ** 2) / len(X))
    return layers, costs


def test_steps_taken_before_the_gradients_are_complete_are_told_by_their_dependence_on_eta():
    ids, hint = told("train", _stepped_layer_by_layer)
    assert ids == {"order-of-steps"}
    assert "the error grows like η^2" in hint
    assert "layer 3" in hint
    assert "of layer 1" not in hint


def _clipped(z):
    np.clip(z, -30, 30, out=z)
    return right("logistic", z)


CHANGES = [
    ("logistic", lambda z: _clipped(z) if np.ndim(z) else right("logistic", z), "some calls changed z"),
    ("entropy_bits", lambda p: p.__setitem__(p == 0, 1.0) or -np.sum(p * np.log2(p)), "some calls changed p"),
    ("cross_entropy_bits", lambda p, q: _zeros_replaced(p, q), "some calls changed q"),
    (
        "softmax",
        lambda z: (
            right("softmax", z.__isub__(z.max(axis=-1, keepdims=True))) if z.dtype == float else right("softmax", z)
        ),
        "every call changed z",
    ),
    ("output_delta", lambda a, y, z: 2 * a.__isub__(y) * logistic_prime(z), "every call changed a"),
    ("l2_step", lambda w, g, eta, lam, n: _decayed_in_place(w, g, eta, lam, n), "changed w"),
]


def _zeros_replaced(p, q):
    q[p == 0] = 1.0
    return -np.sum(p * np.log2(q))


def _decayed_in_place(w, gradient, eta, lam, n):
    if isinstance(w, np.ndarray) and w.dtype == float:
        w *= 1 - eta * lam / n
        return w - eta * gradient
    return right("l2_step", w, gradient, eta, lam, n)


@pytest.mark.parametrize(("name", "function", "words"), CHANGES, ids=lambda value: str(value)[:30])
def test_inputs_changed_on_any_call_are_noticed_and_cost_the_point(name, function, words):
    result = check(named(function, name))
    (missed,) = [row for row in result.requirements if not row.met]
    assert missed.earned == 0
    assert result.score == result.points - missed.points
    assert words in result.hints[0]


def _central(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


DIFFERENCES = [
    ("tanh_prime", lambda z: _central(tanh, np.asarray(z, dtype=float))),
    ("logistic_prime", lambda z: _central(logistic, np.asarray(z, dtype=float), 1e-6)),
    ("output_delta", lambda a, y, z: _central(lambda z: (logistic(z) - y) ** 2, z)),
    ("backprop", lambda layers, x, y: numerical_gradients(lambda new: np.sum((predict(new, x) - y) ** 2), layers)),
    (
        "backprop_batch",
        lambda layers, X, Y: numerical_gradients(lambda new: np.sum((predict(new, X) - Y) ** 2) / len(X), layers),
    ),
    ("neuron_gradient", lambda w, b, X, y: _moved_neuron(lambda a: np.mean((a - y) ** 2), w, b, X)),
    (
        "cross_entropy_neuron_gradient",
        lambda w, b, X, y: _moved_neuron(lambda a: -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), w, b, X),
    ),
]


def _moved_neuron(cost, w, b, X):
    def at(w, b):
        return cost(logistic(X @ w + b))

    return [_central(lambda t, e=e: at(w + t * e, b), 0.0) for e in np.eye(len(w))], _central(lambda b: at(w, b), b)


@pytest.mark.parametrize(("name", "function"), DIFFERENCES, ids=lambda value: str(value)[:30])
def test_central_differences_earn_the_points_for_values_only_and_are_told_so(name, function):
    result = check(named(function, name))
    assert [row.met for row in result.requirements] == [True] + [False] * (len(result.requirements) - 1)
    assert result.score == result.requirements[0].points
    assert result.mistakes == ("central-differences",)
    assert "central differences" in result.hints[0]


SINGLES = [
    ("backprop_batch", lambda layers, X, Y: _gradients(_singles(layers), np.float32(X), np.float32(Y))),
    ("softmax_delta", lambda Z, Y: right("softmax_delta", np.float32(Z), np.float32(Y))),
    ("forward_batch", lambda layers, X: predict(_singles(layers), np.float32(X)).astype(float)),
    ("output_delta", lambda a, y, z: np.array(list(right("output_delta", a, y, z)), dtype=object)),
    ("weighted_input", lambda w, a, b: np.array(w @ a + b, dtype=object)),
]


def _singles(layers):
    return [(np.float32(W), np.float32(b)) for W, b in layers]


@pytest.mark.parametrize(("name", "function"), SINGLES, ids=lambda value: str(value)[:30])
def test_single_precision_and_arrays_of_objects_are_accepted(name, function):
    assert check(named(function, name)).passed


CHANCE = [
    ("normal_init", lambda sizes, rng: _start(sizes, rng, lambda m, k: 0.3), "0.3 with"),
    ("scaled_init", lambda sizes, rng: _start(sizes, rng, lambda m, k: 3 * m**-0.75), "n_in to the power −0.75"),
    ("he_init", lambda sizes, rng: _start(sizes, rng, lambda m, k: 0.2), "0.2 with"),
    ("xavier_init", lambda sizes, rng: _start(sizes, rng, lambda m, k: 3 / (m + k)), "Mean and standard deviation"),
    ("dropout", lambda a, p, rng: _masked(a, rng.random(a.shape) > p**2), "share of zeros in the mask is"),
    ("inverted_dropout", lambda a, p, rng: _masked(a, rng.random(a.shape) > p / 3), "share of zeros in the mask is"),
    ("split", lambda n, f, rng: [rng.permutation(n)[: n // 5], rng.permutation(n)[: n // 4]], "indices,"),
    (
        "minibatches",
        lambda X, Y, size, rng: [(X[i:][:2], Y[i:][:2]) for i in rng.permutation(len(X))[:4]],
        "are missing",
    ),
]


def _start(sizes, rng, std):
    return [(rng.normal(0, std(m, k), (k, m)), np.zeros(k)) for m, k in itertools.pairwise(sizes)]


def _masked(a, kept):
    return a * kept, kept.astype(float)


@pytest.mark.parametrize(("name", "function", "words"), CHANCE, ids=lambda value: str(value)[:30])
def test_chance_based_exercises_say_what_the_statistics_show(name, function, words):
    _, hint = told(name, function)
    assert words in hint


WORDS = [
    ("judge_eta", lambda costs: "Too high", "none of the words asked for: “just right”, “too high”, “too low”"),
    ("judge_eta", lambda costs: 2, "one of these words is wanted"),
    ("find_eta", lambda costs_for, start=0.01: 0.1 if start == 0.01 else None, "and a result on others"),
    ("output_delta", lambda a, y, z: np.sum(z, dim=0), "axis"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdim=True), "keepdims"),
    ("output_delta", lambda a, y, z: (a - y).mul(2), "another library"),
    ("forward_batch", lambda layers, X: np.cat([X]), "another library"),
    ("output_delta", lambda a, y, z: "0.5", "Text came back"),
    ("output_delta", lambda a, y, z: a.sum, "A function came back"),
    ("output_delta", lambda a, y, z: {"delta": a}, "dict"),
    ("backprop", lambda layers, x, y: layers.T, "list of layers"),
    ("backprop", lambda layers, x, y: _inner(layers, x), "named like the one that you mean"),
]


def _inner(layers, x):
    def forward(a):
        return a

    return forward(layers, x)


@pytest.mark.parametrize(("name", "function", "words"), WORDS, ids=lambda value: str(value)[:30])
def test_answers_of_another_kind_are_told_in_words_that_help(name, function, words):
    _, hint = told(name, function)
    assert words in hint


def test_call_of_an_inner_function_is_no_wrong_call_of_the_exercise():
    result = check(named(lambda layers, x, y: _inner(layers, x), "backprop"))
    assert "it is called as backprop" not in str(result)


def test_return_that_is_missing_on_one_way_only_is_not_called_missing():
    result = check(named(lambda costs_for, start=0.01: 0.1 if start == 0.01 else None, "find_eta"))
    assert "a return is missing" not in str(result)


def test_an_odd_probe_does_not_outvote_the_others():
    def sign_and_something_with_one_layer(layers, x, y):
        gradients = [(-dW, -db) for dW, db in backprop(layers, x, y)]
        return gradients if len(layers) > 1 else [(dW + 1, db) for dW, db in gradients]

    ids, hint = told("backprop", sign_and_something_with_one_layer)
    assert ids == {"sign"}
    assert "For 1 of 4 inputs" in hint


def test_argmax_without_an_axis_is_not_called_knowing_the_digits():
    def capstone(X_train, Y_train, X_val, Y_val, rng):
        return lambda X: np.argmax(X[:, :10])

    ids, hint = told("capstone", capstone)
    assert ids == {"one-label-for-all"}
    assert "X_val" not in hint


def test_units_identical_by_exact_equality_is_right():
    assert check(named(lambda W: bool((W == W[0]).all()), "units_identical")).passed


def test_no_requirement_that_earns_points_passes_a_list_of_numbers_for_an_array():
    for name in ("logistic", "relu", "step", "tanh_prime", "dC_dz", "l1_step", "saturated_fraction"):
        seen = []

        def watched(*args, name=name, seen=seen):
            seen.extend(type(arg) for arg in args)
            return right(name, *args)

        assert check(named(watched, name)).passed
        assert list not in seen


def test_hints_of_the_kinds_have_at_most_three_sentences():
    for name, function, *_ in PARTS + CHANGES + CHANCE + WORDS:
        for hint in check(named(function, name)).hints:
            assert len(re.findall(r"[.!?][”’]?(?=\s|$)", hint)) <= 4, hint
