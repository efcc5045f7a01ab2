"""Networks trained side by side are those that train gives one at a time, written as in the course."""

import sys
import unittest.mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nblib.initialization import scaled_init
from nblib.network import ShapeError, predict
from nblib.optimizers import SGD, Adam, Momentum, RMSprop
from nblib.side_by_side import train_side_by_side
from nblib.training import train
from tests.nblib.test_fast import PAIRS

# Where two outputs are closer than this, rounding may decide which label they give.
CLOSE = 1e-6


def problem(networks, sizes, n, seed=0, dtype=float, sets=False):
    """Starts, examples and labels in random order; with ``sets``, examples for each network."""
    rng = np.random.default_rng(seed)
    starts = [scaled_init(sizes, rng) for _ in range(networks)]
    shape = (networks, n) if sets else (n,)
    X = rng.normal(size=(*shape, sizes[0])).astype(dtype)
    return starts, X, np.eye(sizes[-1], dtype=dtype)[rng.integers(0, sizes[-1], shape)]


def generators(networks):
    return [np.random.default_rng(100 + number) for number in range(networks)]


def one_at_a_time(starts, X, Y, etas, epochs, batch_size, lams, sets, **names):
    """What train gives, by the plain steps."""
    return [
        train(
            start,
            X[number] if sets else X,
            Y[number] if sets else Y,
            etas[number],
            epochs,
            batch_size,
            rng,
            regularizer="l2",
            lam=lams[number],
            measure=False,
            fast=False,
            **names,
        )
        for number, (start, rng) in enumerate(zip(starts, generators(len(starts)), strict=True))
    ]


def assert_same_networks(found, wanted, **tolerance):
    for (layers, _), (expected, _) in zip(found, wanted, strict=True):
        for pair, right in zip(layers, expected, strict=True):
            for array, values in zip(pair, right, strict=True):
                assert (array.shape, array.dtype) == (values.shape, values.dtype)
                np.testing.assert_allclose(array, values, **tolerance)


@settings(max_examples=200, deadline=None)
@given(
    networks=st.integers(1, 4),
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    names=st.builds(
        lambda hidden, pair, optimizer: {"hidden": hidden, "output": pair[0], "cost": pair[1], "optimizer": optimizer},
        st.sampled_from(["linear", "logistic", "tanh", "relu"]),
        st.sampled_from(PAIRS),
        st.sampled_from([None, SGD(), Momentum(0.8), RMSprop(0.9, 1e-3), Adam(0.8, 0.9, 1e-3)]),
    ),
    batch_size=st.sampled_from([1, 4, 7, 11, 20]),
    sets=st.booleans(),
    plateau=st.sampled_from([None, (1, 2.0), (2, 5.0)]),
    seed=st.integers(0, 2**32 - 1),
    platform=st.sampled_from([sys.platform, "emscripten"]),
)
def test_each_network_is_the_one_that_train_gives_alone(
    networks, sizes, names, batch_size, sets, plateau, seed, platform
):
    starts, X, Y = problem(networks, sizes, 11, seed, sets=sets)
    rng = np.random.default_rng(seed)
    etas, lams = rng.uniform(1e-4, 0.02, networks), rng.choice([0.0, 0.5, 3.0], networks)
    validation = None
    if sizes[-1] > 1:
        validation = rng.normal(size=(9, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], 9)]
        names = names | {"plateau": plateau}
    given = {"etas": etas, "epochs": 4, "batch_size": batch_size, "lams": lams, "validation": validation, **names}
    wanted = one_at_a_time(starts, X, Y, sets=sets, **given)
    if validation is not None:
        outputs = [predict(layers, validation[0], names["hidden"], names["output"]) for layers, _ in wanted]
        gaps = [np.diff(np.sort(output, axis=1)[:, -2:], axis=1) for output in outputs]
        assume(names["output"] == "relu" or np.min(gaps) > CLOSE)
    # The products of matrices are SciPy's in a browser.
    with unittest.mock.patch("nblib.machine.sys.platform", platform):
        found = train_side_by_side(starts, X, Y, rngs=generators(networks), **given)
    assert_same_networks(found, wanted, rtol=1e-9, atol=1e-9)
    for (_, history), (_, expected) in zip(found, wanted, strict=True):
        assert history.etas == expected.etas
        assert history.validation_accuracies == expected.validation_accuracies
        assert history.costs == history.validation_costs == []


