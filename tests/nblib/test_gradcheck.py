import numpy as np
import pytest

from nblib.backprop import backprop
from nblib.gradcheck import (
    compare_gradients,
    numerical_derivative,
    numerical_gradients,
    relative_error,
)
from nblib.initialization import normal_init
from nblib.network import ShapeError
from tests.nblib.conftest import batch_cost


def case(seed=0, sizes=(4, 5, 6, 3), n=7):
    rng = np.random.default_rng(seed)
    return normal_init(sizes, rng), rng.normal(size=(n, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)]


def test_the_central_difference_of_a_square_is_exact_and_that_of_a_cube_is_off_by_h_squared():
    assert numerical_derivative(lambda x: x * x, 3.0, h=0.5) == 6
    assert numerical_derivative(lambda x: x**3, 2.0, h=0.5) == 12.25
    np.testing.assert_allclose(numerical_derivative(np.exp, np.arange(3.0)), np.exp(np.arange(3)), rtol=1e-9)


def test_differences_of_a_polynomial_are_its_derivatives():
    layers = [(np.array([[1.0, 2.0]]), np.array([3.0]))]
    [(dW, db)] = numerical_gradients(lambda moved: float((moved[0][0] ** 2).sum() + 5 * moved[0][1][0]), layers)
    np.testing.assert_allclose(dW, [[2, 4]], rtol=1e-9)
    np.testing.assert_allclose(db, [5], rtol=1e-9)
    np.testing.assert_array_equal(layers[0][0], [[1, 2]])


def test_a_right_gradient_is_below_1e7_and_a_wrong_one_is_found_where_it_is_wrong():
    layers, X, Y = case()
    numerical = numerical_gradients(lambda moved: batch_cost(moved, X, Y, "tanh"), layers)
    assert compare_gradients(backprop(layers, X, Y, "tanh"), numerical).relative_error < 1e-7
    gradients = backprop(layers, X, Y, "tanh")
    gradients[1][0][2, 3] += 0.1
    check = compare_gradients(gradients, numerical)
    assert check.worst == (2, "weights", (2, 3))
    errors = [error for pair in check.relative_errors for error in pair]
    assert check.relative_error == max(errors) == check.relative_errors[1][0] > 1e-2
    assert sorted(errors)[-2] < 1e-7


def test_the_bias_can_be_the_worst_too():
    layers, X, Y = case()
    gradients = backprop(layers, X, Y)
    gradients[2][1][1] -= 0.1
    assert compare_gradients(gradients, backprop(layers, X, Y)).worst == (3, "bias", (1,))


def test_relative_error_at_its_ends():
    assert relative_error([1, 2], [1, 2]) == 0
    assert relative_error([0, 0], [0, 0]) == 0
    assert relative_error([3, 4], [-3, -4]) == 1
    assert relative_error([3.0], [1.0]) == 0.5
    with pytest.raises(ShapeError, match=r"\(2,\) and \(1,\)"):
        relative_error([1, 2], [1])
