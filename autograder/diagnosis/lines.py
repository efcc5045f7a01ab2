"""Name what is wrong with a line of a derivation."""

import time
from dataclasses import dataclass

import numpy as np

from autograder.derivations.edits import edits_of, quantities
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    text_of,
)
from autograder.derivations.judging import same_values
from autograder.derivations.reading import Refused
from autograder.derivations.terms import outer_terms, terms_of

EDIT_SECONDS = 0.5


@dataclass(frozen=True)
class LineFinding:
    """What is wrong with one line.

    Attributes
    ----------
    mistake : str
        The id of the mistake; empty if none was recognised.
    hint : str
        What the numbers show, the mistake, and the rule it breaks.
    """

    mistake: str
    hint: str


_NUMBERS = {2.0: ("factor-2", "2"), 0.5: ("factor-half", "½")}


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
    LineFinding
        Without a mistake where none explains the line.
    """
    right, wrong = comparison.values(before), comparison.values(line)
    for look in (_by_ratio, _by_terms, _by_edit, _by_known):
        found = look(derivation, comparison, before, line, right, wrong)
        if found:
            return found
    return LineFinding(
        "",
        "Look at this step alone: which rule did you use, and on which part? If you took several steps at once, write "
        "each on a line of its own.",
    )


def _times(values, factors):
    return [value * factor for value, factor in zip(values, factors, strict=True)]


def _over(values, factors):
    with np.errstate(all="ignore"):
        return [value / factor for value, factor in zip(values, factors, strict=True)]


def _by_ratio(derivation, comparison, before, line, right, wrong):
    """The whole line is off by one factor."""
    if all(not value.any() for value in wrong):
        return None
    if same_values(_times(wrong, [-1] * len(wrong)), right):
        return _sign(before, line, "The whole line has the wrong sign.")
    known = [(q, comparison.values(q)) for q in quantities(comparison.vocabulary, comparison.vocabulary.free)]
    for quantity, values in known:
        for sign in (1, -1):
            signed = [sign * value for value in values]
            if same_values(_over(wrong, signed), right):
                return _factor(quantity, line, before, missing=False, sign=sign)
            if same_values(_times(wrong, signed), right):
                return _factor(quantity, line, before, missing=True, sign=sign)
    return _by_difference(known, right, wrong)


def _by_difference(known, right, wrong):
    """The two lines differ by one known quantity."""
    for quantity, values in known:
        for sign in (1, -1):
            if same_values([value + sign * part for value, part in zip(wrong, values, strict=True)], right):
                term, lost = text_of(quantity), sign > 0
                words = f"The term {term} is missing" if lost else f"There is a term {term} too much"
                return LineFinding(
                    "term-lost" if lost else "term-left",
                    f"{words}. Go through the line above, and see what becomes of each part.",
                )
    return None


def _sign(before, line, what):
    inner = [part for part in before.walk() if isinstance(part, Derivative) and _has_minus(part.of)]
    rule = (
        "Where you differentiate something with a minus in it, such as y − a or −z, the inner derivative brings a minus."
        if inner
        else "Check each minus in front of a parenthesis: it changes the sign of everything inside."
    )
    return LineFinding("sign", f"{what} {rule}")


def _has_minus(expression):
    return any(
        isinstance(part, Minus) or (isinstance(part, Binary) and part.operator == "-") for part in expression.walk()
    )


def _factor(quantity, line, before, missing, sign=1):
    """Say that a factor is missing, or too many."""
    besides = " and its sign is wrong" if sign < 0 else ""
    text = text_of(quantity)
    match quantity:
        case Number(value):
            mistake, text = _NUMBERS[2.0 if not missing else 0.5] if value == 2 else ("factor", text)
            mistake = "factor-2" if not missing else "factor-half"
            size = "twice" if not missing else "half"
            return LineFinding(
                mistake,
                f"The line is {size} what it should be{besides}. Look for a factor 2: the derivative of u**2 is "
                "2*u times the derivative of u.",
            )
        case Function("s'"):
            return LineFinding(
                "sigma-prime", _slope_words(text, missing) + (f" Also,{besides[4:]}." if besides else "")
            )
        case Entry("n"):
            mistake = "factor-1/n" if missing else "factor-n"
            return LineFinding(
                mistake,
                f"The factor {'n is missing' if missing else 'n is too many'}{besides}. Compare it with line before.",
            )
    if _belongs_to_slope(quantity, before, line):
        return LineFinding("sigma-prime", _slope_words(text, missing))
    if not missing and not _stands_in(quantity, line):
        text, missing = text_of(Binary("/", Number(1.0), quantity)), True
    verb = "is missing" if missing else "is there once too often"
    rule = (
        "The chain rule multiplies by the derivative of what stands inside." if missing else "Check where it came from."
    )
    inner = missing and any(isinstance(part, Derivative) for part in before.walk())
    return LineFinding("inner-derivative" if inner else "factor", f"A factor {text} {verb}{besides}. {rule}")


def _stands_in(quantity, line):
    """Whether a quantity is a factor somewhere in a line."""
    return any(
        isinstance(part, Binary) and part.operator == "*" and quantity in (part.left, part.right)
        for part in line.walk()
    )


def _belongs_to_slope(quantity, before, line):
    """Whether a factor 1 − a is one half of the slope a(1 − a)."""
    return (
        isinstance(quantity, Binary)
        and isinstance(quantity.right, Entry)
        and quantity.right.name.startswith("a")
        and any(isinstance(part, Derivative) for part in before.walk())
    )


def _slope_words(text, missing):
    if missing:
        return f"The factor {text} is missing. The derivative of s(z) is s'(z), and the chain rule multiplies by it."
    return f"The factor {text} is there once too often. Each s is differentiated once, and brings its slope once."


# What a term is too much or too little by, as a share of it: the mistake, and how it is told.
_LOST = {
    1: ("term-lost", "is lost"),
    2: ("sign", "has the wrong sign"),
    -1: ("factor-2", "is twice too large"),
    0.5: ("factor-half", "is half of what it should be"),
}
_LEFT = {
    -1: ("term-left", "should not be there"),
    -2: ("sign", "has the wrong sign"),
    -0.5: ("factor-2", "is twice too large"),
    1: ("factor-half", "is half of what it should be"),
}


def _by_terms(derivation, comparison, before, line, right, wrong):
    """One term is lost, doubled, halved or of the wrong sign."""
    for split in (outer_terms, terms_of):
        for expression, shares, where in ((before, _LOST, "the line above"), (line, _LEFT, "this line")):
            terms = split(expression)
            for term in terms if len(terms) > 1 else ():
                if found := _one_term(comparison, term, shares, right, wrong):
                    mistake, words = found
                    return LineFinding(
                        mistake,
                        f"One term is wrong, and the rest is right: {text_of(_plain(term))} {words}. Go through {where} term "
                        "by term.",
                    )
    return None


def _one_term(comparison, term, shares, right, wrong):
    """Return how a single term explains the whole difference, or None."""
    values = comparison_values(comparison, term)
    if values is None or not any(value.any() for value in values):
        return None
    for share, words in shares.items():
        if same_values([value + share * part for value, part in zip(wrong, values, strict=True)], right):
            return words
    return None


def _plain(term):
    return term.of if isinstance(term, Minus) else term


def comparison_values(comparison, expression):
    """Return the values of an expression, or None if it has none."""
    try:
        comparison.vocabulary.check(expression)
        return comparison.values(expression)
    except Refused:
        return None


def _by_known(derivation, comparison, before, line, right, wrong):
    """A wrong line that this derivation's file knows."""
    for mistake in derivation.mistakes:
        if same_values(comparison.values(mistake.line), wrong):
            return LineFinding(mistake.id, mistake.hint)
    return None


