"""The processes that grade, as the coordinator sees them."""

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
from autograder.sandbox.channel import Channel, Closed, Timeout
from autograder.sandbox.reading import outline
from autograder.seeds import HIDDEN_SEED

# Returned in place of a result.
ENDED_TWICE = "The process that judged it ended, twice."
TOO_LONG = "Judging it took too long, so it was stopped."
# For a judge, in addition to the submission's time: to start the sandbox, and for its own work.
_EXTRA_SECONDS = 120


class Unprotected(Exception):
    """The kernel doesn't grant what is needed to run untrusted code."""


class CannotStart(Exception):
    """The processes that grade could not start; the message says why."""


class ClusterError(Exception):
    """A cluster can't be used; the message says why."""


class _Server:
    """One of the grader's own processes, with a channel to it."""

    def __init__(self, role):
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()
        with theirs:
            # -P: import the installed packages, and not what is in the current folder.
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
        """Wait until it is ready, and return its message; raise CannotStart with the last line that it printed."""
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
        """End it with all the processes that it has started."""
        self.channel.close()
        if self.process.returncode is None:
            # Bubblewrap consists of two processes.  While it starts, the second waits for the first forever, so both
            # have to be killed.  Without bubblewrap, keepers need to remove their directories, so they get SIGTERM.
            os.killpg(self.process.pid, signal.SIGKILL if self._in_bubblewrap() else signal.SIGTERM)
            self.process.wait()
        self._errors.close()

    def _in_bubblewrap(self):
        with contextlib.suppress(OSError):
            return Path(f"/proc/{self.process.pid}/comm").read_text().startswith("bwrap")
        return False


def _released(cells):
    """Return what the released lesson contains of the code cells: only the names that students' cells set."""
    own = [(cell_id, source if kind == "own" else outline(source), kind) for cell_id, source, kind in cells]
    return [(cell_id, source, kind == "own") for cell_id, source, kind in own if kind != "test"]


class JudgeChannel(Channel):
    """A channel to a judge that can be killed, given a socket and the descriptor of its process."""

    def __init__(self, link, process):
        super().__init__(link, trusted=True)
        self._process = process

    def end(self):
        """Kill the judge and its sandbox, and hang up."""
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
    """The fork server, the judge server and the judges."""

    def __init__(self):
        self._start()

    def _start(self):
        self._config = self._shared = None
        self._forkserver, self._judge_server = _Server("forkserver"), _Server("judge_server")
        self._judges = []
        self.protections = []

    def prepare(self, notebooks, limits, unsafe, hidden_seed=HIDDEN_SEED, hidden=()):
        """Call :meth:`configure` and :meth:`check`."""
        self.configure(notebooks, limits, hidden_seed, hidden)
        self.check(unsafe)

    def configure(self, notebooks, limits, hidden_seed=HIDDEN_SEED, hidden=()):
        """Tell the processes what will be graded; they start to prepare for it, unless they have already.

        Parameters
        ----------
        notebooks : dict of str to list
            By name, the code cells of the source.
        limits : autograder.sandbox.protections.Limits
            For each submission.
        hidden_seed : int
            Decides the numbers of the hidden tests.
        hidden : iterable of str
            The course's folders, which no sandbox may see.
        """
        hidden = sorted(map(str, hidden))
        config = notebooks, asdict(limits), hidden_seed, hidden
        if config == self._config:
            return
        if self._config:
            self.close()
            self._start()
        self._first, self._config = next(iter(notebooks)), config
        self.max_seconds = limits.wall_seconds + _EXTRA_SECONDS
        # The fork server only gets what the released lesson contains.
        released = {name: _released(cells) for name, cells in notebooks.items()}
        with contextlib.suppress(Closed):  # check notices it
            self._forkserver.channel.send({"notebooks": released, "limits": asdict(limits), "hidden": hidden})
        with contextlib.suppress(Closed):
            message = {"notebooks": notebooks, "limits": asdict(limits), "hidden_seed": hidden_seed}
            self._judge_server.channel.send(message)

    def check(self, unsafe):
        """Wait until everything is ready, and check the protections of an empty sandbox.

        Parameters
        ----------
        unsafe : bool
            Whether to continue without protection.

        Raises
        ------
        Unprotected, CannotStart
            With the reason.
        """
        self._judge_server.ready()
        ready = self._forkserver.ready()
        self._shared = {name: described.pop("outputs") for name, described in ready["shared"].items()}
        self._judge_server.channel.send(ready["shared"])
        job = {"notebook": self._first, "cells": [], "files": {}, "hidden_seed": self._config[2]}
        self.protections = ready["on"] + self.run_one(job)["on"]
        lacking = protections.missing(self.protections, self._config[1]["processes"])
        if lacking and not unsafe:
            raise Unprotected("; ".join(lacking))
        for folder in view.out_of_reach(self.protections)[:1]:
            print(
                f"Only root may enter {folder}, which contains Python or its packages. Sandboxes don't run as root, so "
                f"cells that import a module may fail. Let others enter: chmod o+x {folder}",
                file=sys.stderr,
            )

    def size(self):
        """Return how many submissions this machine can grade at once: one for each processor."""
        return len(os.sched_getaffinity(0))

    def pool(self, jobs):
        """Return a pool of ``jobs`` judges, including the one that :meth:`check` has used."""
        judges, self._judges = self._judges, []
        return Pool(self, judges + [self.judge() for _ in range(jobs - len(judges))])

    def judge(self):
        """Start another judge and return the channel to it; raise Closed if a process that it needs has ended."""
        ours, theirs = socket.socketpair()
        line, other_end = socket.socketpair()
        with theirs, line, other_end:
            self._forkserver.channel.send({}, fds=[other_end.fileno()])
            self._judge_server.channel.send({}, fds=[theirs.fileno(), line.fileno()])
        _, (process,) = self._judge_server.channel.receive_with_fds(1)
        return JudgeChannel(ours, process)

    def run_one(self, job):
        """Run a job and return its result; raise Closed if the judge ended, or had to be killed."""
        if not self._judges:
            self._judges.append(self.judge())
        try:
            self._judges[0].send(job)
            return self.with_outputs(job, self._judges[0].receive(self.max_seconds)[0])
        except Timeout:
            self._judges.pop().end()
            raise Closed(TOO_LONG) from None
        except Closed:
            self._judges.pop().close()
            raise

    def with_outputs(self, job, result):
        """Add the outputs of shared cells to the result of a job, which contains only their numbers."""
        for cell in result["cells"]:
            if "shared" in cell:
                outputs = self._shared[job["notebook"]][cell.pop("shared")]
                counted = {"execution_count": cell["count"]}
                cell["outputs"] = [each | counted if "execution_count" in each else each for each in outputs]
        return result

    def close(self):
        """End all processes."""
        for judge in self._judges:
            judge.close()
        self._judges = []
        self._judge_server.close()
        self._forkserver.close()


