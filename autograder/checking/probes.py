"""Arguments to try a student's function on: networks and passes in which no special case hides a mistake.

All widths differ, biases are not 0, batches have at least two examples and are as large as no layer is wide, and every
z and a come from a real forward pass.
"""

from itertools import pairwise

import numpy as np

from nblib.network import forward


def sizes(rng, count, low=2, high=8):
    """Draw widths that all differ.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    count : int
        How many layers, including the input.
    low, high : int
        Both are possible widths.

    Returns
    -------
    list of int
    """
    return [int(width) for width in rng.permutation(np.arange(low, high + 1))[:count]]


def network(rng, widths):
    """Draw layers with biases that are not 0.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    widths : list of int
        m_0 … m_L.

    Returns
    -------
    list of (weights, bias)
    """
    return [(rng.normal(size=(m, m_prev)), rng.normal(size=m) + 0.5) for m_prev, m in pairwise(widths)]


def example(rng, widths):
    """Draw a network, one input and one target.

    Returns
    -------
    (layers, x, y)
    """
    return network(rng, widths), rng.normal(size=widths[0]), rng.random(widths[-1])


def batch(rng, widths, n):
    """Draw a network and a batch of n examples.

    Returns
    -------
    (layers, X, Y)
    """
    return network(rng, widths), rng.normal(size=(n, widths[0])), rng.random((n, widths[-1]))


def passed(rng, widths):
    """Draw a network and send one example through it.

    Returns
    -------
    (layers, zs, activations, y)
    """
    layers, x, y = example(rng, widths)
    zs, activations = forward(layers, x)
    return layers, zs, activations, y
