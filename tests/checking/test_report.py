"""A report is data: it can be sent to another process, and says there what it says here."""

import dataclasses

import numpy as np
import pytest

from autograder.check import check, grade
from autograder.checking.problem import Kind
from autograder.checking.report import Report
from autograder.checking.result import Result
from autograder.sandbox.channel import pack, unpack
from autograder.sandbox.codec import Decoder, Encoder
from nblib.activations import logistic_prime
from tests.conftest import named


def _column(a, y, z):
    return (2 * (a - y) * logistic_prime(z))[:, None]


def _product(a, y):
    return np.ones((2, 50)) @ (a - y)


def output_delta(a, y, z):
    """Call a function that stops."""
    return _product(a, y) * z


ANSWERS = {
    "right": ("output_delta", lambda a, y, z: 2 * (a - y) * logistic_prime(z)),
    "column": ("output_delta", _column),
    "raises": ("output_delta", lambda a, y, z: a + undefined),  # noqa: F821 (this is the mistake)
    "raises in a helper": ("output_delta", output_delta),
    "arguments": ("output_delta", lambda: None),
    "parts": ("layer_gradients", lambda delta, a_prev: np.outer(delta, a_prev)),
    "word": ("judge_eta", lambda costs: costs),
    "own words": ("minibatches", lambda X, Y, batch_size, rng: [(X, Y)]),
    "not written": ("output_delta", lambda a, y, z: None),
    "no exercise": ("nothing", lambda: None),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_report_says_the_same_in_another_process(answer):
    name, function = ANSWERS[answer]
    report = check(function if function.__name__ == name else named(function, name)).report
    form, _ = unpack(pack(Encoder().value(report.as_data())))
    arrived = Report.from_data(Decoder().value(form))
    assert arrived == report
    assert str(Result(lambda: arrived)) == str(Result(lambda: report))


def test_an_exception_in_a_helper_is_shown_with_both_lines():
    said = str(check(output_delta))
    assert "(at your line: return _product(a, y) * z – in _product: return np.ones((2, 50)) @ (a - y))" in said


def test_a_report_cannot_be_changed():
    report = check(named(_column, "output_delta")).report
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.requirements[0].earned = 2.0


@pytest.mark.parametrize("judge", [check, grade])
def test_each_requirement_says_what_it_is_worth_and_why_it_is_not_met(judge):
    values, shape, unchanged = judge(named(_column, "output_delta")).requirements
    assert (values.name, values.points, values.earned, values.met, values.problem) == ("values", 1.5, 1.5, True, None)
    assert (shape.name, shape.points, shape.earned, shape.met) == ("shape", 0.25, 0.0, False)
    assert shape.problem.kind is Kind.SHAPE
    assert shape.problem.actual == (*shape.problem.expected, 1)
    assert "is expected" in shape.message and values.message == ""
    assert unchanged.met
