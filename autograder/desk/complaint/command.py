"""The command ``autograder complaint``: everything about one student's grade in a lesson, on one page."""

from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly

FOLDER = Path("classroom") / "complaints"


@click.command("complaint")
@click.argument("lesson")
@click.argument("student")
@course_option
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the page here instead.")
def command(lesson, student, course, page):
    """Put everything about STUDENT's grade in LESSON on one page, for you alone.

    The page says what was handed in and when, what each requirement earned, which mistakes were named, and what the
    tests say when the work is run again now, with a hidden case that fails where a single call shows what is wrong. It
    ends with a reply that you could send.
    No grade is changed. The page is written to classroom/complaints/STUDENT/LESSON/complaint.html.

    Exit codes: 0 done, 1 no page could be made, 2 wrong usage.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.complaint.gather import gather
    from autograder.desk.complaint.page import make_page
    from autograder.desk.complaint.rerun import run_again
    from autograder.desk.files import write_whole
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    lesson = PurePath(lesson).name
    try:
        record = gather(course, lesson, student, run_again)
        path = page or course / FOLDER / student / lesson / "complaint.html"
        write_whole(path, make_page(record).encode())
    except (GradingError, RosterError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    click.echo(f"{record.points:.3g} of {record.most:.3g} points in the gradebook.")
    for task in record.tasks:
        if task.differs:
            click.echo(f"{task.title}: {task.earned:.3g} in the gradebook, {task.now:.3g} when run again now.")
    click.echo(f"Wrote {path}. It shows hidden numbers, so keep it to yourself.")
