"""The written answers of a class to one question."""

import hashlib
from dataclasses import dataclass

import nbformat

from autograder.desk.graded_notebooks import read_graded
from autograder.desk.notebook_view import cells_of
from autograder.desk.tasks import find_tasks
from autograder.desk.unusable import find_unusable
from autograder.grading.course import Course
from autograder.grading.opening import GradingError
from autograder.grading.recognise import one_line, released_text, without_heading, without_mark_scheme


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

    @property
    def text(self):
        """What students read, in Markdown, without the heading."""
        return without_heading(without_mark_scheme(self.source))


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
        Of all students whose work is graded, without those in whose submission there was nothing to grade.
    """
    unusable = find_unusable(course)
    found = []
    for student in course.students():
        if student in unusable:
            continue
        notebook = read_graded(course, student, question.notebook)
        if notebook is None:
            continue
        cells = cells_below(notebook, question.cell, course.sources[question.notebook])
        found.append(Answer(student, page_of(cells), "\n\n".join(cell.source for cell in cells).strip()))
    return sorted(found, key=lambda each: hashlib.sha256(f"{question.cell}/{each.student}".encode()).digest())


def cells_below(notebook, question, source):
    """List the cells in which a student has answered a question: those below it, up to the lesson's next one.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Graded.
    question : str
        The grade_id of its cell.
    source : nbformat.NotebookNode
        The instructor's notebook.

    Returns
    -------
    list of nbformat.NotebookNode
    """
    # Some editors drop the ids of cells, so the lesson's own cells are known by their text as well.
    own = {cell.id for cell in source.cells if cell.get("id")} | {released_text(cell) for cell in source.cells} - {""}
    names, cells = [_id(cell) for cell in notebook.cells], []
    place = names.index(question) if question in names else len(names)
    for cell in notebook.cells[place + 1 :]:
        if _id(cell) or cell.get("id") in own or one_line(cell.source) in own:
            break
        cells.append(cell)
    return cells


def page_of(cells):
    """Return cells as HTML in which nothing acts."""
    # Not validated, as cells of older formats have no ids.
    return "".join(text for _, text in cells_of(nbformat.NotebookNode(cells=cells), show_mark_schemes=False))


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
