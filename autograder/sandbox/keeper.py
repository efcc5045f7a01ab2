"""The process outside a sandbox that ends it, and removes what it leaves behind."""

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
    """Give the next child of this process its own process namespace, mounts and shared memory."""
    with contextlib.suppress(OSError):  # seccomp refuses shared memory anyway
        call("unshare", NEWIPC)
    try:
        call("unshare", NEWPID | NEWNS)
        return [PROCESSES]
    except OSError:
        return []


class Keeper:
    """The work of the process that starts a sandbox, until nothing of the sandbox is left.

    When the parent ends, the keeper ends the sandbox and removes its directory before it exits.

    Parameters
    ----------
    on : list of str
        The protections that are already on.
    parent : int
        The :func:`this_process` of the parent.

    Attributes
    ----------
    on : list of str
        The protections that are on now.
    handle : int
        The :func:`this_process` of the keeper.
    home : str or None
        A directory for the sandbox, if it can't mount its own.
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
            with contextlib.suppress(OSError):  # then the sandbox exits, which the judge notices
                self.home, self._lock = _new_directory()

    def keep(self, sandbox, leash, file_bytes):
        """Wait until the sandbox has ended or should end, and remove all that is left of it.

        Parameters
        ----------
        sandbox : int
            The number of its first process, a child of this one.
        leash : socket.socket
            To the judge, which closes it when the sandbox should end.
        file_bytes : int
            The limit for its directory, if it isn't a mount with its own limit.

        Returns
        -------
        (int, float)
            Its exit status, and the seconds of processor time that it has used.
        """
        self._sandbox = sandbox
        ended = os.pidfd_open(sandbox)
        while not select.select([ended, leash], [], [], _POLL_SECONDS if self.home else None)[0]:
            if not _has_room_for(self.home, file_bytes):
                _, seconds = self._finish()
                return 0, seconds  # as if it had not been killed, so that the judge doesn't try again
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


# Directories for sandboxes that can't mount one.  Each is locked by its keeper, as long as the keeper lives.
_DIRECTORY = "autograder-sandbox-"
# How often a keeper measures the directory, and the space that even an empty file takes.
_POLL_SECONDS, _MIN_FILE = 0.5, 4096


def _temporary_folder():
    """Return the folder for temporary files, or /tmp if only root may enter it."""
    place = tempfile.gettempdir()
    folders = [Path(place).resolve(), *Path(place).resolve().parents]
    closed = os.geteuid() == 0 and not all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    return "/tmp" if closed else place


def _new_directory():
    """Create a directory; return it, and a descriptor that holds its lock."""
    while True:
        home = tempfile.mkdtemp(prefix=_DIRECTORY, dir=_temporary_folder())
        with contextlib.suppress(FileNotFoundError):  # removed by another grader before it was locked
            lock = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.chmod(home, 0o777 if os.geteuid() == 0 else 0o700)
            return home, lock


def _has_room_for(folder, max_bytes):
    """Whether the contents of a directory fit into max_bytes; if it's too deep to be read, they don't."""
    waiting = [folder]
    while waiting:
        try:
            # One by one, because there may be any number of names.
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):  # removed in the meantime
                        max_bytes -= max(512 * entry.stat(follow_symlinks=False).st_blocks, _MIN_FILE)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if max_bytes < 0:
                        return False
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def _sweep():
    """Remove the directories of keepers that were killed."""
    with contextlib.suppress(OSError), os.scandir(_temporary_folder()) as entries:
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
    """Remove an unused directory, however deeply a student has nested it, and whatever its permissions are."""
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
                    # Moving it one level up keeps the paths short, and needs no recursion.
                    os.chmod(inner.path, 0o700)
                    os.rename(inner.path, os.path.join(folder, f"{os.getpid()}-{next(numbers)}-{secrets.token_hex(8)}"))
                else:
                    os.unlink(inner.path)
            os.rmdir(entry.path)
    os.rmdir(folder)
