"""Run a graded notebook once more, and see what its tests say now, the hidden case included."""

from nbgrader.utils import determine_grade

from autograder.desk.graded_notebooks import read_graded
from autograder.grading.files import for_sandbox, regular_files
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
    dict of (str, str) to (float or None, nbformat.NotebookNode)
        By notebook and grade_id of each test cell, its points now, None without a verdict, and the cell with what the
        test said. Nothing is saved.

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
                found |= _tests(name, _run(workers, course, student, name, notebook))
    except Unprotected as error:
        raise GradingError(f"It can't be run again here, as it would not be contained: {error}.") from None
    except (CannotStart, Closed) as error:
        raise GradingError(f"It could not be run again: {error}") from None
    finally:
        workers.close()
    return found


def _run(workers, course, student, name, notebook):
    """Return a notebook with the outputs of another run, in which tests show a hidden case that fails."""
    files = regular_files(course.submitted_path(student), course.settings.submission_bytes)
    job = make_job(name, notebook, for_sandbox(files), course.settings)
    job["cells"] = [cell | {"with_case": cell["test"]} for cell in job["cells"]]
    put_outputs(notebook, workers.run_one(job))
    return notebook


def _tests(name, notebook):
    marked = [(cell.metadata.get("nbgrader", {}), cell) for cell in notebook.cells if cell.cell_type == "code"]
    return {(name, mark["grade_id"]): (determine_grade(cell)[0], cell) for mark, cell in marked if mark.get("grade")}
