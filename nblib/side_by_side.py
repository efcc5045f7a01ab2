"""Many small networks of one shape, trained at the same time.

A step of a network for the digits spends most of its time on calling NumPy.  Where the weights of R networks are one
array, a call does the work of R calls, and each network gets what :func:`nblib.training.train` would have given it.
"""

import numpy as np

from nblib.fast import FastTraining, Parameters, forward_operations
from nblib.network import ShapeError, as_batch, as_float, classify, layer_sizes
from nblib.optimizers import SGD, plateau_schedule
from nblib.training import History, Recipe, check_whole, train


class _SideBySide(FastTraining):
    """The training of R networks, one epoch at a time, on a set of examples for all of them or on R sets."""

    def __init__(self, starts, recipe, sets):
        stacked = [
            (np.stack([weights for weights, _ in layer]), np.stack([bias for _, bias in layer])[..., np.newaxis])
            for layer in zip(*starts, strict=True)
        ]
        super().__init__(stacked, recipe)
        X, Y = (np.concatenate(parts) for parts in zip(*sets, strict=True))
        self.inputs, self.targets = np.column_stack([X, np.ones(len(X), X.dtype)]), np.ascontiguousarray(Y.T)
        # Where each network's own examples begin.
        self.offsets = recipe.n * np.arange(len(sets))[:, np.newaxis]
        self.histories = [History() for _ in starts]
        self.networks = [[(weights[r], bias[r, :, 0]) for weights, bias in self.layers] for r in range(len(starts))]

    def epoch(self, etas, batch_size, rngs):
        """One pass through the data, for each network in the order of its generator."""
        order = np.array([rng.permutation(self.recipe.n) for rng in rngs]) + self.offsets
        eta = np.reshape(etas, (-1, 1, 1)).astype(self.recipe.lam.dtype)
        self.steps(self.inputs, self.targets, order, eta, batch_size)


class _Accuracy:
    """Measures networks, one after the other in the same arrays."""

    def __init__(self, parameters, X, Y, recipe):
        self.parameters, self.output, self.labels = parameters, recipe.output, classify(Y, recipe.output)
        widths = [X.shape[1], *(len(bias) for _, bias in parameters.layers)]
        activations = [np.ones((width + 1, len(X)), parameters.vector.dtype) for width in widths]
        activations[0][:-1], self.outputs = X.T, activations[-1][:-1].T
        self.operations = forward_operations(parameters.thetas, activations, recipe)

    def of(self, layers):
        """Return the share of right answers of a network."""
        self.parameters.set(layers)
        for operation, arrays in self.operations:
            operation(*arrays)
        return float(np.mean(classify(self.outputs, self.output) == self.labels))


