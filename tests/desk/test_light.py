"""What a student installs: the core of the package alone, in an environment of its own, away from the checkout."""

import shutil

import nbformat
import pytest

from autograder.grading.first_cell import CELL_ID
from tests.conftest import LESSONS, ROOT
from tests.desk.bare import Bare

# What grading and JupyterLab need, and a student's kernel has no use for.
NOT_IN_THE_CORE = {"click", "ipykernel", "jinja2", "jupyterlab", "nbconvert", "nbformat", "nbgrader", "sqlalchemy"}
LESSON = LESSONS[0]


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return Bare(tmp_path_factory.mktemp("bare"), ROOT / "constraints.txt")


def test_the_core_brings_neither_jupyter_nor_nbgrader(bare):
    assert "backpropagation-workbook" in bare.installed()
    assert bare.installed().keys() & NOT_IN_THE_CORE == set()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_released_lesson_runs_from_top_to_bottom_with_its_stubs_empty(bare, lesson):
    path = ROOT / "lessons" / lesson / f"{lesson}.ipynb"
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert bare.errors(path) == {cell.id: None for cell in cells}


def test_check_needs_numpy_and_ipython_alone(bare):
    code = (
        "import sys\n"
        "from autograder import check\n"
        "def logistic(z):\n    return z\n"
        "print(check(logistic))\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "from importlib.metadata import packages_distributions\n"
        "print(*{each for name, found in packages_distributions().items() if name in loaded for each in found})\n"
    )
    stdout, _ = bare.python("-c", code)
    *told, loaded = stdout.splitlines()
    assert any("logistic" in line for line in told)
    # Old environments import a part of setuptools at every start.
    assert set(loaded.split()) - {"ipython", "setuptools"} == {"backpropagation-workbook", "numpy"}


@pytest.mark.parametrize("words", [["autograder"], ["python", "-m", "autograder"]])
@pytest.mark.parametrize("command", [["--help"], ["grade", "01-notation"], ["release"]])
def test_the_command_says_in_a_sentence_which_extra_it_needs(bare, words, command):
    stdout, stderr = bare.run(*words, *command, code=1)
    assert stdout == "" and len(stderr.splitlines()) == 1
    assert "pip install '.[grading]'" in stderr


@pytest.fixture
def without_package(bare):
    """The environment without the course's package, as in Colab; everything else is there."""
    bare.python("-m", "pip", "uninstall", "--quiet", "--yes", "backpropagation-workbook")
    yield bare
    bare.python("-m", "pip", "install", "--quiet", "--no-deps", bare.wheel)


@pytest.fixture
def opened(tmp_path):
    """A released lesson up to its imports, in a folder of its own."""
    notebook = nbformat.read(ROOT / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    end = [cell.id for cell in notebook.cells].index("setup") + 1
    notebook.cells = notebook.cells[:end]
    path = tmp_path / "course" / "lesson" / "lesson.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("place", [".", ".."])
def test_the_first_cell_installs_the_wheel_beside_the_notebook_or_above_it(without_package, opened, place):
    shutil.copy(without_package.wheel, opened.parent / place)
    assert without_package.errors(opened, here=opened.parent) == {CELL_ID: None, "setup": None}
    assert "backpropagation-workbook" in without_package.installed()


def test_the_first_cell_says_what_to_do_where_there_is_no_wheel(without_package, opened):
    errors = without_package.errors(opened, here=opened.parent)
    assert "Put the file backpropagation_workbook-….whl beside this notebook" in errors[CELL_ID]
    assert "backpropagation-workbook" not in without_package.installed()
