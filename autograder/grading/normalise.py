"""Normalise a submission so that nbgrader can grade it: its cells get the metadata that the source has."""

import copy
import itertools
import json
import re

import nbformat
from nbformat.validator import normalize
from nbgrader.utils import compute_checksum

from autograder.grading import advice, first_cell
from autograder.grading.cells import STUDENT, TEST, grade_id_of, kind_of
from autograder.grading.recognise import is_question, match_cells, one_line, released_text

# Far more cells, and far deeper nesting of lists and objects, than in any notebook of a course.
MAX_CELLS = 2000
_MAX_DEPTH = 60
# Numbers, texts, lists and objects beside the outputs of code cells: each is copied, and checked, several times.
MAX_PARTS = 250_000
# Commas and brackets of a file. Once read, a list takes fifty times as much memory as its brackets.
_MAX_MARKS = 5_000_000
_MAX_TAGS = 50
# How the reason begins for which an instructor has to look for an answer.
LOST_QUESTION = "The question {} isn't in the notebook"
_KEYS = {"id", "cell_type", "metadata", "source", "attachments", "outputs", "execution_count"}


class Unreadable(Exception):
    """A submission cannot be graded; the message says why."""


def code_cells(source):
    """List the id, the text and the kind of every code cell of a source."""
    return [(cell.get("id", ""), cell.source, kind_of(cell)) for cell in source.cells if cell.cell_type == "code"]


def read_notebook(content):
    """Read a submitted notebook.

    Parameters
    ----------
    content : bytes
        The content of the file.

    Returns
    -------
    nbformat.NotebookNode
        In format 4, without outputs.

    Raises
    ------
    Unreadable
        If it is not a notebook, or not one that can be graded.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > _MAX_MARKS:
        raise Unreadable(f"The notebook holds too much data, perhaps in its outputs. {advice.CLEAR_OUTPUTS}")
    if not content.strip():
        raise Unreadable(f"The notebook can't be opened: its file is empty. {advice.SAVE_AGAIN}")
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(f"The notebook can't be opened: it is not encoded in UTF-8. {advice.SAVE_AGAIN}") from None
    except (ValueError, RecursionError):
        raise Unreadable(
            f"The notebook can't be opened: it is not valid JSON, perhaps because it was cut off. {advice.SAVE_AGAIN}"
        ) from None
    version = raw.get("nbformat") if isinstance(raw, dict) else None
    if type(version) is not int:
        raise Unreadable(f"The file is not a notebook. {advice.SUBMIT_LESSON}")
    if version > 4 or version < 3:
        raise Unreadable(f"The notebook can't be opened: it has format {version}. {advice.FORMAT_4}")
    _check_size(raw)
    try:
        # The notebook is run again, so old outputs aren't needed, and they may be the only invalid part.
        for cell in raw.get("cells", []):
            if cell.get("cell_type") == "code":
                cell.update(outputs=[], execution_count=None)
            metadata = cell.get("metadata")
            if isinstance(metadata, dict) and not _are_tags(metadata.get("tags", [])):
                del metadata["tags"]
            if version == 4:
                for key in set(cell) - _KEYS:
                    del cell[key]
        if version == 4 and any("id" in cell for cell in raw.get("cells", [])):
            # Cell ids came with format 4.5, but some tools write them into files that declare an older format.
            raw["nbformat_minor"] = max(raw.get("nbformat_minor", 0), 5)
        notebook = nbformat.reads(json.dumps(_without_surrogates(raw)), as_version=4)
        _, notebook = normalize(notebook, strip_invalid_metadata=True)
        nbformat.validate(notebook)
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise Unreadable(f"The notebook can't be opened: it is not valid ({lines[0][:200]}).") from None
    return notebook


def _check_size(raw):
    """Refuse a notebook that would take long to read: validation slows down with everything that is invalid."""
    sheets = raw.get("worksheets", []) if raw["nbformat"] == 3 else [raw]
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    if sum(len(cells) for cells in lists if isinstance(cells, list)) > MAX_CELLS:
        raise Unreadable(f"The notebook has more than {MAX_CELLS:,} cells. {advice.DELETE_CELLS}")
    level, parts = [_without_outputs(raw)], 0
    for _ in range(_MAX_DEPTH):
        items = [item for each in level for item in (each.values() if isinstance(each, dict) else each)]
        parts += len(items)
        level = [item for item in items if isinstance(item, (dict, list))]
    if parts > MAX_PARTS:
        raise Unreadable(f"The notebook holds too much data beside its cells and their outputs. {advice.FRESH_COPY}")
    if level:
        raise Unreadable(f"The notebook contains data that is nested too deeply. {advice.START_AGAIN}")


def _without_outputs(raw):
    """Return a notebook without the outputs of its code cells, which are left out wherever a notebook is read."""
    if not isinstance(raw.get("cells"), list):
        return raw

    def bare(cell):
        is_code = isinstance(cell, dict) and cell.get("cell_type") == "code"
        return {key: value for key, value in cell.items() if key != "outputs"} if is_code else cell

    return raw | {"cells": [bare(cell) for cell in raw["cells"]]}


def _are_tags(value):
    """Whether a value is a valid list of tags; the schema would take long to say so for a long invalid list."""
    if not isinstance(value, list) or len(value) > _MAX_TAGS or not all(isinstance(tag, str) for tag in value):
        return False
    return len(set(value)) == len(value) and all(tag and "," not in tag for tag in value)


def _without_surrogates(value):
    """Copy JSON, replacing lone surrogates, which cannot be written to a file."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def normalise(notebook, source):
    """Give a submission's cells the metadata of the source, and put the test cells where they belong.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The submission; changed in place.
    source : nbformat.NotebookNode
        The instructor's notebook.

    Returns
    -------
    list of str
        Why an instructor should look at the submission.
    """
    marked = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if cell.metadata.get("nbgrader")}
    names = match_cells(notebook, marked)
    reasons = _lost_answers(notebook, source, marked, names)
    for cell in notebook.cells:
        if cell.get("id") == first_cell.CELL_ID:
            cell.source = first_cell.without_address(cell.source)
        name = names.get(id(cell))
        if name is None:
            cell.metadata.pop("nbgrader", None)
        else:
            _copy_metadata(cell, marked[name])
    _take_answers_out_of_questions(notebook, marked, names)
    order = [names[id(cell)] for cell in notebook.cells if id(cell) in names]
    if order != list(marked):
        # A test has to come after the answer that it tests.
        notebook.cells = [cell for cell in notebook.cells if id(cell) not in names or kind_of(cell) != TEST]
        _restore_cells(notebook, marked)
    _make_ids_unique(notebook)
    return reasons


