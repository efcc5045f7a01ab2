"""The drawing pad: draw a digit, and a network reads it while you draw.

The browser sends the strokes of the pen.  The kernel makes the 8 × 8 picture of them
(:mod:`nblib.widgets.drawing`), runs the network on it, and answers with the picture, the ten outputs and a sentence.
"""

import logging
import traceback

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from nblib import plots
from nblib.data import digits
from nblib.network import ShapeError, forward, layer_sizes, predict
from nblib.widgets.drawing import bitmap_of, image_of
from nblib.widgets.still import Live, browser_code

log = logging.getLogger(__name__)
# Digits of the data set beside the pad, of those that are read right and of those that are read wrong.
RIGHT, WRONG = 5, 5
# The pen in the browser stays within this many points on each stroke; a longer one is cut off.
LONGEST = 20_000


class ForwardError(ValueError):
    """A function that was to run the network doesn't do what it should; says so in one sentence."""


def read_image(layers, image, run=forward):
    """Run a network on one image, by a function that may be wrong.

    Parameters
    ----------
    layers : list of (W, b)
        The network.
    image : numpy.ndarray, shape (64,)
        Grey values.
    run : callable
        ``run(layers, x)`` returns ``(zs, activations)``.

    Returns
    -------
    numpy.ndarray, shape (10,)
        The activations of the last layer.

    Raises
    ------
    ForwardError
        If ``run`` raises an error, or returns something else.
    """
    # Copies, because a function that changes its arguments must not spoil the next reading.
    copies = [(np.array(W), np.array(b)) for W, b in layers]
    try:
        result = run(copies, image.copy())
    except NotImplementedError as error:
        missing = traceback.extract_tb(error.__traceback__)[-1].name
        which = (
            "Your forward" if missing == getattr(run, "__name__", missing) else f"Your forward calls {missing}, which"
        )
        raise ForwardError(f"{which} isn't written yet. Write it, run its cell, then run this cell again.") from None
    except Exception as error:
        says = f": {error}" if str(error) else ""
        raise ForwardError(f"Your forward stopped with {type(error).__name__}{says}") from error
    return _outputs(result, len(layers), len(layers[-1][1]))


def _outputs(result, depth, width):
    """Return the last activations from what a forward returned."""
    if result is None:
        raise ForwardError("Your forward returned None. Its last line should be return zs, activations.")
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise ForwardError(
            f"Your forward returned a {type(result).__name__}, but it should return a pair: (zs, activations)."
        )
    activations = result[1]
    try:
        count = len(activations)
    except TypeError:
        count = None
    if count != depth + 1:
        raise ForwardError(
            f"Your forward should return {depth + 1} activations, the input first, but "
            + (f"activations is a {type(activations).__name__}." if count is None else f"it returned {count}.")
        )
    try:
        outputs = np.array(activations[-1], float)
    except (TypeError, ValueError):
        raise ForwardError("The last activations of your forward aren't an array of numbers.") from None
    if outputs.shape != (width,):
        raise ForwardError(
            f"The last activations of your forward have shape {outputs.shape}, but the network has {width} outputs."
        )
    if not np.isfinite(outputs).all():
        raise ForwardError("Your forward returned an output that is not a finite number.")
    return outputs


def reading(outputs):
    """What ten outputs say, in words.

    Parameters
    ----------
    outputs : array_like, shape (10,)
        One for each digit.

    Returns
    -------
    str
    """
    first, second = (int(digit) for digit in np.argsort(-np.asarray(outputs), kind="stable")[:2])
    text = f"It reads a {first}: {outputs[first]:.2f}; next {second}: {outputs[second]:.2f}."
    if np.min(outputs) < 0 or np.max(outputs) > 1:
        text += " Some outputs lie outside the range from 0 to 1, in which the logistic function always stays."
    return text


def examples_for(layers):
    """Choose digits of the data set to show beside the pad: some that a network reads right, then some it reads wrong.

    Parameters
    ----------
    layers : list of (W, b)
        The network.

    Returns
    -------
    list of (numpy.ndarray, int, bool)
        Image, true digit, and whether it is read right.  They are validation digits, which :func:`digit_reader
        <nblib.training.digit_reader>` hasn't seen in training.  A real 3 comes first.
    """
    _, (X, Y), _ = digits(0)
    outputs, labels = predict(layers, X), Y.argmax(axis=1)
    right = outputs.argmax(axis=1) == labels
    clearest_first = np.argsort(-outputs.max(axis=1), kind="stable")
    rights, wrongs = (clearest_first[right[clearest_first] == value] for value in (True, False))
    chosen = _one_per_digit(rights, labels, RIGHT) + _one_per_digit(wrongs, labels, WRONG)
    # A 3 that is read right comes first, if there is one.
    first = next((index for index in chosen if labels[index] == 3), int(np.flatnonzero(labels == 3)[0]))
    order = [first, *(index for index in chosen if index != first)]
    return [(X[index], int(labels[index]), bool(right[index])) for index in order]


def _one_per_digit(indices, labels, count):
    """Return the first index of each digit, 3 first, and second ones only if there are too few digits."""
    seen = {}
    for index in indices:
        seen.setdefault(int(labels[index]), int(index))
    firsts = [seen[digit] for digit in sorted(seen, key=lambda digit: (digit != 3, digit))]
    return (firsts + [int(index) for index in indices if int(index) not in firsts])[:count]


