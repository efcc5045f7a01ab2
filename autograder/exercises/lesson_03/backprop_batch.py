"""Backpropagation of a batch."""

import numpy as np

from autograder.exercises.lesson_03.shared import einsum_batch, equal_widths
from autograder.exercises.parts import Exercise, Requirement, gradient_part, probes, shapes, trouble, unchanged, values
from nblib.activations import logistic, logistic_prime
from nblib.backprop import backprop
from nblib.network import forward


def backprop_batch(layers, X, Y):
    n = len(X)
    zs, activations = forward(layers, X)
    delta = 2 * (activations[-1] - Y) * logistic_prime(zs[-1])
    gradients = []
    for index in reversed(range(len(layers))):
        dW = delta.T @ activations[index] / n
        db = np.sum(delta, axis=0) / n
        gradients.insert(0, (dW, db))
        if index > 0:
            W = layers[index][0]
            delta = delta @ W * logistic_prime(zs[index - 1])
    return gradients


def _batch_probes(rng, draw=None):
    found = []
    for depth in (3, 2):
        if draw:
            widths, n = draw(depth), 4
        else:
            widths = probes.sizes(rng, depth + 1, low=3)
            n = next(int(n) for n in rng.permutation(np.arange(3, 10)) if n not in widths)
        found.append(probes.batch(rng, widths, n))
    if not draw:
        found.append(probes.batch(rng, probes.sizes(rng, 3, low=3), 1))
    return found


def _without_loop(trial):
    problem = trouble(trial.outcomes[0], trial.exercise)
    if problem:
        return problem
    layers = probes.network(trial.rng(3), [3, 4, 2])
    few, many = (
        trial.count_steps((layers, trial.rng(4).normal(size=(n, 3)), trial.rng(5).random((n, 2)))) for n in (4, 36)
    )
    # One more step for each example means a loop; a few more in all can come from NumPy itself.
    if many - few >= 32:
        return (
            "your function runs more Python steps when there are more examples: it loops over them. One matrix "
            "product can handle all rows at once."
        )
    return None


def _column_batch(layers, X, Y):
    """Keep one example in each column, as much of the literature does."""
    A, kept = X.T, []
    for W, b in layers:
        Z = W @ A + b[:, None]
        kept.append((A, Z))
        A = logistic(Z)
    D = 2 * (A - Y.T) * A * (1 - A) / X.shape[0]
    gradients = []
    for index, (A_prev, _) in reversed(list(enumerate(kept))):
        gradients.append((D @ A_prev.T, D @ np.ones(X.shape[0])))
        if index:
            D = layers[index][0].T @ D * logistic_prime(kept[index - 1][1])
    return list(reversed(gradients))


EXERCISE = Exercise(
    derivative_of="the cost",
    points=4,
    equation="∂C/∂W^ℓ = (1/n) Σ_i δ_i^ℓ (a_i^(ℓ−1))ᵀ, ∂C/∂b^ℓ = (1/n) Σ_i δ_i^ℓ",
    probes=_batch_probes,
    telling_probes=lambda rng: _batch_probes(rng, equal_widths),
    part_name=lambda path: gradient_part(path) if len(path) == 2 else "the result",
    requirements=[values(2), shapes(0.5), unchanged(0.5), Requirement("the whole batch at once", 1, _without_loop)],
    variants=[
        einsum_batch,
        _column_batch,
        lambda layers, X, Y: [
            tuple(part.astype(float) for part in pair) for pair in backprop(layers, np.asarray(X), np.asarray(Y))
        ],
    ],
)
