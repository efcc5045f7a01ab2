"""Collecting the submissions of a lesson: reading the downloads, matching people, storing what they handed in."""

import contextlib
import os
import shlex
from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from datetime import UTC
from pathlib import Path

from autograder.desk.archives import open_archive
from autograder.desk.class_list import enter_class
from autograder.desk.collected import Collected, read_collected, write_collected
from autograder.desk.downloads import PLATFORMS, UnknownDownload, read_download
from autograder.desk.forgotten import Forgotten
from autograder.desk.matching import match
from autograder.desk.participants import read_participants
from autograder.desk.roster import (
    Student,
    is_complete,
    mark_as_complete,
    merge,
    read_roster,
    was_made_here,
    write_roster,
)
from autograder.desk.store import Store
from autograder.desk.submissions import OTHER_LESSON, UNREADABLE, Lessons, has_notebook_of, listed, read_contents
from autograder.grading.course import Course
from autograder.grading.opening import GradingError

_LEFT_OUT = (
    "Several people have this name, so {} was not added to the roster. Use --roster to name a list that tells them "
    "apart. In Moodle, that is the grading worksheet."
)
_ALIKE = (
    "Perhaps this is {} in the roster, so {} was not added. If so, {} in classroom/roster.csv. If not, add a line "
    "there."
)
_LATE = (
    "This is late, and takes the place of an attempt that was on time. To count that one instead, type: rm -r {} && cp "
    "-r {} {}"
)
_FORGOTTEN = (
    "{} on this list {} left out, because you removed them with `autograder forget`: {}. To let somebody back in, run "
    "`autograder forget ID --let-back`."
)
_NOTHING_COLLECTED = "You removed this student with `autograder forget`, so nothing was collected."
_ANONYMOUS = (
    "{} cannot be collected: it is anonymous, so nobody can tell whose the submissions are. {} Nothing was collected."
)
# What shows that nobody in a download is named, and what to do then.
_REVEAL = {
    "canvas": "Switch anonymous grading off in the assignment's settings in Canvas, and download it again.",
    "moodle": "Reveal the students' identities in the assignment's menu in Moodle, and download it again.",
}
_NUMBERED = {"canvas": "the gradebook's export", "moodle": "the assignment's grading worksheet"}
_NUMBERS_AS_IDS = (
    "No list of students was named, so the new students have {}'s numbers as their ids, and keep them. For other ids, "
    "begin again with {} as --roster; the instructor's guide says how, under *List your students*."
)
_KEPT_IDS = (
    "{} of the students have ids that they were given before there was a list, such as {} for {}, and keep them. The "
    "instructor's guide says how to begin again, under *List your students*."
)
_EARLIER_COUNTS = "Their other attempt counts."


@dataclass
class Report:
    """What was collected. Students are listed by their names and ids."""

    collected: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    superseded: list = field(default_factory=list)
    renamed: list = field(default_factory=list)
    late: list = field(default_factory=list)
    unreadable: list = field(default_factory=list)
    of_another_lesson: list = field(default_factory=list)
    unmatched: list = field(default_factory=list)
    absent: list = field(default_factory=list)
    reasons: list = field(default_factory=list)

    def lines(self):
        """Yield the lines of a table, and then of what needs a look."""
        for name in (each.name for each in fields(self) if each.name != "reasons"):
            found = getattr(self, name)
            named = name in ("late", "absent") and found
            yield f"{len(found):6} {name.replace('_', ' ')}{f': {listed(found)}' if named else ''}"
        needed = [*self.reasons, *self.unmatched]
        width = min(40, max((len(who) for who, _ in needed), default=0))
        for who, reason in needed:
            yield f"  {who:{width}}  {reason}"


