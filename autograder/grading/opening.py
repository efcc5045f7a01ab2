"""Opening a course: its configuration, the source of a lesson, and the gradebook.

Whatever is wrong with one of them is said in a sentence. A lesson that the gradebook doesn't have yet is entered from
its source, by nbgrader's own steps.
"""

import contextlib
import difflib
import glob
import logging
import os
import traceback
from pathlib import Path

import nbformat
import nbgrader.api
import nbgrader.dbutil
import sqlalchemy
from nbgrader.api import Assignment, Gradebook, InvalidEntry, MissingEntry
from nbgrader.api import Course as CourseRow
from nbgrader.apps import NbGrader
from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.nbgraderformat import MetadataValidator

CONFIG_FILE = "nbgrader_config.py"
_ADVICE = "Repair it, or restore the last version that worked."
# The course that nbgrader notes in every gradebook, beside the one that is configured.
_ANY_COURSE = "default_course"


class GradingError(Exception):
    """Why a class cannot be graded, in one sentence."""


def first_line(error):
    """Return what an error says, shortened to one line."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0][:300] if said else type(error).__name__


def load_config(folder):
    """Read a course's configuration, together with the user's own for nbgrader.

    Parameters
    ----------
    folder : pathlib.Path
        Holds ``nbgrader_config.py``.

    Returns
    -------
    traitlets.config.Config

    Raises
    ------
    GradingError
        If the file is missing, or fails.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise GradingError(
            f"There is no {CONFIG_FILE} in {folder.resolve()}. Run the command in the course's folder, or name that "
            "folder with --course."
        )
    app = NbGrader()
    app.log.setLevel(logging.CRITICAL)
    app.raise_config_file_errors = True
    try:
        with contextlib.chdir(folder):
            app.load_config_file()
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {first_line(error)}"
        raise GradingError(f"The configuration cannot be read: {_place(error)}{said}. Correct it first.") from None
    return app.config


def _place(error):
    """Say in which configuration file an error occurred, and where, if it was in one."""
    if isinstance(error, SyntaxError):
        return ""  # its words name the file and the line
    frames = traceback.extract_tb(error.__traceback__)
    places = [frame for frame in frames if os.path.basename(frame.filename).endswith("_config.py")]
    return f"{places[-1].filename}, line {places[-1].lineno}: " if places else ""


def find_source(directory, lesson):
    """Find the folder of a lesson's source.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        Of the course.
    lesson : str
        Name of the assignment.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    GradingError
        If there is none; it suggests the lesson with the nearest name.
    """
    kind = directory.source_directory
    lessons = sorted(
        Path(path).name for path in glob.glob(directory.format_path(kind, ".", "*")) if os.path.isdir(path)
    )
    if lesson in lessons:
        return Path(directory.format_path(kind, ".", lesson))
    if not lessons:
        raise GradingError(f"There are no lessons in {os.path.join(directory.root, kind)}.")
    near = [name for name in lessons if lesson and lesson in name]
    near = near or difflib.get_close_matches(lesson, lessons, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}?" if near else f"The lessons are {', '.join(lessons)}."
    raise GradingError(f'No lesson called "{lesson}" was found in {kind}/. {advice}')


