"""The steps of training once more, in the shape a processor likes.

The same four equations as in :mod:`nblib.backprop`, and tests hold the two equal.  What is different:

- Every array is allocated once, and each operation writes into one (``out=``): at these sizes the plain text spends
  much of its time on fetching memory.
- All weights and biases are one vector, and the W and b of the layers are views into it.  A step of gradient descent is
  then one subtraction, however many layers there are.
- Derivatives are taken from the activations, σ′ = a(1 − a), which are there already.
- 1/n, and in plain gradient descent η too, is multiplied into δ^L, the smallest array of the backward pass, and reaches
  every gradient by itself.
- The weights of layer 1 lie in memory by columns: its forward product, the longest of all, is faster so, and no δ is
  passed back through it, which would be slower.
"""

import numpy as np

from nblib.costs import CANCELLING_PAIRS, examples_factor
from nblib.optimizers import SGD
from nblib.regularization import PENALTY_GRADIENTS, regularized_gradients, soft_threshold


def _logistic(z, number):
    # ½ + ½ tanh(z/2) is the logistic function, and tanh cannot overflow as exp(-z) could.
    np.multiply(z, number.half, out=z)
    np.tanh(z, out=z)
    np.multiply(z, number.half, out=z)
    np.add(z, number.half, out=z)


def _tanh(z, number):
    np.tanh(z, out=z)


def _relu(z, number):
    np.maximum(z, number.zero, out=z)


def _linear(z, number):
    pass


def _softmax(z, number):
    np.subtract(z, np.maximum.reduce(z, axis=1, keepdims=True), out=z)
    np.exp(z, out=z)
    np.divide(z, np.add.reduce(z, axis=1, keepdims=True), out=z)


def _times_logistic_prime(delta, a, slope, number):
    np.subtract(number.one, a, out=slope)
    np.multiply(slope, a, out=slope)
    np.multiply(delta, slope, out=delta)


def _times_tanh_prime(delta, a, slope, number):
    np.multiply(a, a, out=slope)
    np.subtract(number.one, slope, out=slope)
    np.multiply(delta, slope, out=delta)


def _times_relu_prime(delta, a, slope, number):
    np.greater(a, number.zero, out=slope)
    np.multiply(delta, slope, out=delta)


def _times_linear_prime(delta, a, slope, number):
    pass


_IN_PLACE = {"logistic": _logistic, "tanh": _tanh, "relu": _relu, "linear": _linear, "softmax": _softmax}
_TIMES_PRIME = {
    "logistic": _times_logistic_prime,
    "tanh": _times_tanh_prime,
    "relu": _times_relu_prime,
    "linear": _times_linear_prime,
}
# ∂C_i/∂a is this factor times (a − y).
_SQUARES = {"lecture": 2.0, "notes": 1.0, "slides": 1.0, "rss": 2.0}


class _Numbers:
    """Constants in the precision of the data: as arrays they cost half of what Python's numbers do."""

    def __init__(self, dtype):
        self.zero, self.half, self.one = (np.array(value, dtype) for value in (0, 0.5, 1))


