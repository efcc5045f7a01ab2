"""The ``timestamp.txt`` beside a submission: when it was handed in, or why nobody can tell."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dateutil.parser
import dateutil.tz
from nbgrader.utils import parse_utc

NAME = "timestamp.txt"
_MOST_BYTES = 200
_AHEAD = timedelta(days=1)


def read_timestamp(folder):
    """Read when a submission was handed in.

    Parameters
    ----------
    folder : pathlib.Path
        Of the submission.

    Returns
    -------
    (str or None, str)
        The text of the timestamp, if nbgrader can read a time in it; and what somebody should look at, if anything.
    """
    path = Path(folder) / NAME
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None, ""
    except OSError:
        return _useless("cannot be read")
    if stat.S_ISLNK(state.st_mode):
        return _useless("is a link to another file")
    if not stat.S_ISREG(state.st_mode):
        return _useless("is not a file")
    if state.st_size > _MOST_BYTES:
        return _useless("is too long to be a time")
    try:
        text = path.read_bytes().decode().strip()
    except (OSError, UnicodeDecodeError):
        return _useless("cannot be read")
    if not text:
        return _useless("is empty")
    return _understood(text)


def _understood(text):
    try:
        moment = parse_utc(text)
        # What a text leaves out, the day for one, is taken from today's date, and another one tomorrow.
        days = {dateutil.parser.parse(text, default=datetime(*day), ignoretz=True).date() for day in _TWO_DAYS}
    except (ValueError, OverflowError, TypeError, AttributeError):
        return _useless("does not hold a time that can be read")
    if len(days) > 1:
        return _useless("does not hold a whole date")
    zone = text.split(" ")[2] if len(text.split(" ")) == 3 else ""
    if zone.isalpha() and dateutil.tz.gettz(zone) is None:
        return text, f"The time zone {zone} in its {NAME} is not known; the time was taken for one in UTC."
    if moment > datetime.now(UTC).replace(tzinfo=None) + _AHEAD:
        return text, f"The time in its {NAME}, {text}, lies in the future; it was graded as if that were right."
    return text, ""


_TWO_DAYS = (2000, 1, 1), (2004, 12, 31)


def _useless(why):
    return None, f"Its {NAME} {why}; it was graded as if it were on time."
