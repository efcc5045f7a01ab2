"""Entering a lesson into the gradebook from its source, by nbgrader's own steps."""

import copy

import sqlalchemy
from nbgrader.api import InvalidEntry
from nbgrader.converters.generate_assignment import GenerateAssignment

from autograder.grading.opening import GradingError, find_assignment, first_line


def is_entered(gradebook, lesson, sources, uncounted=frozenset()):
    """Whether the gradebook has a lesson exactly as its source has it.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    lesson : str
        The name of the assignment.
    sources : dict of str to nbformat.NotebookNode
        Returned by :func:`autograder.grading.opening.read_source`.
    uncounted : set of (str, str)
        The notebooks and names of cells that count 0 points, whatever their source says.

    Returns
    -------
    bool
        False also if the lesson has other notebooks, cells, points or tests. For example, setting a due date in the
        formgrader creates a lesson without notebooks.
    """
    assignment = find_assignment(gradebook.db, lesson)
    notebooks = {notebook.name: notebook for notebook in assignment.notebooks} if assignment else {}
    if set(notebooks) != set(sources):
        return False
    sources = {name: without_points(name, source, uncounted) for name, source in sources.items()}
    return all(_is_as_in(source, notebooks[name]) for name, source in sources.items())


def without_points(name, source, uncounted):
    """Return a notebook of a source, in which the cells that don't count yet are worth 0 points."""
    cells = [cell for cell in source.cells if (name, cell.metadata.get("nbgrader", {}).get("grade_id")) in uncounted]
    if not cells:
        return source
    source = copy.deepcopy(source)
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader", {})
        if "points" in marks and (name, marks["grade_id"]) in uncounted:
            marks["points"] = 0
    return source


def _is_as_in(source, notebook):
    """Whether the gradebook has the answers, tests and points of a notebook as its source has them."""
    marked = [(cell, cell.metadata.nbgrader) for cell in source.cells if cell.metadata.get("nbgrader")]
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    if points != {marks["grade_id"]: marks.get("points") for _, marks in marked if _is_graded(marks)}:
        return False
    if {cell.name for cell in notebook.solution_cells} != {m["grade_id"] for _, m in marked if m.get("solution")}:
        return False
    # The gradebook has the answer cells without their solutions, so only the texts of the other cells can be compared.
    texts = {cell.name: cell.source for cell in notebook.source_cells}
    tests = {
        marks["grade_id"]: cell.source for cell, marks in marked if _is_graded(marks) and not marks.get("solution")
    }
    return tests.items() <= texts.items()


def _is_graded(marks):
    return marks.get("grade") or marks.get("task")


class EnterLesson(GenerateAssignment):
    """nbgrader's ``generate_assignment``, run only to fill the gradebook: the release goes to a staging folder."""

    def enter(self, uncounted=frozenset()):
        """Enter the lesson into the gradebook.

        Parameters
        ----------
        uncounted : set of (str, str)
            As for :func:`is_entered`.

        Raises
        ------
        GradingError
            If nbgrader refuses its source.
        """
        lesson, self._uncounted = self.coursedir.assignment_id, uncounted
        try:
            self.start()
        except (sqlalchemy.exc.SQLAlchemyError, InvalidEntry):
            raise  # the database may only be locked, so the caller may try again
        except Exception as error:
            message = first_line(error).rstrip(".")
            if "submissions associated" in message:
                folder = self.coursedir.format_path(self.coursedir.source_directory, ".", lesson)
                message += (
                    f". If {folder} holds a notebook that does not belong there, such as a copy, delete it. Otherwise "
                    f"undo your change of the source. (`nbgrader db assignment remove {lesson} --force` would remove "
                    "the lesson together with all its grades and marks)"
                )
            raise GradingError(f"{lesson} cannot be entered into the gradebook: {message}.") from None

    def _take_points(self, notebook, resources):
        return without_points(resources["nbgrader"]["notebook"], notebook, self._uncounted), resources

    def convert_notebooks(self):
        """Convert the notebooks, and let errors through that nbgrader would log with a traceback."""
        self.exporter._preprocessors.insert(0, self._take_points)
        ((_, self.notebooks),) = self.assignments.items()
        self.init_assignment(self.coursedir.assignment_id, ".")
        for notebook in sorted(self.notebooks):
            self.convert_single_notebook(notebook)
