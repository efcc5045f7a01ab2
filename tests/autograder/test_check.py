"""What a student sees of check and grade, whatever is handed to them."""

import functools
import html
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder import examination
from autograder.check import check, grade
from autograder.exercises import EXERCISES
from nblib.activations import logistic, logistic_prime
from nblib.backprop import backprop
from tests.conftest import named


def as_function(source, name="output_delta"):
    scope = {"np": np, "logistic_prime": logistic_prime}
    exec(compile(source, "<student>", "exec"), scope)
    return scope[name]


RIGHT = "def output_delta(a, y, z):\n    return 2 * (a - y) * logistic_prime(z)\n"
SIGN = RIGHT.replace("a - y", "y - a")


def test_right_answer():
    result = check(as_function(RIGHT))
    assert (result.name, result.points, result.score, result.passed) == ("output_delta", 2, 2.0, True)
    assert (result.mistakes, result.hints) == ((), ())
    assert str(result).splitlines()[0] == "✔ output_delta: 2 of 2 points"


def test_grade_is_a_plain_float_in_text_and_a_report_in_html():
    result = grade(as_function(SIGN))
    assert repr(result) == "0.0"
    assert repr(grade(as_function(RIGHT))) == "2.0"
    assert "wrong sign" in result._repr_html_()
    assert float(result) == result.score


def test_in_grading_a_check_waits_until_somebody_looks_and_a_grade_does_not(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    calls = []

    def counted(a, y, z):
        calls.append(a)
        return 2 * (a - y) * logistic_prime(z)

    result = check(named(counted, "output_delta"))
    assert calls == []
    assert result.passed and calls
    calls.clear()
    grade(named(counted, "output_delta"))
    assert calls


TRIED = {
    "right": (RIGHT, True),
    "wrong": (SIGN, False),
    "of the wrong shape": (RIGHT.replace("z)\n", "z)[:, None]\n"), False),
    "not written": ("def output_delta(a, y, z):\n    raise NotImplementedError", False),
    "returns nothing": ("def output_delta(a, y, z):\n    pass", False),
    "raises": ("def output_delta(a, y, z):\n    return a @ 3", False),
    "not a function": ("output_delta = 3", False),
    "no exercise": ("def output_delta(): pass\noutput_delta.__name__ = 'something'", False),
}


@pytest.mark.parametrize("kind", TRIED)
def test_asked_only_whether_it_has_passed_a_check_says_so_without_naming_a_mistake(kind, monkeypatch):
    source, passed = TRIED[kind]
    function = as_function(source)
    assert check(function).passed is passed
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(examination, "recognise", None)  # calling it would raise
    assert check(function).passed is passed


@pytest.mark.parametrize("source", [RIGHT, SIGN, "def output_delta(a, y, z):\n    return (2 * (a - y))[:, None]\n"])
def test_text_and_html_say_the_same(source):
    result = check(as_function(source))
    without_tags = html.unescape(re.sub(r"<[^>]+>", " ", result._repr_html_()))
    assert re.sub(r"\s+", "", without_tags) == re.sub(r"\s+", "", str(result))


def test_report_names_the_mistake_and_the_equation_and_in_grading_no_right_number():
    told = str(check(as_function(SIGN)))
    assert "wrong sign" in told
    assert "δ^L = ∂C/∂a^L" in told
    assert "Traceback" not in told
    # Only points, counts and the equation's small integers may stand where the points are given.
    assert not re.search(r"\d\.\d{3,}", grade(as_function(SIGN))._repr_html_())


def test_a_stub_is_not_told_the_equation_that_it_may_be_meant_to_remember():
    told = str(check(as_function("def output_delta(a, y, z):\n    ...\n")))
    assert "returns nothing yet" in told and "Equation" not in told


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("output_delta", "A function is needed, not the str"),
        (3.0, "A function is needed, not the float"),
        (None, "A function is needed, not the NoneType"),
        (float, "A function is needed"),
        (np.sum, "There is no exercise called 'sum'"),
        (lambda a, y, z: a, "write it with def"),
        (functools.partial(check), "not an object of type partial"),
        (type("Neuron", (), {"__call__": lambda self, z: z})(), "not an object of type Neuron"),
    ],
)
@pytest.mark.parametrize("judge", [check, grade])
def test_what_is_no_exercise_gets_one_sentence(value, words, judge):
    result = judge(value)
    assert (result.passed, result.score) == (False, 0.0)
    assert len(result.hints) == 1
    assert words in result.hints[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise NotImplementedError()", "is not written yet"),
        ("pass", "returns nothing yet"),
        ("print(a)", "prints its result, where a return is needed"),
        ("return a + undefined", "NameError: name 'undefined' is not defined"),
        ("return 'abc'", "is of type str, but numbers are expected"),
        ("return [[1], [1, 2]]", "rows of different lengths"),
        ("return np.full(len(a), np.nan)", "holds nan"),
        ("return a[:-1]", "for 4 of 4 inputs, the result has the wrong shape, as in the case above."),
        ("raise SystemExit", "it raised SystemExit"),
    ],
)
def test_answers_that_are_no_numbers_get_a_sentence(body, words):
    result = check(as_function(f"def output_delta(a, y, z):\n    {body}\n"))
    assert result.score == 0
    assert words in str(result)


