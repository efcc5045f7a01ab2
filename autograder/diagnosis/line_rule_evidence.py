"""Whether a wrong line shows what a rule is about; numbers alone may agree by chance."""

from collections import Counter

from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Sum,
    is_product,
    is_sum,
)
from autograder.derivations.factors import as_fraction, base_of
from autograder.derivations.judging import normal_form
from autograder.derivations.terms import signed_terms, terms_of
from autograder.diagnosis.line_parts import binaries, divisors, is_differentiated, resolve, unsigned

# What stands in the place of s', so that no s' is in the line.
_WRONG_SLOPES = {f"sigma-prime:{each}" for each in ("kept", "z(1-z)", "half", "1+s", "square", "tanh")}
# What can be told only of a fraction in the line above.
_OF_FRACTIONS = ("cancelled:", "term-cancelled", "fraction-", "common-denominator")
# What leaves derivatives as they are.
_OF_CHAINS = ("link", "one-path", "sum-of")
# What counts inside a derivative only where a definition was written out there.
_WRITTEN_OUT = ("product-as-sum", "plus-times", "cancelled", "ln-of-a-sum")


class RuleEvidence:
    """What a wrong line shows of the rules that may have led to it.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep

    Attributes
    ----------
    differentiated : bool
        Whether derivatives were worked out.
    written_out : bool
        Whether definitions were written out inside of derivatives.
    letters : dict of str to None
        The indices of the line's sums, in their order.
    """

    def __init__(self, step):
        self._before, self._line = step.before, step.line
        self._resolved = resolve(step.before, step.vocabulary)
        self._kept = set(step.line.walk())
        derivatives = [part for part in self._kept if isinstance(part, Derivative)]
        self.differentiated = is_differentiated(step.before, step.line, step.vocabulary)
        self.written_out = any(not isinstance(unsigned(part.of), Entry) for part in derivatives)
        self.letters = dict.fromkeys(part.index for part in step.line.walk() if isinstance(part, Sum))
        self._has_slope = any(isinstance(part, Function) and part.name == "s'" for part in self._kept) or any(
            _is_logistic(part.of, step.vocabulary) for part in derivatives
        )
        self._has_fraction = any(part.operator == "/" for part in binaries(step.line))

    def allows(self, misuse):
        """Whether a line's form does not rule out that a rule was misused.

        Parameters
        ----------
        misuse : autograder.diagnosis.line_misuses.Misuse

        Returns
        -------
        bool
        """
        name, part = misuse.name, misuse.part
        if part in self._kept or misuse.link in self._kept:
            return False  # it was not touched
        if isinstance(part, Derivative) and not self.differentiated and not name.startswith(_OF_CHAINS):
            return False  # a rule of differentiation needs a derivative that was worked out
        if misuse.about and not self._shows_common_factor(misuse):
            return False
        if name.startswith(_OF_FRACTIONS) and not _divisions(self._before):
            return False
        if name in _WRITTEN_OUT and misuse.in_derivative and not self.written_out:
            return False
        if name in _WRONG_SLOPES and self._has_slope:
            return False
        return self._shows(misuse)

    def _shows(self, misuse):
        """Whether the line has what only some rules lead to."""
        line, part = self._line, misuse.part
        match misuse.name:
            case "power":  # one that is elsewhere in the line is not lost
                due = max(map(_powers, (self._before, self._resolved)))
                return _powers(line) < due and set(part.left.walk() if part else ()) <= self._kept
            case "derivative-as-quotient":
                return part.by in divisors(self._kept) - divisors(self._before.walk())
            case "common-denominator:extended":
                return part is not None and _is_over_both(line, part)
            case "common-denominator" | "common-denominator:each" | "fraction-split":
                return self._has_fraction
            case "cancelled":
                return _divisions(line) < _divisions(self._before)
            case "distribution" if part is not None and _still_has_parenthesis(line, part):
                return False
            case "distribution" | "parentheses-moved":
                # It leaves all terms; where there are fewer, they would have to have been collected.
                return len(terms_of(line)) >= len(terms_of(misuse.result))
            case "term-lost":
                return len(terms_of(line)) < len(terms_of(self._resolved))
            case "ln-of-a-sum":
                # Whoever differentiates the sum inside as a whole hasn't taken the logarithm of it apart.
                logged = {each.of for each in self._before.walk() if isinstance(each, Function) and each.name == "ln"}
                return not any(isinstance(each, Derivative) and each.of in logged for each in self._kept)
            case "links-added":
                return any(map(is_sum, self._kept))
            case "sum-kept":
                return bool(self.letters)
            case "sum-of-products":
                return _multiplies_sums(line)
            case "product-rule:derivatives":
                return not self._kept.isdisjoint(_derivatives_of_factors(self._before))
        return True

    def _shows_common_factor(self, misuse):
        """Whether a factor was taken out of a sum or cancelled, with nothing worked out on the way."""
        factor, term = misuse.about
        if any(isinstance(each, Derivative) and each not in self._kept for each in misuse.part.walk()):
            return False
        if misuse.name.startswith("term-cancelled"):
            return _times_divided(self._line, factor) < _times_divided(self._before, factor)
        form = normal_form(term)
        return any(
            factor in factors and any(form in _forms_of_terms(each) for each in factors if is_sum(each))
            for _, factors, _ in _fractions(self._line)
        )


