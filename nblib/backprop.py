"""Backpropagation: the gradients of a cost with respect to every weight and bias.

The four equations, for one example:

    δ^L = ∂C/∂a^L · σ′(z^L), which is a^L − y if the derivative of the cost cancels σ′
    δ^ℓ = (W^(ℓ+1))ᵀ δ^(ℓ+1) · σ′(z^ℓ)
    ∂C/∂W^ℓ = δ^ℓ (a^(ℓ−1))ᵀ
    ∂C/∂b^ℓ = δ^ℓ
"""

import numpy as np

from nblib.activations import DERIVATIVES, softmax_backward
from nblib.costs import CANCELLING_PAIRS, COST_DERIVATIVES, check_targets, cost_named, examples_factor
from nblib.network import activation_named, as_batch, forward


def output_delta(z, activations, targets, output="logistic", cost="lecture"):
    """Compute δ^L of each example: the base case of the recursion.

    Source: lecture, "Applying the chain rule", base case, and "Cross entropy and gradient descent".

    Parameters
    ----------
    z, activations, targets : array_like, shape (n, m_L) or (m_L,)
        z^L, a^L and y.
    output, cost : str
        Names of the output's activation and of the cost.

    Returns
    -------
    numpy.ndarray
        ∂C_i/∂z^L, of z's shape, without the 1/n.

    Raises
    ------
    ShapeError
        If activations and targets have different shapes.
    ValueError
        If an activation or cost is unknown, or if the cost isn't defined for these activations or has an infinite
        derivative there.
    """
    dC_da = cost_named(cost, COST_DERIVATIVES)
    if (output, cost) in CANCELLING_PAIRS:
        check_targets(cost, targets)
        # This is also more accurate: where σ(z) rounds to 0 or 1, the product of the two factors would be ∞ · 0.
        return COST_DERIVATIVES["slides"](activations, targets)
    activations, slope = np.asarray(activations), dC_da(activations, targets)
    if np.isinf(slope).any() and np.isfinite(activations).all():
        raise ValueError(f"∂C/∂a is infinite: a {output} output does not suit the {cost}; logistic or softmax does.")
    if output == "softmax":
        return softmax_backward(activations, slope)
    return slope * activation_named(output, DERIVATIVES)(z)


def hidden_delta(weights_next, delta_next, z, hidden="logistic"):
    """Compute δ^ℓ from δ^(ℓ+1): the induction step.

    Source: lecture, "Applying the chain rule", induction step.

    Parameters
    ----------
    weights_next : array_like, shape (m_next, m_l)
        Weights of layer ℓ + 1.
    delta_next : array_like, shape (m_next,) or (n, m_next)
        δ of layer ℓ + 1.
    z : array_like, shape (m_l,) or (n, m_l)
        Weighted inputs of layer ℓ.
    hidden : str
        Name of layer ℓ's activation.

    Returns
    -------
    numpy.ndarray
        Of z's shape.

    Raises
    ------
    ValueError
        If the activation is unknown or has no elementwise derivative.
    """
    return np.matmul(delta_next, weights_next) * activation_named(hidden, DERIVATIVES)(z)


def backprop(layers, X, Y, hidden="logistic", output="logistic", cost="lecture", masks=None):
    """Compute the gradients of the cost of a batch, for all weights and biases.

    Source: lecture, "Finishing touches" and "Backpropagation"; notes, "Back-propagating with all training examples".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0) or (m_0,)
        A batch with one example per row, or a single example.
    Y : array_like, shape (n, m_L) or (m_L,)
        The targets.
    hidden, output, cost : str
        Names of the activations and of the cost.
    masks : list of numpy.ndarray, optional
        For dropout: the factors by which :func:`nblib.network.forward` multiplies the hidden activations.

    Returns
    -------
    list of (dW, db)
        Layer 1 first, with the shapes of the weights and biases.  The mean over the batch; the sum for the RSS.

    Raises
    ------
    ShapeError
        If layers, X and Y don't fit together.
    ValueError
        If an activation or cost is unknown, or the cost isn't defined for these activations.
    """
    X, Y = as_batch(layers, X, Y)
    zs, activations = forward(layers, X, hidden, output, masks)
    delta = output_delta(zs[-1], activations[-1], Y, output, cost) * examples_factor(cost, len(X))
    gradients = []
    for index in reversed(range(len(layers))):
        # layers[index] is layer ℓ = index + 1: its input a^(ℓ−1) is activations[index], and z^(ℓ−1) is zs[index - 1].
        gradients.append((delta.T @ activations[index], delta.sum(axis=0)))
        if index > 0:
            delta = hidden_delta(layers[index][0], delta, zs[index - 1], hidden)
            if masks is not None:
                delta = delta * masks[index - 1]
    return gradients[::-1]


def gradient_norms(gradients):
    """Compute the length of ∂C/∂b^ℓ for each layer: how fast the layer learns.

    Source: lecture, "Challenges".

    Parameters
    ----------
    gradients : list of (dW, db)
        Layer 1 first.

    Returns
    -------
    numpy.ndarray, shape (L,)
        Layer 1 first.
    """
    return np.array([np.linalg.norm(db) for _, db in gradients])
