"""What will lie in ``classroom/submitted/``: the files of an attempt, bounded, with the notebook under its name."""

import io
import os
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.desk.archives import ArchiveError, MemberError, open_zip_within
from autograder.desk.safe_names import Paths
from autograder.grading.advice import for_lecturer
from autograder.grading.files import digest, printable
from autograder.grading.handed_in import NOT_HANDED_IN, find_notebooks, of_other_lesson, several_notebooks
from autograder.grading.normalise import Unreadable, read_notebook
from autograder.grading.timestamps import NAME as TIMESTAMP

# With more files than this, only the notebooks are taken.
MAX_FILES = 1000
_MAX_ZIPS = 3
# Files whose problems are told one by one.
_MAX_PROBLEMS = 5
# With more notebooks than this, it takes too long to find the most complete one.
_MAX_NOTEBOOKS = 20
_ANSWER = re.compile(r"^def (\w+)\(", re.MULTILINE)
_STUB = "NotImplementedError"

RECOGNISED, UNREADABLE, OTHER_LESSON = "recognised", "unreadable", "another lesson"


@dataclass
class Contents:
    """The contents of an attempt.

    Attributes
    ----------
    files : dict of str to bytes
        By the names that they get in the folder of the submission.
    state : str
        ``RECOGNISED``, ``UNREADABLE`` or ``OTHER_LESSON``.
    reasons : list of str
        Why somebody should look at it.
    renamed : list of str
        What the notebooks were called that now have the lesson's names.
    """

    files: dict = field(default_factory=dict)
    state: str = RECOGNISED
    reasons: list = field(default_factory=list)
    renamed: list = field(default_factory=list)

    @property
    def digest(self):
        """A digest of the names and contents, as :func:`autograder.grading.files.digest_of_files` computes it."""
        return digest(part for name, content in sorted(self.files.items()) for part in (os.fsencode(name), content))


@dataclass(frozen=True)
class Lessons:
    """The sources of the lessons, by which notebooks are recognised.

    Attributes
    ----------
    own : dict of str to nbformat.NotebookNode
        Of the lesson that is collected, by the names of its notebooks.
    others : dict of str to nbformat.NotebookNode
        Of all other lessons.
    """

    own: dict
    others: dict


def read_contents(attempt, lessons, max_bytes):
    """Read the files of an attempt, and find the lesson's notebooks among them.

    Parameters
    ----------
    attempt : autograder.desk.downloads.Attempt
        What was handed in.
    lessons : Lessons
        The lessons to recognise notebooks by.
    max_bytes : int
        For all files together.

    Returns
    -------
    Contents
    """
    contents, times = Contents(), {}
    _read_files(attempt.files, max_bytes, contents, times)
    if not any(map(_may_be_notebook, contents.files)):
        _unpack(max_bytes, contents, times)
    _recognise(lessons, contents, times)
    return contents


def has_notebook_of(folder, lessons, max_bytes):
    """Whether there is a notebook of the lesson in a folder, whatever it is called.

    Parameters
    ----------
    folder : pathlib.Path
        An attempt as it is kept.
    lessons : Lessons
    max_bytes : int
        Larger notebooks can't be graded.

    Returns
    -------
    bool
    """
    paths = [path for path in folder.rglob("*") if _may_be_notebook(path.name) and path.is_file()]
    files = {path.relative_to(folder).as_posix(): path for path in paths if path.stat().st_size <= max_bytes}
    contents = {name: path.read_bytes() for name, path in files.items()}
    found = find_notebooks(contents, dict.fromkeys(contents, 0), lessons.own | lessons.others)
    return bool(found.notebooks.keys() & lessons.own.keys())


def _may_be_notebook(name):
    return ".ipynb" in name.lower() or name.lower().endswith(".json")


def _read_files(files, max_bytes, contents, times):
    """Read as many files as are allowed, the notebooks first."""
    files = sorted(files, key=lambda file: not _may_be_notebook(file[0]))
    if len(files) > MAX_FILES:
        few = [file for file in files if _may_be_notebook(file[0])][:MAX_FILES]
        contents.reasons.append(f"{len(files):,} files were handed in. Only the notebooks were collected ({len(few)}).")
        files = few
    room = max_bytes - sum(map(len, contents.files.values()))
    # No student can say when something was handed in.
    paths, problems = Paths([TIMESTAMP, *contents.files]), []
    for name, member in files:
        try:
            content = member.read(room)
        except MemberError as error:
            problems.append(f"{error}.")
            room -= error.unpacked
            continue
        room -= len(content)
        name = paths.add(name)
        contents.files[name], times[name] = content, member.modified
    contents.reasons += problems[:_MAX_PROBLEMS]
    if len(problems) > _MAX_PROBLEMS:
        contents.reasons.append(f"Another {len(problems) - _MAX_PROBLEMS:,} files could not be read either.")


