"""Mini-batches, the training loop, and the history it keeps."""

from dataclasses import dataclass, field

import numpy as np

from nblib.backprop import backprop
from nblib.costs import check_targets, cost_named, example_costs, examples_factor
from nblib.data import digits
from nblib.fast import FastTraining
from nblib.initialization import scaled_init
from nblib.network import ShapeError, activation_named, as_batch, classify, forward
from nblib.optimizers import SGD, early_stopping, plateau_schedule
from nblib.regularization import PENALTY_COSTS, check_probability, dropout_masks, penalized_step


@dataclass
class History:
    """The record of a training, one entry per epoch; a list stays empty if its quantity isn't measured.

    Source: slides, "The Problem: Overfitting", with its four curves.

    Attributes
    ----------
    costs, accuracies : list of float
        On the training data, without the regularization term.  A single linear output has no accuracy.
    validation_costs, validation_accuracies : list of float
        On the held-out data, without the regularization term, so that the costs can be compared with ``costs``.
    regularized_costs : list of float
        ``costs`` with the regularization term: what the steps descend.
    etas : list of float
        The learning rate η of each epoch.
    best_epoch : int or None
        With early stopping, the epoch whose weights are returned.
    """

    costs: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)
    validation_costs: list = field(default_factory=list)
    validation_accuracies: list = field(default_factory=list)
    regularized_costs: list = field(default_factory=list)
    etas: list = field(default_factory=list)
    best_epoch: int | None = None


@dataclass(frozen=True)
class Recipe:
    """The settings of a training step.

    Source: slides, "Hyperparameter Tuning as a Black Art I".

    Attributes
    ----------
    hidden, output, cost : str
        Names of the activations and of the cost.
    optimizer : nblib.optimizers.SGD, Momentum, RMSprop or Adam
        How a gradient becomes a step.
    regularizer : str or None
        ``"l2"``, ``"l1"`` or ``"soft threshold"``.
    lam, n : float, int
        λ, and the size of the training set it is divided by.
    p_drop : float
        Probability of dropping a hidden neuron (inverted dropout).
    classifies : bool
        Whether the targets are classes, so that there is an accuracy.
    """

    hidden: str
    output: str
    cost: str
    optimizer: object
    regularizer: str | None
    lam: float
    n: int
    p_drop: float
    classifies: bool = True


def minibatches(X, Y, batch_size, rng):
    """Cut the examples into mini-batches, in a new random order: one epoch.

    Source: lecture, "Backpropagation".

    Parameters
    ----------
    X, Y : numpy.ndarray, shape (n, …)
        One example per row.
    batch_size : int
        Examples per batch; the last batch may be smaller.
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
    """
    if len(X) != len(Y):
        raise ShapeError(f"X has {len(X)} rows and Y has {len(Y)}: one target for each example is needed.")
    check_whole("batch_size", batch_size, 1)
    order = rng.permutation(len(X))
    for start in range(0, len(X), int(batch_size)):
        batch = order[start : start + int(batch_size)]
        yield X[batch], Y[batch]


def check_whole(name, value, least):
    """Check that a number is whole and not too small.

    For the settings that the lecture's "Backpropagation" counts: epochs and examples.

    Parameters
    ----------
    name : str
        What the message calls it.
    value : float
        The number.
    least : int
        The smallest that is allowed.

    Raises
    ------
    ValueError
        If it isn't.
    """
    if not (value >= least and value % 1 == 0):
        raise ValueError(f"{name} is {value}, but it must be a whole number of at least {least}.")


class PlainTraining:
    """The training of a network, one epoch at a time, written as in the course.

    Source: lecture, "Backpropagation"; slides, "Regularization".

    Parameters
    ----------
    layers : list of (weights, bias)
        Where to start; left unchanged.
    recipe : Recipe
        The settings of a step.

    Attributes
    ----------
    layers : list of (weights, bias)
        The current weights.
    """

    def __init__(self, layers, recipe):
        self.layers, self.recipe = layers, recipe
        self.state = recipe.optimizer.start(layers)

    def epoch(self, X, Y, eta, batch_size, rng):
        """One pass through the data.

        Parameters
        ----------
        X, Y : numpy.ndarray, shape (n, m_0) and (n, m_L)
            One example per row.
        eta : float
            The learning rate η.
        batch_size : int
            Examples per step.
        rng : numpy.random.Generator
            Decides the order of the examples, and what is dropped.
        """
        recipe = self.recipe
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            masks = dropout_masks(self.layers, len(X_b), recipe.p_drop, rng) if recipe.p_drop else None
            gradients = backprop(self.layers, X_b, Y_b, recipe.hidden, recipe.output, recipe.cost, masks)
            self.layers, self.state = penalized_step(recipe, self.layers, gradients, self.state, eta)


