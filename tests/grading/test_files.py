"""What lies beside a notebook that was handed in."""

import os

import pytest

from autograder.grading import files
from autograder.grading.files import digest_of_files, regular_files
from autograder.grading.normalise import Unreadable


@pytest.fixture
def deep(tmp_path):
    """More folders within folders than there are calls within calls; taken away again, as no tool of Python's can."""
    paths = [str(tmp_path / "/".join("d" * depth)) for depth in range(1, 1101)]
    for path in paths:
        os.mkdir(path)
    yield tmp_path
    for path in reversed(paths):
        os.rmdir(path)


def test_folders_within_folders_are_said_to_be_too_deep(deep):
    assert len(digest_of_files(deep)) == 64
    with pytest.raises(Unreadable, match="nested too deeply"):
        regular_files(deep, 1000, ())


def test_many_files_are_said_to_be_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILES", 3)
    for name in "abc":
        (tmp_path / name).touch()
    assert sorted(files.regular_files(tmp_path, 100, ())) == ["a", "b", "c"]
    (tmp_path / "d").touch()
    with pytest.raises(Unreadable, match="More than 3 files"):
        files.regular_files(tmp_path, 100, ())


def test_a_digest_changes_with_names_contents_and_links(tmp_path):
    digests = [digest_of_files(tmp_path)]
    for change in (
        lambda: (tmp_path / "a").write_text("1"),
        lambda: (tmp_path / "a").write_text("2"),
        lambda: (tmp_path / "a").rename(tmp_path / "b"),
        lambda: (tmp_path / "c").symlink_to("b"),
        lambda: os.truncate(tmp_path / "b", 2**40),
    ):
        change()
        digests.append(digest_of_files(tmp_path, max_bytes=1000))
    assert len(set(digests)) == len(digests)


def test_what_cannot_be_read_is_said(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("1")

    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.read_bytes", refused)
    assert len(digest_of_files(tmp_path)) == 64
    with pytest.raises(Unreadable, match=r"submitted file mine\.txt cannot be read"):
        regular_files(tmp_path, 1000, ())
