"""Look at the parts of expressions, and at what stands in their places."""

from autograder.derivations.arithmetic import ONE
from autograder.derivations.expression import Binary, Derivative, Entry, Minus
from autograder.derivations.factors import as_fraction
from autograder.derivations.rules import differentiate


def resolve(line, vocabulary):
    """Work out every derivative of a line."""
    if isinstance(line, Derivative):
        return differentiate(line.of, line.by, vocabulary)[0]
    return line.with_parts([resolve(part, vocabulary) for part in line.parts()])


def places(node):
    """Yield each part of an expression, and a function that puts something else in its place."""
    yield node, lambda changed: changed
    parts = node.parts()
    for place, part in enumerate(parts):
        if isinstance(node, Derivative) and place == 1:
            continue  # what is differentiated by
        for inner, replaced in places(part):

            def around(changed, place=place, replaced=replaced):
                return node.with_parts([*parts[:place], replaced(changed), *parts[place + 1 :]])

            yield inner, around


def binaries(expression):
    """Return the parts that combine two others."""
    return [part for part in expression.walk() if isinstance(part, Binary)]


def is_differentiated(before, line, vocabulary):
    """Whether a derivative was worked out, rather than rewritten: those in the line are of parts of what there was."""
    there = {inner for part in before.walk() if isinstance(part, Derivative) for inner in part.of.walk()}
    names = {part.name for part in there if isinstance(part, Entry)}
    for name in names.union(*map(vocabulary.upstream, names)):
        definition = vocabulary.names[name].definition
        # What is differentiated in one piece is a rewritten definition; its parts come from the chain rule.
        there.update(inner for inner in (definition.walk() if definition else ()) if inner != definition)
    left = [unsigned(part.of) for part in line.walk() if isinstance(part, Derivative)]
    return all(of in there or isinstance(of, Entry) for of in left)


def divisors(parts):
    """Return what some of the parts divide by, factor by factor."""
    found, left = set(), [part.right for part in parts if isinstance(part, Binary) and part.operator == "/"]
    while left:
        divisor = left.pop()
        found.add(divisor)
        if isinstance(divisor, Minus):
            left.append(divisor.of)
        elif isinstance(divisor, Binary) and divisor.operator in ("*", "**"):
            left += [divisor.left, divisor.right] if divisor.operator == "*" else [divisor.left]
    return found


def is_vanishing(vocabulary, part):
    """Whether a part is a derivative of something that isn't built from what it is differentiated by."""
    if not isinstance(part, Derivative):
        return False
    names, by = {each.name for each in part.of.walk() if isinstance(each, Entry)}, part.by.name
    return not any(name == by or by in vocabulary.upstream(name) for name in names)


def has_derivatives(expression):
    """Whether anything in an expression is still to be differentiated."""
    return any(isinstance(part, Derivative) for part in expression.walk())


def inverse_of(part):
    """Return u of 1/u, or None for anything else."""
    return part.right if isinstance(part, Binary) and part.operator == "/" and part.left == ONE else None


def is_factor_above(quantity, line):
    """Whether a quantity is a factor somewhere in a line, but in no denominator."""
    if isinstance(line, Binary) and line.operator == "/":
        return is_factor_above(quantity, line.left)
    if quantity in as_fraction(line)[1]:
        return True
    return any(is_factor_above(quantity, part) for part in line.parts())


def is_factor(quantity, line):
    """Whether a quantity is a factor somewhere in a line, or a product of such factors."""
    if isinstance(quantity, Binary) and quantity.operator == "*":
        return all(is_factor(each, line) for each in quantity.parts())
    return any(
        isinstance(part, Binary) and part.operator == "*" and quantity in map(unsigned, (part.left, part.right))
        for part in line.walk()
    )


def unsigned(expression):
    """Return an expression without the minus in front of it."""
    return expression.of if isinstance(expression, Minus) else expression


def is_part_of_a_slope(quantity):
    """Whether an expression can be a factor of the slope a(1 − a)."""
    if isinstance(quantity, Binary) and quantity.operator == "-" and quantity.left == ONE:
        quantity = quantity.right
    return isinstance(quantity, Entry) and quantity.name.startswith("a")


def parts_above(before, vocabulary):
    """Return the parts of the line above, and of what it is with its derivatives worked out."""
    return {*before.walk(), *resolve(before, vocabulary).walk()}