def evaluate(layers, X, Y, hidden="logistic", output="logistic", cost="lecture"):
    """Compute cost and accuracy on a data set of any size.

    We take a thousand rows at a time, so that the arrays between the layers stay small.  Source: lecture, "Learning the
    parameters".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    X : array_like, shape (n, m_0)
        One example per row.
    Y : array_like, shape (n, m_L)
        Targets, one-hot for classes.
    hidden, output, cost : str
        Names of the activations and of the cost.

    Returns
    -------
    cost : float
        Without the regularization term.
    accuracy : float
        Share of the examples for which :func:`nblib.network.classify` gives the label of the target.

    Raises
    ------
    ShapeError
        If layers, X and Y don't fit together.
    ValueError
        If an activation or cost is unknown, or the cost isn't defined for these activations.
    """
    X, Y = as_batch(layers, X, Y)
    total, right = 0.0, 0
    for start in range(0, len(X), 1000):
        rows = slice(start, start + 1000)
        zs, activations = forward(layers, X[rows], hidden, output)
        total += float(example_costs(zs[-1], activations[-1], Y[rows], output, cost).sum(dtype=float))
        right += int(np.sum(classify(activations[-1], output) == classify(Y[rows], output)))
    return total * examples_factor(cost, len(X)), right / len(X)


def _examples(layers, X, Y, dtype=None):
    """Return X and Y as finite, contiguous arrays."""
    X, Y = as_batch(layers, X, Y)
    if not (np.isfinite(X).all() and np.isfinite(Y).all()):
        raise ValueError("X or Y holds a value that is not finite: take it out before training.")
    return np.ascontiguousarray(X, dtype), np.ascontiguousarray(Y, dtype)


