"""Initial weights and biases, and ways to judge them."""

from itertools import pairwise

import numpy as np

from nblib.activations import as_float, logistic_prime
from nblib.network import forward


def _gaussian(sizes, rng, std):
    """Return layers with biases 0 and weights of mean 0 and standard deviation std(n_in, n_out)."""
    return [(rng.normal(0, std(n_in, n_out), (n_out, n_in)), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]


def normal_init(sizes, rng):
    """Weights and biases from N(0, 1).

    Source: slides, "The Problem with Initialization".

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.
    """
    return [(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)) for n_in, n_out in pairwise(sizes)]


def scaled_init(sizes, rng):
    """Biases 0, and weights from a normal distribution with mean 0 and standard deviation 1/√n_in.

    Source: slides, "A Better Weight Initialization I".

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: 1 / np.sqrt(n_in))


def xavier_init(sizes, rng):
    """Biases 0, and weights with standard deviation √(2 / (n_in + n_out)); made for tanh.

    Beyond the slides: X. Glorot and Y. Bengio, AISTATS 2010.

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)))


def he_init(sizes, rng):
    """Biases 0, and weights with standard deviation √(2 / n_in); made for ReLU, which lets half of its inputs through.

    Beyond the slides: K. He, X. Zhang, S. Ren and J. Sun, ICCV 2015.

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: np.sqrt(2 / n_in))


def weighted_input_std(n_active, weight_std, bias_std):
    """Predicted standard deviation of z when n_active inputs are 1 and the others 0: √(n σ_w² + σ_b²).

    Source: slides, "The Problem with Initialization", where all inputs are on and the bias is left out.

    Parameters
    ----------
    n_active : int
        Inputs that are on.
    weight_std, bias_std : float
        Standard deviations of the weights and of the bias.

    Returns
    -------
    float
    """
    return float(np.sqrt(n_active * weight_std**2 + bias_std**2))


def saturated_fraction(z, tol=0.01):
    """Share of the weighted inputs at which the logistic function is flat, σ′(z) < tol.

    Source: slides, "The Problem with Initialization".

    Parameters
    ----------
    z : array_like
        Weighted inputs (not activations) of any shape.
    tol : float
        The slope below which a neuron counts as saturated.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return float(np.mean(logistic_prime(z) < tol))


def layer_stds(layers, X):
    """Standard deviation of z in each layer, over all examples and units.

    Source: slides, "A Better Weight Initialization I" and "II".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L logistic layers.
    X : array_like, shape (n, m_0)
        One example per row.

    Returns
    -------
    numpy.ndarray, shape (L,)
        Layer 1 first.

    Raises
    ------
    ShapeError
        If the layers do not follow one another, or X does not fit layer 1.
    """
    return np.array([z.std() for z in forward(layers, X)[0]])


def units_identical(W):
    """Whether all units of a layer have the same weights, as they do forever after a symmetric start.

    For lesson 6, beside the slides' "The Problem with Initialization".

    Parameters
    ----------
    W : array_like, shape (m, m_prev)
        Weights of the layer, one neuron per row.

    Returns
    -------
    bool
    """
    W = as_float(W)
    return bool(np.allclose(W, W[0]))
