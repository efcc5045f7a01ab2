"""Factors by which numbers are off, and what they are called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.diagnosis.factors import factor_in_words, factors_between

NAMES = ["eta", "lam", "X"]
PROBES = [(0.5, 3.0, np.zeros((4, 2))), (0.25, 7.0, np.zeros((6, 2))), (0.8, 2.0, np.zeros((9, 2)))]
NUMBER = st.floats(0.01, 100)


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ([0.5, 0.5, 0.5], "½"),
        ([-2.0, -2.0, -2.0], "−2"),
        ([1.443, 1.443, 1.443], "1.443"),
        ([4.0, 6.0, 9.0], "n"),
        ([1 / 4, 1 / 6, 1 / 9], "1/n"),
        ([-1.0, -0.5, -1.6], "−2 · η"),
        ([1 / 6, 1 / 14, 1 / 4], "½ · 1/λ"),
        ([None, 6.0, 9.0], "n"),
        ([None, None, 9.0], None),
        ([3.1, 1.7, 8.5], None),
    ],
)
def test_factor_is_named_in_the_words_of_the_exercise(factors, words):
    assert factor_in_words(factors, PROBES, NAMES) == words


@given(st.lists(st.tuples(NUMBER, st.lists(NUMBER, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_factor_of_each_probe_is_found(probes):
    others = [np.array(numbers) for _, numbers in probes]
    numbers = [-factor * vector for (factor, _), vector in zip(probes, others, strict=True)]
    np.testing.assert_allclose(factors_between(numbers, others), [-factor for factor, _ in probes], rtol=1e-9)


def test_probe_with_nothing_but_zeros_tells_no_factor():
    assert factors_between([np.zeros(2), np.array([2.0])], [np.zeros(2), np.array([1.0])]) == [None, 2.0]


@pytest.mark.parametrize("numbers", [[2.0, 5.0], [2.0], [0.0, 0.0], [np.inf, 4.0], [np.nan, 4.0]])
def test_what_is_no_multiple_has_no_factor(numbers):
    assert factors_between([np.array(numbers)], [np.array([1.0, 2.0])]) is None
