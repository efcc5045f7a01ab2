"""The walls of a sandbox one by one: the filter of system calls, containers, and that nothing outlives the grader."""

import ctypes
import errno
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

from autograder.sandbox import keeper, landlock, protections, seccomp, system
from autograder.sandbox.workers import Workers
from tests.conftest import ROOT
from tests.grading.conftest import FULL, LESSON, copy_of, hand_in, scores, solved
from tests.sandbox.places import LIBSECCOMP, USER, number

PID = 4321
ALLOWED = 0
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def numbers(machine):
    """Every system call of a machine that libseccomp knows, by name."""
    LIBSECCOMP.seccomp_syscall_resolve_num_arch.restype = ctypes.c_void_p
    known = {}
    for each in range(512):
        name = LIBSECCOMP.seccomp_syscall_resolve_num_arch(MACHINES[machine], each)
        if name:
            known[ctypes.string_at(name).decode()] = each
            ctypes.CDLL(None).free(ctypes.c_void_p(name))
    return known


def verdict(machine, call, *args, processes=False, pid=PID):
    """Run the filter as the kernel would: 0 for allowed, the error, or None for killed."""
    words = {0: call, 4: MACHINES[machine]}
    words |= {16 + 8 * index: arg & 0xFFFFFFFF for index, arg in enumerate([*args, *[0] * (6 - len(args))])}
    steps, at, held = seccomp.steps(machine, pid, processes), 0, 0
    tests = {0x15: lambda a, b: a == b, 0x25: lambda a, b: a > b, 0x35: lambda a, b: a >= b, 0x45: lambda a, b: a & b}
    while True:
        operation, if_true, if_false, operand = steps[at]
        at += 1
        if operation == 0x20:
            held = words[operand]
        elif operation == 0x54:
            held &= operand
        elif operation == 0x06:
            kind = operand & 0xFFFF0000
            return {0x7FFF0000: ALLOWED, 0x50000: operand & 0xFFFF, 0x80000000: None}[kind]
        else:
            at += if_true if tests[operation](held, operand) else if_false


@pytest.fixture(params=MACHINES)
def machine(request):
    return request.param


@pytest.fixture
def known(machine):
    found = numbers(machine)
    assert len(found) > 250
    return found


