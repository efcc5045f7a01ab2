"""What is handed in is recognised by what is in it, and what cannot be graded is seen by its author and the grader."""

import copy
import json
import os

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.grading.handed_in import find_notebooks
from tests.conftest import LESSONS, ROOT
from tests.grading.conftest import (
    CONFIG,
    FULL,
    LESSON,
    LIMITS,
    WRONG,
    copy_of,
    grade,
    graded_notebook,
    hand_in,
    marks,
    new_course,
    rows,
    run,
    scores,
    solved,
    source_notebook,
)

STRANGE = new_notebook(cells=[new_markdown_cell("Another lesson.")])
NOTHING = dict.fromkeys(FULL, 0.0)
HALF = FULL | {"output-delta-check": 0.0}
RENAMED = ["03-delta-recursion (1).ipynb", "03-delta-recursion-1.ipynb", "müller_final.ipynb", "lesson.ipynb.txt"]


# Another lesson of the course, which has nothing in common with the first.
SECOND = new_notebook(
    cells=[
        new_code_cell("def softmax(z):\n    return z", id="softmax", metadata=marks("softmax", solution=True)),
        new_code_cell(
            "assert softmax(1) == 1", id="softmax-check", metadata=marks("softmax-check", grade=True, points=1)
        ),
    ]
)


def place(course, student, files, oldest_first=()):
    """Hand in files by name, whatever they are called; those that are named were changed an hour apart."""
    folder = course / "classroom" / "submitted" / student / LESSON
    for name, notebook in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
    for hour, name in enumerate(oldest_first):
        os.utime(folder / name, (1_700_000_000 + 3600 * hour,) * 2)
    return folder


