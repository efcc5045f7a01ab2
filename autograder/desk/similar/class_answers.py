"""What the students of a class wrote themselves, exercise by exercise, and what it is compared with."""

from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.desk.roster import read_roster
from autograder.grading.cells import grade_id_of
from autograder.grading.course import Course
from autograder.grading.graded_notebooks import answers_in, is_answer, read_graded
from autograder.grading.recognise import match_cells

SOLUTION = "the solution"


class NothingToCompare(Exception):
    """There is nothing to compare; the message says what to do."""


@dataclass(frozen=True)
class ClassAnswers:
    """What a class wrote.

    Attributes
    ----------
    lesson : str
    answers : dict of str to dict of str to str
        By student and exercise.
    released : dict of str to str
        What was in each cell when it was handed out.
    solution : dict of str to str
        What the source has in each cell.
    names : dict of str to str
        What each student is called.
    marked : dict of str to nbformat.NotebookNode
        The source's cells for answers, by grade_id.
    """

    lesson: str
    answers: dict
    released: dict
    solution: dict
    names: dict
    marked: dict = field(default_factory=dict)


def read_answers(folder, lesson):
    """Read what a class wrote in a lesson, from the graded notebooks.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.
    lesson : str

    Returns
    -------
    ClassAnswers

    Raises
    ------
    NothingToCompare
        If fewer than two submissions are graded.
    autograder.grading.opening.GradingError, autograder.desk.roster.RosterError
        If the course or its roster can't be read.
    """
    course = Course(folder, lesson)
    answers = {}
    for student in course.students():
        notebooks = (read_graded(course, student, name) for name in course.sources)
        code = {name: text for each in notebooks for name, text in answers_in(each).items()}
        if code:
            answers[student] = _without_markers(code)
    if not answers:
        raise NothingToCompare(f"Nothing of {lesson} is graded yet. Run `autograder grade {lesson}` first.")
    released = Path(course.directory.format_path(course.directory.release_directory, ".", lesson))
    solution = {name: code for source in course.sources.values() for name, code in answers_in(source).items()}
    names = {id: student.full_name for id, student in read_roster(folder).items()}
    handed_out = _code_in(sorted(released.glob("*.ipynb")))
    marked = {grade_id_of(cell): cell for each in course.sources.values() for cell in each.cells if is_answer(cell)}
    return ClassAnswers(lesson, answers, handed_out, _without_markers(solution), names, marked)


def read_others(found, against):
    """Read what a class is compared with.

    Parameters
    ----------
    found : ClassAnswers
    against : str
        ``"solutions"``, or a folder with notebooks, at any depth.

    Returns
    -------
    dict of str to dict of str to str
        By author and exercise.

    Raises
    ------
    NothingToCompare
        If there is no such folder, or no notebook of the lesson in it.
    """
    if against == "solutions":
        return {SOLUTION: found.solution}
    folder = Path(against)
    if not folder.is_dir():
        raise NothingToCompare(f"There is no folder {against}. Name a folder with notebooks, or write: solutions.")
    others = {}
    for path in sorted(folder.rglob("*.ipynb")):
        code = _code_in([path], found.marked)
        if set(code) & set(found.released or found.solution):
            others[str(path.relative_to(folder))] = code
    if not others:
        raise NothingToCompare(f"No notebook in {against} has an answer to {found.lesson} in it.")
    return others


def _code_in(paths, marked=()):
    """Return the answers in notebooks, by nbgrader's marks, or else by their likeness to marked cells."""
    code = {}
    for path in paths:
        try:
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
            code |= answers_in(notebook) or _recognised(notebook, marked)
        except (OSError, ValueError, AttributeError, TypeError, KeyError):
            continue  # a notebook that can't be read has nothing in common with anybody's
    return _without_markers(code)


def _recognised(notebook, marked):
    """Return the answers in a notebook without marks, such as the worked lesson that is handed out."""
    names = match_cells(notebook, marked) if marked else {}
    return {
        names[id(cell)].replace("-", "_"): cell.source
        for cell in notebook.cells
        if id(cell) in names and cell.cell_type == "code"
    }


def _without_markers(answers):
    """Leave out nbgrader's markers, which are in a copy of the source, and would count as comments of its author's."""
    return {
        name: "\n".join(line for line in code.splitlines() if "### BEGIN" not in line and "### END" not in line)
        for name, code in answers.items()
    }
