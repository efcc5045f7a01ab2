"""How strong the checking of a derivation is: small changes of its model's lines have to be refused where they are."""

from dataclasses import dataclass

from autograder.audit.order import missing_line
from autograder.derivation_check import check_derivation
from autograder.derivations.edits import edits_of
from autograder.derivations.expression import text_of
from autograder.derivations.judging import Comparison, judge, same_values
from autograder.derivations.reading import Refused, read_expression
from autograder.exercises import DERIVATIONS
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED

# The seed of the points at which is decided which changes are wrong; neither check nor grade uses them.
_OTHER_SEED = 4242
LEAST_REFUSED = 0.995


@dataclass(frozen=True)
class DerivationAudit:
    """What became of one derivation.

    Attributes
    ----------
    name, lesson : str
        Of the derivation.
    wrong, refused : int
        How many wrong lines were tried, and how many of them were refused at the right line.
    explained, named : int
        For how many of them the mistake was looked for, and how many got a name.
    flaws : tuple of str
        Everything that should not be, in sentences.
    """

    name: str
    lesson: str
    wrong: int
    refused: int
    explained: int
    named: int
    flaws: tuple


def _text(lines):
    return "\n= ".join(lines)


def audit_derivation(name, explain_every=1):
    """Audit a derivation.

    Parameters
    ----------
    name : str
    explain_every : int
        Look for the mistake in each wrong line, in every second one, and so on: that takes most of the time.

    Returns
    -------
    DerivationAudit
    """
    derivation = DERIVATIONS[name]
    flaws = [*_complaints(derivation), *(f"{name}: {sentence}" for sentence in missing_line(derivation))]
    wrong = refused = explained = named = 0
    for number, changed in _wrong_lines(derivation):
        text = _text([*derivation.model[:number], changed, *derivation.model[number + 1 :]])
        if wrong % explain_every == 0:
            report = check_derivation(name, text, PUBLIC_SEED)
            at, explained, named = report.line, explained + 1, named + bool(report.mistakes)
        else:
            at = judge(derivation, text, PUBLIC_SEED).line
        wrong += 1
        refused += at == number
    if wrong and refused < LEAST_REFUSED * wrong:
        flaws.append(f"{name}: of {wrong} wrong lines only {refused} are refused where they stand.")
    return DerivationAudit(name, derivation.lesson, wrong, refused, explained, named, tuple(flaws))


def _complaints(derivation):
    """Say what is wrong with a derivation's file."""
    name, steps = derivation.name, len(derivation.milestones) + 1
    for seed in (PUBLIC_SEED, HIDDEN_SEED):
        report = check_derivation(name, _text(derivation.model), seed)
        if not report.passed or report.score < derivation.points:
            yield f"{name}: its own model does not pass: {' '.join(report.hints)} Correct the model or the milestones."
            return
    expressions = [read_expression(line, derivation.vocabulary.names) for line in derivation.model]
    if expressions[0] != derivation.start:
        yield f"{name}: the model does not begin with the start. Copy the start into its first line."
    if derivation.points and len(expressions) <= steps:
        yield f"{name}: the model has fewer steps than milestones, the goal included ({steps}). Add a line."
    for milestone in derivation.milestones:
        if not any(map(milestone.reached_by, expressions[1:-1])):
            yield f"{name}: no line of the model shows {milestone.name}. Correct the milestone's forms."
        if milestone.reached_by(expressions[0]):
            yield f"{name}: the start shows {milestone.name} already. Correct the milestone's forms."
    comparison = Comparison(derivation.vocabulary, _OTHER_SEED)
    right = comparison.values(derivation.start)
    for mistake in derivation.mistakes:
        if same_values(comparison.values(mistake.line), right):
            yield f"{name}: the line of {mistake.id} is right. Correct it."


def _wrong_lines(derivation):
    """Yield (number, text) of changed lines of the model whose value is not that of the start."""
    comparison = Comparison(derivation.vocabulary, _OTHER_SEED)
    right = comparison.values(derivation.start)
    for number, line in enumerate(derivation.model[1:], 1):
        expression = read_expression(line, derivation.vocabulary.names)
        for edit in edits_of(expression, derivation.vocabulary):
            try:
                comparison.vocabulary.check(edit.result)
                if same_values(comparison.values(edit.result), right):
                    continue
            except Refused:
                pass
            yield number, text_of(edit.result)


def row_of(audited):
    """Put the audit of a derivation into one line.

    Parameters
    ----------
    audited : DerivationAudit

    Returns
    -------
    str
    """
    return (
        f"{audited.name} ({audited.lesson}): {audited.wrong} wrong lines, {audited.refused} refused where they stand, "
        f"{audited.named} of {audited.explained} named"
    )
