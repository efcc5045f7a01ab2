"""``autograder collect`` takes each student's newest attempt, keeps the older ones, and leaves nothing half done."""

import os
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.desk import collection, store
from autograder.desk.collected import read_collected
from autograder.desk.store import timestamp_text
from autograder.grading.exit_codes import REVIEW_NEEDED
from tests.desk.classes import DUE, WRITERS, filled
from tests.desk.collecting import (
    BAD,
    GOOD,
    NAME,
    RELEASED,
    answers_in,
    collect,
    earlier,
    moodle_folder,
    submitted,
    write_zip,
)
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
