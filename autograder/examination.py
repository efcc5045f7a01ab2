"""One function examined: tried on the probes of its exercise, and what is wrong with it named."""

import re
import secrets

import numpy as np

from autograder.checking.call import StandIn, is_function
from autograder.checking.compare import flat
from autograder.checking.report import Result, Verdict
from autograder.checking.trial import Trial
from autograder.diagnosis.further import further_hint
from autograder.diagnosis.recognition import recognise
from autograder.exercise import one_run
from autograder.exercises import EXERCISES


def _refusal(kind, value, sentence):
    name = getattr(value, "__name__", type(value).__name__)
    return kind(str(name), 0.0, lambda: ((), lambda: ((), (sentence,))))


def _not_written(exercise, sentence):
    verdicts = tuple(Verdict(r.name, r.points, 0.0, False, "not tried yet.") for r in exercise.requirements)
    return verdicts, lambda: ((), (sentence,))


# What the last wrong answer to each exercise in this session did.
_last_wrong = {}


def _seen_before(trial):
    """Whether the last wrong answer to this exercise did the same; from now on this one is the last."""
    results = [str(outcome.failure) if outcome.failure else flat(outcome.value) for outcome in trial.outcomes]
    last_met, last_results = _last_wrong.get(trial.exercise.name, (None, results))
    _last_wrong[trial.exercise.name] = trial.met, results
    return last_met == trial.met and all(map(_same_result, last_results, results))


def _same_result(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    return one is not None and other is not None and np.array_equal(one, other, equal_nan=True)


KEEPS_SOMETHING = (
    "The same arguments gave one answer the first time and another one later: something outlives the call. A list or "
    "an array that is made outside the function, or as the default of a parameter, is there only once, and every call "
    "goes on where the last one ended. Make it anew inside the function."
)


def _keeps_something(trial):
    """Whether the first arguments give another answer when they come again, where chance plays no part."""
    exercise, first = trial.exercise, trial.outcomes[0]
    if not exercise.comparable or exercise.runs is not one_run or first.failure or flat(first.value) is None:
        return False
    again = trial.call(trial.probes[0])
    return not again.failure and not _same_result(flat(first.value), flat(again.value))


def examine(function, seed, kind=Result, again=False):
    """Try a function on the probes of one seed.

    Parameters
    ----------
    function : callable
        Found among the exercises by its ``__name__``.
    seed : int
        Decides the probes.
    kind : type
        Result, or Grade.
    again : bool
        Whether to go one step further when the same wrong answer comes twice.

    Returns
    -------
    autograder.checking.report.Result
        Of that kind; a Result tries the function when somebody first looks at it.
    """
    if not is_function(function):
        what = f"the {type(function).__name__} {str(function)[:40]!r}"
        return _refusal(
            kind, function, f"A function is needed, not {what}: give its bare name, without quotes and without a call."
        )
    if function.__name__ not in EXERCISES:
        return _refusal(
            kind,
            function,
            f"There is no exercise called {function.__name__!r}: define the function with def, under the name that "
            "the lesson gives it.",
        )
    exercise = EXERCISES[function.__name__]
    trial = Trial(exercise, function, seed)
    return kind(exercise.name, exercise.points, lambda: _find(trial, again), exercise.equation, lambda: _remarks(trial))


def seed_for(function, seed):
    """Return the seed to try a function with: one of its own for each call, where its exercise wants that.

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


def _remarks(trial):
    """What somebody should look at; whoever holds the function in another process is told as well."""
    if trial.outcomes[0].failure:
        return ()
    remarks = tuple(trial.exercise.remarks(trial))
    if remarks and isinstance(trial.function, StandIn):
        trial.function.remark(remarks)
    return remarks


def _find(trial, again):
    """Try a function; return the verdicts, and a callable that names what is wrong as (mistakes, hints)."""
    exercise, first = trial.exercise, trial.outcomes[0]
    if first.failure and first.failure.kind == "NotImplementedError":
        return _not_written(exercise, f"{exercise.name} is not written yet.")
    if not first.failure and first.value is None and not first.printed.strip():
        return _not_written(exercise, f"{exercise.name} returns nothing yet: it needs a return with its result.")
    gate_is_met = trial.met[0] is None
    verdicts = tuple(
        Verdict(
            requirement.name,
            requirement.points,
            float(requirement.points) if problem is None and gate_is_met else 0.0,
            problem is None,
            problem or "",
        )
        for requirement, problem in zip(exercise.requirements, trial.met, strict=True)
    )
    if all(verdict.met for verdict in verdicts):
        return verdicts, lambda: ((), ())
    return verdicts, lambda: _name(trial, again)


def _name(trial, again):
    naming = recognise(trial)
    told = (KEEPS_SOMETHING,) if not naming.mistakes and _keeps_something(trial) else naming.hints
    hints = told + ((further_hint(trial),) if again and trial.exercise.comparable and _seen_before(trial) else ())
    return naming.mistakes, tuple(hint for hint in hints if hint)


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
    """Load some exercises with their mistakes, draw their probes and find the right answers, for every later trial.

    Parameters
    ----------
    names : iterable of str
        Of exercises; others are passed over.
    seed : int
        Decides the probes.
    """
    for name in names:
        exercise = EXERCISES.get(name)
        if exercise and not exercise.fresh:
            len(exercise.mistakes)
            Trial(exercise, exercise.reference, seed).met  # noqa: B018 (this is what finds them out)


def forget_wrong_answers():
    """Forget the last wrong answers: the next function is somebody else's."""
    _last_wrong.clear()
