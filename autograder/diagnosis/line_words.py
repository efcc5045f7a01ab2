"""The words for what is wrong with a line of a derivation."""

from dataclasses import dataclass

from autograder.derivations.expression import Binary, Derivative, Entry, Function, Minus, Number, Same, text_of
from autograder.diagnosis.line_rule_words import RULES


@dataclass(frozen=True)
class LineFinding:
    """What is wrong with one line.

    Attributes
    ----------
    mistake : str
        The id of the mistake; empty if none was recognised.
    hint : str
        The mistake, the rule that it breaks, and where to look.
    """

    mistake: str
    hint: str


UNKNOWN = LineFinding(
    "",
    "Look at this step on its own: which rule did you use, and on which part? If you took several steps at once, give "
    "each of them a line.",
)
ZERO = LineFinding(
    "",
    "Your line is 0 whatever the numbers are, and the line above isn't. Which two parts cancel, and should they?",
)
_CHAIN = "The chain rule multiplies by the derivative of what is inside."


# What is said of a whole sum, in which no derivative is to be looked for.
_OF_ALL = {"sum-of-products"}


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
    also = " The sign is wrong, too." if negative else ""
    where = "" if part is None or name in _OF_ALL else f"Look at what became of {text_of(part)}. "
    return LineFinding(mistake, f"{where}{RULES.get(name, RULES[mistake]).format(*map(text_of, about))}{also}")


def cancelled(size):
    """Say of a line in which a wrong factor was cancelled, or none, which factor that is."""
    which = f"{size.hint.partition('. ')[0]}."
    rule = "Only a factor that stands above and below cancels. What is left over stays as a factor."
    if "too often" in which:
        rule = "A factor that stands above and below cancels, and then it's gone from both."
    return LineFinding("cancelled", f"{which} {rule}")


def quotient(operator):
    """Say that the two terms of the quotient rule are exchanged, or added."""
    rule = RULES["quotient-rule:order" if operator == "-" else "quotient-rule:minus"]
    return LineFinding("sign", f"The whole line has the wrong sign. {rule}")


def slope_turned_round(u):
    """Say that the slope of the logistic function is written with the difference the wrong way round."""
    text = text_of(u)
    rule = f"The slope of the logistic function is {text}*(1 - {text}), not {text}*({text} - 1)."
    return LineFinding("sign", f"The whole line has the wrong sign. {rule}")


def link(missing, whole, is_slope, negative=False):
    """Say which link of a chain is missing."""
    also = " The sign is wrong, too." if negative else ""
    return LineFinding(
        "sigma-prime" if is_slope else "inner-derivative",
        f"The chain from {text_of(whole.of)} to {text_of(whole.by)} isn't complete: the factor {text_of(missing)} is "
        f"missing.{also} The chain rule multiplies all of its links.",
    )


def gap(one, other):
    """Say that a link of a chain does not begin where the one before ends."""
    return LineFinding(
        "argument",
        f"The links don't fit together: {text_of(one)} ends at {text_of(one.by)}, and {text_of(other)} begins with "
        f"{text_of(other.of)}. Each link of a chain begins where the one before ends.",
    )


def variable(wrong, by, negative=False):
    """Say that a derivative was taken with respect to something else."""
    mistake = "index-exchanged" if wrong.name == by.name else "argument"
    also = " The sign is wrong, too." if negative else ""
    what = f"The line above differentiates with respect to {text_of(by)}, not with respect to {text_of(wrong)}."
    return LineFinding(mistake, f"{what}{also}")


def differentiated(derivative, of):
    """Say that something else is differentiated than should be."""
    return LineFinding(
        "argument",
        f"In {text_of(derivative)} you wrote {text_of(derivative.of)} where {text_of(of)} belongs. Ask of each "
        "derivative what is differentiated in it.",
    )


def zero_derivative(derivative):
    """Say that a derivative in the line is 0."""
    of, by = text_of(derivative.of), text_of(derivative.by)
    return LineFinding(
        "constant", f"{text_of(derivative)} is 0, because {of} doesn't depend on {by}. Which quantity does?"
    )


def one_place(theirs, ours):
    """Say what differs, where everything else agrees."""
    return LineFinding(
        "term",
        f"Everything else agrees: you have {text_of(ours)} where {text_of(theirs)} belongs, or something equal to it.",
    )


