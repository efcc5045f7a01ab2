"""The record of a complaint as one page, for the lecturer's eyes only."""

from datetime import UTC
from functools import cache

import jinja2
from markupsafe import Markup


def make_page(record):
    """Write a record as HTML.

    Parameters
    ----------
    record : autograder.desk.complaint.gather.Record

    Returns
    -------
    str
    """
    attempts = [
        {
            "handed_in": _moment(handed_in, record.zone),
            "graded": _moment(graded, record.zone),
            "points": f"{points:.3g}",
        }
        for handed_in, graded, points in record.attempts
    ]
    return _template().render(record=record, attempts=attempts, markup=Markup, number="{:.3g}".format)


@cache
def _template():
    loader = jinja2.PackageLoader("autograder.desk")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("complaint.html")


def _moment(moment, zone):
    if moment is None:
        return "at a time that isn't known"
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} {local:%Z}"
