"""Name the mistake behind a wrong answer, from the numbers it gave."""

import re
from dataclasses import dataclass

import numpy as np

from autograder.checking.problem import Kind
from autograder.checking.trial import BY_DIFFERENCES, Trial
from autograder.checking.words import begin_sentence, sentence_of
from autograder.diagnosis.answers import kind_of_answer, other_grouping
from autograder.diagnosis.by_part import facts_of_two
from autograder.diagnosis.certain import by_what_is_certain, never_ended
from autograder.diagnosis.changes import changed_arguments
from autograder.diagnosis.factors import mistakes_beside_a_factor
from autograder.diagnosis.known_mistakes import KnownMistake, catalogue_of, forms_of, missed_by
from autograder.diagnosis.mends import (
    CHANGE_ONLY,
    lacking_mends,
    one_expression_mends,
    one_line_mends,
    overwritten_too_early,
)
from autograder.diagnosis.misspelt import misspelt_word
from autograder.diagnosis.moved_weights import moved_too_early
from autograder.diagnosis.pairs import explaining_pairs
from autograder.diagnosis.parts import extra_axis, negative_factor, parts_in_words, plain_factor
from autograder.diagnosis.shallow import with_shallow_copies
from autograder.diagnosis.statistics import what_the_numbers_show
from autograder.diagnosis.stopped import says_why, where_it_stopped


@dataclass(frozen=True)
class Naming:
    """What a wrong answer was recognised as.

    Attributes
    ----------
    mistakes : tuple of str
        Ids of the known mistakes that explain it; more than one where they explain it equally well, or together.
    hints : tuple of str
        What the student reads.
    """

    mistakes: tuple = ()
    hints: tuple = ()


def _from_catalogue(trial):
    catalogue = catalogue_of(trial.exercise.name, trial.seed)
    if not trial.exercise.comparable:
        return [known.mistake for known in catalogue if known.acts_like(trial)]
    candidates = [known for known in catalogue if known.explains(trial)]
    exact = [known.mistake for known in candidates if known.acts_like(trial)]
    # Known mistakes are recognised by their numbers, however these are grouped.
    if exact or trial.problems[0] is None or other_grouping(trial):
        return exact
    # A mistake that misses what the student meets says something of the student that is not true.
    honest = [known.mistake for known in candidates if known.missed <= missed_by(trial)]
    return honest or [known.mistake for known in candidates]


# More pairs than these that explain the numbers equally well are no help.
MAX_PAIRS = 3
TWO_MISTAKES = "Two mistakes together explain this answer:"
ONE_OF_TWO = "Two mistakes together explain this answer."
ANOTHER = " Another possibility: "
PRAISE = re.compile(r"^(?:Your|The|All) [^.,:]*\b(?:is|are) right, (?:but|and) (\w+)")
# What a hint says first of the size or the sign of all numbers, which is not so once both are wrong.
SIZE_OR_SIGN = re.compile(r"^[^.:]*\b(?:wrong sign|too large|too small|what it should be)[^.:]*[.:] ")
PRINTED = "Your function prints its result and returns None. Put return where print is."
# Codes of the sentences in which exercises say that a result isn't built as it should be.
FORM_CODES = ("form", "pair", "arrays", "shape", "count", "list")
LOOK_AT_IT = "Call your function in a cell of its own, and look at just that in what it returns."
CENTRAL_DIFFERENCES = (
    "Your numbers are right to about ten digits, as central differences are; a formula is right to about fifteen. They "
    "earn the points for values only: compute the derivative by the equation."
)


