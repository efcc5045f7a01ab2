"""What keeps a sandbox from outside: it ends it, and removes what it leaves."""

import contextlib
import fcntl
import itertools
import os
import secrets
import select
import signal
import stat
import tempfile
from pathlib import Path

from autograder.sandbox.protections import FILES, PROCESSES
from autograder.sandbox.system import NEWIPC, NEWNS, NEWPID, call, die_with_parent, this_process


def _own_processes():
    """Give the next child of this process a process namespace of its own, and mounts and shared memory of its own."""
    with contextlib.suppress(OSError):  # not every kernel has it, and seccomp refuses what it is about
        call("unshare", NEWIPC)
    try:
        call("unshare", NEWPID | NEWNS)
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
