"""A progress bar for the training cells of the lessons, with cost, accuracy and a button to stop.

A cell that trains keeps the kernel from every message of a widget, but not from an interrupt.  So the button asks the
server to interrupt the kernel, as the square above the notebook does, and here an interrupt means: stop after this
epoch.

Where the kernel runs in the browser there is neither a server nor an interrupt.  There the kernel makes an object with
an address of its own (a "blob"), the button revokes that address, and the kernel looks now and then whether it is
still there.
"""

import html
import signal
import sys
import threading
import time
from pathlib import Path

import traitlets

from nblib.widgets.frame import finite
from nblib.widgets.still import Live, browser_code

# Seconds between two messages to the browser.
PAUSE = 0.1


class TrainingProgress(Live):
    """Show how far a training is, and let the reader stop it with what it has.

    Used in a ``with``; inside, it is a callback for :func:`nblib.training.train`, for one call or for several, and
    :meth:`step` serves a training loop of one's own.  The first interrupt stops after the present epoch; a second one
    interrupts at once, as always.

    Parameters
    ----------
    epochs : int
        Of all trainings in the ``with`` together.

    Attributes
    ----------
    stopped : bool
        Whether the reader has stopped it.
    done : int
        Epochs until now.
    """

    _esm = browser_code("progress.js")
    kernel = traitlets.Unicode().tag(sync=True)
    lifeline = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, epochs):
        super().__init__()
        self.epochs, self.done, self.stopped, self.told, self.sent = epochs, 0, False, "", 0.0
        self.handler, self.kernel, self.lifeline = None, kernel_id(), new_lifeline()
        self._show(running=True)

    def __enter__(self):
        # Python allows signal handlers in the main thread only.
        if threading.current_thread() is threading.main_thread():
            self.handler = signal.signal(signal.SIGINT, self._interrupted)
        self.show_live("Training")
        return self

    def __exit__(self, *_):
        self._restore()
        self._show(running=False)
        text = self.state["status"]
        bar = f'<progress aria-label="Progress" max="{self.epochs}" value="{self.done}"></progress>'
        self.show_still(f"<p>{bar} {html.escape(text)}</p>", text)

    def __call__(self, epoch, history, layers):
        """Show the last entries of the history; a callback of :func:`nblib.training.train`.

        Parameters
        ----------
        epoch, history, layers
            As :func:`nblib.training.train` hands them over.

        Returns
        -------
        bool
            Whether to stop.
        """
        named = {
            "cost": history.costs,
            "accuracy": history.accuracies,
            "validation cost": history.validation_costs,
            "validation accuracy": history.validation_accuracies,
        }
        return self.step(**{name: values[-1] for name, values in named.items() if values})

    def step(self, **numbers):
        """One more epoch is done.

        Parameters
        ----------
        **numbers
            Cost, accuracy, …, by name, as they stand.

        Returns
        -------
        bool
            Whether to stop.
        """
        self.done += 1
        self.told = ", ".join(f"{name.replace('_', ' ')} {finite(value, '{:.3g}')}" for name, value in numbers.items())
        if time.monotonic() - self.sent > PAUSE:
            self.stopped = self.stopped or (self.lifeline != "" and not is_alive(self.lifeline))
            self._show(running=True)
        return self.stopped

    def _show(self, running):
        begin = "Stopped after epoch" if self.stopped else "Epoch"
        status = f"{begin} {self.done} of {self.epochs}" + (f": {self.told}." if self.told else ".")
        if self.stopped and self.done < self.epochs:
            status += " What follows is made of what was trained until then."
        self.state = {"status": status, "share": self.done / self.epochs, "running": running}
        self.sent = time.monotonic()

    def _interrupted(self, *_):
        self.stopped = True
        self._restore()

    def _restore(self):
        if self.handler is not None:
            signal.signal(signal.SIGINT, self.handler)
            self.handler = None


def kernel_id():
    """Name under which the server knows the kernel that runs this.

    Returns
    -------
    str
        Empty where there is no kernel.
    """
    if "ipykernel.kernelapp" not in sys.modules:
        return ""
    from ipykernel.connect import get_connection_file  # here, because who has no kernel need not wait for its import

    try:
        return Path(get_connection_file()).stem.removeprefix("kernel-")
    except RuntimeError:
        return ""


def new_lifeline():
    """Make an object in the browser whose address the button can revoke.

    Returns
    -------
    str
        Its address; empty where the kernel doesn't run in a browser.
    """
    if sys.platform != "emscripten":
        return ""
    from js import URL, Blob

    return URL.createObjectURL(Blob.new())


def is_alive(lifeline):
    """Whether an object in the browser can still be reached.

    Parameters
    ----------
    lifeline : str
        Its address.

    Returns
    -------
    bool
    """
    from js import XMLHttpRequest

    request = XMLHttpRequest.new()
    # A request that waits for its answer: the kernel is busy training and hears of nothing that comes later.
    request.open("GET", lifeline, False)
    try:
        request.send()
    except Exception:
        return False
    return request.status == 200
