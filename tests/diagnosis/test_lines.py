"""Wrong lines of derivations, and the name they get."""

from itertools import pairwise

import pytest

from autograder.derivation_check import check_derivation
from autograder.derivations.edits import edits_of, exchanges_everywhere
from autograder.derivations.judging import judge
from autograder.diagnosis.line_edit_words import edited
from autograder.diagnosis.line_misuses import misuses
from autograder.diagnosis.line_rule_evidence import RuleEvidence
from autograder.diagnosis.line_values import Wanted, WrongStep
from autograder.diagnosis.line_words import rule
from autograder.exercises import DERIVATIONS

CASES = [
    # derivation, number of right lines of the model before it, the wrong line, the mistake
    ("sigma_prime", 1, "1/(1 + exp(-z))**2*d(1 + exp(-z), z)", "sign"),
    ("sigma_prime", 2, "-exp(-z)/(1 + exp(-z))**2", "sign"),
    ("sigma_prime", 1, "-1/(1 + exp(-z))*d(1 + exp(-z), z)", {"quotient-rule"}),
    ("neuron_slope", 1, "d(C, a)*d(a, z)", "inner-derivative"),
    ("neuron_slope", 2, "2*(y - a)*d(a, w[k])", "sign"),
    ("neuron_slope", 2, "(a - y)*d(a, w[k])", "factor-half"),
    ("neuron_slope", 3, "2*(a - y)*x[k]", "sigma-prime"),
    ("neuron_slope", 3, "2*(a - y)*s(z)*x[k]", "sigma-prime"),
    ("neuron_slope", 3, "2*(a - y)*s'(a)*x[k]", "argument"),
    ("neuron_slope", 3, "2*(a - y)*s'(z)*w[k]", "argument"),
    ("neuron_slope", 3, "2*(a - y)*s'(z)", "inner-derivative"),
    ("base_case", 2, "2*(a[j] - y[j])", "sigma-prime"),
    ("base_case", 1, "sum(i, 2*(a[i] - y[i])*s'(z[i]))", "sum-kept"),
    ("base_case", 2, "(a[j] - y[j])*d(a[j], z[j])", "factor-half"),
    ("induction", 1, "sum(k, d(C, z_next[k]))", "inner-derivative"),
    ("induction", 3, "sum(k, delta_next[k]*W_next[k, j])", "sigma-prime"),
    ("induction", 3, "sum(k, delta_next[k]*W_next[k, j]*s(z[j]))", "sigma-prime"),
    ("induction", 3, "sum(k, delta_next[k]*W_next[j, k]*s'(z[j]))", "index-exchanged"),
    ("induction", 3, "sum(k, delta_next[j]*W_next[k, j]*s'(z[j]))", "index-exchanged"),
    ("induction", 3, "-sum(k, delta_next[k]*W_next[k, j]*s'(z[j]))", "sign"),
    ("induction", 3, "2*sum(k, delta_next[k]*W_next[k, j]*s'(z[j]))", "factor-2"),
    ("finishing_touches", 2, "delta[k]", "inner-derivative"),
    ("finishing_touches", 2, "delta[k]*W[k, j]", "argument"),
    ("cancellation", 2, "-(y/a + (1 - y)/(1 - a))*a*(1 - a)*x[k]", "sign"),
    ("cancellation", 2, "-(y/a - (1 - y)/(1 - a))*x[k]", "sigma-prime"),
    ("cancellation", 3, "-(y*(1 - a) + (1 - y)*a)*x[k]", "sign"),
    ("cancellation", 4, "(y - a)*x[k]", "sign"),
    ("cancellation", 4, "(a - y)", {"inner-derivative", "factor"}),
    ("cancellation", 3, "-y*(1 - a)*x[k]", "term-lost"),
    ("softmax_delta_lines", 3, "-sum(i, y[i]*[i == j])", {"term-lost", "quotient-rule"}),
    ("softmax_delta_lines", 3, "-sum(i, y[i]*([i == j] + a[j]))", "sign"),
    ("softmax_delta_lines", 2, "-sum(i, y[i]*d(a[i], z[j]))", "ln-derivative"),
    ("softmax_delta_lines", 5, "y[j] - a[j]", "sign"),
    ("weight_decay", 1, "w[j] - eta*(d(C0, w[j]) + lam/(2*n)*w[j])", "factor-half"),
    ("weight_decay", 1, "w[j] - eta*(d(C0, w[j]) + lam*w[j])", {"factor-n", "factor-1/n"}),
    ("weight_decay", 1, "w[j] - eta*(d(C0, w[j]) + lam/n)", "power-rule"),
    ("weight_decay", 2, "(1 + eta*lam/n)*w[j] - eta*d(C0, w[j])", "sign"),
    ("weight_decay", 2, "(1 - eta*lam/n)*w[j] + eta*d(C0, w[j])", "sign"),
    ("weight_decay", 1, "w[j] - eta*d(C0, w[j])", {"term-lost", "argument"}),
]


