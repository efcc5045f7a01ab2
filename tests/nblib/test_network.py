import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from nblib.initialization import normal_init
from nblib.network import (
    ShapeError,
    accuracy,
    as_batch,
    check_layers,
    classify,
    fold_bias,
    forward,
    layer_sizes,
    pad_layers,
    predict,
    unfold_bias,
)

seeds = st.integers(0, 2**32 - 1)
all_sizes = st.lists(st.integers(1, 6), min_size=2, max_size=5)


def network(seed=0, sizes=(4, 5, 6, 3)):
    return normal_init(sizes, np.random.default_rng(seed))


def test_forward_neuron_by_neuron():
    layers, x = network(), np.random.default_rng(1).normal(size=4)
    zs, activations = forward(layers, x, "tanh")
    assert activations[0] is x
    previous = x
    for number, (W, b) in enumerate(layers, start=1):
        z = [sum(W[k, j] * previous[j] for j in range(len(previous))) + b[k] for k in range(len(b))]
        previous = scipy.special.expit(z) if number == len(layers) else np.tanh(z)
        np.testing.assert_allclose(zs[number - 1], z, rtol=1e-12)
        np.testing.assert_allclose(activations[number], previous, rtol=1e-12)


@given(seeds, all_sizes, st.integers(1, 5))
def test_a_batch_is_its_examples_one_by_one(seed, sizes, n):
    rng = np.random.default_rng(seed)
    layers, X = normal_init(sizes, rng), rng.normal(size=(n, sizes[0]))
    np.testing.assert_allclose(predict(layers, X), [predict(layers, x) for x in X], rtol=1e-12)


def test_masks_act_on_hidden_activations_only():
    layers, X = network(), np.ones((2, 4))
    masks = [np.zeros((2, 5)), np.full((2, 6), 2.0)]
    zs, activations = forward(layers, X, masks=masks)
    np.testing.assert_array_equal(activations[1], 0)
    np.testing.assert_allclose(activations[2], 2 * scipy.special.expit(np.tile(layers[1][1], (2, 1))))
    np.testing.assert_allclose(activations[3], scipy.special.expit(zs[2]))


@given(seeds, all_sizes)
def test_theta_times_1_and_a_is_the_weighted_input(seed, sizes):
    rng = np.random.default_rng(seed)
    W, b = normal_init(sizes[:2], rng)[0]
    a = rng.normal(size=sizes[0])
    Theta = fold_bias(W, b)
    assert Theta.shape == (sizes[1], sizes[0] + 1)
    np.testing.assert_allclose(Theta @ np.append(1, a), W @ a + b, rtol=1e-9, atol=1e-12)
    for back, original in zip(unfold_bias(Theta), (W, b), strict=True):
        np.testing.assert_array_equal(back, original)


@given(seeds, all_sizes, st.sampled_from(["logistic", "tanh", "relu", "linear"]))
def test_padding_changes_no_real_node(seed, sizes, hidden):
    rng = np.random.default_rng(seed)
    layers, X = normal_init(sizes, rng), rng.normal(size=(3, sizes[0]))
    padded, m = pad_layers(layers), max(sizes[1:])
    assert layer_sizes(padded) == [sizes[0]] + [m] * (len(sizes) - 1)
    for a, b, size in zip(forward(layers, X, hidden)[1], forward(padded, X, hidden)[1], sizes, strict=True):
        np.testing.assert_allclose(b[:, :size], a, rtol=1e-9, atol=1e-12)


def test_classify_reads_each_kind_of_output():
    np.testing.assert_array_equal(classify([[0.1, 0.9, 0.3], [2, 1, 0]]), [1, 0])
    np.testing.assert_array_equal(classify([[0.4], [0.5], [0.6]]), [0, 1, 1])
    np.testing.assert_array_equal(classify([[-0.4], [0.0], [0.6]], "tanh"), [0, 1, 1])


def test_accuracy_counts_the_right_ones():
    layers = [(np.eye(3), np.zeros(3))]
    assert accuracy(layers, np.eye(3)[[0, 1, 2, 2]], [0, 1, 2, 0]) == 0.75
    one_output = [(np.ones((1, 1)), np.zeros(1))]
    assert accuracy(one_output, [[-3.0], [3.0], [2.0]], [0, 1, 0]) == pytest.approx(2 / 3)
    with pytest.raises(ShapeError, match="one whole number per example"):
        accuracy(layers, np.eye(3), np.eye(3))


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([], "at least one layer"),
        (np.ones(3), "list of"),
        ([np.ones((2, 3))], "Layer 1 is not a"),
        ([(np.ones(3), np.ones(3))], r"weights of layer 1 have shape \(3,\)"),
        ([(np.ones((2, 3)), np.ones(3))], r"bias of layer 1 has shape \(3,\)"),
        (
            [(np.ones((2, 3)), np.ones(2)), (np.ones((2, 3)), np.ones(2))],
            r"layer 2 are \(2, 3\), but layer 1 has 2 units",
        ),
    ],
)
def test_layers_that_do_not_fit_are_named(layers, sentence):
    with pytest.raises(ShapeError, match=sentence):
        check_layers(layers)


def test_inputs_and_names_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"x has shape \(3,\), but layer 1 takes 4"):
        forward(network(), np.ones(3))
    with pytest.raises(ValueError, match=r"'sigmoid' is not an activation .* Use one of .*logistic"):
        forward(network(), np.ones(4), hidden="sigmoid")
    with pytest.raises(ShapeError, match="bias in column 0"):
        unfold_bias(np.ones(3))
    with pytest.raises(ShapeError, match=r"one array for each hidden layer, with last axes of \[5, 6\]"):
        forward(network(), np.ones((2, 4)), masks=[np.ones((2, 5))])
    for values, sentence in (
        ([["a"]], "Real numbers"),
        ([[1], [1, 2]], "rows of one length"),
        ([[1j]], "Real numbers"),
    ):
        with pytest.raises(TypeError, match=sentence):
            forward([(values, [1])], [1])
    with pytest.raises(ShapeError, match="at least one layer"):
        layer_sizes([])


def test_a_batch_is_made_of_one_example_and_of_lists_in_the_precision_of_x():
    X, Y = as_batch(network(), [1, 2, 3, 4], [0, 1, 0])
    assert (X.shape, Y.shape, Y.dtype) == ((1, 4), (1, 3), np.float64)
    assert as_batch(network(), np.ones((2, 4), np.float32), np.ones((2, 3)))[1].dtype == np.float32
    with pytest.raises(ShapeError, match=r"X has shape \(0, 4\): .* \(n, 4\)"):
        as_batch(network(), np.ones((0, 4)), np.ones((0, 3)))
    with pytest.raises(ShapeError, match=r"Y has shape \(1, 2\): X needs targets of \(2, 3\)"):
        as_batch(network(), np.ones((2, 4)), [0, 1])


def test_padding_and_theta_keep_the_precision():
    layers = [(W.astype(np.float32), b.astype(np.float32)) for W, b in network()]
    assert {array.dtype for pair in pad_layers(layers) for array in pair} == {np.dtype(np.float32)}
    assert {array.dtype for array in unfold_bias(fold_bias(*layers[0]))} == {np.dtype(np.float32)}
