"""What to say of a call that stopped with an exception: its cause in a plain sentence, and the line to look at."""

import numpy as np

from autograder.checking.compare import leaves
from autograder.checking.exception_words import exception_words, message_words
from autograder.checking.problem import Kind
from autograder.checking.raised import PACKAGES
from autograder.checking.trial import parameter_names
from autograder.diagnosis.collecting import added_to_a_list, many_into_one_place
from autograder.diagnosis.library_habits import meaning_with
from autograder.diagnosis.mends import MAX_LINE
from autograder.exercises import EXERCISES

# What the message of a failed product contains, and what the other product would be.
_MATRIX_PRODUCT = " @ and np.dot are matrix products; if entries belong together one by one, it is *."
_BATCH_PRODUCT = " In a batch each row is an example, so the factors stand in another order than for one example."
_PRODUCTS = [
    ("core dimension", _MATRIX_PRODUCT),
    ("not aligned", _MATRIX_PRODUCT),
    (
        "could not be broadcast",
        " *, + and − combine entry by entry; if there is a sum over an index, it is a matrix product, @.",
    ),
]
PRINT_IT = "In a cell of its own, call it on a small case, and print what goes into that line just before it."


def where_it_stopped(trial):
    """Say why a call stopped, and where.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    str or None
        None where no call stopped, or had to be stopped because it took too long.
    """
    calls = [(args, outcome.failure) for args, outcome in zip(trial.probes, trial.outcomes, strict=True)]
    if not trial.exercise.comparable:
        # What a function raised that the student's returned. (Of an edge case, wrong numbers elsewhere say more.)
        calls += [((), problem.failure) for problem in trial.problems if problem and problem.kind is not Kind.TIMED_OUT]
    stopped = [(args, failure) for args, failure in calls if failure and failure.kind != "TimeUp"]
    if not stopped:
        return None
    for _, failure in stopped[:1]:
        if told := added_to_a_list(trial.function, failure) or many_into_one_place(failure):
            return told
    told = ((failure, says_why(failure, args)) for args, failure in stopped)
    failure, meaning = next((each for each in told if each[1]), (None, None))
    if meaning and failure.line and not failure.raised_by and not trial.exercise.comparable:
        return f"Your line “{_short(failure.line)}” stops. {meaning}"  # there is no failing case, which would show it
    if meaning:
        return meaning
    args, failure = stopped[0]
    return _with_shapes(parameter_names(trial.exercise), args, failure) or (
        f"It stops with {exception_words(failure)}. {PRINT_IT}"
    )


def says_why(failure, args=()):
    """Say in a sentence what an exception means, in the words of whoever raised it deliberately; None without one."""
    return _deliberately(failure) or meaning_with(failure, args)


def _short(line):
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"


def _deliberately(failure):
    """Repeat what nblib says in words of its own, or say that the student's own ``raise`` stops the call."""
    if not failure.raised_by or failure.kind == "NotImplementedError":
        return None
    line = failure.caller.line if failure.caller else failure.line
    if failure.raised_by in PACKAGES and failure.message:
        where = f"Your line “{_short(line)}” stops" if line else "It stops"
        return f"{where}, and the reason is this: {failure.message}"
    if failure.raised_by == "own" and failure.line:
        return (
            f"Your own line “{_short(failure.line)}” stops the call. The arguments are ones that the function has to "
            "accept: which condition sends them there?"
        )
    return None


def _with_shapes(names, args, failure):
    """Give the shapes that don't fit, and those of the arguments; None for exceptions that aren't about shapes."""
    if failure.kind not in ("ValueError", "IndexError"):
        return None
    product = next((words for part, words in _PRODUCTS if part in failure.message), "")
    caller = failure.caller
    if caller and caller.given:
        given = _given_words(caller)
        if caller.called not in EXERCISES:
            return (
                f"Your line “{_short(caller.line)}” calls {caller.called}, which stops at “{_short(failure.line)}”: "
                f"{message_words(failure)}. It was given {given}: do these fit its equation?{product}"
            )
        # An exercise of that name that isn't right yet would have been named before.
        more = _one_example_only(caller)
        return more or (
            f"Your line “{_short(caller.line)}” calls {caller.called} with shapes that don't fit: {given}. Which of "
            f"them is not what {caller.called} expects, and where did it get that value?"
        )
    if product == _MATRIX_PRODUCT and {"X", "Y"} <= {*names}:
        product = _BATCH_PRODUCT
    given = [f"{name} {shapes}" for name, arg in zip(names, args, strict=False) if (shapes := _shapes_in(arg))]
    line = f"Your line “{_short(failure.line)}”" if failure.line else "It"
    if not given:
        return f"{line} stopped: {message_words(failure)}. {PRINT_IT}"
    return (
        f"{line} stopped: {message_words(failure)}. It was called with {'; '.join(given)}: write the shapes beside the "
        f"line, and see what doesn't fit.{product}"
    )


def _given_words(caller):
    return ", ".join(f"{name} {shape or 'a single number'}" for name, shape in caller.given)


def _one_example_only(caller):
    """Say that a helper for one example was given the rows of a batch; None where it was not."""
    helper = EXERCISES[caller.called]
    own = dict(zip(parameter_names(helper), helper.probes(np.random.default_rng(0))[0], strict=False))
    more = [name for name, shape in caller.given if name in own and np.ndim(own[name]) < len(shape)]
    if not more:
        return None
    given = _given_words(caller)
    has = "has" if len(more) == 1 else "have"
    return (
        f"Your line “{_short(caller.line)}” calls {caller.called}, which is for one example, with a whole batch: "
        f"{given}. In a batch, {' and '.join(more)} {has} a row for each example, so you need a different "
        "product: which one fits these shapes?"
    )


def _shapes_in(arg):
    """Write out the shapes of an array, or of the first arrays in a list of pairs; empty where there are none."""
    shapes = [part.shape for _, part in leaves(arg) if isinstance(part, np.ndarray)]
    return ", ".join(map(str, shapes[:4])) + (", …" if len(shapes) > 4 else "")