def reading_figure(image, outputs):
    """Draw the picture that a network sees, and its ten outputs as bars.

    Parameters
    ----------
    image : array_like, shape (64,)
        Grey values.
    outputs : array_like, shape (10,), or None
        None if there are no outputs to draw.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, (left, right) = plots.figure(1, 2, size=(8.5, 3.6), width_ratios=[1, 1.6])
    left.imshow(np.reshape(image, (8, 8)), cmap="gray_r", vmin=0, vmax=1)
    left.set(title="what the network sees", xticks=[], yticks=[])
    left.grid(False)
    left.spines[:].set_visible(True)
    right.set(xlim=(0, 1.15), ylim=(9.6, -0.6), yticks=range(10), xlabel="output", ylabel="digit")
    right.set_title("the ten outputs")
    right.grid(False, axis="y")
    if outputs is not None:
        colors = np.where(np.arange(10) == np.argmax(outputs), plots.VERMILION, plots.BLUE)
        lengths = np.clip(outputs, 0, 1)
        right.barh(range(10), lengths, color=colors)
        for digit, (length, value) in enumerate(zip(lengths, outputs, strict=True)):
            right.text(length + 0.02, digit, f"{value:.2f}", va="center", fontsize=9)
    return fig


class Pad(Live):
    """The drawing pad of one network; see :func:`pad`.

    Parameters
    ----------
    layers : list of (W, b)
        The network.
    forward : callable, optional
        The learner's own.

    Attributes
    ----------
    image : numpy.ndarray, shape (64,)
        The present drawing as the network sees it, or the digit of the data set that was chosen.
    outputs : numpy.ndarray, shape (10,), or None
        What the network made of it; None if there was no drawing, or no result.
    """

    _esm = browser_code("pad.js")
    spec = traitlets.Dict().tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)
    title = "Drawing pad"

    def __init__(self, layers, forward=None):
        super().__init__()
        sizes = layer_sizes(layers)
        if (sizes[0], sizes[-1]) != (64, 10):
            raise ShapeError(
                f"This network has {sizes[0]} inputs and {sizes[-1]} outputs, but the pad needs 64 inputs, one for "
                "each pixel, and 10 outputs, one for each digit."
            )
        self.layers = [(np.array(W, float), np.array(b, float)) for W, b in layers]
        self.forward, self.examples = forward, examples_for(self.layers)
        names = [f"a {digit}" for _, digit, _ in self.examples]
        self.spec = {
            "title": self.title,
            "right": [[name, index] for index, name in enumerate(names) if self.examples[index][2]],
            "wrong": [[name, index] for index, name in enumerate(names) if not self.examples[index][2]],
        }
        self.choose(0)
        self.on_msg(self._receive)

    def choose(self, index, **more):
        """Show a digit of the data set.

        Parameters
        ----------
        index : int
            Which of ``examples``.
        **more
            For the browser.
        """
        image, digit, _ = self.examples[index]
        self._read(image, f"The data set says that it is a {digit}.", strokes=[], **more)

    def draw(self, strokes, **more):
        """Read a drawing.

        Parameters
        ----------
        strokes : list of list of [x, y]
            The lines of the pen.
        **more
            For the browser.
        """
        strokes = [stroke[:LONGEST] for stroke in strokes if stroke]
        if strokes:
            self._read(image_of(bitmap_of(strokes)), "", strokes=strokes, **more)
        else:
            self.image, self.outputs = np.zeros(64), None
            self._answer("Draw a digit from 0 to 9.", strokes=[], **more)

    def _read(self, image, truth, **more):
        self.image, self.outputs = np.array(image), None
        failed = False
        try:
            self.outputs = read_image(self.layers, self.image, self.forward or forward)
            status = reading(self.outputs)
        except ForwardError as error:
            status, failed = f"{error}", True
            log.info("The pad's forward failed.", exc_info=error)
        self._answer(f"{status} {truth}".strip(), failed=failed, **more)

    def _answer(self, status, **more):
        outputs = None if self.outputs is None else [float(value) for value in self.outputs]
        pixels = [int(value) for value in np.round(16 * self.image)]
        self.reply = {"status": status, "outputs": outputs, "pixels": pixels, **more}

    def _receive(self, _, content, buffers):
        who = {"serial": content["serial"], "view": content["view"]}
        if content["kind"] == "choose":
            self.choose(content["index"], **who)
        else:
            self.draw(content["strokes"], **who)

    def _ipython_display_(self):
        status = self.reply["status"]
        bars = "" if self.outputs is None else f" The ten outputs: {listed(self.outputs)}."
        alt = f"The drawing pad: a handwritten digit as the network sees it, 8 × 8 pixels. {status}{bars}"
        self.show_live(self.title)
        fig = reading_figure(self.image, self.outputs)
        plt.close(fig)
        self.show_still_picture(plots.png_of(fig), alt)


def listed(outputs):
    """Ten outputs in words, for an alt text.

    Parameters
    ----------
    outputs : sequence of float
        One for each digit.

    Returns
    -------
    str
    """
    return ", ".join(f"{digit}: {value:.2f}" for digit, value in enumerate(outputs))


def pad(layers, forward=None):
    """Draw a digit with the mouse, a finger or the keyboard, and watch a network read it.

    Parameters
    ----------
    layers : list of (W, b)
        A network with 64 inputs and 10 outputs.
    forward : callable, optional
        Your own: ``zs, activations = forward(layers, x)`` for one image x of shape (64,).  By default the network is
        run by :func:`nblib.network.forward`, with logistic neurons.

    Returns
    -------
    Pad
        A widget whose ``image``, of shape (64,), is always the present drawing; a real 3 before anyone has drawn.

    Raises
    ------
    ShapeError
        If the network doesn't have 64 inputs and 10 outputs.
    """
    return Pad(layers, forward)
