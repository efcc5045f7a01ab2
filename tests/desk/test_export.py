"""Grades on their way out: what is in the gradebook, and nothing where there is nothing to say."""

import csv
import io

import pytest

from tests.desk.graded import LESSON, OTHER, desk, graded_class, mark
from tests.desk.platforms import blackboard_file, canvas_export, moodle_worksheet
from tests.grading.conftest import copy_of


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return graded_class(tmp_path_factory.getbasetemp())


@pytest.fixture
def course(graded, tmp_path):
    return copy_of(graded, tmp_path / "course")


def read(path, encoding="utf-8-sig", delimiter=","):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=delimiter))


def exported(course, form, name=LESSON):
    return course / "classroom" / "export" / f"{name}-{form}.{'xls' if form == 'blackboard' else 'csv'}"


def column(course, name, form="csv"):
    return {row["id"]: row[name] for row in read(exported(course, form))}


def test_the_table_for_people_has_everybody_and_every_exercise(course):
    said = desk(course, "export", LESSON, "--to", "csv", code=3)
    rows = read(exported(course, "csv"))
    assert list(rows[0]) == [
        *("id", "last_name", "first_name", "email", LESSON),
        *(f"{LESSON}/{name}" for name in ("output_delta", "layer_gradients", "words")),
        *(f"{LESSON}/{name}" for name in ("days_late", "late_days_used", "penalty")),
        "total",
    ]
    values = {row["id"]: [row[name] for name in list(rows[0])[4:]] for row in rows}
    late = str(round(2 + 1 / 24, 2))
    assert values == {
        "ada": ["8", "2", "2", "4", "0", "0", "0", "8"],
        "bob": ["2.5", "0", "2", "3", late, "0", "2.5", "2.5"],
        "cem": ["", "2", "2", "", "0", "0", "0", ""],
        "dan": ["", "", "", "", "0", "0", "0", ""],
        "eve": [""] * 8,
        "fay": ["9", "2", "2", "5", "0", "0", "0", "9"],
    }
    assert rows[1]["last_name"] == "Müller" and rows[1]["email"] == "bob@example.edu"
    assert (rows[5]["first_name"], rows[5]["last_name"]) == ("'=1+1", "'@Fay")
    assert "3 marked, 2 not yet marked, 1 handed in nothing" in said
    assert "not yet marked, so left empty: Cem Öztürk (cem), Dan Low (dan)." in said


def test_what_is_not_marked_yet_can_be_exported_as_it_is(course):
    said = desk(course, "export", LESSON, "--to", "csv", "--unmarked-as-is")
    assert column(course, LESSON) == {"ada": "8", "bob": "2.5", "cem": "4", "dan": "0", "eve": "", "fay": "9"}
    assert "2 not yet marked and exported with the points so far" in said


def test_several_lessons_have_a_total(course):
    said = desk(course, "export", LESSON, OTHER, "--to", "csv", code=3)
    rows = read(exported(course, "csv", "course"))
    assert {row["id"]: (row[LESSON], row[OTHER], row["total"]) for row in rows} == {
        "ada": ("8", "9", "17"),
        "bob": ("2.5", "", "2.5"),
        "cem": ("", "", ""),
        "dan": ("", "", ""),
        "eve": ("", "", ""),
        "fay": ("9", "", "9"),
    }
    assert "04-other: 1 marked, 0 not yet marked, 5 handed in nothing" in said
    config = course / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(before + f"c.Desk.weights = {{'{LESSON}': 60, '{OTHER}': 40}}\n")
    desk(course, "export", LESSON, OTHER, "--to", "csv", code=3)
    total = {row["id"]: row["total"] for row in read(exported(course, "csv", "course"))}
    assert total["ada"] == str(round(60 * 8 / 9 + 40, 2)) and total["fay"] == "60"
    config.write_text(before + f"c.Desk.weights = {{'{LESSON}': 60}}\n")
    said = desk(course, "export", LESSON, OTHER, "--to", "csv", code=1)
    assert f"has no weight for {OTHER}. Add one; 0 if it does not count." in said


# The file, its form, the column that is filled in, and what stands there afterwards: cem and dan are not marked yet.
PLATFORMS = {
    "canvas": (
        canvas_export("Lesson 3 (5501)"),
        ("utf-8-sig", ","),
        "Lesson 3 (5501)",
        ["Manual Posting", "9.00", "8", "EX", "4.00", "", "", ""],
    ),
    "moodle": (moodle_worksheet(), ("utf-8-sig", ","), "Grade", ["8", "", "", "", ""]),
    "blackboard": (
        blackboard_file(),
        ("utf-16", "\t"),
        "Lesson 3 [Total Pts: 9 Score] |901001",
        ["8", "2.5", "", "", ""],
    ),
}


