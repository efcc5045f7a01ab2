"""How late submissions are, after extensions and late days, and what that costs.

nbgrader charges a penalty when it grades a submission, and keeps it. Here all penalties of a course are computed again
from what is in the gradebook now: a due date may have moved, an extension may have been granted, an answer may have
been marked, and with late days one lesson has an effect on the next.
"""

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy
from nbgrader.api import Assignment, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import joinedload, load_only, selectinload
from traitlets import TraitError

from autograder.grading.extensions import read_extensions
from autograder.grading.opening import CONFIG_FILE, GradingError, first_line

_DAY = timedelta(days=1)
_ON_TIME = timedelta(0)


@dataclass(frozen=True)
class Lateness:
    """How late a submission is, and what that costs.

    Attributes
    ----------
    due : datetime.datetime or None
        When it was due for this student, extension included but not late days; in UTC without a time zone. None if the
        lesson has no due date.
    extended : bool
        Whether that is later than for the others.
    handed_in : datetime.datetime or None
        None if that is not known; then it counts as on time.
    late_days : int
        Late days that were spent on it.
    late : datetime.timedelta
        How late it still is.
    penalty : float
        What that costs, in points.
    changed : bool
        Whether the penalty was different before.
    """

    due: datetime | None = None
    extended: bool = False
    handed_in: datetime | None = None
    late_days: int = 0
    late: timedelta = _ON_TIME
    penalty: float = 0.0
    changed: bool = False


def spend(delays, late_days, helps):
    """Spend a student's late days: on the earliest due date first, in whole days.

    A delay that the remaining days cannot cover gets all of them. Where the penalty is the same without them, none are
    spent.

    Parameters
    ----------
    delays : list of datetime.timedelta
        How late each submission is, in the order of the due dates.
    late_days : int
        What a student may use over the whole course.
    helps : callable
        Called with the delay before and after, which may be none; whether the penalty is smaller after.

    Returns
    -------
    list of int
        The days spent on each submission.
    """
    spent = []
    for delay in delays:
        days = min(math.ceil(delay / _DAY), late_days)
        if days and not helps(delay, max(delay - days * _DAY, _ON_TIME)):
            days = 0
        late_days -= days
        spent.append(days)
    return spent


def granted_extensions(session, directory, zone):
    """Read the extensions of a course; see :func:`autograder.grading.extensions.read_extensions`.

    Parameters
    ----------
    session : sqlalchemy.orm.Session or None
        Of the gradebook, if there is one.
    directory : nbgrader.coursedir.CourseDirectory
    zone : datetime.tzinfo
        In which a day is a day.

    Returns
    -------
    autograder.grading.extensions.Extensions
    """
    root = Path(directory.root)
    students, lessons = _folders(root / directory.submitted_directory), _folders(root / directory.source_directory)
    if session:
        students += session.scalars(sqlalchemy.select(Student.id))
        lessons += session.scalars(sqlalchemy.select(Assignment.name))
    return read_extensions(root, students, lessons, zone)


