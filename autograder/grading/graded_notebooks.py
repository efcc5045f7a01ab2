"""Graded notebooks, and the answers of a student in them."""

import nbformat


def read_graded(course, student, name):
    """Read a graded notebook.

    Parameters
    ----------
    course : autograder.grading.course.Course
    student, name : str
        The student, and the notebook's name.

    Returns
    -------
    nbformat.NotebookNode or None
        None if there is none that can be read.
    """
    try:
        # It was written by grading, and need not be validated again.
        return nbformat.v4.reads((course.autograded_path(student) / f"{name}.ipynb").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def answers_in(notebook):
    """Return the code of each answer cell of a notebook, by the name of the exercise.

    Parameters
    ----------
    notebook : nbformat.NotebookNode or None

    Returns
    -------
    dict of str to str
    """
    found = {}
    for cell in filter(is_answer, notebook.cells if notebook else ()):
        found[str(cell.metadata.nbgrader.get("grade_id", "")).replace("-", "_")] = str(cell.source)
    return found


def is_answer(cell):
    """Whether a cell with nbgrader's marks is for code that a student writes, and that a test below it grades."""
    mark = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(mark.get("solution")) and not mark.get("grade")
