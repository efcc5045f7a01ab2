"""``autograder collect``, from the platforms' downloads to what nbgrader expects."""

import csv
import json
import os
import shutil
import sqlite3
import zipfile
from datetime import UTC, datetime

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.desk import collection, store
from autograder.desk.collected import read_collected
from autograder.desk.roster import read_roster
from autograder.desk.store import timestamp_text
from autograder.desk.submissions import MAX_FILES
from autograder.grading.exit_codes import DONE, FAILED, REVIEW_NEEDED
from autograder.grading.records import Records
from autograder.grading.timestamps import read_timestamp
from tests.desk.classes import ABSENT, DUE, GUEST, OTHER_LESSON, RECOGNISED, UNREADABLE, WRITERS, filled, zipped
from tests.desk.conftest import OTHER, other_lesson, release
from tests.grading.conftest import LESSON, RIGHT, WRONG, source_notebook

NAME = f"{LESSON}.ipynb"
RELEASED = release(source_notebook())
GOOD, BAD = filled(RELEASED, RIGHT), filled(RELEASED, WRONG["sign"])


def collect(course, *words, code=DONE):
    """Run the command, and return what it printed, with single spaces."""
    result = CliRunner().invoke(main, ["collect", LESSON, *map(str, words), "--course", str(course)])
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return " ".join(result.output.split())


def submitted(course, student):
    """The files of a submission, by name."""
    folder = course / "classroom" / "submitted" / student / LESSON
    paths = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def earlier(course, student):
    folder = course / "classroom" / "earlier" / student / LESSON
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def everything(course):
    """All files of the class with their contents and times, without the lock."""
    files = {}
    for path in sorted((course / "classroom").rglob("*")):
        if ".autograder" not in path.parts:
            state = path.lstat()
            files[str(path)] = state.st_mtime_ns, state.st_ino, path.read_bytes() if path.is_file() else None
    return files


