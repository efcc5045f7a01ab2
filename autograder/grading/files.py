"""The files that are handed in with a notebook: which there are, and which of them a sandbox gets."""

import base64
import hashlib
import os
import stat
from pathlib import Path

from autograder.grading.mend import Unreadable

# Folders within folders; deeper ones have no use, and stop what walks through them.
_DEEPEST = 40
# Files, empty ones too: each is copied, and takes memory in the directory of its sandbox.
MOST_FILES = 10_000
# Stands in a digest for what cannot be read.
_UNREADABLE = b"unreadable"
# Nothing that would stand in the place of what is installed: a sandbox looks for modules in its own directory last.
_KEPT_OUT = (".ipynb", ".pyc", ".so")


def _below(folder):
    """Yield the name, the path and the state of all that lies below a folder, in order; of links, that of the link."""
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
    """Return a digest of some bytes objects, and of where one ends and the next begins.

    Parameters
    ----------
    parts : iterable of bytes
        In order.

    Returns
    -------
    str
    """
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def digest_of_files(folder, most_bytes=None, without=()):
    """Return a digest of all files below a folder, their names and contents.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.
    most_bytes : int, optional
        A file that is larger is not read; its size and its time stand for it.
    without : collection of str
        Names that are left out.
    """
    return digest(_named_contents(folder, most_bytes, without))


def _named_contents(folder, most_bytes, without):
    for name, path, state in sorted(_below(folder), key=lambda each: each[0]):
        if name in without:
            continue
        if state is None:
            yield from (os.fsencode(name), _UNREADABLE)
        elif stat.S_ISLNK(state.st_mode):
            yield from (os.fsencode(name), os.fsencode(os.readlink(path)))
        elif stat.S_ISREG(state.st_mode):
            large = most_bytes is not None and state.st_size > most_bytes
            content = repr((state.st_size, state.st_mtime_ns)).encode() if large else _content(path)
            yield from (os.fsencode(name), content)


def _content(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return _UNREADABLE


def regular_files(folder, most_bytes, notebooks):
    """Read the regular files below a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are.
    most_bytes : int
        Of all of them.
    notebooks : iterable of str
        Names of files that may not be links; other links are passed over.

    Returns
    -------
    dict of str to bytes
        By name.

    Raises
    ------
    Unreadable
        If there is too much, or something that cannot be read.
    """
    contents, room = {}, most_bytes
    for name, path, state in _below(folder):
        if state is None:
            raise Unreadable(f"The folder {in_words(name)} that was handed in cannot be read.")
        if name.count(os.sep) > _DEEPEST:
            raise Unreadable("The folders that were handed in are nested too deeply.")
        if stat.S_ISLNK(state.st_mode) and name in notebooks:
            raise Unreadable("The notebook is a link to another file.")
        if not stat.S_ISREG(state.st_mode):
            continue
        room -= state.st_size
        if len(contents) == MOST_FILES:
            raise Unreadable(f"More than {MOST_FILES:,} files were handed in.")
        if room < 0:
            raise Unreadable("The files that were handed in are larger than allowed.")
        try:
            contents[name] = Path(path).read_bytes()
        except OSError:
            raise Unreadable(f"The file {in_words(name)} that was handed in cannot be read.") from None
    return contents


def in_words(name):
    """Return the name of a file so that it can be written anywhere, on a terminal for one.

    Parameters
    ----------
    name : str
        As a student chose it.

    Returns
    -------
    str
    """
    return printable(os.fsencode(name).decode("utf-8", "replace"))


def printable(text):
    """Return a text without what controls a terminal, ends a line, or cannot be written into a file.

    Parameters
    ----------
    text : str
        Parts of which may come from a submission.

    Returns
    -------
    str
    """
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def for_sandbox(contents):
    """Choose what of the files of a submission its sandbox gets.

    Parameters
    ----------
    contents : dict of str to bytes
        By name.

    Returns
    -------
    dict of str to str
        By name, in base 64.
    """
    return {
        name: base64.b64encode(content).decode("ascii")
        for name, content in contents.items()
        if not name.endswith(_KEPT_OUT) and os.path.basename(name) != "timestamp.txt"
    }
