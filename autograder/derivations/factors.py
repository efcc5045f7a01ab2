"""What products are made of: their factors, and what is left without one."""

from autograder.derivations.expression import Binary, Minus, Number
from autograder.derivations.rules import ONE, over, product


def factors_of(expression):
    """Return what an expression is the product of.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    list of Expression
        A denominator comes as a fraction 1/v.
    """
    match expression:
        case Binary("*", left, right):
            return factors_of(left) + factors_of(right)
        case Binary("/", left, right) if not is_sum(left):
            ones = [factor for factor in factors_of(left) if factor != ONE]
            # The fraction stays one factor where its numerator is one.
            return [*ones[:-1], Binary("/", ones[-1], right)] if ones else [expression]
        case Minus(Binary("*" | "/") as of):
            first, *others = factors_of(of)
            return [Minus(first), *others]
    return [expression]


def divided(expression, factor):
    """Take one factor out of a product or power.

    Parameters
    ----------
    expression, factor : autograder.derivations.expression.Expression

    Returns
    -------
    Expression
    """
    if expression == factor:
        return ONE
    match expression:
        case Binary("**", base, Number(value)) if base == factor:
            return base if value == 2 else Binary("**", base, Number(value - 1))
        case Binary("*", one, other):
            if factor in factors_of(one):
                return product(divided(one, factor), other)
            return product(one, divided(other, factor))
    return over(expression, factor)


def base_of(factor):
    """Return what a power is a power of; anything else as it is."""
    return factor.left if isinstance(factor, Binary) and factor.operator == "**" else factor


def is_sum(expression):
    """Whether an expression is a sum or a difference of two."""
    return isinstance(expression, Binary) and expression.operator in "+-"


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
