"""Kinds of mistakes in derivations: each gets its id, and a hint that says what went wrong."""

import re

import pytest

from autograder.derivation_check import check_derivation
from autograder.exercises import DERIVATIONS
from tests.diagnosis.line_kinds import COINCIDENCES, KINDS
from tests.diagnosis.line_stories import STORIES, UNTRUE

CASES = [
    pytest.param(*case, id=f"{kind}: {case[0]}: {case[2]}")
    for kind, cases in (KINDS | STORIES).items()
    for case in cases
]


def checked(name, right, wrong):
    lines = [DERIVATIONS[name].model[0], *([right] if right else []), wrong]
    result = check_derivation(name, "\n= ".join(lines), 1)
    assert result.line == len(lines) - 1 and not result.passed
    return result


@pytest.mark.parametrize(("name", "right", "wrong", "mistake", "phrase"), CASES)
def test_a_mistake_has_its_name_and_its_rule(name, right, wrong, mistake, phrase):
    result = checked(name, right, wrong)
    assert result.mistakes == ((mistake,) if mistake else ())
    assert phrase in result.hints[0]


@pytest.mark.parametrize(("name", "right", "wrong", "mistake", "phrase"), CASES)
def test_a_hint_is_short(name, right, wrong, mistake, phrase):
    said = re.sub(r"^Line \d+ should equal .*? instead of \S+ ", "", checked(name, right, wrong).hints[0])
    assert len(re.findall(r"[.?!](?:\s|$)", said)) <= 3


# Lines whose numbers agree with a mistake that nobody made; what must not be said of them.
@pytest.mark.parametrize(("name", "right", "wrong", "false"), [*COINCIDENCES, *UNTRUE])
def test_a_coincidence_is_not_told(name, right, wrong, false):
    assert false not in checked(name, right, wrong).hints[0]


def test_what_a_name_of_the_learners_own_stands_for_is_seen():
    lines = ["d(1/(1 + exp(-z)), z)", "1/u*exp(-z)/(1 + exp(-z))", "s(z)*(exp(-z) + 1)"]
    result = check_derivation("sigma_prime", "\n= ".join([f"{lines[0]}\nlet u = 1 + exp(-z)", *lines[1:]]), 1)
    assert result.line == 2 and result.mistakes == ("fraction-split",)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("let q = s(-z)\n= -(y/a - (1 - y)/(1 - a))*s'(z)*x[k]\n= -(y - (1 - y))*x[k]", "cancelled"),
        ("let u = 2*z\nlet q = s(u/2)\n= d(C, a)*d(q, w[k])\n= d(C, a)*d(u, w[k])", "inner-derivative"),
    ],
)
def test_a_name_may_stand_for_the_logistic_function_of_anything(text, mistake):
    result = check_derivation("cancellation", f"d(C, w[k])\n{text}", 1)
    assert result.line == 2 and result.mistakes == (mistake,)
