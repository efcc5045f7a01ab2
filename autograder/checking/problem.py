"""What is wrong with an answer, as data; :mod:`autograder.checking.words` turns it into a sentence."""

from dataclasses import dataclass
from enum import StrEnum

from autograder.checking.call import Failure


class Kind(StrEnum):
    """What kind of problem it is; behind each one, the fields of :class:`Problem` that it uses."""

    SAID = "said"  # sentence, code: an exercise's own words
    NOT_TRIED = "not tried"
    RAISED = "raised"  # failure
    WRONG_ARGUMENTS = "wrong arguments"  # failure; expected: the right signature
    TIMED_OUT = "timed out"  # failure
    RETURN_MISSING = "return missing"
    PRINTED = "printed"  # in place of being returned
    NO_RESULT = "no result"  # whose shape could be compared
    NOT_NUMBERS = "not numbers"  # part; actual: name of the type; expected: the shape
    NOT_PARTS = "not parts"  # part; actual: name of the type; expected: the number of parts
    PART_COUNT = "part count"  # part; actual and expected: numbers of parts
    RAGGED = "ragged"  # part
    SHAPE = "shape"  # part; actual and expected: shapes
    NAN = "nan"  # part
    VALUES = "values"  # part; actual: how many values are wrong; expected: how many there are
    WORD = "word"  # part; actual: what came in place of the right word, as Python writes it
    CHANGED = "changed"  # actual: names of the arguments
    UNKNOWN_CHANGE = "unknown change"  # every call raised, so nobody knows what it would have changed
    WARNED = "warned"  # actual: the warning; sentence: why a student hasn't seen it, if so


@dataclass(frozen=True)
class Problem:
    """Why a requirement is not met.

    Attributes
    ----------
    kind : Kind
        Decides which of the other fields are used.
    part : str
        Name of the part of the answer that it is about, such as ``"∂C/∂W of layer 1"``.
    actual, expected : object
        What was found and what was expected in kind: a shape, a number of parts, the name of a type; never a right
        value.
    failure : autograder.checking.call.Failure or None
        The exception that was raised.
    sentence : str
        The exercise's own words, where the kind is ``SAID``.
    code : str
        A short name for what the sentence says, by which an exercise tells mistakes apart; may be empty.
    tries : tuple of int or None
        On how many probes there was a problem, and how many were tried; None where there was only one.
    """

    kind: Kind
    part: str = ""
    actual: object = None
    expected: object = None
    failure: Failure | None = None
    sentence: str = ""
    code: str = ""
    tries: tuple[int, int] | None = None

    @property
    def label(self):
        """A short name that leaves out what varies from answer to answer: code, name of the exception, or kind."""
        return self.code or (self.failure.kind if self.failure else self.kind)


def said(sentence, code=""):
    """Return a problem in an exercise's own words.

    Parameters
    ----------
    sentence : str
        What was expected in kind, as the student reads it.
    code : str
        A short name for what the sentence says.

    Returns
    -------
    Problem
    """
    return Problem(Kind.SAID, sentence=sentence, code=code)


def problem_in(error):
    """Return the problem that an exception carries.

    Parameters
    ----------
    error : Exception
        Raised with a problem, or with a sentence, as its only argument.

    Returns
    -------
    Problem
    """
    cause = error.args[0] if error.args else ""
    return cause if isinstance(cause, Problem) else said(str(error))
