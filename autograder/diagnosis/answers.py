"""Answers of the wrong kind: words that are not among those asked for, other libraries' arrays, None now and then."""

from dataclasses import replace

import numpy as np

from autograder.checking.call import Outcome
from autograder.checking.compare import leaves
from autograder.checking.problem import Kind
from autograder.checking.words import sentence_of
from autograder.diagnosis.agreement import agree

_TYPES = {
    "Tensor": "A torch or TensorFlow tensor came back. This course computes with NumPy arrays: build it with np.array.",
    "DataFrame": "A pandas table came back. This course computes with NumPy arrays: to_numpy() gives you one.",
    "Series": "A pandas column came back. This course computes with NumPy arrays: to_numpy() gives you one.",
    "matrix": "A np.matrix came back. Use np.array: a matrix multiplies by * and never becomes 1-D.",
    "dict": "A dict came back. Return the values themselves, in the order that the docstring gives.",
    "set": "A set came back, which has no order and holds equal numbers once. Return a list or an array.",
    "str": "Text came back where numbers are wanted. Return the number itself, without quotes, str() or an f-string.",
    "complex": "A complex number came back. All quantities here are real: look for the root of a negative number.",
    "function": "A function came back where its result is wanted: brackets behind its name call it.",
    "method": "A method came back where its result is wanted: brackets behind its name call it.",
    "builtin_function_or_method": "A function came back where its result is wanted: brackets behind its name call it.",
}


TURNED = (
    "All your numbers are right, but grouped the other way round: all the first parts come first, then all the second "
    "ones. Compare with the structure in the docstring, where each pair is one entry of a single list."
)


def sometimes_none(trial):
    """Say that a function returns a result on some calls and None on others; None where it does not."""
    returned = [outcome for outcome in trial.outcomes if not outcome.failure]
    missing = [outcome for outcome in returned if outcome.value is None]
    if not missing or len(missing) == len(returned):
        return None
    return (
        f"On {len(missing)} of {len(trial.outcomes)} calls it returned None, and a result on others. Some way through "
        "the function ends without a result: a loop that never finds one, or an if without else."
    )


def _allowed_words(trial):
    words = {answer for answers in trial.expected for answer in answers}
    return sorted(words) if words and all(isinstance(word, str) for word in words) else []


def other_words(trial):
    """Say which words are allowed, where another one, or no word, came back; None where all are allowed."""
    if not trial.exercise.comparable or any(callable(answers[0]) for answers in trial.expected):
        return None
    if not all(isinstance(answers[0], str) for answers in trial.expected):
        return None
    allowed = _allowed_words(trial)
    listed = ", ".join(f"“{word}”" for word in allowed)
    for outcome in trial.outcomes:
        value = outcome.value
        if outcome.failure or value is None or (isinstance(value, str) and value in allowed):
            continue
        if isinstance(value, str):
            return f"“{value[:40]}” came back, which is none of the words asked for: {listed}. Each letter counts."
        return f"A value of type {type(value).__name__} came back, where one of these words is wanted: {listed}."
    return None


def other_type(trial):
    """Say what to do about an answer of another library's type, or of another kind; None for numbers."""
    if not trial.exercise.comparable or any(isinstance(answers[0], str) for answers in trial.expected):
        return None
    for outcome in trial.outcomes:
        for _, part in leaves(outcome.value) if not outcome.failure else ():
            name = type(part).__name__
            if name in _TYPES or "Tensor" in name:
                return _TYPES.get(name, _TYPES["Tensor"])
    return None


