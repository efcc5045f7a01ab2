"""Processes started anew for every submission, where none is to be forked: slower than :mod:`autograder.grading.warm`.

The same conversations in the same order.  Started by the coordinator with a socket; starts judges; each judge starts,
for each submission, a keeper, which leaves the machine's files and network behind and starts the sandbox.  The lesson's
own cells are run in every sandbox.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict

from autograder.grading import isolation
from autograder.grading.channel import Channel, Closed
from autograder.grading.judge import Judge, Lesson
from autograder.grading.sharing import Sharing
from autograder.grading.shell import Runner
from autograder.grading.warm import be_sandbox


def _process(role, link, *words):
    myself = isolation.this_process()
    numbers = [str(link.fileno()), str(myself)]
    command = [sys.executable, "-P", "-m", "autograder.grading.cold", role, *numbers, *words]
    # What a sandbox says while it gets ready is of no use to anybody.
    told = subprocess.DEVNULL if role == "sandbox" else None
    try:
        with link:
            return subprocess.Popen(command, pass_fds=[link.fileno(), myself], stderr=told)
    finally:
        os.close(myself)


def serve(descriptor):
    """Start judges for the coordinator until it hangs up.

    Parameters
    ----------
    descriptor : int
        Of a connected socket.
    """
    isolation.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, who then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=descriptor), trusted=True)
    order, _ = channel.receive()
    channel.send({"shared": {}})
    while True:
        channel.receive()
        ours, theirs = socket.socketpair()
        _process("judge", theirs)
        Channel(ours).send(order)
        channel.send({}, fds=[ours.fileno()])
        ours.close()


def judge(descriptor, parent):
    """Judge one submission after the other, each in processes of its own.

    Parameters
    ----------
    descriptor : int
        Of a socket to the coordinator, on which the order comes first.
    parent : str
        As for :func:`autograder.grading.isolation.die_with_parent`, a number.
    """
    isolation.die_with_parent(int(parent))
    channel = Channel(socket.socket(fileno=descriptor), trusted=True)
    order, _ = channel.receive()
    limits, runner = isolation.Limits(**order["limits"]), Runner()
    runner.outputs.most_characters = limits.output_characters
    lessons = {name: Lesson(cells, Sharing([], runner, None)) for name, cells in order["notebooks"].items()}

    def start(notebook, files):
        ours, theirs = socket.socketpair()
        keeper = _process("keeper", theirs)
        Channel(ours).send({"files": files, "limits": asdict(limits)})

        def kill():
            keeper.terminate()
            keeper.wait()

        return ours.detach(), kill

    Judge(runner, lessons, start, limits).serve(channel)


def keep(descriptor, parent):
    """Start one sandbox, and see to it that nothing of it is left when it ends, or is to end.

    Parameters
    ----------
    descriptor : int
        Of a socket to the judge, which is the sandbox's.
    parent : str
        As for :func:`judge`.
    """
    keeper = isolation.Keeper(isolation.enter_view(isolation.readable_paths()), int(parent))
    if isolation.FILES in keeper.on:
        isolation.lend_directory()
    sandbox = _process("sandbox", socket.socket(fileno=descriptor), keeper.home or "", *keeper.on)
    keeper.keep(sandbox.pid)


def be_sandboxed(descriptor, parent, home, *on):
    """Be the sandbox.

    Parameters
    ----------
    descriptor : int
        Of a socket to the judge.
    parent : str
        As for :func:`judge`.
    home : str
        As for :func:`autograder.grading.isolation.confine`; empty for None.
    *on : str
        The means that are on already.
    """
    isolation.die_with_parent(int(parent))
    link = socket.socket(fileno=descriptor)
    request, _ = Channel(link, trusted=True).receive()  # no student's code has run yet
    limits, runner = isolation.Limits(**request["limits"]), Runner()
    runner.outputs.most_characters = limits.output_characters
    readable = isolation.readable_paths()
    be_sandbox(link, request["files"], runner, [], limits, readable, list(on), int(parent), home or None)


if __name__ == "__main__":
    roles = {"serve": serve, "judge": judge, "keeper": keep, "sandbox": be_sandboxed}
    # Whoever started this process may hang up at any moment.
    with contextlib.suppress(Closed):
        roles[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
