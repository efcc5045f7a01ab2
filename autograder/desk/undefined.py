"""Why a function that a test needs isn't there: what became of the cell that should have defined it."""

import ast
import html
import re

from autograder.grading.cells import grade_id_of, kind_of
from autograder.grading.outcome import shorten
from autograder.sandbox.outputs import STOPPED

# As Python names an unknown name, and IPython the place of a syntax error.
_UNKNOWN = re.compile(r"name '(\w+)' is not defined")
_PLACE = re.compile(r"\s*\([^()]*\bline (\d+)\)\s*$")
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_MAX_WORDS = 300
# Longer code, which can take long to parse, isn't a student's answer.
_MAX_PARSED = 20_000


def stopped_cells(notebook):
    """Say which of the student's own cells of a notebook were stopped.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Graded.

    Returns
    -------
    list of str
        Sentences as HTML.
    """
    return [
        f"<p>Your cell that begins with <code>{html.escape(shorten(_first_line(cell)))}</code> never came to its end: "
        f"{_lowered(html.escape(error.evalue))} Does a loop never end?</p>"
        for cell in notebook.cells
        if kind_of(cell) != "test" and (error := _error(cell)) is not None and error.ename == STOPPED
    ]


def why_undefined(error, notebook):
    """Say why a test found no function of a student's, if that is what an error is about.

    Parameters
    ----------
    error : nbformat.NotebookNode
        The output of a test.
    notebook : nbformat.NotebookNode
        Graded.

    Returns
    -------
    str
        A sentence as HTML; empty if the error is about something else.
    """
    unknown = _UNKNOWN.fullmatch(str(error.get("evalue", ""))) if error.get("ename") == "NameError" else None
    answers = {_function(cell) for cell in notebook.cells if kind_of(cell) == "student"}
    if unknown is None or unknown[1] not in answers:
        return ""
    name = unknown[1]
    return " ".join(filter(None, [f"<code>{name}</code> isn't defined.", _what_happened(name, notebook)]))


def _what_happened(name, notebook):
    """Say what became of the cells that should have defined a function: first the lesson's, then any other."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and kind_of(cell) != "test"]
    definition = re.compile(rf"^\s*(?:(?:async )?def|class) {name}\b|^{name}\s*=", re.MULTILINE)
    own = [cell for cell in code if kind_of(cell) == "student" and _function(cell) == name]
    defining = own + [cell for cell in code if cell not in own and definition.search(cell.source)]
    for cell in defining:
        if (error := _error(cell)) is not None:
            return _words_of(error, cell.source)
    if not any(definition.search(cell.source) for cell in defining):
        return "No cell of your notebook defines it."
    return ""


def _words_of(error, source):
    message = " ".join(str(error.evalue).split())[:_MAX_WORDS]
    if error.ename == STOPPED:
        return f"The cell that should define it never came to its end: {_lowered(html.escape(message))}"
    if error.ename in _SYNTAX:
        line, words = _syntax_error_in(source) or _read_place(message)
        where = f" in line {line}" if line else ""
        return f"Your cell has a syntax error{where}, so Python couldn't run any of it: {html.escape(words)}"
    told = html.escape(": ".join(filter(None, [str(error.ename)[:200], message])))
    return f"The cell that should define it stopped with an error before that: {told}"


def _syntax_error_in(source):
    """Return the line of a syntax error and Python's own words: IPython may only say that something is incomplete."""
    if len(source) > _MAX_PARSED or any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        return None
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno, error.msg
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


def _read_place(message):
    """Return the line and the words of a syntax error from IPython's message."""
    place = _PLACE.search(message)
    return (place[1] if place else None), _PLACE.sub("", message)


def _lowered(sentence):
    return sentence[:1].lower() + sentence[1:]


def _function(cell):
    return str(grade_id_of(cell)).replace("-", "_")


def _first_line(cell):
    return next((line.strip() for line in cell.source.splitlines() if line.strip()), "")


def _error(cell):
    """Return the last error among the outputs of a cell, or None."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None
