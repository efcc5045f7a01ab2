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


ACTIVATIONS = {"logistic": logistic}
DERIVATIVES = {"logistic": logistic_prime}
