"""Lines compared, milestones, points."""

from itertools import pairwise

import pytest

from autograder.derivation_check import check_derivation
from autograder.derivations.edits import edits_of
from autograder.derivations.expression import text_of
from autograder.derivations.judging import Comparison, judge, same_values
from autograder.derivations.reading import Refused, read_expression
from autograder.exercises import DERIVATIONS

# The others are examples that are shown, without points.
GRADED = [name for name in DERIVATIONS if DERIVATIONS[name].points]


def written(*lines):
    return "\n= ".join(lines)


def judged(name, *lines, seed=1):
    return judge(DERIVATIONS[name], written(*lines), seed)


def score_of(name, *lines):
    return check_derivation(name, written(*lines), 1).score


@pytest.mark.parametrize("name", GRADED)
def test_the_model_earns_all_points_and_each_milestone_is_one_of_its_lines(name):
    derivation = DERIVATIONS[name]
    judgement = judged(name, *derivation.model)
    assert judgement.passed and judgement.line is None
    assert score_of(name, *derivation.model) == derivation.points and not judgement.missing


@pytest.mark.parametrize("name", GRADED)
def test_start_and_goal_alone_earn_nothing(name):
    derivation = DERIVATIONS[name]
    goal = text_of(derivation.goal)
    for lines in ([derivation.model[0]], [derivation.model[0], goal], [derivation.model[0], goal, f"({goal})"]):
        judgement = judged(name, *lines)
        assert score_of(name, *lines) == 0 and not judgement.passed and judgement.line is None


@pytest.mark.parametrize("name", GRADED)
def test_a_derivation_that_stops_early_earns_its_milestones_and_is_right_so_far(name):
    derivation, scores = DERIVATIONS[name], []
    for count in range(1, len(derivation.model) + 1):
        judgement = judged(name, *derivation.model[:count])
        assert judgement.line is None and judgement.right_so_far
        scores.append(score_of(name, *derivation.model[:count]))
    assert scores[0] == 0 and scores == sorted(scores) and scores[-1] == derivation.points
    # The last line but one may have the goal's form already.
    assert all(score < derivation.points for score in scores[:-2])


ROADS = {
    "cancellation": [
        # straight to the logit: ln a − ln(1 − a) = z
        [
            "d(C, w[k])",
            "d(-y*ln(a) - ln(1 - a) + y*ln(1 - a), w[k])",
            "d(-y*(ln(a) - ln(1 - a)) - ln(1 - a), w[k])",
            "d(-y*z + ln(1 + exp(z)), w[k])",
            "-y*x[k] + exp(z)/(1 + exp(z))*x[k]",
            "(a - y)*x[k]",
        ],
    ],
    "sigma_prime": [
        ["d(1/(1 + exp(-z)), z)", "d((1 + exp(-z))**-1, z)", "-(1 + exp(-z))**(-2)*(-exp(-z))", "s(z)**2*exp(-z)",
         "s(z)**2*(1/s(z) - 1)", "s(z) - s(z)**2"],
    ],
    "softmax_delta_lines": [
        ["d(C, z[j])", "d(-sum(i, y[i]*(z[i] - ln(sum(k, exp(z[k]))))), z[j])",
         "-y[j] + sum(i, y[i])*d(ln(sum(k, exp(z[k]))), z[j])", "-y[j] + exp(z[j])/sum(k, exp(z[k]))", "a[j] - y[j]"],
    ],
    "base_case": [
        ["d(C, z[j])", "sum(i, d((y[i] - a[i])**2, z[j]))", "sum(i, -2*(y[i] - a[i])*s'(z[i])*[i == j])",
         "-2*(y[j] - a[j])*s'(z[j])"],
    ],
    "induction": [
        ["d(C, z[j])", "d(C, a[j])*d(a[j], z[j])", "sum(k, d(C, z_next[k])*d(z_next[k], a[j]))*s'(z[j])",
         "sum(k, delta_next[k]*sum(i, W_next[k, i]*[i == j]))*s'(z[j])", "s'(z[j])*sum(k, W_next[k, j]*delta_next[k])"],
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "road"), [(name, road) for name, roads in ROADS.items() for road in roads])
def test_other_roads_are_right_too(name, road):
    judgement = judged(name, *road)
    assert judgement.line is None and judgement.passed
    assert score_of(name, *road) == pytest.approx(DERIVATIONS[name].points)


