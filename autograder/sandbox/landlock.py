"""Landlock: restrict the files that a process may read and write, for good."""

import contextlib
import os
import stat
import struct

from autograder.sandbox.system import libc, syscall

# The number of access rights, by the version of the interface.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
# Creating devices, sockets and pipes, for which no student has a use.
_MAKE_SPECIAL = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11


def _granted(paths, hidden):
    """Yield readable paths and their access rights without the hidden ones, whose names can still be listed."""
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
        syscall(445, ruleset, 1, struct.pack("=Qi", access, place), 0)
    finally:
        os.close(place)


def restrict(readable, hidden, home):
    """Give up access to all other files, for good.

    Parameters
    ----------
    readable, hidden : list of str
        Paths that can be read, and folders inside them that can't.
    home : str
        The only directory that can be written to.

    Returns
    -------
    bool
        Whether the kernel has Landlock.
    """
    version = libc.syscall(444, None, 0, 1)
    if version < 1:
        return False
    handled = (1 << _FILE_BITS.get(version, 16)) - 1
    rules = struct.pack("QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    try:
        ruleset = syscall(444, rules, size, 0)
        for path, access in [*_granted(readable, hidden), (home, handled & ~_MAKE_SPECIAL)]:
            if path.startswith("/dev/"):
                access = _READ_FILE | _WRITE_FILE
            # A path that this user can't open is left out, which only withholds rights.
            with contextlib.suppress(OSError):
                _allow(ruleset, path, access & handled)
        syscall(446, ruleset, 0)
        os.close(ruleset)
    except OSError:
        return False
    return True