@pytest.mark.parametrize(("name", "before", "line", "mistake"), CASES)
def test_the_mistake_is_named(name, before, line, mistake):
    text = "\n= ".join([*DERIVATIONS[name].model[:before], line])
    result = check_derivation(name, text, 1)
    assert result.line == before and not result.passed
    assert set(result.mistakes) <= ({mistake} if isinstance(mistake, str) else mistake), result
    assert len(result.mistakes) == 1, result
    assert f"Line {before + 1}" in result.hints[0]


MISLED = [
    # derivation, its lines after the start, what the message must not say, what it may say
    ("sigma_prime", "exp(-z)/(1 + exp(-z))**2 = s(z)*exp(-z)", "exponent", "A factor 1/(1 + exp(-z)) is missing"),
    ("sigma_prime", "d(1, z)/d(1 + exp(-z), z)", "missing", "The quotient rule is"),
    ("base_case", "d(sum(i, y[i]**2 - a[i]**2), z[j])", "term y[i] is missing", "u**2 + 2*u*v + v**2"),
    ("cancellation", "d(-(y*ln(a) - (1 - y)*ln(a)), w[k])", "s'(z)", "what became of ln(1 - a)"),
    (
        "softmax_delta_lines",
        "-sum(i, y[i]/a[i]*d(a[i], z[j])) = -sum(i, y[i]/a[i]*a[i]*(1 - a[i])*[i == j])",
        "1/y[j]",
        "",
    ),
    (
        "softmax_delta_lines",
        "-sum(i, y[i]/a[i]*d(a[i], z[j])) = -sum(i, y[i]*([i == j] - a[j])) = -sum(i, y[i]) + a[j]",
        "parenthesis",
        "what became of [i == j]",
    ),
    ("weight_decay", "d(w[j] - eta*C, w[j])", "w[j] is missing", ""),
    (
        "sigma_prime",
        "exp(-z)/(1 + exp(-z))**2 = 1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z))) = s(z)*(1/1)",
        "s'",
        "A factor exp(-z)/(1 + exp(-z)) is missing",
    ),
]


@pytest.mark.parametrize(("name", "lines", "false", "true"), MISLED)
def test_numbers_that_happen_to_agree_are_not_told_as_the_mistake(name, lines, false, true):
    steps = lines.split(" = ")
    result = check_derivation(name, "\n= ".join([DERIVATIONS[name].model[0], *steps]), 1)
    assert result.line == len(steps) and not result.passed
    assert f"Line {len(steps) + 1} should equal line {len(steps)}, but" in result.hints[0]
    assert false not in result.hints[0] and true in result.hints[0]
    assert "−0 " not in result.hints[0] and "--" not in result.hints[0]


