"""Read the TOML files of the exercises."""

import tomllib


class CatalogueError(ValueError):
    """A file of an exercise cannot be used; the message names the file, and the entry and the text if there is one."""


def read(path):
    """Parse a TOML file.

    Raises
    ------
    CatalogueError
        If it cannot be parsed; the message names the file and the place.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}") from None


def read_if_there(path):
    """Parse a TOML file; a file that does not exist is empty."""
    return read(path) if path.exists() else {}
