"""Find out what is wrong with a line of a derivation."""

import numpy as np

from autograder.derivations.expression import Derivative, Entry
from autograder.derivations.judging import same_values
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_edits import by_edit, by_parentheses
from autograder.diagnosis.line_rules import by_rule
from autograder.diagnosis.line_size import by_one_term, by_ratio, by_terms
from autograder.diagnosis.line_values import Timer, Wanted, is_zero, places

# Where the size of a mistake says more than the rule.
_SIZES = ("factor-2", "factor-half", "factor-n", "factor-1/n")


def name_line(derivation, comparison, before, line):
    """Name the mistake in a step whose value is not that of the line it is compared with.

    Parameters
    ----------
    derivation : autograder.exercise.Derivation
    comparison : autograder.derivations.judging.Comparison
        With the learner's own names.
    before, line : autograder.derivations.expression.Expression
        The line that it should equal, and the wrong line.

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding
        Without a mistake where none explains the line.
    """
    right, wrong = comparison.values(before), comparison.values(line)
    to_right, to_wrong, timer = Wanted(comparison, right), Wanted(comparison, wrong), Timer()
    with np.errstate(all="ignore"):  # some points are undefined
        if is_zero(wrong):
            rule = by_rule(comparison, before, line, to_wrong, right, wrong, timer)
            return rule or _by_zero(comparison.vocabulary, line)
        if to_right.is_value_of(line, negative=True):
            # A sign has many possible reasons.
            return words.sign(before, "The whole line has the wrong sign.")
        if variable := _by_variable(comparison.vocabulary, before, line, to_right):
            return variable
        if parentheses := by_parentheses(before, line, to_right, timer):
            return parentheses
        size, sure = by_ratio(comparison, before, line, right, wrong)
        if not size:
            size, sure = by_terms(comparison, before, line, right, wrong), True
        # Everything else is said best by the rule that was used wrongly.
        if not (size and size.mistake == "sign"):
            if rule := by_rule(comparison, before, line, to_wrong, right, wrong, timer):
                by_size = size and size.mistake in _SIZES and rule.mistake == "power-rule"
                return words.LineFinding(size.mistake, rule.hint) if by_size else rule
        if size and sure:
            return size
        return (
            by_edit(comparison, before, line, to_right, to_wrong, wrong, timer)
            or size
            or _by_known(derivation, comparison, wrong)
            or by_one_term(comparison, before, line)
            or words.UNKNOWN
        )


def _by_variable(vocabulary, before, line, to_right):
    """A derivative was taken with respect to something else than in the line above."""
    wanted = dict.fromkeys(part.by for part in before.walk() if isinstance(part, Derivative))
    for part, replaced in places(line):
        for by in wanted if isinstance(part, Derivative) and part.by not in wanted else ():
            # What depends on the variable is a link on the way to it, after which another one is missing.
            on_the_way = by.name in vocabulary.upstream(part.by.name)
            if not on_the_way and to_right.is_value_of(replaced(Derivative(part.of, by))):
                return words.variable(part.by, by)
    return None


def _by_zero(vocabulary, line):
    """A line that is 0 everywhere, and the derivative that makes it 0 if there is one."""
    for part in line.walk():
        if isinstance(part, Derivative) and not _depends(vocabulary, part):
            return words.zero_derivative(part)
    return words.ZERO


def _depends(vocabulary, derivative):
    """Whether what is differentiated is built from what it is differentiated by."""
    names = {part.name for part in derivative.of.walk() if isinstance(part, Entry)}
    by = derivative.by.name
    return any(name == by or by in vocabulary.upstream(name) for name in names)


def _by_known(derivation, comparison, wrong):
    """A wrong line that this derivation's file knows."""
    for mistake in derivation.mistakes:
        if same_values(comparison.values(mistake.line), wrong):
            return words.LineFinding(mistake.id, mistake.hint)
    return None
