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
        If z does not contain real numbers.
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

    We take exp of -|z| only, so nothing overflows.  Source: slides, "The Sigmoid Function"; notes, "Activation
    functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Activations in [0, 1], of z's shape.
    """
    z = as_float(z)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def logistic_prime(z):
    """Derivative of the logistic function at z: σ(z) (1 − σ(z)), at most ¼.

    Written with exp(-|z|) because from z = 37 on, 1 − σ(z) is 0 in floating point although σ′ isn't.  Source: slides,
    "Conclusion: The Final Form".

    Parameters
    ----------
    z : array_like
        Weighted inputs (not activations) of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.
    """
    small = np.exp(-np.abs(as_float(z)))
    return small / (1 + small) ** 2


def linear(z, k=1.0):
    """Linear function k z: the output for real numbers.

    Source: notes, "Activation functions".

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
    """
    # A Python float, so that a NumPy scalar k does not turn float32 into float64.
    return as_float(z) * float(k)


def linear_prime(z, k=1.0):
    """Derivative of :func:`linear` at z: k everywhere.

    Source: notes, "Activation functions".

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
    """
    return np.full_like(as_float(z), k)


def step(z, k=0.0):
    """Threshold function: 1 where z ≥ k, 0 elsewhere.

    Source: notes, "Activation functions"; lecture, "Neural networks", where the bias is the threshold.

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
    """
    z = as_float(z)
    return (z >= k).astype(z.dtype)


def step_prime(z):
    """Derivative of the step function: 0 wherever it exists, so nothing can be learned through it.

    Source: notes, "Activation functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Zeros of z's shape; at the jump, where there is no derivative, we return 0 as well.
    """
    return np.zeros_like(as_float(z))


def tanh(z):
    """Hyperbolic tangent, which is 2 σ(2z) − 1 with the logistic σ.

    Source: notes, "Activation functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Activations in [-1, 1], of z's shape.
    """
    return np.tanh(as_float(z))


def tanh_prime(z):
    """Derivative of tanh at z: 1 − tanh²(z).

    Written with exp(-|z|) for the same reason as :func:`logistic_prime`.  Source: notes, "Activation functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs (not activations) of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.
    """
    square = np.exp(-np.abs(as_float(z))) ** 2
    return 4 * square / (1 + square) ** 2


def relu(z):
    """Rectified linear unit, max(0, z).

    Source: notes, "Activation functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.
    """
    return np.maximum(as_float(z), 0)


def relu_prime(z):
    """Derivative of ReLU at z: 1 where z > 0 and 0 elsewhere, including the kink.

    Source: notes, "Activation functions".

    Parameters
    ----------
    z : array_like
        Weighted inputs of any shape.

    Returns
    -------
    numpy.ndarray
        Of z's shape.
    """
    z = as_float(z)
    return (z > 0).astype(z.dtype)


def log_softmax(z):
    """Logarithm of :func:`softmax` along the last axis.

    Subtracting the largest z of the row doesn't change the quotients, and no exponential overflows.  A difference
    beyond the range of floats becomes -inf, whose exponential, 0, is right.  Source: notes, "Softmax function".

    Parameters
    ----------
    z : array_like, shape (…, K)
        Weighted inputs, one example per row.

    Returns
    -------
    numpy.ndarray
        At most 0, of z's shape.
    """
    z = as_float(z)
    # NumPy takes the maximum of many short rows four times as fast if they are columns.
    largest = np.moveaxis(z, -1, 0).copy().max(axis=0)[..., np.newaxis]
    with np.errstate(over="ignore"):
        shifted = z - largest
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(z):
    """Softmax along the last axis: exp(z_k) / Σ_j exp(z_j).

    Source: notes, "Softmax function".

    Parameters
    ----------
    z : array_like, shape (…, K)
        Weighted inputs, one example per row.

    Returns
    -------
    numpy.ndarray
        Probabilities, of z's shape; each row sums to 1.
    """
    return np.exp(log_softmax(z))


def softmax_backward(a, dC_da):
    """Compute ∂C/∂z of a softmax layer from ∂C/∂a: a product with the Jacobian a_i (1[i = j] − a_j).

    Every output of a softmax depends on every z of its row, so there is no elementwise σ′.  Source: notes,
    "Softmax function".

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
    """
    return a * (dC_da - (a * dC_da).sum(axis=-1, keepdims=True))


ACTIVATIONS = {"linear": linear, "step": step, "logistic": logistic, "tanh": tanh, "relu": relu, "softmax": softmax}
# Softmax isn't elementwise, so it has no entry here; see softmax_backward.
DERIVATIVES = {
    "linear": linear_prime,
    "step": step_prime,
    "logistic": logistic_prime,
    "tanh": tanh_prime,
    "relu": relu_prime,
}