def _folders(folder):
    return [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


def find_late_days(session, config, extensions, late_days, lesson, handed_in):
    """Compute which late days will be spent on a lesson when it is graded next, without changing anything.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook.
    config : traitlets.config.Config
        Names the plugin that decides what a delay costs, and its settings.
    extensions : autograder.grading.extensions.Extensions
    late_days : int
        What each student may use over the whole course.
    lesson : str
        The name of the assignment.
    handed_in : dict of str to datetime.datetime or None
        By student, when the work for this lesson that is to be graded was handed in, in UTC without a time zone.

    Returns
    -------
    dict of str to int
        By student.

    Raises
    ------
    GradingError
        If the plugin cannot be used.
    """
    query = sqlalchemy.select(
        SubmittedAssignment.student_id, Assignment.name, Assignment.duedate, SubmittedAssignment.timestamp
    ).join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    graded = [_Work(*row) for row in session.execute(query)]
    due = session.scalar(sqlalchemy.select(Assignment.duedate).where(Assignment.name == lesson))
    works = [each for each in graded if each.lesson != lesson or each.student not in handed_in]
    works += [_Work(student, lesson, due, moment) for student, moment in handed_in.items()]
    spent = _spend_all(_penalty_step(config), works, extensions, late_days)
    return {student: days for (student, of), (_, days) in spent.items() if of == lesson}


def assign_penalties(session, config, extensions, late_days):
    """Compute the penalties of all submissions of a course again, and put them and the extensions into the gradebook.

    Parameters
    ----------
    session, config, extensions, late_days
        See :func:`find_late_days`. Nothing is committed.

    Returns
    -------
    dict of (str, str) to Lateness
        By student and lesson.

    Raises
    ------
    GradingError
        If the plugin cannot be used.
    """
    found = _compute(session, config, extensions, late_days)
    for submission, lateness, penalties in found:
        extension = lateness.due and lateness.due - submission.assignment.duedate + lateness.late_days * _DAY
        submission.extension = extension or None
        for notebook, penalty in zip(submission.notebooks, penalties, strict=True):
            notebook.late_submission_penalty = penalty
    session.flush()
    return {(each.student_id, each.assignment.name): lateness for each, lateness, _ in found}


def _compute(session, config, extensions, late_days):
    """Return each submission with its lateness, and with the penalty of each of its notebooks."""
    step, submissions = _penalty_step(config), _submissions(session)
    works = [_work_of(each) for each in submissions]
    spent = _spend_all(step, works, extensions, late_days)
    found = []
    for submission, work in zip(submissions, works, strict=True):
        delay, days = spent[work.student, work.lesson]
        late = max(delay - days * _DAY, _ON_TIME)
        found.append((submission, *_lateness_of(step, submission, extensions, days, late)))
    return found


@dataclass(frozen=True)
class _Work:
    """What decides how late a student's work for a lesson is: its due date for everybody, and when it was handed in."""

    student: str
    lesson: str
    due: datetime | None
    handed_in: datetime | None


def _work_of(submission):
    assignment = submission.assignment
    return _Work(submission.student_id, assignment.name, assignment.duedate, submission.timestamp)


def _spend_all(step, works, extensions, late_days):
    """Return the delay of each work and the late days that are spent on it, by student and lesson."""
    by_student = {}
    # Those without a due date come last.
    for work in sorted(works, key=lambda each: (each.due or datetime.max, each.lesson)):
        by_student.setdefault(work.student, []).append(work)
    spent = {}
    for student, own in by_student.items():
        delays = [_delay(work, extensions) for work in own]
        days = spend(delays, late_days, lambda *both, of=student: _helps(step, of, *both))
        spent |= {(student, work.lesson): each for work, *each in zip(own, delays, days, strict=True)}
    return spent


def _penalty_step(config):
    try:
        step = AssignLatePenalties(config=config)
        step.log = logging.getLogger("autograder.grading.lateness")
        step.log.addHandler(logging.NullHandler())
        step.log.propagate = False
        step.init_plugin()
    except (TraitError, ImportError) as error:
        raise GradingError(
            f"The plugin for late submissions that {CONFIG_FILE} names cannot be used: {first_line(error)}. Correct it."
        ) from None
    return step


def _submissions(session):
    """Return all submissions of a course."""
    query = (
        sqlalchemy.select(SubmittedAssignment)
        .options(
            load_only(
                SubmittedAssignment.student_id,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.extension,
            ),
            joinedload(SubmittedAssignment.assignment).load_only(Assignment.name, Assignment.duedate),
            selectinload(SubmittedAssignment.notebooks).load_only(SubmittedNotebook.late_submission_penalty),
        )
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).unique().all()


def _due(work, extensions):
    return work.due and extensions.due_date(work.student, work.lesson, work.due)


def _delay(work, extensions):
    due = _due(work, extensions)
    return max(work.handed_in - due, _ON_TIME) if due and work.handed_in else _ON_TIME


def _helps(step, student, before, after):
    costs = [_ask(step, student, 1.0, delay) or 0 if delay else 0 for delay in (before, after)]
    return costs[1] < costs[0]


def _ask(step, student, score, delay):
    try:
        return step.plugin_inst.late_submission_penalty(student, score, delay.total_seconds())
    except Exception as error:  # the plugin may be the instructor's own
        raise GradingError(
            f"The plugin for late submissions failed: {type(error).__name__}: {first_line(error)}. Correct it."
        ) from None


def _lateness_of(step, submission, extensions, days, late):
    due, penalties, changed = _due(_work_of(submission), extensions), [], False
    for notebook in submission.notebooks:
        penalty = _ask(step, submission.student_id, notebook.score, late) if late else None
        if penalty is not None:
            penalty = step._check_late_penalty(notebook, penalty)
        changed |= (penalty or 0) != (notebook.late_submission_penalty or 0)
        penalties.append(penalty)
    extended, total = bool(due) and due > submission.assignment.duedate, sum(each or 0 for each in penalties)
    return Lateness(due, extended, submission.timestamp, days, late, float(total), changed), penalties
