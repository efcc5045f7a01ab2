"""What code refers to is found wherever it is named: imported inside, held in a closure, used by a helper."""

import functools

import numpy as np
import sklearn.neighbors
from sklearn.neighbors import KNeighborsClassifier

from autograder.checking.inspection import modules_entered, names_used
from nblib.activations import logistic


def foreign(function):
    return {name for name in names_used(function) if name.split(".")[0] == "sklearn"}


def own(X):
    return logistic(np.exp(X))


def imports_inside(X):
    from sklearn.neighbors import KNeighborsClassifier as Known

    return Known()


def by_module(X):
    return sklearn.neighbors.KNeighborsClassifier(1)


def by_class(X):
    return KNeighborsClassifier(1)


def helper(X):
    return by_class(X) if len(X) else None


def through_helper(X):
    return [helper(row) for row in X]


def through_string(X):
    return __import__("sklearn.neighbors")


class Holder:
    def fit(self, X):
        return by_class(X)


def through_own_class(X):
    return Holder().fit(X)


def test_own_code_is_described_and_nothing_foreign_found():
    names = names_used(own)
    assert {"nblib.activations.logistic", "numpy"} <= names
    assert not foreign(own)


def test_every_way_to_a_library_is_found():
    model = KNeighborsClassifier(1)
    ways = [imports_inside, by_module, by_class, through_helper, through_string, through_own_class]
    ways += [lambda X: model.predict(X), functools.partial(by_class), functools.wraps(by_class)(lambda X: by_class(X))]
    for way in ways:
        assert foreign(way), way


def test_nothing_is_run_and_what_is_no_function_has_no_names():
    def dangerous(X):
        raise SystemExit

    assert foreign(dangerous) == set()
    assert names_used(3) == set()


def test_modules_that_run_are_noted():
    model = KNeighborsClassifier(1).fit(np.eye(3), [0, 1, 2])
    value, modules = modules_entered(lambda X: model.predict(X), (np.eye(3),))
    assert list(value) == [0, 1, 2]
    assert any(name.startswith("sklearn") for name in modules)
    assert not any(name.startswith("sklearn") for name in modules_entered(own, (np.eye(2),))[1])