@pytest.mark.parametrize("form", PLATFORMS)
def test_a_file_of_the_platform_is_filled_in(form, course, tmp_path):
    content, how, grade, expected = PLATFORMS[form]
    theirs = tmp_path / f"their file.{'xls' if form == 'blackboard' else 'csv'}"
    theirs.write_bytes(content)
    said = desk(course, "export", LESSON, "--to", form, "--fill", str(theirs), code=3)
    assert [row[grade] for row in read(exported(course, form), *how)] == expected
    assert "In the platform's file, but not in this course: A Stranger." in said
    assert "With a grade here, but not in the platform's file: =1+1 @Fay (fay)." in said
    assert theirs.read_bytes() == content


@pytest.mark.parametrize(("form", "key"), [("moodle", "ID number"), ("canvas", "ID"), ("blackboard", "Username")])
def test_without_a_file_of_theirs_one_is_made_from_the_roster(form, key, course):
    desk(course, "export", LESSON, "--to", form, code=3)
    encoding, delimiter = ("utf-16", "\t") if form == "blackboard" else ("utf-8", ",")
    rows = read(exported(course, form), encoding, delimiter)
    grade = next(name for name in rows[0] if name.startswith(LESSON))
    called = {"2001": "ada", "2002": "bob", "2003": "cem", "2005": "eve"}
    got = {called.get(row[key], row[key].removesuffix("1")): row[grade] for row in rows}
    assert {who: got[who] for who in ("ada", "bob", "cem", "eve")} == {"ada": "8", "bob": "2.5", "cem": "", "eve": ""}


@pytest.mark.parametrize("form", ["canvas", "blackboard"])
def test_without_a_file_of_theirs_nothing_is_made_up(form, course):
    roster = course / "classroom" / "roster.csv"
    roster.write_text(roster.read_text().replace(",2001,ada1", ",,"))
    said = desk(course, "export", LESSON, "--to", form, code=3)
    assert f"classroom/roster.csv has no {form}_id for them: Ada Lovelace (ada)." in said and "--fill" in said
    assert b"ada@example.edu" not in exported(course, form).read_bytes()


def test_what_is_granted_or_marked_since_counts_at_once(course):
    granted = course / "classroom" / "extensions.csv"
    granted.write_text("student,lesson,until,days\nbob,*,2026-11-05,\n")
    mark(course, LESSON, "cem", 1)
    desk(course, "export", LESSON, "--to", "csv", code=3)
    assert column(course, LESSON) == {"ada": "8", "bob": "5", "cem": "5", "dan": "", "eve": "", "fay": "9"}
    assert column(course, f"{LESSON}/penalty")["bob"] == "0"
    granted.unlink()
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Desk.late_days = 3\n")
    desk(course, "export", LESSON, "--to", "csv", code=3)
    assert column(course, f"{LESSON}/late_days_used")["bob"] == "3"
    assert column(course, LESSON)["bob"] == "5"
    granted.write_text("student,lesson,until,days\nbob,*,,\n")
    assert "classroom/extensions.csv, line 2" in desk(course, "export", LESSON, "--to", "csv", code=1)


def test_work_that_was_handed_in_again_is_said(course):
    (course / "classroom" / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb").write_text("{}")
    said = desk(course, "export", LESSON, "--to", "csv", code=3)
    assert (
        f"{LESSON} has work that is still to be graded (changed: what was handed in): Ada Lovelace (ada). Run "
        f"`autograder grade {LESSON}`" in said
    )


def test_all_is_well_when_all_is_marked(course, tmp_path):
    output = tmp_path / "elsewhere" / "grades.csv"
    said = desk(course, "export", OTHER, "--to", "csv", "--output", str(output))
    assert f"1 grade exported to {output}" in said and len(read(output)) == 6


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("03-delta", "--to", "csv"), 1, "Did you mean 03-delta-recursion?"),
        ((LESSON, "--to", "csv", "--fill", __file__), 2, "--fill needs a file from a learning platform"),
        ((LESSON, "--to", "canvas", "--fill", __file__), 1, "cannot be filled in: It"),
        ((LESSON, "--to", "elsewhere"), 2, "elsewhere"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(words, code, said, graded):
    assert said in desk(graded, "export", *words, code=code)


def test_before_anything_is_graded_there_is_nothing_to_export(graded, tmp_path):
    course = copy_of(graded, tmp_path / "course")
    (course / "classroom" / "gradebook.db").unlink()
    assert f"Run `autograder grade {LESSON}` first." in desk(course, "export", LESSON, "--to", "csv", code=1)
