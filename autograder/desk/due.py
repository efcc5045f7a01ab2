"""The command ``autograder due``: when the lessons are due, which nbgrader's gradebook keeps."""

import sys
from datetime import UTC, datetime
from pathlib import PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import import_quickly
from autograder.grading.exit_codes import DONE


@click.command("due", short_help="Set or show when lessons are due.")
@click.argument("lesson", required=False)
@click.argument("date", nargs=-1, metavar="[DATE [TIME]]")
@click.option("--timezone", metavar="ZONE", help="Time zone of DATE, such as Europe/Berlin. [default: c.Desk.timezone]")
@click.option("--remove", is_flag=True, help="Remove the due date: work for LESSON is never late.")
@course_option
def command(lesson, date, timezone, remove, course):
    """Set the due date of LESSON to DATE, or show when lessons are due.

    Write DATE as year-month-day, and perhaps a time: 2026-11-20 18:00. Without a time, it's the end of that day.
    Without DATE, the command shows the due date of LESSON, and without LESSON those of all lessons. You can move a due
    date at any time. Penalties for lateness follow when you next run autograder grade, feedback or export.

    Exit codes: 0 done, 1 nothing was changed, 2 wrong usage.
    """
    if remove and (date or not lesson):
        raise click.UsageError("--remove needs a lesson and takes no date.")
    date = " ".join(date)
    import_quickly("autograder.grading.opening")
    from autograder.grading.opening import GradingError

    try:
        for line in _run(lesson and PurePath(lesson).name, date, timezone, remove, course):
            click.echo(line)
    except GradingError as error:
        fail(str(error))
    sys.exit(DONE)


def _run(lesson, date, timezone, remove, folder):
    """Do what was asked for, and yield what to print."""
    from autograder.grading.due_dates import read_due_dates, set_due_date
    from autograder.grading.opening import course_directory, find_source, lessons_of, load_config
    from autograder.grading.settings import Desk

    config = load_config(folder)
    directory = course_directory(config, folder)
    zone = _zone(Desk, config, timezone)
    if lesson:
        find_source(directory, lesson)
    if date or remove:
        set_due_date(directory, lesson, _moment(date, zone) if date else None)
    dates, lessons = read_due_dates(directory), lessons_of(directory)
    shown = [lesson] if lesson else sorted({*lessons, *dates})
    width = max(map(len, shown), default=0)
    for name in shown:
        yield f"{name:{width}}  {_told(dates.get(name), zone)}"
    for name in sorted(set(dates) - set(lessons)) if not lesson else ():
        yield (
            f"There is no lesson {name} in {directory.source_directory}/. If its name was misspelt, remove it with "
            f"`nbgrader db assignment remove {name}`."
        )


def _zone(settings, config, name):
    """Return the time zone in which dates are written and shown."""
    from traitlets import TraitError

    from autograder.grading.opening import GradingError, invalid_setting

    try:
        return settings(config=config, **({"timezone": name} if name else {})).zone()
    except TraitError as error:
        if name:
            raise GradingError(f"{name} is not a time zone. Write it like Europe/Berlin or UTC.") from None
        raise invalid_setting(error) from None


def _moment(text, zone):
    from autograder.grading.dates import HOW_TO_WRITE, read_moment
    from autograder.grading.opening import GradingError

    try:
        return read_moment(text, zone)
    except ValueError:
        raise GradingError(f"{text} is not a date. {HOW_TO_WRITE}") from None


def _told(moment, zone):
    from autograder.grading.dates import in_words

    if moment is None:
        return "no due date"
    past = " (in the past)" if moment < datetime.now(UTC).replace(tzinfo=None) else ""
    return f"due {in_words(moment, zone)}{past}"
