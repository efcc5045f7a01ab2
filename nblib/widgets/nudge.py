"""Lesson 2: the weighted input of one neuron is nudged by ε, and everything to its right follows."""

import numpy as np

from nblib import plots
from nblib.activations import logistic
from nblib.backprop import hidden_delta, output_delta
from nblib.network import forward
from nblib.widgets.frame import Frame, Prediction, choice, slider
from nblib.widgets.scene import Diagram, Scene

REACH = 5.0


def nudged(layers, x, y, layer, node, epsilon):
    """Activations and cost after z of one neuron was nudged by ε, for C = Σ(y − a)² and logistic neurons.

    Parameters
    ----------
    layers : list of (weights, bias)
        The network.
    x, y : numpy.ndarray, shape (m_0,) and (m_L,)
        Input and target.
    layer, node : int
        Which z: the layer is counted from 1, the neuron from 0.
    epsilon : float or numpy.ndarray of shape (n,)
        By how much; several at once.

    Returns
    -------
    activations : list of numpy.ndarray, shape (n, m_l)
        Of layers 0 to L; one row for a single ε.
    costs : numpy.ndarray, shape (n,)
    """
    epsilon = np.atleast_1d(epsilon)
    activations = [np.tile(np.asarray(x, float), (len(epsilon), 1))]
    for number, (W, b) in enumerate(layers, start=1):
        z = activations[-1] @ np.transpose(W) + b
        if number == layer:
            z[:, node] += epsilon
        activations.append(logistic(z))
    return activations, np.sum((y - activations[-1]) ** 2, axis=1)


def node_deltas(layers, x, y):
    """δ of every neuron by the recursion: the slopes of the tangents.

    Parameters
    ----------
    layers, x, y
        As for :func:`nudged`.

    Returns
    -------
    list of numpy.ndarray
        Layer 1 first.
    """
    zs, activations = forward(layers, x)
    deltas = [output_delta(zs[-1], activations[-1], y)]
    for index in range(len(layers) - 2, -1, -1):
        deltas.insert(0, hidden_delta(layers[index + 1][0], deltas[0], zs[index]))
    return deltas


class NudgeScene(Scene):
    """The diagram with the change of every activation, and the cost against ε with its tangent.

    Parameters
    ----------
    layers, x, y
        As for :func:`nudged`.
    """

    alt = (
        "Left the network with the change of every activation in its neuron, and a ring around each neuron whose "
        "activation changes; right the cost against the nudge ε, with its tangent at 0."
    )

    def __init__(self, layers, x, y):
        self.network, self.deltas = (layers, x, y), node_deltas(layers, x, y)
        self.amounts = np.linspace(-REACH, REACH, 101)
        fig, (left, right) = plots.figure(1, 2, size=(9, 4.0), width_ratios=[1.6, 1])
        self.diagram = Diagram(left, layers, radius=0.42)
        self.title = left.set_title("change of every a", fontsize=10, y=1.0)
        self.nudge = left.text(0, 0, "+ε", fontsize=10, fontweight="bold", ha="right", va="bottom", zorder=6)
        self.nudge.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        [self.curve] = right.plot([], [], color=plots.BLUE, label="cost")
        [self.tangent] = right.plot([], [], color=plots.VERMILION, linestyle="--", label="tangent, slope δ")
        [self.dot] = right.plot([], [], "o", color="black", zorder=4, clip_on=False)
        # As wide as the widest of all neurons needs it.
        reached = np.concatenate(
            [nudged(*self.network, *place, self.amounts)[1] for place in self.diagram.nodes if place[0]]
        )
        room = 0.15 * np.ptp(reached)
        right.set(xlim=(-REACH, REACH), ylim=(reached.min() - room, reached.max() + 2.5 * room))
        right.set(xlabel="nudge ε of z", ylabel="cost C")
        right.legend(loc="upper center", ncols=2, fontsize=9)
        super().__init__(fig, [*self.diagram.moving, self.title, self.nudge, self.curve, self.tangent, self.dot])

    def update(self, place, epsilon):
        """Nudge a neuron.

        Parameters
        ----------
        place : (int, int)
            Layer, counted from 1, and neuron, counted from 0.
        epsilon : float
            The nudge.

        Returns
        -------
        str
        """
        layer, node = place
        activations, [before, after] = nudged(*self.network, layer, node, [0.0, epsilon])
        changes = {(l, j): rows[1, j] - rows[0, j] for l, rows in enumerate(activations) for j in range(rows.shape[1])}
        moved = {place for place, change in changes.items() if change}
        self.diagram.show({p: f"{c:+.3f}" if c else "0" for p, c in changes.items()}, {}, moved)
        x, y = self.diagram.nodes[place].get_position()
        self.nudge.set_position((x - 0.85 * self.diagram.radius, y + 0.6 * self.diagram.radius))
        self.title.set_text(f"change of every a when z of neuron {node + 1} in layer {layer} is nudged by {epsilon:g}")
        delta = float(self.deltas[layer - 1][node])
        self.curve.set_data(self.amounts, nudged(*self.network, layer, node, self.amounts)[1])
        self.tangent.set_data(self.amounts, before + delta * self.amounts)
        self.dot.set_data([epsilon], [after])
        return (
            f"ε = {epsilon:g}: {len(moved)} of {len(changes)} activations change; the cost goes from {before:.4f} to "
            f"{after:.4f}, by {after - before:+.4f}; the tangent, δ = {delta:.4f}, says {delta * epsilon:+.4f}."
        )


def nudge_figure(layers, x, y, place, epsilon):
    """Draw what a nudge moves.

    Parameters
    ----------
    layers, x, y
        As for :func:`nudged`.
    place : (int, int)
        Layer, counted from 1, and neuron, counted from 0.
    epsilon : float
        The nudge.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = NudgeScene(layers, x, y)
    scene.update(place, epsilon)
    return scene.fig


def nudge_explorer(layers, x, y, place=(1, 2)):
    """Choose a neuron and nudge its z.

    Parameters
    ----------
    layers, x, y
        As for :func:`nudged`.
    place : (int, int)
        The neuron to start with: layer, counted from 1, and neuron, counted from 0.

    Returns
    -------
    Frame
    """
    neurons = {f"layer {l}, neuron {k + 1}": (l, k) for l, (_, b) in enumerate(layers, start=1) for k in range(len(b))}
    amounts = [index / 10 for index in range(int(-10 * REACH), int(10 * REACH) + 1)]
    name = f"neuron {place[1] + 1} of layer {place[0]}"
    return Frame(
        NudgeScene(layers, x, y),
        "Nudge z of one neuron",
        [choice("place", "neuron", neurons), slider("epsilon", "ε, added to z", amounts, "{:.1f}")],
        {
            f"{name} by 1": {"place": place, "epsilon": 1.0},
            f"{name} by 0.1": {"place": place, "epsilon": 0.1},
            f"{name} by 4": {"place": place, "epsilon": 4.0},
            "an output neuron by 1": {"place": (len(layers), 0), "epsilon": 1.0},
        },
        Prediction(
            f"z of {name} is nudged. Which activations change?",
            (
                "only its own",
                "its own, and all in the layers to its right",
                "all of its own layer, and all to its right",
                "all in the network",
            ),
            1,
            (
                "Its activation is an input of every neuron in the next layer, so the change goes on from there.",
                "A change travels along the edges, and those lead from each layer to the next.",
                "The other neurons of its layer take their inputs from the layer before, where nothing has changed.",
                "No edge leads to the left, nor from one neuron of a layer to another.",
            ),
        ),
    )
