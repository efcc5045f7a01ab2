"""What keeps a submission in: bubblewrap, namespaces, Landlock, seccomp and limits, as far as they can be had.

Where bubblewrap is installed, the process from which all others come is started in it.  Two steps follow, with
bubblewrap and without.  ``enter_view`` is taken by the process from which sandboxes come: from then on it sees the
interpreter and the packages, read-only, and no network.  ``confine`` is taken by each sandbox: processes of its own, an
empty directory of its own, no privileges, limits.  Each step says what it could do.
"""

import contextlib
import ctypes
import errno
import importlib.util
import os
import platform
import resource
import secrets
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

BUBBLEWRAP = "bubblewrap"
NOBODY = 65534
_FIRST_USER, _USERS = 2**30, 2**29
HOME = "/sandbox"

USER, FILES, NETWORK, PROCESSES = "user namespace", "mount namespace", "network namespace", "process namespace"
PLAIN_USER, LANDLOCK, SECCOMP, LIMITS = "unprivileged user", "Landlock", "seccomp", "limits"

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_MNT_DETACH, _AT_FDCWD, _AT_RECURSIVE = 2, -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38

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


def missing(protections):
    """Say what is not protected.

    Parameters
    ----------
    protections : iterable of str
        The means that are on.

    Returns
    -------
    list of str
        Empty if nothing is missing.
    """
    on = set(protections)
    needs = {
        # Inside of bubblewrap alone, one submission could still read what another one writes.
        "other files can be read": {FILES, LANDLOCK},
        "the network can be reached": {BUBBLEWRAP, NETWORK, SECCOMP},
        "other processes can be reached": {PROCESSES, SECCOMP},
        "memory and time are not limited": {LIMITS},
    }
    return [danger for danger, means in needs.items() if not on & means]


def _package(name):
    return os.path.dirname(os.path.realpath(importlib.util.find_spec(name).origin))


def readable_paths():
    """Return what a sandbox may read: the interpreter, the packages, and the libraries of the system."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    paths |= {_package("nblib"), *map(os.path.abspath, sys.path)}
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


def die_with_parent():
    """Have the kernel kill this process when the one that started it ends, however it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


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


def own_processes():
    """Give the next child of this process a process namespace of its own, and mounts of its own.

    Returns
    -------
    list of str
        The means that are on.
    """
    try:
        _call("unshare", _NEWPID | _NEWNS)
        return [PROCESSES]
    except OSError:
        return []


def confine(limits, readable, hidden, own_files, viewed):
    """Give up everything but an empty directory: the last step before a student's code runs.

    Parameters
    ----------
    limits : Limits
        Set for good.
    readable, hidden : list of str
        As for :func:`enter_view`.
    own_files : dict of str to bytes
        The submission's own files, put into the directory.
    viewed : bool
        Whether :func:`enter_view` could show the readable files alone.

    Returns
    -------
    list of str
        The means that are on.
    """
    on = []
    home = _own_directory(limits, len(own_files))
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
    if _drop_privileges():
        on.append(PLAIN_USER)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Where a view hides it already, Landlock need not look at every folder around it.
    if _landlock(readable, () if viewed else hidden, home):
        on.append(LANDLOCK)
    if _seccomp(limits.processes > 0):
        on.append(SECCOMP)
    return on


def _own_directory(limits, files):
    try:
        # A file may bring a folder of its own with it.
        options = f"mode=777,size={limits.file_bytes},nr_inodes={4096 + 4 * files}"
        _mount("tmpfs", HOME, "tmpfs", _MS_NOSUID | _MS_NODEV, options)
        return HOME
    except OSError:
        home = tempfile.mkdtemp(prefix="autograder-sandbox-")
        os.chmod(home, 0o777 if os.geteuid() == 0 else 0o700)
        return home


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
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            # Processes and threads are counted for each user: one user for all sandboxes, and one sandbox could use up
            # what the others need.
            _become(_FIRST_USER + secrets.randbelow(_USERS)) or _become(NOBODY)
        else:
            for capability in range(64):
                _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
            header = struct.pack("=Ii", 0x20080522, 0)
            _call("capset", header, bytes(24))
        _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except OSError:
        return False
    return os.geteuid() != 0


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
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            if not stat.S_ISDIR(os.fstat(place).st_mode):
                access &= _ON_FILES & handled
            _syscall(445, ruleset, 1, struct.pack("=Qi", access, place), 0)
            os.close(place)
        _syscall(446, ruleset, 0)
        os.close(ruleset)
    except OSError:
        return False
    return True