# What a sandbox must not do, by the danger.
REFUSED = {
    "memory that no limit counts, and that others find": (
        *("shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv"),
        *("mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr", "memfd_create"),
        *("memfd_secret", "io_setup", "io_submit", "vmsplice", "tee"),
    ),
    "other processes": (
        *("kcmp", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
        *("pidfd_open", "pidfd_send_signal", "pidfd_getfd", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill"),
        *("move_pages", "migrate_pages", "get_robust_list", "ioprio_set", "ioprio_get", "capget", "perf_event_open"),
    ),
    "events of others": ("inotify_init1", "inotify_add_watch", "fanotify_init", "fanotify_mark", "userfaultfd"),
    "privileges": (
        *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups"),
        *("capset", "unshare", "setns", "seccomp", "landlock_create_ruleset", "landlock_restrict_self", "personality"),
        *("mount", "umount2", "pivot_root", "chroot", "mount_setattr", "open_tree", "move_mount", "fsopen", "fsconfig"),
        *("fsmount", "fspick", "mknodat", "open_by_handle_at", "name_to_handle_at", "bpf", "keyctl", "add_key"),
        *("request_key", "io_uring_setup", "io_uring_enter", "io_uring_register", "quotactl", "acct", "swapon"),
    ),
    "the network": ("socket", "connect", "bind", "listen", "accept", "accept4"),
    "the machine": ("sync", "syslog", "reboot", "kexec_load", "init_module", "finit_module", "clock_settime"),
}
NEEDED = (
    *("read", "write", "openat", "close", "newfstatat", "mmap", "munmap", "mprotect", "brk", "mremap", "madvise"),
    *("rt_sigaction", "rt_sigreturn", "futex", "sched_yield", "nanosleep", "exit_group", "getrandom", "getdents64"),
    *("epoll_pwait", "ppoll", "pselect6", "pipe2", "dup3", "sendmsg", "recvmsg", "setitimer", "statx", "unlinkat"),
    *("wait4", "set_robust_list", "rseq", "sigaltstack", "membarrier", "getcpu"),
)


@pytest.mark.parametrize("danger", REFUSED)
def test_what_reaches_out_is_refused(machine, known, danger):
    for name in REFUSED[danger]:
        for processes in (False, True):
            assert verdict(machine, known[name], processes=processes, pid=1) == errno.EPERM, name


def test_what_python_needs_is_allowed(machine, known):
    assert [name for name in NEEDED if verdict(machine, known[name]) != ALLOWED] == []


def test_the_numbers_are_those_of_the_machine(machine, known):
    ours = {name: each for name, each in seccomp.NUMBERS[machine].items() if name in known}
    assert len(ours) > 170
    assert ours == {name: known[name] for name in ours}
    # Too new for libseccomp, in which case the number is one that it has no name for.
    newer = [each for name, each in seccomp.NUMBERS[machine].items() if name not in known]
    assert not set(newer) & set(known.values()) and min(newer) > 424


def test_calls_that_nobody_knows_yet_do_not_exist(machine):
    assert {verdict(machine, each) for each in range(470, 2000)} == {errno.ENOSYS}
    assert verdict(machine, 435) == errno.ENOSYS  # clone3, whose flags no filter sees
    assert verdict(machine, 0x40000000) is None  # x32


def test_no_call_is_allowed_but_those_on_the_list(machine):
    listed = set(seccomp.NUMBERS[machine].values())
    for processes in (False, True):
        open_to_all = {each for each in range(470) if verdict(machine, each, processes=processes) == ALLOWED}
        assert open_to_all <= listed


ABOUT_OTHERS = (
    *("getpgid", "getsid", "prlimit64", "sched_setaffinity", "sched_getaffinity", "sched_setscheduler"),
    *("sched_getscheduler", "sched_setparam", "sched_getparam", "sched_setattr", "sched_getattr"),
    "sched_rr_get_interval",
)


def test_a_process_names_only_itself(machine, known):
    for name in ABOUT_OTHERS:
        assert [verdict(machine, known[name], pid) for pid in (0, PID)] == [ALLOWED, ALLOWED], name
        assert all(verdict(machine, known[name], pid) for pid in (1, PID - 1, PID + 1, -1)), name
    for name in ("kill", "tgkill"):
        assert verdict(machine, known[name], PID, 0) == ALLOWED
        assert {verdict(machine, known[name], pid, 0) for pid in (0, 1, -1, -PID, PID + 1)} == {errno.EPERM}
    for name in ("getpriority", "setpriority"):
        assert verdict(machine, known[name], 0, 0) == verdict(machine, known[name], 0, PID) == ALLOWED
        assert {verdict(machine, known[name], *who) for who in ((0, 1), (1, 0), (2, 0))} == {errno.EPERM}


def test_the_clock_of_another_process_is_not_read(machine, known):
    def clock(pid):
        return ~pid << 3 | 2

    for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"):
        own = [*range(12), clock(0), clock(PID), clock(0) | 4, clock(PID + 7) | 4]
        assert {verdict(machine, known[name], each) for each in own} == {ALLOWED}
        assert {verdict(machine, known[name], clock(pid)) for pid in (1, PID + 1)} == {errno.EPERM}


def test_no_namespace_comes_with_a_new_process(machine, known):
    thread, process = 0x3D0F00, signal.SIGCHLD
    spaces = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
    for processes in (False, True):
        assert verdict(machine, known["clone"], thread, processes=processes) == ALLOWED
        assert (verdict(machine, known["clone"], process, processes=processes) == ALLOWED) == processes
        for flag in (*spaces, 0x8000):  # and no process that is its parent's brother
            for flags in (thread | flag, process | flag):
                assert verdict(machine, known["clone"], flags, processes=processes) == errno.EPERM


def test_what_is_asked_for_matters(machine, known):
    prctl = {option: verdict(machine, known["prctl"], option, 0) for option in range(80)}
    assert {prctl[option] for option in (15, 16, 3, 39)} == {ALLOWED}
    # PDEATHSIG, DUMPABLE, KEEPCAPS, SECCOMP, CAPBSET_DROP, MM, SUBREAPER, AMBIENT, DISPATCH, SCHED_CORE
    assert {prctl[option] for option in (1, 4, 8, 22, 24, 35, 36, 47, 59, 62)} == {errno.EPERM}
    # F_SETOWN, F_SETSIG, F_SETOWN_EX and F_NOTIFY send signals.
    assert {verdict(machine, known["fcntl"], 3, command) for command in (8, 10, 15, 1026)} == {errno.EPERM}
    assert {verdict(machine, known["fcntl"], 3, command) for command in (1, 2, 3, 4, 5, 1030)} == {ALLOWED}
    # F_SETLK, F_SETLKW and the same of an open file: each lock takes memory of the kernel.
    assert {verdict(machine, known["fcntl"], 3, command) for command in (6, 7, 37, 38)} == {errno.EPERM}
    # FIOSETOWN, SIOCSPGRP, TIOCSTI
    assert {verdict(machine, known["ioctl"], 3, request) for request in (0x8901, 0x8902, 0x5412)} == {errno.ENOTTY}
    assert verdict(machine, known["ioctl"], 3, 0x5401) == ALLOWED
    pair = {kind: verdict(machine, known["socketpair"], 1, kind) for kind in (1, 2, 3, 5, 0x80001, 0x80002)}
    assert [kind for kind, each in pair.items() if each == ALLOWED] == [1, 5, 0x80001]
    assert verdict(machine, known["socketpair"], 30, 1) == errno.EPERM


def test_processes_may_be_started_only_where_they_are_granted(machine, known):
    names = [name for name in ("fork", "vfork", "execve", "execveat", "setsid") if name in known]
    assert {verdict(machine, known[name]) for name in names} == {errno.EPERM}
    assert {verdict(machine, known[name], processes=True) for name in names} == {ALLOWED}
    # Alone in its process namespace it may end what it has started; elsewhere not even then.
    assert verdict(machine, known["kill"], 17, 9, processes=True, pid=1) == ALLOWED
    assert verdict(machine, known["kill"], 17, 9, processes=True) == errno.EPERM


WALLS = {
    "bubblewrap": {
        protections.BUBBLEWRAP,
        protections.FILES,
        protections.PROCESSES,
        protections.LIMITS,
        protections.SECCOMP,
    },
    "container": {protections.OWN_USER, protections.LANDLOCK, protections.LIMITS, protections.SECCOMP},
    "user without namespaces": {protections.PLAIN_USER, protections.LANDLOCK, protections.LIMITS, protections.SECCOMP},
    "no seccomp": {
        protections.BUBBLEWRAP,
        protections.FILES,
        protections.PROCESSES,
        protections.LIMITS,
        protections.OWN_USER,
    },
    "nothing": set(),
}
OTHERS, MEMORY = "other processes can be reached", "memory and time are not limited"


@pytest.mark.parametrize(
    ("walls", "processes", "lacking"),
    [
        ("bubblewrap", 0, []),
        ("bubblewrap", 3, []),
        ("container", 0, []),
        ("container", 3, [OTHERS]),
        ("user without namespaces", 0, [OTHERS]),
        ("no seccomp", 0, [MEMORY]),
        ("nothing", 0, ["other files can be read", "the network can be reached", OTHERS, MEMORY]),
    ],
)
def test_what_is_missing_is_said(walls, processes, lacking):
    assert protections.missing(WALLS[walls], processes) == lacking


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


CONTAINER = ("--container",)
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
    command = [sys.executable, "-m", "tests.sandbox.places", *CONTAINER, *words]
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


def test_a_path_that_cannot_be_opened_is_left_out(monkeypatch):
    """Landlock is not given up for it; tried in a child, as it holds for good."""
    child = os.fork()
    if child == 0:
        try:
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
            real = os.open

            def refusing(path, *args, **options):
                if path == "/usr/lib":
                    raise PermissionError(errno.EACCES, "closed", path)
                return real(path, *args, **options)

            os.open = refusing
            on = landlock.restrict(["/nowhere", "/usr/lib", "/usr/share"], [], tempfile.gettempdir())
            os.listdir("/usr/share")
            try:
                os.listdir("/usr/lib")
            except PermissionError:
                os._exit(0 if on else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


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


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "_place", lambda: str(tmp_path))
    return tmp_path


def test_only_directories_that_nobody_holds_are_swept(temporary):
    left, lock = keeper._new_directory()
    held, kept = keeper._new_directory()
    (temporary / "autograder-sandbox-linked").symlink_to("/usr/share")
    (temporary / "another").mkdir()
    os.close(lock)
    keeper._sweep()
    assert sorted(path.name for path in temporary.iterdir()) == sorted(
        [Path(held).name, "another", "autograder-sandbox-linked"]
    )
    assert Path("/usr/share").exists() and not Path(left).exists()
    os.close(kept)


def test_a_directory_goes_however_it_is_nested_and_closed_off(temporary):
    home, lock = keeper._new_directory()
    os.close(lock)
    here = os.open(home, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    closed = Path(home, "closed")
    (closed / "inner").mkdir(parents=True)
    (closed / "inner").chmod(0)
    closed.chmod(0)
    Path(home, "link").symlink_to("/usr/share")
    keeper._remove(home)
    assert not os.path.exists(home) and os.path.exists("/usr/share")
