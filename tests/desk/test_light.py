"""What a student installs: the core of the package alone, in an environment of its own, away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from autograder.grading.first_cell import CELL_ID
from tests.conftest import LESSONS, ROOT
from tests.docs.test_commands import NOT_OF_THE_COURSE

# What grading and JupyterLab need, and a student's kernel has no use for.
NOT_IN_THE_CORE = {"click", "ipykernel", "jinja2", "jupyterlab", "nbconvert", "nbformat", "nbgrader", "sqlalchemy"}
LESSON = LESSONS[0]


class Bare:
    """An environment that holds the wheel and its dependencies, and an empty folder to work in."""

    def __init__(self, folder):
        self.folder, self.here = folder, folder / "work"
        self.here.mkdir()
        shutil.copytree(ROOT, folder / "project", ignore=NOT_OF_THE_COURSE)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, folder / "project"]
        subprocess.run(pip, check=True)
        shutil.rmtree(folder / "project")
        (self.wheel,) = folder.glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        self.bin = folder / "env" / "bin"
        self.python("-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", self.wheel)

    def run(self, *words, code=0, here=None):
        """Run a command of the environment in the folder, and return what it wrote to stdout and to stderr."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        words = [self.bin / words[0], *words[1:]]
        done = subprocess.run(words, cwd=here or self.here, env=environment, capture_output=True, text=True)
        assert done.returncode == code, f"{done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout, done.stderr

    def python(self, *words, **how):
        return self.run("python", *words, **how)

    def errors(self, notebook, here=None):
        """Run a notebook, and return the error of each of its code cells."""
        stdout, _ = self.python(Path(__file__).with_name("run_lesson.py"), notebook, here=here)
        return json.loads(stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return Bare(tmp_path_factory.mktemp("bare"))


def installed(bare):
    stdout, _ = bare.python("-m", "pip", "list", "--format=json")
    return {each["name"].lower() for each in json.loads(stdout)}


def test_the_core_brings_neither_jupyter_nor_nbgrader(bare):
    assert "backpropagation-workbook" in installed(bare)
    assert installed(bare) & NOT_IN_THE_CORE == set()


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
    assert "backpropagation-workbook" in installed(without_package)


def test_the_first_cell_says_what_to_do_where_there_is_no_wheel(without_package, opened):
    errors = without_package.errors(opened, here=opened.parent)
    assert "Put the file backpropagation_workbook-….whl beside this notebook" in errors[CELL_ID]
    assert "backpropagation-workbook" not in installed(without_package)
