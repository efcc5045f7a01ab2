"""Grade one submission by itself: the same tests, judge and walls as for a class, and no gradebook."""

import html
import os
import re
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import determine_grade

from autograder.desk.tasks import find_tasks, title_of
from autograder.desk.undefined import why_undefined
from autograder.grading.files import for_sandbox, regular_files
from autograder.grading.handed_in import find_notebooks
from autograder.grading.normalise import Unreadable, normalise
from autograder.grading.opening import GradingError
from autograder.grading.outcome import make_job, put_outputs
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, Workers

# Errors that are told in their own words: those of any other may hold the numbers of a hidden test.
_TELLING = ("NameError", "SandboxEnded")


@dataclass(frozen=True)
class TaskResult:
    """The result of one task.

    Attributes
    ----------
    name, title : str
    points : float or None
        None if it has to be marked by hand, or the test has no verdict.
    max_points : float
    message : str
        What the check says, as text.
    mistakes : tuple of str
        The ids of the known mistakes that explain it.
    """

    name: str
    title: str
    points: float | None
    max_points: float
    message: str = ""
    mistakes: tuple = ()


@dataclass(frozen=True)
class NotebookResult:
    """The result of a submission.

    Attributes
    ----------
    lesson, title : str
    tasks : list of TaskResult
    review_reasons : list of str
        Why somebody should look at it.
    """

    lesson: str
    title: str
    tasks: list
    review_reasons: list

    @property
    def points(self):
        """The points that the tests gave."""
        return sum(task.points for task in self.tasks if task.points is not None)

    @property
    def max_points(self):
        """What the tests with a verdict could have given."""
        return sum(task.max_points for task in self.tasks if task.points is not None)

    @property
    def by_hand(self):
        """The tasks that wait for somebody."""
        return [task for task in self.tasks if task.points is None]


def grade_one(course, path):
    """Grade a notebook, or a folder with what a student handed in.

    Parameters
    ----------
    course : autograder.grading.course.Course
        And the lesson.
    path : pathlib.Path

    Returns
    -------
    NotebookResult

    Raises
    ------
    autograder.grading.normalise.Unreadable
        If there is nothing in it to grade.
    autograder.sandbox.workers.Unprotected
        If submissions would not be contained here.
    GradingError
        If the processes that grade can't run.
    """
    contents, times = _read(Path(path), course.settings.submission_bytes)
    submission = find_notebooks(contents, times, course.sources)
    if not submission.notebooks:
        raise Unreadable(" ".join(dict.fromkeys(submission.missing.values())))
    reasons, cells, found = [*submission.review_reasons, *submission.missing.values()], {}, {}
    workers = Workers()
    try:
        notebooks, limits, seed, hidden = course.configuration()
        workers.prepare(notebooks, limits, course.settings.unsafe, seed, hidden)
        for name, (_, notebook) in submission.notebooks.items():
            normalise(notebook, course.sources[name])
            _put_tests_back(notebook, course.sources[name])
            job = make_job(name, notebook, for_sandbox(contents), course.settings)
            remarks = put_outputs(notebook, workers.run_one(job))
            reasons += remarks.review_reasons
            cells |= {(name, _id(cell)): (cell, notebook) for cell in notebook.cells if _id(cell)}
            found |= {result.test: result for result in remarks.found}
    except (CannotStart, Closed) as error:
        raise GradingError(f"The processes that grade could not run: {error}") from None
    finally:
        workers.close()
    places = [(task, *cells.get((task.notebook, task.cell), (None, None))) for task in find_tasks(course.sources)]
    tasks = [_result(task, cell, notebook, found) for task, cell, notebook in places]
    return NotebookResult(course.lesson, title_of(course.lesson, course.sources), tasks, list(dict.fromkeys(reasons)))


def _read(path, max_bytes):
    """Return the contents of a submission's files, and when each was last modified."""
    if path.is_file():
        if path.stat().st_size > max_bytes:
            raise Unreadable(f"{path.name} has more than {max_bytes:,} bytes.")
        return {path.name: path.read_bytes()}, {path.name: path.stat().st_mtime}
    contents = regular_files(path, max_bytes)
    return contents, {name: os.stat(path / name).st_mtime for name in contents}


def _put_tests_back(notebook, source):
    """Replace whatever a submission has in cells that aren't the student's by what the source has there."""
    originals = {_id(cell): cell for cell in source.cells if _id(cell)}
    for cell in notebook.cells:
        original = originals.get(_id(cell))
        if original is not None and original.metadata.nbgrader.get("locked"):
            cell.cell_type, cell.source = original.cell_type, original.source
            if cell.cell_type == "code":
                cell.setdefault("outputs", [])
                cell.setdefault("execution_count", None)


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _result(task, cell, notebook, found):
    if task.by_hand or cell is None:
        return TaskResult(task.name, task.title, None, task.points)
    points, _ = determine_grade(cell)
    mistakes = found[task.cell].mistakes if task.cell in found else ()
    return TaskResult(task.name, task.title, points, task.points, _said(cell, notebook), mistakes)


def _said(cell, notebook):
    """Return what a test said, as text; if it had nothing to try, why that is."""
    pages = [output.data["text/html"] for output in cell.outputs if "text/html" in output.get("data", {})]
    failed = [
        _as_text(why_undefined(output, notebook)) or _told(output)
        for output in cell.outputs
        if output.output_type == "error"
    ]
    return "\n".join([*dict.fromkeys(map(_as_text, pages)), *failed]).strip()


def _told(error):
    named = f"{error.ename}: {error.evalue}"
    return named if error.ename in _TELLING else f"The check stopped with {error.ename}."


def _as_text(page):
    """Turn the small HTML that checks write into text."""
    page = re.sub(r"<(?:br|/p|/div|/li|/tr|/strong|/summary|/h\d)[^>]*>", "\n", "".join(page))
    lines = (line.strip() for line in html.unescape(re.sub(r"<[^>]+>", "", page)).splitlines())
    return "\n".join(line for line in lines if line)