def _unpack(max_bytes, contents, times):
    """Unpack zip files that were handed in; those within them stay packed."""
    zips = [name for name in contents.files if name.lower().endswith(".zip")]
    for name in zips[:_MAX_ZIPS]:
        content = contents.files[name]
        with io.BytesIO(content) as file:
            try:
                members = open_zip_within(content, file)
            except ArchiveError as error:
                contents.reasons.append(f"{printable(name)} {error}.")
                continue
            _read_files([(member.name, member) for member in members], max_bytes, contents, times)


def _recognise(lessons, contents, times):
    """Find the lesson's notebooks, and give them their names."""
    ranks = _ranks(contents, times)
    submission = find_notebooks(contents.files, ranks, lessons.own | lessons.others)
    found = {name: file for name, (file, _) in submission.notebooks.items()}
    chosen = {name: file for name, file in found.items() if name in lessons.own}
    if not chosen and set(found) & set(lessons.others) and not _has_broken(contents):
        contents.state = OTHER_LESSON
        wrong = [of_other_lesson(file, name) for name, file in sorted(found.items())]
        contents.reasons.append(" ".join([*wrong, "Ask the student for the right one."]))
        return
    if not chosen:
        contents.state = UNREADABLE
        contents.reasons += _missing(contents, submission, lessons)
        return
    shown = _rename(chosen, contents)
    contents.reasons += _doubts(shown, ranks, contents, submission, lessons)


def _has_broken(contents):
    """Whether there is an unreadable notebook that may be the lesson's."""
    names = [name for name in contents.files if ".ipynb" in name.lower()]
    return any(_read(contents.files[name]) is None for name in names[:_MAX_NOTEBOOKS])


def _read(content):
    try:
        return read_notebook(content)
    except Unreadable:
        return None


def _missing(contents, submission, lessons):
    """Return why there is no notebook of the lesson."""
    if any(map(_may_be_notebook, contents.files)):
        return list(dict.fromkeys(for_lecturer(submission.missing[name]) for name in lessons.own))
    files = [printable(name) for name in contents.files if name not in NOT_HANDED_IN]
    if not files:
        return ["Nothing that could be read was handed in."]
    return [f"No notebook was handed in. The {'file is' if len(files) == 1 else 'files are'} {listed(files)}."]


def listed(names, most=20):
    """Return some names as one text, and the number of those that are left out."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _doubts(shown, ranks, contents, submission, lessons):
    """Return why the chosen notebooks may not be the right ones; ``shown`` are the files by how to call them."""
    proper = {f"{name}.ipynb": name for name in lessons.own}
    others = {file: content for file, content in contents.files.items() if _may_be_notebook(file)}
    chosen = {name: others.pop(file) for file, name in proper.items() if file in others}
    if not others:
        return list(map(for_lecturer, submission.review_reasons))
    ranks = {file: ranks[shown[file]] for file in others}
    again = find_notebooks(others, ranks, lessons.own | lessons.others)
    return [
        several_notebooks(name, _called(f"{name}.ipynb", shown), [_called(file, shown)])
        for name, (file, _) in again.notebooks.items()
        if name in chosen and others[file] != chosen[name]
    ]


def _called(file, shown):
    """Return how to refer to a file of the submission, with the name it was handed in under if that was different."""
    before = shown[file]
    return printable(file) + (f" (handed in as {printable(before)})" if before != file else "")


def _ranks(contents, times):
    """Return a key for choosing among notebooks: the most complete, and the newest of equally complete ones."""
    several = 1 < sum(map(_may_be_notebook, contents.files)) <= _MAX_NOTEBOOKS
    return {
        name: (_answers(content) if several and _may_be_notebook(name) else 0, times[name])
        for name, content in contents.files.items()
    }


def _answers(content):
    """Count the functions that a notebook defines, without those that nothing was written into."""
    notebook = _read(content)
    if notebook is None:
        return 0
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "code" and _STUB not in cell.source]
    return len({name for text in texts for name in _ANSWER.findall(text)})


def _rename(chosen, contents):
    """Give the chosen files the names of the lesson's notebooks, and move the files beside one of them along.

    Returns what each file was called before.
    """
    proper = {file: f"{name}.ipynb" for name, file in chosen.items()}
    folders = {str(PurePosixPath(file).parent) for file in proper} - {"."}
    inside = f"{min(folders)}/" if len(folders) == 1 else ""
    named, before, paths = {}, {}, Paths([TIMESTAMP, *proper.values()])
    for file, content in contents.files.items():
        name = proper[file] if file in proper else paths.add(file.removeprefix(inside))
        named[name], before[name] = content, file
    contents.files = named
    contents.renamed = [file for file, name in proper.items() if PurePosixPath(file).name != name]
    return before
