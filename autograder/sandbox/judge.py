"""The judge: has a student's cells run in a sandbox, and runs the test cells itself.

No student's code is ever run here.  In a test cell the student's names stand for plain data, or for proxies.
"""

import base64
import gc
import resource
import socket
import time
from pathlib import Path

from autograder.check import scaled_to
from autograder.examination import forget_wrong_answers
from autograder.sandbox.channel import Channel, Closed, Late
from autograder.sandbox.findings import findings
from autograder.sandbox.found import found_in
from autograder.sandbox.link import GRACE, Leash, Link, SandboxEnded
from autograder.sandbox.outputs import Room, clean_outputs, error_output
from autograder.seeds import use_hidden_seed

_NO_REPLY = "\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"
_SETUP_SECONDS = 60
# How long processes that were killed together may take to end.
_SECONDS_TO_END = 1
# Bytes that a judge may use beside what it has when it begins.
_MEMORY = 2 * 2**30


class Judge:
    """Runs submissions one after the other, each in a sandbox of its own.

    Parameters
    ----------
    runner : autograder.sandbox.shell.Runner
        For the test cells.
    lessons : dict of str to Lesson
        By the name of the notebook.
    forkserver : autograder.sandbox.channel.Channel
        To what forks sandboxes for this judge.
    limits : autograder.sandbox.protections.Limits
        For each submission.
    """

    def __init__(self, runner, lessons, forkserver, limits):
        self._runner = runner
        self._lessons = lessons
        self._forkserver = forkserver
        self._limits = limits
        self._room = Room()

    def serve(self, channel):
        """Take one submission after the other, until the coordinator hangs up."""
        _limit_memory()
        while True:
            job, _ = channel.receive()
            channel.send(self.run(job))

    def sandbox(self, notebook, files):
        """Have a sandbox started.

        Returns
        -------
        (Link, list of str)
            To it, and the protections that are on.
        """
        self._forkserver.send({"notebook": notebook})
        _, (link, leash) = self._forkserver.receive_with_fds(2)
        channel, leash = Channel(socket.socket(fileno=link)), Leash(Channel(socket.socket(fileno=leash)))
        sandbox = Link(channel, leash, time.monotonic() + self._limits.wall_seconds)
        try:
            contents = [base64.b64decode(content) for content in files.values()]
            channel.send({"files": list(files)}, contents, seconds=_SETUP_SECONDS)
            ready, _ = channel.receive(_SETUP_SECONDS)
            on = [str(each) for each in ready["on"]]
        except (Closed, Late, KeyError, TypeError) as error:
            sandbox.end("the sandbox could not be set up", vanished=isinstance(error, Closed))
            on = []
        return sandbox, on

    def run(self, job):
        """Run one submission; once more if its sandbox was killed by something else than its own limits.

        Parameters
        ----------
        job : dict
            ``notebook``: its name; ``cells``: id, source, whether it is a test and, of a test, the points, of each
            code cell; ``files``: names and, in base 64, contents of the submission's other files; ``hidden_seed``:
            decides the hidden probes.

        Returns
        -------
        dict
            ``cells``: count and outputs of each, or in their place the number of the cell that was run for everybody,
            and of a test cell what it ``found`` (see :func:`autograder.sandbox.found.found_in`);
            ``ended``: why the sandbox ended early, or None; ``ungraded``: positions of the test cells that could not be
            run to a verdict; ``called``: what was called where answers should not come from; ``remarks``: by function,
            what somebody should look at; ``on``: the protections; and what
            :func:`autograder.sandbox.findings.findings` says of the code.
        """
        result, killed = self._attempt(job)
        if not killed:
            return result
        # What sandboxes are forked from may have been killed too, and be about to end: then nothing can be judged here.
        self._forkserver.hold_open(_SECONDS_TO_END)
        return self._attempt(job)[0]

    def _attempt(self, job):
        """Run one submission; return the result, and whether its sandbox was killed from outside."""
        lesson = self._lessons[job["notebook"]]
        self._forget()
        use_hidden_seed(job["hidden_seed"])
        sandbox, on = self.sandbox(job["notebook"], job["files"])
        plan = iter(lesson.plan.of([(c["id"], c["source"]) for c in job["cells"] if not c["test"]]))
        done, ungraded, count, self._room = [], [], 0, Room()
        for position, cell in enumerate(job["cells"]):
            shared = None if cell["test"] else next(plan)
            if not cell["source"].strip() or cell["skip"]:
                done.append({"outputs": [], "count": None})
                continue
            count += 1
            if cell["test"]:
                dead_before = sandbox.ended
                outputs, grades = self._test(sandbox, lesson, cell, count)
                came = {"outputs": clean_outputs(outputs, count), "found": found_in(cell["source"], grades)}
                if sandbox.ended and dead_before:
                    ungraded.append(position)
            elif shared is not None:
                came = self._adopt(sandbox, shared)
            else:
                came = {"outputs": self._run(sandbox, cell["source"], count)}
            done.append({**came, "count": count})
        ended = sandbox.ended
        sandbox.end("the submission is graded")
        called = {name: sorted(each) for name, each in sandbox.met.items()}
        remarks = {name: sorted(each) for name, each in sandbox.remarks.items()}
        result = {"cells": done, "ended": ended, "ungraded": ungraded, "called": called, "remarks": remarks, "on": on}
        return result | findings(job["cells"]), sandbox.killed(self._limits.cpu_seconds)

    def _forget(self):
        """Free what an earlier submission has left here: it may be so much that there is no room for the next one."""
        self._runner.forget()
        forget_wrong_answers()
        gc.collect()  # what a cell asked, and the functions that it asked about, know each other

    def _run(self, sandbox, source, count):
        seconds = self._limits.cell_seconds
        request = {"do": "run", "source": source, "count": count, "seconds": seconds}
        try:
            reply, _ = sandbox.ask(request, seconds=seconds + GRACE, answering=True)
        except SandboxEnded as error:
            return [error_output("SandboxEnded", f"{error}.")]
        outputs = clean_outputs(reply.get("outputs"), count, self._room)
        if reply.get("interrupted") is True:
            outputs.append(error_output("CellTimeoutError", "", [_NO_REPLY]))
        return outputs

    def _adopt(self, sandbox, number):
        try:
            sandbox.ask({"do": "adopt", "index": number}, seconds=30)
        except SandboxEnded as error:
            return {"outputs": [error_output("SandboxEnded", f"{error}.")]}
        return {"shared": number}

    def _test(self, sandbox, lesson, cell, count):
        """Run a test cell; return its outputs, and what ``grade`` found in it."""
        source = cell["source"]
        wanted = lesson.students_names(source)
        sandbox.watch_anew()
        try:
            names = lesson.names | sandbox.values(wanted)
        except SandboxEnded as error:
            return [error_output("SandboxEnded", f"{error}.")], ()
        space = self._runner.shell.user_ns
        before = dict(space)
        space.update(names)
        try:
            with scaled_to(cell.get("points")) as scale:
                outputs, _ = self._runner.run(source, count)
                return _with_number(outputs, scale, count), scale.grades
        finally:
            space.clear()
            space.update(before)


def _with_number(outputs, cell, count):
    """Add what ``grade`` found to the outputs of a test cell that shows no number: nbgrader would give full marks."""
    results = [position for position, each in enumerate(outputs) if each["output_type"] == "execute_result"]
    failed = any(each["output_type"] == "error" for each in outputs)
    if failed or not cell.grades or any(_is_number(outputs[position]) for position in results):
        return outputs
    last = cell.grades[-1]
    data = {"text/plain": repr(last), "text/html": last._repr_html_()}
    number = {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}
    at = results[0] if results else len(outputs)  # nbgrader reads the first one
    return [*outputs[:at], number, *outputs[at:]]


def _is_number(output):
    try:
        float(output["data"]["text/plain"])
    except (KeyError, ValueError):
        return False
    return True


def _limit_memory():
    """Limit the address space of this process; what it starts may still be given more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
