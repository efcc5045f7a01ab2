"""Ctrl-C, held back while a submission is read or saved.

Raised anywhere, a KeyboardInterrupt may be lost: Python prints and forgets what is raised in a destructor or in the
callback of a weak reference, and SQLAlchemy logs what is raised while it closes a cursor.
"""

import contextlib
import signal
import threading


class Interrupts:
    """Whether somebody has pressed Ctrl-C, and whether that may stop what is being done."""

    def __init__(self):
        self._asked, self._held = False, True

    def note(self, number, frame):
        """Handle a SIGINT."""
        self._asked = True
        if not self._held:
            raise KeyboardInterrupt

    def stop_if_asked(self):
        """Raise the KeyboardInterrupt that was held back, if there is one.

        Raises
        ------
        KeyboardInterrupt
        """
        if self._asked:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def allowed(self):
        """Let Ctrl-C interrupt the block, which only waits and holds nothing that could be lost."""
        self._held = False
        try:
            self.stop_if_asked()
            yield
        finally:
            self._held = True


@contextlib.contextmanager
def held_interrupts():
    """Hold back Ctrl-C in the block.

    Yields
    ------
    Interrupts
        Without effect where something else handles SIGINT already, and outside of the main thread.
    """
    interrupts, before = Interrupts(), signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and before is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
