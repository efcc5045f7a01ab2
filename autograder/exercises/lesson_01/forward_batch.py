"""A batch's way through a network."""

import numpy as np

from autograder.exercises.lesson_01.shared import loop_forward
from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values
from nblib.activations import logistic
from nblib.network import fold_bias, predict


def forward_batch(layers, X):
    A = X
    for W, b in layers:
        Z = A @ W.T + b
        A = logistic(Z)
    return A


def _batch_draws(rng, widths=None, n=None):
    """Draw networks of different depths, and batches whose size is the width of no layer."""
    found = []
    for depth in (3, 2, 4, 1):
        drawn = widths or probes.sizes(rng, depth + 2, low=2, high=9)
        layers, X, _ = probes.batch(rng, drawn[: depth + 1], n or drawn[-1])
        found.append((layers, X))
    return found


def _batch_of_one(rng):
    return [(layers, X[:1]) for layers, X in _batch_draws(rng)]


def _columns_forward_batch(layers, X):
    A = X.T
    for W, b in layers:
        A = 1 / (1 + np.exp(-(W @ A + b[:, None])))
    return A.T


def _theta_forward_batch(layers, X):
    A = X
    for W, b in layers:
        A = logistic(np.column_stack([np.ones(len(A)), A]) @ fold_bias(W, b).T)
    return A


def _axes_of_one(trial):
    """Return how many axes the answer for a batch of one example has, or None if there is no answer."""
    outcome = trial.call(_batch_of_one(trial.rng(2))[0])
    return {"axes": outcome.value.ndim if isinstance(outcome.value, np.ndarray) else None}


EXERCISE = Exercise(
    points=2,
    equation="A^0 = X; Z^ℓ = A^(ℓ−1) (W^ℓ)ᵀ + b^ℓ, A^ℓ = σ(Z^ℓ); one example per row",
    probes=_batch_draws,
    telling_probes=lambda rng: _batch_draws(rng, [4] * 6, 4) + _batch_draws(rng, [4] * 6, 3),
    observe=_axes_of_one,
    requirements=[
        values(1),
        shapes(0.25),
        cases("a batch of one", 0.5, _batch_of_one, with_shapes=True),
        unchanged(0.25),
    ],
    variants=[
        lambda layers, X: np.array([predict(layers, x) for x in X]),
        lambda layers, X: [predict(layers, x).tolist() for x in X],
        _columns_forward_batch,
        _theta_forward_batch,
        lambda layers, X: np.vstack([loop_forward(layers, x)[1][-1] for x in X]),
    ],
)
