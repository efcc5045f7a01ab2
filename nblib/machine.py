"""What a lesson has to know about the machine that it runs on."""

import sys


def runs(number, in_browser):
    """Return how many runs an experiment makes.

    Where Python runs in a browser, training takes several times as long, so an experiment may make fewer runs there.

    Parameters
    ----------
    number : int
        Of runs, in general.
    in_browser : int
        Of runs, where Python runs in a browser.

    Returns
    -------
    int
    """
    return in_browser if sys.platform == "emscripten" else number
