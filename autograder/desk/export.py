"""The command ``autograder export``: grades in the form that a person or a learning platform takes."""

import gc
import sys
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.exit_codes import DONE, REVIEW_NEEDED

PLACE = Path("classroom") / "export"


@click.command("export", short_help="Export grades to a spreadsheet or a learning platform.")
@click.argument("lessons", nargs=-1, required=True)
@click.option(
    "--to",
    "form",
    required=True,
    type=click.Choice(["csv", "moodle", "canvas", "blackboard"]),
    help="What the file is for: a spreadsheet (csv), or the import of a learning platform.",
)
@click.option(
    "--fill",
    "theirs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Fill the grades into a copy of this file, which you downloaded from the platform.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: classroom/export/LESSON-FORM.csv, or .xls as Blackboard calls its files]",
)
@click.option("--unmarked-as-is", is_flag=True, help="For work that isn't fully marked yet, export the points so far.")
@course_option
def command(lessons, form, theirs, output, unmarked_as_is, course):
    """Export the grades of LESSONS to a file.

    The points are those in the gradebook, with penalties for lateness deducted. Cells are left empty for students who
    handed in nothing, and for work that isn't fully marked yet.

    Exit codes: 0 exported, 1 not exported, 2 wrong usage, 3 exported, but something needs a look.
    """
    if theirs and form == "csv":
        raise click.UsageError("--fill needs a file from a learning platform. Name the platform with --to.")
    from autograder.desk.collected import CollectedError
    from autograder.desk.exporting import export_grades
    from autograder.desk.files import write_whole
    from autograder.desk.gradefiles.table import FileError
    from autograder.desk.roster import RosterError
    from autograder.grading.files import printable
    from autograder.grading.opening import GradingError

    lessons = list(dict.fromkeys(PurePath(lesson).name for lesson in lessons))
    try:
        exported = export_grades(course, lessons, form, theirs, unmarked_as_is)
    except FileError as error:
        fail(f"{theirs} cannot be filled in: {error}")
    except (GradingError, RosterError, CollectedError) as error:
        fail(str(error))
    # Blackboard calls tables with tabs .xls, and those with commas .csv.
    suffix = theirs.suffix.lower() if theirs else ".xls"
    suffix = ".xls" if form == "blackboard" and suffix == ".xls" else ".csv"
    path = output or course / PLACE / f"{lessons[0] if len(lessons) == 1 else 'course'}-{form}{suffix}"
    write_whole(path, exported.content)
    click.echo(f"{exported.written} {'grade' if exported.written == 1 else 'grades'} exported to {path}")
    for count in exported.counts:
        click.echo(f"  {count}")
    for note in exported.notes:
        click.echo(f"  {printable(note)}", err=True)
    gc.freeze()  # the process is about to end: see autograder.grading.command
    sys.exit(REVIEW_NEEDED if exported.notes else DONE)
