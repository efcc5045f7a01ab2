"""Stop code that takes too long, by what the platform has: a timer, or Python's own events where there is none.

Windows and browsers have no timers, and a timer only reaches the main thread.  There, from Python 3.12 on, Python
itself reports each jump and each call while a limit is on, and the first report after the limit raises.  A loop in
Python takes about three times as long under these reports, so they are switched off again after each call.
"""

import signal
import sys
import threading
import time


class TimeUp(BaseException):
    """Raised inside a call that has used its time; not an Exception, so that ``except Exception`` lets it pass."""


def _has_timer():
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def can_be_stopped():
    """Whether a loop that never ends can be stopped here."""
    return _has_timer() or hasattr(sys, "monitoring")


def time_limit(seconds):
    """Return a context that stops its block with :class:`TimeUp` after some seconds, if the platform can do that.

    Parameters
    ----------
    seconds : float
        A limit around this one goes on, and ends the block if it ends first.
    """
    return _Timer(seconds) if _has_timer() else _Reports(seconds)


class _Timer:
    """A limit by a timer of the operating system."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.started = time.monotonic()
        self.handler = signal.signal(signal.SIGALRM, self._ring)
        self.left, _ = signal.getitimer(signal.ITIMER_REAL)
        signal.setitimer(signal.ITIMER_REAL, min(self.seconds, self.left or self.seconds))
        self.mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})

    def __exit__(self, *_):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
        signal.signal(signal.SIGALRM, self.handler)
        if self.left:
            signal.setitimer(signal.ITIMER_REAL, max(self.left - (time.monotonic() - self.started), 1e-3))

    @staticmethod
    def _ring(signum, frame):
        raise TimeUp


# Limits that are on: each a list of the time at which it ends and the thread that it is for.
_limits = []
# Seconds that the blocks around one whose time is up have to clean up, before they are stopped as well.
GRACE = 0.5
# Of the numbers that sys.monitoring lends to tools, those that no debugger, profiler or coverage tool asks for.
_NUMBERS = (4, 3)


class _Reports:
    """A limit by Python's reports of jumps and calls; none before Python 3.12."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.limit = [time.monotonic() + self.seconds, threading.get_ident()]
        self.number = None if _limits else _reports_on()
        _limits.append(self.limit)

    def __exit__(self, *_):
        _limits[:] = [each for each in _limits if each is not self.limit]
        if self.number is not None:
            _reports_off(self.number)


def _reports_on():
    """Have jumps and calls reported, and return the number under which they are; None where that cannot be."""
    monitoring = getattr(sys, "monitoring", None)
    number = next((each for each in _NUMBERS if monitoring.get_tool(each) is None), None) if monitoring else None
    if number is not None:
        monitoring.use_tool_id(number, "time limit of a check")
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(number, event, _look_at_the_clock)
        monitoring.set_events(number, monitoring.events.JUMP | monitoring.events.PY_START)
    return number


def _reports_off(number):
    sys.monitoring.set_events(number, 0)
    for event in (sys.monitoring.events.JUMP, sys.monitoring.events.PY_START):
        sys.monitoring.register_callback(number, event, None)
    sys.monitoring.free_tool_id(number)


def _look_at_the_clock(code, *_):
    """Raise where a limit of this thread has ended, but not inside this file, which has to put an end to it."""
    if code.co_filename == __file__:
        return sys.monitoring.DISABLE
    now = time.monotonic()
    for limit in _limits:
        end, thread = limit
        if now > end and thread == threading.get_ident():
            limit[0] = now + GRACE
            raise TimeUp
    return None
