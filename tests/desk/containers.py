"""An imitation of the containers in which other graders run: a small file system, root, and what Docker leaves to it.

In there are the system's programs and libraries, Python, and the folders that the grader mounts. Namespaces and mounts
are refused, and root has Docker's default capabilities. There may be no network, and a limit on memory.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.conftest import until
from tests.sandbox import places

_SYSTEM = ("bin", "etc", "lib", "lib32", "lib64", "opt", "sbin", "usr")
_LEFT_OUT = ("backpropagation_workbook", "__editable__", "pip")  # the last is what a new environment brings itself
_CGROUPS = Path("/sys/fs/cgroup")


class Container:
    """What is mounted into a container, and how to run a command in it.

    Parameters
    ----------
    mounts : dict of str to pathlib.Path
        The folders in it that may be written to, and where they really are.
    programs : pathlib.Path
        Programs that come first on its PATH.
    memory : int
        Bytes that all of its processes may use together.
    """

    def __init__(self, mounts, programs, memory):
        self.mounts, self.programs, self.memory = mounts, programs, memory

    def run(self, *command, network=False):
        """Run a command as the container's first process, and return what became of it."""
        python = Path(sys.base_prefix).resolve()
        words = ["bwrap", "--die-with-parent", "--cap-add", "ALL", "--unshare-pid", "--unshare-ipc", "--clearenv"]
        words += [] if network else ["--unshare-net"]
        for name in _SYSTEM:
            path = Path("/", name)
            if path.is_symlink():
                words += ["--symlink", os.readlink(path), path]
            elif path.is_dir():
                words += ["--ro-bind", path, path]
        # Folders above others are made by bubblewrap as well, but so that only root may enter them.
        for folder in sorted({above for each in (python, *map(Path, self.mounts)) for above in each.parents}):
            if folder != Path("/") and not folder.is_relative_to("/usr"):
                words += ["--perms", "755", "--dir", folder]
        words += ["--ro-bind", python, python]
        words += [
            "--ro-bind",
            places.__file__,
            "/image/tests/sandbox/places.py",
            "--ro-bind",
            self.programs,
            "/programs",
        ]
        words += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
        for inside, outside in self.mounts.items():
            words += ["--bind", outside, inside]
        for name, value in {
            "PATH": f"/programs:{python}/bin:/usr/bin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }.items():
            words += ["--setenv", name, value]
        words += [f"{python}/bin/python3", "/image/tests/sandbox/places.py", "--container", *command]
        with _limited(self.memory) as enter:
            return subprocess.run(
                [*enter, *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600
            )


@contextlib.contextmanager
def _limited(memory):
    """Limit the memory of a command by a control group; yield the words that go before it, none where that can't be."""
    old, new = _CGROUPS / "memory" / "memory.limit_in_bytes", _CGROUPS / "cgroup.subtree_control"
    if old.exists():
        group, limit = _CGROUPS / "memory" / f"container-{os.getpid()}", "memory.limit_in_bytes"
    elif new.exists() and "memory" in new.read_text().split():
        group, limit = _CGROUPS / f"container-{os.getpid()}", "memory.max"
    else:
        yield []
        return
    group.mkdir()
    try:
        (group / limit).write_text(str(memory))
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
    finally:
        until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def put_packages(environment):
    """Put this environment's packages into another one, all but the course's own, without copying where possible."""
    here = Path(sysconfig.get_path("purelib"))
    target = environment / here.relative_to(sys.prefix)

    def left_out(_, names):
        return [name for name in names if name.startswith(_LEFT_OUT) or name == "__pycache__"]

    shutil.copytree(here, target, ignore=left_out, copy_function=_linked, symlinks=True)


def _linked(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
