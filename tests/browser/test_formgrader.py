"""nbgrader's formgrader on what ``autograder grade`` graded: its lists, a grader's marks, and its own button."""

import re

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import expect

from tests.browser.conftest import Lab, Page, width_of
from tests.conftest import ROOT
from tests.grading.conftest import (
    LESSON,
    WRONG,
    grade,
    graded_notebook,
    hand_in,
    new_course,
    released_lesson,
    rows,
    run,
    solved,
)

# The one thing that formgrader asks of the web. A page for grading does without it: TeX stays TeX, and the keys for
# the next field and the next submission are dead.
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/latest.js?config=TeX-AMS_CHTML-full,Safe"
FIGURE = """
import matplotlib.pyplot as plt

from nblib import plots

figure, axes = plt.subplots(figsize=(5, 2), layout="constrained")
axes.plot([1, 2])
plots.show(figure, alt="A line that rises")
"""
# What would act in the page of whoever opens the submission, with the rights of a grader.
ACTS = """**Seen in the text.** <script>acted = 'text'</script> <img src="x" onerror="acted = 'picture'">
[a link](javascript:acted='link')"""
SHOWS = """
from IPython.display import HTML, Javascript, Markdown, display

display(HTML("<b>Seen in the output.</b> <script>acted = 'output'</script> <svg onload='acted = 1'></svg>"))
display(Javascript("acted = 'script'"), Markdown("**Seen as Markdown.** <script>acted = 'Markdown'</script>"))
"""
COMMENT = "The sum over k is there; say where it comes from."


class Formgrader(Page):
    """The formgrader in a page of its own, and the ways that a grader takes through it."""

    def _open(self):
        self.refused = []
        self.page.on("response", self._answered)
        self.page.goto(f"http://127.0.0.1:{self.lab.port}/formgrader?token={self.lab.token}")
        self._wait_for_table()

    def _answered(self, response):
        if response.status >= 400:
            self.refused.append((response.status, response.url))

    def _wait_for_table(self):
        self.page.wait_for_function("() => window.models?.loaded")

    def _follow(self, link, path):
        link.click()
        self.page.wait_for_url(f"**/formgrader/{path}")
        self._wait_for_table()

    def row(self, name):
        """The row of the table that has a cell of this text."""
        return self.page.locator("#main-table tr", has=self.page.get_by_text(name, exact=True))

    def to_submissions(self):
        """From the assignments to the submissions of the lesson."""
        self._follow(self.row(LESSON).locator(".num-submissions a"), f"manage_submissions/{LESSON}")

    def tells(self, student, status, score):
        """Wait until the row of a student tells this status and score."""
        expect(self.row(student).locator(".status")).to_have_text(status)
        expect(self.row(student).locator(".score")).to_have_text(score)

    def to_averages(self):
        """To *Manual Grading*, which lists the lessons with their averages."""
        self._follow(self.page.get_by_role("link", name="Manual Grading", exact=True), "gradebook")

    def to_submission(self, student):
        """From *Manual Grading* over assignment and notebook to the submission of a student."""
        self.to_averages()
        self._follow(self.row(LESSON).get_by_role("link"), f"gradebook/{LESSON}")
        self._follow(self.row(LESSON).get_by_role("link"), f"gradebook/{LESSON}/{LESSON}")
        self.page.get_by_role("button", name="Show All Names").click()
        self.page.get_by_role("link", name=student, exact=True).click()
        self.page.wait_for_url("**/formgrader/submissions/*/")
        self.page.wait_for_function("() => window.formgrader?.grades?.loaded && window.formgrader.comments?.loaded")

    def field(self, name):
        return self.page.locator(f"[id='{name}']")

    def cell(self, name):
        """The cell of the submission to which the field of this name belongs."""
        return self.page.locator(".cell", has=self.field(name))

    def type_in(self, name, text):
        """Type into a field and go on to the next one; wait until it is saved."""
        self.field(name).press_sequentially(text)
        with self.page.expect_response(lambda response: response.request.method == "PUT") as answer:
            self.field(name).press("Tab")
        assert answer.value.ok


def marked(released):
    """A wrong sign, a figure of the student's own, and an answer to the written question."""
    notebook = solved(released, WRONG["sign"], after=[FIGURE])
    notebook.cells.append(new_markdown_cell("The paths from one node add up, hence the sum."))
    return notebook


def hostile(released):
    """A right answer, and all that SHOWS and ACTS."""
    notebook = solved(released, after=[SHOWS])
    notebook.cells.append(new_markdown_cell(ACTS))
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class with the project's own settings, graded by ``autograder grade``."""
    course = new_course(tmp_path_factory.mktemp("formgrader"), (ROOT / "nbgrader_config.py").read_text())
    released = released_lesson(course)
    for student, notebook in {
        "right": solved(released),
        "sign": solved(released, WRONG["sign"]),
        "blank": released,
        "marked": marked(released),
        "again": released,
        "hostile": hostile(released),
    }.items():
        hand_in(course, student, nbformat.writes(notebook))
    assert "6 graded" in " ".join(grade(course).split())
    return course


