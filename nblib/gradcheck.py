"""Gradients by numerical differences, to hold those of backpropagation against."""

from dataclasses import dataclass

import numpy as np

from nblib.backprop import backprop
from nblib.costs import COSTS
from nblib.network import predict


def numerical_gradients(cost_of, layers, h=1e-5):
    """Central differences of a cost with respect to every weight and bias.

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
        Of the shapes of the weights and biases.

    Notes
    -----
    Two evaluations of the cost for each parameter.  Source: lecture, "Calculating dependencies".
    """
    moved = [(np.array(weights, dtype=float), np.array(bias, dtype=float)) for weights, bias in layers]
    gradients = [(np.zeros_like(weights), np.zeros_like(bias)) for weights, bias in moved]
    for pair, gradient_pair in zip(moved, gradients, strict=True):
        for parameter, gradient in zip(pair, gradient_pair, strict=True):
            for index in np.ndindex(parameter.shape):
                kept = parameter[index]
                parameter[index] = kept + h
                above = cost_of(moved)
                parameter[index] = kept - h
                below = cost_of(moved)
                parameter[index] = kept
                gradient[index] = (above - below) / (2 * h)
    return gradients


def relative_error(u, v):
    """‖u − v‖ / (‖u‖ + ‖v‖), and 0 when both are 0.

    Parameters
    ----------
    u, v : array_like
        Of the same shape.

    Returns
    -------
    float
        Between 0 (equal) and 1 (opposite).
    """
    u, v = np.ravel(u), np.ravel(v)
    scale = np.linalg.norm(u) + np.linalg.norm(v)
    return float(np.linalg.norm(u - v) / scale) if scale > 0 else 0.0


@dataclass(frozen=True)
class GradientCheck:
    """How far two sets of gradients are apart.

    Attributes
    ----------
    relative_errors : list of (float, float)
        For the weights and the bias of each layer, layer 1 first.
    worst : tuple
        (layer, "weights" or "bias", index) of the entry that is furthest off.
    """

    relative_errors: list
    worst: tuple

    @property
    def relative_error(self):
        """The largest of the relative errors."""
        return max(max(pair) for pair in self.relative_errors)


def compare_gradients(gradients, expected):
    """Relative error layer by layer, and the entry that is furthest off.

    Parameters
    ----------
    gradients, expected : list of (dW, db)
        Of the same shapes.

    Returns
    -------
    GradientCheck
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


def gradient_check(layers, X, Y, hidden="logistic", output="logistic", cost="lecture", h=1e-5):
    """Hold the gradients of :func:`nblib.backprop.backprop` against central differences.

    Parameters
    ----------
    layers, X, Y, hidden, output, cost
        As for :func:`nblib.backprop.backprop`.
    h : float
        Half the distance of the central difference.

    Returns
    -------
    GradientCheck
        In float64 the relative error of a right gradient is below 1e-7; above 1e-2 it is wrong.
    """
    numerical = numerical_gradients(lambda moved: COSTS[cost](predict(moved, X, hidden, output), Y), layers, h)
    return compare_gradients(backprop(layers, X, Y, hidden, output, cost), numerical)
