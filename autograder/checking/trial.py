"""One function tried on the probes of one exercise. Everything is computed once, when it is first asked for."""

import copy
from functools import cached_property
from inspect import signature
from weakref import WeakKeyDictionary

import numpy as np

from autograder.checking.call import call, count_steps
from autograder.checking.compare import flat, leaves, tolerance_of
from autograder.checking.problem import Problem, said
from autograder.checking.unseen import unseen_warnings, warnings_are_seen

# The probes and the right answers, by exercise and seed.
_SHARED = WeakKeyDictionary()


# How far numbers are off, relative to them, that were computed by differences; formulas are right to about 1e-15.
DIFFERENCES = 3e-12, 1e-6
# By how much these errors differ, relative to the numbers, where the arguments are nearly the same: rounding, divided
# by a small step.
SCATTER = 3e-14
BY_DIFFERENCES = said(
    "these points are for the derivative by the equation; your numbers are as exact as central differences.",
    "central differences",
)


def by_differences(trial):
    """Whether numbers that are right are only as exact as numerical derivatives are, on every probe."""
    errors = [
        _error(outcome.value, answers[0]) for outcome, answers in zip(trial.outcomes, trial.expected, strict=True)
    ]
    low, high = DIFFERENCES
    inexact = all(error is not None and error < high for error in errors) and np.median(errors) > low
    return inexact and _scatters(trial)


def _scatters(trial):
    """Whether the errors are others for arguments that hardly differ; those of a formula with an ε in it are not."""
    changes = []
    for args, outcome, answers in zip(trial.probes, trial.outcomes, trial.expected, strict=True):
        moved = _slightly_moved(args)
        value, answer = trial.call_returned(trial.function, moved).value, right_answers(trial.exercise, moved)
        errors = [_difference(*pair) for pair in ((outcome.value, answers[0]), (value, answer[0]))]
        if all(error is not None and error.size == errors[0].size for error in errors):
            changes.append(np.linalg.norm(errors[1] - errors[0]) / np.linalg.norm(flat(answers[0])))
    return not changes or np.median(changes) > SCATTER


