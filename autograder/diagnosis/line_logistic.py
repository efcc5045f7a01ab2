"""Fractions of exponentials, read as values of the logistic function."""

from autograder.derivations.arithmetic import ONE, minus, over, product
from autograder.derivations.expression import Binary, Function, Minus, Number, is_product
from autograder.derivations.factors import as_fraction


def in_logistics(expression):
    """Write 1/(1 + exp(-u)) and exp(u)/(1 + exp(u)) as s(u), and s(-u) as 1 - s(u), wherever they are factors.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    Expression
    """
    node = expression.with_parts([_inside(part, expression) for part in expression.parts()])
    match node:
        case Binary("*" | "/"):
            return _product_in_logistics(node)
        case Function("s", Minus(of)):
            return Binary("-", ONE, Function("s", of))
    return node


def logistic_slips(node):
    """Yield what may be written by mistake for a fraction that is a value of the logistic function.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Yields
    ------
    Expression
    """
    match in_logistics(node) if isinstance(node, Binary) and node.operator == "/" else None:
        case Function("s") as logistic:
            yield Minus(logistic)
            yield Binary("-", ONE, logistic)
        case Binary("-", Number(1.0), Function("s") as logistic):
            yield Minus(logistic)


def _inside(part, node):
    """Write a part in logistic functions, but leave a product inside a product for the whole of them."""
    if is_product(part) and is_product(node):
        return part.with_parts([_inside(each, part) for each in part.parts()])
    return in_logistics(part)


def _product_in_logistics(node):
    sign, above, below = as_fraction(node)
    above, left = list(above), []
    for factor in (each for divisor in below for each in _repeated(divisor)):
        exponent = _exponent(factor)
        if exponent is None:
            left.append(factor)
        elif Function("exp", exponent) in above:
            above.remove(Function("exp", exponent))
            above.append(_logistic(exponent))
        else:
            above.append(_logistic(minus(exponent)))
    result = over(product(*above), product(*left))
    return result if sign > 0 else Minus(result)


def _repeated(divisor):
    """Return a square as two factors."""
    match divisor:
        case Binary("**", base, Number(2.0)):
            return base, base
    return (divisor,)


def _exponent(divisor):
    """Return u of a divisor 1 + exp(u), or None."""
    match divisor:
        case Binary("+", Number(1.0), Function("exp", of)) | Binary("+", Function("exp", of), Number(1.0)):
            return of
    return None


def _logistic(of):
    return Binary("-", ONE, Function("s", of.of)) if isinstance(of, Minus) else Function("s", of)
