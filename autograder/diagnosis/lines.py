"""Find out what is wrong with a line of a derivation."""

from dataclasses import replace

import numpy as np

from autograder.derivations.arithmetic import ONE, over, product
from autograder.derivations.edits import choices
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Minus, is_sum
from autograder.derivations.factors import as_fraction
from autograder.derivations.judging import normal_form, same_values
from autograder.derivations.rules import differentiate
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_difference import difference
from autograder.diagnosis.line_edits import by_edit, by_links, by_parentheses
from autograder.diagnosis.line_factors import by_factors
from autograder.diagnosis.line_forms import Forms, Looks
from autograder.diagnosis.line_parts import (
    binaries,
    divisors,
    has_derivatives,
    is_factor,
    is_part_of_a_slope,
    is_vanishing,
    places,
    resolve,
)
from autograder.diagnosis.line_rules import by_rule
from autograder.diagnosis.line_size import by_ratio, by_terms, differing_terms
from autograder.diagnosis.line_values import WrongStep, is_constant, is_zero

# Where the size of a mistake says more than the rule.
_FACTORS = ("factor", "inner-derivative", "sigma-prime")
# What can look like a wrong sign of one term.
_OF_FUNCTIONS = ("ln-rule", "ln-of-a-sum", "exp-rule")
_SIZES = ("factor-2", "factor-half", "factor-n", "factor-1/n")


def name_line(derivation, comparison, before, line):
    """Name the mistake in a step whose value is not that of the line it is compared with.

    Parameters
    ----------
    derivation : autograder.exercise.Derivation
    comparison : autograder.derivations.judging.Comparison
        With the learner's own names.
    before, line : autograder.derivations.expression.Expression
        The line that it should equal, and the wrong line.

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding
        Without a mistake where none explains the line.
    """
    step = WrongStep(comparison, before, line)
    with np.errstate(all="ignore"):  # some points are undefined
        place = _place(step)
        cancels = Forms(step.vocabulary).gains_opposites(before, line)
        unreliable = cancels or is_constant(step.wrong)  # much else has the same value
        if is_zero(step.wrong):
            return by_rule(step, place, unreliable=True) or _by_zero(step)
        if step.to_right.is_value_of(line, negative=True):
            return _by_sign(step)
        if variable := _by_variable(step):
            return variable
        if of := _by_what_is_differentiated(step):
            return of
        if parentheses := by_parentheses(step):
            return parentheses
        if factors := by_factors(step):
            return factors
        size, sure = by_ratio(step, place)
        if not size:
            size, sure = by_terms(step, cancels), True
        # Everything else is said best by the rule that was used wrongly; any rule may have led to a mere number.
        if _has_names(line) and (rule := by_rule(step, place, unreliable)):
            if not (size and size.mistake == "sign" and rule.mistake not in _OF_FUNCTIONS):
                if rule.mistake == "cancelled" and size and size.mistake in _FACTORS:
                    return words.cancelled(size)
                by_size = size and size.mistake in _SIZES and rule.mistake == "power-rule"
                return replace(rule, mistake=size.mistake) if by_size else rule
        if size and sure:
            return size
        return (
            _by_logarithm_below(step)
            or by_edit(step)
            or by_links(before, line)
            or _by_other_variable(step)
            or size
            or _by_known(derivation, step)
            or (place and words.one_place(*place))
            or words.UNKNOWN
        )


def _by_sign(step):
    """The whole line has the wrong sign, for which there are many possible reasons."""
    if operator := _wrong_quotient(step):
        return words.quotient(operator)
    if slope := _slope_turned_round(step):
        return words.slope_turned_round(slope)
    return words.whole_sign(step.before)


def _place(step):
    """Return the parts of the line above and of the line that differ, where everything else agrees, or None."""
    found = [difference(step.before, step.line), differing_terms(step)]
    found = [each for each in found if each and each != (step.before, step.line)]
    return min(found, key=lambda both: sum(1 for each in both for _ in each.walk()), default=None)


def _wrong_quotient(step):
    """Return what joins the terms of the quotient rule where it is written as u*v' - u'*v or u'*v + u*v', or None."""
    forms = Forms(step.vocabulary)

    def form(expression):
        return forms.multiplied_out(resolve(expression, step.vocabulary))

    wrong = [
        (
            form(Binary("*", part.of.left, Derivative(part.of.right, part.by))),
            form(Binary("*", Derivative(part.of.left, part.by), part.of.right)),
        )
        for part in step.before.walk()
        if isinstance(part, Derivative) and isinstance(part.of, Binary) and part.of.operator == "/"
    ]
    for each in step.line.walk() if wrong else ():
        if is_sum(each):
            terms = form(each.left), form(each.right)
            if (terms if each.operator == "-" else terms[::-1]) in wrong:
                return each.operator
    return None


