"""End a cell that has run for too long, also one that catches the interrupt and goes on."""

import contextlib
import signal
import threading

# All are sent at once. A loop with ``except: pass`` catches the first; by the time the next one is looked at, its
# ``try`` is over. Some get lost, so they are sent again and again.
SIGNALS = (signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGVTALRM)
_TIMES, _PAUSE = 100, 0.02


@contextlib.contextmanager
def interrupted_after(seconds, names):
    """Raise KeyboardInterrupt in the main thread's cell once the time is up.

    Parameters
    ----------
    seconds : float
    names : dict
        The namespace in which cells run. Signals that come when the cell is over do nothing.

    Yields
    ------
    threading.Event
        Set when the time is up.
    """
    up, over = threading.Event(), threading.Event()

    def interrupt():
        up.set()
        for _ in range(_TIMES):
            for each in SIGNALS:
                signal.pthread_kill(threading.main_thread().ident, each)
            if over.wait(_PAUSE):
                break

    def arrived(_, frame):
        while frame is not None and not (frame.f_globals is names and frame.f_code.co_name == "<module>"):
            frame = frame.f_back
        if frame is not None:
            raise KeyboardInterrupt

    for each in SIGNALS:
        signal.signal(each, arrived)
    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        timer.start()
        yield up
    finally:
        over.set()
        timer.cancel()
