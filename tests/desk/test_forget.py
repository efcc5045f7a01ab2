"""``autograder forget`` leaves nothing of one student, and everything of the others."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading.course import Course
from autograder.grading.results import read_results
from tests.desk.graded import desk
from tests.grading.conftest import LESSON, WRONG, copy_of, grade, hand_in, rows, run, solved

AUTOGRADER = str(Path(sys.executable).parent / "autograder")
ROSTER = (
    "id,first_name,last_name,email,moodle_id,canvas_id,blackboard_id\n"
    "ann,Ann,Lee,lee@example.org,4711,,\nben,Ben,Ode,ode@example.org,4712,,\n"
)
EXTENSIONS = "student,lesson,until,days\nann,*,,2\nben,03-delta-recursion,2030-01-01,\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture(scope="module")
def before(empty_course, released, tmp_path_factory):
    """Two students with everything that a course can hold about them."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("forget") / "course")
    classroom = course / "classroom"
    for answers in (WRONG["sign"], None):
        for student in ("ann", "ben"):
            hand_in(course, student, nbformat.writes(solved(released, answers or WRONG["raises"])))
        grade(course)
    run(course, "nbgrader", "generate_feedback", LESSON)
    with Gradebook(f"sqlite:///{classroom}/gradebook.db", "small") as held:
        held.find_comment("words", LESSON, LESSON, "ann").manual_comment = "Zebra"
        held.db.commit()
    for student in ("ann", "ben"):
        write(classroom / "earlier" / student / LESSON / "2026-11-01" / "mine.ipynb", "{}")
        write(classroom / "collected" / LESSON / f"{student}.json", "{}")
        write(classroom / "export" / f"{student}.html", "<p>")
    write(classroom / "roster.csv", ROSTER)
    write(classroom / "extensions.csv", EXTENSIONS)
    write(classroom / "export" / "course-csv.csv", "id,total\nann,4\nben,4\n")
    write(classroom / "export" / "only-ben.csv", "email,total\node@example.org,4\n")
    (classroom / "export" / "wide.csv").write_bytes("email\tn\nlee@example.org\t4\n".encode("utf-16"))
    with zipfile.ZipFile(classroom / "export" / "feedback.zip", "w") as archive:
        archive.writestr("Ann Lee_4711_assignsubmission_file_/feedback.html", "")
    write(classroom / "from-moodle.csv", "Name\nLee, Ann\n")
    write(course / "notes.csv", "ann\n")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.Exchange.root = str(root / "exchange")\n')
    for student in ("ann", "ben"):
        write(course / "exchange" / "small" / "inbound" / f"{student}+{LESSON}+2026-11-30 UTC+x" / "a", "")
    return course


@pytest.fixture
def course(before, tmp_path):
    return copy_of(before, tmp_path / "course")


def files(course):
    """All files of the classroom and the exchange, and what is in them, apart from the gradebook."""
    paths = [path for top in ("classroom", "exchange") for path in (course / top).rglob("*") if path.is_file()]
    return {
        str(path.relative_to(course)): path.read_bytes()
        for path in paths
        if "gradebook.db" not in path.name and path.name != "lock"
    }


def everything_in(database):
    with sqlite3.connect(database) as held:
        return "\n".join(held.iterdump())


def test_nothing_is_left_of_one_and_everything_of_the_other(course):
    before, ben = files(course), [row for row in rows(course)["grades"] if row[0] == "ben"]
    printed = run(course, "autograder", "forget", "ann", "--yes")
    after = files(course)
    gone = set(before) - set(after)
    assert all("ann" in name or name.startswith("classroom/export/") for name in gone)
    assert {name for name in after if "ann" in name} == set()
    assert {name for name in before if "ben" in name} <= set(after)
    assert {name for name in after if name.startswith("classroom/export/")} == {
        "classroom/export/ben.html",
        "classroom/export/only-ben.csv",
    }
    changed = {name for name in after if name in before and after[name] != before[name]}
    assert set(after) - set(before) == {"classroom/forgotten.json"}
    assert changed == {"classroom/roster.csv", "classroom/extensions.csv"}
    assert (course / "classroom" / "roster.csv").read_text() == "".join(ROSTER.splitlines(True)[::2])
    assert (course / "classroom" / "extensions.csv").read_text() == "".join(EXTENSIONS.splitlines(True)[::2])
    held = everything_in(course / "classroom" / "gradebook.db")
    assert "ann" not in held and "ben" in held
    assert b"Zebra" not in (course / "classroom" / "gradebook.db").read_bytes()
    assert [row for row in rows(course)["grades"] if row[0] == "ben"] == ben
    assert {name: len(each) for name, each in read_results(Course(course, LESSON).directory, LESSON).items()} == {
        "ben": 2
    }
    # It says where all of this was.
    for place in ("submitted/ann", "autograded/ann", "feedback/ann", "earlier/ann", f"collected/{LESSON}/ann.json"):
        assert f"classroom/{place}" in printed
    for place in ("roster.csv", "extensions.csv", "export/wide.csv", "export/feedback.zip", "the gradebook"):
        assert place in printed
    assert "from-moodle.csv" in printed.partition("left")[2] and "notes.csv" not in printed
    assert "1 unchanged" in " ".join(grade(course).split())


