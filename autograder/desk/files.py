"""Writing files whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(path, content):
    """Write a file beside its place first, so that there is never half of it.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is created if there is none.
    content : bytes
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
