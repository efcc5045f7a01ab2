"""``raise NotImplementedError``: left above the code, left alone, or in a function that is called."""

import numpy as np
import pytest

from autograder.checking.call import call


def left_above(x):
    """Return x squared."""
    raise NotImplementedError()
    return x**2


def left_in_a_loop(x):
    total = 0
    for each in x:
        # YOUR CODE HERE
        raise NotImplementedError
        total += each
    return total


def left_with_a_comment(x):
    # my solution
    raise NotImplementedError("not yet")
    y = x**2
    return y


def nothing_written(x):
    """Return x squared."""
    raise NotImplementedError()


def last_line_given(x):
    shifted = np.zeros(3)
    # YOUR CODE HERE
    raise NotImplementedError()
    return shifted


def one_branch_left(x):
    if x is not None:
        raise NotImplementedError
    return 2 * x


def in_another(x):
    return nothing_written(x) + 1


def in_an_inner_one(x):
    def inner():
        raise NotImplementedError

    return inner()


@pytest.mark.parametrize(
    ("function", "code_below", "where"),
    [
        (left_above, True, ""),
        (left_in_a_loop, True, ""),
        (left_with_a_comment, True, ""),
        (nothing_written, False, ""),
        (last_line_given, False, ""),
        (one_branch_left, False, ""),
        (in_another, False, "nothing_written"),
        (in_an_inner_one, False, ""),
    ],
)
def test_where_the_placeholder_stands(function, code_below, where):
    failure = call(function, ([1.0],)).failure
    assert (failure.kind, failure.code_below, failure.function) == ("NotImplementedError", code_below, where)


def test_code_without_a_source_is_not_searched():
    names = {}
    exec("def f(x):\n    raise NotImplementedError\n    return 2 * x", names)
    assert not call(names["f"], (1,)).failure.code_below