def sign(before, what):
    """Say that a sign is wrong."""
    if any(isinstance(part, Derivative) for part in before.walk()):
        rule = "Compare the signs with the line above. Does each derivative, or what is in it, bring a minus?"
    else:
        rule = "Compare the signs with those of the line above."
    return LineFinding("sign", f"{what} {rule}")


def factor(quantity, before, line, missing, negative=False, part="The line"):
    """Say that a factor is missing, or is there once too often."""
    text, also = text_of(quantity), " Its sign is wrong, too." if negative else ""
    if isinstance(quantity, Number) and quantity == Number(2.0):
        size = "half" if missing else "twice"
        differentiated = any(isinstance(each, Derivative) for each in before.walk())
        rule = "The derivative of u**2 is 2*u*u'." if differentiated else "Compare the numbers with the line above."
        return LineFinding(
            "factor-half" if missing else "factor-2", f"{part} is {size} what it should be.{also} {rule}"
        )
    if (isinstance(quantity, Function) and quantity.name == "s'") or _half_a_slope(quantity, before):
        what = "is missing" if missing else "is there once too often"
        differentiated = any(isinstance(each, Derivative) for each in before.walk())
        rule = "Compare it with the line above, factor by factor."
        if differentiated:
            rule = _CHAIN if missing else "An s that is differentiated brings its slope once; nothing else does."
        return LineFinding("sigma-prime", f"The factor {text} {what}.{also} {rule}")
    if not missing and not is_factor(quantity, line):
        text, missing = text_of(Binary("/", Number(1.0), quantity)), True
    if quantity == Entry("n"):
        mistake, rule = "factor-n" if missing and text == "n" else "factor-1/n", "Compare it with the line above."
    elif missing and any(isinstance(each, Derivative) for each in before.walk()):
        mistake, rule = "inner-derivative", "Compare it with the line above, factor by factor and link by link."
    else:
        mistake, rule = "factor", "Compare it with the line above, factor by factor."
    return LineFinding(
        mistake, f"A factor {text} {'is missing' if missing else 'is there once too often'}.{also} {rule}"
    )


def factors(quantity, before, line, missing, part):
    """Say that some factors are missing, or are there once too often, in a part of the line above."""
    found = factor(quantity, before, line, missing)
    part = part.of if isinstance(part, Minus) else part
    where = "" if part is None else f" in what became of {text_of(part)}"
    for what in (" is missing.", " is there once too often."):
        found = LineFinding(found.mistake, found.hint.replace(what, f"{what[:-1]}{where}.", 1))
    return found


def is_factor(quantity, line):
    """Return whether a quantity is a factor somewhere in a line, or a product of such factors."""
    if isinstance(quantity, Binary) and quantity.operator == "*":
        return all(is_factor(each, line) for each in quantity.parts())
    return any(
        isinstance(part, Binary) and part.operator == "*" and quantity in map(_unsigned, (part.left, part.right))
        for part in line.walk()
    )


def _unsigned(expression):
    return expression.of if isinstance(expression, Minus) else expression


def is_part_of_a_slope(quantity):
    """Return whether an expression can be a factor of the slope a(1 − a)."""
    if isinstance(quantity, Binary) and quantity.operator == "-" and quantity.left == Number(1.0):
        quantity = quantity.right
    return isinstance(quantity, Entry) and quantity.name.startswith("a")


def _half_a_slope(quantity, before):
    """Whether a factor 1 − a belongs to the slope a(1 − a)."""
    return (
        isinstance(quantity, Binary)
        and isinstance(quantity.right, Entry)
        and quantity.right.name == "a"
        and any(isinstance(part, Derivative) for part in before.walk())
    )


def difference(quantity, missing):
    """Say that one term too few or too many explains the line."""
    if missing:
        return LineFinding(
            "term-lost", f"A term {text_of(quantity)} is missing. What became of it after the line above?"
        )
    return LineFinding("term-left", f"There is one term too many: {text_of(quantity)}. Where does it come from?")


_COUNTS = {2: "two", 3: "three", 4: "four"}


