"""What becomes of a line when a rule of differentiation or of algebra is used wrongly somewhere in it."""

from dataclasses import dataclass
from functools import reduce

from autograder.derivations.arithmetic import ONE, TWO, over, product
from autograder.derivations.chains import broken_chains, chains, multiplied
from autograder.derivations.common_factors import common_factor_slips
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Expression,
    Minus,
    Same,
    Sum,
    is_sum,
    substituted,
)
from autograder.derivations.rules import definition_of, differentiate
from autograder.derivations.slips import algebra_slips
from autograder.derivations.terms import outer_terms
from autograder.diagnosis.line_logistic import in_logistics, logistic_slips
from autograder.diagnosis.line_parts import places, resolve

# What it costs to assume that a derivative was worked out before.
_WORKED_OUT = 0.4


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
    about : tuple of Expression
        What else is told of it: see :func:`autograder.diagnosis.line_words.rule`.
    """

    name: str
    part: Expression | None
    result: Expression
    link: Derivative | None = None
    cost: float = 0.0
    in_derivative: bool = False
    algebra: bool = False
    about: tuple[Expression, ...] = ()


def misuses(step, evidence):
    """Yield each rule that can be misused somewhere in the line above.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep
    evidence : autograder.diagnosis.line_rule_evidence.RuleEvidence

    Yields
    ------
    Misuse
    """
    before, vocabulary = step.before, step.vocabulary
    there = list(places(before))
    differentiated_parts = {inner for part in before.walk() if isinstance(part, Derivative) for inner in part.of.walk()}
    # Without its [i == j] a line may look like a parenthesis multiplied out wrongly.
    for part, replaced in there:
        if isinstance(part, Same):
            yield Misuse("indices-equal", part, replaced(ONE))
        elif isinstance(part, Binary) and part.operator == "-" and part.left == ONE and isinstance(part.right, Same):
            yield Misuse("indices-equal:left-out", None, replaced(ONE))
    for part, replaced in there:
        if isinstance(part, Derivative):
            yield from _misused_chains(step, part, replaced, evidence.letters)
            for other in _of_other_costs(part, vocabulary):
                yield Misuse("other-cost", part, replaced(other))
            yield Misuse("derivative-as-quotient", part, replaced(over(part.of, part.by)))
            for name, changed in differentiate(part.of, part.by, vocabulary)[1]:
                yield Misuse(name, part, replaced(changed))
        for changed in logistic_slips(part):
            yield Misuse("one-minus:logistic", part, in_logistics(replaced(changed)), algebra=True)
        for name, changed in algebra_slips(part, vocabulary):
            yield Misuse(name, part, replaced(changed), in_derivative=part in differentiated_parts, algebra=True)
        for name, about, changed in common_factor_slips(part):
            yield Misuse(name, part, replaced(changed), algebra=True, about=about)
    yield from _misused_everywhere(before, vocabulary)
    for part, replaced in there if evidence.written_out else ():
        for whole in _with_definitions(part, vocabulary) if isinstance(part, Derivative) else ():
            for inner, within in places(whole):
                for name, changed in algebra_slips(inner, vocabulary):
                    if name in ("square-of-a-sum", "ln-of-a-sum", "ln-rule"):
                        yield Misuse(name, inner, replaced(Derivative(within(changed), part.by)), algebra=True)
    yield from _misused_later(before, vocabulary, evidence.differentiated)


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
            yield Misuse(name, None, substituted(before, results))


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
                yield Misuse(
                    name, None, replaced(changed), cost=_WORKED_OUT, in_derivative=part in within, algebra=True
                )
        for changed in _cancelled_in_each_term(source, vocabulary):
            yield Misuse("cancelled", None, changed, cost=_WORKED_OUT, algebra=True)


def _cancelled_in_each_term(source, vocabulary):
    """Yield what comes out if the same wrong factor is cancelled in every term of a sum."""
    terms, left = [], [source]
    while left:
        part = left.pop()
        if is_sum(part) or isinstance(part, (Minus, Sum)):
            left += part.parts()
        else:
            terms.append(part)
    slips = {
        term: [changed for name, changed in algebra_slips(term, vocabulary) if name == "cancelled"] for term in terms
    }
    if len(slips) > 1 and all(slips.values()):
        for results in zip(*slips.values(), strict=False):
            yield substituted(source, dict(zip(slips, results, strict=True)))


def _beside_others(source):
    """Return the conditions [i == j] that only some of the terms have which a sum adds up."""
    sums = {part.of for part in source.walk() if isinstance(part, Sum)}
    terms = [each for part in sums for each in part.walk() if is_sum(each)]
    return {each for term in terms for each in term.walk() if isinstance(each, Same)}


def _holds_same(expression):
    return any(isinstance(part, Same) for part in expression.walk())


def _taken_apart(line):
    return reduce(lambda one, other: Binary("+", one, other), outer_terms(line))


def _misused_chains(step, derivative, replaced, letters):
    """Yield what becomes of a derivative whose chain is broken, or follows one of several paths."""
    for links, summed in chains(derivative, step.vocabulary, letters):
        if step.to_right.is_value_of(replaced(multiplied(links, summed))):
            for name, missing, result in broken_chains(links, summed):
                yield Misuse(name, derivative, replaced(result), missing)
        elif not summed and len(links) == 2:
            yield Misuse("one-path", derivative, replaced(multiplied(links, summed)))