def students_in_gradebook(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        rows = database.execute("select id, first_name, last_name, email, lms_user_id from student")
        return {row[0]: row[1:] for row in rows}


def moodle_folder(name, number, *files):
    return {f"{name}_{number}_assignsubmission_file_/{file}": content for file, content in files}


def write_zip(tmp_path, files, name="download.zip"):
    (tmp_path / name).write_bytes(zipped(files))
    return tmp_path / name


@pytest.fixture(params=WRITERS)
def platform(request):
    return request.param


def test_a_class_of_forty(course, tmp_path, school_class, platform):
    first, second = (WRITERS[platform](tmp_path, school_class, number) for number in (1, 2))
    collect(course, first.zip, "--roster", first.worksheet or first.roster, code=REVIEW_NEEDED)
    said = collect(course, second.zip, "--roster", second.worksheet or second.roster, code=REVIEW_NEEDED)

    counts = {"unmatched": 1, "unreadable": 4, "absent": 6, "collected": 3, "superseded": 3}
    if platform != "blackboard":  # which doesn't say what was late
        counts["late"] = 3
    for state, count in counts.items():
        assert f" {count} {state}" in said, said
    records = read_collected(course, LESSON)
    for pupil in school_class.pupils:
        identity = pupil.id_with(platform)
        files = submitted(course, identity)
        if pupil.state in (ABSENT, GUEST, OTHER_LESSON):
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
        assert len(earlier(course, pupil.id_with(platform))) == 1
    (fran,) = school_class.of("files")
    assert submitted(course, fran.id_with(platform))["notes.txt"] == b"measured\n"
    assert "timestamp-2.txt" in submitted(course, fran.id_with(platform))
    (pdf,) = school_class.of("pdf")
    assert submitted(course, pdf.id_with(platform))[f"{LESSON}.pdf"].startswith(b"%PDF")

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
    assert " 0 collected 33 unchanged" in again


def answers_in(content):
    cells = json.loads(content)["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [text for text in texts if text.startswith("def ")]


def test_without_a_roster_ids_come_from_the_platform(course, tmp_path, school_class, platform):
    download = WRITERS[platform](tmp_path, school_class, 1)
    said = collect(course, download.zip, code=REVIEW_NEEDED)
    assert " 34 collected" in said and " 0 unmatched" in said
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
    assert " 3 unmatched" in said
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


def test_an_unpacked_download_is_as_good_as_a_zip_file(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada Lovelace", 1, (NAME, GOOD)))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "download")
    assert " 1 collected" in collect(course, tmp_path / "download")
    assert " 1 unchanged" in collect(course, path)


def test_a_folder_around_everything_is_ignored(course, tmp_path):
    files = {f"submissions/{name}": content for name, content in moodle_folder("Ada L", 1, (NAME, GOOD)).items()}
    assert "Moodle's format, 1 submission " in collect(course, write_zip(tmp_path, files))


def test_folders_named_after_students(course, tmp_path):
    folder = tmp_path / "scripts"
    for student, inside, time in [("ada", "", None), ("bob", LESSON, "2025-11-03 14:05:09 UTC"), ("cem", OTHER, None)]:
        path = folder / student / inside
        path.mkdir(parents=True)
        (path / "my.ipynb").write_bytes(GOOD)
        if time:
            (path / "timestamp.txt").write_text(time)
    (folder / "grades.xlsx").write_bytes(b"PK")
    said = collect(course, folder, code=REVIEW_NEEDED)
    assert "folders named after students, 2 submissions" in said
    assert "belong to no submission, and were left out: grades.xlsx" in said
    assert set(submitted(course, "ada")) == {NAME}
    assert set(submitted(course, "bob")) == {NAME, "timestamp.txt"}
    assert read_collected(course, LESSON)["bob"].moment == datetime(2025, 11, 3, 14, 5, 9, tzinfo=UTC)
    before = everything(course)
    collect(course, folder, code=REVIEW_NEEDED)
    assert everything(course) == before


def test_a_newer_attempt_wins_and_an_older_download_changes_nothing(course, tmp_path):
    def attempt(minute, content):
        head = f"Lesson 3_ada_attempt_2025-11-03-14-{minute:02}-00"
        return write_zip(tmp_path, {f"{head}_{NAME}": content}, f"{minute}.zip")

    middle, newest, oldest = attempt(20, BAD), attempt(30, GOOD), attempt(10, filled(RELEASED, {}))
    collect(course, middle)
    assert " 1 collected 0 unchanged 1 superseded" in collect(course, newest)
    assert answers_in(submitted(course, "ada")[NAME]) == answers_in(GOOD)
    assert " 0 collected 1 unchanged 1 superseded" in collect(course, oldest)
    assert answers_in(submitted(course, "ada")[NAME]) == answers_in(GOOD)
    # The clock of the platform is an hour ahead.
    assert earlier(course, "ada") == ["2025-11-03-13-10-00", "2025-11-03-13-20-00"]


def test_the_worksheet_of_moodle_decides_what_is_newer(course, tmp_path):
    def downloaded(name, minute, content, modified):
        lines = ["Identifier,Full name,Email address,Status,Last modified (submission)"]
        lines.append(f'Participant 1,Ada Lovelace,a@uni.example,Submitted,"Monday, 3 November 2025, 2:{minute} PM"')
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            info = zipfile.ZipInfo(f"Ada Lovelace_1_assignsubmission_file_/{NAME}", (2025, 11, modified, 0, 0, 0))
            archive.writestr(info, content)
        return tmp_path / f"{name}.zip", "--roster", tmp_path / f"{name}.csv"

    collect(course, *downloaded("first", 10, BAD, 2))
    # Moodle may keep a file that was uploaded before, with its old time.
    collect(course, *downloaded("second", 20, GOOD, 1))
    assert submitted(course, "a@uni.example")[NAME] == GOOD


def test_the_same_notebook_twice_from_one_user_of_canvas_is_a_resubmission(course, tmp_path):
    files = {f"lovelaceada_1001_20_{LESSON}.ipynb": GOOD, f"lovelaceada_LATE_1001_31_{LESSON}-1.ipynb": BAD}
    said = collect(course, write_zip(tmp_path, files | {"lovelaceada_1001_21_data.csv": b"1,2"}))
    assert " 1 collected" in said and " 1 superseded" in said
    assert answers_in(submitted(course, "1001")[NAME]) == answers_in(BAD)
    assert submitted(course, "1001")["data.csv"] == b"1,2"


def test_what_lies_there_already_is_kept(course, tmp_path):
    folder = course / "classroom" / "submitted" / "1" / LESSON
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(BAD)
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD))))
    assert " 1 collected" in said and " 1 superseded" in said
    (label,) = earlier(course, "1")
    assert (course / "classroom" / "earlier" / "1" / LESSON / label / NAME).read_bytes() == BAD


