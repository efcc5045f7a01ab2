"""Recall questions at the head of a lesson: short, applied, answered at once."""

import html
from dataclasses import dataclass

import numpy as np

from autograder import elsewhere


@dataclass(frozen=True, repr=False)
class Reply:
    """What ``recall`` says to an answer.

    Attributes
    ----------
    name : str
        Of the question.
    passed : bool
        Whether the answer is right.
    message : str
        One or two sentences.
    """

    name: str
    passed: bool
    message: str

    def __str__(self):
        return f"{'✔' if self.passed else '○'} {self.name}: {self.message}"

    __repr__ = __str__

    def _repr_html_(self):
        return f"<p>{html.escape(str(self))}</p>"


def _agrees(given, wanted, tolerance):
    if isinstance(wanted, str):
        return isinstance(given, str) and given.strip().casefold() == wanted.casefold()
    return isinstance(given, (int, float, np.number)) and bool(np.isclose(given, wanted, rtol=tolerance, atol=1e-9))


def _is_rounded(given, wanted):
    """Whether an answer is the right number, which has decimals, rounded to two digits."""
    if isinstance(wanted, str) or not isinstance(given, (int, float, np.number)):
        return False
    return wanted != round(wanted) and float(given) == float(f"{wanted:.1e}")


def reply_to(question, given):
    """Answer an answer.

    Parameters
    ----------
    question : Question
        What was asked.
    given : object
        The student's number or word.

    Returns
    -------
    Reply
    """
    if isinstance(given, str) and not isinstance(question.answer(), str):
        return Reply(question.name, False, "Please enter a number, without quotes or words.")
    if isinstance(given, (list, tuple, np.ndarray)):
        return Reply(question.name, False, "Please enter a single answer, not a list or an array.")
    if _agrees(given, question.answer(), question.tolerance):
        return Reply(question.name, True, question.explanation)
    hint = next((hint for hint, slip in question.slips.items() if _agrees(given, slip(), question.tolerance)), None)
    if _is_rounded(given, question.answer()):
        rounded = "If you rounded this, you rounded too far: give at least three digits."
        return Reply(question.name, False, f"{rounded} If you didn't: {hint}" if hint else rounded)
    if hint:
        return Reply(question.name, False, hint)
    return Reply(question.name, False, f"Not yet. {question.text}")


def recall(name, given=...):
    """Ask a recall question, or answer an answer to it.

    Parameters
    ----------
    name : str
        Lesson and number, such as ``"3.1"``.
    given : object
        The student's number or word; ``...`` where there is none yet.

    Returns
    -------
    Reply
        Also for a name that does not exist, with a sentence that says so.
    """
    if elsewhere.ask:
        return _unanswered(name) if given is ... else elsewhere.ask("recall", name, given)
    from autograder.exercises import QUESTIONS  # here: see autograder.check

    if name not in QUESTIONS:
        return Reply(
            str(name), False, f"There is no recall question {name!r}; there are {', '.join(sorted(QUESTIONS))}."
        )
    return _unanswered(name) if given is ... else reply_to(QUESTIONS[name], given)


def _unanswered(name):
    return Reply(str(name), False, "put your answer in place of the dots and run the cell.")
