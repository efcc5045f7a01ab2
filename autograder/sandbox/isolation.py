"""Isolate a submission with bubblewrap, namespaces, Landlock, seccomp and limits, as far as they are available.

If bubblewrap is installed, the fork server runs in it.  Two steps follow, with or without bubblewrap.  A zygote takes
``enter_view``: from then on it sees only the interpreter and the packages, read-only, and no network.  Each sandbox
takes ``confine``: it gets an empty directory and limits, and gives up all privileges.  Each step returns the
protections that it achieved.
"""

import contextlib
import os
import resource
import secrets
import struct
import sys
import tempfile

from autograder.sandbox import landlock, seccomp
from autograder.sandbox.protections import FILES, LANDLOCK, LIMITS, OWN_USER, PLAIN_USER, SECCOMP
from autograder.sandbox.system import (
    MS_NODEV,
    MS_NOSUID,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    call,
    die_with_parent,
    libc,
    mount,
)
from autograder.sandbox.view import HOME

NOBODY = 65534
_FIRST_USER, _USERS = 2**30, 2**29

# The environment variables that the grader's processes inherit.  Student code can read them, so they don't include
# secrets such as a hub's tokens or the address of a database.
_KEPT = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH")
_KEPT += ("XDG_CACHE_HOME", "MPLCONFIGDIR")
_KEPT_KINDS = ("LC_", "OPENBLAS_", "OMP_", "MKL_")


def own_environment(environment):
    """Return the environment for the grader's processes: a few settings of the caller's environment."""
    kept = {name: value for name, value in environment.items() if name in _KEPT or name.startswith(_KEPT_KINDS)}
    return kept | {"NBGRADER_EXECUTION": "autograde", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def confine(limits, readable, hidden, own_files, keeper):
    """Give up everything but an almost empty directory: the last step before a student's code runs.

    Parameters
    ----------
    limits : Limits
        Set for good.
    readable, hidden : list of str
        See :func:`autograder.sandbox.view.enter_view`.
    own_files : dict of str to bytes
        The submission's own files, which are written into the directory.
    keeper : Keeper
        Of this sandbox.

    Returns
    -------
    list of str
        The protections that are on, including the keeper's.
    """
    on = list(keeper.on)
    home = keeper.home or _mount_home(limits, len(own_files))
    _write_files(home, own_files)
    os.chdir(home)
    sys.path.append(home)  # last, so that no file can replace an installed package
    os.environ.clear()
    os.environ.update(
        HOME=home,
        USER="student",
        TMPDIR=home,
        MPLCONFIGDIR=home,
        IPYTHONDIR=home,
        PATH="/usr/bin:/bin",
        LANG="C.UTF-8",
        OPENBLAS_NUM_THREADS="1",
        MPLBACKEND="module://matplotlib_inline.backend_inline",
        NBGRADER_EXECUTION="autograde",
    )
    tempfile.tempdir = None
    _set_limits(limits)
    on.append(LIMITS)
    on += _drop_privileges()
    die_with_parent(keeper.handle)  # again, because changing the user resets it
    os.close(keeper.handle)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # If a view hides these folders already, Landlock needs no rules around them.
    if landlock.restrict(readable, () if FILES in keeper.on else hidden, home):
        on.append(LANDLOCK)
    if seccomp.restrict(limits.processes > 0):
        on.append(SECCOMP)
    return on


def _mount_home(limits, files):
    # Every file may be in a folder of its own.
    options = f"mode=777,size={limits.file_bytes},nr_inodes={4096 + 4 * files}"
    try:
        mount("tmpfs", HOME, "tmpfs", MS_NOSUID | MS_NODEV, options)
        return HOME
    except OSError:
        # An ordinary user may not be allowed to mount here.  The files then vanish with the sandbox as well.
        return tempfile.mkdtemp(dir=HOME)


def _write_files(home, own_files):
    for name, content in own_files.items():
        path = os.path.normpath(os.path.join(home, name))
        if path.startswith(home + os.sep):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)


def _set_limits(limits):
    own = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_NPROC: limits.processes + 64,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for what, most in own.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    if os.geteuid() != 0:
        return
    # This doesn't limit root, but the user that root becomes.
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes + 64,) * 2)


def _become(user):
    try:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:  # a container may have only a few users
        return False
    return True


def _drop_privileges():
    """Become an ordinary user, for good; return the protections that this gives."""
    on = []
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # in a user namespace that forbids it
            os.setgroups([])
        # Processes are counted per user.  With the same user for all sandboxes, one could use up what the others need,
        # or send them signals.
        if _become(_FIRST_USER + secrets.randbelow(_USERS)):
            on.append(OWN_USER)
        else:
            _become(NOBODY)
    call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return on + ([PLAIN_USER] if os.geteuid() != 0 else [])
