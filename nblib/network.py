"""The layers of a network, the forward pass, and the labels that the output layer gives."""

import numpy as np

from nblib.activations import ACTIVATIONS, as_float


class ShapeError(ValueError):
    """Arrays whose shapes don't fit together; the message says which, and what would fit."""


def check_layers(layers):
    """Check that layers is a list of ``(weights, bias)`` pairs whose shapes fit together.

    Parameters
    ----------
    layers : list of (weights, bias)
        weights of shape (m_l, m_prev), bias of shape (m_l,), layer 1 first.

    Raises
    ------
    ShapeError
        If they don't; the message names the first layer that doesn't fit.
    """
    if not isinstance(layers, (list, tuple)) or len(layers) == 0:
        raise ShapeError("layers must be a list of (weights, bias) pairs with at least one layer.")
    if len(layers) == 2 and isinstance(layers[0], list) and hasattr(layers[1], "validation_accuracies"):
        raise ShapeError("These aren't layers, but what train returns, (layers, history): take the first of the two.")
    width = None
    for number, layer in enumerate(layers, start=1):
        if not isinstance(layer, (list, tuple)) or len(layer) != 2:
            raise ShapeError(f"Layer {number} is not a (weights, bias) pair.")
        weights, bias = (as_float(array).shape for array in layer)
        if len(weights) != 2:
            raise ShapeError(f"The weights of layer {number} have shape {weights}: they need two axes, (m_l, m_prev).")
        if bias != weights[:1]:
            raise ShapeError(f"The bias of layer {number} has shape {bias}: its weights {weights} need {weights[:1]}.")
        if width not in (None, weights[1]):
            raise ShapeError(f"The weights of layer {number} are {weights}, but layer {number - 1} has {width} units.")
        width = weights[0]


def layer_sizes(layers):
    """Widths of all layers, the input first.

    Source: lecture, "Notation".  Where the notes count L layers, they don't count the input either.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.

    Returns
    -------
    list of int
        m_0, m_1, …, m_L.

    Raises
    ------
    ShapeError
        If the layers don't fit together.
    """
    check_layers(layers)
    return [np.shape(layers[0][0])[1], *(np.shape(weights)[0] for weights, _ in layers)]


def activation_named(name, table=ACTIVATIONS):
    """Look up an activation function, or its entry in another table, by name.

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
        If there is no such name.
    """
    if name not in table:
        raise ValueError(f"{name!r} is not an activation that can be used here. Use one of {', '.join(sorted(table))}.")
    return table[name]


def forward(layers, x, hidden="logistic", output="logistic", masks=None):
    """Forward pass: z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ and a^ℓ = σ(z^ℓ) for ℓ = 1 … L.

    Source: lecture, "Notation"; notes, "Multi-layer neural networks".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    x : array_like, shape (m_0,) or (n, m_0)
        A single example, or a batch with one example per row.
    hidden, output : str
        Names of the activations of the hidden layers and of the output layer.
    masks : list of numpy.ndarray, optional
        For dropout: a factor for each activation of each hidden layer, see :mod:`nblib.regularization`.

    Returns
    -------
    zs : list of numpy.ndarray
        L arrays, ``zs[l - 1]`` is z^ℓ, of shape (m_l,) or (n, m_l).
    activations : list of numpy.ndarray
        L + 1 arrays, ``activations[l]`` is a^ℓ, and ``activations[0]`` is x.

    Raises
    ------
    ShapeError
        If the layers don't fit together, or x or masks don't fit them.
    ValueError
        If an activation is unknown.
    """
    x, (inputs, *widths) = as_float(x), layer_sizes(layers)
    if x.ndim not in (1, 2) or x.shape[-1] != inputs:
        raise ShapeError(f"x has shape {x.shape}, but layer 1 takes {inputs} inputs: ({inputs},) or (n, {inputs}).")
    if masks is not None and [np.shape(mask)[-1:] for mask in masks] != [(width,) for width in widths[:-1]]:
        raise ShapeError(f"masks must hold one array for each hidden layer, with last axes of {widths[:-1]}.")
    functions = [activation_named(hidden)] * (len(layers) - 1) + [activation_named(output)]
    zs, activations = [], [x]
    for index, ((weights, bias), activation) in enumerate(zip(layers, functions, strict=True)):
        # For a single example this is W a + b.  With one example per row, the factors change places.
        zs.append(activations[-1] @ np.transpose(weights) + bias)
        activations.append(activation(zs[-1]))
        if masks is not None and index < len(masks):
            activations[-1] = activations[-1] * masks[index]
    return zs, activations


