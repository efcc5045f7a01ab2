"""The same grades from a Dask cluster on this machine, also when one of its workers is lost on the way."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from autograder.sandbox.system import die_with_parent
from tests.conftest import until
from tests.grading.conftest import LESSON, copy_of, grade, graded_notebook, hand_in, released_lesson, rows, run

BIN = Path(sys.executable).parent


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler, each of its workers a process of its own: the address, and what starts one more worker."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    host, port = address.removeprefix("tcp://").split(":")
    with (tmp_path / "dask.log").open("w") as log:
        quiet = {"stdout": log, "stderr": subprocess.STDOUT, "cwd": tmp_path, "preexec_fn": die_with_parent}
        ports = ["--port", port, "--dashboard-address", "127.0.0.1:0"]
        processes = [psutil.Popen([BIN / "dask", "scheduler", "--host", host, *ports], **quiet)]

        def start_worker():
            alone = ["--nthreads", "1", "--no-dashboard", "--no-nanny"]
            processes.append(psutil.Popen([BIN / "dask", "worker", address, "--host", host, *alone], **quiet))
            return processes[-1]

        yield address, start_worker
        # Killed, and not asked to end: a worker first waits for what it has under way, and for its scheduler.
        for process in processes[::-1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes)


def test_a_cluster_that_loses_a_worker_ends_with_the_same_gradebook(harmless, graded, cluster, tmp_path):
    address, start_worker = cluster
    workers = [start_worker(), start_worker()]
    course = copy_of(harmless, tmp_path / "course")
    command = [BIN / "autograder", "grade", LESSON, "--dask", address]
    process = subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    records = course / "classroom" / ".autograder" / LESSON
    while process.poll() is None and len(list(records.glob("*.json"))) < 2:
        time.sleep(0.02)
    # The one at work, with its judges and sandboxes.
    workers[0].kill()
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    assert re.search(r"12\s+graded", printed)
    assert rows(course) == rows(graded)
    for student in ("right", "further-cells"):
        mine, theirs = (json.dumps(graded_notebook(each, student).cells) for each in (course, graded))
        assert len(mine) == pytest.approx(len(theirs), rel=0.05)


def _reachable(address):
    host, port = address.removeprefix("tcp://").split(":")

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    until(listens)


def _without_patience(limit, address):
    """The command that grades on a cluster, with a second in the place of one of its limits."""
    hurried = f"from autograder import cli\nfrom autograder.grading import cluster\ncluster.{limit} = 1\ncli.main()"
    return [sys.executable, "-c", hurried, "grade", LESSON, "--dask", address]


def test_a_worker_that_comes_late_is_waited_for(harmless, cluster, tmp_path):
    """Who types the commands one after the other has a scheduler for some seconds before there is a worker."""
    address, start_worker = cluster
    course = copy_of(harmless, tmp_path / "course")
    _reachable(address)
    command = [BIN / "autograder", "grade", LESSON, "--dask", address, "--student", "right", "--student", "blank"]
    process = psutil.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # It has read the course, and has nobody to send it to.
    port = int(address.rpartition(":")[2])
    until(lambda: any(link.raddr and link.raddr.port == port for link in process.net_connections()), process)
    worker = start_worker()
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and re.search(r"2\s+graded", printed), printed
    # Told to end, it takes with it all that it has started.
    below = worker.children(recursive=True)
    assert below
    worker.terminate()
    _, alive = psutil.wait_procs([worker, *below], timeout=120)
    assert not alive


def test_a_cluster_without_workers_is_named(empty_course, cluster, tmp_path):
    address, _ = cluster
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "somebody", released_lesson(course))
    _reachable(address)
    command = _without_patience("_WORKER_SECONDS", address)
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1 and "The Dask cluster has no workers" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:1", "There is no Dask scheduler at tcp://127.0.0.1:1"), ("nonsense", "no Dask scheduler")],
)
def test_a_scheduler_that_is_not_there_is_named(empty_course, tmp_path, address, said):
    course = copy_of(empty_course, tmp_path / "course")
    command = _without_patience("_CONNECT_SECONDS", address)
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_status_needs_no_cluster(graded, tmp_path):
    course = copy_of(graded, tmp_path / "course")
    assert "12 unchanged" in " ".join(grade(course).split())
    assert "0 to be graded" in run(course, "autograder", "status", LESSON)
