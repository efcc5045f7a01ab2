"""A network that reads handwritten digits."""

import numpy as np

from autograder.exercises.lesson_07.capstone_digits import capstone_probes
from autograder.exercises.lesson_07.capstone_judge import THRESHOLDS, reaches, report
from autograder.exercises.parts import Exercise
from nblib.activations import relu, relu_prime, softmax
from nblib.augmentation import add_noise, augment
from nblib.initialization import he_init, scaled_init
from nblib.network import predict
from nblib.optimizers import momentum_step
from nblib.training import minibatches, train


def _softmax_layers(X, Y, rng, hidden=40, eta=0.3, epochs=40):
    """Layers of a plain network, trained on what is given."""
    return train(
        scaled_init([64, hidden, 10], rng), X, Y, eta, epochs, 10, rng, output="softmax",
        cost="multinomial cross-entropy", measure=False,
    )[0]  # fmt: skip


def capstone(X_train, Y_train, X_val, Y_val, rng):
    """Reference: three plain networks 64–30–10, and the mean of their outputs."""
    networks = [_softmax_layers(X_train, Y_train, rng, hidden=30, epochs=60) for _ in range(3)]
    return lambda X: sum(predict(layers, X, output="softmax") for layers in networks).argmax(axis=1)


def _own_loop_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Write everything out: ReLU, momentum, weight decay, and keeping the best epoch."""
    X, Y = augment(X_train, Y_train, 1, rng, change=lambda image, rng: add_noise(image, 0.1, rng))
    layers = he_init([64, 80, 10], rng)
    velocity = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    eta, best, kept = 0.06, -1.0, layers
    for epoch in range(12):
        for X_b, Y_b in minibatches(X, Y, 32, rng):
            (W1, b1), (W2, b2) = layers
            z = X_b @ W1.T + b1
            a = relu(z)
            delta = (softmax(a @ W2.T + b2) - Y_b) / len(X_b)
            back = delta @ W2 * relu_prime(z)
            gradients = [(back.T @ X_b + 2e-4 * W1, back.sum(axis=0)), (delta.T @ a + 2e-4 * W2, delta.sum(axis=0))]
            layers, velocity = momentum_step(layers, gradients, velocity, eta, 0.9)
        if epoch in (6, 9):
            eta /= 3
        accuracy = np.mean(predict(layers, X_val, "relu", "softmax").argmax(axis=1) == Y_val.argmax(axis=1))
        if accuracy >= best:
            best, kept = accuracy, layers
    return lambda X: list(predict(kept, X, "relu", "softmax").argmax(axis=1))


class _Committee:
    """Networks that vote; an object that can be called is a function too."""

    def __init__(self, networks):
        self.networks = networks

    def __call__(self, X):
        return np.argmax(sum(predict(layers, X) for layers in self.networks), axis=1).astype(float)


def _logistic_committee(X_train, Y_train, X_val, Y_val, rng):
    X, Y = np.concatenate([X_train, X_val]), np.concatenate([Y_train, Y_val])
    settings = {"cost": "binary cross-entropy", "regularizer": "l2", "lam": 0.1, "measure": False}
    return _Committee([train(scaled_init([64, 60, 10], rng), X, Y, 0.3, 40, 10, rng, **settings)[0] for _ in range(2)])


def _relu_dropout_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Centred inputs: classify holds the training digits for their mean, and is no lookup for that."""
    layers, _ = train(
        he_init([64, 100, 10], rng), X_train - X_train.mean(axis=0), Y_train, 0.1, 25, 16, rng, None, "relu", "softmax",
        "multinomial cross-entropy", dropout=0.2, measure=False,
    )  # fmt: skip

    def classify(X):
        return predict(layers, X - X_train.mean(axis=0), "relu", "softmax").argmax(axis=1)

    return classify


# Parts of the mistakes in capstone.toml.


def _trained(read=lambda outputs: outputs.argmax(axis=1), **settings):
    """A plain network, whose outputs may be read in another way."""

    def trained(X_train, Y_train, X_val, Y_val, rng):
        layers = _softmax_layers(X_train, Y_train, rng, **settings)
        return lambda X: read(predict(layers, X, output="softmax"))

    return trained


def _untrained(read=lambda outputs: outputs.argmax(axis=1)):
    """Train a network that learns nothing, because its labels belong to other digits."""

    def untrained(X_train, Y_train, X_val, Y_val, rng):
        return _trained(read, epochs=12)(X_train, rng.permutation(Y_train), X_val, Y_val, rng)

    return untrained


def _nearest_names(known, names, X):
    return names[((X**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * X @ known.T).argmin(axis=1)]


def _untrained_layers(rng):
    return scaled_init([64, 40, 10], rng)


EXERCISE = Exercise(
    points=8,
    equation="capstone(X_train, Y_train, X_val, Y_val, rng) trains a network and returns classify(X) → labels",
    probes=capstone_probes,
    comparable=False,
    by_facts=True,
    observe=lambda trial: {"kind": trial.once(report).kind},
    remarks=lambda trial: trial.once(report).remarks,
    fresh=True,
    requirements=[reaches(threshold) for threshold in THRESHOLDS],
    seconds=60.0,
    variants=[_own_loop_capstone, _logistic_committee, _relu_dropout_capstone],
)
