"""Known mistakes on the probes of one seed, and how they compare with a student's answer."""

from functools import lru_cache

import numpy as np

from autograder.checking.compare import leaves
from autograder.checking.trial import Trial
from autograder.diagnosis.agreement import agree, divided_alike, telling_numbers
from autograder.exercises import EXERCISES


def _met(trial):
    """Return for each requirement whether it is met, and on how many tries not, where that tells mistakes apart."""
    return () if trial.exercise.by_facts else tuple(problem and (problem.tries or True) for problem in trial.problems)


def _same_changes(trial, other):
    """Whether two functions change the same arguments on every probe, and both or none into what they return."""
    pairs = [
        pair for pair in zip(trial.outcomes, other.outcomes, strict=True) if not any(each.failure for each in pair)
    ]
    return all(one.changed == two.changed and one.overwritten == two.overwritten for one, two in pairs)


class KnownMistake:
    """A known mistake on the probes of one seed; it is run on a probe when somebody first asks what it does there."""

    def __init__(self, exercise, mistake, seed):
        self.mistake = mistake
        self._exercise = exercise
        self._trial = Trial(exercise, mistake.function, seed)
        self._outcomes = {}

    def outcomes(self, position):
        """Return what it does on one probe, for each order that chance allows."""
        if position not in self._outcomes:
            args = (self._trial.probes + self._trial.telling_probes)[position]
            self._outcomes[position] = [self._trial.call(run) for run in self._exercise.runs(args)]
        return self._outcomes[position]

    def acts_like(self, trial):
        """Whether it shows the same facts and meets the same requirements, whatever its numbers are."""
        if (self.mistake.facts or self._trial.facts) != trial.facts or _met(self._trial) != _met(trial):
            return False
        return trial.exercise.by_facts or _same_changes(self._trial, trial)

    @property
    def leaves_numbers_alone(self):
        """Whether its numbers are right, and only their form or something else is wrong."""
        return self._trial.problems[0] is None

    @property
    def facts(self):
        """What the exercise observes of it beyond values."""
        return self._trial.facts

    @property
    def missed(self):
        """Names of the requirements that it does not meet."""
        return missed_by(self._trial)

    @property
    def forms(self):
        """The shapes of what it returns."""
        return forms_of(self._trial.outcomes)

    def explains(self, trial):
        """Whether it gives the student's outcome on every probe, and on at least one of them a telling number.

        The same message on every probe will do as well, beside a right number or if the mistake's failure is telling.
        """
        decisive, same_message, any_number = False, True, self.mistake.telling_failure
        for position, outcome in enumerate(trial.outcomes + trial.telling_outcomes):
            agreeing = [
                known for known in self.outcomes(position) if agree(outcome, known) and divided_alike(outcome, known)
            ]
            if not agreeing:
                return False
            decisive = decisive or position in trial.once(telling_numbers)
            any_number = any_number or not outcome.failure
            same_message = same_message and any(_message(outcome) == _message(known) for known in agreeing)
        return decisive or (any_number and same_message)


@lru_cache(maxsize=256)
def catalogue_of(exercise_name, seed):
    """Return the known mistakes of an exercise on the probes of one seed."""
    exercise = EXERCISES[exercise_name]
    return [KnownMistake(exercise, mistake, seed) for mistake in exercise.mistakes]


def _message(outcome):
    return outcome.failure.message if outcome.failure else None


def missed_by(trial):
    """Return the names of the requirements that an answer does not meet."""
    return {r.name for r, problem in zip(trial.exercise.requirements, trial.problems, strict=True) if problem}


def forms_of(outcomes):
    """Return the shapes of what came back on each probe, or the kind of exception."""
    return [
        outcome.failure.kind if outcome.failure else [np.shape(part) for _, part in leaves(outcome.value)]
        for outcome in outcomes
    ]
