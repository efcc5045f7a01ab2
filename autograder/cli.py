"""The command line: what an instructor types beside nbgrader's own commands."""

import contextlib
import errno
import importlib
import sys
import tempfile
import traceback
from difflib import get_close_matches
from pathlib import Path

import click

from autograder.desk.command_line import LessonName, course_option
from autograder.extras import what_to_install
from autograder.grading.exit_codes import UNEXPECTED

# Each of these is the ``command`` of its own module, which is imported when it is asked for.
_MODULES = {
    "budget": "autograder.audit.budget",
    "build": "autograder.desk.graders.build",
    "carry": "autograder.desk.carry",
    "collect": "autograder.desk.collect",
    "complaint": "autograder.desk.complaint.command",
    "due": "autograder.desk.due",
    "export": "autograder.desk.export",
    "feedback": "autograder.desk.feedback",
    "forget": "autograder.desk.forget",
    "mark": "autograder.desk.marking.command",
    "release": "autograder.desk.release",
    "report": "autograder.desk.report.command",
    "run": "autograder.desk.graders.run",
    "similar": "autograder.desk.similar.command",
    "status": "autograder.desk.status",
}


class _Commands(click.Group):
    """Commands that end with a message, whatever goes wrong, and never with a traceback."""

    def list_commands(self, ctx):
        return sorted({*super().list_commands(ctx), *_MODULES})

    def get_command(self, ctx, name):
        if name in _MODULES:
            command = importlib.import_module(_MODULES[name]).command
        else:
            command = super().get_command(ctx, name)
        for parameter in command.params if command else ():
            if parameter.name in ("lesson", "lessons"):
                parameter.type = LessonName()
        return command

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read the output has seen enough, which click knows how to end
            if isinstance(error, OSError) and error.filename:
                raise click.ClickException(f"{error.filename} cannot be used: {error.strerror}.") from None
            if isinstance(error, ImportError) and what_to_install(error):
                raise click.ClickException(what_to_install(error)) from None
            failure = click.ClickException(
                f"This is an error in autograder itself: {type(error).__name__}: {error}. Please report it"
                f"{_kept(traceback.format_exc())}. What was graded before is saved."
            )
            failure.exit_code = UNEXPECTED
            raise failure from None


def _kept(details):
    """Write the details of an error to a file, and say which."""
    with contextlib.suppress(OSError):
        with tempfile.NamedTemporaryFile("w", prefix="autograder-error-", suffix=".txt", delete=False) as file:
            file.write(details)
        return f", with the details in {file.name}"
    return ""


@click.group(cls=_Commands)
@click.version_option(package_name="backpropagation-workbook")
def main():
    """Grade a class that works through the backpropagation workbook, and maintain the workbook's checks."""


@main.command(short_help="Try known mistakes against the checks.")
@click.argument("exercises", nargs=-1)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the results to this file, as a web page.",
)
def audit(exercises, page):
    """Try every known mistake against the checks of EXERCISES and derivations, or of all of them.

    Shows which mistakes are caught and named, whether right variants pass and blank stubs earn nothing, and then
    everything that the tests would complain about. For exercises that you name, it also changes the stored solution
    mechanically and lists families of mistakes that the exercise doesn't have yet.
    """
    from autograder.audit.derivations import audit_derivation, row_of
    from autograder.audit.report import page_of, rows_of, totals
    from autograder.audit.run import Unusable, audit_and_complain
    from autograder.exercises import DERIVATIONS

    audits, complaints = [], []
    derivations = tuple(name for name in exercises or DERIVATIONS if name in DERIVATIONS)
    others = [name for name in exercises if name not in derivations]
    for name in _exercises(others, DERIVATIONS) if exercises != derivations else ():
        try:
            each, found, remarks = audit_and_complain(name, thoroughly=bool(exercises))
        except Unusable as error:
            # Whoever runs the audit has written the file, so this isn't an error in autograder.
            raise click.ClickException(str(error)) from None
        audits.append(each)
        complaints += found
        for row in [*rows_of(each), *remarks]:
            click.echo(row)
    for each in map(audit_derivation, derivations):
        complaints += each.flaws
        click.echo(row_of(each))
    if audits:
        click.echo(totals(audits))
    if page:
        page.write_text(page_of(audits), encoding="utf-8")
    for complaint in complaints:
        click.echo(f"✘ {complaint}")
    sys.exit(1 if complaints else 0)


