"""What was collected from a learning platform: a small record for each student and lesson, beside the submissions.

nbgrader decides what may lie in ``classroom/submitted/ID/LESSON/``, so the record of a submission is kept elsewhere, in
``classroom/collected/LESSON/ID.json``.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from autograder.desk.store import Store
from autograder.grading.opening import GradingError

PLACE = Path("classroom") / "collected"


class CollectedError(GradingError):
    """A record that cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Collected:
    """Where the current submission of one student for one lesson came from.

    Attributes
    ----------
    id : str
        The student's id in the roster, and the name of the folder in ``classroom/submitted/``.
    platform : str
        ``"moodle"``, ``"canvas"``, ``"blackboard"`` or ``"folder"``.
    name : str
        What the platform called the submission in its download. For Moodle that is the name of the folder, such as
        ``"Ada Lovelace_12345_assignsubmission_file_"``. For Canvas it is the name of the notebook's file, such as
        ``"lovelaceada_LATE_1001_2002_03-delta-recursion-1.ipynb"``. For Blackboard it is what all files of the attempt
        start with, such as ``"Lesson 3_alovelace_attempt_2026-11-03-14-05-09"``. For a folder it is the folder's name.
    platform_id : str
        What the platform calls the student, as in the roster's ``moodle_id``, ``canvas_id`` or ``blackboard_id``.
    time : str
        When it was handed in, in ISO format, as in ``timestamp.txt``; empty if the platform doesn't say.
    late : bool
        Whether the platform says that it was late. False also where the platform doesn't say.
    order : str
        Sorts the attempts of one student: the newest is the largest.
    digest : str
        Of the names and contents of the files as they were collected.
    other_lesson : bool
        Whether it is the notebook of another lesson, which anything else replaces.
    """

    id: str
    platform: str
    name: str
    platform_id: str = ""
    time: str = ""
    late: bool = False
    order: str = ""
    digest: str = ""
    other_lesson: bool = False

    @property
    def moment(self):
        """The time as a datetime with its time zone, or None if it isn't known."""
        return datetime.fromisoformat(self.time) if self.time else None


_TYPES = {field.name: field.type for field in fields(Collected)}


def read_collected(course, lesson):
    """Read where the submissions of a lesson came from.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    lesson : str
        The name of the lesson.

    Returns
    -------
    dict of str to Collected
        By id of the student; without those whose submission was put into ``classroom/submitted/`` by hand.

    Raises
    ------
    CollectedError
        If one of the records cannot be read.
    """
    folder = Path(course) / PLACE / lesson
    records = [_read(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    return {record.id: record for record in records}


def _read(path):
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = {name: values[name] for name in _TYPES if name in values}
        if not all(isinstance(value, _TYPES[name]) for name, value in known.items()):
            raise TypeError
        record = Collected(**known)
        if record.moment and record.moment.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise CollectedError(
            f"{path} is damaged. Delete it and collect the lesson again, which writes it anew."
        ) from None
    return record


def marked_late(course):
    """Find the submissions that a platform marked as late without saying when they were handed in.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course and its lesson.

    Returns
    -------
    dict of str to str
        The name of the platform, by id of the student.

    Raises
    ------
    CollectedError
        If one of the records cannot be read.
    """
    root = Path(course.directory.root)
    store = Store(root, course.lesson, course.submitted_path)
    late = [each for each in read_collected(root, course.lesson).values() if each.late]
    return {
        each.id: each.platform.title()
        for each in late
        if course.submitted_path(each.id).is_dir()
        and not course.timestamp(each.id)[0]
        and not store.is_put_back(each.id, each.digest)
    }


def write_collected(course, lesson, record):
    """Write the record of one submission, whole or not at all.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    lesson : str
        The name of the lesson.
    record : Collected
    """
    path = Path(course) / PLACE / lesson / f"{record.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(aside, path)
