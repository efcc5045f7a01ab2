"""The command ``autograder run``: grade one notebook, and write the result for a program or a page."""

import sys
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.desk.graders.formats import FORMATS, written
from autograder.grading.command import about_file, import_quickly
from autograder.grading.exit_codes import FAILED, UNPROTECTED


@click.command("run")
@click.argument("notebook", type=click.Path(exists=True, path_type=Path))
@click.option("--lesson", required=True, help="The lesson it belongs to.")
@click.option("--to", "form", type=click.Choice(list(FORMATS)), default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@course_option
def command(notebook, lesson, form, output, course):
    """Grade one NOTEBOOK, or a folder with what a student handed in, and print the result as JSON or Markdown.

    The tests, the judge and the walls are the same as for a class. There is no gradebook, and nothing is kept. --to
    says who will read the result.

    Exit codes: 0 graded, 1 nothing to grade, or cannot grade, 2 wrong usage, 4 no protection.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.graders.one_notebook import grade_one
    from autograder.grading.course import Course
    from autograder.grading.normalise import Unreadable
    from autograder.grading.opening import GradingError
    from autograder.sandbox.workers import Unprotected

    make, refuse = FORMATS[form]
    try:
        result = make(grade_one(Course(course, PurePath(lesson).name), notebook))
    except Unreadable as error:
        _write(refuse(str(error)), output)
        click.echo(f"✘ {error}", err=True)
        sys.exit(FAILED)
    except Unprotected as error:
        click.echo(f"✘ Not graded, as the submission would not be contained: {error}.", err=True)
        sys.exit(UNPROTECTED)
    except GradingError as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    _write(result, output)


def _write(data, output):
    if output is None:
        click.echo(written(data), nl=False)
        return
    from autograder.desk.files import write_whole

    write_whole(output, written(data).encode())
