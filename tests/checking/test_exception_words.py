"""NumPy's own messages are put into words; the exceptions here are NumPy's, whatever its version says."""

import numpy as np
import pytest

from autograder.checking.call import call
from autograder.checking.exception_words import exception_words

W, a, b = np.ones((3, 4)), np.ones(3), np.ones(5)


def matmul(W, a):
    return W @ a


def transposed(W, a):
    return W @ a[None].T


def entry(layers, a):
    return layers[-1] @ a


def dot(W, a):
    return np.dot(W, a)


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [
        (matmul, (W, a), "the shapes (3, 4) and (3,) do not fit in a matrix product"),
        (entry, ([a, W], a), "the shapes (3, 4) and (3,) do not fit in a matrix product"),
        (transposed, (W, a), "the sizes that have to agree are 4 on the left and 3 on the right"),
        (dot, (W, a), "the shapes (3, 4) and (3,) do not fit in a matrix product"),
        (lambda a, b: a + b, (a, b), "the shapes (3,) and (5,) do not fit together"),
        (lambda a: a @ 2.0, (a,), "a matrix product was given a single number"),
        (lambda a, b: a.__iadd__(b[None, :3] + a[:, None]), (a, b), "can't hold a result of shape (3, 3)"),
        (lambda a, b: a.__setitem__(slice(0, 2), b), (a, b), "does not fit into a place of shape (2,)"),
        (lambda a: np.arange(3).__iadd__(a / 2), (a,), "does not fit into an array of type int64"),
    ],
)
def test_internal_message_becomes_a_sentence(function, args, words):
    told = exception_words(call(function, args).failure)
    assert words in told
    assert not any(internal in told for internal in ("gufunc", "core dimension", "ufunc", "operand", "casting rule"))


def test_other_messages_stay_and_the_line_is_told():
    def logistic(z):
        raise ValueError("no good")

    told = exception_words(call(logistic, (a,)).failure)
    assert told == 'ValueError: no good (at your line: raise ValueError("no good"))'
