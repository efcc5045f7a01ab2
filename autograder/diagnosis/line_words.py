"""The words for what is wrong with a line of a derivation."""

from dataclasses import dataclass

from autograder.derivations.expression import Binary, Entry, Function, Minus, Number, text_of
from autograder.derivations.terms import without_signs
from autograder.diagnosis.line_parts import has_derivatives, inverse_of
from autograder.diagnosis.line_rule_words import RULES


@dataclass(frozen=True)
class LineFinding:
    """What is wrong with one line.

    Attributes
    ----------
    mistake : str
        The id of the mistake; empty if none was recognised.
    what : str
        What is wrong, and where.
    rule : str
        The rule that it breaks, or how to find the mistake.
    """

    mistake: str
    what: str
    rule: str = ""

    @property
    def hint(self):
        """All that is told."""
        return f"{self.what} {self.rule}".strip()


UNKNOWN = LineFinding(
    "",
    "Look at this step on its own: which rule did you use, and on which part?",
    "If you took several steps at once, give each of them a line.",
)
ZERO = LineFinding(
    "",
    "Your line is 0 whatever the numbers are, and the line above isn't.",
    "Which two parts cancel, and should they?",
)
BY_FACTORS = "Compare the two lines factor by factor."
LINKS = "Each link of a chain begins where the one before ends."
# These are about a whole sum, so there is no single derivative to look at.
_WITHOUT_PLACE = {"sum-of-products"}


def rule(name, part, negative=False, about=()):
    """Say which rule was used wrongly, and on what.

    Parameters
    ----------
    name : str
        The rule; after a colon, which wrong rule was used instead.
    part : autograder.derivations.expression.Expression or None
        On what it was used.
    negative : bool
        Whether the sign is wrong as well.
    about : tuple of autograder.derivations.expression.Expression
        What the words of this rule name.

    Returns
    -------
    LineFinding
    """
    mistake = name.partition(":")[0]
    where = "" if part is None or name in _WITHOUT_PLACE else f"Look at what became of {text_of(part)}."
    words = RULES.get(name, RULES[mistake]).format(*map(text_of, about))
    return LineFinding(mistake, where, words + _also("The sign", negative))


def _also(what, negative):
    return f" {what} is wrong, too." if negative else ""


def cancelled(size):
    """Say of a line in which a wrong factor was cancelled, or none, which factor that is."""
    return LineFinding("cancelled", size.what, RULES["cancelled"])


def quotient(operator):
    """Say that the two terms of the quotient rule are exchanged, or added."""
    return _whole_sign(RULES["quotient-rule:order" if operator == "-" else "quotient-rule:minus"])


def slope_turned_round(u):
    """Say that the slope of the logistic function is written with the difference the wrong way round."""
    text = text_of(u)
    return _whole_sign(f"The slope of the logistic function is {text}*(1 - {text}), not {text}*({text} - 1).")


def whole_sign(before):
    """Say that the whole line has the wrong sign, for whatever reason."""
    return _whole_sign(_signs(before))


def _whole_sign(rule):
    return LineFinding("sign", "The whole line has the wrong sign.", rule)


def one_sign(before):
    """Say that one sign is wrong."""
    return LineFinding("sign", "One sign in the line is wrong.", _signs(before))


def _signs(before):
    if has_derivatives(before):
        return "Compare the signs in the two lines: which of the derivatives bring in a minus sign?"
    return "Compare the signs in the two lines."


def link(missing, whole, is_slope, negative=False):
    """Say which link of a chain is missing."""
    return LineFinding(
        "sigma-prime" if is_slope else "inner-derivative",
        f"The chain from {text_of(whole.of)} to {text_of(whole.by)} isn't complete: the factor {text_of(missing)} is "
        f"missing.{_also('The sign', negative)}",
        "The chain rule multiplies all of its links.",
    )


def gap(one, other):
    """Say that a link of a chain does not begin where the one before ends."""
    return LineFinding(
        "argument",
        f"The links don't fit together: {text_of(one)} ends at {text_of(one.by)}, and {text_of(other)} begins with "
        f"{text_of(other.of)}.",
        LINKS,
    )


def variable(wrong, by, negative=False):
    """Say that a derivative was taken with respect to something else."""
    mistake = "index-exchanged" if wrong.name == by.name else "argument"
    what = f"The line above differentiates with respect to {text_of(by)}, not with respect to {text_of(wrong)}."
    return LineFinding(mistake, what + _also("The sign", negative))


def differentiated(derivative, of):
    """Say that something else is differentiated than should be."""
    return LineFinding(
        "argument",
        f"In {text_of(derivative)} you wrote {text_of(derivative.of)} where {text_of(of)} belongs.",
        "Check what each derivative differentiates.",
    )


