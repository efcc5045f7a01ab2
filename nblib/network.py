"""Layers of a network, the forward pass, and what is read off the output layer."""

import zipfile
import zlib
from contextlib import contextmanager

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
    TypeError
        If a weight or bias is no real number.
    """
    if not isinstance(layers, (list, tuple)) or len(layers) == 0:
        raise ShapeError("layers must be a list of (weights, bias) pairs with at least one layer.")
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
        If the layers do not follow one another.
    TypeError
        If a weight or bias is no real number.

    Notes
    -----
    Source: lecture, "Notation"; where the notes count L layers they too leave the input out.
    """
    check_layers(layers)
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
        raise ValueError(f"{name!r} is no activation that can stand here; these can: {', '.join(sorted(table))}.")
    return table[name]


def forward(layers, x, hidden="logistic", output="logistic", masks=None):
    """Forward pass: z^ℓ = W^ℓ a^(ℓ−1) + b^ℓ and a^ℓ = σ(z^ℓ) for ℓ = 1 … L.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    x : array_like, shape (m_0,) or (n, m_0)
        One example, or a batch with one example a row.
    hidden, output : str
        Names of the activations of the hidden layers and of the output layer.
    masks : list of numpy.ndarray, optional
        Dropout: one factor for each activation of each hidden layer, see :mod:`nblib.regularization`.

    Returns
    -------
    zs : list of numpy.ndarray
        L arrays, ``zs[l - 1]`` is z^ℓ, of shape (m_l,) or (n, m_l).
    activations : list of numpy.ndarray
        L + 1 arrays, ``activations[l]`` is a^ℓ, and ``activations[0]`` is x.

    Raises
    ------
    ShapeError
        If the layers do not follow one another, or x or masks do not fit them.
    ValueError
        If an activation is not known.
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: lecture, "Notation"; notes, "Multi-layer neural networks".
    """
    x, (inputs, *widths) = as_float(x), layer_sizes(layers)
    if x.ndim not in (1, 2) or x.shape[-1] != inputs:
        raise ShapeError(f"x has shape {x.shape}, but layer 1 takes {inputs} inputs: ({inputs},) or (n, {inputs}).")
    if masks is not None and [np.shape(mask)[-1:] for mask in masks] != [(width,) for width in widths[:-1]]:
        raise ShapeError(f"masks must hold one array for each hidden layer, with last axes of {widths[:-1]}.")
    functions = [activation_named(hidden)] * (len(layers) - 1) + [activation_named(output)]
    zs, activations = [], [x]
    for index, ((weights, bias), activation) in enumerate(zip(layers, functions, strict=True)):
        # For one example this is W a + b; with one example a row the product stands the other way round.
        zs.append(activations[-1] @ np.transpose(weights) + bias)
        activations.append(activation(zs[-1]))
        if masks is not None and index < len(masks):
            activations[-1] = activations[-1] * masks[index]
    return zs, activations


def as_batch(layers, X, Y):
    """Examples and targets as arrays of one precision, one example a row, that fit the network.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0) or (m_0,)
        A batch, or one example; its precision is that of the result.
    Y : array_like, shape (n, m_L) or (m_L,)
        The targets.

    Returns
    -------
    X : numpy.ndarray, shape (n, m_0)
    Y : numpy.ndarray, shape (n, m_L)

    Raises
    ------
    ShapeError
        If layers, X and Y do not fit together, or there is no example.
    TypeError
        If a value is no real number.
    """
    X, Y = np.atleast_2d(as_float(X)), np.atleast_2d(as_float(Y))
    inputs, *_, outputs = layer_sizes(layers)
    if X.ndim != 2 or X.shape[1] != inputs or len(X) == 0:
        raise ShapeError(f"X has shape {X.shape}: the network takes one example a row, (n, {inputs}).")
    if Y.shape != (len(X), outputs):
        raise ShapeError(f"Y has shape {Y.shape}: X needs targets of {(len(X), outputs)}, labels as one-hot rows.")
    return X, Y.astype(X.dtype, copy=False)


def predict(layers, X, hidden="logistic", output="logistic"):
    """Activations of the output layer, a^L.

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
        If the layers do not follow one another, or X does not fit layer 1.
    ValueError
        If an activation is not known.
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: lecture, "Notation"; notes, "Output layer".
    """
    return forward(layers, X, hidden, output)[1][-1]


def classify(activations, output="logistic"):
    """Labels that are read off the output layer.

    Parameters
    ----------
    activations : array_like, shape (n, m_L) or (m_L,)
        Activations of the output layer, or targets: one-hot rows give back their labels.
    output : str
        Name of the output's activation.

    Returns
    -------
    numpy.ndarray of int, shape (n,), or int for one example
        The largest of several outputs; of a single one whether it reaches the middle of its range, ½, or 0 for tanh.

    Raises
    ------
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: notes, "Output layer" and the comment on the step function in "Activation functions".
    """
    activations = np.atleast_1d(as_float(activations))
    if activations.shape[-1] > 1:
        return np.argmax(activations, axis=-1)
    return (activations[..., 0] >= (0 if output == "tanh" else 0.5)).astype(int)


