"""Lesson 4: two neurons from the same start, one under the quadratic cost, one under the cross-entropy."""

from dataclasses import dataclass

import numpy as np

from nblib import plots
from nblib.activations import logistic
from nblib.widgets.frame import Frame, Prediction, choice, round_values, slider
from nblib.widgets.scene import Scene

STEPS = 300
COSTS = ("quadratic", "cross-entropy")
FLOOR = 1e-4


@dataclass(frozen=True)
class Run:
    """One neuron's way.

    Attributes
    ----------
    activations, costs, slopes : numpy.ndarray, shape (steps + 1,)
        a, C and |∂C/∂b|, the start first.
    """

    activations: np.ndarray
    costs: np.ndarray
    slopes: np.ndarray

    def arrival(self, target):
        """First step at which a is within 0.1 of the target.

        Parameters
        ----------
        target : float
            y.

        Returns
        -------
        int or None
        """
        near = np.flatnonzero(np.abs(self.activations - target) < 0.1)
        return int(near[0]) if near.size else None


def run_neuron(w, b, eta, target, cost, steps=STEPS):
    """Train one logistic neuron on the single example x = 1.

    Parameters
    ----------
    w, b, eta, target : float
        Start, η and y.
    cost : str
        One of ``COSTS``; the quadratic one is ½(y − a)².
    steps : int
        Of gradient descent.

    Returns
    -------
    Run
    """
    zs, slopes = np.empty(steps + 1), np.empty(steps + 1)
    for step in range(steps + 1):
        zs[step] = z = w + b
        a = float(logistic(z))
        delta = a - target if cost == "cross-entropy" else (a - target) * a * (1 - a)
        slopes[step] = abs(delta)
        # x is 1, so that w and b have the same gradient.
        w, b = w - eta * delta, b - eta * delta
    activations = logistic(zs)
    # −ln a for y = 1 and −ln(1 − a) for y = 0, from z, because 1 − a would round to 0.
    costs = np.logaddexp(0, -zs if target else zs) if cost == "cross-entropy" else (activations - target) ** 2 / 2
    return Run(activations, costs, slopes)


class RaceScene(Scene):
    """Activation, cost and gradient of both neurons."""

    alt = (
        "Three panels over 300 steps, two curves in each, the quadratic cost solid and the cross-entropy dashed: "
        "activation, cost on a logarithmic axis, and size of the gradient."
    )

    def __init__(self):
        fig, panels = plots.figure(1, 3, size=(10.5, 3.6))
        self.lines = {}
        styles = zip(COSTS, (plots.BLUE, plots.ORANGE), ("-", "--"), strict=True)
        for cost, color, style in styles:
            self.lines[cost] = [p.plot([], [], color=color, linestyle=style, label=cost)[0] for p in panels]
        names, ranges = ("activation a", "cost C", "gradient |∂C/∂b|"), ((-0.03, 1.03), (FLOOR, 20), (-0.03, 1.03))
        for panel, name, limits in zip(panels, names, ranges, strict=True):
            panel.set(xlim=(0, STEPS), xlabel="step", title=name)
            panel.set_yscale("log" if name == "cost C" else "linear")
            panel.set_ylim(limits)
        self.goal = panels[0].axhline(0, color="black", linewidth=1, linestyle=":", label="target")
        panels[0].legend(fontsize=9)
        super().__init__(fig, [*(line for lines in self.lines.values() for line in lines), self.goal])

    def update(self, w, b, eta, target):
        """Run both neurons.

        Parameters
        ----------
        w, b, eta, target
            As for :func:`run_neuron`.

        Returns
        -------
        str
        """
        told, steps = [], np.arange(STEPS + 1)
        for cost, lines in self.lines.items():
            run = run_neuron(w, b, eta, target, cost)
            for line, values in zip(lines, (run.activations, np.maximum(run.costs, FLOOR), run.slopes), strict=True):
                line.set_data(steps, values)
            arrival = run.arrival(target)
            when = "never within 0.1 of y" if arrival is None else f"within 0.1 of y at step {arrival}"
            told.append(f"{cost}: a from {run.activations[0]:.3f} to {run.activations[-1]:.3f}, {when}")
        self.goal.set_ydata([target, target])
        return f"w = {w:g}, b = {b:g}, η = {eta:.3g}, y = {target}.  " + ";  ".join(told) + "."


def race_figure(w, b, eta, target):
    """Draw the race from one start.

    Parameters
    ----------
    w, b, eta, target
        As for :func:`run_neuron`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = RaceScene()
    scene.update(w, b, eta, target)
    return scene.fig


def race_explorer():
    """Choose the start, η and the target of the two neurons.

    Returns
    -------
    Frame
    """
    starts = [index / 10 for index in range(-50, 51)]
    good, bad = ({"w": w, "b": b, "eta": 0.15, "target": 0} for w, b in ((0.6, 0.9), (2.0, 2.0)))
    arrivals = [run_neuron(**bad, cost=cost).arrival(0) for cost in COSTS]
    # A neuron that does not arrive comes last.
    ranks = [STEPS + 1 if arrival is None else arrival for arrival in arrivals]
    answer = 2 if ranks[0] == ranks[1] else int(np.argmin(ranks))
    return Frame(
        RaceScene(),
        "Two neurons race",
        [
            slider("w", "w at the start", starts, "{:.1f}"),
            slider("b", "b at the start", starts, "{:.1f}"),
            slider("eta", "η, learning rate", round_values(0.01, 10, (1, 1.5, 2, 3, 5, 7)), "η = {:g}"),
            choice("target", "y, target", {"0": 0, "1": 1}),
        ],
        {
            "a bad start": bad,
            "a good start": good,
            "a hopeless start": bad | {"w": 5.0, "b": 5.0},
            "the bad start, η ten times larger": bad | {"eta": 1.5},
        },
        Prediction(
            "From w = b = 2 with y = 0 and η = 0.15, which neuron is the first below a = 0.1?",
            (*COSTS, "both at the same step"),
            answer,
            (
                "At the start a is close to 1, so σ′(z) is tiny, and the quadratic cost's gradient has that factor.",
                "Its gradient is a − y, without the factor σ′(z), so the neuron moves fastest where it is most wrong.",
                "The two gradients differ by the factor σ′(z), which is tiny at this start.",
            ),
            "a bad start",
        ),
    )