def without_marks(notebook):
    """As some tools save a notebook: without ids of cells, and without what nbgrader wrote into them."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"
    return notebook


@pytest.fixture(scope="module")
def course(empty_course, released, tmp_path_factory):
    course = copy_of(empty_course, tmp_path_factory.mktemp("handed-in") / "course")
    right, wrong = solved(released), solved(released, WRONG["sign"])
    name = f"{LESSON}.ipynb"
    for number, renamed in enumerate(RENAMED):
        place(course, f"renamed-{number}", {renamed: right})
    place(course, "in-a-folder", {f"my work/{name}": right, "__MACOSX/._x.ipynb": "\0", ".hidden.ipynb": "{"})
    place(course, "no-marks", {"mine.ipynb": without_marks(right)})
    place(course, "scratch", {"mine.ipynb": right, "scratch.ipynb": new_notebook(cells=[new_code_cell("1 + 1")])})
    place(course, "twice-the-same", {name: right, "copy.ipynb": right})
    place(course, "newest-renamed", {name: wrong, "Z (1).ipynb": right}, [name, "Z (1).ipynb"])
    place(course, "newest-by-name", {name: wrong, "old.ipynb": right}, ["old.ipynb", name])
    place(course, "newest-broken", {name: right, "new.ipynb": nbformat.writes(right)[:500]}, [name, "new.ipynb"])
    place(course, "broken", {"mine.ipynb": nbformat.writes(right)[:500]})
    place(course, "nothing", {"data.txt": "1"})
    place(course, "strange-name", {"\x1b[2J.ipynb": right, "\x1b[1A.ipynb": wrong})
    place(course, "empty", {name: new_notebook(cells=[new_code_cell(" ")])})
    place(course, "empty-file", {name: ""})
    place(course, "empty-beside", {name: right, "untitled.ipynb": new_notebook()})
    place(course, "second-lesson", {name: SECOND})
    place(course, "other-lesson", {"mine.ipynb": STRANGE})
    path = course / "solutions" / "04-second" / "04-second.ipynb"
    path.parent.mkdir()
    nbformat.write(SECOND, path)
    hand_in(course, "good-before", nbformat.writes(right))
    (course / "printed.txt").write_text(grade(course, code=3))
    return course


def said(course, student):
    lines = (course / "printed.txt").read_text().splitlines()
    return next((line for line in lines if line.split()[:1] == [student]), "")


@pytest.mark.parametrize(
    "student",
    [
        *(f"renamed-{number}" for number in range(len(RENAMED))),
        "in-a-folder",
        "no-marks",
        "scratch",
        "twice-the-same",
        "empty-beside",
    ],
)
def test_a_notebook_is_recognised_whatever_it_is_called(course, student):
    assert scores(course, student) == FULL
    assert said(course, student) == ""
    assert "return 2 * (a - y)" in str(graded_notebook(course, student).cells)


def test_a_name_that_no_student_chose_is_not_told_as_theirs():
    written = nbformat.writes(source_notebook()).encode()
    blank = written.replace(b"return", b"pass #")
    contents = {f"{LESSON}.ipynb": written, f"{LESSON}-2.ipynb": blank, "mine.ipynb": blank + b" "}
    found = find_notebooks(
        contents, {name: name == f"{LESSON}.ipynb" for name in contents}, {LESSON: source_notebook()}
    )
    assert f"not {LESSON}-2.ipynb (its name since it was collected) or mine.ipynb." in " ".join(found.review_reasons)


def test_of_files_of_one_moment_the_one_with_the_lessons_name_counts():
    written = nbformat.writes(source_notebook()).encode()
    contents = {f"{LESSON}.ipynb": written, "attempt.ipynb": written.replace(b"return", b"pass #")}
    found = find_notebooks(contents, dict.fromkeys(contents, 1000.0), {LESSON: source_notebook()})
    assert f"The one that is graded is {LESSON}.ipynb" in " ".join(found.review_reasons)


def test_what_the_platform_adds_was_not_handed_in():
    contents = {"homework.pdf": b"%PDF", "blackboard.txt": b"Name: Ada", "timestamp.txt": b"2030-01-01 UTC"}
    found = find_notebooks(contents, dict.fromkeys(contents, 0), {LESSON: source_notebook()})
    assert found.missing[LESSON].startswith("There is no notebook: homework.pdf is all that was handed in.")


@pytest.mark.parametrize(
    ("student", "points", "words"),
    [
        (
            "newest-renamed",
            FULL,
            "The one that is graded is Z (1).ipynb: check that it is the right one, and not 03-delta-recursion.ipynb.",
        ),
        (
            "newest-by-name",
            HALF,
            "The one that is graded is 03-delta-recursion.ipynb: check that it is the right one, and not old.ipynb.",
        ),
        ("newest-broken", FULL, "new.ipynb was ignored: The notebook can't be opened: it is not valid JSON"),
        ("broken", NOTHING, "The notebook can't be opened: it is not valid JSON, perhaps because it was cut off."),
        ("empty", NOTHING, "The notebook is empty. Ask the student to write their answers into the notebook"),
        ("empty-file", NOTHING, "The notebook can't be opened: its file is empty."),
        (
            "second-lesson",
            NOTHING,
            f"{LESSON}.ipynb is the notebook of 04-second. Ask the student to submit the notebook of this lesson.",
        ),
        ("nothing", NOTHING, "There is no notebook: data.txt is all that was handed in."),
        ("other-lesson", NOTHING, "mine.ipynb is of another lesson, or not of this course."),
    ],
)
def test_what_is_not_plain_is_looked_at(course, student, points, words):
    assert scores(course, student) == points
    assert words in said(course, student)


def test_the_name_of_a_file_does_nothing_to_a_terminal(course):
    assert "Several notebooks of" in said(course, "strange-name")
    assert "\x1b" not in said(course, "strange-name")


def test_a_renamed_notebook_after_a_good_grade_changes_what_it_changes(course, released, tmp_path):
    course = copy_of(course, tmp_path / "course")
    folder = course / "classroom" / "submitted" / "good-before" / LESSON
    (folder / f"{LESSON}.ipynb").rename(folder / f"{LESSON} (1).ipynb")
    grade(course, "--student", "good-before")
    assert scores(course, "good-before") == FULL


@pytest.mark.parametrize("student", ["broken", "nothing", "other-lesson", "empty", "second-lesson"])
def test_what_cannot_be_graded_has_a_notebook_and_a_page_that_says_why(course, student):
    (why,) = {said for who, _, said, _ in rows(course)["comments"] if who == student}
    notebook = graded_notebook(course, student)
    nbformat.validate(notebook)
    assert why in notebook.cells[0].source.replace("&#x27;", "'")
    assert "return 2 * (a - y)" not in str(notebook.cells)  # the solution
    waiting = {name for who, name, *_, waits in rows(course)["grades"] if who == student and waits}
    assert set(FULL) <= waiting
    run(course, "nbgrader", "generate_feedback", LESSON, "--student", student, "--force")
    page = course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html"
    assert why in BeautifulSoup(page.read_text(), "html.parser").get_text()


def test_the_formgrader_lists_everybody(course):
    """A page of its list without a notebook behind it would be an error for every neighbour as well."""
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.submitted_directory = "classroom/submitted"
    config.CourseDirectory.autograded_directory = "classroom/autograded"
    config.CourseDirectory.db_url = f"sqlite:///{course}/classroom/gradebook.db"
    api = NbGraderAPI(CourseDirectory(config=config))
    students = {path.name for path in (course / "classroom" / "submitted").iterdir()}
    listed = {each["student"]: each["autograded"] for each in api.get_submissions(LESSON)}
    assert listed == dict.fromkeys(students, True)
    assert {each["student"] for each in api.get_notebook_submissions(LESSON, LESSON)} == students
    assert len(api.get_notebook_submission_indices(LESSON, LESSON)) == len(students)


def test_a_source_that_marks_solutions_in_another_way_gives_none_away(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.ClearSolutions.code_stub = {'julia': ''}\n")
    grade(course, "--student", "nothing", "--force", code=3)
    assert "return 2 * (a - y)" not in str(graded_notebook(course, "nothing").cells)


def test_a_submission_that_was_unreadable_is_graded_once_it_is_mended(course, released, tmp_path):
    course = copy_of(course, tmp_path / "course")
    place(course, "broken", {"mine.ipynb": solved(released)})
    grade(course, "--student", "broken")
    assert scores(course, "broken") == FULL
    assert "Nothing was graded" not in str(graded_notebook(course, "broken").cells)


def test_stock_autograde_finds_a_renamed_notebook_and_leaves_its_name(course, released, tmp_path):
    course = copy_of(course, tmp_path / "course")
    steps = (ROOT / "nbgrader_config.py").read_text().partition("# Student code runs")[2]
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + "#" + steps)
    files = {"mine (2).ipynb": solved(released, WRONG["sign"]), "scratch.ipynb": new_notebook()}
    folder = place(course, "stock", files)
    run(course, "nbgrader", "autograde", LESSON, "--student", "stock")
    assert scores(course, "stock") == HALF
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    # nbgrader gives up a submission whose timestamp it cannot read; no copy is left behind then either.
    files = {"mine.ipynb": released, "timestamp.txt": "yesterday"}
    folder = place(course, "fails", files)
    run(course, "nbgrader", "autograde", LESSON, "--student", "fails", code=1)
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ({}, "the folder is empty."),
        ({"timestamp.txt": b"now", "__MACOSX/._a.ipynb": b"", ".DS_Store": b""}, "the folder is empty."),
        ({"essay.pdf": b"%PDF-1.7"}, "There is no notebook: essay.pdf is all"),
        ({"work.zip": b"PK\x03\x04"}, "archives are not unpacked: work.zip is all"),
        ({"a.pdf": b"%PDF", "b.zip": b"PK\x03\x04", "c": b""}, "archives are not unpacked: a.pdf and 2 more are all"),
        ({"mine.ipynb": nbformat.writes(STRANGE).encode(), "a.pdf": b""}, "mine.ipynb is of another lesson"),
    ],
)
def test_what_was_handed_in_in_place_of_a_notebook_is_said(contents, words):
    found = find_notebooks(contents, dict.fromkeys(contents, 0), {"one": source_notebook()})
    assert words in found.missing["one"] and found.missing["one"].endswith("Submit the notebook of this lesson.")


def test_of_two_notebooks_the_one_that_is_missing_costs_the_other_nothing():
    sources = {"one": source_notebook(), "two": new_notebook(cells=[new_markdown_cell("A text of the second one.")])}
    one = nbformat.writes(sources["one"]).encode()
    found = find_notebooks({"renamed.ipynb": one}, {"renamed.ipynb": 0}, sources)
    assert found.notebooks["one"][0] == "renamed.ipynb"
    assert found.missing == {"two": "No notebook in the submission matches two. Submit the notebook of this lesson."}


@pytest.mark.parametrize("change", [copy.deepcopy, without_marks])
def test_two_notebooks_that_share_their_texts_are_told_apart(change):
    """As in a lesson of two parts that begin alike."""
    sources = {}
    for name, exercise in (("one", "layer-gradients"), ("two", "output-delta")):
        sources[name] = source_notebook()
        cells = sources[name].cells
        sources[name].cells = [cell for cell in cells if cell.id.startswith(("title", "setup", exercise))]
    contents = {f"my {name}.ipynb": nbformat.writes(change(source)).encode() for name, source in sources.items()}
    found = find_notebooks(contents, dict.fromkeys(contents, 0), sources)
    assert {name: file for name, (file, _) in found.notebooks.items()} == {"one": "my one.ipynb", "two": "my two.ipynb"}
    assert found.review_reasons == []


def test_a_lesson_of_two_notebooks_is_graded_with_one_of_them_missing(tmp_path):
    course = new_course(tmp_path, CONFIG + LIMITS)
    first, second = source_notebook(), source_notebook()
    first.cells = [cell for cell in first.cells if not cell.id.startswith("layer")]
    second.cells = [cell for cell in second.cells if cell.id == "setup" or cell.id.startswith("layer")]
    for name, notebook in (LESSON, first), ("second", second):
        nbformat.write(notebook, course / "solutions" / LESSON / f"{name}.ipynb")
    run(course, "nbgrader", "generate_assignment", LESSON, "--force")
    place(course, "both", {"a.ipynb": solved(first), "b.ipynb": solved(second)})
    place(course, "one", {"a.ipynb": solved(second)})
    printed = grade(course, code=3)
    assert scores(course, "both") == FULL
    assert scores(course, "one") == HALF
    assert f"one  No notebook in the submission matches {LESSON}." in printed
    folder = course / "classroom" / "autograded" / "one" / LESSON
    assert sorted(path.name for path in folder.iterdir()) == [f"{LESSON}.ipynb", "second.ipynb"]
    assert "Nothing was graded" in graded_notebook(course, "one").cells[0].source
    waiting = {name for who, name, *_, waits in rows(course)["grades"] if who == "one" and waits}
    assert waiting == {"output-delta-check", "words"}


@pytest.mark.parametrize("lesson", LESSONS)
def test_lessons_are_not_taken_for_each_other(lesson):
    """Under any name, with and without nbgrader's marks; the released form, with nothing filled in."""
    source = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    for other in LESSONS:
        released = nbformat.read(ROOT / "lessons" / other / f"{other}.ipynb", as_version=4)
        for notebook in (released, without_marks(released)):
            content = nbformat.writes(notebook).encode()
            found = find_notebooks({"mine.ipynb": content}, {"mine.ipynb": 0}, {lesson: source})
            assert set(found.notebooks) == ({lesson} if other == lesson else set())


def test_many_notebooks_are_not_all_read(released):
    contents = {f"{number:03}.ipynb": json.dumps({"nbformat": 4}).encode() for number in range(100)}
    contents[f"{LESSON}.ipynb"] = nbformat.writes(released).encode()
    found = find_notebooks(contents, dict.fromkeys(contents, 0), {LESSON: source_notebook()})
    assert found.notebooks[LESSON][0] == f"{LESSON}.ipynb"
    assert "101 notebooks. Only 20 of them were examined" in " ".join(found.review_reasons)
