"""Drawings of computations: a graph with values and gradients, paths through a network, and a thinned network."""

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots
from nblib.network import layer_sizes

RADIUS = 0.32
PATH_COLORS = (plots.BLUE, plots.VERMILION, plots.GREEN)


def draw_computation(axes, operations, edges, slopes=None):
    """Draw a computational graph: what flows forward stands above an edge, what flows back stands below it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    operations : dict of str to (float, float, str)
        Position of each operation, and what to write into its circle. Without a text it is drawn as a dot: a fork.
    edges : list of (start, end, str, str, float)
        From where to where: each an operation's name, or a position (x, y) where an input or the result stands. Then
        the value above the edge, the gradient below it, and how far the edge bends upwards.
    slopes : dict of str to str, optional
        What to write below an operation: its local slopes.
    """
    places = {name: np.array([x, y]) for name, (x, y, _) in operations.items()}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for start, end, value, gradient, bend in edges:
        begins, ends = (places[side] if isinstance(side, str) else np.array(side) for side in (start, end))
        # A circle hides what lies below it, so only the arrow's head has to keep away from the middle.
        way = ends - begins
        stop = ends - (RADIUS * way / np.hypot(*way) if isinstance(end, str) and operations[end][2] else 0)
        arrow = {"arrowstyle": "->", "color": "0.4", "shrinkA": 0, "shrinkB": 0}
        arrow["connectionstyle"] = f"arc3,rad={-2 * bend / np.hypot(*(stop - begins))}"
        axes.annotate("", stop, begins, arrowprops=arrow, zorder=1)
        x, y = (begins + stop) / 2 + [0, bend]
        gap = 0.14 if bend else 0.07
        axes.text(x, y + gap, value, ha="center", va="bottom", color=plots.BLUE, bbox=box, zorder=2)
        axes.text(
            x, y - gap, gradient, ha="center", va="top", color=plots.VERMILION, style="italic", bbox=box, zorder=2
        )
    for name, (x, y, label) in operations.items():
        look = {"facecolor": "white" if label else "black", "edgecolor": "black", "zorder": 3}
        axes.add_patch(plt.Circle((x, y), RADIUS if label else 0.07, **look))
        axes.text(x, y, label, ha="center", va="center", fontsize=13, zorder=4)
        axes.text(
            x - 0.1, y - RADIUS - 0.08, (slopes or {}).get(name, ""), ha="left", va="top", fontsize=9, color="0.3"
        )
    ends = np.array([side for edge in edges for side in edge[:2] if not isinstance(side, str)])
    points = np.concatenate([ends, *[place[None] for place in places.values()]])
    axes.set_xlim(points[:, 0].min() - 0.3, points[:, 0].max() + 0.3)
    axes.set_ylim(points[:, 1].min() - 0.3, points[:, 1].max() + 0.3)
    axes.set_aspect("equal")
    axes.axis("off")


def draw_paths(axes, layers, paths, labels=None, node_text=None):
    """Draw a network in grey, with some paths through it in colours and line styles of their own.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    layers : list of (weights, bias)
        Any network; its widths decide the picture.
    paths : list of list of int
        The neuron that a path goes through in each layer, counted from 0; the input comes first.
    labels : dict of (int, int, int) to str, optional
        What to write beside edge (ℓ, k, j), from neuron j of layer ℓ − 1 to neuron k of layer ℓ.
    node_text : dict of (int, int) to str, optional
        What to write into neuron (ℓ, j).
    """
    labels, node_text = labels or {}, node_text or {}
    places = [
        np.column_stack([np.full(m, 3.0 * layer), 1.3 * ((m - 1) / 2 - np.arange(m))])
        for layer, m in enumerate(layer_sizes(layers))
    ]
    for number, (weights, _) in enumerate(layers, start=1):
        for k, j in np.ndindex(np.shape(weights)):
            axes.plot(
                *np.transpose([places[number - 1][j], places[number][k]]),
                color="0.8",
                linestyle="-",
                linewidth=1,
                zorder=1,
            )
    for path, color, style in zip(paths, PATH_COLORS, ("-", "--", "-."), strict=False):
        points = np.array([places[layer][j] for layer, j in enumerate(path)])
        axes.plot(*points.T, color=color, linestyle=style, linewidth=2.6, zorder=2)
    for (number, k, j), text in labels.items():
        start, end = places[number - 1][j], places[number][k]
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        axes.text(*(start + 0.5 * (end - start)), text, ha="center", va="center", fontsize=9, bbox=box, zorder=3)
    for layer, column in enumerate(places):
        for j, place in enumerate(column):
            axes.add_patch(plt.Circle(place, 0.42, facecolor="white", edgecolor="black", zorder=4))
            axes.text(*place, node_text.get((layer, j), ""), ha="center", va="center", fontsize=9, zorder=5)
    axes.set_aspect("equal")
    axes.axis("off")


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
                color=plots.BLUE if used else "0.75",
                linestyle="-" if used else ":",
                linewidth=1.8 if used else 1,
                zorder=1,
            )
    for layer, column in enumerate(places):
        for j, place in enumerate(column):
            here = kept[layer][j]
            color = "black" if here else "0.55"
            axes.add_patch(plt.Circle(place, 0.45, facecolor="white", edgecolor=color, linewidth=1.3, zorder=2))
            text = node_text.get((layer, j), "")
            axes.text(*place, text, ha="center", va="center", fontsize=9, color=color, zorder=3)
            if not here:
                axes.plot(*place, "x", color=plots.VERMILION, markersize=26, markeredgewidth=1.6, zorder=4)
    axes.set_aspect("equal")
    axes.axis("off")
