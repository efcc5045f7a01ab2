"""What was graded, from what: so that only what changed is graded again, and nothing is left half written."""

import fcntl
import json
import os
import re
import shutil
from pathlib import Path

import autograder
import nblib
from autograder.grading.files import digest

GRADED, LOOK = "graded", "needs a look"
_LONGEST = 200


class Busy(Exception):
    """Somebody else is grading this lesson just now."""


def digest_of_packages(without=()):
    """Return a digest of every file of autograder and nblib: all of our own that can change a grade.

    Parameters
    ----------
    without : collection of str
        Modules and folders of ``autograder.exercises`` that are left out, by name without an ending.

    Returns
    -------
    str
    """
    parts = []
    for package in (autograder, nblib):
        folder = Path(package.__file__).parent
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if _is_source(name) and _place_of(name.parts, package) not in without and path.is_file():
                parts += [f"{package.__name__}/{name.as_posix()}".encode(), path.read_bytes()]
    return digest(parts)


def _is_source(name):
    """Whether a file is part of a package, and not left there by an editor or by Python."""
    return not any(part.startswith((".", "__pycache__")) or part.endswith(("~", ".pyc")) for part in name.parts)


def _place_of(parts, package):
    """Name the module or folder of ``autograder.exercises`` in which a file is; None for all other files."""
    if package is not autograder or len(parts) < 2 or parts[0] != "exercises":
        return None
    return parts[1].partition(".")[0]


def exercises_of_other_lessons(lesson, tests):
    """Name what of ``autograder.exercises`` decides no grade of a lesson.

    Parameters
    ----------
    lesson : str
        Name of the assignment.
    tests : str
        The text of its test cells, which name the exercises that they grade.

    Returns
    -------
    set of str
        Names for :func:`digest_of_packages`; empty if no exercise of the lesson is found.
    """
    from autograder.exercises import EXERCISES  # here: see autograder.check

    mentioned = set(re.findall(r"\w+", tests))
    places, wanted = set(), set()
    for exercise in EXERCISES.values():
        modules = (exercise.reference.__module__, exercise.probes.__module__)
        where = {name.split(".")[2] for name in modules if name.startswith("autograder.exercises.")}
        places |= where
        if exercise.lesson == lesson or exercise.name in mentioned:
            wanted |= where
    return places - _with_what_they_import(wanted, places) if wanted else set()


def _with_what_they_import(wanted, places):
    """Add the lessons whose names stand anywhere in the files of those that are wanted."""
    folder, done = Path(autograder.__file__).parent / "exercises", set()
    while wanted - done:
        place = min(wanted - done)
        done.add(place)
        for path in [folder / f"{place}.py", *(folder / place).rglob("*.py")]:
            if path.is_file():
                wanted = wanted | places & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return wanted


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
