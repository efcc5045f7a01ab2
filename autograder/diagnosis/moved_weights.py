"""Gradients whose δ went back through weights that a step had already moved."""

import numpy as np

from autograder.checking.compare import close, flat
from autograder.exercise import gradient_part


def _share(student, right, W, dW, slope_free):
    """Return by how much of dW the weights were moved before δ went back; None where that does not explain δ."""
    moved = dW.T @ slope_free
    straight = W.T @ slope_free
    with np.errstate(all="ignore"):
        slope = right / straight
    off, one = right - student, moved * slope
    if not np.any(one) or not np.isfinite(one).all():
        return None
    share = float(off @ one / (one @ one))
    return share if close(student, right - share * one) and abs(share) > 1e-6 else None


def moved_too_early(trial):
    """Say that the last layer is right, and δ below it came through weights that had already been moved.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    str or None
        None where that does not explain the biases' gradients one layer below the output.
    """
    if trial.exercise.part_name((0, 1)) != gradient_part((0, 1)):
        return None
    shares = []
    for (layers, x, *_), outcome, answers in zip(trial.probes, trial.outcomes, trial.expected, strict=True):
        if outcome.failure or len(answers) > 1 or not isinstance(layers, list) or np.ndim(x) != 1 or len(layers) < 2:
            continue
        numbers, right = flat(outcome.value), flat(answers[0])
        if numbers is None or numbers.size != right.size or not isinstance(outcome.value, (list, tuple)):
            return None
        last, below = outcome.value[-1], outcome.value[-2]
        (dW, delta), (_, right_below) = answers[0][-1], answers[0][-2]
        if not close(last[0], dW) or not close(last[1], delta):
            return None
        share = _share(np.ravel(below[1]), np.ravel(right_below), layers[-1][0], dW, np.ravel(delta))
        if share is None:
            return None
        shares.append(share)
    if len(shares) < 2 or not np.allclose(shares, shares[0], rtol=1e-4):
        return None
    return (
        "The output layer is right; below it δ went back through weights that had already been moved by a step "
        f"({shares[0]:.3g} times the gradient). Compute all gradients with the old weights, and step afterwards."
    )
