"""Feedback pages as one zip, with the names by which a platform finds the students."""

import io
import re
import zipfile
from pathlib import PurePosixPath

# The number of the participant, which is all that Moodle reads of a folder's name beside the last two parts.
_MOODLE = re.compile(r"[^_/\\]*_\d+_assignsubmission_file_?")
# The numbers of the user and of the file that was handed in.
_CANVAS = re.compile(r"[^/\\]*_\d+_\d+_[^/\\]*")
# A fixed time, so that the same pages make the same zip file.
_TIME = (1980, 1, 1, 0, 0, 0)


def name_in_zip(platform, submission, lesson):
    """Return what a page has to be called for a platform.

    Parameters
    ----------
    platform : str
        ``"moodle"`` or ``"canvas"``.
    submission : str
        What the platform called the submission in its download.
    lesson : str
        The name of the lesson.

    Returns
    -------
    str or None
        None if that is not the name of a submission there.
    """
    if platform == "moodle" and _MOODLE.fullmatch(submission):
        return f"{submission}/{lesson}.html"
    if platform == "canvas" and _CANVAS.fullmatch(submission):
        return str(PurePosixPath(submission).with_suffix(".html"))
    return None


def make_zip(pages):
    """Return a zip of some files.

    Parameters
    ----------
    pages : dict of str to bytes
        By name.

    Returns
    -------
    bytes
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in pages.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), page, zipfile.ZIP_DEFLATED)
    return content.getvalue()