@pytest.mark.parametrize("name", GRADED)
def test_wrong_lines_are_refused_where_they_stand(name):
    """Every small edit that changes the value, in every line but the start, and nowhere else."""
    derivation = DERIVATIONS[name]
    model = [read_expression(line, derivation.vocabulary.names) for line in derivation.model]
    comparison = Comparison(derivation.vocabulary, 99)  # other points than those of the judge
    right = comparison.values(model[0])
    wrong = missed = 0
    for number, expression in enumerate(model[1:], 1):
        for edit in list(edits_of(expression, derivation.vocabulary))[::7]:
            try:
                comparison.vocabulary.check(edit.result)
                changed = not same_values(comparison.values(edit.result), right)
            except Refused:
                changed = True
            lines = [*derivation.model[:number], text_of(edit.result), *derivation.model[number + 1 :]]
            judgement = judged(name, *lines)
            wrong += changed
            missed += judgement.line != (number if changed else None)
            assert not changed or not (judgement.passed or (judgement.goal_counts and not judgement.missing))
    assert wrong > 20 and missed == 0


def test_one_mistake_costs_once():
    lines = list(DERIVATIONS["induction"].model)
    lines[2] = "sum(k, d(C, z_next[k])*W_next[k, j])"
    judgement = judged("induction", *lines)
    assert [step.right for step in judgement.steps] == [True, True, False, True, True]
    assert judgement.line == 2 and 0 < score_of("induction", *lines) < 4


def test_a_line_that_only_reorders_is_no_step():
    start, first, *_ = DERIVATIONS["base_case"].model
    judgement = judged("base_case", start, first, "d(a[j], z[j])*d(C, a[j])", "(d(a[j], z[j]))*(d(C, a[j]))")
    assert [step.repeats for step in judgement.steps] == [False, False, True, True]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("sum(k, delta_next[j]*W_next[k, j])*s'(z[j])", "index-exchanged", "runs over"),
        ("sum(k, delta_next[k]*W_next[j, k])*s'(z[j])", "index-exchanged", "runs over"),
        ("sum(k, delta_next[k]*W_next[k, i]*s'(z[i]))", "syntax", "a sum over i is missing, or you mean j"),
        ("sum(j, delta_next[j])", "syntax", "already in use"),
        ("sum(k, z[j])", "syntax", "nothing inside it has the index k"),
        ("sum(k, sum(k, delta_next[k]))*z[j]", "syntax", "already in use"),
        ("z*2", "syntax", "one index"),
        ("z[j, j]", "syntax", "one index"),
        ("q*z[j]", "syntax", "There is no q here"),
        ("C_rate[j]", "syntax", "There is no C_rate here"),
        ("d(z[j], a[j])", "against-the-definition", "against the definition"),
        ("d(s(z[j]), a[j])", "written-out", "written out"),
        ("ln(-1 - z[j]**2)", "syntax", "undefined"),
    ],
)
def test_a_line_without_a_meaning_is_refused_with_the_reason(line, kind, words):
    judgement = judged("induction", "d(C, z[j])", line)
    refusal = judgement.steps[1].refusal
    assert judgement.line == 1 and refusal.kind == kind and words in refusal.sentence


SUMMED = "sum(k, delta_next[k]*W_next[k, j])*s'(z[j])"
EXCHANGED = "The two indices of {} are swapped"
MISPLACED = "k runs over the next layer, but its place in {} is for this layer"


