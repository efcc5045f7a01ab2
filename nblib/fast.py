"""The training steps again, arranged for speed.

The equations are those of :mod:`nblib.backprop`, and tests check that the results agree.  What is different:

- Every array is allocated once, and every operation writes into one of them.  With networks of this size,
  :class:`nblib.training.PlainTraining` spends much of its time on allocating memory.
- A step is compiled once into a list of operations and their arrays, which is then only carried out.
- All weights and biases are views into one vector, so a step of gradient descent is a single subtraction.
- A bias is the weight of an input that is always 1, as in the notes' Θ, so one product serves both.  The bias is the
  last row of the transposed Θ, and between the layers every example is a column.  That puts the ones into the last row
  of the activations, which are still contiguous without it.
- Derivatives are computed from the activations, which we already have: σ′ = a(1 − a).
- The factor 1/n (and η in plain gradient descent) is multiplied into δ^L, the smallest array of the backward pass.
  From there it reaches every gradient.
- In a browser, where NumPy has no BLAS, SciPy's computes the products.

The same lists carry out R networks side by side, see :mod:`nblib.side_by_side`.  Then every array has one more axis in
front, for the networks, and η and λ have the shape (R, 1, 1).
"""

from functools import partial
from itertools import pairwise
from math import prod

import numpy as np

from nblib.costs import CANCELLING_PAIRS, examples_factor
from nblib.machine import product
from nblib.optimizers import SGD
from nblib.regularization import penalized_step

# ∂C_i/∂a is this factor times (a − y).
_SQUARES = {"lecture": 2.0, "notes": 1.0, "slides": 1.0, "rss": 2.0}


# Operations that turn z into a, in place.  ``number`` holds constants as arrays in the precision of the data, which
# takes half the time of Python's numbers.


def _logistic(z, number):
    # ½ + ½ tanh(z/2) is the logistic function, and tanh cannot overflow as exp(-z) could.
    half = number[0.5]
    return [(np.multiply, (z, half, z)), (np.tanh, (z, z)), (np.multiply, (z, half, z)), (np.add, (z, half, z))]


def _softmax(z, number):
    width, total = z.shape[-2], np.empty_like(z)
    largest = np.empty_like(z[..., :1, :])
    # The product with ones sums each column into every row, which is faster than a sum that is then broadcast.
    return [
        (np.maximum.reduce, (z, -2, None, largest, True)),
        (np.subtract, (z, largest, z)),
        (np.exp, (z, z)),
        product(np.ones((width, width), z.dtype), z, total),
        (np.divide, (z, total, z)),
    ]


_ACTIVATE = {
    "linear": lambda z, number: [],
    "logistic": _logistic,
    "tanh": lambda z, number: [(np.tanh, (z, z))],
    # maximum takes its output by name only.
    "relu": lambda z, number: [(partial(np.maximum, out=z), (z, number[0]))],
    "softmax": _softmax,
}

# Operations that compute σ′ from a, into slope.
_SLOPE = {
    "linear": lambda a, slope, number: [],
    "logistic": lambda a, slope, number: [(np.subtract, (number[1], a, slope)), (np.multiply, (slope, a, slope))],
    "tanh": lambda a, slope, number: [(np.multiply, (a, a, slope)), (np.subtract, (number[1], slope, slope))],
    "relu": lambda a, slope, number: [(np.greater, (a, number[0], slope))],
}


def _times_prime(name, delta, a, number):
    """Operations that multiply δ by σ′."""
    slope = np.empty_like(delta)
    return [] if name == "linear" else [*_SLOPE[name](a, slope, number), (np.multiply, (delta, slope, delta))]


def turned(a):
    """Transpose a matrix, or each matrix of several networks.

    For the arrays of this module, which has the lecture's "Backpropagation".

    Parameters
    ----------
    a : numpy.ndarray, shape (i, j) or (R, i, j)

    Returns
    -------
    numpy.ndarray
        A view, of shape (j, i) or (R, j, i).
    """
    return np.swapaxes(a, -1, -2)


