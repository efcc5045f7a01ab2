"""Find among the files of a submission the notebooks of a lesson, by what is in them, whatever they are called."""

import os
import re
from dataclasses import dataclass, field
from pathlib import PurePath

from autograder.grading.files import in_words
from autograder.grading.normalise import Unreadable, kind_of, read_notebook

# A notebook belongs to a lesson if it holds this share of the lesson's marked cells, texts or functions. The lessons of
# a course have a few in common, such as the cell for the written question.
_LEAST = 0.2
# Characters of a text that says which notebook it is from; "import numpy as np" is shorter.
_LEAST_TEXT = 20
# Files that are looked at; the ones that are named like the lesson come first.
_MOST_NOTEBOOKS = 20
_FUNCTION = re.compile(r"^def (\w+)\(", re.MULTILINE)


@dataclass
class Found:
    """What was found of a lesson in a submission.

    Attributes
    ----------
    notebooks : dict of str to (str, nbformat.NotebookNode)
        By the name of a notebook of the source, the name of the file and what it holds.
    lost : dict of str to str
        By the name of a notebook of the source, why nothing can be graded as that one.
    looks : list of str
        Reasons why somebody should look at the submission.
    """

    notebooks: dict = field(default_factory=dict)
    lost: dict = field(default_factory=dict)
    looks: list = field(default_factory=list)


def find_notebooks(contents, times, sources):
    """Find the notebooks of a lesson in a submission.

    Grade ids tell which notebook a file is, then cell ids, then texts and the functions that are defined.  Of several
    files that could be the same notebook the newest is taken.

    Parameters
    ----------
    contents : dict of str to bytes
        The files of the submission, by name.
    times : dict of str to float
        When each of them was last changed.
    sources : dict of str to nbformat.NotebookNode
        The notebooks of the source, by name without the ending.

    Returns
    -------
    Found
        Every notebook of the source is either among its notebooks or lost.
    """
    found, broken, candidates = Found(), {}, {name: {} for name in sources}
    files = _notebook_files(contents, sources)
    if len(files) > _MOST_NOTEBOOKS:
        found.looks.append(f"Of its {len(files)} notebooks only {_MOST_NOTEBOOKS} were looked at.")
    known = {name: _traits_of_source(source) for name, source in sources.items()}
    for file in files[:_MOST_NOTEBOOKS]:
        try:
            notebook = read_notebook(contents[file])
        except Unreadable as error:
            # Other files are not notebooks at all, in spite of their names.
            if file.endswith(".ipynb"):
                broken[file] = str(error)
            continue
        traits = _traits(notebook)
        shares = {name: _share(traits, wanted) for name, wanted in known.items()}
        name = max(shares, key=shares.get)
        candidates[name][file] = shares[name], notebook
    for name in sources:
        _choose(name, candidates[name], contents, times, broken, found)
    for file, why in broken.items():
        if found.notebooks and file not in (f"{name}.ipynb" for name in found.lost):
            chosen = ", ".join(in_words(chosen) for chosen, _ in found.notebooks.values())
            found.looks.append(f"{in_words(file)} was left out: {why} What was graded is {chosen}.")
    return found


def _choose(name, candidates, contents, times, broken, found):
    """Choose the file that is graded as one notebook of the source."""
    own_name, best = f"{name}.ipynb", max((share for share, _ in candidates.values()), default=0)
    likely = [file for file, (share, _) in candidates.items() if share >= max(best / 2, _LEAST)]
    if likely:
        newest = max(likely, key=lambda file: (times[file], file == own_name, file))
        found.notebooks[name] = newest, candidates[newest][1]
        others = sorted(in_words(file) for file in likely if contents[file] != contents[newest])
        if others:
            said = f"{in_words(newest)}, the newest, was graded; {', '.join(others)} could be meant as well."
            found.looks.append(f"Several files could be the notebook {name}: {said}")
    elif own_name in candidates:
        found.notebooks[name] = own_name, candidates[own_name][1]
        found.looks.append(f"{own_name} holds next to nothing of {name}: it may be another notebook under that name.")
    else:
        why = broken.get(own_name) or next(iter(broken.values()), None)
        found.lost[name] = why or f"No notebook was found in it that holds {name}."


def _notebook_files(contents, sources):
    """List the files that may be notebooks, those first that are named like one of the source."""

    def is_one(file):
        path = PurePath(file)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        # A browser that saves a notebook may add an ending of its own.
        return not hidden and (".ipynb" in path.name.lower() or path.suffix.lower() == ".json")

    def rank(file):
        name = PurePath(file).name
        return not name.startswith(tuple(sources)), file.count(os.sep), file

    return sorted(filter(is_one, contents), key=rank)


def _traits(notebook):
    """Return what tells which notebook this is: grade ids, cell ids, texts, and the functions that are defined."""
    grade_ids, cell_ids, texts, functions = set(), set(), set(), set()
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader")
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        if isinstance(name, str):
            grade_ids.add(name)
        cell_ids.add(cell.get("id"))
        texts.add(cell.source.strip())
        if cell.cell_type == "code":
            functions.update(_FUNCTION.findall(cell.source))
    return grade_ids, cell_ids, texts, functions


def _traits_of_source(source):
    """Return the same of a source: of cells and texts those that say whose lesson it is, of functions the answers."""
    grade_ids, _, _, _ = _traits(source)
    marked = {cell.get("id") for cell in source.cells if kind_of(cell) != "own"}
    own = [cell for cell in source.cells if kind_of(cell) == "own"]
    answers = [cell for cell in source.cells if cell.cell_type == "code" and kind_of(cell) == "student"]
    texts = {cell.source.strip() for cell in own if len(cell.source) >= _LEAST_TEXT}
    return grade_ids, marked - {None}, texts, {name for cell in answers for name in _FUNCTION.findall(cell.source)}


def _share(found, wanted):
    """Return which share of a source's traits a file has, of the kind of which it has the largest share."""
    return max((len(one & other) / len(other) for one, other in zip(found, wanted, strict=True) if other), default=0)
