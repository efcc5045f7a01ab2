"""What keeps a submission in: bubblewrap, namespaces, Landlock, seccomp and limits, as far as they can be had.

Where bubblewrap is installed, the process from which all others come is started in it.  Two steps follow, with
bubblewrap and without.  ``enter_view`` is taken by the process from which sandboxes come: from then on it sees the
interpreter and the packages, read-only, and no network.  ``confine`` is taken by each sandbox: processes of its own, an
empty directory of its own, no privileges, limits.  Each step says what it could do.
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


# What a process of the grader may know of the environment it was called in.  Student code can read it, and what else
# is there can be worth stealing: the tokens of a hub, the address of a database.
_KEPT = ("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH")
_KEPT += ("XDG_CACHE_HOME", "MPLCONFIGDIR", "AUTOGRADER_UNMATCHED")
_KEPT_KINDS = ("LC_", "OPENBLAS_", "OMP_", "MKL_")


def own_environment(environment):
    """Return the environment of a process of the grader: a few settings of the one it was called in.

    Parameters
    ----------
    environment : mapping of str to str
        Of the caller.
    """
    kept = {name: value for name, value in environment.items() if name in _KEPT or name.startswith(_KEPT_KINDS)}
    return kept | {"NBGRADER_EXECUTION": "autograde", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def confine(limits, readable, hidden, own_files, keeper):
    """Give up everything but an empty directory: the last step before a student's code runs.

    Parameters
    ----------
    limits : Limits
        Set for good.
    readable, hidden : list of str
        As for :func:`enter_view`.
    own_files : dict of str to bytes
        The submission's own files, put into the directory.
    keeper : Keeper
        Of the process that keeps this one.

    Returns
    -------
    list of str
        The means that are on, those of the keeper included.
    """
    on = list(keeper.on)
    home = keeper.home or _mount_home(limits, len(own_files))
    _write_files(home, own_files)
    os.chdir(home)
    sys.path.append(home)  # last: no file of that name may stand in the place of what is installed
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
    die_with_parent(keeper.handle)  # a change of user undoes it
    os.close(keeper.handle)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Where a view hides it already, Landlock need not look at every folder around it.
    if landlock.restrict(readable, () if FILES in keeper.on else hidden, home):
        on.append(LANDLOCK)
    if seccomp.restrict(limits.processes > 0):
        on.append(SECCOMP)
    return on


def _mount_home(limits, files):
    # A file may bring a folder of its own with it.
    options = f"mode=777,size={limits.file_bytes},nr_inodes={4096 + 4 * files}"
    try:
        mount("tmpfs", HOME, "tmpfs", MS_NOSUID | MS_NODEV, options)
        return HOME
    except OSError:
        # An ordinary user who has started anew may mount no more.  What was lent vanishes with the sandbox as well.
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
    # Root is not bound by the number of processes, but the user it turns into is.
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes + 64,) * 2)


def _become(user):
    try:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:  # a machine inside of another one may know few users only
        return False
    return True


def _drop_privileges():
    """Become an ordinary user, for good; return the means that are on by it."""
    on = []
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # in a user namespace that forbids it
            os.setgroups([])
        # Processes and threads are counted for each user: one user for all sandboxes, and one sandbox could use up what
        # the others need, or signal them.
        if _become(_FIRST_USER + secrets.randbelow(_USERS)):
            on.append(OWN_USER)
        else:
            _become(NOBODY)
    call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return on + ([PLAIN_USER] if os.geteuid() != 0 else [])
