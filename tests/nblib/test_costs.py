import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, mean_squared_error

from nblib.activations import logistic, softmax
from nblib.costs import (
    CANCELLING_PAIRS,
    COST_DERIVATIVES,
    COSTS,
    binary_cross_entropy,
    binary_cross_entropy_prime,
    cost_named,
    cross_entropy_bits,
    entropy_bits,
    example_costs,
    examples_factor,
    logistic_cross_entropy,
    mean_square,
    multinomial_cross_entropy,
    negative_log_likelihood,
    quadratic_cost,
    residual_sum_of_squares,
    softmax_cross_entropy,
    softmax_delta,
)
from nblib.network import ShapeError


def batch(seed=0, n=7, K=4):
    rng = np.random.default_rng(seed)
    Z = rng.normal(0, 3, (n, K))
    return Z, np.eye(K)[rng.integers(0, K, n)]


def test_the_squares_by_hand_and_by_their_ratios():
    A, Y = [[1.0, 2.0], [0.0, 1.0]], [[0.0, 0.0], [2.0, 1.0]]
    assert (mean_square(A, Y), quadratic_cost(A, Y), residual_sum_of_squares(A, Y)) == (4.5, 2.25, 9.0)
    assert COSTS["notes"](A, Y) == COSTS["slides"](A, Y) == COSTS["lecture"](A, Y) / 2
    assert COSTS["rss"](A, Y) == 2 * COSTS["lecture"](A, Y)


def test_squares_equal_scikit_learns():
    A, Y = batch()
    # scikit-learn takes the mean over the outputs as well.
    assert mean_square(A, Y) == pytest.approx(mean_squared_error(Y, A) * A.shape[1])


def test_cross_entropies_equal_scikit_learns():
    Z, Y = batch()
    P, labels = softmax(Z), Y.argmax(axis=1)
    assert multinomial_cross_entropy(P, Y) == pytest.approx(log_loss(labels, P, labels=range(4)))
    assert softmax_cross_entropy(Z, Y) == pytest.approx(log_loss(labels, P, labels=range(4)))
    a, y = logistic(Z[:, 0]), Y[:, 0]
    assert binary_cross_entropy(a, y) == pytest.approx(log_loss(y, a, labels=[0, 1]))
    assert logistic_cross_entropy(Z[:, :1], Y[:, :1]) == pytest.approx(log_loss(y, a, labels=[0, 1]))
    assert negative_log_likelihood(a, y) == pytest.approx(log_loss(y, a, labels=[0, 1]))


def test_a_single_axis_counts_examples_for_the_binary_cross_entropy_and_outputs_are_summed():
    a, y = np.array([0.2, 0.9, 0.6]), np.array([0, 1, 1])
    assert binary_cross_entropy(a, y) == pytest.approx(-np.mean(np.log([0.8, 0.9, 0.6])))
    assert binary_cross_entropy(a[None], y[None]) == pytest.approx(-np.sum(np.log([0.8, 0.9, 0.6])))


@given(st.floats(-1e4, 1e4), st.floats(0, 1))
def test_logits_against_the_logarithm_of_the_logistic_function(z, y):
    expected = -y * scipy.special.log_expit(z) - (1 - y) * scipy.special.log_expit(-z)
    assert logistic_cross_entropy([[z]], [[y]]) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.filterwarnings("error")
def test_cross_entropies_at_the_ends():
    assert binary_cross_entropy([0, 1], [0, 1]) == 0
    assert binary_cross_entropy([0.0, 1.0], [1, 1]) == np.inf
    assert multinomial_cross_entropy([[1.0, 0.0]], [[1, 0]]) == 0
    assert multinomial_cross_entropy([[1.0, 0.0]], [[0, 1]]) == np.inf
    np.testing.assert_array_equal(binary_cross_entropy_prime([0.0, 1.0, 1.0], [0, 1, 0]), [1, -1, np.inf])


@pytest.mark.filterwarnings("error")
def test_costs_from_logits_are_exact_where_the_outputs_have_become_0_or_1():
    assert softmax_cross_entropy([[1e4, -1e4]], [[0, 1]]) == 2e4
    assert softmax_cross_entropy([[1e4, -1e4]], [[1, 0]]) == 0
    assert logistic_cross_entropy([[1e4]], [[0]]) == 1e4
    largest = np.finfo(float).max
    assert softmax_cross_entropy([[largest, -largest]], [[1, 0]]) == 0
    assert logistic_cross_entropy([[largest]], [[1]]) == 0


