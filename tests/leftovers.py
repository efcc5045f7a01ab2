"""Looks at the end of a test run for processes and folders that it has left, and fails the run if there are any.

A process whose parent has ended becomes a child of the test run itself, so that none is lost sight of.
"""

import contextlib
import ctypes
import fcntl
import os
import tempfile
import time
from pathlib import Path

import psutil
import pytest

_SET_CHILD_SUBREAPER = 36
# Of what was told to end just before; what is left after it is left for good.
_PATIENCE = 30

_before = set()
_left = []


def _folders():
    return set(Path(tempfile.gettempdir()).glob("autograder-sandbox-*"))


def _held(folder):
    """Whether a grader is at work in it, which is then somebody else's: the run's own processes have ended."""
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(place)
    return False


def _abandoned():
    """Return new folders that nobody holds; a grader of another run may be just about to hold or to remove one."""
    end = time.monotonic() + _PATIENCE
    while (found := [path for path in _folders() - _before if not _held(path)]) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _processes():
    """Return all processes below this one, but those that have ended and only wait for it to ask."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return [each for each in psutil.Process().children(recursive=True) if each.status() != psutil.STATUS_ZOMBIE]


def _told(process):
    with contextlib.suppress(psutil.Error):
        return f"process {process.pid}: {' '.join(process.cmdline())[-300:]}"
    return f"process {process.pid}"


def pytest_sessionstart():
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _before.update(_folders())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    with contextlib.suppress(psutil.Error):
        psutil.wait_procs(_processes(), timeout=_PATIENCE)
    with contextlib.suppress(psutil.Error):
        _left.extend(_told(each) for each in _processes())
    _left.extend(f"folder {path}" for path in _abandoned())
    if _left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure():
    if _left:
        print("The tests left behind, which is a fault of theirs or of the grader:", *_left, sep="\n  ")
