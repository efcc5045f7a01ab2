from itertools import pairwise

import numpy as np
import pytest
import scipy.stats

from nblib.data import digits
from nblib.initialization import (
    he_init,
    layer_stds,
    normal_init,
    saturated_fraction,
    scaled_init,
    units_identical,
    weighted_input_std,
    xavier_init,
)
from nblib.training import train

SIZES = [300, 400, 200]
STDS = {
    normal_init: lambda n_in, n_out: 1,
    scaled_init: lambda n_in, n_out: n_in**-0.5,
    xavier_init: lambda n_in, n_out: ((n_in + n_out) / 2) ** -0.5,
    he_init: lambda n_in, n_out: (n_in / 2) ** -0.5,
}


@pytest.mark.parametrize("init", STDS, ids=lambda init: init.__name__)
def test_weights_are_normal_with_the_standard_deviation_that_the_name_says(init):
    layers = init(SIZES, np.random.default_rng(0))
    assert [(W.shape, b.shape) for W, b in layers] == [((400, 300), (400,)), ((200, 400), (200,))]
    for (W, b), (n_in, n_out) in zip(layers, pairwise(SIZES), strict=True):
        std = STDS[init](n_in, n_out)
        # A normal sample of this size passes with probability 0.999; a uniform one of the same std would not.
        assert scipy.stats.kstest(W.ravel() / std, "norm").pvalue > 1e-3
        if init is normal_init:
            assert scipy.stats.kstest(b, "norm").pvalue > 1e-3
        else:
            np.testing.assert_array_equal(b, 0)
    assert not np.array_equal(layers[0][0][:200, :200], layers[1][0][:200, :200])


def test_the_same_generator_state_gives_the_same_weights():
    one, other = (scaled_init([3, 2], np.random.default_rng(5))[0][0] for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_the_spread_of_z_for_1000_inputs_as_in_the_slides_and_with_half_of_them_on():
    assert weighted_input_std(1000, 1, 0) == pytest.approx(31.6, abs=0.05)
    assert weighted_input_std(500, 1, 1) == pytest.approx(22.4, abs=0.05)
    assert weighted_input_std(500, 1000**-0.5, 0) == pytest.approx(0.5**0.5)
    rng = np.random.default_rng(0)
    x = rng.permutation(np.repeat([0, 1], 500))
    z = rng.normal(0, 1, (4000, 1000)) @ x + rng.normal(0, 1, 4000)
    assert z.std() == pytest.approx(weighted_input_std(500, 1, 1), rel=0.05)


def test_the_saturated_share_of_a_normal_z_is_two_tails():
    z = np.random.default_rng(0).normal(0, 10, 100_000)
    # σ(1 − σ) = 0.01 where σ is a root of a quadratic equation.
    edge = np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96)))
    assert saturated_fraction(z) == pytest.approx(2 * scipy.stats.norm.sf(edge / 10), abs=0.005)
    assert saturated_fraction([0.0, 0.0, 9.0, -9.0]) == 0.5
    assert saturated_fraction([0.0], tol=0.25) == 0


def test_layer_stds_of_a_linear_growth():
    X = np.random.default_rng(0).normal(size=(500, 50))
    layers = [(3 * np.eye(50), np.zeros(50)), (np.zeros((4, 50)), np.array([1.0, -1, 1, -1]))]
    stds = layer_stds(layers, X)
    assert stds[0] == pytest.approx(3 * X.std())
    assert stds[1] == 1


def test_units_that_start_alike_stay_alike_and_random_ones_do_not():
    [(X, Y)] = digits(sizes=(100,))
    rng = np.random.default_rng(0)
    same, _ = train([(np.zeros((5, 64)), np.zeros(5)), (np.zeros((10, 5)), np.zeros(10))], X, Y, 1.0, 2, 10, rng)
    different, _ = train(scaled_init([64, 5, 10], rng), X, Y, 1.0, 2, 10, rng)
    assert np.abs(same[0][0]).max() > 0
    assert units_identical(same[0][0]) and not units_identical(different[0][0])
    assert not units_identical([[1, 1], [2, 2]])