def _check_settings(eta, epochs, batch_size, recipe, validation, plateau, patience):
    check_whole("epochs", epochs, 0)
    check_whole("batch_size", batch_size, 1)
    if not (np.isfinite(eta) and eta > 0):
        raise ValueError(f"eta is {eta}, but the learning rate must be a number above 0.")
    activation_named(recipe.hidden), activation_named(recipe.output), cost_named(recipe.cost)
    if recipe.regularizer not in (None, *PENALTY_COSTS):
        raise ValueError(f"{recipe.regularizer!r} is no regularizer; these are: {', '.join(PENALTY_COSTS)}.")
    if not recipe.lam >= 0 or (recipe.lam > 0 and recipe.regularizer is None):
        raise ValueError(f"lam is {recipe.lam}: it must be at least 0, and above 0 it needs a regularizer.")
    check_probability(recipe.p_drop)
    if (plateau is not None or patience is not None) and (validation is None or not recipe.classifies):
        raise ValueError("A plateau schedule and early stopping need accuracies: give validation=(X, Y), with classes.")


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
    optimizer=None,
    regularizer=None,
    lam=0.0,
    dropout=0.0,
    augmentation=None,
    plateau=None,
    patience=None,
    callbacks=(),
    measure=True,
    fast=True,
):
    """Train a network by stochastic gradient descent, in the precision of X.

    A cost that explodes is recorded as inf or nan, without warnings.  Source: lecture,
    "Backpropagation"; notes, "Back-propagating with all training examples"; slides, "The Golden Rule".

    Parameters
    ----------
    layers : list of (weights, bias)
        Where to start; left unchanged.
    X : array_like, shape (n, m_0)
        One example per row; float32 is trained in float32, everything else in float64.
    Y : array_like, shape (n, m_L)
        Targets, one-hot for classes.
    eta : float
        The learning rate η.
    epochs : int
        Passes through the data, at most.
    batch_size : int
        Examples per step.
    rng : numpy.random.Generator
        Decides everything that is random: the same state gives the same weights.
    validation : (X, Y), optional
        Held-out examples, whose cost and accuracy are recorded as well.
    hidden, output, cost : str
        Names of the activations and of the cost.
    optimizer : nblib.optimizers.SGD, Momentum, RMSprop or Adam, optional
        How a gradient becomes a step; plain gradient descent by default.
    regularizer : str, optional
        ``"l2"``, ``"l1"`` (the slides' subgradient) or ``"soft threshold"`` (L1 with exact zeros).
    lam : float
        λ, divided by n, the size of the training set.
    dropout : float
        Probability of dropping a hidden neuron.  This is inverted dropout, so evaluation needs no change.
    augmentation : callable, optional
        Takes X, Y and rng, returns the X and Y of one epoch.
    plateau : (patience, factor), optional
        η is divided by factor after patience epochs without a better validation accuracy.
    patience : int, optional
        Early stopping: ends when the best validation accuracy is this many epochs old, and returns its weights.
    callbacks : sequence of callable
        Each is called after every epoch with the epoch (counted from 0), the history and the current layers, which it
        must not keep or change.  Training ends when one of them returns True.
    measure : bool
        Whether to measure cost and accuracy after each epoch.  Whatever ``plateau`` and ``patience`` need is measured
        in any case.
    fast : bool
        Whether to use :mod:`nblib.fast` where possible.  The results are the same up to rounding, but units that should
        stay equal may drift apart.

    Returns
    -------
    layers : list of (weights, bias)
        After the last step, or with ``patience`` those of the best epoch.
    history : History
        Costs and accuracies after each epoch.

    Raises
    ------
    ShapeError
        If layers, X and Y don't fit together.
    ValueError
        If a setting is out of range or needs another one, or if X or Y isn't finite.
    """
    X, Y = _examples(layers, X, Y)
    classifies = Y.shape[1] > 1 or output not in ("linear", "relu")
    settings = (optimizer or SGD(), regularizer, float(lam), len(X), float(dropout))
    recipe = Recipe(hidden, output, cost, *settings, classifies)
    _check_settings(eta, epochs, batch_size, recipe, validation, plateau, patience)
    check_targets(cost, Y)
    if validation is not None:
        validation = _examples(layers, *validation, X.dtype)
    layers = [(np.array(weights, X.dtype), np.array(bias, X.dtype)) for weights, bias in layers]
    training = FastTraining(layers, recipe) if fast and FastTraining.applies(recipe) else PlainTraining(layers, recipe)
    history, best, first_eta = History(), layers, float(eta)
    for epoch in range(int(epochs)):
        if plateau is not None:
            # The last η of a schedule depends only on earlier epochs, so this epoch's accuracy may be any number.
            eta = plateau_schedule([*history.validation_accuracies, 0.0], first_eta, *plateau)[-1]
        X_epoch, Y_epoch = (X, Y) if augmentation is None else _examples(layers, *augmentation(X, Y, rng), X.dtype)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            training.epoch(X_epoch, Y_epoch, float(eta), int(batch_size), rng)
            _write_down(history, training.layers, X, Y, validation, recipe, float(eta), measure)
        stop = [callback(epoch, history, training.layers) is True for callback in callbacks]
        if patience is not None:
            _, history.best_epoch = early_stopping(history.validation_accuracies, patience)
            if history.best_epoch == epoch:
                best = _copied(training.layers)
            stop.append(epoch - history.best_epoch >= patience)
        if any(stop):
            break
    return (_copied(training.layers) if patience is None else best), history


def digit_reader():
    """Train the network that reads digits: 64 inputs, 30 hidden neurons, 10 outputs, all logistic.

    It is trained in the way that lesson 3 derives, on the 1000 training digits of ``digits(0)``, and is the same every
    time.

    Returns
    -------
    layers : list of (W, b)
        2,260 numbers; W of shape (30, 64) and (10, 30).
    """
    (X, Y), _, _ = digits(0)
    rng = np.random.default_rng(3)
    layers, _ = train(scaled_init([64, 30, 10], rng), X, Y, eta=1.0, epochs=60, batch_size=10, rng=rng, measure=False)
    return layers


def _copied(layers):
    return [(weights.copy(), bias.copy()) for weights, bias in layers]


def _write_down(history, layers, X, Y, validation, recipe, eta, measure):
    def measured(X, Y, costs, accuracies):
        cost, accuracy = evaluate(layers, X, Y, recipe.hidden, recipe.output, recipe.cost)
        costs.append(cost)
        if recipe.classifies:
            accuracies.append(accuracy)

    history.etas.append(eta)
    if measure:
        measured(X, Y, history.costs, history.accuracies)
        if recipe.regularizer is not None:
            penalized, weights = PENALTY_COSTS[recipe.regularizer], [W for W, _ in layers]
            history.regularized_costs.append(penalized(history.costs[-1], weights, recipe.lam, recipe.n))
    if validation is not None:
        measured(*validation, history.validation_costs, history.validation_accuracies)
