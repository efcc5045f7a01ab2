"""Explain a wrong line by one rule of differentiation or of algebra that was used wrongly on the line above."""

from dataclasses import dataclass
from functools import reduce

from autograder.derivations.chains import broken_chains, chains, multiplied
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Minus, Number, Same, Sum
from autograder.derivations.judging import normal_form
from autograder.derivations.rules import ONE, TWO, definition_of, differentiate, over, product
from autograder.derivations.slips import algebra_slips
from autograder.derivations.terms import outer_terms, terms_of
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_forms import Forms, Looks
from autograder.diagnosis.line_values import (
    binaries,
    is_differentiated,
    is_zero,
    places,
    replaced_parts,
    resolve,
)

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
    "product-as-sum": 1.4,
    "cancelled": 1.2,
    "term-cancelled": 1.2,
    "parentheses-moved": 1.1,
}
# What stands in the place of s', so that no s' is in the line.
_WRONG_SLOPES = {f"sigma-prime:{each}" for each in ("kept", "z(1-z)", "half", "1+s", "square", "tanh", "z-half")}
# What can be told only of a fraction in the line above.
_OF_FRACTIONS = ("cancelled:", "term-cancelled", "fraction-", "common-denominator")
# What it costs to assume a second mistake: a sign that is wrong, too; or that a derivative was worked out before.
_SIGN, _WORKED_OUT = 1.6, 0.4
# Of a rule whose result looks like the line in every detail, nothing else has to be considered; nearly so of one whose
# result looks like it when both are multiplied out.
_EXACT, _MULTIPLIED_OUT = -3.0, -2.0
# By how much a rule has to be better than the next one if its result looks otherwise.
_MARGIN = 0.3


@dataclass(frozen=True)
class Misuse:
    """A rule used wrongly.

    Attributes
    ----------
    name : str
        The rule; after a colon, which wrong rule was used instead.
    part : Expression or None
        On what it was used.
    result : Expression
        The line that comes out.
    link : Derivative or None
        A link of a chain that is missing.
    cost : float
        What speaks against it.
    in_derivative : bool
        Whether that part is differentiated in the line above.
    algebra : bool
        Whether it is a rule of algebra, not one of differentiation.
    """

    name: str
    part: object
    result: object
    link: object = None
    cost: float = 0.0
    in_derivative: bool = False
    algebra: bool = False


def by_rule(comparison, before, line, wanted, to_right, wrong, tries, place):
    """Return the finding of the rule whose wrong use explains the line best, or None."""
    found, has_fraction = [], any(each.operator == "/" for each in binaries(line))
    there = set(before.walk())
    look, forms = _Look(before, line, comparison.vocabulary), Forms(comparison.vocabulary)
    # Then many wrong results have the line's value, and only one that has its terms says where it comes from.
    unreliable = is_zero(wrong) or (forms.has_opposites(line) and not forms.has_opposites(before))
    for misuse in _candidates(comparison, before, line, to_right):
        if tries.are_over():
            break
        sign = wanted.sign_of(misuse.result)
        if not sign or (sign < 0 and misuse.name in ("sign", "indices-equal")):
            continue
        if place and {misuse.part, place[0]} <= there and not _touches(misuse.part, place[0]):
            continue
        look_cost = look.cost(misuse, sign)
        if unreliable and not (look_cost == _EXACT or _is_written_as(misuse.result, line)):
            if not (misuse.name == "quotient-rule:zero" and has_fraction):
                continue
        if look_cost is None or (misuse.name == "other-cost" and look_cost > _MULTIPLIED_OUT):
            continue
        if misuse.name == "power" and misuse.part is None:
            if not _is_power_lost(before, line, to_right, comparison.vocabulary):
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
        of_a_slope = _is_slope(best.link, comparison.vocabulary)
        return words.link(best.link, best.part, of_a_slope, negative=sign < 0)
    part = best.part if best.part is not None or place is None or isinstance(place[0], (Entry, Number)) else place[0]
    return words.rule(best.name, part, negative=sign < 0)


def _is_written_as(result, line):
    """Whether two expressions have the same terms when all is distributed, even those that cancel."""
    mine, theirs = (sorted((normal_form(term) for term in terms_of(each)), key=repr) for each in (result, line))
    return mine == theirs


def _touches(part, place):
    """Whether a part of the line above is a part of another, or the other way round."""
    return part in set(place.walk()) or place in set(part.walk())


def _id(misuse):
    return misuse.name.partition(":")[0]


class _Look:
    """How much a wrong line looks like the result of a rule that was used wrongly."""

    def __init__(self, before, line, vocabulary):
        self._line, self._looks = line, Looks(vocabulary)
        self._moved = self._looks.distance(before, line)

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


