"""Words come last: every kind of problem has its own, and nothing depends on them."""

import html

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import examination
from autograder.check import check
from autograder.checking import words
from autograder.checking.call import Failure
from autograder.checking.case_words import value_words
from autograder.checking.failing_case import Array, FailingCase, Opaque
from autograder.checking.problem import Kind, Problem, said
from autograder.checking.report import Report, Verdict
from autograder.checking.words import as_html, as_text, sentence_of, visible_text
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
        (said("some rows are not in X."), "some rows are not in X."),
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
    "refuses numbers": ("step", lambda z, k=0.0: np.array([value >= k for value in z.ravel()]).reshape(z.shape) * 1.0),
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


def _report(**changes):
    data = {
        "name": "forward",
        "points": 3.0,
        "requirements": (Verdict("values", 3.0, 0.0, Problem(Kind.RETURN_MISSING)),),
    }
    return Report(**(data | changes))


def test_what_to_do_comes_first_then_the_case_then_the_requirements_then_the_equation():
    case = FailingCase((("z", Array((2,), (0.5, 1.0))),), 3.0, 4.0, "z of layer 1", (0, 2))
    told = as_text(_report(hints=("Look at the sum.",), case=case, equation="z = W a + b"))
    assert told.splitlines() == [
        "✘ forward: 0 of 3 points",
        "  → Look at the sum.",
        "  Details",
        "    One failing case:",
        "      z = [0.5, 1]",
        "      z of layer 1, entry [0, 2]:",
        "      yours: 3",
        "      right: 4",
        "    ✘ values (3): it returned None: a return is missing.",
        "    Equation: z = W a + b",
    ]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 25), min_size=1, max_size=8), min_size=1, max_size=3))
def test_at_most_sixty_words_are_seen_at_once_and_none_is_lost(lengths):
    hints = [" ".join(" ".join(["Word", *["word"] * (count - 1)]) + "." for count in hint) for hint in lengths]
    report = _report(hints=tuple(hints))
    assert len(visible_text(report).split()) <= 60
    assert visible_text(report).splitlines()[1] in as_text(report)
    assert as_text(report).lower().count("word") == sum(map(sum, lengths))


def test_a_hint_about_two_mistakes_is_cut_between_them_and_no_sentence_stands_alone():
    one, other = "word " * 30 + "end. The rest of it.", "word " * 15 + "end. Return the fraction that is."
    lines = as_text(_report(hints=(f"Two mistakes together: (1) {one} (2) {other}",))).splitlines()
    assert lines[1].endswith("The rest of it.")
    assert lines[3].strip().startswith("(2) word") and lines[3].endswith("Return the fraction that is.")


def test_a_long_hint_about_one_mistake_shows_where_it_goes_on():
    lines = as_text(_report(hints=("Word " * 40 + "end. " + "Word " * 40 + "end.",))).splitlines()
    assert lines[3].strip().startswith("… Word")


def test_folded_is_what_is_not_seen_at_once():
    report = check(named(lambda a, y, z: y - a, "output_delta")).report
    before, after = as_html(report).split("<details>")
    assert all(html.escape(line.strip(" →")) in before for line in visible_text(report).splitlines())
    assert "failing case" in after and "Equation" in after


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Array((2, 2), ((1.0, 2.0), (3.0, 0.123456))), "[[1, 2], [3, 0.1235]]"),
        (Array((7, 4)), "an array of shape (7, 4)"),
        (
            ((Array((3, 2)), Array((3,))), (Array((1, 3)), Array((1,)))),
            "pairs of arrays of shapes (3, 2) and (3,), (1, 3) and (1,)",
        ),
        ((Array((3, 2)), Array((3,)), Array((1, 3))), "arrays of shapes (3, 2), (3,), (1, 3)"),
        (Array(()), "a single number"),
        ((Array((1, 1), ((2.0,),)), Array((1,), (0.5,))), "([[2]], [0.5])"),
        (Opaque("Generator"), "a random generator"),
        ("high" * 100, repr("high" * 15)),
        pytest.param(10**5000, "a huge whole number", id="huge"),
        (True, "True"),
        (None, "None"),
    ],
)
def test_values_of_a_case(value, words):
    assert value_words(value) == words


def test_numbers_that_differ_are_written_with_as_many_digits_as_it_takes():
    told = as_text(_report(case=FailingCase((("x", 1.0),), 0.1234561, 0.1234569)))
    assert "yours: 0.1234561" in told and "right: 0.1234569" in told
