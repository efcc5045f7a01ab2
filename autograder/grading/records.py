"""What was graded, from what: so that only what changed is graded again, and nothing is left half written."""

import fcntl
import json
import os
import shutil
import sys
from pathlib import Path

import autograder
import nblib
from autograder.grading.files import digest

GRADED, LOOK = "graded", "needs a look"
_LONGEST = 200


class Busy(Exception):
    """Somebody else is grading this lesson just now."""


def digest_of_checks(settings, lesson):
    """Return a digest of all that decides a grade beside the submission and the source.

    Parameters
    ----------
    settings : autograder.grading.settings.Grading
        Of the course.
    lesson : str
        Whose exercises count; a change of those of other lessons changes nothing here.

    Returns
    -------
    str
    """
    from autograder.exercises import EXERCISES  # here: see autograder.check

    modules = {each.probes.__module__ for each in EXERCISES.values() if each.lesson == lesson}
    paths = {Path(sys.modules[name].__file__) for name in modules}
    for package in (autograder, nblib):
        paths |= set(Path(package.__file__).parent.glob("*.py"))
    parts = [repr(sorted(settings.trait_values(config=True).items())).encode()]
    return digest(parts + [path.read_bytes() for path in sorted(paths)])


class Records:
    """The records of one lesson, one small file a student, and a place beside them for what is not finished.

    Parameters
    ----------
    folder : pathlib.Path
        On the file system of the graded notebooks, so that a move is one step.
    lesson : str
        Name of the assignment.
    """

    def __init__(self, folder, lesson):
        self._folder = Path(folder) / lesson
        self.staging = self._folder / "unfinished"
        self._lock = None

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Busy from None
        self.clear_staging()
        return self

    def __exit__(self, *_):
        self.clear_staging()
        self._lock.close()

    def clear_staging(self):
        """Remove what an earlier run left unfinished."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def _file(self, student):
        # The name of a folder can be so long that with an ending it is none.
        name = os.fsencode(student)
        return self._folder / f"{digest([name]) if len(name) > _LONGEST else student}.json"

    def read(self, student):
        """Return the record of a student, or None."""
        try:
            return json.loads(self._file(student).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, student, record):
        """Write the record of a student: whole, or not at all."""
        path = self._file(student)
        aside = self.staging / path.name
        with aside.open("w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)

    def forget(self, student):
        """Remove the record of a student, before anything is changed of which it speaks."""
        self._file(student).unlink(missing_ok=True)


def move_folder(source, target):
    """Put a finished folder in the place of an older one.

    Parameters
    ----------
    source, target : pathlib.Path
        On one file system.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = source.parent / f"{source.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    os.rename(source, target)
    shutil.rmtree(old, ignore_errors=True)
