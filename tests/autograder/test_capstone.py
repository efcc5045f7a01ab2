"""The capstone pays for a network of one's own on digits that nobody knows; whatever else reads them gets nothing."""

import copy
import re
import sys

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from autograder.check import check, grade
from autograder.checking.call import StandIn
from autograder.checking.words import as_html, as_text
from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.exercises.lesson_07.capstone_digits import DRAWS, draw_keys, drawn
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED
from nblib.augmentation import augment, random_shift
from nblib.data import load_digits, one_hot
from nblib.initialization import scaled_init
from nblib.network import predict
from nblib.training import train
from tests.conftest import named

KNOWN, NAMES = load_digits()


def judged(answer, seed=PUBLIC_SEED):
    """The result on draws that are the same in every run."""
    return examine(named(answer, "capstone"), seed)


def own_network(X_train, Y_train, X_val, Y_val, rng):
    start = scaled_init([64, 30, 10], rng)
    layers, _ = train(
        start, X_train, Y_train, 0.3, 60, 10, rng, output="softmax", cost="multinomial cross-entropy", measure=False
    )
    return lambda X: predict(layers, X, output="softmax").argmax(axis=1)


# --- known digits ----------------------------------------------------------------------------------------------------


def nearest(table, X):
    return ((X**2).sum(axis=1)[:, None] + (table**2).sum(axis=1) - 2 * X @ table.T).argmin(axis=1)


def exact_lookup(X_train, Y_train, X_val, Y_val, rng):
    table = {image.tobytes(): name for image, name in zip(KNOWN, NAMES, strict=True)}
    return lambda X: np.array([table.get(image.tobytes(), 0) for image in X])


def lookup(X_train, Y_train, X_val, Y_val, rng):
    return lambda X: NAMES[nearest(KNOWN, X)]


def turned_lookup(X_train, Y_train, X_val, Y_val, rng):
    """Tries all positions of a square, and learns the new names from Y_train; reads every digit by its known name."""
    positions = [
        np.rot90(images, quarter, axes=(1, 2)).reshape(-1, 64)
        for images in (KNOWN.reshape(-1, 8, 8), KNOWN.reshape(-1, 8, 8)[:, :, ::-1])
        for quarter in range(4)
    ]
    together = [np.eye(10)[NAMES[nearest(table, X_train)]].T @ Y_train for table in positions]
    best = max(range(8), key=lambda position: together[position].max(axis=1).sum())
    new_names = together[best].argmax(axis=1)
    return lambda X: new_names[NAMES[nearest(positions[best], X)]]


def network_that_knew(X_train, Y_train, X_val, Y_val, rng):
    """Has a network learn from known digits, labelled as the table above says."""
    label = turned_lookup(X_train, Y_train, X_val, Y_val, rng)
    positions = [np.rot90(images, quarter, axes=(1, 2)).reshape(-1, 64)
        for images in (KNOWN.reshape(-1, 8, 8), KNOWN.reshape(-1, 8, 8)[:, :, ::-1])
        for quarter in range(4)]  # fmt: skip
    best = min(positions, key=lambda table: ((X_train[:200] - table[nearest(table, X_train[:200])]) ** 2).sum())
    X, Y = np.concatenate([X_train, best]), np.concatenate([Y_train, one_hot(label(best), 10)])
    return own_network(X, Y, X_val, Y_val, rng)


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED])
@pytest.mark.parametrize("answer", [exact_lookup, lookup, turned_lookup])
def test_known_digits_are_worth_nothing(answer, seed):
    result = judged(answer, seed)
    assert result.score == 0
    assert result.requirements[0].message


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED])
def test_a_network_that_learned_from_known_digits_is_to_be_looked_at(seed):
    result = judged(network_that_knew, seed)
    assert result.score == 0 or any("from elsewhere" in remark for remark in result.remarks)


# --- nearest neighbours ----------------------------------------------------------------------------------------------


