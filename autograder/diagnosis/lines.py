"""Find out what is wrong with a line of a derivation."""

import re

import numpy as np

from autograder.derivations.edits import edits_of, quantities, with_parentheses
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Minus, Number, Same, Sum, text_of
from autograder.derivations.judging import same_values
from autograder.derivations.reading import Refused
from autograder.derivations.rules import ONE, algebra_slips, definition_of, differentiate, single_paths
from autograder.derivations.terms import outer_terms, terms_of
from autograder.diagnosis import line_words as words

# How many parts of changed lines are looked at for one wrong line: half a second's work, and the same work everywhere.
MAX_PARTS = 25_000


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
    right, wrong = comparison.values(before), comparison.values(line)
    tries = _Tries(max(sum(1 for _ in each.walk()) for each in (before, line)))
    with np.errstate(all="ignore"):  # some points are undefined
        size = _by_ratio(comparison, before, line, right, wrong) or _by_terms(comparison, before, line, right, wrong)
        # A sign has many possible reasons; everything else is said best by the rule that was used wrongly.
        if not (size and size.mistake == "sign"):
            if rule := _by_rule(comparison, before, line, wrong, tries):
                return words.LineFinding(size.mistake if size else rule.mistake, rule.hint)
        if size:
            return size
        for look in (_by_parentheses, _by_edit, _by_edit_of_the_right_line):
            if found := look(comparison, before, line, right, wrong, tries):
                return found
        return _by_known(derivation, comparison, wrong) or words.UNKNOWN


class _Tries:
    """The changes that may still be tried: a number, so that what is found does not depend on the machine's speed."""

    def __init__(self, parts):
        self._left = MAX_PARTS // parts

    def are_over(self):
        self._left -= 1
        return self._left < 0


def _by_rule(comparison, before, line, wrong, tries):
    """One rule of differentiation or of algebra was used wrongly on the line above."""
    quick, kept = comparison.first(), set(line.walk())
    differentiated = _is_differentiated(before, line)
    written_out = any(isinstance(part, Derivative) and not isinstance(part.of, Entry) for part in kept)
    for mistake, part, changed in _misuses(before, comparison.vocabulary, written_out):
        # A rule of differentiation needs a derivative that was worked out; what is still there was not touched.
        if part in kept or (isinstance(part, Derivative) and not differentiated):
            continue
        if mistake == "common-denominator" and not any(each.operator == "/" for each in _binaries(line)):
            continue
        if mistake == "distribution" and _still_has_parenthesis(line, part):
            continue
        if mistake == "sum-of-products" and _count(line, Sum) <= _count(before, Sum):
            continue
        if tries.are_over():
            return None
        values = _values(quick, changed)
        if values is not None and same_values(values, wrong[:1]) and _is(comparison, changed, wrong):
            return words.rule(mistake, part)
    return None


def _is_differentiated(before, line):
    """Whether a derivative was worked out, rather than rewritten: those in the line are of parts of what there was."""
    there = {inner for part in before.walk() if isinstance(part, Derivative) for inner in part.of.walk()}
    left = [part.of for part in line.walk() if isinstance(part, Derivative)]
    return all(of in there or isinstance(of, Entry) for of in left)


def _still_has_parenthesis(line, part):
    """Whether a line still multiplies a sum by what a part of the line above multiplied it by."""
    if not (isinstance(part, Binary) and part.operator == "*"):
        return False
    factors = {side for side in (part.left, part.right) if not _is_sum(side)}
    products = [each for each in _binaries(line) if each.operator == "*"]
    return any(
        (each.left in factors and _is_sum(each.right)) or (each.right in factors and _is_sum(each.left))
        for each in products
    )


def _names(expression):
    return {part.name for part in expression.walk() if isinstance(part, Entry)}


def _is_sum(expression):
    return isinstance(expression, Binary) and expression.operator in "+-"


def _count(expression, kind):
    return sum(isinstance(part, kind) for part in expression.walk())


def _binaries(expression):
    return [part for part in expression.walk() if isinstance(part, Binary)]


def _is(comparison, expression, wanted):
    values = _values(comparison, expression)
    return values is not None and same_values(values, wanted)


def _misuses(line, vocabulary, written_out):
    """Yield (mistake, the part of the line, the whole line) for each rule that can be misused somewhere in a line.

    Where a definition was written out inside a derivative, a slip in it counts, too.
    """
    places = list(_places(line))
    # Without its [i == j] a line may look like a parenthesis multiplied out wrongly.
    for part, replaced in places:
        if isinstance(part, Same):
            yield "indices-equal", part, replaced(ONE)
    for part, replaced in places:
        if isinstance(part, Derivative):
            _, slips = differentiate(part.of, part.by, vocabulary)
            slips = slips + single_paths(part, vocabulary)
        else:
            slips = algebra_slips(part)
        for mistake, changed in slips:
            yield mistake, part, replaced(changed)
    for part, replaced in places if written_out else ():
        definition = definition_of(part.of, part.by, vocabulary) if isinstance(part, Derivative) else None
        for inner, within in _places(definition) if definition else ():
            for mistake, changed in algebra_slips(inner):
                if mistake in ("square-of-a-sum", "ln-of-a-sum"):
                    yield mistake, inner, replaced(Derivative(within(changed), part.by))


