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
    command = [sys.executable, "-P", "-m", "autograder.grading.cold", role, str(link.fileno()), *words]
    # What a sandbox says while it gets ready is of no use to anybody.
    told = subprocess.DEVNULL if role == "sandbox" else None
    with link:
        return subprocess.Popen(command, pass_fds=[link.fileno()], stderr=told)


def serve(descriptor):
    """Start judges for the coordinator until it hangs up.

    Parameters
    ----------
    descriptor : int
        Of a connected socket.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, who then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=descriptor), trusted=True)
    order, _ = channel.receive()
    channel.send({"shared": {}})
    while True:
        channel.receive()
        ours, theirs = socket.socketpair()
        process = os.pidfd_open(_process("judge", theirs).pid)
        Channel(ours).send(order)
        channel.send({}, fds=[ours.fileno(), process])
        ours.close()
        os.close(process)


def judge(descriptor):
    """Judge one submission after the other, each in processes of its own.

    Parameters
    ----------
    descriptor : int
        Of a socket to the coordinator, on which the order comes first.
    """
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


def keep(descriptor):
    """Start one sandbox, and see to it that nothing of it is left when it ends, or is to end.

    Parameters
    ----------
    descriptor : int
        Of a socket to the judge, which is the sandbox's.
    """
    on = isolation.enter_view(isolation.readable_paths()) + isolation.own_processes()
    if isolation.FILES in on:
        isolation.lend_directory()
    sandbox = _process("sandbox", socket.socket(fileno=descriptor), *on)

    def end(*_):
        with contextlib.suppress(OSError):  # nothing was left
            os.killpg(sandbox.pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    sandbox.wait()
    end()


def be_sandboxed(descriptor, *on):
    """Be the sandbox.

    Parameters
    ----------
    descriptor : int
        Of a socket to the judge.
    *on : str
        The means that are on already.
    """
    link = socket.socket(fileno=descriptor)
    request, _ = Channel(link, trusted=True).receive()  # no student's code has run yet
    limits, runner = isolation.Limits(**request["limits"]), Runner()
    runner.outputs.most_characters = limits.output_characters
    readable = isolation.readable_paths()
    be_sandbox(link, request["files"], runner, [], limits, readable, list(on))


if __name__ == "__main__":
    isolation.die_with_parent()
    roles = {"serve": serve, "judge": judge, "keeper": keep, "sandbox": be_sandboxed}
    # Whoever started this process may hang up at any moment.
    with contextlib.suppress(Closed):
        roles[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
