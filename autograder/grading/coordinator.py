"""The grading of a class: one process reads and writes, and judges elsewhere run what was submitted.

Each submission is sanitised and saved by nbgrader's own steps, so the rows and files are those of ``nbgrader
autograde``. But many are run at once, and each is saved completely or not at all.
"""

import contextlib
import os
from collections import deque
from dataclasses import dataclass, field

import sqlalchemy

from autograder.grading.files import printable
from autograder.grading.handed_in import Submission
from autograder.grading.interrupts import held_interrupts
from autograder.grading.normalise import Unreadable
from autograder.grading.opening import GradingError, first_line
from autograder.grading.placeholder import is_placeholder_file

GRADED, REVIEW, UNCHANGED = "graded", "needs a look", "unchanged"
# How many submissions to prepare while the grading processes get ready; the two take about equally long.
_EARLY = 16


@dataclass(frozen=True)
class Graded:
    """The state of one submission.

    Attributes
    ----------
    student : str
        Who submitted it.
    state : str
        ``GRADED``, ``REVIEW`` or ``UNCHANGED``.
    reason : str
        Why an instructor should look at it; may be empty.
    removed : tuple of str
        Marks and comments that were removed, because the answers that they are about have changed.
    """

    student: str
    state: str
    reason: str = ""
    removed: tuple = ()


@dataclass
class _InProgress:
    """A submission whose notebooks are being run, and the results so far."""

    origin: list
    submission: Submission
    results: dict = field(default_factory=dict)


_NOT_UTF_8 = (
    "Not graded: the name of this student's folder is not encoded in UTF-8, so the gradebook cannot hold it. "
    "Rename the folder."
)

_REMOVED = "The gradebook has grades, but the folder of the submission is gone. Put it back, or remove the grades with"


