"""``autograder collect`` finds out who handed something in, with and without a list of students."""

import csv
import sqlite3

from autograder.desk.collected import read_collected
from autograder.desk.roster import read_roster
from autograder.grading.exit_codes import REVIEW_NEEDED
from tests.desk.classes import WRITERS
from tests.desk.collecting import (
    BAD,
    GOOD,
    NAME,
    answers_in,
    collect,
    moodle_folder,
    students_in_gradebook,
    submitted,
    write_zip,
)
from tests.grading.conftest import LESSON


def test_without_a_roster_ids_come_from_the_platform(course, tmp_path, school_class, platform):
    download = WRITERS[platform](tmp_path, school_class, 1)
    said = collect(course, download.zip, code=REVIEW_NEEDED)
    assert " 36 collected" in said and " 0 unmatched" in said
    called = {"moodle": "participant", "canvas": "canvas_id", "blackboard": "username"}[platform]
    expected = {getattr(pupil, called) for pupil in school_class.pupils if pupil.uploads}
    roster = read_roster(course)
    assert set(roster) == expected
    annas = school_class.of("two of one name")
    found = [answers_in(submitted(course, getattr(anna, called))[NAME]) for anna in annas]
    assert found == [answers_in(GOOD), answers_in(BAD)]
    if platform != "canvas":
        assert {roster[getattr(anna, called)].full_name for anna in annas} == {"Anna Schmidt"}


def test_moodles_list_of_participants_cannot_tell_two_of_one_name_apart(course, tmp_path, school_class):
    download = WRITERS["moodle"](tmp_path, school_class, 1)
    said = collect(course, download.zip, "--roster", download.roster, code=REVIEW_NEEDED)
    assert " 3 unmatched" in said and " 4 absent" in said  # neither Anna Schmidt is: both may have handed in
    assert "Several people are called Anna Schmidt" in said
    assert "name the grading worksheet" in said
    collect(course, download.zip, "--roster", download.worksheet, code=REVIEW_NEEDED)
    anna, _ = school_class.of("two of one name")
    assert NAME in submitted(course, anna.email)


def test_a_list_that_comes_later_completes_what_the_first_download_said(course, tmp_path, school_class):
    download = WRITERS["moodle"](tmp_path, school_class, 1)
    collect(course, download.zip, code=REVIEW_NEEDED)
    said = collect(course, download.zip, "--roster", download.roster, code=REVIEW_NEEDED)
    assert said.count("Several people have this name") == 2
    collect(course, download.zip, "--roster", download.worksheet, code=REVIEW_NEEDED)
    roster = read_roster(course)
    assert len(roster) == 40  # with the guest, who was there before the list
    for pupil in school_class.enrolled():
        if pupil.uploads:
            assert roster[pupil.participant].email == pupil.email
            moment = read_collected(course, LESSON).get(pupil.participant)
            assert moment is None or moment.moment == pupil.uploads[0].time.replace(second=0)


def test_names_in_the_gradebook_stay_where_the_roster_knows_none(course, tmp_path):
    path = write_zip(tmp_path, {f"ada/{NAME}": GOOD})
    (course / "classroom" / "roster.csv").write_text("id,first_name,email\nada,Ada,ada@uni.example\n")
    collect(course, path)
    assert students_in_gradebook(course)["ada"] == ("Ada", None, "ada@uni.example", None)
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        database.execute("update student set last_name = 'Lovelace', first_name = 'A.'")
    collect(course, path)
    assert students_in_gradebook(course)["ada"][:2] == ("Ada", "Lovelace")


def test_a_name_that_a_student_chose_acts_nowhere(course, tmp_path):
    """nbgrader's page of a submission takes the name for HTML, and a carriage return began another line of a table."""
    people = tmp_path / "people.csv"
    people.write_bytes(
        b"id,first_name,last_name,email\n"
        b'eve,"<script>act()</script>\x1b[2J","Eve\rada,Ada,,ada@uni.example\r",eve@uni.example\n'
        b"ada,Ada,Lovelace,ada@uni.example\n"
    )
    files = {f"{student}/{NAME}": GOOD for student in ("ada", "eve")}
    printed = collect(course, write_zip(tmp_path, files), "--roster", people)
    collect(course, write_zip(tmp_path, files))
    roster = read_roster(course)
    assert set(roster) == {"ada", "eve"} and roster["ada"].full_name == "Ada Lovelace"
    found = students_in_gradebook(course)
    assert set(found) == {"ada", "eve"} and found["eve"][0].startswith("‹script›act()")
    for text in (printed, (course / "classroom" / "roster.csv").read_text(), str(found)):
        assert not set(text) & set("<\x1b\r")


def test_whoever_is_not_in_a_roster_is_unmatched_until_a_line_is_added(course, tmp_path):
    roster = course / "classroom" / "roster.csv"
    roster.write_text("id,first_name,last_name,email\ns1,Bob,Boole,b@uni.example\n")
    path = write_zip(tmp_path, moodle_folder("Ada Lovelace", 1, (NAME, GOOD)))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert " 1 unmatched" in said and " 1 absent: Bob Boole (s1)" in said
    assert "Leave it at that for a guest" in said and "line in classroom/roster.csv" in said
    assert not (course / "classroom" / "submitted").exists()
    roster.write_text(roster.read_text() + "s2,Ada,Lovelace,a@uni.example\n")
    collect(course, path)
    assert NAME in submitted(course, "s2")
    with roster.open() as file:
        assert {row["id"]: row["moodle_id"] for row in csv.DictReader(file)} == {"s1": "", "s2": "1"}