def _slightly_moved(value):
    """Change every number with decimals by about 1e-9 of it; labels and other whole numbers stay as they are."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(_slightly_moved, value))
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.where(value == np.round(value), value, value * (1 + 1e-9))[()]
    return value


def _difference(value, answer):
    """Return how far each number is off; None where the two have not as many numbers."""
    numbers, right = (None if each is None else flat(each) for each in (value, answer))
    return None if numbers is None or right is None or numbers.size != right.size else numbers - right


def _error(value, answer):
    """Return the relative error of an answer in double precision; None for one in another precision, or for words."""
    numbers, right = flat(value), flat(answer)
    if numbers is None or right is None or numbers.size != right.size or not np.any(right):
        return None
    if any(tolerance_of(part) > DIFFERENCES[1] for _, part in leaves(value)):
        return None
    return float(np.linalg.norm(numbers - right) / np.linalg.norm(right))


class Trial:
    """A function on the probes that a seed draws.

    Parameters
    ----------
    exercise : autograder.exercise.Exercise
        Says what to try.
    function : callable
        The student's, the reference, or a known mistake.
    seed : int
        Decides the probes.

    Attributes
    ----------
    tried : list of (tuple, autograder.checking.call.Outcome)
        Every call so far, in order: the arguments, and what the call did.
    blind : bool
        Whether there was a call of which nobody knows whether NumPy would have warned.
    """

    def __init__(self, exercise, function, seed):
        self.exercise = exercise
        self.function = function
        self.seed = seed
        self.tried = []
        self.blind = False
        self._cache = {}
        self._endless = None  # what the function did on a graded probe, if it had to be stopped there

    def once(self, compute):
        """Return what a function computes from this trial; it is called the first time only.

        Parameters
        ----------
        compute : callable
            Takes a trial.
        """
        if compute not in self._cache:
            self._cache[compute] = compute(self)
        return self._cache[compute]

    def rng(self, use=0):
        """Return a generator of its own for each use, so that one use does not change the numbers of another."""
        return np.random.default_rng([self.seed, use])

    def _shared(self, what, compute):
        """Return what all trials of this exercise with this seed share; it is computed for the first of them."""
        # Probes that are drawn for one call serve no other trial.
        cache = self._cache if self.exercise.fresh else _SHARED.setdefault(self.exercise, {})
        key = what, self.seed
        if key not in cache:
            cache[key] = compute()
        return cache[key]

    @property
    def probes(self):
        """Arguments that are graded."""
        return self._shared("probes", lambda: self.exercise.probes(self.rng()))

    @property
    def telling_probes(self):
        """Arguments that only help to tell mistakes apart."""
        return self._shared("telling probes", lambda: self.exercise.telling_probes(self.rng(1)))

    def call(self, args):
        """Call the function on trial and describe what it did."""
        outcome = self._endless or call(self.function, args, self.exercise.seconds)
        self.tried.append((args, outcome))
        return outcome

    def call_returned(self, function, args, seconds=None):
        """Call a function that the one on trial returned or that was made from it, and describe what it did."""
        return call(function, args, seconds or self.exercise.seconds)

    def warnings(self, args, outcome):
        """Return the warnings of a call, also where NumPy gives none; see :mod:`autograder.checking.unseen`."""
        if warnings_are_seen() or outcome.failure:
            return outcome.warnings
        found = unseen_warnings(self.function, args, outcome, self.exercise.seconds)
        self.blind |= found is None
        return outcome.warnings if found is None else found

    def of(self, function):
        """Return a trial of another function on the same probes."""
        return Trial(self.exercise, function, self.seed)

    def count_steps(self, args):
        """Count the steps that the function on trial takes in Python."""
        return count_steps(self.function, args, self.exercise.seconds)

    @cached_property
    def outcomes(self):
        """What the function did on each probe. Once it has taken too long, it is not called again."""
        outcomes = self._until_timeout(self.probes)
        if _timed_out(outcomes[-1]):
            # The numbers are wrong, so nothing else can earn points, and the student needn't wait for it.
            self._endless = outcomes[-1]
        return outcomes

    @cached_property
    def telling_outcomes(self):
        """What the function did on each telling probe."""
        return self._until_timeout(self.telling_probes)

    def _until_timeout(self, probes):
        outcomes = []
        for args in probes:
            outcomes.append(outcomes[-1] if outcomes and _timed_out(outcomes[-1]) else self.call(args))
        return outcomes

    @property
    def expected(self):
        """The right answers on each probe: one, or one for each order that chance could have chosen."""
        return self._shared("answers", lambda: [right_answers(self.exercise, args) for args in self.probes])

    @cached_property
    def problems(self):
        """For each requirement, why it is not met, or None if it is met."""
        requirements = self.exercise.requirements
        found = {}
        for position in sorted(range(len(requirements)), key=lambda position: requirements[position].last):
            found[position] = _as_problem(requirements[position].test(self))
        problems = [found[position] for position in range(len(requirements))]
        if self.exercise.derivative_of and problems[0] is None and by_differences(self):
            # The numbers count, and nothing else does: the exercise asks for the equation.
            return [None, *(BY_DIFFERENCES for _ in problems[1:])]
        return problems

    @cached_property
    def facts(self):
        """What the exercise observes beyond values."""
        return self.exercise.observe(self)


def _timed_out(outcome):
    return outcome.failure is not None and outcome.failure.kind == "TimeUp"


def _as_problem(result):
    return result if result is None or isinstance(result, Problem) else said(result)


def parameter_names(exercise):
    """Return the names of the arguments, as the exercise's reference has them."""
    return list(signature(exercise.reference).parameters)


def right_answers(exercise, args):
    """Return all answers of the reference that chance allows for these arguments."""
    # Copies: the probes serve other trials too, and a generator among them goes on when it is used.
    # A reference may divide by 0 where inf is right; NumPy's warning would appear in the student's notebook.
    with np.errstate(all="ignore"):
        return [exercise.reference(*run) for run in exercise.runs(copy.deepcopy(args))]
