"""The command ``autograder mark``: mark a written question of everybody, in JupyterLab or in a spreadsheet."""

import json
import os
import subprocess
import sys
from pathlib import Path, PurePath

import click

from autograder.desk.command_line import course_option, fail
from autograder.grading.command import about_file, import_quickly


@click.command("mark")
@click.argument("lesson")
@course_option
@click.option("--question", metavar="ID", help="Which question, where the lesson has several.")
@click.option("--second", is_flag=True, help="Mark a sample again, without seeing the first marks.")
@click.option(
    "--every", default=5, show_default=True, type=click.IntRange(1), help="With --second: one answer of these."
)
@click.option(
    "--csv", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write answers and marks as a table."
)
@click.option(
    "--read", "filled", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read a table filled in."
)
@click.option("--no-open", is_flag=True, help="Write the notebook of the marking desk, and don't open it.")
def command(lesson, course, question, second, every, out, filled, no_open):
    """Mark a written question of LESSON: all students, without names, in a random order.

    Opens the marking desk in JupyterLab. Each point is written into nbgrader's gradebook at once, so you can stop at
    any time and go on later, and marks that somebody has given in the formgrader in the meantime stay.

    Exit codes: 0 done, 1 nothing could be marked, 2 wrong usage.
    """
    import_quickly("autograder.grading.coordinator")
    from autograder.desk.marking.sheet import SheetError
    from autograder.desk.marking.widget import open_session
    from autograder.desk.roster import RosterError
    from autograder.grading.opening import GradingError

    lesson = PurePath(lesson).name
    try:
        session, _ = open_session(course, lesson, question, second, every)
        if not session.answers:
            fail(f"There is nothing to mark in {lesson}. Run `autograder grade {lesson}` first.")
        if out:
            _write_table(session, out)
        elif filled:
            _read_table(session, filled)
        else:
            path = _write_notebook(course, lesson, session.question.cell, second, every)
    except (GradingError, RosterError, SheetError) as error:
        fail(str(error))
    except OSError as error:
        fail(about_file(error))
    if not out and not filled:
        click.echo(f"{session.marked} of {len(session.answers)} answers are marked. The marking desk is {path}.")
        if not no_open:
            _open(path, course)


def _write_table(session, path):
    from autograder.desk.files import write_whole
    from autograder.desk.marking.sheet import write_sheet

    write_whole(path, write_sheet(session).encode())
    click.echo(f"Wrote {path}, with {session.marked} of {len(session.answers)} answers marked.")


def _read_table(session, path):
    from autograder.desk.marking.marks import ChangedMeanwhile
    from autograder.desk.marking.sheet import SheetError, read_sheet

    try:
        changed = read_sheet(path.read_text(encoding="utf-8"), session)
    except UnicodeDecodeError:
        raise SheetError(f"{path} is not in UTF-8. Save it as CSV in UTF-8.") from None
    kept = []
    for student, mark in changed.items():
        try:
            session.marks.write(student, mark, session.known[student])
        except ChangedMeanwhile:
            kept.append(student)
    written = len(changed) - len(kept)
    click.echo(f"Wrote {written} mark{'s' if written != 1 else ''}.")
    if kept:
        click.echo(f"Marked elsewhere in the meantime, and left alone: {', '.join(kept)}")


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
    root = ["--allow-root"] if os.getuid() == 0 else []
    words = [sys.executable, "-m", "jupyter", "lab", *root, f"--ServerApp.root_dir={course.resolve()}", path.resolve()]
    sys.exit(subprocess.run(words).returncode)
