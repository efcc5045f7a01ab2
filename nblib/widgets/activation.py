"""Lesson 1: an activation function, its value and its slope at a point that moves."""

import numpy as np

from nblib import plots
from nblib.activations import ACTIVATIONS, DERIVATIVES
from nblib.widgets.frame import Frame, Prediction, choice, slider
from nblib.widgets.scene import Scene

NAMES = ("linear", "step", "logistic", "tanh", "relu")


def activation_at(name, z):
    """Value and slope of an activation.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    z : float or numpy.ndarray
        Where.

    Returns
    -------
    (value, slope)
    """
    return ACTIVATIONS[name](z), DERIVATIVES[name](z)


class ActivationScene(Scene):
    """σ, σ′, the point that moves and its tangent."""

    alt = "An activation function and its slope against z, with a dot at the chosen z and the tangent there."

    def __init__(self):
        fig, axes = plots.figure(size=(8.5, 3.8))
        self.z = np.linspace(-5, 5, 501)
        [self.curve] = axes.plot([], [], color=plots.BLUE, label="σ(z)")
        [self.slope] = axes.plot([], [], color=plots.ORANGE, linestyle="--", label="σ′(z)")
        [self.tangent] = axes.plot(
            [], [], color=plots.VERMILION, linestyle=":", linewidth=3.5, label="tangent", zorder=3
        )
        [self.dots] = axes.plot([], [], "o", color="black", zorder=4, clip_on=False)
        self.title = axes.set_title("logistic", y=1.0)
        axes.set(xlim=(-5, 5), ylim=(-1.6, 2.6), xlabel="z", ylabel="value")
        axes.legend(loc="upper left")
        super().__init__(fig, [self.curve, self.slope, self.tangent, self.dots, self.title])

    def update(self, name, z):
        """Show a function, and its value and slope at z.

        Parameters
        ----------
        name, z
            As for :func:`activation_at`.

        Returns
        -------
        str
        """
        values, slopes = activation_at(name, self.z)
        value, slope = (float(number) for number in activation_at(name, z))
        self.curve.set_data(self.z, values)
        self.slope.set_data(self.z, slopes)
        near = np.array([z - 1.5, z + 1.5])
        self.tangent.set_data(near, value + slope * (near - z))
        self.dots.set_data([z, z], [value, slope])
        self.title.set_text(name)
        how = (
            "flat: almost nothing is learned here"
            if abs(slope) < 0.05
            else f"a small change of z comes out × {slope:.3f}"
        )
        return f"{name} at z = {z:g}: σ(z) = {value:.4f}, slope σ′(z) = {slope:.4f}; {how}."


def activation_figure(name, z):
    """Draw an activation with its value and slope at z.

    Parameters
    ----------
    name, z
        As for :func:`activation_at`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = ActivationScene()
    scene.update(name, z)
    return scene.fig


def activation_explorer():
    """Choose an activation and move z.

    Returns
    -------
    Frame
    """
    steps = [index / 10 for index in range(-50, 51)]
    return Frame(
        ActivationScene(),
        "Activation functions",
        [
            choice("name", "activation σ", {name: name for name in NAMES}),
            slider("z", "z, weighted input", steps, "{:.1f}"),
        ],
        {
            "logistic, middle": {"name": "logistic", "z": 0.0},
            "logistic, far out": {"name": "logistic", "z": 4.0},
            "tanh, middle": {"name": "tanh", "z": 0.0},
            "tanh, far out": {"name": "tanh", "z": -4.0},
            "ReLU, left": {"name": "relu", "z": -1.0},
            "step": {"name": "step", "z": 0.0},
        },
        Prediction(
            "At z = −4, which of these has a slope that is not near 0?",
            ("logistic", "tanh", "ReLU", "linear"),
            3,
            (
                "The logistic curve is nearly flat there: σ(z) is close to 0, and so is its slope σ(z)(1 − σ(z)).",
                "Tanh has all but reached −1 there, and its slope 1 − tanh²(z) is close to 0.",
                "ReLU is 0 for every negative z, so its slope is 0 as well.",
                "The slope of the linear function is 1 everywhere.",
            ),
            "tanh, far out",
        ),
    )
