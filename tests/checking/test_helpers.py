"""Which functions of its notebook a function calls, and calling it with others in their place."""

import numpy as np
import pytest

from autograder.checking.call import count_steps
from autograder.checking.helpers import Helper, helpers_of, lend

NOTEBOOK = """
import functools
import numpy as np
from math import sqrt as root

def inner(x): return x + 1
def middle(x): return inner(x)
def outer(x):
    nested = lambda y: middle(y) + missing(y)
    return np.inner(nested(x), 1) + root(x) + data
def twice(function):
    @functools.wraps(function)
    def wrapped(x): return 2 * function(x)
    return wrapped
@twice
def decorated(x): return inner(x)
def recursive(x): return recursive(x - 1) if x else middle(0)
def drawing(rng): return list(batches(rng))
def batches(rng): yield inner(rng.random())
data = 1
"""


def notebook():
    names = {}
    exec(compile(NOTEBOOK, "<notebook>", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("outer", ["middle", "inner", "missing"]),
        ("decorated", ["inner"]),
        ("recursive", ["middle", "inner"]),
        ("drawing", ["batches", "inner"]),
    ],
)
def test_helpers_are_the_notebooks_own_functions_and_names_without_a_value(name, found):
    names = notebook()
    helpers = helpers_of(names[name], {"inner", "middle", "missing", "root", "data", "recursive", "batches", "print"})
    assert helpers == {each: names.get(each) for each in found}


@pytest.mark.parametrize("value", [len, np.exp, int, object()])
def test_what_is_not_written_with_def_has_no_helpers(value):
    assert helpers_of(value, {"inner"}) == {}


def test_a_helper_answers_while_it_is_lent_and_everything_is_as_before_afterwards():
    names = notebook()
    before = dict(names)
    helpers = {"inner": Helper("inner", lambda x: 10 * x), "missing": Helper("missing", lambda y: 100)}
    with pytest.raises(RuntimeError, match="was only lent for one test"):
        helpers["inner"](1)
    with lend(names["outer"], helpers):
        assert names["outer"](4) == 40 + 100 + 2 + 1
    assert names == before
    assert helpers["inner"].called and helpers["inner"].calls == [((4,), 40)]
    with pytest.raises(RuntimeError, match="was only lent for one test"):
        helpers["inner"](1)


def test_names_come_back_after_an_exception_and_after_the_function_has_set_them():
    names = notebook()
    exec("def setting():\n    global inner, missing\n    inner = missing = 5\n    raise KeyError", names)
    before = dict(names)
    with pytest.raises(KeyError), lend(names["setting"], {"inner": Helper("inner", abs), "missing": Helper("m", abs)}):
        names["setting"]()
    assert names == before


def test_a_helper_that_fails_says_so():
    helper = Helper("inner", lambda x: 1 / x)
    names = notebook()
    with lend(names["middle"], {"inner": helper}), pytest.raises(ZeroDivisionError):
        names["middle"](0)
    assert helper.failed


def test_the_steps_of_a_helper_are_not_counted():
    names = notebook()

    def slow(x):
        for _ in range(x):
            x += 0
        return x

    helper = {"inner": Helper("inner", slow)}
    with lend(names["middle"], helper):
        few, many = (count_steps(names["middle"], (n,)) for n in (3, 3000))
    assert few == many > 0
    assert count_steps(names["middle"], (3,)) > 0
