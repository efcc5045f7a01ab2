"""The coordinator's side of the processes that grade."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from autograder.sandbox import isolation, protections, view
from autograder.sandbox.channel import Channel, Closed, Late
from autograder.sandbox.reading import outline
from autograder.seeds import HIDDEN_SEED

# Why there is no result: these stand in its place.
ENDED_TWICE = "The process that judged it ended, twice."
TOO_LONG = "Judging it took too long, so it was stopped."
# What a judge may take beside the time that a submission has: to start its sandbox, and for its own work.
_BESIDE_SECONDS = 120


class Unprotected(Exception):
    """The kernel does not grant what is needed to run code that nobody has read."""


class CannotStart(Exception):
    """Why the processes that grade could not start, in one sentence."""


class ClusterError(Exception):
    """Why a cluster cannot be used, in one sentence."""


class _Server:
    """One of the grader's own processes, with a channel to it."""

    def __init__(self, role):
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()
        with theirs:
            # -P: the packages that are installed, and not a copy of them in the folder that the grader was called in.
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.sandbox.start", role, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=isolation.own_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                process_group=0,
            )
        self.channel = Channel(ours, trusted=True)

    def ready(self):
        """Wait until it is ready, and return what it says.

        Raises
        ------
        CannotStart
            With the last thing that it said.
        """
        try:
            return self.channel.receive()[0]
        except Closed:
            raise CannotStart(f"The processes that grade could not start: {self._last_words()}") from None

    def _last_words(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "they ended without a word.")

    def close(self):
        """End it with all that it has started, keepers and their sandboxes included."""
        self.channel.close()
        if self.process.returncode is None:
            # Bubblewrap consists of two processes.  While it starts, the second waits for the first for good, so both
            # have to be killed.  Without bubblewrap, keepers have directories to remove, so they are asked to end.
            os.killpg(self.process.pid, signal.SIGKILL if self._in_bubblewrap() else signal.SIGTERM)
            self.process.wait()
        self._errors.close()

    def _in_bubblewrap(self):
        with contextlib.suppress(OSError):
            return Path(f"/proc/{self.process.pid}/comm").read_text().startswith("bwrap")
        return False


def _released(cells):
    """Return what the released lesson says of its code cells: of students' cells, the names that they set."""
    own = [(cell_id, source if kind == "own" else outline(source), kind) for cell_id, source, kind in cells]
    return [(cell_id, source, kind == "own") for cell_id, source, kind in own if kind != "test"]


