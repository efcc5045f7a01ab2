"""Lesson 3: one forward and one backward pass, a step at a time."""

import numpy as np

from nblib import plots
from nblib.backprop import backprop, hidden_delta, output_delta
from nblib.network import forward
from nblib.widgets.frame import Frame, Prediction, slider
from nblib.widgets.scene import Diagram, Scene


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


class PassScene(Scene):
    """The steps of :func:`pass_steps` on the diagram of the network.

    Parameters
    ----------
    layers, x, y
        As for :func:`pass_steps`.
    """

    alt = "The network with the numbers that are known by this step; those that are new are marked."

    def __init__(self, layers, x, y):
        self.steps = pass_steps(layers, x, y)
        fig, axes = plots.figure(size=(9.5, 5.0))
        self.diagram = Diagram(axes, layers, radius=0.62, spread=1.6, fontsize=9)
        self.title = axes.set_title("the input", y=1.0)
        self.step, self.pictures = 0, {}
        super().__init__(fig, [*self.diagram.moving, self.title])

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
        self.step = step
        title, nodes, edges, new = self.steps[step]
        self.diagram.show({place: "\n".join(lines) for place, lines in nodes.items()}, edges, new)
        self.title.set_text(f"step {step}: {title}")
        if any(len(place) == 3 for place in new):
            numbers = "∂C/∂w " + ", ".join(f"{j} → {k}: {edges[l, k, j]}" for l, k, j in sorted(new))
        else:
            numbers = ", ".join(f"node {j}: {nodes[l, j][-1]}" for l, j in sorted(new))
        return f"Step {step} of {len(self.steps) - 1}, {title}.  New: {numbers}."

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
        As for :func:`pass_steps`.

    Returns
    -------
    Frame
    """
    scene, depth = PassScene(layers, x, y), len(layers)
    last = len(scene.steps) - 1
    return Frame(
        scene,
        "One pass there, one pass back",
        [slider("step", "step", range(last + 1), "{:d} of " + str(last))],
        {
            "the input": {"step": 0},
            "all forward": {"step": 2 * depth},
            "δ of the output": {"step": 2 * depth + 1},
            "δ of the layer before": {"step": min(2 * depth + 3, last)},
            "every gradient": {"step": last},
        },
        Prediction(
            "Which gradients are known first?",
            ("those of layer 1", f"those of layer {depth}", "all at the same time"),
            1,
        ),
    )
