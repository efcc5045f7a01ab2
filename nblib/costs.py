"""Costs of a batch, and their derivatives with respect to the activations of the output layer."""

import numpy as np

from nblib.activations import as_float
from nblib.network import ShapeError


def _same_shape(activations, targets):
    activations, targets = as_float(activations), as_float(targets)
    if activations.shape != targets.shape:
        raise ShapeError(
            f"The activations have shape {activations.shape} and the targets {targets.shape}: give one target for "
            "each activation (one row an example, labels one-hot)."
        )
    return activations, targets


def mean_square(activations, targets):
    """The lecture's cost, (1/n) Σ‖y − a‖².

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    float
        The mean over the n examples; the squares of one example's outputs are summed.

    Raises
    ------
    ShapeError
        If the two shapes differ.

    Notes
    -----
    Source: lecture, "Learning the parameters".
    """
    activations, targets = _same_shape(activations, targets)
    return float(np.sum((targets - activations) ** 2, axis=-1).mean())


def mean_square_prime(activations, targets):
    """∂C/∂a of each example for :func:`mean_square`: 2 (a − y), without the 1/n.

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    numpy.ndarray
        Of the activations' shape.

    Raises
    ------
    ShapeError
        If the two shapes differ.

    Notes
    -----
    Source: lecture, "Applying the chain rule", base case.
    """
    activations, targets = _same_shape(activations, targets)
    return 2 * (activations - targets)


COSTS = {"lecture": mean_square}
COST_DERIVATIVES = {"lecture": mean_square_prime}
