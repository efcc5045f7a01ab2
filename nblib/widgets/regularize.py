"""Lesson 5: what λ, L1 or L2, dropout and more examples do to a decision boundary and to the weights."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap

from nblib import plots
from nblib.data import moons
from nblib.initialization import scaled_init
from nblib.network import accuracy, predict
from nblib.optimizers import Momentum
from nblib.regularization import zero_fraction
from nblib.training import train
from nblib.widgets.frame import Frame, Prediction, choice, round_values, slider
from nblib.widgets.scene import Scene

SIZES = [2, 8, 1]
EXAMPLES = 300
EPOCHS = 300
NETWORK = {"hidden": "tanh", "output": "logistic"}
PENALTIES = {"L2": "l2", "L1 (soft threshold)": "soft threshold"}
SIDES = LinearSegmentedColormap.from_list("sides", ["#B5D8EE", "white", "#F9DDB1"])
BINS = np.linspace(-6, 6, 25)


@lru_cache(maxsize=1)
def points():
    """The moons: all training examples, of which the first n of a mix are used, and new ones.

    Returns
    -------
    (X, labels), (X_new, labels_new)
    """
    rng = np.random.default_rng(7)
    X, labels = moons(EXAMPLES, 0.3, rng)
    order = rng.permutation(EXAMPLES)
    return (X[order], labels[order]), moons(1000, 0.3, rng)


@dataclass(frozen=True)
class Fit:
    """A trained network and what can be said of it.

    Attributes
    ----------
    layers : list of (weights, bias)
        After training.
    seen, new : float
        Accuracy on the training examples and on new ones.
    squares : float
        Σ w².
    zeros : float
        Share of the weights that are exactly 0.
    """

    layers: list
    seen: float
    new: float
    squares: float
    zeros: float


def fit_moons(lam, penalty, p_drop, n):
    """Train 2-8-1 on n points, always from the same start.

    Parameters
    ----------
    lam : float
        λ, divided by n.
    penalty : str
        ``"l2"`` or ``"soft threshold"`` (L1).
    p_drop : float
        Probability of dropping a hidden neuron.
    n : int
        Training examples, at most ``EXAMPLES``.

    Returns
    -------
    Fit
    """
    (X, labels), new = points()
    X, labels = X[:n], labels[:n]
    layers, _ = train(
        scaled_init(SIZES, np.random.default_rng(1)),
        X,
        labels[:, None],
        eta=0.3,
        epochs=EPOCHS,
        batch_size=n,
        rng=np.random.default_rng(2),
        cost="binary cross-entropy",
        optimizer=Momentum(0.9),
        regularizer=penalty,
        lam=lam,
        dropout=p_drop,
        measure=False,
        **NETWORK,
    )
    weights = [W for W, _ in layers]
    squares = float(sum(np.sum(W**2) for W in weights))
    return Fit(
        layers,
        accuracy(layers, X, labels, **NETWORK),
        accuracy(layers, *new, **NETWORK),
        squares,
        zero_fraction(weights),
    )


class RegularizationScene(Scene):
    """The decision boundary over the points, and the histogram of the weights."""

    alt = (
        "Left two half circles of points, those of one class round and of the other crosses, with the boundary that a "
        "network of 8 hidden neurons draws between them; right the histogram of its 24 weights."
    )

    def __init__(self):
        fig, (left, right) = plots.figure(1, 2, size=(10, 4.2), width_ratios=[1.4, 1])
        self.x, self.y = np.linspace(-1.8, 2.8, 70), np.linspace(-1.6, 2.1, 60)
        self.grid = np.stack(np.meshgrid(self.x, self.y), axis=-1).reshape(-1, 2)
        extent = (self.x[0], self.x[-1], self.y[0], self.y[-1])
        empty = np.full((len(self.y), len(self.x)), 0.5)
        look = {"origin": "lower", "extent": extent, "aspect": "auto", "vmin": 0, "vmax": 1}
        self.field = left.imshow(empty, cmap=SIDES, **look)
        self.boundary = left.add_collection(LineCollection([], colors="black", linewidths=2, zorder=3))
        styles = ((plots.BLUE, "o"), (plots.VERMILION, "x"))
        self.dots = [left.plot([], [], mark, color=color, markersize=4.5, zorder=4)[0] for color, mark in styles]
        left.set(xlim=extent[:2], ylim=extent[2:], xlabel="x₁", ylabel="x₂", title="decision boundary, a = ½")
        left.grid(False)
        self.bars = right.bar(
            BINS[:-1], np.zeros(len(BINS) - 1), np.diff(BINS), align="edge", color=plots.BLUE, edgecolor="white"
        )
        right.set(
            xlim=(BINS[0], BINS[-1]),
            ylim=(0, 24),
            xlabel="weight w (outermost bars: everything beyond)",
            ylabel="weights",
        )
        right.set_title("the 24 weights")
        super().__init__(fig, [self.field, self.boundary, *self.dots, *self.bars])

    def update(self, lam, penalty, p_drop, n):
        """Train and show.

        Parameters
        ----------
        lam, penalty, p_drop, n
            As for :func:`fit_moons`.

        Returns
        -------
        str
        """
        fit = fit_moons(lam, penalty, p_drop, n)
        field = predict(fit.layers, self.grid, **NETWORK).reshape(len(self.y), len(self.x))
        self.field.set_data(field)
        self.boundary.set_segments(contour_generator(self.x, self.y, field).lines(0.5))
        (X, labels), _ = points()
        for label, dots in enumerate(self.dots):
            dots.set_data(*X[:n][labels[:n] == label].T)
        weights = np.concatenate([W.ravel() for W, _ in fit.layers])
        counts, _ = np.histogram(np.clip(weights, BINS[0], BINS[-1]), BINS)
        for bar, count in zip(self.bars, counts, strict=True):
            bar.set_height(count)
        return (
            f"λ = {lam:.3g}, p = {p_drop:g}, n = {n}, {EPOCHS} epochs.  Right on the training points {fit.seen:.1%}, "
            f"on 1000 new ones {fit.new:.1%}; Σw² = {fit.squares:.1f}; "
            f"{round(fit.zeros * weights.size)} of {weights.size} weights are 0."
        )


def regularization_figure(lam, penalty, p_drop, n):
    """Draw the boundary and the weights of one training.

    Parameters
    ----------
    lam, penalty, p_drop, n
        As for :func:`fit_moons`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = RegularizationScene()
    scene.update(lam, penalty, p_drop, n)
    return scene.fig


