"""Start one of the grader's own processes: ``python -P -m autograder.sandbox.start ROLE SOCKET``.

It starts from the packages that are installed, whatever folder the grader was called in, and inside bubblewrap where
that can be had.
"""

import importlib
import os
import sys

from autograder.sandbox import view

_INSIDE = "inside"


def start(role, descriptor, inside=False):
    """Become one of the grader's processes.

    Parameters
    ----------
    role : str
        ``"forkserver"`` or ``"judge_server"``.
    descriptor : int
        Of a socket to the coordinator.
    inside : bool
        Whether this process runs in bubblewrap already.
    """
    words = [] if inside else view.bubblewrap()
    if words:
        again = [sys.executable, "-P", "-m", "autograder.sandbox.start", role, str(descriptor), _INSIDE]
        os.execv(words[0], [*words, *again])
    importlib.import_module(f"autograder.sandbox.{role}").main(descriptor, inside)


if __name__ == "__main__":
    start(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == [_INSIDE])
