"""What becomes of a sum when a factor of only some of its terms is taken out of it, or cancelled."""

from autograder.derivations.expression import Binary
from autograder.derivations.factors import base_of, divided, factors_of, fraction, is_sum
from autograder.derivations.rules import ONE, minus, over, product
from autograder.derivations.terms import added, signed_terms


def common_factor_slips(node):
    """Yield what becomes of a sum or a fraction if some of its terms are taken for all of them.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Yields
    ------
    (str, tuple of Expression, Expression)
        The id of the mistake, the factor and a term that shows it, and the result.
    """
    if is_sum(node):
        yield from _taken_out(node)
    elif isinstance(node, Binary) and node.operator in "*/":
        sign, above, below = fraction(node)
        for place, factor in enumerate(above):
            for about, changed in _cancelled(factor, below) if is_sum(factor) else ():
                result = product(*above[:place], *above[place + 1 :], changed)
                yield "term-cancelled:some", about, result if sign > 0 else minus(result)


def _taken_out(node):
    terms = signed_terms(node)
    factors = dict.fromkeys(base_of(each) for _, term in terms for each in factors_of(term))
    for factor in factors:
        without = [term for _, term in terms if not _has(term, factor)]
        if factor == ONE or is_sum(factor) or all(term == factor or term in without for _, term in terms):
            continue
        if without:
            yield "factored-out", (factor, without[0]), product(factor, _struck(terms, factor))
            continue
        for place, (_, term) in enumerate(terms):
            others = [*terms[:place], *terms[place + 1 :]]
            if divided(term, factor) != ONE:
                kept = added(
                    [*_struck_terms(others[:place], factor), terms[place], *_struck_terms(others[place:], factor)]
                )
                yield "factored-out:left", (factor, term), product(factor, kept)


def _cancelled(upper, below):
    terms, lower = signed_terms(upper), product(*below)
    for factor in dict.fromkeys(map(base_of, below)):
        without = [term for _, term in terms if not _has(term, factor)]
        if 0 < len(without) < len(terms):
            yield (factor, without[0]), over(_struck(terms, factor), divided(lower, factor))


def _has(term, factor):
    return factor in map(base_of, factors_of(term))


def _struck_terms(terms, factor):
    return [(sign, divided(term, factor) if _has(term, factor) else term) for sign, term in terms]


def _struck(terms, factor):
    return added(_struck_terms(terms, factor))