def test_a_submission_that_the_lecturer_mended_stays_mended(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, BAD)))
    collect(course, path)
    (course / "classroom" / "submitted" / "1" / LESSON / NAME).write_bytes(GOOD)
    collect(course, path)
    assert submitted(course, "1")[NAME] == GOOD


def test_a_submission_that_was_deleted_is_collected_again(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    collect(course, path)
    shutil.rmtree(course / "classroom" / "submitted" / "1")
    assert " 1 collected" in collect(course, path)
    assert submitted(course, "1")[NAME] == GOOD


class Interrupted(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize(
    ("module", "function", "state"),
    [(store, "_exchange", BAD), (collection, "write_collected", GOOD), (store.os, "utime", BAD)],
    ids=["before the exchange", "before the record", "while staging"],
)
def test_interrupted_in_the_middle_a_submission_is_the_old_or_the_new_one(
    course, tmp_path, monkeypatch, module, function, state
):
    def attempt(day, content):
        head = f"Lesson 3_ada_attempt_2025-11-{day:02}-14-00-00"
        return write_zip(tmp_path, {f"{head}_{NAME}": content, f"{head}_data.txt": content}, f"{day}.zip")

    collect(course, attempt(3, BAD))

    def interrupt(*_, **__):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(module, function, interrupt)
        with pytest.raises(Interrupted):
            CliRunner().invoke(main, ["collect", LESSON, str(attempt(4, GOOD)), "--course", str(course)])
    files = submitted(course, "ada")
    assert set(files) == {NAME, "data.txt", "timestamp.txt"}
    assert files[NAME] == files["data.txt"] == state
    collect(course, attempt(4, GOOD))
    assert submitted(course, "ada")[NAME] == GOOD
    assert earlier(course, "ada") == ["2025-11-03-13-00-00"]
    assert read_collected(course, LESSON)["ada"].moment == datetime(2025, 11, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize("atomic", [True, False])
def test_folders_are_exchanged(tmp_path, monkeypatch, atomic):
    if not atomic:
        monkeypatch.setattr(store.sys, "platform", "other")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    store._exchange(tmp_path / "one", tmp_path / "other")
    assert os.listdir(tmp_path / "one") == ["other"] and os.listdir(tmp_path / "other") == ["one"]
    assert sorted(os.listdir(tmp_path)) == ["one", "other"]


def test_nothing_leaves_the_submission(course, tmp_path):
    top = "Ada_1_assignsubmission_file_"
    link = zipfile.ZipInfo(f"{top}/link.ipynb")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    path = write_zip(tmp_path, {f"{top}/{NAME}": GOOD, f"{top}/../../../../out.txt": b"x", "/abs.ipynb": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        for name in ["con.txt", "x" * 250 + ".txt", "a\x1b[2J.txt", "..", "ÄPFEL.txt", "äpfel.txt"]:
            archive.writestr(f"{top}/{name}", name)
    around = set(os.listdir(tmp_path)) | set(os.listdir(course))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert "its path leads out of the zip file" in said
    assert "link.ipynb was refused: it is a link" in said
    assert "belong to no submission, and were left out: abs.ipynb" in said
    assert "\x1b" not in said
    names = set(submitted(course, "1"))
    assert {NAME, "_con.txt", "a_[2J.txt", "ÄPFEL.txt", "äpfel-2.txt"} < names
    assert len(names) == 6 and max(len(name.encode()) for name in names) <= 200
    assert set(os.listdir(tmp_path)) | set(os.listdir(course)) == around


def test_too_many_files_leave_the_notebook(course, tmp_path):
    files = [(f"modules/{number}.js", b"") for number in range(10_000)]
    path = write_zip(tmp_path, moodle_folder("Ada", 1, *files, (NAME, GOOD)))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert MAX_FILES < 10_000
    assert "10,001 files were handed in, of which only notebooks were collected (1)" in said
    assert set(submitted(course, "1")) == {NAME}


def test_too_large_files_cost_themselves_only(course, tmp_path):
    huge = bytes(40 * 2**20)
    files = [("huge.bin", huge), ("bomb.zip", zipped({"bomb": huge})), (NAME, GOOD)]
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)), code=REVIEW_NEEDED)
    assert "huge.bin is larger than allowed" in said
    assert set(submitted(course, "1")) == {NAME, "bomb.zip"}


def test_zip_files_that_were_handed_in_are_unpacked_once(course, tmp_path):
    inner = zipped({"deep.zip": zipped({NAME: GOOD}), "../out.ipynb": GOOD})
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, ("a.zip", inner))), code=REVIEW_NEEDED)
    assert "../out.ipynb was refused" in said and " 1 unreadable" in said
    assert set(submitted(course, "1")) == {"a.zip", "deep.zip"}


