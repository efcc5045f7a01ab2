"""Opening a course: a lesson enters the gradebook by itself, and whatever is wrong is said in one sentence."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.cli import main
from tests.grading.conftest import (
    FULL,
    LESSON,
    copy_of,
    grade,
    hand_in,
    rows,
    run,
    scores,
    solved,
)

AUTOGRADER = str(Path(sys.executable).parent / "autograder")
SOURCE = Path("solutions") / LESSON / f"{LESSON}.ipynb"
DATABASE = Path("classroom") / "gradebook.db"


def refused(course, *words, code=1, path=None):
    """Run a command that ends with one sentence, and return that."""
    environment = os.environ | ({"PATH": path} if path else {})
    done = subprocess.run([AUTOGRADER, *words], cwd=course, capture_output=True, text=True, env=environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    said = done.stderr.strip()
    assert said.startswith("✘ ") and len(said.splitlines()) == 1, said
    return said


def change(course, how):
    """Change the source's notebook."""
    notebook = nbformat.read(course / SOURCE, as_version=4)
    how({cell.id: cell for cell in notebook.cells}, notebook)
    nbformat.write(notebook, course / SOURCE)


def configure(course, line):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")


@pytest.fixture
def course(empty_course, released, tmp_path):
    """The small course with one submission, its lesson not in a gradebook."""
    course = copy_of(empty_course, tmp_path / "course")
    (course / DATABASE).unlink()
    hand_in(course, "right", nbformat.writes(solved(released)))
    return course