def other_grouping(trial):
    """Say that the right numbers came in the right order, but grouped in another way; None where they did not."""
    problem = trial.problems[0]
    if not trial.exercise.comparable or problem is None:
        return None
    if all(map(_is_turned, trial.outcomes, trial.expected)):
        return TURNED
    if problem.kind not in (Kind.PART_COUNT, Kind.NOT_PARTS):
        return None
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        if outcome.failure or not any(agree(outcome, Outcome(answer)) for answer in answers):
            return None
    return (
        "All your numbers are right, but not put together as they should be: "
        f"{sentence_of(replace(problem, tries=None))} Print the result of a small case beside the structure in the "
        "docstring: where do two parts become one, or one part two? (+ joins what two lists or tuples hold; append and "
        "insert put in one entry.)"
    )


def _is_turned(outcome, answers):
    """Whether an answer holds all first parts and then all second parts, where it should be a list of pairs."""
    value, right = outcome.value, answers[0]
    if outcome.failure or not (_is_grouped(value) and _is_grouped(right)) or len(value) != len(right[0]):
        return False
    turned = Outcome(list(zip(*value, strict=True)))
    return agree(turned, Outcome(right))


def _is_grouped(value):
    """Whether a value is a list of lists of the same length."""
    lists = (list, tuple)
    return isinstance(value, lists) and all(isinstance(each, lists) for each in value) and len({*map(len, value)}) == 1


# Where the right result can be in a longer answer, or in what came for each example.
_PLACES = {
    (-1,): "the last entry",
    (0,): "the first entry",
    (1, -1): "the last entry of the second list",
    (0, -1): "the last entry of the first list",
}


def _at(value, path):
    """Return what is at a place in nested lists; None where there is no such place."""
    for index in path:
        if not isinstance(value, (list, tuple)) or not -len(value) <= index < len(value):
            return None
        value = value[index]
    return value


def _is(value, answers):
    return value is not None and any(agree(Outcome(value), Outcome(answer)) for answer in answers)


def _row_by_row(value, path):
    """Return the array of what is at a place of each entry; None where they don't make an array."""
    rows = [_at(entry, path) for entry in value] if isinstance(value, (list, tuple)) else []
    if not rows or not all(isinstance(row, np.ndarray) and row.shape == np.shape(rows[0]) for row in rows):
        return None
    return np.array(rows)


def more_than_the_result(trial):
    """Say that the right result is in the answer, beside others; None where it isn't."""
    if not trial.exercise.comparable or any(isinstance(answers[0], (list, tuple)) for answers in trial.expected):
        return None
    pairs = [(outcome.value, answers) for outcome, answers in zip(trial.outcomes, trial.expected, strict=True)]
    if not all(isinstance(value, (list, tuple)) for value, _ in pairs):
        return None
    for path, words in _PLACES.items():
        if all(_is(_at(value, path), answers) for value, answers in pairs):
            return f"You returned more than is asked for: the right result is {words} of it. Return that alone."
        if all(_is(_row_by_row(value, path), answers) for value, answers in pairs):
            return (
                f"For each example you returned more than is asked for: {words} of each is right. Take only that from "
                "each example, and leave out the rest."
            )
    return None


def empty_list(trial):
    """Say that nothing was put into the list that came back; None where something was."""
    returned = [outcome for outcome in trial.outcomes if not outcome.failure]
    wanted = [answers[0] for answers in trial.expected]
    empty = all(isinstance(each.value, (list, tuple)) and len(each.value) == 0 for each in returned)
    if not returned or not empty or not all(isinstance(each, (list, tuple)) and len(each) for each in wanted):
        return None
    return (
        "An empty list came back: nothing is put into it, or your loop makes no pass. Print what the loop runs over. "
        "(To count down, range needs a third argument, −1.)"
    )


def kind_of_answer(trial):
    """Say what is wrong with the kind of an answer.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads; None where the answer is of the right kind.
    """
    looks = {
        "none-at-times": sometimes_none,
        "empty-list": empty_list,
        "other-words": other_words,
        "other-type": other_type,
        "other-grouping": other_grouping,
        "more-than-the-result": more_than_the_result,
    }
    for name, look in looks.items():
        if told := look(trial):
            return name, told
    return None
