"""How a wrong answer is named when it is not simply one mistake of the catalogue."""

import math

import numpy as np
import pytest

from autograder.check import check
from autograder.diagnosis.pairs import Pair
from autograder.diagnosis.recognition import _of_two
from autograder.exercise import Mistake
from autograder.exercises import EXERCISES
from autograder.recall import recall
from autograder.seeds import PUBLIC_SEED
from nblib.activations import logistic_prime
from nblib.backprop import backprop
from nblib.gradcheck import numerical_gradients, relative_error
from nblib.network import predict
from tests.conftest import named


def _summed_bits(a, y):
    return -np.sum(np.where(y == 1, np.log2(a), np.log2(1 - a)))


def _last_squares(weights):
    return np.sum(weights[-1] ** 2)


def _summed(layers, X, Y):
    return [(len(X) * dW, len(X) * db) for dW, db in backprop(layers, X, Y)]


def _transposed(layers, X, Y):
    return [(dW.T, db) for dW, db in backprop(layers, X, Y)]


def _minus(gradients):
    return [(-dW, -db) for dW, db in gradients]


def _halved(gradients):
    return [(dW / 2, db / 2) for dW, db in gradients]


def _uphill_in_place(layers, gradients, eta):
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        W += eta * dW
        b += eta * db
    return layers


PAIRS = [
    ("output_delta", lambda a, y, z: y - a, {"sign", "error-alone"}),
    ("hidden_delta", lambda W, d, z: W @ d, {"no-transpose", "sigma-prime-missing"}),
    ("hidden_delta", lambda W, d, z: -2 * W.T @ d * logistic_prime(z), {"sign", "factor-two"}),
    ("layer_gradients", lambda d, a: (np.outer(a, d), np.zeros_like(d)), {"transposed", "db-forgotten"}),
    ("layer_gradients", lambda d, a: (-np.outer(a, d), -d), {"transposed", "sign"}),
    ("binary_cross_entropy", _summed_bits, {"base-two", "sum-for-mean"}),
    ("l2_step", lambda w, g, eta, lam, n: (1 + eta * lam) * np.array(w) - eta * g, {"decay-grows", "n-missing"}),
    ("l2_step", lambda w, g, eta, lam, n: (1 - eta * lam / (2 * n)) * w - g, {"half", "eta-missing-in-gradient"}),
    (
        "l2_cost",
        lambda cost, weights, lam, n: cost + lam * _last_squares(weights) / n,
        {"half-missing", "last-layer-only"},
    ),
    ("backprop_batch", lambda *args: _minus(_summed(*args)), {"sum-for-mean", "sign"}),
    ("backprop_batch", lambda *args: _halved(_transposed(*args)), {"transposed", "factor-two-missing"}),
    ("layer_weighted_inputs", lambda W, a, b: -(W @ a + b)[:, None], {"sign", "column"}),
    ("sgd_step", _uphill_in_place, {"sign", "in-place"}),
]


@pytest.mark.parametrize(("name", "function", "both"), PAIRS, ids=lambda value: str(value)[:40])
def test_two_mistakes_at_once_are_both_named(name, function, both):
    result = check(named(function, name))
    assert set(result.mistakes) == both
    assert result.hints[0].startswith(
        ("Two mistakes together explain this answer: (1) ", "Sign and factor are both wrong")
    )
    assert not ("both wrong" in result.hints[0] and "right size" in result.hints[0])


def test_factor_that_is_in_no_catalogue_is_told_beside_a_mistake():
    result = check(named(lambda W, d, z: 5 * W.T @ d, "hidden_delta"))
    assert result.mistakes == ("sigma-prime-missing",)
    assert "there is a factor 5 in every number" in result.hints[0]


def test_factor_that_changes_from_try_to_try_is_named():
    doubled = check(named(lambda Z, Y: len(Z) * 4 * EXERCISES["softmax_delta"].reference(Z, Y), "softmax_delta"))
    assert "Every number is 4 · n times the right one" in doubled.hints[0]


def test_mistakes_that_make_up_for_each_other_are_not_named():
    def mean_of_db(w, b, X, y):
        dw, db = EXERCISES["neuron_gradient"].reference(w, b, X, y)
        return dw, db / len(y)

    result = check(named(mean_of_db, "neuron_gradient"))
    assert result.mistakes == ("part-factor",)
    assert result.hints[0].startswith("In db, every number is 1/n times the right one")
    assert result.hints[0].endswith("Right already: dw.")


