"""What the commands of the desk have in common."""

import sys
from pathlib import Path

import click

from autograder.grading.exit_codes import FAILED
from autograder.lesson_names import lesson_called

course_option = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    is_eager=True,  # a lesson's number is looked up in it
    help="The folder of the course, which contains nbgrader_config.py. [default: the current folder]",
)


class LessonName(click.ParamType):
    """The name of a lesson of the course, or its number."""

    name = "lesson"

    def convert(self, value, param, ctx):
        """Return the name for a number; leave anything else to the command, which says what is wrong with it."""
        folder = ctx.params.get("course")
        return (value.isdecimal() and folder and _by_number(value, folder)) or value


def _by_number(number, folder):
    from autograder.grading.opening import GradingError, course_directory, lessons_of, load_config

    try:
        return lesson_called(number, lessons_of(course_directory(load_config(folder), folder)))
    except GradingError:
        return None


def fail(message):
    """Say what went wrong and what to do, and end the command."""
    click.echo(f"✘ {message}", err=True)
    sys.exit(FAILED)
