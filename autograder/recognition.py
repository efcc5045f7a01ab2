"""Name the mistake behind a wrong answer, from the numbers it gave."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from autograder.compare import close, flat, leaves, tolerance_of
from autograder.compositions import pairs_that_explain
from autograder.failures import meaning_of
from autograder.trial import Trial, parameter_names
from autograder.unmatched import remember


@dataclass(frozen=True)
class Naming:
    """What a wrong answer was recognised as.

    Attributes
    ----------
    mistakes : tuple of str
        Ids of the catalogued mistakes that explain it; more than one where they explain it equally well.
    hints : tuple of str
        What the student reads.
    """

    mistakes: tuple = ()
    hints: tuple = ()


def _conduct(trial):
    """Which requirements are met, and the facts observed: what a mistake shows beside its numbers."""
    met = () if trial.exercise.by_facts else tuple(problem is None for problem in trial.met)
    return met, trial.facts


class _Known:
    """A catalogued mistake on the probes of one seed; what it does is found out when it is first asked for."""

    def __init__(self, exercise, mistake, seed):
        self.mistake = mistake
        self._exercise = exercise
        self._trial = Trial(exercise, mistake.function, seed)
        self._outcomes = {}

    def outcomes(self, position):
        """What it does on one probe, for each order that chance allows."""
        if position not in self._outcomes:
            args = (self._trial.probes + self._trial.telling_probes)[position]
            self._outcomes[position] = [self._trial.call(run) for run in self._exercise.runs(args)]
        return self._outcomes[position]

    @property
    def conduct(self):
        return _conduct(self._trial)

    def explains(self, trial):
        """Whether it gives the student's outcome on every probe, and a number that decides it on at least one.

        Words decide in place of a number where the mistake says that its failure is telling.
        """
        decisive, same_words = False, self.mistake.telling_failure
        for position, outcome in enumerate(trial.outcomes + trial.telling_outcomes):
            agreeing = [known for known in self.outcomes(position) if _agree(outcome, known)]
            if not agreeing:
                return False
            decisive = decisive or not outcome.failure
            same_words = same_words and any(_message(outcome) == _message(known) for known in agreeing)
        return decisive or same_words


@lru_cache(maxsize=256)
def _catalogue(exercise_name, seed):
    from autograder.exercises import EXERCISES  # here, because the registry is built from modules that import this one

    exercise = EXERCISES[exercise_name]
    return [_Known(exercise, mistake, seed) for mistake in exercise.mistakes]


def _agree(outcome, known):
    if outcome.failure or known.failure:
        return bool(outcome.failure and known.failure and outcome.failure.kind == known.failure.kind)
    numbers, known_numbers = flat(outcome.value), flat(known.value)
    if numbers is None or known_numbers is None:
        return numbers is None and known_numbers is None and outcome.value == known.value
    if numbers.size != known_numbers.size:
        return False
    # A mistake can give nan, and is then recognised by where it does.
    undefined = np.isnan(numbers)
    if (undefined != np.isnan(known_numbers)).any():
        return False
    tolerance = max((tolerance_of(part) for _, part in leaves(outcome.value)), default=0)
    return close(numbers[~undefined], known_numbers[~undefined], tolerance)


def _message(outcome):
    return outcome.failure.message if outcome.failure else None


def _from_catalogue(trial):
    catalogue = _catalogue(trial.exercise.name, trial.seed)
    conduct = _conduct(trial)
    if not trial.exercise.comparable:
        return [known.mistake for known in catalogue if known.conduct == conduct]
    candidates = [known for known in catalogue if known.explains(trial)]
    exact = [known.mistake for known in candidates if known.conduct == conduct]
    return exact or [known.mistake for known in candidates if trial.met[0] is not None]


def _ratio(trial):
    """Return the one factor by which all numbers are off, if there is one."""
    factors = []
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        numbers, right = (None if outcome.failure else flat(outcome.value)), flat(answers[0])
        if numbers is None or right is None or numbers.size != right.size:
            return None
        kept = np.abs(right) > 1e-9 * np.max(np.abs(right), initial=0)
        if not kept.any() or not np.allclose(numbers[~kept], 0):
            return None
        factors.extend(numbers[kept] / right[kept])
    factors = np.array(factors)
    return float(factors[0]) if np.allclose(factors, factors[0], rtol=1e-5) else None


def _which_are_off(off, count):
    """Name the parts that are off, and tell how many are right."""
    verb, right = "is" if len(off) == 1 else "are", count - len(off)
    rest = f"{right} of {count} parts {'is' if right == 1 else 'are'} right" if right else "none of the parts is right"
    return f"Off {verb} {', '.join(off[:4])}{' and others' if len(off) > 4 else ''} ({rest})"


def _wrong_parts(trial):
    """Say which parts of the answer are off, on the first probe where some are, and by how much."""
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        parts, right = list(leaves(outcome.value)), list(leaves(answers[0]))
        if outcome.failure or len(parts) != len(right) or len(right) == 1:
            continue
        off, distances, factors = [], [], []
        for (path, part), (_, wanted) in zip(parts, right, strict=True):
            name, part, wanted = trial.exercise.part_name(path), flat(part), flat(wanted)
            if part is None or wanted is None:
                return None
            if part.size != wanted.size:
                off.append(f"{name} (wrong size)")
                distances.append(1.0)
                factors.append(np.nan)
            elif not close(part, wanted):
                off.append(name)
                distances.append(np.linalg.norm(part - wanted) / (np.linalg.norm(part) + np.linalg.norm(wanted)))
                factors.extend(part[wanted != 0] / wanted[wanted != 0])
        if off:
            told = _which_are_off(off, len(right))
            if len(factors) > 1 and np.allclose(factors, factors[0], rtol=1e-5):
                return f"{told}: there every number is {factors[0]:.4g} times the right one."
            if np.isnan(factors).any():
                return f"{told}."
            return f"{told}; the largest relative error is {max(distances):.1g}."
    return None


def _from_signature(trial):
    ratio = _ratio(trial)
    if ratio is None or np.isclose(ratio, 1) or not np.isfinite(ratio):
        return _wrong_parts(trial)
    if np.isclose(ratio, -1):
        return "Every number has the right size and the wrong sign."
    if np.isclose(ratio, 0):
        return "Every number is 0."
    return f"Every number is {ratio:.4g} times the right one: look for a constant factor too many or too few."


NOTHING_KNOWN = (
    "No known mistake gives these numbers. Take the smallest case you can think of, work it out on paper by the "
    "equation, and print what your function makes of it."
)
NOTHING_RETURNED = (
    "It raises before there is a number to look at. Take the smallest case you can think of, call your function on it "
    "in a cell of its own, and print what goes into the line that stops: values and shapes."
)


def _shapes_in(arg):
    """Shapes of an array, or of the first arrays in a list of pairs, in words; empty where there are none."""
    found = [part.shape for _, part in leaves(arg) if isinstance(part, np.ndarray)]
    return ", ".join(map(str, found[:4])) + (", …" if len(found) > 4 else "")


def _where_it_stopped(trial):
    """Say what an exception most often means, or give the shapes of the arguments: they show what does not fit."""
    for args, outcome in zip(trial.probes, trial.outcomes, strict=True):
        meaning = meaning_of(str(outcome.failure)) if outcome.failure else None
        if meaning:
            return meaning
        if outcome.failure and outcome.failure.kind in ("ValueError", "IndexError"):
            names = parameter_names(trial.exercise)
            told = [f"{name} {shapes}" for name, arg in zip(names, args, strict=False) if (shapes := _shapes_in(arg))]
            if told:
                return (
                    f"It stopped at {'; '.join(told)}: write the shapes beside your line, and see what does not fit, "
                    "or whether the line uses something that is not among the arguments."
                )
    return None


def _what_is_left(trial):
    """Point to the requirements that are missed, where the first one is met and no known mistake explains the rest."""
    requirements = zip(trial.exercise.requirements, trial.met, strict=True)
    missed = {requirement.name: problem for requirement, problem in requirements if problem}
    names = " and ".join(f"“{name}”" for name in missed)
    meanings = dict.fromkeys(meaning for problem in missed.values() if (meaning := meaning_of(problem)))
    told = f"“{trial.exercise.requirements[0].name}” is met; what is left is {names}."
    return " ".join([told, *meanings]) if meanings else f"{told} Try just that, in a cell of its own."


def recognise(trial):
    """Name the mistake behind a wrong answer.

    Parameters
    ----------
    trial : autograder.trial.Trial
        Of a function that misses at least one requirement.

    Returns
    -------
    Naming
        Empty if nothing more can be said than which requirements are not met.
    """
    found = _from_catalogue(trial)
    if len(found) == 1:
        return Naming((found[0].id,), (found[0].hint,))
    if found:
        either = "Several mistakes give just these numbers. Either: " + " Or: ".join(m.hint for m in found)
        return Naming(tuple(m.id for m in found), (either,))
    if trial.met[0] is None:
        return Naming((), (_what_is_left(trial),))
    if not trial.exercise.comparable:
        stopped = _where_it_stopped(trial)
        return Naming((), (stopped,) if stopped else ())
    if all(outcome.failure is None and outcome.value is None for outcome in trial.outcomes):
        return Naming()
    pairs = pairs_that_explain(trial, _catalogue(trial.exercise.name, trial.seed))
    if len(pairs) == 1:  # where several pairs explain the numbers, none of them is known to be the right one
        one, other = (known.mistake for known in pairs[0])
        told = f"Two mistakes at once explain these numbers. {one.hint} And: {other.hint}"
        return Naming((one.id, other.id), (told,))
    remember(trial)
    none_returned = all(outcome.failure for outcome in trial.outcomes)
    otherwise = NOTHING_RETURNED if none_returned else NOTHING_KNOWN
    return Naming((), (_from_signature(trial) or _where_it_stopped(trial) or otherwise,))
