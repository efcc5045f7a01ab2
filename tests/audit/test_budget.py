"""The budget counts what a learner has to read, write, look at and answer, in the core of a lesson only."""

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.audit.budget import Budget, budget, shown_lines
from autograder.cli import main
from tests.conftest import LESSONS, ROOT

PICTURE = new_output("display_data", {"image/png": "…"})
VIEW = new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})
STUB = "def f(x):\n    '''Doc.'''\n    ### BEGIN SOLUTION\n    y = x\n\n    return y\n    ### END SOLUTION"
SOLUTION, GRADE = {"nbgrader": {"solution": True}}, {"nbgrader": {"grade": True, "points": 2}}
CORE = [
    new_markdown_cell(
        "# One two\n\nthree $x = y$ four\n\n$$a\nb$$\n\n**Time:** about 1 hour 15 minutes, in two sittings."
    ),
    new_code_cell("x = 1\n\n# why\ny = 2", outputs=[PICTURE, PICTURE]),
    new_code_cell("hidden = 1", metadata={"jupyter": {"source_hidden": True}}, outputs=[VIEW, PICTURE]),
    new_code_cell("bar()", outputs=[VIEW]),
    new_code_cell('recall("1.1", ...)'),
    new_code_cell(STUB, metadata=SOLUTION),
    new_code_cell("check(f)\n### BEGIN HIDDEN TESTS\ngrade(f)\n### END HIDDEN TESTS", metadata=GRADE),
    new_code_cell('derive("d", d)', metadata=GRADE),
    new_markdown_cell(
        "Why?\n=== BEGIN MARK SCHEME ===\nnot read\n=== END MARK SCHEME ===", metadata={"nbgrader": {"task": True}}
    ),
]
FURTHER = [new_markdown_cell("## Going further\nmany more words"), new_code_cell("z = 3", outputs=[PICTURE])]


def counted():
    return budget(new_notebook(cells=[*CORE, *FURTHER]), "01-lesson")


def test_each_thing_is_counted_once_and_nothing_after_the_core():
    b = counted()
    assert (b.words, b.open_lines, b.longest_cell, b.written_lines) == (12, 4, 3, 2)
    assert (b.figures, b.widgets, b.recalls, b.checks, b.points) == (2, 1, 1, 1, 2)
    assert (b.derivations, b.questions, b.stated) == (1, 1, 75)


def test_minutes_are_the_yardstick_of_the_course():
    one_of_each = Budget("x", words=120, open_lines=10, figures=1, widgets=1, recalls=1, checks=1, points=1)
    assert one_of_each.minutes == pytest.approx(1 + 1 + 0.75 + 5 + 1.5 + 3 + 1.5)
    assert Budget("x", derivations=1, questions=1).minutes == 18


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"words": 20000}, "at most 150 are allowed"),
        ({"longest_cell": 26}, "An open cell has 26 lines"),
        ({"widest_line": 101}, "An open line has 101 characters"),
        ({"open_lines": 151, "written_lines": 30}, "151 open lines for 30 written ones; at most 150"),
        ({"stated": None}, "has to state its time"),
        ({"words": 120 * 76, "stated": 75}, "states 75 minutes, but it takes 90"),
    ],
)
def test_what_is_too_long_is_told(change, words):
    assert not Budget("x", stated=120).complaints
    (told,) = [each for each in Budget("x", **({"stated": 300} | change)).complaints if words in each]
    assert told


def test_docstrings_and_blank_lines_are_not_read_and_magics_are_no_error():
    assert shown_lines('def f():\n    """Doc.\n\n    More.\n    """\n\n    return 1\n%pip install x') == [
        "def f():",
        "    return 1",
        "%pip install x",
    ]


def test_the_command_prints_a_row_a_lesson_and_ends_with_what_is_too_long(tmp_path):
    for name in ("01-a", "02-b"):
        (tmp_path / name).mkdir()
        nbformat.write(new_notebook(cells=[*CORE, *FURTHER]), tmp_path / name / f"{name}.ipynb")
    run = CliRunner().invoke(main, ["budget", "--solutions", str(tmp_path), "1"])
    assert run.exit_code == 0
    assert "01-a" in run.stdout and "02-b" not in run.stdout
    wrong = CliRunner().invoke(main, ["budget", "--solutions", str(tmp_path), "07"])
    assert wrong.exit_code != 0 and "No lesson called '07'" in wrong.output


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_of_the_course_keeps_to_its_budget(lesson):
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    assert budget(notebook, lesson).complaints == []
