"""The ``timestamp.txt`` beside a submission, which says when it was submitted."""

import re
import stat
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dateutil.parser
import dateutil.tz
from nbgrader.utils import parse_utc

NAME = "timestamp.txt"
_MAX_BYTES = 200
_YEAR_FIRST = re.compile(r"\d{4}")
_TOLERANCE = timedelta(days=1)
_TWO_DAYS = (2000, 1, 1), (2004, 12, 31)


def read_timestamp(folder):
    """Read when a submission was submitted.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the submission.

    Returns
    -------
    (str or None, str)
        The text of the timestamp if nbgrader can read it, and a reason to review it, which may be empty.
    """
    path = Path(folder) / NAME
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None, ""
    except OSError:
        return _unusable("cannot be read")
    if stat.S_ISLNK(state.st_mode):
        return _unusable("is a link to another file")
    if not stat.S_ISREG(state.st_mode):
        return _unusable("is not a file")
    if state.st_size > _MAX_BYTES:
        return _unusable("is too long to be a time")
    try:
        text = path.read_bytes().decode().strip()
    except (OSError, UnicodeDecodeError):
        return _unusable("cannot be read")
    if not text:
        return _unusable("is empty")
    return _parse(text)


def _parse(text):
    words = text.split(" ")
    # Like nbgrader, which reads the third of three words as the name of a time zone.
    bare, zone = (" ".join(words[:2]), words[2]) if len(words) == 3 else (text, "")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            moment = parse_utc(text)
            # The parser fills in what is missing from a default date. If the default matters, the date is incomplete.
            days = {dateutil.parser.parse(bare, default=datetime(*day), ignoretz=True).date() for day in _TWO_DAYS}
            swapped = dateutil.parser.parse(bare, dayfirst=True, ignoretz=True).date()
    except (ValueError, OverflowError, TypeError, AttributeError):
        return _unusable("does not contain a valid time")
    if len(days) > 1:
        return _unusable("does not contain a complete date")
    if caught or (zone.isalpha() and dateutil.tz.gettz(zone) is None):
        text = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        return text, f"The time zone in {NAME} is unknown, so the time was read as UTC: {text}. Check the time."
    if days != {swapped} and not _YEAR_FIRST.match(bare):
        (day,) = days
        return text, f"The date in {NAME}, {bare}, was read as {day:%d %B %Y}; the day and the month may be swapped."
    if moment > datetime.now(UTC).replace(tzinfo=None) + _TOLERANCE:
        return text, f"The time in {NAME}, {text}, is in the future, but was used as it is. Check the time."
    return text, ""


def _unusable(problem):
    return None, f"{NAME} {problem}, so the submission was graded as if it were on time. Check whether it was late."
