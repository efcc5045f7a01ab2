"""Mistakes of people who knew neither the course nor its catalogue are named, each as one of a kind."""

import itertools

import numpy as np
import pytest

from autograder.check import check
from autograder.exercises import EXERCISES
from nblib.activations import logistic_prime
from nblib.backprop import backprop
from nblib.network import forward, predict
from nblib.training import minibatches
from tests.conftest import named


def right(name, *args):
    return EXERCISES[name].reference(*args)


def told(name, function):
    """Return the ids and all the hints of a wrong answer."""
    result = check(named(function, name))
    assert not result.passed
    return set(result.mistakes), " ".join(result.hints)


def _layers_doubled(layers, X, Y):
    """Backpropagation whose δ is doubled at each step back."""
    return [
        (2 ** (len(layers) - 1 - level) * dW, 2 ** (len(layers) - 1 - level) * db)
        for level, (dW, db) in enumerate(backprop(layers, X, Y))
    ]


def _means_multiplied(layers, X, Y):
    zs, A = forward(layers, X)
    delta, out = 2 * (A[-1] - Y) * logistic_prime(zs[-1]), []
    for level in reversed(range(len(layers))):
        out.insert(0, (np.outer(delta.mean(axis=0), A[level].mean(axis=0)), delta.mean(axis=0)))
        delta = delta @ layers[level][0] * logistic_prime(zs[level - 1])
    return out


def _rows_shifted_columns_summed(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=0)


def _columns_shifted_rows_summed(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / e.sum(axis=-1, keepdims=True)


def _centred_forward(layers, X):
    return predict(layers, X - X.mean(axis=0))


def _momentum_of_weights(layers, gradients, velocity, eta, mu):
    moved, kept = [], []
    for (W, b), (dW, db), (vW, _) in zip(layers, gradients, velocity, strict=True):
        kept.append((mu * vW + dW, -eta * db))
        moved.append((W - eta * kept[-1][0], b - eta * db))
    return moved, kept


def _epochs_with_less(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for epoch in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            gradients = backprop(layers, X_b, Y_b)
            layers = [
                (W - 0.9**epoch * eta * dW, b - 0.9**epoch * eta * db)
                for (W, b), (dW, db) in zip(layers, gradients, strict=True)
            ]
        costs.append(np.mean(np.sum((predict(layers, X) - Y) ** 2, axis=1)))
    return layers, costs


def _too_wide_start(sizes, rng):
    return [
        (rng.normal(0, np.sqrt(2 / n_in + n_out), (n_out, n_in)), rng.normal(size=n_out))
        for n_in, n_out in itertools.pairwise(sizes)
    ]


def _decayed_but_the_last(layers, gradients, eta, lam, n):
    keep = [1 - eta * lam / n] * (len(layers) - 1) + [1]
    return [(k * W - eta * g, b - eta * h) for k, (W, b), (g, h) in zip(keep, layers, gradients, strict=True)]


def _rows_of_length_one(W):
    return W / np.linalg.norm(W, axis=1, keepdims=True)


def _own_best(Z, Y):
    A = right("softmax", Z)
    return A - (A == A.max(axis=1, keepdims=True))


STRANGERS = [
    ("backprop_batch", _layers_doubled, "factor-in-each-layer", "off by another factor 2"),
    (
        "delta_by_perturbation",
        lambda *a: [3 ** (len(a[0]) - level) * d for level, d in enumerate(right("delta_by_perturbation", *a), 1)],
        "factor-in-each-layer",
        "off by another factor 3",
    ),
    ("backprop_batch", _means_multiplied, "means-multiplied", "mean δ by the mean activation"),
    ("forward_batch", _centred_forward, "mixes-examples", "other rows of X"),
    ("tanh_prime", lambda z: np.gradient(np.tanh(z)), "differences-between-neighbours", "entries next to it"),
    ("momentum_step", _momentum_of_weights, "sum-of-gradients", "For the bias and the velocity of the bias:"),
    ("train", _epochs_with_less, "from-the-second-epoch", "off from the second epoch on"),
    ("xavier_init", _too_wide_start, "biases-normal", "parentheses are missing"),
    ("regularized_step", _decayed_but_the_last, "last-layer-not-decayed", "of the last layer don't decay"),
    ("softmax_delta", _own_best, "own-prediction", "which only Y knows"),
    ("layer_gradients", lambda d, a: (np.outer(d, np.tanh(a)), d), "not-proportional", "When a_prev is doubled"),
    (
        "hidden_delta",
        lambda W, d, z: right("hidden_delta", _rows_of_length_one(W), d, z),
        "divided-by-its-size",
        "W_next",
    ),
    ("logistic", lambda z: 1 / (1 + np.exp(-np.clip(z, -6, 6))), "clipped", "too narrow a range"),
    ("layer_weighted_inputs", lambda W, a, b: np.cumsum(W @ a) + b, "sum-not-reset", "those before it"),
    ("weighted_input", lambda w, a, b: w[1:] @ a[1:] + b, "", "first input has no effect"),
    ("weighted_input", lambda w, a, b: w[0] * a[0] + w[1] * a[1] + b, "two-inputs-only", "first two inputs"),
    ("weighted_input", lambda w, a, b: w[1] * a[1] + w[2] * a[2] + b, "", "the first weight is w[0]"),
    ("forward", lambda layers, x: (forward(layers, x)[0], forward(layers, x)[1][-1]), "", "only the last activation"),
    ("forward", lambda layers, x: (forward(layers, x)[0][-1], forward(layers, x)[1]), "", "only the last z"),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=0), "wrong-axis", "columns sum to 1"),
    ("softmax", _rows_shifted_columns_summed, "columns-summed", "columns sum to 1"),
    ("softmax", _columns_shifted_rows_summed, "largest-of-column", "largest z of each column"),
]


@pytest.mark.parametrize(("name", "function", "mistake", "words"), STRANGERS, ids=lambda value: str(value)[:30])
def test_mistakes_of_strangers_are_named(name, function, mistake, words):
    ids, hint = told(name, function)
    assert mistake in ids or not mistake
    assert words in hint


def test_a_hint_calls_nothing_right_that_a_second_mistake_makes_wrong():
    def summed_and_negative(w, b, X, y):
        dw, db = right("neuron_gradient", w, b, X, y)
        return -dw, -len(y) * db

    ids, hint = told("neuron_gradient", summed_and_negative)
    assert ids == {"sign", "mean-for-weights-only"}
    assert "dw is right" not in hint
