"""Training in mini-batches."""

import numpy as np

from autograder.exercises.lesson_03.shared import einsum_batch, split_minibatches
from autograder.exercises.parts import (
    SINGLE_TOLERANCE,
    Exercise,
    Requirement,
    ScriptedOrders,
    close,
    flat,
    ordinal,
    probes,
    scripts_of,
    unchanged,
    values,
)
from nblib.activations import logistic
from nblib.backprop import backprop
from nblib.costs import mean_square
from nblib.network import predict
from nblib.optimizers import sgd_step
from nblib.training import minibatches


def train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            gradients = backprop(layers, X_b, Y_b)
            layers = sgd_step(layers, gradients, eta)
        costs.append(mean_square(predict(layers, X), Y))
    return layers, costs


def _mean_gradients(layers, X, Y):
    """Return the mean of the gradients of one example after another."""
    each = [backprop(layers, x, y) for x, y in zip(X, Y, strict=True)]
    return [tuple(np.mean(parts, axis=0) for parts in zip(*pairs, strict=True)) for pairs in zip(*each, strict=True)]


def _cost(layers, X, Y):
    return mean_square(predict(layers, X), Y)


def _train_probes(rng):
    whole = probes.batch(rng, probes.sizes(rng, 4, low=3), 9)
    small = probes.batch(rng, probes.sizes(rng, 3), 3)
    seed = int(rng.integers(2**32))
    return [(*whole, 0.8, 4, 9, np.random.default_rng(seed)), (*small, 2.5, 2, 2, np.random.default_rng(seed))]


def _train_three_batches(rng):
    """Draw one epoch of three batches, so that it shows what happens between the first and the last."""
    data = probes.batch(rng, probes.sizes(rng, 3), 3)
    return [(*data, 1.5, 1, 1, np.random.default_rng(rng.integers(2**32)))]


def _train_runs(args):
    """Yield every order that could matter; with a single batch in each epoch none does."""
    layers, X, Y, eta, epochs, batch_size, _ = args
    scripts = [[tuple(range(len(X)))]] if batch_size >= len(X) else scripts_of(len(X), batch_size, epochs)
    return [(layers, X, Y, eta, epochs, batch_size, ScriptedOrders(script)) for script in scripts]


def _weights(result):
    """Return the numbers of the layers that a run returned, which show the batches whatever its costs are."""
    return flat(result[0]) if isinstance(result, (list, tuple)) and len(result) == 2 else None


def _answers_of_twelve(trial):
    """Return the weights of the mini-batch probe for twelve generators; None for a run without any."""
    return [_weights(trial.call((*trial.probes[1][:-1], np.random.default_rng(seed))).value) for seed in range(12)]


def _orders_taken(trial):
    """Return the orders that twelve generators led to; None for a run that chance can't explain."""
    if trial.outcomes[1].failure:
        return [None]
    scripts = [tuple(run[-1].orders) for run in _train_runs(trial.probes[1])]
    allowed = list(zip(scripts, map(_weights, trial.expected[1]), strict=True))

    def taken(got):
        fitting = (
            s for s, want in allowed if got is not None and got.size == want.size and close(got, want, SINGLE_TOLERANCE)
        )
        return next(fitting, None)

    # Where the graded run is wrong already, twelve more would show nothing new.
    if taken(_weights(trial.outcomes[1].value)) is None:
        return [None]
    return [taken(got) for got in _answers_of_twelve(trial)]


def _fresh_shuffle(trial):
    taken = trial.once(_orders_taken)
    if None in taken:
        return "this can be checked only once training in mini-batches is right."
    if len({script[0] for script in taken}) == 1:
        return (
            "twelve generators led to the same batches in the first epoch: you don't shuffle the examples, or not with "
            "the rng that is passed in."
        )
    if all(script[0] == script[1] for script in taken):
        return "the second epoch always has the same batches as the first: shuffle again in each epoch."
    return None