def train_side_by_side(
    starts,
    X,
    Y,
    etas,
    epochs,
    batch_size,
    rngs,
    validation=None,
    hidden="logistic",
    output="logistic",
    cost="lecture",
    optimizer=None,
    lams=0.0,
    plateau=None,
    callbacks=(),
    **options,
):
    """Train several networks of one shape at the same time, each as :func:`nblib.training.train` would alone.

    For the experiments of lesson 7.  In the precision of X; costs aren't measured.

    Parameters
    ----------
    starts : list of list of (weights, bias)
        Where each network starts; left unchanged.
    X : array_like, shape (n, m_0) or (R, n, m_0)
        One example per row, for all networks or for each of the R.
    Y : array_like, shape (n, m_L) or (R, n, m_L)
        Targets, one-hot for classes.
    etas : float, or sequence of R floats
        The learning rate η, of all networks or of each.
    epochs, batch_size : int
        Passes through the data, and examples per step.
    rngs : list of numpy.random.Generator
        Each decides the order in which its network sees the examples.
    validation : (X, Y), optional
        Held-out examples for all networks, whose accuracy is recorded.
    hidden, output, cost : str
        Names of the activations and of the cost.
    optimizer : nblib.optimizers.SGD, Momentum, RMSprop or Adam, optional
        How a gradient becomes a step; plain gradient descent by default.
    lams : float, or sequence of R floats
        λ of L2, of all networks or of each.
    plateau : (patience, factor), optional
        A network's η is divided by factor after patience epochs without a better validation accuracy of its own.
    callbacks : sequence of callable
        As for :func:`nblib.training.train`, and called for every network after each epoch.  All stop when one of them
        returns True.

    **options
        What else :func:`nblib.training.train` takes.  With these, and with what :mod:`nblib.fast` can't do, the
        networks are trained one after the other.

    Returns
    -------
    list of (layers, history)
        For each network its layers after the last step, and the η and validation accuracy of every epoch.

    Raises
    ------
    ShapeError
        If the networks have different shapes, or X and Y don't fit them, or there isn't one of everything for each.
    ValueError
        If a setting is out of range or needs another one, or if X or Y isn't finite.
    """
    sizes = [layer_sizes(layers) for layers in starts]
    if len(sizes) == 0 or sizes != sizes[:1] * len(sizes):
        raise ShapeError(f"The starts have layers of {sizes}, but only networks of one shape can go side by side.")
    etas, lams = _one_each(len(starts), "etas", etas), _one_each(len(starts), "lams", lams)
    rngs = _one_each(len(starts), "rngs", rngs)
    check_whole("epochs", epochs, 0)
    X, Y = np.atleast_2d(as_float(X)), np.atleast_2d(as_float(Y))
    sets = [*zip(X, Y, strict=False)] if X.ndim == 3 else [(X, Y)]
    if X.ndim == 3 and not len(X) == len(Y) == len(starts):
        raise ShapeError(f"X holds {len(X)} sets of examples and Y {len(Y)}, but there are {len(starts)} networks.")
    optimizer, classifies = optimizer or SGD(), sizes[0][-1] > 1 or output not in ("linear", "relu")
    names = {"hidden": hidden, "output": output, "cost": cost, "optimizer": optimizer}
    names["regularizer"] = "l2" if max(lams) > 0 else None
    # λ and η get the shape that fits the weights side by side.  Like numbers of Python's, they must not change the
    # precision in which an optimizer computes.
    lam = np.reshape(lams, (-1, 1, 1)).astype(float if isinstance(optimizer, SGD) else X.dtype)
    recipe = Recipe(**names, lam=lam, n=X.shape[-2], p_drop=0.0, classifies=classifies)
    together = FastTraining.applies(recipe) and not options

    # Without an epoch, train checks what it's given, and returns the start in the precision of X.
    names |= {"plateau": plateau, "callbacks": callbacks, "measure": False, "fast": not together} | options
    each = zip(starts, sets * (len(starts) // len(sets)), etas, lams, rngs, strict=True)
    trained = [
        train(layers, *own, eta, 0 if together else epochs, batch_size, rng, validation, lam=lam, **names)
        for layers, own, eta, lam, rng in each
    ]
    if not together:
        return trained
    starts = [layers for layers, _ in trained]
    training = _SideBySide(starts, recipe, [as_batch(starts[0], *own) for own in sets])
    measured = None
    if validation is not None and classifies:
        measured = _Accuracy(Parameters(sizes[0], X.dtype), *as_batch(starts[0], *validation), recipe)
    _run(training, etas, int(epochs), int(batch_size), rngs, measured, plateau, callbacks)
    copies = [[(weights.copy(), bias.copy()) for weights, bias in layers] for layers in training.networks]
    return [*zip(copies, training.histories, strict=True)]


def _run(training, etas, epochs, batch_size, rngs, measured, plateau, callbacks):
    """Train for some epochs, or until a callback says stop, and write the histories."""
    first_etas, pairs = etas, [*zip(training.histories, training.networks, strict=True)]
    for epoch in range(epochs):
        if plateau is not None:
            seen = [[*history.validation_accuracies, 0.0] for history, _ in pairs]
            etas = [plateau_schedule(*each, *plateau)[-1] for each in zip(seen, first_etas, strict=True)]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            training.epoch(etas, batch_size, rngs)
            for eta, (history, layers) in zip(etas, pairs, strict=True):
                history.etas.append(float(eta))
                if measured is not None:
                    history.validation_accuracies.append(measured.of(layers))
        if any([callback(epoch, *pair) is True for pair in pairs for callback in callbacks]):
            break


def _one_each(count, name, given):
    """Return a list with one for each network."""
    values = list(given) if np.ndim(given) else [given] * (count if np.isscalar(given) else 1)
    if len(values) != count:
        raise ShapeError(f"There are {count} starts but {len(values)} {name}: give one for each.")
    return values
