"""``autograder collect`` finds out who handed something in, with and without a list of students."""

import csv
import sqlite3

import pytest

from autograder.desk.collected import read_collected
from autograder.desk.roster import read_roster
from autograder.grading.exit_codes import DONE, FAILED, REVIEW_NEEDED
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
from tests.desk.graded import desk
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
    said = collect(course, path, code=FAILED)
    assert " 1 unmatched" in said and " 1 absent: Bob Boole (s1)" in said
    assert "Leave it at that for a guest" in said and "line in classroom/roster.csv" in said
    assert not (course / "classroom" / "submitted").exists()
    roster.write_text(roster.read_text() + "s2,Ada,Lovelace,a@uni.example\n")
    collect(course, path)
    assert NAME in submitted(course, "s2")
    with roster.open() as file:
        assert {row["id"]: row["moodle_id"] for row in csv.DictReader(file)} == {"s1": "", "s2": "1"}


GRADEBOOK = "Student,ID,SIS Login ID,Section\n"
PLAIN = "id,first_name,last_name\nchloe,Chloe,Castel\njm,Juergen,Mueller\njn,Jan,Novak\nob,Sean,O Brien\n"
SPELT = [("Castel, Chloé", 1), ("Müller, Jürgen", 2), ("Novák, Jan", 3), ("O'Brien, Seán", 4)]


def canvas_zip(tmp_path, *people):
    """A download of Canvas, in which everybody handed in the right notebook."""
    files = {f"{name}_{number}_{20 + at}_{NAME}": GOOD for at, (name, number) in enumerate(people)}
    return write_zip(tmp_path, files)


def test_a_name_in_another_spelling_is_suggested_and_never_taken(course, tmp_path):
    (tmp_path / "mine.csv").write_text(PLAIN)
    people = [("castelchloé", 1), ("müllerjürgen", 2), ("novákjan", 3), ("obrienseán", 4)]
    path = canvas_zip(tmp_path, *people)
    said = collect(course, path, "--roster", tmp_path / "mine.csv", code=FAILED)
    assert " 4 unmatched" in said and " 0 absent" in said  # each of them may have handed in
    assert "Perhaps it is Juergen Mueller (jm): then put 2 into the column canvas_id" in said
    assert said.count("Perhaps it is") == 4 and "for a guest" not in said
    # The platform's own list doesn't enter them a second time.
    (tmp_path / "gradebook.csv").write_text(
        GRADEBOOK + "".join(f'"{name}",{number},login{number},C\n' for name, number in SPELT)
    )
    said = collect(course, path, "--roster", tmp_path / "gradebook.csv", code=FAILED)
    assert "Jürgen Müller Perhaps this is Juergen Mueller (jm) in the roster, so login2 was not added" in said
    assert "put 2 into the column canvas_id" in said
    assert list(read_roster(course)) == ["chloe", "jm", "jn", "ob"]
    roster = course / "classroom" / "roster.csv"
    lines = roster.read_text().splitlines()
    roster.write_text("\n".join([lines[0], *(f"{line[:-1]}{number}," for number, line in enumerate(lines[1:], 1))]))
    said = collect(course, path, "--roster", tmp_path / "gradebook.csv")
    assert " 4 collected" in said and "Perhaps" not in said
    assert read_roster(course)["jm"].last_name == "Müller"


@pytest.mark.parametrize(
    ("files", "platform"),
    [
        ({f"anon_a1B2c_20_{NAME}": GOOD, f"LATE_anon_d3E4f_21_{NAME}": GOOD}, "Canvas"),
        ({f"Participant_{number}_assignsubmission_file_/{NAME}": GOOD for number in (7, 8)}, "Moodle"),
    ],
)
def test_an_anonymous_download_is_said_once(course, tmp_path, files, platform):
    (tmp_path / "mine.csv").write_text(PLAIN)
    said = collect(course, write_zip(tmp_path, files), "--roster", tmp_path / "mine.csv", code=FAILED)
    assert said.count("anonymous, so nobody can tell") == 1 and f"in {platform}, and download it again" in said
    assert not (course / "classroom" / "roster.csv").exists()


def test_an_anonymous_download_of_canvas_makes_no_students(course, tmp_path):
    assert "anonymous" in collect(course, write_zip(tmp_path, {f"anon_a1B2c_20_{NAME}": GOOD}), code=FAILED)
    assert not (course / "classroom" / "submitted").exists()


def test_numbers_that_become_ids_are_said_when_they_do_and_when_a_list_comes_too_late(course, tmp_path):
    path = canvas_zip(tmp_path, ("castelchloé", 1))
    assert "No list of students was named, so the new students have Canvas's numbers as their ids" in collect(
        course, path
    )
    assert "No list of students" not in collect(course, path)  # nobody is new
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK + '"Castel, Chloé",1,castel,C\n')
    said = collect(course, path, "--roster", tmp_path / "gradebook.csv")
    assert "1 of the students have ids that they were given before there was a list, such as 1 for Chloé Castel" in said
    assert "before there was a list" not in collect(course, path, "--roster", tmp_path / "gradebook.csv")


@pytest.mark.parametrize("with_list", [True, False])
def test_who_was_forgotten_is_not_offered_for_the_roster(course, tmp_path, with_list):
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK + '"Castel, Chloé",1,castel,C\n"Low, Dan",2,low,C\n')
    path = canvas_zip(tmp_path, ("castelchloé", 1), ("lowdan", 2))
    collect(course, path, "--roster", tmp_path / "gradebook.csv", code=DONE)
    desk(course, "forget", "castel", "--yes")
    said = collect(course, path, *(["--roster", tmp_path / "gradebook.csv"] if with_list else []), code=REVIEW_NEEDED)
    assert "castelchloé You removed this student with `autograder forget`" in said
    assert "is not in the roster" not in said and list(read_roster(course)) == ["low"]
