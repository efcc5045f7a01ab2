"""Where two lines differ: the smallest parts of them that everything else agrees around."""

from functools import reduce

from autograder.derivations.expression import Binary, Derivative, Function, Minus, Number, Sum
from autograder.derivations.judging import normal_form


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
            return _different(_signed_terms(one), _signed_terms(other), _added)
    return None


def _is_product(node):
    if isinstance(node, Minus):
        return _is_product(node.of)
    return isinstance(node, Binary) and node.operator in ("*", "/")


def _different(ones, others, joined):
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
    return joined(mine), joined(left)


def _signed_terms(node, sign=1):
    match node:
        case Binary("+" | "-" as operator, left, right):
            return _signed_terms(left, sign) + _signed_terms(right, sign if operator == "+" else -sign)
        case Minus(of):
            return _signed_terms(of, -sign)
    return [((sign, normal_form(node)), sign, node)]


def _added(terms):
    signed = [node if sign > 0 else Minus(node) for _, sign, node in terms]
    first, *others = signed
    for each in others:
        first = Binary("-", first, each.of) if isinstance(each, Minus) else Binary("+", first, each)
    return first


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


def fraction(node):
    """Take a product apart.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Returns
    -------
    (int, list of Expression, list of Expression)
        Its sign, its factors, and the factors of its denominator.
    """
    match node:
        case Minus(of):
            sign, above, below = fraction(of)
            return -sign, above, below
        case Binary("*" | "/" as operator, left, right):
            sign, above, below = fraction(left)
            other_sign, over, under = fraction(right)
            if operator == "/":
                over, under = under, over
            return sign * other_sign, above + over, below + under
        case Number(1.0):
            return 1, [], []
    return 1, [node], []


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
