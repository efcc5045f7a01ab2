"""Start one of the grader's own processes: ``python -P -m autograder.sandbox.start ROLE SOCKET``.

It uses the installed packages, whatever folder the grader was called in, and runs in bubblewrap if that is available.
"""

import contextlib
import importlib
import os
import socket
import sys

from autograder.sandbox import view
from autograder.sandbox.channel import Channel, Closed

_INSIDE = "inside"


def start(role, descriptor, inside=False):
    """Become one of the grader's processes, and serve the coordinator until it hangs up.

    Parameters
    ----------
    role : str
        ``"forkserver"`` or ``"judge_server"``.
    descriptor : int
        Of a socket to the coordinator.
    inside : bool
        Whether this process already runs in bubblewrap.
    """
    command = [] if inside else view.bubblewrap()
    if command:
        again = [sys.executable, "-P", "-m", "autograder.sandbox.start", role, str(descriptor), _INSIDE]
        os.execv(command[0], [*command, *again])
    server = importlib.import_module(f"autograder.sandbox.{role}")
    with contextlib.suppress(Closed):
        server.serve(Channel(socket.socket(fileno=descriptor), trusted=True), inside)


if __name__ == "__main__":
    start(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == [_INSIDE])
