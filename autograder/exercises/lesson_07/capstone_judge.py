"""What the capstone's answer is worth: its accuracy on new digits, unless it borrows or looks up."""

from functools import lru_cache

import numpy as np

from autograder.calls import is_function
from autograder.exercises.lesson_07.capstone_digits import unseen_digits
from autograder.exercises.parts import Requirement, trouble
from autograder.inspection import modules_entered, names_used, rows_reordered

THRESHOLDS = (0.90, 0.94, 0.96, 0.97)


LIBRARIES = {
    "sklearn", "torch", "torchvision", "tensorflow", "keras", "jax", "jaxlib", "flax", "xgboost", "lightgbm",
    "catboost", "mxnet", "paddle", "theano", "fastai", "lightning", "pytorch_lightning", "skorch", "autograd",
    "tinygrad", "statsmodels",
}  # fmt: skip


DIGITS = {"nblib.data.load_digits", "nblib.data.digits", "nblib.data.load_mnist"}


def borrowed(names):
    """The first name of another library's, and of a source of known digits, among the names that code uses."""
    library = next((name for name in sorted(names) if name.split(".")[0] in LIBRARIES), None)
    known = next((name for name in sorted(names) if name in DIGITS or name.endswith("digits.npz")), None)
    return library, known


class Finding(Exception):
    """What is wrong with an answer to the capstone: its kind, and the sentence that says so."""

    def __init__(self, kind, sentence):
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


def refuse_borrowed(names):
    library, known = borrowed(names)
    if library:
        raise Finding("library", f"it uses {library.split('.')[0]}: the network and its training have to be your own.")
    if known:
        raise Finding("known digits", f"it uses {known}: only the digits that are passed in may be looked at.")


def returned_predict(trial):
    """The function that the capstone returned; a Finding where it returned anything else."""
    outcome = trial.outcomes[0]
    refuse_borrowed(names_used(trial.function))
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise Finding("trouble", problem)
    refuse_borrowed(outcome.imported)
    value = outcome.value
    if not (callable(value) and not isinstance(value, type)):
        numbers = isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.ndim == 0)
        if numbers:
            raise Finding("a number", "it returned a number; a function predict(X) is expected, without calling it.")
        if isinstance(value, np.ndarray):
            raise Finding("an array", "it returned an array; a function predict(X) is expected, without calling it.")
        if isinstance(value, (list, tuple)):
            if any(map(is_function, value)):
                raise Finding("several", "it returned more than predict: the function alone is expected.")
            raise Finding("a list", "it returned a list; a function predict(X) that uses the layers is expected.")
        raise Finding("an object", f"it returned a {type(value).__name__}; a function predict(X) is expected.")
    refuse_borrowed(names_used(value))
    return value


def labels_of(trial, predict_labels, X):
    """What predict says about images, as whole numbers; a Finding where it says anything else."""
    outcome = trial.call_returned(lambda images: modules_entered(predict_labels, (images,)), (X,))
    if outcome.failure:
        raise Finding("predict raises", f"the predict that it returned raised {outcome.failure} for new digits.")
    value, modules = outcome.value
    refuse_borrowed(set(outcome.imported) | modules | names_used(predict_labels))
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise Finding("no labels", "predict has to return an array of labels, one whole number a digit.")
    if array.shape == (len(X), 10):
        raise Finding("ten numbers", "predict returned ten numbers a digit; the label is one, the number of the class.")
    if array.shape == (10,):
        raise Finding("one a class", "predict returned one number a class; one a digit is expected.")
    if array.size != len(X):
        raise Finding("count", f"predict returned {array.size} labels for {len(X)} digits.")
    if not np.array_equal(array, np.round(array)):
        raise Finding("no whole numbers", "predict returned numbers that are not whole; labels are 0 to 9.")
    return np.ravel(array).astype(int)


def share_of(one, other):
    return float(np.mean(one == other))


def leans_on(trial, predict_labels, X_train, X_test, predicted):
    """Whether the answers depend on where in predict's memory which training digit lies: a network's do not.

    A mean of the training digits, say, is the same in every order; the label of the nearest one is not.
    """
    with rows_reordered(predict_labels, X_train, trial.rng(3)) as held:
        return held and share_of(labels_of(trial, predict_labels, X_test), predicted) < 0.5


def renamed_share(predicted, labels):
    """Accuracy if every class of the answer were given the name that fits best; 0 where two want the same."""
    fitting = {name: np.bincount(labels[predicted == name]).argmax() for name in np.unique(predicted)}
    if len(set(fitting.values())) < 10:
        return 0.0
    return share_of(np.array([fitting[name] for name in predicted]), labels)


def judge_network(trial):
    (X_train, labels_train), (X_val, labels_val), (X_test, labels_test), upright, names = unseen_digits(trial)
    predict_labels = returned_predict(trial)
    predicted = labels_of(trial, predict_labels, X_test)
    if len(np.unique(predicted)) == 1:
        raise Finding("constant", "predict gave the same label for every digit.")
    if share_of(labels_of(trial, predict_labels, upright), names) > 0.5:
        raise Finding(
            "known labels",
            "predict knows digits by the names they have elsewhere, not by those that Y_train gives them: it looks "
            "them up.",
        )
    if leans_on(trial, predict_labels, X_train, X_test, predicted):
        raise Finding(
            "training digits",
            "predict compares new digits with the training digits, which it keeps: that looks up, and no network has "
            "learned.",
        )
    accuracy = share_of(predicted, labels_test)
    on_train = share_of(labels_of(trial, predict_labels, X_train), labels_train)
    on_val = share_of(labels_of(trial, predict_labels, X_val), labels_val)
    if accuracy < THRESHOLDS[0] and renamed_share(predicted, labels_test) >= THRESHOLDS[0]:
        kind = "renamed"
    elif on_train < 0.3:
        kind = "chance"
    elif on_val > on_train + 0.04:
        kind = "validation"
    elif accuracy >= THRESHOLDS[-1]:
        kind = "trained"
    else:
        kind = "gap" if on_train >= 0.975 else "unfinished"
    return kind, accuracy, on_train


@lru_cache(maxsize=32)
def finding_of(trial):
    """(kind, sentence or None, accuracy on new digits, accuracy on the training digits) of an answer."""
    try:
        kind, accuracy, on_train = judge_network(trial)
    except Finding as finding:
        return finding.kind, finding.sentence, 0.0, 0.0
    return kind, None, accuracy, on_train


def reaches(threshold):
    def test(trial):
        _, sentence, accuracy, on_train = finding_of(trial)
        if sentence:
            return sentence if threshold == THRESHOLDS[0] else "for the same reason."
        if accuracy < threshold:
            return (
                f"{accuracy:.3f} of the digits it has not seen were read rightly ({on_train:.3f} of those it was given "
                "for training)."
            )
        return None

    return Requirement(f"accuracy {threshold:.2f}", 2, test)
