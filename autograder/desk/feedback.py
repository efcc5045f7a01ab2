"""The command ``autograder feedback``: a page for each student, and a zip of them for the learning platform."""

import gc
import sys
from difflib import get_close_matches
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.exit_codes import DONE, REVIEW_NEEDED

PLACE = Path("classroom") / "export"
_ELSEWHERE = "they were not collected from {}"
_NAMELESS = "{} takes a page only for a file that was handed in, and they handed in a typed text or a link"


@click.command("feedback", short_help="Write a page of feedback for each student.")
@click.argument("lesson")
@click.option(
    "--zip",
    "platform",
    type=click.Choice(["moodle", "canvas"]),
    help="Also pack the pages into a zip file that you can upload to this platform.",
)
@click.option(
    "--student",
    "students",
    multiple=True,
    help="Write only this student's page. You can give the option several times.",
)
@course_option
def command(lesson, platform, students, course):
    """Write a page of feedback on LESSON for each student who has handed it in.

    The pages are classroom/feedback/STUDENT/LESSON/LESSON.html, and are always written anew. With --zip, they are also
    put into classroom/export/LESSON-feedback-PLATFORM.zip, under the names that the platform expects.

    Exit codes: 0 written, 1 not written, 2 wrong usage, 3 written, but something needs a look.
    """
    from autograder.desk.collected import CollectedError, read_collected
    from autograder.desk.exporting import called, listed, not_graded_now
    from autograder.desk.feedback_pages import write_page
    from autograder.desk.feedback_zip import make_zip, name_in_zip
    from autograder.desk.files import write_whole
    from autograder.desk.grades import read_class
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    lesson, notes = PurePath(lesson).name, []
    try:
        class_ = read_class(course, [lesson])
        (graded,) = class_.lessons
        chosen = _choose(students, graded)
        show = graded.course.desk.show_mark_schemes
        collected = read_collected(course, lesson) if platform else {}
    except (GradingError, RosterError, CollectedError) as error:
        fail(str(error))
    paths = {}
    with click.progressbar(chosen, label=lesson, file=sys.stderr) as bar:
        for student in bar:
            paths[student] = write_page(graded, class_.students[student], show)
    click.echo(f"{len(paths)} {'page' if len(paths) == 1 else 'pages'} written, such as {next(iter(paths.values()))}")
    if platform:
        names = {
            student: name_in_zip(platform, collected[student].name, lesson)
            for student in paths
            if student in collected and collected[student].platform == platform
        }
        pages = {name: paths[student].read_bytes() for student, name in names.items() if name}
        path = course / PLACE / f"{lesson}-feedback-{platform}.zip"
        write_whole(path, make_zip(pages))
        click.echo(f"{len(pages)} of them are in {path}")
        # The platform finds no student by the name of what these have handed in.
        nameless = [student for student in paths if student in names and not names[student]]
        elsewhere = [student for student in paths if student not in names]
        for students_without, why in ((elsewhere, _ELSEWHERE), (nameless, _NAMELESS)):
            if students_without:
                others = listed(called(students_without, class_.students))
                notes.append(f"Not in the zip, because {why.format(platform.title())}: {others}.")
    waiting = sum(not graded.grades[student].marked for student in paths)
    if waiting:
        click.echo(f"{waiting} {'page says' if waiting == 1 else 'pages say'} that something is not yet marked")
    stale = {student: why for student, why in graded.ungraded.items() if not students or student in students}
    notes += not_graded_now(lesson, stale, "this command", class_.students)
    for note in notes:
        click.echo(f"  {note}", err=True)
    gc.freeze()  # the process is about to end: see autograder.grading.command
    sys.exit(REVIEW_NEEDED if notes else DONE)


def _choose(students, lesson):
    """Return those students who were named, or everybody who has a grade."""
    from autograder.grading.opening import GradingError

    for student in students:
        if student not in lesson.grades:
            near = get_close_matches(student, lesson.grades, n=1)
            grade = f"If they handed something in, run `autograder grade {lesson.name}` first."
            advice = f"Did you mean {near[0]}?" if near else grade
            raise GradingError(f"There is no graded work by {student} in {lesson.name}. {advice}")
    return list(dict.fromkeys(students)) or sorted(lesson.grades)
