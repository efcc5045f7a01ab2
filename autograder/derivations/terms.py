"""The terms of sums; products are distributed over them, so that single terms can be compared."""

from functools import reduce

from autograder.derivations.expression import Binary, Derivative, Minus, Sum

MAX_TERMS = 24


def terms_of(expression):
    """Return the terms that an expression is the sum of.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    list of autograder.derivations.expression.Expression
        With products, sums over an index and derivatives distributed; the expression itself where there would be
        more than :data:`MAX_TERMS`.
    """
    found = _terms(expression)
    return found if len(found) <= MAX_TERMS else [expression]


def outer_terms(expression):
    """Return the terms of the outermost sum alone, with what it is multiplied by.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    list of autograder.derivations.expression.Expression
    """
    match expression:
        case Binary("+" | "-"):
            return [term if sign > 0 else Minus(term) for sign, term in signed_terms(expression)]
        case Minus(of):
            return [_minus(term) for term in outer_terms(of)]
        case Binary("*" | "/" as operator, left, right):
            ones = outer_terms(left)
            others = outer_terms(right) if len(ones) == 1 and operator == "*" else [right]
            return [Binary(operator, one, other) for one in ones for other in others]
        case Sum(index, of):
            return [Sum(index, term) for term in outer_terms(of)]
        case Derivative(of, by):
            return [Derivative(term, by) for term in outer_terms(of)]
    return [expression]


def signed_terms(node, sign=1):
    """Return the terms of a sum, with nothing distributed, and their signs.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression
    sign : int
        That of the whole sum.

    Returns
    -------
    list of (int, autograder.derivations.expression.Expression)
    """
    match node:
        case Binary("+" | "-" as operator, left, right):
            return signed_terms(left, sign) + signed_terms(right, sign if operator == "+" else -sign)
        case Minus(of):
            return signed_terms(of, -sign)
    return [(sign, node)]


def without_signs(term):
    """Return a term or its opposite, whichever has no signs in front of it or of one of its factors."""
    match term:
        case Minus(of):
            return without_signs(of)
        case Derivative(of, by):
            return Derivative(without_signs(of), by)
        case Binary("*" | "/") | Sum():
            return term.with_parts([without_signs(part) for part in term.parts()])
    return term


def added(terms):
    """Return the sum of what :func:`signed_terms` returns."""
    (sign, first), *others = terms
    return reduce(
        lambda one, other: Binary("+" if other[0] > 0 else "-", one, other[1]),
        others,
        first if sign > 0 else Minus(first),
    )


def _terms(node):
    match node:
        case Binary("+", left, right):
            return _terms(left) + _terms(right)
        case Binary("-", left, right):
            return _terms(left) + [_minus(term) for term in _terms(right)]
        case Minus(of):
            return [_minus(term) for term in _terms(of)]
        case Binary("*", left, right):
            ones, others = _terms(left), _terms(right)
            if len(ones) * len(others) > MAX_TERMS:
                return [node]
            return [Binary("*", one, other) for one in ones for other in others]
        case Binary("/", left, right):
            return [Binary("/", term, right) for term in _terms(left)]
        case Sum(index, of):
            return [Sum(index, term) for term in _terms(of)]
        case Derivative(of, by):
            return [Derivative(term, by) for term in _terms(of)]
    return [node]


def _minus(term):
    """Change the sign, so that two of them leave none."""
    return term.of if isinstance(term, Minus) else Minus(term)
