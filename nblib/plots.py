"""Figures of the lessons: labelled, with alt text, in colours that survive colour blindness and a grey printer."""

import base64
import html
import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from nblib.network import layer_sizes

# Okabe and Ito, "Color Universal Design" (2008), ordered so that neighbours differ in lightness as well.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
PALETTE = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE]
LINE_STYLES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))]

STYLE = {
    "figure.figsize": (7.0, 3.6),
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE) + matplotlib.cycler(linestyle=LINE_STYLES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "font.size": 11,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}


def figure(rows=1, columns=1, size=None, **options):
    """Open a figure in the style of the course.

    Parameters
    ----------
    rows, columns : int
        Panels.
    size : (float, float), optional
        Width and height in inches.
    **options
        For ``matplotlib.pyplot.subplots``.

    Returns
    -------
    (figure, axes)
        One Axes, or an array of them.
    """
    with plt.rc_context(STYLE):
        return plt.subplots(rows, columns, figsize=size or STYLE["figure.figsize"], layout="constrained", **options)


def png_of(fig):
    """Draw a figure.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        What to draw.

    Returns
    -------
    bytes
        A picture in the format PNG, of at most 256 colours: that is enough for a figure, and a third of the size.
    """
    canvas, file = FigureCanvasAgg(fig), io.BytesIO()
    # savefig would draw everything twice.
    canvas.draw()
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
    picture.convert("RGB").quantize(256).save(file, format="PNG")
    return file.getvalue()


def show(fig, alt):
    """Show a figure in a notebook, with a text for those who cannot see it, and close it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        What to show.
    alt : str
        What the figure shows, in a sentence or two.

    Raises
    ------
    ValueError
        If alt is empty.
    """
    if not alt.strip():
        raise ValueError("A figure needs an alt text: say in a sentence what it shows.")
    png = base64.b64encode(png_of(fig)).decode()
    plt.close(fig)
    # JupyterLab gives an alt text to an <img> in HTML only; the PNG beside it serves nbconvert and printing.
    image = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{png}" style="max-width:100%">'
    display({"text/plain": alt, "text/html": image, "image/png": png}, metadata={"image/png": {"alt": alt}}, raw=True)


def curves(axes, series, x_label, y_label, x=None):
    """Draw labelled curves that differ in colour and in line style.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    series : dict of str to sequence of float
        Label and values of each curve.
    x_label, y_label : str
        Names, and units where there are any.
    x : sequence of float, optional
        Common to all curves; 0, 1, 2, … by default.
    """
    for (label, values), color, style in zip(series.items(), PALETTE, LINE_STYLES, strict=False):
        axes.plot(np.arange(len(values)) if x is None else x, values, color=color, linestyle=style, label=label)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if len(series) > 1:
        axes.legend()


def digit_grid(images, titles, columns=8):
    """Draw digits side by side, each with its title.

    Parameters
    ----------
    images : array_like, shape (n, side * side)
        Grey values from 0 to 1.
    titles : sequence of str
        One for each image.
    columns : int
        Images in a row.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows, columns = -(-len(images) // columns), min(columns, len(images))
    side = round(np.sqrt(np.shape(images)[1]))
    gap, room = -(-side // 8), -(-3 * side // 8)
    # One picture for all: a panel, or only a picture, for each digit would take many times as long to draw.
    mosaic = np.zeros((rows * (side + room), columns * (side + gap) - gap))
    fig, axes = figure(size=(1.1 * columns, 1.35 * rows))
    # Nothing stands outside of the picture that room would have to be found for.
    fig.set_layout_engine("none")
    axes.set_position((0.02, 0, 0.96, 1))
    for index, (image, title) in enumerate(zip(images, titles, strict=True)):
        row, column = divmod(index, columns)
        top, left = row * (side + room) + room, column * (side + gap)
        mosaic[top : top + side, left : left + side] = np.reshape(image, (side, side))
        # A frame shows where a digit whose outer pixels are white begins and ends.
        corner = (left - 0.5, top - 0.5)
        axes.add_patch(plt.Rectangle(corner, side, side, fill=False, edgecolor="#8A8A8A", linewidth=0.8, clip_on=False))
        axes.text(left + side / 2 - 0.5, top - 0.1 * side, title, ha="center", va="bottom", fontsize=9)
    axes.imshow(mosaic, cmap="gray_r", vmin=0, vmax=1)
    axes.axis("off")
    return fig


def network_diagram(axes, layers, node_text=None, edge_text=None, highlight=None, radius=0.36, spread=1.0):
    """Draw a layered network: blue edges are positive weights, dashed orange ones negative, wider is larger.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    layers : list of (weights, bias)
        Any network; its widths decide the picture.
    node_text : dict of (int, int) to str, optional
        What to write into node (ℓ, j); ℓ = 0 is the input, j counts from 0.
    edge_text : dict of (int, int, int) to str, optional
        What to write beside edge (ℓ, k, j), from node j of layer ℓ − 1 to node k of layer ℓ.
    highlight : set of tuple, optional
        Nodes (ℓ, j) and edges (ℓ, k, j) to draw with emphasis.
    radius : float
        Of a node, beside a distance of ``spread`` between the nodes of a layer and 2.4 times that between layers.
    spread : float
        See radius.
    """
    node_text, edge_text, highlight = node_text or {}, edge_text or {}, highlight or set()
    widths = layer_sizes(layers)
    positions = [
        spread * np.column_stack([np.full(m, 2.4 * layer), (m - 1) / 2 - np.arange(m)])
        for layer, m in enumerate(widths)
    ]
    largest = max(float(np.abs(weights).max()) for weights, _ in layers) or 1.0
    for number, (weights, _) in enumerate(layers, start=1):
        for (k, j), weight in np.ndenumerate(weights):
            start, end = positions[number - 1][j], positions[number][k]
            marked = (number, k, j) in highlight
            axes.plot(
                *np.transpose([start, end]),
                color="black" if marked else BLUE if weight >= 0 else ORANGE,
                linestyle="-" if weight >= 0 else "--",
                linewidth=(0.6 + 2.4 * abs(weight) / largest) * (1.6 if marked else 1),
                zorder=1,
            )
            if (number, k, j) in edge_text:
                # Nearer to the start, and not all equally far, so that labels of edges that cross do not meet.
                x, y = start + (0.27, 0.4)[j % 2] * (end - start)
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                axes.text(x, y, edge_text[number, k, j], fontsize=8, ha="center", va="center", bbox=box, zorder=2)
    for layer, places in enumerate(positions):
        for j, (x, y) in enumerate(places):
            line = 2.6 if (layer, j) in highlight else 1.2
            axes.add_patch(plt.Circle((x, y), radius, facecolor="white", edgecolor="black", linewidth=line, zorder=3))
            axes.text(x, y, node_text.get((layer, j), ""), ha="center", va="center", fontsize=8, zorder=4)
        name = "input" if layer == 0 else "output" if layer == len(layers) else "hidden"
        top = places[0, 1] + radius + 0.2
        axes.text(places[0, 0], top, f"layer {layer}\n({name})", ha="center", va="bottom", fontsize=9)
    tallest = spread * (max(widths) - 1) / 2 + radius
    axes.set_xlim(-radius - 0.3, 2.4 * spread * len(layers) + radius + 0.3)
    axes.set_ylim(-tallest - 0.2, tallest + 1.1)
    axes.set_aspect("equal")
    axes.axis("off")
