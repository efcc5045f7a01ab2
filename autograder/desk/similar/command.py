"""The command ``autograder similar``: which submissions have unusually much in common."""

from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly

_SHARE = (
    "The percentages are of the code in all exercises together, where rare code counts most: 100% is the same code "
    "throughout. An exercise that only one of the two has written lowers it."
)
_NOTICE = "Having much in common proves nothing. Look at the code, and talk to the students first."


@click.command("similar")
@click.argument("lesson")
@course_option
@click.option(
    "--against",
    metavar="DIR",
    help="Compare with the notebooks in this folder, such as last year's, or with the solution: --against solutions.",
)
@click.option("--pairs", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many pairs to show.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the pairs side by side.")
def command(lesson, course, against, pairs, page):
    """Show which submissions of LESSON have unusually much in common.

    Only what students wrote themselves is compared: code that was handed out doesn't count, and code that many have
    written counts little. Names of variables, comments and the order of factors hardly matter. Nothing is graded or
    changed.

    Exit codes: 0 done, 1 nothing to compare, 2 wrong usage.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.roster import RosterError
    from autograder.desk.similar.class_answers import NothingToCompare, read_answers, read_others
    from autograder.desk.similar.compare import compare
    from autograder.grading.files import printable
    from autograder.grading.opening import GradingError

    try:
        found = read_answers(course, PurePath(lesson).name)
        others = read_others(found, against) if against else None
        shown = compare(found.answers, found.released, others, pairs)
        if page:
            _write(page, found, others or {}, shown)
    except (GradingError, RosterError, NothingToCompare) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    click.echo(_NOTICE)
    click.echo(_SHARE if shown else "No two of them have any code of their own in common.")
    for pair in shown:
        most = sorted(pair.exercises, key=lambda name: -pair.exercises[name])[:3]
        names = f"{found.names.get(pair.one, pair.one)} and {found.names.get(pair.other, pair.other)}"
        click.echo(printable(f"{pair.share:5.0%}  {names}: most in {', '.join(most)}"))


def _write(path, found, others, pairs):
    from autograder.desk.files import write_whole
    from autograder.desk.similar.page import make_page

    write_whole(path, make_page(found, others, pairs, _NOTICE).encode())
    click.echo(f"Wrote {path}\n")