class Collection:
    """The submissions of one lesson that are being collected.

    As a context manager it locks the lesson, so that nobody grades it at the same time.

    Parameters
    ----------
    lesson : str
        The name of the lesson.
    folder : pathlib.Path
        Of the course.
    """

    def __init__(self, lesson, folder):
        self._lesson, self._folder = lesson, folder
        self._course = Course(folder, lesson)
        self._report, self._open = Report(), contextlib.ExitStack()
        self._attempts, self._on_time, self._candidates = defaultdict(list), {}, set()

    def __enter__(self):
        self._open.enter_context(self._course.records)
        return self

    def __exit__(self, *error):
        self._open.close()

    def read(self, paths, platform, roster_file):
        """Read downloads and lists of students, without changing anything.

        Parameters
        ----------
        paths : iterable of pathlib.Path
            Zip files or folders.
        platform : str or None
            Where all of them come from; None to recognise that.
        roster_file : pathlib.Path or None
            A list of students.

        Yields
        ------
        str
            What was recognised.
        """
        self._roster = self._students = read_roster(self._folder)
        self._records = read_collected(self._folder, self._lesson)
        extend = not is_complete(self._folder) and all(map(was_made_here, self._roster.values()))
        self._times, self._given, self._gone = {}, False, {}
        forgotten = Forgotten(self._folder)
        if roster_file:
            participants = read_participants(roster_file)
            yield f"{roster_file.name}: {participants.source}, {_counted(participants.students, 'student')}"
            if participants.note:
                yield participants.note
            known = {each.id: forgotten.known_as(each) for each in participants.students}
            gone = [each for each in participants.students if known[each.id]]
            self._gone = {each.id: each for each in gone}
            if gone:
                were = "was" if len(gone) == 1 else "were"
                yield _FORGOTTEN.format(_counted(gone, "student"), were, listed([known[each.id] for each in gone]))
            self._students, left_out = merge(
                self._roster, [each for each in participants.students if not known[each.id]]
            )
            self._report.reasons += [(each.full_name, _why_left_out(each, alike)) for each, alike in left_out]
            extend, self._given, self._times = False, True, participants.times
            if kept := self._with_kept_ids({each.id for each in participants.students}):
                yield _KEPT_IDS.format(len(kept), kept[0].id, kept[0].full_name)
        lessons, self._zone, unmatched = _lessons(self._course), self._course.zone, {}
        for path in paths:
            members = self._open.enter_context(open_archive(path))
            try:
                download = read_download(members, platform, self._lesson, lessons, self._zone)
            except UnknownDownload as error:
                raise UnknownDownload(f"{path} cannot be collected: {error}.") from None
            yield f"{path.name}: {PLATFORMS[download.platform].LABEL}, {_counted(download.attempts, 'submission')}"
            persons = [attempt.person for attempt in download.attempts]
            gone = _forgotten_among(persons, download.platform, forgotten)
            persons = [person for person in persons if person not in gone]
            matches = match(persons, download.platform, self._students, self._records, extend)
            if _is_anonymous(persons, download.platform) and (download.platform == "canvas" or not matches.ids):
                raise UnknownDownload(_ANONYMOUS.format(path, _REVEAL[download.platform]))
            if download.platform in _NUMBERED and matches.students.keys() - self._students.keys():
                yield _NUMBERS_AS_IDS.format(download.platform.title(), _NUMBERED[download.platform])
            self._students = matches.students
            self._candidates |= matches.candidates
            unmatched |= {person: (_name_of(person), why) for person, why in matches.unmatched.items()}
            gone |= match(matches.unmatched, download.platform, self._gone, {}, extend=False).ids.keys()
            unmatched |= {person: (_name_of(person), _NOTHING_COLLECTED) for person in gone}
            for attempt in download.attempts:
                if attempt.person in matches.ids:
                    self._attempts[matches.ids[attempt.person]].append(attempt)
            self._report.reasons += _stray_files(path, download)
            if download.platform == "moodle" and not (self._times or any(each.time for each in self._records.values())):
                yield (
                    "Moodle's download doesn't say when anything was handed in. To keep the times, name the grading "
                    "worksheet of the assignment with --roster."
                )
        self._report.unmatched = list(unmatched.values())

    def _with_kept_ids(self, listed):
        """Return the students whose ids a download gave them, though a list that has them calls them otherwise."""
        made = [each for each in self._roster.values() if was_made_here(each) and each.id not in listed]
        return [self._students[each.id] for each in made if self._students[each.id] != each]

    def store(self):
        """Store what was read, and return a :class:`Report`."""
        self._sources = Lessons(self._course.sources, self._course.other_sources)
        self._refuse_other_lesson()
        if self._students != self._roster:
            write_roster(self._folder, self._students.values())
        if self._given:
            mark_as_complete(self._folder)
        staging = self._course.records.staging / "collected"
        staging.mkdir()
        self._store = Store(self._folder, self._lesson, self._course.submitted_path, staging)
        for student in sorted(self._attempts):
            self._store_student(student, self._attempts[student])
        self._due = enter_class(self._course.directory, self._lesson, self._students.values())
        for student in sorted(self._attempts):
            self._note_lateness(student)
        self._report.absent = [
            self._called(student)
            for student in self._students
            if student not in self._candidates and not self._course.submitted_path(student).is_dir()
        ]
        return self._report

    def _refuse_other_lesson(self):
        """Raise an error if most of the notebooks are another lesson's: then the command names the wrong one."""
        limit = self._course.settings.submission_bytes
        contents = [read_contents(attempts[-1], self._sources, limit) for attempts in self._attempts.values()]
        others = [each for each in contents if each.state == OTHER_LESSON]
        if len(others) > max(1, len(contents) / 2):
            example = others[0].reasons[0].partition(". ")[0]
            raise GradingError(
                f"{len(others)} of {len(contents)} submissions aren't notebooks of {self._lesson}: {example}. Nothing "
                "was collected. Check the name of the lesson."
            )

    def _called(self, student):
        known = self._students.get(student)
        return f"{known.full_name} ({student})" if known and known.full_name != student else student

    def _store_student(self, student, attempts):
        """Store all attempts of one student: the newest one, and beside it the others."""
        if len({attempt.platform for attempt in attempts}) == 1:
            attempts = sorted(attempts, key=lambda attempt: attempt.order)
        found = {}
        for attempt in attempts:
            contents = read_contents(attempt, self._sources, self._course.settings.submission_bytes)
            # Several downloads may hold the same attempt.
            found.pop(contents.digest, None)
            found[contents.digest] = attempt, contents
        # The notebook of another lesson never takes the place of the right one.
        right = [digest for digest, (_, contents) in found.items() if contents.state != OTHER_LESSON]
        attempt, contents = found.pop((right or list(found))[-1])
        for older in found.values():
            self._keep(student, *older)
        if not self._store_newest(student, _with_time(attempt, self._times, self._zone), contents):
            return
        if contents.state == UNREADABLE:
            self._report.unreadable.append(student)
        if contents.state == OTHER_LESSON:
            self._report.of_another_lesson.append(student)
        self._report.renamed += contents.renamed
        self._report.reasons += [(self._called(student), reason) for reason in contents.reasons]

    def _keep(self, student, attempt, contents):
        """Keep an attempt that isn't the student's submission."""
        self._store.keep(student, contents, attempt.time, _modified(attempt))
        if contents.state == OTHER_LESSON:
            reasons = [f"{reason} {_EARLIER_COUNTS}" for reason in contents.reasons]
            self._report.reasons += [(self._called(student), reason) for reason in reasons]
        else:
            self._report.superseded.append(student)

    def _store_newest(self, student, attempt, contents):
        """Make an attempt the student's submission, unless a newer one is; return whether it is the submission now."""
        record = self._records.get(student)
        if record and not self._course.submitted_path(student).is_dir():
            record = None
        new = _record_of(student, attempt, contents)
        is_known = record is not None and new.digest == record.digest
        if not is_known and self._is_outdone(student, attempt, new, record):
            self._keep(student, attempt, contents)
            self._report.unchanged.append(student)
            return False
        if is_known or self._store.current_digest(student) == new.digest:
            self._report.unchanged.append(student)
            if attempt.time and not self._store.is_put_back(student, new.digest):
                self._store.write_time(student, attempt.time)
        else:
            self._report.collected.append(student)
            kept, is_new = self._store.place(student, contents, attempt.time, _modified(attempt))
            if is_new:
                self._report.superseded.append(student)
            if record and new.late and not record.late:
                self._on_time[student] = kept
        if is_known:
            # The same files, but this download may say less about them than an earlier one did.
            late = new.late or (record.late and not attempt.time)
            new = replace(new, order=record.order, time=new.time or record.time, late=late)
        if new != record:
            write_collected(self._folder, self._lesson, new)
        self._records[student] = new
        return True

    def _note_lateness(self, student):
        """Note whether a submission is late, and what to do if there's an earlier attempt that isn't."""
        record, due = self._records.get(student), self._due
        is_late = record and (record.late or (due and record.moment and record.moment > due))
        if not is_late or self._store.is_put_back(student, record.digest):
            return
        self._report.late.append(self._called(student))
        earlier = [self._on_time.get(student), due and self._store.newest_until(student, due, self._can_be_graded)]
        earlier = next((each for each in earlier if each and self._can_be_graded(each)), None)
        if earlier:
            root = self._course.directory.root
            paths = [self._course.submitted_path(student), earlier, self._course.submitted_path(student)]
            self._report.reasons.append(
                (self._called(student), _LATE.format(*(shlex.quote(os.path.relpath(path, root)) for path in paths)))
            )

    def _can_be_graded(self, folder):
        """Whether an attempt that is kept has a notebook of the lesson."""
        return has_notebook_of(folder, self._sources, self._course.settings.submission_bytes)

    def _is_outdone(self, student, attempt, new, record):
        """Whether what is the student's submission already counts, and not this attempt."""
        if new.other_lesson and not (record and record.other_lesson):
            return self._course.submitted_path(student).is_dir()
        if record is None or (record.other_lesson and not new.other_lesson):
            return False
        return not _is_newer(attempt, record)


