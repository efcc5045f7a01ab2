"""The filter of system calls, run here as the kernel would run it."""

import ctypes
import errno
import signal

import pytest

from autograder.sandbox import seccomp
from tests.sandbox.places import LIBSECCOMP

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
    steps, at, held = seccomp.build_filter(machine, pid, processes), 0, 0
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
