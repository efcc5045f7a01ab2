"""Lesson 1: one weight in the diagram, in the matrices and in the symbols of the three sources."""

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots
from nblib.network import fold_bias, layer_sizes
from nblib.widgets.frame import Frame, Prediction, slider
from nblib.widgets.scene import Diagram, Scene


def edge_symbols(layers, l, k, j):
    """What the edge from node j of layer l − 1 to node k of layer l is called.

    Parameters
    ----------
    layers : list of (weights, bias)
        The network.
    l, k, j : int
        The layer is counted from 1, the nodes from 0.

    Returns
    -------
    dict of str to str
        By source: lecture and slides (which agree), notes, W and Θ in code; and the weight.
    """
    sources = {
        "lecture and slides": f"$w_{{{k + 1}{j + 1}}}^{{{l}}}$",
        # The notes count layers from 1 and name a weight by where it comes from first.
        "notes": f"$\\theta_{{{j + 1},{k + 1}}}^{{({l})}}$",
    }
    return sources | {"W": f"W[{k}, {j}]", "Θ": f"Theta[{k}, {j + 1}]", "weight": f"{layers[l - 1][0][k][j]:g}"}


class EdgeScene(Scene):
    """The diagram, and beside it W and Θ of every layer.

    Parameters
    ----------
    layers : list of (weights, bias)
        A small network.
    """

    alt = (
        "A layered network with one edge drawn black, and beside it the matrices W and Θ of every layer, where the "
        "entry of that edge is framed."
    )

    def __init__(self, layers):
        self.layers, depth = layers, len(layers)
        fig, panels = plots.figure(depth, 3, size=(10.5, 2.2 * max(depth, 2)), width_ratios=[2, 1, 1.2], squeeze=False)
        for panel in panels[:, 0]:
            panel.remove()
        whole = fig.add_subplot(panels[0, 0].get_gridspec()[:, 0])
        self.diagram, self.frames = Diagram(whole, layers), {}
        for number, (W, b) in enumerate(layers, start=1):
            for panel, name, table in (
                (panels[number - 1, 1], "W", np.asarray(W)),
                (panels[number - 1, 2], "Θ", fold_bias(W, b)),
            ):
                self.frames[number, name] = self._table(panel, table)
                panel.set_title(f"W, layer {number}" if name == "W" else f"Θ of the notes, ({number})", fontsize=10)
        self.title = fig.suptitle(" ")
        super().__init__(fig, [*self.diagram.moving, *self.frames.values(), self.title])

    @staticmethod
    def _table(panel, table):
        for (row, column), number in np.ndenumerate(table):
            panel.text(column, row, f"{number:g}", ha="center", va="center")
        panel.set(xlim=(-0.6, table.shape[1] - 0.4), ylim=(table.shape[0] - 0.4, -0.6))
        panel.set(xticks=range(table.shape[1]), yticks=range(table.shape[0]), xlabel="column", ylabel="row")
        panel.grid(False)
        frame = plt.Rectangle((0, 0), 0.96, 0.8, fill=False, edgecolor="black", linewidth=2.5, zorder=5)
        return panel.add_patch(frame)

    def limits(self, l, k, j):
        """As many nodes as the two layers have."""
        sizes = layer_sizes(self.layers)
        return {"k": sizes[l], "j": sizes[l - 1]}

    def update(self, l, k, j):
        """Mark one edge.

        Parameters
        ----------
        l, k, j : int
            As for :func:`edge_symbols`.

        Returns
        -------
        str
        """
        self.diagram.show({}, {}, {(l, k, j), (l - 1, j), (l, k)})
        for (number, name), frame in self.frames.items():
            frame.set_visible(number == l)
            frame.set_xy(((j if name == "W" else j + 1) - 0.48, k - 0.4))
        symbols = edge_symbols(self.layers, l, k, j)
        self.title.set_text(
            f"lecture and slides {symbols['lecture and slides']}     notes {symbols['notes']}     code {symbols['W']}"
        )
        return (
            f"From node {j + 1} of layer {l - 1} to node {k + 1} of layer {l}, weight {symbols['weight']}.  "
            f"Lecture and slides: w {k + 1} {j + 1}, layer {l}; notes: θ {j + 1}, {k + 1} of matrix ({l}).  "
            f"In code: {symbols['W']} of layer {l}, and {symbols['Θ']} with the bias in column 0."
        )


def edge_figure(layers, l, k, j):
    """Draw one edge in the diagram, in W, in Θ and in symbols.

    Parameters
    ----------
    layers, l, k, j
        As for :func:`edge_symbols`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = EdgeScene(layers)
    scene.update(l, k, j)
    return scene.fig


def edge_explorer(layers):
    """Choose a layer and two nodes: edge, matrix entry and symbols light up together.

    Parameters
    ----------
    layers : list of (weights, bias)
        A small network, with at least two nodes in the last two layers.

    Returns
    -------
    Frame
    """
    sizes, depth = layer_sizes(layers), len(layers)
    options = ("W[0, 1]", "W[1, 0]", "W[1, 2]", "W[2, 1]")
    return Frame(
        EdgeScene(layers),
        "One weight, in the diagram, in the matrix and in symbols",
        [
            slider("l", "ℓ, the layer it leads into", range(1, depth + 1), "{:d}"),
            slider("k", "k, the node it leads to", range(max(sizes[1:])), "row {:d}"),
            slider("j", "j, the node it comes from", range(max(sizes[:-1])), "column {:d}"),
        ],
        {
            f"node 1 to node 2 of layer {depth}": {"l": depth, "k": 1, "j": 0},
            f"node 2 to node 1 of layer {depth}": {"l": depth, "k": 0, "j": 1},
            "first edge": {"l": 1, "k": 0, "j": 0},
            "last edge": {"l": depth, "k": sizes[-1] - 1, "j": sizes[-2] - 1},
        },
        Prediction(
            f"The edge from node 1 of layer {depth - 1} to node 2 of layer {depth}: which entry of W is it?", options, 1
        ),
    )
