"""The command ``autograder carry``: a student's answers, taken into a corrected version of the lesson."""

import contextlib
import sys
from pathlib import Path

import click

from autograder.desk.command_line import fail
from autograder.grading.exit_codes import DONE, REVIEW_NEEDED

_MAX_BYTES = 64 * 2**20
# nbgrader's stub of an answer that is not written yet.
_UNWRITTEN = "raise NotImplementedError()"


@click.command("carry", short_help="Copy a student's answers into a corrected lesson.")
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The notebook to write. [default: NEW-carried.ipynb, beside NEW]",
)
def command(old, new, output):
    """Copy the answers from the notebook OLD into a copy of NEW, the corrected lesson.

    Answers are recognized by the ids of their cells, or by the functions they define. What can't be carried over is
    listed: answers that NEW has no place for, and cells that the student added, except those below a written question.
    OLD and NEW stay as they are.

    Exit codes: 0 everything carried, 1 cannot carry, 2 wrong usage, 3 carried, but something was left behind.
    """
    import nbformat

    from autograder.desk.files import write_whole
    from autograder.grading.files import printable
    from autograder.grading.handed_in import other_lesson_of

    output = output or new.with_name(f"{new.stem}-carried.ipynb")
    if output.exists():
        fail(f"{output} exists already. Remove it, or name another file with --output.")
    notebook, answers = _read(new), _read(old)
    if name := other_lesson_of(answers, notebook, _beside(new)):
        fail(f"{old} is the notebook of {name}, and {new} is another lesson's. Nothing was carried.")
    lesson = new.resolve().parent.name
    if _is_outdated(new, notebook):
        click.echo(
            f"Warning: {new} isn't what solutions/{lesson}/ says now. Make it again with `make lesson "
            f"LESSON={lesson}` or `nbgrader generate_assignment {lesson} --force`, and carry the answers into that.",
            err=True,
        )
    carried, left = carry(answers, notebook)
    if not carried and not left:
        fail(f"{old} has no answers for {new}. Check that both are the same lesson.")
    write_whole(output, nbformat.writes(notebook).encode())
    click.echo(f"{len(carried):6} answers carried into {output}")
    click.echo(f"{len(left):6} left behind")
    for what in left:
        click.echo(f"  {printable(what)}")
    sys.exit(REVIEW_NEEDED if left else DONE)


def _read(path):
    from autograder.grading.normalise import Unreadable, read_notebook

    if path.stat().st_size > _MAX_BYTES:
        fail(f"{path} is too large for a notebook. Clear its outputs and try again.")
    try:
        return read_notebook(path.read_bytes())
    except Unreadable as error:
        fail(f"{path} cannot be used: {error}")


def _beside(new):
    """Return the notebooks of the lessons whose folders are beside the corrected lesson's, by the names of these."""
    from autograder.grading.normalise import Unreadable, read_notebook

    found = {}
    for path in sorted(new.resolve().parent.parent.glob("*/*.ipynb")):
        if path.parent != new.resolve().parent and path.stem == path.parent.name and path.stat().st_size <= _MAX_BYTES:
            with contextlib.suppress(Unreadable, OSError):
                found[path.stem] = read_notebook(path.read_bytes())
    return found


def _source_of(new):
    """Return where the source is if a notebook is that of a released lesson in the folder of a course."""
    return new.resolve().parents[2] / "solutions" / new.parent.name / new.name


def _is_outdated(new, notebook):
    """Whether a lesson of a course was changed since this notebook was made from it."""
    from autograder.desk.handout import Course
    from autograder.grading.normalise import read_notebook
    from autograder.grading.opening import GradingError

    if new.resolve().parent.parent.name != "lessons" or not _source_of(new).is_file():
        return False
    try:
        released = Course(new.resolve().parents[2]).released(new.resolve().parent.name)[new.name]
    except (GradingError, KeyError):
        return False  # releasing it says what is wrong
    now = read_notebook(released)
    return [cell.source for cell in now.cells] != [cell.source for cell in notebook.cells]


def carry(old, new):
    """Take the answers of one notebook into another one.

    An answer that is not written yet leaves the stub of the corrected lesson as it is.

    Parameters
    ----------
    old : nbformat.NotebookNode
        A student's, without outputs.
    new : nbformat.NotebookNode
        The lesson as it is handed out; changed in place.

    Returns
    -------
    (list of str, list of str)
        The grade_ids of what was carried, and what was left behind, each in a few words.
    """
    from autograder.grading.normalise import grade_id_of
    from autograder.grading.recognise import match_cells

    marked = {grade_id_of(cell): cell for cell in new.cells if grade_id_of(cell)}
    names = match_cells(old, marked)
    carried, left, question = [], [], None
    for cell in old.cells:
        target = marked.get(names.get(id(cell)))
        if target is not None:
            # The answer to a written question stands in cells below it.
            question = place = target if target.metadata.nbgrader.get("task") else None
            if target.metadata.nbgrader.get("solution") and not _is_unwritten(cell):
                if cell.cell_type == target.cell_type:
                    carried += [grade_id_of(target)] if cell.source != target.source else []
                    target.source = cell.source
                else:
                    left.append(_described(cell))
        elif _is_of(new, cell):
            question = None
        elif question is not None and grade_id_of(cell) is None:
            new.cells.insert(_position(new, place) + 1, cell)
            place = cell
            carried.append(grade_id_of(question))
        elif _is_students(cell):
            left.append(_described(cell))
    if new.nbformat_minor < 5:
        for cell in new.cells:
            cell.pop("id", None)
    return carried, left


def _position(notebook, cell):
    return next(number for number, each in enumerate(notebook.cells) if each is cell)


def _is_students(cell):
    """Whether a cell that the lesson doesn't have holds something that a student wrote."""
    marks = cell.metadata.get("nbgrader")
    is_test = isinstance(marks, dict) and not marks.get("solution")
    return bool(cell.source.strip()) and not is_test and not _is_unwritten(cell)


def _is_unwritten(cell):
    return cell.cell_type == "code" and _UNWRITTEN in cell.source


def _is_of(new, cell):
    """Whether the lesson itself has a cell, perhaps with another text."""
    same_id = cell.get("id") is not None and any(each.get("id") == cell.id for each in new.cells)
    return same_id or any(each.source.strip() == cell.source.strip() for each in new.cells)


def _described(cell):
    from autograder.grading.normalise import grade_id_of

    name = grade_id_of(cell)
    first = next((line for line in cell.source.splitlines() if line.strip()), "")[:60]
    return f"the answer {name[:60]}: {first}" if name else f"a {cell.cell_type} cell of the student's own: {first}"
