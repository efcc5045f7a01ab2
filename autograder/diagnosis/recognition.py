"""Name the mistake behind a wrong answer, from the numbers it gave."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from autograder.checking.compare import close, flat, leaves, tolerance_of
from autograder.checking.trial import Trial, parameter_names
from autograder.diagnosis.agreement import agree
from autograder.diagnosis.exception_hints import meaning_of
from autograder.diagnosis.factors import factor_in_words, factors_between, mistakes_beside_a_factor
from autograder.diagnosis.log import remember
from autograder.diagnosis.pairs import explaining_pairs
from autograder.exercises import EXERCISES


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


def _met(trial):
    """Return for each requirement whether it is met, where that helps to tell mistakes apart."""
    return () if trial.exercise.by_facts else tuple(problem is None for problem in trial.problems)


class _Known:
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
        return (self.mistake.facts or self._trial.facts) == trial.facts and _met(self._trial) == _met(trial)

    @property
    def leaves_numbers_alone(self):
        """Whether its numbers are right, and only their form or something else is wrong."""
        return self._trial.problems[0] is None

    @property
    def missed(self):
        """Names of the requirements that it does not meet."""
        return _missed(self._trial)

    @property
    def forms(self):
        """The shapes of what it returns."""
        return _forms(self._trial.outcomes)

    def explains(self, trial):
        """Whether it gives the student's outcome on every probe, and on at least one of them a number.

        If the mistake's failure is telling, the same message on every probe will do as well.
        """
        decisive, same_message = False, self.mistake.telling_failure
        for position, outcome in enumerate(trial.outcomes + trial.telling_outcomes):
            agreeing = [known for known in self.outcomes(position) if agree(outcome, known)]
            if not agreeing:
                return False
            decisive = decisive or not outcome.failure
            same_message = same_message and any(_message(outcome) == _message(known) for known in agreeing)
        return decisive or same_message


@lru_cache(maxsize=256)
def _catalogue(exercise_name, seed):
    exercise = EXERCISES[exercise_name]
    return [_Known(exercise, mistake, seed) for mistake in exercise.mistakes]


def _message(outcome):
    return outcome.failure.message if outcome.failure else None


def _from_catalogue(trial):
    catalogue = _catalogue(trial.exercise.name, trial.seed)
    if not trial.exercise.comparable:
        return [known.mistake for known in catalogue if known.acts_like(trial)]
    candidates = [known for known in catalogue if known.explains(trial)]
    exact = [known.mistake for known in candidates if known.acts_like(trial)]
    return exact or [known.mistake for known in candidates if trial.problems[0] is not None]


def _factors(trial):
    """Return the factor by which the numbers are off on each probe; None if there is none."""
    numbers = [None if outcome.failure else flat(outcome.value) for outcome in trial.outcomes]
    right = [flat(answers[0]) for answers in trial.expected]
    if any(each is None for each in numbers + right):
        return None
    return factors_between(numbers, right)


def _which_are_off(off, count):
    """Name the parts that are off, and say how many are right."""
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
            name, tolerance, part, wanted = trial.exercise.part_name(path), tolerance_of(part), flat(part), flat(wanted)
            if part is None or wanted is None:
                return None
            if part.size != wanted.size:
                off.append(f"{name} (wrong size)")
                distances.append(1.0)
                factors.append(np.nan)
            elif not close(part, wanted, tolerance):
                off.append(name)
                distances.append(np.linalg.norm(part - wanted) / (np.linalg.norm(part) + np.linalg.norm(wanted)))
                factors.extend(part[wanted != 0] / wanted[wanted != 0])
        if off:
            which = _which_are_off(off, len(right))
            if len(factors) > 1 and np.allclose(factors, factors[0], rtol=1e-5):
                return f"{which}: there every number is {factors[0]:.4g} times the right one."
            if np.isnan(factors).any():
                return f"{which}."
            return f"{which}; on the first try that is off, their relative error is up to {max(distances):.1g}."
    return None


def _relative_errors(trial):
    """Return ‖u − v‖ / (‖u‖ + ‖v‖) of the student's numbers and the right ones, on each probe where the sizes fit."""
    errors = []
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        numbers, right = (None if outcome.failure else flat(outcome.value)), flat(answers[0])
        if numbers is not None and right is not None and numbers.size == right.size and np.isfinite(numbers).all():
            lengths = np.linalg.norm(numbers) + np.linalg.norm(right)
            errors.append(float(np.linalg.norm(numbers - right) / lengths) if lengths else 0.0)
    return errors


