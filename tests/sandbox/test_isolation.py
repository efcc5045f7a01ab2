"""The walls of a real sandbox, in a container and as an ordinary user too, and that nothing outlives the grader."""

import itertools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from autograder.sandbox import protections, system, view
from autograder.sandbox.workers import Workers
from tests.conftest import ROOT
from tests.grading.conftest import FULL, LESSON, copy_of, hand_in, scores, solved
from tests.sandbox.places import USER, number

CONTAINER = ("--container",)
# From here on, real sandboxes.


@pytest.fixture(scope="module")
def home():
    """A home for all kinds of users, where Matplotlib's list of fonts is made once."""
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def without_bubblewrap(tmp_path_factory, monkeypatch):
    """A ``bwrap`` that does not work comes first."""
    folder = Path(tempfile.mkdtemp(prefix="broken-"))
    (folder / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    for each in (folder, folder / "bwrap"):
        each.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    yield
    shutil.rmtree(folder)


class Grader:
    """Starts a grader of one cell somewhere; see ``tests/sandbox/run_cell.py``."""

    def __init__(self, home):
        self._home = home

    def start(self, cell, place=(), processes=0, **options):
        interpreter = [sys.executable, "-m"]
        command = [*interpreter, "tests.sandbox.places", *place, *interpreter, "tests.sandbox.run_cell"]
        command += [str(processes)]
        home = self._home / ("user" if "--user" in place else "root")
        if not home.exists():
            home.mkdir()
            if "--user" in place and os.geteuid() == 0:
                os.chown(home, USER, USER)
        environment = {"TMPDIR": str(home)} | os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
        with tempfile.TemporaryFile("w+") as file:
            file.write(textwrap.dedent(cell))
            file.seek(0)
            pipes = {"stdin": file, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            return psutil.Popen(command, cwd="/", env=environment, **pipes, **options)

    def run(self, *args, **options):
        """Return the protections and what the cell printed."""
        process = self.start(*args, **options)
        said, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, complaints
        protections, outputs = json.loads(said)
        return protections, "".join(output.get("text") or output.get("evalue", "") for output in outputs), complaints


@pytest.fixture
def grader(home):
    return Grader(home)


def made_of(calls):
    """A cell that makes system calls, and prints for each the error it meets."""
    lines = [f"    {name!r}: [{', '.join(map(str, args))}]," for name, args in calls.items()]
    return "\n".join(
        [
            "import ctypes, errno, os",
            "libc = ctypes.CDLL(None, use_errno=True)",
            "calls = {",
            *lines,
            "}",
            "for name, arguments in calls.items():",
            "    result = libc.syscall(*[a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments])",
            "    print(name, errno.errorcode[ctypes.get_errno()] if result == -1 else 'DONE')",
        ]
    )


def test_the_ways_out_are_closed_in_a_sandbox(grader):
    """The calls themselves, on this machine: what a student would try."""
    other = os.getpid()
    calls = {
        "shared memory": (number("shmget"), 0, 4096, 0o1777),
        "semaphores": (number("semget"), 0, 1, 0o1777),
        "messages": (number("msgget"), 0, 0o1777),
        "POSIX messages": (number("mq_open"), b"mine", 0o102, 0o777, 0),
        "memory file": (number("memfd_create"), b"x", 0),
        "secret memory": (number("memfd_secret"), 0),
        "limits of others": (number("prlimit64"), other, 7, 0, 0),
        "limits of the keeper": (number("prlimit64"), "os.getppid() or 2", 7, 0, 0),
        "comparing": (number("kcmp"), "os.getpid()", other, 0, 0, 0),
        "probe": (number("kill"), other, 0),
        "probe of all": (number("kill"), -1, 0),
        "death of the parent": (number("prctl"), 1, 0),
        "tracing": (number("prctl"), 4, 1),
        "user namespace": (number("clone"), 0x10000011, 0, 0, 0, 0),
        "process": (number("clone"), 17, 0, 0, 0, 0),
        "datagrams": (number("socketpair"), 1, 2, 0, 0),
        "not yet known": (1999,),
        "clone3": (number("clone3"), 0, 0),
        "own limits": (number("prlimit64"), 0, 7, 0, 0),
        "own process": (number("kill"), "os.getpid()", 0),
    }
    _, printed, _ = grader.run(made_of(calls))
    found = dict(line.rsplit(" ", 1) for line in printed.splitlines())
    assert found.pop("own limits") == found.pop("own process") == "DONE"
    assert found.pop("not yet known") == found.pop("clone3") == "ENOSYS"
    assert found == dict.fromkeys(found, "EPERM") and len(found) == len(calls) - 4


WORK = """
    import asyncio, concurrent.futures, ctypes, os, resource, shutil, sqlite3, tempfile, threading, time
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.cluster import KMeans
    assert np.linalg.svd(np.ones((300, 300)))[1][0] > 299
    with tempfile.TemporaryFile() as file: file.write(b"x")
    sqlite3.connect(":memory:").execute("create table t (x)")
    asyncio.new_event_loop().run_until_complete(asyncio.sleep(0))
    assert ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 3)() == 3
    with concurrent.futures.ThreadPoolExecutor(4) as pool: assert list(pool.map(abs, [-1, -2])) == [1, 2]
    assert time.process_time() > 0 and time.thread_time() > 0 and resource.getrlimit(resource.RLIMIT_AS)[0] > 0
    assert os.sched_getaffinity(0) and os.getpriority(os.PRIO_PROCESS, 0) >= 0 and os.getpgid(0) == os.getpgrp()
    X = np.arange(20.0).reshape(10, 2)
    assert len(RandomForestClassifier(5, n_jobs=2).fit(X, np.arange(10) % 2).predict(X)) == 10
    assert len(KMeans(2, n_init=1).fit(X).labels_) == 10
    plt.plot([1]); plt.savefig("a.png"); plt.close()
    shutil.copy("a.png", "b.png"); os.symlink("a.png", "c.png"); os.rename("b.png", "d.png")
    print(sorted(os.listdir()))
"""


def test_honest_work_is_not_in_the_way(grader):
    _, printed, _ = grader.run(WORK)
    assert "['a.png', 'c.png', 'd.png']" in printed


@pytest.mark.parametrize("place", [(), (*CONTAINER, "--open")], ids=["here", "container"])
def test_what_is_private_among_the_systems_files_is_hidden(grader, place):
    """Passwords in the settings of programs, and what others have handed in through nbgrader's exchange."""
    private = [folder for folder in view.PRIVATE if os.path.isdir(folder)]
    assert set(private) <= set(view.hidden_paths([]))
    cell = f"""
        import os
        for folder in {private}:
            for place, _, names in os.walk(folder):
                for name in names:
                    try:
                        open(os.path.join(place, name), "rb").close()
                        print("READ", place, name)
                    except OSError:
                        pass
        print("LOOKED", len(os.listdir("/usr/lib")) > 0)
    """
    _, printed, _ = grader.run(cell, place=place)
    assert printed.split() == ["LOOKED", "True"]


def test_a_submission_may_be_allowed_processes(grader):
    cell = """
        import subprocess, sys
        print(subprocess.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"]).returncode)
        started = subprocess.Popen(["/usr/bin/sleep", "100"])
        started.terminate()
        print(started.wait())
    """
    _, printed, _ = grader.run(cell, processes=3)
    assert printed.split() == ["-15", "-15"]


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="Only root can imitate root in a container.")


@AS_ROOT
def test_in_a_container_root_grades_with_the_walls_that_stand(grader):
    """Docker as it comes, without namespaces."""
    cell = f"""
        for path in ("/etc/passwd", "/root", {str(ROOT / "README.md")!r}, "/proc/1/environ"):
            try:
                open(path).read(); print("READ", path)
            except IsADirectoryError: print("READ", path)
            except OSError: pass
        import os
        open("own", "w").write("mine")
        print(os.getuid(), os.listdir())
    """
    protections, printed, complaints = grader.run(cell, place=(*CONTAINER, "--open"))
    assert not complaints
    assert protections == ["limits", "user of its own", "unprivileged user", "Landlock", "seccomp"]
    user, files = printed.split(maxsplit=1)
    assert int(user) >= 2**30 and files.strip() == "['own']"


@AS_ROOT
@pytest.mark.parametrize(
    "fill",
    ["open(f'f{n}', 'wb').write(bytes(60 * 2**20))", "[os.mkdir(f'{n}-{i}') for i in range(10_000)]"],
    ids=["large files", "many folders"],
)
def test_in_a_container_a_submission_does_not_fill_the_disk(grader, fill):
    """There its directory is one of the machine's, and the kernel limits only the size of each file."""
    cell = f"import os, time\nfor n in range(3):\n    {fill}\ntime.sleep(30)\nprint('ALIVE')"
    _, printed, _ = grader.run(cell, place=(*CONTAINER, "--open"))
    assert "ALIVE" not in printed and "ended" in printed


@AS_ROOT
def test_folders_that_only_root_may_enter_are_named(grader, tmp_path):
    """There a sandbox cannot import what was not imported before, which is nothing that a student should pay for."""
    closed = [folder for folder in Path(sys.base_prefix).resolve().parents if not folder.stat().st_mode & 1]
    on, _, complaints = grader.run("", place=CONTAINER)
    assert protections.LANDLOCK in on
    assert [f"Only root may enter {folder}" in complaints for folder in closed[-1:]] == [True] * len(closed[-1:])


@AS_ROOT
def test_a_class_is_graded_in_a_container(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    hand_in(course, "blank", nbformat.writes(released))
    words = [Path(sys.executable).parent / "autograder", "grade", LESSON]
    command = [sys.executable, "-m", "tests.sandbox.places", *CONTAINER, "--open", *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Protected by: limits, user of its own, unprivileged user, Landlock, seccomp." in done.stdout
    assert scores(course, "right") == FULL and scores(course, "blank") == dict.fromkeys(FULL, 0.0)


@pytest.mark.parametrize(
    ("place", "processes"),
    [(("--user", *CONTAINER), 0), pytest.param(CONTAINER, 2, marks=AS_ROOT)],
    ids=["ordinary user", "processes allowed"],
)
def test_where_sandboxes_could_reach_each_other_nothing_is_graded(grader, place, processes):
    process = grader.start("", place=place, processes=processes)
    _, complaints = process.communicate(timeout=120)
    assert "Unprotected: other processes can be reached\n" in complaints


# A student's code that tries to stay: it takes back what ties it to its keeper, and shows by a name that it runs.
STAYS = """
    import ctypes, os, signal, time
    libc = ctypes.CDLL(None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    libc.prctl(1, 0, 0, 0, 0)
    {start}
    libc.prctl(15, b"stays", 0, 0, 0)
    while True: time.sleep(1000)
"""
STARTS = "if os.fork() == 0: os.setsid(); libc.prctl(1, 0, 0, 0, 0)"


def wait_for_it(grader, names=1):
    """Wait until the student's code is at its last line, and return all processes that belong to the grader."""
    while grader.is_running() and grader.status() != psutil.STATUS_ZOMBIE:
        below = grader.children(recursive=True)
        if sum(_name(process) == "stays" for process in below) == names:
            return below
        time.sleep(0.05)
    raise AssertionError(f"The grader ended: {grader.communicate()}")


def _name(process):
    try:
        return Path(f"/proc/{process.pid}/comm").read_text().strip()
    except OSError:
        return ""


WAYS = [
    *itertools.product([signal.SIGKILL], [True, False], [(), ("--user",)], [0, 2]),
    *itertools.product([signal.SIGTERM, signal.SIGINT], [True, False], [()], [0]),
]


@pytest.mark.parametrize(("by", "bubblewrapped", "place", "processes"), WAYS)
def test_nothing_outlives_the_grader(grader, by, bubblewrapped, place, processes, request):
    if not bubblewrapped:
        request.getfixturevalue("without_bubblewrap")
    process = grader.start(STAYS.format(start=STARTS if processes else "pass"), place=place, processes=processes)
    below = wait_for_it(process, names=2 if processes else 1)
    process.send_signal(by)
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(below, timeout=60)
    assert not alive


def test_a_grader_that_stops_while_it_starts_leaves_nothing():
    """As when the lesson is not found: at whatever moment, all that was started until then ends."""
    before = set(psutil.Process().children(recursive=True))
    for moment in range(20):
        workers = Workers()
        time.sleep(moment / 1000)
        workers.close()
    started = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(started, timeout=60)
    assert not alive


@AS_ROOT
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_in_a_container_neither_a_sandbox_nor_its_directory_outlives_the_grader(grader, by, monkeypatch, home):
    place = Path(tempfile.mkdtemp(dir=home))
    place.chmod(0o777)
    monkeypatch.setenv("TMPDIR", str(place))
    process = grader.start(STAYS.format(start="pass"), place=(*CONTAINER, "--open"))
    below = wait_for_it(process)
    assert len(list(place.glob("autograder-sandbox-*"))) == 1
    process.send_signal(by)
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(below, timeout=60)
    assert not alive and not list(place.glob("autograder-sandbox-*"))


@AS_ROOT
def test_a_sandbox_ends_with_its_keeper_and_the_next_one_sweeps(grader, monkeypatch, home):
    place = Path(tempfile.mkdtemp(dir=home))
    place.chmod(0o777)
    monkeypatch.setenv("TMPDIR", str(place))
    process = grader.start(STAYS.format(start="pass"), place=CONTAINER)
    for _ in range(2):  # what something else has killed is run once more
        wait_for_it(process)
        (sandbox,) = (each for each in process.children(recursive=True) if _name(each) == "stays")
        sandbox.parent().kill()
        _, alive = psutil.wait_procs([sandbox], timeout=60)
        assert not alive
    process.communicate(timeout=60)
    assert list(place.glob("autograder-sandbox-*"))
    grader.run("", place=CONTAINER)
    assert not list(place.glob("autograder-sandbox-*"))


def test_a_parent_that_has_ended_before_it_could_be_watched_is_noticed():
    """Whoever is started by a process that ends at once ends too, although the kernel tells it nothing."""
    ours, theirs = socket.socketpair()
    parent = os.fork()
    if parent == 0:
        myself = system.this_process()
        if os.fork() == 0:
            waiting = select.poll()
            waiting.register(myself, select.POLLIN)
            waiting.poll()  # until the parent has ended
            system.die_with_parent(myself)
            theirs.send(b"outlived")
        os._exit(0)
    theirs.close()
    os.waitpid(parent, 0)
    assert ours.recv(100) == b""
    ours.close()
