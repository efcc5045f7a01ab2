"""Explain a wrong line by one small change: one that mends it, or one that makes it of the right line."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from autograder.derivations.arithmetic import ONE
from autograder.derivations.edits import edits_of, exchanges_everywhere, with_parentheses
from autograder.derivations.expression import Binary, Derivative, Entry, Function, Number, Sum
from autograder.derivations.factors import factors_of
from autograder.diagnosis import line_words as words
from autograder.diagnosis.line_difference import difference
from autograder.diagnosis.line_edit_words import edited
from autograder.diagnosis.line_evidence import Unchanged, factors_in, is_seen
from autograder.diagnosis.line_forms import Forms, Looks
from autograder.diagnosis.line_logistic import in_logistics
from autograder.diagnosis.line_parts import binaries, is_differentiated, is_vanishing, places, resolve
from autograder.diagnosis.line_values import is_constant

# What is told if several changes mend a line: the lower, the sooner.
_COSTS = {
    "index": 0.9,
    "same": 0.9,
    "parentheses": 1.0,
    "power": 1.0,
    "power-inside": 1.0,
    "function": 1.0,
    "sign": 1.05,
    "number": 1.1,
    "inverted": 1.15,
    "argument": 1.15,
    "sum": 1.15,
    "factor": 1.2,
    "term": 1.2,
    "one-minus": 1.2,
    "exchanged": 1.4,
}
# A sign inside a function is seldom what was meant; a part that was copied from the line above is seldom wrong.
_EXCHANGES = ("index", "argument", "sign", "number", "one-minus", "function", "power-inside")
_OF_THE_LINE = ("index", "argument", "function", "number", "sum", "inverted", "one-minus")
_HIDDEN, _COPIED, _OF_THE_RIGHT_LINE = 1.5, 0.8, 0.6
# By how much a change has to be better than another one that tells something else.
_MARGIN = 0.03


def by_parentheses(step):
    """A sum needs parentheses, so that what multiplies it belongs to each of its terms."""
    looks, unchanged = Looks(step.vocabulary), Unchanged(step.before, step.line)
    for part, replaced in places(step.line):
        for inside, mended in with_parentheses(part):
            if step.tries.are_over():
                return None
            result = replaced(mended)
            if not (step.to_right.is_value_of(result) and unchanged.is_in(result) and looks.agree(step.before, result)):
                continue
            if looks.is_sum_in(step.before, inside):
                return words.parentheses(inside)
    return None


def by_edit(step):
    """Return the finding of the small change that explains the line best, or None."""
    found = [*_mends(step)]
    # Of a line that is the same everywhere, no value says that a change made it so.
    if not is_constant(step.wrong) and (not found or min(found, key=itemgetter(0))[0] > _COSTS["one-minus"]):
        found += _of_the_right_line(step)
    if not found:
        return None
    cost, best, result = min(found, key=itemgetter(0))
    story, forms = edited(best, step), Forms(step.vocabulary)
    anywhere = edited(replace(best, at=None, term=None), step)
    for other_cost, other, other_result in found:
        if other_cost < cost + _MARGIN and edited(other, step) not in (story, anywhere):
            if forms.multiplied_out(other_result) == forms.multiplied_out(result):
                continue
            if edited(replace(other, at=None, term=None), step) != anywhere:
                return None  # nobody knows which of the two it was
            story = anywhere  # nor where it was
    return story


def by_links(before, line):
    """The links that a derivative was written as are no chain."""
    whole, product = difference(before, line)
    while isinstance(product, Sum):
        product = product.of
    links = factors_of(product)
    if not (isinstance(whole, Derivative) and len(links) > 1 and all(isinstance(each, Derivative) for each in links)):
        return None
    links.sort(key=lambda each: each.of != whole.of)
    gaps = [(one, other) for one, other in pairwise(links) if one.by != other.of]
    if len(gaps) != 1 or links[0].of != whole.of or links[-1].by != whole.by:
        return None
    return words.gap(*gaps[0])


def _mends(step):
    """Yield (cost, edit, result) of every change that makes the line right."""
    before, line, vocabulary = step.before, step.line, step.vocabulary
    differentiated, worked_out = is_differentiated(before, line, vocabulary), resolve(before, vocabulary)
    names = _names(before) | _names(worked_out)
    names |= {name for name, meaning in vocabulary.shown().items() if _is_for(meaning.definition, names)}
    copied = {part for part in line.walk() if part.parts()} & set(before.walk())
    looks, unchanged, forms = Looks(vocabulary), Unchanged(before, line), Forms(vocabulary)
    moved, place = looks.distance(before, line), difference(before, line)
    logistics = {in_logistics(part) for part in binaries(before) if part.operator == "/"}
    for edit in (*edits_of(line, vocabulary, factors_in(before, line)), *exchanges_everywhere(line)):
        if step.tries.are_over():
            return
        if edit.kind == "sum" and not (differentiated and worked_out != before):
            continue
        if not _makes_sense(edit, step, names) or not step.to_right.is_value_of(edit.result):
            continue
        if edit.kind not in ("parentheses", "sum") and not unchanged.is_in(edit.result):
            continue
        if forms.gains_opposites(line, edit.result):
            continue  # it only gets rid of a term by making it cancel with another one
        if not is_seen(edit, step):
            continue
        agrees = looks.agree(before, edit.result)
        if not (agrees or _is_copied_from(before, edit)):
            continue  # the numbers alone may agree by chance
        if edit.kind == "parentheses" and (len(names) == 1 or not copied <= set(edit.result.walk())):
            continue  # with one variable much has the same value; what was copied has its parentheses from there
        moves_away = not agrees and looks.distance(before, edit.result) > moved
        changes_more = edit.result != before and _size(difference(before, edit.result)) > _size(place)
        if edit.kind != "sum" and (moves_away or changes_more):
            continue  # it changes what agrees
        changes_a_copy = edit.kind in _EXCHANGES and not copied <= set(edit.result.walk())
        yield _cost(edit, step, logistics) + _COPIED * changes_a_copy, edit, edit.result


def _makes_sense(edit, step, names):
    """Whether somebody may have meant what a change leads to; names are those of the line above, worked out or not."""
    before, line, vocabulary = step.before, step.line, step.vocabulary
    if edit.result == before and edit.kind != "power-inside":
        return False  # back to the line above is no help
    if _is_with_itself(edit.result) and not _is_with_itself(line):
        return False  # a link that is 1 is not what was meant
    match edit.kind:
        case "argument":
            # A name that the line above does not have may only happen to give the same numbers.
            passes = edit.removed not in _bys(line.walk()) or _depends(vocabulary, edit.added, edit.removed)
            return passes and _names(edit.added) <= names
        case "one-minus":
            return Binary("-", ONE, edit.added) not in edit.result.walk()  # 1 - (1 - u) is told as u
        case "factor":
            return not is_vanishing(vocabulary, edit.added)  # a factor that is 0 gets rid of any term
    return True


def _cost(edit, step, logistics):
    """Return what speaks against a change; logistics are the fractions of the line above that are to be written so."""
    cost = _COSTS[edit.kind]
    match edit.kind:
        case "sign" if edit.hidden:
            return cost + _HIDDEN
        case "one-minus":
            if _is_made_with("*", edit.added):
                cost += 0.3  # two equal factors, of which one is wrong
            if _is_made_with("/", edit.removed):
                cost += 0.1  # what happens to be 1 minus a fraction is seldom thought of as that
            return cost - 0.1 if edit.added in logistics else cost
        case "number" if isinstance(edit.added, Number) and edit.added.value % 1:
            return cost + 0.1  # the other number of a fraction is as good
        case "factor" if edit.added is edit.removed is None:
            return cost - 0.2  # divided instead of multiplied
        case "index" if edit.removed in _bys(step.line.walk()):
            # What was differentiated with respect to is seldom wrong where the line above has it, too.
            return cost + (0.3 if edit.removed in _bys(step.before.walk()) else -0.2)
    return cost


def _of_the_right_line(step):
    """Yield (cost, edit, result) of every change that makes the wrong line of the one above, or of what it becomes."""
    before, line, vocabulary = step.before, step.line, step.vocabulary
    parts, differentiated = set(line.walk()), is_differentiated(before, line, vocabulary)
    for source in dict.fromkeys((before, resolve(before, vocabulary) if differentiated else before)):
        step.comparison.keep(source)
        looks, above = Looks(vocabulary), {part for part in before.walk() if part.parts()}
        unchanged = Unchanged(source, line)
        for edit in edits_of(source, vocabulary):
            if step.tries.are_over():
                return
            if edit.at is not None and Binary("/", ONE, edit.at) == edit.added:
                continue  # a whole term became 1, which is more than a factor that is missing
            if edit.kind in _OF_THE_LINE and edit.added not in {*parts, None}:
                continue  # words about something that is not in the line help nobody
            if edit.kind == "term" and edit.removed and not _indices(edit.removed) <= _indices(line):
                continue
            if edit.kind in ("argument", "function") and isinstance(edit.removed, Entry) and edit.added in _bys(parts):
                continue
            if edit.kind == "parentheses" or not step.to_wrong.is_value_of(edit.result):
                continue
            if not unchanged.is_in(edit.result):
                continue
            if edit.kind == "factor" and not _derivatives(edit.result) <= _derivatives(source):
                continue  # what is missing in a derivative is not missing in what is differentiated
            if not (looks.agree(edit.result, line) or (edit.removed in above and edit.removed not in parts)):
                continue
            if edit.kind == "number" and _exponents(edit.result) != _exponents(source):
                continue  # where a power has gone, its exponent isn't a number in the line
            if edit.kind == "power" or not _is_undone(edit, step):
                continue  # what is told to be lost has to mend the line where it is put back
            if is_seen(edit.reversed(), step):
                yield _COSTS[edit.kind] + _OF_THE_RIGHT_LINE + _HIDDEN * edit.hidden, edit.reversed(), edit.result


def _is_made_with(operator, part):
    return isinstance(part, Binary) and part.operator == operator


def _is_copied_from(before, edit):
    """Whether what a change puts in stands in the line above, and what it takes away doesn't."""
    there = set(before.walk())
    return edit.added in there and edit.removed is not None and edit.removed not in there


