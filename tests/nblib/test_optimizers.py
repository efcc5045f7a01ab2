from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblib.optimizers import (
    SGD,
    Adam,
    Momentum,
    RMSprop,
    adam_step,
    early_stopping,
    momentum_step,
    plateau_schedule,
    rmsprop_step,
    sgd_step,
    zeros_like_layers,
)

LAYERS = [(np.array([[1.0, 2.0]]), np.array([3.0])), (np.array([[4.0]]), np.array([5.0]))]
GRADIENTS = [(np.array([[0.5, -2.0]]), np.array([0.0])), (np.array([[3.0]]), np.array([-1.0]))]
ETA = 0.1
accuracies = st.lists(st.integers(0, 5).map(lambda k: k / 5), min_size=1, max_size=30)


def flat(layers):
    return np.concatenate([array.ravel() for pair in layers for array in pair])


W, G = flat(LAYERS), flat(GRADIENTS)


def after(optimizer, steps):
    layers, state = LAYERS, optimizer.start(LAYERS)
    for _ in range(steps):
        layers, state = optimizer.step(layers, GRADIENTS, state, ETA)
    return flat(layers)


# Under a constant gradient each rule has a closed form.


def test_gradient_descent_moves_by_t_eta_g():
    np.testing.assert_allclose(after(SGD(), 7), W - 7 * ETA * G)
    np.testing.assert_allclose(flat(sgd_step(LAYERS, GRADIENTS, ETA)), W - ETA * G)


def test_momentum_is_a_geometric_series():
    mu, t = 0.8, np.arange(1, 8)
    moved = ETA * G * np.sum((1 - mu**t) / (1 - mu))
    np.testing.assert_allclose(after(Momentum(mu), 7), W - moved)


def test_rmsprop_divides_by_the_root_of_its_mean_square():
    rho, t = 0.9, np.arange(1, 8)[:, None]
    moved = np.sum(ETA * G / (np.abs(G) * np.sqrt(1 - rho**t) + 1e-8), axis=0)
    np.testing.assert_allclose(after(RMSprop(rho), 7), W - moved)


def test_adam_moves_by_eta_whatever_the_size_of_the_gradient():
    np.testing.assert_allclose(after(Adam(), 7), W - 7 * ETA * np.sign(G), rtol=1e-6)


def test_adam_against_its_algorithm_number_by_number():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=20)
    w, m, v = 1.0, 0.0, 0.0
    layers, state = [(np.array([[1.0]]), np.zeros(1))], Adam(0.8, 0.99, 1e-3).start([(np.array([[1.0]]), np.zeros(1))])
    for t, g in enumerate(gradients, start=1):
        m, v = 0.8 * m + 0.2 * g, 0.99 * v + 0.01 * g * g
        w -= ETA * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-3)
        layers, state = adam_step(layers, [(np.array([[g]]), np.zeros(1))], state, ETA, 0.8, 0.99, 1e-3)
    assert layers[0][0].item() == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(), Momentum(), RMSprop(), Adam()])
def test_steps_change_no_argument_and_keep_float32(optimizer):
    layers = [(W.astype(np.float32), b.astype(np.float32)) for W, b in LAYERS]
    gradients = [(W.astype(np.float32), b.astype(np.float32)) for W, b in GRADIENTS]
    state = optimizer.start(layers)
    new, _ = optimizer.step(layers, gradients, state, ETA)
    assert all(array.dtype == np.float32 for pair in new for array in pair)
    np.testing.assert_array_equal(flat(layers), W)
    np.testing.assert_array_equal(flat(gradients), G)
    if optimizer != SGD():
        zeros = state[1] if optimizer == Adam() else state
        np.testing.assert_array_equal(flat(zeros), 0)


def test_the_velocity_and_the_squares_are_handed_back():
    zeros = zeros_like_layers(LAYERS)
    np.testing.assert_allclose(flat(momentum_step(LAYERS, GRADIENTS, zeros, ETA, 0.9)[1]), -ETA * G)
    np.testing.assert_allclose(flat(rmsprop_step(LAYERS, GRADIENTS, zeros, ETA, 0.9)[1]), 0.1 * G**2)


def test_a_plateau_by_hand():
    etas = plateau_schedule([0.5, 0.6, 0.6, 0.5, 0.6, 0.6, 0.7, 0.6, 0.6, 0.1], 1.0, patience=2, factor=10)
    np.testing.assert_allclose(etas, [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001])


@given(accuracies, st.integers(1, 4))
def test_a_schedule_looks_at_the_past_only_and_falls_after_patience_epochs(values, patience):
    etas = plateau_schedule(values, 1.0, patience, 2.0)
    assert len(etas) == len(values)
    for epoch in range(len(values)):
        assert plateau_schedule([*values[:epoch], 0.5], 1.0, patience, 2.0) == etas[: epoch + 1]
    falls = [epoch for epoch in range(1, len(etas)) if etas[epoch] < etas[epoch - 1]]
    for fall in falls:
        assert max(values[fall - patience : fall]) <= max(values[: fall - patience], default=-1)
    assert all(later - earlier >= patience for earlier, later in pairwise(falls))


def test_early_stopping_by_hand():
    assert early_stopping([0.1, 0.5, 0.4, 0.5, 0.3, 0.9], patience=2) == (3, 1)
    assert early_stopping([0.1, 0.5, 0.4, 0.6, 0.3], patience=2) == (4, 3)
    assert early_stopping([0.1], patience=3) == (0, 0)


@given(accuracies, st.integers(1, 4))
def test_early_stopping_stops_at_the_first_epoch_that_is_patience_after_the_best(values, patience):
    stop, best = early_stopping(values, patience)
    assert best == int(np.argmax(values[: stop + 1]))
    assert stop - best == patience or (stop == len(values) - 1 and stop - best < patience)
    for epoch in range(stop):
        assert epoch - int(np.argmax(values[: epoch + 1])) < patience


@pytest.mark.parametrize(("patience", "factor"), [(0, 2.0), (1, 1.0), (1, 0.5)])
def test_schedules_that_make_no_sense_are_refused(patience, factor):
    with pytest.raises(ValueError, match="a factor above 1"):
        plateau_schedule([0.5], 1.0, patience, factor)


def test_early_stopping_needs_an_epoch_and_patience():
    for values, patience in (([], 1), ([0.5], 0)):
        with pytest.raises(ValueError, match="at least 1"):
            early_stopping(values, patience)
