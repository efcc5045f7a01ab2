"""What is certain about wrong numbers that no known mistake explains, and no two: the most telling sentence first."""

import sys
from dataclasses import replace

from autograder.checking.failing_case import Array
from autograder.checking.problem import Kind
from autograder.checking.words import as_beginning, sentence_of
from autograder.diagnosis.by_layer import factor_of_each_layer, from_the_second_epoch, one_layer_off
from autograder.diagnosis.by_part import mistakes_by_part
from autograder.diagnosis.experiments import what_experiments_show
from autograder.diagnosis.most_probes import mostly
from autograder.diagnosis.order import dependence_on_the_step
from autograder.diagnosis.parts import changing_factor, only_some_parts, parts_in_words
from autograder.diagnosis.signature import from_signature, gradient_check, how_far_off
from autograder.diagnosis.smallest_case import smallest_cases
from autograder.diagnosis.stopped import where_it_stopped

ANOTHER = " Another possibility: "
NOTHING_KNOWN = "No known mistake gives these numbers."
BY_HAND = (
    "Compute a small case by hand from the equation, and print what your function gives after each step: where do the "
    "two first differ?"
)
STEP_BY_STEP = "Print the shape after each step of a small case: after which one is it no longer what you expect?"
NEVER_ENDED = (
    "It was still running when its time was up: either a loop never ends, or it repeats far more often than it needs "
    "to. For each loop, find the line that brings it closer to its end; a `while` loop needs a line inside it that "
    "makes its condition false. "
)
WATCH_IT = "To watch it, print a value in each pass in a cell of its own, and stop the cell with ■ above the notebook."
# ■ does nothing in a browser, where the kernel runs beside the page and hears of it only when the cell has ended.
ONLY_CHECKED = "Don't call it outside `check` before you've changed it: in the browser, ■ can't stop a cell."


def never_ended(trial):
    """Say what to do about a call that had to be stopped; None where no call had to be.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the student's function.

    Returns
    -------
    str or None
    """
    if not any(outcome.failure and outcome.failure.kind == "TimeUp" for outcome in trial.outcomes):
        return None
    return NEVER_ENDED + (ONLY_CHECKED if sys.platform == "emscripten" else WATCH_IT)


def by_what_is_certain(trial, catalogue):
    """Name what all probes have in common where no known mistake, and no two, give the numbers.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    (tuple of str, tuple of str)
        Ids of what was recognised, and what the student reads.
    """
    if parts := parts_in_words(trial, completely=True):
        return parts[0], parts[1:]
    for look in (factor_of_each_layer, changing_factor):
        if told := look(trial):
            return told[:1], told[1:]
    if parts := mistakes_by_part(trial, catalogue):
        return parts[0], parts[1:]
    if told := from_the_second_epoch(trial):
        return told[:1], told[1:]
    if found := mostly(trial, catalogue):
        told = ANOTHER.join(mistake.hint for mistake, _ in found) + found[0][1]
        return tuple(mistake.id for mistake, _ in found), (told,)
    where = one_layer_off(trial) or only_some_parts(trial)
    for look in (what_experiments_show, dependence_on_the_step):
        if told := look(trial):
            return told[:1], (" ".join(filter(None, [where, told[1]])),)
    if parts := parts_in_words(trial, completely=False):
        return parts[0], parts[1:]
    # Of a call that stops, the cause says more than the numbers of those that don't.
    signature = where_it_stopped(trial) or where or from_signature(trial)
    sentences = [signature or _what_came(trial), None if signature else how_far_off(trial), gradient_check(trial)]
    return (), (" ".join(filter(None, sentences)),)


def _what_came(trial):
    """Say that the shape is wrong, or that the numbers are, and what to do, where nothing more is known."""
    problem = trial.problems[0]
    if problem.kind is not Kind.SHAPE:
        return f"{NOTHING_KNOWN} {BY_HAND}"
    case = next(iter(trial.once(smallest_cases)), None)
    arrays = case and isinstance(case.got, Array) and isinstance(case.expected, Array)
    if arrays and case.got.shape != case.expected.shape:
        # The shapes of the case that is shown, and not those of the first input.
        shapes = {"actual": case.got.shape, "expected": case.expected.shape}
        problem = replace(problem, part=case.place or problem.part, **shapes)
    sentence = sentence_of(replace(problem, tries=None))
    return f"{as_beginning(sentence)} {STEP_BY_STEP}"
