"""What the students of a class wrote themselves, exercise by exercise, and what it is compared with."""

from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.desk.graded_notebooks import answers_in, read_graded
from autograder.desk.roster import read_roster
from autograder.grading.course import Course

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
    """

    lesson: str
    answers: dict
    released: dict
    solution: dict
    names: dict


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
            answers[student] = code
    if not answers:
        raise NothingToCompare(f"Nothing of {lesson} is graded yet. Run `autograder grade {lesson}` first.")
    released = Path(course.directory.format_path(course.directory.release_directory, ".", lesson))
    solution = {name: code for source in course.sources.values() for name, code in answers_in(source).items()}
    names = {id: student.full_name for id, student in read_roster(folder).items()}
    handed_out = _code_in(sorted(released.glob("*.ipynb")))
    return ClassAnswers(lesson, answers, handed_out, _without_markers(solution), names)


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
        code = _code_in([path])
        if set(code) & set(found.released or found.solution):
            others[str(path.relative_to(folder))] = code
    if not others:
        raise NothingToCompare(f"No notebook in {against} has an answer to {found.lesson} in it.")
    return others


def _code_in(paths):
    code = {}
    for path in paths:
        try:
            code |= answers_in(nbformat.v4.reads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError, TypeError, KeyError):
            continue  # a notebook that can't be read has nothing in common with anybody's
    return code


def _without_markers(answers):
    return {
        name: "\n".join(line for line in code.splitlines() if "### BEGIN" not in line and "### END" not in line)
        for name, code in answers.items()
    }
