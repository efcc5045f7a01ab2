"""Points that an instructor gave a test cell: every result is out of them, whatever the exercise is worth."""

import json

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from nbgrader.utils import determine_grade
from nbgrader.validator import Validator

from tests.grading.conftest import (
    CONFIG,
    LIMITS,
    RIGHT,
    grade,
    graded_notebook,
    hand_in,
    marks,
    new_course,
    released_lesson,
    rows,
    solved,
    source_notebook,
)

# Each exercise is worth 2.
TESTS = {
    "doubled": (4, "grade(output_delta)"),
    "halved": (1, "grade(output_delta)"),
    "thirds": (0.1, "grade(output_delta)"),
    "bonus": (0, "grade(output_delta)"),
    "both": (6, "grade(output_delta)\ngrade(layer_gradients)"),
    "not-shown": (4, "grade(output_delta);"),
    "not-last": (4, "grade(output_delta)\nassert True"),
    "something-else-last": (4, "grade(output_delta)\n'done'"),
    "public-only": (3, "check(output_delta)"),
    "asserts": (3, "assert np.shape(output_delta(np.ones(1), np.ones(1), np.ones(1))) != ()"),
    "number": (3, "1.5"),
    "above": (3, "2 * float(grade(output_delta))"),
}
# A column in place of a vector brings 1.75 of 2 points.
COLUMN = RIGHT | {"output-delta": "def output_delta(a, y, z):\n    return (2 * (a - y) * logistic_prime(z))[:, None]"}
SIGN = RIGHT | {"output-delta": RIGHT["output-delta"].replace("a - y", "y - a")}


def _source():
    notebook = source_notebook()
    for name, (points, source) in TESTS.items():
        marked = marks(name, grade=True, locked=True, points=points)
        notebook.cells.append(new_code_cell(source, id=name, metadata=marked))
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = new_course(tmp_path_factory.mktemp("points"), CONFIG, _source())
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS)
    for student, answers in {"right": RIGHT, "column": COLUMN, "sign": SIGN}.items():
        hand_in(course, student, nbformat.writes(solved(released_lesson(course), answers)))
    (course / "printed.txt").write_text(grade(course, code=3))
    return course


def _scores(course, student):
    return {name: score for who, name, score, *_ in rows(course)["grades"] if who == student and name in TESTS}


@pytest.mark.parametrize(
    ("student", "shares"),
    [
        ("right", dict.fromkeys(TESTS, 1.0)),
        ("column", dict.fromkeys(TESTS, 1.75 / 2) | {"both": 3.75 / 4, "asserts": 1.0, "above": 1.0}),
        ("sign", dict.fromkeys(TESTS, 0.0) | {"both": 1 / 2, "asserts": 1.0}),
    ],
)
def test_every_result_is_out_of_the_points_of_its_cell(course, student, shares):
    expected = {name: pytest.approx(points * shares[name]) for name, (points, _) in TESTS.items()}
    assert _scores(course, student) == expected | {"number": 1.5}
    # nbgrader refuses a number above the points, even by a rounding error.
    assert all(score <= TESTS[name][0] for name, score in _scores(course, student).items())


def test_a_number_above_the_points_of_its_cell_is_said_and_loses_nothing(course):
    told = {line.split()[0]: line for line in (course / "printed.txt").read_text().splitlines() if "above" in line}
    assert set(told) == {"right", "column"}
    assert "The test above gave 4.0 points but is worth only 3" in told["right"]
    waiting = {(who, name) for who, name, *_, waits in rows(course)["grades"] if waits and name in TESTS}
    assert waiting == {("right", "above"), ("column", "above")}


def test_a_cell_of_two_exercises_shows_the_report_of_both(course):
    (both,) = [cell for cell in graded_notebook(course, "sign").cells if cell.id == "both"]
    shown = both.outputs[-1].data["text/html"]
    # Out of what the cell is worth, as on the page of feedback around it.
    worth = TESTS["both"][0] / 2
    assert f"output_delta: 0 of {worth:g} points" in shown
    assert f"layer_gradients: {worth:g} of {worth:g} points" in shown


def _cells(answers, calls):
    """A notebook of a right or wrong answer and of test cells, each with its points."""
    notebook = solved(source_notebook(), answers)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not cell.id.endswith("-check")]
    for number, (points, source) in enumerate(calls):
        marked = marks(f"test-{number}", grade=True, locked=True, points=points)
        notebook.cells.append(new_code_cell(source, id=f"test-{number}", metadata=marked))
    return notebook


CALLS = [(points, f"{call}(output_delta)") for points in (0.5, 2, 8) for call in ("check", "grade")]


@pytest.mark.parametrize(("answers", "passes"), [(RIGHT, True), (COLUMN, False), (SIGN, False)])
def test_validate_tells_right_from_wrong_on_every_scale(answers, passes, tmp_path):
    path = tmp_path / "lesson.ipynb"
    nbformat.write(_cells(answers, CALLS), path)
    failed = Validator().validate(str(path)).get("failed", [])
    assert len(failed) == (0 if passes else len(CALLS)), json.dumps(failed)[:500]


@pytest.mark.parametrize(("answers", "share"), [(RIGHT, 1.0), (SIGN, 0.0)])
def test_without_the_sandbox_right_and_wrong_count_on_every_scale(answers, share, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook = _cells(answers, CALLS)
    NotebookClient(notebook).execute()
    for (points, _), cell in zip(CALLS, notebook.cells[-len(CALLS) :], strict=True):
        assert determine_grade(cell) == (points * share, points)