def _lost_answers(notebook, source, marked, names):
    """Say which written questions are gone from the notebook, although their answers may be somewhere in it."""
    lost = [name for name, cell in marked.items() if is_question(cell) and name not in names.values()]
    texts = {released_text(cell) for cell in source.cells}
    own = [cell for cell in notebook.cells if cell.cell_type != "code" and id(cell) not in names]
    if not any(one_line(cell.source) not in {*texts, ""} for cell in own):
        return []
    return [
        f"{LOST_QUESTION.format(name)}, so its answer couldn't be found, but there is text of the student's own. Look "
        "for the answer in the notebook that was handed in."
        for name in lost
    ]


def _take_answers_out_of_questions(notebook, marked, names):
    """Move what a student typed into a question's cell to a cell below it, because the question's text is restored."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        question = marked.get(names.get(id(cell)))
        typed = _typed_into(cell, question) if question is not None and is_question(question) else ""
        if typed:
            name = {"id": f"{cell.id[:40]}-answer"} if cell.get("id") else {}
            cells.append(nbformat.from_dict({"cell_type": "markdown", "metadata": {}, "source": typed} | name))
    notebook.cells = cells


def _typed_into(cell, question):
    """Return what a student typed into a question: the part below its text, or all of it if the text was changed."""
    start = released_text(question)
    if not one_line(cell.source).startswith(start):
        unchanged = cell.metadata.get("nbgrader", {}).get("checksum") == compute_checksum(cell)
        return "" if unchanged else cell.source
    words = re.compile(r"\s*" + r"\s+".join(map(re.escape, start.split())))
    return cell.source[words.match(cell.source).end() :].strip()


def _copy_metadata(cell, original):
    """Give a cell the source's metadata, but keep the checksum and the cell type that the release noted in it."""
    mine, theirs = cell.metadata.get("nbgrader"), original.metadata.nbgrader
    mine = mine if isinstance(mine, dict) else {}
    kept = {key: value for key, value in mine.items() if key not in ("checksum", "cell_type")}
    if kept != {key: value for key, value in theirs.items() if key not in ("checksum", "cell_type")}:
        cell.metadata = copy.deepcopy(original.metadata)
    if kind_of(original) != STUDENT:
        tags = original.metadata.get("tags", [])
        if cell.metadata.get("tags", []) != tags:
            cell.metadata.tags = list(tags)
    if cell.cell_type != original.cell_type:
        cell.cell_type = original.cell_type
        for key, value in (("outputs", []), ("execution_count", None)):
            if original.cell_type == "code":
                cell[key] = value
            else:
                cell.pop(key, None)
        cell.pop("attachments", None)


def _restore_cells(notebook, marked):
    """Restore missing cells of the source, each after the marked cell that precedes it there."""
    before = None
    for name, original in marked.items():
        if _position(notebook, name) is None:
            if kind_of(original) == STUDENT and not original.metadata.nbgrader.get("grade"):
                continue  # an answer that the student deleted stays deleted; its test reports that
            at = len(notebook.cells) if before is None else _position(notebook, before) + 1
            restored = copy.deepcopy(original)
            if kind_of(original) == STUDENT:
                restored.source = ""  # the source has the model answer there
            notebook.cells.insert(at, restored)
        before = name


def _position(notebook, name):
    return next((i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == name), None)


def _make_ids_unique(notebook):
    seen, numbers = set(), itertools.count(1)
    for cell in notebook.cells:
        own = cell.get("id")
        while cell.get("id") in seen:
            cell.id = f"{own[:40]}-copy-{next(numbers)}"
        if cell.get("id"):
            seen.add(cell.id)
