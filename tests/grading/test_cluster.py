"""The same grades from a Dask cluster on this machine, also when one of its workers is lost on the way."""

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.grading.conftest import LESSON, copy_of, grade, graded_notebook, rows, run

BIN = Path(sys.executable).parent


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each a process of its own: the address and the workers."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    host, port = address.removeprefix("tcp://").split(":")
    log = (tmp_path / "dask.log").open("w")
    quiet = {"stdout": log, "stderr": subprocess.STDOUT, "cwd": tmp_path}
    scheduler = psutil.Popen(
        [BIN / "dask", "scheduler", "--host", host, "--port", port, "--dashboard-address", "127.0.0.1:0"], **quiet
    )
    workers = [
        psutil.Popen(
            [BIN / "dask", "worker", address, "--host", host, "--nthreads", "1", "--no-dashboard", "--no-nanny"],
            **quiet,
        )
        for _ in range(2)
    ]
    yield address, workers
    for process in [*workers, scheduler]:
        if process.is_running():
            process.terminate()
    psutil.wait_procs([*workers, scheduler], timeout=20)
    log.close()


def test_a_cluster_that_loses_a_worker_ends_with_the_same_gradebook(harmless, graded, cluster, tmp_path):
    address, workers = cluster
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


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:1", "There is no Dask scheduler at tcp://127.0.0.1:1"), ("nonsense", "no Dask scheduler")],
)
def test_a_scheduler_that_is_not_there_is_named(empty_course, tmp_path, address, said):
    course = copy_of(empty_course, tmp_path / "course")
    done = subprocess.run(
        [BIN / "autograder", "grade", LESSON, "--dask", address], cwd=course, capture_output=True, text=True
    )
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_status_needs_no_cluster(graded, tmp_path):
    course = copy_of(graded, tmp_path / "course")
    assert "12 unchanged" in " ".join(grade(course).split())
    assert "0 to be graded" in run(course, "autograder", "status", LESSON)
