"""The book shows what students get, with pictures and their descriptions, and gives no answer away."""

import importlib.util
import re

import pytest

from autograder.exercises import EXERCISES, ORDER
from tests.conftest import ROOT

spec = importlib.util.spec_from_file_location("prepare", ROOT / "docs" / "book" / "prepare.py")
prepare = importlib.util.module_from_spec(spec)
spec.loader.exec_module(prepare)


@pytest.mark.parametrize("lesson", ORDER)
def test_a_readers_page_has_stubs_and_an_instructors_the_solutions(lesson):
    reader, instructor = prepare.page_of(lesson), prepare.page_of(lesson, instructor=True)
    text = "\n".join(cell.source for cell in reader.cells)
    assert "YOUR CODE HERE" in text and "BEGIN SOLUTION" not in text and "MARK SCHEME" not in text
    solutions = [cell for cell in instructor.cells if cell.id.endswith("-solution")]
    graded = [
        cell for cell in prepare.read("lessons", lesson).cells if cell.metadata.get("nbgrader", {}).get("solution")
    ]
    assert len(solutions) == len(graded)
    assert len(instructor.cells) == len(reader.cells) + len(solutions)


@pytest.mark.parametrize("lesson", ORDER)
def test_every_picture_is_described_and_no_widget_is_left(lesson):
    pictures = 0
    for cell in prepare.page_of(lesson).cells:
        for output in cell.get("outputs", []):
            assert prepare.WIDGET not in output.get("data", {})
            for image in re.findall(r"<img [^>]*>", "".join(output.get("data", {}).get("text/html", ""))):
                assert len(re.search(r'alt="([^"]*)"', image)[1]) > 40
                pictures += 1
    assert pictures


@pytest.mark.parametrize("lesson", ORDER)
def test_checks_and_recall_questions_are_unanswered(lesson):
    for cell in prepare.page_of(lesson).cells:
        if cell.cell_type == "code" and re.match(r"(check|derive|recall)\(", cell.source):
            assert cell.outputs == []


def test_every_exercise_is_in_the_index_of_mistakes():
    index = prepare.index_of_mistakes()
    assert {name for name in EXERCISES if f"### `{name}`" not in index} == set()


def test_each_lesson_has_its_part_of_the_notes_on_the_sources():
    page = prepare.notes_on_sources()
    parts = re.split(r"(?m)^## \[", page)[1:]
    assert len(parts) == len(ORDER)


def test_the_numbers_on_the_page_about_the_checks_are_counted():
    page = prepare.how_checks_are_checked()
    assert f"{len(EXERCISES)} exercises" in page and "{" not in page
