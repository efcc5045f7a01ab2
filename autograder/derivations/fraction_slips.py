"""What becomes of a fraction when it is rewritten wrongly."""

from autograder.derivations.arithmetic import ONE, TWO, minus, over, product
from autograder.derivations.expression import Binary, Minus, is_sum
from autograder.derivations.factors import base_of, divided, factors_of


def fraction_slips(upper, lower):
    """Yield what becomes of a fraction when it is rewritten wrongly.

    Parameters
    ----------
    upper, lower : autograder.derivations.expression.Expression
        The numerator and the denominator.

    Yields
    ------
    (str, Expression)
        The id of the mistake, and the result.
    """
    if isinstance(upper, Minus) and is_sum(upper.of):
        yield from ((name, minus(result)) for name, result in fraction_slips(upper.of, lower))
    if is_sum(lower):
        sign, one, other = lower.operator, lower.left, lower.right
        yield "fraction-split:denominator", Binary(sign, over(upper, one), over(upper, other))
        if is_sum(one):
            yield "fraction-split:denominator", _split(upper, lower)
        factors = factors_of(upper)
        for place, factor in enumerate(factors if len(factors) > 1 else ()):
            others = factors[:place] + factors[place + 1 :]
            yield "fraction-split:denominator", product(*others, Binary(sign, over(factor, one), over(factor, other)))
    elif is_sum(upper):
        yield "fraction-split", Binary(upper.operator, over(upper.left, lower), upper.right)
        yield "fraction-split", Binary(upper.operator, upper.left, over(upper.right, lower))
    for number, factor in enumerate(factors := factors_of(upper)):
        if len(factors) > 1 and is_sum(factor):  # a sum may be one of several factors above
            for name, changed in _struck_terms(factor, lower):
                yield name, product(*factors[:number], *factors[number + 1 :], changed)
    if ONE not in (upper, lower):
        yield "fraction-inverted", Binary("/", lower, upper)
    if isinstance(lower, Binary) and lower.operator == "**" and lower.right == TWO:
        for sign in "+-":
            yield "product-as-sum", Binary(sign, over(ONE, lower.left), over(upper, lower.left))
    yield from _struck_terms(upper, lower)
    if is_sum(upper):
        yield from _cancelled_terms(upper, lower)


def _cancelled_terms(upper, lower):
    """Yield what becomes of a fraction if one term of its numerator cancels with a factor of its denominator."""
    divisors = {each for factor in factors_of(lower) for each in (factor, base_of(factor))}
    for place, (term, other) in enumerate(_without_a_term(upper)):
        if term in divisors:
            rest = divided(lower, term)
            yield "cancelled:denominator", _with_one([over(each, lower) for each in upper.parts()], place, upper)
            yield "term-cancelled", over(other, rest)
            yield "term-cancelled", over(_with_one(upper.parts(), place, upper), rest)


def _with_one(terms, place, node):
    """Return a sum like another one, of two terms of which one is 1."""
    return node.with_parts([ONE if number == place else term for number, term in enumerate(terms)])


def _struck_terms(upper, lower):
    """Yield what is left of a fraction if a factor of some terms, or a term of both sums, is struck out."""
    if is_sum(upper) or is_sum(lower):
        for factor in _factors_of_terms(upper) & _factors_of_terms(lower) - {ONE}:
            yield "term-cancelled", over(_struck_out(upper, factor), _struck_out(lower, factor))
    if is_sum(upper) and is_sum(lower):
        for one, above in _without_a_term(upper):
            for other, below in _without_a_term(lower):
                if one == other:
                    yield "term-cancelled", over(above, below)


def _without_a_term(node):
    """Yield each of the two terms of a sum, and the other one."""
    yield node.left, minus(node.right) if node.operator == "-" else node.right
    yield node.right, node.left


def _factors_of_terms(expression):
    """Return what the terms of a sum, or a product, are multiplied together from; of a power its base."""
    if is_sum(expression):
        return _factors_of_terms(expression.left) | _factors_of_terms(expression.right)
    return {base_of(factor) for factor in factors_of(expression)}


def _struck_out(expression, factor):
    """Take a factor out of those terms of a sum that have it, and leave the others as they are."""
    if is_sum(expression):
        one, other = (_struck_out(each, factor) for each in expression.parts())
        return Binary(expression.operator, one, other)
    held = next((each for each in factors_of(expression) if base_of(each) == factor), None)
    return expression if held is None else divided(expression, factor)


def _split(upper, lower):
    """Divide by each term of a denominator on its own."""
    if is_sum(lower):
        return Binary(lower.operator, _split(upper, lower.left), over(upper, lower.right))
    return over(upper, lower)
