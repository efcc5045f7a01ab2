"""Entering a lesson into the gradebook from its source, by nbgrader's own steps."""

import sqlalchemy
from nbgrader.api import InvalidEntry
from nbgrader.converters.generate_assignment import GenerateAssignment

from autograder.grading.opening import GradingError, find_assignment, first_line


def is_entered(gradebook, lesson, sources):
    """Whether the gradebook has a lesson exactly as its source has it.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    lesson : str
        The name of the assignment.
    sources : dict of str to nbformat.NotebookNode
        Returned by :func:`read_source`.

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
    return all(_is_as_in(source, notebooks[name]) for name, source in sources.items())


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

    def enter(self):
        """Enter the lesson into the gradebook.

        Raises
        ------
        GradingError
            If nbgrader refuses its source.
        """
        lesson = self.coursedir.assignment_id
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

    def convert_notebooks(self):
        """Convert the notebooks, and let errors through that nbgrader would log with a traceback."""
        ((_, self.notebooks),) = self.assignments.items()
        self.init_assignment(self.coursedir.assignment_id, ".")
        for notebook in sorted(self.notebooks):
            self.convert_single_notebook(notebook)