def test_wrong_number_of_arguments_shows_the_right_call():
    told = str(check(as_function("def output_delta(a, y):\n    return a\n")))
    assert "it is called as output_delta(a, y, z)" in told


def test_column_in_place_of_a_vector_keeps_the_points_for_values():
    result = check(as_function(RIGHT.replace("(z)", "(z)[:]").replace("return ", "return np.transpose([") + "])"))
    assert [r.name for r in result.requirements if not r.met] == ["shape"]
    assert result.score == 1.75


def test_input_that_was_changed_is_named():
    source = "def output_delta(a, y, z):\n    a -= y\n    return 2 * a * logistic_prime(z)\n"
    result = check(as_function(source))
    assert result.score == 1.75
    assert "it changed a, which belongs to the caller" in str(result)


def test_endless_function_is_stopped(monkeypatch):
    monkeypatch.setitem(EXERCISES, "output_delta", replace(EXERCISES["output_delta"], seconds=0.2))
    told = str(check(as_function("def output_delta(a, y, z):\n    while True:\n        pass\n")))
    assert "it was stopped after 0.2 seconds" in told


def test_endless_generator_is_stopped():
    source = "def minibatches(X, Y, batch_size, rng):\n    while True:\n        yield X, Y\n"
    assert "did not end after" in str(check(as_function(source, "minibatches")))


def test_prints_and_warnings_stay_inside(capfd):
    source = (
        "def output_delta(a, y, z):\n    print('noise')\n    np.log(np.zeros(1))\n"
        "    return 2 * (a - y) * logistic_prime(z)\n"
    )
    assert check(as_function(source)).passed
    assert capfd.readouterr() == ("", "")


def test_loop_over_examples_costs_one_point_only():
    def loop_over_examples(layers, X, Y):
        each = [backprop(layers, x, y) for x, y in zip(X, Y, strict=True)]
        return [tuple(sum(parts) / len(X) for parts in zip(*pairs, strict=True)) for pairs in zip(*each, strict=True)]

    result = grade(named(loop_over_examples, "backprop_batch"))
    assert result.score == 3
    assert [r.name for r in result.requirements if not r.met] == ["the whole batch at once"]


def test_unknown_mistake_is_told_where_it_is():
    source = (
        "from nblib.backprop import backprop as right\n"
        "def backprop(layers, x, y):\n    (dW, db), *rest = right(layers, x, y)\n    return [(1.01 * dW, db), *rest]\n"
    )
    result = check(as_function(source, "backprop"))
    assert result.mistakes == ()
    assert "∂C/∂W of layer 1" in result.hints[0]


def test_validate_of_nbgrader_reads_points_from_check(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert repr(check(as_function(SIGN))) == "0.0"


def test_list_that_outlives_the_call_is_told():
    def forward(layers, x, zs=[], activations=[]):  # noqa: B006 (this is the mistake)
        activations.append(x)
        for W, b in layers:
            zs.append(W @ activations[-1] + b)
            activations.append(logistic(zs[-1]))
        return zs, activations

    result = check(forward)
    assert result.mistakes == ()
    assert "outlives the call" in result.hints[0]


def test_wrong_answer_that_is_the_same_each_time_is_not_said_to_outlive_the_call():
    result = check(named(lambda z: 0.3 + 0 * np.asarray(z), "logistic"))
    assert not any("outlives" in hint for hint in result.hints)


def test_same_error_is_written_out_once():
    def logistic(z):
        raise ValueError("no good")

    told = str(check(logistic))
    assert told.count("ValueError: no good") == 1
    assert "it raised the same." in told


def test_function_that_raises_now_and_then_gets_a_report():
    calls = []

    def augment(X, Y, copies, rng, shape=(8, 8)):
        calls.append(copies)
        if len(calls) % 3 == 0:
            raise ValueError("every third call")
        return EXERCISES["augment"].reference(X, Y, copies, rng, shape)

    assert "it raised ValueError: every third call" in str(check(augment))
