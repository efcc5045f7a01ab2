"""Examine one function: try it on the probes of its exercise, and find out what is wrong with it."""

import ast
import re
import secrets
from functools import cached_property
from types import FunctionType

import numpy as np

from autograder.checking.call import StandIn, is_function
from autograder.checking.compare import flat
from autograder.checking.helpers import helpers_of
from autograder.checking.problem import Kind, Problem
from autograder.checking.report import Report, Verdict
from autograder.checking.trial import Trial
from autograder.diagnosis.follow_on import NONE, follow_on
from autograder.diagnosis.further import further_hint
from autograder.diagnosis.mends import source_tree
from autograder.diagnosis.recognition import Naming, recognise
from autograder.diagnosis.smallest_case import smallest_cases
from autograder.exercise import one_run
from autograder.exercises import EXERCISES

KEEPS_STATE = (
    "The same arguments gave one answer the first time and another one later: something outlives the call. A list or "
    "an array that is made outside the function, or as the default of a parameter, is there only once, and every call "
    "goes on where the last one ended. Make it anew inside the function."
)

# By exercise, the last wrong answer in this session: its problems, its numbers on each probe, and what it called.
_last_wrong = {}


class Examination:
    """A function that is tried on the probes of one seed, when somebody first asks about it.

    Parameters
    ----------
    function : callable
        Its ``__name__`` says which exercise it belongs to.
    seed : int
        Decides the probes.
    again : bool
        Whether to give one hint more when the same wrong answer comes twice in a row.
    with_case : bool
        Whether to show a failing case with the right numbers: never where the points are given.
    """

    def __init__(self, function, seed, again=False, with_case=False):
        self._function, self._seed, self._again, self._with_case = function, seed, again, with_case

    @cached_property
    def _refusal(self):
        return _refusal(self._function)

    @cached_property
    def _trial(self):
        return Trial(EXERCISES[self._function.__name__], self._function, self._seed)

    @cached_property
    def _placeholder(self):
        return _placeholder(self._trial)

    @cached_property
    def _follow_on(self):
        return follow_on(self._trial) if not self._placeholder and any(self._trial.problems) else NONE

    @cached_property
    def _nothing(self):
        """Say why there is nothing to judge, or return None."""
        return self._placeholder or (not self._follow_on.passed and _returns_nothing(self._trial))

    @cached_property
    def _earns_follow_on(self):
        return self._follow_on.passed and _earns_follow_on(self._function)

    @cached_property
    def _problems(self):
        """For each requirement, why it is not met, or None if it is met."""
        if self._nothing:
            return [Problem(Kind.NOT_TRIED)] * len(self._trial.exercise.requirements)
        return self._follow_on.retried.problems if self._earns_follow_on else self._trial.problems

    def passed(self):
        """Whether every requirement is met; unlike :meth:`report`, this doesn't look for the mistake if one isn't."""
        return not self._refusal and not any(self._problems)

    def report(self):
        """Return a :class:`autograder.checking.report.Report`.

        Something that is no function, or belongs to no exercise, gets one with a sentence that says so.
        """
        if self._refusal:
            name = getattr(self._function, "__name__", type(self._function).__name__)
            return Report(str(name), 0.0, hints=(self._refusal,))
        trial, found, wrong = self._trial, self._follow_on, any(self._problems)
        if self._nothing:
            diagnosis = Naming(hints=(self._nothing,))
        elif self._earns_follow_on:
            diagnosis = Naming(hints=(found.words,))
        else:
            diagnosis = _diagnose(trial, found, self._again) if wrong else Naming()
        exercise = trial.exercise
        return Report(
            exercise.name,
            exercise.points,
            _verdicts(exercise.requirements, self._problems),
            diagnosis.mistakes,
            diagnosis.hints or _looked_for_later(trial),
            _remarks(trial),
            "" if self._nothing else exercise.equation,  # one from memory would be given away before it is begun
            tuple(found.helpers) if found.passed else (),
            _smallest_case(found.retried or trial) if self._with_case and wrong and not self._nothing else None,
        )


def examine(function, seed, again=False, with_case=False):
    """Try a function on the probes of one seed, and return the report: see :class:`Examination`."""
    return Examination(function, seed, again, with_case).report()


def _refusal(function):
    """Say why something can't be tried at all, or return None."""
    if not is_function(function):
        if callable(function) and not isinstance(function, type):
            return (
                f"A function that is written with def is needed, not an object of type {type(function).__name__} that "
                "can be called: write def, and the name that the lesson gives it."
            )
        what = f"the {type(function).__name__} {str(function)[:40]!r}"
        return f"A function is needed, not {what}: give its bare name, without quotes and without a call."
    if function.__name__ == "<lambda>":
        return "A lambda has no name, so check cannot tell which exercise it is for: write it with def instead."
    if function.__name__ not in EXERCISES:
        return (
            f"There is no exercise called {function.__name__!r}: define the function with def, under the name that "
            "the lesson gives it."
        )
    return None


def _earns_follow_on(function):
    return not isinstance(function, StandIn) or function.earns_follow_on


def _placeholder(trial):
    """Say that a function still raises NotImplementedError itself, or return None."""
    failure = trial.outcomes[0].failure
    if not failure or failure.kind != "NotImplementedError" or failure.function:
        return None
    if failure.code_below:
        return (
            "The line “raise NotImplementedError” still stands above your code, so nothing below it ever runs. "
            "Remove that line."
        )
    return f"{trial.exercise.name} is not written yet."