def _exercises(names, others=()):
    """Return the names of exercises, or of all; an unknown one may also have been meant for one of the others."""
    from autograder.exercises import EXERCISES

    unknown = [name for name in names if name not in EXERCISES]
    if unknown:
        near = get_close_matches(unknown[0], [*EXERCISES, *others], n=1)
        advice = f"Did you mean {near[0]}?" if near else f"The exercises: {', '.join(EXERCISES)}."
        raise click.ClickException(f"There is no exercise called {unknown[0]!r}. {advice}")
    return names or list(EXERCISES)


@main.group()
def new():
    """Begin a new exercise, or print the cells of a finished one."""


def _positive(ctx, param, points):
    if not 0 < points < float("inf"):
        raise click.BadParameter(
            "an exercise is worth more than 0 points, even an optional one. What makes it optional is the list "
            "`optional` in autograder/exercises/order.toml: then its cell counts 0."
        )
    return points


@new.command("exercise")
@click.argument("call")
@click.option("--lesson", required=True, help="The lesson it belongs to: its number or its name.")
@click.option(
    "--points",
    type=float,
    default=1,
    show_default=True,
    callback=_positive,
    help="How many points the exercise is worth.",
)
def new_exercise(call, lesson, points):
    """Write the skeleton of an exercise: CALL is its name with its parameters, as in 'weight_norm(weights)'."""
    from autograder.audit import skeleton
    from autograder.exercises import EXERCISES

    try:
        written = skeleton.begin(call, lesson, points, EXERCISES)
        cells = skeleton.cells_of(call, points)
    except skeleton.SkeletonError as error:
        raise click.ClickException(str(error)) from None
    for path in written:
        click.echo(f"Wrote {path}")
    click.echo(f"\nThese are the three cells of its lesson:\n\n{skeleton.shown(cells)}\n")
    click.echo(
        f"Fill in every TODO, and run `autograder audit {cells.name}` until it has nothing left to complain about."
    )


@new.command("cells")
@click.argument("exercise")
@click.option(
    "--after", metavar="ID", help="Put the cells into the lesson's notebook in solutions/, after the cell with this id."
)
def new_cells(exercise, after):
    """Print the three cells of a finished EXERCISE, with its reference as the solution.

    With --after, they are put into the notebook, and the exercise into autograder/exercises/order.toml.
    """
    from autograder.audit import skeleton
    from autograder.audit.order import put_line
    from autograder.exercises import EXERCISES

    (name,) = _exercises([exercise])
    exercise = EXERCISES[name]
    cells = skeleton.cells_of_exercise(exercise)
    if not after:
        click.echo(skeleton.shown(cells))
        return
    try:
        path = skeleton.insert(cells, exercise.lesson, after)
    except skeleton.SkeletonError as error:
        raise click.ClickException(str(error)) from None
    put_line(exercise)
    click.echo(f"Put three cells into {path}, and a line into order.toml. Fill in every TODO in the cells.")


@main.command(short_help="Grade what a class handed in.")
@click.argument("lesson")
@course_option
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=None,
    help="How many submissions to run at the same time. [default: one for each processor]",
)
@click.option(
    "--dask", metavar="ADDRESS", help="Run the submissions on the Dask cluster whose scheduler has this address."
)
@click.option(
    "--student", "students", multiple=True, help="Grade only this student. You can give the option several times."
)
@click.option("--force", is_flag=True, help="Grade everything again, even if nothing has changed.")
@click.option("--unsafe", is_flag=True, help="Grade even if this machine can't protect itself from the submissions.")
@click.option(
    "--count-added", is_flag=True, help="From now on, count exercises that were added after work had been handed in."
)
def grade(lesson, course, jobs, dask, students, force, unsafe, count_added):
    """Grade what a class handed in for LESSON.

    Only what is new or has changed is graded. If you stop the command, run it again: it picks up where it left off.

    Exit codes: 0 all graded, 1 not graded, or nothing to grade, 2 wrong usage, 3 graded, but some need a look, 4
    refused because this machine offers no protection, 70 an error in autograder itself, 130 interrupted.
    """
    from autograder.grading.command import grade_class

    sys.exit(grade_class(lesson, course, jobs, students, force, unsafe, dask, count_added))