def term(found, mistake, what, above, line, times):
    """Say what is wrong with a single term, which stands in the line, multiplied out, so many times."""
    while isinstance(found, Minus):
        found = found.of
    text = text_of(found)
    if not above and (times > 1 or found not in set(line.walk())):
        which = f"one of its {_COUNTS.get(times, times)} terms" if times > 1 else "the term"
        return LineFinding(mistake, f"Only one term is wrong. When you multiply your line out, {which} {text} {what}.")
    if above:
        return LineFinding(mistake, f"The term {text} of the line above {what}. Go through the lines term by term.")
    return LineFinding(
        mistake, f"Only one term is wrong: {text}, as in this line, {what}. Go through the lines term by term."
    )


def parentheses(inside):
    """Say that a sum needs parentheses."""
    return LineFinding(
        "distribution",
        f"{text_of(inside)} needs parentheses. Without them, a factor next to it belongs to one of the terms only.",
    )


def edited(edit, before, line):
    """Say what a small change that mends a line shows about it."""
    match edit.kind:
        case "sign":
            return sign(before, "One sign in the line is wrong.")
        case "index":
            return _exchanged(
                edit, "index-exchanged", "For each index, ask whether a sum runs over it or the start has it."
            )
        case "argument" if of := _differentiated_by(edit, line):
            return LineFinding(
                "argument",
                f"In {text_of(Derivative(of, edit.removed))} you wrote {text_of(edit.removed)} where "
                f"{text_of(edit.added)} belongs. Each link of a chain begins where the one before ends.",
            )
        case "argument":
            return _exchanged(edit, "argument", "Compare it with the line above, factor by factor.")
        case "function" if isinstance(edit.added, Function) and isinstance(edit.removed, Entry):
            return _exchanged(edit, "function", "Compare it with the line above, factor by factor.")
        case "function" if isinstance(edit.added, Function):
            return _exchanged(edit, "sigma-prime", "Differentiating s once gives s'. Nothing else does.")
        case "function":
            return LineFinding(
                "function", f"There is {text_of(edit.removed)}, but only {text_of(edit.added)} is needed."
            )
        case "factor":
            return _edited_factor(edit, before, line)
        case "one-minus" if edit.at is not None and edit.result is not None:
            where = f" in the term {text_of(edit.term)}" if edit.term in {*line.walk()} - {edit.at} else ""
            what = f"You wrote {text_of(edit.at)} where {text_of(edit.at.right)} belongs{where}."
            return LineFinding("one-minus", f"{what} Compare it with the line above, factor by factor.")
        case "one-minus" if edit.added is None or edit.removed is None:
            return LineFinding(
                "one-minus", "Something like u stands where 1 - u belongs, or the other way round. Check each of them."
            )
        case "one-minus":
            if isinstance(edit.removed, Binary) and edit.removed.operator == "**":
                what = f"In {text_of(edit.removed)} one of the two factors u should be 1 - u."
                return LineFinding("one-minus", f"{what} Compare it with the line above, factor by factor.")
            return _exchanged(edit, "one-minus", _of_logistics(edit.removed, before))
        case "exchanged" if edit.removed is None:
            return LineFinding("fraction-inverted", "The fractions in this line are upside down.")
        case "exchanged":
            return LineFinding(
                "one-minus" if isinstance(edit.added, Binary) else "function",
                f"{text_of(edit.removed)} and {text_of(edit.added)} are mixed up throughout the line. Compare it with "
                "the line above, factor by factor.",
            )
        case "parentheses":
            return LineFinding(
                "parentheses-moved",
                f"In {text_of(edit.removed)} the parentheses are in the wrong place: the factor or denominator belongs "
                "to one term only.",
            )
        case "inverted" if _is_reciprocal(edit.added) or _is_reciprocal(edit.removed):
            return _exchanged(edit, "fraction-inverted", "Compare it with the line above, factor by factor.")
        case "inverted":
            return LineFinding("fraction-inverted", f"The fraction {text_of(edit.removed)} is upside down.")
        case "term" if edit.added is not None:
            return LineFinding("term-lost", f"Inside the line, a term {text_of(edit.added)} is missing.")
        case "term":
            return LineFinding("term-left", f"Inside the line, there is one term too many: {text_of(edit.removed)}.")
        case "power":
            return LineFinding(
                "power", f"The exponent {text_of(edit.removed or edit.added)} is wrong. Compare it with the line above."
            )
        case "power-inside":
            places = "argument", "value"
            not_here, here = places if isinstance(edit.added, Binary) else places[::-1]
            rule = f"The power belongs to the {here} of the function, not to its {not_here}."
            return _exchanged(edit, "power", rule)
        case "number":
            return _exchanged(edit, _number_mistake(edit), "Work out where this number comes from.")
        case "same":
            return LineFinding("indices-equal", "[i == j] is 1 only where the two indices are equal, and 0 elsewhere.")
        case "sum" if edit.removed is None:
            return LineFinding("sum-dropped", f"Only one term of {text_of(edit.added)} is left. The others count, too.")
        case "sum":
            return LineFinding(
                "sum-kept",
                f"Only one term of {text_of(edit.removed)} belongs here. Each of the others is multiplied by a "
                "derivative that is 0.",
            )


