"""The process from which sandboxes are forked: all packages are imported, and the lesson's own cells have been run.

A submission can read whatever its sandbox inherits.  So this process is started separately, with its own environment,
and it receives only what the released lesson contains as well: the lesson's own cells, and the names of the functions
that students write.  It never holds a solution, a test, a hidden number, an exercise or a submission.

For each judge it forks a zygote, which gives up the machine's files and network.  For each submission, the zygote forks
a keeper, which starts the sandbox and ends it.
"""

import contextlib
import gc
import os
import signal
import socket

from autograder import elsewhere
from autograder.sandbox import isolation, protections, system, view
from autograder.sandbox.channel import Channel, Closed, exit_afterwards
from autograder.sandbox.drawings import Drawings
from autograder.sandbox.inside import Sandbox
from autograder.sandbox.keeper import Keeper
from autograder.sandbox.overlap import snapshot
from autograder.sandbox.sharing import Sharing
from autograder.sandbox.shell import Runner

# New objects before the garbage collector runs, here and in every child; a submission creates few.
_COLLECT_AFTER = 20_000


def serve(channel, inside):
    """Serve the coordinator.

    Parameters
    ----------
    channel : Channel
        To the coordinator.
    inside : bool
        Whether this process runs in bubblewrap.
    """
    myself = system.become_server()
    elsewhere.ask = _no_judge
    gc.disable()  # until gc.freeze, there is hardly anything to collect
    runner = Runner()  # while the coordinator is still reading the course
    config, _ = channel.receive()
    limits = protections.Limits(**config["limits"])
    runner.outputs.max_characters = limits.output_characters
    lessons, drawings = {}, Drawings()
    for name, cells in config["notebooks"].items():
        with drawings.in_background():
            lessons[name] = Sharing(cells, runner, snapshot)
    for lesson in lessons.values():
        for cell in lesson.cells.values():
            drawings.insert_into(cell.outputs)
    # These objects stay: the collector ignores them from now on, so their pages remain shared with the children.
    gc.freeze()
    gc.enable()
    gc.set_threshold(_COLLECT_AFTER)
    shared = {name: lesson.described() for name, lesson in lessons.items()}
    channel.send({"shared": shared, "on": [protections.BUBBLEWRAP] if inside else []})
    hidden = view.hidden_paths(config["hidden"])
    while True:
        _, (line,) = channel.receive_with_fds(1)
        if os.fork() == 0:
            system.die_with_parent(myself)
            _keep_only(line)
            _run_zygote(Channel(socket.socket(fileno=line), trusted=True), runner, lessons, limits, hidden)
        os.close(line)


def _no_judge(*_):
    """Fail in place of the judge while the lesson's own cells run: a cell that asks is run again in every sandbox."""
    raise RuntimeError("No judge can be asked here.")


def _keep_only(*descriptors):
    """Close all files except these and the standard streams."""
    start = 3
    for descriptor in sorted(descriptors):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, 1 << 16)


def _run_zygote(channel, runner, lessons, limits, hidden):
    """Fork sandboxes for one judge until it hangs up, then exit."""
    with exit_afterwards():
        myself = system.this_process()
        readable = view.readable_paths()
        on = view.enter_view(readable, hidden)
        while True:
            request, _ = channel.receive()
            link, theirs = socket.socketpair()
            leash, held = socket.socketpair()
            if os.fork() == 0:
                channel.close()
                link.close()
                leash.close()
                restorable = lessons[request["notebook"]].restorable
                _run_keeper(theirs, held, on, myself, limits, runner, restorable, readable, hidden)
            channel.send({}, fds=[link.fileno(), leash.fileno()])
            for each in (link, theirs, leash, held):
                each.close()


def _run_keeper(link, leash, on, zygote, limits, *rest):
    """Start a sandbox, end it when the judge releases the leash, then exit."""
    with exit_afterwards():
        keeper = Keeper(on, zygote)
        pid = os.fork()
        if pid == 0:
            leash.close()
            _run_sandbox(link, keeper, limits, *rest)
        link.close()
        status, seconds = keeper.keep(pid, leash, limits.file_bytes)
        with contextlib.suppress(Closed):
            Channel(leash).send({"status": status, "seconds": seconds})


def _run_sandbox(link, keeper, limits, runner, restorable, readable, hidden):
    """Give up all privileges, serve the judge, then exit."""
    with exit_afterwards():
        os.setsid()
        system.die_with_parent(keeper.handle)
        _keep_only(link.fileno(), keeper.handle)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        channel = Channel(link)
        # Only now, so that no process from which other sandboxes are forked gets the submission's files.
        names, contents = channel.receive()
        files = dict(zip(names["files"], contents, strict=True))
        on = isolation.confine(limits, readable, hidden, files, keeper)
        channel.send({"on": on})
        Sandbox(channel, runner, restorable).serve()