def _returns_nothing(trial):
    """Say that a function has no result, or return None."""
    first = trial.outcomes[0]
    if first.failure or first.value is not None or first.printed.strip():
        return None
    source = source_tree(trial.function)
    if source and any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(source[0])):
        return (
            "Your return gives None. Some methods, such as reverse, sort and append, change a list in place and return "
            "None; so does a function of your own that only prints."
        )
    return f"{trial.exercise.name} returns nothing yet: it needs a return with its result."


def _verdicts(requirements, problems):
    """Return the verdict on each requirement; none of them earns anything while the first one is not met."""
    gate_is_met = problems[0] is None
    return tuple(
        Verdict(
            requirement.name,
            requirement.points,
            float(requirement.points) if problem is None and gate_is_met else 0.0,
            problem,
        )
        for requirement, problem in zip(requirements, problems, strict=True)
    )


def _looked_for_later(trial):
    """Say of an answer without a fault which requirements look for warnings that can't be known here."""
    names = [f"“{requirement.name}”" for requirement in trial.exercise.requirements if requirement.quiet]
    if not trial.blind:
        return ()
    return (
        f"NumPy gives no warnings where this runs, so for {' and '.join(names)} only your numbers were checked. "
        "Warnings will be looked for when your work is graded.",
    )


def _smallest_case(trial):
    return next(iter(trial.once(smallest_cases)), None) if any(trial.problems) else None


def _diagnose(trial, found, again):
    """Name the mistakes of a wrong answer, with the hints on them, after the function that has to be right first."""
    failure = trial.outcomes[0].failure
    unwritten = failure.function if failure and failure.kind == "NotImplementedError" else ""
    first = found.words or (unwritten and f"It calls {unwritten}, which is not written yet: write that first.")
    # With right helpers, the numbers show what is wrong with this function alone.
    judged = found.retried or trial
    if not any(judged.problems) or (first and judged is trial):
        return Naming(hints=(first,))
    naming = recognise(judged)
    if first and not naming.mistakes:
        # A student's helper may take more than the exercise's does; only a mistake that is known by name is certain.
        return Naming(hints=(first,))
    hints = (KEEPS_STATE,) if not naming.mistakes and _keeps_state(judged) else naming.hints
    if again and judged.exercise.comparable and _is_last_wrong(judged):
        hints = (further_hint(judged), *hints)
    return Naming(naming.mistakes, tuple(hint for hint in (first, *hints) if hint))


def _is_last_wrong(trial):
    """Whether the last wrong answer to this exercise did the same; from now on, this one is the last."""
    results = [str(outcome.failure) if outcome.failure else flat(outcome.value) for outcome in trial.outcomes]
    last_problems, last_results, last_called = _last_wrong.get(trial.exercise.name, (None, results, None))
    called = _called(trial.function)
    _last_wrong[trial.exercise.name] = trial.problems, results, called
    same = last_problems == trial.problems and last_called == called
    return same and all(map(_same_result, last_results, results))


def _called(function):
    """Return the code of the student's functions that a function calls: whoever has corrected one of them has moved."""
    called = helpers_of(function, getattr(function, "__globals__", ()))
    return {name: each.__code__ for name, each in called.items() if isinstance(each, FunctionType)}


def _same_result(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    return one is not None and other is not None and np.array_equal(one, other, equal_nan=True)


def _keeps_state(trial):
    """Whether the first arguments give another answer when they come again, where chance plays no part."""
    exercise, first = trial.exercise, trial.outcomes[0]
    if not exercise.comparable or exercise.runs is not one_run or first.failure or flat(first.value) is None:
        return False
    again = trial.call(trial.probes[0])
    return not again.failure and not _same_result(flat(first.value), flat(again.value))


def _remarks(trial):
    """Return what a grader should look at, and tell a stand-in as well, whose function is in another process."""
    if trial.outcomes[0].failure:
        return ()
    remarks = tuple(trial.exercise.remarks(trial))
    if remarks and isinstance(trial.function, StandIn):
        trial.function.remark(remarks)
    return remarks


def seed_for(function, seed):
    """Return the seed to try a function with: a new one for each call, where its exercise asks for that.

    Parameters
    ----------
    function : object
        A student's function, or what was given in its place.
    seed : int
        For all other exercises.

    Returns
    -------
    int
    """
    exercise = EXERCISES.get(getattr(function, "__name__", None)) if is_function(function) else None
    return secrets.randbits(62) if exercise and exercise.fresh else seed


def exercises_in(sources):
    """Return the names of the exercises that test cells are about, in the order of the course.

    Parameters
    ----------
    sources : iterable of str
        Text of the test cells.

    Returns
    -------
    list of str
    """
    words = {word for source in sources for word in re.findall(r"\w+", source)}
    return [name for name in EXERCISES if name in words]


def find_out_beforehand(names, seed):
    """Load some exercises and their mistakes, draw their probes and compute the right answers, for all later trials.

    Parameters
    ----------
    names : iterable of str
        Of exercises; other names are skipped.
    seed : int
        Decides the probes.
    """
    for name in names:
        exercise = EXERCISES.get(name)
        if exercise and not exercise.fresh:
            len(exercise.mistakes)
            Trial(exercise, exercise.reference, seed).problems  # noqa: B018 (computing them fills the caches)


def forget_wrong_answers():
    """Forget the last wrong answers: the next function is somebody else's."""
    _last_wrong.clear()
