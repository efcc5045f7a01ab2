"""Where two lines differ: the smallest parts of them that everything else agrees around."""

from functools import reduce

from autograder.derivations.expression import Binary, Derivative, Function, Minus, Number, Sum
from autograder.derivations.factors import fraction
from autograder.derivations.judging import normal_form
from autograder.derivations.terms import added, signed_terms


def difference(before, line):
    """Find the one place where a line differs from the line above.

    Parameters
    ----------
    before, line : autograder.derivations.expression.Expression

    Returns
    -------
    (Expression, Expression)
        A part of the line above, and what stands in its place in the line; the two lines themselves where they differ
        in more than one place.
    """
    if (inner := _inner(before, line)) is None:
        return before, line
    return difference(*inner)


def _inner(one, other):
    """Return the parts of two nodes that differ, where all others agree and the nodes are of one kind."""
    if _is_product(one) and _is_product(other):
        return _different_factors(one, other)
    if type(one) is not type(other):
        return None
    match one:
        case Minus() | Function():
            return (one.of, other.of) if vars(one).get("name") == vars(other).get("name") else None
        case Sum(index) if index == other.index:
            return one.of, other.of
        case Derivative(of, by) if by == other.by:
            return of, other.of
        case Binary("**", _, power) if other.operator == "**" and power == other.right:
            return one.left, other.left
        case Binary("+" | "-") if other.operator in "+-":
            return _different(_with_forms(one), _with_forms(other))
    return None


def _is_product(node):
    if isinstance(node, Minus):
        return _is_product(node.of)
    return isinstance(node, Binary) and node.operator in ("*", "/")


def _different(ones, others):
    """Leave out the terms that both have; None if nothing is shared, or nothing left of one of them."""
    left, mine = list(others), []
    for each in ones:
        twin = next((number for number, other in enumerate(left) if other[0] == each[0]), None)
        if twin is None:
            mine.append(each)
        else:
            left.pop(twin)
    if not mine or not left or len(mine) == len(ones):
        return None
    return tuple(added([term[1:] for term in terms]) for terms in (mine, left))


def _with_forms(node):
    return [((sign, normal_form(term)), sign, term) for sign, term in signed_terms(node)]


def _different_factors(one, other):
    (sign, above, below), (other_sign, other_above, other_below) = fraction(one), fraction(other)
    upper = cancelled(above, other_above)
    lower = cancelled(below, other_below)
    shared = len(above) + len(below) - len(upper[0]) - len(lower[0])
    if not shared or sign != other_sign:
        return None
    if upper == ([], []):
        upper, lower = lower, upper  # they differ in the denominator alone
    parts = [_quotient(upper[place], lower[place]) for place in (0, 1)]
    return None if None in parts else tuple(parts)


def cancelled(ones, others):
    """Leave out what two lists of expressions have in common.

    Parameters
    ----------
    ones, others : list of autograder.derivations.expression.Expression

    Returns
    -------
    (list of Expression, list of Expression)
        What is left of each.
    """
    left, mine = list(others), []
    for each in ones:
        form = normal_form(each)
        twin = next((other for other in left if normal_form(other) == form), None)
        if twin is None:
            mine.append(each)
        else:
            left.remove(twin)
    return mine, left


def _quotient(above, below):
    if not above and not below:
        return None
    upper = reduce(lambda one, other: Binary("*", one, other), above) if above else Number(1.0)
    return reduce(lambda one, other: Binary("/", one, other), below, upper)