def _gradient_check(trial):
    """Say whether a gradient check would have caught it, for an answer that is a derivative."""
    errors, of = _relative_errors(trial), trial.exercise.derivative_of
    if not of or not errors:
        return None
    caught = [error for error in errors if error > 1e-6]
    if not caught and len(errors) < len(trial.outcomes):
        return None  # other numbers have the wrong size, so there is no gradient check of them
    if not caught:
        return f"A gradient check finds nothing here: your numbers agree with central differences of {of}."
    share = "" if len(caught) == len(errors) else f" on {len(caught)} of {len(errors)} tries"
    return (
        f"A gradient check of your function tells{share}: held against central differences of {of}, the relative error "
        f"is up to {max(caught):.1g}, where rounding leaves about 1e-9."
    )


def _how_far_off(trial):
    errors = _relative_errors(trial)
    if trial.exercise.derivative_of or not errors or max(errors) == 0:
        return None
    return f"The relative error is up to {max(errors):.1g}."


def _all_zero(trial):
    numbers = [None if outcome.failure else flat(outcome.value) for outcome in trial.outcomes]
    return all(each is not None and each.size and not each.any() for each in numbers)


def _all_are(value, factors):
    """Whether every factor that is known is this value, as far as four digits show."""
    return np.allclose([factor for factor in factors if factor], value, rtol=0, atol=5e-4)


def _from_signature(trial):
    """Say what all the numbers have in common, or which parts are off; None where there is nothing to say."""
    if _all_zero(trial):
        return "Every number is 0."
    factors = _factors(trial)
    words = factors and factor_in_words(factors, trial.probes, parameter_names(trial.exercise))
    if not words or _all_are(1, factors):
        return _wrong_parts(trial)
    if _all_are(-1, factors):
        return "Every number has the right size and the wrong sign."
    return f"Every number is {words} times the right one: look for a factor too many or too few."


# More pairs than these that explain the numbers equally well are no help.
MAX_PAIRS = 3
TWO_MISTAKES = "Two mistakes at once explain this answer."
ANOTHER = " Another possibility: "
NOTHING_KNOWN = (
    "No known mistake gives these numbers. Compute a small case by hand from the equation, and print what your "
    "function gives after each step: where do the two first differ?"
)
NOTHING_RETURNED = (
    "It stops with an error before there is a number to look at. Call your function on a small case in a cell of its "
    "own, and print the values and shapes that go into the line that stops."
)


def _shapes_in(arg):
    """Write out the shapes of an array, or of the first arrays in a list of pairs; empty where there are none."""
    shapes = [part.shape for _, part in leaves(arg) if isinstance(part, np.ndarray)]
    return ", ".join(map(str, shapes[:4])) + (", …" if len(shapes) > 4 else "")


def _where_it_stopped(trial):
    """Say what an exception most often means, or give the shapes of the arguments, which show what does not fit."""
    for args, outcome in zip(trial.probes, trial.outcomes, strict=True):
        meaning = meaning_of(outcome.failure) if outcome.failure else None
        if meaning:
            return meaning
        if outcome.failure and outcome.failure.kind in ("ValueError", "IndexError"):
            names = parameter_names(trial.exercise)
            given = [f"{name} {shapes}" for name, arg in zip(names, args, strict=False) if (shapes := _shapes_in(arg))]
            if given:
                return (
                    f"It stopped at {'; '.join(given)}: write the shapes beside your line, and see what does not fit, "
                    "or whether the line uses something that is not among the arguments."
                )
    return None


def _what_is_left(trial):
    """Point to the requirements that are not met, where the first one is and no known mistake explains the rest."""
    requirements = zip(trial.exercise.requirements, trial.problems, strict=True)
    missed = {requirement.name: problem for requirement, problem in requirements if problem}
    names = " and ".join(f"“{name}”" for name in missed)
    failures = [problem.failure for problem in missed.values() if problem.failure]
    meanings = dict.fromkeys(meaning for failure in failures if (meaning := meaning_of(failure)))
    left = f"“{trial.exercise.requirements[0].name}” is met; what is left is {names}."
    if not meanings:
        left = f"{left} Try just that, in a cell of its own."
    return " ".join(filter(None, [left, *meanings, _gradient_check(trial)]))


def _missed(trial):
    return {r.name for r, problem in zip(trial.exercise.requirements, trial.problems, strict=True) if problem}


def _forms(outcomes):
    """Return the shapes of what came back on each probe, or the kind of exception."""
    return [
        outcome.failure.kind if outcome.failure else [np.shape(part) for _, part in leaves(outcome.value)]
        for outcome in outcomes
    ]


