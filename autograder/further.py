"""One step further than the first hint: a case small enough to be worked out by hand, with what the student got."""

import numpy as np

from autograder.compare import flat, is_number_like, leaves, value_differences
from autograder.trial import parameter_names

MOST_NUMBERS = 24


def _shown(value):
    """Write an argument out, if it is small, or tell its shape."""
    if isinstance(value, (int, float, str, np.generic)):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    if isinstance(value, np.ndarray) and value.size <= 8:
        return np.array2string(value, precision=3, separator=", ").replace("\n", "")
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)) and all(is_number_like(part) for _, part in leaves(value)):
        return "arrays of the shapes " + ", ".join(str(np.shape(part)) for _, part in leaves(value))
    return "…"


def _size(args):
    return sum(np.size(part) for arg in args for _, part in leaves(arg) if is_number_like(part))


def further_hint(trial):
    """Point to the smallest probe that went wrong, and to one number of it.

    Parameters
    ----------
    trial : autograder.trial.Trial
        Of an answer with wrong numbers.

    Returns
    -------
    str or None
        The arguments and the student's own number, never the right one; None where no number is wrong.
    """
    wrong = []
    for args, outcome, answers in zip(trial.probes, trial.outcomes, trial.expected, strict=True):
        numbers, right = (None if outcome.failure else flat(outcome.value)), flat(answers[0])
        if numbers is None or right is None or numbers.size != right.size or len(answers) > 1:
            continue
        if value_differences(outcome.value, answers[0], trial.exercise.part_name):
            wrong.append((_size(args), args, outcome.value, answers[0]))
    if not wrong:
        return None
    size, args, value, answer = min(wrong, key=lambda case: case[0])
    for (path, part), (_, right) in zip(leaves(value), leaves(answer), strict=False):
        part, right = np.asarray(part, dtype=float).ravel(), np.asarray(right, dtype=float).ravel()
        if part.size != right.size or np.allclose(part, right, rtol=1e-6, atol=1e-12):
            continue
        entry = int(np.argmax(~np.isclose(part, right, rtol=1e-6, atol=1e-12)))
        where = trial.exercise.part_name(path) + (f", entry {entry}" if part.size > 1 else "")
        names = parameter_names(trial.exercise)
        given = ", ".join(f"{name} = {_shown(arg)}" for name, arg in zip(names, args, strict=False))
        by_hand = size <= MOST_NUMBERS
        return (
            "The same numbers again, so one step further. "
            f"With {given} your function gives {part[entry]:.4g} ({where}). "
            + ("Work this one out by hand." if by_hand else "Follow this one number back through your lines.")
        )
    return None
