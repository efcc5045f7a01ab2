"""``autograder collect``: what a class handed in, from a platform's download to ``classroom/submitted/``."""

import sys
from pathlib import Path

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.exit_codes import DONE, FAILED, REVIEW_NEEDED


@click.command(short_help="Collect what a class handed in.")
@click.argument("lesson")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--from",
    "platform",
    type=click.Choice(["moodle", "canvas", "blackboard", "folder"]),
    help="Where the files come from. [default: recognized by their names]",
)
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of your students: one that the platform exports, or a CSV file with the columns id, first_name, "
    "last_name and email.",
)
@course_option
def command(lesson, paths, platform, roster, course):
    """Collect what a class handed in for LESSON from zip files or folders.

    PATH is a file that you downloaded from Moodle, Canvas or Blackboard, or a folder with a folder for each student in
    it. A student's newest attempt goes to classroom/submitted, and older ones go to classroom/earlier. Collecting the
    same files twice does no harm.

    Exit codes: 0 everything collected, 1 nothing collected, 2 wrong usage, 3 collected, but something needs a look.
    """
    from autograder.desk.archives import ArchiveError
    from autograder.desk.collected import CollectedError
    from autograder.desk.collection import Collection
    from autograder.desk.downloads import UnknownDownload
    from autograder.desk.roster import RosterError
    from autograder.grading.files import printable
    from autograder.grading.opening import GradingError
    from autograder.grading.records import Busy

    try:
        with Collection(lesson, course) as collection:
            for message in collection.read(paths, platform, roster):
                click.echo(printable(message))
            report = collection.store()
    except Busy:
        fail(f"Another process is collecting or grading {lesson}. Run the command again when it has finished.")
    except (ArchiveError, CollectedError, GradingError, RosterError, UnknownDownload) as error:
        fail(str(error))
    for line in report.lines():
        click.echo(printable(line))
    if report.unmatched and not (report.collected or report.unchanged):
        sys.exit(FAILED)
    sys.exit(REVIEW_NEEDED if report.reasons or report.unmatched else DONE)
