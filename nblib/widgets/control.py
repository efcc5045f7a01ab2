"""Lesson 7: the control room, a training on the digits that is watched and can be stopped."""

from functools import lru_cache

import numpy as np

from nblib import plots
from nblib.data import digits
from nblib.fast import FastTraining
from nblib.initialization import scaled_init
from nblib.optimizers import SGD, Momentum, plateau_schedule
from nblib.training import Recipe, evaluate
from nblib.widgets.frame import Frame, Prediction, choice, finite, round_values, slider
from nblib.widgets.scene import Scene

EPOCHS = 30
HIDDEN = {"none": (), "30": (30,), "100": (100,), "30, 30": (30, 30), "30, 30, 30": (30, 30, 30)}
SCHEDULES = {"constant η": None, "η halved after 3 epochs without a better accuracy": (3, 2.0)}
NETWORK = {"hidden": "logistic", "output": "logistic", "cost": "binary cross-entropy"}
# The ends of the cost axis, and the smallest share of misread digits that is drawn.
FLOOR, CEILING, FEWEST = 1e-2, 1e3, 1e-3


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
    """Cost, misread digits and η over the epochs, with the previous run in grey."""

    alt = (
        f"Three panels over {EPOCHS} epochs, all on logarithmic axes: the training cost, the share of training and of "
        "validation digits that are misread, and η as steps. The previous run is grey."
    )

    def __init__(self):
        fig, (left, middle, right) = plots.figure(1, 3, size=(9.6, 3.9), width_ratios=[1, 1.2, 0.8])
        before = {"color": "#8A8A8A", "linewidth": 1.2, "linestyle": "-", "label": "previous run"}
        self.before = [left.plot([], [], **before)[0], middle.plot([], [], **before)[0]]
        self.before[1].set_label("validation, previous run")
        self.before.append(right.plot([], [], drawstyle="steps-mid", **before)[0])
        [self.cost] = left.plot([], [], color=plots.BLUE, linestyle="-", label="this run")
        [self.seen] = middle.plot([], [], color=plots.BLUE, linestyle="--", label="training")
        [self.new] = middle.plot([], [], color=plots.VERMILION, linestyle="-", label="validation")
        [self.eta] = right.plot([], [], color=plots.BLUE, linestyle="-", drawstyle="steps-mid", label="this run")
        for panel, limits, title in (
            (left, (FLOOR * 0.85, CEILING * 1.2), "cost on the training digits"),
            (middle, (FEWEST * 0.9, 1.1), "share of the digits misread"),
            (right, (1e-4, 2e2), "η in each epoch"),
        ):
            panel.set(xlim=(1, EPOCHS), yscale="log", xlabel="epoch", title=title, xticks=[1, 10, 20, 30])
            panel.set_ylim(limits)
            # Above the panel, where no curve can run.
            panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=9, frameon=False)
        left.set_yticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01 or less", "0.1", "1", "10", "100", "1000 or more"])
        middle.set_yticks([0.001, 0.01, 0.1, 1], ["0.1 % or less", "1 %", "10 %", "100 %"])
        self.rows, self.run, self.previous = np.empty((0, 4)), "", ""
        super().__init__(fig, [*self.before, self.cost, self.seen, self.new, self.eta])

    @staticmethod
    def _curves(rows):
        """Return the curves of a run; values beyond an axis are drawn at its end, and nan isn't drawn."""
        epochs = np.arange(1, len(rows) + 1)
        cost, misread = np.clip(rows[:, 0], FLOOR, CEILING), np.maximum(1 - rows[:, 1:3], FEWEST)
        return epochs, cost, misread[:, 0], misread[:, 1], rows[:, 3]

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
        return f"Ready to train: {describe(**settings)}. {self.shown()}"

    def shown(self):
        """Say which runs the curves show.

        Returns
        -------
        str
        """
        grey = f" Grey, the previous run: {self.previous}." if self.previous else ""
        return f"The curves show {self.run}.{grey}"

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
            epochs, cost, _, misread, eta = self._curves(self.rows)
            for line, values in zip(self.before, (cost, misread, eta), strict=True):
                line.set_data(epochs, values)
            self.previous = self.run
        rows, what = [], describe(**settings)
        for epoch, row in enumerate(train_digits(**settings), start=1):
            rows.append(row)
            self.rows = np.array(rows)
            epochs, *curves = self._curves(self.rows)
            for line, values in zip((self.cost, self.seen, self.new, self.eta), curves, strict=True):
                line.set_data(epochs, values)
            cost, seen, new, eta = row
            best = int(np.argmax(self.rows[:, 2]))
            self.run = f"{what}: {new:.1%} right on validation digits after epoch {epoch}"
            yield (
                f"Epoch {epoch} of {EPOCHS} of {what}: cost {finite(cost, '{:.4f}')}; right on training digits "
                f"{seen:.1%}, on validation digits {new:.1%}, at best {self.rows[best, 2]:.1%} in epoch {best + 1}; "
                f"η {eta:.3g}.{f' Grey: {self.previous}.' if self.previous else ''}",
                epoch / EPOCHS,
            )


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
    how = "" if schedule is None else ", halved on plateaus"
    return f"{network}, η = {eta:g}{how}, λ = {lam:g}, batches of {batch_size}, μ = {mu:g}"


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
    accuracy = scene.rows[-1, 2]
    return Frame(
        scene,
        "Control room: train on 1000 digits",
        [
            slider("eta", "η, learning rate", round_values(0.001, 100), "η = {:g}"),
            slider("lam", "λ of L2 (0, then logarithmic)", [0.0, *round_values(0.01, 100)], "λ = {:g}"),
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
            f"The run shown first: η = 0.5 and batches of 10, {accuracy:.0%} right on validation digits in {EPOCHS} "
            "epochs. And with one batch of all 1000?",
            (
                "about the same: the same examples are seen",
                f"much lower: {EPOCHS} steps in all, not {100 * EPOCHS}",
                "higher: the gradient is exact",
            ),
            1,
            (
                "The examples are the same, but weights change only once per batch.",
                "A batch of all 1000 digits gives one step per epoch instead of 100.",
                f"It is exact, but with {EPOCHS} steps instead of {100 * EPOCHS} the weights don't get far.",
            ),
            "one batch of all",
        ),
        start="Train",
    )
