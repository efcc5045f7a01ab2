"""Zip files and folders from outside."""

import io
import os
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk import archives
from autograder.desk.archives import ArchiveError, MemberError, open_archive, open_zip_within


def make_zip(path, *members):
    """Write members: pairs of a name or a ZipInfo and the content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


class RawInfo(zipfile.ZipInfo):
    """A member whose name is written as the bytes that are given, without a flag that says how to read them."""

    __slots__ = ("raw",)

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~0x800


def raw_info(raw, extra=b""):
    info = RawInfo("placeholder")
    info.raw, info.extra = raw, extra
    return info


def names_in(path):
    with open_archive(path) as members:
        return [member.name for member in members]


def problems_in(path):
    with open_archive(path) as members:
        return [member.problem for member in members]


NAME = "Jürgen Groß/größe.ipynb"
DECOMPOSED = unicodedata.normalize("NFD", NAME)


def unicode_path(raw, name, crc=None):
    """Info-ZIP's extra field."""
    content = struct.pack("<BL", 1, zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


@pytest.mark.parametrize(
    "info",
    [
        NAME,
        DECOMPOSED,
        raw_info(NAME.encode()),
        raw_info(DECOMPOSED.encode()),
        raw_info(NAME.encode("cp437")),
        raw_info(NAME.encode("cp1252")),
        raw_info(b"J_rgen", unicode_path(b"J\x81rgen", NAME)),
        raw_info(b"J\x81rgen", unicode_path(b"J\x81rgen", NAME)),
    ],
    ids=["flagged", "NFD", "no flag", "no flag, NFD", "cp437", "cp1252", "extra of another name", "extra"],
)
def test_names_are_read_in_whatever_encoding_they_are(tmp_path, info, request):
    expected = "J_rgen" if "another name" in request.node.callspec.id else NAME
    assert names_in(make_zip(tmp_path / "a.zip", (info, b""))) == [expected]


def link(target):
    info = zipfile.ZipInfo("a/link.ipynb")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


@pytest.mark.parametrize(
    "name", ["../out.ipynb", "a/../../out.ipynb", "/etc/cron.d/out", "..\\out.ipynb", "C:/out.ipynb"]
)
def test_paths_that_lead_out_are_refused(tmp_path, name):
    with open_archive(make_zip(tmp_path / "a.zip", (name, b"x"))) as (member,):
        with pytest.raises(MemberError, match="leads out of the zip file"):
            member.read(10)


def test_links_are_refused(tmp_path):
    with open_archive(make_zip(tmp_path / "a.zip", link("/etc/passwd"))) as (member,):
        with pytest.raises(MemberError, match="a link"):
            member.read(100)


def test_links_in_folders_are_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    os.symlink(tmp_path / "outside" / "secret.txt", tmp_path / "folder" / "file.txt")
    os.symlink(tmp_path / "outside", tmp_path / "folder" / "more")
    os.mkfifo(tmp_path / "folder" / "pipe")
    with open_archive(tmp_path / "folder") as members:
        assert [member.name for member in members] == ["file.txt", "more", "pipe"]
        for member in members:
            with pytest.raises(MemberError, match="link or a special file"):
                member.read(100)


def test_encrypted_members_are_told(tmp_path):
    content = bytearray(make_zip(tmp_path / "a.zip", ("a.ipynb", b"x")).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert problems_in(tmp_path / "a.zip") == ["is encrypted"]


def test_a_bomb_is_not_unpacked(tmp_path):
    with open_archive(make_zip(tmp_path / "a.zip", ("bomb", bytes(50_000_000)))) as (member,):
        with pytest.raises(MemberError, match="larger than allowed"):
            member.read(1_000_000)


def test_a_member_that_is_larger_than_it_says_is_not_trusted(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("bomb", bytes(5_000_000)))
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10)))
    with open_archive(path) as (member,):
        assert member.size == 10
        with pytest.raises(MemberError):
            member.read(1_000)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_would_be_unpacked_all_at_once_is_refused(method):
    """A kilobyte of it filled the memory, whatever size the member said that it has."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("a.ipynb", bytes(50_000_000))
        content = file.getvalue().replace(struct.pack("<L", 50_000_000), struct.pack("<L", 10))
    (member,) = open_zip_within(content, io.BytesIO(content))
    tracemalloc.start()
    with pytest.raises(MemberError, match="packed in an unusual way"):
        member.read(1_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def _small_zips():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with io.BytesIO() as file:
            with zipfile.ZipFile(file, "w", method) as archive:
                archive.writestr("a.ipynb", bytes(range(256)) + bytes(100))
                archive.writestr("é/b.txt", b"hello" * 20)
            yield file.getvalue()


_CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4)


@given(st.sampled_from(list(_small_zips())), _CHANGES, st.floats(0.5, 1))
def test_whatever_is_damaged_is_a_problem_of_one_file_or_one_archive(content, changes, share):
    content = bytearray(content[: round(len(content) * share)])
    for place, byte in changes:
        content[int(place * len(content))] = byte
    try:
        members = open_zip_within(bytes(content), io.BytesIO(content))
    except ArchiveError:
        return
    for member in members:
        try:
            assert len(member.read(10_000)) <= 10_000
        except MemberError:
            pass


def test_a_member_without_a_name_harms_nobody(tmp_path):
    content = make_zip(tmp_path / "a.zip", ("a", b"x")).read_bytes()
    nameless = content.replace(b"\x01\x00\x00\x00a", b"\x00\x00\x00\x00")
    start = nameless.index(b"PK\x01\x02")
    nameless = nameless[: start + 28] + bytes(2) + nameless[start + 30 : start + 46] + nameless[start + 47 :]
    end = nameless.index(b"PK\x05\x06")
    nameless = nameless[: end + 12] + struct.pack("<LL", end - start, start) + nameless[end + 20 :]
    (member,) = open_zip_within(nameless, io.BytesIO(nameless))
    assert member.name == ""


def test_damage_costs_one_member(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("one", os.urandom(1000)), ("two", b"2"))
    content = bytearray(path.read_bytes())
    content[200:210] = bytes(10)
    path.write_bytes(content)
    with open_archive(path) as (one, two):
        with pytest.raises(MemberError, match="one is damaged") as caught:
            one.read(2000)
        assert caught.value.unpacked == 1000
        assert two.read(10) == b"2"


def test_what_is_no_archive_is_said(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 cut off")
    for path, said in [("a.zip", "not a zip file, or it is damaged"), ("none.zip", "no file or folder")]:
        with pytest.raises(ArchiveError, match=said), open_archive(tmp_path / path):
            pass


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    path = make_zip(tmp_path / "a.zip", *((f"{number}.txt", b"") for number in range(4)))
    with pytest.raises(ArchiveError, match="more than 3 files"), open_archive(path):
        pass
    content = path.read_bytes()
    with pytest.raises(ArchiveError, match="more than 3 files"):
        open_zip_within(content, io.BytesIO(content))


def test_files_that_systems_leave_behind_are_left_out(tmp_path):
    names = ["__MACOSX/._a.ipynb", ".DS_Store", "a.ipynb", "folder/"]
    assert names_in(make_zip(tmp_path / "a.zip", *((name, b"") for name in names))) == ["a.ipynb"]


def test_a_time_that_is_none_does_no_harm(tmp_path):
    path = make_zip(tmp_path / "a.zip", ("a.ipynb", b""))
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02")
    content[start + 12 : start + 16] = bytes(4)
    path.write_bytes(content)
    with open_archive(path) as (member,):
        assert member.modified.year == 1980
