"""The failing case that is shown: small, wrong for the answer that was given, and never one that is graded."""

import re

import numpy as np
import pytest

from autograder.check import check, grade
from autograder.checking.failing_case import Array
from autograder.exercises import EXERCISES
from autograder.sandbox.link import Link
from nblib.activations import logistic_prime
from nblib.backprop import backprop
from tests.conftest import named


def _value(data):
    """Read a value of a case back into arrays."""
    if isinstance(data, Array):
        return np.array(data.numbers)
    return [_value(each) for each in data] if isinstance(data, tuple) else data


def _case(function, name=None):
    return check(named(function, name) if name else function).report.case


WRONG = {
    "output_delta": lambda a, y, z: 2 * (y - a) * logistic_prime(z),
    "hidden_delta": lambda W, delta, z: W.T @ delta,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
    "layer_weighted_inputs": lambda W, a, b: W.T @ a + b,
    "relative_error": lambda u, v: np.linalg.norm(u - v) / np.linalg.norm(u),
    "quadratic_cost": lambda A, Y: np.sum((A - Y) ** 2),
}


@pytest.mark.parametrize("name", WRONG)
def test_case_is_wrong_as_it_says_and_small(name):
    case = _case(WRONG[name], name)
    args = [_value(value) for _, value in case.arguments]
    got, right = WRONG[name](*args), EXERCISES[name].reference(*args)
    assert np.allclose(got, _value(case.got)) and np.allclose(right, _value(case.expected))
    assert not np.allclose(got, right)
    assert max(np.size(arg) for arg in args) <= 4


def test_network_is_cut_down_as_a_whole():
    case = _case(lambda layers, x, y: [(dW / 2, db / 2) for dW, db in backprop(layers, x, y)], "backprop")
    layers, x, y = (_value(value) for _, value in case.arguments)
    assert case.in_full and len(x) == len(y) == 2
    (dW, _), *_ = backprop([(W, b) for W, b in layers], x, y)
    assert case.place == "∂C/∂W of layer 1"
    assert np.allclose(_value(case.expected), dW) and np.allclose(_value(case.got), dW / 2)


def test_fault_that_needs_a_wide_layer_keeps_it_and_shows_one_entry():
    def right_up_to_four(z):
        z = np.asarray(z, dtype=float)
        result = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
        return np.where(np.arange(z.shape[-1]) < 3, result, 0.0) if z.ndim else result

    case = _case(right_up_to_four, "softmax")
    (_, z), *_ = case.arguments
    assert z.shape[-1] > 3
    if case.entry:
        assert case.entry[-1] >= 3 and case.got == 0.0


def test_distributions_stay_distributions():
    case = _case(lambda p, q: -np.sum(p * np.log(q)), "cross_entropy_bits")
    for _, value in case.arguments:
        assert np.isclose(np.sum(_value(value)), 1)


def test_shapes_alone_are_shown_where_the_numbers_are_right():
    case = _case(lambda a, y, z: (2 * (a - y) * logistic_prime(z))[:, None], "output_delta")
    assert (case.got.numbers, case.expected.numbers) == (None, None)
    assert case.got.shape == (*case.expected.shape, 1)


def test_exception_is_shown_with_its_input_and_the_right_answer():
    def output_delta(a, y, z):
        return a + undefined  # noqa: F821 (this is the mistake)

    case = _case(output_delta)
    assert case.failure.kind == "NameError" and case.failure.line.startswith("return a + undefined")
    args = [_value(value) for _, value in case.arguments]
    assert np.allclose(_value(case.expected), EXERCISES["output_delta"].reference(*args))


def test_where_most_is_right_the_case_shows_the_edge_that_is_not():
    case = _case(lambda z, k=0.0: np.where(np.asarray(z) > k, 1.0, 0.0), "step")
    (_, z), *_ = case.arguments
    assert (_value(case.got), _value(case.expected)) in (([0.0], [1.0]), (0.0, 1.0)) and np.ravel(_value(z)) == [0]


def test_word_is_shown_beside_the_right_one():
    case = _case(lambda costs: "falls", "judge_eta")
    assert case.got == "falls" and case.expected in ("too high", "too low", "just right")


def test_answers_left_to_chance_have_no_case_but_where_they_stop():
    assert _case(lambda a, p_drop, rng: a, "dropout") is None
    assert _case(lambda a, p_drop, rng: a[len(a)], "dropout").failure.kind == "IndexError"


@pytest.mark.parametrize("execution", ["autograde", "validate"])
def test_no_case_where_points_are_given(execution, monkeypatch):
    wrong = named(WRONG["output_delta"], "output_delta")
    assert grade(wrong).report.case is None
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert check(wrong).report.case is None
    assert not re.search(r"\d\.\d{3}", check(wrong)._repr_html_())


def test_no_case_for_a_check_in_a_sandbox():
    link = Link.__new__(Link)
    link._results = []
    link._check(named(WRONG["output_delta"], "output_delta"))
    assert link._results[0].report.case is None
