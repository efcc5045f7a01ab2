"""Pictures of a single neuron: what it computes, and the part of the plane in which it fires."""

import matplotlib.pyplot as plt
import numpy as np

from nblib.activations import logistic
from nblib.plots import BLUE, ORANGE, SKY


def neuron_diagram(axes, w, a, b):
    """Draw a logistic neuron with its numbers, from the inputs on the left to the activation on the right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    w, a : sequence of float
        Weights and inputs, equally many.
    b : float
        The bias.
    """
    z = float(np.dot(w, a) + b)
    heights = 1.5 * ((len(a) - 1) / 2 - np.arange(len(a)))
    adder, curve, radius = (4.2, 0.0), (7.2, 0.0), 0.55

    def circle(place, text):
        axes.add_patch(plt.Circle(place, radius, facecolor="white", edgecolor="black", linewidth=1.2, zorder=3))
        axes.text(*place, text, ha="center", va="center", zorder=4)

    def arrow(start, end, **style):
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "black", "shrinkA": 0} | style)

    for j, (height, weight, value) in enumerate(zip(heights, w, a, strict=True), start=1):
        color, line = (BLUE, "-") if weight >= 0 else (ORANGE, "--")
        start = np.array([0, height])
        way = np.array(adder) - start
        end = start + way * (1 - radius / np.hypot(*way))
        arrow(start, end, color=color, linestyle=line, linewidth=1 + abs(weight), shrinkB=0)
        circle(start, f"{value:g}")
        axes.text(-0.8, height, f"$a_{j}$", ha="right", va="center")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(*(start + 0.45 * way), f"$w_{j} = {weight:g}$", ha="center", va="center", bbox=box)
    circle(adder, "Σ")
    arrow((adder[0], 1.75), (adder[0], radius), shrinkB=0)
    axes.text(adder[0], 1.8, f"$b = {b:g}$", ha="center", va="bottom")
    arrow((adder[0] + radius, 0), (curve[0] - radius, 0), shrinkB=0)
    axes.text((adder[0] + curve[0]) / 2, 0.15, f"$z = {z:g}$", ha="center", va="bottom")
    corner = (curve[0] - radius, curve[1] - radius)
    axes.add_patch(plt.Rectangle(corner, 2 * radius, 2 * radius, facecolor="white", edgecolor="black", linewidth=1.2))
    across = np.linspace(-1, 1, 50)
    axes.plot(curve[0] + 0.42 * across, 0.7 * (logistic(6 * across) - 0.5), color=BLUE)
    arrow((curve[0] + radius, 0), (curve[0] + 2.2, 0), shrinkB=0)
    axes.text(curve[0] + 2.3, 0, f"$a = {logistic(z):.2f}$", ha="left", va="center")
    below = heights[-1] - 1.0
    for x, text in ((0, "inputs"), (2.0, "weights"), (adder[0], "sum"), (curve[0], "activation function σ")):
        axes.text(x, below, text, ha="center", va="top", fontsize=10, color="#444444")
    axes.set(xlim=(-1.6, 11.2), ylim=(below - 0.5, 2.4))
    axes.set_aspect("equal")
    axes.axis("off")


def firing_region(axes, fires, title, black=((0, 1), (1, 0)), white=((0, 0), (1, 1)), names=("input 1", "input 2")):
    """Draw where in the plane of two inputs something fires, and on it the cases of XOR.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    fires : callable or None
        Takes points, one per row, and returns 1 where it fires and 0 elsewhere; None leaves the plane white.
    title : str
        What fires.
    black, white : sequence of (float, float)
        Where it should fire, and where it shouldn't: by default, for XOR of the two inputs.
    names : (str, str)
        Of the two inputs.
    """
    line = np.linspace(-0.5, 1.5, 401)
    across, up = np.meshgrid(line, line)
    if fires is not None:
        inside = np.reshape(fires(np.column_stack([across.ravel(), up.ravel()])), across.shape)
        axes.contourf(across, up, inside, levels=[0.5, 1.5], colors=[SKY], alpha=0.55)
        axes.contour(across, up, inside, levels=[0.5], colors=["black"], linewidths=1)
    for color, points in (("black", black), ("white", white)):
        for point in points:
            axes.plot(*point, "o", markersize=12, markerfacecolor=color, markeredgecolor="black", markeredgewidth=1.5)
    axes.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1], xlabel=names[0], ylabel=names[1])
    axes.set_aspect("equal")
    axes.grid(False)
    axes.set_title(title, fontsize=11)
