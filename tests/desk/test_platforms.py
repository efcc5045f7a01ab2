"""What the names of files say in the downloads of Moodle, Canvas and Blackboard, and their lists of participants."""

from datetime import datetime

import pytest

from autograder.desk.participants import read_participants
from autograder.desk.platforms import blackboard, canvas, folder, moodle
from autograder.desk.platforms.parts import Clues, Person
from autograder.desk.roster import RosterError, Student, read_roster


@pytest.mark.parametrize(
    ("path", "name", "number", "file", "called"),
    [
        (
            "Ada Lovelace_12345_assignsubmission_file_/03.ipynb",
            *("Ada Lovelace", "12345", "03.ipynb", "Ada Lovelace_12345_assignsubmission_file_"),
        ),
        (
            "Ada Lovelace_12345_assignsubmission_file/data/x.csv",
            *("Ada Lovelace", "12345", "data/x.csv", "Ada Lovelace_12345_assignsubmission_file"),
        ),
        (
            "Siobhán OBrien_7_assignsubmission_onlinetext_/onlinetext.html",
            *("Siobhán OBrien", "7", "onlinetext.html", "Siobhán OBrien_7_assignsubmission_onlinetext_"),
        ),
        (
            "Ada Lovelace_12345_assignsubmission_file_my_03_1_.ipynb",
            *("Ada Lovelace", "12345", "my_03_1_.ipynb", "Ada Lovelace_12345_assignsubmission_file_"),
        ),
        (
            "Group 4_88_assignsubmission_file_/03.ipynb",
            *("Group 4", "88", "03.ipynb", "Group 4_88_assignsubmission_file_"),
        ),
        (
            "Default group_assignsubmission_file_/03.ipynb",
            *("Default group", "", "03.ipynb", "Default group_assignsubmission_file_"),
        ),
        (
            "Participant_12345_assignsubmission_file_/03.ipynb",
            *("", "12345", "03.ipynb", "Participant_12345_assignsubmission_file_"),
        ),
    ],
)
def test_moodle(path, name, number, file, called):
    clues = moodle.parse(path)
    assert (clues.person, clues.file, clues.name) == (Person(name, number), file, called)


def test_moodle_puts_typed_answers_and_files_of_one_student_together():
    paths = ["Ada L_1_assignsubmission_file_/a.ipynb", "Ada L_1_assignsubmission_onlinetext_/onlinetext.html"]
    other = moodle.parse("Ada L_2_assignsubmission_file_/a.ipynb")
    one, two = map(moodle.parse, paths)
    assert one.attempt == two.attempt != other.attempt


@pytest.mark.parametrize(
    ("path", "name", "late", "user", "number", "file"),
    [
        ("lovelaceada_1001_2002_03-delta.ipynb", "lovelaceada", False, "1001", 2002, "03-delta.ipynb"),
        ("lovelaceada_LATE_1001_2002_03-delta-1.ipynb", "lovelaceada", True, "1001", 2002, "03-delta-1.ipynb"),
        ("großmannjürgen_1001_2002_a_b_3_4_c.ipynb", "großmannjürgen", False, "1001", 2002, "a_b_3_4_c.ipynb"),
        ("two_words_1001_2002_x.ipynb", "two_words", False, "1001", 2002, "x.ipynb"),
        ("anon_xY3z9_2002_x.ipynb", "", False, "anon_xY3z9", 2002, "x.ipynb"),
        ("LATE_anon_xY3z9_2002_x.ipynb", "", True, "anon_xY3z9", 2002, "x.ipynb"),
        ("lovelaceada_LATE_1001_text.html", "lovelaceada", True, "1001", 0, "text.html"),
    ],
)
def test_canvas(path, name, late, user, number, file):
    assert canvas.parse(path) == Clues(Person(name, user), user, file, path, None, late, number)


def test_canvas_numbers_what_is_uploaded_again():
    assert canvas.without_number("03-delta-recursion-12.ipynb") == "03-delta-recursion.ipynb"
    assert canvas.without_number("03-delta-recursion.ipynb") == "03-delta-recursion.ipynb"


def test_blackboard():
    head = "Lesson 3_alovelace_attempt_2026-11-03-14-05-09"
    time = datetime(2026, 11, 3, 14, 5, 9)
    assert blackboard.parse(f"{head}_03_delta.ipynb") == Clues(
        Person("", "alovelace"), head, "03_delta.ipynb", head, time
    )
    assert blackboard.parse(f"{head}.txt") == Clues(Person("", "alovelace"), head, "", head, time)


