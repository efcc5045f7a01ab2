"""What can be said of wrong numbers that no known mistake explains: which parts are off, and how far."""

import numpy as np

from autograder.checking.compare import close, flat, leaves, tolerance_of
from autograder.checking.trial import parameter_names, right_answers
from autograder.diagnosis.factors import factor_in_words, factors_between, times_the_right_one
from autograder.diagnosis.smallest_case import failing_calls

WRONG_SIZE = ", which has the wrong size"
# More parts are counted instead of being named; what is further off than this has no telling size.
MAX_NAMED, MAX_DISTANCE = 4, 10


def _factors(trial):
    """Return the factor by which the numbers are off on each probe; None if there is none."""
    numbers = [None if outcome.failure else flat(outcome.value) for outcome in trial.outcomes]
    right = [flat(answers[0]) for answers in trial.expected]
    if any(each is None for each in numbers + right):
        return None
    return factors_between(numbers, right)


def _which_are_off(off, count):
    """Name the parts that are off in the case that is shown."""
    if len(off) > MAX_NAMED:
        listed = f"all {count} arrays are" if len(off) == count else f"{len(off)} of the {count} arrays are"
    else:
        *most, last = off
        listed = f"{', '.join(most)} and {last} are" if most else f"{last} is"
    return f"In the failing case below, {listed} wrong"


def _and_the_others(off, count):
    """Say that the parts that were not named are right."""
    right = count - len(off)
    if not right or len(off) > MAX_NAMED:
        return "."
    return "; the other one is right." if right == 1 else f"; the other {right} are right."


def _by_percent(distance):
    """Say how far numbers are off, in per cent of the right ones; empty where that is no number to look at."""
    if not 0 < distance < MAX_DISTANCE:
        return ""
    return f", by up to {100 * distance:{'.0f' if distance >= 0.1 else '.1g'}} %"


def _distance(got, want):
    """Return ‖u − v‖ / ‖v‖ of numbers and the right ones."""
    length = np.linalg.norm(want)
    return float(np.linalg.norm(got - want) / length) if length else np.inf


def _shown_answer(trial):
    """Return what came back in the failing case that is shown, and what is right; None where there is no such case."""
    call = next(iter(trial.once(failing_calls)), None)
    if call is None or call[1].failure:
        return None
    return trial.call_returned(trial.function, call[0]).value, right_answers(trial.exercise, call[0])[0]


def _wrong_parts(trial):
    """Say which parts of the answer are off in the failing case that is shown, and by how much."""
    shown = _shown_answer(trial)
    if shown is None:
        return None
    parts, right = (list(leaves(value)) for value in shown)
    if [path for path, _ in parts] != [path for path, _ in right] or len(right) == 1:
        return None  # with another structure, the parts have no names
    off, distances, factors = [], [], []
    for (path, part), (_, wanted) in zip(parts, right, strict=True):
        name, tolerance, part, wanted = trial.exercise.part_name(path), tolerance_of(part), flat(part), flat(wanted)
        if part is None or wanted is None:
            return None
        if part.size != wanted.size:
            off.append(f"{name}{WRONG_SIZE}")
            factors.append(np.nan)
        elif not close(part, wanted, tolerance):
            off.append(name)
            distances.append(_distance(part, wanted))
            factors.extend(part[wanted != 0] / wanted[wanted != 0])
    if not off:
        return None
    which, others = _which_are_off(off, len(right)), _and_the_others(off, len(right))
    if len(off) == len(right) and all(name.endswith(WRONG_SIZE) for name in off):
        return f"All {len(right)} arrays have the wrong size: compare the shape of each with the right one."
    if len(factors) > 1 and np.allclose(factors, factors[0], rtol=1e-5):
        return f"{which}: every number in them is {factors[0]:.4g} times as large as it should be{others}"
    if np.isnan(factors).any():
        return f"{which}{others}"
    return f"{which}{_by_percent(max(distances))}{others}"


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
    share = "" if len(caught) == len(errors) else f" for {len(caught)} of {len(errors)} inputs"
    return (
        f"Compared with central differences of {of}, your function is off{share} by up to {max(caught):.1g}, measured "
        "by ‖u − v‖ / (‖u‖ + ‖v‖); rounding alone would give about 1e-9."
    )


def how_far_off(trial):
    """Say how far the numbers are off at most, where no gradient check does; None where there are no numbers."""
    pairs = [
        (flat(outcome.value), flat(answers[0]))
        for outcome, answers in zip(trial.outcomes, trial.expected, strict=True)
        if not outcome.failure
    ]
    fitting = [(got, want) for got, want in pairs if got is not None and want is not None and got.size == want.size]
    by = _by_percent(max((_distance(got, want) for got, want in fitting), default=0))
    return f"Your numbers are off{by}." if by and not trial.exercise.derivative_of else None


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
    return f"Every number is {times_the_right_one(words)}"