@pytest.mark.parametrize("optimizer", [SGD(), Momentum(), RMSprop(), Adam()], ids=lambda one: type(one).__name__)
def test_single_precision_stays_single_precision(optimizer):
    starts, X, Y = problem(3, [5, 4, 3], 20, dtype=np.float32)
    given = {"etas": [0.01, 0.02, 0.03], "epochs": 2, "batch_size": 6, "lams": [0.0, 0.1, 1.0], "optimizer": optimizer}
    wanted = one_at_a_time(starts, X, Y, sets=False, **given)
    found = train_side_by_side(starts, X, Y, rngs=generators(3), **given)
    assert found[0][0][0][0].dtype == np.float32
    assert_same_networks(found, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.3},
        {"regularizer": "l1", "lams": 0.1},
        {"output": "softmax"},
        {"augmentation": lambda X, Y, rng: (X + rng.normal(size=X.shape), Y)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_what_cannot_go_side_by_side_gives_the_same_one_after_the_other(options):
    starts, X, Y = problem(2, [4, 3, 2], 9)
    found = train_side_by_side(starts, X, Y, 0.1, 2, 4, generators(2), **options)
    alone = {"lam" if name == "lams" else name: value for name, value in options.items()}
    wanted = [
        train(start, X, Y, 0.1, 2, 4, rng, fast=False, **alone)
        for start, rng in zip(starts, generators(2), strict=True)
    ]
    assert_same_networks(found, wanted, rtol=1e-9, atol=1e-9)


def test_one_number_serves_all_networks_and_what_was_given_stays_as_it_was():
    starts, X, Y = problem(2, [4, 3, 2], 9)
    before = [(W.copy(), b.copy()) for W, b in starts[0]]
    found = train_side_by_side(starts, X, Y, 0.1, 2, 4, generators(2), lams=0.5)
    same = train_side_by_side(starts, X, Y, [0.1, 0.1], 2, 4, generators(2), lams=[0.5, 0.5])
    assert_same_networks(found, same, rtol=0)
    assert_same_networks([(starts[0], None)], [(before, None)], rtol=0)
    assert all(array.base is None for layers, _ in found for pair in layers for array in pair)


def test_callbacks_see_every_network_after_each_epoch_and_can_stop_all():
    starts, X, Y = problem(2, [4, 3, 2], 9)
    seen = []

    def stop_in_the_second_epoch(epoch, history, layers):
        seen.append((epoch, len(history.etas), layers[0][1].copy()))
        return epoch == 1

    found = train_side_by_side(starts, X, Y, [0.1, 0.2], 5, 4, generators(2), callbacks=[stop_in_the_second_epoch])
    assert [entry[:2] for entry in seen] == [(0, 1), (0, 1), (1, 2), (1, 2)]
    for (layers, history), (_, _, bias) in zip(found, seen[2:], strict=True):
        np.testing.assert_array_equal(layers[0][1], bias)
        assert len(history.etas) == 2


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"starts": []}, ShapeError, "one shape"),
        ({"starts": [scaled_init([4, m, 2], np.random.default_rng(0)) for m in (3, 5)]}, ShapeError, "one shape"),
        ({"etas": [0.1, 0.2, 0.3]}, ShapeError, "2 starts but 3 etas"),
        ({"lams": [0.1]}, ShapeError, "2 starts but 1 lams"),
        ({"rngs": generators(3)}, ShapeError, "2 starts but 3 rngs"),
        ({"rngs": np.random.default_rng(0)}, ShapeError, "2 starts but 1 rngs"),
        ({"X": np.ones((3, 9, 4)), "Y": np.ones((3, 9, 2))}, ShapeError, "X holds 3 sets .* 2 networks"),
        ({"X": np.ones((2, 9, 4))}, ShapeError, "X holds 2 sets of examples and Y 9"),
        ({"X": np.ones((9, 5))}, ShapeError, "X has shape"),
        ({"X": np.full((9, 4), np.nan)}, ValueError, "not finite"),
        ({"etas": [0.1, -0.1]}, ValueError, "eta is -0.1"),
        ({"lams": [0.0, -1.0]}, ValueError, "lam is -1.0"),
        ({"epochs": 1.5}, ValueError, "epochs is 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"hidden": "sigmoid"}, ValueError, "'sigmoid' is not an activation"),
        ({"plateau": (5, 2)}, ValueError, "give validation"),
    ],
)
def test_bad_input_gets_one_clear_sentence(changed, error, sentence):
    starts, X, Y = problem(2, [4, 3, 2], 9)
    given = {"starts": starts, "X": X, "Y": Y, "etas": 0.1, "epochs": 1, "batch_size": 4, "rngs": generators(2)}
    with pytest.raises(error, match=sentence) as caught:
        train_side_by_side(**given | changed)
    assert "\n" not in str(caught.value)