def test_a_student_of_blackboard_cannot_pass_for_another_by_the_name_of_a_file():
    path = "Lesson 3_mallory_attempt_2026-11-03-14-05-09_Lesson 3_alice_attempt_2026-11-04-00-00-00_x.ipynb"
    assert blackboard.parse(path).person == Person("", "mallory")
    assert blackboard.parse(path).time.day == 3


def test_a_student_of_canvas_cannot_pass_for_another_by_the_name_of_a_file():
    assert canvas.parse("mallory_66_2002_alice_LATE_1001_3003_x.ipynb").person == Person("mallory", "66")


def test_the_note_of_blackboard_names_the_student():
    head = "Lesson 3_ada_lovelace_attempt_2026-11-03-14-05-09"
    said = blackboard.person_in_note("Name: Ada Lovelace (ada_lovelace)\r\nAssignment: Lesson 3\r\n", head)
    assert said == Person("Ada Lovelace", "ada_lovelace")
    assert blackboard.person_in_note("Name: Bob (bob)\n", head) is None
    assert blackboard.person_in_note("Comments:\nName: Ada Lovelace (lovelace)", head) is None


@pytest.mark.parametrize("parse", [moodle.parse, canvas.parse, blackboard.parse])
@pytest.mark.parametrize("path", ["ada/03.ipynb", "03.ipynb", "", "a_b.ipynb", "ada_1/03.ipynb"])
def test_other_names_say_nothing(parse, path):
    assert parse(path) is None


@pytest.mark.parametrize(
    ("path", "student", "file"),
    [
        ("ada/03.ipynb", "ada", "03.ipynb"),
        ("ada/03-delta/03.ipynb", "ada", "03.ipynb"),
        ("ada/data/x.csv", "ada", "data/x.csv"),
    ],
)
def test_folders(path, student, file):
    clues = folder.parse(path, "03-delta", {"02-chain", "03-delta"})
    assert (clues.person.platform_id, clues.file) == (student, file)


def test_folders_of_other_lessons_are_left_out():
    assert folder.parse("ada/02-chain/x.ipynb", "03-delta", {"02-chain", "03-delta"}) is None
    assert folder.parse("ada.ipynb", "03-delta", {"03-delta"}) is None


LISTS = {
    "moodle participants": (
        '\ufeff"First name","Last name","Email address",Groups\nAda,Lovelace,ada@uni.example,"A, B"\n',
        Student("ada@uni.example", "Ada", "Lovelace", "ada@uni.example"),
    ),
    "moodle grades, older": (
        'First name,Surname,ID number,Department,Email address,Quiz (Real)\nAda,Lovelace,s1,,a@b.c,"9,5"\n',
        Student("s1", "Ada", "Lovelace", "a@b.c"),
    ),
    "moodle in German": (
        "Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nJürgen;Groß;s2;j@b.c\n",
        Student("s2", "Jürgen", "Groß", "j@b.c"),
    ),
    "moodle worksheet": (
        "Identifier,Full name,ID number,Email address,Status,Grade,Last modified (submission)\n"
        'Participant 12345,Ada King Lovelace,s1,a@b.c,Submitted - 1 hour late,,"Monday, 3 November 2025, 2:05 PM"\n',
        Student("s1", "Ada King", "Lovelace", "a@b.c", moodle_id="12345"),
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lesson 3 (77),Final Score\n,,,,,Manual Posting,\n"
        '    Points Possible,,,,,10,(read only)\n"Lovelace, Ada",1001,s1,alovelace,C1,,\n"Student, Test",9,,ab12,,,\n',
        Student("alovelace", "Ada", "Lovelace", canvas_id="1001"),
    ),
    "canvas with split names": (
        "LastName,FirstName,ID,SIS Login ID,Section,Lesson 3 (77)\n    Points Possible,,,,,10\n"
        "Lovelace,Ada King,1001,alovelace,C1,\nStudent,Test,9,ab12,,\n",
        Student("alovelace", "Ada King", "Lovelace", canvas_id="1001"),
    ),
    "canvas without SIS": (
        "Student;ID;Section\nPoints Possible;;\nLovelace, Ada;1001;C1\n",
        Student("1001", "Ada", "Lovelace", canvas_id="1001"),
    ),
    "own": ("id,first_name,last_name,email\ns1,Ada,Lovelace,a@b.c\n", Student("s1", "Ada", "Lovelace", "a@b.c")),
}


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_participants(tmp_path, kind):
    text, expected = LISTS[kind]
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    assert read_participants(tmp_path / "list.csv").students == [expected]


