"""The process from which judges are forked: it knows the exercises and the source, and never runs student code."""

import gc
import os
import socket

from autograder.examination import find_out_beforehand
from autograder.sandbox import protections, system
from autograder.sandbox.channel import Channel, exit_afterwards
from autograder.sandbox.judge import Judge
from autograder.sandbox.lesson import Lesson
from autograder.sandbox.sharing import Plan
from autograder.sandbox.shell import Runner
from autograder.seeds import PUBLIC_SEED


def serve(channel, inside):
    """Serve the coordinator; whether this process runs ``inside`` bubblewrap is reported by the fork server."""
    myself = system.become_server()
    gc.disable()
    runner = Runner(figures=False)
    config, _ = channel.receive()
    limits = protections.Limits(**config["limits"])
    runner.outputs.max_characters = limits.output_characters
    lessons = {name: Lesson(cells) for name, cells in config["notebooks"].items()}
    for lesson in lessons.values():
        for seed in (PUBLIC_SEED, config["hidden_seed"]):
            find_out_beforehand(lesson.tested, seed)
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
            _run_judge(theirs, line, runner, lessons, limits)
        process = os.pidfd_open(pid)
        channel.send({}, fds=[process])
        for each in (theirs, line, process):
            os.close(each)


def _run_judge(theirs, line, runner, lessons, limits):
    """Judge submissions until the coordinator hangs up, then exit."""
    with exit_afterwards():
        forkserver = Channel(socket.socket(fileno=line), trusted=True)
        Judge(runner, lessons, forkserver, limits).serve(Channel(socket.socket(fileno=theirs), trusted=True))