def _what_is_left(trial):
    """Point to the requirements that are not met, where the first one is and no known mistake explains the rest."""
    requirements = zip(trial.exercise.requirements, trial.problems, strict=True)
    missed = {requirement.name: problem for requirement, problem in requirements if problem}
    names = " and ".join(f"“{name}”" for name in missed)
    failures = [problem.failure for problem in missed.values() if problem.failure]
    meanings = dict.fromkeys(meaning for failure in failures if (meaning := says_why(failure)))
    left = f"“{trial.exercise.requirements[0].name}” is met; what is left is {names}."
    first = next(iter(missed.values()))
    if axis := extra_axis(trial) if trial.exercise.comparable else None:
        return f"The numbers are right. {axis}"
    changed = [name for problem in missed.values() if problem.kind is Kind.CHANGED for name in problem.actual]
    if changed:
        left = f"{left} It writes into {' and '.join(changed)}, which the caller still needs: work on a copy."
    elif not meanings:
        left = f"{left} {begin_sentence(sentence_of(first))}"
    return " ".join([left, *meanings])


def _in_the_same_way(trial, explained):
    """Return the names of the requirements whose shape is off by as much as that of one that a mistake explains."""
    problems = {r.name: problem for r, problem in zip(trial.exercise.requirements, trial.problems, strict=True)}
    off = {name: _off_by(problem) for name, problem in problems.items() if problem and problem.kind is Kind.SHAPE}
    known = [by for name, by in off.items() if name in explained]
    return {name for name, by in off.items() if by is not None and by in known}


def _off_by(problem):
    """Return by how much each axis of a part is too long; None where it has another number of axes."""
    actual, expected = problem.actual, problem.expected
    return tuple(np.subtract(actual, expected).tolist()) if len(actual) == len(expected) else None


def _with_its_form(trial, mistake):
    """Name a mistake, and a second one that leaves the numbers alone where it explains what else is missed."""
    if not trial.exercise.comparable or trial.problems[0] is None:
        return Naming((mistake.id,), (mistake.hint,))
    catalogue = catalogue_of(trial.exercise.name, trial.seed)
    alone = next(known for known in catalogue if known.mistake is mistake)
    left = missed_by(trial) - alone.missed - _in_the_same_way(trial, alone.missed)
    if not left:
        return Naming((mistake.id,), (mistake.hint,))
    pairs = _pairs(trial, among=[mistake])
    if pairs:
        return _of_two(pairs)
    # What changes the same place of the reference cannot be run together with it.
    fitting = [known for known in catalogue if known.leaves_numbers_alone and known.missed == left]
    for alike in (lambda known: known.forms == forms_of(trial.outcomes), lambda known: known.facts == trial.facts):
        if len(fitting) > 1:
            fitting = [known for known in fitting if alike(known)]
    if len(fitting) != 1:
        # Whatever the mistake leaves right may be wrong because of the second one.
        also = " and ".join(f"“{r.name}”" for r in trial.exercise.requirements if r.name in left)
        return Naming((mistake.id,), (f"{_without_praise(mistake.hint)} That isn't all: look at {also} too.",))
    second = fitting[0].mistake
    return Naming(
        (mistake.id, second.id),
        (f"{TWO_MISTAKES} {_numbered(mistake, second)}",),
    )


def _pairs(trial, among=None):
    """Return the pairs of mistakes that explain an answer; see :func:`autograder.diagnosis.pairs.explaining_pairs`."""

    def alike(mistake):
        known = KnownMistake(trial.exercise, mistake, trial.seed)
        return known.forms == forms_of(trial.outcomes) and known.acts_like(trial)

    return explaining_pairs(trial, catalogue_of(trial.exercise.name, trial.seed), alike, among)


def _explanations(trial):
    """Find the pairs of mistakes, or the mistakes with a factor on everything, that give the student's numbers."""
    pairs = _pairs(trial)
    # A mistake that alone would miss more than the student does says something of the student that is not true.
    catalogue = {known.mistake.id: known for known in catalogue_of(trial.exercise.name, trial.seed)}
    honest = [pair for pair in pairs if all(catalogue[m.id].missed <= missed_by(trial) for m in pair.mistakes)]
    pairs = honest or pairs
    with_factor = mistakes_beside_a_factor(trial, catalogue_of(trial.exercise.name, trial.seed))
    if pairs:
        # Beside a pair that explains everything, a factor other than −1 is far-fetched.
        paired = {mistake.id for pair in pairs for mistake in pair.mistakes}
        with_factor = [
            each for each in with_factor if each.factor == "−1" and paired.isdisjoint(m.id for m in each.mistakes)
        ]
    return pairs + with_factor


