"""Weights and biases to start from."""

from itertools import pairwise

import numpy as np


def scaled_init(sizes, rng):
    """Weights from N(0, 1/√n_in), the second argument a standard deviation, and biases 0.

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)

    Notes
    -----
    Source: slides, "A Better Weight Initialization I".
    """
    return [(rng.normal(0, 1 / np.sqrt(n_in), (n_out, n_in)), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]


def normal_init(sizes, rng):
    """Weights and biases from N(0, 1).

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)

    Notes
    -----
    Source: slides, "The Problem with Initialization".
    """
    return [(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)) for n_in, n_out in pairwise(sizes)]