def transposed_table(X_train, Y_train, X_val, Y_val, rng):
    table, labels = np.asfortranarray(X_train.T) * 1.0, Y_train.argmax(axis=1)
    return lambda X: labels[((table**2).sum(axis=0) - 2 * X @ table).argmin(axis=1)]


def centred_table(X_train, Y_train, X_val, Y_val, rng):
    mean, labels = X_train.mean(axis=0), Y_train.argmax(axis=1)
    table = (X_train - mean) / 3
    return lambda X: labels[nearest(table, (X - mean) / 3)]


def network_made_of_the_digits(X_train, Y_train, X_val, Y_val, rng):
    """Weights and biases as a network has them: the largest of 1197 hidden units decides."""
    layers = [(X_train.copy(), -(X_train**2).sum(axis=1) / 2), (Y_train.T.copy(), np.zeros(10))]

    def classify(X):
        (W1, b1), (W2, b2) = layers
        z = X @ W1.T + b1
        return (np.exp(1e3 * (z - z.max(axis=1, keepdims=True))) @ W2.T + b2).argmax(axis=1)

    return classify


def three_neighbours(X_train, Y_train, X_val, Y_val, rng):
    X, Y = np.concatenate([X_train, X_val]), np.concatenate([Y_train, Y_val])
    return lambda Q: (
        Y[((X**2).sum(axis=1) - 2 * Q @ X.T).argsort(axis=1)[:, :3]] * np.array([1.5, 1, 1])[:, None]
    ).sum(axis=1).argmax(axis=1)  # fmt: skip


def by_angle(X_train, Y_train, X_val, Y_val, rng):
    table = X_train / np.linalg.norm(X_train, axis=1, keepdims=True)
    return lambda X: Y_train[(X @ table.T).argmax(axis=1)].argmax(axis=1)


def in_main_directions(X_train, Y_train, X_val, Y_val, rng):
    mean = X_train.mean(axis=0)
    directions = np.linalg.svd(X_train - mean, full_matrices=False)[2][:25].T
    table, labels = (X_train - mean) @ directions, Y_train.argmax(axis=1)
    return lambda X: labels[nearest(table, (X - mean) @ directions)]


def weighted_by_distance(X_train, Y_train, X_val, Y_val, rng):
    def classify(X):
        distances = (X**2).sum(axis=1)[:, None] + (X_train**2).sum(axis=1) - 2 * X @ X_train.T
        return (np.exp(-distances / 0.18) @ Y_train).argmax(axis=1)

    return classify


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED])
@pytest.mark.parametrize(
    "answer", [transposed_table, centred_table, network_made_of_the_digits, three_neighbours, by_angle]
)
def test_nearest_neighbours_earn_nothing_however_they_are_computed(answer, seed):
    result = judged(answer, seed)
    assert result.score == 0
    assert "compares new digits with the training digits" in result.requirements[0].message


@pytest.mark.parametrize("answer", [in_main_directions, weighted_by_distance])
def test_what_is_much_like_nearest_neighbours_is_to_be_looked_at(answer):
    result = judged(answer)
    assert any("nearest neighbours" in remark for remark in result.remarks)
    assert "nearest neighbours" in as_text(result)
    assert "nearest neighbours" in as_html(result)


# --- other libraries -------------------------------------------------------------------------------------------------


def hired_classifier(X_train, Y_train, X_val, Y_val, rng):
    model = MLPClassifier((50,), max_iter=5, random_state=0).fit(X_train, Y_train.argmax(axis=1))
    return lambda X: model.predict(X)


def classifier_by_helper(X_train, Y_train, X_val, Y_val, rng):
    return hired_classifier(X_train, Y_train, X_val, Y_val, rng)


def hidden_import(X_train, Y_train, X_val, Y_val, rng):
    module = __import__("sk" + "learn.neighbors", fromlist=["KNeighborsClassifier"])
    model = module.KNeighborsClassifier(1).fit(X_train, Y_train.argmax(axis=1))
    return model.predict


