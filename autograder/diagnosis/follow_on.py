"""Follow-on errors: a function that is wrong only because it calls another of the student's functions that is wrong."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from autograder.checking.compare import close, flat, is_number_like, leaves
from autograder.checking.helpers import Helper, helpers_of, lend, may_borrow
from autograder.checking.trial import Trial, right_answers
from autograder.exercises import EXERCISES

NOT_RIGHT, NOT_WRITTEN, NOT_DEFINED = "not right yet", "not written yet", "not defined yet"


@dataclass(frozen=True)
class FollowOn:
    """What the student's other functions have to do with a wrong answer.

    Attributes
    ----------
    helpers : dict of str to str
        By name, what is wrong with each function that was called and is itself wrong.
    retried : autograder.checking.trial.Trial or None
        The function with right answers in the place of those helpers; None if it was not, or could not be, tried so.
    passed : bool
        Whether everything is right then.
    """

    helpers: dict
    retried: Trial | None = None
    passed: bool = False

    @property
    def words(self):
        """Say which function has to be corrected first; empty if there is none."""
        if not self.helpers:
            return ""
        named = " and ".join(map(_in_one_state, *_by_state(self.helpers)))
        if self.passed:
            return f"Your {self.retried.exercise.name} is right. It calls {named}."
        return f"It calls {named}: go there first, then check this function again."


NONE = FollowOn({})


def _by_state(helpers):
    """Return the different states of helpers, and for each the names of those that are in it."""
    states = list(dict.fromkeys(helpers.values()))
    return states, [[name for name in helpers if helpers[name] == state] for state in states]


def _in_one_state(state, names):
    *most, last = names
    return f"{', '.join(most)} and {last}, which are {state}" if most else f"{last}, which is {state}"


class _Retried(Trial):
    """A trial in which a function calls helpers in the place of its own functions."""

    def __init__(self, trial, helpers):
        super().__init__(trial.exercise, trial.function, trial.seed)
        self._helpers = helpers
        self._only_passed_on = []

    def call(self, args):
        """Call the function with the helpers, and note whether it only passes its arguments on to one of them."""
        for helper in self._helpers.values():
            helper.calls = []
        with lend(self.function, self._helpers):
            outcome = super().call(args)
        calls = [each for helper in self._helpers.values() for each in helper.calls]
        passed_on = (_same_numbers(outcome.value, result) and _all_among(given, args) for given, result in calls)
        self._only_passed_on.append(any(passed_on))
        return outcome

    def call_returned(self, function, args, seconds=None):
        """Call a function that the one on trial returned or that was made from it, with the helpers."""
        with lend(self.function, self._helpers):
            return super().call_returned(function, args, seconds)

    def of(self, function):
        """Return a trial of another function, which is given the same helpers."""
        return _Retried(Trial(self.exercise, function, self.seed), self._helpers)

    def count_steps(self, args):
        """Count the steps that the function takes besides those of its helpers."""
        with lend(self.function, self._helpers):
            return super().count_steps(args)

    @property
    def is_passed_on(self):
        """Whether more than half of the answers are what a helper gave, so that the function does nothing itself."""
        return 2 * sum(self._only_passed_on) > len(self._only_passed_on)


def _same_numbers(value, other):
    """Whether two values consist of the same numbers, in whatever order and shape."""
    one, two = flat(value), flat(other)
    if one is None or two is None or one.size != two.size or not one.size:
        return False
    return close(np.sort(one), np.sort(two))


def _all_among(values, others):
    """Whether all numbers in some arguments are among those in others."""
    given, known = (
        [flat(part) for _, part in leaves(each) if is_number_like(part) and flat(part) is not None]
        for each in (values, others)
    )
    return bool(np.isin(np.concatenate([*given, []]), np.concatenate([*known, []])).all())


def follow_on(trial, callers=()):
    """Find out whether a function is wrong only because of the student's other functions.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of a function that misses a requirement.
    callers : tuple of str
        Exercises that this was asked for before, so that functions that call each other are asked only once.

    Returns
    -------
    FollowOn
    """
    callers = (*callers, trial.exercise.name)
    found = helpers_of(trial.function, set(EXERCISES) - set(callers))
    found = {name: helper for name, helper in found.items() if _may_help(name, trial.exercise)}
    wrong = {name: state for name, helper in found.items() if (state := _what_is_wrong(name, helper, trial, callers))}
    # A function of an earlier lesson's name may be meant as something else here, unless a right one helps.
    here = {name: state for name, state in wrong.items() if EXERCISES[name].lesson == trial.exercise.lesson}
    if not wrong or not may_borrow(trial.function):
        return FollowOn(here)
    helpers = {
        name: Helper(name, EXERCISES[name].reference) for name in wrong if not _solves(name, trial.exercise, trial.seed)
    }
    retried = _Retried(trial, helpers)
    passed = bool(helpers) and not any(retried.problems)
    if any(helper.failed for helper in helpers.values()):
        return NONE  # it was called in a way that the exercise's function doesn't know
    called = {name: wrong[name] for name, helper in helpers.items() if helper.called}
    if passed and called and not retried.is_passed_on:
        return FollowOn(called, retried, True)
    called = {name: state for name, state in here.items() if name in called or name not in helpers}
    return FollowOn(called, retried if called.keys() & helpers.keys() else None)


def _may_help(name, exercise):
    """Whether an exercise comes early enough in the course, and is quick enough to be tried, to help with another."""
    helper = EXERCISES[name]
    return helper.lesson <= exercise.lesson and not helper.fresh


def _what_is_wrong(name, function, trial, callers):
    """Say what is wrong with a helper; empty if it is right, or wrong only because of functions that it calls."""
    if function is None:
        return NOT_DEFINED
    own = Trial(EXERCISES[name], function, trial.seed)
    if not any(own.problems) or follow_on(own, callers).passed:
        return ""
    first = own.outcomes[0]
    if first.failure:
        unwritten = first.failure.kind == "NotImplementedError" and not first.failure.function
    else:
        unwritten = first.value is None and not first.printed.strip()
    return NOT_WRITTEN if unwritten else NOT_RIGHT


@lru_cache(maxsize=256)
def _solves(name, exercise, seed):
    """Whether the right answer to one exercise, called with the arguments of another, is the answer to that."""
    trial = Trial(exercise, exercise.reference, seed)
    if not exercise.comparable:
        return False
    for args, wanted in zip(trial.probes, trial.expected, strict=True):
        try:
            given = right_answers(EXERCISES[name], args)
        except Exception:
            return False  # it takes other arguments
        if not any(_same_numbers(one, other) for one in given for other in wanted):
            return False
    return True
