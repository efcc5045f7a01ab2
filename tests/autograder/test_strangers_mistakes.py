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


def _positions_for_examples(n, fractions, rng):
    left, parts, start = np.arange(n), [], 0
    for end in np.rint(np.cumsum(fractions) * n).astype(int):
        order = rng.permutation(len(left))
        parts.append(order[: end - start])
        left, start = left[order[end - start :]], end
    return parts


def _adam(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8, m_share=None, v_share=None, inside=0.0):
    """A step of Adam whose corrections can be given as functions of β and t."""
    t = state[0] + 1
    m_share, v_share = (share or (lambda beta, t: 1 - beta**t) for share in (m_share, v_share))
    m = [
        tuple(beta1 * o + (1 - beta1) * g for o, g in zip(*p, strict=True))
        for p in zip(state[1], gradients, strict=True)
    ]
    v = [
        tuple(beta2 * o + (1 - beta2) * g**2 for o, g in zip(*p, strict=True))
        for p in zip(state[2], gradients, strict=True)
    ]
    new = [
        tuple(
            w - eta * a / m_share(beta1, t) / (np.sqrt(s / v_share(beta2, t) + inside * eps**2) + (1 - inside) * eps)
            for w, a, s in zip(*parts, strict=True)
        )
        for parts in zip(layers, m, v, strict=True)
    ]
    return new, (t, m, v)


def _always(beta, t):
    return 1 - beta


def _ahead(beta, t):
    return 1 - beta ** (t + 1)


def _shuffled_once_with_running_costs(layers, X, Y, eta, epochs, batch_size, rng):
    costs, batches = [], list(minibatches(X, Y, batch_size, rng))
    for _ in range(epochs):
        total = 0.0
        for X_b, Y_b in batches:
            total += np.sum((predict(layers, X_b) - Y_b) ** 2)
            layers = right("sgd_step", layers, backprop(layers, X_b, Y_b), eta)
        costs.append(float(total / len(X)))
    return layers, costs


STRANGERS = [
    ("split", _positions_for_examples, "positions-for-examples", "positions among the examples that were left"),
    ("adam_step", lambda *a: _adam(*a, m_share=_always, v_share=_always), "corrections-without-t", "first step only"),
    ("adam_step", lambda *a: _adam(*a, m_share=_always), "first-correction-without-t", "correction of m is 1 − β₁ᵗ"),
    ("adam_step", lambda *a: _adam(*a, v_share=_always), "second-correction-without-t", "correction of v is 1 − β₂ᵗ"),
    ("adam_step", lambda *a: _adam(*a, m_share=_ahead, v_share=_ahead), "corrections-ahead", "one step ahead"),
    ("adam_step", lambda *a: _adam(*a, v_share=_ahead), "second-correction-ahead", "The correction of v"),
    ("adam_step", lambda *a: _adam(*a, inside=1.0), "eps-squared-in-the-root", "ε² under the root"),
    ("train", _shuffled_once_with_running_costs, "shuffled-once", "while the weights were still moving"),
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


def test_weights_that_are_right_with_one_batch_only_are_not_called_right():
    ids, hint = told("train", _shuffled_once_with_running_costs)
    assert ids == {"shuffled-once", "costs-of-the-batches-by-examples"}
    assert "weights are right" not in hint


def test_a_wrong_sign_and_a_wrong_factor_do_not_contradict_each_other():
    _, hint = told("output_delta", lambda a, y, z: (y - a) * logistic_prime(z))
    assert "every number is −½ times what it should be" in hint
    assert "right size" not in hint and "half of" not in hint


def test_results_that_are_mostly_0_are_not_taken_for_a_known_mistake():
    _, hint = told("saturated_fraction", lambda z, tol=0.01: np.mean(np.abs(z) < tol))
    assert "at the activation" not in hint


def test_a_hint_calls_nothing_right_that_a_second_mistake_makes_wrong():
    def summed_and_negative(w, b, X, y):
        dw, db = right("neuron_gradient", w, b, X, y)
        return -dw, -len(y) * db

    ids, hint = told("neuron_gradient", summed_and_negative)
    assert ids == {"sign", "mean-for-weights-only"}
    assert "dw is right" not in hint


def test_what_a_mistake_on_all_ordinary_arguments_does_not_explain_is_named():
    def worst_entry_and_overwritten(u, v):
        a, b = np.array(u, dtype=float), np.array(v, dtype=float)
        if isinstance(u, np.ndarray) and u.ndim:
            u[...] = 0
        return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))

    _, hint = told("relative_error", worst_entry_and_overwritten)
    assert "the worst entry" in hint and "“inputs unchanged” too" in hint
    assert "whole numbers" not in hint
