"""One function tried on the probes of one exercise; everything is computed once, when it is first asked for."""

import copy
from functools import cached_property
from inspect import signature
from weakref import WeakKeyDictionary

import numpy as np

from autograder.checking.call import call, count_steps

# By exercise and seed, the probes and the right answers.
_SHARED = WeakKeyDictionary()


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
    probes, telling_probes : list of tuple
        Arguments.
    tried : list of (tuple, autograder.checking.call.Outcome)
        Every call so far, in order: arguments, and what came of it.
    """

    def __init__(self, exercise, function, seed):
        self.exercise = exercise
        self.function = function
        self.seed = seed
        self.tried = []
        self._found = {}

    def once(self, find):
        """Have something found out about this trial, and remember it.

        Parameters
        ----------
        find : callable
            Takes a trial.
        """
        if find not in self._found:
            self._found[find] = find(self)
        return self._found[find]

    def rng(self, use=0):
        """Return a generator of its own for each use, so that one use does not move the numbers of another."""
        return np.random.default_rng([self.seed, use])

    def _once_for_all(self, what, find):
        """Return what every trial of this exercise with this seed shares; find it when it is first asked for."""
        # Probes that are drawn for one call serve no other trial.
        shared = self._found if self.exercise.fresh else _SHARED.setdefault(self.exercise, {})
        key = what, self.seed
        if key not in shared:
            shared[key] = find()
        return shared[key]

    @property
    def probes(self):
        """Arguments that are graded."""
        return self._once_for_all("probes", lambda: self.exercise.probes(self.rng()))

    @property
    def telling_probes(self):
        """Arguments that only help to tell mistakes apart."""
        return self._once_for_all("telling probes", lambda: self.exercise.telling_probes(self.rng(1)))

    def call(self, args):
        """Call the function under trial and describe what it did."""
        outcome = call(self.function, args, self.exercise.seconds)
        self.tried.append((args, outcome))
        return outcome

    def call_returned(self, function, args):
        """Call a function that the one under trial returned, and describe what it did."""
        return call(function, args, self.exercise.seconds)

    def count_steps(self, args):
        """Count the steps that the function under trial takes in Python."""
        return count_steps(self.function, args, self.exercise.seconds)

    @cached_property
    def outcomes(self):
        """What the function did on each probe; after it was stopped once for taking too long, it is not tried again."""
        return self._until_time_is_up(self.probes)

    @cached_property
    def telling_outcomes(self):
        """What the function did on each telling probe."""
        return self._until_time_is_up(self.telling_probes)

    def _until_time_is_up(self, probes):
        outcomes = []
        for args in probes:
            late = outcomes and outcomes[-1].failure and outcomes[-1].failure.kind == "TimeUp"
            outcomes.append(outcomes[-1] if late else self.call(args))
        return outcomes

    @property
    def expected(self):
        """For each probe the right answers: one, or one for each order that chance could have chosen."""
        return self._once_for_all("answers", lambda: [right_answers(self.exercise, args) for args in self.probes])

    @cached_property
    def met(self):
        """For each requirement None, or the sentence that says why it is not met."""
        return [requirement.test(self) for requirement in self.exercise.requirements]

    @cached_property
    def facts(self):
        """What the exercise observes beyond values."""
        return self.exercise.observe(self)


def parameter_names(exercise):
    """Names of the arguments, as the exercise's reference has them."""
    return list(signature(exercise.reference).parameters)


def right_answers(exercise, args):
    """All answers of the reference that chance allows for these arguments."""
    # Copies: the probes serve other trials too, and a generator among them goes on when it is used.
    # A reference may divide by 0 where inf is right; NumPy's warning would appear in the student's notebook.
    with np.errstate(all="ignore"):
        return [exercise.reference(*run) for run in exercise.runs(copy.deepcopy(args))]
