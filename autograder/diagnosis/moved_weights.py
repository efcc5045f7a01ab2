"""Gradients whose δ went back through weights that a step had already moved."""

import numpy as np

from autograder.checking.compare import close, flat
from autograder.exercise import gradient_part

# The known mistake that sends δ back through ∂C/∂W: what it gives below the output is what such a step adds there.
THROUGH_GRADIENTS = "gradient-for-weights"


def _share(got, right, added):
    """Return how many times what is added was subtracted from the right numbers; None where that is not all."""
    if not got.size == right.size == added.size or not np.any(added) or not np.isfinite(added).all():
        return None
    share = float((right - got) @ added / (added @ added))
    return share if abs(share) > 1e-6 and close(got, right - share * added) else None


def moved_too_early(trial, catalogue):
    """Say that the last layer is right, and δ below it came through weights that had already been moved.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    str or None
        None where that does not explain the gradients one layer below the output.
    """
    through = next((known for known in catalogue if known.mistake.id == THROUGH_GRADIENTS), None)
    if through is None or trial.exercise.part_name((0, 1)) != gradient_part((0, 1)):
        return None
    shares = []
    for position, (outcome, answers) in enumerate(zip(trial.outcomes, trial.expected, strict=True)):
        right, added = answers[0], through.outcomes(position)[0]
        if outcome.failure or added.failure or not isinstance(outcome.value, (list, tuple)):
            return None
        if len(right) < 2:
            continue
        if len(outcome.value) != len(right) or flat(outcome.value) is None:
            return None
        if not close(flat(outcome.value[-1]), flat(right[-1])):
            return None
        shares.append(_share(flat(outcome.value[-2]), flat(right[-2]), flat(added.value[-2])))
    if len(shares) < 2 or None in shares or not np.allclose(shares, shares[0], rtol=1e-4):
        return None
    return (
        "The output layer is right; below it δ went back through weights that had already been moved by a step "
        f"({shares[0]:.3g} times the gradient). Compute all gradients with the old weights, and step afterwards."
    )
