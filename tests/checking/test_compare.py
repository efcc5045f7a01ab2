"""Which values count as wrong, in the precision that an answer was computed in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.check import check
from autograder.checking.compare import close, tolerance_of, value_differences, wrong_values
from autograder.checking.problem import Kind, Problem
from nblib.activations import logistic_prime
from tests.conftest import named


@given(st.sets(st.integers(0, 11), min_size=1), st.sampled_from([np.float32, np.float64]))
def test_just_the_wrong_values_are_counted_in_either_precision(wrong, dtype):
    right = np.linspace(0.1, 1.3, 12).reshape(3, 4) / 3
    answer = right.astype(dtype)
    answer.ravel()[sorted(wrong)] += 0.5
    expected = Problem(Kind.VALUES, "the part", len(wrong), 12)
    assert value_differences(answer, right, lambda path: "the part") == [expected]
    assert np.flatnonzero(wrong_values(answer, right, tolerance_of(answer))).tolist() == sorted(wrong)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_is_no_difference(dtype):
    right = np.linspace(0.1, 1.3, 12) / 3
    assert close(right.astype(dtype), right, tolerance_of(right.astype(dtype)))
    assert value_differences(right.astype(dtype), right, lambda path: "the part") == []


def test_a_small_value_among_large_ones_may_be_off_by_rounding_and_no_more():
    assert wrong_values([1e6, 1e-5], [1e6, 0.0]).tolist() == [False, False]
    assert wrong_values([1e6, 1.0], [1e6, 0.0]).tolist() == [False, True]


def test_one_wrong_number_of_a_float32_answer_is_told_as_one_and_is_the_one_that_is_shown():
    def output_delta(a, y, z):
        delta = (2 * (a - y) * logistic_prime(z)).astype(np.float32)
        delta[1] += 0.25
        return delta

    report = check(output_delta).report
    assert "1 of the 5 values" in report.requirements[0].message
    got, expected = np.array(report.case.got.numbers), np.array(report.case.expected.numbers)
    assert np.flatnonzero(np.abs(got - expected) > 0.1).tolist() == [1]


def test_only_the_wrong_part_of_a_float32_answer_is_named():
    def layer_gradients(delta, a_prev):
        return np.outer(delta, a_prev).astype(np.float32), np.cos(delta).astype(np.float32)

    (hint, *_) = check(named(layer_gradients, "layer_gradients")).hints
    assert "the right db doubles; yours doesn't" in hint
    assert hint.startswith("dW is right. Only db is off")
