"""Lesson 7: the control room, a training on the digits that is watched and can be stopped."""

from functools import lru_cache

import numpy as np

from nblib import plots
from nblib.data import digits
from nblib.fast import FastTraining
from nblib.initialization import scaled_init
from nblib.optimizers import SGD, Momentum, plateau_schedule
from nblib.training import Recipe, evaluate
from nblib.widgets.frame import Frame, Prediction, choice, finite, slider
from nblib.widgets.scene import Scene

EPOCHS = 30
HIDDEN = {"none": (), "30": (30,), "100": (100,), "30, 30": (30, 30), "30, 30, 30": (30, 30, 30)}
SCHEDULES = {"constant η": None, "η halved after 3 epochs without a better accuracy": (3, 2.0)}
NETWORK = {"hidden": "logistic", "output": "logistic", "cost": "binary cross-entropy"}
FLOOR, CEILING = 1e-3, 1e3


@lru_cache(maxsize=1)
def parts():
    """Training and validation digits.

    Returns
    -------
    (X, Y), (X_val, Y_val)
    """
    train, validation, _ = digits(0)
    return train, validation


def train_digits(eta, lam, batch_size, hidden, schedule, mu, epochs=EPOCHS):
    """Train on 1000 digits, an epoch at a time, always from the same start.

    Parameters
    ----------
    eta, lam : float
        η and λ (L2, divided by the 1000 training digits).
    batch_size : int
        Examples a step.
    hidden : tuple of int
        Widths of the hidden layers.
    schedule : (int, float) or None
        Patience and factor of the plateau schedule.
    mu : float
        μ, the share of the velocity that is kept; 0 is plain gradient descent.
    epochs : int
        Passes through the data.

    Yields
    ------
    cost, accuracy, validation_accuracy, eta : float
        After each epoch, the cost without the term of λ; and the η of that epoch.
    """
    (X, Y), validation = parts()
    optimizer = Momentum(mu) if mu else SGD()
    regularizer = "l2" if lam else None
    recipe = Recipe(optimizer=optimizer, regularizer=regularizer, lam=lam, n=len(X), p_drop=0.0, **NETWORK)
    training = FastTraining(scaled_init([64, *hidden, 10], np.random.default_rng(7)), recipe)
    rng, accuracies, first = np.random.default_rng(8), [], eta
    for _ in range(epochs):
        if schedule is not None:
            eta = plateau_schedule([*accuracies, 0.0], first, *schedule)[-1]
        with np.errstate(all="ignore"):
            training.epoch(X, Y, eta, batch_size, rng)
            cost, accuracy = evaluate(training.layers, X, Y, **NETWORK)
            accuracies.append(evaluate(training.layers, *validation, **NETWORK)[1])
        yield cost, accuracy, accuracies[-1], eta


