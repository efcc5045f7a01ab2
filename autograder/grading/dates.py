"""Read and write dates in the course's time zone. The gradebook keeps them in UTC, without a zone."""

from datetime import UTC, datetime, time

_LAST_SECOND = time(23, 59, 59)
HOW_TO_WRITE = "Write it like 2026-11-30, or like 2026-11-30 18:00."


def read_moment(text, zone):
    """Read a date, with or without a time, that somebody wrote.

    Parameters
    ----------
    text : str
        Year, month and day, as in ``2026-11-30 18:00``. A date alone means the end of that day.
    zone : datetime.tzinfo
        Its time zone, unless it names one itself.

    Returns
    -------
    datetime.datetime
        In UTC, without a time zone.

    Raises
    ------
    ValueError
        If it isn't such a date.
    """
    text = text.strip()
    moment = datetime.fromisoformat(text)
    if len(text) <= len("2026-11-30"):
        moment = datetime.combine(moment, _LAST_SECOND)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def in_words(moment, zone):
    """Return a moment as in ``Monday, 30 November 2026, 18:00 CET``.

    Parameters
    ----------
    moment : datetime.datetime
        In UTC, without a time zone.
    zone : datetime.tzinfo
        The time zone to show it in.

    Returns
    -------
    str
    """
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} {local:%Z}".rstrip()
