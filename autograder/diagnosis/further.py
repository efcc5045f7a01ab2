"""One step further than the first hint: a case small enough to be worked out by hand, with what the student got."""

import numpy as np

from autograder.checking.compare import flat, is_number_like, leaves, shape_differences, value_differences
from autograder.checking.trial import parameter_names, right_answers
from autograder.exercise import one_run

MOST_SHOWN, FEW = 16, 4


def _shown(value, most=MOST_SHOWN):
    """Write an argument out, if it has no more than so many numbers, or tell its shape."""
    if isinstance(value, (int, float, str, np.generic)):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    if isinstance(value, np.ndarray) and value.size <= most:
        rounded = {"float_kind": lambda number: f"{number:.4g}"}
        return np.array2string(value, separator=", ", formatter=rounded).replace("\n", "")
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)) and all(is_number_like(part) for _, part in leaves(value)):
        if all(np.ndim(part) == 0 for _, part in leaves(value)):
            return str([_rounded(part) for part in value])
        return "arrays of the shapes " + ", ".join(str(np.shape(part)) for _, part in leaves(value))
    return "…"


def _rounded(value):
    return [_rounded(part) for part in value] if isinstance(value, (list, tuple)) else float(f"{value:.4g}")


def _size(args):
    return sum(np.size(part) for arg in args for _, part in leaves(arg) if is_number_like(part))


def _given(trial, args):
    names = parameter_names(trial.exercise)
    # Where a part is told by its shape only, the numbers of the others do not help.
    most = MOST_SHOWN if not any("shape" in _shown(arg) for arg in args) else FEW
    return ", ".join(f"{name} = {_shown(arg, most)}" for name, arg in zip(names, args, strict=False))


def _wrong_number(trial, value, answer):
    """Tell the first number of an answer that is wrong, and its place; None where the sizes do not fit."""
    for (path, part), (_, right) in zip(leaves(value), leaves(answer), strict=False):
        part, right = np.asarray(part, dtype=float).ravel(), np.asarray(right, dtype=float).ravel()
        if part.size != right.size or np.allclose(part, right, rtol=1e-6, atol=1e-12):
            continue
        entry = int(np.argmax(~np.isclose(part, right, rtol=1e-6, atol=1e-12)))
        where = trial.exercise.part_name(path) + (f", entry {entry}" if part.size > 1 else "")
        return f"{part[entry]:.4g} ({where})"
    return None


def _calls(trial):
    """Pairs (args, outcome) of all calls whose right answer there is one of."""
    if trial.exercise.runs is one_run:
        return trial.tried
    several = zip(trial.probes, trial.outcomes, trial.expected, strict=True)
    return [(args, outcome) for args, outcome, answers in several if len(answers) == 1]


def _trouble(trial, args, outcome):
    """Say what went wrong in one call, as (rank, sentence): a number, else a shape, else an error; None if nothing."""
    given = _given(trial, args)
    if outcome.failure:
        line = f" at your line “{outcome.failure.line}”" if outcome.failure.line else ""
        return 2, (
            f"With {given} it stops{line}. Call it on such arguments in a cell of its own, and print what goes into "
            "the line that stops: each value and its shape."
        )
    (answer,) = right_answers(trial.exercise, args)
    if flat(outcome.value) is None or flat(answer) is None:
        return None
    part_name = trial.exercise.part_name
    if value_differences(outcome.value, answer, part_name) and (told := _wrong_number(trial, outcome.value, answer)):
        told_by_shape = "shape" in given or "…" in given
        return 0, f"With {given} your function gives {told}. " + (
            "Follow this one number back through your lines." if told_by_shape else "Work this one out by hand."
        )
    asked_for = any(problem and "is expected" in problem for problem in trial.met)
    if asked_for and (differences := shape_differences(outcome.value, answer, part_name)):
        return 1, f"With {given}: {differences[0].sentence} Write beside each of your lines what shape it makes."
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
    found = [(told, args) for args, outcome in _calls(trial) if (told := _trouble(trial, args, outcome))]
    if found:
        (_, sentence), _ = min(found, key=lambda case: (case[0][0], _size(case[1])))
        return f"The same again, so one step further. {sentence}"
    names = parameter_names(trial.exercise)
    if changed := {names[position] for outcome in trial.outcomes for position in outcome.changed}:
        return (
            f"The same again, so one step further. Print {' and '.join(sorted(changed))} before and after a call, and "
            "after each line of your function: which line changes it?"
        )
    return None