def test_the_grade_center_of_blackboard(tmp_path):
    columns = ["Last Name", "First Name", "Username", "Student ID", "Lesson 3 [Total Pts: 10] |664617"]
    lines = [columns, ["Groß", "Jürgen", "jgross", "s1", ""]]
    text = "\n".join("\t".join(f'"{value}"' for value in line) for line in lines)
    (tmp_path / "gc.xls").write_bytes(text.encode("utf-16"))
    assert read_participants(tmp_path / "gc.xls").students == [
        Student("jgross", "Jürgen", "Groß", blackboard_id="jgross")
    ]


def test_the_worksheet_of_moodle_says_when_something_was_handed_in(tmp_path):
    (tmp_path / "list.csv").write_text(LISTS["moodle worksheet"][0])
    assert read_participants(tmp_path / "list.csv").times == {
        "12345": moodle.HandedIn(datetime(2025, 11, 3, 14, 5), late=True)
    }


def test_spreadsheets_write_the_code_page_of_the_system(tmp_path):
    (tmp_path / "list.csv").write_bytes("id;first_name;last_name\ns1;Jürgen;Groß\n".encode("cp1252"))
    assert read_participants(tmp_path / "list.csv").students == [Student("s1", "Jürgen", "Groß")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a spreadsheet", "not a CSV file"),
        (b"", "empty"),
        (b"colour,shape\nred,round\n", "isn't a known list of participants"),
        (b"id,first_name\n,Ada\n", "no id"),
        (b"first_name,last_name\nA,B\n", "no column called id. Its columns are first_name, last_name."),
        (
            b"Identifier,Full name,Status,Grade\nParticipant 1,A B,,\n",
            "no column called Email address. Its columns are identifier, full name, status, grade. A list in Moodle's",
        ),
        (b"Student,ID,Lesson 3 (77)\nB,1,\n", "no column called Section. Its columns are student, id, lesson 3"),
        (b"LastName,ID,Section\nB,1,C\n", "no column called FirstName. Its columns are lastname, id, section"),
        (b"Last Name\tFirst Name\tGrade\nB\tA\t1\n", "no column called .*. Its columns are last name, first name, gr"),
        (b"Student,ID,Section\nPoints Possible,,\n", "names no students"),
    ],
)
def test_other_lists_are_refused(tmp_path, content, said):
    (tmp_path / "list.csv").write_bytes(content)
    with pytest.raises(RosterError, match=said):
        read_participants(tmp_path / "list.csv")


def test_a_list_of_our_own_without_names_is_read_and_said(tmp_path):
    (tmp_path / "list.csv").write_text("id,firstname,last_name\ns1,Ada,Lovelace\n")
    found = read_participants(tmp_path / "list.csv")
    assert found.students == [Student("s1", "", "Lovelace")]
    assert "no column called first_name. Its columns are id, firstname, last_name." in found.note
    (tmp_path / "list.csv").write_text("id,first_name,last_name\ns1,Ada,Lovelace\n")
    assert read_participants(tmp_path / "list.csv").note == ""


@pytest.mark.parametrize("text", ["number,name\n1,Ada\n", "id;first_name\ns1;Ada\n", ""])
def test_a_roster_without_ids_is_refused_by_its_columns(tmp_path, text):
    (tmp_path / "classroom").mkdir()
    (tmp_path / "classroom" / "roster.csv").write_text(text)
    found = text.partition("\n")[0].replace(",", ", ") or "none"
    with pytest.raises(RosterError, match=f"no column called id. Its columns are {found}."):
        read_roster(tmp_path)


def test_ids_become_names_of_folders(tmp_path):
    (tmp_path / "list.csv").write_text("id,first_name\n../x,Ada\nx/y,Bob\nx y,Cem\n")
    ids = [student.id for student in read_participants(tmp_path / "list.csv").students]
    assert ids == ["x", "x-y", "x y"]
