"""What the capstone's answer is worth: its accuracy on new digits, unless it borrows or looks up.

Everything here is judged from outside, by what the returned function answers.  The digits are public, so each call of
check or grade makes new ones of them: all images of a draw go through one random map (a symmetry of the square, and a
small rotation, shear, stretch and shift), one random contrast and a little noise of their own, and the classes get
other numbers.  Shifted or distorted copies help with such digits as they do with the old ones.  Three things are
then seen:

* Names that the digits have elsewhere are wrong here, so a plain table of known digits earns nothing.
* A table that finds out the map and the new numbers is seen in one more draw, whose training set holds only two
  different digits of each class.  A learner reads about 75 % of new digits after that; a table reads nearly all.
* Nearest neighbours give themselves away on pictures between two digits, chosen where a smooth model answers
  differently: however they are computed, they answer as nearest neighbours do, and networks do not.

What cannot be told apart: nearest neighbours behind features of their own, kernel methods that smooth over many
training digits (a network of radial basis functions is one), a library that trains weights which are then used
without it, and a function that recognizes the pictures and draws that only test it.  Some of these are remarked on,
the others are left to the reader of the code.
"""

from typing import NamedTuple

import numpy as np

from autograder.checking.inspection import names_used
from autograder.checking.problem import Problem
from autograder.exercises.lesson_07.capstone_answers import Finding, labels_of, mentions, returned_function
from autograder.exercises.lesson_07.capstone_digits import arguments, draw_keys, drawn
from autograder.exercises.lesson_07.capstone_inputs import better_inputs
from autograder.exercises.lesson_07.capstone_layers import better_activation, held_layers, is_untrained
from autograder.exercises.lesson_07.capstone_neighbours import between_digits
from autograder.exercises.parts import Requirement

THRESHOLDS = (0.90, 0.94, 0.955, 0.965)

# A network that reads less than this on the first draw is not trained again: no threshold is within its reach.
HOPELESS = 0.85

# What a network reads at least of the few validation digits, if it was trained on them.  These are clearer than the
# training digits, so that a network that reads little reads more of them in any case.
LEARNED_BY_HEART = 0.97

# What a draw holds for testing.
TEST_DIGITS = 400

# Share of the pictures between two digits on which an answer is that of nearest neighbours: networks stay below 0.65.
LIKE_NEIGHBOURS = {"remark": 0.72, "verdict": 0.92}

# Share of new digits read after training on two digits of each class: networks stay below 0.88.
KNEW_BEFORE = {"remark": 0.92, "verdict": 0.97}


class Report(NamedTuple):
    """The verdict on an answer: its kind, the problem if it earns nothing, accuracies, and reasons to look at it."""

    kind: str
    problem: Problem | str | None
    accuracy: float
    on_train: float
    draws: tuple  # the accuracy on each
    remarks: list


def share_of(one, other):
    return float(np.mean(one == other))


def _renamed_share(predicted, labels):
    """Accuracy if every class of the answer were given the name that fits best; 0 where two want the same."""
    fitting = {name: np.bincount(labels[predicted == name]).argmax() for name in np.unique(predicted)}
    if len(set(fitting.values())) < 10:
        return 0.0
    return share_of(np.array([fitting[name] for name in predicted]), labels)


def _learned_from_few(trial, key):
    """Share of new digits that are read after training on two of each class; None where that did not work."""
    draw = drawn(key, 0.0)  # as easy to recognize as can be, since this is to show who knows the digits
    try:
        classify = returned_function(trial, trial.call(arguments(key, draw.few, draw.few_val)))
        return share_of(labels_of(trial, classify, draw.test[0]), draw.test[1])
    except Finding:
        return None


def _look_for_neighbours(trial, classify, key):
    pictures, memories = between_digits(key)
    answers = labels_of(trial, classify, pictures)
    share = max(share_of(answers, memory) for memory in memories)
    if share >= LIKE_NEIGHBOURS["verdict"]:
        raise Finding(
            "training digits",
            "classify compares new digits with the training digits, which it keeps: that's a lookup, and no network "
            "has learned.",
        )
    if share >= LIKE_NEIGHBOURS["remark"]:
        return [
            f"On pictures between two digits, {share:.0%} of the answers agree with nearest neighbours among the "
            "training digits. Networks rarely reach 65%."
        ]
    return []


def _look_for_recall(trial, key):
    share = _learned_from_few(trial, key)
    if share is None:
        return ["Training failed on a set with only two different digits of each class, but not on other sets."]
    if share >= KNEW_BEFORE["verdict"]:
        raise Finding(
            "known digits",
            f"it read {share:.3f} of new digits after seeing only two of each class. No network learns that much from "
            "so few: it knows these digits from elsewhere.",
        )
    if share >= KNEW_BEFORE["remark"]:
        return [
            f"After training on two digits of each class it read {share:.3f} of new ones. Networks rarely reach 0.88: "
            "does it know these digits from elsewhere?"
        ]
    return []


