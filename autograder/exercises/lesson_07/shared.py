"""Probes and helpers that several exercises of lesson 7 share."""

import numpy as np


def accuracy_curve(rng, epochs):
    """Draw a curve that rises, stalls, ties with its best, and rises again after long waits, in steps of 1/200."""
    levels, found = np.cumsum(rng.integers(2, 6, size=epochs)), []
    while len(found) < epochs:
        best = levels[len(found)]
        found.append(best)
        # A wait: below the best, now and then equal to it, and rising without reaching it.
        for position in range(int(rng.integers(1, 6))):
            found.append(best - int(rng.integers(0, 3)) * (position % 3 != 2))
    return [float(0.5 + value / 200) for value in found[:epochs]]