def unseen_classifier(X_train, Y_train, X_val, Y_val, rng):
    model = MLPClassifier((40,), random_state=0).fit(X_train, Y_train.argmax(axis=1))

    def classify(X):
        sys.setprofile(None)
        return model.predict(X)

    return classify


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize("answer", [hired_classifier, classifier_by_helper, hidden_import])
def test_a_library_gets_nothing_and_hears_why(answer, judge):
    result = judge(named(answer, "capstone"))
    assert result.score == 0
    assert result.mistakes == ("foreign-library",)
    assert "sklearn computes the labels" in result.requirements[0].message


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_library_that_cannot_be_seen_at_work_is_to_be_looked_at():
    assert any("uses sklearn" in remark for remark in judged(unseen_classifier).remarks)


def measured_by_a_library(X_train, Y_train, X_val, Y_val, rng):
    from sklearn.metrics import accuracy_score

    classify = own_network(X_train, Y_train, X_val, Y_val, rng)
    assert accuracy_score(Y_val.argmax(axis=1), classify(X_val)) <= 1
    return classify


def test_a_library_that_does_not_compute_the_labels_costs_nothing():
    result = judged(measured_by_a_library)
    assert result.score >= 6
    assert any("uses sklearn" in remark for remark in result.remarks)


# --- networks --------------------------------------------------------------------------------------------------------


def with_shifted_copies(X_train, Y_train, X_val, Y_val, rng):
    X, Y = augment(X_train, Y_train, 2, rng, change=random_shift)
    layers, _ = train(
        scaled_init([64, 100, 10], rng), X, Y, 0.3, 40, 10, rng, output="softmax", cost="multinomial cross-entropy",
        measure=False,
    )  # fmt: skip
    return lambda X: predict(layers, X, output="softmax").argmax(axis=1)


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED, 5])
def test_a_plain_network_earns_by_its_accuracy_and_nobody_need_look(seed):
    result = judged(own_network, seed)
    assert result.score >= 6
    assert result.remarks == ()
    assert all("of the unseen digits" in verdict.message for verdict in result.requirements if not verdict.met)


def test_an_accuracy_that_falls_short_says_how_many_digits_are_missing_and_on_which_draws():
    def small_network(X_train, Y_train, X_val, Y_val, rng):
        start = scaled_init([64, 6, 10], rng)
        layers, _ = train(
            start, X_train, Y_train, 0.7, 60, 10, rng, output="softmax", cost="multinomial cross-entropy", measure=False
        )
        return lambda X: predict(layers, X, output="softmax").argmax(axis=1)

    last = judged(small_network).requirements[-1]
    mean, *draws, missing, digits = re.match(
        r"(0\.\d+) of the unseen .* \((0\.\d+), (0\.\d+), (0\.\d+)\): (\d+) more of ([\d,]+)", last.message
    ).groups()
    assert float(mean) == pytest.approx(np.mean([float(draw) for draw in draws]), abs=1e-3)
    digits = int(digits.replace(",", ""))
    assert digits == 400 * DRAWS
    assert (float(mean) * digits + int(missing)) / digits == pytest.approx(0.965, abs=2e-3)


def test_shifted_copies_are_still_copies_of_digits():
    result = judged(with_shifted_copies)
    assert result.score >= 2
    assert result.remarks == ()


def test_every_check_draws_new_digits_and_trains_on_four_sets():
    seen = []

    def kept(X_train, Y_train, X_val, Y_val, rng):
        seen.append((X_train, Y_train))
        return own_network(X_train, Y_train, X_val, Y_val, rng)

    # All that a student reads: the verdicts, and what the naming of mistakes adds to them.
    for judge in (check, check, grade):
        assert "capstone" in str(judge(named(kept, "capstone")))
    assert len(seen) == 3 * (DRAWS + 1)
    assert len({X.tobytes() for X, _ in seen}) == len(seen)


def test_a_hopeless_network_is_trained_once():
    runs = []

    def answer(*args):
        runs.append(1)
        return lambda X: np.arange(len(X)) % 10

    assert check(named(answer, "capstone")).score == 0
    assert len(runs) == 1


