"""What keeps a submission in: bubblewrap, namespaces, Landlock, seccomp and limits, as far as they can be had.

Where bubblewrap is installed, the process from which all others come is started in it.  Two steps follow, with
bubblewrap and without.  ``enter_view`` is taken by the process from which sandboxes come: from then on it sees the
interpreter and the packages, read-only, and no network.  ``confine`` is taken by each sandbox: processes of its own, an
empty directory of its own, no privileges, limits.  Each step says what it could do.
"""

import contextlib
import ctypes
import fcntl
import glob
import importlib.util
import itertools
import os
import platform
import resource
import secrets
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder.grading import seccomp

BUBBLEWRAP = "bubblewrap"
NOBODY = 65534
_FIRST_USER, _USERS = 2**30, 2**29
HOME = "/sandbox"

USER, FILES, NETWORK, PROCESSES = "user namespace", "mount namespace", "network namespace", "process namespace"
PLAIN_USER, OWN_USER = "unprivileged user", "user of its own"
LANDLOCK, SECCOMP, LIMITS = "Landlock", "seccomp", "limits"

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_MNT_DETACH, _AT_FDCWD, _AT_RECURSIVE = 2, -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38

_NUMBERS = {"pivot_root": {"x86_64": 155, "aarch64": 41}.get(platform.machine(), -1)}

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    memory : int
        Bytes of address space.
    cpu_seconds : int
        Of processor time.
    wall_seconds : float
        From start to end.
    cell_seconds : float
        For one cell.
    processes : int
        Beside the first one; 0 forbids them, threads are allowed all the same.
    file_bytes : int
        Of all files together.
    output_characters : int
        Printed by one cell.
    """

    memory: int
    cpu_seconds: int
    wall_seconds: float
    cell_seconds: float
    processes: int
    file_bytes: int
    output_characters: int


def missing(protections, processes=0):
    """Say what is not protected.

    Parameters
    ----------
    protections : iterable of str
        The means that are on.
    processes : int, optional
        How many processes a submission may start beside its first one.

    Returns
    -------
    list of str
        Empty if nothing is missing.
    """
    on = set(protections)
    # Processes of one user may signal and trace each other, so a sandbox needs a process namespace or its own user.  If
    # a submission may start processes, only the namespace makes sure that they end with it.
    alone = [{PROCESSES}] if processes else [{PROCESSES}, {OWN_USER, SECCOMP}]
    # For each danger the ways to avert it, each of which may take several means.
    needs = {
        # Inside of bubblewrap alone, one submission could still read what another one writes.
        "other files can be read": [{FILES}, {LANDLOCK}],
        "the network can be reached": [{BUBBLEWRAP}, {NETWORK}, {SECCOMP}],
        "other processes can be reached": alone,
        # Only seccomp forbids the kinds of memory that no limit counts, and keeps a sandbox from outliving the grader.
        "memory and time are not limited": [{LIMITS, SECCOMP}],
    }
    return [danger for danger, ways in needs.items() if not any(means <= on for means in ways)]


def out_of_reach(protections):
    """Return what a sandbox should be able to read, but cannot, because only root may enter a folder above it.

    Parameters
    ----------
    protections : iterable of str
        The means that are on.

    Returns
    -------
    list of pathlib.Path
        The folders that are closed, outermost first.
    """
    if os.geteuid() != 0 or FILES in protections:
        return []  # the same user, or a view in which the folders above are made anew
    folders = {folder for path in readable_paths() for folder in Path(path).resolve().parents}
    return sorted(folder for folder in folders if not folder.stat().st_mode & stat.S_IXOTH)


def _package(name):
    return os.path.dirname(os.path.realpath(importlib.util.find_spec(name).origin))


def readable_paths():
    """Return what a sandbox may read: the interpreter, the packages, and the libraries of the system."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    # Wherever else packages are installed; a folder that is only on the path may hold anything.
    paths |= {os.path.abspath(path) for path in sys.path if glob.glob("*.dist-info", root_dir=path)}
    paths |= {_package("nblib")}
    paths |= {"/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"}
    paths |= {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}
    return sorted(path for path in paths if os.path.exists(path) and path != "/")


