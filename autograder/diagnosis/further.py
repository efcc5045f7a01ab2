"""One hint further: a case small enough to be worked out by hand, with what the student's function gives for it."""

import numpy as np

from autograder.checking.compare import (
    flat,
    is_number_like,
    leaves,
    shape_differences,
    tolerance_of,
    value_differences,
    wrong_values,
)
from autograder.checking.problem import Kind
from autograder.checking.trial import parameter_names, right_answers
from autograder.checking.words import sentence_of
from autograder.exercise import one_run

# Arrays with more numbers are shown by their shapes; beside one of these, only the smallest are written out.
MAX_SHOWN, MAX_SHOWN_BESIDE_SHAPES = 16, 4
# How an argument is shown.
IN_FULL, BY_SHAPE, LEFT_OUT = range(3)
# What a case shows; what helps most comes first.
NUMBER, SHAPE, EXCEPTION = range(3)


def _shown(value, max_shown=MAX_SHOWN):
    """Write an argument out; return the text, and how much of the argument it shows."""
    if isinstance(value, (int, float, str, np.generic)):
        return (f"{value:.4g}" if isinstance(value, float) else str(value)), IN_FULL
    if isinstance(value, np.ndarray) and value.size <= max_shown:
        rounded = {"float_kind": lambda number: f"{number:.4g}"}
        return np.array2string(value, separator=", ", formatter=rounded).replace("\n", ""), IN_FULL
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}", BY_SHAPE
    if isinstance(value, (list, tuple)) and all(is_number_like(part) for _, part in leaves(value)):
        if all(np.ndim(part) == 0 for _, part in leaves(value)):
            return str([_rounded(part) for part in value]), IN_FULL
        return "arrays of the shapes " + ", ".join(str(np.shape(part)) for _, part in leaves(value)), BY_SHAPE
    return "…", LEFT_OUT


def _rounded(value):
    return [_rounded(part) for part in value] if isinstance(value, (list, tuple)) else float(f"{value:.4g}")


def _size(args):
    return sum(np.size(part) for arg in args for _, part in leaves(arg) if is_number_like(part))


def _given(trial, args):
    """Write the arguments of a call out; return the text, and whether it shows all of them in full."""
    names = parameter_names(trial.exercise)
    shown = [_shown(arg) for arg in args]
    if any(how == BY_SHAPE for _, how in shown):
        # Where one argument is shown by its shape, the numbers of the others do not help.
        shown = [_shown(arg, MAX_SHOWN_BESIDE_SHAPES) for arg in args]
    text = ", ".join(f"{name} = {each}" for name, (each, _) in zip(names, shown, strict=False))
    return text, all(how == IN_FULL for _, how in shown)


def _wrong_number(trial, value, answer):
    """Say what the first wrong number of an answer is, and where it is; None where the sizes do not fit."""
    for (path, part), (_, right) in zip(leaves(value), leaves(answer), strict=False):
        tolerance = tolerance_of(part)
        part, right = np.asarray(part, dtype=float).ravel(), np.asarray(right, dtype=float).ravel()
        if part.size != right.size:
            continue
        wrong = wrong_values(part, right, tolerance)
        if wrong.any():
            entry = int(np.argmax(wrong))
            where = trial.exercise.part_name(path) + (f", entry {entry}" if part.size > 1 else "")
            return f"{part[entry]:.4g} ({where})"
    return None


def _calls(trial):
    """Return (arguments, outcome) of all calls for which there is one right answer."""
    if trial.exercise.runs is one_run:
        return trial.tried
    several = zip(trial.probes, trial.outcomes, trial.expected, strict=True)
    return [(args, outcome) for args, outcome, answers in several if len(answers) == 1]


def _trouble(trial, args, outcome):
    """Say what went wrong in one call, as (rank, sentence): a number, else a shape, else an exception; or None."""
    given, in_full = _given(trial, args)
    if outcome.failure:
        line = f" at your line “{outcome.failure.line}”" if outcome.failure.line else ""
        return EXCEPTION, (
            f"With {given} it stops{line}. Call it on such arguments in a cell of its own, and print what goes into "
            "the line that stops: each value and its shape."
        )
    (answer,) = right_answers(trial.exercise, args)
    if flat(outcome.value) is None or flat(answer) is None:
        return None
    part_name = trial.exercise.part_name
    if value_differences(outcome.value, answer, part_name) and (number := _wrong_number(trial, outcome.value, answer)):
        return NUMBER, f"With {given} your function gives {number}. " + (
            "Work this one out by hand." if in_full else "Follow this one number back through your lines."
        )
    shape_matters = any(problem and problem.kind is Kind.SHAPE for problem in trial.problems)
    if shape_matters and (differences := shape_differences(outcome.value, answer, part_name)):
        return SHAPE, (
            f"With {given}: {sentence_of(differences[0])} Write beside each of your lines what shape it makes."
        )
    return None


def further_hint(trial):
    """Point to the smallest call that went wrong: to one number of it, its shape, or where it stopped.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    str or None
        The arguments and the student's own number, never the right one, or the student's own line; None where nothing
        more can be said.
    """
    cases = [(case, args) for args, outcome in _calls(trial) if (case := _trouble(trial, args, outcome))]
    if cases:
        (_, sentence), _ = min(cases, key=lambda each: (each[0][0], _size(each[1])))
        return f"The same again, so one step further. {sentence}"
    names = parameter_names(trial.exercise)
    if changed := {names[position] for outcome in trial.outcomes for position in outcome.changed}:
        return (
            f"The same again, so one step further. Print {' and '.join(sorted(changed))} before and after a call, and "
            "after each line of your function: which line changes it?"
        )
    return None