def zero_derivative(derivative):
    """Say that a derivative in the line is 0."""
    of, by = text_of(derivative.of), text_of(derivative.by)
    what = f"{text_of(derivative)} is 0, because {of} doesn't depend on {by}."
    return LineFinding("constant", what, "Which quantity does?")


def one_place(theirs, ours):
    """Say what differs, where everything else agrees."""
    return LineFinding(
        "term",
        f"Everything else agrees: you have {text_of(ours)} where {text_of(theirs)} belongs, or something equal to it.",
    )


def factor(quantity, missing, before, negative=False, part="The line", where=""):
    """Say that a factor is missing, or that there's an extra one.

    Parameters
    ----------
    quantity : autograder.derivations.expression.Expression
        The factor, as :func:`autograder.diagnosis.line_evidence.named_factor` returns it.
    missing : bool
        Whether it is missing.
    before : autograder.derivations.expression.Expression
        The line above.
    negative : bool
        Whether its sign is wrong as well.
    part : str
        What is half or twice what it should be, if the factor is a 2.
    where : str
        Where any other factor is missing or too many, as the sentence about it ends: see :func:`in_what_became_of`.

    Returns
    -------
    LineFinding
    """
    differentiated, also = has_derivatives(before), _also("Its sign", negative)
    if quantity == Number(2.0):
        mistake, size = ("factor-half", "half") if missing else ("factor-2", "twice")
        rule = "The derivative of u**2 is 2*u*u'." if differentiated else "Compare the numbers in the two lines."
        return LineFinding(mistake, f"{part} is {size} what it should be.{also}", rule)
    if (isinstance(quantity, Function) and quantity.name == "s'") or (differentiated and _is_half_a_slope(quantity)):
        what = f"{_amiss('The factor', quantity, missing)}{where}.{also}"
        return LineFinding("sigma-prime", what, _SLOPES[missing] if differentiated else BY_FACTORS)
    what = f"{_amiss('A factor', quantity, missing)}{where}.{also}"
    if Entry("n") in (quantity, inverse_of(quantity)):
        mistake = "factor-n" if missing == (quantity == Entry("n")) else "factor-1/n"
        return LineFinding(mistake, what, "Compare the two lines.")
    if missing and differentiated:
        rule = "Compare the two lines factor by factor and link by link."
        return LineFinding("inner-derivative", what, rule)
    return LineFinding("factor", what, BY_FACTORS)


_SLOPES = {
    True: "The chain rule multiplies by the derivative of what is inside.",
    False: "Each s that you differentiate brings in its slope once; nothing else does.",
}


def _amiss(kind, quantity, missing):
    return f"{kind} {text_of(quantity)} is missing" if missing else f"There's an extra factor {text_of(quantity)}"


def in_what_became_of(part):
    """Return the end of a sentence that says in which part of the line above something is wrong."""
    return f" in what became of {text_of(part.of if isinstance(part, Minus) else part)}"


def _is_half_a_slope(quantity):
    """Whether a factor is the 1 − a of the slope a(1 − a)."""
    match quantity:
        case Binary("-", Number(1.0), Entry("a")):
            return True
    return False


def difference(quantity, missing):
    """Say that one term too few or too many explains the line."""
    if missing:
        what, rule = f"A term {text_of(quantity)} is missing.", "What became of it after the line above?"
        return LineFinding("term-lost", what, rule)
    return LineFinding("term-left", f"There is one term too many: {text_of(quantity)}.", "Where does it come from?")


_COUNTS = {2: "two", 3: "three", 4: "four"}
_BY_TERMS = "Go through the lines term by term."


def term(found, mistake, what, above, line, times):
    """Say what is wrong with a single term.

    Parameters
    ----------
    found : autograder.derivations.expression.Expression
        The term.
    mistake, what : str
        The id of the mistake, and what goes on a sentence about the term.
    above : bool
        Whether the term is one of the line above.
    line : autograder.derivations.expression.Expression
        The wrong line.
    times : int
        How often the term stands there when everything is multiplied out.

    Returns
    -------
    LineFinding
    """
    unsigned = text_of(without_signs(found))
    if above:
        return LineFinding(mistake, f"The term {unsigned} of the line above {what}.", _BY_TERMS)
    as_written = found.of if isinstance(found, Minus) else found
    if times == 1 and as_written in set(line.walk()):
        what = f"Only one term of this line is wrong: {text_of(as_written)} {what}."
        return LineFinding(mistake, what, _BY_TERMS)
    which = f"one of its {_COUNTS.get(times, times)} terms" if times > 1 else "the term"
    return LineFinding(mistake, f"Only one term is wrong. When you multiply your line out, {which} {unsigned} {what}.")


def parentheses(inside):
    """Say that a sum needs parentheses."""
    rule = "Without them, a factor next to it applies to only one of its terms."
    return LineFinding("distribution", f"{text_of(inside)} needs parentheses.", rule)
