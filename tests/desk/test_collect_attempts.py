"""``autograder collect`` takes each student's newest attempt, keeps the older ones, and leaves nothing half done."""

import os
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.desk import collection, store
from autograder.desk.collected import read_collected
from autograder.desk.store import timestamp_text
from autograder.grading.exit_codes import REVIEW_NEEDED
from autograder.grading.timestamps import read_timestamp
from tests.desk.classes import DUE, WRITERS, filled
from tests.desk.collecting import (
    BAD,
    GOOD,
    NAME,
    RELEASED,
    answers_in,
    collect,
    earlier,
    everything,
    moodle_folder,
    submitted,
    write_zip,
)
from tests.desk.conftest import OTHER, other_lesson, release
from tests.desk.graded import desk
from tests.grading.conftest import LESSON


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


def test_late_is_also_what_came_after_the_due_date_in_the_gradebook(course, tmp_path, school_class):
    download = WRITERS["blackboard"](tmp_path, school_class, 2)
    collect(course, download.zip, "--roster", download.roster, code=REVIEW_NEEDED)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=timestamp_text(DUE))
    assert " 3 late: " in collect(course, download.zip, code=REVIEW_NEEDED)


def dated(tmp_path, day, content):
    """A download of Blackboard's with one attempt of Ada's."""
    head = f"Lesson 3_ada_attempt_2025-11-{day:02}-14-00-00"
    return write_zip(tmp_path, {f"{head}_{NAME}": content}, f"{day}.zip")


def test_a_late_attempt_that_replaces_one_on_time_is_listed_and_can_be_undone(course, tmp_path):
    desk(course, "due", LESSON, "2025-11-06")
    collect(course, dated(tmp_path, 3, BAD))
    said = collect(course, dated(tmp_path, 8, GOOD), code=REVIEW_NEEDED)
    assert "This is late, and takes the place of an attempt that was on time." in said
    assert " 1 late: ada" in said
    subprocess.run(re.search("type: (rm .*)", said)[1], shell=True, cwd=course, check=True)
    assert submitted(course, "ada")[NAME] == BAD
    # The same download doesn't take it back, nor does it make the first attempt late.
    assert " 0 late" in collect(course, dated(tmp_path, 8, GOOD))
    assert submitted(course, "ada")[NAME] == BAD
    assert read_timestamp(course / "classroom" / "submitted" / "ada" / LESSON)[0] == "2025-11-03 13:00:00 UTC"
    # A third one does.
    assert "This is late" in collect(course, dated(tmp_path, 9, filled(RELEASED, {})), code=REVIEW_NEEDED)


def test_both_attempts_may_be_in_one_download(course, tmp_path):
    desk(course, "due", LESSON, "2025-11-06")
    files = {f"L_ada_attempt_2025-11-{day}-14-00-00_{NAME}": each for day, each in (("03", BAD), ("08", GOOD))}
    assert "This is late" in collect(course, write_zip(tmp_path, files), code=REVIEW_NEEDED)


@pytest.mark.parametrize("wrong", ["another lesson", "cut off"])
def test_an_attempt_on_time_that_cannot_be_graded_is_not_offered(course, tmp_path, wrong):
    desk(course, "due", LESSON, "2025-11-06")
    first = nbformat.writes(release(other_lesson())).encode() if wrong == "another lesson" else GOOD[:500]
    collect(course, dated(tmp_path, 3, first), code=REVIEW_NEEDED)
    said = collect(course, dated(tmp_path, 8, GOOD))
    assert " 1 late: ada" in said and "rm -r" not in said
    # The right one that came before that is.
    desk(course, "due", LESSON, "2025-11-08")
    said = collect(course, dated(tmp_path, 10, BAD), code=REVIEW_NEEDED)
    assert "cp -r classroom/earlier/ada/03-delta-recursion/2025-11-08-13-00-00" in said


@pytest.mark.parametrize("days", [(7, 8), (3, 5)])
def test_nothing_is_listed_if_both_attempts_are_late_or_neither(course, tmp_path, days):
    desk(course, "due", LESSON, "2025-11-06")
    collect(course, dated(tmp_path, days[0], BAD))
    assert "This is late" not in collect(course, dated(tmp_path, days[1], GOOD))


def test_canvas_only_says_which_attempt_is_late(course, tmp_path):
    first = {f"lovelaceada_1001_20_{NAME}": BAD}
    second = {f"lovelaceada_LATE_1001_31_{LESSON}-1.ipynb": GOOD}
    collect(course, write_zip(tmp_path, first))
    said = collect(course, write_zip(tmp_path, second), code=REVIEW_NEEDED)
    assert "cp -r classroom/earlier/1001/" in said


@pytest.mark.parametrize("order", ["right first", "wrong first"])
@pytest.mark.parametrize(("right", "wrong"), [(3, 8), (8, 3)])
def test_another_lessons_notebook_never_takes_the_place_of_the_right_one(course, tmp_path, right, wrong, order):
    """Whichever was handed in first, and whichever was downloaded first."""
    downloads = {
        "right": dated(tmp_path, right, GOOD),
        "wrong": dated(tmp_path, wrong, nbformat.writes(release(other_lesson())).encode()),
    }
    for which in ("right", "wrong") if order == "right first" else ("wrong", "right"):
        said = collect(course, downloads[which], code=None)
        if which == "wrong":
            assert f"{NAME} is the notebook of {OTHER}. Ask the student for the right one." in said
            assert ("Their other attempt counts" in said) == (order == "right first")
    assert submitted(course, "ada")[NAME] == GOOD
    assert len(earlier(course, "ada")) == 1
    before = everything(course)
    collect(course, downloads["wrong"], code=REVIEW_NEEDED)
    assert everything(course) == before


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
