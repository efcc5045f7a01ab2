"""Sums, products and powers put together, with what adds or multiplies nothing left out."""

from autograder.derivations.expression import Binary, Minus, Number

ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)


def product(*factors):
    """Multiply, leaving out factors 1; 0 if one of them is 0."""
    kept = [factor for factor in factors if factor != ONE]
    if ZERO in kept:
        return ZERO
    result = kept[0] if kept else ONE
    for factor in kept[1:]:
        result = Binary("*", result, factor)
    return result


def plus(one, other):
    """Add, leaving out 0."""
    if ZERO in (one, other):
        return other if one == ZERO else one
    return Binary("+", one, other)


def minus(of):
    """Change the sign."""
    return of if of == ZERO else of.of if isinstance(of, Minus) else Minus(of)


def over(one, other):
    """Divide."""
    return one if ZERO == one or other == ONE else Binary("/", one, other)


def square(of):
    """Raise to the power of 2."""
    return Binary("**", of, TWO)
