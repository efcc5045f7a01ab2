"""Whether two calls did the same."""

import numpy as np

from autograder.checking.call import Outcome
from autograder.checking.compare import close, flat, leaves, tolerance_of
from autograder.checking.trial import right_answers


def _same_words(value, known):
    """Whether two answers that are no numbers are the same, part by part; functions never are."""
    parts, known_parts = list(leaves(value)), list(leaves(known))
    return len(parts) == len(known_parts) and all(map(_same_part, parts, known_parts))


def _same_part(one, other):
    (path, part), (other_path, other_part) = one, other
    if path != other_path or callable(part) or callable(other_part):
        return False
    if isinstance(part, np.ndarray) or isinstance(other_part, np.ndarray):
        return type(part) is type(other_part) and np.array_equal(part, other_part)
    return bool(part == other_part)


def far_apart(numbers, others):
    """Whether two vectors differ by more than any tolerance; most do, and this tells sooner than comparing closely."""
    if not numbers.size:
        return False
    with np.errstate(invalid="ignore"):
        return bool(np.abs(numbers - others).max() > 1e-3 * np.abs(others).max() + 1e-9)


def telling_numbers(trial):
    """Return the positions of the outcomes, telling ones behind the others, whose numbers tell mistakes apart.

    Where an answer is wrong, a right number says nothing, and two very different mistakes can raise beside it.
    """
    outcomes = list(enumerate(trial.outcomes + trial.telling_outcomes))
    returned = [(position, outcome) for position, outcome in outcomes if not outcome.failure]
    if trial.problems[0] is None:
        return {position for position, _ in returned}
    right = [*trial.expected, *(right_answers(trial.exercise, args) for args in trial.telling_probes)]
    return {
        position
        for position, outcome in returned
        if not any(agree(outcome, Outcome(answer)) for answer in right[position])
    }


def divided_alike(outcome, known):
    """Whether the parts of two answers hold as many numbers each, where there are as many parts.

    An answer (b, [w, w]) is no exchange of ([b, w], w), though the numbers come in the same order.
    """
    if outcome.failure or known.failure:
        return True
    sizes, known_sizes = ([np.size(part) for _, part in leaves(each.value)] for each in (outcome, known))
    return len(sizes) != len(known_sizes) or sizes == known_sizes


def agree(outcome, known):
    """Whether two outcomes are the same: the same numbers whatever their shape, or exceptions of the same kind.

    Parameters
    ----------
    outcome : autograder.checking.call.Outcome
        The student's; its precision decides how close the numbers have to be.
    known : autograder.checking.call.Outcome
        A known mistake's.

    Returns
    -------
    bool
    """
    if outcome.failure or known.failure:
        return bool(outcome.failure and known.failure and outcome.failure.kind == known.failure.kind)
    numbers, known_numbers = flat(outcome.value), flat(known.value)
    if numbers is None or known_numbers is None:
        return numbers is None and known_numbers is None and _same_words(outcome.value, known.value)
    if numbers.size != known_numbers.size:
        return False
    if far_apart(numbers, known_numbers):
        return False
    # A mistake can give nan, and is then recognised by where it does.
    undefined = np.isnan(numbers)
    if (undefined != np.isnan(known_numbers)).any():
        return False
    tolerance = max((tolerance_of(part) for _, part in leaves(outcome.value)), default=0)
    return close(numbers[~undefined], known_numbers[~undefined], tolerance)
