"""What a sandbox leaves behind, and what removes it."""

import os
from pathlib import Path

import pytest

from autograder.sandbox import keeper


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "_temporary_folder", lambda: str(tmp_path))
    return tmp_path


def test_only_directories_that_nobody_holds_are_swept(temporary):
    left, lock = keeper._new_directory()
    held, kept = keeper._new_directory()
    (temporary / "autograder-sandbox-linked").symlink_to("/usr/share")
    (temporary / "another").mkdir()
    os.close(lock)
    keeper._sweep()
    assert sorted(path.name for path in temporary.iterdir()) == sorted(
        [Path(held).name, "another", "autograder-sandbox-linked"]
    )
    assert Path("/usr/share").exists() and not Path(left).exists()
    os.close(kept)


def test_a_directory_goes_however_it_is_nested_and_closed_off(temporary):
    home, lock = keeper._new_directory()
    os.close(lock)
    here = os.open(home, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    closed = Path(home, "closed")
    (closed / "inner").mkdir(parents=True)
    (closed / "inner").chmod(0)
    closed.chmod(0)
    Path(home, "link").symlink_to("/usr/share")
    keeper._remove(home)
    assert not os.path.exists(home) and os.path.exists("/usr/share")
