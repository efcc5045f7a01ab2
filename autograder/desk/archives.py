"""Read zip files and folders from outside: every member is bounded, and none may lead out of its archive."""

import contextlib
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.desk.safe_names import is_bookkeeping, leads_out
from autograder.grading.files import printable

# A class of a thousand students with a hundred files each.
MAX_MEMBERS = 100_000
MAX_DEPTH = 30
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
# The header ID of Info-ZIP's extra field with a name in UTF-8.
_UNICODE_PATH = 0x7075
_CENTRAL_ENTRY = b"PK\x01\x02"
# The others are unpacked all at once: a kilobyte can take gigabytes of memory, whatever size it claims to have.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MAX_SHOWN = 100


class ArchiveError(Exception):
    """An archive cannot be read at all; the message says what to do."""


class MemberError(Exception):
    """One file of an archive cannot be read; the message says why.

    Attributes
    ----------
    unpacked : int
        How many bytes of it were unpacked in vain.
    """

    def __init__(self, message, unpacked=0):
        super().__init__(message)
        self.unpacked = unpacked


@dataclass(frozen=True)
class Member:
    """One file in an archive or a folder.

    Attributes
    ----------
    name : str
        Its path, with ``/`` between the parts, in composed form (NFC).
    size : int
        In bytes, as the archive states it.
    modified : datetime.datetime
        In the archive's own time zone, which isn't known.
    opened : callable
        Returns the file, opened for reading bytes.
    problem : str
        Why it must not be read, or empty.
    """

    name: str
    size: int
    modified: datetime
    opened: Callable
    problem: str = ""

    def read(self, max_bytes):
        """Return the content.

        Parameters
        ----------
        max_bytes : int
            A larger file is refused, whatever size the archive states.

        Raises
        ------
        MemberError
            If it is refused or damaged.
        """
        if self.problem:
            raise MemberError(f"{self.printable_name} {self.problem}")
        too_large = f"{self.printable_name} is larger than allowed ({max_bytes:,} bytes are left for it)"
        if self.size > max_bytes:
            raise MemberError(too_large)
        try:
            with self.opened() as file:
                content = file.read(max_bytes + 1)
        except Exception:  # as in open_archive
            problem = f"{self.printable_name} is damaged, or packed in a way that cannot be read"
            raise MemberError(problem, self.size) from None
        if len(content) > max_bytes:
            raise MemberError(too_large, max_bytes)
        return content

    @property
    def printable_name(self):
        """The name, or its beginning, fit for a terminal."""
        name = printable(self.name)
        return name if len(name) <= _MAX_SHOWN else f"{name[:_MAX_SHOWN]}…"


@contextlib.contextmanager
def open_archive(path):
    """Open a zip file or a folder.

    Parameters
    ----------
    path : pathlib.Path
        Of either.

    Yields
    ------
    list of Member
        Its files in order, without those that systems leave behind, such as ``.DS_Store``.

    Raises
    ------
    ArchiveError
        If it is neither, damaged, or holds too many files.
    """
    if path.is_dir():
        yield _bounded(path.name, _members_of_folder(path))
        return
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ArchiveError(f"There is no file or folder {path}. Check the path.") from None
    except PermissionError:
        raise  # its message names the file
    except Exception:  # what zipfile raises for a damaged file isn't documented
        raise ArchiveError(
            f"{path} is not a zip file, or it is damaged. Download it again, or unpack it yourself and name the folder."
        ) from None
    with archive:
        yield _bounded(path.name, _members_of_zip(archive))


def open_zip_within(content, file):
    """Open a zip file that was found in an archive.

    Parameters
    ----------
    content : bytes
        Of the zip file.
    file : io.BytesIO
        The same, opened.

    Returns
    -------
    list of Member

    Raises
    ------
    ArchiveError
        If it cannot be read, or holds too many files.
    """
    if content.count(_CENTRAL_ENTRY) > MAX_MEMBERS:  # before zipfile reads them all into memory
        raise ArchiveError(f"holds more than {MAX_MEMBERS:,} files")
    try:
        return _bounded("it", _members_of_zip(zipfile.ZipFile(file)))
    except ArchiveError:
        raise
    except Exception:  # as in open_archive
        raise ArchiveError("is not a zip file, or damaged") from None


def _bounded(name, members):
    found = []
    for member in members:
        if len(found) == MAX_MEMBERS:
            raise ArchiveError(f"{name} holds more than {MAX_MEMBERS:,} files. Name smaller parts of it.")
        if not is_bookkeeping(member.name):
            found.append(member)
    return found


def _members_of_zip(archive):
    for info in archive.infolist():
        if info.filename.endswith("/"):
            continue
        raw_name = _name_of(info)
        yield Member(
            name=_normalised(raw_name),
            size=info.file_size,
            modified=_moment(info.date_time),
            opened=lambda info=info: archive.open(info),
            problem=_problem_of(info, raw_name),
        )


def _moment(date_time):
    """Return the time of a member; a zip file can hold invalid times, such as day 0 of month 0."""
    with contextlib.suppress(ValueError):
        return datetime(*date_time)
    return datetime(1980, 1, 1)


def _problem_of(info, name):
    kind = stat.S_IFMT(info.external_attr >> 16)
    if leads_out(name):
        return "was refused: its path leads out of the zip file"
    if kind not in (0, stat.S_IFREG):
        return "was refused: it is a link or a special file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return "is packed in an unusual way. Ask for a zip file that was made without special settings"
    return "was refused: it is too deeply nested" if name.count("/") > MAX_DEPTH else ""


def _normalised(name):
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    return unicodedata.normalize("NFC", "/".join(parts))


def _name_of(info):
    """Return the name of a member, whatever encoding the program that packed it used.

    A name is in UTF-8 if the archive says so. Otherwise zipfile reads it as code page 437, as the format specifies, but
    many programs write UTF-8 or the code page of their own system.
    """
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name
    raw = name.encode("cp437")
    stated = _stated_name(info.extra, raw)
    if stated is not None:
        return stated
    for encoding in ("utf-8", "cp437", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            if encoding == "utf-8" or all(map(_is_latin, text)):
                return text
    return name


def _stated_name(extra, raw):
    """Return the name in Info-ZIP's extra field, if there is one that belongs to this name, or None."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if struct.unpack_from("<L", field, 1)[0] == zlib.crc32(raw):
                with contextlib.suppress(UnicodeDecodeError):
                    return field[5:].decode()
    return None


def _is_latin(character):
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN ")


def _members_of_folder(folder):
    """Yield the files of a folder; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        inside = Path(place).relative_to(folder)
        for name in sorted([*files, *(each for each in folders if (Path(place) / each).is_symlink())]):
            path = Path(place) / name
            state = path.lstat()
            shown = _normalised(os.fsencode((inside / name).as_posix()).decode("utf-8", "replace"))
            problem = "" if stat.S_ISREG(state.st_mode) else "was refused: it is a link or a special file"
            if len(inside.parts) > MAX_DEPTH:
                problem = "was refused: it is too deeply nested"
            modified = datetime.fromtimestamp(int(state.st_mtime))
            yield Member(shown, state.st_size, modified, lambda path=path: path.open("rb"), problem)
