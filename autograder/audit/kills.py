"""Measure the checks: every right answer passes, every known mistake fails and hears its own name."""

from dataclasses import dataclass

import numpy as np

from autograder.checking.case_words import told_apart
from autograder.checking.compare import flat
from autograder.checking.requirements import fits_any
from autograder.checking.trial import Trial
from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED


@dataclass(frozen=True)
class Kill:
    """What became of one known mistake.

    Attributes
    ----------
    mistake : str
        Its id.
    caught_by : tuple of str
        Names of the requirements that it misses on the public or the hidden probes.
    named : tuple of str
        Ids that it was recognised as; on both seeds the one of the mistake, if all is well.
    score : float
        What it earned at most.
    hinted : bool
        Whether its own hint, and nothing else, was said on both seeds.
    """

    mistake: str
    caught_by: tuple
    named: tuple
    score: float
    hinted: bool

    @property
    def survived(self):
        """Whether it passed as right on either seed."""
        return not self.caught_by

    @property
    def misnamed(self):
        """Whether it was recognised as anything but itself."""
        return self.named != (self.mistake,)


@dataclass(frozen=True)
class ExerciseAudit:
    """What the checks of one exercise are worth.

    Attributes
    ----------
    name, lesson : str
        Of the exercise.
    refused : tuple of str
        For each right answer without full points, which one it is, and which requirement it misses on what numbers.
    variants : int
        How many right answers were tried beside the reference.
    blank : float
        Points of an empty stub.
    kills : tuple of Kill
        One for each known mistake.
    """

    name: str
    lesson: str
    refused: tuple
    variants: int
    blank: float
    kills: tuple

    @property
    def flaws(self):
        """What is wrong with the checks, a sentence for each, with what to do about it."""
        found = [
            f"{self.name}: {refusal} Either it is wrong, or the requirement is too strict." for refusal in self.refused
        ]
        if self.blank:
            found.append(
                f"{self.name}: an empty stub earns {self.blank:g} points. The first requirement has to fail it."
            )
        for kill in self.kills:
            if kill.survived:
                found.append(
                    f"{self.name}: {kill.mistake} survived: it passes as right. Add a probe on which it differs. If it "
                    "is right, make it a variant."
                )
            elif kill.misnamed:
                named = ", ".join(name for name in kill.named if name) or "nothing"
                found.append(
                    f"{self.name}: {kill.mistake} was recognised as {named}. Add a probe that tells it from other "
                    "mistakes, or leave it out if it is one of them. If it raises on every probe, add one on which it "
                    "doesn't, or give it telling_failure = true."
                )
            elif not kill.hinted:
                found.append(f"{self.name}: with {kill.mistake} a student doesn't get that mistake's hint.")
        return found


def under(name, function):
    """Give a function the name that finds its exercise."""

    def renamed(*args):
        return function(*args)

    renamed.__name__ = name
    return renamed


def _stub(*args):
    raise NotImplementedError


def _called(function):
    """Say which function it is, so that it can be found in its file."""
    if not hasattr(function, "__code__"):
        return f"a {type(function).__name__}"  # such as np.vectorize(…)
    if function.__name__ == "<lambda>":
        return f"the lambda in line {function.__code__.co_firstlineno}"
    return f"`{function.__name__}`"


def _refusal(exercise, answer, seeds):
    """Say which requirement a right answer misses on which numbers; nothing if it gets full points."""
    for seed, numbers in zip(seeds, ("public", "hidden"), strict=False):
        report = examine(under(exercise.name, answer), seed)
        if report.score < report.points:
            missed = next(verdict for verdict in report.requirements if not verdict.met)
            why = _difference(Trial(exercise, answer, seed)) or missed.message
            return f"doesn't meet “{missed.name}” on the {numbers} numbers: {why}"
    return ""


def _difference(trial):
    """Say where a result first differs from the right one, and how; nothing if no number does."""
    exercise = trial.exercise
    for position, (outcome, answers) in enumerate(zip(trial.outcomes, trial.expected, strict=True)):
        if not fits_any(outcome, answers, exercise):
            continue
        got, right = flat(outcome.value), flat(answers[0])
        if got is None or right is None or got.size != right.size:
            return ""
        worst = int(np.argmax(np.abs(got - right)))
        what = "the result" if right.size == 1 else f"number {worst} of the result"
        shown, wanted = told_apart(float(got[worst]), float(right[worst]))
        return f"on probe {position}, {what} should be {wanted}, but is {shown}."
    return ""


def audit_exercise(name, seeds=(PUBLIC_SEED, HIDDEN_SEED)):
    """Try the reference, the variants, an empty stub and every known mistake of one exercise.

    Parameters
    ----------
    name : str
        Of the exercise.
    seeds : tuple of int
        Probes to try them on.

    Returns
    -------
    ExerciseAudit

    Raises
    ------
    KeyError
        If there is no exercise of that name.
    """
    exercise = EXERCISES[name]

    def results(function):
        return [examine(under(name, function), seed) for seed in seeds]

    right = {"the reference": exercise.reference}
    right |= {f"the variant {number}, {_called(each)},": each for number, each in enumerate(exercise.variants)}
    refusals = {label: _refusal(exercise, answer, seeds) for label, answer in right.items()}
    refused = tuple(f"{label} {refusal}" for label, refusal in refusals.items() if refusal)
    kills = []
    for mistake in exercise.mistakes:
        tried = results(mistake.function)
        caught = (
            ()
            if any(r.passed for r in tried)
            else tuple(dict.fromkeys(verdict.name for r in tried for verdict in r.requirements if not verdict.met))
        )
        named = tuple(dict.fromkeys(id_ for r in tried for id_ in (r.mistakes or ("",))))
        hinted = all(r.hints == (mistake.hint,) for r in tried)
        kills.append(Kill(mistake.id, caught, named, max(r.score for r in tried), hinted))
    blank = max(r.score for r in results(_stub))
    return ExerciseAudit(name, exercise.lesson, refused, len(exercise.variants), blank, tuple(kills))
