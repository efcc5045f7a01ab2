"""The process that judges are forked from: it knows the exercises and the source, and never runs student code."""

import contextlib
import gc
import os
import signal
import socket

from autograder.examination import find_out_beforehand
from autograder.sandbox import protections, system
from autograder.sandbox.channel import Channel, Closed, serving_to_the_end
from autograder.sandbox.judge import Judge
from autograder.sandbox.lesson import Lesson
from autograder.sandbox.sharing import Plan
from autograder.sandbox.shell import Runner
from autograder.seeds import PUBLIC_SEED


def main(descriptor, inside):
    """Serve the coordinator until it hangs up.

    Parameters
    ----------
    descriptor : int
        Of a connected socket.
    inside : bool
        Whether this process runs in bubblewrap; the process that sandboxes are forked from says so already.
    """
    with contextlib.suppress(Closed):  # the coordinator may hang up at any moment
        _serve(Channel(socket.socket(fileno=descriptor), trusted=True))


def _serve(channel):
    system.die_with_parent()
    myself = system.this_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, who then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.disable()
    runner = Runner(figures=False)
    order, _ = channel.receive()
    limits = protections.Limits(**order["limits"])
    runner.outputs.most_characters = limits.output_characters
    lessons = {name: Lesson(cells) for name, cells in order["notebooks"].items()}
    for lesson in lessons.values():
        for seed in (PUBLIC_SEED, order["hidden_seed"]):
            find_out_beforehand(lesson.tried, seed)
    gc.freeze()
    gc.enable()
    channel.send({})
    shared, _ = channel.receive()
    for name, lesson in lessons.items():
        lesson.plan = Plan(shared[name], runner.magics())
    while True:
        _, (theirs, line) = channel.receive_with_fds(2)
        pid = os.fork()
        if pid == 0:
            system.die_with_parent(myself)
            channel.close()
            _be_judge(theirs, line, runner, lessons, limits)
        process = os.pidfd_open(pid)
        channel.send({}, fds=[process])
        for each in (theirs, line, process):
            os.close(each)


def _be_judge(theirs, line, runner, lessons, limits):
    """Judge submissions until the coordinator hangs up; never returns."""
    with serving_to_the_end():
        forkserver = Channel(socket.socket(fileno=line), trusted=True)
        Judge(runner, lessons, forkserver, limits).serve(Channel(socket.socket(fileno=theirs), trusted=True))
