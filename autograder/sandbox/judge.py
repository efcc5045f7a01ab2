"""The judge: it has a student's cells run in a sandbox, and runs the test cells itself.

No student's code runs here.  In a test cell, the student's names are plain data, or proxies of functions.
"""

import base64
import gc
import resource
import socket
import time
from pathlib import Path

from autograder.check import scaled_to
from autograder.examination import exercises_in, forget_wrong_answers
from autograder.sandbox.channel import Channel, Closed, Timeout
from autograder.sandbox.findings import findings
from autograder.sandbox.found import found_in
from autograder.sandbox.leash import Leash
from autograder.sandbox.link import GRACE, Link, SandboxEnded
from autograder.sandbox.outputs import Room, clean_outputs, error_output, stopped
from autograder.seeds import use_hidden_seed

_SETUP_SECONDS = 60
# For processes that were killed together to end.
_SECONDS_TO_END = 1
# Bytes that a judge may use in addition to what it starts with.
_MEMORY = 2 * 2**30


class Judge:
    """Grades submissions one after another, each in a sandbox of its own.

    Parameters
    ----------
    runner : autograder.sandbox.shell.Runner
        For the test cells.
    lessons : dict of str to Lesson
        By the name of the notebook.
    forkserver : autograder.sandbox.channel.Channel
        To the zygote that forks sandboxes for this judge.
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
        """Grade submissions until the coordinator hangs up."""
        _limit_memory()
        while True:
            job, _ = channel.receive()
            channel.send(self.run(job))

    def sandbox(self, notebook, files):
        """Start a sandbox; return a link to it, and the protections that are on."""
        self._forkserver.send({"notebook": notebook})
        _, (link, leash) = self._forkserver.receive_with_fds(2)
        channel, leash = Channel(socket.socket(fileno=link)), Leash(Channel(socket.socket(fileno=leash)))
        sandbox = Link(channel, leash, time.monotonic() + self._limits.wall_seconds)
        try:
            contents = [base64.b64decode(content) for content in files.values()]
            channel.send({"files": list(files)}, contents, seconds=_SETUP_SECONDS)
            ready, _ = channel.receive(_SETUP_SECONDS)
            on = [str(each) for each in ready["on"]]
        except (Closed, Timeout, KeyError, TypeError) as error:
            sandbox.end("the sandbox could not be set up", exited=isinstance(error, Closed))
            on = []
        return sandbox, on

    def run(self, job):
        """Grade a submission, and again if anything but its own limits killed its sandbox.

        Parameters
        ----------
        job : dict
            ``notebook``: its name; ``cells``: for each code cell the ``id``, the ``source``, whether it is a ``test``
            or to be ``skip``-ped, and of a test the ``points``, and whether a failing hidden case is shown
            (``with_case``), which it isn't by default; ``files``: the names of the submission's other files and their
            contents in base 64; ``hidden_seed``: decides the hidden probes; ``follow_on``: whether a function that is
            wrong only because of the student's other functions gets its points, which it does by default.

        Returns
        -------
        dict
            ``cells``: the count and outputs of each, or instead of outputs the number of the ``shared`` cell, of a
            test cell what it ``found`` (see :func:`autograder.sandbox.found.found_in`), and of a cell that was
            ``stopped`` after how many seconds; ``ended``: why the sandbox
            ended early, or None; ``ungraded``: positions of the test cells without a verdict; ``called``: by function,
            the functions of watched packages that it called; ``remarks``: by function, what somebody should look at;
            ``on``: the protections; and the :func:`autograder.sandbox.findings.findings` about the code.
        """
        result, killed = self._attempt(job)
        if not killed:
            return result
        # The zygote may have been killed too, and be about to end.  Then this judge can't go on.
        self._forkserver.check_open(_SECONDS_TO_END)
        return self._attempt(job)[0]

    def _attempt(self, job):
        """Grade a submission once; return the result, and whether its sandbox was killed from outside."""
        lesson = self._lessons[job["notebook"]]
        self._forget()
        use_hidden_seed(job["hidden_seed"])
        sandbox, on = self.sandbox(job["notebook"], job["files"])
        sandbox.earns_follow_on = job.get("follow_on", True)
        to_come = _graded_from_here(job["cells"])
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
                outputs, grades = self._test(sandbox, lesson, cell, count, to_come[position])
                came = {"outputs": clean_outputs(outputs, count), "found": found_in(cell["source"], grades)}
                if sandbox.ended and dead_before:
                    ungraded.append(position)
            elif shared is not None:
                came = self._restore(sandbox, shared)
            else:
                came = self._run(sandbox, cell["source"], count)
            done.append({**came, "count": count})
        ended = sandbox.ended
        sandbox.end("the submission is graded")
        called = {name: sorted(each) for name, each in sandbox.called.items()}
        remarks = {name: sorted(each) for name, each in sandbox.remarks.items()}
        result = {"cells": done, "ended": ended, "ungraded": ungraded, "called": called, "remarks": remarks, "on": on}
        return result | findings(job["cells"]), sandbox.killed(self._limits.cpu_seconds)

    def _forget(self):
        """Free the memory that an earlier submission has taken."""
        self._runner.forget()
        forget_wrong_answers()
        gc.collect()  # results and the functions that they are about refer to each other

    def _run(self, sandbox, source, count):
        seconds = self._limits.cell_seconds
        request = {"do": "run", "source": source, "count": count, "seconds": seconds}
        try:
            reply, _ = sandbox.ask(request, seconds=seconds + GRACE, answering=True)
        except SandboxEnded as error:
            return {"outputs": [error_output("SandboxEnded", f"{error}.")]}
        outputs = clean_outputs(reply.get("outputs"), count, self._room)
        if reply.get("interrupted") is not True:
            return {"outputs": outputs}
        return {"outputs": stopped(outputs, seconds), "stopped": seconds}

    def _restore(self, sandbox, number):
        try:
            sandbox.ask({"do": "restore", "index": number}, seconds=30)
        except SandboxEnded as error:
            return {"outputs": [error_output("SandboxEnded", f"{error}.")]}
        return {"shared": number}

    def _test(self, sandbox, lesson, cell, count, to_come):
        """Run a test cell; return its outputs, and what ``grade`` found in it."""
        source = cell["source"]
        wanted = lesson.students_names(source)
        sandbox.watch_again()
        try:
            names = lesson.names | sandbox.values(wanted)
        except SandboxEnded as error:
            return [error_output("SandboxEnded", f"{error}.")], ()
        space = self._runner.shell.user_ns
        before = dict(space)
        space.update(names)
        try:
            with scaled_to(cell.get("points"), cell.get("with_case", False)) as scale:
                sandbox.withhold(to_come, scale.grades)
                outputs, _ = self._runner.run(source, count)
                return _with_number(outputs, scale, count), scale.grades
        finally:
            space.clear()
            space.update(before)


def _graded_from_here(cells):
    """Return for each cell the exercises that it or a later one grades."""
    found, names = [], frozenset()
    for cell in reversed(cells):
        if cell["test"] and not cell["skip"]:
            names |= frozenset(exercises_in([cell["source"]]))
        found.insert(0, names)
    return found


def _with_number(outputs, cell, count):
    """Add the result of ``grade`` to a test cell's outputs without a number: nbgrader would give full marks."""
    results = [position for position, each in enumerate(outputs) if each["output_type"] == "execute_result"]
    failed = any(each["output_type"] == "error" for each in outputs)
    if failed or not cell.grades or any(_is_number(outputs[position]) for position in results):
        return outputs
    last = cell.grades[-1]
    data = {"text/plain": repr(last), "text/html": last._repr_html_()}
    number = {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}
    at = results[0] if results else len(outputs)  # nbgrader reads the first result
    return [*outputs[:at], number, *outputs[at:]]


def _is_number(output):
    try:
        float(output["data"]["text/plain"])
    except (KeyError, ValueError):
        return False
    return True


def _limit_memory():
    """Limit the address space of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
