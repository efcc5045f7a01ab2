"""The files of a lesson that students get: its notebooks, as released or with solutions, and its data."""

import copy
import os
import re
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import find_all_files
from traitlets import TraitError

from autograder.grading import first_cell
from autograder.grading.converter import without_log
from autograder.grading.normalise import kind_of
from autograder.grading.opening import CONFIG_FILE, GradingError, find_source, first_line, load_config, read_source
from autograder.grading.settings import Desk

# The address is written into a cell that passes it to a shell.
_WHEEL_ADDRESS = re.compile(r"https?://[\w.~:/@%+=&?#\[\],;!*()-]+", re.ASCII)
# nbgrader leaves a gradebook there if it runs without the course's configuration.
_NEVER = "gradebook.db"


class Course:
    """A course whose lessons are handed out.

    Parameters
    ----------
    folder : pathlib.Path
        The folder with ``nbgrader_config.py``.

    Attributes
    ----------
    name : str
        Its id in nbgrader.
    settings : autograder.grading.settings.Desk

    Raises
    ------
    GradingError
        If there is no course, or one of its settings is not valid.
    """

    def __init__(self, folder):
        self._config = load_config(folder)
        if "root" not in self._config.CourseDirectory:
            self._config.CourseDirectory.root = str(Path(folder).resolve())
        try:
            self.settings = Desk(config=self._config)
            self._directory = CourseDirectory(config=self._config)
        except TraitError as error:
            problem = first_line(error).rstrip(".")
            raise GradingError(f"A setting in {CONFIG_FILE} is not valid: {problem}. Correct it.") from None
        self.name = self._directory.course_id or "course"
        address = self.settings.package_url
        if address and not _WHEEL_ADDRESS.fullmatch(address):
            raise GradingError(
                f"c.Desk.package_url in {CONFIG_FILE} is not the address of a wheel: {address!r}. It begins with "
                "https:// and has no spaces or quotation marks."
            )

    def lessons(self):
        """List the names of all lessons, in order."""
        folder = Path(self._directory.format_path(self._directory.source_directory, ".", "."))
        return sorted(path.name for path in folder.iterdir() if any(path.glob("*.ipynb"))) if folder.is_dir() else []

    def released(self, lesson):
        """Return the files of a lesson as students get them before it is due, made from its source.

        Parameters
        ----------
        lesson : str

        Returns
        -------
        dict of str to bytes
            By name: the notebooks without solutions, hidden tests and mark schemes, and the data.

        Raises
        ------
        GradingError
            If there is no such lesson, or nbgrader cannot convert it.
        """
        read_source(self._source(lesson))  # which says what is wrong with it better than the conversion does
        with tempfile.TemporaryDirectory() as place:
            directory = CourseDirectory(config=self._config, release_directory=place, assignment_id=lesson)
            # nbgrader's own settings for a conversion that leaves the gradebook alone.
            config = copy.deepcopy(self._config)
            config.GenerateAssignment.no_database, config.SaveCells.enabled = True, False
            converter = without_log(_Converter, directory, config)
            try:
                converter.start()
            except Exception as error:
                message = first_line(error).rstrip(".")
                raise GradingError(f"{lesson} cannot be released: {message}. Correct its source.") from None
            files = _files(Path(place) / lesson, directory.ignore)
        return {name: self._with_address(content) if _is_notebook(name) else content for name, content in files.items()}

    def points(self, lesson):
        """Return what a lesson is worth: the points of its test cells and written questions."""
        notebooks = read_source(self._source(lesson)).values()
        marks = [cell.metadata.get("nbgrader", {}) for notebook in notebooks for cell in notebook.cells]
        return sum(each.get("points") or 0 for each in marks if each.get("grade") or each.get("task"))

    def worked(self, lesson):
        """Return the files of a lesson with its solutions, for students to read after it is due.

        Parameters
        ----------
        lesson : str

        Returns
        -------
        dict of str to bytes
            By name: the notebooks with solutions and outputs, without hidden tests and mark schemes, and the data.
            ``-solutions`` is added to the names of the notebooks, so that none takes the place of a student's own.

        Raises
        ------
        GradingError
            If there is no such lesson, or one of its notebooks cannot be read.
        """
        source = self._source(lesson)
        files = _files(source, self._directory.ignore)
        data = {name: content for name, content in files.items() if not _is_notebook(name)}
        notebooks = {}
        for name, notebook in read_source(source).items():
            try:
                self._show_solutions(notebook)
            except RuntimeError as error:
                message = first_line(error).rstrip(".")
                raise GradingError(f"{lesson} cannot be released: {message}. Correct its source.") from None
            notebooks[f"{name}-solutions.ipynb"] = self._with_address(nbformat.writes(notebook).encode())
        return notebooks | data

    def _source(self, lesson):
        return find_source(self._directory, lesson)

    def _show_solutions(self, notebook):
        """Take out of a source what is only for grading: hidden tests, mark schemes, markers and nbgrader's marks."""
        before = [cell.source for cell in notebook.cells]
        for step in (ClearHiddenTests, ClearMarkScheme):
            step(config=self._config).preprocess(notebook, {})
        markers = ClearSolutions(config=self._config)
        markers = markers.begin_solution_delimeter, markers.end_solution_delimeter
        for cell, source in zip(notebook.cells, before, strict=True):
            if cell.source != source and cell.cell_type == "code":
                cell.outputs = []  # what is stored is the output of the hidden test
            if kind_of(cell) == "student":
                lines = cell.source.split("\n")
                cell.source = "\n".join(line for line in lines if not any(marker in line for marker in markers))
            cell.metadata.pop("nbgrader", None)

    def _with_address(self, content):
        """Return a notebook whose first cell knows where the wheel is, if the course says so."""
        address = self.settings.package_url
        if not address:
            return content
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        for cell in notebook.cells:
            if cell.get("id") == first_cell.CELL_ID:
                cell.source = first_cell.add_address(cell.source, address)
        return nbformat.writes(notebook).encode()


class _Converter(GenerateAssignment):
    """nbgrader's ``generate_assignment``, which raises what goes wrong in place of logging it."""

    def convert_notebooks(self):
        ((_, self.notebooks),) = self.assignments.items()
        self.init_assignment(self.coursedir.assignment_id, ".")
        for notebook in sorted(self.notebooks):
            self.convert_single_notebook(notebook)


def _is_notebook(name):
    return name.endswith(".ipynb")


def _files(folder, ignore):
    """Read the files below a folder that nbgrader would hand out, by name, hidden ones left out."""
    names = sorted(os.path.relpath(path, folder) for path in find_all_files(str(folder), ignore))
    kept = [
        name
        for name in names
        if not any(part.startswith((".", _NEVER)) for part in Path(name).parts) and (folder / name).is_file()
    ]
    return {Path(name).as_posix(): (folder / name).read_bytes() for name in kept}
