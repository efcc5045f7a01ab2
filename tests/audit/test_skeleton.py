"""A new exercise is begun by a command; filled in, it has nothing left that the audit complains about."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace

import nbformat
import pytest
from click.testing import CliRunner

from autograder.audit import cells, contract, order, skeleton
from autograder.cli import main
from autograder.exercises import EXERCISES, ORDER
from tests.conftest import ROOT

LESSON = "05-regularization"


def add_lesson(folder, name):
    (folder / f"lesson_{name[:2]}").mkdir()
    (folder / f"lesson_{name[:2]}" / "__init__.py").write_text(f'LESSON = "{name}"\n')


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the tables, of an empty lesson and of a lesson's notebook, where a new exercise can be begun."""
    add_lesson(tmp_path, LESSON)
    for table in contract.PATH, order.PATH:
        shutil.copy(table, tmp_path)
    notebook = tmp_path / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook.parent.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", notebook)
    monkeypatch.setattr(skeleton, "FOLDER", tmp_path)
    for module in contract, order:
        monkeypatch.setattr(module, "PATH", tmp_path / module.PATH.name)
    for module in cells, skeleton:
        monkeypatch.setattr(module, "ROOT", tmp_path)
    cells.notebooks.cache_clear()
    yield tmp_path
    cells.notebooks.cache_clear()


def run(*words, code=0):
    result = CliRunner().invoke(main, ["new", *words])
    assert result.exit_code == code, result.output
    return result.output


def test_a_new_exercise_has_two_files_a_line_in_the_table_and_three_cells(course):
    printed = run("exercise", "weight_norm(weights)", "--lesson", "5", "--points", "2")
    module, mistakes = (course / "lesson_05" / f"weight_norm.{kind}" for kind in ("py", "toml"))
    assert "def weight_norm(weights):" in module.read_text()
    assert "TODO: at least six mistakes" in mistakes.read_text()
    before, _, after = (course / "contract.toml").read_text().partition('"weight_norm(weights)" = 2\n')
    assert before.rpartition("[lesson_")[2].startswith("05]") and after.startswith("\n[lesson_06]")
    assert before + after == (ROOT / "autograder" / "audit" / "contract.toml").read_text()
    assert "### Exercise: `weight_norm` (2 points)" in printed
    assert "ID weight-norm ---\ndef weight_norm(weights):" in printed
    assert "points 2 ---\ncheck(weight_norm)\n### BEGIN HIDDEN TESTS\ngrade(weight_norm)\n" in printed


@pytest.mark.parametrize("lesson", ["5", "05", LESSON])
def test_a_lesson_is_called_by_its_number_or_its_name(course, lesson):
    run("exercise", "weight_norm(weights)", "--lesson", lesson)
    assert (course / "lesson_05" / "weight_norm.py").exists()


@pytest.mark.parametrize("points", ["0", "-1", "nan", "inf"])
def test_an_exercise_is_worth_something_and_what_makes_it_optional_is_said(course, points):
    said = run("exercise", "weight_norm(weights)", "--lesson", "5", "--points", points, code=2)
    assert "more than 0 points" in said and "`optional`" in said and "order.toml" in said


def test_the_probes_of_a_skeleton_leave_a_place_for_each_argument_without_a_default(course):
    run("exercise", "slope(f, x, h=1e-5)", "--lesson", "5")
    module = course / "lesson_05" / "slope.py"
    scope = {}
    exec(module.read_text(), scope)
    assert {len(probe) for probe in scope["_probes"](None)} == {2}
    assert re.findall(r"[.]{3},  # TODO: (\w+)", module.read_text()) == ["f", "x"]
    ruff = ["ruff", "format", "--check", "--line-length", "120", str(module)]
    assert subprocess.run([sys.executable, "-m", *ruff], capture_output=True).returncode == 0


def test_a_new_exercise_of_a_new_lesson_begins_a_section_of_the_table(course):
    add_lesson(course, "08-clipping")
    run("exercise", "clip(gradient, limit)", "--lesson", "8")
    assert (course / "contract.toml").read_text().endswith('\n\n[lesson_08]\n"clip(gradient, limit)" = 1\n')