def _in_the_order_of_x(trial):
    layers, X, Y, eta, epochs, batch_size, _ = trial.telling_probes[0]
    got = flat(trial.telling_outcomes[0].value)
    want = flat(train(layers, X, Y, eta, epochs, batch_size, ScriptedOrders([tuple(range(len(X)))])))
    return got is not None and close(got, want)


def _train_facts(trial):
    taken = trial.once(_orders_taken)
    known = None not in taken
    numbers = None if trial.outcomes[1].failure else flat(trial.outcomes[1].value)
    return {
        "shuffled": known and len({script[0] for script in taken}) > 1,
        "afresh": known and any(script[0] != script[1] for script in taken),
        "second epoch idle": numbers is not None and numbers.size > 1 and numbers[-1] == numbers[-2],
        "in order": known
        and all(list(order) == sorted(order) for script in taken for order in script)
        and _in_the_order_of_x(trial),
    }


def _written_out_train(layers, X, Y, eta, epochs, batch_size, rng):
    weights, biases = [W.copy() for W, _ in layers], [b.copy() for _, b in layers]
    costs = []
    for _ in range(epochs):
        order = list(range(len(X)))
        rng.shuffle(order)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            A = [X[rows]]
            for W, b in zip(weights, biases, strict=True):
                A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
            D = 2 * (A[-1] - Y[rows]) * A[-1] * (1 - A[-1]) / len(rows)
            for level in range(len(weights) - 1, -1, -1):
                dW, db = D.T @ A[level], D.sum(axis=0)
                D = D @ weights[level] * A[level] * (1 - A[level])
                weights[level] -= eta * dW
                biases[level] -= eta * db
        A = X
        for W, b in zip(weights, biases, strict=True):
            A = logistic(A @ W.T + b)
        costs.append(float(((Y - A) ** 2).sum() / len(X)))
    return [(W, b) for W, b in zip(weights, biases, strict=True)], costs


def _looped_train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = np.empty(epochs)
    for epoch in range(epochs):
        order = np.argsort(rng.random(len(X)))
        while len(order):
            rows, order = order[:batch_size], order[batch_size:]
            layers = sgd_step(layers, _mean_gradients(layers, X[rows], Y[rows]), eta)
        costs[epoch] = np.mean([np.sum((y - predict(layers, x)) ** 2) for x, y in zip(X, Y, strict=True)])
    return [list(pair) for pair in layers], costs


def _generator_train(layers, X, Y, eta, epochs, batch_size, rng):
    def states(layers):
        for _ in range(epochs):
            for X_b, Y_b in split_minibatches(X, Y, batch_size, rng):
                layers = sgd_step(layers, einsum_batch(layers, X_b, Y_b), eta)
            yield layers

    visited = list(states(layers))
    return visited[-1], [np.float64(_cost(layers, X, Y)) for layers in visited]


def _train_part(path):
    if len(path) == 3 and path[0] == 0:
        return f"{('the weights', 'the bias')[path[2]]} of layer {path[1] + 1} after training"
    if path[:1] == (1,):
        return f"the cost after the {ordinal(path[1])} epoch" if len(path) == 2 else "the list of costs"
    return "the result"


EXERCISE = Exercise(
    points=4,
    equation="for each epoch: for each mini-batch: w ← w − η ∂C_batch/∂w; then C = (1/n) Σ‖y − a‖² over all examples",
    probes=_train_probes,
    telling_probes=_train_three_batches,
    runs=_train_runs,
    part_name=_train_part,
    observe=_train_facts,
    seconds=20.0,
    requirements=[
        values(1.5, "one batch per epoch: weights and costs", only=[0]),
        values(1.5, "mini-batches, the last one smaller: weights and costs", only=[1]),
        Requirement("a fresh shuffle in each epoch", 0.5, _fresh_shuffle),
        unchanged(0.5),
    ],
    variants=[_written_out_train, _looped_train, _generator_train],
)
