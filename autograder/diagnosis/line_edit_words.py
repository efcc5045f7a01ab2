"""The words for a small change: what it shows about the line that it mends, or that it leads to."""

from dataclasses import replace

from autograder.derivations.expression import Binary, Derivative, Function, Same, text_of
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_evidence import factor_of
from autograder.diagnosis.line_parts import divisors, inverse_of, is_factor
from autograder.diagnosis.line_rule_words import RULES
from autograder.diagnosis.line_words import BY_FACTORS, LINKS, LineFinding


def edited(edit, step):
    """Say what a small change shows about a wrong line.

    Parameters
    ----------
    edit : autograder.derivations.edits.Edit
        With a result if it mends the line; without one if taking it back leads from the line above to it.
    step : autograder.diagnosis.line_values.WrongStep

    Returns
    -------
    autograder.diagnosis.line_words.LineFinding
    """
    match edit.kind:
        case "sign":
            return words.one_sign(step.before)
        case "index":
            rule = "Check each index: either a sum runs over it, or the start has it."
            return _exchanged(edit, "index-exchanged", rule)
        case "argument" if of := _differentiated_by(edit, step.line):
            what = f"In {text_of(Derivative(of, edit.removed))} you wrote {_this_for_that(edit)}."
            return LineFinding("argument", what, LINKS)
        case "argument":
            return _exchanged(edit, "argument", BY_FACTORS)
        case "function" if _is_s_for_slope(edit):
            return _exchanged(edit, "sigma-prime", "Differentiating s once gives s'. Nothing else does.")
        case "function":
            return _exchanged(edit, "function", BY_FACTORS)
        case "factor":
            return _factor(edit, step)
        case "one-minus":
            return _one_minus(edit, step)
        case "exchanged" if edit.removed is None:
            return LineFinding("fraction-inverted", "The fractions in this line are upside down.")
        case "exchanged":
            mistake = "one-minus" if isinstance(edit.added, Binary) else "function"
            what = f"{text_of(edit.removed)} and {text_of(edit.added)} are mixed up throughout the line."
            return LineFinding(mistake, what, BY_FACTORS)
        case "parentheses":
            return LineFinding(
                "parentheses-moved",
                f"In {text_of(edit.removed)} the parentheses are in the wrong place: the factor or denominator belongs "
                "to one term only.",
            )
        case "inverted" if inverse_of(edit.added) or inverse_of(edit.removed):
            return _exchanged(edit, "fraction-inverted", BY_FACTORS)
        case "inverted":
            return LineFinding("fraction-inverted", f"The fraction {text_of(edit.removed)} is upside down.")
        case "term" if edit.added is not None:
            return LineFinding("term-lost", f"Inside the line, a term {text_of(edit.added)} is missing.")
        case "term":
            return LineFinding("term-left", f"Inside the line, there is one term too many: {text_of(edit.removed)}.")
        case "power":
            what = f"The exponent {text_of(edit.removed or edit.added)} is wrong."
            return LineFinding("power", what, "Compare the two lines.")
        case "power-inside":
            places = "argument", "value"
            not_here, here = places if isinstance(edit.added, Binary) else places[::-1]
            rule = f"The power belongs to the {here} of the function, not to its {not_here}."
            return _exchanged(edit, "power", rule)
        case "number":
            return _exchanged(edit, _number_mistake(edit), "Work out where this number comes from.")
        case "same":
            return LineFinding("indices-equal", RULES["indices-equal"])
        case "sum" if edit.removed is None:
            return LineFinding(
                "sum-dropped", f"Only one term of {text_of(edit.added)} is left.", "The others count, too."
            )
        case "sum":
            rule = "Each of the others is multiplied by a derivative that is 0."
            return LineFinding("sum-kept", f"Only one term of {text_of(edit.removed)} belongs here.", rule)


def _exchanged(edit, mistake, rule):
    return LineFinding(mistake, f"You wrote {_this_for_that(edit)}.", rule)


def _this_for_that(edit):
    return f"{text_of(edit.removed)} where {text_of(edit.added)} belongs"


def _differentiated_by(edit, line):
    """Return what is differentiated where the change concerns the variable of a derivative, else None."""
    mended = {part for part in edit.result.walk() if isinstance(part, Derivative)} if edit.result else set()
    for part in line.walk():
        if isinstance(part, Derivative) and part.by == edit.removed and Derivative(part.of, edit.added) in mended:
            return part.of
    return None


def _is_s_for_slope(edit):
    """Whether a change exchanges s(u) and s'(u)."""
    both = edit.removed, edit.added
    return all(isinstance(each, Function) for each in both) and edit.removed.of == edit.added.of


def _number_mistake(edit):
    one, other = edit.removed.value, edit.added.value
    return {2.0: "factor-2", 0.5: "factor-half"}.get(one / other, "number")


def _one_minus(edit, step):
    if edit.at is not None and edit.result is not None:
        where = f" in the term {text_of(edit.term)}" if edit.term in {*step.line.walk()} - {edit.at} else ""
        what = f"You wrote {text_of(edit.at)} where {text_of(edit.at.right)} belongs{where}."
        return LineFinding("one-minus", what, BY_FACTORS)
    if edit.added is None or edit.removed is None:
        return LineFinding("one-minus", RULES["one-minus"], "Check each of them.")
    if isinstance(edit.removed, Binary) and edit.removed.operator == "**":
        what = f"In {text_of(edit.removed)} one of the two factors u should be 1 - u."
        return LineFinding("one-minus", what, BY_FACTORS)
    # Where the line above has exponentials, what is written for them is the question.
    exponentials = any(isinstance(part, Function) and part.name == "exp" for part in step.before.walk())
    if exponentials and isinstance(edit.removed, Function) and edit.removed.name == "s":
        return _exchanged(edit, "one-minus", RULES["one-minus:logistic"])
    return _exchanged(edit, "one-minus", "Go through each factor: is it u or 1 - u?")


def _stands_in(quantity, term):
    """Whether a factor, or the divisor of a factor 1/u, stands in a term."""
    return is_factor(quantity, term) or inverse_of(quantity) in divisors(term.walk())


def _factor(edit, step):
    quantity, missing = factor_of(edit, step)
    if quantity is None:
        return LineFinding("factor", "You divide where you should multiply.", "Check the fraction.")
    text = text_of(quantity)
    if isinstance(quantity, Same) and missing:
        return LineFinding("sum-kept", f"{text} is gone, but the sum is still there.", f"{text} leaves one term of it.")
    if isinstance(quantity, Derivative):
        amiss = "is missing" if missing else "doesn't belong there"
        return LineFinding("inner-derivative", f"The factor {text} {amiss}.", "Check each link of the chain.")
    mends, before = edit.result is not None, step.before
    if edit.term is None or edit.term not in set((step.line if mends else before).walk()):
        return words.factor(quantity, missing, before, part="A part of the line")
    term = text_of(edit.term)
    if not mends:
        part, where = f"What became of {term}", words.in_what_became_of(edit.term)
        return words.factor(quantity, missing, before, part=part, where=where)
    found = words.factor(quantity, missing, before, part=f"The term {term}", where=f" in the term {term}")
    if not missing and not _stands_in(quantity, edit.term):
        # It stands in front of a parenthesis around the term.
        return replace(found, what=f"The term {term} is multiplied by {text}, but shouldn't be.")
    return found
