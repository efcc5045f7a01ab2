"""What became of a cell is said in words that help: a syntax error, an error before the function, an endless loop."""

import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from tests.desk.graded import desk
from tests.grading.conftest import CONFIG, LESSON, LIMITS, RIGHT, hand_in, new_course, released_lesson, run, solved

LOOP = "while True:\n    pass\n"
# Of the cell in which output_delta is written.
CELLS = {
    "syntax": RIGHT["output-delta"].replace("(a - y)", "((a - y)"),
    "error": f"steps = 1 / 0\n{RIGHT['output-delta']}",
    "loop": f"{LOOP}{RIGHT['output-delta']}",
    "missing": "# I had no time for this",
    "calls": "def output_delta(a, y, z):\n    while True:\n        logistic_prime(z)",
    "recursion": "def output_delta(a, y, z):\n    return logistic_prime(z) * output_delta(a, y, z)",
}
# The cells before all others.
FIRST = {"own-loop": LOOP, "library": "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))"}
WORDS = {
    "syntax": "output_delta isn't defined. Your cell has a syntax error in line 2, so Python couldn't run any of it: "
    "'(' was never closed",
    "error": "output_delta isn't defined. The cell that should define it stopped with an error before that: "
    "ZeroDivisionError: division by zero",
    "loop": "output_delta isn't defined. The cell that should define it never came to its end: this cell was stopped "
    "after 4 seconds.",
    "missing": "output_delta isn't defined. No cell of your notebook defines it.",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class with all of this, and what grading it prints."""
    course = new_course(tmp_path_factory.mktemp("stopped"), CONFIG + LIMITS)
    released = released_lesson(course)
    for student, cell in CELLS.items():
        hand_in(course, student, nbformat.writes(solved(released, RIGHT | {"output-delta": cell})))
    for student, cell in FIRST.items():
        hand_in(course, student, nbformat.writes(solved(released, before=[cell])))
    hand_in(course, "unreadable", "{")
    printed = run(course, "autograder", "grade", LESSON, code=3)
    desk(course, "feedback", LESSON)
    return course, printed


def page_of(course, student):
    path = course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def reason_for(printed, student):
    return "".join(line for line in printed.splitlines() if line.split()[:1] == [student])


@pytest.mark.parametrize("student", WORDS)
def test_the_page_says_why_a_function_is_not_there(graded, student):
    course, _ = graded
    sections = page_of(course, student).find_all(class_="task")
    (told,) = [section.get_text() for section in sections if section.find("h3").get_text(strip=True).endswith("delta")]
    assert WORDS[student] in told and "The check stopped" not in told


@pytest.mark.parametrize("student", ["own-loop", "loop"])
def test_a_cell_that_was_stopped_is_told_to_everybody(graded, student):
    course, printed = graded
    assert "A cell was stopped after 4 seconds; it begins with “while True:”." in reason_for(printed, student)
    page = page_of(course, student)
    notice = page.find("h2", string="What to look at").find_next(class_="notice").get_text(" ", strip=True)
    assert "while True:" in notice and "stopped after 4 seconds" in notice
    error = next(each.get_text() for each in page.find_all("pre", class_="error"))
    assert "This cell was stopped after 4 seconds." in error and "while True" in error
    assert "KeyboardInterrupt" not in error and "cell_interrupt" not in error


@pytest.mark.parametrize("student", [*CELLS, *FIRST])
def test_no_path_of_this_machine_is_shown(graded, student):
    course, _ = graded
    path = course / "classroom" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    for folder in (sys.prefix, "site-packages", "autograder/sandbox"):
        assert folder not in path.read_text()


def test_a_librarys_own_lines_are_still_shown(graded):
    course, _ = graded
    assert "numpy/linalg" in page_of(course, "library").find("pre", class_="error").get_text()


@pytest.mark.parametrize("student", ["calls", "recursion"])
def test_a_function_that_ran_into_a_limit_is_not_suspected(graded, student):
    course, printed = graded
    assert reason_for(printed, student) == ""
    expected = "was stopped after" if student == "calls" else "RecursionError"
    assert expected in page_of(course, student).get_text()


def test_the_report_knows_a_loop_that_never_ends_from_a_mistake_that_nobody_knows(graded):
    course, _ = graded
    shown = desk(course, "report", LESSON)
    (line,) = [line for line in shown.splitlines() if line.split()[:1] == ["output_delta"]]
    assert "1 stopped because they took too long" in line
    unknown = shown.partition("Wrong answers that no known mistake explains")[2]
    assert sum(int(line.split()[0]) for line in unknown.splitlines() if "output_delta" in line) <= 1  # the recursion


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("syntax", "Your cell has a syntax error in line 2"),
        ("calls", "It was still running when its time was up"),
        ("own-loop", "The result is the same as before"),
    ],
)
def test_the_letter_has_the_reason(graded, student, words):
    course, _ = graded
    letter = _letter(course, student)
    assert words in letter


def test_a_letter_about_what_could_not_be_read_claims_nothing_about_the_exercises(graded):
    course, _ = graded
    letter = _letter(course, "unreadable")
    page = (course / "classroom" / "complaints" / "unreadable" / LESSON / "complaint.html").read_text()
    assert "Your notebook can't be opened" in letter and "Nothing in it could be graded" in letter
    for claim in ("output_delta", "isn't written", "Nothing was written", "In your own words"):
        assert claim not in page


def _letter(course, student):
    desk(course, "complaint", LESSON, student)
    path = course / "classroom" / "complaints" / student / LESSON / "complaint.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find("pre").get_text()


def test_a_confirmed_0_needs_no_look_any_more(graded):
    course, _ = graded
    assert "unreadable" in desk(course, "status", LESSON, code=3)
    desk(course, "mark", LESSON, "--confirm-zeros")
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        assert not gradebook.find_submission(LESSON, "unreadable").needs_manual_grade
    listed = desk(course, "status", LESSON, code=3)
    assert "unreadable" not in listed and "own-loop" in listed