def _places(node):
    """Yield each part of an expression, and a function that puts something else in its place."""
    yield node, lambda changed: changed
    parts = node.parts()
    for place, part in enumerate(parts):
        if isinstance(node, Derivative) and place == 1:
            continue  # what is differentiated by
        for inner, replaced in _places(part):

            def around(changed, place=place, replaced=replaced):
                return node.with_parts([*parts[:place], replaced(changed), *parts[place + 1 :]])

            yield inner, around


def resolve(line, vocabulary):
    """Work out every derivative of a line."""
    if isinstance(line, Derivative):
        return differentiate(line.of, line.by, vocabulary)[0]
    return line.with_parts([resolve(part, vocabulary) for part in line.parts()])


def _by_edit_of_the_right_line(comparison, before, line, right, wrong, tries):
    """The wrong line is what the line above becomes, worked out, with one small change."""
    quick, parts = comparison.first(), set(line.walk())
    for source in dict.fromkeys((before, resolve(before, comparison.vocabulary))):
        for edit in edits_of(source, comparison.vocabulary):
            if tries.are_over():
                return None
            if edit.at is not None and Binary("/", ONE, edit.at) == edit.added:
                continue  # a whole term became 1, which is more than a factor that is missing
            if edit.kind in ("index", "argument", "function", "number", "sum") and edit.added not in parts:
                continue  # words about something that is not in the line help nobody
            values = _values(quick, edit.result)
            if values is None or not same_values(values, wrong[:1]) or not _is(comparison, edit.result, wrong):
                continue
            if _is_seen(edit.reversed(), comparison, before, line, wrong):
                return words.edited(edit.reversed(), before, line)
    return None


def _times(values, factors):
    return [value * factor for value, factor in zip(values, factors, strict=True)]


def _over(values, factors):
    return [value / factor for value, factor in zip(values, factors, strict=True)]


def _by_ratio(comparison, before, line, right, wrong):
    """The whole line is off by one factor."""
    if all(not value.any() for value in wrong):
        return None
    if same_values(_times(wrong, [-1] * len(wrong)), right):
        return words.sign(before, "The whole line has the wrong sign.")
    candidates = quantities(comparison.vocabulary, comparison.vocabulary.free)
    if not any(
        isinstance(each, (Derivative, Function)) or each == Entry("a") for each in (*before.walk(), *line.walk())
    ):
        candidates = [each for each in candidates if not isinstance(each, Function)]  # no slope has been near
    known = [(each, values) for each in candidates if (values := _values(comparison, each)) is not None]
    for quantity, values in known:
        for sign in (1, -1):
            signed = [sign * value for value in values]
            if same_values(_over(wrong, signed), right):
                return words.factor(quantity, before, line, missing=False, negative=sign < 0)
            if same_values(_times(wrong, signed), right):
                return words.factor(quantity, before, line, missing=True, negative=sign < 0)
    return _by_difference([each for each in known if isinstance(each[0], Entry)], right, wrong)


def _by_difference(known, right, wrong):
    """The two lines differ by one known quantity."""
    for quantity, values in known:
        for sign in (1, -1):
            if same_values([value + sign * part for value, part in zip(wrong, values, strict=True)], right):
                return words.difference(quantity, missing=sign > 0)
    return None


# What a term is too much or too little by, as a share of it: the mistake, and how it is told.
_LOST = {
    1: ("term-lost", "is lost"),
    2: ("sign", "came out with the wrong sign"),
    -1: ("factor-2", "came out twice as large as it should be"),
    0.5: ("factor-half", "came out half as large as it should be"),
}
_LEFT = {
    -1: ("term-left", "is one too many, or what it cancels with is lost"),
    -2: ("sign", "has the wrong sign"),
    -0.5: ("factor-2", "is twice too large"),
    1: ("factor-half", "is half of what it should be"),
}


def _by_terms(comparison, before, line, right, wrong):
    """One term is lost, doubled, halved or of the wrong sign."""
    for split in (outer_terms, terms_of):
        for expression, shares in ((before, _LOST), (line, _LEFT)):
            terms = split(expression)
            for term in terms if len(terms) > 1 else ():
                if found := _one_term(comparison, term, shares, right, wrong):
                    return words.term(term, *found, above=expression is before)
    return None


