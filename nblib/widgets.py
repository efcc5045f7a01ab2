"""Interactive parts of the lessons: a pure function from parameters to a figure, and a thin binding to controls."""

import io

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from nblib import plots
from nblib.backprop import backprop, hidden_delta, output_delta
from nblib.network import forward


def pass_steps(layers, x, y):
    """List the steps of one forward and one backward pass, for C = Σ(y − a)² and logistic units.

    Parameters
    ----------
    layers : list of (weights, bias)
        A small network.
    x : numpy.ndarray, shape (m_0,)
        The input.
    y : numpy.ndarray, shape (m_L,)
        The target.

    Returns
    -------
    list of (title, nodes, edges, highlight)
        What each step computes; the texts known by then at the nodes (ℓ, j) and the edges (ℓ, k, j); what is new.
    """
    zs, activations = forward(layers, x)
    gradients = backprop(layers, x, y)
    nodes = {(0, j): [f"x = {value:.2f}"] for j, value in enumerate(x)}
    edges, frames = {}, []

    def keep(title, new):
        frames.append((title, {place: list(lines) for place, lines in nodes.items()}, dict(edges), new))

    keep("the input", set(nodes))
    for number, (z, a) in enumerate(zip(zs, activations[1:], strict=True), start=1):
        places = [(number, k) for k in range(len(z))]
        for symbol, values, formula in (
            ("z", z, f"z = W a + b in layer {number}"),
            ("a", a, f"a = σ(z) in layer {number}"),
        ):
            for place, value in zip(places, values, strict=True):
                nodes.setdefault(place, []).append(f"{symbol} = {value:.3f}")
            keep(f"forward: {formula}", set(places))
    delta = output_delta(zs[-1], activations[-1], y)
    for number in range(len(layers), 0, -1):
        if number < len(layers):
            delta = hidden_delta(layers[number][0], delta, zs[number - 1])
        places = [(number, k) for k in range(len(delta))]
        for place, value in zip(places, delta, strict=True):
            nodes[place].append(f"δ = {value:.4f}")
        formula = "δ = 2 (a − y) σ′(z)" if number == len(layers) else "δ = Wᵀ δ · σ′(z), W and δ from the right,"
        keep(f"backward: {formula} in layer {number}", set(places))
        new = set()
        for (k, j), value in np.ndenumerate(gradients[number - 1][0]):
            edges[number, k, j] = f"{value:.4f}"
            new.add((number, k, j))
        keep(f"backward: ∂C/∂w = δ a in layer {number}, a from the left", new)
    return frames


def pass_figure(layers, x, y, step):
    """Draw one step of :func:`pass_steps`.

    Parameters
    ----------
    layers, x, y
        As for :func:`pass_steps`.
    step : int
        Counted from 0.

    Returns
    -------
    matplotlib.figure.Figure
    """
    title, nodes, edges, highlight = pass_steps(layers, x, y)[step]
    fig, axes = plots.figure(size=(9.5, 5.0))
    text = {place: "\n".join(lines) for place, lines in nodes.items()}
    plots.network_diagram(axes, layers, text, edges, highlight, radius=0.62, spread=1.6)
    axes.set_title(f"step {step}: {title}")
    return fig


def _png(fig):
    file = io.BytesIO()
    fig.savefig(file, format="png")
    plt.close(fig)
    return file.getvalue()


def step_through(layers, x, y):
    """Step through one forward and one backward pass with a slider.

    Parameters
    ----------
    layers, x, y
        As for :func:`pass_steps`.

    Returns
    -------
    ipywidgets.Widget
    """
    last = len(pass_steps(layers, x, y)) - 1
    slider = ipywidgets.IntSlider(0, 0, last, description="step", continuous_update=False)
    picture = ipywidgets.Image(value=_png(pass_figure(layers, x, y, 0)), format="png")

    def redraw(change):
        picture.value = _png(pass_figure(layers, x, y, change["new"]))

    slider.observe(redraw, names="value")
    return ipywidgets.VBox([slider, picture])