def _why_left_out(student, alike):
    """Say why a student of a list wasn't added to the roster, and what to do."""
    if not alike:
        return _LEFT_OUT.format(student.id)
    called = {"canvas_id": student.canvas_id, "blackboard_id": student.blackboard_id, "email": student.email}
    column = next((name for name, value in called.items() if value), None)
    advice = f"put {called[column]} into the column {column}" if column else f"write the name as {student.full_name}"
    return _ALIKE.format(" or ".join(f"{each.full_name} ({each.id})" for each in alike), student.id, advice)


def _counted(things, name):
    return f"{len(things)} {name}{'s' if len(things) != 1 else ''}"


def _record_of(student, attempt, contents):
    return Collected(
        id=student,
        platform=attempt.platform,
        name=attempt.name,
        platform_id=attempt.person.platform_id,
        time=attempt.time.isoformat() if attempt.time else "",
        late=attempt.late,
        order=attempt.order,
        digest=contents.digest,
        other_lesson=contents.state == OTHER_LESSON,
    )


def _forgotten_among(persons, platform, forgotten):
    """Return the people in a download who were forgotten, as far as what the platform calls them tells."""
    if platform == "moodle":  # whose numbers are others in each assignment
        return set()
    return {each for each in persons if each.platform_id and forgotten.known_as(Student(each.platform_id))}


