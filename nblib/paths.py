"""The ways along which a nudge of one neuron reaches the cost."""

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots


def paths_figure(labelled=False):
    """Draw a hidden neuron j, the three neurons k of the next layer that it feeds, and the cost.

    Parameters
    ----------
    labelled : bool
        Whether the paths carry what the chain rule multiplies along them.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plots.figure(size=(7.0, 3.2))
    hidden, cost = (0.0, 0.0), (6.4, 0.0)
    after = [(3.2, 1.5 * (1 - k)) for k in range(3)]
    for number, (place, color, style) in enumerate(zip(after, plots.PALETTE, plots.LINE_STYLES, strict=False), start=1):
        for start, end in ((hidden, place), (place, cost)):
            axes.plot(*np.transpose([start, end]), color=color, linestyle=style, linewidth=2.4, zorder=1)
        if labelled:
            _label(axes, hidden, place, f"$w_{{{number}j}}$", color)
            _label(axes, place, cost, f"$\\delta_{number}$", color)
    names = {hidden: "$z_j$\n$a_j$", cost: "$C$"} | {p: f"$z_{k}$" for k, p in enumerate(after, start=1)}
    for place, name in names.items():
        axes.add_patch(plt.Circle(place, 0.45, facecolor="white", edgecolor="black", linewidth=1.2, zorder=3))
        axes.text(*place, name, ha="center", va="center", fontsize=12, zorder=4)
    below = -0.8
    axes.text(hidden[0], below, "$\\sigma'(z_j)$" if labelled else "", ha="center", fontsize=12)
    for x, name in ((hidden[0], "hidden neuron j"), (after[0][0], "neurons k = 1, 2, 3\nof the next layer")):
        axes.text(x, 2.15, name, ha="center", va="bottom", fontsize=10)
    axes.set(xlim=(-1.3, 7.1), ylim=(-2.1, 2.9))
    axes.set_aspect("equal")
    axes.axis("off")
    return fig


def _label(axes, start, end, text, color):
    """Write on the middle of a line."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    x, y = np.mean([start, end], axis=0)
    axes.text(x, y, text, color=color, ha="center", va="center", fontsize=13, bbox=box, zorder=2)


def paths_alt(labelled=False):
    """Describe :func:`paths_figure` for those who can't see it.

    Parameters
    ----------
    labelled : bool
        As for the figure.

    Returns
    -------
    str
    """
    text = (
        "A hidden neuron j on the left, with its z and its a. Three lines lead from it to the three neurons k of the "
        "next layer, and one line from each of these to the cost C on the right."
    )
    if labelled:
        text += (
            " Below neuron j stands the slope σ′(z_j). On the line to neuron k stands w_kj, and on the line from there "
            "to the cost δ_k."
        )
    return text
