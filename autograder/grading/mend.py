"""Make of whatever was handed in a notebook that nbgrader can grade: its own cells as the source has them."""

import copy
import itertools
import json

import nbformat
from nbformat.validator import normalize

_STUDENT, _TEST, _OWN = "student", "test", "own"
# What no notebook of the course comes near: cells, and lists and objects within one another.
MOST_CELLS = 2000
_DEEPEST = 60
# Numbers, texts, lists and objects beside the outputs of code cells: each is copied, and checked, several times.
MOST_PARTS = 250_000
# Commas and brackets of a file. Read, a list takes fifty times as much memory as the brackets by which it is written.
_MOST_MARKS = 5_000_000
_MOST_TAGS = 50
_KEYS = {"id", "cell_type", "metadata", "source", "attachments", "outputs", "execution_count"}


class Unreadable(Exception):
    """A submission that cannot be graded, and the reason."""


def kind_of(cell):
    """Say whose a cell of the source is.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        Of the source.

    Returns
    -------
    str
        ``"student"``, ``"test"`` or ``"own"``.
    """
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("solution"):
        return _STUDENT
    return _TEST if marks.get("grade") else _OWN


def code_cells(source):
    """List the code cells of a source: id, text and kind.

    Parameters
    ----------
    source : nbformat.NotebookNode
        As an instructor wrote it.

    Returns
    -------
    list of (str, str, str)
    """
    return [(cell.get("id", ""), cell.source, kind_of(cell)) for cell in source.cells if cell.cell_type == "code"]


def read_notebook(content):
    """Read a notebook that was handed in.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    nbformat.NotebookNode
        Of format 4, without outputs.

    Raises
    ------
    Unreadable
        With the reason, in one sentence.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > _MOST_MARKS:
        raise Unreadable("The notebook holds too much data, perhaps in its outputs: clear them, and hand it in again.")
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("The notebook is not written in UTF-8.") from None
    except (ValueError, RecursionError):
        raise Unreadable("The notebook is no JSON, or cut off.") from None
    version = raw.get("nbformat") if isinstance(raw, dict) else None
    if type(version) is not int:
        raise Unreadable("The file is no notebook.")
    if version > 4 or version < 3:
        raise Unreadable(f"The notebook has format {version}, which cannot be read.")
    _check_size(raw)
    try:
        # Outputs are made anew, and may be all that is wrong.
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
            # Ids came with 4.5; tools that write them and an older number are not rare.
            raw["nbformat_minor"] = max(raw.get("nbformat_minor", 0), 5)
        notebook = nbformat.reads(json.dumps(_writable(raw)), as_version=4)
        _, notebook = normalize(notebook, strip_invalid_metadata=True)
        nbformat.validate(notebook)
    except Exception as error:
        said = str(error).strip().splitlines()
        raise Unreadable(f"The notebook is not valid: {said[0][:200] if said else type(error).__name__}") from None
    return notebook


def _check_size(raw):
    """Refuse what would take long to read: validating, for one, takes a time that grows with all that is wrong."""
    sheets = raw.get("worksheets", []) if raw["nbformat"] == 3 else [raw]
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    if sum(len(cells) for cells in lists if isinstance(cells, list)) > MOST_CELLS:
        raise Unreadable(f"The notebook has more than {MOST_CELLS:,} cells.")
    level, parts = [_without_outputs(raw)], 0
    for _ in range(_DEEPEST):
        items = [item for each in level for item in (each.values() if isinstance(each, dict) else each)]
        parts += len(items)
        level = [item for item in items if isinstance(item, (dict, list))]
    if parts > MOST_PARTS:
        raise Unreadable("The notebook holds too much data beside its cells and their outputs.")
    if level:
        raise Unreadable("The notebook holds data that is nested too deeply.")


def _without_outputs(raw):
    """Return a notebook without the outputs of its code cells, which are left out wherever a notebook is read."""
    if not isinstance(raw.get("cells"), list):
        return raw

    def bare(cell):
        is_code = isinstance(cell, dict) and cell.get("cell_type") == "code"
        return {key: value for key, value in cell.items() if key != "outputs"} if is_code else cell

    return raw | {"cells": [bare(cell) for cell in raw["cells"]]}


def _are_tags(value):
    """Whether a value is a list of tags: finding out with a schema takes long where there are many that are none."""
    if not isinstance(value, list) or len(value) > _MOST_TAGS or not all(isinstance(tag, str) for tag in value):
        return False
    return len(set(value)) == len(value) and all(tag and "," not in tag for tag in value)


def _writable(value):
    """Copy JSON without the halves of characters that no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return value


def mend(notebook, source):
    """Give a submission's cells the marks that the source has, and put test cells where they belong.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    source : nbformat.NotebookNode
        As an instructor wrote it.
    """
    marked = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if cell.metadata.get("nbgrader")}
    by_cell_id = {cell.id: name for name, cell in marked.items() if cell.get("id")}
    held = _holders(notebook, marked, by_cell_id)
    for cell in notebook.cells:
        name = held.get(id(cell))
        if name is None:
            cell.metadata.pop("nbgrader", None)
        else:
            _mark(cell, marked[name])
    order = [held[id(cell)] for cell in notebook.cells if id(cell) in held]
    if order != list(marked):
        # A test belongs behind the answer that it tests.
        notebook.cells = [cell for cell in notebook.cells if not _is_test(marked, held.get(id(cell)))]
        _insert_tests(notebook, marked)
    _unique_ids(notebook)


def _holders(notebook, marked, by_cell_id):
    """Say which cell stands for which marked cell of the source: of several, the last, whose code has the last word."""
    held = {}
    for cell in reversed(notebook.cells):
        marks = cell.metadata.get("nbgrader")
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        if isinstance(name, str) and name in marked and name not in held.values():
            held[id(cell)] = name
    for cell in reversed(notebook.cells):
        name = by_cell_id.get(cell.get("id"))
        if name and id(cell) not in held and name not in held.values():
            held[id(cell)] = name
    return held


def _is_test(marked, name):
    return name is not None and kind_of(marked[name]) == _TEST


def _mark(cell, original):
    """Give a cell the marks of the source's; a release leaves traces in them that are to stay."""
    mine, theirs = cell.metadata.get("nbgrader"), original.metadata.nbgrader
    mine = mine if isinstance(mine, dict) else {}
    kept = {key: value for key, value in mine.items() if key not in ("checksum", "cell_type")}
    if kept != {key: value for key, value in theirs.items() if key not in ("checksum", "cell_type")}:
        cell.metadata = copy.deepcopy(original.metadata)
    if kind_of(original) != _STUDENT:
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


def _insert_tests(notebook, marked):
    """Put every test of the source behind the marked cell that precedes it there, and restore what is missing."""
    before = None
    for name, original in marked.items():
        positions = [i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == name]
        if not positions:
            if kind_of(original) == _STUDENT and not original.metadata.nbgrader.get("grade"):
                continue  # a deleted answer stays deleted; its test says so
            restored = copy.deepcopy(original)
            at = len(notebook.cells) if before is None else _position(notebook, before) + 1
            notebook.cells.insert(at, restored)
        before = name


def _position(notebook, name):
    return next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def _unique_ids(notebook):
    seen, numbers = set(), itertools.count(1)
    for cell in notebook.cells:
        own = cell.get("id")
        while cell.get("id") in seen:
            cell.id = f"{own[:40]}-copy-{next(numbers)}"
        if cell.get("id"):
            seen.add(cell.id)
