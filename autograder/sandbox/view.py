"""The files that the grader's processes see: the interpreter and the packages, and nothing of a course."""

import contextlib
import glob
import importlib.util
import os
import platform
import shutil
import stat
import struct
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from autograder.sandbox.protections import FILES, NETWORK, USER
from autograder.sandbox.system import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWUSER,
    NEWUTS,
    call,
    mount,
    syscall,
)

_MNT_DETACH, _AT_FDCWD, _AT_RECURSIVE = 2, -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
# The directory of a sandbox, inside the view.
HOME = "/sandbox"
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(platform.machine(), -1)


# Folders among the system's libraries that no lesson needs: settings of programs, which may hold passwords, sources of
# programs, and what students hand in where nbgrader's exchange has its default place.
PRIVATE = ("/usr/local/etc", "/usr/local/src", "/usr/src", "/usr/local/share/nbgrader")


def out_of_reach(protections):
    """Return the folders, outermost first, that only root may enter and that a sandbox would need to enter.

    Parameters
    ----------
    protections : iterable of str
        The protections that are on.
    """
    if os.geteuid() != 0 or FILES in protections:
        return []  # it has the same user, or a view with new folders
    folders = {folder for path in readable_paths() for folder in Path(path).resolve().parents}
    return sorted(folder for folder in folders if not folder.stat().st_mode & stat.S_IXOTH)


def package(name):
    """Return the folder of an installed package."""
    return os.path.dirname(os.path.realpath(importlib.util.find_spec(name).origin))


def readable_paths():
    """Return the paths that a sandbox may read: the interpreter, the packages, and the system's libraries."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    # Other folders with installed packages; a folder that is only on the path may contain anything.
    paths |= {os.path.abspath(path) for path in sys.path if glob.glob("*.dist-info", root_dir=path)}
    paths |= {package("nblib")}
    paths |= {"/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"}
    paths |= {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}
    return sorted(path for path in paths if os.path.exists(path) and path != "/")


def hidden_paths(folders):
    """Return the paths inside readable ones that a sandbox may not read: the checks, and the folders of a course.

    They are returned under every name by which they can be reached.
    """
    paths = set()
    for hidden in {package("autograder"), *map(os.path.realpath, [*folders, *filter(os.path.isdir, PRIVATE)])}:
        for path in readable_paths():
            inside = os.path.relpath(hidden, os.path.realpath(path))
            if inside.partition(os.sep)[0] != os.pardir:
                paths.add(os.path.normpath(os.path.join(path, inside)))
    return sorted(paths)


# Root needs these inside bubblewrap for the two steps of isolation.py; a sandbox gives up all of them.
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL")


def bubblewrap():
    """Return the beginning of a command line that runs in bubblewrap, or an empty list if that isn't available."""
    program = shutil.which("bwrap")
    if program is None:
        return []
    command = [program, "--die-with-parent", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-pid"]
    if os.geteuid() == 0:
        command += [word for capability in _CAPABILITIES for word in ("--cap-add", capability)]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/"]
    command += ["--setenv", "IPYTHONDIR", "/tmp/ipython"]
    for path in sorted({*readable_paths(), package("autograder")}):
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif not path.startswith("/dev/"):
            command += ["--ro-bind", path, path]
    # Matplotlib caches its list of fonts here, because creating it takes seconds.  No sandbox sees it.
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    fonts = os.environ.get("MPLCONFIGDIR") or os.path.join(caches, "matplotlib")
    with contextlib.suppress(OSError):
        os.makedirs(fonts, exist_ok=True)
        command += ["--bind", fonts, fonts]
    works = (
        subprocess.run([*command, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
    )
    return command if works else []


def enter_view(readable, hidden):
    """Leave the machine's files and network, as far as the kernel permits.

    Parameters
    ----------
    readable : list of str
        Paths that stay, read-only.
    hidden : list of str
        Folders below them that become empty.

    Returns
    -------
    list of str
        The protections that are on.
    """
    on = []
    as_root = os.geteuid() == 0
    uid, gid = os.getuid(), os.getgid()
    try:
        call("unshare", (0 if as_root else NEWUSER) | NEWNS | NEWIPC | NEWUTS)
    except OSError:
        return on
    if not as_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        on.append(USER)
    try:
        call("unshare", NEWNET)
        on.append(NETWORK)
    except OSError:
        pass  # seccomp still forbids sockets
    # A mount point, which stays empty outside this namespace and can be used again.
    root = os.path.join(tempfile.gettempdir(), f"autograder-view-{uid}")
    os.makedirs(root, mode=0o700, exist_ok=True)
    try:
        _build_view(root, readable, hidden)
        on.append(FILES)
    except OSError:
        pass  # Landlock still guards the files
    return on


def _build_view(root, readable, hidden):
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m")
    for path in sorted({*readable, *hidden}):
        target = root + path
        if path in hidden:
            os.makedirs(target, exist_ok=True)
            mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64k")
            continue
        if os.path.islink(path) and path in ("/lib", "/lib64", "/bin"):
            os.symlink(os.readlink(path), target)
            continue
        if os.path.lexists(target):
            continue  # inside another readable path
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        mount(path, target, None, MS_BIND | MS_REC)
        device = path.startswith("/dev/")
        _set_attributes(target, _ATTR_NOSUID if device else _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)
    for path in hidden:
        _set_attributes(root + path, _ATTR_RDONLY, recursive=False)
    for folder in (HOME, "/.old"):
        os.makedirs(root + folder)
    syscall(_PIVOT_ROOT, os.fsencode(root), os.fsencode(root + "/.old"))
    os.chdir("/")
    call("umount2", b"/.old", _MNT_DETACH)
    os.rmdir("/.old")
    _set_attributes("/", _ATTR_RDONLY, recursive=False)


def _set_attributes(path, attributes, recursive=True):
    flags = struct.pack("QQQQ", attributes, 0, 0, 0)
    syscall(442, _AT_FDCWD, os.fsencode(path), _AT_RECURSIVE if recursive else 0, flags, len(flags))
