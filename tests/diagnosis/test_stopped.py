"""An answer that stops with an exception is told why, and at which of its own lines."""

import pytest

from autograder.check import check
from tests.diagnosis.cells import HELPERS, notebook

STEP = """
def sgd_step(layers, gradients, eta):
    new = []
    for i in range(len(layers)):
        (W, b), (dW, db) = layers[i], gradients[i]
        {}
    return new
"""
STOPS = [
    ("new = list(layers); new[i][0] = W - eta * dW", "A tuple, such as the pair (W, b) of a layer, can't be changed"),
    ("new.append(W - eta * dW, b - eta * db)", "append puts in one entry"),
    ("new[i] = W - eta * dW, b - eta * db", "append puts a new entry at its end"),
    ("new.add((W - eta * dW, b - eta * db))", "A list has no add."),
    ("new = new.append((W - eta * dW, b - eta * db))", "Something is None where a value is needed"),
    ("W, b, dW, db = layers[i], gradients[i]", "The number of names on the left"),
    ("new = (W - eta * dW, b - eta * db) + new", "here one side is a tuple and the other a list"),
    ("new += {0: W}[i + 1]", "A dict has no entry with the key 1."),
    ("new.append((W - 'eta' * dW, b))", "A text meets numbers."),
    ("new += [x for x in len(layers)]", "got a single int. To count, use range."),
    ("new.append(np.substract(W, eta * dW))", "numpy has nothing called substract."),
    ("new.append(np.sum * W)", "A function itself stands where its result is needed"),
    ("new.append((lambda w, g: w - g)(W, dW, eta))", "with 3 arguments, but it takes 2"),
    ("new.append((lambda w, g: w - g)(W))", "without 'g'"),
    ("new.append(W - etta * dW)", "You used the name etta before it had a value."),
    ("new += range(len(layers) / 2)", "// divides whole numbers"),
    ("raise ValueError('no')", "Your own line “raise ValueError('no')” stops the call."),
    ("new.append(predict(layers, W[0], hidden=(10,)))", "(10,) is not an activation that can be used here."),
    ("np.linalg.inv(np.zeros((2, 2)))", "It stops with LinAlgError: Singular matrix (at your line: np.linalg.inv"),
]


@pytest.mark.parametrize(("line", "words"), STOPS)
def test_the_first_sentence_says_what_stops_a_call(line, words):
    (hint,) = check(notebook(STEP.replace("{}", line))["sgd_step"]).hints
    assert words in hint


def test_a_call_that_stops_on_some_inputs_only_is_not_compared_with_numbers():
    recursion = """
    def backprop(layers, x, y):
        zs, activations = forward(layers, x)
        delta = output_delta(activations[-1], y, zs[-1])
        gradients = [layer_gradients(delta, activations[-2])]
        for i in range(len(layers) - 2, -1, -1):
            delta = hidden_delta(layers[i + 1][0], delta, zs[i])
            gradients = layer_gradients(delta, activations[i]) + gradients
        return gradients
    """
    (hint,) = check(notebook(HELPERS, recursion)["backprop"]).hints
    assert hint.startswith("+ joins two lists, or two tuples")


WRONG_ARGUMENT = """
def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [layer_gradients(delta, activations[-2])]
    for i in range(len(layers) - 2, -1, -1):
        delta = {}(layers[i + 1][0], np.append(delta, 0), zs[i])
        gradients.insert(0, layer_gradients(delta, activations[i]))
    return gradients
"""


def test_an_error_inside_a_right_helper_is_told_at_the_line_that_calls_it():
    report = check(notebook(HELPERS, WRONG_ARGUMENT.format("hidden_delta"))["backprop"])
    (hint,) = report.hints
    assert hint.startswith("Your line “delta = hidden_delta(layers[i + 1][0], np.append(delta, 0), zs[i])” calls")
    assert "W_next (8, 3), delta_next (9,), z (3,)" in hint
    assert "return delta_next @" not in hint
    assert "(at your line: delta = hidden_delta(" in str(report)


def test_a_helper_that_no_check_has_seen_may_be_wrong_itself():
    other = HELPERS.replace("def hidden_delta", "def back")
    (hint,) = check(notebook(other, WRONG_ARGUMENT.format("back"))["backprop"]).hints
    assert "calls back, which stops at “return delta_next @ W_next * logistic_prime(z)”" in hint


def test_right_numbers_that_are_put_together_wrongly_are_no_wrong_numbers():
    flat = """
    def backprop(layers, x, y):
        return [part for pair in nblib_backprop(layers, x, y) for part in pair]
    """
    report = check(notebook(flat)["backprop"])
    assert report.mistakes == ("other-grouping",)
    assert "the result has 6 parts, but 3 are expected" in report.hints[0]
