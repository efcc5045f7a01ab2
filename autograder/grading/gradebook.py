"""The gradebook of a course, held open while a class is graded."""

import contextlib
import shutil
import time
import warnings
from dataclasses import replace

import nbformat
import sqlalchemy
from nbgrader.api import InvalidEntry, MissingEntry
from nbgrader.utils import parse_utc

from autograder.grading.changed_cells import adapt_cells, count_added_cells, uncounted_cells
from autograder.grading.converter import CellsOfLesson, Converter, sharing, without_log
from autograder.grading.entering import EnterLesson, is_entered
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.lateness import assign_penalties, granted_extensions
from autograder.grading.opening import (
    database_error,
    explaining_errors,
    grading_rules,
    look_up_lesson,
    open_gradebook,
)
from autograder.grading.placeholder import make_placeholder
from autograder.grading.preprocessors import KEY, remove_feedback
from autograder.grading.recognise import one_line
from autograder.grading.records import move_folder
from autograder.grading.results import save_results
from autograder.grading.written import changed_answers

# SQLAlchemy warns about the order in which nbgrader adds its rows; the rows themselves are right.
warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)
# Seconds to wait each time before trying again when another program has locked the gradebook.
_PAUSES = (0.5, 2, 5, None)


class OpenGradebook:
    """The gradebook of a course, opened once, with the lesson in it.

    Each of nbgrader's steps would open the gradebook, and commit several times.  Here they all share one session, and
    every submission is one transaction.

    Parameters
    ----------
    course : autograder.grading.course.Course
        The course, whose records are locked.
    count_added : bool
        Whether exercises that were added after work was handed in count from now on.

    Attributes
    ----------
    known : autograder.grading.opening.LessonInGradebook
        The students who had a submission when the gradebook was opened, and the rules as they are now.
    notes : list of str
        What changed in the gradebook because the source has changed.

    Raises
    ------
    GradingError
        If the gradebook cannot be opened, the lesson cannot be entered, or an extension makes no sense.
    """

    def __init__(self, course, count_added=False):
        self._course, self.notes = course, []
        known = look_up_lesson(course.directory, course.lesson)
        self._gradebook = open_gradebook(course.directory)
        session = self._gradebook.db
        self._commit, self._close = session.commit, self._gradebook.close
        # When nbgrader commits within a submission, only send the statements; when it closes the gradebook, do nothing.
        session.commit = self._flush
        self._gradebook.close = lambda: None
        try:
            self._directory = course.staged_directory()
            with explaining_errors(course.directory):
                uncounted = set() if count_added else uncounted_cells(session, course.lesson, course.sources)
                if count_added or not is_entered(self._gradebook, course.lesson, course.sources, uncounted):
                    retry_while_locked(lambda: self._enter(count_added))
            self._converter = without_log(Converter, self._directory, course.config)
            self._converter.prepare()
            self._cells = CellsOfLesson(self._gradebook)
            self._extensions = granted_extensions(session, course.directory, course.zone)
            self.known = replace(known, rules=grading_rules(session, course.lesson))
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the gradebook; what is not committed is lost."""
        self._gradebook.db.rollback()
        self._close()

    def _flush(self):
        session = self._gradebook.db
        session.flush()
        session.expire_all()

    @contextlib.contextmanager
    def _transaction(self):
        with sharing(self._gradebook):
            try:
                yield
                self._commit()
            except BaseException:
                self._gradebook.db.rollback()
                raise

    def _enter(self, count_added):
        session, lesson, sources = self._gradebook.db, self._course.lesson, self._course.sources
        with self._transaction():
            self.notes = adapt_cells(session, lesson, sources)
            uncounted = set() if count_added else uncounted_cells(session, lesson, sources)
            count_added_cells(session, lesson, uncounted)
            without_log(EnterLesson, self._directory, self._course.config).enter(uncounted)

    def assign_penalties(self):
        """Compute the penalties of all submissions of the course again.

        Feedback pages that show a different penalty are removed.

        Raises
        ------
        GradingError
            If the plugin for late submissions cannot be used.
        """
        retry_while_locked(self._assign_penalties)

    def _assign_penalties(self):
        course = self._course
        with self._transaction():
            standings = assign_penalties(self._gradebook.db, course.config, self._extensions, course.desk.late_days)
        for (student, lesson), standing in standings.items():
            if standing.changed:
                remove_feedback(course.directory, student, lesson)

    def sanitise(self, student, name, notebook):
        """Take nbgrader's steps before a notebook is run, which change it in place."""
        with sharing(self._cells):
            try:
                self._converter.sanitise(notebook, self._resources(student, name))
            finally:
                self._gradebook.db.rollback()

    def _resources(self, student, name):
        return {
            "unique_key": name,
            "output_files_dir": f"{name}_files",
            "metadata": {"name": name, "path": str(self._course.staged_path("submitted", student))},
            "nbgrader": {
                "student": student,
                "assignment": self._course.lesson,
                "notebook": name,
                "db_url": self._course.directory.db_url,
            },
        }

    def save(self, student, digest, submission, results, changed, resubmitted):
        """Save a graded submission: its rows and its notebooks. If the database is locked, try again for a while.

        Parameters
        ----------
        student : str
            Who submitted it.
        digest : str
            Of what was submitted.
        submission : autograder.grading.handed_in.Submission
            Sanitised.
        results : dict
            The results of the judges, by the name of the notebook.
        changed : bool
            Whether the submission may differ from the one that was graded by hand before.
        resubmitted : bool
            Whether other files may have been handed in since then.

        Returns
        -------
        (list of str, list of str)
            Why an instructor should look at it, and what was given by hand for answers that have changed since, and
            so was removed.
        """
        return retry_while_locked(lambda: self._save(student, digest, submission, results, changed, resubmitted))

    def _save(self, student, digest, submission, results, changed, resubmitted):
        reasons, found, folder = [], {}, self._course.staged_path("submitted", student)
        with self._transaction(), contextlib.chdir(self._directory.root):
            self._converter.begin(student, [str(folder / f"{name}.ipynb") for name in submission.notebooks])
            row = self._gradebook.find_submission(self._course.lesson, student)
            now = {name: notebook for name, (_, notebook) in submission.notebooks.items()}
            removed = self._remove_marks(student, now) if resubmitted else []
            self._reset(row, student, submission.missing)
            for name, (_, notebook) in submission.notebooks.items():
                resources = self._resources(student, name)
                resources[KEY] = {"result": results[name], "changed": changed}
                remarks = self._converter.save(notebook, resources)
                reasons += remarks.review_reasons
                found[name] = remarks.found
            self._save_results(row, student, digest, found)
            self._converter.set_permissions(self._course.lesson, student)
        self._move(student)
        return reasons, removed

    def _remove_marks(self, student, now):
        """Remove what was given by hand for answers that are different now, and say what it was."""
        removed = []
        for name, source in self._course.sources.items():
            before = read_graded(self._course, student, name)
            for cell in changed_answers(before, now.get(name), source) if before else ():
                given = self._remove_mark((cell, name, self._course.lesson, student))
                removed += [f"{cell}: {', '.join(given)}"] if given else []
        return removed

    def _remove_mark(self, place):
        given = []
        with contextlib.suppress(MissingEntry):
            grade = self._gradebook.find_grade(*place)
            points = [each for each in (grade.manual_score, grade.extra_credit) if each is not None]
            given += [f"{sum(points):g} point{'s' if sum(points) != 1 else ''}"] if points else []
            grade.manual_score = grade.extra_credit = None
        with contextlib.suppress(MissingEntry):
            comment = self._gradebook.find_comment(*place)
            given += [f"“{one_line(comment.manual_comment)}”"] if comment.manual_comment else []
            comment.manual_comment = None
        return given

    def _save_results(self, row, student, digest, found):
        save_results(self._gradebook.db, student, self._course.lesson, digest, row.timestamp, found)

    def save_failure(self, student, digest, reason, same=False, resubmitted=False):
        """Save that a submission could not be graded, and why: 0 points, marked for manual grading.

        If it's the ``same`` as before, and failed for the same reason, a 0 that was confirmed stays confirmed. If other
        files were ``resubmitted``, what was given by hand is removed, and the removed marks are returned.
        """
        return retry_while_locked(lambda: self._save_failure(student, digest, reason, same, resubmitted))

    def _save_failure(self, student, digest, reason, same, resubmitted):
        shutil.rmtree(self._course.staged_path("autograded", student), ignore_errors=True)
        with self._transaction(), contextlib.chdir(self._directory.root):
            self._gradebook.update_or_create_student(student)
            row = self._gradebook.update_or_create_submission(self._course.lesson, student)
            removed = self._remove_marks(student, {}) if resubmitted else []
            self._reset(row, student, dict.fromkeys(self._course.sources, reason), same)
            self._save_results(row, student, digest, {})
            self._converter.set_permissions(self._course.lesson, student)
        self._move(student)
        return removed

    def _reset(self, row, student, missing, same=False):
        """Undo what earlier gradings left in the rows of a submission, and save why notebooks are missing."""
        timestamp, _ = self._course.timestamp(student)
        row.timestamp = parse_utc(timestamp)
        if row.assignment.duedate is None:
            row.extension = None  # nbgrader cannot extend what is never due
        for notebook in row.notebooks:
            notebook.late_submission_penalty = None
            if notebook.name not in missing:
                continue
            for grade in notebook.grades:
                grade.auto_score = 0
                grade.needs_manual_grade = grade.needs_manual_grade or not same
            for comment in notebook.comments:
                comment.auto_comment = missing[notebook.name]
        folder = self._course.staged_path("autograded", student)
        for name, reason in missing.items():
            folder.mkdir(parents=True, exist_ok=True)
            notebook = make_placeholder(self._course.sources[name], reason, self._course.config)
            nbformat.write(notebook, folder / f"{name}.ipynb")

    def _move(self, student):
        move_folder(self._course.staged_path("autograded", student), self._course.autograded_path(student))
        remove_feedback(self._course.directory, student, self._course.lesson)


def retry_while_locked(action):
    """Take an action on the gradebook; try again for a while if another program has locked the database.

    Parameters
    ----------
    action : callable
        Without arguments. After an error it must be possible to call it again.

    Returns
    -------
    object
        What the action returns.
    """
    for pause in _PAUSES:
        try:
            return action()
        except (sqlalchemy.exc.OperationalError, InvalidEntry) as error:
            cause = database_error(error)
            if not isinstance(cause, sqlalchemy.exc.OperationalError):
                raise
            if pause is None or "readonly" in str(cause):
                raise cause from None
        time.sleep(pause)
