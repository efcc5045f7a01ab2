"""Compare expressions by their values."""

import numpy as np

from autograder.derivations.judging import same_values
from autograder.derivations.reading import Refused
from autograder.diagnosis.line_parts import parts_above

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


class WrongStep:
    """A wrong line, the line that it should equal, and what an explanation of it is held against.

    Parameters
    ----------
    comparison : autograder.derivations.judging.Comparison
        With the learner's own names.
    before, line : autograder.derivations.expression.Expression
        The line above, and the wrong line.

    Attributes
    ----------
    comparison, before, line
        As above.
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    above : set of autograder.derivations.expression.Expression
        The parts of the line above, and of what it is with its derivatives worked out.
    right, wrong : list of ndarray
        The values of the two lines.
    to_right, to_wrong : Wanted
        What mends the line has the one, what leads to it has the other.
    tries : Tries
        What may still be tried.
    """

    def __init__(self, comparison, before, line):
        comparison.keep(before, line)
        self.comparison, self.vocabulary = comparison, comparison.vocabulary
        self.before, self.line, self.above = before, line, parts_above(before, comparison.vocabulary)
        self.right, self.wrong = comparison.values(before), comparison.values(line)
        self.to_right, self.to_wrong = Wanted(comparison, self.right), Wanted(comparison, self.wrong)
        self.tries = Tries(before, line)


def is_constant(values):
    """Whether all values are the same number, but for rounding."""
    return all(np.ptp(value) <= ROUNDING * np.abs(value).max() for value in values)


def is_zero(values):
    """Whether all values are 0, but for rounding."""
    return all(np.allclose(value, 0.0, atol=ROUNDING) for value in values)
