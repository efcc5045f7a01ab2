"""Run a graded notebook once more, and see what its tests say now, the hidden case included."""

from nbgrader.utils import determine_grade

from autograder.desk.notebook_view import report_of
from autograder.grading.cells import grade_id_of
from autograder.grading.files import for_sandbox, regular_files
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.opening import GradingError
from autograder.grading.outcome import make_job, put_outputs
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, Unprotected, Workers


def run_again(course, student):
    """Run a student's graded notebooks once more.

    Parameters
    ----------
    course : autograder.grading.course.Course
    student : str

    Returns
    -------
    dict of (str, str) to (float or None, str)
        By notebook and grade_id of each test cell, its points now, None without a verdict, and what the test said, as
        HTML. Nothing is saved.

    Raises
    ------
    GradingError
        If the submission can't be run here.
    """
    workers, found = Workers(), {}
    try:
        notebooks, limits, seed, hidden = course.configuration()
        workers.prepare(notebooks, limits, course.settings.unsafe, seed, hidden)
        for name in course.sources:
            notebook = read_graded(course, student, name)
            if notebook is not None:
                charged = _run(workers, course, student, name, notebook)
                found |= _tests(name, notebook, charged, 1 - course.settings.own_work_cost)
    except Unprotected as error:
        raise GradingError(f"It can't be run again here, as it would not be contained: {error}.") from None
    except (CannotStart, Closed) as error:
        raise GradingError(f"It could not be run again: {error}") from None
    finally:
        workers.close()
    return found


def _run(workers, course, student, name, notebook):
    """Put the outputs of another run into a notebook, in which tests show a hidden case that fails.

    Returns the tests whose answers aren't the student's own.
    """
    files = regular_files(course.submitted_path(student), course.settings.submission_bytes)
    job = make_job(name, notebook, for_sandbox(files), course.settings)
    job["cells"] = [cell | {"with_case": cell["test"]} for cell in job["cells"]]
    return put_outputs(notebook, workers.run_one(job)).charged


def _tests(name, notebook, charged, share):
    """Return the points and the cell of each test; a borrowed answer keeps only a share of its points."""
    found = {}
    for cell in notebook.cells:
        test = grade_id_of(cell)
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            found[name, test] = _points(cell, share if test in charged else 1), report_of(cell, notebook)
    return found


def _points(cell, share):
    points = determine_grade(cell)[0]
    return None if points is None else points * share
