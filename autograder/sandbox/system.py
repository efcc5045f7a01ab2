"""System calls that Python has no function for."""

import ctypes
import os
import select
import signal

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *args):
    """Call a function of the C library, and raise OSError if it fails."""
    if getattr(libc, name)(*args) == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def syscall(number, *args):
    """Make a system call by its number, and raise OSError if it fails."""
    result = libc.syscall(number, *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return result


def mount(source, target, kind, flags, options=None):
    """Mount something; see mount(2)."""
    encoded = [None if part is None else os.fsencode(part) for part in (source, target, kind, options)]
    call("mount", *encoded[:3], ctypes.c_ulong(flags), encoded[3])


def this_process():
    """Return a descriptor of this process, by which a child can tell whether it has ended."""
    return os.pidfd_open(os.getpid())


def die_with_parent(parent=None, by=signal.SIGKILL):
    """Have the kernel end this process when the one that started it ends, however it ends.

    Parameters
    ----------
    parent : int, optional
        The :func:`this_process` of the one that started it.  If that has ended already, this one ends at once: the
        kernel would say nothing any more, and in a process namespace of its own a process cannot ask for its parent.
    by : signal.Signals, optional
        The signal that ends it.
    """
    libc.prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
    if parent is not None:
        ended = select.poll()
        ended.register(parent, select.POLLIN)
        if ended.poll(0):
            os._exit(1)
