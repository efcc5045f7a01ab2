"""Words come last: every kind of problem has its own, and nothing depends on them."""

import numpy as np
import pytest

from autograder import examination
from autograder.check import check
from autograder.checking import words
from autograder.checking.call import Failure
from autograder.checking.problem import Kind, Problem, said
from autograder.checking.words import sentence_of
from nblib.activations import logistic_prime
from tests.conftest import named

PROBLEM = {"actual": "ab", "expected": 3, "failure": Failure("ValueError", "no"), "sentence": "an own sentence."}


def test_every_kind_has_a_sentence_of_its_own():
    sentences = {sentence_of(Problem(kind, "the part", **PROBLEM)) for kind in Kind if kind is not Kind.SHAPE}
    sentences.add(sentence_of(Problem(Kind.SHAPE, "the part", (3, 1), (3,))))
    assert len(sentences) == len(Kind)
    assert all(sentence.endswith((".", "?")) for sentence in sentences)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (said("rows came back that are not in X."), "rows came back that are not in X."),
        (
            Problem(Kind.SHAPE, "z", (3, 1), (), tries=(2, 4)),
            "for 2 of 4 inputs, z has shape (3, 1), but a single number is expected.",
        ),
        (Problem(Kind.PART_COUNT, "the result", 1, 2), "the result has 1 part, but 2 are expected."),
        (Problem(Kind.VALUES, "z", 1, 4), "1 of the 4 values of z is wrong."),
        (Problem(Kind.VALUES, "z", 2, 4), "2 of the 4 values of z are wrong."),
        (Problem(Kind.VALUES, "z", 1, 1), "the value of z is wrong."),
        (Problem(Kind.CHANGED, actual=("a",)), "it changed a, which belongs to the caller: build a new one."),
        (Problem(Kind.CHANGED, actual=("a", "b")), "it changed a and b, which belong to the caller: build new ones."),
        (Problem(Kind.NOT_NUMBERS, "z", "None", (2,)), "z is None, but numbers are expected: shape (2,)."),
    ],
)
def test_a_problem_is_put_into_words(problem, sentence):
    assert sentence_of(problem) == sentence


def _changes_its_input(a, y, z):
    a -= y
    return 2 * a * logistic_prime(z)


WRONG = {
    "known mistake": ("output_delta", lambda a, y, z: 2 * (y - a) * logistic_prime(z)),
    "two mistakes": ("output_delta", lambda a, y, z: y - a),
    "other numbers": ("output_delta", lambda a, y, z: np.sin(a) + y * z),
    "column": ("output_delta", lambda a, y, z: (2 * (a - y) * logistic_prime(z))[:, None]),
    "another shape": ("weighted_input", lambda w, a, b: np.outer(w, a) + b),
    "changed input": ("output_delta", _changes_its_input),
    "exception": ("output_delta", lambda a, y, z: a + y[:1, None] @ z),
    "index": ("forward", lambda layers, x: layers[len(layers)]),
    "refuses lists": ("step", lambda z, k=0.0: (z >= k) * 1.0),
    "no pairs": ("minibatches", lambda X, Y, batch_size, rng: [X]),
    "one array": ("dropout", lambda a, p_drop, rng: a),
    "images only": ("augment", lambda X, Y, copies, rng, **more: X),
    "masks": ("split", lambda n, fractions, rng: [np.ones(n, dtype=bool) for _ in fractions]),
}


def _findings(name, function):
    examination.forget_wrong_answers()
    reports = [check(named(function, name)).report for _ in range(2)]
    problems = [verdict.problem for report in reports for verdict in report.requirements]
    return reports, problems


@pytest.mark.parametrize("kind", WRONG)
def test_nothing_depends_on_the_words(kind, monkeypatch):
    """Who translates the sentences changes neither points, nor what is recognised, nor which case is shown."""
    reports, problems = _findings(*WRONG[kind])
    for each in Kind:
        monkeypatch.setitem(words._SENTENCES, each, lambda problem: "…")
    others, other_problems = _findings(*WRONG[kind])
    assert any(problems) and other_problems == problems
    for report, other in zip(reports, others, strict=True):
        assert (other.score, other.mistakes) == (report.score, report.mistakes)
        assert other.hints == report.hints
        assert other.case == report.case


def test_the_same_exception_is_written_out_once_whatever_its_words():
    def logistic(z):
        raise ValueError("it raised something: is expected")

    result = str(check(logistic))
    assert result.count("ValueError: it raised something") == 1
    assert result.count("it raised the same.") == 4