# Numbers of system calls that no student needs, by machine.
_GENERIC = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsmount": 432,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
}
_X86_64 = {
    "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "accept4": 288,
    "ptrace": 101, "personality": 135, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "settimeofday": 164,
    "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "init_module": 175,
    "delete_module": 176, "tkill": 200, "clock_settime": 227, "kexec_load": 246, "add_key": 248, "request_key": 249,
    "keyctl": 250, "unshare": 272, "perf_event_open": 298, "name_to_handle_at": 303, "open_by_handle_at": 304,
    "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313, "bpf": 321,
    "userfaultfd": 323, "kexec_file_load": 320, "clock_adjtime": 305,
}  # fmt: skip
_AARCH64 = {
    "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "personality": 92, "unshare": 97, "kexec_load": 104,
    "init_module": 105, "delete_module": 106, "clock_settime": 112, "ptrace": 117, "tkill": 130, "reboot": 142,
    "settimeofday": 170, "adjtimex": 171, "socket": 198, "bind": 200, "listen": 201, "accept": 202, "connect": 203,
    "add_key": 217, "request_key": 218, "keyctl": 219, "swapon": 224, "swapoff": 225, "perf_event_open": 241,
    "accept4": 242, "name_to_handle_at": 264, "open_by_handle_at": 265, "clock_adjtime": 266, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "userfaultfd": 282,
    "kexec_file_load": 294,
}  # fmt: skip
_STARTING = {
    "x86_64": {"clone": 56, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "kill": 62, "tgkill": 234},
    "aarch64": {"clone": 220, "execve": 221, "execveat": 281, "kill": 129, "tgkill": 131},
}
_MACHINES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
_NUMBERS = _GENERIC | _MACHINES.get(platform.machine(), (0, {}))[1]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x50000


def _seccomp(may_start_processes):
    if platform.machine() not in _MACHINES:
        return False
    program = b"".join(struct.pack("HBBI", *step) for step in _filter(may_start_processes))
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    # 22, 2: PR_SET_SECCOMP with a filter; it holds for every thread, as there is only one.
    return _libc.prctl(22, 2, head, 0, 0) == 0


def _filter(may_start_processes):
    """Build the filter: steps of (operation, jump if true, jump if false, operand)."""
    machine, numbers = _MACHINES[platform.machine()]
    starting = _STARTING[platform.machine()]
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, 0x40000000),  # the x32 interface has other numbers for the same calls
        (_RETURN, 0, 0, _KILL),
        # glibc falls back to clone, whose flags a filter can see.
        (_EQUAL, 0, 1, 435),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for number in (*_GENERIC.values(), *numbers.values()):
        steps += [(_EQUAL, 0, 1, number), refuse]
    for name in ("kill", "tgkill"):  # signals to itself only
        steps += [(_EQUAL, 0, 4, starting[name]), (_LOAD, 0, 0, 16), (_EQUAL, 1, 0, os.getpid()), refuse]
        steps += [(_RETURN, 0, 0, _ALLOW)]
    if not may_start_processes:
        for name in ("fork", "vfork", "execve", "execveat"):
            if name in starting:
                steps += [(_EQUAL, 0, 1, starting[name]), refuse]
        steps += [(_EQUAL, 0, 3, starting["clone"]), (_LOAD, 0, 0, 16), (_ANY_BIT, 1, 0, 0x10000), refuse]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]
