"""Thirty written answers marked by keyboard alone, and every mark is in nbgrader's gradebook."""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import expect

from autograder.desk.marking.widget import open_session
from tests.browser.conftest import opened_notebook
from tests.grading.conftest import (
    CONFIG,
    LESSON,
    LIMITS,
    grade,
    hand_in,
    new_course,
    released_lesson,
    solved,
    source_notebook,
)

STUDENTS = 30
SCHEME = (
    "## In your own words\n\nWhy is there a sum?\n\n=== BEGIN MARK SCHEME ===\n"
    "One half each:\n\n1. There is a path through each $k$.\n2. Paths add up.\n=== END MARK SCHEME ==="
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    source = source_notebook()
    source.cells[-1].source = SCHEME
    course = new_course(tmp_path_factory.mktemp("marking"), CONFIG + LIMITS, source)
    released = released_lesson(course)
    for number in range(STUDENTS):
        notebook = solved(released)
        notebook.cells.append(new_markdown_cell(f"Because of $\\delta_{{{number}}}$: **answer {number}**."))
        hand_in(course, f"s{number:02}", nbformat.writes(notebook))
    grade(course)
    return course


def test_thirty_answers_are_marked_by_keyboard(course, lab_page, pictures):
    cell = f"from autograder.desk.marking.widget import marking_desk\n\nmarking_desk({LESSON!r}, {str(course)!r})"
    with opened_notebook(lab_page, [cell]) as notebook:
        notebook.run_all()
        page = notebook.page
        root = page.get_by_role("group", name="Marking desk")
        root.wait_for()

        def press(key):
            page.keyboard.press(key)
            page.wait_for_function("root => root.dataset.painted === root.dataset.asked", arg=root.element_handle())

        expect(root).to_contain_text(f"Answer 1 of {STUDENTS}; 0 marked")
        expect(root.locator(".nb-answer math")).to_have_count(1)
        expect(root.locator(".nb-question")).to_have_text("Why is there a sum?")
        # What introduces the boxes stands above them.
        assert root.locator(".nb-intro").bounding_box()["y"] < root.locator(".nb-box").first.bounding_box()["y"]
        root.focus()
        press("1")
        press("c")
        page.keyboard.type("Name the paths.")
        page.keyboard.press("Escape")
        expect(root.locator(".nb-snippets")).to_contain_text("a: Name the paths.")
        root.screenshot(path=pictures / "marking.png")
        press("Enter")
        press("2")
        press("2")
        press("a")
        press("Enter")
        for _ in range(STUDENTS - 3):
            press("1")
            press("2")
            press("Enter")
        expect(root).to_contain_text(f"{STUDENTS - 1} marked")
        press("2")
        press("u")
        press("Enter")
        expect(root).to_contain_text(f"{STUDENTS} marked")
    session, _ = open_session(course, LESSON)
    marks = [session.known[each.student] for each in session.answers]
    assert [mark.points for mark in marks] == [2.5, 1.25, *[5.0] * (STUDENTS - 3), 0.0]
    assert [mark.comment for mark in marks[:2]] == ["Name the paths."] * 2 and not any(m.comment for m in marks[2:])
