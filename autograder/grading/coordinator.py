"""Grade a class: one process that reads and writes, and judges that run what was handed in.

A submission is sanitised by nbgrader's own steps, run, and saved by nbgrader's own steps: the same rows and files as
``nbgrader autograde``, but many at once, each written whole or not at all.
"""

import contextlib
import copy
import html
import logging
import os
import re
import shutil
import time
import warnings
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader.converters.autograde
import nbgrader.converters.generate_assignment
import nbgrader.preprocessors.latesubmissions
import nbgrader.preprocessors.overwritecells
import nbgrader.preprocessors.overwritekernelspec
import nbgrader.preprocessors.saveautogrades
import nbgrader.preprocessors.savecells
import sqlalchemy
from nbconvert.exporters import NotebookExporter
from nbconvert.writers import FilesWriter
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput, ClearSolutions
from nbgrader.utils import parse_utc
from traitlets import TraitError

from autograder.grading import timestamps
from autograder.grading.files import digest, digest_of_files, for_sandbox, printable, regular_files
from autograder.grading.handed_in import find_notebooks
from autograder.grading.mend import Unreadable, code_cells, kind_of, mend
from autograder.grading.opening import (
    Entering,
    GradingError,
    find_source,
    first_line,
    is_entered,
    load_config,
    look_into,
    open_gradebook,
    read_source,
    saying_what_is_wrong,
)
from autograder.grading.outcome import job_of, unmatched_answers
from autograder.grading.preprocessors import KEY, Execute, Mend, SaveAutoGrades, remove_feedback
from autograder.grading.records import (
    GRADED,
    LOOK,
    Busy,
    Records,
    digest_of_packages,
    exercises_of_other_lessons,
    move_folder,
)
from autograder.grading.settings import Grading, digest_of_settings
from autograder.grading.worker import Unprotected

_OPENS_GRADEBOOK = (
    nbgrader.converters.autograde,
    nbgrader.converters.generate_assignment,
    nbgrader.preprocessors.latesubmissions,
    nbgrader.preprocessors.overwritecells,
    nbgrader.preprocessors.overwritekernelspec,
    nbgrader.preprocessors.saveautogrades,
    nbgrader.preprocessors.savecells,
)
# Whatever a course is configured to do, code runs in the sandbox only.
_REPLACED = {nbgrader.preprocessors.Execute: Execute, nbgrader.preprocessors.SaveAutoGrades: SaveAutoGrades}
# A submission is mended when it is read: from then on its marks are those of the source, which nbgrader checked.
_DONE_BEFORE = {Mend, nbgrader.preprocessors.CheckCellMetadata}
UNCHANGED = "unchanged"
# How many submissions are prepared while the warm process gets ready; more would take longer than it does.
_EARLY = 16
# nbgrader builds its rows in an order that SQLAlchemy remarks on; the rows are right.
warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)


@dataclass
class Prepared:
    """A submission that is ready to be run.

    Attributes
    ----------
    ready : dict
        By the name of a notebook of the source, its sanitised form and its unit of work.
    lost : dict of str to str
        By the name of a notebook that nothing can be graded as, the reason.
    looks : list of str
        Reasons why somebody should look at the submission.
    """

    ready: dict
    lost: dict
    looks: list


@dataclass(frozen=True)
class Graded:
    """What became of one submission.

    Attributes
    ----------
    student : str
        Who handed it in.
    state : str
        ``"graded"``, ``"needs a look"`` or ``"unchanged"``.
    why : str
        Why somebody should look.
    """

    student: str
    state: str
    why: str = ""


class _Converter(nbgrader.converters.autograde.Autograde):
    """nbgrader's converter, one submission at a time, between staged folders."""

    def prepare(self):
        """Make the steps before and after a notebook is run; they serve every submission."""
        self._before = self._steps(self.sanitize_preprocessors)
        self._after = self._steps(self.autograde_preprocessors)

    def _steps(self, steps):
        exporter = NotebookExporter(parent=self, config=self.config)
        exporter._preprocessors = []
        for step in steps:
            step = step if isinstance(step, type) else _named(step)
            if step not in _DONE_BEFORE:
                exporter.register_preprocessor(_REPLACED.get(step, step))
        return exporter._preprocessors

    def begin(self, student):
        """Make the rows of a submission, and copy the files that come with it."""
        self.init_assignment(self.coursedir.assignment_id, student)

    def sanitise(self, notebook, resources):
        """Take the steps before a notebook is run, in place."""
        _take(self._before, notebook, resources)

    def save(self, notebook, resources):
        """Take the steps after a notebook is run, save the grades, write the file; return reasons to look at it."""
        notebook, resources = _take(self._after, notebook, resources)
        resources["output_extension"] = ".ipynb"
        self.write_single_notebook(nbformat.v4.writes(notebook), resources)
        return resources[KEY]["notes"].looks


