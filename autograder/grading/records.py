"""Keep a record of what each grade was computed from, so that only what has changed is graded again."""

import fcntl
import json
import os
import re
import shutil
from pathlib import Path

import autograder
import nblib
from autograder.grading.files import digest

# A file name with more bytes than this may be too long once an extension is added.
_MAX_NAME = 200


class Busy(Exception):
    """Another process is grading this lesson."""


def digest_of_packages(without=()):
    """Return a digest of the files of autograder and nblib, any of which can change a grade.

    Parameters
    ----------
    without : collection of str
        Modules and folders of ``autograder.exercises`` to leave out, by name without the extension.

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
    """Whether a file belongs to a package, rather than being left there by an editor or by Python."""
    return not any(part.startswith((".", "__pycache__")) or part.endswith(("~", ".pyc")) for part in name.parts)


def _place_of(parts, package):
    """Return the module or folder of ``autograder.exercises`` that a file belongs to, or None."""
    if package is not autograder or len(parts) < 2 or parts[0] != "exercises":
        return None
    return parts[1].partition(".")[0]


def exercises_of_other_lessons(lesson, tests):
    """Return the parts of ``autograder.exercises`` that cannot change a grade of a lesson.

    Parameters
    ----------
    lesson : str
        The name of the assignment.
    tests : str
        The text of its test cells, which name the exercises that they grade.

    Returns
    -------
    set of str
        The names to pass to :func:`digest_of_packages`; empty if no exercise of the lesson is found.
    """
    from autograder.exercises import EXERCISES  # here: see autograder.check

    mentioned = set(re.findall(r"\w+", tests))
    places, needed = set(), set()
    for exercise in EXERCISES.values():
        modules = (exercise.reference.__module__, exercise.probes.__module__)
        own = {name.split(".")[2] for name in modules if name.startswith("autograder.exercises.")}
        places |= own
        if exercise.lesson == lesson or exercise.name in mentioned:
            needed |= own
    return places - _with_imports(needed, places) if needed else set()


def _with_imports(needed, places):
    """Add every place whose name occurs in the files of a needed one, which may import it."""
    folder, done = Path(autograder.__file__).parent / "exercises", set()
    while needed - done:
        place = min(needed - done)
        done.add(place)
        for path in [folder / f"{place}.py", *(folder / place).rglob("*.py")]:
            if path.is_file():
                needed = needed | places & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return needed


def records_folder(directory):
    """Return the folder with the records of all lessons of a course, which nbgrader's CourseDirectory describes."""
    return (Path(directory.root) / directory.autograded_directory).parent / ".autograder"


class Records:
    """The records of one lesson, one small file per student, and a staging folder for unfinished work.

    As a context manager it locks the lesson, and raises :class:`Busy` if another process has locked it.

    Parameters
    ----------
    folder : pathlib.Path
        On the same file system as the graded notebooks, so that moving a folder is atomic.
    lesson : str
        The name of the assignment.
    """

    def __init__(self, folder, lesson):
        self._folder = Path(folder) / lesson
        self.staging = self._folder / "unfinished"

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Busy from None
        self._clear_staging()
        return self

    def __exit__(self, *_):
        self._clear_staging()
        self._lock.close()

    def _clear_staging(self):
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def file(self, student):
        """Return the path of the record of a student."""
        name = os.fsencode(student)
        return self._folder / f"{digest([name]) if len(name) > _MAX_NAME else student}.json"

    def exist(self):
        """Whether anything was graded before."""
        return any(self._folder.glob("*.json"))

    def read(self, student):
        """Return the record of a student, or None."""
        try:
            return json.loads(self.file(student).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, student, record):
        """Write the record of a student atomically."""
        path = self.file(student)
        aside = self.staging / path.name
        with aside.open("w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)

    def forget(self, student):
        """Remove the record of a student; done before anything that it describes is changed."""
        self.file(student).unlink(missing_ok=True)


def move_folder(source, target):
    """Move a finished folder to its place on the same file system, replacing an older one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = source.parent / f"{source.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    os.rename(source, target)
    shutil.rmtree(old, ignore_errors=True)