def _size(place):
    """Count the parts of the line above that a line differs in."""
    return sum(1 for _ in place[0].walk())


def _depends(vocabulary, one, other):
    """Whether a name is built from another, so that a chain can pass it on the way there."""
    return isinstance(one, Entry) and other.name in vocabulary.upstream(one.name)


def _is_undone(edit, step):
    """Whether a factor that the change took out of the line above mends the line where it is put back."""
    if edit.kind != "factor" or edit.removed is None or edit.term in set(step.before.walk()):
        return True
    put_back = (replaced(Binary("*", part, edit.removed)) for part, replaced in places(step.line))
    return any(map(step.to_right.is_value_of, put_back))


def _is_with_itself(expression):
    """Whether an expression differentiates something with respect to itself."""
    return any(isinstance(part, Derivative) and part.of == part.by for part in expression.walk())


def _derivatives(expression):
    return {part for part in expression.walk() if isinstance(part, Derivative)}


def _exponents(expression):
    return Counter(part.right for part in binaries(expression) if part.operator == "**")


def _indices(expression):
    """Return the letters that stand as indices in an expression."""
    return {index for part in expression.walk() if isinstance(part, Entry) for index in part.indices}


def _bys(parts):
    return {part.by for part in parts if isinstance(part, Derivative)}


def _is_for(definition, names):
    """Whether a definition is the derivative of one of some names, or the logistic function of one."""
    inside = definition.of if isinstance(definition, (Derivative, Function)) else None
    return isinstance(inside, Entry) and inside.name in names


def _names(expression):
    return {part.name for part in expression.walk() if isinstance(part, Entry)}
