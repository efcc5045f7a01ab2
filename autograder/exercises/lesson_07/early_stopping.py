"""The epoch to stop at, and the best one."""

import numpy as np

from autograder.exercises.lesson_07.shared import accuracy_curve
from autograder.exercises.parts import Exercise, cases, unchanged, values


def early_stopping(accuracies, patience):
    best = 0
    for epoch, accuracy in enumerate(accuracies):
        if accuracy > accuracies[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best


def _stopping_probes(rng):
    found = []
    for patience in (2, 3, 5, 4):
        found.append((accuracy_curve(rng, int(rng.integers(20, 30))), patience))
    up = [float(a) for a in np.sort(rng.random(8))]
    found.append((up, 3))
    # The best, equalled later; then long nothing; then, too late, something better.
    found.append(([0.5, 0.8, 0.7, 0.8, 0.75, 0.7, 0.72, 0.9], 4))
    found.append(([0.5, 0.7, 0.65, 0.6, 0.72, 0.7, 0.71, 0.715, 0.6, 0.95], 3))
    # The best of all comes early, and much is left after the stop.
    found.append(([0.4, 0.9, 0.8, 0.85, 0.7, 0.75, 0.8, 0.6], 3))
    # It ends before patience does.
    found.append(([0.3, 0.6, float(rng.uniform(0.3, 0.5)), 0.55], 4))
    return found


def _numpy_stopping(accuracies, patience):
    running = np.maximum.accumulate(accuracies)
    best = np.array([int(np.argmax(np.asarray(accuracies) == value)) for value in running])
    late = np.flatnonzero(np.arange(len(best)) - best >= patience)
    stop = int(late[0]) if late.size else len(best) - 1
    return np.array([stop, best[stop]])


def _recounting_stopping(accuracies, patience):
    for stop in range(len(accuracies)):
        seen = list(accuracies[: stop + 1])
        if stop - seen.index(max(seen)) >= patience:
            return [stop, seen.index(max(seen))]
    return [stop, seen.index(max(seen))]


def _waiting_stopping(accuracies, patience):
    best, best_epoch, waited = float("-inf"), 0, 0
    for epoch, accuracy in enumerate(accuracies):
        waited += 1
        if accuracy > best:
            best, best_epoch, waited = accuracy, epoch, 0
        if waited >= patience:
            return epoch, best_epoch
    return len(accuracies) - 1, best_epoch


EXERCISE = Exercise(
    points=2,
    equation="best: the first epoch of the highest accuracy so far; stop: the first epoch with epoch − best ≥ "
    "patience, otherwise the last",
    probes=_stopping_probes,
    requirements=[
        values(1.25),
        cases("one epoch only, and one of patience", 0.25, lambda rng: [([0.3], 2), (accuracy_curve(rng, 9), 1)]),
        cases("the last epoch if patience never runs out", 0.25, lambda rng: [(accuracy_curve(rng, 15), 40)]),
        unchanged(0.25),
    ],
    part_name=lambda path: ("stop_epoch", "best_epoch")[path[0]] if path and path[0] < 2 else "the result",
    variants=[_numpy_stopping, _recounting_stopping, _waiting_stopping],
)
