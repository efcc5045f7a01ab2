"""The steps of training once more, in the shape a processor likes.

The same four equations as in :mod:`nblib.backprop`, and tests hold the two equal.  What is different:

- Every array is allocated once, and every operation writes into one: at these sizes the plain text spends much of its
  time on fetching memory.
- A step is written down once, as a list of operations and the arrays they work on, and then only read off.
- All weights and biases are one vector, and the W and b of the layers are views into it.  A step of gradient descent is
  then one subtraction, however many layers there are.
- Derivatives are taken from the activations, σ′ = a(1 − a), which are there already.
- 1/n, and in plain gradient descent η too, is multiplied into δ^L, the smallest array of the backward pass, and reaches
  every gradient by itself.
- The weights of layer 1 lie in memory by columns: its forward product, the longest of all, is faster so, and no δ is
  passed back through it, which would be slower.  Its bias goes with them, as the weight of an input that is always 1.
"""

from functools import partial

import numpy as np

from nblib.costs import CANCELLING_PAIRS, examples_factor
from nblib.optimizers import SGD
from nblib.regularization import penalized_step

# ∂C_i/∂a is this factor times (a − y).
_SQUARES = {"lecture": 2.0, "notes": 1.0, "slides": 1.0, "rss": 2.0}


class _Numbers:
    """Constants in the precision of the data: as arrays they cost half of what Python's numbers do."""

    def __init__(self, dtype):
        self.zero, self.half, self.one = (np.array(value, dtype) for value in (0, 0.5, 1))


# Operations that turn z into a, in place.


def _logistic(z, number):
    # ½ + ½ tanh(z/2) is the logistic function, and tanh cannot overflow as exp(-z) could.
    half = number.half
    return [(np.multiply, (z, half, z)), (np.tanh, (z, z)), (np.multiply, (z, half, z)), (np.add, (z, half, z))]


def _softmax(z, number):
    largest, total = np.empty((len(z), 1), z.dtype), np.empty_like(z)
    # The sums come from a product with ones, once for each column: faster than one sum a row spread over its columns.
    return [
        (np.maximum.reduce, (z, 1, None, largest, True)),
        (np.subtract, (z, largest, z)),
        (np.exp, (z, z)),
        (np.ones((z.shape[1], z.shape[1]), z.dtype).dot, (z.T, total.T)),
        (np.divide, (z, total, z)),
    ]


_ACTIVATE = {
    "linear": lambda z, number: [],
    "logistic": _logistic,
    "tanh": lambda z, number: [(np.tanh, (z, z))],
    # maximum takes its output by name only.
    "relu": lambda z, number: [(partial(np.maximum, out=z), (z, number.zero))],
    "softmax": _softmax,
}

# Operations that compute σ′ from a, into slope.
_SLOPE = {
    "linear": lambda a, slope, number: [],
    "logistic": lambda a, slope, number: [(np.subtract, (number.one, a, slope)), (np.multiply, (slope, a, slope))],
    "tanh": lambda a, slope, number: [(np.multiply, (a, a, slope)), (np.subtract, (number.one, slope, slope))],
    "relu": lambda a, slope, number: [(np.greater, (a, number.zero, slope))],
}


def _times_prime(name, delta, a, slope, number):
    """Operations that multiply δ by σ′."""
    return [] if name == "linear" else [*_SLOPE[name](a, slope, number), (np.multiply, (delta, slope, delta))]


