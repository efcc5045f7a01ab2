"""Gradients against complex steps through a network that is written here once more, without nblib."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblib.backprop import backprop, gradient_norms, hidden_delta, output_delta
from nblib.costs import CANCELLING_PAIRS, example_costs, examples_factor
from nblib.gradcheck import relative_error
from nblib.initialization import normal_init
from nblib.network import ShapeError, forward
from nblib.regularization import PENALTY_GRADIENTS, dropout_masks, regularized_gradients

SQUARES = ("lecture", "notes", "slides", "rss")
ENTROPIES = ("binary cross-entropy", "multinomial cross-entropy")
PAIRS = [
    *itertools.product(("linear", "step", "logistic", "tanh", "relu", "softmax"), SQUARES),
    *itertools.product(("logistic", "softmax"), ENTROPIES),
]
HIDDEN = ("linear", "step", "logistic", "tanh", "relu")
REGULARIZERS = (None, "l2", "l1", "dropout")
LAM, N = 0.7, 20


def holomorphic(name, z):
    """Activations for complex z: on the real axis what they should be, with their derivative along it."""
    if name == "softmax":
        e = np.exp(z - z.real.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return {
        "linear": lambda: z,
        "step": lambda: (z.real >= 0) + 0j,
        "logistic": lambda: 1 / (1 + np.exp(-z)),
        "tanh": lambda: np.tanh(z),
        "relu": lambda: np.where(z.real > 0, z, 0),
    }[name]()


def complex_cost(layers, X, Y, hidden, output, cost, regularizer, masks):
    a = X
    for number, (W, b) in enumerate(layers, start=1):
        a = holomorphic(output if number == len(layers) else hidden, a @ W.T + b)
        if masks and number < len(layers):
            a = a * masks[number - 1]
    if cost in SQUARES:
        factor = {"lecture": 1 / len(X), "notes": 0.5 / len(X), "slides": 0.5 / len(X), "rss": 1}[cost]
        total = factor * np.sum((Y - a) ** 2)
    elif cost == "binary cross-entropy":
        total = -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / len(X)
    else:
        total = -np.sum(Y * np.log(a)) / len(X)
    for W, _ in layers:
        if regularizer == "l2":
            total = total + LAM / (2 * N) * np.sum(W**2)
        if regularizer == "l1":
            total = total + LAM / N * np.sum(W * np.sign(W.real))
    return total


def case(seed, depth, n, dtype, regularizer):
    rng = np.random.default_rng(seed)
    sizes = [int(size) for size in rng.integers(2, 6, depth + 1)]
    # Small enough that no output comes to 0 or 1 within rounding, where a cross-entropy has no finite slope.
    layers = [((0.6 * W).astype(dtype), (0.6 * b).astype(dtype)) for W, b in normal_init(sizes, rng)]
    X = rng.normal(size=(n, sizes[0])).astype(dtype)
    Y = np.eye(sizes[-1], dtype=dtype)[rng.integers(0, sizes[-1], n)]
    masks = dropout_masks(layers, n, 0.4, rng) if regularizer == "dropout" else None
    return layers, X, Y, masks


def gradients_of(layers, X, Y, names, regularizer, masks):
    gradients = backprop(layers, X, Y, *names, masks)
    if regularizer in PENALTY_GRADIENTS:
        gradients = regularized_gradients(layers, gradients, PENALTY_GRADIENTS[regularizer], LAM, N)
    return gradients


def in_float64(layers):
    return [(W.astype(float), b.astype(float)) for W, b in layers]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
@pytest.mark.parametrize("hidden", HIDDEN)
@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    depth=st.integers(1, 4),
    n=st.sampled_from([1, 7]),
    regularizer=st.sampled_from(REGULARIZERS),
)
def test_every_entry_agrees_with_a_complex_step(hidden, pair, seed, depth, n, regularizer):
    layers, X, Y, masks = case(seed, depth, n, np.float64, regularizer)
    moved = [(W.astype(complex), b.astype(complex)) for W, b in layers]
    gradients = gradients_of(layers, X, Y, (hidden, *pair), regularizer, masks)
    for pair_of_arrays, gradient_pair in zip(moved, gradients, strict=True):
        for parameter, gradient in zip(pair_of_arrays, gradient_pair, strict=True):
            expected = np.empty(parameter.shape)
            for index in np.ndindex(parameter.shape):
                parameter[index] += 1e-30j
                expected[index] = complex_cost(moved, X, Y, hidden, *pair, regularizer, masks).imag / 1e-30
                parameter[index] = parameter[index].real
            assert relative_error(gradient, expected) < 1e-7


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_every_combination_agrees_along_a_random_direction(pair):
    combinations = itertools.product(HIDDEN, REGULARIZERS, (1, 2, 3, 4), (1, 7), (np.float32, np.float64))
    for number, (hidden, regularizer, depth, n, dtype) in enumerate(combinations):
        layers, X, Y, masks = case(number, depth, n, dtype, regularizer)
        gradients = gradients_of(layers, X, Y, (hidden, *pair), regularizer, masks)
        rng = np.random.default_rng(number)
        directions = [(rng.normal(size=W.shape), rng.normal(size=b.shape)) for W, b in layers]
        moved = [
            (W + 1e-30j * dW, b + 1e-30j * db) for (W, b), (dW, db) in zip(in_float64(layers), directions, strict=True)
        ]
        expected = complex_cost(moved, X.astype(float), Y, hidden, *pair, regularizer, masks).imag / 1e-30
        products = [g * d for gs, ds in zip(gradients, directions, strict=True) for g, d in zip(gs, ds, strict=True)]
        assert all(g.dtype == dtype for pair_of_arrays in gradients for g in pair_of_arrays)
        scale = sum(np.abs(product).sum() for product in products) + 1e-30
        if dtype is np.float32:
            # An output within rounding of 1 leaves an error that is small beside 1, not beside its tiny gradient.
            scale += 1
        error = abs(sum(product.sum() for product in products) - expected) / scale
        assert error < (1e-7 if dtype is np.float64 else 1e-4), (hidden, regularizer, depth, n, dtype)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_cost_is_the_one_the_gradients_belong_to(pair):
    layers, X, Y, masks = case(5, 3, 7, np.float64, "dropout")
    expected = complex_cost(layers, X, Y, "tanh", *pair, None, masks)
    zs, activations = forward(layers, X, "tanh", pair[0], masks)
    costs = example_costs(zs[-1], activations[-1], Y, *pair)
    assert costs.sum() * examples_factor(pair[1], len(X)) == pytest.approx(expected.real, rel=1e-12)


@pytest.mark.parametrize("output", ["logistic", "softmax"])
@pytest.mark.parametrize("cost", ENTROPIES)
def test_pairs_that_cancel_agree_with_the_two_factors(output, cost):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(6, 4))
    a, y = holomorphic(output, z).real, np.eye(4)[rng.integers(0, 4, 6)]
    cancels = np.allclose(output_delta(z, a, y, output, cost), a - y, rtol=1e-12)
    assert cancels == ((output, cost) in CANCELLING_PAIRS)


def test_delta_is_exact_where_the_output_is_saturated():
    z, y = np.array([[800.0, -800.0]]), np.array([[0.0, 1.0]])
    for output, cost in (("logistic", "binary cross-entropy"), ("softmax", "multinomial cross-entropy")):
        np.testing.assert_array_equal(output_delta(z, np.array([[1.0, 0.0]]), y, output, cost), [[1, -1]])


def test_one_example_is_a_batch_of_one():
    layers, X, Y, _ = case(1, 3, 1, np.float64, None)
    for pair, expected in zip(backprop(layers, X[0], Y[0]), backprop(layers, X, Y), strict=True):
        for gradient, other in zip(pair, expected, strict=True):
            np.testing.assert_array_equal(gradient, other)


def test_a_hidden_delta_by_hand():
    # One path: W = 3, δ = 2, and tanh′(0) = 1.
    assert hidden_delta(np.array([[3.0]]), np.array([2.0]), np.array([0.0]), "tanh") == [6.0]


def test_gradient_norms_are_the_lengths_of_the_bias_gradients():
    gradients = [(np.full((2, 3), 9.0), np.array([3.0, 4.0])), (np.full((1, 2), 9.0), np.array([-2.0]))]
    np.testing.assert_array_equal(gradient_norms(gradients), [5, 2])


def test_what_does_not_fit_is_refused():
    layers, X, Y, _ = case(0, 2, 7, np.float64, None)
    with pytest.raises(ShapeError, match="Y has shape"):
        backprop(layers, X, Y[:, :1])
    with pytest.raises(ValueError, match="'entropy'; there are"):
        backprop(layers, X, Y, cost="entropy")
    with pytest.raises(ValueError, match="'softmax' is not an activation that can be used here"):
        backprop(layers, X, Y, hidden="softmax")
    with pytest.raises(ValueError, match="every activation between 0 and 1"):
        backprop(layers, X - 100, Y, output="tanh", cost="binary cross-entropy")
    with pytest.raises(ValueError, match="sum to 1"):
        backprop(layers, X, Y / 2, output="softmax", cost="multinomial cross-entropy")
    with pytest.raises(ValueError, match="infinite: a step output"):
        backprop(layers, X, Y, output="step", cost="multinomial cross-entropy")
