"""A course on disk: its configuration, the source of a lesson, what students submitted, and digests of all that."""

import contextlib
import os
import re
import shutil
from functools import cached_property
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError

from autograder.grading import timestamps
from autograder.grading.converter import check_late_penalty, classes_that_decide
from autograder.grading.files import digest, digest_of_files, for_sandbox, regular_files
from autograder.grading.handed_in import find_notebooks
from autograder.grading.normalise import Unreadable, code_cells, kind_of, normalise
from autograder.grading.opening import (
    CONFIG_FILE,
    GradingError,
    course_directory,
    find_source,
    first_line,
    invalid_setting,
    lessons_of,
    load_config,
    read_source,
)
from autograder.grading.outcome import find_misnamed_answers, make_job
from autograder.grading.placement import find_misplaced, is_student
from autograder.grading.records import Records, digest_of_packages, exercises_of_other_lessons, records_folder
from autograder.grading.settings import Desk, Grading, digest_of_settings, folders_to_hide


class Course:
    """A course on disk, and one of its lessons.

    Parameters
    ----------
    folder : pathlib.Path
        The folder with ``nbgrader_config.py``.
    lesson : str
        The name of the assignment.

    Raises
    ------
    GradingError
        If there is no such course or lesson, or one of its files cannot be read.
    """

    def __init__(self, folder, lesson):
        self.lesson = lesson
        self.config = load_config(folder)
        self.directory = course_directory(self.config, folder)
        try:
            self.settings = Grading(config=self.config)
            self.desk = Desk(config=self.config)
            self.zone = self.desk.zone()
        except TraitError as error:
            raise invalid_setting(error) from None
        source = find_source(self.directory, lesson)
        self.sources, self.source_digest = read_source(source), digest_of_files(source)
        self.records = Records(records_folder(self.directory), lesson)

    def _root(self, kind):
        return Path(self.directory.root) / kind

    @property
    def submitted_root(self):
        """The folder with the submissions of all students."""
        return self._root(self.directory.submitted_directory)

    def _path(self, kind, student):
        return Path(self.directory.format_path(kind, student, self.lesson))

    def submitted_path(self, student):
        """Return the folder that holds a student's submission."""
        return self._path(self.directory.submitted_directory, student)

    def autograded_path(self, student):
        """Return the folder that holds a student's graded notebooks."""
        return self._path(self.directory.autograded_directory, student)

    def staged_path(self, kind, student):
        """Return the staging folder of a student: ``kind`` is ``"submitted"`` or ``"autograded"``."""
        return self.records.staging / kind / student / self.lesson

    def staged_directory(self):
        """Return nbgrader's description of the course, with the staging folders in place of the course's own."""
        directory = CourseDirectory(
            config=self.config,
            root=str(self.records.staging),
            submitted_directory="submitted",
            autograded_directory="autograded",
            release_directory="released",
            assignment_id=self.lesson,
            source_directory=os.path.relpath(self._root(self.directory.source_directory), self.records.staging),
        )
        directory.fail = _fail
        return directory

    def configuration(self):
        """Return the arguments for :meth:`autograder.sandbox.workers.Workers.configure`."""
        notebooks = {name: code_cells(source) for name, source in self.sources.items()}
        return (
            notebooks,
            self.settings.limits(),
            self.settings.hidden_seed,
            folders_to_hide(self.directory.root, self.config),
        )

    def misnamed_answers(self):
        """Return a message about each answer cell that does not define the function it is named after."""
        return [message for name, source in self.sources.items() for message in find_misnamed_answers(name, source)]

    def students(self):
        """List everybody who submitted something for the lesson, in order."""
        submitted = self.directory.submitted_directory
        pattern = self.directory.format_path(submitted, "(?P<student>[^/]+)", self.lesson, escape=True)
        root = self.submitted_root
        return [
            folder.name
            for folder in (sorted(root.iterdir()) if root.is_dir() else [])
            if is_student(folder.name)
            and re.fullmatch(pattern, str(self.submitted_path(folder.name)))
            and (folder / self.lesson).is_dir()
        ]

    def misplaced(self):
        """Return a sentence about each submission that may be for the lesson but is in the wrong place."""
        base, submitted = Path(self.directory.root), self.directory.submitted_directory
        return find_misplaced(base, submitted, self.lesson, lessons_of(self.directory))

    @cached_property
    def other_sources(self):
        """The notebooks of all other lessons, by name; those that cannot be read are left out."""
        others = {}
        for lesson in lessons_of(self.directory):
            if lesson != self.lesson:
                with contextlib.suppress(GradingError):
                    others |= read_source(find_source(self.directory, lesson))
        return {name: source for name, source in others.items() if name not in self.sources}

    def timestamp(self, student):
        """Return when a submission was submitted; see :func:`autograder.grading.timestamps.read_timestamp`."""
        return timestamps.read_timestamp(self.submitted_path(student))

    def digest(self, student):
        """Return a digest of what a student submitted, without the timestamp."""
        folder = self.submitted_path(student)
        return digest_of_files(folder, self.settings.submission_bytes, without={timestamps.NAME})

    def digests_of_rules(self, gradebook_rules):
        """Return digests of what decides a grade apart from the submission and the source.

        Parameters
        ----------
        gradebook_rules : str
            Returned by :func:`autograder.grading.opening.grading_rules`.

        Returns
        -------
        list of str
            One of the code of the checks and of the grader, one of the settings of every step, and one of what the
            gradebook says.

        Raises
        ------
        GradingError
            If the configuration names a step that cannot be imported.
        """
        tests = [cell.source for source in self.sources.values() for cell in source.cells if kind_of(cell) == "test"]
        packages = digest_of_packages(exercises_of_other_lessons(self.lesson, "\n".join(tests)))
        limits = repr(sorted(self.settings.trait_values(config=True).items()))
        try:
            check_late_penalty(self.config)
            classes = classes_that_decide(self.config)
            steps = digest_of_settings(self.config, classes, Path(self.directory.root) / CONFIG_FILE)
        except TraitError as error:
            raise invalid_setting(error) from None
        except Exception as error:
            raise GradingError(
                f"A step or plugin that {CONFIG_FILE} names cannot be used: {first_line(error)}. Correct its name, or "
                "install the package it comes from."
            ) from None
        return [packages, digest([limits.encode(), steps.encode()]), digest([gradebook_rules.encode()])]

    def prepare(self, student, sanitise):
        """Read a submission, find its notebooks, and make them ready to be run.

        Parameters
        ----------
        student : str
            Who submitted it.
        sanitise : callable
            Called with the student, the name of a notebook, and the notebook, which it changes in place; see
            :meth:`autograder.grading.gradebook.OpenGradebook.sanitise`.

        Returns
        -------
        (autograder.grading.handed_in.Submission, dict of str to dict)
            The submission, its notebooks sanitised, and a job for each of them, by name.

        Raises
        ------
        Unreadable
            If nothing in it can be graded.
        """
        contents = self._stage(student)
        folder, submitted = self.staged_path("submitted", student), self.submitted_path(student)
        # A zip keeps times to two seconds, and a copy of a course may have made all files at once.
        times = {name: os.stat(submitted / name).st_mtime // 2 for name in contents}
        submission = find_notebooks(contents, times, self.sources, lambda: self.other_sources)
        if not submission.notebooks:
            raise Unreadable(" ".join(dict.fromkeys(submission.missing.values())))
        timestamp, problem = self.timestamp(student)
        if timestamp:
            (folder / timestamps.NAME).write_text(timestamp, encoding="utf-8")
        files, jobs = for_sandbox(contents), {}
        for name, (file, notebook) in submission.notebooks.items():
            (folder / f"{name}.ipynb").write_bytes(contents[file])
            submission.review_reasons += normalise(notebook, self.sources[name])
            sanitise(student, name, notebook)
            jobs[name] = make_job(name, notebook, files, self.settings)
        reasons = [problem, *submission.review_reasons, *submission.missing.values()]
        submission.review_reasons = list(filter(None, reasons))
        return submission, jobs

    def _stage(self, student):
        """Copy the regular files of a submission to its staging folder, and return their contents by name."""
        self.unstage(student)
        names = {f"{name}.ipynb" for name in self.sources}
        contents = regular_files(self.submitted_path(student), self.settings.submission_bytes, names)
        target = self.staged_path("submitted", student)
        target.mkdir(parents=True)
        for name, content in contents.items():
            # These are written later. A submission may also have a folder with such a name.
            if name.partition(os.sep)[0] in {*names, timestamps.NAME}:
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
        return contents

    def unstage(self, student):
        """Remove the staging folders of a student."""
        for kind in ("submitted", "autograded"):
            shutil.rmtree(self.records.staging / kind / student, ignore_errors=True)


def _fail(message):
    raise ValueError(message)
