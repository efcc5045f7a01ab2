"""What products are made of: their factors, and what is left without one."""

from autograder.derivations.arithmetic import ONE, over, product
from autograder.derivations.expression import Binary, Minus, Number, is_sum


def factors_of(expression):
    """Return what an expression is the product of.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    list of Expression
        The denominator of a fraction stays with the last factor of its numerator: u*v/w is made of u and v/w.
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


def has_factor(expression, factor):
    """Whether an expression is a product with a factor, or with a power of it."""
    return any(factor in (each, base_of(each)) for each in factors_of(expression))


def divided(expression, factor):
    """Divide by a factor, and cancel it where the expression has it or a power of it.

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
            if has_factor(one, factor):
                return product(divided(one, factor), other)
            return product(one, divided(other, factor))
    return over(expression, factor)


def base_of(factor):
    """Return what a power is a power of; anything else as it is."""
    return factor.left if isinstance(factor, Binary) and factor.operator == "**" else factor


def as_fraction(node):
    """Read a product as one fraction.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Returns
    -------
    (int, list of Expression, list of Expression)
        The sign, the factors of the numerator, and those of the denominator, all without 1.
    """
    match node:
        case Minus(of):
            sign, above, below = as_fraction(of)
            return -sign, above, below
        case Binary("*" | "/" as operator, left, right):
            sign, above, below = as_fraction(left)
            other_sign, more_above, more_below = as_fraction(right)
            if operator == "/":
                more_above, more_below = more_below, more_above
            return sign * other_sign, above + more_above, below + more_below
        case Number(1.0):
            return 1, [], []
    return 1, [node], []
