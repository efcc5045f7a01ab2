"""``autograder status`` says what ``grade`` would say, and what is late, absent or unmarked."""

import json
import re
import shutil

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.desk.collected import Collected, write_collected
from tests.desk.graded import desk
from tests.grading.conftest import LESSON, WRONG, copy_of, grade, hand_in, rows, run, solved

ROSTER = "id,first_name,last_name,email\nann,Ann,Lee,\nben,Ben,Ode,\ncy,Cy,Poe,\n"


def gradebook(course):
    return Gradebook(f"sqlite:///{course}/classroom/gradebook.db", "small")


def status(course, code=0):
    return json.loads(run(course, "autograder", "status", LESSON, "--json", code=code))


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def course(empty_course, released, tmp_path_factory):
    """A class with everything that a status tells."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("status") / "course")
    hand_in(course, "ann", nbformat.writes(solved(released)), **{"timestamp.txt": "2030-01-01 11:59:00 UTC"})
    hand_in(course, "ben", nbformat.writes(solved(released)), **{"timestamp.txt": "2030-01-02 14:00:00 UTC"})
    hand_in(course, "dee", nbformat.writes(solved(released, WRONG["sign"])))
    hand_in(course, "eve", "cut off")
    hand_in(course, "gone", nbformat.writes(solved(released)))
    hand_in(course, "__MACOSX", "")
    with gradebook(course) as held:
        held.update_or_create_assignment(LESSON, duedate="2030-01-01 12:00:00 UTC")
        held.add_student("fay")
    grade(course, code=3)
    with gradebook(course) as held:
        mark = held.find_grade("words", LESSON, LESSON, "ann")
        mark.manual_score, mark.needs_manual_grade = 4, False
        held.db.commit()
    shutil.rmtree(course / "classroom" / "submitted" / "gone")
    (course / "classroom" / "roster.csv").write_text(ROSTER)
    hand_in(course, "new", nbformat.writes(solved(released)))
    (course / "classroom" / "submitted" / "guy" / "3-delta").mkdir(parents=True)
    return course


def test_the_json_has_what_it_documents(course):
    found = status(course, code=3)
    assert set(found) == {"lesson", "due", "counts", "students", "misplaced"}
    assert (found["lesson"], found["due"]) == (LESSON, "2030-01-01 12:00:00")
    states = {each["id"]: each["state"] for each in found["students"]}
    assert states == {
        **{"ann": "graded", "ben": "graded", "dee": "graded", "eve": "needs_look", "gone": "needs_look"},
        **{"new": "to_be_graded", "cy": "absent", "fay": "absent"},
    } | {student: "needs_look" for student in ("ann", "ben")}  # their times are in the future
    late = {each["id"]: each["seconds_late"] for each in found["students"] if each["seconds_late"]}
    assert late == {"ben": 26 * 3600}
    unmarked = {each["id"]: each["unmarked"] for each in found["students"]}
    assert unmarked["ann"] == [] and unmarked["dee"] == ["words"] and unmarked["new"] == []
    assert found["counts"] == {
        **{
            "graded": 1,
            "needs_look": 4,
            "to_be_graded": 1,
            "absent": 2,
            "late": 1,
            "marked_late": 0,
            "unmarked": 3,
            "nothing_to_grade": 1,
        }
    }
    assert [each for each in found["misplaced"] if "guy/3-delta" in each]


def test_a_person_reads_the_same(course):
    printed = words(run(course, "autograder", "status", LESSON, code=3))
    assert (
        "1 graded 4 need a look 1 to be graded 1 never graded: new 2 absent 1 late 3 with questions to be marked "
        f"1 with nothing to grade: `autograder mark {LESSON} --confirm-zeros` confirms their 0 points" in printed
    )
    assert "late by 1 d 2 h; to be marked: words" in printed and "Cy Poe (cy) absent" in printed
    assert all(printed.count(f"({student})") == 1 for student in ("ann", "ben", "cy"))  # each is named once
    assert "Ask the student to save it in Jupyter and submit it again. (nothing to grade)" in printed
    assert f"autograder forget gone --lesson {LESSON}" in printed


def test_grading_says_the_same_as_the_status_before_it_and_says_it_twice(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    first, second = grade(course, code=3), grade(course, code=3)
    assert "1 graded 4 need a look 1 unchanged 1 absent" in words(first)  # only the desk knows the roster
    assert "0 graded 4 need a look 2 unchanged 1 absent" in words(second)
    for printed in (first, second):
        assert "eve The notebook can't be opened: it is not valid JSON" in words(printed)
        assert "gone The gradebook has grades, but" in words(printed) and "guy/3-delta" in printed
    assert ("__MACOSX",) not in rows(course)["students"]
    (course / "classroom" / "submitted" / "dee" / LESSON / "more.txt").write_text("1")
    (course / "classroom" / "submitted" / "eve" / LESSON / "more.txt").write_text("1")
    given = f"classroom/submitted/dee/{LESSON}"
    assert "1 graded 0 need a look 0 unchanged" in words(run(course, "autograder", "grade", given))
    assert {each["id"] for each in status(course, code=3)["students"] if each["state"] == "to_be_graded"} == {"eve"}


def test_an_extension_counts_as_soon_as_it_is_written(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    write = (course / "classroom" / "extensions.csv").write_text
    write("student,lesson,until,days\nben,*,,1\n")
    late = {each["id"]: each["seconds_late"] for each in status(course, code=3)["students"] if each["seconds_late"]}
    assert late == {"ben": 2 * 3600}
    write("student,lesson,until,days\nben,*,2030-01-02 14:00+00:00,\n")
    assert status(course, code=3)["counts"]["late"] == 0
    assert rows(course)["submissions"]  # which has no extension: nothing was changed
    with gradebook(course) as held:
        assert held.find_submission(LESSON, "ben").extension is None
    write("student,lesson,until,days\nbenn,*,,1\n")
    done = CliRunner().invoke(main, ["status", LESSON, "--course", str(course)])
    assert done.exit_code == 1 and "extensions.csv, line 2" in done.output and "Did you mean ben?" in done.output


def test_late_days_count_as_they_will_when_graded(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Desk.late_days = 2\n")
    # Nothing is spent where lateness costs nothing.
    assert status(course, code=3)["counts"]["late"] == 1
    config.write_text(config.read_text() + 'c.LateSubmissionPlugin.penalty_method = "zero"\n')
    found = status(course, code=3)
    assert found["counts"]["late"] == 0
    assert {each["id"]: each["late_days"] for each in found["students"] if each["late_days"]} == {"ben": 2}
    printed = words(run(course, "autograder", "status", LESSON, code=3))
    assert "1 handed in on late days" in printed and "(late days used: 2; to be marked: words)" in printed


def test_late_days_are_the_same_before_grading_and_after(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.Desk.late_days = 2\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    (course / "classroom" / "submitted" / "new" / LESSON / "timestamp.txt").write_text("2030-01-02 22:00:00 UTC")

    def of_new():
        (found,) = [each for each in status(course, code=3)["students"] if each["id"] == "new"]
        return found["state"], found["seconds_late"], found["late_days"]

    assert of_new() == ("to_be_graded", 0, 2)
    grade(course, "--student", "new", code=3)
    assert of_new() == ("needs_look", 0, 2)  # its time is in the future


def test_an_extension_that_took_effect_is_said(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    lines = "student,lesson,until,days\nben,*,2030-01-02 14:00+00:00,\nann,*,,9\ncy,*,,9\n"
    (course / "classroom" / "extensions.csv").write_text(lines)
    extended = {each["id"]: each["extended_until"] for each in status(course, code=3)["students"]}
    assert {student: until for student, until in extended.items() if until} == {
        **{"ben": "2030-01-02 14:00:00", "ann": "2030-01-10 12:00:00", "cy": "2030-01-10 12:00:00"}
    }
    printed = words(desk(course, "status", LESSON, code=3))
    assert "0 late" in printed and "(extension until Wednesday, 2 January 2030, " in printed  # ben's
    assert printed.count("extension until") == 2  # ann was on time without hers
    assert "Cy Poe (cy) extension until Thursday, 10 January 2030, " in printed


def test_what_a_platform_marked_late_without_a_time_is_said(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    for student, late in (("dee", True), ("new", False), ("ben", True)):  # ben has a timestamp.txt
        record = Collected(student, "canvas", f"{student}_1_2_x.ipynb", late=late)
        write_collected(course, LESSON, record)
    found = status(course, code=3)
    assert {each["id"]: each["marked_late"] for each in found["students"] if each["marked_late"]} == {"dee": "Canvas"}
    assert found["counts"]["marked_late"] == 1 and found["counts"]["late"] == 1
    printed = words(desk(course, "status", LESSON, code=3))
    assert "1 late 1 marked late by Canvas, time unknown" in printed
    assert "dee marked late by Canvas, time unknown; to be marked: words" in printed
    assert "Marked late by Canvas, time unknown: dee." in desk(course, "report", LESSON)


def test_of_a_large_class_only_a_few_are_listed(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    more = [f"s{number:03},Nr,{number},\n" for number in range(300)]
    (course / "classroom" / "roster.csv").write_text(ROSTER + "".join(more))
    printed = desk(course, "status", LESSON, code=3)
    assert "  and 292 more absent; --all lists everybody\n" in printed and len(printed.splitlines()) < 40
    printed = desk(course, "status", LESSON, "--all", code=3)
    assert "more absent" not in printed and printed.count(" absent\n") == 303  # with their number


def change_source(course):
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("A small lesson", "A little lesson"))


def change_points(course):
    with gradebook(course) as held:
        held.find_grade_cell("output-delta-check", LESSON, LESSON).max_score = 3
        held.db.commit()


def change_setting(course):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Grading.follow_on = False\n")


def change_files(course):
    (course / "classroom" / "submitted" / "dee" / LESSON / "more.txt").write_text("1")


def change_time(course):
    (course / "classroom" / "submitted" / "dee" / LESSON / "timestamp.txt").write_text("2029-01-01 UTC")


def remove_graded(course):
    shutil.rmtree(course / "classroom" / "autograded" / "dee")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (change_source, "changed: the lesson's source"),
        (change_points, "changed: a test or its points in the gradebook"),
        (change_setting, "changed: a setting"),
        (change_files, "changed: what was handed in"),
        (change_time, "changed: the time it was handed in"),
        (lambda course: (change_time(course), change_setting(course)), "changed: a setting, the time it was handed in"),
        (remove_graded, "the graded notebook is missing"),
    ],
)
def test_what_changed_is_said(course, tmp_path, change, reason):
    course = copy_of(course, tmp_path / "course")
    change(course)
    reasons = {each["id"]: each["reason"] for each in status(course, code=3)["students"]}
    assert reasons["dee"] == reason and reasons["new"] == "never graded"
    printed = desk(course, "status", LESSON, code=3)
    assert re.search(rf"^ +\d {reason}: .*\bdee\b", printed, re.MULTILINE)
    assert re.search(r"^ +1 never graded: new$", printed, re.MULTILINE)
    for command in (("feedback", LESSON), ("export", LESSON, "--to", "csv")):
        said = words(desk(course, *command, code=3))
        assert f"{LESSON} has work that is still to be graded ({reason}): " in said and "(never graded): new." in said


def test_a_class_without_a_gradebook_has_a_status(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    (course / "classroom" / "gradebook.db").unlink()
    found = status(course, code=3)
    assert found["due"] is None and found["counts"]["to_be_graded"] == 5 and found["counts"]["absent"] == 1


def test_a_misspelt_setting_of_the_desk_is_named(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Desk.late_day = 3\n")
    run(course, "autograder", "status", LESSON, code=1)


def test_a_name_with_an_umlaut_is_one_student_however_it_is_encoded(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "Mu\u0308ller", nbformat.writes(solved(released)))
    grade(course)
    assert rows(course)["students"] == [("M\u00fcller",)]
    assert (course / "classroom" / "autograded" / "M\u00fcller").is_dir()
    assert "1 unchanged" in words(grade(course, "--student", "Mu\u0308ller"))


def test_grading_calls_students_by_their_names(course, tmp_path):
    course = copy_of(course, tmp_path / "course")
    with gradebook(course) as held:
        held.update_or_create_student("eve", first_name="Eve", last_name="Fox")
    assert "Eve Fox (eve) The notebook can't be opened" in words(grade(course, code=3))
    (course / "classroom" / "submitted" / "eve" / LESSON / "more.txt").write_text("1")
    said = words(desk(course, "feedback", LESSON, code=3))
    assert "(changed: what was handed in): Eve Fox (eve)." in said
    assert "left empty: Ben Ode (ben), Eve Fox (eve)" in words(desk(course, "export", LESSON, "--to", "csv", code=3))
