"""Where two lines differ: the smallest parts of them that everything else agrees around."""

from functools import reduce

from autograder.derivations.expression import Binary, Derivative, Function, Minus, Number, Sum, is_product
from autograder.derivations.factors import as_fraction
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
    if _is_signed_product(one) and _is_signed_product(other):
        return _different_factors(one, other)
    if type(one) is not type(other):
        return None
    match one:
        case Minus(of):
            return of, other.of
        case Function(name, of) if name == other.name:
            return of, other.of
        case Sum(index, of) if index == other.index:
            return of, other.of
        case Derivative(of, by) if by == other.by:
            return of, other.of
        case Binary("**", _, power) if other.operator == "**" and power == other.right:
            return one.left, other.left
        case Binary("+" | "-") if other.operator in "+-":
            return _different_terms(signed_terms(one), signed_terms(other))
    return None


def _is_signed_product(node):
    return is_product(node) or (isinstance(node, Minus) and _is_signed_product(node.of))


def _different_terms(ones, others):
    """Leave out the terms that both have; None if nothing is shared, or nothing left of one of them."""
    mine, theirs = unshared(ones, others, form=lambda signed: (signed[0], normal_form(signed[1])))
    if not mine or not theirs or len(mine) == len(ones):
        return None
    return added(mine), added(theirs)


def _different_factors(one, other):
    (sign, above, below), (other_sign, other_above, other_below) = as_fraction(one), as_fraction(other)
    upper = unshared(above, other_above)
    lower = unshared(below, other_below)
    shared = len(above) + len(below) - len(upper[0]) - len(lower[0])
    if not shared or sign != other_sign:
        return None
    if upper == ([], []):
        upper, lower = lower, upper  # they differ in the denominator alone
    parts = tuple(map(_quotient, upper, lower))
    return None if None in parts else parts


def unshared(ones, others, form=normal_form):
    """Leave out what two lists have in common.

    Parameters
    ----------
    ones, others : list
        Of expressions, or of anything else that has a form.
    form : callable
        What is the same in two items that count as one and the same.

    Returns
    -------
    (list, list)
        What is left of each.
    """
    left, mine = list(others), []
    for each in ones:
        own = form(each)
        twin = next((other for other in left if form(other) == own), None)
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