def _with_its_form(trial, mistake):
    """Name a mistake, and a second one that leaves the numbers alone where it explains what else is missed."""
    if not trial.exercise.comparable or trial.problems[0] is None:
        return Naming((mistake.id,), (mistake.hint,))
    catalogue = _catalogue(trial.exercise.name, trial.seed)
    alone = next(known for known in catalogue if known.mistake is mistake)
    left = _missed(trial) - alone.missed
    if not left:
        return Naming((mistake.id,), (mistake.hint,))
    pairs = _pairs(trial, among=[mistake])
    if pairs:
        return _of_two(pairs)
    # What changes the same place of the reference cannot be run together with it.
    fitting = [known for known in catalogue if known.leaves_numbers_alone and known.missed == left]
    if len(fitting) > 1:
        fitting = [known for known in fitting if known.forms == _forms(trial.outcomes)]
    if len(fitting) != 1:
        return Naming((mistake.id,), (mistake.hint,))
    second = fitting[0].mistake
    return Naming((mistake.id, second.id), (f"{TWO_MISTAKES} {mistake.hint} And: {second.hint}",))


def _pairs(trial, among=None):
    """Return the pairs of mistakes that explain an answer; see :func:`autograder.diagnosis.pairs.explaining_pairs`."""

    def alike(mistake):
        known = _Known(trial.exercise, mistake, trial.seed)
        return known.forms == _forms(trial.outcomes) and known.acts_like(trial)

    return explaining_pairs(trial, _catalogue(trial.exercise.name, trial.seed), alike, among)


def _explanations(trial):
    """Find the pairs of mistakes, or the mistakes with a factor on everything, that give the student's numbers."""
    pairs = _pairs(trial)
    with_factor = mistakes_beside_a_factor(trial, _catalogue(trial.exercise.name, trial.seed))
    if pairs:
        # Beside a pair that explains everything, a factor other than −1 is far-fetched.
        paired = {mistake.id for pair in pairs for mistake in pair.mistakes}
        with_factor = [
            each for each in with_factor if each.factor == "−1" and paired.isdisjoint(m.id for m in each.mistakes)
        ]
    return pairs + with_factor


def _told(explanation):
    """Put the hints of an explanation's mistakes together."""
    first, *second = (mistake.hint for mistake in explanation.mistakes)
    if second:
        return f"{first} And: {second[0]}"
    if explanation.factor == "−1":
        return f"{first} And besides, every number has the wrong sign."
    return f"{first} And besides, every number is {explanation.factor} times what that alone gives."


def _of_two(found):
    """Say which two mistakes there are; None where there are too many possibilities that share nothing."""
    ids = tuple(dict.fromkeys(mistake.id for each in found for mistake in each.mistakes))
    if len(found) == 1:
        return Naming(ids, (f"{TWO_MISTAKES} {_told(found[0])}",))
    shared = [mistake for mistake in found[0].mistakes if all(mistake in each.mistakes for each in found)]
    others = [mistake.hint for each in found for mistake in each.mistakes if mistake not in shared]
    if len(shared) == 1 and len(found) > MAX_PAIRS:
        told = f"{shared[0].hint} The other one could be any of several: correct this one, and check again."
        return Naming((shared[0].id,), (f"{TWO_MISTAKES} One is this: {told}",))
    if len(found) > MAX_PAIRS:
        return None
    if len(shared) == 1 and len(others) == len(found):
        told = f"{shared[0].hint} The other one could be this: {ANOTHER.join(others)}"
        return Naming(ids, (f"{TWO_MISTAKES} One is this: {told}",))
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
    mistakes = _from_catalogue(trial)
    if len(mistakes) == 1:
        return _with_its_form(trial, mistakes[0])
    if mistakes:
        either = "Several mistakes give just these numbers. Either: " + " Or: ".join(m.hint for m in mistakes)
        return Naming(tuple(m.id for m in mistakes), (either,))
    if trial.problems[0] is None:
        pairs = _pairs(trial, among=trial.exercise.mistakes) if trial.exercise.comparable else []
        return (pairs and _of_two(pairs)) or Naming((), (_what_is_left(trial),))
    if not trial.exercise.comparable:
        stopped = _where_it_stopped(trial)
        return Naming((), (stopped,) if stopped else ())
    if all(outcome.failure is None and outcome.value is None for outcome in trial.outcomes):
        return Naming()
    pairs = _explanations(trial)
    if pairs and (naming := _of_two(pairs)):
        return naming
    remember(trial)
    none_returned = all(outcome.failure for outcome in trial.outcomes)
    signature = _from_signature(trial) or _where_it_stopped(trial)
    sentences = [signature or (NOTHING_RETURNED if none_returned else NOTHING_KNOWN)]
    sentences += [None if signature else _how_far_off(trial), _gradient_check(trial)]
    return Naming((), (" ".join(filter(None, sentences)),))
