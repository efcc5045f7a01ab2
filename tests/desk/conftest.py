"""A small course of two lessons, and the class of 40 that hands in the first of them."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from tests.desk.classes import WRITERS, build_class
from tests.grading.conftest import (
    CONFIG,
    LESSON,
    RIGHT,
    WRONG,
    empty_course,
    graded,
    harmless,
    marks,
    released,
    source_notebook,
)

# Fixtures of the tests of grading serve the desk as well.
__all__ = ["empty_course", "graded", "harmless", "released"]

OTHER = "02-other"


def other_lesson():
    """The source of a second lesson, which has nothing in common with the first."""
    answer = "def gradient_of(f, x):\n    ### BEGIN SOLUTION\n    return f(x + 1) - f(x)\n    ### END SOLUTION"
    cells = [new_code_cell(answer, id="gradient-of", metadata=marks("gradient-of", solution=True))]
    graded = marks("gradient-of-check", grade=True, locked=True, points=1)
    cells.append(new_code_cell("assert gradient_of(abs, 1) == 1", id="gradient-of-check", metadata=graded))
    return new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
    )


def release(source):
    """A source as students get it."""
    notebook = copy.deepcopy(source)
    for step in (ClearSolutions(), ClearHiddenTests()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


@pytest.fixture
def course(tmp_path):
    """A course that nobody has handed anything in for, without a gradebook."""
    folder = tmp_path / "course"
    for name, source in ((LESSON, source_notebook()), (OTHER, other_lesson())):
        path = folder / "solutions" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(source, path)
    (folder / "classroom").mkdir()
    (folder / "nbgrader_config.py").write_text(CONFIG + '\nc.Desk.timezone = "Europe/Berlin"\n')
    return folder


@pytest.fixture(scope="session")
def school_class():
    other = nbformat.writes(release(other_lesson())).encode()
    return build_class(LESSON, release(source_notebook()), other, RIGHT, WRONG["sign"])


@pytest.fixture(params=WRITERS)
def platform(request):
    """Each of the learning platforms."""
    return request.param