class Parameters:
    """Θ^1 … Θ^L, transposed, as views into one vector, and the weights and biases as views into them.

    Source: notes, "Multi-layer neural networks".

    Parameters
    ----------
    sizes : list of int
        Widths of all layers, the input first.
    dtype : numpy.dtype
        The precision.
    networks : tuple of int
        () for one network, (R,) for several.
    """

    def __init__(self, sizes, dtype, networks=()):
        shapes = [(*networks, inputs + 1, outputs) for inputs, outputs in pairwise(sizes)]
        # Every matrix starts on a cache line (64 bytes), so there may be unused numbers between two matrices.
        itemsize = np.dtype(dtype).itemsize
        line = 64 // itemsize
        starts = np.cumsum([0] + [-(-prod(shape) // line) * line for shape in shapes])
        raw = np.zeros((starts[-1] + line) * itemsize, np.uint8)
        self.vector = raw[-raw.ctypes.data % 64 :][: starts[-1] * itemsize].view(dtype)
        blocks = zip(np.split(self.vector, starts[1:-1]), shapes, strict=True)
        self.thetas = [block[: prod(shape)].reshape(shape) for block, shape in blocks]
        # Side by side, a bias is a column, so that the η of each network, of shape (R, 1, 1), fits it as well.
        self.layers = [
            (turned(theta[..., :-1, :]), turned(theta[..., -1:, :]) if networks else theta[-1]) for theta in self.thetas
        ]

    def set(self, layers):
        """Write layers into the vector."""
        for (W, b), (weights, bias) in zip(self.layers, layers, strict=True):
            W[...], b[...] = weights, bias


def forward_operations(thetas, activations, recipe):
    """Operations that fill a^1 … a^L from a^0.

    For :class:`FastTraining`, and for the accuracies of lesson 7's networks.

    Parameters
    ----------
    thetas : list of numpy.ndarray
        Θ^1 … Θ^L, transposed.
    activations : list of numpy.ndarray
        a^0 … a^L, one example per column, each with a last row of ones.
    recipe : nblib.training.Recipe
        Names the activations.

    Returns
    -------
    list of (callable, tuple)
        What to call, and with what.
    """
    number, operations = _numbers(thetas[0].dtype), []
    for index, theta in enumerate(thetas, start=1):
        z = activations[index][..., :-1, :]
        operations.append(product(turned(theta), activations[index - 1], z))
        operations += _ACTIVATE[recipe.hidden if index < len(thetas) else recipe.output](z, number)
    return operations


def _numbers(dtype):
    return {value: np.array(value, dtype) for value in (0, 0.5, 1)}


class _Batch:
    """The arrays of a batch of n examples, and the operations on them that fill the gradients."""

    def __init__(self, n, parameters, gradients, recipe, factor):
        thetas, dtype = parameters.thetas, parameters.vector.dtype
        number, networks = _numbers(dtype), thetas[0].shape[:-2]
        self.inputs = np.empty((*networks, n, thetas[0].shape[-2]), dtype)
        # Rows of outputs, as they are taken from the data, and the same for every network.
        self.targets = np.empty((thetas[-1].shape[-1], *networks, n), dtype)
        targets = np.moveaxis(self.targets, 0, -2)
        activations = [turned(self.inputs), *(np.ones((*networks, theta.shape[-1] + 1, n), dtype) for theta in thetas)]
        operations = forward_operations(thetas, activations, recipe)
        a = activations[-1][..., :-1, :]
        delta = np.empty_like(a)
        operations += [(np.subtract, (a, targets, delta)), (np.multiply, (delta, factor, delta))]
        if (recipe.output, recipe.cost) not in CANCELLING_PAIRS:
            operations += _times_prime(recipe.output, delta, a, number)
        for index in reversed(range(len(thetas))):
            operations.append(product(activations[index], turned(delta), gradients.thetas[index]))
            if index > 0:
                a, delta_next = activations[index][..., :-1, :], delta
                delta = np.empty_like(a)
                operations.append(product(thetas[index][..., :-1, :], delta_next, delta))
                operations += _times_prime(recipe.hidden, delta, a, number)
        self.operations = operations


class FastTraining:
    """The training of a network, one epoch at a time; :class:`nblib.training.PlainTraining` is the readable version.

    Source: lecture, "Backpropagation", and measurements.

    Parameters
    ----------
    layers : list of (weights, bias)
        Where to start; left unchanged.  Or R networks side by side: weights (R, m_l, m_prev) and bias (R, m_l, 1).
    recipe : nblib.training.Recipe
        The settings of a step, for which :meth:`applies` is true.

    Attributes
    ----------
    layers : list of (weights, bias)
        Views of the current weights; the next epoch changes them.
    """

    def __init__(self, layers, recipe):
        sizes = [layers[0][0].shape[-1], *(weights.shape[-2] for weights, _ in layers)]
        dtype, networks = layers[0][0].dtype, layers[0][0].shape[:-2]
        self.recipe, self.batches = recipe, {}
        self.parameters, self.gradients = (Parameters(sizes, dtype, networks) for _ in range(2))
        self.layers = self.parameters.layers
        self.parameters.set(layers)
        self.state = recipe.optimizer.start(self.layers)
        self.examples = None, None, None, None
        # Then a step is w ← (1 − ηλ/n) w − η ∂C₀/∂w, and the gradients already contain η.
        self.in_place = isinstance(recipe.optimizer, SGD) and recipe.regularizer in (None, "l2")
        # The factor of δ^L, set by each epoch.
        self.factor = np.empty((*networks, 1, 1) if networks else (), dtype)

    @staticmethod
    def applies(recipe):
        """Whether this class can carry out a recipe.

        Parameters
        ----------
        recipe : nblib.training.Recipe
            The settings of a step.

        Returns
        -------
        bool
            False for dropout, for a step function, and for a cross-entropy with any output but its own.
        """
        known_cost = recipe.cost in _SQUARES and recipe.output in _SLOPE
        known_pair = (recipe.output, recipe.cost) in CANCELLING_PAIRS
        return recipe.hidden in _SLOPE and (known_cost or known_pair) and recipe.p_drop == 0

    def epoch(self, X, Y, eta, batch_size, rng):
        """One pass through the data, in the same order as :func:`nblib.training.minibatches` would take.

        Parameters
        ----------
        X, Y : numpy.ndarray, shape (n, m_0) and (n, m_L)
            In the precision of the layers.
        eta : float
            The learning rate η.
        batch_size : int
            Examples per step.
        rng : numpy.random.Generator
            Source of the order.
        """
        if X is not self.examples[0] or Y is not self.examples[1]:
            self.examples = X, Y, np.column_stack([X, np.ones(len(X), X.dtype)]), np.ascontiguousarray(Y.T)
        self.steps(*self.examples[2:], rng.permutation(len(X)), eta, batch_size)

    def steps(self, inputs, targets, order, eta, batch_size):
        """The steps of one epoch.

        Parameters
        ----------
        inputs : numpy.ndarray, shape (n, m_0 + 1)
            One example per row, and a column of ones.
        targets : numpy.ndarray, shape (m_L, n)
            One example per column.
        order : numpy.ndarray of int, shape (n,) or (R, n)
            The examples in the order in which they are taken.
        eta : float, or numpy.ndarray of shape (R, 1, 1)
            The learning rate η.
        batch_size : int
            Examples per step.
        """
        dtype, n = self.parameters.vector.dtype, order.shape[-1]
        decay = np.array(1 - eta * self.recipe.lam / self.recipe.n, dtype)
        for start in range(0, n, batch_size):
            rows = order[..., start : start + batch_size]
            size = rows.shape[-1]
            if size not in self.batches:
                self.batches[size] = _Batch(size, self.parameters, self.gradients, self.recipe, self.factor)
            batch = self.batches[size]
            if start == 0 or size < batch_size:
                self.factor[...] = self._factor(size, eta)
            # "clip" avoids a temporary copy; no index is out of range.
            inputs.take(rows, 0, batch.inputs, "clip")
            targets.take(rows, 1, batch.targets, "clip")
            for operation, arrays in batch.operations:
                operation(*arrays)
            self._update(eta, decay)

    def _factor(self, n, eta):
        factor = examples_factor(self.recipe.cost, n) * _SQUARES.get(self.recipe.cost, 1.0)
        return factor * eta if self.in_place else factor

    def _update(self, eta, decay):
        recipe, gradients = self.recipe, self.gradients
        if not self.in_place:
            layers, self.state = penalized_step(recipe, self.layers, gradients.layers, self.state, eta)
            self.parameters.set(layers)
            return
        if recipe.regularizer == "l2":
            for weights, _ in self.layers:
                np.multiply(weights, decay, weights)
        np.subtract(self.parameters.vector, gradients.vector, self.parameters.vector)
