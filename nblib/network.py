"""Layers of a network, the forward pass, and what is read off the output layer."""

import numpy as np

from nblib.activations import ACTIVATIONS, as_float


class ShapeError(ValueError):
    """Arrays whose shapes do not fit together; the message says which, and what would fit."""


def check_layers(layers):
    """Make sure that layers is a list of ``(weights, bias)`` pairs that follow one another.

    Parameters
    ----------
    layers : list of (weights, bias)
        weights of shape (m_l, m_prev), bias of shape (m_l,), layer 1 first.

    Raises
    ------
    ShapeError
        With a sentence that names the first layer that does not fit.
    """
    if not isinstance(layers, (list, tuple)) or len(layers) == 0:
        raise ShapeError("layers must be a list of (weights, bias) pairs with at least one layer.")
    width = None
    for number, layer in enumerate(layers, start=1):
        if not isinstance(layer, (list, tuple)) or len(layer) != 2:
            raise ShapeError(f"Layer {number} is not a (weights, bias) pair.")
        weights, bias = np.shape(layer[0]), np.shape(layer[1])
        if len(weights) != 2:
            raise ShapeError(f"The weights of layer {number} have shape {weights}: they need two axes, (m_l, m_prev).")
        if bias != weights[:1]:
            raise ShapeError(
                f"The bias of layer {number} has shape {bias} beside weights of shape {weights}: one bias for each "
                f"row of the weights is needed, shape {weights[:1]}."
            )
        if width is not None and weights[1] != width:
            raise ShapeError(
                f"The weights of layer {number} have {weights[1]} columns, but layer {number - 1} has {width} units: "
                "one column for each unit of the layer before is needed."
            )
        width = weights[0]


def layer_sizes(layers):
    """Widths of all layers, the input first.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.

    Returns
    -------
    list of int
        m_0, m_1, …, m_L.
    """
    return [np.shape(layers[0][0])[1], *(np.shape(weights)[0] for weights, _ in layers)]


def activation_named(name, table=ACTIVATIONS):
    """Look up an activation function, or what belongs to it, by the activation's name.

    Parameters
    ----------
    name : str
        A key of the table, such as ``"logistic"``.
    table : dict, optional
        ACTIVATIONS, or another table with the same keys.

    Returns
    -------
    callable
        The table's entry.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in table:
        raise ValueError(f"There is no activation called {name!r}; there are {', '.join(sorted(table))}.")
    return table[name]


def forward(layers, x, hidden="logistic", output="logistic"):
    """Forward pass: z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ and a^ℓ = σ(z^ℓ) for ℓ = 1 … L.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    x : array_like, shape (m_0,) or (n, m_0)
        One example, or a batch with one example a row.
    hidden, output : str
        Names of the activations of the hidden layers and of the output layer.

    Returns
    -------
    zs : list of numpy.ndarray
        L arrays, ``zs[l - 1]`` is z^ℓ, of shape (m_l,) or (n, m_l).
    activations : list of numpy.ndarray
        L + 1 arrays, ``activations[l]`` is a^ℓ, and ``activations[0]`` is x.

    Raises
    ------
    ShapeError
        If the layers do not follow one another, or x does not fit layer 1.
    ValueError
        If an activation is not known.

    Notes
    -----
    Source: lecture, "Notation"; notes, "Multi-layer neural networks".
    """
    check_layers(layers)
    x = as_float(x)
    inputs = layer_sizes(layers)[0]
    if x.ndim not in (1, 2) or x.shape[-1] != inputs:
        raise ShapeError(
            f"x has shape {x.shape}, but layer 1 takes {inputs} inputs: give ({inputs},) or (n, {inputs})."
        )
    functions = [activation_named(hidden)] * (len(layers) - 1) + [activation_named(output)]
    zs, activations = [], [x]
    for (weights, bias), activation in zip(layers, functions, strict=True):
        # For one example this is W a + b; with one example a row the product stands the other way round.
        zs.append(activations[-1] @ np.transpose(weights) + bias)
        activations.append(activation(zs[-1]))
    return zs, activations


def predict(layers, X, hidden="logistic", output="logistic"):
    """Activations of the output layer, a^L.

    Parameters
    ----------
    layers, X, hidden, output
        As for :func:`forward`.

    Returns
    -------
    numpy.ndarray, shape (m_L,) or (n, m_L)
    """
    return forward(layers, X, hidden, output)[1][-1]


def accuracy(layers, X, labels, hidden="logistic", output="logistic"):
    """Share of the examples whose largest output is the one of their label.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0)
        One example a row.
    labels : array_like of int, shape (n,)
        The right output of each example, counted from 0 (not one-hot).
    hidden, output : str
        Names of the activations.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ShapeError
        If there is not one label for each row of X.
    """
    labels = np.asarray(labels)
    if labels.shape != np.shape(X)[:1]:
        raise ShapeError(
            f"labels has shape {labels.shape} for {len(X)} examples: one whole number an example is needed."
        )
    return float(np.mean(np.argmax(predict(layers, X, hidden, output), axis=1) == labels))
