"""Who is who: lists merged into the roster, and people in downloads found in it."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.desk.collected import Collected
from autograder.desk.matching import match
from autograder.desk.platforms.parts import Person
from autograder.desk.roster import (
    PLACE,
    RosterError,
    Student,
    merge,
    name_key,
    read_roster,
    was_made_here,
    write_roster,
)


def by_id(*students):
    return {student.id: student for student in students}


ADA = Student("s1", "Ada", "Lovelace", "ada@uni.example")
JUERGEN = Student("s2", "Jürgen", "Groß-Müller", "jg@uni.example")
ANNA, OTHER_ANNA = (
    Student("s3", "Anna", "Schmidt", "a1@uni.example"),
    Student("s4", "Anna", "Schmidt", "a2@uni.example"),
)
ROSTER = by_id(ADA, JUERGEN, ANNA, OTHER_ANNA)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1))
def test_a_name_is_the_same_in_every_form_and_order(words):
    name = " ".join(words)
    key = name_key(name)
    assert name_key(unicodedata.normalize("NFD", name)) == key
    assert name_key(" ".join(reversed(words))) == key


def test_names_as_platforms_write_them():
    assert name_key("Siobhán O'Brien-Smith") == name_key("OBrien-Smith Siobhán") == name_key("Siobhán O’Brien-Smith")
    assert name_key("Anna Schmidt") != name_key("Anna Schmitt")


@pytest.mark.parametrize(
    ("platform", "person", "found"),
    [
        ("moodle", Person("Ada Lovelace", "77"), "s1"),
        ("moodle", Person("Lovelace Ada", "77"), "s1"),
        ("moodle", Person(unicodedata.normalize("NFD", "Jürgen Groß-Müller"), "78"), "s2"),
        ("canvas", Person("lovelaceada", "1001"), "s1"),
        ("canvas", Person("großmüllerjürgen", "1002"), "s2"),
        ("blackboard", Person("Ada Lovelace", "alove"), "s1"),
        ("blackboard", Person("", "S1"), "s1"),
        ("folder", Person("", "ada@uni.example"), "s1"),
        ("folder", Person("", "s1"), "s1"),
    ],
)
def test_people_are_found(platform, person, found):
    matches = match([person], platform, ROSTER, {}, extend=False)
    assert matches.ids == {person: found}


def test_what_the_platform_calls_somebody_is_noted_and_then_counts():
    students = match([Person("lovelaceada", "1001")], "canvas", ROSTER, {}, extend=False).students
    assert students["s1"].canvas_id == "1001"
    renamed = Person("kingada", "1001")
    assert match([renamed], "canvas", students, {}, extend=False).ids == {renamed: "s1"}


def test_a_number_of_moodle_is_no_matriculation_number():
    students = by_id(Student("77", "Bob", "Boole"))
    person = Person("Ada Lovelace", "77")
    assert person in match([person], "moodle", students, {}, extend=False).unmatched


def test_two_of_one_name_are_never_guessed():
    person = Person("Anna Schmidt", "80")
    matches = match([person], "moodle", ROSTER, {}, extend=False)
    assert not matches.ids
    assert "Several people are called Anna Schmidt (80)" in matches.unmatched[person]
    assert "grading worksheet" in matches.unmatched[person]


def test_two_of_one_name_are_told_apart_by_what_the_platform_calls_them():
    students, _ = merge(ROSTER, [Student("s4", moodle_id="81"), Student("s3", moodle_id="80")])
    one, other = Person("Anna Schmidt", "80"), Person("Anna Schmidt", "81")
    assert match([one, other], "moodle", students, {}, extend=False).ids == {one: "s3", other: "s4"}


def test_two_in_a_download_who_would_be_one_in_the_roster_are_both_left_to_the_lecturer():
    one, other = Person("Ada Lovelace", "80"), Person("Ada Lovelace", "81")
    matches = match([one, other], "moodle", ROSTER, {}, extend=False)
    assert set(matches.unmatched) == {one, other}


def test_without_a_roster_people_of_one_name_are_kept_apart():
    one, other = Person("Anna Schmidt", "80"), Person("Anna Schmidt", "81")
    matches = match([one, other], "moodle", {}, {}, extend=True)
    assert matches.ids == {one: "80", other: "81"}
    again = match([one, other], "moodle", matches.students, {}, extend=True)
    assert again.ids == matches.ids and again.students == matches.students


def test_without_a_roster_moodles_next_assignment_has_other_numbers():
    first = match([Person("Ada Lovelace", "80")], "moodle", {}, {}, extend=True)
    person = Person("Ada Lovelace", "95")
    assert match([person], "moodle", first.students, {}, extend=True).ids == {person: "80"}


def test_what_was_collected_before_tells_of_several_people_who_is_meant():
    records = {"s3": Collected("s3", "moodle", "", "80")}
    person = Person("Anna Schmidt", "81")
    assert match([person], "moodle", ROSTER, records, extend=False).ids == {person: "s4"}


def test_an_id_is_not_given_twice():
    students = by_id(Student("80", "Bob", "Boole", moodle_id="80"))
    person = Person("lovelaceada", "80")
    matches = match([person], "canvas", students, {}, extend=True)
    assert matches.ids == {person: "canvas-80"}


def test_only_rosters_that_downloads_made_grow():
    made = match([Person("Ada Lovelace", "80"), Person("", "bob")], "moodle", {}, {}, extend=True).students
    assert all(map(was_made_here, made.values()))
    folders = match([Person("", "ada")], "folder", {}, {}, extend=True).students
    assert all(map(was_made_here, folders.values()))
    assert not any(map(was_made_here, ROSTER.values()))


def test_lists_are_merged_by_whatever_tells_who_is_who():
    made = by_id(Student("80", "Ada", "Lovelace", moodle_id="80"))
    found = [Student("s1", "Ada", "Lovelace", "ada@uni.example"), Student("s9", "New", "Comer")]
    merged, left_out = merge(made, found)
    assert merged["80"] == Student("80", "Ada", "Lovelace", "ada@uni.example", moodle_id="80")
    assert list(merged) == ["80", "s9"]
    assert left_out == []
    assert merge(merged, found) == (merged, [])


def test_merging_adds_numbers_of_moodle():
    merged, _ = merge(by_id(Student("s1", moodle_id="80")), [Student("s1", moodle_id="95")])
    assert merged["s1"].platform_ids("moodle") == ["80", "95"]


def test_merging_keeps_two_of_one_name_apart():
    found = [Student("x1", "Anna", "Schmidt", "a1@uni.example"), Student("x2", "Anna", "Schmidt", "new@uni.example")]
    merged, left_out = merge(ROSTER, found)
    assert set(merged) == {*ROSTER, "x2"} and left_out == []


def test_people_of_one_name_who_handed_in_before_there_was_a_list_are_not_doubled():
    annas = [Person("Anna Schmidt", "80"), Person("Anna Schmidt", "81")]
    made = match(annas, "moodle", {}, {}, extend=True).students
    assert merge(made, [ANNA, OTHER_ANNA]) == (made, [(ANNA, []), (OTHER_ANNA, [])])
    worksheet = [replace(ANNA, moodle_id="81"), replace(OTHER_ANNA, moodle_id="80")]
    merged, left_out = merge(made, worksheet)
    assert {each.id: each.email for each in merged.values()} == {"80": OTHER_ANNA.email, "81": ANNA.email}
    assert left_out == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (("Juergen", "Mueller"), ("Jürgen", "Müller")),
        (("Jurgen", "Muller"), ("Jürgen", "Müller")),
        (("Chloe", "Castel"), ("Chloé", "Castel")),
        (("Jan", "Novak"), ("Jan", "Novák")),
        (("Sean", "OBrien"), ("Seán", "O'Brien")),
        (("Joerg", "Gross"), ("Jörg", "Groß")),
        (("Soren", "Ostergard"), ("Søren", "Østergård")),
        (("Soeren", "Oestergaard"), ("Søren", "Østergård")),
        (("Lukasz", "Walesa"), ("Łukasz", "Wałęsa")),
    ],
)
def test_names_in_another_spelling_are_perhaps_one_person(mine, theirs):
    roster, theirs = by_id(Student("x", *mine)), Student("y", *theirs)
    assert merge(roster, [theirs]) == (roster, [(theirs, [roster["x"]])])
    canvas = Person(f"{theirs.last_name}{theirs.first_name}".lower(), "1001")
    for platform, person in (("canvas", canvas), ("moodle", Person(theirs.full_name, "7"))):
        matches = match([person], platform, roster, {}, extend=False)
        assert not matches.ids and matches.candidates == {"x"}
        assert f"Perhaps it is {roster['x'].full_name} (x)" in matches.unmatched[person]


@pytest.mark.parametrize(
    ("roster", "found"),
    [
        # Both are on the list, so they are two.
        ([Student("a", "Michael", "Novak")], [Student("a", "Michael", "Novak"), Student("b", "Michal", "Novak")]),
        # Canvas has two numbers for them.
        ([Student("a", "Sean", "Low", canvas_id="1")], [Student("b", "Seán", "Low", canvas_id="2")]),
        # Neither was there before.
        ([], [Student("a", "Sean", "Low"), Student("b", "Seán", "Low")]),
        ([Student("a", "Jon", "Low")], [Student("b", "John", "Low")]),
    ],
)
def test_who_is_known_to_be_somebody_else_is_added(roster, found):
    merged, left_out = merge(by_id(*roster), found)
    assert {*merged} == {"a", "b"} and left_out == []


def test_the_instructors_own_columns_stay(tmp_path):
    (tmp_path / "classroom").mkdir()
    (tmp_path / PLACE).write_text("id,first_name,group\ns1,Ada,B\ns2,Bob,C\n")
    students = read_roster(tmp_path)
    write_roster(tmp_path, [*students.values(), Student("s3", "Cem")])
    lines = (tmp_path / PLACE).read_text().splitlines()
    assert lines[0] == "id,first_name,last_name,email,moodle_id,canvas_id,blackboard_id,group"
    assert lines[1:] == ["s1,Ada,,,,,,B", "s2,Bob,,,,,,C", "s3,Cem,,,,,,"]


@pytest.mark.parametrize("identity", ["../s1", "a/b", ".hidden", "con", "a\\b", "-rf"])
def test_an_id_that_cannot_be_a_folder_is_refused(tmp_path, identity):
    (tmp_path / "classroom").mkdir()
    (tmp_path / PLACE).write_text(f"id,first_name\n{identity},Ada\n")
    with pytest.raises(RosterError, match=r"line 2.*can't be the name of a folder"):
        read_roster(tmp_path)