def _without_praise(hint):
    """Leave out what a hint calls right: beside a second mistake, it may be wrong."""
    found = PRAISE.match(hint)
    return begin_sentence(hint[found.start(1) :]) if found else hint


def _numbered(*mistakes):
    """Put the hints of mistakes that were made together behind each other."""
    return " ".join(f"({number}) {_without_praise(mistake.hint)}" for number, mistake in enumerate(mistakes, start=1))


def _told(explanation):
    """Put the hints of an explanation's mistakes together."""
    first = explanation.mistakes[0].hint
    if len(explanation.mistakes) == 2:
        return _numbered(*explanation.mistakes)
    if explanation.factor == "−1":
        return f"{first} And besides, every number has the wrong sign."
    return f"{first} Beside that, there is a factor {explanation.factor} in every number: check where that comes in."


def _sign_and_factor(factor, mistakes):
    """Say of a wrong sign and a wrong factor in one sentence what they make of the numbers together."""
    rest = [SIZE_OR_SIGN.sub("", mistake.hint) for mistake in mistakes]
    rest = [f"({number}) {begin_sentence(each)}" for number, each in enumerate(rest, start=1)]
    return f"Sign and factor are both wrong: every number is {factor} times what it should be. {' '.join(rest)}"


def _of_two(found, factor=None):
    """Say which two mistakes there are; None where there are too many possibilities that share nothing."""
    ids = tuple(dict.fromkeys(mistake.id for each in found for mistake in each.mistakes))
    if len(found) == 1 and factor and len(found[0].mistakes) == 2:
        return Naming(ids, (_sign_and_factor(factor, found[0].mistakes),))
    if len(found) == 1:
        start = TWO_MISTAKES if len(found[0].mistakes) == 2 else ONE_OF_TWO
        return Naming(ids, (f"{start} {_told(found[0])}",))
    shared = [mistake for mistake in found[0].mistakes if all(mistake in each.mistakes for each in found)]
    others = [mistake.hint for each in found for mistake in each.mistakes if mistake not in shared]
    if len(shared) == 1 and len(found) > MAX_PAIRS:
        told = f"{shared[0].hint} The other one could be any of several: correct this one, and check again."
        return Naming((shared[0].id,), (f"{ONE_OF_TWO} One is this: {told}",))
    if len(found) > MAX_PAIRS:
        return None
    if len(shared) == 1 and len(others) == len(found):
        told = f"{shared[0].hint} The other one could be this: {ANOTHER.join(others)}"
        return Naming(ids, (f"{ONE_OF_TWO} One is this: {told}",))
    told = ANOTHER.join(map(_told, found))
    return Naming(ids, (f"Several pairs of mistakes give just these numbers. One possibility: {told}",))


def recognise(trial):
    """Name the mistake behind a wrong answer.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of a function that misses at least one requirement.

    Returns
    -------
    Naming
        Empty if there is nothing more to say than which requirements are not met.
    """
    naming = _recognise(trial)
    if not naming.hints or not any(outcome.changed for outcome in trial.outcomes):
        return naming
    first, *others = naming.hints
    return Naming(naming.mistakes, (with_shallow_copies(trial, first), *others))


