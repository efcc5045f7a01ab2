"""What the commands of the desk have in common."""

import sys
from pathlib import Path

import click

from autograder.grading.exit_codes import FAILED

course_option = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The folder of the course, which contains nbgrader_config.py. [default: the current folder]",
)


def fail(message):
    """Say what went wrong and what to do, and end the command."""
    click.echo(f"✘ {message}", err=True)
    sys.exit(FAILED)
