"""Answers as students write them, each with what the check has to say of it and what it must not say."""

import numpy as np
import pytest

from autograder.check import check
from autograder.recall import recall
from tests.diagnosis.cells import HELPERS, notebook

TRAIN = """
def train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, nblib_backprop(layers, X_b, Y_b), eta)
        {slower}
        costs.append({cost})
    return layers, costs
"""
BACKPROP = (
    HELPERS
    + """
def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [layer_gradients(delta, activations[-2])]
    for index in range(len(layers) - 2, {end}, -1):
        {new} = hidden_delta(layers[index + 1][0], delta, zs[index])
        gradients.insert(0, layer_gradients({new}, activations[index]))
    return gradients
"""
)
OF_ONE_EXAMPLE = BACKPROP.format(end=-1, new="delta").replace("backprop(layers, x, y)", "backprop_batch(layers, x, y)")
BY_LOOP = """
def backprop_batch(layers, X, Y):
    each = [nblib_backprop(layers, x, y) for x, y in zip(X, Y)]
    return [tuple(sum(parts) / len(X) for parts in zip(*pairs)) for pairs in zip(*each)]
"""
RACE = """
def neuron_race(w, b, x, y, eta, steps, cost):
    activations = []
    for _ in range(steps):
        a = logistic(w * x + b)
        activations.append(a)
        if cost == "quadratic":
            delta = (a - y) * a * (1 - a)
        elif cost == "{name}":
            delta = a - y
        w, b = w - eta * delta * x, b - eta * delta
    {end}
    return np.array(activations)
"""
LAST = "activations.append(logistic(w * x + b))"
FIND_ETA = """
def find_eta(costs_for, start=0.01):
    eta, costs = start, costs_for(start)
    while np.all(np.isfinite(costs)) and np.all(np.diff(costs) < 0):
        eta = 10 * eta
        costs = costs_for(eta)
    return eta / 10
"""
NEURON = """
def cross_entropy_neuron_gradient(w, b, X, y):
    a = logistic(X @ w + b)
    return np.mean((a - y) * X), np.mean(a - y)
"""
BY_LABEL = """
def {name}(a, y):
    if y == 1:
        return a - 1
    else:
        return a
"""
RESIDUAL = """
def residual_backward(W, g, z):
    return {direct} + W.T @ (g * logistic_prime(z))
"""
ANSWERS = {
    "root over all examples": (
        "train",
        TRAIN.format(slower="", cost="np.linalg.norm(Y - predict(layers, X)) / len(X)"),
        "The weights are right, but your costs aren't",
        "epoch on",
    ),
    "unknown cost": (
        "train",
        TRAIN.format(slower="", cost="np.sum(np.abs(Y - predict(layers, X)) ** 3)"),
        "are right. Only the cost is off",
        "epoch on",
    ),
    "a slower step from the second epoch on": (
        "train",
        TRAIN.format(slower="eta = 0.9 * eta", cost="np.sum((Y - predict(layers, X)) ** 2) / len(X)"),
        "off from the second epoch on",
        "is off already",
    ),
    "delta kept": (
        "backprop",
        BACKPROP.format(end=-1, new="d"),
        "every step back starts again from δ^L",
        "return delta_next",
    ),
    "one pass too few": ("backprop", BACKPROP.format(end=0, new="delta"), "layer 1 gets no gradients", "one off"),
    "helpers for one example": (
        "backprop_batch",
        OF_ONE_EXAMPLE,
        "All your gradients have the wrong size",
        "and others",
    ),
    "examples in a loop": ("backprop_batch", BY_LOOP, "it loops over them", "Try just that"),
    "last activation missing": (
        "neuron_race",
        RACE.format(name="cross-entropy", end=""),
        "The activation after the last step is missing",
        "That isn't all",
    ),
    "underscore": (
        "neuron_race",
        RACE.format(name="cross_entropy", end=LAST),
        "“cross_entropy”, but what is passed in is “cross-entropy”",
        "before it had a value",
    ),
    "only upwards": ("find_eta", FIND_ETA, "you never go down", "No known mistake"),
    "errors beside columns": ("cross_entropy_neuron_gradient", NEURON, "the n errors meet the columns of X", "parts"),
    "if for a cost": (
        "binary_cross_entropy",
        BY_LABEL.format(name="binary_cross_entropy"),
        "as np.where takes it",
        "any or all",
    ),
    "if for a derivative": ("dC_dz", BY_LABEL.format(name="dC_dz"), "the one formula that covers both", "any or all"),
    "1 for g": (
        "residual_backward",
        RESIDUAL.format(direct="1"),
        "by the chain rule it is multiplied",
        "Something else",
    ),
    "2 for g": (
        "residual_backward",
        RESIDUAL.format(direct="2"),
        "one of its terms doesn't contain g",
        "Something else",
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_hint_is_about_this_answer(answer):
    name, cells, words, absent = ANSWERS[answer]
    hints = " ".join(check(notebook(cells)[name]).hints)
    assert words in hints
    assert absent not in hints


def test_a_batch_in_a_helper_for_one_example_is_called_that():
    cells = OF_ONE_EXAMPLE.replace("delta_next @ W_next", "W_next.T @ delta_next").replace(
        "[0], delta", "[0], 3 * delta"
    )
    (hint,) = check(notebook(cells)["backprop_batch"]).hints
    assert "calls hidden_delta, which is for one example, with a whole batch" in hint


def test_a_case_without_an_error_is_told_apart_from_the_inputs_that_raise():
    cells = "def hidden_delta(W_next, delta_next, z):\n    return W_next @ delta_next * logistic_prime(z)"
    report = str(check(notebook(cells)["hidden_delta"]))
    assert (
        "An extra case, in which your function runs but returns a wrong value (the counts below don't include it):"
        in report
    )
    assert "for 6 of 6 inputs, it raised ValueError" in report


def test_the_costs_of_a_failing_case_are_shown():
    report = str(check(notebook(FIND_ETA)["find_eta"]))
    assert "costs_for = a function; costs_for(1e-06) = [2, " in report
    assert "costs_for(1e-05) = [" in report


@pytest.mark.parametrize(
    ("question", "given", "words"),
    [
        ("1.4", np.log(4), "z itself"),
        ("3.3", 8, "added up all the weights"),
        ("4.1", 0.9, "δ for the cross-entropy"),
        ("4.4", np.log(3), "z itself"),
    ],
)
def test_a_natural_slip_gets_a_sentence(question, given, words):
    assert words in recall(question, given).message


CAPSTONE = """
def capstone(X_train, Y_train, X_val, Y_val, rng):
    layers = he_init([64, 30, 10], rng)
    settings = {{"hidden": "relu", "output": "softmax", "cost": "multinomial cross-entropy", "measure": False}}
    {training}

    def classify(X):
        return predict(layers, X, {settings}).argmax(axis={axis})

    return classify
"""
KEPT = "layers, _ = nblib_train(layers, X_train, Y_train, 0.1, {epochs}, 10, rng, **{settings})"
RELU = "hidden='relu', output='softmax'"
CAPSTONES = {
    "other activation": (KEPT.format(epochs=12, settings="settings"), "output='softmax'", 1, "another activation"),
    "result not kept": (
        "nblib_train(layers, X_train, Y_train, 0.1, 1, 10, rng, **settings)",
        RELU,
        1,
        "the layers of the start",
    ),
    "no activation": (KEPT.format(epochs=1, settings="{'hidden': (100,)}"), RELU, 1, "(100,) is not an activation"),
    "no validation": (KEPT.format(epochs=1, settings="{'patience': 5}"), RELU, 1, "early stopping need accuracies"),
    "classify raises": ("", RELU, 2, "stops. There is no such axis."),
}


@pytest.mark.parametrize("answer", CAPSTONES)
def test_capstone_that_reads_nothing_is_told_why(answer):
    training, settings, axis, words = CAPSTONES[answer]
    hints = " ".join(
        check(notebook(CAPSTONE.format(training=training, settings=settings, axis=axis))["capstone"]).hints
    )
    assert words in hints
    assert "larger η" not in hints and "write the shapes" not in hints and "No known mistake" not in hints