@pytest.fixture(scope="module")
def known(empty_course, released, tmp_path_factory):
    """The small course with one submission that is graded."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("known") / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    grade(course)
    return course


# A lesson enters the gradebook.


def lesson_rows(course):
    """What the gradebook holds about the lesson itself."""
    queries = {
        "lessons": "select name, course_id from assignment",
        "notebooks": "select name, kernelspec from notebook",
        "tests": "select name, max_score, cell_type from grade_cells t join base_cell b on t.id = b.id",
        "tasks": "select name, max_score, cell_type from task_cells t join base_cell b on t.id = b.id",
        "answers": "select name from solution_cells t join base_cell b on t.id = b.id",
        "texts": "select name, cell_type, source, locked, checksum from source_cell",
        "version": "select version_num from alembic_version",
    }
    with sqlite3.connect(course / DATABASE) as database:
        return {name: sorted(database.execute(query).fetchall()) for name, query in queries.items()}


def test_a_lesson_is_entered_as_nbgraders_own_command_enters_it(course, empty_course):
    before = {path: path.read_bytes() for path in (course / "lessons").rglob("*.ipynb")}
    grade(course)
    assert lesson_rows(course) == lesson_rows(empty_course)
    assert scores(course, "right") == FULL
    assert before == {path: path.read_bytes() for path in (course / "lessons").rglob("*.ipynb")}


def test_neither_alembic_nor_nbgrader_need_be_on_the_path(course, tmp_path):
    done = subprocess.run(
        [AUTOGRADER, "grade", LESSON], cwd=course, capture_output=True, text=True, env=os.environ | {"PATH": os.defpath}
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(course / DATABASE) as database:
        assert database.execute("select count(*) from alembic_version").fetchone() == (1,)


def test_a_due_date_that_was_set_before_is_kept(course):
    with Gradebook(f"sqlite:///{course / DATABASE}", "small") as gradebook:
        gradebook.add_assignment(LESSON, duedate="2030-01-02 12:00:00 UTC")
    grade(course)
    assert scores(course, "right") == FULL
    with Gradebook(f"sqlite:///{course / DATABASE}", "small") as gradebook:
        assert gradebook.find_assignment(LESSON).duedate.year == 2030


def test_points_and_tests_that_change_in_the_source_change_in_the_gradebook(known, tmp_path):
    course = copy_of(known, tmp_path / "course")

    def more(cells, _):
        cells["output-delta-check"].metadata.nbgrader.points = 6
        cells["layer-gradients-check"].source += "\n# changed"

    change(course, more)
    grade(course)
    held = lesson_rows(course)
    assert dict(row[:2] for row in held["tests"])["output-delta-check"] == 6
    assert any("# changed" in row[2] for row in held["texts"])


def test_notebooks_that_cannot_change_any_more_are_named_with_the_way_out(known, tmp_path):
    course = copy_of(known, tmp_path / "course")
    before = rows(course)
    shutil.copy(course / SOURCE, (course / SOURCE).with_name("copy.ipynb"))
    said = refused(course, "grade", LESSON)
    assert "submissions" in said and f"nbgrader db assignment remove {LESSON} --force" in said
    assert rows(course) == before


def test_who_is_missing_in_a_new_gradebook_is_graded_again(known, tmp_path):
    course = copy_of(known, tmp_path / "course")
    (course / DATABASE).unlink()
    assert "1 to be graded" in run(course, "autograder", "status", LESSON, code=3)
    assert not (course / DATABASE).exists()
    done = subprocess.run([AUTOGRADER, "grade", LESSON], cwd=course, capture_output=True, text=True)
    assert "1 graded" in " ".join(done.stdout.split()) and "The gradebook is gone" in done.stderr
    assert scores(course, "right") == FULL


# Whatever is wrong is said.


@pytest.mark.parametrize("given", [f"{LESSON}/", f"solutions/{LESSON}/", f"./lessons/{LESSON}"])
def test_a_lesson_may_be_written_as_a_shell_completes_it(known, given):
    assert "1 unchanged" in " ".join(run(known, "autograder", "grade", given).split())
    assert "1 graded" in " ".join(run(known, "autograder", "status", given).split())


@pytest.mark.parametrize("command", ["grade", "status"])
def test_an_unknown_lesson_gets_the_nearest_name(known, command):
    said = refused(known, command, "3-delta")
    assert said == f'✘ No lesson called "3-delta" was found in solutions/. Did you mean {LESSON}?'
    assert LESSON in refused(known, command, "zzz")


@pytest.mark.parametrize("command", ["grade", "status"])
def test_a_folder_that_is_no_course_is_told_which_file_it_lacks(known, tmp_path, command):
    said = refused(known, command, LESSON, "--course", str(tmp_path))
    assert "nbgrader_config.py" in said and str(tmp_path) in said


@pytest.mark.parametrize(
    ("command", "how"),
    [("status", "missing"), ("grade", "empty"), ("grade", "missing"), ("grade", "file"), ("grade", "other lesson")],
)
def test_nothing_handed_in_is_not_a_success(course, command, how):
    submitted = course / "classroom" / "submitted"
    shutil.rmtree(submitted)
    if how == "file":
        submitted.touch()
    elif how != "missing":
        submitted.mkdir()
        if how == "other lesson":
            (submitted / "ann" / "01-notation").mkdir(parents=True)
    said = refused(course, command, LESSON)
    assert f"Nobody has handed in {LESSON}" in said and str(submitted / "STUDENT" / LESSON) in said


def test_an_unknown_student_gets_the_nearest_name(known):
    assert "Did you mean right?" in refused(known, "grade", LESSON, "--student", "rigth")


CONFIGURATIONS = {
    "syntax": ("c.Grading.memory = (", "nbgrader_config.py"),
    "raises": ("1 / 0", "division by zero"),
    "leaves": ("raise SystemExit", "nbgrader_config.py"),
    "wrong type": ('c.Grading.memory = "much"', "memory"),
    "no address": ('c.CourseDirectory.db_url = "gradebook"', "gradebook"),
    "no driver": ('c.CourseDirectory.db_url = "mysql://me:secret@localhost/grades"', "mysql://me:***@localhost/grades"),
    "no server": (
        'c.CourseDirectory.db_url = "postgresql+psycopg://me:secret@127.0.0.1:1/grades"',
        "postgresql+psycopg://me:***@127.0.0.1:1/grades",
    ),
    "misspelt": ("c.Grading.memroy = 2**30", "Did you mean c.Grading.memory?"),
    "misspelt section": ("c.Gradings.memory = 2**30", "Did you mean c.Grading?"),
    "late penalty": ('c.LateSubmissionPlugin.penalty_method = "half"', "penalty_method"),
    "other course": ('c.CourseDirectory.course_id = "another"', '"small"'),
}


@pytest.mark.parametrize(("command", "case"), [("status", "syntax"), *(("grade", case) for case in CONFIGURATIONS)])
def test_a_wrong_configuration_is_named(known, tmp_path, command, case):
    course = copy_of(known, tmp_path / "course")
    line, said = CONFIGURATIONS[case]
    configure(course, line)
    words = refused(course, command, LESSON)
    assert said in words and "secret" not in words


@pytest.mark.parametrize("command", ["grade", "status"])
def test_a_broken_gradebook_is_named(known, tmp_path, command):
    course = copy_of(known, tmp_path / "course")
    (course / DATABASE).write_text("no gradebook, whatever its name says")
    assert "file is not a database" in refused(course, command, LESSON)
    (course / DATABASE).unlink()
    (course / DATABASE).mkdir()
    assert str(DATABASE) in refused(course, command, LESSON)


def read_only(course):
    configure(course, f'c.CourseDirectory.db_url = "sqlite:///file:{course / DATABASE}?mode=ro&uri=true"')


def test_a_gradebook_that_cannot_be_written_is_named(known, released, tmp_path):
    course = copy_of(known, tmp_path / "course")
    read_only(course)
    run(course, "autograder", "status", LESSON)
    hand_in(course, "late", nbformat.writes(solved(released)))
    done = subprocess.run([AUTOGRADER, "grade", LESSON], cwd=course, capture_output=True, text=True)
    assert (
        done.returncode == 1
        and "The grades of late could not be saved: attempt to write a readonly database" in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_a_lesson_that_cannot_be_entered_leaves_nothing_behind(course):
    with Gradebook(f"sqlite:///{course / DATABASE}", "small"):
        pass
    before = lesson_rows(course)
    read_only(course)
    assert "readonly" in refused(course, "grade", LESSON)
    assert lesson_rows(course) == before


@pytest.mark.parametrize("occupied", ["classroom", "classroom/.autograder", f"classroom/.autograder/{LESSON}"])
def test_a_place_that_cannot_be_written_is_named(course, occupied):
    """A file stands where a folder is to be made, which stops root as well."""
    place = course / occupied
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        place.rename(course / "aside")
    place.touch()
    if occupied == "classroom":
        configure(course, 'c.CourseDirectory.submitted_directory = "aside/submitted"')
    assert str(place) in refused(course, "grade", LESSON)


NOTEBOOKS = {
    "cut off": "{",
    "empty": "",
    "list": "[]",
    "no cells": "{}",
    "cells that are none": '{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "from the future": '{"cells": [], "metadata": {}, "nbformat": 9, "nbformat_minor": 5}',
    "not text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize(("command", "case"), [("status", "cut off"), *(("grade", case) for case in NOTEBOOKS)])
def test_a_source_that_is_no_notebook_is_named(course, command, case):
    content = NOTEBOOKS[case]
    (course / SOURCE).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert str(SOURCE) in refused(course, command, LESSON)


@pytest.mark.parametrize("case", ["no points", "twice", "no marks"])
def test_a_source_with_marks_that_nbgrader_cannot_read_is_named(course, case):
    def spoil(cells, _):
        marks = cells["output-delta-check"].metadata.nbgrader
        if case == "no points":
            del marks["points"]
        elif case == "twice":
            marks["grade_id"] = "layer-gradients-check"
        else:
            cells["output-delta-check"].metadata.nbgrader = "none"

    change(course, spoil)
    assert str(SOURCE) in refused(course, "grade", LESSON)


def test_a_source_that_nbgrader_does_not_release_is_said(course):
    def spoil(cells, _):
        cells["output-delta"].source = "### BEGIN SOLUTION\ndef output_delta(a, y, z): ..."

    change(course, spoil)
    assert f"{LESSON} cannot be entered into the gradebook" in refused(course, "grade", LESSON)


def test_a_source_folder_without_a_notebook_is_said(course):
    (course / SOURCE).unlink()
    assert "There is no notebook in" in refused(course, "grade", LESSON)


def test_an_error_of_our_own_is_one_sentence_and_a_file(monkeypatch, tmp_path, capsys):
    def fail(*_):
        raise KeyError("lost")

    monkeypatch.setattr("autograder.desk.status._find_status", fail)
    monkeypatch.setattr(cli.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as left:
        main(["status", LESSON])
    assert left.value.code == 70
    (details,) = tmp_path.glob("autograder-error-*.txt")
    said = capsys.readouterr().err
    assert "Traceback" not in said and str(details) in said and "KeyError" in said
    assert "Traceback" in details.read_text()


def test_a_page_that_cannot_be_written_is_said(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["audit", "output_delta", "--html", str(tmp_path / "none" / "page.html")])
    assert left.value.code == 1 and "page.html" in capsys.readouterr().err