def _candidates(comparison, before, line, to_right):
    """Yield the misuses that the line's form does not rule out."""
    kept, differentiated = set(line.walk()), is_differentiated(before, line, comparison.vocabulary)
    # Where a definition was written out inside a derivative, a slip in it counts, too.
    written_out = any(isinstance(part, Derivative) and not isinstance(part.of, Entry) for part in kept)
    has_slope = any(isinstance(part, Function) and part.name == "s'" for part in kept)
    slope_left = any(isinstance(part, Derivative) and _is_logistic(part.of, comparison.vocabulary) for part in kept)
    letters = dict.fromkeys(part.index for part in line.walk() if isinstance(part, Sum))
    terms_due = len(terms_of(resolve(before, comparison.vocabulary)))
    logged = {part.of for part in before.walk() if isinstance(part, Function) and part.name == "ln"}
    for misuse in _misuses(comparison, before, to_right, written_out, differentiated, letters):
        part, name = misuse.part, misuse.name
        if part in kept:
            continue
        # A rule of differentiation needs a derivative that was worked out; what is still there was not touched.
        if isinstance(part, Derivative) and not differentiated and not name.startswith(("link", "one-path", "sum-of")):
            continue
        if name == "power" and not set(part.left.walk() if part else ()) <= kept:
            continue
        if name.startswith("common-denominator") or name == "fraction-split":
            if not any(each.operator == "/" for each in binaries(line)):
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
        if misuse.link in kept or not _may_be_told(name, before, line, comparison.vocabulary):
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


def _misuses(comparison, before, to_right, written_out, differentiated, letters):
    """Yield each rule that can be misused somewhere in a line."""
    vocabulary, there = comparison.vocabulary, list(places(before))
    differentiated_parts = {inner for part in before.walk() if isinstance(part, Derivative) for inner in part.of.walk()}
    # Without its [i == j] a line may look like a parenthesis multiplied out wrongly.
    for part, replaced in there:
        if isinstance(part, Same):
            yield Misuse("indices-equal", part, replaced(ONE))
    for part, replaced in there:
        if isinstance(part, Derivative):
            yield from _misused_chains(comparison, part, replaced, to_right, letters)
            for other in _of_other_costs(part, vocabulary):
                yield Misuse("other-cost", part, replaced(other))
            for name, changed in differentiate(part.of, part.by, vocabulary)[1]:
                yield Misuse(name, part, replaced(changed))
        for name, changed in algebra_slips(part, vocabulary):
            yield Misuse(name, part, replaced(changed), in_derivative=part in differentiated_parts, algebra=True)
    yield from _misused_everywhere(before, vocabulary)
    for part, replaced in there if written_out else ():
        for whole in _with_definitions(part, vocabulary) if isinstance(part, Derivative) else ():
            for inner, within in places(whole):
                for name, changed in algebra_slips(inner, vocabulary):
                    if name in ("square-of-a-sum", "ln-of-a-sum", "ln-rule"):
                        yield Misuse(name, inner, replaced(Derivative(within(changed), part.by)), algebra=True)
    yield from _misused_later(before, vocabulary, differentiated)


def _of_other_costs(derivative, vocabulary):
    """Yield the derivatives of the quadratic cost and of the cross-entropy where a cost is differentiated."""
    by, known = derivative.by, vocabulary.shown()
    if not (derivative.of == Entry("C") and {"a", "y"} <= {*known} and known["a"].kinds == known["y"].kinds):
        return
    if known["a"].kinds and known["a"].kinds != known[by.name].kinds:
        return
    a, y = (Entry(name, by.indices if known["a"].kinds else ()) for name in "ay")
    error, slope = Binary("-", a, y), product(a, Binary("-", ONE, a))
    link = ONE if by == a else Derivative(a, by)
    for outer in (product(TWO, error), over(error, slope)):
        yield product(outer, link)


def _with_definitions(derivative, vocabulary):
    """Yield what is differentiated with one of its names written out."""
    for part, replaced in places(derivative.of):
        if definition := definition_of(part, derivative.by, vocabulary):
            yield replaced(definition)


def _misused_everywhere(before, vocabulary):
    """Yield what becomes of a line if the same rule is used wrongly on every derivative that it can be used on."""
    derivatives = dict.fromkeys(part for part in before.walk() if isinstance(part, Derivative))
    if len(derivatives) < 2:
        return
    wrong = {}
    for part in derivatives:
        for name, changed in differentiate(part.of, part.by, vocabulary)[1]:
            wrong.setdefault(name, {}).setdefault(part, changed)
    for name, results in wrong.items():
        if len(results) > 1:
            yield Misuse(name, None, replaced_parts(before, results))


