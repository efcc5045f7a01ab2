"""Compare expressions by their values, and look at their parts."""

import numpy as np

from autograder.derivations.expression import Binary, Derivative, Entry, Minus
from autograder.derivations.judging import same_values
from autograder.derivations.reading import Refused
from autograder.derivations.rules import differentiate

# How many parts of changed lines are looked at for one wrong line: half a second's work, and the same work everywhere.
MAX_PARTS = 30_000
# What is left of terms that cancel.
ROUNDING = 1e-13


class Tries:
    """The changes that may still be tried: a number, so that what is found does not depend on the machine's speed.

    Parameters
    ----------
    *lines : autograder.derivations.expression.Expression
        What is changed; the longer the longest is, the fewer changes are tried.
    """

    def __init__(self, *lines):
        self._left = MAX_PARTS // max(sum(1 for _ in line.walk()) for line in lines)

    def are_over(self):
        """Count one more try, and return whether it is one too many."""
        self._left -= 1
        return self._left < 0


def is_vanishing(vocabulary, part):
    """Whether a part is a derivative of something that isn't built from what it is differentiated by."""
    if not isinstance(part, Derivative):
        return False
    names, by = {each.name for each in part.of.walk() if isinstance(each, Entry)}, part.by.name
    return not any(name == by or by in vocabulary.upstream(name) for name in names)


def values_of(comparison, expression):
    """Return the values of an expression, or None if it has none."""
    try:
        comparison.vocabulary.check(expression)
        return comparison.values(expression)
    except Refused:
        return None


class Wanted:
    """The values that an explanation has to bring out.

    Parameters
    ----------
    comparison : autograder.derivations.judging.Comparison
    values : list of ndarray
    """

    def __init__(self, comparison, values):
        self._comparison, self._quick, self._values = comparison, comparison.first(), values
        self._negative = [-value for value in values]

    def is_value_of(self, expression, negative=False):
        """Whether an expression has these values, or all of them with the other sign."""
        values = self._negative if negative else self._values
        found = values_of(self._quick, expression)
        if found is None or not same_values(found, values[:1]):
            return False
        found = values_of(self._comparison, expression)
        return found is not None and same_values(found, values)

    def sign_of(self, expression):
        """Return 1 if an expression has these values, -1 if it has them with the other sign, else 0."""
        found = values_of(self._quick, expression)
        for sign, values in ((1, self._values), (-1, self._negative)):
            if found is not None and same_values(found, values[:1]):
                return sign if self.is_value_of(expression, sign < 0) else 0
        return 0


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


def replaced_parts(node, new):
    """Return an expression with other expressions for some of its parts; what is differentiated by stays."""
    if node in new:
        return new[node]
    parts = node.parts()
    kept = parts[1:] if isinstance(node, Derivative) else []
    changed = parts[: len(parts) - len(kept)]
    return node.with_parts([*(replaced_parts(part, new) for part in changed), *kept])


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
    left = [part.of for part in line.walk() if isinstance(part, Derivative)]
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


def is_constant(values):
    """Whether all values are the same number, but for rounding."""
    return all(np.ptp(value) <= ROUNDING * np.abs(value).max() for value in values)


def is_zero(values):
    """Whether all values are 0, but for rounding."""
    return all(np.allclose(value, 0.0, atol=ROUNDING) for value in values)
