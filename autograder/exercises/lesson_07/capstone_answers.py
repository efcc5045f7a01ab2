"""What came back from a capstone: the function that it returned, and the labels which that gives."""

import numpy as np

from autograder.checking.call import StandIn, is_function
from autograder.checking.exception_words import exception_words
from autograder.checking.inspection import modules_entered
from autograder.checking.problem import Kind, Problem
from autograder.exercises.parts import trouble
from autograder.libraries import LIBRARIES

DIGITS = {"nblib.data.load_digits", "nblib.data.digits", "nblib.data.load_mnist"}


class Finding(Exception):
    """What is wrong with an answer to the capstone: its kind, and the problem or the sentence that says so."""

    def __init__(self, kind, problem):
        super().__init__(problem)
        self.kind, self.problem = kind, problem


def library_in(names):
    return next((name.split(".")[0] for name in sorted(names) if name.split(".")[0] in LIBRARIES), None)


def mentions(names):
    """Remarks on another library, or known digits, among the names that code uses: use is not yet misuse."""
    library, known = (
        library_in(names),
        next((n for n in sorted(names) if n in DIGITS or n.endswith("digits.npz")), None),
    )
    found = []
    if library:
        found.append(f"The code uses {library}: the network and its training must be your own.")
    if known:
        found.append(f"The code uses {known}: it may only use the digits that are passed in.")
    return found


def returned_function(trial, outcome):
    """The function that the capstone returned; a Finding where it returned anything else."""
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise Finding("trouble", problem)
    value = outcome.value
    if callable(value) and not isinstance(value, type):
        return value
    if isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        raise Finding("a number", "it returned a number; return the function classify(X) itself, without calling it.")
    if isinstance(value, np.ndarray):
        raise Finding("an array", "it returned an array; return the function classify(X) itself, without calling it.")
    if isinstance(value, (list, tuple)):
        if any(map(is_function, value)):
            raise Finding("several", "it returned more than classify: return only the function.")
        raise Finding("a list", "it returned a list instead of a function classify(X) that uses the layers.")
    raise Finding("an object", f"it returned a {type(value).__name__} instead of a function classify(X).")


def labels_of(trial, classify, X):
    """What classify says about images, as whole numbers; a Finding where it says anything else."""

    def entered(images):
        return modules_entered(classify, (images,))

    entered.__wrapped__ = classify  # whose code an exception is looked for in
    outcome = trial.call_returned(entered, (X,))
    if outcome.failure:
        said = f"the function that it returned raised {exception_words(outcome.failure)} for new digits."
        raise Finding("classify raises", Problem(Kind.SAID, sentence=said, failure=outcome.failure))
    value, modules = outcome.value
    library = library_in(modules | (classify.names_used() if isinstance(classify, StandIn) else set()))
    if library:
        raise Finding("library", f"{library} computes the labels: the network and its training must be your own.")
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise Finding("no labels", "classify must return an array of labels, one whole number per digit.")
    if array.shape == (len(X), 10):
        raise Finding(
            "ten numbers", "classify returned ten numbers per digit; it should return one, the number of the class."
        )
    if array.shape == (10,):
        raise Finding("one a class", "classify returned one number per class; it should return one per digit.")
    if array.size == 1:
        raise Finding(
            "one label", f"classify returned a single label for {len(X)} digits; it should return one per digit."
        )
    if array.size != len(X):
        raise Finding("count", f"classify returned {array.size} labels for {len(X)} digits.")
    if not np.array_equal(array, np.round(array)):
        raise Finding("no whole numbers", "classify returned numbers that aren't whole; the labels are 0 to 9.")
    return np.ravel(array).astype(int)
