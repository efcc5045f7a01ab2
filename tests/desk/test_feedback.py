"""A page of feedback says what a student needs, shows nothing that is hidden, and does nothing."""

import zipfile

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.desk.collected import Collected, write_collected
from autograder.desk.feedback_zip import name_in_zip
from tests.desk.graded import LESSON, desk, graded_class, mark
from tests.grading.conftest import copy_of, run


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    course = copy_of(graded_class(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("told") / "course")
    said = desk(course, "feedback", LESSON)
    assert "5 pages written" in said and "2 pages say that something is not yet marked" in said
    return course


def page(course, student):
    path = course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(element):
    return " ".join(element.get_text(" ").split())


def points(soup):
    rows = [[words(cell) for cell in row.find_all(["td", "th"])] for row in soup.select("table.points tbody tr")]
    return {row[1]: row[2] for row in rows}


def test_the_points_of_every_exercise_are_told_by_its_name(told):
    soup = page(told, "bob")
    assert words(soup.h1) == "Lesson 3: A small lesson" and "Bob Müller (bob)" in words(soup)
    assert points(soup) == {
        "output_delta": "0 of 2",
        "layer_gradients": "2 of 2",
        "In your own words": "3 of 5",
        "Penalty for lateness": "−2.5",
        "In all": "2.5 of 9",
    }
    assert words(soup.select_one(".total")) == "2.5 of 9 points"


def test_a_mistake_is_named_and_what_is_right_needs_no_words(told):
    tasks = {words(task.h3).split()[-1]: words(task) for task in page(told, "bob").select("section.task")}
    assert list(tasks) == ["output_delta"]
    assert "wrong sign" in tasks["output_delta"]


def test_lateness_is_told_and_what_it_costs(told):
    facts = words(page(told, "bob").select_one(".facts"))
    assert "Handed in: 5 November 2026, 13:00 UTC. Due: 3 November 2026, 12:00 UTC." in facts
    assert "Late by 2 days and 1 hour. This costs 2.5 points." in facts
    assert "Late" not in words(page(told, "ada").select_one(".facts"))


def test_what_is_not_marked_is_called_so(told):
    soup = page(told, "cem")
    assert points(soup)["In your own words"] == "not yet marked" and points(soup)["So far"] == "4 of 4"
    assert words(soup.select_one(".total")) == "4 of 4 points so far; another 5 are not yet marked"


def test_who_handed_in_something_unreadable_learns_why(told):
    soup = page(told, "dan")
    assert words(soup.select_one(".total")) == "Not graded yet"
    assert words(soup.select_one(".notice")).startswith("Your notebook can't be opened: it is not valid JSON")
    assert "submit it again" in words(soup.select_one(".notice"))
    # Neither a table of exercises nor the lesson as it was handed out, which isn't the student's notebook.
    assert points(soup) == {} and not soup.find("details") and "points" not in words(soup.main)


def test_what_was_marked_by_hand_though_nothing_could_be_graded_is_told(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    mark(course, LESSON, "dan", 3)
    desk(course, "feedback", LESSON, "--student", "dan")
    assert points(page(course, "dan"))["In your own words"] == "3 of 5"
    assert "Your notebook can't be opened" in words(page(course, "dan").select_one(".notice"))


def test_a_confirmed_0_is_told_with_its_reason_once(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    mark(course, LESSON, "dan", 0, "No answer was written.")  # somebody has also marked what wasn't written
    desk(course, "feedback", LESSON, "--student", "dan", code=None)
    assert words(page(course, "dan").select_one(".total")) == "Not graded yet"
    desk(course, "mark", LESSON, "--confirm-zeros")
    desk(course, "feedback", LESSON, "--student", "dan", code=None)
    text = words(page(course, "dan").main)
    assert "0 of 9 points" in text and text.count("Your notebook can't be opened") == 1 and "not yet marked" not in text
    assert points(page(course, "dan")) == {}


def test_an_optional_exercise_is_ticked_only_if_it_is_right(told, tmp_path):
    """Worth 0 points, it would have its full points in any case."""
    course = copy_of(told, tmp_path / "course")
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "output-delta-check"]
    cell.metadata.nbgrader.points = 0
    nbformat.write(notebook, source)
    blank = nbformat.read(course / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    nbformat.write(blank, course / "classroom" / "submitted" / "cem" / LESSON / f"{LESSON}.ipynb")
    run(course, "autograder", "grade", LESSON, *("--student", "ada", "--student", "bob", "--student", "cem"))
    desk(course, "feedback", LESSON, code=3)
    signs = {student: words(page(course, student).select_one("td.sign")) for student in ("ada", "bob", "cem")}
    assert signs == {"ada": "✔", "bob": "–", "cem": "–"}
    assert {points(page(course, student))["output_delta"] for student in signs} == {"optional"}
    assert "wrong sign" in words(page(course, "bob").main)  # whoever tried it learns what is wrong


def test_a_comment_is_shown_with_its_formula(told):
    task = page(told, "ada").select_one("section.task")
    assert "Good" in words(task) and task.find("math") and "$" not in words(task)


def test_nothing_hidden_is_shown(told):
    for student in ("ada", "bob", "cem", "dan", "fay"):
        text = str(page(told, student))
        assert "MARK SCHEME" not in text and "Two points for the sum" not in text
        assert "HIDDEN TESTS" not in text and "grade(" not in text
        assert ("In your own words" in text) == (student != "dan")


def test_mark_schemes_are_shown_by_a_setting_once_marked(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Desk.show_mark_schemes = True\n")
    desk(course, "feedback", LESSON, code=0)
    scheme = page(course, "ada").select_one("section.task .scheme")
    assert "Two points for the sum" in words(scheme) and scheme.find("math")
    for student in ("ada", "cem"):
        assert "MARK SCHEME ===" not in str(page(course, student))


def test_the_whole_notebook_is_one_click_below(told):
    folded = page(told, "bob").select("details:not([open])")
    (notebook,) = (each for each in folded if "Your notebook, as it was graded" in words(each.summary))
    assert "def output_delta" in words(notebook).replace("output_delta (", "output_delta(")
    assert "ZeroDivisionError" in words(notebook) and "red" in words(notebook) and "\x1b" not in str(notebook)
    assert notebook.find("math", display="block")


@pytest.mark.parametrize("student", ["ada", "bob", "cem", "dan", "fay"])
def test_a_page_needs_nothing_but_a_browser_and_does_nothing(student, told):
    soup = page(told, student)
    assert len(str(soup).encode()) < 300_000
    assert not soup.find_all(["script", "iframe", "object", "form", "link", "base"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert (tag.get("href") or "#").startswith("#") and (tag.get("src") or "data:").startswith("data:")
    assert "default-src 'none'" in soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    assert {tag["href"][1:] for tag in soup.find_all("a", href=True)} <= ids


def test_pages_are_always_current(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    mark(course, LESSON, "cem", 3, "Seen.")
    (course / "classroom" / "extensions.csv").write_text("student,lesson,until,days\nbob,*,,3\n")
    old = course / "classroom" / "feedback" / "cem" / LESSON / "old-name.html"
    old.write_text("old")
    desk(course, "feedback", LESSON)
    assert points(page(course, "cem"))["In all"] == "7 of 9" and "Seen." in words(page(course, "cem"))
    assert points(page(course, "bob"))["In all"] == "5 of 9"
    assert "Due: 6 November 2026, 12:00 UTC (extended for you)." in words(page(course, "bob"))
    assert not old.exists()


def test_the_page_of_one_student_is_written_alone(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    path = course / "classroom" / "feedback" / "ada" / LESSON / f"{LESSON}.html"
    path.write_text("old")
    assert "1 page written" in desk(course, "feedback", LESSON, "--student", "bob")
    assert path.read_text() == "old"
    assert "Did you mean bob?" in desk(course, "feedback", LESSON, "--student", "bobb", code=1)
    assert "no graded work by eve" in desk(course, "feedback", LESSON, "--student", "eve", code=1)


@pytest.mark.parametrize(
    ("platform", "names", "expected"),
    [
        (
            "moodle",
            {"ada": "Ada Lovelace_111_assignsubmission_file_", "bob": "Bob Müller_112_assignsubmission_file"},
            {
                f"Ada Lovelace_111_assignsubmission_file_/{LESSON}.html",
                f"Bob Müller_112_assignsubmission_file/{LESSON}.html",
            },
        ),
        (
            "canvas",
            {
                "ada": "lovelaceada_2001_3001_my work-1.ipynb",
                "bob": "mullerbob_LATE_2002_3002_03-delta-recursion.ipynb",
            },
            {"lovelaceada_2001_3001_my work-1.html", "mullerbob_LATE_2002_3002_03-delta-recursion.html"},
        ),
    ],
)
def test_the_zip_has_the_names_of_the_platform(platform, names, expected, told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    for student, name in names.items():
        write_collected(course, LESSON, Collected(student, platform, name))
    said = desk(course, "feedback", LESSON, "--zip", platform, code=3)
    assert f"not collected from {platform.title()}: =1+1 @Fay (fay), Cem Öztürk (cem), Dan Low (dan)." in said
    path = course / "classroom" / "export" / f"{LESSON}-feedback-{platform}.zip"
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == expected
        (own,) = [name for name in expected if "ada" in name.lower()]
        assert archive.read(own) == (course / "classroom/feedback/ada" / LESSON / f"{LESSON}.html").read_bytes()
    before = path.read_bytes()
    desk(course, "feedback", LESSON, "--zip", platform, code=3)
    assert path.read_bytes() == before


def test_who_typed_the_answer_in_canvas_is_not_said_to_be_from_elsewhere(told, tmp_path):
    course = copy_of(told, tmp_path / "course")
    for student, name in (("ada", "lovelaceada_2001_3001_x.ipynb"), ("bob", "mullerbob_LATE_2002_text.html")):
        write_collected(course, LESSON, Collected(student, "canvas", name))
    said = desk(course, "feedback", LESSON, "--zip", "canvas", code=3)
    assert "not collected from Canvas: =1+1 @Fay (fay), Cem Öztürk (cem), Dan Low (dan)." in said
    assert "they handed in a typed text or a link: Bob Müller (bob)." in said


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("moodle", "../Ada_1_assignsubmission_file_"),
        ("moodle", "Ada/x_1_assignsubmission_file_"),
        ("moodle", "Ada_1_assignsubmission_onlinetext_"),
        ("canvas", "../a_1_2_x.ipynb"),
        ("canvas", "a_1_x.ipynb"),
        ("canvas", ""),
    ],
)
def test_no_other_name_gets_into_a_zip(platform, name):
    assert name_in_zip(platform, name, LESSON) is None
