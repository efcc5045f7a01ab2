"""A small lesson of two exercises, graded in seconds, and what a class can hand in for it."""

import copy
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LESSON = "03-delta-recursion"
FULL = {"output-delta-check": 2.0, "layer-gradients-check": 2.0}

CONFIG = """
from pathlib import Path
c = get_config()
root = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "small"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{root / 'classroom' / 'gradebook.db'}"
"""
LIMITS = """
c.Grading.cell_seconds = 4
c.Grading.wall_seconds = 40
c.Grading.memory = 1500 * 2**20
c.Grading.output_characters = 100_000
"""

RIGHT = {
    "output-delta": "def output_delta(a, y, z):\n    return 2 * (a - y) * logistic_prime(z)",
    "layer-gradients": "def layer_gradients(delta, a_prev):\n    return np.outer(delta, a_prev), delta",
}

WRONG = {
    "sign": RIGHT | {"output-delta": RIGHT["output-delta"].replace("a - y", "y - a")},
    "transposed": RIGHT | {"layer-gradients": RIGHT["layer-gradients"].replace("(delta, a_prev)", "(a_prev, delta)")},
    "raises": RIGHT | {"output-delta": "def output_delta(a, y, z):\n    return np.zeros(2) @ np.zeros(3)"},
    "none": RIGHT | {"output-delta": "def output_delta(a, y, z):\n    print(2 * (a - y))"},
    "syntax": RIGHT | {"output-delta": "def output_delta(a, y, z)\n    return 0"},
    "in-place": RIGHT
    | {"output-delta": "def output_delta(a, y, z):\n    a -= y\n    return 2 * a * logistic_prime(z)"},
    "warns": RIGHT | {"output-delta": "def output_delta(a, y, z):\n    np.log(a - a)\n    return a / 0"},
    "half": {"layer-gradients": RIGHT["layer-gradients"]},
}


def marks(name, **more):
    marks = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": marks | more}


def _answer(name):
    head, body = RIGHT[name].split("\n")
    source = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    return new_code_cell(source, id=name, metadata=marks(name, solution=True))


def _test(name):
    function = name.replace("-", "_")
    source = f"check({function})\n### BEGIN HIDDEN TESTS\ngrade({function})\n### END HIDDEN TESTS"
    return new_code_cell(source, id=f"{name}-check", metadata=marks(f"{name}-check", grade=True, locked=True, points=2))


def source_notebook():
    setup = (
        "import numpy as np\n\nfrom autograder.check import check, grade\n"
        "from nblib.activations import logistic, logistic_prime"
    )
    cells = [
        new_markdown_cell("# A small lesson", id="title"),
        new_code_cell(setup, id="setup"),
        _answer("output-delta"),
        _test("output-delta"),
        new_code_cell("demonstration = logistic(np.zeros(3))\nprint(demonstration)", id="demonstration"),
        _answer("layer-gradients"),
        _test("layer-gradients"),
        new_markdown_cell(
            "## In your own words", id="words", metadata=marks("words", task=True, locked=True, points=5)
        ),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def run(course, *words, code=0):
    """Run a command in a course, and hold its exit code against what is expected."""
    words = [str(Path(sys.executable).parent / words[0]), *words[1:]]
    done = subprocess.run(words, cwd=course, capture_output=True, text=True)
    assert done.returncode == code, f"{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def grade(course, *words, code=0):
    return run(course, "autograder", "grade", LESSON, *words, code=code)


def new_course(folder, config, source=None):
    """Make a course of the small lesson, or of another source, which is in its gradebook, before anything comes in."""
    (folder / "nbgrader_config.py").write_text(config)
    (folder / "classroom").mkdir()
    path = folder / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source or source_notebook(), path)
    run(folder, "nbgrader", "generate_assignment", LESSON)
    return folder


def released_lesson(course):
    return nbformat.read(course / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)


@pytest.fixture(scope="session")
def empty_course(tmp_path_factory):
    course = new_course(tmp_path_factory.mktemp("small"), CONFIG)
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS)
    return course


@pytest.fixture(scope="session")
def released(empty_course):
    return released_lesson(empty_course)


def solved(released, answers=RIGHT, before=(), after=()):
    """The released lesson with answers typed in, and further cells at the start and at the end."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
    notebook.cells[2:2] = [new_code_cell(source) for source in before]
    notebook.cells += [new_code_cell(source) for source in after]
    return notebook


def hand_in(course, student, content, **files):
    """Put a submission where nbgrader expects it; content is a notebook, text or bytes."""
    folder = course / "classroom" / "submitted" / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    if isinstance(content, str):
        content = content.encode()
    (folder / f"{LESSON}.ipynb").write_bytes(content)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def copy_of(course, target):
    shutil.copytree(course, target, symlinks=True)
    return target


def rows(course):
    """Everything the gradebook holds about submissions, without the keys that chance chose."""
    base = (
        "join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id "
        "join base_cell b on g.cell_id = b.id order by 1, 2"
    )
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        return {
            "students": database.execute("select id from student order by id").fetchall(),
            "submissions": database.execute(
                "select student_id, timestamp from submitted_assignment order by 1"
            ).fetchall(),
            "grades": database.execute(
                f"select s.student_id, b.name, auto_score, manual_score, extra_credit, needs_manual_grade "
                f"from grade g {base}"
            ).fetchall(),
            "comments": database.execute(
                f"select s.student_id, b.name, auto_comment, manual_comment from comment g {base}"
            ).fetchall(),
        }


def scores(course, student):
    return {name: score for who, name, score, *_ in rows(course)["grades"] if who == student and name in FULL}


def comments(course, student):
    return " ".join(str(said) for who, _, said, _ in rows(course)["comments"] if who == student)


def graded_notebook(course, student):
    path = course / "classroom" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    return nbformat.read(path, as_version=4)


def _told(output):
    # Stock does not know what a cell is worth: there a right answer is shown without a number.
    kind = output.output_type.replace("execute_result", "display_data")
    return kind, sorted(output.get("data", {})), output.get("name"), output.get("ename")


def shape(notebook):
    """Everything about the cells but times, and how often a stream was flushed."""
    for cell in notebook.cells:
        outputs = []
        for output in map(_told, cell.get("outputs", [])):
            if not (outputs and outputs[-1] == output and output[0] == "stream"):
                outputs.append(output)
        metadata = {key: value for key, value in cell.metadata.items() if key != "execution"}
        yield cell.id, cell.cell_type, cell.source, metadata, cell.get("execution_count"), outputs


@pytest.fixture(scope="session")
def harmless(empty_course, released, tmp_path_factory):
    """A class of harmless submissions, not graded yet."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("class") / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    hand_in(course, "blank", nbformat.writes(released))
    for name, answers in WRONG.items():
        hand_in(course, name, nbformat.writes(solved(released, answers)))
    further = [
        "import math\nmath.pi",
        "print(1)\nimport sys\nprint(2, file=sys.stderr)\n3",
        "1 / 0",
        "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\nHTML('<i>y</i>')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "demonstration[0] = 7\n_",
        "input()",
        "",
    ]
    hand_in(course, "further-cells", nbformat.writes(solved(released, after=further)))
    late = hand_in(course, "timestamp", nbformat.writes(solved(released)))
    (late / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    return course


@pytest.fixture(scope="session")
def graded(harmless, tmp_path_factory):
    """The harmless class graded by ``autograder grade``, left as it is."""
    course = copy_of(harmless, tmp_path_factory.mktemp("graded") / "course")
    printed = grade(course, "--jobs", "2")
    assert "12 graded" in " ".join(printed.split())
    return course
