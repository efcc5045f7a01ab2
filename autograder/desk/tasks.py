"""What a lesson asks for: its exercises and written questions, by the names that people know them by."""

import re
from dataclasses import dataclass, replace

from autograder.grading.normalise import kind_of

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_EXERCISE = re.compile(r"^Exercises?:\s*")


@dataclass(frozen=True)
class Task:
    """Something that earns points.

    Attributes
    ----------
    notebook : str
        The name of the notebook.
    cell : str
        The grade_id of the cell under which nbgrader keeps the grade.
    name : str
        A short name without spaces, for the columns of a table.
    title : str
        What people call it.
    points : float
        What it is worth at most.
    by_hand : bool
        Whether a person marks it.
    answers : tuple of str
        The grade_ids of the cells under which nbgrader keeps comments on it.
    """

    notebook: str
    cell: str
    name: str
    title: str
    points: float
    by_hand: bool
    answers: tuple = ()


def find_tasks(sources):
    """List what a lesson asks for, in the order of its notebooks.

    Parameters
    ----------
    sources : dict of str to nbformat.NotebookNode
        The notebooks of the source, by name.

    Returns
    -------
    list of Task
        No two of them have the same name.
    """
    tasks = [task for name, source in sources.items() for task in _tasks_of(name, source)]
    names = [task.name for task in tasks]
    return [
        task if names.count(task.name) == 1 else replace(task, name=f"{task.notebook}/{task.cell}") for task in tasks
    ]


def _tasks_of(notebook, source):
    heading, answers = "", []
    for cell in source.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            heading = next(iter(_HEADING.findall(cell.source)[::-1]), heading)
        if marks.get("solution"):
            answers.append(marks["grade_id"])
        if not (marks.get("grade") or marks.get("task")):
            continue
        name, points = marks["grade_id"], float(marks.get("points") or 0)
        by_hand = kind_of(cell) != "test"
        own = [name] if marks.get("task") else answers
        if by_hand or not answers:
            title = _EXERCISE.sub("", _IN_BRACKETS.sub("", heading)).replace("`", "") or name
            yield Task(notebook, name, name.removesuffix("-check"), title, points, by_hand, tuple(own))
        else:
            function = answers[-1].replace("-", "_")
            yield Task(notebook, name, function, function, points, by_hand, tuple(own))
        answers = []


def title_of(lesson, sources):
    """Return the title of a lesson, which is the first heading in its notebooks, or its name."""
    for source in sources.values():
        for cell in source.cells:
            found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
            if found:
                return found.group(1).replace("`", "")
    return lesson