PLACES = [
    ("neuron_slope", "-2*(y - a)*d(a, w[k])", "-2*y - a*d(a, w[k])", "y - a needs parentheses"),
    ("base_case", "d(C, a[j])*d(a[j], z[j])", "2*a[j] - y[j]*d(a[j], z[j])", "a[j] - y[j] needs parentheses"),
    (
        "weight_decay",
        "w[j] - eta*(d(C0, w[j]) + lam*w[j]/n)",
        "w[j] - eta*d(C0, w[j]) - eta*lam/n",
        "w[j] is missing in the term eta*lam/n",
    ),
    (
        "weight_decay",
        "w[j] - eta*d(C0, w[j]) - eta*lam/n*w[j]",
        "(1 + eta*lam/n)*w[j] - eta*d(C0, w[j])",
        "The term eta*lam/n*w[j] of the line above came out with the wrong sign.",
    ),
    (
        "neuron_slope",
        "-2*(y - a)*s'(z)*x[k]",
        "(-2*y - 2*a)*s'(z)*x[k]",
        "The term 2*a*s'(z)*x[k] of the line above came out with the wrong sign.",
    ),
]


@pytest.mark.parametrize(("name", "right", "wrong", "words"), PLACES)
def test_the_place_of_the_mistake_is_named(name, right, wrong, words):
    result = check_derivation(name, f"{DERIVATIONS[name].model[0]}\n= {right}\n= {wrong}", 1)
    assert result.line == 2 and words in result.hints[0]


def test_the_flawed_example_does_not_tell_what_the_next_derivation_finds():
    result = check_derivation("square_example", "\nd(s(z)**2, z)\n= 2*s(z)*d(z, z)\n= 2*s(z)\n", 1)
    assert result.mistakes == ("sigma-prime",) and result.hints[0].startswith("Line 2 should equal line 1,")
    assert "1 - s" not in " ".join(result.hints)


def test_a_step_that_nothing_explains_is_told_by_its_numbers():
    text = "d(C, z[j])\n= sum(i, y[i]**3 + 7)*z[j]**2"
    result = check_derivation("base_case", text, 1)
    assert result.line == 1 and result.mistakes == ()
    assert "should equal line 1, but at a random point it is" in result.hints[0]


def test_looking_for_a_small_edit_ends_when_enough_were_tried(monkeypatch):
    looked_at, is_value_of = [], Wanted.is_value_of
    monkeypatch.setattr(Wanted, "is_value_of", lambda *args, **kw: looked_at.append(1) or is_value_of(*args, **kw))
    monkeypatch.setattr("autograder.diagnosis.line_values.MAX_PARTS", 10_000)
    line = " + ".join(f"{n}*y[j]*s(z[j])*s(a[j])*sum(i, z[i]*a[i])" for n in range(1, 9))
    result = check_derivation("base_case", f"d(C, z[j])\n= {line}", 1)
    assert result.line == 1 and result.mistakes == ()
    assert len(looked_at) < 150  # of thousands of edits, each of a line with more than 100 parts


@pytest.mark.parametrize("derivation", DERIVATIONS.values(), ids=DERIVATIONS)
def test_every_small_change_and_the_one_that_takes_it_back_have_words(derivation):
    judgement = judge(derivation, "\n= ".join(derivation.model), 1)
    for before, line in pairwise(step.expression for step in judgement.steps):
        step = WrongStep(judgement.comparison, before, line)
        for edit in (*edits_of(line, derivation.vocabulary), *exchanges_everywhere(line)):
            # Parentheses are only told where putting them right mends the line.
            for change in (edit,) if edit.kind == "parentheses" else (edit, edit.reversed()):
                assert isinstance(edited(change, step).hint, str), change


@pytest.mark.parametrize("derivation", DERIVATIONS.values(), ids=DERIVATIONS)
def test_every_rule_that_can_be_used_wrongly_has_words(derivation):
    judgement = judge(derivation, "\n= ".join(derivation.model), 1)
    for before, line in pairwise(step.expression for step in judgement.steps):
        step = WrongStep(judgement.comparison, before, line)
        for misuse in misuses(step, RuleEvidence(step)):
            if misuse.link is None:  # otherwise the link is told
                found = rule(misuse.name, misuse.part, about=misuse.about)
                assert found.mistake and found.rule.endswith(".") and "{" not in found.rule