class _Parameters:
    """Arrays of the shapes of all weights and biases, as views into one vector."""

    def __init__(self, sizes, dtype):
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        # Every matrix starts on a line of the cache, 64 bytes: some numbers between two matrices belong to neither.
        itemsize = np.dtype(dtype).itemsize
        line = 64 // itemsize
        starts = np.cumsum([0] + [-(-rows * columns // line) * line for rows, columns in shapes])
        raw = np.zeros((starts[-1] + sum(sizes[1:]) + line) * itemsize, np.uint8)
        self.vector = raw[-raw.ctypes.data % 64 :][: (starts[-1] + sum(sizes[1:])) * itemsize].view(dtype)
        self.weights, self.biases = np.split(self.vector, [starts[-1]])
        self.layers = []
        for index, (rows, columns) in enumerate(shapes):
            flat = self.weights[starts[index] : starts[index] + rows * columns]
            W = flat.reshape(columns, rows).T if index == 0 else flat.reshape(rows, columns)
            self.layers.append((W, self.biases[sum(sizes[1 : index + 1]) :][:rows]))

    @property
    def vectors(self):
        """The whole network as if it were a single layer, which is all that an optimizer needs to know."""
        return [(self.weights, self.biases)]


class _Buffers:
    """The arrays of a batch of n examples."""

    def __init__(self, sizes, n, dtype):
        self.activations = [np.empty((n, size), dtype) for size in sizes]
        self.deltas = [np.empty((n, size), dtype) for size in sizes[1:]]
        self.slopes = [np.empty((n, size), dtype) for size in sizes[1:]]
        self.targets = np.empty((n, sizes[-1]), dtype)
        self.ones = np.ones(n, dtype)


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
        self.recipe, self.dtype = recipe, layers[0][0].dtype
        self.sizes = [layers[0][0].shape[1], *(len(bias) for _, bias in layers)]
        self.parameters, self.gradients = _Parameters(self.sizes, self.dtype), _Parameters(self.sizes, self.dtype)
        self.layers = self.parameters.layers
        for (W, b), (weights, bias) in zip(self.layers, layers, strict=True):
            W[...], b[...] = weights, bias
        self.state = recipe.optimizer.start(self.parameters.vectors)
        self.number, self.buffers = _Numbers(self.dtype), {}
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
        known_cost = recipe.cost in _SQUARES and recipe.output in _TIMES_PRIME
        known_pair = (recipe.output, recipe.cost) in CANCELLING_PAIRS
        return recipe.hidden in _TIMES_PRIME and (known_cost or known_pair) and recipe.p_drop == 0

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
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            if len(rows) not in self.buffers:
                self.buffers[len(rows)] = _Buffers(self.sizes, len(rows), self.dtype)
            batch = self.buffers[len(rows)]
            # "clip" is the mode that needs no copy in between; no index is out of range here.
            X.take(rows, axis=0, out=batch.activations[0], mode="clip")
            Y.take(rows, axis=0, out=batch.targets, mode="clip")
            self._forward(batch)
            self._backward(batch, self._factor(len(rows), eta))
            self._update(eta)

    def _factor(self, n, eta):
        """What δ^L is multiplied by, as an array."""
        factor = examples_factor(self.recipe.cost, n) * _SQUARES.get(self.recipe.cost, 1.0)
        return np.array(factor * eta if self.in_place else factor, self.dtype)

    def _forward(self, batch):
        last = len(self.layers) - 1
        for index, (W, b) in enumerate(self.layers):
            z = np.dot(batch.activations[index], W.T, out=batch.activations[index + 1])
            np.add(z, b, out=z)
            _IN_PLACE[self.recipe.output if index == last else self.recipe.hidden](z, self.number)

    def _backward(self, batch, factor):
        recipe, last = self.recipe, len(self.layers) - 1
        delta = np.subtract(batch.activations[-1], batch.targets, out=batch.deltas[-1])
        np.multiply(delta, factor, out=delta)
        if (recipe.output, recipe.cost) not in CANCELLING_PAIRS:
            _TIMES_PRIME[recipe.output](delta, batch.activations[-1], batch.slopes[-1], self.number)
        for index in range(last, -1, -1):
            dW, db = self.gradients.layers[index]
            if index == 0:
                np.dot(batch.activations[0].T, delta, out=dW.T)
            else:
                np.dot(delta.T, batch.activations[index], out=dW)
            np.dot(batch.ones, delta, out=db)
            if index > 0:
                delta = np.dot(delta, self.layers[index][0], out=batch.deltas[index - 1])
                _TIMES_PRIME[recipe.hidden](delta, batch.activations[index], batch.slopes[index - 1], self.number)

    def _update(self, eta):
        recipe, parameters, gradients = self.recipe, self.parameters, self.gradients
        if self.in_place:
            if recipe.regularizer == "l2":
                np.multiply(parameters.weights, 1 - eta * recipe.lam / recipe.n, out=parameters.weights)
            np.subtract(parameters.vector, gradients.vector, out=parameters.vector)
            return
        layers, slopes = parameters.vectors, gradients.vectors
        if recipe.regularizer in PENALTY_GRADIENTS:
            slopes = regularized_gradients(layers, slopes, PENALTY_GRADIENTS[recipe.regularizer], recipe.lam, recipe.n)
        [(weights, biases)], self.state = recipe.optimizer.step(layers, slopes, self.state, eta)
        if recipe.regularizer == "soft threshold":
            weights = soft_threshold(weights, eta * recipe.lam / recipe.n)
        parameters.weights[...], parameters.biases[...] = weights, biases
