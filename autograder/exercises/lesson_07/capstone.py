"""A network that reads handwritten digits."""

import numpy as np

from autograder.exercises.lesson_07.capstone_digits import capstone_probes
from autograder.exercises.lesson_07.capstone_judge import THRESHOLDS, finding_of, reaches
from autograder.exercises.parts import Exercise
from nblib.activations import relu, relu_prime, softmax
from nblib.augmentation import augment, elastic_image
from nblib.initialization import he_init, scaled_init
from nblib.network import predict
from nblib.optimizers import momentum_step
from nblib.training import minibatches, train


def capstone(X_train, Y_train, X_val, Y_val, rng):
    networks = []
    for _ in range(3):
        X, Y = augment(X_train, Y_train, 3, rng, change=_distorted)
        start = scaled_init([X.shape[1], 100, Y.shape[1]], rng)
        networks.append(
            train(start, X, Y, 0.5, 30, 10, rng, (X_val, Y_val), output="softmax", cost="multinomial cross-entropy",
                  plateau=(4, 2), measure=False)[0]
        )  # fmt: skip
    return lambda X: sum(predict(layers, X, output="softmax") for layers in networks).argmax(axis=1)


def _distorted(image, rng):
    return elastic_image(image, 0.7, 2, rng)


def _own_loop_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Everything written out: ReLU, momentum, decay of the weights, the best epoch kept."""
    X, Y = augment(X_train, Y_train, 6, rng, change=_distorted)
    layers = he_init([64, 150, 10], rng)
    velocity = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    eta, best, kept = 0.06, -1.0, layers
    for epoch in range(24):
        for X_b, Y_b in minibatches(X, Y, 32, rng):
            (W1, b1), (W2, b2) = layers
            z = X_b @ W1.T + b1
            a = relu(z)
            delta = (softmax(a @ W2.T + b2) - Y_b) / len(X_b)
            back = delta @ W2 * relu_prime(z)
            gradients = [(back.T @ X_b + 2e-4 * W1, back.sum(axis=0)), (delta.T @ a + 2e-4 * W2, delta.sum(axis=0))]
            layers, velocity = momentum_step(layers, gradients, velocity, eta, 0.9)
        if epoch in (12, 18, 21):
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
    networks = []
    for _ in range(3):
        X, Y = augment(np.concatenate([X_train, X_val]), np.concatenate([Y_train, Y_val]), 3, rng, change=_distorted)
        start = scaled_init([64, 80, 10], rng)
        networks.append(
            train(start, X, Y, 0.3, 30, 10, rng, cost="binary cross-entropy", regularizer="l2", lam=0.5, measure=False)[
                0
            ]
        )
    return _Committee(networks)


def _relu_dropout_capstone(X_train, Y_train, X_val, Y_val, rng):
    """Centred inputs: predict holds the training digits for their mean, and is no lookup for that."""
    X, Y = augment(X_train, Y_train, 8, rng, change=_distorted)
    layers, _ = train(
        he_init([64, 200, 10], rng), X - X_train.mean(axis=0), Y, 0.1, 20, 10, rng, None, "relu", "softmax",
        "multinomial cross-entropy", dropout=0.2, measure=False,
    )  # fmt: skip

    def predict_labels(X):
        return predict(layers, X - X_train.mean(axis=0), "relu", "softmax").argmax(axis=1)

    return predict_labels


# Parts of the mistakes in capstone.toml.
def _quick_layers(X, Y, rng):
    layers, _ = train(
        scaled_init([64, 40, 10], rng), X, Y, 0.5, 25, 10, rng, output="softmax", cost="multinomial cross-entropy",
        measure=False,
    )  # fmt: skip
    return layers


def _quick(read=lambda outputs: outputs.argmax(axis=1)):
    """A network that is trained quickly, and whose outputs are read in another way."""

    def quick(X_train, Y_train, X_val, Y_val, rng):
        layers = _quick_layers(X_train, Y_train, rng)
        return lambda X: read(predict(layers, X, output="softmax"))

    return quick


def _trained(hidden, eta, epochs):
    """A network that has learned, but not well enough."""

    def trained(X_train, Y_train, X_val, Y_val, rng):
        layers, _ = train(
            scaled_init([64, hidden, 10], rng), X_train, Y_train, eta, epochs, 10, rng, output="softmax",
            cost="multinomial cross-entropy", measure=False,
        )  # fmt: skip
        return lambda X: predict(layers, X, output="softmax").argmax(axis=1)

    return trained


EXERCISE = Exercise(
    points=8,
    equation="capstone(X_train, Y_train, X_val, Y_val, rng) trains a network and returns predict(X) → labels",
    probes=capstone_probes,
    comparable=False,
    by_facts=True,
    observe=lambda trial: {"kind": finding_of(trial)[0]},
    requirements=[reaches(threshold) for threshold in THRESHOLDS],
    seconds=120.0,
    variants=[_own_loop_capstone, _logistic_committee, _relu_dropout_capstone],
)
