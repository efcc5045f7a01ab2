"""Hooks for ``c.Autograde`` with which nbgrader's own command and the formgrader grade a renamed notebook.

nbgrader finds a notebook by its name alone.  While it grades a submission, a copy of the notebook with the name that
the source has is put beside it.
"""

import atexit
import os
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from autograder.grading.files import regular_files
from autograder.grading.handed_in import find_notebooks
from autograder.grading.settings import Grading

_CONFIG = "nbgrader_config.py"
_lent = []


def lend_names(assignment, student, notebooks):
    """Copy every renamed notebook of a submission to the name that nbgrader expects.

    A file that already has that name is left alone, whatever it contains.

    Parameters
    ----------
    assignment : str
        The name of the lesson.
    student : str
        The student, or the pattern that nbgrader was given.
    notebooks : list of str
        Paths of the notebooks of one submission. The copies are added to this list.
    """
    take_names_back()
    folder = Path(notebooks[0]).parent
    root = next(parent for parent in folder.parents if (parent / _CONFIG).is_file())
    config = PyFileConfigLoader(_CONFIG, path=str(root)).load_config()
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    course = CourseDirectory(config=config)
    paths = Path(course.format_path(course.source_directory, ".", assignment)).glob("*.ipynb")
    sources = {path.stem: nbformat.read(path, as_version=4) for path in sorted(paths)}
    contents = regular_files(folder, Grading(config=config).submission_bytes)
    times = {name: os.stat(folder / name).st_mtime for name in contents}
    for name, (file, _) in find_notebooks(contents, times, sources).notebooks.items():
        path = folder / f"{name}.ipynb"
        if not os.path.lexists(path):
            _lent.append(path)
            path.write_bytes(contents[file])
            notebooks.append(str(path))


def names_lent(folder):
    """Return the names that were lent to the notebooks of a folder."""
    return {path.name for path in _lent if path.parent == Path(folder)}


def take_names_back(assignment=None, student=None, notebooks=()):
    """Remove the copies. The parameters are those that nbgrader passes to every hook."""
    while _lent:
        _lent.pop().unlink(missing_ok=True)


# nbgrader does not call the second hook after a failure.
atexit.register(take_names_back)