class JudgeChannel(Channel):
    """A channel to a judge, who can be ended.

    Parameters
    ----------
    link : socket.socket
        Connected to it.
    process : int
        Descriptor of its process.
    """

    def __init__(self, link, process):
        super().__init__(link, trusted=True)
        self._process = process

    def end(self):
        """Kill the judge, and with it the sandbox that it has started, and hang up."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        self.close()

    def close(self):
        """Hang up."""
        super().close()
        if self._process is not None:
            os.close(self._process)
            self._process = None


class Workers:
    """The process that sandboxes are forked from, the one that judges are forked from, and the judges."""

    def __init__(self):
        self._start()

    def _start(self):
        self._ordered = self._shared = None
        self._forkserver, self._judge_server = _Server("forkserver"), _Server("judge_server")
        self._judges = []
        self.protections = []

    def prepare(self, notebooks, limits, unsafe, hidden_seed=HIDDEN_SEED, hidden=()):
        """Say what will be graded, and wait until the first sandbox has shown what protects it.

        Parameters
        ----------
        notebooks, limits, hidden_seed, hidden
            As for :meth:`order`.
        unsafe : bool
            Whether to go on without protection.

        Raises
        ------
        Unprotected
            With what is missing.
        CannotStart
            With the reason.
        """
        self.order(notebooks, limits, hidden_seed, hidden)
        self.check(unsafe)

    def order(self, notebooks, limits, hidden_seed=HIDDEN_SEED, hidden=()):
        """Say what will be graded; the processes get to work, if they are not at work on just this already.

        Parameters
        ----------
        notebooks : dict of str to list
            By name, the code cells of the source.
        limits : autograder.sandbox.protections.Limits
            For each submission.
        hidden_seed : int
            Decides the numbers that are graded on.
        hidden : iterable of str
            Folders that no sandbox may see, wherever they are; those of the course.
        """
        hidden = sorted(map(str, hidden))
        order = notebooks, asdict(limits), hidden_seed, hidden
        if order == self._ordered:
            return
        if self._ordered:
            self.close()
            self._start()
        self._first, self._ordered = next(iter(notebooks)), order
        self.most_seconds = limits.wall_seconds + _BESIDE_SECONDS
        # What sandboxes are forked from hears nothing that the released lesson does not say.
        released = {name: _released(cells) for name, cells in notebooks.items()}
        with contextlib.suppress(Closed):  # noticed when they are waited for
            self._forkserver.channel.send({"notebooks": released, "limits": asdict(limits), "hidden": hidden})
        with contextlib.suppress(Closed):
            told = {"notebooks": notebooks, "limits": asdict(limits), "hidden_seed": hidden_seed}
            self._judge_server.channel.send(told)

    def check(self, unsafe):
        """Wait until everything is ready, and look at the protections of an empty sandbox."""
        self._judge_server.ready()
        ready = self._forkserver.ready()
        self._shared = {name: described.pop("outputs") for name, described in ready["shared"].items()}
        self._judge_server.channel.send(ready["shared"])
        job = {"notebook": self._first, "cells": [], "files": {}, "hidden_seed": self._ordered[2]}
        self.protections = ready["on"] + self.run_one(job)["on"]
        lacking = protections.missing(self.protections, self._ordered[1]["processes"])
        if lacking and not unsafe:
            raise Unprotected("; ".join(lacking))
        for folder in view.out_of_reach(self.protections)[:1]:
            print(
                f"Only root may enter {folder}, where Python or its packages are. Sandboxes are no root here, so cells "
                f"that import a module late may fail. Let others enter: chmod o+x {folder}",
                file=sys.stderr,
            )

    def size(self):
        """Return how many submissions this machine can work on at once: one for each processor."""
        return len(os.sched_getaffinity(0))

    def pool(self, jobs):
        """Return ``jobs`` judges, ready to work at once; the one that has looked at the protections is the first."""
        judges, self._judges = self._judges, []
        return Pool(self, judges + [self.judge() for _ in range(jobs - len(judges))])

    def judge(self):
        """Have one more judge forked, and return the channel to it.

        Raises
        ------
        Closed
            If one of the processes that it takes has ended.
        """
        ours, theirs = socket.socketpair()
        line, other_end = socket.socketpair()
        with theirs, line, other_end:
            self._forkserver.channel.send({}, fds=[other_end.fileno()])
            self._judge_server.channel.send({}, fds=[theirs.fileno(), line.fileno()])
        _, (process,) = self._judge_server.channel.receive_with_fds(1)
        return JudgeChannel(ours, process)

    def run_one(self, job):
        """Run one unit of work, and wait for it.

        Raises
        ------
        Closed
            If the judge ended, or had to be ended.
        """
        if not self._judges:
            self._judges.append(self.judge())
        try:
            self._judges[0].send(job)
            return self.filled(job, self._judges[0].receive(self.most_seconds)[0])
        except Late:
            self._judges.pop().end()
            raise Closed(TOO_LONG) from None
        except Closed:
            self._judges.pop().close()
            raise

    def filled(self, job, result):
        """Put the outputs of the cells that were run for everybody into a judge's result, which only names them.

        Parameters
        ----------
        job, result : dict
            See :meth:`autograder.sandbox.judge.Judge.run`.

        Returns
        -------
        dict
            The result, in which every cell has its outputs.
        """
        for cell in result["cells"]:
            if "shared" in cell:
                outputs = self._shared[job["notebook"]][cell.pop("shared")]
                counted = {"execution_count": cell["count"]}
                cell["outputs"] = [each | counted if "execution_count" in each else each for each in outputs]
        return result

    def close(self):
        """End both processes, and with them all that came from them."""
        for judge in self._judges:
            judge.close()
        self._judges = []
        self._judge_server.close()
        self._forkserver.close()


class Pool:
    """Several judges at work at once, each on one submission.

    Parameters
    ----------
    workers : Workers
        Ready.
    judges : list of autograder.sandbox.channel.Channel
        With nothing to do.
    """

    def __init__(self, workers, judges):
        self._workers = workers
        self._work = dict.fromkeys(judges)
        self._tried = set()

    def idle(self):
        """Whether a judge has nothing to do."""
        return None in self._work.values()

    def busy(self):
        """Whether anything is under way."""
        return any(work is not None for work in self._work.values())

    def give(self, key, job):
        """Hand a unit of work to an idle judge."""
        judge = next(judge for judge, work in self._work.items() if work is None)
        self._work[judge] = key, job, time.monotonic() + self._workers.most_seconds
        with contextlib.suppress(Closed):  # noticed when its answer is waited for
            judge.send(job)

    def take(self, seconds=None):
        """Wait for what is done next.

        Returns
        -------
        list of (key, result)
            In the place of a result stands the reason why there is none, as a text.
        """
        done = []
        work = {judge: work for judge, work in self._work.items() if work is not None}
        if work:
            left = max(min(until for _, _, until in work.values()) - time.monotonic(), 0)
            seconds = left if seconds is None else min(seconds, left)
        ready = select.select(list(work), [], [], seconds)[0]
        for judge, (key, job, until) in work.items():
            late = until <= time.monotonic()
            if judge not in ready and not late:
                continue
            try:
                result, _ = judge.receive(max(until - time.monotonic(), 0))
                self._work[judge] = None
                done.append((key, self._workers.filled(job, result)))
            except Late:
                # A judge who took too long for it would take too long for it again.
                self._replace(judge)
                done.append((key, TOO_LONG))
            except Closed:
                self._replace(judge)
                if key in self._tried:
                    done.append((key, ENDED_TWICE))
                else:
                    self._tried.add(key)
                    self.give(key, job)
        return done

    def _replace(self, judge):
        del self._work[judge]
        judge.end()
        self._work[self._workers.judge()] = None

    def close(self):
        """Hang up on the judges."""
        for judge in self._work:
            judge.close()
