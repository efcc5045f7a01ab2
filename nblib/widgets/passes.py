"""Lesson 3: one forward and one backward pass, a step at a time."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import FancyBboxPatch

from nblib import plots
from nblib.activations import logistic_prime
from nblib.backprop import backprop, hidden_delta, output_delta
from nblib.network import forward, layer_sizes
from nblib.widgets.frame import Frame, Prediction, slider
from nblib.widgets.scene import Scene

# The text colours of positive and negative numbers: those of the edges, darker where white would swallow them.
POSITIVE, NEGATIVE = plots.BLUE, "#A65E00"
# What stands in a neuron, from top to bottom, and how its number is written.
ROWS = {"x": "{:.2f}", "z": "{:.3f}", "a": "{:.3f}", "σ′": "{:.3f}", "δ": "{:.3f}", "∂C/∂b": "{:.3f}"}
# Distances in the picture: between layers, between the neurons of a layer, and the size of a neuron's box.
ACROSS, DOWN, BOX_WIDTH, BOX_HEIGHT = 4.35, 1.9, 1.5, 1.66


@dataclass(frozen=True)
class Step:
    """What is known after a step of the two passes.

    Attributes
    ----------
    title : str
        What the step computes.
    neurons : dict of (int, int) to dict of str to float
        By neuron (ℓ, j), its numbers by symbol.
    edges : dict of (int, int, int) to float
        ∂C/∂w by edge (ℓ, k, j).
    new : tuple of (set, tuple of str)
        The neurons and edges at which something is new, and the symbols of what is new there.
    """

    title: str
    neurons: dict
    edges: dict
    new: tuple


def pass_steps(layers, x, y):
    """List the steps of one forward and one backward pass, for C = Σ(y − a)² and logistic neurons.

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
    list of Step
    """
    zs, activations = forward(layers, x)
    gradients = backprop(layers, x, y)
    neurons = {(0, j): {"x": float(value)} for j, value in enumerate(x)}
    edges, steps = {}, []

    def keep(title, places, *symbols):
        known = {place: dict(numbers) for place, numbers in neurons.items()}
        steps.append(Step(title, known, dict(edges), (set(places), symbols)))

    def write(number, symbol, values, title, *more):
        places = [(number, k) for k in range(len(values))]
        for place, value in zip(places, values, strict=True):
            neurons.setdefault(place, {})[symbol] = float(value)
        keep(f"{title} in layer {number}", [*places, *more], symbol, *(["∂C/∂w"] if more else []))

    keep("the input", set(neurons), "x")
    for number, (z, a) in enumerate(zip(zs, activations[1:], strict=True), start=1):
        write(number, "z", z, "forward: z = W a + b")
        write(number, "a", a, "forward: a = σ(z)")
    delta = output_delta(zs[-1], activations[-1], y)
    for number in range(len(layers), 0, -1):
        last = number == len(layers)
        if not last:
            delta = hidden_delta(layers[number][0], delta, zs[number - 1])
        write(number, "σ′", logistic_prime(zs[number - 1]), "backward: σ′(z)")
        formula = "δ = 2 (a − y) ⊙ σ′(z)" if last else "δ = (Wᵀ δ) ⊙ σ′(z), W and δ from the right,"
        write(number, "δ", delta, f"backward: {formula}")
        dW, db = gradients[number - 1]
        edges |= {(number, k, j): float(value) for (k, j), value in np.ndenumerate(dW)}
        into = [place for place in edges if place[0] == number]
        write(number, "∂C/∂b", db, "backward: ∂C/∂b = δ and ∂C/∂w = δ a, a from the left,", *into)
    return steps


def _color(value):
    return POSITIVE if value >= 0 else NEGATIVE


def _written(value, form="{:g}"):
    """Write a number with a real minus sign."""
    return form.format(value).replace("-", "−")


class PassScene(Scene):
    """The steps of :func:`pass_steps` on the diagram of the network.

    Parameters
    ----------
    layers, x, y
        As for :func:`pass_steps`.
    """

    alt = (
        "The network: in each neuron its numbers, at each edge its weight and below it ∂C/∂w, as far as they are known "
        "by this step; what is new is bold and has a frame. Positive numbers and edges are blue, negative ones orange, "
        "and negative edges dashed."
    )

    def __init__(self, layers, x, y):
        self.steps = pass_steps(layers, x, y)
        sizes = layer_sizes(layers)
        width = ACROSS * len(layers) + BOX_WIDTH + 0.2
        height = DOWN * (max(sizes) - 1) + BOX_HEIGHT
        fig, axes = plots.figure(size=(9.6, 9.6 * (height + 1.35) / width))
        axes.set(xlim=(-BOX_WIDTH / 2 - 0.1, width - BOX_WIDTH / 2 - 0.1), aspect="equal")
        axes.set_ylim(-height / 2 - 0.55, height / 2 + 0.8)
        axes.axis("off")
        self.frames, self.texts = {}, {}
        places = {(l, j): self._place(l, j, m) for l, m in enumerate(sizes) for j in range(m)}
        for number, (W, _) in enumerate(layers, start=1):
            for (k, j), w in np.ndenumerate(W):
                self._edge(axes, (number, k, j), w, places)
        for (l, j), place in places.items():
            self._box(axes, (l, j), place, float(layers[l - 1][1][j]) if l else None)
        for j, target in enumerate(y):
            x, height_of = places[len(layers), j] + (BOX_WIDTH / 2 + 0.08, 0)
            axes.text(x, height_of, f"y = {target:g}", va="center", fontsize=9.5)
        for l in range(len(sizes)):
            name = "input" if l == 0 else "output" if l == len(layers) else "hidden"
            axes.text(ACROSS * l, height / 2 + 0.12, f"layer {l} ({name})", ha="center", va="bottom", fontsize=10)
        self._legend(axes, width / 2 - BOX_WIDTH / 2 - 0.1, -height / 2 - 0.36)
        self.title = axes.text(0.5, 1.0, "the input", ha="center", va="top", fontsize=11.5, transform=axes.transAxes)
        self.step, self.pictures = 0, {}
        texts = (text for parts in self.texts.values() for text in parts.values())
        super().__init__(fig, [*self.frames.values(), *texts, self.title])

    @staticmethod
    def _place(l, j, m):
        return np.array([ACROSS * l, DOWN * ((m - 1) / 2 - j)])

    def _edge(self, axes, edge, w, places):
        number, k, j = edge
        start = places[number - 1, j] + (BOX_WIDTH / 2, 0)
        end = places[number, k] - (BOX_WIDTH / 2, 0)
        style = {"color": plots.BLUE if w >= 0 else plots.ORANGE, "linestyle": "-" if w >= 0 else "--"}
        axes.plot(*np.transpose([start, end]), linewidth=0.8 + 0.6 * abs(w), zorder=1, **style)
        # Labels of neighbouring neurons stand at different heights along the edges, so that they don't meet.
        x, y = start + (0.25, 0.74)[j % 2] * (end - start)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        axes.text(x, y, f"w = {_written(w)}", color=_color(w), ha="center", va="bottom", fontsize=9, bbox=box, zorder=2)
        below = axes.text(x, y - 0.02, "", ha="center", va="top", fontsize=9, bbox=box, zorder=2)
        self.texts[edge] = {"∂C/∂w": below}

    def _box(self, axes, place, center, bias):
        corner = center - (BOX_WIDTH / 2, BOX_HEIGHT / 2)
        look = {"boxstyle": "round,pad=0,rounding_size=0.2", "mutation_aspect": 1}
        size = (corner, BOX_WIDTH, BOX_HEIGHT)
        axes.add_patch(FancyBboxPatch(*size, facecolor="white", edgecolor="black", zorder=3, **look))
        frame = FancyBboxPatch(*size, fill=False, linewidth=3, zorder=5, visible=False, **look)
        self.frames[place] = axes.add_patch(frame)
        symbols = list(ROWS)[:1] if bias is None else list(ROWS)[1:]
        tops = [0.5] if bias is None else np.linspace(0.73, 0.11, len(symbols))
        look = {"ha": "center", "va": "center", "fontsize": 9.5, "zorder": 6}
        self.texts[place] = {
            symbol: axes.text(center[0], corner[1] + top * BOX_HEIGHT, "", **look)
            for symbol, top in zip(symbols, tops, strict=True)
        }
        if bias is not None:
            axes.text(center[0], corner[1] + 0.89 * BOX_HEIGHT, f"b = {_written(bias)}", color=_color(bias), **look)

    @staticmethod
    def _legend(axes, x, y):
        for left, color, style, text, dark in (
            (-3.6, plots.BLUE, "-", "positive", POSITIVE),
            (-1.4, plots.ORANGE, "--", "negative", NEGATIVE),
        ):
            axes.plot([x + left, x + left + 0.5], [y, y], color=color, linestyle=style, linewidth=2)
            axes.text(x + left + 0.6, y, text, color=dark, va="center", fontsize=9.5)
        axes.text(x + 1.0, y, "bold, framed: new in this step", va="center", fontsize=9.5, fontweight="bold")

    def update(self, step):
        """Show one step.

        Parameters
        ----------
        step : int
            Counted from 0.

        Returns
        -------
        str
        """
        self.step, shown = step, self.steps[step]
        places, symbols = shown.new
        for place, parts in self.texts.items():
            known = shown.neurons.get(place, {}) if len(place) == 2 else {"∂C/∂w": shown.edges.get(place)}
            for symbol, text in parts.items():
                value = known.get(symbol)
                text.set_visible(value is not None)
                if value is None:
                    continue
                text.set_text(f"{symbol} = {_written(value, ROWS.get(symbol, '{:.3f}'))}")
                text.set(color=_color(value), fontweight="bold" if place in places and symbol in symbols else "normal")
        for place, frame in self.frames.items():
            frame.set_visible(place in places)
        self.title.set_text(f"step {step}: {shown.title}")
        return f"Step {step} of {len(self.steps) - 1}, {shown.title}. New: {self._new(shown)}."

    @staticmethod
    def _new(shown):
        """List in words what a step adds; neurons count from 1."""
        places, symbols = shown.new
        parts = [
            f"neuron {place[1] + 1}: {symbol} = {_written(shown.neurons[place][symbol], ROWS[symbol])}"
            for place in sorted(place for place in places if len(place) == 2)
            for symbol in symbols
            if symbol in shown.neurons[place]
        ]
        parts += [
            f"∂C/∂w from {j + 1} to {k + 1}: {_written(shown.edges[l, k, j], '{:.3f}')}"
            for l, k, j in sorted(place for place in places if len(place) == 3)
        ]
        return ", ".join(parts)

    def png(self):
        """The figure as it is now; the steps are few and full of text, so each is drawn once only.

        Returns
        -------
        bytes
        """
        if self.step not in self.pictures:
            self.pictures[self.step] = super().png()
        return self.pictures[self.step]


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
    scene = PassScene(layers, x, y)
    scene.update(step)
    return scene.fig


def step_through(layers, x, y):
    """Step through one forward and one backward pass.

    Parameters
    ----------
    layers, x, y
        As for :func:`pass_steps`; for instance ``*small_network()``.

    Returns
    -------
    Frame
    """
    scene, depth = PassScene(layers, x, y), len(layers)
    last = len(scene.steps) - 1
    return Frame(
        scene,
        "Forward and backward, step by step",
        [slider("step", "step", range(last + 1), "{:d} of " + str(last))],
        {
            "the input": {"step": 0},
            "all forward": {"step": 2 * depth},
            "every gradient": {"step": last},
        },
        Prediction(
            "When the forward pass is done: which gradients can be computed first?",
            ("those of layer 1", f"those of layer {depth}", "those of all layers at once"),
            1,
            (
                "Layer 1 has to wait: its δ is made of the δ of the layer to its right, which isn't known yet.",
                "The cost depends directly on the outputs only, so that's where δ is known without any other δ.",
                "Each layer needs the δ of the layer to its right, so they come one after the other.",
            ),
        ),
    )
