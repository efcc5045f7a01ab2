"""Lesson 6: how far n_in inputs and the spread of the weights drive z into the flat parts of σ."""

from functools import lru_cache

import numpy as np

from nblib import plots
from nblib.activations import logistic, logistic_prime
from nblib.initialization import saturated_fraction, weighted_input_std
from nblib.widgets.frame import Frame, Prediction, choice, round_values, slider
from nblib.widgets.scene import Scene

NEURONS = 1000
INPUTS = (10, 30, 64, 100, 200, 300, 500, 784, 1000, 1500, 2000)
BINS = np.linspace(-30, 30, 61)


@lru_cache(maxsize=1)
def sums():
    """For every neuron the sums of its first 0, 1, 2, … standard normal weights, and its bias.

    Returns
    -------
    sums : numpy.ndarray, shape (2001, 1000)
    biases : numpy.ndarray, shape (1000,)
    """
    rng = np.random.default_rng(6)
    weights = rng.standard_normal((max(INPUTS) + 1, NEURONS), dtype=np.float32)
    weights[0] = 0
    return np.cumsum(weights, axis=0, dtype=np.float32), rng.standard_normal(NEURONS)


def weighted_inputs(n_in, share_on, weight_std, bias_std):
    """Weighted inputs of a thousand neurons when a share of the inputs is 1 and the rest 0.

    Parameters
    ----------
    n_in : int
        Inputs, at most 2000.
    share_on : float
        Share of them that is on.
    weight_std, bias_std : float
        Standard deviations.

    Returns
    -------
    numpy.ndarray, shape (1000,)
    """
    weights, biases = sums()
    return weight_std * weights[round(n_in * share_on)].astype(float) + bias_std * biases


class SaturationScene(Scene):
    """The histogram of z under σ and σ′."""

    alt = (
        "Above σ and σ′ against z, with the flat parts, where σ′ is below 0.01, grey; below the histogram of z of a "
        "thousand neurons on the same axis."
    )

    def __init__(self):
        fig, (top, bottom) = plots.figure(2, 1, size=(9.5, 4.8), sharex=True, height_ratios=[1, 1.2])
        z = np.linspace(BINS[0], BINS[-1], 601)
        top.plot(z, logistic(z), color=plots.BLUE, label="σ(z)")
        top.plot(z, logistic_prime(z), color=plots.ORANGE, linestyle="--", label="σ′(z)")
        top.legend(loc="upper left")
        # σ′(z) = σ(1 − σ) is 0.01 where σ = ½ + √(¼ − 0.01).
        high = 0.5 + np.sqrt(0.25 - 0.01)
        edge = np.log(high / (1 - high))
        for panel in (top, bottom):
            panel.axvspan(BINS[0], -edge, color="#E8E8E8", zorder=0)
            panel.axvspan(edge, BINS[-1], color="#E8E8E8", zorder=0)
        self.bars = bottom.bar(BINS[:-1], np.zeros(len(BINS) - 1), np.diff(BINS), align="edge", color=plots.BLUE)
        bottom.set(
            xlim=(BINS[0], BINS[-1]), ylim=(0, 1.05), xlabel="z (grey: σ′ < 0.01; outermost bars: everything beyond)"
        )
        bottom.set_ylabel("share of neurons\n(square root scale)")
        bottom.set_yscale("function", functions=(lambda v: np.sqrt(np.maximum(v, 0)), np.square))
        bottom.set_yticks([0, 0.05, 0.2, 0.5, 1])
        super().__init__(fig, list(self.bars))

    def update(self, n_in, share_on, weight_std, bias_std):
        """Show one start.

        Parameters
        ----------
        n_in, share_on, weight_std, bias_std
            As for :func:`weighted_inputs`.

        Returns
        -------
        str
        """
        z = weighted_inputs(n_in, share_on, weight_std, bias_std)
        counts, _ = np.histogram(np.clip(z, BINS[0], BINS[-1]), BINS)
        for bar, count in zip(self.bars, counts, strict=True):
            bar.set_height(count / NEURONS)
        active = round(n_in * share_on)
        expected = weighted_input_std(active, weight_std, bias_std)
        return (
            f"{active} of {n_in} inputs on, σ_w = {weight_std:.3g}, σ_b = {bias_std:g}: std of z {z.std():.2f}, "
            f"predicted {expected:.2f}; saturated {saturated_fraction(z):.1%}; mean σ′ {logistic_prime(z).mean():.4f}."
        )


def saturation_figure(n_in, share_on, weight_std, bias_std):
    """Draw the histogram of z for one start.

    Parameters
    ----------
    n_in, share_on, weight_std, bias_std
        As for :func:`weighted_inputs`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scene = SaturationScene()
    scene.update(n_in, share_on, weight_std, bias_std)
    return scene.fig


def saturation_explorer():
    """Choose the number of inputs, how many are on, and the spread of weights and bias.

    Returns
    -------
    Frame
    """
    # Beside round values, 1/√n_in for the three sizes that the lesson works with.
    stds = sorted([*round_values(0.01, 2, (1, 1.5, 2, 3, 5, 7)), *(float(n**-0.5) for n in (64, 784, 1000))])
    old = {"n_in": 1000, "share_on": 0.5, "weight_std": 1.0, "bias_std": 1.0}
    share = saturated_fraction(weighted_inputs(**old))
    return Frame(
        SaturationScene(),
        "Saturated from the start?",
        [
            slider("n_in", "n_in, inputs", INPUTS, "{:d}"),
            slider("share_on", "share of the inputs that is on", [index / 20 for index in range(21)], "{:.0%}"),
            slider("weight_std", "σ_w, std of the weights (logarithmic)", stds, "σ_w = {:.3g}"),
            choice("bias_std", "σ_b, std of the bias", {"0": 0.0, "1": 1.0}),
        ],
        {
            "1000 inputs, N(0, 1)": old,
            "all inputs on": old | {"share_on": 1.0},
            "64 inputs, N(0, 1)": old | {"n_in": 64},
            "100 inputs, tiny weights": old | {"weight_std": 0.01, "n_in": 100, "bias_std": 0.0},
        },
        Prediction(
            "1000 inputs, half of them on, weights and bias from N(0, 1): which share of the neurons is saturated?",
            ("less than a tenth", "about a third", "about half", "more than three quarters"),
            int(np.searchsorted([0.1, 0.42, 0.7], share)),
            (
                "Each input that is on adds the variance of one weight, so z spreads much further than that.",
                "That would need a spread of z of about 5; with 500 inputs on it is more than four times as large.",
                "That would need a spread of z of about 7; with 500 inputs on it is about three times as large.",
                "The variances add up: with 500 inputs on, z has a standard deviation of √501 ≈ 22, and σ is flat for "
                "all |z| beyond 4.6.",
            ),
            "1000 inputs, N(0, 1)",
        ),
    )