def test_the_skeleton_is_python_that_waits_to_be_filled_in(course):
    run("exercise", "weight_norm(weights, p=2)", "--lesson", "5")
    scope = {}
    exec((course / "lesson_05" / "weight_norm.py").read_text(), scope)
    assert scope["EXERCISE"].points == 1
    with pytest.raises(NotImplementedError):
        scope["weight_norm"]([])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["weight_norm(weights)", "--lesson", "9"], f"There is no lesson 9. The lessons: {LESSON}."),
        (["weight_norm(weights)", "--lesson", "05-backprop"], "There is no lesson 05-backprop. "),
        (["l2_cost(weights)", "--lesson", "5"], "There is an exercise called l2_cost already."),
        (["weight norm", "--lesson", "5"], "'weight norm(x)' isn't a name with parameters."),
        (["weight_norm()", "--lesson", "5"], "'weight_norm()' has no parameters."),
        (["../norm(x)", "--lesson", "5"], "'../norm(x)' isn't a name with parameters."),
        (["f(x): pass\ndef g(x)", "--lesson", "5"], "isn't a name with parameters."),
    ],
)
def test_what_cannot_be_begun_is_explained_and_nothing_is_written(course, words, said):
    before = sorted(course.rglob("*")), (course / "contract.toml").read_text()
    assert said in run("exercise", *words, code=1)
    assert (sorted(course.rglob("*")), (course / "contract.toml").read_text()) == before


def test_the_cells_of_a_finished_exercise_hold_its_reference(course):
    printed = run("cells", "l2_cost")
    assert "    squares = 0\n    for W in weights:\n        squares += np.sum(W**2)\n" in printed
    assert "    cost    : TODO\n    weights : TODO\n" in printed


@pytest.fixture
def finished(monkeypatch):
    """An exercise of lesson 5 that its notebook does not have yet."""
    monkeypatch.setitem(EXERCISES, "norm_twice", replace(EXERCISES["l2_cost"], name="norm_twice"))


def test_the_cells_are_put_into_the_notebook(course, finished):
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    before = nbformat.read(path, as_version=4)
    assert f"Put three cells into solutions/{LESSON}" in run("cells", "norm_twice", "--after", "l2-cost-check")
    after = nbformat.read(path, as_version=4)
    nbformat.validate(after)
    at = [cell.id for cell in before.cells].index("l2-cost-check") + 1
    new = after.cells[at : at + 3]
    assert [cell.id for cell in new] == ["norm-twice-text", "norm-twice", "norm-twice-check"]
    assert [cell.metadata.get("nbgrader", {}).get("points") for cell in new] == [None, None, 1]
    assert after.cells[:at] + after.cells[at + 3 :] == before.cells


def test_an_optional_exercise_gets_a_check_of_0_points(course, finished, monkeypatch):
    monkeypatch.setattr(skeleton, "OPTIONAL", {"norm_twice"})
    run("cells", "norm_twice", "--after", "l2-cost-check")
    notebook = nbformat.read(course / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    text, _, check = (each for each in notebook.cells if each.id.startswith("norm-twice"))
    assert text.source.startswith("### Exercise: `norm_twice` (optional, 0 points)\n")
    assert check.metadata.nbgrader.points == 0
    assert any("Exercise: `zero_fraction` (optional, 0 points)\n" in each.source for each in notebook.cells)


@pytest.mark.parametrize(
    ("after", "before"), [("l2-cost-check", "l2_cost"), ("zero-fraction-check", "zero_fraction"), ("title", None)]
)
def test_progress_learns_of_the_exercise_where_it_stands_in_the_lesson(course, finished, after, before):
    run("cells", "norm_twice", "--after", after)
    written = tomllib.loads((course / "order.toml").read_text())
    names = list(ORDER[LESSON])
    names.insert(names.index(before) + 1 if before else 0, "norm_twice")
    assert list(written.pop(LESSON)) == names
    optional = written.pop("optional")
    assert written == {name: order for name, order in ORDER.items() if name != LESSON} and "step" in optional


def test_cells_are_moved_when_they_have_been_deleted(course, finished):
    run("cells", "norm_twice", "--after", "l2-cost-check")
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [each for each in notebook.cells if not each.id.startswith("norm-twice")]
    nbformat.write(notebook, path)
    cells.notebooks.cache_clear()
    run("cells", "norm_twice", "--after", "l2-step-check")
    names = list(tomllib.loads((course / "order.toml").read_text())[LESSON])
    assert names.count("norm_twice") == 1 and names[names.index("norm_twice") - 1] == "l2_step"


def test_cells_are_not_put_in_twice(course):
    said = run("cells", "l2_cost", "--after", "l2-cost-check", code=1)
    assert f"solutions/{LESSON}/{LESSON}.ipynb has a cell with the ID l2-cost already." in said
    assert "To move the three cells, delete them" in said


def test_a_cell_that_is_not_there_is_named(course, finished):
    said = run("cells", "norm_twice", "--after", "nowhere", code=1)
    assert f"No notebook in solutions/{LESSON} has a cell with the ID nowhere." in said
