"""Run jobs on a Dask cluster: a sanitised notebook goes out, its outputs come back, both as JSON in bytes."""

import asyncio
import contextlib
import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from autograder.grading.records import digest_of_packages
from autograder.sandbox.channel import Closed, Timeout
from autograder.sandbox.protections import Limits
from autograder.sandbox.workers import ENDED_TWICE, TOO_LONG, ClusterError, Unprotected, Workers

_CONNECT_SECONDS = 10
# Workers that have just been started have to import what they grade with.
_WORKER_SECONDS = 60


class _Machine:
    """The processes that grade on one machine of the cluster, and the judges that are idle."""

    def __init__(self, config):
        config = json.loads(config)
        self._workers = Workers()
        self._idle = []
        self._lock = threading.Lock()
        self.users = 0
        limits = Limits(**config["limits"])
        try:
            self._workers.prepare(config["notebooks"], limits, config["unsafe"], config["hidden_seed"])
        except BaseException:
            self._workers.close()
            raise
        self.protections = self._workers.protections

    def run(self, job):
        """Run one job, and return its result, or a message that says why there is none."""
        for _ in range(2):
            with self._lock:
                judge = self._idle.pop() if self._idle else self._workers.judge()
            try:
                judge.send(job)
                result, _ = judge.receive(self._workers.max_seconds)
            except Timeout:
                judge.end()
                return TOO_LONG
            except Closed:
                judge.close()
                continue
            with self._lock:
                self._idle.append(judge)
            return self._workers.with_outputs(job, result)
        return ENDED_TWICE

    def close(self):
        """End all processes."""
        for judge in self._idle:
            judge.close()
        self._workers.close()


_machines = {}
_lock = threading.Lock()
# The kernel ends the processes together with the thread that started them, so this thread has to stay alive.
_starter = ThreadPoolExecutor(1)


@contextlib.contextmanager
def _machine_for(config):
    """Use the processes for a configuration; those for others are ended if nobody uses them."""
    with _lock:
        if config not in _machines:
            for other in [known for known, machine in _machines.items() if not machine.users]:
                _machines.pop(other).close()
            _machines[config] = _starter.submit(_Machine, config).result()
        machine = _machines[config]
        machine.users += 1
    try:
        yield machine
    finally:
        with _lock:
            machine.users -= 1


def run_job(config, job):
    """Run one job on this machine; the coordinator submits this function to the cluster.

    Parameters
    ----------
    config, job : bytes
        JSON: what is graded, and one notebook.

    Returns
    -------
    bytes
        JSON: see :meth:`autograder.sandbox.judge.Judge.run`.
    """
    with _machine_for(config) as machine:
        return json.dumps(machine.run(json.loads(job))).encode()


def describe_machine(config):
    """Return what protects this machine, and which packages it has.

    Parameters
    ----------
    config : bytes
        As for :func:`run_job`.

    Returns
    -------
    (list of str, str, str)
        The protections that are on; the missing protection that forbids grading, if any; the digest of the packages.
    """
    try:
        with _machine_for(config) as machine:
            return machine.protections, "", digest_of_packages()
    except Unprotected as error:
        return [], str(error), digest_of_packages()


async def _check_address(connect, address):
    connection = await connect(address, timeout=_CONNECT_SECONDS)
    await connection.close()


class Cluster:
    """A Dask cluster, used in place of this machine's own :class:`autograder.sandbox.workers.Workers`.

    Parameters
    ----------
    address : str
        The address of the scheduler.

    Raises
    ------
    ClusterError
        If it cannot be reached.
    """

    def __init__(self, address):
        try:
            import distributed
        except ImportError:
            raise ClusterError(
                "--dask needs the package distributed. Install it with pip install 'backpropagation-workbook[dask]'."
            ) from None
        try:
            # A client that cannot connect keeps trying while it is being closed, and logs errors.
            asyncio.run(_check_address(distributed.core.connect, address))
            self._client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise ClusterError(
                f"There is no Dask scheduler at {address}. Check the address, and that the scheduler is running."
            ) from None
        self.protections = []

    def size(self):
        """Return how many submissions the cluster can work on at once."""
        return sum(self._client.nthreads().values())

    def configure(self, notebooks, limits, hidden_seed, hidden):
        """Say what will be graded; see :meth:`autograder.sandbox.workers.Workers.configure`.

        ``hidden`` is ignored: the folders of the course are not on the machines of the cluster.
        """
        self._config = {"notebooks": notebooks, "limits": asdict(limits), "hidden_seed": hidden_seed}

    def check(self, unsafe):
        """Wait for the first machine of the cluster, and check all machines.

        Raises
        ------
        Unprotected
            If one of them lacks protection.
        ClusterError
            If there is none, or one of them cannot grade or has another version of the checks.
        """
        self._config = json.dumps(self._config | {"unsafe": unsafe}).encode()
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError:
            raise ClusterError("The Dask cluster has no workers. Start one with `dask worker ADDRESS`.") from None
        answers = self._client.run(describe_machine, self._config, on_error="return")
        for address, answer in answers.items():
            if isinstance(answer, Exception):
                raise ClusterError(f"The Dask worker at {address} cannot grade: {type(answer).__name__}: {answer}")
            _, missing, digest = answer
            if digest != digest_of_packages():
                raise ClusterError(
                    f"The Dask worker at {address} has another version of autograder or nblib. Install this machine's."
                )
            if missing:
                raise Unprotected(f"at {address} {missing}")
        first, *others = [protections for protections, _, _ in answers.values()]
        self.protections = [each for each in first if all(each in other for other in others)]

    def pool(self, jobs):
        """Return a pool that runs ``jobs`` jobs at once."""
        return ClusterPool(self._client, self._config, jobs)

    def close(self):
        """Disconnect from the cluster."""
        self._client.close()


class ClusterPool:
    """Jobs on the cluster, with the same methods as :class:`autograder.sandbox.workers.Pool`.

    If a machine is lost, Dask itself sends its jobs to another one.
    """

    def __init__(self, client, config, jobs):
        self._client = client
        self._config = config
        # Twice as many as are run at once, so that no machine waits for the network.
        self._max_jobs = 2 * jobs
        self._work = {}
        self._done = queue.SimpleQueue()

    def idle(self):
        """Whether there is room for another job."""
        return len(self._work) < self._max_jobs

    def busy(self):
        """Whether any job is running."""
        return bool(self._work)

    def submit(self, key, job):
        """Send a job to the cluster."""
        future = self._client.submit(run_job, self._config, json.dumps(job).encode(), pure=False)
        self._work[future.key] = key, future
        future.add_done_callback(self._done.put)

    def collect(self, seconds=None):
        """Wait for the next result, at most for some seconds.

        Returns
        -------
        list of (key, result)
            If there is no result, a message says why.

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
            # If the machine that held the result was lost, this waits until the job has been run again elsewhere.
            return [(key, json.loads(future.result()))]
        except (Exception, asyncio.CancelledError):
            if future.status == "cancelled":
                raise Closed("the Dask scheduler is gone") from None
            return [(key, ENDED_TWICE)]

    def close(self):
        """Cancel the jobs that are running."""
        self._client.cancel([future for _, future in self._work.values()])
