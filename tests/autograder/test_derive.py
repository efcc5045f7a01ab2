"""What ``derive`` returns and shows."""

import html
import re

import pytest

from autograder import derivation_check
from autograder.derive import derive
from autograder.exercises import DERIVATIONS

# The others are examples that are shown, without points.
GRADED = [name for name in DERIVATIONS if DERIVATIONS[name].points]

RIGHT = """
d(C, z[j])
= sum(k, d(C, z_next[k]) * d(z_next[k], z[j]))        ; because C depends on z[j] through every z_next[k]
= sum(k, delta_next[k] * d(sum(i, W_next[k, i] * s(z[i])) + b_next[k], z[j]))
# the terms with i ≠ j vanish
= sum(k, delta_next[k] * W_next[k, j] * s'(z[j]))
= σ′(z[j]) · sum(k, W_next[k, j] × δ_next[k])
"""


def test_a_right_derivation():
    result = derive("induction", RIGHT)
    assert result.passed and result.line is None and result.score == result.points == 4
    assert [each.name for each in result.requirements][-1] == "the goal" and all(e.met for e in result.requirements)
    assert list(result.hints) == [] and list(result.mistakes) == []
    assert [each.mark for each in result.lines] == ["✓"] * 5


def test_a_wrong_line_is_marked_with_its_hint_below_and_the_rest_goes_on():
    result = derive("induction", RIGHT.replace(" * s'(z[j]))", ")"))
    assert not result.passed and result.line == 3 and result.score == 3
    assert list(result.mistakes) == ["sigma-prime"]
    assert [each.mark for each in result.lines] == ["✓", "✓", "✓", "✗", "✓"]
    text = str(result).splitlines()
    place = next(number for number, row in enumerate(text) if "✗ =" in row)
    assert result.hints[0] in text[place + 1]
    assert html.escape(result.hints[0]) in result._repr_html_()


def test_in_grading_it_waits_until_somebody_looks(monkeypatch):
    asked, wrong = [], derive("induction", "d(C, z[j])\n= 0").report
    monkeypatch.setattr(derivation_check, "check_derivation", lambda *args: asked.append(args) or wrong)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    result = derive("induction", RIGHT)
    assert not asked
    assert not result.passed and len(asked) == 1


@pytest.mark.parametrize("name", GRADED)
def test_the_stub_is_no_error(name):
    result = derive(name, f"\n{DERIVATIONS[name].model[0]}\n# YOUR LINES HERE\n")
    assert result.line is None and result.score == 0 and not result.passed and not result.mistakes
    assert result.hints == ["So far there's only the start. Write the first step on the next line, beginning with =."]


@pytest.mark.parametrize("name", GRADED)
def test_an_unfinished_derivation_is_right_so_far(name):
    result = derive(name, "\n= ".join(DERIVATIONS[name].model[:2]))
    assert result.line is None and not result.passed
    assert "Right so far" in result.hints[0]


# Of each derivation's milestones, counted from 0.
SHOWN_BY_NEITHER_START_NOR_GOAL = {
    "sigma_prime": [0, 1],
    "neuron_slope": [0],  # the goal has s'(z)
    "base_case": [0, 1],
    "finishing_touches": [0],
    "induction": [0],  # the goal has delta_next[k], and no vanishing terms
    "cancellation": [0, 1],  # the goal has no fraction
    "softmax_delta_lines": [1],  # the logarithm of the cost is differentiated
    "weight_decay": [],  # the goal has the term with λ computed
}


@pytest.mark.parametrize("name", GRADED)
def test_the_goal_without_a_way_hears_which_steps_are_missing(name):
    derivation = DERIVATIONS[name]
    result = derive(name, f"{derivation.model[0]}\n= {derivation.model[-1]}")
    assert result.score == 0 and not result.passed
    named = [number for number, milestone in enumerate(derivation.milestones) if milestone.name in result.hints[0]]
    assert named == SHOWN_BY_NEITHER_START_NOR_GOAL[name]


@pytest.mark.parametrize(
    ("name", "lines", "words"),
    [
        ("inductoin", "", "Did you mean induction?"),
        ("nothing like it", "", "The derivations are "),
        (None, "", "There is no derivation called 'None'"),
        ("induction", None, "A text is needed, not NoneType"),
        ("induction", ["d(C, z[j])"], "A text is needed, not list"),
        ("induction", "", "nothing to check yet"),
        ("induction", "x" * 10**7, "more than 20,000 characters"),
    ],
)
def test_what_is_no_derivation_gets_a_sentence(name, lines, words):
    result = derive(name, lines)
    assert words in result.hints[0] and not result.passed and result.score == 0
    assert result.hints[0] in str(result)


@pytest.mark.parametrize(
    "line",
    ["(" * 900, "__import__('os')", "2**9**9**9", "C.__class__", "a\0b", "\u202ea\u202c", "9" * 900, "-" * 900 + "1",
     "lambda: 1", "[x for x in y]", "<img src=x onerror=alert(1)>", "*".join(["sum(i, z[i])"] * 60)],
)  # fmt: skip
def test_hostile_text_gets_a_sentence(line):
    result = derive("base_case", f"d(C, z[j])\n= {line}")
    assert result.line == 1 and result.hints and result.hints[0].startswith("Line 2")
    assert "<img" not in result._repr_html_()


def test_a_caret_points_to_the_place():
    result = derive("base_case", "d(C, z[j])\n  = d(C, a[j])*d(a; z[j])")
    sentence, text, caret = result.hints[0].splitlines()
    assert sentence.startswith("Line 2, column 19: The character ;")
    assert text[caret.index("^")] == ";"


def test_each_line_is_shown_as_mathematics():
    shown = derive("induction", RIGHT)._repr_html_()
    formulas = re.findall(r"\$(.*?)\$", html.unescape(shown))
    assert formulas[1] == (
        r"\displaystyle = \sum_{k} \frac{\partial C}{\partial z^{\text{next}}_{k}} \, "
        r"\frac{\partial z^{\text{next}}_{k}}{\partial z_{j}}"
    )


def test_a_line_without_its_equals_sign_is_told_so():
    told = str(derive("base_case", "d(C, z[j])\n2*(a[j] - y[j])*s'(z[j])"))
    assert "Line 2, column 1: Does a new step begin here? Then begin the line with =." in told