def _is_text(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


# What decides a grade, in the order of Changes.origin.
_PARTS = (
    "what was handed in",
    "the lesson's source",
    "the package",
    "a setting",
    "a test or its points in the gradebook",
    "the time it was handed in",
)
NEVER_GRADED = "never graded"


def by_reason(reasons):
    """Group students by the reason why they are to be graded.

    Parameters
    ----------
    reasons : dict of str to str
        By student.

    Returns
    -------
    dict of str to list of str
        The students, by reason; the reason that applies to most of them first.
    """
    found = {}
    for student, reason in sorted(reasons.items()):
        found.setdefault(reason, []).append(student)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


class Changes:
    """What has changed in a class since it was graded.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course.
    known : autograder.grading.opening.LessonInGradebook
        What the gradebook knows about the lesson.

    Attributes
    ----------
    reasons : dict of str to str
        Why students are to be graded, as far as :meth:`split` was asked about them.
    """

    def __init__(self, course, known):
        self._course = course
        self._students, self._everybody = known.students, known.everybody
        self._rules, self.reasons = course.digests_of_rules(known.rules), {}

    def origin(self, student):
        """Return digests of what decides the grade of a submission, the first one of the submitted files alone."""
        course = self._course
        return [course.digest(student), course.source_digest, *self._rules, repr(course.timestamp(student))]

    def _reason(self, student, record, force):
        """Return why a submission is to be graded, or nothing if it isn't."""
        if student not in self._students:
            return NEVER_GRADED
        # If the gradebook was replaced, or a graded notebook removed, there may be a record of what is missing.
        if not self._course.autograded_path(student).exists():
            return "the graded notebook is missing"
        if record is None:
            return "no record of what it was graded from"
        before, now = record["from"], self.origin(student)
        if len(before) != len(now):  # an earlier version of the package noted less
            return "changed: the package"
        changed = [part for part, one, other in zip(_PARTS, before, now, strict=True) if one != other]
        if changed:
            return f"changed: {', '.join(changed)}"
        return "graded again without a change" if force else ""

    def split(self, students, force=False):
        """Split a class into those whose submission is to be graded, and the others.

        Parameters
        ----------
        students : list of str
            Who submitted something.
        force : bool
            Whether to grade unchanged submissions too.

        Returns
        -------
        (list of str, list of Graded)
            The second list holds unchanged submissions, and those that no gradebook can hold.
        """
        due, others = [], []
        for student in students:
            if not _is_text(student):
                others.append(Graded(os.fsencode(student).decode("utf-8", "replace"), REVIEW, _NOT_UTF_8))
                continue
            record = self._course.records.read(student)
            reason = self._reason(student, record, force)
            if reason:
                due.append(student)
                self.reasons[student] = reason
            else:
                others.append(Graded(student, UNCHANGED, record["why"]))
        return due, others

    def removed(self, submitted):
        """List those whose submission was graded but is gone, as :class:`Graded`."""
        return [
            Graded(student, REVIEW, f"{_REMOVED} `autograder forget {student} --lesson {self._course.lesson}`.")
            for student in sorted(self._students - set(submitted))
        ]

    def absent(self, submitted):
        """List those students in the gradebook who have handed in nothing."""
        return sorted(self._everybody - self._students - set(submitted))


class ClassGrading:
    """The grading of one lesson for a class.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course, whose records are locked.
    gradebook : autograder.grading.gradebook.OpenGradebook
        Its gradebook.
    changes : Changes
        What has changed since.
    workers : autograder.sandbox.workers.Workers or autograder.grading.cluster.Cluster
        What runs the submissions.
    jobs : int, optional
        How many submissions to run at once; by default as many as the workers have room for.
    """

    def __init__(self, course, gradebook, changes, workers, jobs=None):
        self._course = course
        self._gradebook = gradebook
        self._workers = workers
        self._jobs = jobs
        self._changes = changes
        self._early = {}
        self._in_progress = {}

    def prepare_some(self, students):
        """Prepare the first of some students' submissions; errors in them are reported when their turn comes."""
        for student in students[:_EARLY]:
            with contextlib.suppress(Exception):
                self._early[student] = self._changes.origin(student), self._read(student)

    def _read(self, student):
        return self._course.prepare(student, self._gradebook.sanitise)

    def run(self, students):
        """Grade some students, and yield a :class:`Graded` for each of them as soon as it is saved."""
        jobs = self._jobs or self._workers.size()
        pool = self._workers.pool(min(jobs, max(len(students), 1)))
        waiting, prepared = deque(students), deque()
        try:
            with held_interrupts() as interrupts:
                while waiting or prepared or pool.busy():
                    interrupts.stop_if_asked()
                    while prepared and pool.idle():
                        pool.submit(*prepared.popleft())
                    if waiting and len(prepared) < jobs:
                        yield from self._prepare(waiting.popleft(), prepared)
                        seconds = 0  # there is more to prepare, so don't wait for results
                    else:
                        seconds = None
                    if not pool.busy():
                        continue
                    with interrupts.allowed():
                        collected = pool.collect(seconds)
                    for (student, name), result in collected:
                        while prepared and pool.idle():
                            pool.submit(*prepared.popleft())
                        yield from self._finish(student, name, result)
        finally:
            pool.close()

    def _prepare(self, student, prepared):
        """Append the jobs of a submission to the prepared ones; yield a result only if there are none."""
        origin = self._changes.origin(student)
        try:
            early_origin, early = self._early.pop(student, (None, None))
            submission, jobs = early if early_origin == origin else self._read(student)
        except Unreadable as error:
            yield self._save_failure(student, origin, str(error))
            return
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise GradingError(
                f"The gradebook cannot be read: {first_line(error)}. Correct this and run the command again; what was "
                "graded before is saved."
            ) from None
        except Exception as error:
            reason = f"The submission could not be prepared: {first_line(error)}. Grade it by hand."
            yield self._save_failure(student, origin, reason)
            return
        self._in_progress[student] = _InProgress(origin, submission)
        prepared.extend(((student, name), job) for name, job in jobs.items())

    def _finish(self, student, name, result):
        """Note the result of one notebook; yield the submission if that was its last one."""
        if student not in self._in_progress:
            return  # another notebook of the submission has failed
        work = self._in_progress[student]
        if isinstance(result, str):
            del self._in_progress[student]
            yield self._save_failure(student, work.origin, result)
            return
        work.results[name] = result
        if len(work.results) < len(work.submission.notebooks):
            return
        del self._in_progress[student]
        yield self._save(student, work)

    def _save(self, student, work):
        record = self._course.records.read(student)
        # If a killed run has removed the record, nothing shows that the submission is the same as before.
        same = record and record["from"][0] == work.origin[0]
        changed = self._course.autograded_path(student).exists() and not (same and self._was_graded(student, record))
        self._course.records.forget(student)
        try:
            reasons, removed = self._gradebook.save(
                student, work.origin[0], work.submission, work.results, changed, resubmitted=not same
            )
        except (OSError, sqlalchemy.exc.OperationalError) as error:
            raise _cannot_save(student, error) from None
        except Exception as error:
            reason = f"The grades could not be saved: {first_line(error)}. Grade the submission by hand."
            return self._save_failure(student, work.origin, reason)
        return self._record(student, work.origin, " ".join(work.submission.review_reasons + reasons), removed)

    def _was_graded(self, student, record):
        """Whether there was something to grade before. If not, a confirmed 0 says nothing about what there is now."""
        folder, names = self._course.autograded_path(student), self._course.sources
        return not record["why"] or not any(is_placeholder_file(folder / f"{name}.ipynb") for name in names)

    def _save_failure(self, student, origin, reason):
        reason = printable(reason)
        before = self._course.records.read(student)
        resubmitted = bool(before) and before["from"][0] != origin[0]
        same = bool(before) and (before["from"][0], before["why"]) == (origin[0], reason)
        self._course.records.forget(student)
        try:
            removed = self._gradebook.save_failure(student, origin[0], reason, same, resubmitted)
        except (OSError, sqlalchemy.exc.SQLAlchemyError) as error:
            raise _cannot_save(student, error) from None
        return self._record(student, origin, reason, removed)

    def _record(self, student, origin, reason, removed):
        reason = printable(reason)
        self._course.unstage(student)
        self._course.records.write(student, {"from": origin, "why": reason})
        return Graded(student, REVIEW if reason else GRADED, reason, tuple(removed))


def _cannot_save(student, error):
    return GradingError(
        f"The grades of {student} could not be saved: {first_line(error)}. Correct this and run the command again; "
        "what was graded before is saved."
    )
