"""Put submissions into ``classroom/submitted/``, each whole or not at all, and keep those that they replace.

A replaced submission is in ``classroom/earlier/ID/LESSON/TIME/``, where nbgrader doesn't look.
"""

import contextlib
import ctypes
import os
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.grading.files import digest_of_files
from autograder.grading.timestamps import NAME as TIMESTAMP
from autograder.grading.timestamps import read_timestamp

EARLIER = Path("classroom") / "earlier"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def timestamp_text(time):
    """Return the text of a ``timestamp.txt`` for a datetime with a time zone, as nbgrader reads it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n"


class Store:
    """The folders of one lesson's submissions.

    Parameters
    ----------
    folder : pathlib.Path
        Of the course.
    lesson : str
        The name of the lesson.
    submitted_path : callable
        Returns the folder of a student's submission.
    staging : pathlib.Path, optional
        An empty folder on the same file system; needed only where something is stored.
    """

    def __init__(self, folder, lesson, submitted_path, staging=None):
        self._folder, self._lesson = Path(folder), lesson
        self._submitted_path, self._staging = submitted_path, staging

    def current_digest(self, student):
        """Return the digest of a student's submission as it is, or None if there is none."""
        path = self._submitted_path(student)
        return digest_of_files(path, without={TIMESTAMP}) if path.is_dir() else None

    def place(self, student, contents, time, modified):
        """Make this the submission of a student, and keep the previous one.

        Parameters
        ----------
        student : str
            The id.
        contents : autograder.desk.submissions.Contents
            The files.
        time : datetime.datetime or None
            When it was handed in.
        modified : datetime.datetime
            The time that the files get if it isn't known when they were handed in.

        Returns
        -------
        (pathlib.Path or None, bool)
            Where the previous submission is kept, if there was one, and whether it is newly kept.
        """
        target = self._submitted_path(student)
        new = self._stage(contents, time, modified)
        if not target.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(new, target)
            return None, False
        kept = self._keep_current(student, target)
        _exchange(new, target)
        shutil.rmtree(new)
        return kept

    def write_time(self, student, time):
        """Correct when a student's submission was handed in, if that is known."""
        path = self._submitted_path(student) / TIMESTAMP
        text = timestamp_text(time)
        if path.is_symlink() or not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            aside = self._staging / TIMESTAMP
            aside.write_text(text, encoding="utf-8")
            os.replace(aside, path)

    def keep(self, student, contents, time, modified):
        """Keep an attempt that isn't the student's newest, unless it is kept already."""
        if not self._kept(student, contents.digest):
            self._move_to_earlier(student, self._stage(contents, time, modified), _label(time or modified))

    def _stage(self, contents, time, modified):
        """Write the files of a submission to the staging folder, all with the same time."""
        folder = self._staging / "new"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if time:
            (folder / TIMESTAMP).write_text(timestamp_text(time), encoding="utf-8")
        for name, content in contents.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        seconds = (time or modified).timestamp()
        for path in folder.rglob("*"):
            os.utime(path, (seconds, seconds))
        return folder

    def _keep_current(self, student, target):
        """Keep a copy of a student's submission; return where it is, and whether it is new."""
        kept = self._kept(student, self.current_digest(student))
        if kept:
            return kept, False
        text, _ = read_timestamp(target)
        label = re.sub(r"\D+", "-", text.partition(".")[0]).strip("-") if text else ""
        copy = self._staging / "old"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(target, copy, symlinks=True)
        return self._move_to_earlier(student, copy, label or _label(_newest(target))), True

    def _attempts(self, student):
        folder = self._folder / EARLIER / student / self._lesson
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _kept(self, student, digest):
        """Return where an earlier attempt with these files is kept, or None."""
        found = (each for each in self._attempts(student) if digest_of_files(each, without={TIMESTAMP}) == digest)
        return next(found, None)

    def is_put_back(self, student, digest):
        """Whether the submission is an earlier attempt in the place of the newest one, which has this digest."""
        current = self.current_digest(student)
        return current not in (None, digest) and self._kept(student, current) is not None

    def newest_until(self, student, moment, counts):
        """Return the newest earlier attempt that counts and is known to have been handed in by some time, or None."""
        times = {each: parse_utc(read_timestamp(each)[0]) for each in self._attempts(student)}
        until = moment.astimezone(UTC).replace(tzinfo=None)
        found = sorted((each for each, time in times.items() if time and time <= until), key=times.get, reverse=True)
        return next(filter(counts, found), None)

    def _move_to_earlier(self, student, staged, label):
        folder = self._folder / EARLIER / student / self._lesson
        folder.mkdir(parents=True, exist_ok=True)
        target, number = folder / label, 2
        while target.exists():
            target, number = folder / f"{label}-{number}", number + 1
        os.rename(staged, target)
        return target


def _label(moment):
    return f"{moment:%Y-%m-%d-%H-%M-%S}"


def _newest(folder):
    """Return when anything in a folder was changed last."""
    return datetime.fromtimestamp(max(path.lstat().st_mtime for path in [folder, *folder.rglob("*")]))


def _exchange(one, other):
    """Exchange two folders: atomically where the system can, otherwise by renaming, which leaves a short gap."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            rename = ctypes.CDLL(None, use_errno=True).renameat2
            if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
                return
    aside = one.with_name("replaced")
    shutil.rmtree(aside, ignore_errors=True)
    os.rename(other, aside)
    os.rename(one, other)
    os.rename(aside, one)
