"""Archives that depend on their contents alone, and files of which there is never half."""

import io
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.archive import write_whole, zipped

NAMES = st.lists(st.text("abcé 1", min_size=1, max_size=8), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=5))
def test_an_archive_holds_what_was_put_in_and_nothing_else(files):
    content = zipped(files)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert {entry.date_time for entry in archive.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
    assert zipped(files) == content


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "new" / "a.zip"
    write_whole(path, b"old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert [each.name for each in path.parent.iterdir()] == ["a.zip"] and path.read_bytes() == b"old"


def test_everybody_may_read_what_was_written(tmp_path):
    write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