def _is_reciprocal(part):
    """Whether a part is 1 over something."""
    return isinstance(part, Binary) and part.operator == "/" and part.left == Number(1.0)


def _of_logistics(removed, before):
    """Say which of s(u) and 1 - s(u) is which where the line above has their exponentials."""
    exponentials = any(isinstance(part, Function) and part.name == "exp" for part in before.walk())
    if not (exponentials and isinstance(removed, Function) and removed.name == "s"):
        return "Go through each factor: is it u or 1 - u?"
    return RULES["one-minus:logistic"]


def _differentiated_by(edit, line):
    """Return what is differentiated where the change concerns the variable of a derivative, else None."""
    mended = {part for part in edit.result.walk() if isinstance(part, Derivative)} if edit.result else set()
    for part in line.walk():
        if isinstance(part, Derivative) and part.by == edit.removed and Derivative(part.of, edit.added) in mended:
            return part.of
    return None


def _exchanged(edit, mistake, rule):
    return LineFinding(mistake, f"You wrote {text_of(edit.removed)} where {text_of(edit.added)} belongs. {rule}")


def _number_mistake(edit):
    one, other = edit.removed.value, edit.added.value
    return {2.0: "factor-2", 0.5: "factor-half"}.get(one / other, "number")


def factor_of(edit, line):
    """Return what a change to a factor shows to be missing, or too many.

    Parameters
    ----------
    edit : autograder.derivations.edits.Edit
    line : autograder.derivations.expression.Expression
        The wrong line.

    Returns
    -------
    (Expression or None, bool)
        The factor, as it is told, and whether it is missing.
    """
    return told_factor(*_factor_and_side(edit), line)


def told_factor(quantity, missing, line):
    """Return a factor and whether it is missing: what is no factor of the line is missing as a divisor instead."""
    if quantity is None or missing or isinstance(quantity, (Number, Derivative)) or is_factor(quantity, line):
        return quantity, missing
    return Binary("/", Number(1.0), quantity), True


def _factor_and_side(edit):
    quantity, missing = edit.added or edit.removed, edit.added is not None
    if isinstance(quantity, Binary) and quantity.operator == "/" and quantity.left == Number(1.0):
        return quantity.right, not missing
    return quantity, missing


def _edited_factor(edit, before, line):
    quantity, missing = _factor_and_side(edit)
    if quantity is None:
        return LineFinding("factor", "You divide where you should multiply. Check the fraction.")
    if isinstance(quantity, Same) and missing:
        return LineFinding("sum-kept", f"{text_of(quantity)} is gone, but the sum that it leaves one term of is not.")
    if isinstance(quantity, Derivative):
        what = "is missing" if missing else "does not belong there"
        return LineFinding("inner-derivative", f"The factor {text_of(quantity)} {what}. Check each link of the chain.")
    found = factor(quantity, before, line, missing, part="A part of the line")
    of_the_line_above = edit.result is None
    if edit.term is None or edit.term not in set((before if of_the_line_above else line).walk()):
        return found
    where = f"what became of {text_of(edit.term)}" if of_the_line_above else f"the term {text_of(edit.term)}"
    hint = found.hint.replace(" is missing.", f" is missing in {where}.", 1)
    often = f"A factor {text_of(quantity)} is there once too often."
    if of_the_line_above or is_factor(quantity, edit.term):
        hint = hint.replace(often, f"{often[:-1]} in {where}.", 1)
    else:  # it stands in front of a parenthesis around the term
        hint = hint.replace(
            often, f"The term {text_of(edit.term)} is multiplied by {text_of(quantity)}, once too often."
        )
    return LineFinding(found.mistake, hint)
