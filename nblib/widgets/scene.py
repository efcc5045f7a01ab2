"""A figure that is drawn once and of which only the artists that move are drawn again.

A full draw of a figure takes some 70 ms, the moving artists on a kept background some 10: a slider that is dragged
needs the second.  So axes keep their limits, and numbers that change go into the status line of the widget.
"""

import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from nblib import plots
from nblib.network import layer_sizes


class Scene:
    """A kept figure; a subclass builds it in ``__init__`` and moves its artists in ``update``.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        With everything that stays as it is.
    moving : list of matplotlib.artist.Artist
        What ``update`` changes; drawn in order of zorder over all that stays.  A title among them needs a fixed y.

    Attributes
    ----------
    alt : str
        What the picture shows at any position of the controls.
    """

    alt = ""

    def __init__(self, fig, moving):
        plt.close(fig)
        self.fig, self.canvas, self.background = fig, FigureCanvasAgg(fig), None
        self.moving = sorted(moving, key=lambda artist: artist.get_zorder())

    def update(self, **values):
        """Move the artists to where these values of the controls put them.

        Parameters
        ----------
        **values
            One a control, by its name.

        Returns
        -------
        str
            The status line: the numbers of this position.
        """
        raise NotImplementedError

    def limits(self, **values):
        """How many positions a control has now, where that depends on the others.

        Parameters
        ----------
        **values
            One a control, by its name.

        Returns
        -------
        dict of str to int
        """
        return {}

    def png(self):
        """The figure as it is now.

        Returns
        -------
        bytes
        """
        if self.background is None:
            self._draw_what_stays()
        self.canvas.restore_region(self.background)
        for artist in self.moving:
            self.fig.draw_artist(artist)
        file = io.BytesIO()
        # The fastest compression: the picture travels inside one machine.
        picture = Image.frombuffer("RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba())
        picture.convert("RGB").save(file, format="PNG", compress_level=1)
        return file.getvalue()

    def _draw_what_stays(self):
        # The layout is found with everything in place, and holds from then on.
        self.canvas.draw()
        self.fig.set_layout_engine("none")
        shown = [artist.get_visible() for artist in self.moving]
        for artist in self.moving:
            artist.set_visible(False)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.fig.bbox)
        for artist, visible in zip(self.moving, shown, strict=True):
            artist.set_visible(visible)


class Diagram:
    """The diagram of a network, with texts and marks that move.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    layers : list of (weights, bias)
        Any network.
    radius, spread : float
        As for :func:`nblib.plots.network_diagram`.
    fontsize : float
        Of all texts.

    Attributes
    ----------
    moving : list of matplotlib.artist.Artist
        The texts and marks.
    nodes : dict of (int, int) to matplotlib.text.Text
        By node (ℓ, j), at its place.
    radius : float
        Of a node.
    """

    def __init__(self, axes, layers, radius=0.36, spread=1.0, fontsize=8):
        plots.network_diagram(axes, layers, radius=radius, spread=spread)
        nodes = [(layer, j) for layer, m in enumerate(layer_sizes(layers)) for j in range(m)]
        places = {node: np.array(circle.center) for node, circle in zip(nodes, axes.patches, strict=True)}
        lines = iter(axes.lines[:])
        self.radius = radius
        self.nodes, self.rings, self.edges, self.marks = {}, {}, {}, {}
        for node, place in places.items():
            ring = plt.Circle(place, radius, fill=False, edgecolor="black", linewidth=3, zorder=5, visible=False)
            self.rings[node] = axes.add_patch(ring)
            self.nodes[node] = axes.text(*place, "", ha="center", va="center", fontsize=fontsize, zorder=6)
        for number, (weights, _) in enumerate(layers, start=1):
            for k, j in np.ndindex(np.shape(weights)):
                start, end = places[number - 1, j], places[number, k]
                away = radius * (end - start) / np.linalg.norm(end - start)
                width = max(2.2, 1.6 * next(lines).get_linewidth())
                style = "-" if weights[k][j] >= 0 else "--"
                ends = np.transpose([start + away, end - away])
                [mark] = axes.plot(*ends, color="black", linestyle=style, linewidth=width, zorder=3, visible=False)
                # Nearer to the start, and not all equally far, so that labels of edges that cross do not meet.
                place = start + (0.28, 0.47)[j % 2] * (end - start)
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                label = axes.text(*place, "", fontsize=fontsize, ha="center", va="center", bbox=box, zorder=4)
                label.set_visible(False)
                self.marks[number, k, j], self.edges[number, k, j] = mark, label
        self.moving = [a for part in (self.rings, self.nodes, self.edges, self.marks) for a in part.values()]

    def show(self, node_text, edge_text, highlight):
        """Write texts and set marks.

        Parameters
        ----------
        node_text : dict of (int, int) to str
            By node (ℓ, j).
        edge_text : dict of (int, int, int) to str
            By edge (ℓ, k, j).
        highlight : set of tuple
            Nodes and edges to mark.
        """
        for node, text in self.nodes.items():
            text.set_text(node_text.get(node, ""))
        for edge, label in self.edges.items():
            label.set_text(edge_text.get(edge, ""))
            label.set_visible(edge in edge_text)
        for place, mark in (self.rings | self.marks).items():
            mark.set_visible(place in highlight)
