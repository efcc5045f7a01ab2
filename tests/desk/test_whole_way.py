"""From a platform's download to a file that the platform imports, for a class in which everything odd happens."""

import csv
import io
import re
import unicodedata
import zipfile

import pytest
from nbgrader.api import Gradebook

from tests.desk.classes import ABSENT, RECOGNISED, WRITERS
from tests.desk.conftest import OTHER
from tests.desk.graded import desk
from tests.grading.conftest import LESSON, run

POINTS = {"right": 4.0, "wrong": 2.0, "blank": 0.0}
MARK = 1.5
# The form of the file that is filled in, what tells the student in it, and how its grades' column is called.
FORMS = {
    "moodle": ("utf-8-sig", ",", lambda row: row["Identifier"].split()[1], "Grade"),
    "canvas": ("utf-8-sig", ",", lambda row: row["ID"], f"{LESSON} (4711)"),
    "blackboard": ("utf-16", "\t", lambda row: row["Username"], None),
}


def own_id(platform, pupil):
    return {"moodle": pupil.participant, "canvas": pupil.canvas_id, "blackboard": pupil.username}[platform]


def names_for_the_platform(path, platform):
    """What the platform looks at in a zip: the folders for Moodle, and the names without their ends for Canvas."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    # Canvas's own library does not say that its names are UTF-8.
    names = [each.filename if each.flag_bits & 0x800 else each.filename.encode("cp437").decode() for each in infos]
    names = [unicodedata.normalize("NFC", each) for each in names]
    return {each.split("/")[0] if platform == "moodle" else each.rpartition(".")[0] for each in names}


def mark_written(course, students):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        for student in students:
            grade = gradebook.find_grade("words", LESSON, LESSON, student)
            grade.manual_score, grade.needs_manual_grade = MARK, False
        gradebook.db.commit()


@pytest.mark.parametrize("platform", FORMS)
def test_nobody_is_lost_and_every_grade_is_right(platform, course, tmp_path, school_class):
    assert OTHER != LESSON  # the class hands in notebooks of both
    downloads = WRITERS[platform](tmp_path, school_class)
    theirs = downloads.worksheet or downloads.roster
    desk(course, "collect", LESSON, str(downloads.zip), "--roster", str(theirs), code=3)
    run(course, "autograder", "grade", LESSON, "--jobs", "2", code=3)
    mark_written(course, [pupil.id_with(platform) for pupil in school_class.pupils if pupil.state == RECOGNISED])
    words = ["--zip", platform] if platform != "blackboard" else []
    desk(course, "feedback", LESSON, *words)
    desk(course, "export", LESSON, "--to", platform, "--fill", str(theirs), code=3)

    encoding, delimiter, who, name = FORMS[platform]
    content = (course / "classroom" / "export" / f"{LESSON}-{platform}{theirs.suffix}").read_bytes().decode(encoding)
    rows = list(csv.DictReader(io.StringIO(content), delimiter=delimiter))
    name = name or next(each for each in rows[0] if "[Total Pts: 10" in each)
    expected = {
        own_id(platform, pupil): f"{POINTS[pupil.answers] + MARK:g}" if pupil.state == RECOGNISED else ""
        for pupil in school_class.enrolled()
    }
    got = {who(row): row[name] for row in rows if who(row) and who(row) != "9999"}
    assert got == expected
    if words:
        path = course / "classroom" / "export" / f"{LESSON}-feedback-{platform}.zip"
        names = names_for_the_platform(path, platform)
        assert names <= names_for_the_platform(downloads.zip, platform)
        numbers = {re.search(r"_(\d{4,5})_", each)[1] for each in names}
        with_pages = [pupil for pupil in school_class.enrolled() if pupil.state != ABSENT]
        assert numbers == {own_id(platform, pupil) for pupil in with_pages}
