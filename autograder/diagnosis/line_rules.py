"""Explain a wrong line by one rule of differentiation or of algebra that was used wrongly on the line above."""

from collections import Counter

from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Sum,
    is_product,
    is_sum,
)
from autograder.derivations.factors import as_fraction, base_of
from autograder.derivations.judging import normal_form
from autograder.derivations.terms import signed_terms, terms_of
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_forms import Looks
from autograder.diagnosis.line_misuses import misuses
from autograder.diagnosis.line_parts import binaries, divisors, is_differentiated, places, resolve

# What is told if several rules lead to the same line: the lower, the sooner.
_COSTS = {
    "link-missing": 0.2,
    "links-added": 0.2,
    "sum-of-products": 0.3,
    "inner-derivative": 0.6,
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
# What stands in the place of s', so that no s' is in the line.
_WRONG_SLOPES = {f"sigma-prime:{each}" for each in ("kept", "z(1-z)", "half", "1+s", "square", "tanh", "z-half")}
# What can be told only of a fraction in the line above.
_OF_FRACTIONS = ("cancelled:", "term-cancelled", "fraction-", "common-denominator")
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
    look = _Look(step)
    for misuse in _candidates(step):
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
    part = best.part if best.part is not None or place is None or isinstance(place[0], (Entry, Number)) else place[0]
    return words.rule(best.name, part, negative=sign < 0, about=best.about)


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


def _candidates(step):
    """Yield the misuses that the line's form does not rule out."""
    before, line, vocabulary = step.before, step.line, step.vocabulary
    kept, differentiated = set(line.walk()), is_differentiated(before, line, vocabulary)
    # Where a definition was written out inside a derivative, a slip in it counts, too.
    written_out = any(isinstance(part, Derivative) and not isinstance(part.of, Entry) for part in kept)
    has_slope = any(isinstance(part, Function) and part.name == "s'" for part in kept)
    slope_left = any(isinstance(part, Derivative) and _is_logistic(part.of, vocabulary) for part in kept)
    letters = dict.fromkeys(part.index for part in line.walk() if isinstance(part, Sum))
    terms_due = len(terms_of(resolve(before, vocabulary)))
    logged = {part.of for part in before.walk() if isinstance(part, Function) and part.name == "ln"}
    for misuse in misuses(step, written_out, differentiated, letters):
        part, name = misuse.part, misuse.name
        if part in kept:
            continue
        # A rule of differentiation needs a derivative that was worked out; what is still there was not touched.
        if isinstance(part, Derivative) and not differentiated and not name.startswith(("link", "one-path", "sum-of")):
            continue
        if misuse.about and not _shows(before, line, misuse):
            continue
        if name == "power" and not set(part.left.walk() if part else ()) <= kept:
            continue
        if name == "derivative-as-quotient" and part.by not in divisors(kept) - divisors(before.walk()):
            continue
        if name.startswith("common-denominator") or name == "fraction-split":
            if not any(each.operator == "/" for each in binaries(line)):
                continue
        if name == "common-denominator:extended" and not (part and _is_over_both(line, part)):
            continue
        if name == "distribution" and part is not None and _still_has_parenthesis(line, part):
            continue
        if name == "term-lost" and len(terms_of(line)) >= terms_due:
            continue
        # Whoever differentiates the sum inside as a whole hasn't taken the logarithm of it apart.
        if name == "ln-of-a-sum" and any(isinstance(each, Derivative) and each.of in logged for each in kept):
            continue
        if name in _WRONG_SLOPES and (has_slope or slope_left):
            continue
        # A slip with a parenthesis leaves all terms; where there are fewer, they would have to have been collected.
        if name in ("distribution", "parentheses-moved") and len(terms_of(line)) < len(terms_of(misuse.result)):
            continue
        if name == "sum-of-products" and not _multiplies_sums(line):
            continue
        if misuse.link in kept or not _may_be_told(name, before, line, vocabulary):
            continue
        if name == "product-rule:derivatives" and not (kept & _derivatives_of_factors(before)):
            continue
        if (
            name in ("product-as-sum", "plus-times", "cancelled", "ln-of-a-sum")
            and misuse.in_derivative
            and not written_out
        ):
            continue
        yield misuse


def _may_be_told(name, before, line, vocabulary):
    """Whether the lines show what a rule is about: a fraction to be cancelled, links to be added, a sum to be kept."""
    if name == "cancelled":
        return _divisions(line) < _divisions(before)
    if name.startswith(_OF_FRACTIONS):
        return _divisions(before) > 0
    if name == "links-added":
        return any(map(is_sum, line.walk()))
    if name == "power":  # one that is elsewhere in the line is not lost
        return _count(line, _is_power) < max(_count(each, _is_power) for each in (before, resolve(before, vocabulary)))
    return name != "sum-kept" or any(isinstance(part, Sum) for part in line.walk())


def _shows(before, line, misuse):
    """Whether a line shows that a factor was taken out of a sum or cancelled, with nothing worked out on the way."""
    (factor, term), kept = misuse.about, set(line.walk())
    if any(isinstance(each, Derivative) and each not in kept for each in misuse.part.walk()):
        return False
    if misuse.name.startswith("term-cancelled"):
        return _times_divided(line, factor) < _times_divided(before, factor)
    form = normal_form(term)
    return any(
        factor in factors and any(form in _forms_of_terms(each) for each in factors if is_sum(each))
        for _, factors, _ in _fractions(line)
    )


def _is_over_both(line, part):
    """Whether a line divides a sum, in which nothing else is divided, by the denominators of two fractions."""
    wanted = _forms(divisor for each in part.parts() for divisor in as_fraction(each)[2])
    return any(
        wanted <= _forms(below) and any(is_sum(each) and not _divisions(each) for each in above)
        for _, above, below in _fractions(line)
    )


def _fractions(line):
    return [as_fraction(part) for part in line.walk() if is_product(part)]


def _forms(factors):
    return Counter(map(normal_form, factors))


def _forms_of_terms(node):
    return [normal_form(term) for _, term in signed_terms(node)]


def _times_divided(line, factor):
    """Count how often a line divides by something."""
    below = [each for part in binaries(line) if part.operator == "/" for each in as_fraction(part.right)[1]]
    powers = [
        each.right.value if isinstance(each, Binary) and isinstance(each.right, Number) else 1
        for each in below
        if base_of(each) == factor
    ]
    return sum(powers)


def _is_power_lost(step):
    """Whether an exponent of the line above mends the line where it is put back."""
    sources = (step.before, resolve(step.before, step.vocabulary))
    exponents = dict.fromkeys(each.right for source in sources for each in binaries(source) if each.operator == "**")
    return any(
        step.to_right.is_value_of(replaced(Binary("**", part, exponent)))
        for part, replaced in places(step.line)
        for exponent in exponents
    )


def _count(line, kind):
    return sum(map(kind, line.walk()))


def _is_power(node):
    return isinstance(node, Binary) and node.operator == "**"


def _divisions(line):
    """Count the denominators of a line, and the negative powers."""
    return sum(
        each.operator == "/" or (each.operator == "**" and isinstance(each.right, Minus)) for each in binaries(line)
    )


def _derivatives_of_factors(before):
    """Return the derivatives of the factors of every product that is differentiated in the line above."""
    return {
        Derivative(factor, part.by)
        for part in before.walk()
        if isinstance(part, Derivative)
        for whole in binaries(part.of)
        if whole.operator == "*"
        for factor in (whole.left, whole.right)
    }


def _still_has_parenthesis(line, part):
    """Whether a line still multiplies a sum by what a part of the line above multiplied it by."""
    if not (isinstance(part, Binary) and part.operator == "*"):
        return False
    factors = {side for side in (part.left, part.right) if not is_sum(side)}
    products = [each for each in binaries(line) if each.operator == "*"]
    return any(
        (each.left in factors and is_sum(each.right)) or (each.right in factors and is_sum(each.left))
        for each in products
    )


def _multiplies_sums(line):
    """Whether two sums over an index are multiplied."""
    return any(
        each.operator == "*" and all(any(isinstance(part, Sum) for part in side.walk()) for side in each.parts())
        for each in binaries(line)
    )


def _is_logistic(entry, vocabulary):
    """Whether an expression is a name that is defined as a logistic function."""
    definition = vocabulary.names[entry.name].definition if isinstance(entry, Entry) else None
    return isinstance(definition, Function) and definition.name == "s"


def _is_slope(link, vocabulary):
    """Whether a link is the derivative of the logistic function of what it is taken with respect to."""
    inside = vocabulary.names[link.of.name].logistic_of
    return inside is not None and inside.name == link.by.name
