"""What becomes of a sum when a factor is taken out of it, or cancelled, as if it were in all of its terms or in one."""

from autograder.derivations.arithmetic import ONE, minus, over, product
from autograder.derivations.expression import is_product, is_sum
from autograder.derivations.factors import as_fraction, base_of, divided, factors_of, has_factor
from autograder.derivations.terms import added, signed_terms


def common_factor_slips(node):
    """Yield what becomes of a sum or a fraction if a factor is struck from some of the terms only.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Yields
    ------
    (str, tuple of Expression, Expression)
        The id of the mistake, the factor with a term that it was not struck from, and the result.
    """
    if is_sum(node):
        yield from _taken_out(node)
    elif is_product(node):
        sign, above, below = as_fraction(node)
        for place, factor in enumerate(above):
            for about, changed in _cancelled(factor, below) if is_sum(factor) else ():
                result = product(*above[:place], *above[place + 1 :], changed)
                yield "term-cancelled:some", about, result if sign > 0 else minus(result)


def _taken_out(node):
    """Yield what becomes of a sum from which a factor is taken out that one term doesn't have, or keeps."""
    terms = signed_terms(node)
    factors = dict.fromkeys(base_of(each) for _, term in terms for each in factors_of(term))
    for factor in factors:
        without = [term for _, term in terms if not has_factor(term, factor)]
        # What is only ever a whole term, as u is in u + v, nobody takes out of the sum.
        if factor == ONE or is_sum(factor) or all(term == factor or term in without for _, term in terms):
            continue
        for term, rest in _partly_struck(terms, factor, without):
            yield "factored-out" if without else "factored-out:left", (factor, term), product(factor, rest)


def _cancelled(upper, below):
    """Yield what becomes of a sum over some divisors if one of them is cancelled in some of the terms only."""
    terms, lower = signed_terms(upper), product(*below)
    for factor in dict.fromkeys(map(base_of, below)):
        without = [term for _, term in terms if not has_factor(term, factor)]
        for term, rest in _partly_struck(terms, factor, without) if len(without) < len(terms) else ():
            yield (factor, term), over(rest, divided(lower, factor))


def _partly_struck(terms, factor, without):
    """Yield a term that a factor was not struck from, and the sum in which it was struck from all the others."""
    if without:
        struck = [(sign, divided(term, factor) if has_factor(term, factor) else term) for sign, term in terms]
        yield without[0], added(struck)
        return
    for place, (_, kept) in enumerate(terms):
        struck = [(sign, divided(term, factor)) for sign, term in terms]
        yield kept, added([*struck[:place], terms[place], *struck[place + 1 :]])
