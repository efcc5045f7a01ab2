"""One derivation examined: judged line by line, and what is wrong with it named."""

from difflib import get_close_matches

import numpy as np

from autograder.checking.problem import said
from autograder.checking.report import Verdict
from autograder.derivations.judging import judge
from autograder.derivations.reading import Refused
from autograder.derivations.report import DerivationReport, ShownLine
from autograder.derivations.typesetting import tex_of_line
from autograder.diagnosis.lines import name_line
from autograder.exercises import DERIVATIONS

MAX_SHOWN = 300


def check_derivation(name, lines, seed):
    """Check a derivation.

    Parameters
    ----------
    name : str
        Of the derivation.
    lines : str
        What the learner typed.
    seed : int
        Decides the points at which lines are compared.

    Returns
    -------
    autograder.derivations.report.DerivationReport
        Also for what is no derivation, with a sentence that says so.
    """
    if not isinstance(name, str) or name not in DERIVATIONS:
        return _refusal(str(name)[:40], 0.0, _unknown(name))
    derivation = DERIVATIONS[name]
    if not isinstance(lines, str):
        what = f"A text is needed, not {type(lines).__name__}"
        return _refusal(name, derivation.points, f'{what}: write the lines between """ and """.')
    try:
        judgement = judge(derivation, lines, seed)
    except Refused as refusal:
        return _refusal(name, derivation.points, refusal.sentence)
    return _result(derivation, judgement)


def _unknown(name):
    similar = get_close_matches(str(name)[:40], DERIVATIONS, n=1)
    advice = f"Did you mean {similar[0]}?" if similar else f"The derivations are {', '.join(DERIVATIONS)}."
    return f"There is no derivation called {str(name)[:40]!r}. {advice}"


def _refusal(name, points, sentence):
    return DerivationReport(name, points, hints=(sentence,))


def _result(derivation, judgement):
    mistakes, hints, shown = [], [], []
    numbers = {id(step): number for number, step in enumerate(judgement.steps)}
    wrong_before = False
    for step in sorted((*judgement.definitions, *judgement.steps), key=lambda each: each.line.places[0]):
        number, hint = numbers.get(id(step)), ""
        if not step.right:
            mistake, hint = _what_is_wrong(derivation, judgement, number, step, explain=not wrong_before)
            mistakes += [mistake] if mistake and mistake not in mistakes else []
            hints += [hint] if hint else []
            wrong_before = True
        shown.append(_shown(step, hint))
    if not wrong_before:
        hints += _what_is_left(derivation, judgement)
    return DerivationReport(
        derivation.name,
        derivation.points,
        tuple(_verdicts(derivation, judgement)),
        tuple(mistakes),
        tuple(hints),
        complete=judgement.passed,
        line=judgement.line,
        lines=tuple(shown),
    )


def _verdicts(derivation, judgement):
    """Yield what each milestone and the goal earned; a derivation with steps enough has them all, whatever its road."""
    share = derivation.points / (len(derivation.milestones) + 1)
    for milestone in derivation.milestones:
        missing = milestone.name in judgement.missing
        problem = said(f"no right line shows {milestone.name}.") if missing else None
        yield Verdict(milestone.name, share, 0.0 if missing else share, problem)
    problem = None if judgement.goal_counts else said("it is not reached by right steps.")
    yield Verdict("the goal", share, share if judgement.goal_counts else 0.0, problem)


def _shown(step, hint):
    line, sign = step.line, {"step": "= ", "start": "", "let": "let "}[step.line.kind]
    tex = "" if line.expression is None else tex_of_line(line)
    return ShownLine("✓" if step.right else "✗", tex, (sign + " ".join(line.text.split()))[:MAX_SHOWN], hint)


def _what_is_wrong(derivation, judgement, number, step, explain):
    """Return the id and the hint of what is wrong with a step; one that follows a wrong one is told in few words."""
    if step.refusal:
        return _refused(step)
    if not explain:
        return "", f"Line {_ordinal(judgement, number)} does not equal the start either."
    previous = judgement.steps[number - 1] if number else None
    compared = previous.expression if previous and previous.right else derivation.start
    finding = name_line(derivation, judgement.comparison, compared, step.expression)
    return finding.mistake, f"{_numbers(judgement, compared, step, number)} {finding.hint}"


def _ordinal(judgement, number):
    return judgement.steps[number].line.places[0][0]


def _refused(step):
    """Show where a line cannot be read, with a caret below the place."""
    refusal = step.refusal
    line, column = step.line.place(refusal.column)
    first = step.line.places[0][1]
    row = [place for place in step.line.places if place[0] == line]
    text = "".join(
        character for character, place in zip(step.line.text, step.line.places, strict=False) if place in row
    )
    begin = row[0][1] if row else first
    mistake = "" if refusal.kind == "syntax" else refusal.kind
    window = max(0, column - begin - 60)
    caret = f"{text[window : window + 100]}\n{' ' * (column - begin - window)}^"
    return mistake, f"Line {line}, column {column + 1}: {refusal.sentence}\n{caret}"


def _numbers(judgement, compared, step, number):
    """Say by an example that two lines differ."""
    values = judgement.comparison.values(compared), judgement.comparison.values(step.expression)
    for one, other in zip(*values, strict=True):
        differ = ~np.isclose(one, other, rtol=1e-9, atol=1e-12) & np.isfinite(one) & np.isfinite(other)
        if differ.any():
            place = tuple(np.argwhere(differ)[0])
            before = judgement.steps[number - 1] if number else None
            which = f"line {_ordinal(judgement, number - 1)}" if before and before.right else "the start"
            return (
                f"Line {_ordinal(judgement, number)} should equal {which}, but at a random point it is "
                f"{_number(other[place])} instead of {_number(one[place])}."
            )
    return ""


def _number(value):
    return f"{value + 0.0:.4g}".replace("-", "−")  # + 0.0 makes -0.0 a plain 0


def _what_is_left(derivation, judgement):
    """Say of a derivation that is right so far what it still needs."""
    if judgement.passed and not judgement.missing:
        return []
    if len(judgement.steps) == 1 and judgement.steps[0].right:
        return ["So far there's only the start. Write the first step on the next line, beginning with =."]
    missing = ", then ".join(f"a line with {each}" for each in _unseen(derivation, judgement))
    if judgement.passed:
        return [f"Every line is right. A complete derivation also shows {missing}."]
    if judgement.reached:
        steps = missing or "the steps in between"
        return [f"This is the goal, but the steps that lead to it are missing. Add {steps}."]
    if len(judgement.steps) > 1 and derivation.goal_form.fits(judgement.steps[-1].expression):
        return ["Right so far, but a name that you gave with let still hides a part of the goal. Write it out."]
    return [f"Right so far; the goal is not reached yet. {f'Still missing: {missing}.' if missing else ''}".strip()]


def _unseen(derivation, judgement):
    """Return the names of the missing milestones that no right line shows, not even the goal by itself."""
    right = [step.expression for step in judgement.steps[1:] if step.right]
    seen = {each.name for each in derivation.milestones if any(map(each.reached_by, right))}
    return [name for name in judgement.missing if name not in seen]
