"""The one widget of the course: labelled controls, a prediction, a picture with alt text and a status line.

The browser asks for a new picture only when the one before has been painted, and then for the position at which the
controls stand by that time: positions in between are dropped and work never queues up.  Long work goes the same way,
a piece at a time, which is why a stop button works and other cells can be run in between.
"""

import logging
import math
import time
from dataclasses import dataclass

import traitlets

from nblib.widgets.still import Live, browser_code

log = logging.getLogger(__name__)
# Seconds of long work between two pictures.
PIECE = 0.06


@dataclass(frozen=True)
class Control:
    """A control with a finite list of positions.

    Attributes
    ----------
    kind : str
        ``"slider"`` or ``"choice"``.
    name : str
        Of the parameter.
    label : str
        What the reader sees, with the symbol.
    values : tuple
        One a position.
    texts : tuple of str
        What is shown at each position.
    """

    kind: str
    name: str
    label: str
    values: tuple
    texts: tuple

    def position(self, value):
        """Where the control stands for a value: the position of the nearest number, or of the same text.

        Parameters
        ----------
        value : object
            One of the values, or a number.

        Returns
        -------
        int
        """
        if value in self.values:
            return self.values.index(value)
        return min(range(len(self.values)), key=lambda index: abs(self.values[index] - value))


def slider(name, label, values, text="{:g}"):
    """A slider over numbers.

    Parameters
    ----------
    name, label : str
        As for :class:`Control`.
    values : iterable of float
        One a position; those of :func:`round_values` make the slider logarithmic.
    text : str
        Format of a value.

    Returns
    -------
    Control
    """
    values = tuple(value.item() if hasattr(value, "item") else value for value in values)
    return Control("slider", name, label, values, tuple(text.format(value) for value in values))