def regularization_explorer():
    """Choose λ, the penalty, p and n; the network is trained anew at every move.

    Returns
    -------
    Frame
    """
    lambdas = [0.0, *round_values(0.01, 10, (1, 2, 3, 5))]
    free = {"lam": 0.0, "penalty": "l2", "p_drop": 0.0, "n": 40}
    few, many = fit_moons(**free), fit_moons(**free | {"lam": 0.1})
    return Frame(
        RegularizationScene(),
        "Against overfitting: λ, L1 or L2, dropout, more examples",
        [
            slider("lam", "λ (0, then logarithmic)", lambdas, "λ = {:g}"),
            choice("penalty", "penalty", PENALTIES),
            slider("p_drop", "p, share of hidden neurons dropped", [index / 10 for index in range(7)], "p = {:.1f}"),
            slider("n", "n, training examples", range(20, EXAMPLES + 1, 20), "n = {:d}"),
        ],
        {
            "overfitted": free,
            "L2": free | {"lam": 0.1},
            "L1": free | {"lam": 0.3, "penalty": "soft threshold"},
            "dropout": free | {"p_drop": 0.3},
            "too much": free | {"lam": 10.0},
            "more examples": free | {"n": 300},
        },
        Prediction(
            "40 points, λ = 0. Then λ = 0.1 with L2: what happens to the accuracy on training and on new points?",
            ("both rise", "training falls, new rises", "training rises, new falls", "both fall"),
            {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[
                many.seen >= few.seen, many.new >= few.new
            ],
            (
                "A penalty on the weights can't make it easier to fit the points at hand.",
                "Smaller weights make a smoother boundary: it gives up some of the 40 points and fits new ones better.",
                "It's the other way round: the penalty works against fitting the training points.",
                "With a λ that is far too large, both do fall; try the preset for that.",
            ),
            "L2",
        ),
    )
