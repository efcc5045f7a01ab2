"""The coordinator's side of the warm process and its judges."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict

from autograder.grading.channel import Channel, Closed, Late
from autograder.grading.isolation import BUBBLEWRAP, bubblewrap, missing

# Why there is no result: these stand in its place.
ENDED_TWICE = "The process that judged it ended, twice."
TOO_LONG = "Judging it took too long, so it was stopped."
# What a judge may take beside the time that a submission has: to start its sandbox, and for its own work.
_BESIDE_SECONDS = 120


class Unprotected(Exception):
    """The kernel does not grant what is needed to run code that nobody has read."""


class ClusterError(Exception):
    """Why a cluster cannot be used, in one sentence."""


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
    """A process that gets warm, or one that stays cold, and as many judges as are asked for."""

    def __init__(self):
        self._start("autograder.grading.warm")

    def _start(self, *module):
        self._ordered = None
        ours, theirs = socket.socketpair()
        around = bubblewrap()
        self._around = [BUBBLEWRAP] if around else []
        with theirs:
            self._process = subprocess.Popen(
                [*around, sys.executable, "-P", "-m", *module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={
                    **os.environ,
                    "NBGRADER_EXECUTION": "autograde",
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                stdin=subprocess.DEVNULL,
            )
        self._channel = Channel(ours, trusted=True)
        self._judges = []
        self.protections = []

    def prepare(self, notebooks, limits, unsafe, warm=True):
        """Say what will be graded, and wait until the first sandbox has shown what protects it.

        Parameters
        ----------
        notebooks : dict of str to list
            By name, the code cells of the source.
        limits : autograder.grading.isolation.Limits
            For each submission.
        unsafe : bool
            Whether to go on without protection.
        warm : bool
            As for :meth:`order`.

        Raises
        ------
        Unprotected
            With what is missing.
        """
        self.order(notebooks, limits, warm)
        self.check(unsafe)

    def order(self, notebooks, limits, warm=True):
        """Say what will be graded; the warm process gets to work, if it is not at work on just this already.

        Parameters
        ----------
        notebooks, limits
            As for :meth:`prepare`.
        warm : bool
            Whether sandboxes are forked from this process; otherwise it makes room for one that starts them anew.
        """
        order = {"notebooks": notebooks, "limits": asdict(limits)}
        if (order, warm) == self._ordered:
            return
        if self._ordered or not warm:
            self.close()
            self._start(*(["autograder.grading.warm"] if warm else ["autograder.grading.cold", "serve"]))
        self._first, self._ordered = next(iter(notebooks)), (order, warm)
        self.most_seconds = limits.wall_seconds + _BESIDE_SECONDS
        self._channel.send(order)

    def check(self, unsafe):
        """Wait for the warm process, and look at the protections of an empty sandbox."""
        self._shared = self._channel.receive()[0]["shared"]
        result = self.run_one({"notebook": self._first, "cells": [], "files": {}, "hidden_seed": 0})
        self.protections = self._around + result["on"]
        lacking = missing(self.protections)
        if lacking and not unsafe:
            raise Unprotected("; ".join(lacking))

    def size(self):
        """Return how many submissions this machine can work on at once: one for each processor."""
        return len(os.sched_getaffinity(0))

    def pool(self, jobs):
        """Return ``jobs`` judges, ready to work at once; the one that has looked at the protections is the first."""
        judges, self._judges = self._judges, []
        return Pool(self, judges + [self.judge() for _ in range(jobs - len(judges))])

    def judge(self):
        """Have one more judge forked, and return the channel to it."""
        self._channel.send({"do": "judge"})
        _, (link, process) = self._channel.receive_with_fds(2)
        return JudgeChannel(socket.socket(fileno=link), process)

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
            See :meth:`autograder.grading.judge.Judge.run`.

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
        """End the warm process, and with it all that came from it."""
        for judge in self._judges:
            judge.close()
        self._judges = []
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        self._process.wait()


class Pool:
    """Several judges at work at once, each on one submission.

    Parameters
    ----------
    workers : Workers
        Ready.
    judges : list of autograder.grading.channel.Channel
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
