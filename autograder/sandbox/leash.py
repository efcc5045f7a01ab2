"""The judge's hold on a sandbox, by which it is ended."""

import os
import signal

from autograder.sandbox.channel import Closed, Timeout

# For a keeper to report how its sandbox ended.
_KEEPER_SECONDS = 2


class Leash:
    """The judge's hold on a sandbox: when the judge releases it or ends, the sandbox is killed with all its processes.

    Parameters
    ----------
    channel : autograder.sandbox.channel.Channel
        To the sandbox's keeper.
    """

    def __init__(self, channel):
        self._channel = channel

    def release(self):
        """End the sandbox."""
        self._channel.close()

    def killed(self, cpu_seconds):
        """Release a sandbox that has ended, and return whether anything but its limit of CPU time killed it."""
        try:
            end, _ = self._channel.receive(_KEEPER_SECONDS)
            by_signal = os.WIFSIGNALED(end["status"]) and os.WTERMSIG(end["status"]) == signal.SIGKILL
            return by_signal and end["seconds"] < 0.9 * cpu_seconds
        except Closed:
            return True  # the keeper itself was killed
        except Timeout:
            return False  # it is alive, but violated the protocol
        finally:
            self._channel.close()