def _look_at_layers(trial, classify, draw):
    """Say of a network that reads too little if it was never trained, or with what it reads more."""
    layers, (X, labels) = held_layers(classify), draw.train
    if is_untrained(layers):
        raise Finding("not trained", "the layers that classify uses are those of the start: all their biases are 0.")
    answers = labels_of(trial, classify, X)
    activation = layers and better_activation(layers, X, labels, answers)
    inputs = better_inputs(lambda images: labels_of(trial, classify, images), X, labels)
    if activation and not (inputs and inputs[-1] > activation[-1]):
        used, best, share = activation
        raise Finding(
            "other activation",
            f"with hidden={used!r}, as classify has it, the layers read {share_of(answers, labels):.3f} of the "
            f"training digits; with hidden={best!r} they read {share:.3f}.",
        )
    if inputs:
        way, share = inputs
        raise Finding(
            "other inputs",
            f"classify reads {share_of(answers, labels):.3f} of the training digits as they are, but {share:.3f} if "
            f"{way}.",
        )


def _one_draw(trial, number, key, remarks):
    """Return accuracies on new, training and validation digits of one draw, and that with other names for classes."""
    draw = drawn(key)
    outcome = trial.outcomes[0] if number == 0 else trial.call(arguments(key, draw.train, draw.val))
    classify = returned_function(trial, outcome)
    X_test, labels_test = draw.test
    predicted = labels_of(trial, classify, X_test)
    if number == 0:
        remarks += mentions(names_used(trial.function) | names_used(classify) | set(outcome.imported))
        if share_of(predicted, labels_test) < THRESHOLDS[0]:
            _look_at_layers(trial, classify, draw)
        if len(np.unique(predicted)) == 1:
            raise Finding("constant", "classify gave the same label for every digit.")
        upright, names = draw.upright
        if share_of(labels_of(trial, classify, upright), names) > 0.5:
            raise Finding(
                "known labels",
                "classify gives digits the labels they have elsewhere, not those in Y_train: it looks them up.",
            )
        remarks += _look_for_neighbours(trial, classify, key)
    return (
        share_of(predicted, labels_test),
        *(share_of(labels_of(trial, classify, X), labels) for X, labels in (draw.train, draw.val)),
        _renamed_share(predicted, labels_test),
    )


def _judge(trial, remarks):
    *keys, one_more = draw_keys(trial.rng())
    found = []
    for number, key in enumerate(keys):
        found.append(_one_draw(trial, number, key, remarks))
        if found[0][0] < HOPELESS:
            break
    accuracy, on_train, on_val, renamed = (float(each) for each in np.mean(found, axis=0))
    if accuracy >= THRESHOLDS[0]:
        remarks += _look_for_recall(trial, one_more)
    if accuracy < THRESHOLDS[0] and renamed >= THRESHOLDS[0]:
        kind = "renamed"
    elif on_train < 0.3:
        kind = "chance"
    elif on_val > max(on_train + 0.04, LEARNED_BY_HEART):
        kind = "validation"
    elif accuracy >= THRESHOLDS[-1]:
        kind = "trained"
    else:
        kind = "gap" if on_train >= 0.975 else "unfinished"
    return Report(kind, None, accuracy, on_train, tuple(draw[0] for draw in found), remarks)


def report(trial):
    remarks = []
    try:
        return _judge(trial, remarks)
    except Finding as finding:
        return Report(finding.kind, finding.problem, 0.0, 0.0, (), remarks)


def _shortfall(judged, threshold):
    """Say how far an accuracy is from a threshold, in digits, and how the draws and the training digits compare."""
    digits = len(judged.draws) * TEST_DIGITS
    missing = int(np.ceil(threshold * digits - 1e-6)) - round(judged.accuracy * digits)
    if len(judged.draws) == 1:
        mean = f"{judged.accuracy:.3f} of the unseen digits of the first draw were read correctly"
    else:
        each = ", ".join(f"{accuracy:.3f}" for accuracy in judged.draws)
        mean = f"{judged.accuracy:.3f} of the unseen digits were read correctly on average ({each})"
    return f"{mean}: {missing} more of {digits:,} were needed. Of the training digits it was {judged.on_train:.3f}."


def reaches(threshold):
    def test(trial):
        judged = trial.once(report)
        if judged.problem:
            return judged.problem if threshold == THRESHOLDS[0] else "for the same reason."
        return _shortfall(judged, threshold) if judged.accuracy < threshold else None

    digits = 2 if round(threshold, 2) == threshold else 3
    return Requirement(f"accuracy {threshold:.{digits}f}", 2, test)
