"""The files of a submission: reading them within limits, digesting them, and choosing those a sandbox gets."""

import base64
import hashlib
import os
import stat
from pathlib import Path

from autograder.grading import advice
from autograder.grading.normalise import Unreadable

# Nobody needs folders nested more deeply than this, and programs that walk through them may fail.
_MAX_DEPTH = 40
# Files, empty ones too: each is copied, and takes memory in the directory of its sandbox.
MAX_FILES = 10_000
# Stands in a digest for a file or folder that cannot be read.
_UNREADABLE = b"unreadable"
# Files that a sandbox does not get. It searches its own directory last, so modules cannot replace installed ones.
_KEPT_OUT = (".ipynb", ".pyc", ".so")


def _walk(folder):
    """Yield name, path and lstat of everything below a folder; None for both if a folder cannot be listed."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(folder, inside)), key=lambda entry: entry.name, reverse=True)
        except OSError:
            yield inside, None, None
            continue
        for entry in entries:
            name = os.path.join(inside, entry.name)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            yield name, entry.path, entry.stat(follow_symlinks=False)


def digest(parts):
    """Return a digest of some bytes objects in order, including where each one ends."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def digest_of_files(folder, max_bytes=None, without=()):
    """Return a digest of the names and contents of all files below a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files are.
    max_bytes : int, optional
        Larger files are not read: their size and modification time stand for the content.
    without : collection of str
        Names of files to leave out.

    Returns
    -------
    str
    """
    return digest(_names_and_contents(folder, max_bytes, without))


def _names_and_contents(folder, max_bytes, without):
    for name, path, state in sorted(_walk(folder), key=lambda each: each[0]):
        if name in without:
            continue
        if state is None:
            yield from (os.fsencode(name), _UNREADABLE)
        elif stat.S_ISLNK(state.st_mode):
            yield from (os.fsencode(name), os.fsencode(os.readlink(path)))
        elif stat.S_ISREG(state.st_mode):
            large = max_bytes is not None and state.st_size > max_bytes
            content = repr((state.st_size, state.st_mtime_ns)).encode() if large else _content(path)
            yield from (os.fsencode(name), content)


def _content(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return _UNREADABLE


def regular_files(folder, max_bytes, notebooks=()):
    """Read the regular files below a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the files are.
    max_bytes : int
        The limit for all of them together.
    notebooks : iterable of str
        Names that must not be links. Other links are ignored.

    Returns
    -------
    dict of str to bytes
        By name.

    Raises
    ------
    Unreadable
        If the files are too large, too deeply nested, or cannot be read.
    """
    contents, room = {}, max_bytes
    for name, path, state in _walk(folder):
        if state is None:
            raise Unreadable(f"The submitted folder {printable(name)} cannot be read. Check its permissions.")
        if name.count(os.sep) > _MAX_DEPTH:
            raise Unreadable(f"The submitted folders are nested too deeply. {advice.ALONE}")
        if stat.S_ISLNK(state.st_mode) and name in notebooks:
            raise Unreadable(f"The notebook is a link to another file. {advice.NO_LINK}")
        if not stat.S_ISREG(state.st_mode):
            continue
        room -= state.st_size
        if len(contents) == MAX_FILES:
            raise Unreadable(
                f"More than {MAX_FILES:,} files were submitted. Submit only those that the notebook needs."
            )
        if room < 0:
            raise Unreadable(
                f"The submitted files are larger than allowed ({max_bytes:,} bytes in all). Submit only what is needed."
            )
        try:
            contents[name] = Path(path).read_bytes()
        except OSError:
            raise Unreadable(f"The submitted file {printable(name)} cannot be read. Check its permissions.") from None
    return contents


def printable(text):
    """Replace everything in a text that a terminal would act on, or that cannot be written to a file."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def for_sandbox(contents):
    """Return those of a submission's files that its sandbox gets, by name, in base 64."""
    return {
        name: base64.b64encode(content).decode("ascii")
        for name, content in contents.items()
        if not name.endswith(_KEPT_OUT) and os.path.basename(name) != "timestamp.txt"
    }
