"""The notebook that stands for a submission in which there was nothing to grade."""

import copy
import html

import nbformat
from nbgrader.preprocessors import ClearOutput

from autograder.grading.normalise import kind_of
from autograder.grading.stubs import ClearSolutions

_NOTICE = "**Nothing was graded.**"


def make_placeholder(source, reason, config):
    """Return the lesson as it was released, with the reason why nothing was graded at the top.

    The formgrader lists a submission, and its author gets feedback, only if there is a notebook.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The instructor's notebook.
    reason : str
    config : traitlets.config.Config
        Of the course.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = copy.deepcopy(source)
    try:
        ClearSolutions(config=config).preprocess(notebook, {})
    except (RuntimeError, ValueError):  # the source marks its solutions in another way
        for cell in notebook.cells:
            cell.source = "" if kind_of(cell) == "student" else cell.source
    ClearOutput(config=config).preprocess(notebook, {})
    notice = nbformat.v4.new_markdown_cell(f"{_NOTICE} {html.escape(reason)}", id="nothing-graded")
    if notebook.nbformat_minor < 5:
        del notice["id"]
    notebook.cells.insert(0, notice)
    return notebook


def is_placeholder(notebook):
    """Whether a graded notebook is one that :func:`make_placeholder` has made, or looks like it."""
    return bool(notebook.cells) and notebook.cells[0].source.startswith(_NOTICE)


def is_placeholder_file(path):
    """Whether a file is such a notebook."""
    try:
        return is_placeholder(nbformat.v4.reads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False
