"""The written answers of a class to one question."""

import hashlib
from dataclasses import dataclass

import nbformat

from autograder.desk.notebook_view import cells_of
from autograder.desk.tasks import find_tasks
from autograder.desk.unusable import find_unusable
from autograder.grading.cells import grade_id_of
from autograder.grading.course import Course
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.opening import GradingError
from autograder.grading.recognise import without_heading, without_mark_scheme
from autograder.grading.written import cells_below


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
            cells = {grade_id_of(cell): cell for cell in course.sources[task.notebook].cells}
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
        answer = None if student in unusable else read_answer(course, question, student)
        if answer is not None:
            found.append(answer)
    return sorted(found, key=lambda each: _shuffled(question, each.student))


def _shuffled(question, student):
    """Return a key whose order says nothing about students, and differs from question to question."""
    return hashlib.sha256(f"{question.lesson}/{question.cell}/{student}".encode()).digest()


def read_answer(course, question, student):
    """Read one student's answer as it was graded last.

    Parameters
    ----------
    course : autograder.grading.course.Course
    question : Question
    student : str

    Returns
    -------
    Answer or None
        None if nothing of it is graded.
    """
    notebook = read_graded(course, student, question.notebook)
    if notebook is None:
        return None
    cells = cells_below(notebook, question.cell, course.sources[question.notebook])
    return Answer(student, page_of(cells), "\n\n".join(cell.source for cell in cells).strip())


def page_of(cells):
    """Return cells as HTML in which nothing acts."""
    # Not validated, as cells of older formats have no ids.
    return "".join(text for _, text in cells_of(nbformat.NotebookNode(cells=cells), show_mark_schemes=False))
