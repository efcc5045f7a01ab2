"""What can be said of wrong numbers that no known mistake explains: which parts are off, and how far."""

import numpy as np

from autograder.checking.compare import close, flat, leaves, tolerance_of
from autograder.checking.trial import parameter_names
from autograder.diagnosis.factors import factor_in_words, factors_between

WRONG_SIZE = ", which has the wrong size"


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
    if not right:
        return f"All {count} parts are off"
    listed = f"{', '.join(off[:4])}{' and others' if len(off) > 4 else ''}"
    return f"Off {verb} {listed}; {right} of {count} parts {'is' if right == 1 else 'are'} right"


def _wrong_parts(trial):
    """Say which parts of the answer are off, on the first probe where some are, and by how much."""
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        parts, right = list(leaves(outcome.value)), list(leaves(answers[0]))
        if outcome.failure or [path for path, _ in parts] != [path for path, _ in right] or len(right) == 1:
            continue  # with another structure, the parts have no names
        off, distances, factors = [], [], []
        for (path, part), (_, wanted) in zip(parts, right, strict=True):
            name, tolerance, part, wanted = trial.exercise.part_name(path), tolerance_of(part), flat(part), flat(wanted)
            if part is None or wanted is None:
                return None
            if part.size != wanted.size:
                off.append(f"{name}{WRONG_SIZE}")
                distances.append(1.0)
                factors.append(np.nan)
            elif not close(part, wanted, tolerance):
                off.append(name)
                distances.append(np.linalg.norm(part - wanted) / (np.linalg.norm(part) + np.linalg.norm(wanted)))
                factors.extend(part[wanted != 0] / wanted[wanted != 0])
        if off:
            which = _which_are_off(off, len(right))
            if len(off) == len(right) and all(name.endswith(WRONG_SIZE) for name in off):
                return f"All {len(right)} parts have the wrong size: compare the shape of each with the right one."
            if len(factors) > 1 and np.allclose(factors, factors[0], rtol=1e-5):
                return f"{which}; there, on the first try that is off, every number is {factors[0]:.4g} times as large."
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


def gradient_check(trial):
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
        f"Compared with central differences of {of}, your function is off{share} by up to {max(caught):.1g} (relative "
        "error); rounding alone would give about 1e-9."
    )


def how_far_off(trial):
    """Give the largest relative error, where no gradient check does; None where there are no numbers."""
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


def from_signature(trial):
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
