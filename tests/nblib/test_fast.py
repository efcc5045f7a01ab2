"""The fast steps give what the plain ones give, on every recipe they accept."""

import sys
import unittest.mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nblib.training
from nblib.fast import FastTraining
from nblib.initialization import scaled_init
from nblib.optimizers import SGD, Adam, Momentum, RMSprop
from nblib.training import PlainTraining, Recipe

PAIRS = [
    *((output, cost) for output in ("linear", "logistic", "tanh", "relu") for cost in ("lecture", "notes", "slides")),
    ("logistic", "rss"),
    ("logistic", "binary cross-entropy"),
    ("softmax", "multinomial cross-entropy"),
]
recipes = st.builds(
    lambda hidden, pair, optimizer, regularizer: Recipe(hidden, *pair, optimizer, regularizer, 0.5, 23, 0.0),
    st.sampled_from(["linear", "logistic", "tanh", "relu"]),
    st.sampled_from(PAIRS),
    st.sampled_from([SGD(), Momentum(0.8), RMSprop(0.9, 1e-4), Adam(0.8, 0.9, 1e-4)]),
    st.sampled_from([None, "l2", "l1", "soft threshold"]),
)


@settings(max_examples=400)
@given(
    recipe=recipes,
    sizes=st.lists(st.integers(1, 7), min_size=2, max_size=5),
    seed=st.integers(0, 2**32 - 1),
    batch_size=st.sampled_from([1, 5, 23, 40]),
    dtype=st.sampled_from([np.float32, np.float64]),
    platform=st.sampled_from([sys.platform, "emscripten"]),
)
def test_two_epochs_equal_the_plain_ones(recipe, sizes, seed, batch_size, dtype, platform):
    rng = np.random.default_rng(seed)
    layers = [(W.astype(dtype), b.astype(dtype)) for W, b in scaled_init(sizes, rng)]
    X = rng.normal(size=(23, sizes[0])).astype(dtype)
    Y = np.eye(sizes[-1], dtype=dtype)[rng.integers(0, sizes[-1], 23)]
    assert FastTraining.applies(recipe)
    fast, plain = FastTraining(layers, recipe), PlainTraining(layers, recipe)
    # The products of matrices are SciPy's in a browser.
    with unittest.mock.patch("nblib.machine.sys.platform", platform):
        for training in (fast, plain):
            order = np.random.default_rng(1)
            for eta in (0.001, 0.0005):
                training.epoch(X, Y, eta, batch_size, order)
    for pair, expected in zip(fast.layers, plain.layers, strict=True):
        for array, wanted in zip(pair, expected, strict=True):
            assert array.dtype == dtype
            np.testing.assert_allclose(array, wanted, **TOLERANCE[dtype])


# In float32 a derivative from a saturated activation is off by that activation's rounding.
TOLERANCE = {np.float32: {"rtol": 1e-3, "atol": 1e-4}, np.float64: {"rtol": 1e-9, "atol": 1e-11}}


@pytest.mark.parametrize(
    ("changed", "applies"),
    [
        ({}, True),
        ({"p_drop": 0.5}, False),
        ({"hidden": "step"}, False),
        ({"output": "step"}, False),
        ({"output": "softmax"}, False),
        ({"cost": "multinomial cross-entropy"}, False),
        ({"output": "softmax", "cost": "multinomial cross-entropy"}, True),
    ],
    ids=str,
)
def test_it_says_what_it_cannot_do(changed, applies):
    settings = {"hidden": "logistic", "output": "logistic", "cost": "lecture", "optimizer": SGD(), "regularizer": None}
    assert FastTraining.applies(Recipe(**{**settings, "lam": 0.0, "n": 10, "p_drop": 0.0, **changed})) is applies


def test_train_takes_the_fast_steps_where_they_apply_and_only_when_allowed(monkeypatch):
    taken = []
    for kind in (FastTraining, PlainTraining):
        monkeypatch.setattr(kind, "epoch", lambda self, *rest, kind=kind: taken.append(kind))
    X, Y, layers = np.ones((5, 3)), np.eye(2)[[0, 1, 0, 1, 0]], scaled_init([3, 2], np.random.default_rng(0))
    for chosen in ({}, {"fast": False}, {"dropout": 0.2}):
        nblib.training.train(layers, X, Y, 0.1, 1, 2, np.random.default_rng(0), **chosen)
    assert taken == [FastTraining, PlainTraining, PlainTraining]


def test_the_weights_that_train_hands_back_belong_to_the_caller():
    rng = np.random.default_rng(0)
    X, Y, layers = rng.normal(size=(8, 3)), np.eye(2)[[0, 1] * 4], scaled_init([3, 4, 2], rng)
    trained, _ = nblib.training.train(layers, X, Y, 0.1, 1, 2, rng)
    arrays = [array for pair in trained for array in pair]
    assert all(array.base is None and array.flags.c_contiguous for array in arrays)


def test_new_data_in_the_next_epoch_are_seen():
    rng = np.random.default_rng(0)
    layers = scaled_init([3, 4, 2], rng)
    recipe = Recipe("tanh", "linear", "slides", SGD(), None, 0.0, 8, 0.0)
    fast, plain = FastTraining(layers, recipe), PlainTraining(layers, recipe)
    for X in (rng.normal(size=(8, 3)), rng.normal(size=(12, 3))):
        Y = rng.normal(size=(len(X), 2))
        fast.epoch(X, Y, 0.1, 4, np.random.default_rng(2))
        plain.epoch(X, Y, 0.1, 4, np.random.default_rng(2))
    np.testing.assert_allclose(fast.layers[0][0], plain.layers[0][0], rtol=1e-12)