def _one_term(comparison, term, shares, right, wrong):
    """Return how a single term explains the whole difference, or None."""
    values = _values(comparison, term)
    if values is None or not any(value.any() for value in values):
        return None
    for share, found in shares.items():
        if same_values([value + share * part for value, part in zip(wrong, values, strict=True)], right):
            return found
    return None


def _values(comparison, expression):
    """Return the values of an expression, or None if it has none."""
    try:
        comparison.vocabulary.check(expression)
        return comparison.values(expression)
    except Refused:
        return None


def _by_known(derivation, comparison, wrong):
    """A wrong line that this derivation's file knows."""
    for mistake in derivation.mistakes:
        if same_values(comparison.values(mistake.line), wrong):
            return words.LineFinding(mistake.id, mistake.hint)
    return None


def _by_parentheses(comparison, before, line, right, wrong, tries):
    """A sum needs parentheses, so that what multiplies it belongs to each of its terms."""
    quick = comparison.first()
    for part, replaced in _places(line):
        for inside, mended in with_parentheses(part):
            if tries.are_over():
                return None
            result = replaced(mended)
            values = _values(quick, result)
            if values is not None and same_values(values, right[:1]) and _is(comparison, result, right):
                return words.parentheses(inside)
    return None


def _by_edit(comparison, before, line, right, wrong, tries):
    """One small change mends the line; the first one that does."""
    quick, differentiated = comparison.first(), _is_differentiated(before, line)
    names = _names(before) | _names(resolve(before, comparison.vocabulary))
    for edit in edits_of(line, comparison.vocabulary, factors=_factors_in(before, line)):
        if tries.are_over():
            break
        values = _values(quick, edit.result)
        if values is None or not same_values(values, right[:1]) or not _is(comparison, edit.result, right):
            continue
        if edit.result == before or (edit.kind == "sum" and not differentiated):
            continue  # back to the line above is no help
        # A name that the line above does not have may only happen to give the same numbers.
        if (edit.kind != "argument" or edit.added.name in names) and _is_seen(edit, comparison, before, line, wrong):
            return words.edited(edit, before, line)
    return None


def _is_seen(edit, comparison, before, line, wrong):
    """Whether what a mend puts in stands in the line above or comes from it, and what it takes away in this line."""
    above = {*before.walk(), *resolve(before, comparison.vocabulary).walk()}
    match edit.kind:
        case "sign":
            return not edit.hidden or edit.result is not None  # one in a function of the line above proves little
        case "power":
            wanted = edit.removed or edit.added
            return any(each.operator == "**" and each.right == wanted for each in _binaries(line))
        case "term":
            return edit.removed is None or edit.removed in set(line.walk())
        case "function" if isinstance(edit.added, Function):
            return edit.added.name in {part.name for part in above if isinstance(part, Function)}
        case "factor":
            taken_away = edit.added is None and edit.result is not None  # stands in this line, wherever it is
            return (taken_away or not edit.hidden) and _is_factor_seen(edit, above, line, wrong)
    return True


def _is_factor_seen(edit, above, line, wrong):
    if not any(value.any() for value in wrong):
        return False  # 0 times anything is 0
    quantity, missing = words.factor_of(edit, line)
    if quantity is None or not missing or isinstance(quantity, (Number, Derivative)):
        return True
    if isinstance(quantity, Binary) and quantity.operator == "/" and quantity.left == ONE:
        return quantity.right in _divisors(above) or quantity in above
    shapes = {_without_indices(part) for part in above}
    slopes = any(isinstance(part, Function) and part.name == "s'" for part in above)
    known = _without_indices(quantity) in shapes or (slopes and words.is_part_of_a_slope(quantity))
    return known or quantity in _divisors(line.walk())


def _without_indices(expression):
    """Write an expression without its indices: a sum that was worked out counts with letters of its own."""
    return re.sub(r"\[[^\]]*\]", "", text_of(expression))


def _divisors(parts):
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


def _factors_in(before, line):
    """Return what the line above is multiplied together from, and the links that a chain cut short would need."""
    parts = [part for part in before.walk() if isinstance(part, (Function, Derivative))]
    ends = [part.by for part in parts if isinstance(part, Derivative)]
    links = [part.by for part in line.walk() if isinstance(part, Derivative)]
    parts += [Derivative(link, end) for link in links for end in ends if link != end]
    for part in before.walk():
        if isinstance(part, Binary) and part.operator in "*/":
            parts += [part.left, part.right] if part.operator == "*" else [part.right]
            if isinstance(part.right, Binary) and part.right.operator == "**":
                parts.append(part.right.left)
    return tuple(dict.fromkeys(part for part in parts if not isinstance(part, (Number, Entry))))