@pytest.mark.parametrize(
    ("above", "line", "place", "words"),
    [
        # What the line above has is right, wherever the line writes it.
        (SUMMED, "s'(z[j])*sum(k, W_next[j, k]*delta_next[k])", "W_next[j, k]", EXCHANGED),
        (SUMMED, "s'(z[j])*sum(k, delta_next[k]*W_next[j, k])", "W_next[j, k]", EXCHANGED),
        (SUMMED, "sum(k, s'(z[k])*delta_next[k]*W_next[k, j])", "z[k]", MISPLACED),
        (SUMMED, "sum(k, delta_next[k]*W_next[k, j]*s'(z[k]))", "z[k]", MISPLACED),
        (SUMMED, "s'(z[j])*sum(k, W_next[k, k]*delta_next[k])", "W_next[k, k]", MISPLACED),
        # A sum may have another letter than above, and a name stands for its definition.
        (SUMMED, "s'(z[j])*sum(m, W_next[j, m]*delta_next[m])", "W_next[j, m]", EXCHANGED),
        ("sum(k, d(C, z_next[k])*d(z_next[k], z[j]))", "sum(k, W_next[j, k]*delta_next[k])", "W_next[j, k]", EXCHANGED),
        # Where both are new, nobody knows which of them is meant.
        (
            "d(C, a[j])*d(a[j], z[j])",
            "sum(k, W_next[j, k]*delta_next[k])",
            "delta_next[k]",
            "One index can't run over both",
        ),
    ],
)
def test_an_index_that_runs_over_two_things_is_wrong_where_the_line_is_new(above, line, place, words):
    judgement = judged("induction", "d(C, z[j])", above, line)
    refusal = judgement.steps[2].refusal
    assert judgement.line == 2 and refusal.kind == "index-exchanged"
    assert refusal.column == f" {line}".index(place) and words.format(place) in refusal.sentence


def test_exchanged_indices_of_the_start_are_told_as_such():
    judgement = judged("finishing_touches", "d(C, W[k, j])", "d(C, z[k])*d(z[k], W[j, k])")
    assert EXCHANGED.format("W[j, k]") in judgement.steps[1].refusal.sentence


def test_names_of_the_learners_own():
    text = "d(1/(1 + exp(-z)), z)\nlet u = 1 + exp(-z)\n= d(1/u, u)*d(u, z)\n= -1/u**2*(-exp(-z))\n= s(z)*(1 - s(z))"
    judgement = judge(DERIVATIONS["sigma_prime"], text, 1)
    assert judgement.passed and [step.line.text for step in judgement.definitions] == [" u = 1 + exp(-z)"]


@pytest.mark.parametrize(
    "lines",
    [
        "= d(s(z), z)\n= s'(z)\n= s(z)*(1 - s(z))",
        "let v = s'(z)\n= v\n= s(z)*(1 - s(z))",
        "= exp(-z)/(1 + exp(-z))**2\n= 2*s'(z) - s'(z)\n= s(z)*(1 - s(z))",
    ],
)
def test_what_is_to_be_found_may_not_be_used(lines):
    result = check_derivation("sigma_prime", f"d(1/(1 + exp(-z)), z)\n{lines}", 1)
    assert not result.passed and result.score < 3 and result.mistakes == ("circular",)
    assert "s' is what you are to find" in result.hints[0]


LET_U = "d(1/(1 + exp(-z)), z)\nlet u = 1 + exp(-z)\n= d(1/u, z)\n= -1/u**2*d(u, z)\n= (u - 1)/u**2\n= 1/u - 1/u**2"


