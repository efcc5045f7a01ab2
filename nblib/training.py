"""Mini-batches, the training loop, and the history it keeps."""

from dataclasses import dataclass, field

import numpy as np

from nblib.backprop import backprop
from nblib.costs import COSTS
from nblib.network import ShapeError, accuracy, predict
from nblib.optimizers import sgd_step


@dataclass
class History:
    """What training wrote down after each epoch; empty lists for what it was not asked to measure.

    Attributes
    ----------
    costs, accuracies : list of float
        On the training data.
    validation_costs, validation_accuracies : list of float
        On the held-out data.
    """

    costs: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)
    validation_costs: list = field(default_factory=list)
    validation_accuracies: list = field(default_factory=list)


def minibatches(X, Y, batch_size, rng):
    """Cut the examples, in a fresh random order, into mini-batches: one epoch.

    Parameters
    ----------
    X, Y : numpy.ndarray, shape (n, …)
        One example a row.
    batch_size : int
        Examples a batch; the last batch is smaller where n does not divide.
    rng : numpy.random.Generator
        Source of the order.

    Yields
    ------
    (X_b, Y_b)
        The rows of one batch.

    Raises
    ------
    ShapeError
        If X and Y have different numbers of rows.
    ValueError
        If batch_size is not a whole number of at least 1.

    Notes
    -----
    Source: lecture, "Backpropagation".
    """
    if len(X) != len(Y):
        raise ShapeError(f"X has {len(X)} rows and Y has {len(Y)}: one target for each example is needed.")
    if int(batch_size) != batch_size or batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, but it must be a whole number of at least 1.")
    order = rng.permutation(len(X))
    for start in range(0, len(X), int(batch_size)):
        batch = order[start : start + int(batch_size)]
        yield X[batch], Y[batch]


def train(
    layers,
    X,
    Y,
    eta,
    epochs,
    batch_size,
    rng,
    validation=None,
    hidden="logistic",
    output="logistic",
    cost="lecture",
):
    """Stochastic gradient descent for a fixed number of epochs.

    Parameters
    ----------
    layers : list of (weights, bias)
        Where to start; left unchanged.
    X : numpy.ndarray, shape (n, m_0)
        One example a row.
    Y : numpy.ndarray, shape (n, m_L)
        Targets, one-hot for classes.
    eta : float
        The learning rate η.
    epochs : int
        Passes through the data.
    batch_size : int
        Examples a step.
    rng : numpy.random.Generator
        Source of the order of the examples: the same state gives the same weights.
    validation : (X, Y), optional
        Held-out examples whose cost and accuracy are kept as well.
    hidden, output, cost : str
        Names of the activations and of the cost.

    Returns
    -------
    layers : list of (weights, bias)
        After the last step.
    history : History
        Cost and accuracy after each epoch.

    Raises
    ------
    ShapeError
        If layers, X and Y do not fit together.

    Notes
    -----
    Source: lecture, "Backpropagation"; notes, "Back-propagating with all training examples".
    """
    history = History()
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            layers = sgd_step(layers, backprop(layers, X_b, Y_b, hidden, output, cost), eta)
        history.costs.append(COSTS[cost](predict(layers, X, hidden, output), Y))
        history.accuracies.append(accuracy(layers, X, np.argmax(Y, axis=1), hidden, output))
        if validation is not None:
            X_val, Y_val = validation
            history.validation_costs.append(COSTS[cost](predict(layers, X_val, hidden, output), Y_val))
            history.validation_accuracies.append(accuracy(layers, X_val, np.argmax(Y_val, axis=1), hidden, output))
    return layers, history