@pytest.fixture(scope="module")
def course_lab(course, tmp_path_factory):
    server = Lab(tmp_path_factory.mktemp("lab"), course)
    yield server
    server.stop()


@pytest.fixture
def formgrader(browser, course_lab):
    formgrader = Formgrader(browser, course_lab)
    yield formgrader
    formgrader.page.close()


def test_the_lists_show_what_was_graded(formgrader):
    expect(formgrader.row(LESSON).locator(".num-submissions")).to_have_text("6")
    formgrader.to_submissions()
    formgrader.tells("right", "needs manual grading", "4 / 9")
    formgrader.tells("sign", "needs manual grading", "2 / 9")
    formgrader.tells("blank", "needs manual grading", "0 / 9")
    assert (formgrader.outside, formgrader.errors, formgrader.refused) == ([], [], [])


def test_a_written_question_is_marked_and_nothing_else_changes(formgrader, course, pictures):
    before = rows(course)
    formgrader.to_submission("marked")
    expect(formgrader.cell("output-delta-comment")).to_contain_text("return 2 * (y - a) * logistic_prime(z)")
    expect(formgrader.cell("output-delta-check")).to_contain_text("the wrong sign")
    expect(formgrader.field("output-delta-check")).to_have_attribute("placeholder", "0")
    expect(formgrader.cell("layer-gradients-check")).to_contain_text("2 of 2 points")
    expect(formgrader.field("layer-gradients-check")).to_have_attribute("placeholder", "2")
    expect(formgrader.page.get_by_text("The paths from one node add up, hence the sum.")).to_be_visible()
    assert width_of(formgrader.page.get_by_alt_text("A line that rises")) > 300
    expect(formgrader.field("words")).to_have_class(re.compile("needs_manual_grade"))

    formgrader.type_in("words", "3.5")
    formgrader.type_in("words-comment", COMMENT)
    # The page glides to the field that has the focus; a picture is taken from its top.
    formgrader.page.evaluate("() => { $('body, html').stop(true); window.scrollTo(0, 0); }")
    formgrader.page.screenshot(path=pictures / "formgrader.png", full_page=True)
    formgrader.to_submission("right")
    formgrader.to_submission("marked")
    expect(formgrader.field("words")).to_have_value("3.5")
    expect(formgrader.field("words-comment")).to_have_value(COMMENT)
    assert set(formgrader.outside) == {MATHJAX}
    assert set(formgrader.errors) == {"MathJax is not defined"}
    assert formgrader.refused == []

    after = rows(course)
    assert after["submissions"] == before["submissions"]
    assert set(after["grades"]) - set(before["grades"]) == {("marked", "words", None, 3.5, None, 0)}
    assert set(before["grades"]) - set(after["grades"]) == {("marked", "words", None, None, None, 1)}
    assert set(after["comments"]) - set(before["comments"]) == {("marked", "words", None, COMMENT)}
    assert set(before["comments"]) - set(after["comments"]) == {("marked", "words", None, None)}

    run(course, "nbgrader", "generate_feedback", LESSON, "--student", "marked")
    page = (course / "classroom" / "feedback" / "marked" / LESSON / f"{LESSON}.html").read_text()
    assert COMMENT in page
    assert "(Score: 5.5 / 9.0)" in page
    assert "1 graded" in " ".join(grade(course, "--force", "--student", "marked").split())
    assert rows(course) == after

    # Five written answers are still to be marked. The sixth alone makes their average: 3.5, beside 2 of 4 for the code.
    formgrader.to_averages()
    expect(formgrader.row(LESSON).locator(".score")).to_have_text("5.5 / 9")


def test_the_button_grades_through_the_sandbox_as_the_command_does(formgrader, course):
    look = f"from pathlib import Path\nPath({str(course / 'nbgrader_config.py')!r}).exists()"
    hand_in(course, "again", nbformat.writes(solved(released_lesson(course), WRONG["sign"], after=[look])))
    formgrader.to_submissions()
    formgrader.tells("again", "needs manual grading", "0 / 9")
    formgrader.row("again").locator(".autograde a").click()
    dialog = formgrader.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Successfully autograded '{LESSON}' for student 'again'.")
    dialog.get_by_role("button", name="OK").click()
    dialog.wait_for(state="detached")
    formgrader.tells("again", "needs manual grading", "2 / 9")
    assert (formgrader.outside, formgrader.errors, formgrader.refused) == ([], [], [])

    for table in ("grades", "comments"):
        told = {student: [row[1:] for row in rows(course)[table] if row[0] == student] for student in ("again", "sign")}
        assert told["again"] == told["sign"] != []
    [output] = graded_notebook(course, "again").cells[-1].outputs
    assert output.data["text/plain"] == "False"


def test_what_was_handed_in_is_seen_and_does_not_act(formgrader):
    formgrader.to_submission("hostile")
    for seen in ("Seen in the text.", "Seen in the output.", "Seen as Markdown."):
        expect(formgrader.page.get_by_text(seen, exact=True)).to_be_visible()
    assert formgrader.page.evaluate("() => window.acted ?? null") is None
    assert formgrader.page.get_by_text("a link", exact=True).get_attribute("href") is None
    assert set(formgrader.outside) == {MATHJAX}
    assert formgrader.refused == []
