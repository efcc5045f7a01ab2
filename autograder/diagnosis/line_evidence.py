"""Whether what explains a wrong line stands in the lines; numbers alone may agree by chance."""

from collections import Counter

from autograder.derivations.arithmetic import ONE
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Sum,
    is_product,
    with_dots,
)
from autograder.derivations.factors import as_fraction
from autograder.derivations.judging import normal_form
from autograder.diagnosis.line_parts import (
    binaries,
    divisors,
    inverse_of,
    is_factor,
    is_factor_above,
    is_part_of_a_slope,
    resolve,
)


def _factors_of_terms(expression):
    """Count the factors and divisors of the terms of a line, and of what its sums over an index add up."""
    match expression:
        case Minus(of):
            return _factors_of_terms(of)
        case Binary("+" | "-", one, other):
            return _factors_of_terms(one) + _factors_of_terms(other)
    _, above, below = as_fraction(expression)
    found = Counter((power, normal_form(each)) for power, factors in ((1, above), (-1, below)) for each in factors)
    return sum((_factors_of_terms(each.of) for each in (*above, *below) if isinstance(each, Sum)), found)


class Unchanged:
    """What stands in both lines as it is, a whole factor of a term, and so is not what is wrong.

    Parameters
    ----------
    before, line : autograder.derivations.expression.Expression
    """

    def __init__(self, before, line):
        self._shared = _factors_of_terms(before) & _factors_of_terms(line)

    def is_in(self, result):
        """Whether all of it is still there after a change of one of the lines."""
        return self._shared <= _factors_of_terms(result)


def is_seen(edit, step):
    """Whether what a mend puts in stands in the line above or comes from it, and what it takes away in this line."""
    line = step.line
    match edit.kind:
        case "sign":
            return not edit.hidden or edit.result is not None  # one in a function of the line above proves little
        case "power":
            wanted = edit.removed or edit.added
            return any(each.operator == "**" and each.right == wanted for each in binaries(line))
        case "term":
            return edit.removed is None or edit.removed in set(line.walk())
        case "function" if isinstance(edit.added, Function):
            return edit.added.name in {part.name for part in step.above if isinstance(part, Function)}
        case "factor":
            taken_away = edit.added is None and edit.result is not None  # stands in this line, wherever it is
            return (taken_away or not edit.hidden) and is_factor_seen(*factor_of(edit, step), step)
    return True


def is_factor_seen(quantity, missing, step):
    """Whether a factor that is said to be missing stands in the line above, comes from it, or belongs to a slope there.

    Parameters
    ----------
    quantity : autograder.derivations.expression.Expression or None
    missing : bool
        A factor that is there too often stands in the line.
    step : autograder.diagnosis.line_values.WrongStep

    Returns
    -------
    bool
    """
    if quantity is None or not missing or isinstance(quantity, (Number, Derivative)):
        return True
    if divisor := inverse_of(quantity):
        return divisor in divisors(step.above) or quantity in step.above
    return _is_above(quantity, step)


def _is_above(quantity, step):
    """Whether a factor stands among the parts above, whatever its indices, or belongs to a slope among them."""
    shapes = set(map(with_dots, step.above))  # a sum that was worked out counts with letters of its own
    slopes = any(isinstance(part, Function) and part.name == "s'" for part in step.above)
    return with_dots(quantity) in shapes or (slopes and is_part_of_a_slope(quantity))


def factors_in(before, line):
    """Return what the line above is multiplied together from, and the links that a chain cut short would need."""
    parts = [part for part in before.walk() if isinstance(part, (Function, Derivative))]
    ends = [part.by for part in parts if isinstance(part, Derivative)]
    links = [part.by for part in line.walk() if isinstance(part, Derivative)]
    parts += [Derivative(link, end) for link in links for end in ends if link != end]
    for part in before.walk():
        if is_product(part):
            parts += [part.left, part.right] if part.operator == "*" else [part.right]
            if isinstance(part.right, Binary) and part.right.operator == "**":
                parts.append(part.right.left)
    return tuple(dict.fromkeys(part for part in parts if not isinstance(part, (Number, Entry))))


def factor_of(edit, step):
    """Return what a change to a factor shows to be missing, or too many.

    Parameters
    ----------
    edit : autograder.derivations.edits.Edit
    step : autograder.diagnosis.line_values.WrongStep

    Returns
    -------
    (Expression or None, bool)
        The factor to name, and whether it is missing; None where a division should be a multiplication.
    """
    quantity, missing = edit.added or edit.removed, edit.added is not None
    divisor = inverse_of(quantity)
    return named_factor(*((divisor, not missing) if divisor else (quantity, missing)), step)


def named_factor(quantity, missing, step):
    """Return the factor to name, and whether it is missing.

    A factor that is too many, but is not in the line, is a divisor that is missing. One that is missing, but is not in
    the line above, is a divisor that is too many, where the line has it.

    Parameters
    ----------
    quantity : autograder.derivations.expression.Expression or None
        A factor, with which or without which the line is right.
    missing : bool
        Whether it is right with it.
    step : autograder.diagnosis.line_values.WrongStep

    Returns
    -------
    (Expression or None, bool)
    """
    if quantity is None or isinstance(quantity, (Number, Derivative)):
        return quantity, missing
    if missing:
        lines = (step.before, resolve(step.before, step.vocabulary))
        above = _is_above(quantity, step) and any(is_factor_above(quantity, each) for each in lines)
        extra = quantity in divisors(step.line.walk()) and not above
        return (Binary("/", ONE, quantity), False) if extra else (quantity, True)
    return (quantity, False) if is_factor(quantity, step.line) else (Binary("/", ONE, quantity), True)
