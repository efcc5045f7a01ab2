"""Explain a wrong line by its form: factors that only one of the two lines has, where all others agree."""

from autograder.derivations.arithmetic import product
from autograder.derivations.expression import Derivative, Number, Sum
from autograder.derivations.factors import as_fraction
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_difference import difference, unshared
from autograder.diagnosis.line_evidence import named_factor


def by_factors(step):
    """Find factors that only one of two lines has, where nothing else was changed.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding or None
        None where one of them is a number, or has a derivative or a sum over an index: a rule says more of those.
    """
    whole, ours = difference(step.before, step.line)
    (sign, above, below), (other_sign, other_above, other_below) = as_fraction(whole), as_fraction(ours)
    (lost, added), under = unshared(above, other_above), unshared(below, other_below)
    if sign != other_sign or under != ([], []) or bool(lost) == bool(added) or len(lost) == len(above):
        return None
    different = lost or added
    parts = {type(part) for factor in different for part in factor.walk()}
    if Number in map(type, different) or not parts.isdisjoint({Derivative, Sum}):
        return None
    where = "" if whole == step.before else words.in_what_became_of(whole)
    return words.factor(*named_factor(product(*different), bool(lost), step), step.before, where=where)
