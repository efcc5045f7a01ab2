"""Requirements and facts of augment; an image's ink tells which original a copy comes from."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_05.shared import as_problem
from autograder.exercises.parts import close, problem_in, said, trouble
from nblib.data import one_hot


def shape_of(args):
    return args[4] if len(args) > 4 else (8, 8)


def inked_corner(row, shape):
    """Which quarter of an image holds most of its ink."""
    halves = np.array_split(np.reshape(row, shape), 2)
    return int(np.argmax([quarter.sum() for half in halves for quarter in np.array_split(half, 2, axis=1)]))


def origins_of(args, copies):
    """For each copy the number of the original that has its ink where the copy has it; −1 where there is none."""
    X, shape = args[0], shape_of(args)
    corners = [inked_corner(row, shape) for row in X]
    found = [inked_corner(row, shape) for row in copies]
    return [corners.index(corner) if corner in corners else -1 for corner in found]


def augmented(trial, args):
    """Return the answer as (X, Y); raise ValueError with the problem if it is no such pair."""
    X, Y, copies = args[:3]
    outcome = trial.call(args)
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    if not isinstance(outcome.value, (list, tuple)) or len(outcome.value) != 2:
        raise ValueError(said("the result must be a pair (X, Y): the images and their labels.", "pair"))
    try:
        new_X, new_Y = (np.asarray(part, dtype=float) for part in outcome.value)
    except (TypeError, ValueError):
        raise ValueError(said("X and Y must be arrays of numbers.", "arrays")) from None
    rows = len(X) * (1 + copies)
    if new_X.ndim != 2 or new_X.shape[1] != X.shape[1]:
        sentence = f"the images have shape {new_X.shape}, but each row should be one image."
        raise ValueError(said(sentence, "shape"))
    if new_Y.ndim != Y.ndim or new_Y.shape[1:] != Y.shape[1:]:
        sentence = f"the labels have shape {new_Y.shape}, but each should be like those in Y."
        raise ValueError(said(sentence, "shape"))
    if len(new_X) != rows or len(new_Y) != rows:
        sentence = (
            f"you returned {len(new_X)} images and {len(new_Y)} labels; for {len(X)} images and copies = {copies} "
            f"there should be {rows} of each."
        )
        raise ValueError(said(sentence, "count"))
    return new_X, new_Y


def labels_fit(args, new_X, new_Y):
    """Return the share of copies that have the label of the original they look like."""
    X, Y, *_ = args
    origins = origins_of(args, new_X[len(X) :])
    return np.mean([j >= 0 and np.array_equal(new_Y[len(X) + i], Y[j]) for i, j in enumerate(origins)])


def labels_counted(args, new_Y):
    Y, copies = args[1], args[2]
    return all(sum(np.array_equal(row, label) for row in new_Y) == 1 + copies for label in Y)


@as_problem
def right_labels(trial):
    for args in trial.probes:
        new_X, new_Y = augmented(trial, args)
        if not labels_counted(args, new_Y):
            return "some labels occur the wrong number of times: once for the original and once for each copy is right."
        share = labels_fit(args, new_X, new_Y)
        if share < 0.8:
            return f"only {share:.0%} of the copies have the label of the image they come from."
    return None


@as_problem
def originals_first(trial):
    for args in trial.probes:
        new_X, new_Y = augmented(trial, args)
        X, Y, *_ = args
        if not close(new_X[: len(X)], X):
            return "the first rows are not the original images."
        if not np.array_equal(new_Y[: len(X)], Y):
            return "the first labels are not those of the originals."
    return None


def changed_share(trial):
    """Return the share of copies that differ from all originals; a shift by 0 pixels happens now and then."""
    changed = []
    for args in trial.probes:
        X = args[0]
        copies = augmented(trial, args)[0][len(X) :]
        changed += [not np.isclose(X, row).all(axis=1).any() for row in copies]
    return np.mean(changed)


@as_problem
def changed_by_rng(trial):
    if changed_share(trial) < 0.25:
        return "the copies are identical to the originals."
    return same_rng_problem(trial)


def same_rng_problem(trial):
    X, Y, copies, *_ = trial.probes[0]
    one, again, other = (augmented(trial, (X, Y, copies, np.random.default_rng(seed)))[0] for seed in (5, 5, 6))
    if not close(one, again):
        return "the same rng in the same state gave different copies: draw from the rng that is passed in."
    if close(one, other):
        return "two different rngs gave the same copies: the rng that is passed in isn't used."
    return None


@as_problem
def one_hot_labels(trial):
    X, labels, copies, rng = trial.probes[0]
    args = (X, one_hot(labels, 10), copies, rng)
    new_X, new_Y = augmented(trial, args)
    return None if labels_fit(args, new_X, new_Y) >= 0.8 else "one-hot rows don't stay with their images."


def rows_told(outcome, X):
    """Return how many rows each part has, and whether the originals come first."""
    if outcome.failure or not isinstance(outcome.value, (list, tuple)):
        return None
    try:
        parts = [np.asarray(part, dtype=float) for part in outcome.value[:2]]
    except (TypeError, ValueError):  # no arrays of numbers
        return None
    first = parts[0][: len(X)] if parts and parts[0].ndim else np.zeros(0)
    return [np.shape(part) for part in parts], first.shape == X.shape and close(first, X)


def augment_facts(trial):
    args = trial.probes[0]
    X, Y, *_ = args
    try:
        new_X, new_Y = augmented(trial, args)
    except ValueError as error:
        return {"form": problem_in(error).label, "rows": rows_told(trial.outcomes[0], X)}
    facts = {}
    facts["X first"], facts["Y first"] = close(new_X[: len(X)], X), np.array_equal(new_Y[: len(X)], Y)
    facts["X last"] = close(new_X[-len(X) :], X)
    facts["X among"] = all(np.isclose(new_X, row).all(axis=1).any() for row in X)
    facts["labels"] = labels_counted(args, new_Y)
    try:
        facts["changed"] = changed_share(trial) >= 0.25
    except ValueError as error:
        facts["changed"] = problem_in(error).label
    facts["rng"] = as_problem(same_rng_problem)(trial)
    fits = labels_fit(args, new_X, new_Y)
    facts["fits"] = "all" if fits >= 0.8 else "some"
    if fits < 0.8 or not facts["X first"]:
        # Whether the images, or the labels, of one original stand side by side.
        facts["images in blocks"] = in_blocks(origins_of(args, new_X[len(X) :]))
        facts["labels in blocks"] = in_blocks(new_Y[len(X) :].tolist())
    return facts


def in_blocks(values):
    return sum(one == other for one, other in pairwise(values)) > len(values) // 2