def _is_anonymous(persons, platform):
    """Whether a download names nobody."""
    if platform == "canvas":
        return bool(persons) and all(person.platform_id.startswith("anon_") for person in persons)
    return platform == "moodle" and bool(persons) and not any(person.name for person in persons)


def _name_of(person):
    """Return how to call somebody who is not in the roster."""
    return person.name or person.platform_id


def _is_newer(attempt, record):
    """Whether an attempt was made after the one that was collected; if nothing tells, it was."""
    if attempt.time and record.moment and attempt.time != record.moment:
        return attempt.time > record.moment
    return attempt.order > record.order if attempt.platform == record.platform else True


def _modified(attempt):
    return max(member.modified for _, member in attempt.files)


def _with_time(attempt, times, zone):
    """Return an attempt with the time that Moodle's grading worksheet gives, if it does."""
    found = times.get(attempt.person.platform_id) if attempt.platform == "moodle" else None
    if not found:
        return attempt
    time = found.time.replace(tzinfo=zone).astimezone(UTC) if found.time else None
    return replace(attempt, time=time, late=found.late)


def _stray_files(path, download):
    """Return reasons to look at the files that belong to nobody."""
    names = [member.printable_name for member in download.others]
    if download.platform == "folder":
        names = [name for name in names if "/" not in name]
    return [(path.name, f"These files belong to no submission, and were left out: {listed(names)}.")] if names else []


def _lessons(course):
    """Return the names of all lessons of a course."""
    source = Path(course.directory.root) / course.directory.source_directory
    return {path.name for path in source.iterdir() if path.is_dir()}