def test_one_lesson_can_be_forgotten_alone(course):
    shutil.rmtree(course / "classroom" / "submitted" / "ann")
    assert f"forget ann --lesson {LESSON}" in grade(course, code=3)
    run(course, "autograder", "forget", "ann", "--lesson", LESSON, "--yes")
    assert ("ann",) in rows(course)["students"]
    assert [who for who, _ in rows(course)["submissions"]] == ["ben"]
    assert (course / "classroom" / "roster.csv").read_text() == ROSTER
    assert "1 absent" in " ".join(grade(course).split())


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 1), ("y", 0)])
def test_it_asks_first(course, answer, code):
    before = files(course)
    done = subprocess.run([AUTOGRADER, "forget", "ann"], cwd=course, input=answer, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert (files(course) == before) == bool(code)
    assert "ann" in everything_in(course / "classroom" / "gradebook.db") or not code


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("anne", "Nothing is known about anne in this course. Did you mean ann?"),
        ("4713", "Give the id"),
        ("../ann", "cannot be the id of a student"),
        ("..", "cannot be the id of a student"),
        ("*", "Nothing is known about *"),
    ],
)
def test_an_unknown_student_gets_one_sentence(course, student, words):
    before = files(course)
    done = subprocess.run([AUTOGRADER, "forget", student, "--yes"], cwd=course, capture_output=True, text=True)
    assert done.returncode == 1 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert files(course) == before


def test_somebody_who_is_only_in_the_roster_is_forgotten_too(course):
    with (course / "classroom" / "roster.csv").open("a") as file:
        file.write("cy,Cy,Poe,,,,\n")
    printed = run(course, "autograder", "forget", "cy", "--yes")
    assert "classroom/roster.csv: 1 line\n" in printed
    assert (course / "classroom" / "roster.csv").read_text() == ROSTER


def test_a_link_in_the_place_of_a_submission_is_removed_and_not_what_it_points_to(course, tmp_path):
    outside = tmp_path / "outside"
    write(outside / LESSON / "a", "1")
    (course / "classroom" / "submitted" / "liz").symlink_to(outside)
    run(course, "autograder", "forget", "liz", "--yes")
    assert (outside / LESSON / "a").exists()
    assert not (course / "classroom" / "submitted" / "liz").is_symlink()


def test_a_mark_that_is_kept_for_a_dropped_exercise_is_forgotten(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as held:
        held.execute(
            "update grade set manual_score = 1 where cell_id in (select id from base_cell where name = 'words')"
        )
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells = [cell for cell in source.cells if cell.id != "words"]
    nbformat.write(source, path)
    grade(course)
    run(course, "autograder", "forget", "ann", "--yes")
    with sqlite3.connect(course / "classroom" / "gradebook.db") as held:
        (kept,) = held.execute("select marks from autograder_changed_cell where kind = 'TaskCell'").fetchone()
    assert json.loads(kept) == {"ben": {"score": 1.0}}


def test_a_class_list_does_not_bring_a_student_back_until_allowed(course, tmp_path):
    run(course, "autograder", "forget", "ann", "--yes")
    assert "ann has already been forgotten" in desk(course, "forget", "ann", "--yes", code=1)
    note = (course / "classroom" / "forgotten.json").read_text()
    shutil.rmtree(course / "classroom" / "collected")  # whose records are empty here
    assert not re.search("ann|lee|4711", note, re.IGNORECASE)
    (tmp_path / "list.csv").write_text(ROSTER.replace("\nann,", "\nAnn,") + "cy,Ann,Lee,,,,\n")
    (tmp_path / "by-email.csv").write_text("id,first_name,last_name,email\nx1,Ann,Lee,Lee@example.org\n")
    moodle = f"Ann Lee_4711_assignsubmission_file_/{LESSON}.ipynb"
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as archive:
        archive.write(course / "lessons" / LESSON / f"{LESSON}.ipynb", moodle)

    def collect(name, code):
        words = ["collect", LESSON, str(tmp_path / "moodle.zip"), "--roster", str(tmp_path / name)]
        return " ".join(desk(course, *words, code=code).split())

    said = collect("by-email.csv", 1)
    assert (
        "1 student on this list was left out, because you removed them with `autograder forget`: lee@example.org."
        in said
    )
    assert "Ann Lee You removed this student with `autograder forget`, so nothing was collected." in said
    assert not (course / "classroom" / "submitted" / "ann").exists()
    # Somebody else of the same name is in the course, and a list in other letters is the same list.
    said = collect("list.csv", 0)
    assert "left out, because you removed them with `autograder forget`: ann." in said
    assert {row.split(",")[0] for row in (course / "classroom" / "roster.csv").read_text().splitlines()[1:]} == {
        "ben",
        "cy",
    }
    assert (course / "classroom" / "submitted" / "cy" / LESSON).is_dir()
    desk(course, "forget", "ann", "--let-back")
    assert "left out" not in collect("list.csv", None)
    assert "was not forgotten" in desk(course, "forget", "ann", "--let-back", code=1)


def test_forgetting_one_lesson_leaves_no_note(course):
    run(course, "autograder", "forget", "ann", "--lesson", LESSON, "--yes")
    assert not (course / "classroom" / "forgotten.json").exists()


def test_a_line_that_a_spreadsheet_wrote_is_removed_as_well(course):
    """Where the comma is a decimal mark, spreadsheets separate columns by semicolons."""
    path = course / "classroom" / "extensions.csv"
    path.write_text(EXTENSIONS.replace(",", ";").replace("student", "Student"))
    assert "classroom/extensions.csv: 1 line\n" in desk(course, "forget", "ann", "--yes")
    assert path.read_text() == "Student;lesson;until;days\nben;03-delta-recursion;2030-01-01;\n"