@pytest.mark.filterwarnings("error")
def test_a_likelihood_of_many_examples_does_not_underflow():
    assert negative_log_likelihood(np.full(100_000, 0.5), np.ones(100_000)) == pytest.approx(np.log(2))


@pytest.mark.parametrize("name", COSTS)
def test_derivatives_against_central_differences(name):
    rng = np.random.default_rng(1)
    a, y = rng.uniform(0.05, 0.95, (1, 5)), np.eye(5)[[2]]
    h = 1e-6
    for k in range(5):
        above, below = a.copy(), a.copy()
        above[0, k] += h
        below[0, k] -= h
        measured = (COSTS[name](above, y) - COSTS[name](below, y)) / (2 * h)
        assert COST_DERIVATIVES[name](a, y)[0, k] == pytest.approx(measured, rel=1e-6, abs=1e-7)


def test_softmax_delta_against_complex_step():
    Z, Y = batch()
    delta = softmax_delta(Z, Y)
    for i, k in np.ndindex(Z.shape):
        moved = Z[i].astype(complex)
        moved[k] += 1e-30j
        cost = -np.sum(Y[i] * (moved - np.log(np.exp(moved).sum())))
        assert delta[i, k] == pytest.approx(cost.imag / 1e-30, rel=1e-12, abs=1e-15)


def test_example_costs_add_up_to_the_cost_of_the_batch():
    Z, Y = batch()
    for output, cost in [("logistic", name) for name in COSTS] + list(CANCELLING_PAIRS):
        A = {"logistic": logistic, "softmax": softmax, "linear": np.asarray}[output](Z)
        costs = example_costs(Z, A, Y, output, cost)
        assert costs.shape == (7,)
        assert costs.sum() * examples_factor(cost, 7) == pytest.approx(COSTS[cost](A, Y))


def test_entropies_equal_scipys():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(6), 2)
    assert entropy_bits(p) == pytest.approx(scipy.stats.entropy(p, base=2))
    assert cross_entropy_bits(p, q) == pytest.approx(scipy.stats.entropy(p, base=2) + scipy.stats.entropy(p, q, base=2))
    assert entropy_bits([0.5, 0.25, 0.25, 0]) == 1.5
    assert cross_entropy_bits([0.5, 0.5], [1, 0]) == np.inf
    assert cross_entropy_bits([1, 0], [0.5, 0.5]) == 1


@pytest.mark.parametrize("name", COSTS)
def test_shapes_that_differ_are_refused_with_both_named(name):
    for function in (COSTS[name], COST_DERIVATIVES[name]):
        with pytest.raises(ShapeError, match=r"\(2, 3\).*\(2, 1\)"):
            function(np.full((2, 3), 0.5), np.ones((2, 1)))


@pytest.mark.parametrize(
    ("function", "first", "second", "sentence"),
    [
        (binary_cross_entropy, [-0.3], [1], "activation between 0 and 1, but they go from -0.3 to -0.3"),
        (binary_cross_entropy, [0.3], [-1], "target between 0 and 1, but they go from -1 to -1"),
        (binary_cross_entropy, [np.nan], [1], "from nan to nan"),
        (logistic_cross_entropy, [[0.3]], [[2]], "target between 0 and 1, but they go from 2 to 2"),
        (softmax_cross_entropy, [[0.3, 1]], [[1, 1]], "sum to 1"),
        (softmax_delta, [[0.3, 1]], [[0, 0]], "sum to 1"),
        (multinomial_cross_entropy, [[0.3, 0.7]], [[0.5, 0]], "the sums go from 0.5 to 0.5"),
    ],
)
def test_values_no_cross_entropy_is_defined_for(function, first, second, sentence):
    with pytest.raises(ValueError, match=sentence):
        function(first, second)


@pytest.mark.parametrize("name", COSTS)
def test_no_values_have_no_cost(name):
    for function in (COSTS[name], COST_DERIVATIVES[name]):
        with pytest.raises(ShapeError, match="at least 1"):
            function([], [])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_smallest_probability_gives_no_warning(dtype):
    a, y = np.array([[np.finfo(dtype).smallest_subnormal, 1]], dtype), np.array([[1, 0]], dtype)
    assert np.isfinite(multinomial_cross_entropy(a, y))
    for cost in ("binary cross-entropy", "multinomial cross-entropy"):
        assert COST_DERIVATIVES[cost](a, y)[0, 0] == -np.inf


def test_an_unknown_cost_is_named_with_those_there_are():
    with pytest.raises(ValueError, match=r"'mse'; there are .*lecture"):
        cost_named("mse")
