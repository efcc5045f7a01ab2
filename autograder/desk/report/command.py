"""The command ``autograder report``: what a class has and hasn't understood."""

from datetime import datetime
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly


@click.command("report")
@click.argument("lessons", nargs=-1)
@course_option
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as a page.")
@click.option("--anonymous", is_flag=True, help="Call students by numbers, and show none of their code.")
def command(lessons, course, page, anonymous):
    """Show what the class has understood of LESSONS, or of the course so far.

    The report says who handed in and when, how each exercise went, which mistakes were made and how often, who has
    fallen behind, and what would help most in the next lecture. It's based on what the last `autograder grade` found,
    and changes nothing.

    Exit codes: 0 done, 1 no report could be made, 2 wrong usage.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.report.answers import code_reader
    from autograder.desk.report.gather import gather, graded_lessons
    from autograder.desk.report.suggestions import suggest
    from autograder.desk.report.text import lines_of
    from autograder.desk.report.unexplained import find_clusters
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    try:
        names = [PurePath(lesson).name for lesson in lessons] or graded_lessons(course)
        summary, courses = gather(course, list(dict.fromkeys(names)), anonymous)
        clusters = find_clusters(summary, code_reader(courses))
        suggestions = suggest(summary)
        if page:
            _write(page, summary, suggestions, clusters, anonymous)
    except (GradingError, RosterError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    for line in lines_of(summary, suggestions, clusters):
        click.echo(line)


def _write(path, summary, suggestions, clusters, anonymous):
    from autograder.desk.files import write_whole
    from autograder.desk.report.page import make_page

    made = f"Made on {datetime.now():%d %B %Y} from the results that were kept when the work was graded."
    write_whole(path, make_page(summary, suggestions, clusters, made, anonymous).encode())
    click.echo(f"Wrote {path}\n")
