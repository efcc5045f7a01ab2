"""Recognise the notebooks of a lesson among the submitted files by their content, whatever they are called."""

import os
import re
from dataclasses import dataclass, field
from pathlib import PurePath

from autograder.grading import advice
from autograder.grading.files import printable
from autograder.grading.normalise import Unreadable, grade_id_of, kind_of, read_notebook
from autograder.grading.timestamps import NAME

# A notebook belongs to a lesson if it has at least this share of the lesson's marked cells, texts or functions.
# The lessons of a course have a few of these in common, such as the cell for the written question.
_MIN_SHARE = 0.2
# Shorter texts, such as "import numpy as np", occur in many lessons.
_MIN_TEXT = 20
# Notebooks that are examined; those named like the lesson come first.
_MAX_NOTEBOOKS = 20
_EMPTY = f"The notebook is empty. {advice.FILL_IN}"
# What the desk and Blackboard add to what a student handed in.
BLACKBOARDS_NOTE = "blackboard.txt"
NOT_HANDED_IN = (NAME, BLACKBOARDS_NOTE)
# What zip, gzip, 7-Zip and RAR files begin with.
_ARCHIVES = (b"PK", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_FUNCTION = re.compile(r"^def (\w+)\(", re.MULTILINE)


@dataclass
class Submission:
    """A submission as far as it was recognised.

    Attributes
    ----------
    notebooks : dict of str to (str, nbformat.NotebookNode)
        The name of the file and its content, by the name of the source's notebook.
    missing : dict of str to str
        Why there is no notebook to grade, by the name of the source's notebook.
    review_reasons : list of str
        Why an instructor should look at the submission.
    """

    notebooks: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    review_reasons: list = field(default_factory=list)


def find_notebooks(contents, times, sources, others=dict):
    """Find the notebooks of a lesson in a submission.

    A file is recognised by its grade ids, then by its cell ids, the functions it defines, and its texts, which are the
    least telling: notebooks may share them.  If several files match one notebook of the lesson, the newest is chosen.

    Parameters
    ----------
    contents : dict of str to bytes
        The files of the submission, by name.
    times : dict of str to float
        When each of them was last modified.
    sources : dict of str to nbformat.NotebookNode
        The notebooks of the source, by name without the extension.
    others : callable, optional
        Returns the notebooks of other lessons in the same way. It is called only if something isn't recognised.

    Returns
    -------
    Submission
        Every notebook of the source is either in its notebooks or missing.
    """
    submission, broken, empty, candidates = Submission(), {}, {}, {name: {} for name in sources}
    files = _notebook_files(contents, sources)
    if len(files) > _MAX_NOTEBOOKS:
        submission.review_reasons.append(
            f"The submission has {len(files)} notebooks. Only {_MAX_NOTEBOOKS} of them were examined. "
            "Check that the right one was graded."
        )
    known = {name: _traits_of_source(source) for name, source in sources.items()}
    for file in files[:_MAX_NOTEBOOKS]:
        try:
            notebook = read_notebook(contents[file])
        except Unreadable as error:
            # A .json or .txt file need not be a notebook at all, so only a broken .ipynb file is worth mentioning.
            if file.endswith(".ipynb"):
                broken[file] = str(error)
            continue
        if not any(cell.source.strip() for cell in notebook.cells):
            empty[file] = _EMPTY
            continue
        name, share = _most_similar(notebook, known)
        candidates[name][file] = share, notebook
    if not any(candidates.values()):
        broken |= empty
    elsewhere = _take_out_others(candidates, others)
    for name in sources:
        _choose(name, candidates[name], contents, times, broken, submission)
    if not submission.notebooks and not broken:
        unknown = [file for found in candidates.values() for file in found]
        reasons = [of_other_lesson(file, lesson) for file, lesson in elsewhere.items()]
        reason = " ".join([*reasons, advice.SUBMIT]) if reasons else _nothing_to_grade(contents, unknown)
        submission.missing = dict.fromkeys(sources, reason)
    for file, reason in broken.items():
        if submission.notebooks and file not in (f"{name}.ipynb" for name in submission.missing):
            graded = ", ".join(printable(chosen) for chosen, _ in submission.notebooks.values())
            submission.review_reasons.append(f"{printable(file)} was ignored: {reason} The file graded is {graded}.")
    return submission


def _most_similar(notebook, known):
    """Return the name of the source that a notebook resembles most, and the share of that which it has."""
    traits = _traits(notebook)
    shares = {name: _shares(traits, wanted) for name, wanted in known.items()}
    name = max(shares, key=shares.get)
    return name, max(shares[name])


def other_lesson_of(notebook, own, others):
    """Return the name of another lesson to which a notebook belongs, or None.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    own : nbformat.NotebookNode
        Of the lesson that it should belong to.
    others : dict of str to nbformat.NotebookNode
        Of the other lessons, by name.

    Returns
    -------
    str or None
    """
    _, share = _most_similar(notebook, {"": _traits_of_source(own)})
    if share >= _MIN_SHARE or not others:
        return None
    name, share = _most_similar(notebook, {name: _traits_of_source(each) for name, each in others.items()})
    return name if share >= _MIN_SHARE else None


def _take_out_others(candidates, others):
    """Take the notebooks of other lessons out of the candidates, and return the name of each one's lesson."""
    best = [max((share for share, _ in found.values()), default=0) for found in candidates.values()]
    strange = {
        file: notebook
        for found in candidates.values()
        for file, (share, notebook) in found.items()
        if share < _MIN_SHARE and min(best) < _MIN_SHARE
    }
    known = {name: _traits_of_source(source) for name, source in others().items()} if strange else {}
    similar = {file: _most_similar(notebook, known) for file, notebook in strange.items() if known}
    elsewhere = {file: name for file, (name, share) in similar.items() if share >= _MIN_SHARE}
    for found in candidates.values():
        for file in elsewhere.keys() & found.keys():
            del found[file]
    return elsewhere


def of_other_lesson(file, lesson):
    """Say which other lesson's notebook a file is."""
    return f"{printable(file)} is the notebook of {lesson}."


def several_notebooks(name, chosen, others):
    """Say which of several notebooks of a lesson is graded; the names are to be printable."""
    return (
        f"Several notebooks of {name} were handed in. The one that is graded is {chosen}: check that it is the right "
        f"one, and not {' or '.join(others)}."
    )


def _choose(name, candidates, contents, times, broken, submission):
    """Choose the file that is graded as one notebook of the source."""
    own_name, best = f"{name}.ipynb", max((share for share, _ in candidates.values()), default=0)
    likely = [file for file, (share, _) in candidates.items() if share >= max(best / 2, _MIN_SHARE)]
    if likely:
        newest = max(likely, key=lambda file: (times[file], file == own_name, file))
        submission.notebooks[name] = newest, candidates[newest][1]
        others = sorted(printable(file) for file in likely if contents[file] != contents[newest])
        if others:
            # If the student gave the lesson's name to a notebook that isn't the one that counts, collecting renamed it.
            given = re.compile(re.escape(name) + r"-\d+\.ipynb")
            others = [f"{each} (its name since it was collected)" if given.fullmatch(each) else each for each in others]
            submission.review_reasons.append(several_notebooks(name, printable(newest), others))
    elif own_name in candidates:
        submission.notebooks[name] = own_name, candidates[own_name][1]
        submission.review_reasons.append(
            f"{own_name} has hardly anything in common with {name}. Check whether it is a different notebook."
        )
    else:
        reason = broken.get(own_name) or next(iter(broken.values()), None)
        submission.missing[name] = reason or f"No notebook in the submission matches {name}. {advice.SUBMIT}"


def _nothing_to_grade(contents, others):
    """Say what was handed in, if not a notebook of the lesson; ``others`` are notebooks that don't belong to it."""
    own = [file for file in sorted(contents) if file not in NOT_HANDED_IN and not _is_left_over(file)]
    files = sorted(others) or own
    if not files:
        return f"Nothing was handed in: the folder is empty. {advice.SUBMIT}"
    shown = printable(files[0]) + (f" and {len(files) - 1} more" if len(files) > 1 else "")
    be = "are" if len(files) > 1 else "is"
    if others:
        return f"{shown} {be} of another lesson, or not of this course. {advice.SUBMIT}"
    if any(contents[file].startswith(_ARCHIVES) for file in files):
        return (
            f"There is no notebook, and archives are not unpacked: {shown} {be} all that was handed in. {advice.SUBMIT}"
        )
    return f"There is no notebook: {shown} {be} all that was handed in. {advice.SUBMIT}"


def _is_left_over(file):
    """Whether a file is one that an archive or a program leaves beside the others."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePath(file).parts)


def _notebook_files(contents, sources):
    """List the files that may be notebooks, with those that are named like one of the source first."""

    def may_be_notebook(file):
        path = PurePath(file)
        # Some browsers append an extension of their own when they save a notebook.
        return not _is_left_over(file) and (".ipynb" in path.name.lower() or path.suffix.lower() == ".json")

    def rank(file):
        name = PurePath(file).name
        return not name.startswith(tuple(sources)), file.count(os.sep), file

    return sorted(filter(may_be_notebook, contents), key=rank)


def _traits(notebook):
    """Return what identifies a notebook, the most telling first: grade ids, cell ids, functions and texts."""
    grade_ids, cell_ids, functions, texts = set(), set(), set(), set()
    for cell in notebook.cells:
        grade_ids.add(grade_id_of(cell))
        cell_ids.add(cell.get("id"))
        texts.add(cell.source.strip())
        if cell.cell_type == "code":
            functions.update(_FUNCTION.findall(cell.source))
    return grade_ids - {None}, cell_ids - {None}, functions, texts


def _traits_of_source(source):
    """Return the traits by which to recognise a source: ids of marked cells, functions of the answers, longer texts."""
    grade_ids, _, _, _ = _traits(source)
    marked = {cell.get("id") for cell in source.cells if kind_of(cell) != "own"}
    own = [cell for cell in source.cells if kind_of(cell) == "own"]
    answers = [cell for cell in source.cells if cell.cell_type == "code" and kind_of(cell) == "student"]
    texts = {cell.source.strip() for cell in own if len(cell.source) >= _MIN_TEXT}
    functions = {name for cell in answers for name in _FUNCTION.findall(cell.source)}
    return grade_ids, marked - {None}, functions, texts


def _shares(traits, wanted):
    """Return the share of a source's traits that a file has, for each kind of trait."""
    return [len(one & other) / len(other) if other else 0 for one, other in zip(traits, wanted, strict=True)]
