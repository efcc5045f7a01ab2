"""The lessons as files: generated from the solutions, whole without any solution, and described for every reader."""

import re
import unicodedata

import nbformat
import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from autograder.exercises import DERIVATIONS, EXERCISES, OPTIONAL, QUESTIONS
from autograder.grading import first_cell
from tests.conftest import LESSONS, ROOT


def read(folder, lesson):
    return nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", as_version=4)


def told(cell):
    """All text that a cell's outputs show."""
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])
    )


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """What builds a lesson from its solution now, into a folder of its own."""
    place = tmp_path_factory.mktemp("generated")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.CourseDirectory.release_directory = str(place)
    config.CourseDirectory.db_url = f"sqlite:///{place}/gradebook.db"
    return place, NbGraderAPI(config=config)


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_is_what_generate_assignment_makes_of_the_solution(lesson, nbgrader):
    place, api = nbgrader
    run = api.generate_assignment(lesson)
    assert run["success"], run
    fresh = nbformat.read(place / lesson / f"{lesson}.ipynb", as_version=4)
    assert [cell.source for cell in read("lessons", lesson).cells] == [cell.source for cell in fresh.cells]
    assert read("lessons", lesson) == fresh, f"run: make lesson LESSON={lesson}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_released_lesson_gives_nothing_away(lesson):
    for cell in read("lessons", lesson).cells:
        assert not cell.get("outputs")
        for secret in ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME", "grade("):
            assert secret not in cell.source, cell.id


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_begins_with_the_cell_that_installs_the_package(lesson):
    first, other = (
        next(cell for cell in read("lessons", name).cells if cell.cell_type == "code") for name in (lesson, LESSONS[0])
    )
    assert (first.id, first.source) == (first_cell.CELL_ID, other.source)
    with_address = first_cell.add_address(first.source, "https://example.org/a-1.whl")
    assert "https://example.org/a-1.whl" in with_address and "//" not in first.source
    assert first_cell.without_address(with_address) == first.source


def graded_in(cell):
    """The exercise or derivation that a test cell is about."""
    return re.search(r"(?:check|derive)\(\"?(\w+)", cell.source)[1]


def points_of(name):
    return (EXERCISES if name in EXERCISES else DERIVATIONS)[name].points


def lesson_of(name):
    return (EXERCISES if name in EXERCISES else DERIVATIONS)[name].lesson


@pytest.mark.parametrize("lesson", LESSONS)
def test_solution_is_stored_executed_with_full_points(lesson):
    notebook = read("solutions", lesson)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count, cell.id
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade"):
            points = meta["points"] or points_of(
                graded_in(cell)
            )  # what is optional counts nothing until that is raised
            assert told(cell) == repr(float(points)), cell.id


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_of_the_lesson_has_a_stub_and_a_check_with_its_points(lesson):
    checks = {
        graded_in(cell): cell.metadata["nbgrader"]["points"]
        for cell in read("solutions", lesson).cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    }
    own = {name for name in (*EXERCISES, *DERIVATIONS) if points_of(name) and lesson_of(name) == lesson}
    assert set(checks) == own
    assert {name: points for name, points in checks.items() if points} == {
        name: points_of(name) for name in own if name not in OPTIONAL
    }


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_recall_question_is_asked_and_unanswered(lesson):
    number = str(int(lesson[:2]))
    asked = [cell.source for cell in read("lessons", lesson).cells if cell.source.startswith("recall(")]
    assert asked == [f'recall("{name}", ...)' for name in QUESTIONS if name.split(".")[0] == number]
    assert 3 <= len(asked) <= 5


TEX = {"ln": "ln", "sum": "Σ", "delta": "δ", "eta": "η", "lambda": "λ", "sigma": "σ"}


def letters_and_digits(text):
    """What of a question doesn't depend on whether it's written in Markdown and TeX or in plain text."""
    text = re.sub(r"\\([A-Za-z]+)", lambda command: TEX.get(command[1], ""), text)
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_recall_question_is_the_same_in_the_notebook_and_in_what_recall_says(lesson):
    text = "\n".join(cell.source for cell in read("solutions", lesson).cells if cell.cell_type == "markdown")
    printed = dict(re.findall(r"^\*\*(\d+\.\d+)\*\*\s+(.+?)$", text, re.MULTILINE))
    assert printed
    for name, question in printed.items():
        assert letters_and_digits(question) == letters_and_digits(QUESTIONS[name].text), name
    assert {name for name in QUESTIONS if name.split(".")[0] == str(int(lesson[:2]))} == set(printed)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_has_an_alt_text(lesson):
    figures = 0
    for cell in read("solutions", lesson).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                figures += 1
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 40, cell.id
                assert "alt=" in data["text/html"]
    assert figures


@pytest.mark.parametrize("lesson", LESSONS)
def test_drawing_pads_of_the_solution_read_a_digit(lesson):
    for cell in read("solutions", lesson).cells:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            assert not alt.startswith("The drawing pad") or "It reads a" in alt, cell.id


@pytest.mark.parametrize("lesson", LESSONS)
def test_written_question_has_a_mark_scheme_worth_its_points(lesson):
    tasks = [c for c in read("solutions", lesson).cells if c.metadata.get("nbgrader", {}).get("task")]
    assert len(tasks) == 1
    assert tasks[0].metadata["nbgrader"]["points"] > 0
    assert "=== BEGIN MARK SCHEME ===" in tasks[0].source


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_text_or_table_sends_a_learner_to_the_id_of_a_cell(lesson):
    """No program shows these IDs to a learner, so a section is named by its heading."""
    notebook = read("solutions", lesson)
    tables = [
        output.data.get("text/markdown", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    texts = "\n".join([*tables, *(cell.source for cell in notebook.cells if cell.cell_type == "markdown")])
    named = set(re.findall(r"`([\w-]+)`", texts)) | {entry.strip() for entry in re.split(r"[|;]", texts)}
    assert {cell.id for cell in notebook.cells if "-" in cell.id} & named == set()
