import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblib.backprop import backprop, batch_cost
from nblib.gradcheck import (
    batched_numerical_gradients,
    compare_gradients,
    gradient_check,
    numerical_gradients,
    relative_error,
)
from nblib.initialization import normal_init
from nblib.network import ShapeError


def case(seed=0, sizes=(4, 5, 6, 3), n=7):
    rng = np.random.default_rng(seed)
    return normal_init(sizes, rng), rng.normal(size=(n, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)]


def test_differences_of_a_polynomial_are_its_derivatives():
    layers = [(np.array([[1.0, 2.0]]), np.array([3.0]))]
    [(dW, db)] = numerical_gradients(lambda moved: float((moved[0][0] ** 2).sum() + 5 * moved[0][1][0]), layers)
    np.testing.assert_allclose(dW, [[2, 4]], rtol=1e-9)
    np.testing.assert_allclose(db, [5], rtol=1e-9)
    np.testing.assert_array_equal(layers[0][0], [[1, 2]])


@settings(max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(1, 5), min_size=2, max_size=5),
    st.integers(1, 5),
    st.sampled_from(["tanh", "logistic", "linear"]),
    st.sampled_from(
        [("logistic", "lecture"), ("softmax", "multinomial cross-entropy"), ("softmax", "slides"), ("linear", "rss")]
    ),
)
def test_many_perturbations_at_a_time_give_what_one_at_a_time_gives(seed, sizes, n, hidden, pair):
    layers, X, Y = case(seed, sizes, n)
    one_by_one = numerical_gradients(lambda moved: batch_cost(moved, X, Y, hidden, *pair), layers)
    # A rounding of the cost counts 1/h times in both.
    rounding = 1e-9 * (1 + batch_cost(layers, X, Y, hidden, *pair))
    for found, expected in zip(batched_numerical_gradients(layers, X, Y, hidden, *pair), one_by_one, strict=True):
        for gradient, wanted in zip(found, expected, strict=True):
            np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=rounding)


def test_a_right_gradient_is_below_1e7_and_a_wrong_one_is_found_where_it_is_wrong():
    layers, X, Y = case()
    assert gradient_check(layers, X, Y, "tanh").relative_error < 1e-7
    gradients = backprop(layers, X, Y, "tanh")
    gradients[1][0][2, 3] += 0.1
    check = compare_gradients(gradients, batched_numerical_gradients(layers, X, Y, "tanh"))
    assert check.worst == (2, "weights", (2, 3))
    errors = [error for pair in check.relative_errors for error in pair]
    assert check.relative_error == max(errors) == check.relative_errors[1][0] > 1e-2
    assert sorted(errors)[-2] < 1e-7


def test_the_bias_can_be_the_worst_too():
    layers, X, Y = case()
    gradients = backprop(layers, X, Y)
    gradients[2][1][1] -= 0.1
    assert compare_gradients(gradients, backprop(layers, X, Y)).worst == (3, "bias", (1,))


def test_float32_layers_are_measured_in_float64():
    layers, X, Y = case()
    single = [(W.astype(np.float32), b.astype(np.float32)) for W, b in layers]
    double = [(W.astype(float), b.astype(float)) for W, b in single]
    measured = batched_numerical_gradients(single, X, Y)
    assert compare_gradients(measured, backprop(double, X, Y)).relative_error < 1e-7


def test_relative_error_at_its_ends():
    assert relative_error([1, 2], [1, 2]) == 0
    assert relative_error([0, 0], [0, 0]) == 0
    assert relative_error([3, 4], [-3, -4]) == 1
    assert relative_error([3.0], [1.0]) == 0.5
    with pytest.raises(ShapeError, match=r"\(2,\) and \(1,\)"):
        relative_error([1, 2], [1])


def test_targets_that_do_not_fit_are_refused():
    layers, X, Y = case()
    with pytest.raises(ShapeError, match="Y has shape"):
        batched_numerical_gradients(layers, X, Y[:, :2])
