"""Names that are safe on every file system, made from whatever a student or a platform called a file."""

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

# A file name may have 255 bytes; this leaves room for what is added to it.
_MAX_BYTES, _MAX_EXTENSION = 200, 20
_MAX_PATH, _MAX_ID = 800, 100
_FORBIDDEN = set('<>:"|?*/\\')
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE | re.DOTALL)
_BOOKKEEPING = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", ".git"}


def is_bookkeeping(path):
    """Whether a file is one that systems and tools leave behind, such as ``__MACOSX/._x`` or ``.DS_Store``."""
    parts = PurePosixPath(path).parts
    return any(part.casefold() in _BOOKKEEPING or part.startswith("._") for part in parts)


def leads_out(path):
    """Whether a path in an archive is absolute, or climbs out of the archive."""
    path = path.replace("\\", "/")
    return path.startswith("/") or bool(re.match("[A-Za-z]:", path)) or ".." in path.split("/")


def safe_name(text):
    """Return a name for a file or folder that every file system accepts; a name that is safe stays as it is.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        In composed form (NFC), so that the same name always consists of the same bytes.
    """
    text = unicodedata.normalize("NFC", text)
    name = "".join(character if _is_allowed(character) else "_" for character in text).strip(" ").rstrip(" .")
    if not name or _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name if len(name.encode()) <= _MAX_BYTES else _shortened(name)


def _is_allowed(character):
    return character.isprintable() and character not in _FORBIDDEN


def _shortened(name):
    """Cut a name, keep its extension, and tell it from other names that start alike."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > _MAX_EXTENSION:
        stem, dot, extension = name, "", ""
    mark = f"~{hashlib.sha256(name.encode()).hexdigest()[:8]}{dot}{extension}"
    return unicodedata.normalize("NFC", _cut(stem, _MAX_BYTES - len(mark.encode())) + mark)


def _cut(text, most):
    return text.encode()[:most].decode(errors="ignore")


class Paths:
    """Relative paths in one folder, safe and different from each other even where case doesn't matter.

    Parameters
    ----------
    reserved : iterable of str
        Paths that are in use.
    """

    def __init__(self, reserved=()):
        self._files, self._folders = set(), set()
        for path in reserved:
            self._note(path)

    def add(self, path):
        """Return the safe form of a path, numbered if it is taken.

        Parameters
        ----------
        path : str
            With ``/`` between its parts; it must not lead out, see :func:`leads_out`.

        Returns
        -------
        str
        """
        parts = [safe_name(part) for part in path.replace("\\", "/").split("/") if part not in ("", ".")] or ["_"]
        if sum(len(part.encode()) + 1 for part in parts) > _MAX_PATH or self._is_within_a_file(parts):
            parts = [safe_name("-".join(parts))]
        name, number = "/".join(parts), 2
        while name.casefold() in self._files or name.casefold() in self._folders:
            last = PurePosixPath(parts[-1])
            name = "/".join([*parts[:-1], safe_name(f"{_cut(last.stem, 150)}-{number}{last.suffix}")])
            number += 1
        self._note(name)
        return name

    def _is_within_a_file(self, parts):
        return any("/".join(parts[:end]).casefold() in self._files for end in range(1, len(parts)))

    def _note(self, path):
        parts = path.casefold().split("/")
        self._files.add("/".join(parts))
        self._folders.update("/".join(parts[:end]) for end in range(1, len(parts)))


def safe_id(text):
    """Return an id for a student that can be the name of a folder: letters, digits, ``.``, ``_``, ``@`` and ``-``."""
    text = unicodedata.normalize("NFC", text).strip()
    name = _cut(re.sub(r"[^\w.@-]+", "-", text), _MAX_ID).strip("-.")
    return safe_name(name) if name else "_"
