"""Lesson 1: one weight in the diagram, in the matrix and in symbols."""

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots
from nblib.network import fold_bias, layer_sizes
from nblib.widgets.frame import Frame, Prediction, slider
from nblib.widgets.scene import Diagram, Scene


def edge_symbols(layers, l, k, j):
    """What the edge from neuron j of layer l − 1 to neuron k of layer l is called.

    Parameters
    ----------
    layers : list of (weights, bias)
        The network.
    l, k, j : int
        The layer is counted from 1, the neurons from 0.

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
    """The diagram, and beside it W of every layer; with ``notations``, Θ as well.

    Parameters
    ----------
    layers : list of (weights, bias)
        A small network.
    notations : bool
        Whether to show the other notations too: Θ and θ of the notes.
    """

    def __init__(self, layers, notations=False):
        self.layers, self.notations, depth = layers, notations, len(layers)
        self.alt = (
            "A layered network with one edge marked, and beside it the matrix W "
            + ("and the matrix Θ " if notations else "")
            + "of every layer, where the entry of that edge is framed."
        )
        size, ratios = ((10.5, 2.2 * max(depth, 2)), [2, 1, 1.2]) if notations else ((8.6, 2.1 * max(depth, 2)), [2, 1])
        fig, panels = plots.figure(depth, len(ratios), size=size, width_ratios=ratios, squeeze=False)
        for panel in panels[:, 0]:
            panel.remove()
        whole = fig.add_subplot(panels[0, 0].get_gridspec()[:, 0])
        self.diagram, self.frames = Diagram(whole, layers), {}
        for number, (W, b) in enumerate(layers, start=1):
            panel = panels[number - 1, 1]
            self.frames[number, "W"] = self._table(panel, np.asarray(W))
            panel.set_title(f"W of layer {number}", fontsize=10)
            if notations:
                panel = panels[number - 1, 2]
                self.frames[number, "Θ"] = self._table(panel, fold_bias(W, b))
                panel.set_title(f"Θ of the notes, ({number})", fontsize=10)
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
        """As many neurons as the two layers have."""
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
        symbol, code = symbols["lecture and slides"], f"code {symbols['W']}"
        told = (
            f"From neuron {j + 1} of layer {l - 1} to neuron {k + 1} of layer {l}: the weight is {symbols['weight']}. "
        )
        if self.notations:
            self.title.set_text(f"lecture and slides {symbol}     notes {symbols['notes']}     {code}")
            return told + (
                f"Lecture and slides: w {k + 1} {j + 1}, layer {l}; notes: θ {j + 1}, {k + 1} of matrix ({l}). "
                f"In code: {symbols['W']} of layer {l}, and {symbols['Θ']} with the bias in column 0."
            )
        self.title.set_text(f"symbol {symbol}     {code}")
        return told + f"Symbol: w {k + 1} {j + 1}, layer {l}. In code: {symbols['W']} of layer {l}."


def edge_figure(layers, l, k, j, notations=False):
    """Draw one edge in the diagram, in the matrix and in symbols.

    Parameters
    ----------
    layers, l, k, j
        As for :func:`edge_symbols`.
    notations : bool
        As for :class:`EdgeScene`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = EdgeScene(layers, notations)
    scene.update(l, k, j)
    return scene.fig


def edge_explorer(layers, notations=False):
    """Choose a layer and two neurons: edge, matrix entry and symbol light up together.

    Parameters
    ----------
    layers : list of (weights, bias)
        A small network, with at least two neurons in the last two layers.
    notations : bool
        Whether to show the notations of all three sources, not only ours.

    Returns
    -------
    Frame
    """
    sizes, depth = layer_sizes(layers), len(layers)
    here = f"neuron 1 to neuron 2 of layer {depth}"
    rule = "The row says which neuron the edge leads to, the column which one it comes from, and both count from 0."
    return Frame(
        EdgeScene(layers, notations),
        "One weight, in the diagram, in the matrix and in symbols",
        [
            slider("l", "ℓ, the layer it leads into", range(1, depth + 1), "{:d}"),
            slider("k", "k, the neuron it leads to", range(max(sizes[1:])), "row {:d}"),
            slider("j", "j, the neuron it comes from", range(max(sizes[:-1])), "column {:d}"),
        ],
        {
            "first edge": {"l": 1, "k": 0, "j": 0},
            here: {"l": depth, "k": 1, "j": 0},
            f"neuron 2 to neuron 1 of layer {depth}": {"l": depth, "k": 0, "j": 1},
            "last edge": {"l": depth, "k": sizes[-1] - 1, "j": sizes[-2] - 1},
        },
        Prediction(
            f"The edge from neuron 1 of layer {depth - 1} to neuron 2 of layer {depth}: which entry of W is it?",
            ("W[0, 1]", "W[1, 0]", "W[1, 2]", "W[2, 1]"),
            1,
            (
                "That's the edge from neuron 2 to neuron 1: row and column are swapped.",
                rule,
                "Those are the neurons' numbers as we say them, from 1, and row and column are swapped.",
                "Row and column are in the right order, but in code both count from 0.",
            ),
            here,
        ),
    )
