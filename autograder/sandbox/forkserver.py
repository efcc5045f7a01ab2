"""The process that sandboxes are forked from: everything is imported, and the lesson's own cells have been run.

What a sandbox inherits, a submission can read.  So this process is started on its own, with an environment of its own,
and is told only what the released lesson says as well: the lesson's own cells, and the names of the functions that
students write.  It never holds a solution, a test, a hidden number, an exercise or a submission.

For each judge it forks a process that leaves the machine's files and network behind, and from then on forks one
sandbox for each submission, with a keeper that ends it.
"""

import contextlib
import gc
import os
import signal
import socket

from autograder import elsewhere
from autograder.sandbox import isolation, protections, system, view
from autograder.sandbox.channel import Channel, Closed, serving_to_the_end
from autograder.sandbox.drawings import Drawings
from autograder.sandbox.inside import Sandbox
from autograder.sandbox.keeper import Keeper
from autograder.sandbox.overlap import snapshot
from autograder.sandbox.sharing import Sharing
from autograder.sandbox.shell import Runner

# How many new objects may be made before the garbage collector runs, here and in every child: a submission makes few.
_COLLECT_AFTER = 20_000


def main(descriptor, inside):
    """Serve the coordinator until it hangs up.

    Parameters
    ----------
    descriptor : int
        Of a connected socket.
    inside : bool
        Whether this process runs in bubblewrap.
    """
    with contextlib.suppress(Closed):  # the coordinator may hang up at any moment
        _serve(Channel(socket.socket(fileno=descriptor), trusted=True), inside)


def _serve(channel, inside):
    system.die_with_parent()
    myself = system.this_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, who then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    elsewhere.ask = _nobody_to_ask
    gc.disable()  # next to nothing that is made from here to the freezing can be collected
    runner = Runner()  # made while the coordinator still reads the course
    order, _ = channel.receive()
    limits = protections.Limits(**order["limits"])
    runner.outputs.most_characters = limits.output_characters
    lessons, drawings = {}, Drawings()
    for name, cells in order["notebooks"].items():
        with drawings.begun_elsewhere():
            lessons[name] = Sharing(cells, runner, snapshot)
    for lesson in lessons.values():
        for cell in lesson.cells.values():
            drawings.put_into(cell.outputs)
    # What is there stays.  The collector need not look at it again, and its pages stay shared with the children.
    gc.freeze()
    gc.enable()
    gc.set_threshold(_COLLECT_AFTER)
    shared = {name: lesson.described() for name, lesson in lessons.items()}
    channel.send({"shared": shared, "on": [protections.BUBBLEWRAP] if inside else []})
    hidden = view.hidden_paths(order["hidden"])
    while True:
        _, (line,) = channel.receive_with_fds(1)
        if os.fork() == 0:
            system.die_with_parent(myself)
            _keep_only(line)
            _be_zygote(Channel(socket.socket(fileno=line), trusted=True), runner, lessons, limits, hidden)
        os.close(line)


def _nobody_to_ask(*_):
    """Stand in for the judge while the lesson's own cells are run: such a cell is run again in every sandbox."""
    raise RuntimeError("No judge can be asked here.")


def _keep_only(*descriptors):
    """Close every open file but these and the standard ones."""
    start = 3
    for descriptor in sorted(descriptors):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, 1 << 16)


def _be_zygote(channel, runner, lessons, limits, hidden):
    """Fork sandboxes for one judge until it hangs up; never returns."""
    with serving_to_the_end():
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
                adoptable = lessons[request["notebook"]].adoptable
                _be_keeper(theirs, held, on, myself, limits, runner, adoptable, readable, hidden)
            channel.send({}, fds=[link.fileno(), leash.fileno()])
            for each in (link, theirs, leash, held):
                each.close()


def _be_keeper(link, leash, on, zygote, limits, *rest):
    """Start one sandbox, and end it when the judge lets go of the leash; never returns."""
    with serving_to_the_end():
        keeper = Keeper(on, zygote)
        pid = os.fork()
        if pid == 0:
            leash.close()
            _be_sandbox(link, keeper, limits, *rest)
        link.close()
        status, seconds = keeper.keep(pid, leash, limits.file_bytes)
        with contextlib.suppress(Closed):
            Channel(leash).send({"status": status, "seconds": seconds})


def _be_sandbox(link, keeper, limits, runner, adoptable, readable, hidden):
    """Give up what a sandbox may not have, and serve the judge; never returns."""
    with serving_to_the_end():
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
        # The submission's own files reach no process that another sandbox is forked from.
        names, contents = channel.receive()
        files = dict(zip(names["files"], contents, strict=True))
        on = isolation.confine(limits, readable, hidden, files, keeper)
        channel.send({"on": on})
        Sandbox(channel, runner, adoptable).serve()
