"""What a student wrote in answer to each question and exercise, to tell whether a mark is still about it."""

import json

from autograder.grading.cells import grade_id_of
from autograder.grading.placeholder import is_placeholder
from autograder.grading.recognise import is_question, one_line, released_text


def cells_below(notebook, question, source):
    """List the cells in which a student has answered a question: those below it, up to the lesson's next one.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Graded.
    question : str
        The grade_id of its cell.
    source : nbformat.NotebookNode
        The instructor's notebook.

    Returns
    -------
    list of nbformat.NotebookNode
    """
    # Some editors drop the ids of cells, so the lesson's own cells are known by their text as well.
    own = {cell.id for cell in source.cells if cell.get("id")} | {released_text(cell) for cell in source.cells} - {""}
    names, cells = [grade_id_of(cell) for cell in notebook.cells], []
    place = names.index(question) if question in names else len(names)
    for cell in notebook.cells[place + 1 :]:
        if grade_id_of(cell) or cell.get("id") in own or one_line(cell.source) in own:
            break
        cells.append(cell)
    return cells


def changed_answers(before, now, source):
    """Find what a student has answered in another way than before.

    Parameters
    ----------
    before, now : nbformat.NotebookNode or None
        Of two submissions, normalised; None if there was nothing to grade.
    source : nbformat.NotebookNode
        The instructor's notebook.

    Returns
    -------
    list of str
        The grade_ids of the cells under which nbgrader keeps marks and comments on these answers.
    """
    earlier, later = _answers(before, source), _answers(now, source)
    return [name for name in earlier if earlier[name] != later[name]]


def _answers(notebook, source):
    """Return what was written, by the grade_ids of the cells under which nbgrader keeps marks and comments on it."""
    if notebook is not None and is_placeholder(notebook):
        notebook = None
    cells = {grade_id_of(cell): cell for cell in notebook.cells} if notebook is not None else {}
    found, untested = {}, []
    for cell in source.cells:
        name, marks = grade_id_of(cell), cell.metadata.get("nbgrader", {})
        if is_question(cell):
            found[name] = _text(cells_below(notebook, name, source)) if cells else ""
        elif marks.get("solution"):
            found[name] = _text([cells[name]]) if name in cells else ""
            untested.append(found[name])
        if marks.get("grade"):
            # A test belongs to the answers above it, an answer that is marked by hand to itself.
            found.setdefault(name, "\n\n".join(untested))
            untested = []
    return found


def _text(cells):
    """Return what cells say, with the pictures in them."""
    parts = [[cell.source.strip(), cell.get("attachments", {})] for cell in cells]
    return json.dumps([part for part in parts if any(part)], sort_keys=True) if any(map(any, parts)) else ""
