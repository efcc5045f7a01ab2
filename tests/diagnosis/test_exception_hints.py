"""What the words of an exception are said to mean."""

import math

import numpy as np
import pytest

from autograder.checking.call import call
from autograder.diagnosis.exception_hints import meaning_of

PAIR = (np.ones((2, 2)), np.ones(2))


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda: PAIR @ np.ones(2), "a pair such as (W, b)"),
        (lambda: PAIR - 1, "a pair, such as (W, b)"),
        (lambda: PAIR.T, "a pair, such as (W, b)"),
        (lambda: [1.0, 2.0].shape, "Convert it to an array"),
        (lambda: -[1.0, 2.0], "Convert it to an array"),
        (lambda: 1 / (1 - 1), "A denominator was 0"),
        (lambda: math.log(0.0), "the logarithm of 0"),
        (lambda: math.exp(1000), "too large for a float"),
        (lambda: [1.0][1], "past the end of a list"),
        (lambda: np.random.default_rng(0).randn(2), "has no randn"),
    ],
)
def test_exception_is_said_in_the_words_of_formulas(function, words):
    assert words in meaning_of(call(function, ()).failure)


def test_an_exception_whose_words_say_it_all_gets_no_second_sentence():
    def own():
        raise ValueError("eta has to be positive")

    assert meaning_of(call(own, ()).failure) is None
