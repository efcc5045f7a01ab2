"""Recognise the marked cells of a lesson in a student's notebook, by their ids or by what they contain."""

import re

from autograder.grading.cells import STUDENT, grade_id_of, kind_of

_MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME[^\n]*$.*?(?:^[^\n]*END MARK SCHEME[^\n]*$|\Z)", re.DOTALL | re.MULTILINE
)
_HIDDEN_TESTS = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*$.*?(?:^[^\n]*END HIDDEN TESTS[^\n]*$|\Z)", re.DOTALL | re.MULTILINE
)


def match_cells(notebook, marked):
    """Recognise the marked cells of a lesson in a notebook by their grade_id, their cell id, or their content.

    Some editors drop both ids, and a copied cell has neither.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A submission.
    marked : dict of str to nbformat.NotebookNode
        The marked cells of the lesson, by grade_id.

    Returns
    -------
    dict of int to str
        The grade_id that a cell stands for, by the ``id()`` of the cell. Of several candidates it is the last one, as
        that is run last.
    """
    by_cell_id = {cell.id: name for name, cell in marked.items() if cell.get("id")}
    names = {}
    for name_of in (
        grade_id_of,
        lambda cell: by_cell_id.get(cell.get("id")),
        _by_text(marked),
        _by_function(marked),
        _by_heading(marked),
    ):
        for cell in reversed(notebook.cells):
            name = name_of(cell)
            if name in marked and id(cell) not in names and name not in names.values():
                names[id(cell)] = name
    return names


def released_text(cell):
    """Return the text of a cell of the source as students get it, on one line."""
    return one_line(_HIDDEN_TESTS.sub("", _MARK_SCHEME.sub("", cell.source)))


def without_mark_scheme(text):
    """Return the text of a written question as students get it."""
    return _MARK_SCHEME.sub("", text).strip()


def without_heading(text):
    """Return a text without a heading in its first line."""
    return re.sub(r"\A\s*#[^\n]*\n?", "", text).strip()


def one_line(text):
    """Normalise the white space of a text, because editors change it."""
    return " ".join(text.split())


def is_question(cell):
    """Whether a cell of the source is a written question, whose answer stands in the cells below it."""
    return bool(cell.metadata.get("nbgrader", {}).get("task"))


def _by_text(marked):
    """Recognise questions and tests, which students leave as they are, unless they type below a question's text."""
    texts = {}
    for name, cell in marked.items():
        if kind_of(cell) != STUDENT and released_text(cell):
            texts[cell.cell_type, released_text(cell)] = name
    questions = [(released_text(cell), name) for name, cell in marked.items() if is_question(cell)]

    def name_of(cell):
        text = one_line(cell.source)
        found = texts.get((cell.cell_type, text))
        if found or cell.cell_type != "markdown":
            return found
        return next((name for start, name in questions if start and text.startswith(start)), None)

    return name_of


def _by_function(marked):
    """Recognise answers by the function that they define, which has the same name as the cell."""
    patterns = {}
    for name, cell in marked.items():
        if cell.cell_type == "code" and kind_of(cell) == STUDENT:
            function = re.escape(name.replace("-", "_"))
            defines = rf"^(?:(?:async )?def|class) {function}\b|^{function}\s*[:=]"
            patterns[name] = re.compile(defines, re.MULTILINE)

    def name_of(cell):
        if cell.cell_type != "code":
            return None
        return next((name for name, pattern in patterns.items() if pattern.search(cell.source)), None)

    return name_of


def _by_heading(marked):
    """Recognise questions whose text has changed by their heading."""
    headings = {_heading(cell): name for name, cell in marked.items() if is_question(cell)}
    return lambda cell: headings.get(_heading(cell)) if cell.cell_type == "markdown" and _heading(cell) else None


def _heading(cell):
    first = cell.source.strip().partition("\n")[0]
    return one_line(first) if first.startswith("#") else ""