def test_a_file_that_cannot_be_read_leaves_a_submission_that_grade_can_speak_of(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # says that the file is encrypted
    path.write_bytes(content)
    said = collect(course, path, code=REVIEW_NEEDED)
    assert f"{NAME} is encrypted" in said and " 1 unreadable" in said
    assert submitted(course, "1") == {}
    before = everything(course)
    collect(course, path, code=REVIEW_NEEDED)
    assert everything(course) == before
    assert (course / "classroom" / "submitted" / "1" / LESSON).is_dir()


def test_the_format_is_the_one_that_fits_most_names(course, tmp_path):
    files = {f"Lesson 3_{user}_attempt_2025-11-03-14-00-00_my_12_34_file.ipynb": GOOD for user in ("ada", "bob")}
    files["Lesson 3_cem_attempt_2025-11-03-14-00-00_a_1_assignsubmission_file_b.ipynb"] = GOOD
    assert "Blackboard's format, 3 submissions" in collect(course, write_zip(tmp_path, files))


def test_a_broken_notebook_beside_another_lessons_is_kept(course, tmp_path, school_class):
    (upload,) = school_class.of("another lesson")[0].uploads
    (other,) = upload.files.values()
    files = [(NAME, GOOD[:100]), ("other.ipynb", other)]
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)), code=REVIEW_NEEDED)
    assert " 1 unreadable" in said and "not valid JSON" in said
    assert set(submitted(course, "1")) == {NAME, "other.ipynb"}


def test_what_lies_beside_the_notebook_stays_beside_it(course, tmp_path):
    files = [("work/my.ipynb", GOOD), ("work/data/x.csv", b"1"), ("readme.txt", b"2")]
    collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)))
    assert set(submitted(course, "1")) == {NAME, "data/x.csv", "readme.txt"}


def test_late_is_also_what_came_after_the_due_date_in_the_gradebook(course, tmp_path, school_class):
    download = WRITERS["blackboard"](tmp_path, school_class, 2)
    collect(course, download.zip, "--roster", download.roster, code=REVIEW_NEEDED)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=timestamp_text(DUE))
    assert " 3 late: " in collect(course, download.zip, code=REVIEW_NEEDED)


def test_names_in_the_gradebook_stay_where_the_roster_knows_none(course, tmp_path):
    path = write_zip(tmp_path, {f"ada/{NAME}": GOOD})
    (course / "classroom" / "roster.csv").write_text("id,first_name,email\nada,Ada,ada@uni.example\n")
    collect(course, path)
    assert students_in_gradebook(course)["ada"] == ("Ada", None, "ada@uni.example", None)
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        database.execute("update student set last_name = 'Lovelace', first_name = 'A.'")
    collect(course, path)
    assert students_in_gradebook(course)["ada"][:2] == ("Ada", "Lovelace")


def test_whoever_is_not_in_a_roster_is_unmatched_until_a_line_is_added(course, tmp_path):
    roster = course / "classroom" / "roster.csv"
    roster.write_text("id,first_name,last_name,email\ns1,Bob,Boole,b@uni.example\n")
    path = write_zip(tmp_path, moodle_folder("Ada Lovelace", 1, (NAME, GOOD)))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert " 1 unmatched" in said and " 1 absent: Bob Boole (s1)" in said
    assert not (course / "classroom" / "submitted").exists()
    roster.write_text(roster.read_text() + "s2,Ada,Lovelace,a@uni.example\n")
    collect(course, path)
    assert NAME in submitted(course, "s2")
    with roster.open() as file:
        assert {row["id"]: row["moodle_id"] for row in csv.DictReader(file)} == {"s1": "", "s2": "1"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["download.zip", "--from", "canvas"], "no file in it is named as in Canvas's format"),
        (["other.zip"], "it is no download of Moodle, Canvas or Blackboard"),
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