def test_what_classify_does_wrong_is_told():
    def prints_and_raises(*args):
        def classify(X):
            print("noise")
            raise ZeroDivisionError("division by zero")

        return classify

    result = check(named(prints_and_raises, "capstone"))
    assert result.score == 0
    assert "ZeroDivisionError" in result.requirements[0].message


class Elsewhere(StandIn):
    """A function in another process, as far as a check can tell."""

    def __init__(self, function, name, used=()):
        self.function, self.__name__, self.used, self.told = function, name, used, []

    def __call__(self, *args):
        value = self.function(*args)
        return Elsewhere(value, "classify", self.used) if callable(value) else value

    def __array__(self):
        raise TypeError("a function can be called, and nothing else")

    def names_used(self):
        return set(self.used)

    def remark(self, sentences):
        self.told += sentences


def test_a_function_in_another_process_is_graded_as_well():
    assert judged_elsewhere(Elsewhere(own_network, "capstone")).score >= 6
    result = judged_elsewhere(Elsewhere(own_network, "capstone", {"sklearn.svm.SVC.fit"}))
    assert "sklearn computes the labels" in result.requirements[0].message


def test_who_holds_the_function_is_told_what_to_look_at():
    function = Elsewhere(in_main_directions, "capstone")
    result = judged_elsewhere(function)
    assert function.told == list(result.remarks) != []


def judged_elsewhere(function):
    return examine(function, PUBLIC_SEED)


# --- the digits ------------------------------------------------------------------------------------------------------


def drawn_again(X_train, Y_train, X_val, Y_val, rng):
    """Repeats the draw with the generator that was passed, and looks every digit up in it."""
    redrawn, made = drawn.__wrapped__, np.random.default_rng
    numbers = copy.deepcopy(rng)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.random, "default_rng", lambda *key: numbers if key == ("passed",) else made(*key))
        X_test, labels = redrawn("passed").test

    def classify(X):
        # Nothing is answered but what was drawn, so that no other sign gives it away.
        found = nearest(X_test, X)
        return np.where(np.abs(X_test[found] - X).max(axis=1) < 1e-9, labels[found], np.arange(len(X)) % 10)

    return classify


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED])
def test_the_generator_does_not_tell_how_the_digits_were_drawn(seed):
    assert judged(drawn_again, seed).score == 0.0


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED, 1, 2])
def test_digits_of_a_draw_are_new_to_everybody(seed):
    X_train, Y_train, X_val, Y_val, _ = EXERCISES["capstone"].probes(np.random.default_rng([seed, 0]))[0]
    draw = drawn(draw_keys(np.random.default_rng([seed, 0]))[0])
    (X_test, labels_test), (upright, names) = draw.test, draw.upright
    assert (X_train.shape, Y_train.shape, X_val.shape, Y_val.shape) == ((1197, 64), (1197, 10), (200, 64), (200, 10))
    assert (Y_train.argmax(axis=1) == draw.train[1]).all()
    assert len(X_test) == 400
    assert not (labels_test == names).any()
    assert np.abs(X_test - upright).mean() > 0.05
    # Nearer to one another, under the new labels, than to what is known.
    distances = [((X_test - table[nearest(table, X_test)]) ** 2).sum(axis=1).mean() for table in (X_train, KNOWN)]
    assert distances[0] < distances[1]
    seen = {image.tobytes() for image in np.concatenate([X_train, X_val, KNOWN])}
    assert not any(image.tobytes() in seen for image in X_test)


def test_the_training_set_of_two_digits_a_class_has_the_usual_sizes():
    draw = drawn(3, 0.0)
    assert (len(draw.few[0]), len(draw.few_val[0])) == (1197, 200)
    # Copies of one digit differ by noise only, and are far from those of another.
    distances = ((draw.few[0][:, None] - draw.few[0][:60]) ** 2).sum(axis=2) < 1.5
    assert len({row.tobytes() for row in distances}) <= 30
    assert {int(label) for label in draw.few[1]} == set(range(10))