class Pool:
    """Judges that work in parallel, each on one submission.

    Parameters
    ----------
    workers : Workers
        Which are ready.
    judges : list of JudgeChannel
        Which are idle.
    """

    def __init__(self, workers, judges):
        self._workers = workers
        self._work = dict.fromkeys(judges)
        self._tried = set()

    def idle(self):
        """Whether any judge is idle."""
        return None in self._work.values()

    def busy(self):
        """Whether any job is running."""
        return any(work is not None for work in self._work.values())

    def submit(self, key, job):
        """Give a job to an idle judge."""
        judge = next(judge for judge, work in self._work.items() if work is None)
        self._work[judge] = key, job, time.monotonic() + self._workers.max_seconds
        with contextlib.suppress(Closed):  # collect notices it
            judge.send(job)

    def collect(self, seconds=None):
        """Wait for the next results, at most for some seconds.

        Returns
        -------
        list of (key, result)
            If there is no result, a message says why.
        """
        done = []
        work = {judge: work for judge, work in self._work.items() if work is not None}
        if work:
            left = max(min(until for _, _, until in work.values()) - time.monotonic(), 0)
            seconds = left if seconds is None else min(seconds, left)
        ready = select.select(list(work), [], [], seconds)[0]
        for judge, (key, job, until) in work.items():
            # What is ready counts, however long the coordinator was busy with another result.
            if judge not in ready and until > time.monotonic():
                continue
            try:
                result, _ = judge.receive(_EXTRA_SECONDS if judge in ready else 0)
                self._work[judge] = None
                done.append((key, self._workers.with_outputs(job, result)))
            except Timeout:
                # It would take too long again.
                self._replace(judge)
                done.append((key, TOO_LONG))
            except Closed:
                self._replace(judge)
                if key in self._tried:
                    done.append((key, ENDED_TWICE))
                else:
                    self._tried.add(key)
                    self.submit(key, job)
        return done

    def _replace(self, judge):
        del self._work[judge]
        judge.end()
        self._work[self._workers.judge()] = None

    def close(self):
        """Hang up on the judges."""
        for judge in self._work:
            judge.close()
