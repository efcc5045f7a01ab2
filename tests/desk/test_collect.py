"""``autograder collect`` as a whole, from the platforms' downloads to what nbgrader expects."""

import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.desk.collected import read_collected
from autograder.desk.store import timestamp_text
from autograder.grading.exit_codes import FAILED, REVIEW_NEEDED
from autograder.grading.records import Records
from autograder.grading.timestamps import read_timestamp
from tests.desk.classes import ABSENT, GUEST, OTHER_LESSON, RECOGNISED, UNREADABLE, WRITERS, filled, zipped
from tests.desk.collecting import (
    GOOD,
    NAME,
    RELEASED,
    answers_in,
    collect,
    earlier,
    everything,
    moodle_folder,
    students_in_gradebook,
    submitted,
    write_zip,
)
from tests.desk.conftest import OTHER, other_lesson, release
from tests.grading.conftest import LESSON, RIGHT, WRONG, run


def test_a_class_of_forty(course, tmp_path, school_class, platform):
    first, second = (WRITERS[platform](tmp_path, school_class, number) for number in (1, 2))
    collect(course, first.zip, "--roster", first.worksheet or first.roster, code=REVIEW_NEEDED)
    said = collect(course, second.zip, "--roster", second.worksheet or second.roster, code=REVIEW_NEEDED)

    counts = {"unmatched": 1, "unreadable": 4, "of another lesson": 2, "absent": 4, "collected": 3}
    counts["superseded"] = 3
    if platform != "blackboard":  # which doesn't say what was late
        counts["late"] = 3
    for state, count in counts.items():
        assert f" {count} {state}" in said, said
    records = read_collected(course, LESSON)
    for pupil in school_class.pupils:
        identity = pupil.id_with(platform)
        files = submitted(course, identity)
        if pupil.state in (ABSENT, GUEST):
            assert files == {} and identity not in records, pupil
            continue
        time = pupil.current.time.replace(second=0) if platform == "moodle" else pupil.current.time
        if platform == "canvas":
            assert "timestamp.txt" not in files and records[identity].moment is None
        else:
            text, problem = read_timestamp(course / "classroom" / "submitted" / identity / LESSON)
            assert (text + "\n", problem) == (timestamp_text(time), "")
            assert records[identity].moment == time
        assert records[identity].late == (pupil.late and platform != "blackboard")
        assert len(earlier(course, identity)) == pupil.earlier, pupil
        if pupil.answers:
            written = filled(RELEASED, {"right": RIGHT, "wrong": WRONG["sign"], "blank": {}}[pupil.answers])
            assert answers_in(files[NAME]) == answers_in(written), pupil
    for pupil in school_class.of("another lesson"):
        assert f"({pupil.id_with(platform)})" in said and f"is the notebook of {OTHER}" in said
        assert records[pupil.id_with(platform)].other_lesson
    (fran,) = school_class.of("files")
    assert submitted(course, fran.id_with(platform))["notes.txt"] == b"measured\n"
    assert "timestamp-2.txt" in submitted(course, fran.id_with(platform))
    (pdf,) = school_class.of("pdf")
    assert submitted(course, pdf.id_with(platform))[f"{LESSON}.pdf"].startswith(b"%PDF")
    assert f"The file is {LESSON}.pdf." in said  # and not what the platform puts beside it

    rows = students_in_gradebook(course)
    assert set(rows) == {pupil.id_with(platform) for pupil in school_class.enrolled()}
    for pupil in school_class.enrolled():
        first_name, last_name, email, called = rows[pupil.id_with(platform)]
        assert f"{first_name} {last_name}".split()[-1][0] == pupil.last.split()[-1][0]
        if platform == "moodle":
            assert (email, called) == (pupil.email, pupil.participant)
        else:
            assert called == (pupil.canvas_id if platform == "canvas" else pupil.username)

    before = everything(course)
    again = collect(course, first.zip, second.zip, "--roster", second.worksheet or second.roster, code=REVIEW_NEEDED)
    collect(course, second.zip, code=REVIEW_NEEDED)
    collect(course, first.zip, code=REVIEW_NEEDED)
    assert everything(course) == before
    assert " 0 collected 35 unchanged" in again


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["download.zip", "--from", "canvas"], "no file in it is named as in Canvas's format"),
        (["other.zip"], "it isn't a download from Moodle, Canvas or Blackboard"),
        (["broken.zip"], "is not a zip file, or it is damaged"),
        (["none.zip"], "There is no file or folder"),
        (["download.zip", "--roster", "other.zip"], "is not a CSV file"),
    ],
)
def test_what_cannot_be_collected_changes_nothing(course, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    write_zip(tmp_path, {"holiday.jpg": b"x"}, "other.zip")
    (tmp_path / "broken.zip").write_bytes(zipped({NAME: GOOD})[:-30])
    before = everything(course)
    assert said in collect(course, *words, code=FAILED)
    assert everything(course) == before


def test_a_lesson_that_is_not_there(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    result = CliRunner().invoke(main, ["collect", "3-delta", str(path), "--course", str(course)])
    assert result.exit_code == FAILED
    assert f"Did you mean {LESSON}?" in result.output


def test_a_lesson_that_is_being_graded_is_not_collected(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    with Records(course / "classroom" / ".autograder", LESSON):
        assert "Another process" in collect(course, path, code=FAILED)


def test_a_time_zone_that_is_none_is_said(course, tmp_path):
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text().replace("Europe/Berlin", "Atlantis"))
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    assert "c.Desk.timezone is 'Atlantis'" in collect(course, path, code=FAILED)


def test_the_class_knows_what_it_promises(school_class):
    assert len(school_class.pupils) == 40
    states = [pupil.state for pupil in school_class.pupils]
    counts = {state: states.count(state) for state in (RECOGNISED, UNREADABLE, OTHER_LESSON, ABSENT, GUEST)}
    assert counts == {RECOGNISED: 29, UNREADABLE: 4, OTHER_LESSON: 2, ABSENT: 4, GUEST: 1}


def test_a_download_of_another_lesson_is_refused_as_a_whole(course, tmp_path):
    """Whoever mistypes the lesson's name finds nothing changed."""
    other = nbformat.writes(release(other_lesson())).encode()
    folder = tmp_path / "download"
    for student in ("ada", "alan", "grace"):
        (folder / student).mkdir(parents=True)
        (folder / student / "notebook.ipynb").write_bytes(other)
    before = sorted(course.rglob("classroom/*/*"))
    said = collect(course, folder, code=FAILED)
    assert "3 of 3 submissions aren't notebooks of" in said and "Nothing was collected" in said
    assert sorted(path for path in course.rglob("classroom/*/*") if ".autograder" not in path.parts) == before


def test_another_lessons_notebook_needs_a_look_and_has_a_page_that_says_so(course, tmp_path):
    other = nbformat.writes(release(other_lesson())).encode()
    files = moodle_folder("Ada", 1, (NAME, GOOD)) | moodle_folder("Bob", 2, ("mine.ipynb", other))
    said = collect(course, write_zip(tmp_path, files), code=REVIEW_NEEDED)
    assert " 2 collected" in said and " 1 of another lesson" in said and " 0 absent" in said
    printed = run(course, "autograder", "grade", LESSON, code=REVIEW_NEEDED)
    assert (
        f"Bob (2)  mine.ipynb is the notebook of {OTHER}. Ask the student to submit the notebook of this lesson."
        in printed
    )
    run(course, "autograder", "feedback", LESSON)
    page = (course / "classroom" / "feedback" / "2" / LESSON / f"{LESSON}.html").read_text()
    assert f"mine.ipynb is the notebook of {OTHER}. Submit the notebook of this lesson." in page
    assert "Not graded yet" in page and "NameError" not in page


def test_of_two_notebooks_collecting_and_grading_say_the_same(course, tmp_path):
    files = moodle_folder("Ada", 1, (NAME, filled(RELEASED, {})), ("final.ipynb", GOOD))
    said = collect(course, write_zip(tmp_path, files), code=REVIEW_NEEDED)
    again = f"{LESSON}-2.ipynb"
    assert (
        f"The one that is graded is {NAME} (handed in as final.ipynb): check that it is the right one, and not {again} "
        f"(handed in as {NAME})." in said
    )
    printed = run(course, "autograder", "grade", LESSON, code=REVIEW_NEEDED)
    assert f"The one that is graded is {NAME}: check that it is the right one, and not {again} (its name" in printed
    assert submitted(course, "1")[NAME] == GOOD
