"""The class report fits a phone, follows the system's colours, and keeps the head of its grid in sight."""

from importlib.resources import files

import pytest

from autograder.desk.report.over_lessons import find_behind, find_misconceptions
from autograder.desk.report.page import make_page
from autograder.desk.report.suggestions import suggest
from autograder.desk.report.summary import ClassSummary
from tests.desk.classes_reported import BLANK, HALF, RIGHT, exercise, held_up, lesson, wrong

OPEN_ALL = "() => document.querySelectorAll('details').forEach(each => (each.open = true))"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A report on sixty students with many exercises and long names."""
    answers = [wrong("sign"), wrong("factor-2"), HALF, BLANK, held_up("exercise_number_1"), *[RIGHT] * 55]
    lessons = [
        lesson(
            *(exercise(f"exercise_number_{n}", *answers[n:], *answers[:n], lesson=name) for n in range(12)),
            name=name,
            title=title,
        )
        for name, title in (("01", "Lesson 1: Notation"), ("02", "Lesson 2: The chain rule"))
    ]
    lessons[1].shares["s30"] = 0.5
    students = {f"s{number:02}": f"Maximiliane Mustermann {number}" for number in range(60)}
    whole = ClassSummary(students, lessons, find_misconceptions(lessons), find_behind(students, lessons))
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(make_page(whole, suggest(whole), [], "Made today.", False), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page_at(browser, address):
    """Open the report in a window of some width and colour scheme, with everything unfolded."""
    pages = []

    def opened(width, scheme):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        pages.append(page)
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        page.evaluate(OPEN_ALL)
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page_at, scheme):
    page = page_at(1100, scheme)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found["violations"]} == {}


@pytest.mark.parametrize("width", [390, 1100])
def test_only_tables_scroll_sideways(page_at, width):
    assert page_at(width, "light").evaluate("document.documentElement.scrollWidth") == width


def test_the_head_of_the_grid_stays_in_sight(page_at):
    grid = page_at(1100, "light").locator(".grid").first
    grid.evaluate("each => each.scrollTo(0, 600)")
    head, box = grid.locator("thead th").nth(2), grid.bounding_box()
    assert grid.evaluate("each => each.scrollTop") > 0
    assert head.bounding_box()["y"] == pytest.approx(box["y"], abs=2)


def test_a_link_leads_to_the_row_of_a_student(page_at):
    page = page_at(1100, "light")
    page.locator("dl.short dd a", has_text="Mustermann").first.click()
    row = page.locator("tr:target")
    assert row.locator("th").inner_text().startswith("Maximiliane")
    assert -1 < row.bounding_box()["y"] < 900  # positions are rounded
