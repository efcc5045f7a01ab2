"""The warm process: everything is imported and every shared cell is run before a submission comes.

Started by the coordinator with a socket as its only argument.  Forks judges; each judge forks a process for sandboxes,
which leaves the machine's files and network behind and from then on forks one sandbox for each submission.
"""

import base64
import contextlib
import gc
import os
import signal
import socket
import sys

from autograder.check import PUBLIC_SEED
from autograder.examination import exercises_in, find_out_beforehand
from autograder.grading import isolation
from autograder.grading.channel import Channel, Closed
from autograder.grading.drawings import Drawings
from autograder.grading.judge import Judge, Lesson
from autograder.grading.sandbox import Sandbox, snapshot
from autograder.grading.sharing import Sharing
from autograder.grading.shell import Runner

# After how many of them the collector looks for garbage, here and in every child: a submission makes few more.
_NEW_OBJECTS = 20_000


def main(descriptor):
    """Serve the coordinator until it hangs up.

    Parameters
    ----------
    descriptor : int
        Of a connected socket.
    """
    isolation.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator, who then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=descriptor), trusted=True)
    gc.disable()  # next to nothing of what is made from here to the freezing is to be collected
    runner = Runner()  # while the coordinator still reads the course
    order, _ = channel.receive()
    limits = isolation.Limits(**order["limits"])
    runner.outputs.most_characters = limits.output_characters
    lessons, drawings = {}, Drawings()
    for name, cells in order["notebooks"].items():
        own = [(cell_id, source, kind == "own") for cell_id, source, kind in cells if kind != "test"]
        with drawings.begun_elsewhere():
            lessons[name] = Lesson(cells, Sharing(own, runner, snapshot))
    for name, lesson in lessons.items():
        for cell in lesson.sharing.cells.values():
            drawings.put_into(cell.outputs)
        tests = [source for _, source, kind in order["notebooks"][name] if kind == "test"]
        # Or every sandbox would, in which a lesson's cell calls check.
        find_out_beforehand(exercises_in(tests), PUBLIC_SEED)
    # What is there stays, the little that could be collected too: looking for it would take longer than a submission.
    # The collector need not look at it any more, and its pages stay shared with the children.
    gc.freeze()
    gc.enable()
    gc.set_threshold(_NEW_OBJECTS)
    outputs = {name: [cell.outputs for cell in lesson.sharing.cells.values()] for name, lesson in lessons.items()}
    channel.send({"shared": outputs})
    while True:
        try:
            channel.receive()
        except Closed:
            return
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            _be_judge(Channel(theirs, trusted=True), runner, lessons, limits)
        theirs.close()
        channel.send({}, fds=[ours.fileno()])
        ours.close()


def _be_judge(channel, runner, lessons, limits):
    ours, theirs = socket.socketpair()
    try:
        if os.fork() == 0:
            ours.close()
            _keep_only(theirs.fileno())
            _be_zygote(Channel(theirs, trusted=True), runner, lessons, limits)
        theirs.close()
        _keep_only(ours.fileno(), channel.fileno())
        Judge(runner, lessons, _forked_by(Channel(ours, trusted=True)), limits).serve(channel)
    except Closed:
        pass
    finally:
        os._exit(0)


def _forked_by(zygote):
    """Return what starts a sandbox: it asks the process that forks them."""

    def start(notebook, files):
        zygote.send({"notebook": notebook, "files": files})
        _, (link, pid) = zygote.receive_with_fds(2)

        def kill():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pid, signal.SIGKILL)
            os.close(pid)

        return link, kill

    return start


def _keep_only(*descriptors):
    """Close every open file but these and the standard ones."""
    start = 3
    for descriptor in sorted(descriptors):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, 1 << 16)


def _be_zygote(channel, runner, lessons, limits):
    isolation.die_with_parent()
    readable = isolation.readable_paths()
    on = isolation.enter_view(readable)
    try:
        while True:
            request, _ = channel.receive()
            ours, theirs = socket.socketpair()
            if os.fork() == 0:
                adoptable = lessons[request["notebook"]].sharing.adoptable
                _be_keeper(channel, ours, theirs, on, request["files"], runner, adoptable, limits, readable)
            ours.close()
            theirs.close()
    except Closed:
        pass
    finally:
        os._exit(0)


def _be_keeper(channel, ours, theirs, on, *rest):
    """Start one sandbox, and see to it that nothing of it is left when it ends."""
    isolation.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    on = on + isolation.own_processes()
    pid = os.fork()
    if pid == 0:
        ours.close()
        be_sandbox(theirs, *rest, on)
    descriptor = os.pidfd_open(pid)
    channel.send({}, fds=[ours.fileno(), descriptor])
    ours.close()
    theirs.close()
    os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass  # nothing was left
    os._exit(0)


def be_sandbox(link, files, runner, adoptable, limits, readable, on):
    """Give up what a sandbox may not have, and serve the judge; never returns.

    Parameters
    ----------
    link : socket.socket
        To the judge.
    files : dict of str to str
        Names and, in base 64, contents of the submission's other files.
    runner : autograder.grading.shell.Runner
        For the cells.
    adoptable : list of dict
        As for :class:`autograder.grading.sandbox.Sandbox`.
    limits : autograder.grading.isolation.Limits
        For this submission.
    readable : list of str
        Paths that can be read.
    on : list of str
        The means that are on already.
    """
    try:
        os.setsid()
        isolation.die_with_parent()
        _keep_only(link.fileno())
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        contents = {str(name): base64.b64decode(content) for name, content in files.items()}
        on = on + isolation.confine(limits, readable, contents)
        isolation.die_with_parent()  # a change of user undoes it
        channel = Channel(link)
        channel.send({"on": on})
        Sandbox(channel, runner, adoptable).serve()
    except Closed:
        pass
    finally:
        os._exit(0)


if __name__ == "__main__":
    # The coordinator may hang up at any moment, also before it has given its order.
    with contextlib.suppress(Closed):
        main(int(sys.argv[1]))