def read_source(folder):
    """Read the notebooks of a lesson's source.

    Parameters
    ----------
    folder : pathlib.Path
        Of :func:`find_source`.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By name.

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
            raise  # says itself which file it is about
        except Exception:  # whatever nbformat stumbles over where it expects a notebook's structure
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
        raise GradingError(f"The folder {folder} holds no notebook.")
    return sources


def look_into(directory, lesson):
    """Look into the gradebook without changing it, or creating one.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        Of the course.
    lesson : str
        Name of the assignment.

    Returns
    -------
    set of str
        The students for whom it has a submission.

    Raises
    ------
    GradingError
        If it cannot be read, or belongs to another course.
    """
    with saying_what_is_wrong(directory):
        url = sqlalchemy.make_url(directory.db_url)
        file = url.database if url.get_backend_name() == "sqlite" else None
        if file and not file.startswith("file:") and not os.path.exists(file):
            return set()
        engine = sqlalchemy.create_engine(url)
        try:
            with sqlalchemy.orm.Session(engine) as session:
                if not sqlalchemy.inspect(session.connection()).has_table(Assignment.__tablename__):
                    return set()
                return _submissions(session, directory, lesson)
        finally:
            engine.dispose()


def _submissions(session, directory, lesson):
    ours = {directory.course_id, _ANY_COURSE, ""}
    courses = set(session.scalars(sqlalchemy.select(CourseRow.id)))
    assignment = session.scalars(sqlalchemy.select(Assignment).where(Assignment.name == lesson)).one_or_none()
    others = courses - ours if directory.course_id not in courses else set()
    if assignment and assignment.course_id is not None:
        others |= {assignment.course_id} - ours
    if others:
        raise GradingError(
            f'The gradebook {_shown(directory)} belongs to the course "{min(others)}", but {CONFIG_FILE} names '
            f'"{directory.course_id}". Set c.CourseDirectory.course_id or db_url to those of one course.'
        )
    return {submission.student_id for submission in assignment.submissions} if assignment else set()


def _shown(directory):
    """Return the address of the gradebook as it may be shown: without a password."""
    url = sqlalchemy.make_url(directory.db_url)
    return url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextlib.contextmanager
def saying_what_is_wrong(directory):
    """Turn what a database or its driver raises into one sentence.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        Of the course.

    Raises
    ------
    GradingError
        In the place of an error of the database.
    """
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, InvalidEntry, ImportError, OSError) as error:
        try:
            where = _shown(directory)
        except sqlalchemy.exc.ArgumentError:
            where = directory.db_url
        # nbgrader hands some errors of the database on under a name of its own.
        cause = error.__context__ if isinstance(error, InvalidEntry) and error.__context__ else error
        raise GradingError(f"The gradebook {where} cannot be opened: {first_line(cause)}.") from None


def open_gradebook(directory):
    """Open the gradebook, and make it if there is none.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        Of the course.

    Returns
    -------
    nbgrader.api.Gradebook

    Raises
    ------
    GradingError
        If it cannot be opened.
    """
    # nbgrader logs each error of the database with its traceback; here it becomes a sentence.
    nbgrader.api.app_log.disabled = True
    # nbgrader starts the program alembic for this, which takes seconds, and fails where it isn't on the PATH.
    nbgrader.api.get_alembic_version = _newest_schema
    with saying_what_is_wrong(directory):
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


def is_entered(gradebook, lesson, sources):
    """Say whether the gradebook has a lesson as its source has it.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    lesson : str
        Name of the assignment.
    sources : dict of str to nbformat.NotebookNode
        Of :func:`read_source`.

    Returns
    -------
    bool
        False also if the lesson is there, but with other notebooks, cells, points or tests: setting a due date in the
        formgrader, for one, makes a lesson without notebooks.
    """
    try:
        notebooks = {notebook.name: notebook for notebook in gradebook.find_assignment(lesson).notebooks}
    except MissingEntry:
        return False
    if set(notebooks) != set(sources):
        return False
    return all(_is_as_in(source, notebooks[name]) for name, source in sources.items())


def _is_as_in(source, notebook):
    """Whether the gradebook has the answers, tests and points of a notebook as its source has them."""
    marked = [(cell, cell.metadata.nbgrader) for cell in source.cells if cell.metadata.get("nbgrader")]
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    if points != {marks["grade_id"]: marks.get("points") for _, marks in marked if _is_graded(marks)}:
        return False
    if {cell.name for cell in notebook.solution_cells} != {m["grade_id"] for _, m in marked if m.get("solution")}:
        return False
    # The gradebook has an answer without its solution, so that only the texts of the others can be compared.
    texts = {cell.name: cell.source for cell in notebook.source_cells}
    tests = {
        marks["grade_id"]: cell.source for cell, marks in marked if _is_graded(marks) and not marks.get("solution")
    }
    return tests.items() <= texts.items()


def _is_graded(marks):
    return marks.get("grade") or marks.get("task")


class Entering(GenerateAssignment):
    """nbgrader's ``generate_assignment`` for the sake of the gradebook: what it releases goes to a staged folder."""

    def enter(self):
        """Enter the lesson.

        Raises
        ------
        GradingError
            If nbgrader refuses its source.
        """
        lesson = self.coursedir.assignment_id
        try:
            self.start()
        except (sqlalchemy.exc.SQLAlchemyError, InvalidEntry):
            raise  # perhaps only for now, while somebody else holds the database
        except Exception as error:
            said = first_line(error).rstrip(".")
            if "submissions associated" in said:
                said += (
                    ". Undo that change of the source, or remove the lesson and its grades with `nbgrader db "
                    f"assignment remove {lesson} --force`"
                )
            raise GradingError(f"{lesson} cannot be entered into the gradebook: {said}.") from None

    def convert_notebooks(self):
        """Convert the notebooks; what goes wrong is raised, and not written out with a traceback."""
        ((_, self.notebooks),) = self.assignments.items()
        self.init_assignment(self.coursedir.assignment_id, ".")
        for notebook in sorted(self.notebooks):
            self.convert_single_notebook(notebook)
