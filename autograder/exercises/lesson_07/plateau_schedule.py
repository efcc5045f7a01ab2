"""A learning rate that falls on a plateau."""

import numpy as np

from autograder.exercises.lesson_07.shared import accuracy_curve
from autograder.exercises.parts import Exercise, cases, ordinal, unchanged, values


def plateau_schedule(accuracies, eta, patience, factor):
    etas, best, waited = [], -np.inf, 0
    for accuracy in accuracies:
        etas.append(eta)
        if accuracy > best:
            best, waited = accuracy, 0
        else:
            waited += 1
        if waited >= patience:
            eta, waited = eta / factor, 0
    return etas


def _plateau_probes(rng):
    found = []
    for patience, factor, epochs in [(2, 2.0, 24), (3, 10.0, 31), (2, 5.0, 17), (4, 2.0, 40)]:
        found.append((accuracy_curve(rng, epochs), float(rng.uniform(0.1, 0.9)), patience, factor))
    # No improvement at all after the first epoch: the drops come one after the other.
    flat = [0.9] + [0.9 - 0.01 * float(k) for k in rng.integers(0, 4, size=13)]
    found.append((flat, 0.5, 3, 2.0))
    # Lower and lower, then up again, but never to the best of the beginning.
    found.append(([0.7, 0.8, 0.6, 0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.75], float(rng.uniform(1, 3)), 3, 4.0))
    # After the first drop lower still: only whoever forgets the best altogether sees an improvement here.
    found.append(([0.7, 0.8, 0.6, 0.65, 0.7, 0.66, 0.68, 0.69, 0.6, 0.6, 0.6], 0.6, 3, 3.0))
    return found


def _history_schedule(accuracies, eta, patience, factor):
    """Look back each time whether the last ``patience`` epochs have beaten everything before them."""
    etas, since = [], 0
    for epoch in range(len(accuracies)):
        etas.append(eta)
        recent = accuracies[epoch + 1 - patience : epoch + 1]
        if epoch + 1 - since >= patience and epoch + 1 - patience > 0:
            before = max(accuracies[: epoch + 1 - patience])
            if max(recent) <= before:
                eta, since = eta / factor, epoch + 1
    return etas


def _array_schedule(accuracies, eta, patience, factor):
    drops, best, waited, exponents = 0, None, 0, []
    for accuracy in accuracies:
        exponents.append(drops)
        if best is None or accuracy > best:
            best, waited = accuracy, 0
            continue
        waited += 1
        if waited % patience == 0:
            drops += 1
    return eta * np.power(1 / factor, np.array(exponents, dtype=float))


def _generator_schedule(accuracies, eta, patience, factor):
    best, left = float("-inf"), patience
    for accuracy in accuracies:
        yield eta
        left = patience if accuracy > best else left - 1
        best = max(best, accuracy)
        if not left:
            eta, left = eta / factor, patience


EXERCISE = Exercise(
    points=2,
    equation="after `patience` epochs in a row without a strictly better accuracy: η ← η / factor from the next epoch "
    "on",
    probes=_plateau_probes,
    requirements=[
        values(1.25),
        cases("one epoch of patience", 0.25, lambda rng: [(accuracy_curve(rng, 12), 0.5, 1, 2.0)]),
        cases("no epochs, and one", 0.25, lambda rng: [([], 0.5, 2, 2.0), ([0.4], 0.5, 1, 10.0)]),
        unchanged(0.25),
    ],
    part_name=lambda path: f"η of the {ordinal(path[0])} epoch" if path else "the schedule",
    variants=[_history_schedule, _array_schedule, _generator_schedule],
)