def test_pairs_that_explain_equally_well_are_all_told():
    result = check(named(lambda w, g, eta, lam, n: -(g + lam / n * np.array(w)), "l2_step"))
    hints = {mistake.id: mistake.hint for mistake in EXERCISES["l2_step"].mistakes}
    assert set(result.mistakes) == {"eta-missing", "eta-missing-in-gradient", "step-only", "gradient-returned"}
    assert result.hints[0].startswith("Several pairs of mistakes give just these numbers. One possibility: ")
    assert result.hints[0].count(" Another possibility: ") == 2
    assert f"{hints['gradient-returned']} And besides, every number has the wrong sign." in result.hints[0]


def test_answer_that_is_not_finite_is_no_pair_of_mistakes():
    result = check(named(lambda a, y, z: np.where(np.arange(len(a)) == 0, np.inf, 7.0), "output_delta"))
    assert result.mistakes == ()
    assert check(named(lambda c, weights, lam, n: np.inf, "l2_cost")).mistakes == ()


def test_two_factors_without_a_name_are_no_explanation():
    result = check(named(lambda W, p: W / (2 * (1 - p)), "evaluation_weights"))
    assert result.mistakes == ("inverted",)
    assert "a factor ½ in every number" in result.hints[0]


def test_gradient_check_tells_what_the_student_would_measure():
    def off_in_one_layer(layers, X, Y):
        (dW, db), *rest = backprop(layers, X, Y)
        return [(1.3 * dW**2, db), *rest]

    told = check(named(off_in_one_layer, "backprop_batch")).hints[0]
    probes = EXERCISES["backprop_batch"].probes(np.random.default_rng([PUBLIC_SEED, 0]))
    measured = max(
        relative_error(
            np.concatenate([part.ravel() for pair in off_in_one_layer(layers, X, Y) for part in pair]),
            np.concatenate([part.ravel() for pair in _differences(layers, X, Y) for part in pair]),
        )
        for layers, X, Y in probes
    )
    assert "Compared with central differences of the cost, your function is off" in told
    assert f" by up to {measured:.1g}, measured by ‖u − v‖ / (‖u‖ + ‖v‖)" in told


def _differences(layers, X, Y):
    return numerical_gradients(lambda moved: np.sum((predict(moved, X) - Y) ** 2) / len(X), layers)


def test_gradient_check_is_not_promised_where_it_finds_nothing():
    def columns(layers, x, y):
        return [(dW, db[:, None]) for dW, db in backprop(layers, x, y)]

    result = check(named(columns, "backprop"))
    assert "central differences" not in result.hints[0]
    assert "∂C/∂b has an axis of length 1 too many" in result.hints[0]


def test_constant_factor_that_nobody_catalogued_is_told():
    result = check(named(lambda a, y, z: 6 * (a - y) * logistic_prime(z), "output_delta"))
    assert result.mistakes == ("part-factor",)
    assert "Every number is 3 times the right one" in result.hints[0]


def test_wrong_layer_is_told_where_no_mistake_fits():
    def scaled_first_layer(layers, x, y):
        (dW, db), *rest = backprop(layers, x, y)
        return [(dW * np.cos(dW), db), *rest]

    result = check(named(scaled_first_layer, "backprop"))
    assert "Nothing is off but ∂C/∂W of layer 1." in result.hints[0]


def test_shapes_are_told_where_an_answer_raised():
    result = check(named(lambda layers, x, y: x @ y, "backprop"))
    assert "It was called with layers (" in result.hints[0]


def test_something_is_said_where_nothing_is_known():
    result = check(named(lambda a, y, z: np.sin(a) + y * z, "output_delta"))
    assert result.mistakes == ()
    assert result.hints[0].startswith("No known mistake gives these numbers.")


