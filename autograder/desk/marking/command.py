"""The command ``autograder mark``: mark a written question of everybody, in JupyterLab or in a spreadsheet."""

import json
import os
import sys
from pathlib import Path, PurePath
from urllib.parse import quote

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly
from autograder.grading.exit_codes import REVIEW_NEEDED


@click.command("mark")
@click.argument("lesson")
@course_option
@click.option("--question", metavar="ID", help="Which question to mark, if the lesson has several.")
@click.option("--second", is_flag=True, help="Mark a sample again, without seeing the first marks.")
@click.option(
    "--every",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="With --second: show one in this many answers.",
)
@click.option(
    "--csv", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the answers and marks to this table."
)
@click.option(
    "--read",
    "filled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read back such a table, which you have filled in.",
)
@click.option(
    "--confirm-zeros", is_flag=True, help="Give 0 points to everybody whose submission has nothing that can be graded."
)
@click.option("--empty-zeros", is_flag=True, help="Give 0 points to every answer that is empty and isn't marked yet.")
@click.option(
    "--student",
    "students",
    multiple=True,
    help="With --confirm-zeros: only this student. You can give the option several times.",
)
@click.option("--no-open", is_flag=True, help="Write the notebook of the marking desk, and don't open it.")
def command(lesson, course, question, second, every, out, filled, confirm_zeros, empty_zeros, students, no_open):
    """Mark a written question of LESSON: all students, without names, in a random order.

    Opens the marking desk in JupyterLab. Each point is written into nbgrader's gradebook at once, so you can stop at
    any time and continue later. Marks that somebody gives in the formgrader in the meantime are kept.

    Notebooks that can't be graded aren't shown. They count 0 points once you confirm that with --confirm-zeros, for
    all exercises of all of them at once. Answers to the question that are empty get 0 points with --empty-zeros.

    Exit codes: 0 done, 1 nothing could be marked, 2 wrong usage, 3 done, but some marks in the table weren't read.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.marking.sheet import SheetError
    from autograder.desk.marking.widget import open_session
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    lesson, look = PurePath(lesson).name, False
    if sum(map(bool, (out, filled, confirm_zeros, empty_zeros, second))) > 1:
        raise click.UsageError("Use only one of --csv, --read, --confirm-zeros, --empty-zeros and --second.")
    if students and not confirm_zeros:
        raise click.UsageError("--student needs --confirm-zeros.")
    try:
        if confirm_zeros:
            _confirm_zeros(course, lesson, students)
            return
        session, _ = open_session(course, lesson, question, second, every)
        if not session.answers:
            fail(f"There is nothing to mark in {lesson}. Run `autograder grade {lesson}` first.")
        if empty_zeros:
            _mark_empty(session, course, lesson)
            return
        if out:
            _write_table(session, out)
        elif filled:
            look = _read_table(session, filled)
        else:
            path = _write_notebook(course, lesson, session.question.cell, second, every)
    except (GradingError, RosterError, SheetError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    if look:
        sys.exit(REVIEW_NEEDED)
    if not out and not filled:
        click.echo(f"{session.marked} of {len(session.answers)} answers are marked. The marking desk is {path}.")
        if not no_open:
            _open(path, course)


def _confirm_zeros(folder, lesson, chosen):
    """Confirm that those whose submissions have nothing to grade get 0 points, and print who they are."""
    from autograder.desk.exporting import not_graded_now
    from autograder.desk.grades import read_class
    from autograder.desk.unusable import confirm_zeros, find_unusable
    from autograder.grading.opening import GradingError

    school = read_class(folder, [lesson])
    (graded,) = school.lessons
    found = find_unusable(graded.course) & graded.grades.keys()
    unusable = found - graded.ungraded.keys()
    wrong = sorted(set(chosen) - unusable)
    if wrong:
        raise GradingError(
            f"{wrong[0]} has nothing to confirm in {lesson}: the work could be graded, or wasn't graded yet."
        )
    due = sorted(each for each in set(chosen) or unusable if not graded.grades[each].marked)
    removed = confirm_zeros(graded.course, due)
    click.echo(f"{len(due):6} confirmed with 0 points, as there was nothing to grade")
    for student in due:
        click.echo(f"  {school.students[student].full_name} ({student})")
    _tell_of_pages(removed, lesson)
    stale = {student: graded.ungraded[student] for student in found - unusable}
    for note in not_graded_now(lesson, stale, "this command", school.students):
        click.echo(f"  {note}", err=True)


def _mark_empty(session, folder, lesson):
    """Give 0 points to empty answers that aren't marked, and print whose they are."""
    from autograder.desk.grades import known_students
    from autograder.desk.marking.empty import mark_empty
    from autograder.desk.roster import read_roster
    from autograder.grading.course import Course
    from autograder.grading.opening import reading

    course, roster = Course(folder, lesson), read_roster(folder)
    marked, lost = mark_empty(session, course.records)
    with reading(course.directory) as opened:
        known = known_students(opened, roster)
    names = {student: f"{known[student].full_name} ({student})" for student in [*marked, *lost]}
    click.echo(f"{len(marked):6} empty answer{'s' if len(marked) != 1 else ''} marked with 0 points")
    for student in marked:
        click.echo(f"  {names[student]}")
    for student in lost:
        click.echo(f"  Left alone: the question isn't in the notebook of {names[student]}. Look there.")
    _tell_of_pages(session.marks.pages_removed, lesson)


