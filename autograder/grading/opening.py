"""Opening the parts of a course: its configuration, the source of a lesson, and the gradebook.

Whatever is wrong with one of them is reported as a :class:`GradingError`.
"""

import contextlib
import difflib
import glob
import logging
import os
import traceback
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader.api
import nbgrader.dbutil
import sqlalchemy
from nbgrader.api import Assignment, Gradebook, InvalidEntry, Student
from nbgrader.api import Course as CourseRow
from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from traitlets import TraitError

from autograder.grading import settings  # noqa: F401 (so that its sections are known)
from autograder.grading.misspelt import misspelt_setting

CONFIG_FILE = "nbgrader_config.py"
_ADVICE = "Repair it, or restore the last version that worked."
# nbgrader adds this course to every gradebook, in addition to the configured one.
_ANY_COURSE = "default_course"


class GradingError(Exception):
    """A class cannot be graded; the message says why, and what to do."""


def first_line(error):
    """Return the first line of an error's message, shortened if it is very long."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def load_config(folder):
    """Load the configuration of a course, on top of the user's own configuration of nbgrader.

    Parameters
    ----------
    folder : pathlib.Path
        The folder with ``nbgrader_config.py``.

    Returns
    -------
    traitlets.config.Config

    Raises
    ------
    GradingError
        If the file is missing, cannot be executed, or has a setting whose name is misspelt.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise GradingError(
            f"There is no {CONFIG_FILE} in {folder.resolve()}. Run the command in the folder of the course, or name "
            "that folder with --course."
        )
    app = NbGrader()
    app.log.setLevel(logging.CRITICAL)
    app.raise_config_file_errors = True
    try:
        with contextlib.chdir(folder):
            app.load_config_file()
    except (Exception, SystemExit) as error:
        message = f"{_place(error)}{type(error).__name__}: {first_line(error)}"
        raise GradingError(f"The configuration cannot be read: {message}. Correct it and try again.") from None
    problem = misspelt_setting(app.config)
    if problem:
        raise GradingError(f"{problem} Correct it in {CONFIG_FILE}.")
    return app.config


def course_directory(config, folder):
    """Return nbgrader's description of a course.

    Parameters
    ----------
    config : traitlets.config.Config
        Returned by :func:`load_config`; it gets the folder as the root of the course if it names no other.
    folder : pathlib.Path
        The folder with the configuration.

    Returns
    -------
    nbgrader.coursedir.CourseDirectory

    Raises
    ------
    GradingError
        If a setting is not valid.
    """
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(Path(folder).resolve())
    try:
        return CourseDirectory(config=config)
    except TraitError as error:
        raise invalid_setting(error) from None


def invalid_setting(error):
    """Return the error to raise for a setting that traitlets refuses."""
    problem = first_line(error).rstrip(".")
    return GradingError(f"A setting in {CONFIG_FILE} is not valid: {problem}. Correct it.")


def _place(error):
    """Return the file and the line of a configuration where an error occurred, or nothing if it was elsewhere."""
    if isinstance(error, SyntaxError):
        return ""  # its message names the file and the line
    frames = traceback.extract_tb(error.__traceback__)
    places = [frame for frame in frames if os.path.basename(frame.filename).endswith("_config.py")]
    return f"{places[-1].filename}, line {places[-1].lineno}: " if places else ""


def find_source(directory, lesson):
    """Find the folder of a lesson's source.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    lesson : str
        The name of the assignment.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    GradingError
        If there is none. The message suggests the lesson with the most similar name.
    """
    kind, lessons = directory.source_directory, lessons_of(directory)
    if lesson in lessons:
        return Path(directory.format_path(kind, ".", lesson))
    if not lessons:
        raise GradingError(f"There are no lessons in {os.path.join(directory.root, kind)}. Put their sources there.")
    near = [name for name in lessons if lesson and lesson in name]
    near = near or difflib.get_close_matches(lesson, lessons, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}?" if near else f"The lessons are {', '.join(lessons)}."
    raise GradingError(f'No lesson called "{lesson}" was found in {kind}/. {advice}')


def lessons_of(directory):
    """List the names of all lessons that a course has the source of."""
    paths = glob.glob(directory.format_path(directory.source_directory, ".", "*"))
    return sorted(Path(path).name for path in paths if os.path.isdir(path))


def read_source(folder):
    """Read the notebooks of a lesson's source.

    Parameters
    ----------
    folder : pathlib.Path
        Returned by :func:`find_source`.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By name, without the extension.

    Raises
    ------
    GradingError
        If there is no notebook, or one cannot be read.
    """
    sources = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
            nbformat.validate(notebook)
        except (UnicodeDecodeError, nbformat.reader.NotJSONError):
            raise GradingError(f"{path} is not a notebook: it isn't JSON. {_ADVICE}") from None
        except nbformat.ValidationError as error:
            raise GradingError(f"{path} is not a valid notebook: {first_line(error)}. {_ADVICE}") from None
        except OSError:
            raise  # its message names the file
        except Exception:  # whatever nbformat raises for JSON of another structure
            raise GradingError(f"{path} is JSON, but not a notebook. {_ADVICE}") from None
        try:
            MetadataValidator().validate_nb(notebook)
        except Exception as error:
            raise GradingError(
                f"{path} has a cell that nbgrader cannot read: {first_line(error)}. Correct its settings in "
                "JupyterLab's Create Assignment panel."
            ) from None
        sources[path.stem] = notebook
    if not sources:
        raise GradingError(f"There is no notebook in {folder}. Put the source of the lesson there.")
    return sources