def hidden_paths(folders):
    """Return what a sandbox may not read although it is, or lies in, a readable path: the checks, and a course.

    Parameters
    ----------
    folders : iterable of str
        Of the course.

    Returns
    -------
    list of str
        Under every name by which they can be reached.
    """
    found = set()
    for hidden in {_package("autograder"), *map(os.path.realpath, folders)}:
        for path in readable_paths():
            inside = os.path.relpath(hidden, os.path.realpath(path))
            if inside.partition(os.sep)[0] != os.pardir:
                found.add(os.path.normpath(os.path.join(path, inside)))
    return sorted(found)


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


# What root needs inside of bubblewrap to take the two steps, of which every sandbox then gives up all.
_FOR_THE_STEPS = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL")


def bubblewrap():
    """Return the words that start a command inside of bubblewrap.

    Returns
    -------
    list of str
        Empty where it is not installed, or may not do its work.
    """
    program = shutil.which("bwrap")
    if program is None:
        return []
    words = [program, "--die-with-parent", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-pid"]
    if os.geteuid() == 0:
        words += [word for capability in _FOR_THE_STEPS for word in ("--cap-add", capability)]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/"]
    words += ["--setenv", "IPYTHONDIR", "/tmp/ipython"]
    for path in sorted({*readable_paths(), _package("autograder")}):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif not path.startswith("/dev/"):
            words += ["--ro-bind", path, path]
    # Matplotlib keeps its list of fonts here, and takes seconds to make it anew; no sandbox sees it.
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    fonts = os.environ.get("MPLCONFIGDIR") or os.path.join(caches, "matplotlib")
    with contextlib.suppress(OSError):
        os.makedirs(fonts, exist_ok=True)
        words += ["--bind", fonts, fonts]
    works = subprocess.run([*words, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
    return words if works else []


def _call(name, *args):
    if getattr(_libc, name)(*args) == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _syscall(number, *args):
    result = _libc.syscall(number, *args)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return result


def _mount(source, target, kind, flags, options=None):
    encoded = [None if part is None else os.fsencode(part) for part in (source, target, kind, options)]
    _call("mount", *encoded[:3], ctypes.c_ulong(flags), encoded[3])


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
    _libc.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
    if parent is not None:
        ended = select.poll()
        ended.register(parent, select.POLLIN)
        if ended.poll(0):
            os._exit(1)


def enter_view(readable, hidden):
    """Leave the machine's files, network and names behind, as far as the kernel lets this user.

    Parameters
    ----------
    readable : list of str
        Paths that stay, read-only.
    hidden : list of str
        Folders below them that do not.

    Returns
    -------
    list of str
        The means that are on.
    """
    on = []
    as_root = os.geteuid() == 0
    uid, gid = os.getuid(), os.getgid()
    try:
        _call("unshare", (0 if as_root else _NEWUSER) | _NEWNS | _NEWIPC | _NEWUTS)
    except OSError:
        return on
    if not as_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        on.append(USER)
    try:
        _call("unshare", _NEWNET)
        on.append(NETWORK)
    except OSError:
        pass  # seccomp still forbids sockets
    # A place to mount on, which stays empty outside of this namespace and serves every run.
    root = os.path.join(tempfile.gettempdir(), f"autograder-view-{uid}")
    os.makedirs(root, mode=0o700, exist_ok=True)
    try:
        _build_view(root, readable, hidden)
        on.append(FILES)
    except OSError:
        pass  # Landlock still guards the files
    return on


def _build_view(root, readable, hidden):
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", root, "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755,size=1m")
    for path in sorted({*readable, *hidden}):
        target = root + path
        if path in hidden:
            os.makedirs(target, exist_ok=True)
            _mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755,size=64k")
            continue
        if os.path.islink(path) and path in ("/lib", "/lib64", "/bin"):
            os.symlink(os.readlink(path), target)
            continue
        if os.path.lexists(target):
            continue  # inside a path that is there already
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        _mount(path, target, None, _MS_BIND | _MS_REC)
        device = path.startswith("/dev/")
        _set_attributes(target, _ATTR_NOSUID if device else _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)
    for path in hidden:
        _set_attributes(root + path, _ATTR_RDONLY, recursive=False)
    for folder in (HOME, "/.old"):
        os.makedirs(root + folder)
    _syscall(_NUMBERS["pivot_root"], os.fsencode(root), os.fsencode(root + "/.old"))
    os.chdir("/")
    _call("umount2", b"/.old", _MNT_DETACH)
    os.rmdir("/.old")
    _set_attributes("/", _ATTR_RDONLY, recursive=False)


def _set_attributes(path, attributes, recursive=True):
    flags = struct.pack("QQQQ", attributes, 0, 0, 0)
    _syscall(442, _AT_FDCWD, os.fsencode(path), _AT_RECURSIVE if recursive else 0, flags, len(flags))


def _own_processes():
    """Give the next child of this process a process namespace of its own, and mounts and shared memory of its own."""
    with contextlib.suppress(OSError):  # not every kernel has it, and seccomp refuses what it is about
        _call("unshare", _NEWIPC)
    try:
        _call("unshare", _NEWPID | _NEWNS)
        return [PROCESSES]
    except OSError:
        return []


class Keeper:
    """What the process that starts a sandbox does for it, from before the start until nothing of it is left.

    When the process above ends, this one ends its sandbox and removes its directory before it ends itself.

    Parameters
    ----------
    on : list of str
        The means that are on already.
    parent : int
        The :func:`this_process` of the one that started this process.

    Attributes
    ----------
    on : list of str
        The means that are on now.
    handle : int
        The :func:`this_process` of the keeper.
    home : str or None
        A directory for the sandbox, where it cannot mount one of its own.
    """

    def __init__(self, on, parent):
        self.home = self._sandbox = None
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, self._end)
        die_with_parent(parent, by=signal.SIGTERM)
        self.handle = this_process()
        self.on = on + _own_processes()
        if FILES not in self.on:
            _sweep()
            with contextlib.suppress(OSError):  # a full disk, say: the sandbox ends by itself, and the judge is told
                self.home, self._lock = _new_directory()

    def keep(self, sandbox, leash, file_bytes):
        """Wait until the sandbox has ended or is to end, and see to it that nothing of it is left.

        Parameters
        ----------
        sandbox : int
            The number of its first process, a child of this one.
        leash : socket.socket
            To the judge, who lets go of it when the sandbox is to end.
        file_bytes : int
            That its directory may hold, where no mount limits that.

        Returns
        -------
        (int, float)
            The status that it ended with, and the seconds of processor time that it has used.
        """
        self._sandbox = sandbox
        ended = os.pidfd_open(sandbox)
        while not select.select([ended, leash], [], [], _LOOK_SECONDS if self.home else None)[0]:
            if not _has_room_for(self.home, file_bytes):
                _, seconds = self._finish()
                return 0, seconds  # not killed by something else, so that it is not run once more
        return self._finish()

    def _finish(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        status, seconds = 0, 0.0
        if self._sandbox:
            with contextlib.suppress(OSError):
                os.kill(self._sandbox, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.killpg(self._sandbox, signal.SIGKILL)
            with contextlib.suppress(OSError):
                _, status, used = os.wait4(self._sandbox, 0)
                seconds = used.ru_utime + used.ru_stime
        if self.home:
            with contextlib.suppress(OSError):
                _remove(self.home)
        return status, seconds

    def _end(self, *_):
        self._finish()
        os._exit(0)


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
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Where a view hides it already, Landlock need not look at every folder around it.
    if _landlock(readable, () if FILES in keeper.on else hidden, home):
        on.append(LANDLOCK)
    if seccomp.restrict(limits.processes > 0):
        on.append(SECCOMP)
    return on


def _mount_home(limits, files):
    # A file may bring a folder of its own with it.
    options = f"mode=777,size={limits.file_bytes},nr_inodes={4096 + 4 * files}"
    try:
        _mount("tmpfs", HOME, "tmpfs", _MS_NOSUID | _MS_NODEV, options)
        return HOME
    except OSError:
        # An ordinary user who has started anew may mount no more.  What was lent vanishes with the sandbox as well.
        return tempfile.mkdtemp(dir=HOME)


# Directories of sandboxes that cannot mount one.  Each is locked by its keeper, as long as that lives.
_DIRECTORY = "autograder-sandbox-"
# How often a keeper looks at what is in it, and what even an empty file takes.
_LOOK_SECONDS, _LEAST_FILE = 0.5, 4096


def _place():
    """Return the folder for temporary files, or one that other users may enter as well as root."""
    place = tempfile.gettempdir()
    folders = [Path(place).resolve(), *Path(place).resolve().parents]
    closed = os.geteuid() == 0 and not all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    return "/tmp" if closed else place


def _new_directory():
    """Make a directory, and return it with the descriptor that holds its lock."""
    while True:
        home = tempfile.mkdtemp(prefix=_DIRECTORY, dir=_place())
        with contextlib.suppress(FileNotFoundError):  # swept by another grader before it was locked
            lock = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.chmod(home, 0o777 if os.geteuid() == 0 else 0o700)
            return home, lock


def _has_room_for(folder, most_bytes):
    """Whether all that is in a directory takes no more than that; what is too deep to be looked at is too much."""
    waiting = [folder]
    while waiting:
        try:
            # One by one: there may be more names than there is time for.
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        most_bytes -= max(512 * entry.stat(follow_symlinks=False).st_blocks, _LEAST_FILE)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if most_bytes < 0:
                        return False
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def _sweep():
    """Remove the directories whose keepers were killed before they could do it."""
    with contextlib.suppress(OSError), os.scandir(_place()) as entries:
        names = [entry.path for entry in entries if entry.name.startswith(_DIRECTORY)]
        for path in names:
            with contextlib.suppress(OSError):
                _sweep_one(path)


def _sweep_one(path):
    place = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(place).st_uid == os.geteuid():
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path)
    finally:
        os.close(place)


def _remove(folder):
    """Remove a directory that nobody uses any more, however deep a student's code has nested it and closed it off."""
    numbers = itertools.count()
    os.chmod(folder, 0o700)
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    # One level up, so that no path gets too long and nothing has to be called for each level.
                    os.chmod(inner.path, 0o700)
                    os.rename(inner.path, os.path.join(folder, f"{os.getpid()}-{next(numbers)}-{secrets.token_hex(8)}"))
                else:
                    os.unlink(inner.path)
            os.rmdir(entry.path)
    os.rmdir(folder)


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
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # in a user namespace that forbids it
            os.setgroups([])
        # Processes and threads are counted for each user: one user for all sandboxes, and one sandbox could use up what
        # the others need, or signal them.
        if _become(_FIRST_USER + secrets.randbelow(_USERS)):
            on.append(OWN_USER)
        else:
            _become(NOBODY)
    _call("capset", struct.pack("=Ii", 0x20080522, 0), bytes(24))
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return on + ([PLAIN_USER] if os.geteuid() != 0 else [])


# Landlock: bits of access to files, by the version of the interface that knows them.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
# Making devices, sockets and pipes is of no use to a student.
_MAKE_SPECIAL = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11


def _granted(paths, hidden):
    """Yield what of some paths may be read, and how, leaving out what is hidden; the names of that can be listed."""
    for path in paths:
        if path in hidden:
            continue
        above = any(each.startswith(path + os.sep) for each in hidden)
        yield path, _READ_DIR if above else _READ_FILE | _READ_DIR | _EXECUTE
        if above:
            with contextlib.suppress(OSError):
                yield from _granted([entry.path for entry in os.scandir(path)], hidden)


def _allow(ruleset, path, access):
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= _ON_FILES
        _syscall(445, ruleset, 1, struct.pack("=Qi", access, place), 0)
    finally:
        os.close(place)


def _landlock(readable, hidden, home):
    version = _libc.syscall(444, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << _FILE_BITS.get(version, 16)) - 1
    rules = struct.pack("QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    try:
        ruleset = _syscall(444, rules, size, 0)
        for path, access in [*_granted(readable, hidden), (home, handled & ~_MAKE_SPECIAL)]:
            if path.startswith("/dev/"):
                access = _READ_FILE | _WRITE_FILE
            # A path that this user cannot open is left out: that withholds a right, and the others stay withheld too.
            with contextlib.suppress(OSError):
                _allow(ruleset, path, access & handled)
        _syscall(446, ruleset, 0)
        os.close(ruleset)
    except OSError:
        return False
    return True
