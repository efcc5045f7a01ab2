"""Gradients by numerical differences, to hold those of backpropagation against."""

from dataclasses import dataclass

import numpy as np

from nblib.activations import ACTIVATIONS
from nblib.backprop import backprop
from nblib.costs import example_costs, examples_factor
from nblib.network import ShapeError, activation_named, as_batch, forward


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
    Two evaluations for each parameter, of a cost of any kind.  Source: lecture, "Calculating dependencies".
    """
    moved = [(np.array(weights, dtype=float), np.array(bias, dtype=float)) for weights, bias in layers]

    def slopes(parameter):
        """Slopes of the cost along every entry of one array of ``moved``."""
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


def batched_numerical_gradients(layers, X, Y, hidden="logistic", output="logistic", cost="lecture", h=1e-5):
    """Central differences for a network and a cost that nblib knows, many perturbations at a time.

    Parameters
    ----------
    layers, X, Y, hidden, output, cost
        As for :func:`nblib.backprop.backprop`.
    h : float
        Half the distance between the two costs that are compared.

    Returns
    -------
    list of (dW, db)
        Of the shapes of the weights and biases, in float64.

    Raises
    ------
    ShapeError
        If layers, X and Y do not fit together.
    ValueError
        If an activation or a cost is not known, or the cost is not defined for these activations.
    TypeError
        If a value is no real number.

    Notes
    -----
    A change of w_kj or b_k changes no other weighted input of its layer than z_k: only that one is computed again, for
    all j at once, and what follows from it.  Source: lecture, "Calculating dependencies".
    """
    layers = [(np.asarray(weights, float), np.asarray(bias, float)) for weights, bias in layers]
    X, Y = as_batch(layers, np.asarray(X, float), Y)
    zs, activations = forward(layers, X, hidden, output)

    def summed_costs(z, index):
        """Costs from the z of layer index + 1, shape (perturbations, n, m), summed over the n examples."""
        for weights, bias in layers[index + 1 :]:
            z = activation_named(hidden)(z) @ weights.T + bias
        targets = np.broadcast_to(Y, z.shape)
        return example_costs(z, ACTIVATIONS[output](z), targets, output, cost).sum(axis=-1)

    def costs_after(moves, index, k):
        """Costs when z_k of layer index + 1 is changed by each row of moves, shape (perturbations, n)."""
        if index + 1 == len(layers):
            z = np.repeat(zs[index][None], len(moves), axis=0)
            z[:, :, k] += moves
            return summed_costs(z, index)
        # In the layer after it every z changes, but only by what the one activation changed.
        changes = activation_named(hidden)(zs[index][:, k] + moves) - activations[index + 1][:, k]
        return summed_costs(zs[index + 1] + changes[:, :, None] * layers[index + 1][0][:, k], index + 1)

    gradients = []
    for index, (_, bias) in enumerate(layers):
        # Row j is what a change of w_kj does to z_k, an example a column; the last row is what a change of b_k does.
        moves = h * np.vstack([activations[index].T, np.ones(len(X))])
        slopes = [(costs_after(moves, index, k) - costs_after(-moves, index, k)) / (2 * h) for k in range(len(bias))]
        slopes = np.array(slopes) * examples_factor(cost, len(X))
        gradients.append((slopes[:, :-1], slopes[:, -1]))
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

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    For lesson 2, "numerical derivatives".
    """
    if np.shape(u) != np.shape(v):
        raise ShapeError(f"The shapes {np.shape(u)} and {np.shape(v)} differ: two gradients of one shape are needed.")
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

    Notes
    -----
    For lessons 2 and 3, beside the lecture's "Calculating dependencies".
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

    Raises
    ------
    ShapeError
        If the gradients of a layer have different shapes.
    ValueError
        If there are not as many layers in both.

    Notes
    -----
    For lesson 3, "finishing touches".
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

    Raises
    ------
    ShapeError
        If layers, X and Y do not fit together.
    ValueError
        If an activation or a cost is not known, or the cost is not defined for these activations.
    TypeError
        If a value is no real number.

    Notes
    -----
    For a cost that nblib does not know, :func:`compare_gradients` takes what :func:`numerical_gradients` measured.  At
    a kink of ReLU no difference agrees with a derivative.  Source: lecture, "Calculating dependencies".
    """
    numerical = batched_numerical_gradients(layers, X, Y, hidden, output, cost, h)
    return compare_gradients(backprop(layers, X, Y, hidden, output, cost), numerical)
