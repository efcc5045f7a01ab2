"""Find the smallest call that shows what is wrong with an answer."""

from dataclasses import replace

import numpy as np

from autograder.checking.compare import (
    as_numbers,
    flat,
    leaves,
    shape_differences,
    tolerance_of,
    value_differences,
    wrong_values,
)
from autograder.checking.failing_case import Array, FailingCase, plain, plain_arguments, size_of
from autograder.checking.problem import Kind
from autograder.checking.trial import parameter_names, right_answers
from autograder.diagnosis.shrinking import smaller
from autograder.exercise import one_run

# A part with more numbers is shown by the first one that is wrong.
MAX_RESULT = 6
# What a case shows; what helps most comes first.
NUMBER, SHAPE, EXCEPTION = range(3)


def smallest_cases(trial):
    """Find the calls that show what is wrong with an answer, the smallest first.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    list of autograder.checking.failing_case.FailingCase
        Empty where no single call shows it, such as for answers that are left to chance.
    """
    return [case for _, case in trial.once(failing_calls)]


def as_shown(trial, problem):
    """Return a problem with the shapes of the failing case that is shown in place of another input's."""
    case = next(iter(smallest_cases(trial)), None)
    problem = replace(problem, tries=None)
    if problem.kind is not Kind.SHAPE or case is None or case.failure or case.place not in ("", problem.part):
        return problem
    shapes = [_shape_shown(value) for value in (case.got, case.expected)]
    if None in shapes or shapes[0] == shapes[1]:
        return problem
    return replace(problem, actual=shapes[0], expected=shapes[1])


def failing_calls(trial):
    """Return (arguments, failing case) of the calls that show what is wrong with an answer, the smallest first."""
    if trial.exercise.fresh:
        return []
    found = []
    for args, outcome, answer in _calls(trial):
        case = _case(trial, args, outcome, answer)
        if case:
            found.append((_rank(trial, args, case), args, case))
    found.sort(key=lambda each: each[0])
    return [_shrunk(trial, args, case) if number == 0 else (args, case) for number, (_, args, case) in enumerate(found)]


def _shrunk(trial, args, case):
    """Cut the arguments of a failing call down, and return them with the case that is left."""
    if not trial.exercise.comparable or trial.exercise.runs is not one_run:
        return args, case

    def tried(args):
        try:
            (answer,) = right_answers(trial.exercise, args)
        except Exception:  # the reference has no answer to arguments that do not belong together
            return None
        return _case(trial, args, trial.call_returned(trial.function, args), answer)

    def still_fails(args):
        other = tried(args)
        return other is not None and _shows(other) == _shows(case) and other.place == case.place

    least = smaller(args, still_fails)
    return (args, case) if least is args else (least, tried(least))


def _shows(case):
    """Return what kind of fault a case shows, and of which exception."""
    if case.failure:
        return EXCEPTION, case.failure.kind
    return (SHAPE if _is_shape(case.got) and _is_shape(case.expected) else NUMBER), ""


def _calls(trial):
    """Yield (arguments, outcome, right answer or None) of all calls for which there is at most one right answer."""
    if not trial.exercise.comparable:
        yield from ((args, outcome, None) for args, outcome in zip(trial.probes, trial.outcomes, strict=True))
        return
    known = {id(args): answers for args, answers in zip(trial.probes, trial.expected, strict=True)}
    several_runs = trial.exercise.runs is not one_run
    tried = list(zip(trial.probes, trial.outcomes, strict=True)) if several_runs else list(trial.tried)
    for args, outcome in tried:
        answers = known.get(id(args)) or right_answers(trial.exercise, args)
        if len(answers) == 1:
            yield args, outcome, answers[0]


def _rank(trial, args, case):
    """Put numbers first, then what the first requirement is about, then what is graded, then what is small."""
    ordinary = any(args is each for each in trial.probes)
    helps_only = any(args is each for each in trial.telling_probes)
    return _shows(case)[0], trial.problems[0] is not None and not ordinary, helps_only, sum(map(size_of, args))


def _shape_shown(value):
    """Return the shape of an array or a number; None for anything else."""
    if isinstance(value, Array):
        return value.shape
    return () if isinstance(value, (int, float)) else None


def _is_shape(value):
    return isinstance(value, Array) and value.numbers is None


def _case(trial, args, outcome, answer):
    """Return what one call shows to be wrong, or None."""
    arguments = plain_arguments(parameter_names(trial.exercise), args)
    if outcome.failure:
        return FailingCase(arguments, expected=_short(answer), failure=outcome.failure)
    part_name, value = trial.exercise.part_name, _as_wanted(outcome.value, answer)
    if answer is None:
        return None
    if value_differences(value, answer, part_name):
        return _wrong_number(trial, arguments, value, answer) or _wrong_form(arguments, value, answer)
    shape_matters = any(problem and problem.kind is Kind.SHAPE for problem in trial.problems)
    differences = shape_differences(outcome.value, answer, part_name) if shape_matters else []
    if differences and differences[0].kind is Kind.SHAPE:
        first = differences[0]
        return FailingCase(arguments, Array(first.actual), Array(first.expected), first.part)
    return None


def _short(value):
    """Write a right answer, or nothing where it is too large."""
    return plain(value, MAX_RESULT) if value is not None and size_of(value) <= MAX_RESULT else None


def _as_wanted(value, answer):
    """Return a list of numbers as an array where one is wanted, since a list will do as well."""
    if not (isinstance(answer, np.ndarray) and isinstance(value, (list, tuple))):
        return value
    try:
        numbers = as_numbers(value)
    except ValueError:  # rows of different lengths
        return value
    return value if numbers is None else numbers


def _wrong_form(arguments, value, answer):
    """Show a result that can't be compared number by number: None, a word, or parts of other sizes."""
    return FailingCase(arguments, plain(value, MAX_RESULT), plain(answer, MAX_RESULT))


def _wrong_number(trial, arguments, value, answer):
    """Show the first part that is wrong, or its first wrong number; None where there are no numbers to compare."""
    if flat(value) is None or flat(answer) is None:
        return None
    parts, right = list(leaves(value)), list(leaves(answer))
    if len(parts) != len(right):
        return None
    for (_, part), (path, wanted) in zip(parts, right, strict=True):
        part, wanted = np.asarray(part), np.asarray(wanted)
        part = part.astype(float) if part.dtype.kind == "O" else part
        place = trial.exercise.part_name(path) if len(right) > 1 else ""
        if part.size != wanted.size:
            return FailingCase(arguments, Array(part.shape), Array(wanted.shape), place)
        wrong = wrong_values(part, wanted, tolerance_of(part))
        if not wrong.any():
            continue
        if part.size <= MAX_RESULT:
            return FailingCase(arguments, plain(part), plain(wanted), place)
        first = int(np.argmax(wrong))
        entry = tuple(map(int, np.unravel_index(first, wanted.shape)))
        got, expected = part.ravel()[first].item(), wanted.ravel()[first].item()
        return FailingCase(arguments, got, expected, place, entry)
    return None