@dataclass(frozen=True)
class LessonInGradebook:
    """What the gradebook says about a lesson.

    Attributes
    ----------
    students : frozenset of str
        Who has a submission of it there.
    everybody : frozenset of str
        All students of the gradebook.
    rules : str
        Its :func:`grading_rules`.
    exists : bool
        Whether there is a gradebook.
    """

    students: frozenset = frozenset()
    everybody: frozenset = frozenset()
    rules: str = ""
    exists: bool = True


def look_up_lesson(directory, lesson):
    """Look a lesson up in the gradebook, without changing the gradebook or creating one.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.
    lesson : str
        The name of the assignment.

    Returns
    -------
    LessonInGradebook

    Raises
    ------
    GradingError
        If the gradebook cannot be read, or belongs to another course.
    """
    with reading(directory) as session:
        if session is None:
            return LessonInGradebook(exists=False)
        assignment = find_assignment(session, lesson)
        _check_course(session, directory, assignment)
        students = {each.student_id for each in assignment.submissions} if assignment else ()
        everybody = session.scalars(sqlalchemy.select(Student.id))
        return LessonInGradebook(frozenset(students), frozenset(everybody), grading_rules(session, lesson))


@contextlib.contextmanager
def reading(directory):
    """Open the gradebook to read it, without creating or changing one.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course.

    Yields
    ------
    sqlalchemy.orm.Session or None
        None if there is no gradebook yet.

    Raises
    ------
    GradingError
        If the gradebook cannot be read.
    """
    with explaining_errors(directory):
        url = sqlalchemy.make_url(directory.db_url)
        file = url.database if url.get_backend_name() == "sqlite" else None
        if file and not file.startswith("file:") and not os.path.exists(file):
            yield None
            return
        engine = sqlalchemy.create_engine(url)
        try:
            with sqlalchemy.orm.Session(engine) as session:
                has_tables = sqlalchemy.inspect(session.connection()).has_table(Assignment.__tablename__)
                yield session if has_tables else None
        finally:
            engine.dispose()


def find_assignment(session, lesson):
    """Return nbgrader's row of a lesson, or None."""
    return session.scalars(sqlalchemy.select(Assignment).where(Assignment.name == lesson)).one_or_none()


def _check_course(session, directory, assignment):
    """Raise an error if the gradebook, or the lesson in it, belongs to another course than the configuration names."""
    ours = {directory.course_id, _ANY_COURSE, ""}
    courses = set(session.scalars(sqlalchemy.select(CourseRow.id)))
    others = courses - ours if directory.course_id not in courses else set()
    if assignment and assignment.course_id is not None:
        others |= {assignment.course_id} - ours
    if others:
        raise GradingError(
            f'The gradebook {_address(directory)} belongs to the course "{min(others)}", but {CONFIG_FILE} names '
            f'"{directory.course_id}". Set c.CourseDirectory.course_id or db_url to those of one course.'
        )


def grading_rules(session, lesson):
    """Return what the gradebook says about the cells of a lesson and their points, as text."""
    assignment = find_assignment(session, lesson)
    if assignment is None:
        return ""
    rules = [lesson]
    for notebook in assignment.notebooks:
        rules += [f"{notebook.name} {cell.name} {cell.checksum}" for cell in notebook.source_cells]
        rules += [f"{notebook.name} {cell.name} {cell.max_score}" for cell in notebook.grade_cells]
        rules += [f"{notebook.name} {cell.name} {cell.max_score}" for cell in notebook.task_cells]
    return "\n".join(sorted(rules))


def _address(directory):
    """Return the address of the gradebook without its password."""
    url = sqlalchemy.make_url(directory.db_url)
    return url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextlib.contextmanager
def explaining_errors(directory):
    """Turn the errors of a database or its driver into a :class:`GradingError`."""
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, InvalidEntry, ImportError, OSError) as error:
        try:
            where = _address(directory)
        except sqlalchemy.exc.ArgumentError:
            where = directory.db_url
        problem = first_line(database_error(error))
        raise GradingError(
            f"The gradebook {where} cannot be opened: {problem}. Check c.CourseDirectory.db_url, and "
            "whether that database can be used."
        ) from None


def database_error(error):
    """Return the error of the database behind nbgrader's ``InvalidEntry``, or the error itself."""
    return error.__context__ if isinstance(error, InvalidEntry) and error.__context__ else error


def open_gradebook(directory):
    """Open the gradebook, or create it if there is none; an error is raised as a :class:`GradingError`."""
    # nbgrader would log each error of the database with its traceback.
    nbgrader.api.app_log.disabled = True
    # nbgrader would start the program alembic for this, which takes seconds and fails if it isn't on the PATH.
    nbgrader.api.get_alembic_version = _newest_schema
    with explaining_errors(directory):
        gradebook = Gradebook(directory.db_url)
        try:
            gradebook.check_course(directory.course_id)
        except BaseException:
            gradebook.close()
            raise
        gradebook.course_id = directory.course_id
        return gradebook


def _newest_schema():
    from alembic.script import ScriptDirectory  # here, because only a new gradebook needs it

    return ScriptDirectory(nbgrader.dbutil.ALEMBIC_DIR).get_current_head()
