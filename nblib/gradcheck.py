"""Numerical gradients, and how to compare the gradients of backpropagation with them."""

from dataclasses import dataclass

import numpy as np

from nblib.network import ShapeError


def numerical_derivative(f, x, h=1e-5):
    """Central difference of a function of one number.

    Source: lesson 2, "A slope, measured".

    Parameters
    ----------
    f : callable
        Takes a number; returns a number, or an array of them.
    x : float
        Where the derivative is taken.
    h : float
        How far to go to each side.

    Returns
    -------
    float or numpy.ndarray
        As f returns it.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_gradients(cost_of, layers, h=1e-5):
    """Central differences of a cost with respect to every weight and bias.

    This works for any cost, and takes two evaluations for each parameter.  Source: lecture, "Calculating dependencies".

    Parameters
    ----------
    cost_of : callable
        Takes layers, returns a float.
    layers : list of (weights, bias)
        Left unchanged.
    h : float
        Half the distance between the two costs that are compared.

    Returns
    -------
    list of (dW, db)
        With the shapes of the weights and biases.
    """
    moved = [(np.array(weights, dtype=float), np.array(bias, dtype=float)) for weights, bias in layers]

    def slopes(parameter):
        gradient = np.zeros_like(parameter)
        for index in np.ndindex(parameter.shape):
            kept = parameter[index]
            parameter[index] = kept + h
            above = cost_of(moved)
            parameter[index] = kept - h
            gradient[index] = (above - cost_of(moved)) / (2 * h)
            parameter[index] = kept
        return gradient

    return [(slopes(weights), slopes(bias)) for weights, bias in moved]


def relative_error(u, v):
    """‖u − v‖ / (‖u‖ + ‖v‖), and 0 when both are 0.

    For lesson 2, "numerical derivatives".

    Parameters
    ----------
    u, v : array_like
        Of the same shape.

    Returns
    -------
    float
        Between 0 (equal) and 1 (opposite).

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    if np.shape(u) != np.shape(v):
        raise ShapeError(f"The shapes {np.shape(u)} and {np.shape(v)} differ: two gradients of one shape are needed.")
    u, v = np.ravel(u), np.ravel(v)
    scale = np.linalg.norm(u) + np.linalg.norm(v)
    return float(np.linalg.norm(u - v) / scale) if scale > 0 else 0.0


@dataclass(frozen=True)
class GradientCheck:
    """The differences between two sets of gradients.

    For lessons 2 and 3, beside the lecture's "Calculating dependencies".

    Attributes
    ----------
    relative_errors : list of (float, float)
        For the weights and the bias of each layer, layer 1 first.
    worst : tuple
        (layer, "weights" or "bias", index) of the entry with the largest error.
    """

    relative_errors: list
    worst: tuple

    @property
    def relative_error(self):
        """The largest of the relative errors."""
        return max(max(pair) for pair in self.relative_errors)


def compare_gradients(gradients, expected):
    """Compute the relative error of each layer, and find the entry with the largest error.

    For lesson 3, "finishing touches".

    Parameters
    ----------
    gradients, expected : list of (dW, db)
        Of the same shapes.

    Returns
    -------
    GradientCheck

    Raises
    ------
    ShapeError
        If the gradients of a layer have different shapes.
    ValueError
        If they have different numbers of layers.
    """
    errors, worst, distance = [], None, -1.0
    for number, (pair, expected_pair) in enumerate(zip(gradients, expected, strict=True), start=1):
        errors.append(tuple(relative_error(u, v) for u, v in zip(pair, expected_pair, strict=True)))
        for name, u, v in zip(("weights", "bias"), pair, expected_pair, strict=True):
            off = np.abs(np.asarray(u) - np.asarray(v))
            index = np.unravel_index(np.argmax(off), off.shape)
            if off[index] > distance:
                worst, distance = (number, name, tuple(int(i) for i in index)), float(off[index])
    return GradientCheck(errors, worst)
