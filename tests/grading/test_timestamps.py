"""When a submission was submitted, and what is reported about a timestamp that does not say so."""

import os

import nbformat
import pytest

from autograder.grading.timestamps import read_timestamp
from tests.grading.conftest import FULL, copy_of, grade, hand_in, rows, scores, solved


def _as_folder(path):
    path.mkdir()
    (path / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")


def _as_link(path):
    (path.parent / "there.txt").write_text("2026-03-01 12:00:00 UTC")
    path.symlink_to("there.txt")


def _as_zone(path):
    path.write_text("2026-03-01 12:00:00 XYZ")


USELESS = {
    "folder": (_as_folder, "is not a file"),
    "empty-folder": (lambda path: path.mkdir(), "is not a file"),
    "pipe": (os.mkfifo, "is not a file"),
    "link": (_as_link, "is a link"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "is a link"),
    "empty": (lambda path: path.write_text(" \n"), "is empty"),
    "huge": (lambda path: path.write_text("1" * 2**24), "is too long"),
    "binary": (lambda path: path.write_bytes(bytes(range(128, 256))), "cannot be read"),
    "words": (lambda path: path.write_text("yesterday"), "does not contain a valid time"),
    "beyond-dates": (lambda path: path.write_text("9999-12-31 23:59:59 -1200"), "does not contain a valid time"),
    "large-number": (lambda path: path.write_text("9" * 100), "does not contain a valid time"),
    "day": (lambda path: path.write_text("12"), "does not contain a complete date"),
    "time-only": (lambda path: path.write_text("12:30"), "does not contain a complete date"),
}
DOUBTFUL = {
    "future": (lambda path: path.write_text("3026-03-01 12:00:00 UTC"), "is in the future"),
    "zone": (_as_zone, "The time zone in timestamp.txt is unknown"),
    "zone-within": (lambda path: path.write_text("Fri Nov 27 23:30:00 CET 2026"), "The time zone in timestamp.txt"),
    "day-or-month": (lambda path: path.write_text("05.11.2026 10:00"), "was read as 11 May 2026"),
}


@pytest.mark.parametrize("kind", USELESS)
def test_a_timestamp_that_is_none_is_said(kind, tmp_path):
    make, why = USELESS[kind]
    make(tmp_path / "timestamp.txt")
    timestamp, said = read_timestamp(tmp_path)
    assert timestamp is None and why in said and "as if it were on time" in said


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-01 12:00:00 UTC", "2026-03-01 12:00:00.123456 CET", "2026-03-01T12:00:00+01:00"),
        *("2026-03-01 12:00:00 +0100", "2026-03-01 12:00:00", "March 1, 2026 12:00\n"),
        *("2026-03-05 12:00:00 Europe/Berlin", "13.03.2026 10:00"),
    ],
)
def test_a_timestamp_that_is_one_is_taken(text, tmp_path):
    assert read_timestamp(tmp_path) == (None, "")
    (tmp_path / "timestamp.txt").write_text(text)
    assert read_timestamp(tmp_path) == (text.strip(), "")


def test_a_timestamp_that_is_none_costs_nothing_and_is_looked_at(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    cases = USELESS | DOUBTFUL
    for student, (make, _) in cases.items():
        make(hand_in(course, student, nbformat.writes(solved(released))) / "timestamp.txt")
    lines = {line.split()[0]: line for line in grade(course, code=3).splitlines() if line.split()}
    for student, (_, why) in cases.items():
        assert why in lines[student]
        assert scores(course, student) == FULL
    stamps = dict(rows(course)["submissions"])
    assert {student: stamps[student] for student in USELESS} == dict.fromkeys(USELESS)
    assert stamps["future"].startswith("3026-03-01") and stamps["zone"].startswith("2026-03-01 12:00")
    assert "0 graded 17 need a look 0 unchanged" in " ".join(grade(course, code=3).split())
