"""Explain a wrong line by one rule of differentiation or of algebra that was used wrongly on the line above."""

from autograder.derivations.expression import (
    Binary,
    Entry,
    Minus,
    Number,
)
from autograder.derivations.factors import divided
from autograder.derivations.judging import normal_form
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_forms import Looks
from autograder.diagnosis.line_misuses import misuses
from autograder.diagnosis.line_parts import binaries, places, resolve
from autograder.diagnosis.line_rule_evidence import RuleEvidence

# What is told if several rules lead to the same line: the lower, the sooner.
_COSTS = {
    "link-missing": 0.2,
    "links-added": 0.2,
    "sum-of-products": 0.3,
    "inner-derivative": 0.6,
    "sum-kept": 0.9,
    "sigma-prime:missing": 0.6,
    "quotient-rule": 1.3,
    "constant": 1.3,
    "undifferentiated": 1.3,
    "plus-times": 1.2,
    "product-as-sum:minus": 1.0,
    "antiderivative": 0.9,
    "product-as-sum": 1.4,
    "cancelled": 1.2,
    "term-cancelled": 1.2,
    "parentheses-moved": 1.1,
    "factored-out": 0.7,
    "term-cancelled:some": 0.7,
}
# What it costs to assume a second mistake: a sign that is wrong, too.
_SIGN = 1.6
# Of a rule whose result looks like the line in every detail, nothing else has to be considered; nearly so of one whose
# result looks like it when both are multiplied out.
_EXACT, _MULTIPLIED_OUT = -3.0, -2.0
# By how much a rule has to be better than the next one if its result looks otherwise.
_MARGIN = 0.3


def by_rule(step, place, unreliable):
    """Find the rule whose wrong use explains a line best.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep
    place : (Expression, Expression) or None
        The only parts of the line above and of the line that differ.
    unreliable : bool
        Whether many wrong results have the line's value, so that only one with its terms says where it comes from.

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding or None
    """
    before, line, vocabulary = step.before, step.line, step.vocabulary
    found, has_fraction = [], any(each.operator == "/" for each in binaries(line))
    there = set(before.walk())
    look, evidence = _Look(step), RuleEvidence(step)
    for misuse in filter(evidence.allows, misuses(step, evidence)):
        if step.tries.are_over():
            break
        sign = step.to_wrong.sign_of(misuse.result)
        if not sign or (sign < 0 and misuse.name in ("sign", "indices-equal")):
            continue
        if place and {misuse.part, place[0]} <= there and not _touches(misuse.part, place[0]):
            continue
        look_cost = look.cost(misuse, sign)
        if unreliable and not (look_cost == _EXACT or look.has_terms_of(misuse, sign)):
            if not (misuse.name == "quotient-rule:zero" and has_fraction):
                continue
        if look_cost is None or (misuse.name == "other-cost" and look_cost > _MULTIPLIED_OUT):
            continue
        if misuse.name == "power" and misuse.part is None:
            if not _is_power_lost(step):
                continue  # an exponent is lost only if it mends the line where it is put back
        own = _COSTS.get(misuse.name, _COSTS.get(misuse.name.partition(":")[0], 1.0))
        cost = own + misuse.cost + (_SIGN if sign < 0 else 0.0) + look_cost
        found.append((cost, len(found), sign, misuse))
    if not found:
        return None
    cost, _, sign, best = min(found)
    if cost > 0.0 and any(each[0] < cost + _MARGIN and _id(each[3]) != _id(best) for each in found):
        return None  # nobody knows which of the two it was
    if best.link is not None:
        of_a_slope = _is_slope(best.link, vocabulary)
        return words.link(best.link, best.part, of_a_slope, negative=sign < 0)
    negative = sign < 0 and not (best.name == "power-rule:exponent" and _is_mended_by_exponent(step))
    part = best.part if best.part is not None or place is None or isinstance(place[0], (Entry, Number)) else place[0]
    return words.rule(best.name, part, negative=negative, about=best.about)


def _touches(part, place):
    """Whether a part of the line above is a part of another, or the other way round."""
    return part in set(place.walk()) or place in set(part.walk())


def _id(misuse):
    return misuse.name.partition(":")[0]


class _Look:
    """How much a wrong line looks like the result of a rule that was used wrongly."""

    def __init__(self, step):
        self._line, self._looks = step.line, Looks(step.vocabulary)
        self._moved = self._looks.distance(step.before, step.line)

    def has_terms_of(self, misuse, sign):
        """Whether the line has the terms of a result, even those that cancel."""
        return self._looks.have_the_same_terms(misuse.result if sign > 0 else Minus(misuse.result), self._line)

    def cost(self, misuse, sign):
        """Return what the looks of a result say against it, below 0 where they speak for it; None if it cannot be."""
        result = misuse.result if sign > 0 else Minus(misuse.result)
        if normal_form(result) == normal_form(self._line):
            return _EXACT
        if misuse.algebra and sign < 0:
            return None  # two mistakes at once, which have to be seen to be believed
        distance = self._looks.distance(result, self._line)
        if distance == 0:
            return _MULTIPLIED_OUT
        # The line above may have been rewritten at the same time, but a slip brings it nearer.
        allowed = self._moved - 1 if misuse.algebra else self._moved + 1
        return 0.1 * distance if distance <= allowed else None


def _is_power_lost(step):
    """Whether an exponent of the line above mends the line where it is put back."""
    sources = (step.before, resolve(step.before, step.vocabulary))
    exponents = dict.fromkeys(each.right for source in sources for each in binaries(source) if each.operator == "**")
    return any(
        step.to_right.is_value_of(replaced(Binary("**", part, exponent)))
        for part, replaced in places(step.line)
        for exponent in exponents
    )


def _is_mended_by_exponent(step):
    """Whether a lower exponent mends the line, so that its sign, which a square hides, is right."""
    return any(
        step.to_right.is_value_of(replaced(divided(part, part.left)))
        for part, replaced in places(step.line)
        if isinstance(part, Binary) and part.operator == "**"
    )


def _is_slope(link, vocabulary):
    """Whether a link is the derivative of the logistic function of what it is taken with respect to."""
    inside = vocabulary.names[link.of.name].logistic_of
    return inside is not None and inside.name == link.by.name
