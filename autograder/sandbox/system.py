"""System calls for which Python has no function."""

import ctypes
import os
import select
import signal

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    """Call a function of the C library; raise OSError if it fails."""
    if getattr(libc, name)(*args) == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def syscall(number, *args):
    """Make a system call by number; raise OSError if it fails."""
    result = libc.syscall(number, *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return result


def mount(source, target, kind, flags, options=None):
    """Mount something; see mount(2)."""
    encoded = [None if part is None else os.fsencode(part) for part in (source, target, kind, options)]
    call("mount", *encoded[:3], ctypes.c_ulong(flags), encoded[3])


def this_process():
    """Return a descriptor by which a child can tell whether this process has ended."""
    return os.pidfd_open(os.getpid())


def die_with_parent(parent=None, by=signal.SIGKILL):
    """Have the kernel end this process when its parent ends, whatever the reason.

    Parameters
    ----------
    parent : int, optional
        The parent's :func:`this_process`.  If the parent has already ended, this process exits at once: the kernel
        would not send the signal any more, and a process in its own process namespace can't ask for its parent.
    by : signal.Signals, optional
        The signal that ends it.
    """
    libc.prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
    if parent is not None:
        ended = select.poll()
        ended.register(parent, select.POLLIN)
        if ended.poll(0):
            os._exit(1)


def become_server():
    """Make this process end with its parent and not on Ctrl-C, let its children vanish, and return its descriptor."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator handles it, and then hangs up
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return this_process()