def round_values(low, high, mantissas=(1, 2, 5)):
    """Values as a person would set them, about equally far apart on a logarithmic scale.

    Parameters
    ----------
    low, high : float
        The ends.
    mantissas : tuple of float
        What stands before the power of ten.

    Returns
    -------
    list of float
        For instance 0.01, 0.02, 0.05, 0.1, …
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    # By way of the decimal digits, so that 0.3 is 0.3 and not 0.30000000000000004.
    values = [float(f"{mantissa}e{power}") for power in powers for mantissa in mantissas]
    return [value for value in values if low <= value <= high]


def choice(name, label, options):
    """A list to choose from.

    Parameters
    ----------
    name, label : str
        As for :class:`Control`.
    options : dict of str to object
        What is shown, and the value behind it.

    Returns
    -------
    Control
    """
    return Control("choice", name, label, tuple(options.values()), tuple(options))


@dataclass(frozen=True)
class Prediction:
    """What is asked before the first picture is shown.

    Attributes
    ----------
    question : str
        To be answered in the head, or on paper.
    options : tuple of str
        The answers to choose from.
    answer : int
        Which of them is right.
    reasons : tuple of str
        For each option one or two sentences that say why it is right, or why it is wrong.
    preset : str, optional
        The preset that shows the answer: where the widget goes when the prediction has been recorded.
    """

    question: str
    options: tuple
    answer: int
    reasons: tuple
    preset: str | None = None

    def verdict(self, option):
        """What the reader is told about a prediction.

        Parameters
        ----------
        option : int or None
            Which option was chosen; None if the question was skipped.

        Returns
        -------
        str
        """
        right, reason = self.options[self.answer], self.reasons[self.answer]
        if option is None:
            return f"Skipped: {self.question} Answer: {right}. {reason}"
        chosen = f"Your prediction: {self.options[option]}."
        if option == self.answer:
            return f"{chosen} That's right. {reason}"
        return f"{chosen} {self.reasons[option]} Answer: {right}. {reason}"


class Frame(Live):
    """A widget around a scene.

    Parameters
    ----------
    scene : nblib.widgets.scene.Scene
        Draws; its ``update`` takes the values of the controls, and ``steps`` does long work where there is any.
    title : str
        Name of the widget.
    controls : list of Control
        In the order in which they are shown.
    presets : dict of str to dict
        Name, and values of the controls; the first is the position to start from.
    prediction : Prediction
        Asked first.
    start : str, optional
        What the button that starts the scene's long work says.

    Attributes
    ----------
    values : dict
        Where the controls stand, by name.
    predicted : str or None
        What the reader recorded; None before, and when the question was skipped.
    """

    _esm = browser_code("frame.js")
    spec = traitlets.Dict().tag(sync=True)
    reply = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)

    def __init__(self, scene, title, controls, presets, prediction, start=None):
        super().__init__()
        self.scene, self.controls, self.prediction = scene, {c.name: c for c in controls}, prediction
        self.predicted, self.work, self.verdict = None, None, ""
        positions = {
            label: {name: self.controls[name].position(value) for name, value in preset.items()}
            for label, preset in presets.items()
        }
        self.spec = {
            "title": title,
            "controls": [{"kind": c.kind, "name": c.name, "label": c.label, "texts": c.texts} for c in controls],
            "presets": [{"label": label, "positions": places} for label, places in positions.items()],
            "question": prediction.question,
            "options": prediction.options,
            "shown": list(presets).index(prediction.preset) if prediction.preset else None,
            "start": start,
        }
        self.move(next(iter(positions.values())))
        self.on_msg(self._receive)

    def move(self, positions, **more):
        """Go to a position of the controls.

        Parameters
        ----------
        positions : dict of str to int
            A position for each control; one that does not exist becomes the nearest that does.
        **more
            For the browser, beside the picture.
        """
        self.work = None
        self.positions = {
            name: min(max(int(positions[name]), 0), len(c.values) - 1) for name, c in self.controls.items()
        }
        limits = self.scene.limits(**self.values)
        self.positions |= {name: min(self.positions[name], count - 1) for name, count in limits.items()}
        self._answer(self.scene.update(**self.values), limits=limits, **more)

    @property
    def values(self):
        """Where the controls stand, by name."""
        return {name: control.values[self.positions[name]] for name, control in self.controls.items()}

    def predict(self, option, **more):
        """Record a prediction, and say what is right and why.

        Parameters
        ----------
        option : int or None
            Which option the reader expects; None if the question is skipped.
        **more
            For the browser.
        """
        self.predicted = None if option is None else self.prediction.options[option]
        self.verdict = self.prediction.verdict(option)
        self._answer(self.reply["status"], limits=self.reply["limits"], **more)

    def begin(self, **more):
        """Start the long work of the scene at the present position.

        Parameters
        ----------
        **more
            For the browser.
        """
        self.work = self.scene.steps(**self.values)
        self.proceed(**more)

    def proceed(self, **more):
        """Do the next piece of the long work; does nothing when it is done.

        Parameters
        ----------
        **more
            For the browser.
        """
        status, done, end = self.reply["status"], 1.0, time.perf_counter() + PIECE
        while self.work is not None and time.perf_counter() < end:
            try:
                status, done = next(self.work)
            except StopIteration:
                self.work, done = None, 1.0
        self._answer(status, limits=self.reply["limits"], done=done, unfinished=self.work is not None, **more)

    def _answer(self, status, **more):
        alt = f"{self.scene.alt} {status}"
        # One message to the browser, not one a trait.
        with self.hold_sync():
            self.picture = self.scene.png()
            self.reply = {"status": status, "alt": alt, "positions": self.positions, "verdict": self.verdict, **more}

    def _receive(self, _, content, buffers):
        who = {"serial": content["serial"], "view": content["view"]}
        try:
            if content["kind"] == "move":
                self.move(content["positions"], **who)
            elif content["kind"] == "predict":
                self.predict(content["option"], **who)
            elif content["kind"] == "begin":
                self.move(content["positions"])
                self.begin(**who)
            else:
                self.proceed(**who)
        except Exception as error:
            log.exception("The widget could not go to %s.", content)
            self.work = None
            sentence = (
                f"This position could not be computed ({type(error).__name__}: {error}); the picture is the last one."
            )
            self.reply = self.reply | who | {"status": sentence, "unfinished": False, "failed": True}

    def _ipython_display_(self):
        self.show_live(self.spec["title"])
        self.show_still_picture(self.picture, self.reply["alt"])


def finite(value, text):
    """A number for a status line.

    Parameters
    ----------
    value : float
        Any number.
    text : str
        Format for finite ones.

    Returns
    -------
    str
    """
    return text.format(value) if math.isfinite(value) else "beyond all numbers"
