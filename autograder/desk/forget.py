"""The command ``autograder forget``: a person's data is removed wherever it is."""

import difflib
import sys
from pathlib import PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly
from autograder.grading.exit_codes import DONE


@click.command("forget", short_help="Remove everything about a student.")
@click.argument("student")
@course_option
@click.option("--lesson", help="Remove only the work for this lesson. The student stays in the course.")
@click.option("--yes", is_flag=True, help="Don't ask before removing anything.")
@click.option("--let-back", is_flag=True, help="Let a student who was forgotten join the course again.")
def command(student, course, lesson, yes, let_back):
    """Remove everything that a course holds about STUDENT, and say where it was.

    This includes submissions and earlier attempts, graded notebooks, feedback, exported files, the records of what was
    collected and graded, lines of the roster and of the extensions, and rows of the gradebook. You have to clear copies
    elsewhere yourself, such as those in backups and on the learning platform.

    So that the next class list doesn't bring the student back, salted hashes of the id and the email address are kept
    in classroom/forgotten.json. With --let-back, these are removed, and nothing else is: STUDENT is then the id or the
    email address.

    Exit codes: 0 removed, 1 not removed, 2 wrong usage.
    """
    import_quickly("autograder.grading.opening")
    from autograder.desk.forgotten import PLACE, Forgotten
    from autograder.desk.roster import Student
    from autograder.desk.traces import Traces
    from autograder.grading.opening import GradingError
    from autograder.grading.records import Busy

    try:
        lesson = lesson and PurePath(lesson).name
        traces = Traces(course, student, lesson)
        if let_back:
            if not Forgotten(course).remove(student):
                fail(f"{student} was not forgotten in this course.")
            click.echo(f"{student} can join the course again. Collect with a class list to add them.")
            sys.exit(DONE)
        found = traces.find()
        if not found and not lesson and Forgotten(course).known_as(Student(student)):
            fail(f"{student} has already been forgotten: nothing is left in this course but the hashes in {PLACE}.")
        if not found:
            near = difflib.get_close_matches(student, traces.known_students(), n=1)
            advice = f"Did you mean {near[0]}?" if near else "Give the id, which is the name of the student's folder."
            where = f" for {lesson}" if lesson else ""
            fail(f"Nothing is known about {student}{where} in this course. {advice}")
        click.echo(f"This course holds the following about {student}:")
        _list(found)
        if not yes and not click.confirm("Remove all of this? It cannot be undone."):
            fail("Nothing was removed.")
        if not lesson:
            Forgotten(course).add(traces.person)
        traces.remove()
        others = traces.mentioned()
    except Busy:
        fail("A class is being graded. Run the command again when that has finished.")
    except GradingError as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    click.echo("All of this was removed.")
    if not lesson:
        click.echo(f"No class list will bring them back, since {PLACE} has hashes of their id and email address.")
    if others:
        click.echo("These files mention the student. They were left, because they may also hold the work of others:")
        _list(others)
    sys.exit(DONE)


def _list(places):
    from autograder.grading.files import printable

    for place in places:
        click.echo(f"  {printable(place)}")