class _Parameters:
    """Arrays of the shapes of all weights and biases, as views into one vector: W^2 … W^L, W^1, b^1, b^2 … b^L."""

    def __init__(self, sizes, dtype):
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        shapes = [*shapes[1:], shapes[0]]
        # Every matrix starts on a line of the cache, 64 bytes: some numbers between two matrices belong to neither.
        itemsize = np.dtype(dtype).itemsize
        line = 64 // itemsize
        starts = np.cumsum([0] + [-(-rows * columns // line) * line for rows, columns in shapes[:-1]])
        end = starts[-1] + sizes[0] * sizes[1]
        raw = np.zeros((end + sum(sizes[1:]) + line) * itemsize, np.uint8)
        self.vector = raw[-raw.ctypes.data % 64 :][: (end + sum(sizes[1:])) * itemsize].view(dtype)
        self.weights, self.biases = np.split(self.vector, [end])
        later = [
            self.weights[start:][: rows * columns].reshape(rows, columns)
            for start, (rows, columns) in zip(starts[:-1], shapes[:-1], strict=True)
        ]
        # By columns, and with b^1 in the row after them: the notes' Θ, transposed, and its bias at the other end.
        self.theta = self.vector[starts[-1] :][: (sizes[0] + 1) * sizes[1]].reshape(-1, sizes[1])
        biases = np.split(self.biases, np.cumsum(sizes[1:-1]))
        self.layers = list(zip([self.theta[:-1].T, *later], biases, strict=True))

    @property
    def vectors(self):
        """The whole network as if it were a single layer, which is all that an optimizer needs to know."""
        return [(self.weights, self.biases)]


class _Batch:
    """The arrays of a batch of n examples, and the operations on them that fill the gradients."""

    def __init__(self, n, parameters, gradients, recipe, number):
        layers, dtype, depth = parameters.layers, number.one.dtype, len(parameters.layers)
        sizes = [layers[0][0].shape[1] + 1, *(len(bias) for _, bias in layers)]
        # The output layer is narrow, so its arrays lie by columns: ten long runs for NumPy's loops, not n short ones.
        orders = ["C"] * depth + ["F"]
        # δ^0 and σ′(z^0) are empty: they are there so that index ℓ is layer ℓ.
        activations, deltas, slopes = (
            [np.empty((n, size), dtype, order) for size, order in zip(widths, orders, strict=True)]
            for widths in (sizes, [0, *sizes[1:]], [0, *sizes[1:]])
        )
        ones = np.ones(n, dtype)
        self.inputs, self.targets = activations[0], np.empty((n, sizes[-1]), dtype, "F")
        # 1/n and what else belongs before δ^L; an epoch writes it here.
        self.factor = np.empty((), dtype)

        operations = []
        for index, (W, b) in enumerate(layers, start=1):
            a, z = activations[index - 1], activations[index]
            theta = parameters.theta if index == 1 else W.T
            operations.append((theta.T.dot, (a.T, z.T)) if index == depth else (a.dot, (theta, z)))
            if index > 1:
                operations.append((np.add, (z, b, z)))
            operations += _ACTIVATE[recipe.hidden if index < depth else recipe.output](z, number)
        delta = deltas[-1]
        operations.append((np.subtract, (activations[-1], self.targets, delta)))
        operations.append((np.multiply, (delta, self.factor, delta)))
        if (recipe.output, recipe.cost) not in CANCELLING_PAIRS:
            operations += _times_prime(recipe.output, delta, activations[-1], slopes[-1], number)
        for index in range(depth, 1, -1):
            dW, db = gradients.layers[index - 1]
            operations += [(delta.T.dot, (activations[index - 1], dW)), (ones.dot, (delta, db))]
            delta = deltas[index - 1]
            operations.append((deltas[index].dot, (layers[index - 1][0], delta)))
            operations += _times_prime(recipe.hidden, delta, activations[index - 1], slopes[index - 1], number)
        operations.append((self.inputs.T.dot, (delta, gradients.theta)))
        self.operations = operations


class FastTraining:
    """The training of one network, an epoch at a time; :class:`nblib.training.PlainTraining` is its plain text.

    Parameters
    ----------
    layers : list of (weights, bias)
        Where to start; left unchanged.
    recipe : nblib.training.Recipe
        What a step does; :meth:`applies` tells whether it can be done here.

    Attributes
    ----------
    layers : list of (weights, bias)
        Views of the present weights, which the next epoch changes.

    Notes
    -----
    Source: lecture, "Backpropagation", and measurements.
    """

    def __init__(self, layers, recipe):
        dtype = layers[0][0].dtype
        sizes = [layers[0][0].shape[1], *(len(bias) for _, bias in layers)]
        self.recipe, self.number, self.batches = recipe, _Numbers(dtype), {}
        self.parameters, self.gradients = _Parameters(sizes, dtype), _Parameters(sizes, dtype)
        self.layers = self.parameters.layers
        for (W, b), (weights, bias) in zip(self.layers, layers, strict=True):
            W[...], b[...] = weights, bias
        self.state = recipe.optimizer.start(self.parameters.vectors)
        self.examples = None, None, None, None
        # Then the whole step is w ← (1 − ηλ/n) w − η ∂C₀/∂w, and the gradients can come with η in them.
        self.in_place = isinstance(recipe.optimizer, SGD) and recipe.regularizer in (None, "l2")

    @staticmethod
    def applies(recipe):
        """Whether the recipe is one of those that this file knows.

        Parameters
        ----------
        recipe : nblib.training.Recipe
            What a step does.

        Returns
        -------
        bool
            False for dropout, for a step function, and where a cross-entropy stands with another output than its own.
        """
        known_cost = recipe.cost in _SQUARES and recipe.output in _SLOPE
        known_pair = (recipe.output, recipe.cost) in CANCELLING_PAIRS
        return recipe.hidden in _SLOPE and (known_cost or known_pair) and recipe.p_drop == 0

    def epoch(self, X, Y, eta, batch_size, rng):
        """One pass through the data in a fresh random order, the one :func:`nblib.training.minibatches` would take.

        Parameters
        ----------
        X, Y : numpy.ndarray, shape (n, m_0) and (n, m_L)
            In the precision of the layers.
        eta : float
            The learning rate η.
        batch_size : int
            Examples a step.
        rng : numpy.random.Generator
            Source of the order.
        """
        if X is not self.examples[0] or Y is not self.examples[1]:
            self.examples = X, Y, np.column_stack([X, np.ones(len(X), X.dtype)]), np.ascontiguousarray(Y.T)
        (_, _, inputs, targets), order = self.examples, rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            if len(rows) not in self.batches:
                self.batches[len(rows)] = _Batch(len(rows), self.parameters, self.gradients, self.recipe, self.number)
            batch = self.batches[len(rows)]
            if start == 0 or len(rows) < batch_size:
                batch.factor[...] = self._factor(len(rows), eta)
            # "clip" is the mode that needs no copy in between; no index is out of range here.
            inputs.take(rows, 0, batch.inputs, "clip")
            targets.take(rows, 1, batch.targets.T, "clip")
            for operation, arrays in batch.operations:
                operation(*arrays)
            self._update(eta)

    def _factor(self, n, eta):
        factor = examples_factor(self.recipe.cost, n) * _SQUARES.get(self.recipe.cost, 1.0)
        return factor * eta if self.in_place else factor

    def _update(self, eta):
        recipe, parameters, gradients = self.recipe, self.parameters, self.gradients
        if self.in_place:
            if recipe.regularizer == "l2":
                np.multiply(parameters.weights, 1 - eta * recipe.lam / recipe.n, parameters.weights)
            np.subtract(parameters.vector, gradients.vector, parameters.vector)
            return
        step = penalized_step(recipe, parameters.vectors, gradients.vectors, self.state, eta)
        [(parameters.weights[...], parameters.biases[...])], self.state = step
