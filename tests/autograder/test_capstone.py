"""The capstone pays for a network of one's own on digits that nobody knows; whatever else reads them gets nothing."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from autograder.calls import StandIn
from autograder.check import HIDDEN_SEED, PUBLIC_SEED, check, grade
from autograder.exercises import EXERCISES
from autograder.exercises.lesson_07 import capstone_digits
from nblib.data import load_digits
from nblib.initialization import scaled_init
from nblib.network import predict
from nblib.training import train
from tests.conftest import named


def fit(X, Y, rng, epochs=20):
    """A small network, trained in a fraction of a second."""
    start = scaled_init([64, 40, 10], rng)
    return train(start, X, Y, 0.5, epochs, 10, rng, output="softmax", cost="multinomial cross-entropy", measure=False)[
        0
    ]


def own_network(X_train, Y_train, X_val, Y_val, rng):
    layers = fit(X_train, Y_train, rng)
    return lambda X: predict(layers, X, output="softmax").argmax(axis=1)


def hired_classifier(X_train, Y_train, X_val, Y_val, rng):
    model = MLPClassifier((50,), max_iter=5, random_state=0).fit(X_train, Y_train.argmax(axis=1))
    return lambda X: model.predict(X)


def classifier_by_helper(X_train, Y_train, X_val, Y_val, rng):
    return hired_classifier(X_train, Y_train, X_val, Y_val, rng)


def hidden_import(X_train, Y_train, X_val, Y_val, rng):
    module = __import__("sk" + "learn.neighbors", fromlist=["KNeighborsClassifier"])
    model = module.KNeighborsClassifier(1).fit(X_train, Y_train.argmax(axis=1))
    return model.predict


KNOWN, NAMES = load_digits()


def exact_lookup(X_train, Y_train, X_val, Y_val, rng):
    table = {image.tobytes(): name for image, name in zip(KNOWN, NAMES, strict=True)}
    return lambda X: np.array([table.get(image.tobytes(), 0) for image in X])


def lookup_with_renaming(X_train, Y_train, X_val, Y_val, rng):
    """Known digits, their names exchanged as Y_train suggests: the images are turned, so this finds little."""

    def nearest(X):
        return NAMES[[int(((KNOWN - x) ** 2).sum(axis=1).argmin()) for x in X]]

    found = nearest(X_train)
    rename = np.array([np.bincount(Y_train.argmax(axis=1)[found == k], minlength=10).argmax() for k in range(10)])
    return lambda X: rename[nearest(X)]


def test_an_own_network_earns_by_its_accuracy():
    result = check(named(own_network, "capstone"))
    assert result.score >= 4
    assert all("of the digits it has not seen" in verdict.message for verdict in result.requirements if not verdict.met)


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize("answer", [hired_classifier, classifier_by_helper, hidden_import])
def test_a_library_gets_nothing_and_hears_why(answer, judge):
    result = judge(named(answer, "capstone"))
    assert result.score == 0
    assert result.mistakes == ("foreign-library",)
    assert "it uses sklearn" in result.requirements[0].message


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize("answer", [exact_lookup, lookup_with_renaming])
def test_known_labels_are_worth_nothing(answer, judge):
    result = judge(named(answer, "capstone"))
    assert result.score == 0
    assert result.requirements[0].message


def test_the_training_runs_once_for_a_check():
    runs = []

    def counted(*args):
        runs.append(1)
        return own_network(*args)

    # All that a student reads: the verdicts, and what the naming of mistakes adds to them.
    assert "capstone" in str(check(named(counted, "capstone")))
    assert len(runs) == 1


def test_what_predict_does_wrong_is_told():
    def prints_and_raises(*args):
        def predict_labels(X):
            print("noise")
            raise ZeroDivisionError("division by zero")

        return predict_labels

    result = check(named(prints_and_raises, "capstone"))
    assert result.score == 0
    assert "ZeroDivisionError" in result.requirements[0].message


def test_a_function_in_another_process_is_graded_as_well():
    class Elsewhere(StandIn):
        def __init__(self, function, name):
            self.function, self.__name__ = function, name

        def __call__(self, *args):
            value = self.function(*args)
            return Elsewhere(value, "predict") if callable(value) else value

        def __array__(self):
            raise TypeError("a function can be called, and nothing else")

        def names_used(self):
            return {"sklearn.svm.SVC.fit"} if self.function is hired_classifier else set()

    assert check(Elsewhere(own_network, "capstone")).score >= 4
    assert "it uses sklearn" in check(Elsewhere(hired_classifier, "capstone")).requirements[0].message


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED, 1, 2])
def test_digits_of_a_probe_are_new_to_everybody(seed):
    X_train, Y_train, X_val, Y_val, _ = EXERCISES["capstone"].probes(np.random.default_rng([seed, 0]))[0]
    (_, labels), _, (X_test, labels_test), upright, names = capstone_digits.unseen_digits(
        type("Trial", (), {"probes": [(X_train,)]})
    )
    assert (X_train.shape, Y_train.shape, X_val.shape, Y_val.shape) == ((1197, 64), (1197, 10), (200, 64), (200, 10))
    assert (Y_train.argmax(axis=1) == labels).all()
    assert len(X_test) == 400
    assert not (labels_test == names).any()
    known = {image.tobytes() for image in KNOWN}
    assert not any(image.tobytes() in known for image in np.concatenate([X_train, X_val, X_test]))
    assert np.abs(X_test - upright).mean() > 0.1
    seen = {image.tobytes() for image in np.concatenate([X_train, X_val])}
    assert not any(image.tobytes() in seen for image in X_test)
