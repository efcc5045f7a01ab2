"""Landlock, tried in a child, as it holds for good."""

import ctypes
import errno
import os
import tempfile

from autograder.sandbox import landlock


def test_a_path_that_cannot_be_opened_is_left_out(monkeypatch):
    """Landlock is not given up for it; tried in a child, as it holds for good."""
    child = os.fork()
    if child == 0:
        try:
            ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
            real = os.open

            def refusing(path, *args, **options):
                if path == "/usr/lib":
                    raise PermissionError(errno.EACCES, "closed", path)
                return real(path, *args, **options)

            os.open = refusing
            on = landlock.restrict(["/nowhere", "/usr/lib", "/usr/share"], [], tempfile.gettempdir())
            os.listdir("/usr/share")
            try:
                os.listdir("/usr/lib")
            except PermissionError:
                os._exit(0 if on else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
