"""A platform's download as a list of submissions: what was handed in together, by whom, and when."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nbgrader.utils import parse_utc

from autograder.desk.archives import Member, MemberError
from autograder.desk.platforms import blackboard, canvas, folder, moodle
from autograder.desk.platforms.parts import Person
from autograder.grading.handed_in import BLACKBOARDS_NOTE
from autograder.grading.timestamps import NAME as TIMESTAMP

PLATFORMS = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard, "folder": folder}
_NOTE_BYTES = 2**20
_TIMESTAMP_BYTES = 200


class UnknownDownload(Exception):
    """Files that no platform names like that; the message says what to do."""


@dataclass(frozen=True)
class Attempt:
    """What somebody handed in at one time.

    Attributes
    ----------
    platform : str
        One of :data:`PLATFORMS`.
    person : autograder.desk.platforms.parts.Person
        By whom.
    name : str
        See :class:`autograder.desk.collected.Collected`.
    files : tuple of (str, autograder.desk.archives.Member)
        Each with the name under which it was handed in.
    time : datetime.datetime or None
        When, with its time zone.
    late : bool
        Whether the platform says so.
    order : str
        Sorts the attempts of one person on one platform: the newest is the largest.
    """

    platform: str
    person: Person
    name: str
    files: tuple[tuple[str, Member], ...]
    time: datetime | None
    late: bool
    order: str


@dataclass(frozen=True)
class Download:
    """A download, taken apart.

    Attributes
    ----------
    platform : str
        One of :data:`PLATFORMS`.
    attempts : list of Attempt
        In the order of the download.
    others : list of autograder.desk.archives.Member
        Files that the platform doesn't name like that.
    """

    platform: str
    attempts: list
    others: list


def read_download(members, platform, lesson, lessons, zone):
    """Take a download apart.

    Parameters
    ----------
    members : list of autograder.desk.archives.Member
        Its files.
    platform : str or None
        One of :data:`PLATFORMS`; None to recognise it by the names.
    lesson : str
        The lesson that is collected.
    lessons : collection of str
        All lessons of the course.
    zone : datetime.tzinfo
        The time zone of the platform.

    Returns
    -------
    Download

    Raises
    ------
    UnknownDownload
        If no file is named as the platform, or any platform, would name it.
    """
    parsers = {name: module.parse for name, module in PLATFORMS.items()}
    parsers["folder"] = lambda path: folder.parse(path, lesson, lessons)
    # Some programs pack everything into one more folder.
    arrangements = [paths for paths in (_paths(members), _paths_within(members)) if paths]
    for names in [(platform,)] if platform else (("moodle", "canvas", "blackboard"), ("folder",)):
        found = [(name, [parsers[name](path) for path in paths]) for paths in arrangements for name in names]
        name, clues = max(found, key=lambda each: sum(map(bool, each[1])), default=(None, []))
        if any(clues) and (name != "folder" or _has_notebooks(clues)):
            return _assemble(name, members, clues, zone)
    if platform:
        raise UnknownDownload(
            f"no file in it is named as in {PLATFORMS[platform].LABEL}. Leave out --from to have the format recognized"
        )
    raise UnknownDownload(
        "it isn't a download from Moodle, Canvas or Blackboard, and it has no folders named after students with "
        "notebooks in them. Check that it is the right file"
    )


def _paths(members):
    return [member.name for member in members]


def _paths_within(members):
    """Return the paths without the folder that everything is in, if there is one."""
    tops = {member.name.partition("/")[0] for member in members}
    inner = [member.name.partition("/")[2] for member in members]
    return inner if len(tops) == 1 and all(inner) else []


def _has_notebooks(clues):
    return any(each and _is_notebook(each.file) and "/" not in each.file for each in clues)


def _is_notebook(path):
    return ".ipynb" in path.lower()


def _assemble(platform, members, clues, zone):
    groups, others = defaultdict(list), []
    for member, each in zip(members, clues, strict=True):
        if each:
            groups[each.attempt].append((member, each))
        else:
            others.append(member)
    attempts = []
    for group in groups.values():
        for files in _uploads(group) if platform == "canvas" else [group]:
            attempts.append(_attempt(platform, files, zone))
    return Download(platform, attempts, others)


def _uploads(group):
    """Split the files of a Canvas user if the same notebook is among them more than once: each time is an attempt."""
    versions = defaultdict(list)
    for member, clues in group:
        again = canvas.without_number(clues.file) if _is_notebook(clues.file) else clues.file
        versions[again.casefold()].append((member, clues))
    attempts = defaultdict(list)
    for files in versions.values():
        for age, each in enumerate(sorted(files, key=lambda file: -file[1].number)):
            attempts[age].append(each)
    return list(attempts.values())


def _attempt(platform, files, zone):
    """Return the attempt that some files belong to."""
    first = next((clues for _, clues in files if _is_notebook(clues.file)), files[0][1])
    newest = max(member.modified for member, _ in files)
    time = first.time.replace(tzinfo=zone).astimezone(UTC) if first.time else None
    order = f"{newest:%Y-%m-%dT%H:%M:%S}"
    if platform == "canvas":
        order = f"{max(clues.number for _, clues in files):020}"
    elif platform == "blackboard" and first.time:
        order = f"{first.time:%Y-%m-%dT%H:%M:%S}"
    attempt = Attempt(
        platform,
        first.person,
        first.name,
        tuple((clues.file or BLACKBOARDS_NOTE, member) for member, clues in files),
        time,
        any(clues.late for _, clues in files),
        order,
    )
    if platform == "blackboard":
        return replace(attempt, person=_person_in_notes(files) or first.person)
    return _with_timestamp(attempt) if platform == "folder" else attempt


def _person_in_notes(files):
    for member, clues in files:
        if not clues.file:
            try:
                text = member.read(_NOTE_BYTES).decode("utf-8-sig", "replace")
            except MemberError:
                continue
            return blackboard.person_in_note(text, clues.attempt)
    return None


def _with_timestamp(attempt):
    """Take the time from the ``timestamp.txt`` in a folder, which no student has written."""
    texts = [member for name, member in attempt.files if name == TIMESTAMP]
    rest = tuple((name, member) for name, member in attempt.files if name != TIMESTAMP)
    if not texts:
        return attempt
    try:
        text = texts[0].read(_TIMESTAMP_BYTES).decode().strip()
        time = parse_utc(text).replace(tzinfo=UTC, microsecond=0) if re.search(r"\d", text) else None
    except (MemberError, UnicodeDecodeError, ValueError, OverflowError, TypeError, AttributeError):
        time = None
    order = f"{time:%Y-%m-%dT%H:%M:%S}" if time else attempt.order
    return replace(attempt, files=rest, time=time, order=order)