def accuracy(layers, X, labels, hidden="logistic", output="logistic"):
    """Share of the examples that get their label: the largest output, or the side of a single one.

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
        If there is not one label for each row of X, or the layers or X do not fit.
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: notes, "Multinomial output": the class of the highest probability.
    """
    labels = np.asarray(labels)
    if np.ndim(X) != 2 or labels.shape != (len(X),) or len(X) == 0:
        raise ShapeError(f"labels {labels.shape} do not fit X {np.shape(X)}: one whole number an example is needed.")
    return float(np.mean(classify(predict(layers, X, hidden, output), output) == labels))


def fold_bias(W, b):
    """Θ of a layer in the notes' form: the bias is column 0, in front of the weights.

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
        If W and b do not belong to one layer.
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: notes, "Multi-layer neural networks"; there Θ^(i) leads from layer i, counted from 1, to layer i + 1.
    """
    check_layers([(W, b)])
    return np.column_stack([b, W])


def unfold_bias(Theta):
    """Weights and bias of a layer from the notes' Θ.

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
    TypeError
        If a value is no real number.

    Notes
    -----
    Source: notes, "Multi-layer neural networks".
    """
    Theta = as_float(Theta)
    if Theta.ndim != 2 or Theta.shape[1] < 2:
        raise ShapeError(f"Theta has shape {Theta.shape}: it needs two axes, the bias in column 0, then weights.")
    return Theta[:, 1:], Theta[:, 0]


def pad_layers(layers):
    """The same network with every layer 1 … L of one width m, that of the widest of them.

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.

    Returns
    -------
    list of (weights, bias)
        Weights (m, m_0) in layer 1 and (m, m) after it; the real nodes come first and compute what they did.

    Raises
    ------
    ShapeError
        If the layers do not follow one another.
    TypeError
        If a value is no real number.

    Notes
    -----
    A padded node computes σ(0), which is ½ for the logistic function, so it is the weights *out of* it that must be 0.
    Source: lecture, "Notation".
    """
    _, *widths = layer_sizes(layers)
    width, padded, columns = max(widths), [], 0
    for weights, bias in layers:
        rows = 0, width - len(bias)
        padded.append((np.pad(as_float(weights), (rows, (0, columns))), np.pad(as_float(bias), rows)))
        columns = rows[1]
    return padded


def save_network(path, layers, hidden="logistic", output="logistic"):
    """Write a network to an npz file.

    Parameters
    ----------
    path : str or path-like
        Where to; should end in .npz, which NumPy adds otherwise.
    layers : list of (weights, bias)
        A network of L layers, weights (m_l, m_prev) and bias (m_l,).
    hidden, output : str
        Names of the activations.

    Raises
    ------
    ShapeError
        If the layers do not follow one another.
    TypeError
        If a value is no real number.

    Notes
    -----
    Plain arrays and no pickled objects: reading such a file can run no code.  For the trainings of lesson 7.
    """
    check_layers(layers)
    names = ("weights", "bias")
    arrays = {f"{name}_{i}": array for i, pair in enumerate(layers, 1) for name, array in zip(names, pair, strict=True)}
    np.savez(path, hidden=np.array(hidden), output=np.array(output), **arrays)


@contextmanager
def open_arrays(path, kind):
    """Open an npz file for a ``with`` that takes out of it what it needs.

    Parameters
    ----------
    path : str or path-like
        The file.
    kind : str
        What the file should hold, and what to do where it does not, for the sentence of the error.

    Yields
    ------
    numpy.lib.npyio.NpzFile
        The arrays by name; no objects are unpickled.

    Raises
    ------
    ValueError
        If the file is no npz file or is torn, or the ``with`` asks for an array that is not in it.
    FileNotFoundError
        If there is no file.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no file {path}, so no {kind}.") from error
    # What is no archive gives ValueError, or as a single array TypeError; a torn one gives BadZipFile or EOFError.
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} holds no {kind}.") from error


def load_network(path):
    """Read a network that :func:`save_network` wrote.

    Parameters
    ----------
    path : str or path-like
        The npz file.

    Returns
    -------
    layers : list of (weights, bias)
        Of shapes (m_l, m_prev) and (m_l,), layer 1 first.
    hidden, output : str
        Names of the activations.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file holds no network.
    ShapeError
        If its layers do not follow one another.
    TypeError
        If a value is no real number.

    Notes
    -----
    For the trainings of lesson 7.
    """
    with open_arrays(path, "network: give a file that save_network wrote") as arrays:
        depth = sum(name.startswith("weights_") for name in arrays.files)
        layers = [(arrays[f"weights_{number}"], arrays[f"bias_{number}"]) for number in range(1, depth + 1)]
        hidden, output = str(arrays["hidden"]), str(arrays["output"])
    check_layers(layers)
    return layers, hidden, output