def test_two_mistakes_are_not_named_where_they_explain_only_some_probes():
    def ends_reversed(layers, x, y):
        gradients = backprop(layers, x, y)
        return [gradients[-1], *gradients[:-1]][: len(layers) // 2 + 1]

    result = check(named(ends_reversed, "backprop"))
    assert result.mistakes == ()
    assert "has 2 parts, but" in str(result)


def test_weights_are_not_blamed_for_a_wrong_cost():
    def triple_costs(*args):
        layers, costs = EXERCISES["train"].reference(*args)
        return layers, [3 * cost for cost in costs]

    result = check(named(triple_costs, "train"))
    assert all("the cost after the first epoch" in row.message for row in result.requirements[:2])
    assert "In the cost, every number is 3 times the right one" in result.hints[0]


def test_failure_in_the_same_words_is_named_where_the_mistake_says_so():
    assert check(named(lambda z: np.max(0, z), "relu")).mistakes == ("largest-along-axis",)
    assert check(named(lambda z: np.concatenate((z[:, None], [z])), "relu")).mistakes == ()


def test_failure_in_other_words_is_not_named():
    def fails(W, b):
        raise ValueError("all the input arrays must have something else")

    assert check(named(fails, "fold_bias")).mistakes == ()


def test_index_past_the_end_of_a_list_is_told():
    result = check(named(lambda layers, x: layers[len(layers)], "forward"))
    assert result.hints[0].startswith("An index runs past the end of a list")


def test_shapes_in_a_list_of_pairs_are_told_where_values_are_left_to_chance():
    def doubled(layers):
        return [(W @ W @ W.T @ W, b) for W, b in layers]

    result = check(named(doubled, "pad_layers"))
    assert "It was called with layers (" in result.hints[0]


def test_word_in_place_of_a_number_is_told_apart():
    assert "enter a number" in recall("1.4", "4").message
    assert not recall("1.4", "4").passed


@pytest.mark.parametrize("given", [[8, -5, 3], (6,), np.array([6.0])])
def test_several_numbers_in_place_of_one_are_told_apart(given):
    assert "enter a single answer" in recall("1.1", given).message


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("output_delta", lambda a, y, z: (a - y) ^ 2, "Use ** instead"),
        ("output_delta", lambda a, y, z: z(a - y), "Did you forget a *"),
        ("output_delta", lambda a, y, z: a if a > y else y, "`if` needs a single True or False"),
        ("output_delta", lambda a, y, z: math.exp(z), "a function that takes one"),
        ("output_delta", lambda a, y, z: -list(z), "Convert it to an array"),
        ("output_delta", lambda a, y, z: list(z) - list(y), "Convert it to an array"),
        ("output_delta", lambda a, y, z: z[a], "An index is a whole number"),
        ("output_delta", lambda a, y, z: a.sum(axis=1), "There is no such axis"),
        ("output_delta", lambda a, y, z: np.exp(print()), "Something is None"),
        ("output_delta", lambda a, y, z: {}["z"], "no entry with the key 'z'"),
    ],
)
def test_words_of_an_exception_are_explained(name, function, words):
    result = check(named(function, name))
    assert result.mistakes == ()
    assert words in result.hints[0]
    assert "these numbers" not in result.hints[0]


def test_what_is_left_is_pointed_to_where_the_numbers_are_right():
    def upside_down(layers, x, y):
        return [(dW[::-1][::-1], db[:, None]) for dW, db in backprop(layers, x, y)]

    result = check(named(upside_down, "backprop"))
    assert result.mistakes == ()
    assert result.hints[0].startswith("The numbers are right. ∂C/∂b has an axis of length 1 too many")


def test_part_of_another_size_does_not_count_as_right():
    def per_example(w, b, X, y):
        dw, db = EXERCISES["neuron_gradient"].reference(w, b, X, y)
        return dw[:2], 1.1 * db

    hint = check(named(per_example, "neuron_gradient")).hints[0]
    assert "In db, every number is 1.1 times the right one" in hint
    assert "Off in another way: dw." in hint


def _pair(*mistakes):
    return Pair(mistakes, Mistake("both", None, ""))


ONE, *OTHERS = (Mistake(name, None, f"Hint {name}.") for name in "abcdef")


def test_what_several_pairs_share_is_said_first_and_the_rest_as_possibilities():
    naming = _of_two([_pair(ONE, other) for other in OTHERS[:2]])
    assert naming.mistakes == ("a", "b", "c")
    told = "One is this: Hint a. The other one could be this: Hint b. Another possibility: Hint c."
    assert naming.hints == (f"Two mistakes together explain this answer. {told}",)


def test_of_many_pairs_only_what_they_share_is_named():
    naming = _of_two([_pair(ONE, other) for other in OTHERS])
    assert naming.mistakes == ("a",)
    assert "Hint a. The other one could be any of several" in naming.hints[0]
    assert "Hint b" not in naming.hints[0]


def test_of_many_pairs_that_share_nothing_none_is_named():
    assert _of_two([_pair(ONE, OTHERS[0]), *(_pair(OTHERS[1], other) for other in OTHERS[2:])]) is None
