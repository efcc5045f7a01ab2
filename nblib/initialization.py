"""Weights and biases to start from, and how a start can be judged."""

from itertools import pairwise

import numpy as np

from nblib.activations import as_float, logistic_prime
from nblib.network import forward


def _gaussian(sizes, rng, std):
    """Layers with weights from N(0, std(n_in, n_out)), the second argument a standard deviation, and biases 0."""
    return [(rng.normal(0, std(n_in, n_out), (n_out, n_in)), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]


def zeros_init(sizes):
    """All weights and biases 0: the start from which the units of a layer never become different.

    Parameters
    ----------
    sizes : list of int
        Widths m_0, m_1, …, m_L.

    Returns
    -------
    list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.

    Notes
    -----
    For lesson 6, beside the slides' "The Problem with Initialization".
    """
    return [(np.zeros((n_out, n_in)), np.zeros(n_out)) for n_in, n_out in pairwise(sizes)]


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
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.

    Notes
    -----
    Source: slides, "The Problem with Initialization".
    """
    return [(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)) for n_in, n_out in pairwise(sizes)]


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
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first, in float64.

    Notes
    -----
    Source: slides, "A Better Weight Initialization I".
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: 1 / np.sqrt(n_in))


def xavier_init(sizes, rng):
    """Weights from N(0, √(2 / (n_in + n_out))) and biases 0, made for tanh.

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

    Notes
    -----
    Beyond the slides: X. Glorot and Y. Bengio, AISTATS 2010.
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)))


def he_init(sizes, rng):
    """Weights from N(0, √(2 / n_in)) and biases 0, made for ReLU, which lets half of its inputs through.

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

    Notes
    -----
    Beyond the slides: K. He, X. Zhang, S. Ren and J. Sun, ICCV 2015.
    """
    return _gaussian(sizes, rng, lambda n_in, n_out: np.sqrt(2 / n_in))


def weighted_input_std(n_active, weight_std, bias_std):
    """Predicted standard deviation of z when n_active inputs are 1 and the others 0: √(n σ_w² + σ_b²).

    Parameters
    ----------
    n_active : int
        Inputs that are on.
    weight_std, bias_std : float
        Standard deviations of the weights and of the bias.

    Returns
    -------
    float

    Notes
    -----
    Source: slides, "The Problem with Initialization", which takes all inputs as on and leaves the bias out.
    """
    return float(np.sqrt(n_active * weight_std**2 + bias_std**2))


def saturated_fraction(z, tol=0.01):
    """Share of the weighted inputs at which the logistic function is flat, σ′(z) < tol.

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

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: slides, "The Problem with Initialization".
    """
    return float(np.mean(logistic_prime(z) < tol))


def layer_stds(layers, X):
    """Standard deviation of z in each layer, over all examples and units.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L logistic layers.
    X : array_like, shape (n, m_0)
        One example a row.

    Returns
    -------
    numpy.ndarray, shape (L,)
        Layer 1 first.

    Raises
    ------
    ShapeError
        If the layers do not follow one another, or X does not fit layer 1.
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: slides, "A Better Weight Initialization I" and "II".
    """
    return np.array([z.std() for z in forward(layers, X)[0]])


def units_identical(W):
    """Whether all units of a layer have the same weights, as they keep having after a symmetric start.

    Parameters
    ----------
    W : array_like, shape (m, m_prev)
        Weights of the layer, one unit a row.

    Returns
    -------
    bool

    Raises
    ------
    TypeError
        If W does not hold real numbers.

    Notes
    -----
    For lesson 6, beside the slides' "The Problem with Initialization".
    """
    W = as_float(W)
    return bool(np.allclose(W, W[0]))