def _is_over_both(line, part):
    """Whether a line divides a sum, in which nothing else is divided, by the denominators of two fractions."""
    wanted = _forms(divisor for each in part.parts() for divisor in as_fraction(each)[2])
    return any(
        wanted <= _forms(below) and any(is_sum(each) and not _divisions(each) for each in above)
        for _, above, below in _fractions(line)
    )


def _fractions(line):
    return [as_fraction(part) for part in line.walk() if is_product(part)]


def _forms(factors):
    return Counter(map(normal_form, factors))


def _forms_of_terms(node):
    return [normal_form(term) for _, term in signed_terms(node)]


def _times_divided(line, factor):
    """Count how often a line divides by something."""
    below = [each for part in binaries(line) if part.operator == "/" for each in as_fraction(part.right)[1]]
    powers = [
        each.right.value if isinstance(each, Binary) and isinstance(each.right, Number) else 1
        for each in below
        if base_of(each) == factor
    ]
    return sum(powers)


def _powers(line):
    return sum(each.operator == "**" for each in binaries(line))


def _divisions(line):
    """Count the denominators of a line, and the negative powers."""
    return sum(
        each.operator == "/" or (each.operator == "**" and isinstance(each.right, Minus)) for each in binaries(line)
    )


def _derivatives_of_factors(before):
    """Return the derivatives of the factors of every product that is differentiated in the line above."""
    return {
        Derivative(factor, part.by)
        for part in before.walk()
        if isinstance(part, Derivative)
        for whole in binaries(part.of)
        if whole.operator == "*"
        for factor in (whole.left, whole.right)
    }


def _still_has_parenthesis(line, part):
    """Whether a line still multiplies a sum by what a part of the line above multiplied it by."""
    if not (isinstance(part, Binary) and part.operator == "*"):
        return False
    factors = {side for side in (part.left, part.right) if not is_sum(side)}
    products = [each for each in binaries(line) if each.operator == "*"]
    return any(
        (each.left in factors and is_sum(each.right)) or (each.right in factors and is_sum(each.left))
        for each in products
    )


def _multiplies_sums(line):
    """Whether two sums over an index are multiplied."""
    return any(
        each.operator == "*" and all(any(isinstance(part, Sum) for part in side.walk()) for side in each.parts())
        for each in binaries(line)
    )


def _is_logistic(entry, vocabulary):
    """Whether an expression is a name that is defined as a logistic function."""
    definition = vocabulary.names[entry.name].definition if isinstance(entry, Entry) else None
    return isinstance(definition, Function) and definition.name == "s"
