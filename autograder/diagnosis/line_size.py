"""Explain a wrong line by its size: one factor, or one term, too many or missing."""

import itertools
from collections import Counter

from autograder.derivations.edits import quantities
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Number
from autograder.derivations.judging import normal_form, same_values
from autograder.derivations.terms import outer_terms, terms_of, without_signs
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_evidence import is_factor_seen, named_factor
from autograder.diagnosis.line_parts import is_factor
from autograder.diagnosis.line_values import is_constant, values_of


def _times(values, factors):
    return [value * factor for value, factor in zip(values, factors, strict=True)]


def _over(values, factors):
    return [value / factor for value, factor in zip(values, factors, strict=True)]


def by_ratio(step, place):
    """Return what a whole line that is off by one factor or term shows, and whether the factor stands in the lines.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep
    place : (Expression, Expression) or None
        The only parts of the line above and of the line that differ.

    Returns
    -------
    (autograder.diagnosis.line_words.LineFinding or None, bool)
    """
    if is_constant(step.wrong):
        return None, False  # a number times anything would do
    before, line, right, wrong = step.before, step.line, step.right, step.wrong
    candidates = quantities(step.vocabulary, step.vocabulary.free)
    parts = (*before.walk(), *line.walk())
    if not any(isinstance(each, (Derivative, Function)) or each == Entry("a") for each in parts):
        candidates = [each for each in candidates if not isinstance(each, Function)]  # no slope has been near
    known = [(each, values) for each in candidates if (values := values_of(step.comparison, each)) is not None]

    for quantity, values in known:
        for sign, (missing, mended) in itertools.product((1, -1), ((False, _over), (True, _times))):
            if not same_values(mended(wrong, [sign * value for value in values]), right):
                continue
            named = named_factor(quantity, missing, step)
            if is_factor_seen(*named, step):
                sure = not isinstance(quantity, Binary) and (missing or is_factor(quantity, line))
                return words.factor(*named, before, negative=sign < 0), sure
    return _by_difference([each for each in known if isinstance(each[0], Entry)], right, wrong, place), True


def _by_difference(known, right, wrong, place):
    """The two lines differ by one known quantity; what stands in a term that agrees isn't it."""
    for quantity, values in known:
        for sign in (1, -1):
            if place and sign < 0 and quantity not in set(place[1].walk()):
                continue
            if same_values([value + sign * part for value, part in zip(wrong, values, strict=True)], right):
                return words.difference(quantity, missing=sign > 0)
    return None


# What a term is too much or too little by, as a share of it: the mistake, and how it is told.
_LOST = {
    1: ("term-lost", "got lost"),
    2: ("sign", "came out with the wrong sign"),
    -1: ("factor-2", "came out twice as large as it should be"),
    0.5: ("factor-half", "came out half as large as it should be"),
}
_LEFT = {
    -1: ("term-left", "shouldn't be there, or the term that it cancels with is missing"),
    -2: ("sign", "has the wrong sign"),
    -0.5: ("factor-2", "is twice as large as it should be"),
    1: ("factor-half", "is half as large as it should be"),
}


def by_terms(step, cancels):
    """One term is lost, doubled, halved or of the wrong sign.

    Parameters
    ----------
    step : autograder.diagnosis.line_values.WrongStep
    cancels : bool
        Whether terms of the wrong line cancel: one that does has the value of one that was lost, but it's there.

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding or None
    """
    before, line = step.before, step.line
    counted = any(isinstance(part, Number) and part.value == 2 for part in (*before.walk(), *line.walk()))
    for split in (outer_terms, terms_of):
        for expression, shares in ((line, _LEFT),) if cancels else ((before, _LOST), (line, _LEFT)):
            if split is terms_of and not counted:  # twice a term, without a 2, is one that did not cancel
                shares = {share: found for share, found in shares.items() if not found[0].startswith("factor")}
            terms, kept = split(expression), _kept(expression, line if expression is before else before, split)
            for term in terms if len(terms) > 1 else ():
                if normal_form(term) in kept:
                    continue  # it is the same in both lines, or was multiplied out from what is
                found = _one_term(step, term, shares)
                if found and not _has_twin(step.comparison, term, terms):
                    times = sum(_unsigned_form(each) == _unsigned_form(term) for each in terms)
                    return words.term(term, *found, expression is before, line, times)
    return None


def _kept(expression, other, split):
    """Return the forms of the terms that come from whole terms which both lines have."""
    if split is outer_terms:  # what stands as often in both is right
        counts, there = (Counter(map(normal_form, outer_terms(each))) for each in (expression, other))
        return {form for form, count in counts.items() if there[form] == count}
    there = {normal_form(term) for term in outer_terms(other)}
    shared = [term for term in outer_terms(expression) if normal_form(term) in there]
    return {normal_form(term) for each in shared for term in terms_of(each)}


def _has_twin(comparison, term, terms):
    """Whether another term has the same size, but is written differently: nobody knows which of the two is meant."""
    own = values_of(comparison, term)
    for other in terms:
        if _unsigned_form(other) != _unsigned_form(term) and (values := values_of(comparison, other)) is not None:
            if same_values([abs(value) for value in values], [abs(value) for value in own]):
                return True
    return False


def _unsigned_form(term):
    return normal_form(without_signs(term))


def _one_term(step, term, shares):
    """Return how a single term explains the whole difference, or None."""
    values = values_of(step.comparison, term)
    if values is None or not any(value.any() for value in values):
        return None
    for share, found in shares.items():
        if same_values([value + share * part for value, part in zip(step.wrong, values, strict=True)], step.right):
            return found
    return None


def differing_terms(step):
    """Return the one term of the line above and of the line that differ where all others agree, else None."""
    for split in (outer_terms, terms_of):
        theirs = [(term, values_of(step.comparison, term)) for term in split(step.before)]
        ours = [(term, values_of(step.comparison, term)) for term in split(step.line)]
        if len(ours) < 2 or any(values is None for _, values in theirs + ours):
            continue
        for mine in list(ours):
            twin = next((each for each in theirs if same_values(mine[1], each[1])), None)
            if twin:
                ours = [each for each in ours if each is not mine]
                theirs = [each for each in theirs if each is not twin]
        if len(ours) == len(theirs) == 1:
            return theirs[0][0], ours[0][0]
    return None