def _take(steps, notebook, resources):
    """Take one step after the other.

    nbconvert copies the notebook first and validates it after each step, which takes longer than all the steps; here it
    was validated when it was read, and what is put into it since is made piece by piece.
    """
    for step in steps:
        notebook, resources = step(notebook, resources)
    return notebook, resources


def _named(path):
    module, _, name = path.rpartition(".")
    return getattr(__import__(module, fromlist=[name]), name)


class Course:
    """A course on disk, and its gradebook, held open.

    Parameters
    ----------
    folder : pathlib.Path
        With ``nbgrader_config.py``.
    lesson : str
        Name of the assignment.

    Raises
    ------
    GradingError
        If there is no such course or lesson, or one of its files cannot be read.
    """

    def __init__(self, folder, lesson):
        self.lesson = lesson
        config = load_config(folder)
        if "root" not in config.CourseDirectory:
            config.CourseDirectory.root = str(Path(folder).resolve())
        try:
            self.settings = Grading(config=config)
            self.directory = CourseDirectory(config=config)
        except TraitError as error:
            raise GradingError(f"A setting in nbgrader_config.py is wrong: {first_line(error)}") from None
        source = find_source(self.directory, lesson)
        self.sources, self.source_digest = read_source(source), digest_of_files(source)
        self.records = Records(self._graded_root().parent / ".autograder", lesson)
        self._config = config
        self._gradebook = None

    def _root(self, kind):
        return Path(self.directory.root) / kind

    def _graded_root(self):
        return self._root(self.directory.autograded_directory)

    def _path(self, kind, student):
        return Path(self.directory.format_path(kind, student, self.lesson))

    def notebooks(self):
        """Return the code cells of each notebook of the source."""
        return {name: code_cells(source) for name, source in self.sources.items()}

    def order(self):
        """Return what the processes that grade are told; see :meth:`autograder.grading.worker.Workers.order`."""
        return self.notebooks(), self.settings.limits(), self.settings.hidden_seed, [self.directory.root]

    def unconventional(self):
        """Return a sentence about each answer of the source whose function cannot be told from its cell's name."""
        return [said for name, source in self.sources.items() for said in unmatched_answers(name, source)]

    def submitted_path(self, student):
        """Return the folder in which a student's submission is looked for."""
        return self._path(self.directory.submitted_directory, student)

    def students(self):
        """Return everybody who handed something in, in order."""
        pattern = self.directory.format_path(
            self.directory.submitted_directory, "(?P<student>[^/]+)", self.lesson, escape=True
        )
        root = self._root(self.directory.submitted_directory)
        found = []
        for folder in sorted(root.iterdir()) if root.is_dir() else []:
            match = re.fullmatch(pattern, str(self._path(self.directory.submitted_directory, folder.name)))
            if match and (folder / self.lesson).is_dir():
                found.append(folder.name)
        return found

    def look_into_gradebook(self):
        """Find out for whom the gradebook has a submission, without changing it.

        Raises
        ------
        GradingError
            If it cannot be read.
        """
        self._in_gradebook = look_into(self.directory, self.lesson)

    def open(self):
        """Open the gradebook, enter the lesson if it isn't there yet, and prepare nbgrader's converter.

        Raises
        ------
        GradingError
            If it cannot be opened, or the lesson cannot be entered.
        """
        self.look_into_gradebook()
        self._gradebook = open_gradebook(self.directory)
        session = self._gradebook.db
        self._commit, self._close = session.commit, self._gradebook.close
        # One transaction for a submission: nbgrader's own commits within it only send the statements.
        session.commit = self._send
        self._gradebook.close = lambda: None
        self._staged = CourseDirectory(
            config=self._config,
            root=str(self.records.staging),
            submitted_directory="submitted",
            autograded_directory="autograded",
            release_directory="released",
            assignment_id=self.lesson,
            source_directory=os.path.relpath(self._root(self.directory.source_directory), self.records.staging),
        )
        self._staged.fail = _fail
        with saying_what_is_wrong(self.directory):
            if not is_entered(self._gradebook, self.lesson, self.sources):
                _patiently(self._enter)
        self._converter = self._quietly(_Converter)
        self._converter.prepare()
        self._converter.writer = FilesWriter(parent=self._converter, config=self._converter.config)

    def _quietly(self, kind):
        """Make a converter of nbgrader whose log nobody sees: what goes wrong is raised."""
        converter = kind(coursedir=self._staged, config=self._config)
        converter.log = logging.getLogger("autograder.grading")
        converter.log.addHandler(logging.NullHandler())
        converter.log.propagate = False
        return converter

    def _enter(self):
        with self._one_gradebook() as gradebook:
            try:
                self._quietly(Entering).enter()
                self._commit()
            except BaseException:
                gradebook.db.rollback()
                raise

    def _send(self):
        session = self._gradebook.db
        session.flush()
        session.expire_all()

    def close(self):
        """Close the gradebook."""
        if self._gradebook:
            self._gradebook.db.rollback()
            self._close()

    @contextlib.contextmanager
    def _one_gradebook(self):
        """Let nbgrader's steps, each of which opens the gradebook, use the one that is open."""
        before = [module.Gradebook for module in _OPENS_GRADEBOOK]
        for module in _OPENS_GRADEBOOK:
            module.Gradebook = lambda *_, **__: self._gradebook
        try:
            yield self._gradebook
        finally:
            for module, opener in zip(_OPENS_GRADEBOOK, before, strict=True):
                module.Gradebook = opener

    def digest(self, student):
        """Return a digest of what a student handed in; when it was handed in is no part of it."""
        folder = self._path(self.directory.submitted_directory, student)
        return digest_of_files(folder, self.settings.submission_bytes, without={timestamps.NAME})

    def timestamp(self, student):
        """Return when a submission was handed in, and what is wrong with that."""
        return timestamps.read_timestamp(self._path(self.directory.submitted_directory, student))

    def digest_of_rules(self):
        """Return a digest of all that decides a grade beside submissions and the source.

        That is the code of the checks and of the grader, the settings of every step, when the lesson is due, and what
        its cells are worth, which only the gradebook knows.

        Raises
        ------
        GradingError
            If the configuration names something that is not there.
        """
        tests = [cell.source for source in self.sources.values() for cell in source.cells if kind_of(cell) == "test"]
        packages = digest_of_packages(exercises_of_other_lessons(self.lesson, "\n".join(tests)))
        limits = repr(sorted(self.settings.trait_values(config=True).items()))
        try:
            steps = digest_of_settings(self._config, self._classes(), Path(self.directory.root) / "nbgrader_config.py")
        except Exception as error:
            raise GradingError(f"nbgrader_config.py cannot be used: {first_line(error)}") from None
        return digest(each.encode() for each in (packages, limits, steps, self._rules_in_gradebook()))

    def _classes(self):
        """Return the classes whose settings decide a grade: the converter, its steps, and the plugin for lateness."""
        converter = nbgrader.converters.autograde.Autograde(config=self._config)
        steps = [*converter.sanitize_preprocessors, *converter.autograde_preprocessors]
        penalties = nbgrader.preprocessors.latesubmissions.AssignLatePenalties(config=self._config)
        named = [step if isinstance(step, type) else _named(step) for step in steps]
        return [type(converter), *named, type(penalties), penalties.plugin_class]

    def _rules_in_gradebook(self):
        """Return what the gradebook says about the lesson: when it is due, its cells, and what they are worth."""
        if self._gradebook:
            return self._lesson_in(self._gradebook)
        url = sqlalchemy.engine.make_url(self.directory.db_url)
        if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):
            return ""  # to look at it would make an empty one
        try:
            with Gradebook(self.directory.db_url) as gradebook:
                return self._lesson_in(gradebook)
        except sqlalchemy.exc.SQLAlchemyError:
            return ""

    def _lesson_in(self, gradebook):
        try:
            assignment = gradebook.find_assignment(self.lesson)
        except MissingEntry:
            return ""
        told = [str(assignment.duedate)]
        for notebook in assignment.notebooks:
            told += [f"{notebook.name} {cell.name} {cell.checksum}" for cell in notebook.source_cells]
            told += [f"{notebook.name} {cell.name} {cell.max_score}" for cell in notebook.grade_cells]
            told += [f"{notebook.name} {cell.name} {cell.max_score}" for cell in notebook.task_cells]
        return "\n".join(sorted(told))

    def stage(self, student):
        """Copy what a student handed in: regular files only, and not more than may be.

        Returns
        -------
        dict of str to bytes
            The files, by name.

        Raises
        ------
        Unreadable
            If there is too much, or a link where a notebook should be.
        """
        self.unstage(student)
        source = self._path(self.directory.submitted_directory, student)
        names = {f"{name}.ipynb" for name in self.sources}
        contents = regular_files(source, self.settings.submission_bytes, names)
        target = self._staged_path("submitted", student)
        target.mkdir(parents=True)
        for name, content in contents.items():
            # A folder may have the name of a file that is written there later.
            if name == timestamps.NAME or name.partition(os.sep)[0] in {*names, timestamps.NAME}:
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
        return contents

    def unstage(self, student):
        """Remove the staged folders of a student."""
        for kind in ("submitted", "autograded"):
            shutil.rmtree(self.records.staging / kind / student, ignore_errors=True)

    def _staged_path(self, kind, student):
        return self.records.staging / kind / student / self.lesson

    def prepare(self, student):
        """Read and sanitise a submission.

        Returns
        -------
        Prepared

        Raises
        ------
        Unreadable
            With the reason, in one sentence.
        """
        contents, ready = self.stage(student), {}
        submitted = self._path(self.directory.submitted_directory, student)
        times = {name: os.stat(submitted / name).st_mtime for name in contents}
        found, folder = find_notebooks(contents, times, self.sources), self._staged_path("submitted", student)
        if not found.notebooks:
            raise Unreadable(" ".join(dict.fromkeys(found.lost.values())))
        timestamp, why = self.timestamp(student)
        if timestamp:
            (folder / timestamps.NAME).write_text(timestamp, encoding="utf-8")
        files = for_sandbox(contents)
        for name, (file, notebook) in found.notebooks.items():
            (folder / f"{name}.ipynb").write_bytes(contents[file])
            mend(notebook, self.sources[name])
            with self._one_gradebook() as gradebook:
                try:
                    self._converter.sanitise(notebook, self._resources(student, name))
                finally:
                    gradebook.db.rollback()
            ready[name] = notebook, job_of(name, notebook, files, self.settings)
        return Prepared(ready, found.lost, [*filter(None, [why]), *found.looks, *found.lost.values()])

    def _resources(self, student, name):
        return {
            "unique_key": name,
            "output_files_dir": f"{name}_files",
            "metadata": {"name": name, "path": str(self._staged_path("submitted", student))},
            "nbgrader": {
                "student": student,
                "assignment": self.lesson,
                "notebook": name,
                "db_url": self.directory.db_url,
            },
        }

    def is_in_gradebook(self, student):
        """Whether the gradebook had a submission of this student when it was looked into; it may have been replaced."""
        return student in self._in_gradebook

    def was_graded(self, student):
        """Whether there is a graded notebook of this student, which a person may have marked."""
        return self._path(self.directory.autograded_directory, student).exists()

    def save(self, student, prepared, results, changed):
        """Save a graded submission: rows, files, and last the record of it.

        Parameters
        ----------
        student : str
            Who handed it in.
        prepared : Prepared
            Of :meth:`prepare`.
        results : dict
            Of the judges, by the name of a notebook.
        changed : bool
            Whether it may not be what a person has marked before.

        Returns
        -------
        list of str
            Reasons why somebody should look at it.
        """
        looks = []
        with self._one_gradebook() as gradebook:
            try:
                self._converter.notebooks = [
                    str(self._staged_path("submitted", student) / f"{name}.ipynb") for name in prepared.ready
                ]
                with contextlib.chdir(self._staged.root):
                    self._converter.begin(student)
                    submission = gradebook.find_submission(self.lesson, student)
                    self._start_anew(submission, student, prepared.lost)
                    for name, (notebook, _) in prepared.ready.items():
                        resources = self._resources(student, name)
                        resources[KEY] = {"result": results[name], "changed": changed}
                        looks += self._converter.save(notebook, resources)
                    self._converter.set_permissions(self.lesson, student)
                self._commit()
            except BaseException:
                gradebook.db.rollback()
                raise
        self._move(student)
        return looks

    def save_failure(self, student, why):
        """Save that a submission could not be graded: 0 points, a mark for the eye of a person, and the reason."""
        shutil.rmtree(self._staged_path("autograded", student), ignore_errors=True)
        with self._one_gradebook() as gradebook:
            try:
                gradebook.update_or_create_student(student)
                submission = gradebook.update_or_create_submission(self.lesson, student)
                self._start_anew(submission, student, dict.fromkeys(self.sources, why))
                with contextlib.chdir(self._staged.root):
                    self._converter.set_permissions(self.lesson, student)
                self._commit()
            except BaseException:
                gradebook.db.rollback()
                raise
        self._move(student)

    def _move(self, student):
        target = self._path(self.directory.autograded_directory, student)
        move_folder(self._staged_path("autograded", student), target)
        remove_feedback(self.directory, student, self.lesson)

    def _start_anew(self, submission, student, lost):
        """Take back what earlier gradings left in the rows of a submission, and save what of it could not be graded."""
        timestamp, _ = self.timestamp(student)
        submission.timestamp = parse_utc(timestamp)
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if notebook.name not in lost:
                continue
            for grade in notebook.grades:
                grade.auto_score = 0
                grade.needs_manual_grade = True
            for comment in notebook.comments:
                comment.auto_comment = lost[notebook.name]
        for name, why in lost.items():
            folder = self._staged_path("autograded", student)
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(self._in_its_place(name, why), folder / f"{name}.ipynb")

    def _in_its_place(self, name, why):
        """Return the lesson as it was released, with the reason why nothing was graded at its top.

        Without a notebook in the place of one that cannot be graded, the formgrader does not list the submission, and
        there is no feedback for its author.
        """
        notebook = copy.deepcopy(self.sources[name])
        try:
            ClearSolutions(config=self._config).preprocess(notebook, {})
        except (RuntimeError, ValueError):  # the source marks its solutions in another way
            for cell in notebook.cells:
                cell.source = "" if kind_of(cell) == "student" else cell.source
        ClearOutput(config=self._config).preprocess(notebook, {})
        said = nbformat.v4.new_markdown_cell(f"**Nothing was graded.** {html.escape(why)}", id="nothing-graded")
        if notebook.nbformat_minor < 5:
            del said["id"]
        notebook.cells.insert(0, said)
        return notebook


