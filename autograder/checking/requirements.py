"""Requirements that many exercises share."""

from dataclasses import replace
from inspect import signature

from autograder.checking.compare import shape_differences, value_differences
from autograder.checking.problem import Kind, Problem, said
from autograder.checking.trial import parameter_names, right_answers
from autograder.checking.unseen import warnings_are_seen
from autograder.exercise import Requirement

NOT_SHOWN = "NumPy doesn't show it where this runs; it was found from your function's intermediate values."


def trouble(outcome, exercise):
    """Say why an outcome has no value to look at: the call raised an exception, or returned nothing.

    Parameters
    ----------
    outcome : autograder.checking.call.Outcome
        Of one call.
    exercise : autograder.exercise.Exercise
        The one that is tried.

    Returns
    -------
    autograder.checking.problem.Problem or None
    """
    failure = outcome.failure
    if failure:
        if _is_about_the_call(failure, exercise.name):
            call = f"{exercise.name}{signature(exercise.reference)}"
            return Problem(Kind.WRONG_ARGUMENTS, expected=call, failure=failure)
        return Problem(Kind.TIMED_OUT if failure.kind == "TimeUp" else Kind.RAISED, failure=failure)
    if outcome.value is None:
        return Problem(Kind.PRINTED if outcome.printed.strip() else Kind.RETURN_MISSING)
    return None


def _is_about_the_call(failure, name):
    """Whether the exercise's function itself was called with other arguments than it takes, not one that it calls."""
    called, found, _ = failure.message.partition("()")
    return bool(
        failure.kind == "TypeError"
        and "positional argument" in failure.message  # Python's words
        and not failure.line
        and found
        and called.split(".")[-1] in (name, "<lambda>")
    )


def fits_any(outcome, answers, exercise):
    """Compare an outcome with all right answers.

    Parameters
    ----------
    outcome : autograder.checking.call.Outcome
        Of one call.
    answers : list
        The outcome has to agree with one of them.
    exercise : autograder.exercise.Exercise
        The one that is tried.

    Returns
    -------
    autograder.checking.problem.Problem or None
        None if one answer agrees, otherwise the first difference from the nearest answer.
    """
    problem = trouble(outcome, exercise)
    if problem:
        return problem
    differences = [value_differences(outcome.value, answer, exercise.part_name) for answer in answers]
    return min(differences, key=len)[0] if all(differences) else None


def _shape_problem(outcome, answers, exercise):
    """Return the first difference between the shapes of an outcome and of the right answer."""
    return next(iter(shape_differences(outcome.value, answers[0], exercise.part_name)), None)


def _none_at_times(problem, trial):
    """Return the problem, told otherwise where other calls gave a result, so that no return is simply missing."""
    if problem is None or problem.kind is not Kind.RETURN_MISSING:
        return problem
    if all(outcome.failure or outcome.value is None for outcome in trial.outcomes):
        return problem
    return said("it returned None here, and a result for other arguments.", "None at times")


def _over_tries(results):
    """Return the first problem of several tries, with the number of tries that had one."""
    problems = [problem for problem in results if problem]
    if not problems:
        return None
    return problems[0] if len(results) == 1 else replace(problems[0], tries=(len(problems), len(results)))


def values(points, name="values", only=None):
    """Require that the numbers are right on every probe, in whatever shape they come.

    Parameters
    ----------
    points, name
        As for :class:`autograder.exercise.Requirement`.
    only : list of int, optional
        Positions of the probes that count; all by default.
    """

    def test(trial):
        positions = range(len(trial.probes)) if only is None else only
        found = [fits_any(trial.outcomes[i], trial.expected[i], trial.exercise) for i in positions]
        return _over_tries([_none_at_times(problem, trial) for problem in found])

    return Requirement(name, points, test)


def shapes(points, name="shape"):
    """Require that every part of the answer has the right shape."""

    def test(trial):
        return _over_tries(
            [
                Problem(Kind.NO_RESULT)
                if trouble(outcome, trial.exercise)
                else _shape_problem(outcome, answers, trial.exercise)
                for outcome, answers in zip(trial.outcomes, trial.expected, strict=True)
            ]
        )

    return Requirement(name, points, test)


def unchanged(points, name="inputs unchanged"):
    """Require that no call changes its arguments, whichever requirement made it."""

    def test(trial):
        names = parameter_names(trial.exercise)
        for _, outcome in trial.tried:
            if outcome.changed:
                return Problem(Kind.CHANGED, actual=tuple(names[position] for position in outcome.changed))
        # A function that raised has not shown that it leaves its inputs alone.
        return Problem(Kind.UNKNOWN_CHANGE) if all(outcome.failure for outcome in trial.outcomes) else None

    return Requirement(name, points, test, last=True)


def cases(name, points, draw, with_shapes=False, quiet=False):
    """Require that the numbers are right on further arguments, such as edge cases.

    Parameters
    ----------
    name, points
        As for :class:`autograder.exercise.Requirement`.
    draw : callable
        ``rng -> list of argument tuples``.
    with_shapes : bool
        Whether the shapes have to be right as well.
    quiet : bool
        Whether a warning, such as NumPy's of an overflow, is a miss too.
    """

    def try_on(trial, args):
        outcome, answers = trial.call(args), right_answers(trial.exercise, args)
        problem = _none_at_times(fits_any(outcome, answers, trial.exercise), trial)
        if problem is None and with_shapes:
            problem = _shape_problem(outcome, answers, trial.exercise)
        if problem is None and quiet and (warned := trial.warnings(args, outcome)):
            problem = Problem(Kind.WARNED, actual=warned[0], sentence="" if warnings_are_seen() else NOT_SHOWN)
        return problem

    def test(trial):
        return _over_tries([try_on(trial, args) for args in draw(trial.rng(2))])

    return Requirement(name, points, test, quiet=quiet)
