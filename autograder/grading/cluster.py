"""Units of work on a Dask cluster: a sanitised notebook goes out, its outputs come back, both as JSON in bytes."""

import asyncio
import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from autograder.grading.records import digest_of_packages
from autograder.sandbox.channel import Closed, Late
from autograder.sandbox.protections import Limits
from autograder.sandbox.workers import ENDED_TWICE, TOO_LONG, ClusterError, Unprotected, Workers
from autograder.seeds import HIDDEN_SEED

_CONNECT_SECONDS = 10
# A worker has first to import what it grades with.
_WORKER_SECONDS = 60


class _Bench:
    """A warm process on a machine of the cluster, and the judges that have nothing to do just now."""

    def __init__(self, order):
        order = json.loads(order)
        self._workers = Workers()
        self._idle = []
        self._lock = threading.Lock()
        self.busy = 0
        try:
            self._workers.prepare(order["notebooks"], Limits(**order["limits"]), order["unsafe"], order["hidden_seed"])
        except BaseException:
            self._workers.close()
            raise
        self.protections = self._workers.protections

    def run(self, job):
        """Run one unit of work; in the place of its result, the reason why there is none."""
        for _ in range(2):
            with self._lock:
                judge = self._idle.pop() if self._idle else self._workers.judge()
            try:
                judge.send(job)
                result, _ = judge.receive(self._workers.most_seconds)
            except Late:
                judge.end()
                return TOO_LONG
            except Closed:
                judge.close()
                continue
            with self._lock:
                self._idle.append(judge)
            return self._workers.filled(job, result)
        return ENDED_TWICE

    def close(self):
        """End the warm process and its judges."""
        for judge in self._idle:
            judge.close()
        self._workers.close()


_benches = {}
_benches_lock = threading.Lock()
# The kernel ends a warm process together with the thread that started it: this one stays.
_starter = ThreadPoolExecutor(1)


def _bench_for(order):
    """Return the bench for an order, which the caller gives back by lowering ``busy``."""
    with _benches_lock:
        if order not in _benches:
            for other in [known for known, bench in _benches.items() if not bench.busy]:
                _benches.pop(other).close()
            _benches[order] = _starter.submit(_Bench, order).result()
        _benches[order].busy += 1
        return _benches[order]


def run_unit(order, job):
    """Run one unit of work; this is what the cluster's machines are asked to do.

    Parameters
    ----------
    order, job : bytes
        JSON: what is graded, and one submission of it.

    Returns
    -------
    bytes
        JSON: see :meth:`autograder.sandbox.judge.Judge.run`.
    """
    bench = _bench_for(order)
    try:
        return json.dumps(bench.run(json.loads(job))).encode()
    finally:
        with _benches_lock:
            bench.busy -= 1


def look_at(order):
    """Say what protects a machine of the cluster, and which packages it has.

    Parameters
    ----------
    order : bytes
        As for :func:`run_unit`.

    Returns
    -------
    (list of str, str, str)
        Protections that are on; what is missing, if that forbids grading; the digest of its packages.
    """
    try:
        bench = _bench_for(order)
    except Unprotected as error:
        return [], str(error), digest_of_packages()
    with _benches_lock:
        bench.busy -= 1
    return bench.protections, "", digest_of_packages()


async def _knock(connect, address):
    link = await connect(address, timeout=_CONNECT_SECONDS)
    await link.close()


class Cluster:
    """A Dask cluster in the place of this machine's own warm process.

    Parameters
    ----------
    address : str
        Of the scheduler.

    Raises
    ------
    ClusterError
        If it cannot be reached.
    """

    def __init__(self, address):
        try:
            import distributed
        except ImportError:
            raise ClusterError("--dask needs the package distributed, which the extra 'dask' installs.") from None
        try:
            # A client that finds nobody goes on looking while it is taken down, and complains.
            asyncio.run(_knock(distributed.core.connect, address))
            self._client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise ClusterError(f"There is no Dask scheduler at {address}.") from None
        self.protections = []

    def size(self):
        """Return how many submissions the cluster can work on at once."""
        return sum(self._client.nthreads().values())

    def order(self, notebooks, limits, hidden_seed=HIDDEN_SEED, hidden=()):
        """Say what will be graded; see :meth:`autograder.sandbox.workers.Workers.order`.

        The folders of the course are not on the machines of the cluster, or not under these names.
        """
        self._order = {"notebooks": notebooks, "limits": asdict(limits), "hidden_seed": hidden_seed}

    def check(self, unsafe):
        """Wait for the first machine of the cluster, and look at every one.

        Raises
        ------
        Unprotected
            If one of them grants too little.
        ClusterError
            If there is none, or one has other checks than this machine.
        """
        self._order = json.dumps(self._order | {"unsafe": unsafe}).encode()
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError:
            raise ClusterError("The Dask cluster has no workers.") from None
        found = self._client.run(look_at, self._order, on_error="return")
        for machine, answer in found.items():
            if isinstance(answer, Exception):
                raise ClusterError(f"The Dask worker at {machine} cannot grade: {type(answer).__name__}: {answer}")
            _, lacking, digest = answer
            if digest != digest_of_packages():
                raise ClusterError(f"The Dask worker at {machine} has another version of autograder or nblib.")
            if lacking:
                raise Unprotected(f"at {machine} {lacking}")
        # What is on everywhere.
        each = [protections for protections, _, _ in found.values()]
        self.protections = [means for means in each[0] if all(means in others for others in each)]

    def pool(self, jobs):
        """Return the cluster as a pool of ``jobs`` places."""
        return ClusterPool(self._client, self._order, jobs)

    def close(self):
        """Leave the cluster."""
        self._client.close()


class ClusterPool:
    """Places on the cluster; the same calls as :class:`autograder.sandbox.workers.Pool`.

    Dask itself sends the work of a machine that is lost to another one.
    """

    def __init__(self, client, order, jobs):
        self._client = client
        self._order = order
        # One more for each place, so that no machine waits for the network.
        self._places = 2 * jobs
        self._work = {}
        self._done = queue.SimpleQueue()

    def idle(self):
        """Whether there is a free place."""
        return len(self._work) < self._places

    def busy(self):
        """Whether anything is under way."""
        return bool(self._work)

    def give(self, key, job):
        """Send a unit of work to the cluster."""
        future = self._client.submit(run_unit, self._order, json.dumps(job).encode(), pure=False)
        self._work[future.key] = key, future
        future.add_done_callback(self._done.put)

    def take(self, seconds=None):
        """Wait for what is done next.

        Returns
        -------
        list of (key, result)
            In the place of a result stands the reason why there is none, as a text.

        Raises
        ------
        autograder.sandbox.channel.Closed
            If the scheduler is gone.
        """
        while True:
            try:
                future = self._done.get(timeout=1 if seconds is None else seconds)
                break
            except queue.Empty:
                if self._client.status != "running":
                    raise Closed("the Dask scheduler is gone") from None
                if seconds is not None:
                    return []
        key, _ = self._work.pop(future.key)
        try:
            # What was lost with the machine that held it is done again elsewhere, and waited for here.
            return [(key, json.loads(future.result()))]
        except (Exception, asyncio.CancelledError):
            if future.status == "cancelled":
                raise Closed("the Dask scheduler is gone") from None
            return [(key, ENDED_TWICE)]

    def close(self):
        """Take back what is under way."""
        self._client.cancel([future for _, future in self._work.values()])
