"""Headline results of M. Nielsen, *Neural Networks and Deep Learning*, run again with nblib on MNIST.

    OPENBLAS_NUM_THREADS=1 python benchmarks/nielsen.py [--seeds 3] [--only NAME ...] [--mnist FILE]

Prints a table in Markdown: his figure, and beside it best and last epoch over the seeds.  MNIST comes from where
``nblib.data.load_mnist`` looks for it.
"""

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np

from nblib.data import load_mnist, one_hot
from nblib.initialization import normal_init, scaled_init
from nblib.network import predict
from nblib.training import train


@dataclass(frozen=True)
class Run:
    """One of his experiments, with mini-batches of 10 throughout."""

    name: str
    text: str
    figure: float
    hidden: int
    cost: str
    eta: float
    epochs: int
    start: object = normal_init
    lam: float = 0.0
    images: int = 50_000
    measured_on: str = "test"


QUADRATIC, CROSS_ENTROPY = "slides", "binary cross-entropy"
RUNS = [
    Run("quadratic", "30 hidden, quadratic, η = 3", 95.42, 30, QUADRATIC, 3.0, 30),
    Run("cross-entropy", "30 hidden, cross-entropy, η = 0.5", 95.49, 30, CROSS_ENTROPY, 0.5, 30),
    Run("l2", "the same, λ = 5", 96.49, 30, CROSS_ENTROPY, 0.5, 30, lam=5.0),
    Run(
        "wide",
        "100 hidden, cross-entropy, λ = 5, η = 0.1, scaled start",
        98.04,
        100,
        CROSS_ENTROPY,
        0.1,
        60,
        start=scaled_init,
        lam=5.0,
        measured_on="validation",
    ),
    Run("wide-quadratic", "100 hidden, quadratic, η = 3", 96.59, 100, QUADRATIC, 3.0, 30),
    Run(
        "normal-start",
        "epoch 1, start N(0, 1), λ = 5, η = 0.1",
        86.43,
        30,
        CROSS_ENTROPY,
        0.1,
        1,
        lam=5.0,
        measured_on="validation",
    ),
    Run(
        "scaled-start",
        "epoch 1, start N(0, 1/√n_in)",
        92.70,
        30,
        CROSS_ENTROPY,
        0.1,
        1,
        start=scaled_init,
        lam=5.0,
        measured_on="validation",
    ),
    Run("few", "1000 images, λ = 0", 82.27, 30, CROSS_ENTROPY, 0.5, 400, images=1000),
    Run("few-l2", "1000 images, λ = 0.1", 87.10, 30, CROSS_ENTROPY, 0.5, 400, lam=0.1, images=1000),
]


def parts(mnist):
    """His training, validation and test sets, labels one-hot in float32."""
    (X, labels), (X_test, labels_test) = load_mnist(mnist, download=False)
    Y, Y_test = (one_hot(values, 10).astype(np.float32) for values in (labels, labels_test))
    return {"training": (X[:50_000], Y[:50_000]), "validation": (X[50_000:], Y[50_000:]), "test": (X_test, Y_test)}


def accuracies(run, sets, seed):
    """Accuracy in percent after each epoch, and how many output units have died: none of their outputs reaches ½."""
    rng = np.random.default_rng(seed)
    X, Y = (array[: run.images] for array in sets["training"])
    layers, history = train(
        run.start([784, run.hidden, 10], rng),
        X,
        Y,
        run.eta,
        run.epochs,
        10,
        rng,
        validation=sets[run.measured_on],
        cost=run.cost,
        regularizer="l2" if run.lam else None,
        lam=run.lam,
        measure=False,
    )
    outputs = predict(layers, sets[run.measured_on][0])
    return 100 * np.array(history.validation_accuracies), int(np.sum(outputs.max(axis=0) < 0.5))


def spread(values):
    """Mean and range, such as 95.1 (94.9 to 95.3)."""
    return f"{np.mean(values):.2f} ({np.min(values):.2f} to {np.max(values):.2f})"


def verdict(figure, best):
    """Whether his figure lies in our range, widened by what chance does to a share of 10,000 images."""
    chance = 2 * np.sqrt(figure * (100 - figure) / 10_000)
    if not np.min(best) - chance <= figure <= np.max(best) + chance:
        return f"differs: {np.mean(best) - figure:+.2f}"
    return "agrees" if np.ptp(best) < 2 else f"unstable: mean {np.mean(best) - figure:+.2f}"


def main():
    """Run the experiments one after another and print a row after each."""
    parser = argparse.ArgumentParser(description="Nielsen's headline results on MNIST, with nblib.")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each experiment")
    parser.add_argument("--only", nargs="+", choices=[run.name for run in RUNS], help="some of the experiments")
    parser.add_argument("--mnist", help="npz file with x_train, y_train, x_test, y_test")
    options = parser.parse_args()
    try:
        sets = parts(options.mnist)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    print("| experiment | Nielsen | best epoch: mean (range) | last epoch: mean (range) | dead outputs | verdict | s |")
    print("|---|---|---|---|---|---|---|")
    for run in RUNS:
        if options.only and run.name not in options.only:
            continue
        start = time.perf_counter()
        results = [accuracies(run, sets, seed) for seed in range(options.seeds)]
        best, last = [curve.max() for curve, _ in results], [curve[-1] for curve, _ in results]
        dead = ", ".join(str(count) for _, count in results)
        seconds = (time.perf_counter() - start) / options.seeds
        print(
            f"| {run.text} ({run.measured_on}) | {run.figure:.2f} | {spread(best)} | {spread(last)} | {dead} "
            f"| {verdict(run.figure, best)} | {seconds:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
