"""Write archives whose bytes depend only on their contents, and write files whole or not at all."""

import io
import os
import tempfile
import zipfile
from pathlib import Path

# The earliest time that a zip file can hold, because the time of packing must not change the bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def zipped(files):
    """Return a zip archive.

    Parameters
    ----------
    files : dict of str to bytes
        By name, with ``/`` between folders.

    Returns
    -------
    bytes
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # a plain file, as Unix describes it
            target.writestr(entry, content)
    return archive.getvalue()


def write_whole(path, content):
    """Write a file so that either all of it is there or what was there before.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if there is none.
    content : bytes
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