def _slope_turned_round(step):
    """Return the activation u whose slope is written as u*(u - 1) where the line above has its derivative, or None."""
    above = {*step.before.walk()}
    slopes = any(isinstance(part, Function) and part.name == "s'" for part in above)
    differentiated = {part.of for part in above if isinstance(part, Derivative)}
    for part in binaries(step.line):
        turned = isinstance(part.left, Entry) and part.operator == "-" and part.right == ONE and part not in above
        if turned and (slopes or part.left in differentiated) and is_part_of_a_slope(part.left):
            if is_factor(part.left, step.line) and is_factor(part, step.line):
                return part.left
    return None


def _by_variable(step):
    """A derivative was taken with respect to something else than in the line above."""
    wanted = dict.fromkeys(part.by for part in step.before.walk() if isinstance(part, Derivative))
    for part, replaced in places(step.line):
        for by in wanted if isinstance(part, Derivative) and part.by not in wanted else ():
            # What depends on the variable is a link on the way to it, after which another one is missing.
            on_the_way = by.name in step.vocabulary.upstream(part.by.name)
            if not on_the_way and step.to_right.is_value_of(replaced(Derivative(part.of, by))):
                return words.variable(part.by, by)
    return None


def _by_other_variable(step):
    """What stands for a derivative is the one with respect to something else."""
    looks = Looks(step.vocabulary)
    for part, replaced in places(step.before):
        for by in _other_variables(step.vocabulary, part) if isinstance(part, Derivative) else ():
            changed = replaced(differentiate(part.of, by, step.vocabulary)[0])
            for result, negative in ((changed, False), (Minus(changed), True)):
                if looks.distance(result, step.line) == 0:
                    return words.variable(by, part.by, negative)
    return None


def _other_variables(vocabulary, derivative):
    """Return what else the definition of a name depends on, besides what it is differentiated with respect to."""
    of, by = derivative.of, derivative.by
    if not isinstance(of, Entry) or vocabulary.names[of.name].definition is None:
        return []
    return [
        Entry(name, chosen)
        for name, meaning in vocabulary.shown().items()
        if name in vocabulary.upstream(of.name) and name != by.name and not meaning.definition
        for chosen in choices(meaning.kinds, vocabulary.free)
    ]


def _by_what_is_differentiated(step):
    """An unknown function, such as a cost without its penalty, is what should have been differentiated."""
    shown = step.vocabulary.shown().items()
    unknown = [Entry(name) for name, meaning in shown if meaning.function_of and not meaning.kinds]
    for part, replaced in places(step.line):
        for of in unknown if isinstance(part, Derivative) and isinstance(part.of, Entry) else ():
            built_from = step.vocabulary.upstream(part.of.name)
            if of.name in built_from and step.to_right.is_value_of(replaced(Derivative(of, part.by))):
                return words.differentiated(part, of)
    return None


def _by_logarithm_below(step):
    """A line that divides by a logarithm, which no rule leads to where the line above doesn't."""
    new = divisors(step.line.walk()) - divisors(step.above)
    logarithm = any(isinstance(part, Function) and part.name == "ln" for part in new)
    return words.rule("ln-derivative:1/ln", None) if logarithm and has_derivatives(step.before) else None


def _has_names(line):
    return any(isinstance(part, Entry) for part in line.walk())


def _by_zero(step):
    """A line that is 0 everywhere, and the derivative that makes it 0 if there is one."""
    zeros = [part for part in step.line.walk() if is_vanishing(step.vocabulary, part)]
    if not zeros:
        return words.ZERO
    whole = _differentiated_product(step)
    return words.rule("product-rule:derivatives", whole) if whole else words.zero_derivative(zeros[0])


def _differentiated_product(step):
    """Return the derivative of a product, of the line above, that was written as a product of derivatives, or None."""
    there = {
        (normal_form(inner), part.by)
        for part in step.before.walk()
        if isinstance(part, Derivative)
        for inner in binaries(part.of)
    }
    for part, replaced in places(step.line):
        sign, above, below = as_fraction(part)
        derivatives = [each for each in above if isinstance(each, Derivative)]
        for by in dict.fromkeys(each.by for each in derivatives):
            links = [each for each in derivatives if each.by == by]
            whole = Derivative(product(*(each.of for each in links)), by)
            if len(links) > 1 and (normal_form(whole.of), by) in there:
                mended = over(product(*(each for each in above if each not in links), whole), product(*below))
                if step.to_right.is_value_of(replaced(mended if sign > 0 else Minus(mended))):
                    return whole
    return None


def _by_known(derivation, step):
    """A wrong line that this derivation's file knows."""
    for mistake in derivation.mistakes:
        if same_values(step.comparison.values(mistake.line), step.wrong):
            return words.LineFinding(mistake.id, mistake.hint)
    return None