def _by_edit(derivation, comparison, before, line, right, wrong):
    """One small change mends the line; the first one that does, within the time there is."""
    quick = comparison.first()
    until = time.monotonic() + EDIT_SECONDS
    for edit in edits_of(line, comparison.vocabulary, factors=_factors_in(before, line)):
        if time.monotonic() > until:
            return None
        values = comparison_values(quick, edit.result)
        if values is None or not same_values(values, right[:1]):
            continue
        values = comparison_values(comparison, edit.result)
        if values is not None and same_values(values, right):
            return _edit_words(edit, before, line)
    return None


def _factors_in(before, line):
    """Return what the line above is multiplied together from, and the links that a chain cut short would need."""
    parts = [part for part in before.walk() if isinstance(part, (Function, Derivative))]
    ends = [part.by for part in parts if isinstance(part, Derivative)]
    links = [part.by for part in line.walk() if isinstance(part, Derivative)]
    parts += [Derivative(link, end) for link in links for end in ends if link != end]
    for part in before.walk():
        if isinstance(part, Binary) and part.operator in "*/":
            parts += [part.left, part.right] if part.operator == "*" else [part.right]
    return tuple(dict.fromkeys(part for part in parts if not isinstance(part, (Number, Entry))))


def _edit_words(edit, before, line):
    """Say what a change that mends the line shows about it."""
    match edit.kind:
        case "sign":
            return _sign(before, line, "One sign in the line is wrong.")
        case "function" if {type(edit.removed), type(edit.added)} == {Function}:
            one, other = edit.removed.name, edit.added.name
            if {one, other} == {"s", "s'"}:
                return LineFinding(
                    "sigma-prime",
                    f"There is {text_of(edit.removed)} where {text_of(edit.added)} is needed. Differentiating s once gives "
                    "s', and only then.",
                )
        case "index":
            return LineFinding(
                "index-exchanged",
                f"The index in {text_of(edit.removed)} is the wrong one: {text_of(edit.added)} belongs there. Ask for each "
                "index whether the sum runs over it or the start has it.",
            )
        case "argument":
            return LineFinding(
                "argument",
                f"There is {text_of(edit.removed)} where {text_of(edit.added)} belongs. Ask at which place each function is "
                "evaluated.",
            )
        case "factor":
            quantity = edit.added or edit.removed
            missing = edit.added is not None
            if isinstance(quantity, Binary) and quantity.operator == "/":
                quantity, missing = quantity.right, not missing
            if quantity is None:
                return LineFinding("factor", "Something is divided by that should be multiplied. Check the fraction.")
            if isinstance(quantity, Derivative):
                words = "is missing" if missing else "does not belong there"
                return LineFinding(
                    "inner-derivative", f"The factor {text_of(quantity)} {words}. Check each link of the chain."
                )
            return _factor_inside(quantity, before, line, missing)
        case "term":
            lost = edit.added or edit.removed
            if edit.added is not None:
                return LineFinding("term-lost", f"Inside the line a term {text_of(lost)} is missing.")
            return LineFinding("term-left", f"Inside the line the term {text_of(lost)} should not be there.")
        case "power":
            return LineFinding(
                "power", f"The exponent {text_of(edit.removed)} is wrong. The derivative of u**p is p*u**(p - 1)."
            )
        case "number":
            pair = {edit.removed.value, edit.added.value}
            mistake = "factor-2" if edit.removed.value == 2 * edit.added.value else "factor-half"
            mistake = mistake if max(pair) == 2 * min(pair) else "number"
            return LineFinding(
                mistake,
                f"The number {text_of(edit.removed)} should be {text_of(edit.added)}. Check where it comes from.",
            )
        case "sum":
            return LineFinding(
                "sum-kept",
                f"Of {text_of(edit.removed)} only one term counts: the others do not depend on what you differentiate by, "
                "so their derivatives are 0.",
            )
    return LineFinding(edit.kind, "One small change mends the line. Go through it symbol by symbol.")


def _factor_inside(quantity, before, line, missing):
    found = _factor(quantity, line, before, missing)
    return LineFinding(found.mistake, found.hint.replace("The line is", "Part of the line is"))
