"""Explain an answer by two known mistakes at once: combine them, run the combination, and compare.

Pairs are tried in the order of their likelihood, until the time is used up.  Likely is what can be told from each of
the two alone.  A part of the answer (an array, on one probe) that only one of the two changes should be as that one
makes it, and a part that neither changes should be right; so should the shapes that came back.  The fewer parts
contradict that, the likelier is the pair; among equals the catalogue's order decides.  Once a pair is found, only the
equally likely ones are tried as well.  The smallest probe comes first, because most pairs end there.
"""

import contextlib
import copy
import io
import time
import warnings
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from autograder.checking.call import Failure, Outcome, settled
from autograder.checking.compare import FLOAT64_TOLERANCE, flat, is_number_like, leaves, tolerance_of
from autograder.checking.time_limit import TimeUp, can_be_stopped, time_limit
from autograder.checking.trial import right_answers
from autograder.diagnosis.agreement import agree, telling_numbers
from autograder.exercise import Mistake
from autograder.exercises.edits import function_of, source_of_both

# Seconds that one check may spend on running pairs.
BUDGET = 0.3
# So many pairs, the likeliest ones, are run at most: of 480 doubles of the catalogue, each was among the first 300.
MAX_RUN = 320
# So many probes, the smallest ones, decide which pairs are likely.
RANKED = 4
# So many answers of 0 or 1 have to come before they can tell one pair from all others: few of them agree by chance.
MIN_YES_OR_NO = 16


@dataclass(frozen=True)
class Pair:
    """Two known mistakes that together give the student's outcomes.

    Attributes
    ----------
    mistakes : tuple of Mistake
        The two, in the order of the catalogue.
    together : Mistake
        Has the function of both.
    """

    mistakes: tuple
    together: Mistake


def _size(args):
    return sum(np.size(part) for arg in args for _, part in leaves(arg) if is_number_like(part))


def says_enough(outcomes):
    """Whether different finite numbers or different words came back: a constant or a placeholder explains nothing.

    Neither does a handful of answers yes or no.
    """
    values = [outcome.value for outcome in outcomes if not outcome.failure and outcome.value is not None]
    numbers = [flat(value) for value in values]
    if any(vector is None for vector in numbers):
        return any(not agree(Outcome(value), Outcome(values[0])) for value in values)
    all_numbers = np.concatenate([np.zeros(0), *numbers])
    different = np.unique(all_numbers[np.isfinite(all_numbers)])
    return different.size > 1 and (all_numbers.size >= MIN_YES_OR_NO or not np.isin(different, (0, 1)).all())


def _form(outcome):
    """Return the shapes of the parts, or the kind of exception."""
    if outcome.failure:
        return outcome.failure.kind
    return [None if callable(part) else np.shape(part) for _, part in leaves(outcome.value)]


def _same_parts(numbers, others, tolerance, starts):
    """For each part of a vector, whether it is the same in another vector of that size."""
    with np.errstate(invalid="ignore"):
        return np.logical_and.reduceat(np.abs(numbers - others) <= tolerance, starts)


def _sizes_of_parts(value):
    """Return how many numbers each part of an answer has; three or more numbers in a list are one part."""
    sizes = []
    in_one_list = groupby(leaves(value), key=lambda leaf: (leaf[0][:-1], np.ndim(leaf[1]) == 0))
    for (_, numbers), group in in_one_list:
        each = [np.size(part) for _, part in group if np.size(part)]
        sizes += [len(each)] if numbers and len(each) > 2 else each
    return sizes


class _Alone:
    """What each known mistake alone makes of the parts of the answer on one probe.

    Attributes
    ----------
    right : ndarray
        For each part of the student's answer whether it is right.
    changed : ndarray
        For each mistake (row) and part whether it is not right.
    explained : ndarray
        For each mistake and part whether it is as in the student's answer.
    """

    def __init__(self, outcome, right, known):
        right = Outcome(right)
        form, right_form, forms = _form(outcome), _form(right), [_form(each) for each in known]
        self.right_form = form == right_form
        self.changed_form = np.array([[each != right_form] for each in forms])
        self.explained_form = np.array([[each == form] for each in forms])
        numbers = None if outcome.failure else flat(outcome.value)
        if numbers is None or not numbers.size:
            self.right = np.array([agree(outcome, right)])
            self.changed = np.array([[not agree(right, each)] for each in known])
            self.explained = np.array([[agree(outcome, each)] for each in known])
            return
        parts = _sizes_of_parts(outcome.value)
        starts = np.cumsum([0, *parts[:-1]])
        relative = max((tolerance_of(part) for _, part in leaves(outcome.value)), default=FLOAT64_TOLERANCE)
        tolerance = relative * (np.abs(numbers) + 1e-3 * np.abs(numbers).max()) + 1e-14
        right_numbers = flat(right.value)
        fits = right_numbers is not None and right_numbers.size == numbers.size
        none = np.zeros(len(parts), dtype=bool)
        self.right = _same_parts(numbers, right_numbers, tolerance, starts) if fits else none
        self.changed, self.explained = np.zeros((2, len(known), len(parts)), dtype=bool)
        for row, each in enumerate(known):
            vector = None if each.failure else flat(each.value)
            same_size = vector is not None and vector.size == numbers.size
            self.explained[row] = _same_parts(numbers, vector, tolerance, starts) if same_size else none
            if same_size and fits:
                self.changed[row] = ~_same_parts(right_numbers, vector, tolerance, starts)
            else:
                self.changed[row] = not agree(right, each)

    def contradictions(self):
        """Count for each pair the parts that one of the two changes otherwise, or neither though they are wrong."""
        changed = np.hstack([self.changed, self.changed_form])
        explained = np.hstack([self.explained, self.explained_form])
        otherwise, not_changed = (changed & ~explained).astype(float), (~changed).astype(float)
        wrong = ~np.append(self.right, self.right_form)
        return otherwise @ not_changed.T + not_changed @ otherwise.T + (not_changed * wrong) @ not_changed.T

    def overlap(self):
        """Tell for each pair whether both change the same part, and whether such a part is right all the same."""
        changed = self.changed.astype(float)
        return changed @ changed.T > 0, (changed * self.right) @ changed.T > 0