def as_batch(layers, X, Y):
    """Return examples and targets as arrays of one precision with one example per row, checked against the network.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0) or (m_0,)
        A batch, or a single example.  The results have its precision.
    Y : array_like, shape (n, m_L) or (m_L,)
        The targets.

    Returns
    -------
    X : numpy.ndarray, shape (n, m_0)
    Y : numpy.ndarray, shape (n, m_L)

    Raises
    ------
    ShapeError
        If layers, X and Y don't fit together, or there is no example.
    """
    X, Y = np.atleast_2d(as_float(X)), np.atleast_2d(as_float(Y))
    inputs, *_, outputs = layer_sizes(layers)
    if X.ndim != 2 or X.shape[1] != inputs or len(X) == 0:
        raise ShapeError(f"X has shape {X.shape}: the network takes one example per row, (n, {inputs}).")
    if Y.shape != (len(X), outputs):
        raise ShapeError(f"Y has shape {Y.shape}: X needs targets of {(len(X), outputs)}, labels as one-hot rows.")
    return X, Y.astype(X.dtype, copy=False)


def predict(layers, X, hidden="logistic", output="logistic"):
    """Activations of the output layer, a^L.

    Source: lecture, "Notation"; notes, "Output layer".

    Parameters
    ----------
    layers, X, hidden, output
        As for :func:`forward`.

    Returns
    -------
    numpy.ndarray, shape (m_L,) or (n, m_L)

    Raises
    ------
    ShapeError
        If the layers don't fit together, or X doesn't fit layer 1.
    ValueError
        If an activation is unknown.
    """
    return forward(layers, X, hidden, output)[1][-1]


def classify(activations, output="logistic"):
    """Read the labels off the output layer.

    Source: notes, "Output layer" and the comment on the step function in "Activation functions".

    Parameters
    ----------
    activations : array_like, shape (n, m_L) or (m_L,)
        Activations of the output layer, or one-hot targets.
    output : str
        Name of the output's activation.

    Returns
    -------
    numpy.ndarray of int, shape (n,), or int for one example
        With several outputs, the position of the largest.  With a single one, 1 if it reaches the middle of its range
        (½, or 0 for tanh), otherwise 0.
    """
    activations = np.atleast_1d(as_float(activations))
    if activations.shape[-1] > 1:
        return np.argmax(activations, axis=-1)
    return (activations[..., 0] >= (0 if output == "tanh" else 0.5)).astype(int)


def accuracy(layers, X, labels, hidden="logistic", output="logistic"):
    """Share of the examples that are classified correctly.

    Source: notes, "Multinomial output": the class of the highest probability.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0)
        One example per row.
    labels : array_like of int, shape (n,)
        The class of each example, counted from 0 (not one-hot).
    hidden, output : str
        Names of the activations.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ShapeError
        If there isn't one label for each row of X, or the layers or X don't fit.
    """
    labels = np.asarray(labels)
    if np.ndim(X) != 2 or labels.shape != (len(X),) or len(X) == 0:
        raise ShapeError(f"labels {labels.shape} do not fit X {np.shape(X)}: one whole number per example is needed.")
    return float(np.mean(classify(predict(layers, X, hidden, output), output) == labels))


def fold_bias(W, b):
    """Put the bias in front of the weights, as column 0: the notes' Θ of a layer.

    Source: notes, "Multi-layer neural networks"; there Θ^(i) leads from layer i, counted from 1, to layer i + 1.

    Parameters
    ----------
    W : array_like, shape (m, m_prev)
        Weights.
    b : array_like, shape (m,)
        Bias.

    Returns
    -------
    numpy.ndarray, shape (m, m_prev + 1)
        So that Θ (1, a) = W a + b.

    Raises
    ------
    ShapeError
        If W and b don't belong to the same layer.
    """
    check_layers([(W, b)])
    return np.column_stack([b, W])


def unfold_bias(Theta):
    """Take the weights and the bias of a layer out of the notes' Θ.

    Source: notes, "Multi-layer neural networks".

    Parameters
    ----------
    Theta : array_like, shape (m, m_prev + 1)
        Column 0 holds the bias.

    Returns
    -------
    W : numpy.ndarray, shape (m, m_prev)
    b : numpy.ndarray, shape (m,)

    Raises
    ------
    ShapeError
        If Theta is not a matrix of at least two columns.
    """
    Theta = as_float(Theta)
    if Theta.ndim != 2 or Theta.shape[1] < 2:
        raise ShapeError(f"Theta has shape {Theta.shape}: it needs two axes, the bias in column 0, then weights.")
    return Theta[:, 1:], Theta[:, 0]


def pad_layers(layers):
    """Give layers 1 … L the same width m, that of the widest, without changing what the network computes.

    A padded node computes σ(0), which is ½ for the logistic function, so the weights *out of* it have to be 0.
    Source: lecture, "Notation".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.

    Returns
    -------
    list of (weights, bias)
        Weights (m, m_0) in layer 1 and (m, m) after it; the original nodes come first.

    Raises
    ------
    ShapeError
        If the layers don't fit together.
    """
    _, *widths = layer_sizes(layers)
    width, padded, columns = max(widths), [], 0
    for weights, bias in layers:
        rows = 0, width - len(bias)
        padded.append((np.pad(as_float(weights), (rows, (0, columns))), np.pad(as_float(bias), rows)))
        columns = rows[1]
    return padded
