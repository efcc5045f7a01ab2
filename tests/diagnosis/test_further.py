"""What a second identical wrong answer hears beyond the first hint."""

import numpy as np
import pytest

from autograder import examination
from autograder.check import check, grade
from nblib.activations import logistic, logistic_prime
from tests.conftest import named


def sign(a, y, z):
    return 2 * (y - a) * logistic_prime(z)


@pytest.fixture(autouse=True)
def _fresh_session(monkeypatch):
    monkeypatch.setattr(examination, "_last_wrong", {})


def _second(function):
    """Return what the second check says that the first one did not."""
    first, second = check(function), check(function)
    added = [hint for hint in second.hints if hint not in first.hints]
    assert set(first.hints) < set(second.hints) and len(added) == 1
    return added[0]


def test_second_identical_answer_goes_one_step_further_and_says_so_first():
    first, second = check(named(sign, "output_delta")), check(named(sign, "output_delta"))
    assert len(first.hints) == 1
    assert second.hints[0].startswith("The same answer again, so one step further:")
    assert second.hints[1:] == first.hints
    assert second.hints[0] in str(second).split("Details")[0]


def test_intermediate_values_are_named_to_be_printed():
    def output_delta(a, y, z):
        error = y - a
        slope = logistic_prime(z)
        return 2 * error * slope

    assert "print error and slope as soon as each is computed" in _second(output_delta)


def test_part_that_is_wrong_is_named_to_be_followed_back():
    def layer_gradients(delta, a_prev):
        dW = np.outer(delta, a_prev)
        return dW, delta / 2

    told = _second(layer_gradients)
    assert "print dW as soon" in told and "Follow db back." in told


def test_another_wrong_answer_starts_anew():
    check(named(sign, "output_delta"))
    assert len(check(named(lambda a, y, z: a - y, "output_delta")).hints) == 1


def test_changed_input_is_named_to_be_watched():
    def output_delta(a, y, z):
        a -= y
        return 2 * a * logistic_prime(z)

    assert "print a before and after a call" in _second(output_delta)


def test_wrong_shape_is_followed_from_line_to_line():
    def output_delta(a, y, z):
        delta = 2 * (a - y) * logistic_prime(z)
        return delta[:, None]

    told = _second(output_delta)
    assert "print delta" in told and "shape no longer the one you expect" in told


def test_same_error_twice_hears_what_to_print_at_the_line_that_stops():
    def layer_gradients(delta, a_prev):
        return delta[len(delta)] * a_prev, delta

    told = _second(layer_gradients)
    assert "print the shapes of delta and a_prev just before your line “return delta[len(delta)] * a_prev" in told


def test_grade_does_not_go_further():
    grade(named(sign, "output_delta"))
    assert len(grade(named(sign, "output_delta")).hints) == 1


def test_no_number_is_told_in_what_goes_further():
    assert not any(character.isdigit() for character in _second(named(sign, "output_delta")))


def test_correcting_one_edge_case_of_two_starts_anew():
    def strict_and_no_number(z, k=0.0):
        return np.array([value > k for value in z.ravel()]).reshape(z.shape) * 1.0

    def no_number(z, k=0.0):
        return np.array([value >= k for value in z.ravel()]).reshape(z.shape) * 1.0

    check(named(strict_and_no_number, "step"))
    assert len(check(named(no_number, "step")).hints) == 1


DELTA = """
def delta_by_perturbation(layers, x, y, h=1e-5):
    from nblib.network import forward
    zs, _ = forward(layers, x)
    out = []
    for level, z in enumerate(zs, 1):
        pairs = [(z + e, z) for e in h * np.eye(len(z))]
        costs = [[cost_from(layers, level, moved, y) for moved in pair] for pair in pairs]
        out.append(np.array([(above - below) / (2 * h) for above, below in costs]))
    return out
"""
COST_FROM = """
def cost_from(layers, level, z, y):
    a = logistic(z)
    for W, b in layers[level:]:
        a = logistic(W @ a + b)
    return np.sum((y - a) ** 2)
"""


def test_an_answer_is_not_the_same_again_once_something_that_it_calls_is_corrected():
    names = {"np": np, "logistic": logistic}

    def run(source):
        exec(compile(source, "<cell>", "exec"), names)
        return check(names["delta_by_perturbation"]).hints

    run(DELTA + COST_FROM.replace("logistic(z)", "z"))
    hints = run(DELTA + COST_FROM)
    assert len(hints) == 1 and "same answer again" not in hints[0]
    again = run(DELTA + COST_FROM)
    assert again[0].startswith("The same answer again") and again[1:] == hints
    assert "print zs, out, " in again[0]  # a function that was imported is not worth printing
