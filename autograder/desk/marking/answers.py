"""The written answers of a class to one question."""

import hashlib
from dataclasses import dataclass

import nbformat

from autograder.desk.graded_notebooks import read_graded
from autograder.desk.notebook_view import cells_of
from autograder.desk.tasks import find_tasks
from autograder.grading.course import Course
from autograder.grading.opening import GradingError
from autograder.grading.recognise import one_line, released_text


@dataclass(frozen=True)
class Question:
    """A question that is marked by hand.

    Attributes
    ----------
    lesson, notebook, cell : str
        ``cell`` is its grade_id.
    title : str
    points : float
    source : str
        Of the cell, with the mark scheme.
    """

    lesson: str
    notebook: str
    cell: str
    title: str
    points: float
    source: str


@dataclass(frozen=True)
class Answer:
    """What one student wrote.

    Attributes
    ----------
    student : str
    page : str
        As HTML, in which nothing acts; empty if nothing was written.
    text : str
        As it was typed.
    """

    student: str
    page: str
    text: str


def find_questions(course):
    """List the questions of a lesson that are marked by hand.

    Parameters
    ----------
    course : autograder.grading.course.Course

    Returns
    -------
    list of Question
    """
    found = []
    for task in find_tasks(course.sources):
        if task.by_hand:
            cells = {_id(cell): cell for cell in course.sources[task.notebook].cells}
            source = cells[task.cell].source
            found.append(Question(course.lesson, task.notebook, task.cell, task.title, task.points, source))
    return found


def choose_question(folder, lesson, name=None):
    """Return the course of a lesson, and the question to mark.

    Parameters
    ----------
    folder : pathlib.Path
    lesson : str
    name : str, optional
        The grade_id; needed only where a lesson has several questions.

    Returns
    -------
    (autograder.grading.course.Course, Question)

    Raises
    ------
    GradingError
        If there is no such lesson or question.
    """
    course = Course(folder, lesson)
    questions = find_questions(course)
    chosen = [each for each in questions if name in (None, each.cell)]
    if len(chosen) != 1:
        names = ", ".join(each.cell for each in questions) or "none"
        problem = f"{lesson} has no question {name}" if name else f"{lesson} has {len(questions)} written questions"
        raise GradingError(f"{problem}. Name one of these with --question: {names}.")
    return course, chosen[0]


def read_answers(course, question):
    """Read everybody's answer, in an order that says nothing about who wrote it.

    Parameters
    ----------
    course : autograder.grading.course.Course
    question : Question

    Returns
    -------
    list of Answer
        Of all students whose work is graded.
    """
    cells = course.sources[question.notebook].cells
    # Some editors drop the ids of cells, so the lesson's own cells are known by their text as well.
    own = {cell.id for cell in cells if cell.get("id")} | {released_text(cell) for cell in cells} - {""}
    found = []
    for student in course.students():
        notebook = read_graded(course, student, question.notebook)
        if notebook is None:
            continue
        found.append(_answer(student, notebook, question, own))
    return sorted(found, key=lambda each: hashlib.sha256(f"{question.cell}/{each.student}".encode()).digest())


def _answer(student, notebook, question, own):
    """Take the cells that a student has put behind a question, and what was typed into its own cell."""
    names = [_id(cell) for cell in notebook.cells]
    place = names.index(question.cell) if question.cell in names else len(names)
    cells = []
    for cell in notebook.cells[place + 1 :]:
        if _id(cell) or cell.get("id") in own or one_line(cell.source) in own:
            break
        cells.append(cell)
    behind = nbformat.v4.new_notebook(cells=cells)
    page = "".join(text for _, text in cells_of(behind, show_mark_schemes=False))
    return Answer(student, page, "\n\n".join(cell.source for cell in cells).strip())


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
