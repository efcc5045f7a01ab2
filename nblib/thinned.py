"""Drawing of a network from which dropout has taken some neurons."""

import matplotlib.pyplot as plt
import numpy as np

from nblib.network import layer_sizes
from nblib.plots import BLUE, VERMILION


def draw_thinned(axes, layers, masks=None, node_text=None):
    """Draw a layered network; dropped neurons are crossed out, and their edges are grey and dotted.

    Source: slides, "Regularization: Dropout I", with its thinned network.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    layers : list of (weights, bias)
        Any network; only its widths matter here.
    masks : list of array_like, optional
        One for each hidden layer: 1 where a neuron is kept, 0 where it's dropped.  By default all are kept.
    node_text : dict of (int, int) to str, optional
        What to write into neuron (ℓ, j); ℓ = 0 is the input, j counts from 0.
    """
    node_text, widths = node_text or {}, layer_sizes(layers)
    kept = [np.ones(m) for m in widths]
    kept[1:-1] = masks or kept[1:-1]
    places = [
        np.column_stack([np.full(m, 2.6 * layer), 1.3 * ((m - 1) / 2 - np.arange(m))]) for layer, m in enumerate(widths)
    ]
    for layer in range(1, len(widths)):
        for k, j in np.ndindex(widths[layer], widths[layer - 1]):
            used = kept[layer][k] and kept[layer - 1][j]
            axes.plot(
                *np.transpose([places[layer - 1][j], places[layer][k]]),
                color=BLUE if used else "0.75",
                linestyle="-" if used else ":",
                linewidth=1.8 if used else 1,
                zorder=1,
            )
    for layer, column in enumerate(places):
        for j, place in enumerate(column):
            here = kept[layer][j]
            color = "black" if here else "0.55"
            axes.add_patch(plt.Circle(place, 0.45, facecolor="white", edgecolor=color, linewidth=1.3, zorder=2))
            axes.text(*place, node_text.get((layer, j), ""), ha="center", va="center", fontsize=9, color=color, zorder=3)
            if not here:
                axes.plot(*place, "x", color=VERMILION, markersize=26, markeredgewidth=1.6, zorder=4)
    axes.set_aspect("equal")
    axes.axis("off")