def _recognise(trial):
    if BY_DIFFERENCES in trial.problems:
        return Naming(("central-differences",), (CENTRAL_DIFFERENCES,))
    if told := misspelt_word(trial):
        return Naming(("misspelt-word",), (told,))
    if trial.problems[0] is not None and (told := overwritten_too_early(trial)):
        return Naming(told[:1], told[1:])
    mistakes = _from_catalogue(trial)
    if len(mistakes) == 1:
        return _with_its_form(trial, mistakes[0])
    if mistakes:
        several = "Several mistakes give just these numbers. One possibility: " + ANOTHER.join(m.hint for m in mistakes)
        return Naming(tuple(m.id for m in mistakes), (several,))
    if trial.problems[0] is None:
        return _with_right_numbers(trial)
    if told := never_ended(trial):
        return Naming((), (told,))
    if not trial.exercise.comparable:
        if two := _two_by_facts(trial):
            return two
        told = where_it_stopped(trial) or _wrong_form(trial) or what_the_numbers_show(trial)
        return Naming((), (told or _first_missed(trial),))
    if all(outcome.failure is None and outcome.value is None for outcome in trial.outcomes):
        return Naming((), (PRINTED,) if trial.problems[0].kind is Kind.PRINTED else ())
    if answer := kind_of_answer(trial):
        return Naming(answer[:1], answer[1:])
    if factor := plain_factor(trial):
        return Naming(factor[:1], factor[1:])
    if told := _by_a_line(trial):
        return told
    pairs = _explanations(trial)
    if pairs and (naming := _of_two(pairs, negative_factor(trial))):
        return naming
    return Naming(*by_what_is_certain(trial, catalogue_of(trial.exercise.name, trial.seed)))


def _by_a_line(trial):
    """Name the line whose change makes everything right, beside what the parts have in common; None without one."""
    if told := moved_too_early(trial, catalogue_of(trial.exercise.name, trial.seed)):
        return Naming(("weights-moved-too-early",), (told,))
    parts = parts_in_words(trial, completely=True)
    line = one_line_mends(trial) or (lacking_mends if parts else one_expression_mends)(trial)
    if not line:
        return None
    if not parts:
        return Naming(line[:1], line[1:])
    return Naming(parts[0], (f"{parts[1].partition(' Right already')[0]} {line[1].partition(CHANGE_ONLY)[0]}",))


def _two_by_facts(trial):
    """Name two mistakes that change different facts; None where it takes anything else to explain the facts."""
    right = Trial(trial.exercise, trial.exercise.reference, trial.seed)
    found = facts_of_two(trial, right, catalogue_of(trial.exercise.name, trial.seed))
    if not found:
        return None
    return Naming(tuple(mistake.id for mistake in found), (f"{TWO_MISTAKES} {_numbered(*found)}",))


def _wrong_form(trial):
    """Say what is wrong with the form of an answer, of which no statistics say anything then."""
    problem = trial.problems[0]
    return _first_missed(trial) if problem.kind is not Kind.SAID or problem.code in FORM_CODES else None


def _first_missed(trial):
    """Say why the first requirement is not met, where neither a known mistake nor statistics say more."""
    sentence = sentence_of(trial.problems[0])
    return f"{begin_sentence(sentence)} {LOOK_AT_IT}"


def _with_right_numbers(trial):
    """Name what is left where the numbers are right, or where chance decides and the first requirement is met."""
    if told := changed_arguments(trial):
        return Naming(("changes-inputs",), (told,))
    pairs = _pairs(trial, among=trial.exercise.mistakes) if trial.exercise.comparable else []
    if pairs and (naming := _of_two(pairs)):
        return naming
    if trial.exercise.comparable and (mistake := _with_these_facts(trial)):
        return Naming((mistake.id,), (mistake.hint,))
    shown = None if trial.exercise.comparable else what_the_numbers_show(trial)
    return Naming((), tuple(filter(None, [_what_is_left(trial), shown])))


def _with_these_facts(trial):
    """Return the one mistake that shows the same facts and misses nothing that the student meets, or None."""
    right = Trial(trial.exercise, trial.exercise.reference, trial.seed).facts
    if not trial.facts or trial.facts == right:
        return None
    catalogue = [known for known in catalogue_of(trial.exercise.name, trial.seed) if known.leaves_numbers_alone]
    fitting = [known.mistake for known in catalogue if known.facts == trial.facts and known.missed <= missed_by(trial)]
    return fitting[0] if len(fitting) == 1 else None