def _fail(words):
    raise ValueError(words)


class ClassGrading:
    """The grading of one lesson for a class.

    Parameters
    ----------
    course : Course
        Read.
    workers : autograder.grading.worker.Workers or autograder.grading.cluster.Cluster
        Started.
    jobs : int, optional
        How many submissions at once; as many as the workers have room for by default.
    force : bool
        Whether to grade what did not change as well.
    """

    def __init__(self, course, workers, jobs=None, force=False):
        self._course = course
        self._workers = workers
        self._jobs = jobs
        self._force = force
        self._rules = course.digest_of_rules()
        self._early = {}

    def prepare_some(self, students):
        """Prepare the first submissions while the warm process gets ready.

        Parameters
        ----------
        students : list of str
            Of :meth:`due`; what goes wrong with one of them is said when its turn comes.
        """
        for student in students[:_EARLY]:
            with contextlib.suppress(Exception):
                self._early[student] = self._from(student), self._course.prepare(student)

    def due(self, students):
        """Sort a class into what is to be graded, and what is not: it did not change since, or has no name.

        Returns
        -------
        (list of str, list of Graded)
        """
        due, unchanged = [], []
        for student in students:
            if not _is_text(student):
                name = os.fsencode(student).decode("utf-8", "replace")
                why = "Not graded: the folder's name is not written in UTF-8, so no gradebook can hold it. Rename it."
                unchanged.append(Graded(name, LOOK, why))
                continue
            record = self._course.records.read(student)
            known = record and self._course.is_in_gradebook(student)
            if not self._force and known and record["from"] == self._from(student):
                unchanged.append(Graded(student, UNCHANGED, record["why"]))
            else:
                due.append(student)
        return due, unchanged

    def _from(self, student):
        timestamp = repr(self._course.timestamp(student))
        return [self._course.digest(student), self._course.source_digest, self._rules, timestamp]

    def run(self, students):
        """Grade some students.

        Parameters
        ----------
        students : list of str
            Of :meth:`due`.

        Yields
        ------
        Graded
            One after the other, each saved.
        """
        jobs = self._jobs or self._workers.size()
        pool = self._workers.pool(min(jobs, max(len(students), 1)))
        waiting, prepared, open_work = deque(students), deque(), {}
        try:
            while waiting or prepared or pool.busy():
                while prepared and pool.idle():
                    pool.give(*prepared.popleft())
                if waiting and len(prepared) < jobs:
                    yield from self._prepare(waiting.popleft(), prepared, open_work)
                    seconds = 0  # there is more to prepare
                else:
                    seconds = None
                if not pool.busy():
                    continue
                for (student, name), result in pool.take(seconds):
                    while prepared and pool.idle():
                        pool.give(*prepared.popleft())
                    yield from self._finish(student, name, result, open_work)
        finally:
            pool.close()

    def _prepare(self, student, prepared, open_work):
        origin = self._from(student)
        try:
            early_origin, early = self._early.pop(student, (None, None))
            work = early if early_origin == origin else self._course.prepare(student)
        except Unreadable as error:
            yield self._failed(student, origin, str(error))
            return
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise GradingError(f"The gradebook cannot be read: {first_line(error)}") from None
        except Exception as error:
            yield self._failed(student, origin, f"It could not be prepared for grading: {first_line(error)}")
            return
        open_work[student] = origin, work, {}
        for name, (_, job) in work.ready.items():
            prepared.append(((student, name), job))

    def _finish(self, student, name, result, open_work):
        if student not in open_work:
            return
        origin, work, results = open_work[student]
        if isinstance(result, str):
            del open_work[student]
            yield self._failed(student, origin, result)
            return
        results[name] = result
        if len(results) < len(work.ready):
            return
        del open_work[student]
        record = self._course.records.read(student)
        # Without a record, as after a kill between the next line and the last, nothing says that it is the same.
        changed = self._course.was_graded(student) and (record is None or record["from"][0] != origin[0])
        self._course.records.forget(student)
        try:
            looks = work.looks + _patiently(lambda: self._course.save(student, work, results, changed))
        except (OSError, sqlalchemy.exc.OperationalError) as error:
            raise GradingError(f"{student} could not be saved: {first_line(error)}") from None
        except Exception as error:
            yield self._failed(student, origin, f"Its grades could not be saved: {first_line(error)}")
            return
        yield self._recorded(student, origin, LOOK if looks else GRADED, " ".join(looks))

    def _failed(self, student, origin, why):
        why = printable(why)
        self._course.records.forget(student)
        try:
            _patiently(lambda: self._course.save_failure(student, why))
        except (OSError, sqlalchemy.exc.SQLAlchemyError) as error:
            raise GradingError(f"{student} could not be saved: {first_line(error)}") from None
        return self._recorded(student, origin, LOOK, why)

    def _recorded(self, student, origin, state, why):
        why = printable(why)
        self._course.unstage(student)
        self._course.records.write(student, {"from": origin, "state": state, "why": why})
        return Graded(student, state, why)


def _is_text(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _patiently(action, pauses=(0.5, 2, 5)):
    """Do something to the gradebook, again if somebody else holds it."""
    for pause in (*pauses, None):
        try:
            return action()
        except (sqlalchemy.exc.OperationalError, InvalidEntry) as error:
            # nbgrader hands some errors of the database on under a name of its own.
            held = error if isinstance(error, sqlalchemy.exc.OperationalError) else error.__context__
            if not isinstance(held, sqlalchemy.exc.OperationalError):
                raise
            if pause is None or "readonly" in str(held):
                raise held from None
        time.sleep(pause)


__all__ = ["Busy", "ClassGrading", "Course", "Graded", "GradingError", "Unprotected"]
