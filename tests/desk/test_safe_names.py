"""Names that every file system accepts."""

import unicodedata
from pathlib import PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.desk.safe_names import Paths, is_bookkeeping, leads_out, safe_id, safe_name

# Characters that make trouble, and any others: letters with accents, controls, lone surrogates left out by hypothesis.
TROUBLE = st.text(
    st.one_of(st.sampled_from('./\\:*?"<>|\x00\x1b\n\u202e\u00a0 ~-aÄ\u0308'), st.characters(codec="utf-8"))
)
RESERVED = ["con", "NUL", "aux.ipynb", "Com1.txt", "lpt9", "PRN.tar.gz", "COM¹"]


def is_portable(name):
    return (
        0 < len(name.encode()) <= 255
        and not set(name) & set('<>:"/\\|?*')
        and name.isprintable()
        and name not in (".", "..")
        and name == name.strip(" ")
        and not name.endswith((".", " "))
        and unicodedata.is_normalized("NFC", name)
        and not PureWindowsPath(name).is_reserved()
    )


@settings(max_examples=100, deadline=None)
@given(TROUBLE | st.sampled_from(RESERVED) | st.text(min_size=200, max_size=400))
def test_a_safe_name_is_portable_and_stays_as_it_is(text):
    name = safe_name(text)
    assert is_portable(name)
    assert safe_name(name) == name


@pytest.mark.parametrize("name", RESERVED)
def test_what_windows_reserves_is_changed(name):
    assert safe_name(name) == f"_{name}"


@pytest.mark.parametrize(
    "name", ["03-delta-recursion.ipynb", "Größe (1).ipynb", "O'Brien.txt", ".hidden", "データ.csv"]
)
def test_ordinary_names_stay(name):
    assert safe_name(name) == name


def test_long_names_keep_their_extension_and_stay_different():
    one, other = safe_name("ü" * 300 + "1.ipynb"), safe_name("ü" * 300 + "2.ipynb")
    assert one != other
    assert one.endswith(".ipynb") and other.endswith(".ipynb")


@settings(max_examples=100, deadline=None)
@given(st.lists(TROUBLE | st.sampled_from(["a", "A/b", "a/B/c", "a-2", "a/b/c/d"]), max_size=6))
def test_files_of_any_paths_can_all_be_written(tmp_path_factory, paths):
    folder, known = tmp_path_factory.mktemp("files"), Paths(["timestamp.txt"])
    for number, path in enumerate(["timestamp.txt/a", *paths]):
        name = known.add(path.replace("..", "."))
        assert all(map(is_portable, name.split("/")))
        # As on a file system where case doesn't matter.
        (folder / name.casefold()).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name.casefold()).open("x") as file:
            file.write(str(number))
    assert not (folder / "timestamp.txt").exists()


def test_long_paths_are_shortened():
    name = Paths().add("/".join(["folder" * 10] * 30) + "/x.ipynb")
    assert "/" not in name and name.endswith(".ipynb") and len(name.encode()) <= 200


@settings(max_examples=100, deadline=None)
@given(TROUBLE)
def test_ids_are_folder_names_that_no_program_takes_for_an_option(text):
    identity = safe_id(text)
    assert is_portable(identity)
    assert not identity.startswith(("-", "."))


@pytest.mark.parametrize(
    ("path", "out"),
    [
        ("a/b.ipynb", False),
        ("a/..b/c..ipynb", False),
        ("/etc/passwd", True),
        ("a/../../b", True),
        ("..\\b", True),
        ("C:\\b", True),
        ("\\\\server\\share", True),
    ],
)
def test_paths_that_lead_out(path, out):
    assert leads_out(path) == out


def test_what_systems_leave_behind():
    left = [
        "__MACOSX/a/._b.ipynb",
        "a/.DS_Store",
        "Thumbs.db",
        "a/.ipynb_checkpoints/b-checkpoint.ipynb",
        "a/._b.ipynb",
    ]
    assert all(map(is_bookkeeping, left))
    assert not is_bookkeeping("a/b.ipynb")
