"""The files that the processes of the grader see: the interpreter and the packages, and nothing of a course."""

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
# Where a sandbox has its own directory, inside of the view.
HOME = "/sandbox"
_NUMBERS = {"pivot_root": {"x86_64": 155, "aarch64": 41}.get(platform.machine(), -1)}


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


def package(name):
    """Return the folder of an installed package."""
    return os.path.dirname(os.path.realpath(importlib.util.find_spec(name).origin))


def readable_paths():
    """Return what a sandbox may read: the interpreter, the packages, and the libraries of the system."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    # Wherever else packages are installed; a folder that is only on the path may hold anything.
    paths |= {os.path.abspath(path) for path in sys.path if glob.glob("*.dist-info", root_dir=path)}
    paths |= {package("nblib")}
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
    for hidden in {package("autograder"), *map(os.path.realpath, folders)}:
        for path in readable_paths():
            inside = os.path.relpath(hidden, os.path.realpath(path))
            if inside.partition(os.sep)[0] != os.pardir:
                found.add(os.path.normpath(os.path.join(path, inside)))
    return sorted(found)


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
    for path in sorted({*readable_paths(), package("autograder")}):
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
            continue  # inside a path that is there already
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
    syscall(_NUMBERS["pivot_root"], os.fsencode(root), os.fsencode(root + "/.old"))
    os.chdir("/")
    call("umount2", b"/.old", _MNT_DETACH)
    os.rmdir("/.old")
    _set_attributes("/", _ATTR_RDONLY, recursive=False)


def _set_attributes(path, attributes, recursive=True):
    flags = struct.pack("QQQQ", attributes, 0, 0, 0)
    syscall(442, _AT_FDCWD, os.fsencode(path), _AT_RECURSIVE if recursive else 0, flags, len(flags))