def _tell_of_pages(removed, lesson):
    """Say that pages of feedback were removed, so that nobody misses them."""
    if removed:
        pages, them = ("page of feedback was", "it") if removed == 1 else ("pages of feedback were", "them")
        write = f"`autograder feedback {lesson}` writes {them} again"
        click.echo(f"{removed} {pages} out of date and removed. {write}.")


def _write_table(session, path):
    from autograder.desk.files import write_whole
    from autograder.desk.marking.sheet import write_sheet

    write_whole(path, write_sheet(session).encode("utf-8-sig"))  # without its mark, Excel takes it for another encoding
    click.echo(f"Wrote {path}, with {session.marked} of {len(session.answers)} answers marked.")
    # What has to be known to fill the table in.
    click.echo(f"\n{session.question.text}\n\nAt most {session.scheme.points:g} points.")
    if session.scheme.text:
        click.echo(f"\n{session.scheme.text}")


def _read_table(session, path):
    from autograder.desk.marking.marks import ChangedMeanwhile
    from autograder.desk.marking.sheet import read_sheet

    filled, kept = read_sheet(path.read_bytes(), session), []
    for student, mark in filled.marks.items():
        try:
            session.marks.write(student, mark, session.known[student])
        except ChangedMeanwhile:
            kept.append(student)
    written = len(filled.marks) - len(kept)
    click.echo(f"Wrote {written} mark{'s' if written != 1 else ''}.")
    _tell_of_pages(session.marks.pages_removed, session.question.lesson)
    if kept:
        click.echo(f"Marked elsewhere in the meantime, and left alone: {', '.join(kept)}")
    if filled.outdated:
        click.echo(f"Not marked, as the answer has changed since the table was written: {', '.join(filled.outdated)}")
        click.echo("Write a new table with --csv to see what they have written now.")
    return bool(kept or filled.outdated)


def _write_notebook(course, lesson, question, second, every):
    """Write the notebook that opens the desk, and return its path."""
    from nbformat import v4, writes

    from autograder.desk.files import write_whole
    from autograder.desk.marking.widget import FOLDER

    call = [json.dumps(lesson), f"course={json.dumps(str(course.resolve()))}", f"question={json.dumps(question)}"]
    call += [f"second=True, every={every}"] if second else []
    source = f"from autograder.desk.marking.widget import marking_desk\n\nmarking_desk({', '.join(call)})"
    cells = [
        v4.new_markdown_cell("Run the next cell with Shift + Enter.", id="how"),
        v4.new_code_cell(source, id="desk"),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    path = course / FOLDER / f"{lesson}-{question}{'-second' if second else ''}.ipynb"
    write_whole(path, writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})).encode())
    return path


def _open(path, course):
    """Become the JupyterLab that opens the desk, so that whatever ends this command ends JupyterLab."""
    sys.stdout.flush()
    words = lab_command(path, course)
    os.execv(words[0], words)


def lab_command(path, course):
    """Return the command that opens a notebook of the course in JupyterLab.

    Parameters
    ----------
    path, course : pathlib.Path
        The notebook, and the folder of the course.

    Returns
    -------
    list of str
    """
    root = ["--allow-root"] if os.getuid() == 0 else []
    # The address that JupyterLab prints has to lead to the notebook, for browsers on another machine, and to be found.
    place = quote(path.resolve().relative_to(course.resolve()).as_posix())
    return [
        *(sys.executable, "-m", "jupyter", "lab", *root, "--log-level=WARN"),
        *(f"--ServerApp.root_dir={course.resolve()}", f"--LabApp.default_url=/lab/tree/{place}"),
    ]