@pytest.mark.parametrize(
    ("more", "reached"),
    [
        ("", False),
        ("\nlet v = 1/u\n= v*(1 - v)", False),
        ("\n= s(z) - s(z)**2", True),
        ("\nlet a = s(z)\n= a*(1 - a)", True),
    ],
)
def test_a_name_of_ones_own_does_not_hide_that_the_goal_is_not_reached(more, reached):
    result = check_derivation("sigma_prime", LET_U + more, 1)
    assert result.passed == reached and result.line is None and (result.score == 3) == reached
    assert reached or "let still hides a part of the goal" in result.hints[0]


def test_names_inside_names_are_counted_without_being_written_out():
    names = "\n".join(f"let {one} = {other}*{other}" for other, one in pairwise("abcefghijklmopqrt"))
    result = check_derivation("sigma_prime", f"d(1/(1 + exp(-z)), z)\nlet a = s(z)\n{names}\n= a*(1 - a) + 0*t", 1)
    assert result.line is None  # written out, the last line would have 2**16 factors


@pytest.mark.parametrize("slope", ["s'(z)", "s(z)*(1 - s(z))", "a*(1 - a)", "exp(-z)/(1 + exp(-z))**2", "(a - a**2)"])
def test_the_slope_counts_in_whatever_form(slope):
    chain = ("d(C, w[k])", "d(C, a)*d(a, z)*d(z, w[k])")
    assert score_of("neuron_slope", *chain, f"-2*(y - a)*{slope}*x[k]") == 3
    unfinished = score_of("neuron_slope", *chain, f"-2*(y - a)*{slope}*d(z, w[k])")
    assert unfinished == 2 or slope.startswith("exp")


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ("let z = 2", "has a meaning"),
        ("let u = u + 1", "There is no u"),
        ("let u", "gives a name"),
        ("let 2 = z", "gives a"),
    ],
)
def test_a_definition_that_cannot_be_is_refused_and_is_no_step(definition, words):
    judgement = judge(DERIVATIONS["sigma_prime"], f"d(1/(1 + exp(-z)), z)\n{definition}\n= s'(z)", 1)
    (step,) = judgement.definitions
    assert words in step.refusal.sentence and len(judgement.steps) == 2 and not judgement.passed


def test_another_start_is_refused():
    judgement = judged("base_case", "d(C, a[j])", "2*(a[j] - y[j])")
    assert judgement.line == 0 and "the start" in judgement.steps[0].refusal.sentence


def test_nothing_at_all_is_refused():
    with pytest.raises(Refused, match="nothing to check yet"):
        judge(DERIVATIONS["base_case"], "\n # only a remark\n", 1)


def test_a_goal_without_its_way_is_asked_only_for_the_lines_that_are_missing():
    result = check_derivation("cancellation", "d(C, w[k])\n= (a - y)*x[k]", 1)
    assert result.score == 0 and not result.passed
    assert result.hints == (
        "This is the goal, but the steps that lead to it are missing. Add a line with the chain rule written out, then "
        "a line with the factors substituted but not yet cancelled.",
    )


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("(a - y)*x", "x has one index: write x[k]."),
        ("d(C, a)*d(a, z)*sum(j, w*d(x[j], w[k]))", "w has one index: write w[j]."),
    ],
)
def test_a_forgotten_index_is_one_that_may_stand_there(line, advice):
    (_, step) = judged("cancellation", "d(C, w[k])", line).steps
    assert step.refusal.sentence == advice


@pytest.mark.parametrize("name", GRADED)
def test_following_the_advice_on_a_forgotten_index_leads_to_a_line_with_a_meaning(name):
    derivation = DERIVATIONS[name]
    for forgotten in derivation.vocabulary.shown():
        if not derivation.vocabulary.names[forgotten].kinds:
            continue
        refusal = judged(name, derivation.model[0], forgotten).steps[1].refusal
        advice, _, sums = refusal.sentence.partition("write ")[2].rstrip(".").partition(", inside a sum over ")
        for index in filter(None, sums.split(" and ")):
            advice = f"sum({index}, {advice})"
        assert judged(name, derivation.model[0], advice).steps[1].refusal is None, advice
