"""Activation functions and their derivatives, both as functions of the weighted input z."""

import numpy as np


def as_float(z):
    """Return z as a floating-point array, in its own precision if it has one.

    Parameters
    ----------
    z : array_like
        Numbers of any shape.

    Returns
    -------
    numpy.ndarray
        float32 stays float32; integers, booleans and lists become float64.

    Raises
    ------
    TypeError
        If z does not hold real numbers.
    """
    try:
        array = np.asarray(z)
    except ValueError as error:
        raise TypeError("The rows have different lengths: an array of numbers needs rows of one length.") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Real numbers are needed here, not values of type {array.dtype}.")
    return array if array.dtype.kind == "f" else array.astype(float)


def logistic(z):
    """Logistic function, 1 / (1 + exp(-z)), elementwise.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Activations in [0, 1], of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    exp is taken of -|z| only, so nothing overflows.  Source: slides, "The Sigmoid Function"; notes, "Activation
    functions".
    """
    z = as_float(z)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def logistic_prime(z):
    """Derivative of the logistic function at z: σ(z) (1 − σ(z)), at most ¼.

    Parameters
    ----------
    z : array_like
        Weighted inputs (not activations) of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Written in exp(-|z|) because 1 − σ(z) is 0 in floating point from z = 37 on, where σ′ is not.  Source: slides,
    "Conclusion: The Final Form".
    """
    small = np.exp(-np.abs(as_float(z)))
    return small / (1 + small) ** 2


def linear(z, k=1.0):
    """Linear function k z: the output for real numbers.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.
    k : float
        The slope.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    # A Python float, so that a NumPy scalar k does not turn float32 into float64.
    return as_float(z) * float(k)


def linear_prime(z, k=1.0):
    """Derivative of :func:`linear` at z: k everywhere.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.
    k : float
        The slope.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    return np.full_like(as_float(z), k)


def step(z, k=0.0):
    """Threshold function: 1 where z ≥ k, 0 elsewhere.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.
    k : float
        The threshold.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions"; lecture, "Neural networks", where the bias is the threshold.
    """
    z = as_float(z)
    return (z >= k).astype(z.dtype)


def step_prime(z):
    """Derivative of the step function: 0 wherever it has one, so nothing can be learned through it.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Zeros of z's shape; the jump itself has no derivative and counts as 0 too.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    return np.zeros_like(as_float(z))


def tanh(z):
    """Hyperbolic tangent, which is 2 σ(2z) − 1 with the logistic σ.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Activations in [-1, 1], of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    return np.tanh(as_float(z))


def tanh_prime(z):
    """Derivative of tanh at z: 1 − tanh²(z).

    Parameters
    ----------
    z : array_like
        Weighted inputs (not activations) of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Written in exp(-|z|) for the reason given at :func:`logistic_prime`.  Source: notes, "Activation functions".
    """
    square = np.exp(-np.abs(as_float(z))) ** 2
    return 4 * square / (1 + square) ** 2


def relu(z):
    """Rectified linear unit, max(0, z).

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    return np.maximum(as_float(z), 0)


def relu_prime(z):
    """Derivative of ReLU at z: 1 where z > 0, 0 elsewhere, 0 at the kink too.

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Activation functions".
    """
    z = as_float(z)
    return (z > 0).astype(z.dtype)


def log_softmax(z):
    """Logarithm of :func:`softmax` along the last axis.

    Parameters
    ----------
    z : array_like, shape (…, K)
        Weighted inputs, one example a row.

    Returns
    -------
    numpy.ndarray
        At most 0, of z's shape.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Subtracting the largest z of the row changes no quotient of exponentials and lets none overflow; a difference
    beyond the float range is -inf, whose exponential, 0, is right.  Source: notes, "Softmax function".
    """
    z = as_float(z)
    with np.errstate(over="ignore"):
        shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(z):
    """Softmax along the last axis: exp(z_k) / Σ_j exp(z_j).

    Parameters
    ----------
    z : array_like, shape (…, K)
        Weighted inputs, one example a row.

    Returns
    -------
    numpy.ndarray
        Probabilities, of z's shape; each row sums to 1.

    Raises
    ------
    TypeError
        If z does not hold real numbers.

    Notes
    -----
    Source: notes, "Softmax function".
    """
    return np.exp(log_softmax(z))


def softmax_backward(a, dC_da):
    """∂C/∂z of a softmax layer from ∂C/∂a: the Jacobian a_i (1[i = j] − a_j) applied without writing it out.

    Parameters
    ----------
    a : numpy.ndarray, shape (…, K)
        Activations of the softmax.
    dC_da : numpy.ndarray, shape (…, K)
        Derivatives of the cost with respect to them.

    Returns
    -------
    numpy.ndarray
        Of a's shape.

    Notes
    -----
    Every output of a softmax depends on every z of its row, so no σ′ can stand elementwise in its place.  Source:
    notes, "Softmax function".
    """
    return a * (dC_da - (a * dC_da).sum(axis=-1, keepdims=True))


ACTIVATIONS = {"linear": linear, "step": step, "logistic": logistic, "tanh": tanh, "relu": relu, "softmax": softmax}
# Softmax is missing here on purpose: it is no elementwise function, see softmax_backward.
DERIVATIVES = {
    "linear": linear_prime,
    "step": step_prime,
    "logistic": logistic_prime,
    "tanh": tanh_prime,
    "relu": relu_prime,
}