def _likeliest_first(exercise, cases, catalogue):
    """Return pairs of positions in the catalogue with what contradicts them, the likeliest first."""
    count = len(catalogue)
    contradictions, made_up = np.zeros((count, count)), np.zeros((count, count), dtype=bool)
    not_made_up = made_up.copy()
    for position, args, outcome in cases:
        right = right_answers(exercise, args)
        if len(right) > 1:  # chance could have chosen several: nothing is known of one part beside another
            continue
        alone = _Alone(outcome, right[0], [known.outcomes(position)[0] for known in catalogue])
        contradictions += alone.contradictions()
        both, restored = alone.overlap()
        made_up |= restored
        not_made_up |= both & ~restored
    # To say that two mistakes make up for each other wherever both play a part would be far-fetched.
    one, other = np.nonzero(np.triu(~made_up | not_made_up, 1))
    against = contradictions[one, other]
    order = np.lexsort((other, one, against))
    return zip(one[order], other[order], against[order], strict=True)


def _result(function, args):
    """Run a known mistake, and describe only what it returned or raised; that is quicker than a student's call."""
    try:
        return Outcome(settled(function(*copy.deepcopy(args))))
    except (Exception, SystemExit) as error:
        return Outcome(failure=Failure(type(error).__name__, ""))


def _gives(function, exercise, args, outcome):
    """Whether a function does the same on one probe, for any order that chance allows."""
    return any(agree(outcome, _result(function, run)) for run in exercise.runs(args))


def _function_of_both(exercise, one, other):
    """Return the function with both mistakes; None where there is none, or where it could run forever."""
    source = source_of_both(exercise, one, other)
    # A loop that ends with either mistake may not end with both.
    if source is None or ("while" in source and not can_be_stopped()):
        return None
    return function_of(exercise, source)


@contextlib.contextmanager
def _quiet_until_time_is_up(seconds):
    """Run the block without warnings and output, until it ends or its time is up."""
    silence = io.StringIO()
    with (
        warnings.catch_warnings(action="ignore"),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        contextlib.suppress(TimeUp),
        time_limit(seconds),
    ):
        yield


def explaining_pairs(trial, catalogue, alike, among=None):
    """Find the pairs of known mistakes that together do what the student's function does.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the student's function.
    catalogue : list
        The exercise's known mistakes on the trial's probes.
    alike : callable
        From a mistake that has the function of both to whether it is like the student's function in everything else
        too, such as shapes and requirements.  Of several pairs those that are go before the others.
    among : list of Mistake, optional
        One of the two has to be among these, and the pair has to be alike.

    Returns
    -------
    list of Pair
        The likeliest ones, in the order of the catalogue, as far as they were found within the budget of time.
    """
    outcomes = trial.outcomes + trial.telling_outcomes
    if any(outcome.failure and outcome.failure.kind == "TimeUp" for outcome in outcomes) or not says_enough(outcomes):
        return []
    if not trial.once(telling_numbers):
        return []
    exercise = trial.exercise
    cases = zip(range(len(outcomes)), trial.probes + trial.telling_probes, outcomes, strict=True)
    # Those with several orders that chance allows come last: all of them have to be run.
    cases = sorted(cases, key=lambda case: (len(list(exercise.runs(case[1]))), _size(case[1])))
    found, same, most, end = [], [], np.inf, time.monotonic() + BUDGET
    with _quiet_until_time_is_up(BUDGET):
        for one, other, against in islice(_likeliest_first(exercise, cases[:RANKED], catalogue), MAX_RUN):
            if against > most or time.monotonic() > end:
                break
            pair = catalogue[one].mistake, catalogue[other].mistake
            if among is not None and not any(mistake in among for mistake in pair):
                continue
            function = _function_of_both(exercise, *pair)
            if function and all(_gives(function, exercise, args, outcome) for _, args, outcome in cases):
                found.append(Pair(pair, Mistake(f"{pair[0].id} and {pair[1].id}", function, "")))
                most = against
        if among is not None or len(found) > 1:
            same = [pair for pair in found if time.monotonic() < end and alike(pair.together)]
    return same if among is not None else same or found