def _misused_later(before, vocabulary, differentiated):
    """Yield slips of algebra in what the line above becomes, worked out or taken apart."""
    resolved = resolve(before, vocabulary) if differentiated else before
    sources = dict.fromkeys((resolved, _taken_apart(before), _taken_apart(resolved)))
    beside = _beside_others(resolved)
    for source in sources:
        within = {inner for part in source.walk() if isinstance(part, Derivative) for inner in part.of.walk()}
        for part, replaced in places(source) if source != before else ():
            if isinstance(part, Same):
                # Where no [i == j] was written, a sum was kept of which one term is left, if all its terms have it.
                name = "indices-equal" if _holds_same(before) else "sum-kept"
                name = "indices-equal:derivative" if name == "sum-kept" and part in beside else name
                yield Misuse(name, None, replaced(ONE), cost=_WORKED_OUT)
            for name, changed in algebra_slips(part, vocabulary):
                yield Misuse(name, None, replaced(changed), None, _WORKED_OUT, part in within, algebra=True)
        for changed in _cancelled_in_each_term(source, vocabulary):
            yield Misuse("cancelled", None, changed, cost=_WORKED_OUT, algebra=True)


def _cancelled_in_each_term(source, vocabulary):
    """Yield what comes out if the same wrong factor is cancelled in every term of a sum."""
    terms, left = [], [source]
    while left:
        part = left.pop()
        if _is_sum(part) or isinstance(part, (Minus, Sum)):
            left += part.parts()
        else:
            terms.append(part)
    slips = {
        term: [changed for name, changed in algebra_slips(term, vocabulary) if name == "cancelled"] for term in terms
    }
    if len(slips) > 1 and all(slips.values()):
        for results in zip(*slips.values(), strict=False):
            yield replaced_parts(source, dict(zip(slips, results, strict=True)))


def _beside_others(source):
    """Return the conditions [i == j] that only some of the terms have which a sum adds up."""
    sums = {part.of for part in source.walk() if isinstance(part, Sum)}
    terms = [each for part in sums for each in binaries(part) if each.operator in "+-"]
    return {each for term in terms for each in term.walk() if isinstance(each, Same)}


def _holds_same(expression):
    return any(isinstance(part, Same) for part in expression.walk())


def _taken_apart(line):
    return reduce(lambda one, other: Binary("+", one, other), outer_terms(line))


def _misused_chains(comparison, derivative, replaced, to_right, letters):
    """Yield what becomes of a derivative whose chain is broken, or follows one of several paths."""
    for links, summed in chains(derivative, comparison.vocabulary, letters):
        if to_right.is_value_of(replaced(multiplied(links, summed))):
            for name, missing, result in broken_chains(links, summed):
                yield Misuse(name, derivative, replaced(result), missing)
        elif not summed and len(links) == 2:
            yield Misuse("one-path", derivative, replaced(multiplied(links, summed)))


def _may_be_told(name, before, line, vocabulary):
    """Whether the lines show what a rule is about: a fraction to be cancelled, links to be added, a sum to be kept."""
    if name == "cancelled":
        return _divisions(line) < _divisions(before)
    if name.startswith(_OF_FRACTIONS):
        return _divisions(before) > 0
    if name == "links-added":
        return any(map(_is_sum, line.walk()))
    if name == "power":  # one that is elsewhere in the line is not lost
        return _count(line, _is_power) < max(_count(each, _is_power) for each in (before, resolve(before, vocabulary)))
    return name != "sum-kept" or any(isinstance(part, Sum) for part in line.walk())


def _is_power_lost(before, line, to_right, vocabulary):
    """Whether an exponent of the line above mends the line where it is put back."""
    sources = (before, resolve(before, vocabulary))
    exponents = dict.fromkeys(each.right for source in sources for each in binaries(source) if each.operator == "**")
    return any(
        to_right.is_value_of(replaced(Binary("**", part, exponent)))
        for part, replaced in places(line)
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
    factors = {side for side in (part.left, part.right) if not _is_sum(side)}
    products = [each for each in binaries(line) if each.operator == "*"]
    return any(
        (each.left in factors and _is_sum(each.right)) or (each.right in factors and _is_sum(each.left))
        for each in products
    )


def _is_sum(expression):
    return isinstance(expression, Binary) and expression.operator in "+-"


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
    """Whether a link is the derivative of the logistic function of what it is differentiated by."""
    definition = vocabulary.names[link.of.name].definition
    return isinstance(definition, Function) and definition.name == "s" and definition.of.name == link.by.name