class ControlScene(Scene):
    """Cost and accuracies over the epochs, with the run before in grey."""

    alt = (
        "Left the training cost on a logarithmic axis, right the accuracy on training and on validation digits, over "
        "30 epochs; the run before is grey."
    )

    def __init__(self):
        fig, (left, right) = plots.figure(1, 2, size=(10, 3.8))
        grey = {"color": "#999999", "linewidth": 1.2, "linestyle": "-"}
        self.before = [left.plot([], [], **grey)[0], right.plot([], [], **grey, label="validation, the run before")[0]]
        [self.cost] = left.plot([], [], color=plots.BLUE, linestyle="-")
        [self.seen] = right.plot([], [], color=plots.BLUE, linestyle="--", label="training")
        [self.new] = right.plot([], [], color=plots.VERMILION, linestyle="-", label="validation")
        left.set_yscale("log")
        left.set(xlim=(0, EPOCHS), ylim=(FLOOR, CEILING), xlabel="epoch", title="cost on the training digits")
        right.set(xlim=(0, EPOCHS), ylim=(0, 1.02), xlabel="epoch", title="accuracy")
        right.legend(loc="center right", fontsize=9)
        self.rows, self.told = np.empty((0, 3)), ""
        super().__init__(fig, [*self.before, self.cost, self.seen, self.new])

    def _draw(self):
        epochs = np.arange(1, len(self.rows) + 1)
        # A cost beyond the axis is drawn at its end, and nan not at all.
        self.cost.set_data(epochs, np.clip(self.rows[:, 0], FLOOR, CEILING))
        self.seen.set_data(epochs, self.rows[:, 1])
        self.new.set_data(epochs, self.rows[:, 2])

    def update(self, **settings):
        """Say what would be trained.

        Parameters
        ----------
        **settings
            As for :func:`train_digits`.

        Returns
        -------
        str
        """
        return f"Ready: {describe(**settings)}.  {self.told}"

    def steps(self, **settings):
        """Train, an epoch at a time.

        Parameters
        ----------
        **settings
            As for :func:`train_digits`.

        Yields
        ------
        (str, float)
            Status line, and share of the epochs that is done.
        """
        if len(self.rows):
            epochs = np.arange(1, len(self.rows) + 1)
            self.before[0].set_data(epochs, np.clip(self.rows[:, 0], FLOOR, CEILING))
            self.before[1].set_data(epochs, self.rows[:, 2])
        rows = []
        for epoch, (cost, seen, new, eta) in enumerate(train_digits(**settings), start=1):
            rows.append((cost, seen, new))
            self.rows = np.array(rows)
            self._draw()
            best = int(np.argmax(self.rows[:, 2]))
            now = f"cost {finite(cost, '{:.4f}')}, training {seen:.1%}, validation {new:.1%}"
            then = f"at best {self.rows[best, 2]:.1%} in epoch {best + 1}"
            self.told = f"The curves: {describe(**settings)}, epoch {epoch} of {EPOCHS}, {now}, {then}."
            yield f"Epoch {epoch} of {EPOCHS}: {now}, {then}; η now {eta:.3g}.", epoch / EPOCHS


def describe(eta, lam, batch_size, hidden, schedule, mu):
    """The settings in words.

    Parameters
    ----------
    eta, lam, batch_size, hidden, schedule, mu
        As for :func:`train_digits`.

    Returns
    -------
    str
    """
    network = "-".join(str(width) for width in (64, *hidden, 10))
    falls = "constant" if schedule is None else "falling"
    return f"{network}, η = {eta:.3g} {falls}, λ = {lam:.3g}, batches of {batch_size}, μ = {mu:g}"


def control_figure(**settings):
    """Draw a whole training.

    Parameters
    ----------
    **settings
        As for :func:`train_digits`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = ControlScene()
    for _ in scene.steps(**settings):
        pass
    return scene.fig


def control_room():
    """Choose the hyperparameters, train, watch, stop.

    Returns
    -------
    Frame
    """
    right = {"eta": 0.5, "lam": 0.0, "batch_size": 10, "hidden": (30,), "schedule": None, "mu": 0.0}
    scene = ControlScene()
    # The picture to start with shows the first preset's training, not empty axes.
    for _ in scene.steps(**right):
        pass
    return Frame(
        scene,
        "Control room: train on 1000 digits",
        [
            slider("eta", "η, learning rate", 0.5 * 10 ** (np.arange(-27, 24) / 10), "η = {:.3g}"),
            slider("lam", "λ of L2 (0, then logarithmic)", [0.0, *np.geomspace(0.01, 100, 41)], "λ = {:.3g}"),
            slider("batch_size", "examples in a mini-batch", (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), "{:d}"),
            choice("hidden", "hidden layers", HIDDEN),
            choice("schedule", "schedule", SCHEDULES),
            slider("mu", "μ, momentum", (0.0, 0.5, 0.8, 0.9, 0.95, 0.99), "μ = {:g}"),
        ],
        {
            "about right": right,
            "η too low": right | {"eta": 0.001},
            "η too high": right | {"eta": 100.0},
            "one batch of all": right | {"batch_size": 1000},
            "a schedule": right | {"eta": 5.0, "schedule": (3, 2.0)},
            "regularized": right | {"hidden": (100,), "lam": 1.0},
        },
        Prediction(
            "η = 0.5 and batches of 10 give 96 % on validation digits in 30 epochs. And one batch of all 1000?",
            (
                "about the same: the same examples are seen",
                "much lower: 30 steps in all, not 3000",
                "higher: the gradient is exact",
            ),
            1,
        ),
        start="Train",
    )
