import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import Lasso

from nblib.network import predict
from nblib.regularization import (
    dropout,
    dropout_backward,
    dropout_masks,
    evaluation_weights,
    inverted_dropout,
    l1_cost,
    l1_gradient,
    l1_step,
    l2_cost,
    l2_gradient,
    l2_step,
    regularized_gradients,
    regularized_step,
    soft_threshold,
    soft_threshold_step,
    zero_fraction,
)

vectors = arrays(float, 5, elements=st.floats(-10, 10))
positive = st.floats(1e-3, 10)


def test_costs_by_hand():
    weights = [np.array([[1.0, -2.0]]), np.array([[3.0]])]
    assert l2_cost(0.5, weights, lam=4, n=10) == pytest.approx(0.5 + 4 / 20 * 14)
    assert l1_cost(0.5, weights, lam=4, n=10) == pytest.approx(0.5 + 4 / 10 * 6)


@pytest.mark.parametrize(("cost", "gradient"), [(l2_cost, l2_gradient), (l1_cost, l1_gradient)])
def test_gradients_are_the_slopes_of_the_costs(cost, gradient):
    w, h = np.array([0.3, -2.0, 5.0]), 1e-6
    for k in range(3):
        move = h * np.eye(3)[k]
        slope = (cost(0.0, [w + move], 0.7, 9) - cost(0.0, [w - move], 0.7, 9)) / (2 * h)
        assert gradient(w, 0.7, 9)[k] == pytest.approx(slope, rel=1e-8)
    assert gradient(np.zeros(1), 0.7, 9) == 0


@given(vectors, vectors, positive, positive, st.integers(1, 100))
def test_steps_descend_the_gradient_of_the_whole_cost(w, gradient, eta, lam, n):
    for step, penalty in ((l2_step, l2_gradient), (l1_step, l1_gradient)):
        np.testing.assert_allclose(
            step(w, gradient, eta, lam, n), w - eta * (gradient + penalty(w, lam, n)), rtol=1e-9, atol=1e-9
        )


@given(vectors, positive)
def test_soft_threshold_is_the_proximal_point_of_the_absolute_value(w, amount):
    """It minimizes ½(v − w)² + amount |v|: no point of a fine grid is better."""
    best = soft_threshold(w, amount)

    def value(v):
        return (v - w) ** 2 / 2 + amount * np.abs(v)

    for v in np.linspace(-11, 11, 221):
        assert (value(best) <= value(v) + 1e-9).all()


def test_soft_threshold_steps_find_the_lasso_with_its_zeros_and_plain_l1_steps_do_not():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8))
    y = X @ [2.0, -1.0, 0, 0, 0, 0.5, 0, 0] + 0.1 * rng.normal(size=60)
    lam, n = 6.0, len(X)
    expected = Lasso(alpha=lam / n, fit_intercept=False, tol=1e-12).fit(X, y).coef_
    soft, plain = np.ones(8), np.ones(8)
    for _ in range(3000):
        soft = soft_threshold_step(soft, X.T @ (X @ soft - y) / n, 0.1, lam, n)
        plain = l1_step(plain, X.T @ (X @ plain - y) / n, 0.1, lam, n)
    np.testing.assert_allclose(soft, expected, atol=1e-8)
    assert zero_fraction([soft]) == np.mean(expected == 0) > 0
    assert zero_fraction([plain]) == 0
    assert zero_fraction([plain], tol=0.05) == zero_fraction([soft])


def test_biases_are_left_out():
    layers, gradients = [(np.ones((2, 3)), np.ones(2))], [(np.zeros((2, 3)), np.full(2, 0.5))]
    [(W, b)] = regularized_step(layers, gradients, eta=0.1, lam=2.0, n=4)
    np.testing.assert_allclose(W, 0.95)
    np.testing.assert_allclose(b, 0.95)
    [(dW, db)] = regularized_gradients(layers, gradients, l2_gradient, 2.0, 4)
    np.testing.assert_allclose(dW, 0.5)
    assert db is gradients[0][1]


@pytest.mark.parametrize("p_drop", [0.2, 0.5, 0.8])
def test_dropout_drops_with_its_probability_and_inverted_dropout_keeps_the_mean(p_drop):
    a = np.random.default_rng(0).uniform(1, 2, (400, 300))
    dropped, mask = dropout(a, p_drop, np.random.default_rng(1))
    assert set(np.unique(mask)) == {0, 1}
    np.testing.assert_array_equal(dropped, a * mask)
    # Five standard deviations of a share of 120,000 draws.
    assert mask.mean() == pytest.approx(1 - p_drop, abs=5 * np.sqrt(p_drop * (1 - p_drop) / a.size))
    assert mask.std(axis=0).min() > 0 and mask.std(axis=1).min() > 0
    scaled, same_mask = inverted_dropout(a, p_drop, np.random.default_rng(1))
    np.testing.assert_array_equal(same_mask, mask)
    np.testing.assert_allclose(scaled, dropped / (1 - p_drop))
    assert scaled.mean() == pytest.approx(a.mean(), rel=0.02)


def test_dropout_passes_back_only_what_it_let_through():
    np.testing.assert_array_equal(dropout_backward([1.0, 2.0, 3.0], [1, 0, 1]), [1, 0, 3])


def test_evaluation_weights_keep_the_mean_weighted_input_of_classic_dropout():
    rng = np.random.default_rng(0)
    W, a = rng.normal(size=(3, 50)), rng.uniform(size=50)
    dropped, _ = dropout(np.tile(a, (40_000, 1)), 0.3, rng)
    np.testing.assert_allclose((dropped @ W.T).mean(axis=0), evaluation_weights(W, 0.3) @ a, atol=0.05)


@pytest.mark.parametrize("inverted", [True, False])
def test_masks_fit_the_hidden_layers_and_average_to_the_evaluated_network(inverted):
    rng = np.random.default_rng(0)
    # Linear in the dropped activations, so that the mean of the outputs is the output of the mean.
    layers = [(rng.normal(size=(6, 4)), np.zeros(6)), (rng.normal(size=(2, 6)), np.zeros(2))]
    masks = dropout_masks(layers, 40_000, 0.4, rng, inverted)
    assert [mask.shape for mask in masks] == [(40_000, 6)]
    x = rng.normal(size=4)
    outputs = np.maximum(layers[0][0] @ x, 0) * masks[0] @ layers[1][0].T
    evaluated = layers if inverted else [layers[0], (evaluation_weights(layers[1][0], 0.4), layers[1][1])]
    np.testing.assert_allclose(outputs.mean(axis=0), predict(evaluated, x, "relu", "linear"), atol=0.05)


@pytest.mark.parametrize("p_drop", [-0.1, 1, np.nan])
def test_a_probability_that_is_none_is_refused(p_drop):
    for call in (
        lambda: dropout(np.ones(3), p_drop, np.random.default_rng(0)),
        lambda: evaluation_weights(np.ones((1, 3)), p_drop),
    ):
        with pytest.raises(ValueError, match="at least 0 and below 1"):
            call()


def test_zero_fraction_counts_weights_not_layers():
    assert zero_fraction([np.zeros((1, 1)), np.ones((1, 3))]) == 0.25
