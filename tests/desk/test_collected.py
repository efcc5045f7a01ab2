"""The records of what was collected."""

from datetime import UTC, datetime

import pytest

from autograder.desk.collected import PLACE, Collected, CollectedError, read_collected, write_collected

RECORD = Collected("s1", "moodle", "Jürgen_7_assignsubmission_file_", "7", "2025-11-03T13:05:09+00:00", True, "2", "ab")


def test_a_record_is_read_as_it_was_written(tmp_path):
    write_collected(tmp_path, "03-delta", RECORD)
    write_collected(tmp_path, "03-delta", Collected("a@b.c", "folder", "a@b.c"))
    write_collected(tmp_path, "04-other", RECORD)
    assert read_collected(tmp_path, "03-delta") == {"s1": RECORD, "a@b.c": Collected("a@b.c", "folder", "a@b.c")}
    assert RECORD.moment == datetime(2025, 11, 3, 13, 5, 9, tzinfo=UTC)
    assert Collected("s1", "folder", "s1").moment is None


def test_nothing_was_collected_yet(tmp_path):
    assert read_collected(tmp_path, "03-delta") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"id": 7, "platform": "moodle", "name": ""}',
        '{"id": "s1", "platform": "moodle", "name": "", "time": "noon"}',
        '{"id": "s1", "platform": "moodle", "name": "", "time": "2025-11-03T13:05:09"}',
    ],
)
def test_a_damaged_record_is_said(tmp_path, text):
    write_collected(tmp_path, "03-delta", RECORD)
    (tmp_path / PLACE / "03-delta" / "s1.json").write_text(text)
    with pytest.raises(CollectedError, match=r"s1\.json is damaged\. Delete it"):
        read_collected(tmp_path, "03-delta")
