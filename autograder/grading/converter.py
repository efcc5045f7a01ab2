"""nbgrader's converter for one submission at a time, with all its steps sharing one open gradebook."""

import contextlib
import logging

import nbformat
import nbgrader.converters.autograde
import nbgrader.converters.generate_assignment
import nbgrader.preprocessors.latesubmissions
import nbgrader.preprocessors.overwritecells
import nbgrader.preprocessors.overwritekernelspec
import nbgrader.preprocessors.saveautogrades
import nbgrader.preprocessors.savecells
from nbconvert.exporters import NotebookExporter
from nbconvert.writers import FilesWriter
from nbgrader.converters.autograde import Autograde
from traitlets.utils.importstring import import_item

from autograder.grading.preprocessors import KEY, Execute, Normalise, SaveAutoGrades

_OPENS_GRADEBOOK = (
    nbgrader.converters.autograde,
    nbgrader.converters.generate_assignment,
    nbgrader.preprocessors.latesubmissions,
    nbgrader.preprocessors.overwritecells,
    nbgrader.preprocessors.overwritekernelspec,
    nbgrader.preprocessors.saveautogrades,
    nbgrader.preprocessors.savecells,
)
# Whatever the configuration says, student code runs only in the sandbox.
_REPLACED = {nbgrader.preprocessors.Execute: Execute, nbgrader.preprocessors.SaveAutoGrades: SaveAutoGrades}
_LATE_PENALTIES = nbgrader.preprocessors.latesubmissions.AssignLatePenalties
# A submission is normalised when it is read, which gives it the metadata of the source, and that has been checked.
_ALREADY_DONE = {Normalise, nbgrader.preprocessors.CheckCellMetadata}


class Converter(Autograde):
    """nbgrader's converter, taking one submission at a time from one staging folder to another."""

    def prepare(self):
        """Create the steps before and after a notebook is run, which serve all submissions, and the writer."""
        self._before = self._create(self.sanitize_preprocessors)
        self._after = self._create(self.autograde_preprocessors)
        self.writer = FilesWriter(parent=self, config=self.config)

    def _create(self, steps):
        exporter = NotebookExporter(parent=self, config=self.config)
        exporter._preprocessors = []
        for step in map(_as_class, steps):
            if step not in _ALREADY_DONE:
                exporter.register_preprocessor(_REPLACED.get(step, step))
        return exporter._preprocessors

    def begin(self, student, notebooks):
        """Create the rows of a submission with these notebooks, and copy the other files of the source."""
        self.notebooks = notebooks
        self.init_assignment(self.coursedir.assignment_id, student)

    def sanitise(self, notebook, resources):
        """Take the steps before a notebook is run, in place."""
        _take(self._before, notebook, resources)

    def save(self, notebook, resources):
        """Take the steps after a notebook is run, save its grades and its file, and return the remarks about it."""
        notebook, resources = _take(self._after, notebook, resources)
        resources["output_extension"] = ".ipynb"
        self.write_single_notebook(nbformat.v4.writes(notebook), resources)
        return resources[KEY]["remarks"]


def _take(steps, notebook, resources):
    """Take one step after the other.

    nbconvert would copy the notebook first and validate it after each step, which takes longer than all the steps. The
    notebook was validated when it was read, and every output that was added since is valid by construction.
    """
    for step in steps:
        notebook, resources = step(notebook, resources)
    return notebook, resources


def _as_class(step):
    return step if isinstance(step, type) else import_item(step)


def check_late_penalty(config):
    """Create nbgrader's plugin for late submissions now, so that a wrong setting raises its error at once."""
    nbgrader.preprocessors.latesubmissions.AssignLatePenalties(config=config).init_plugin()


def classes_that_decide(config):
    """List the classes whose settings decide a grade: the converter and its steps.

    Penalties for late submissions are left out: they are computed again each time, whatever was graded.
    """
    converter = Autograde(config=config)
    steps = map(_as_class, [*converter.sanitize_preprocessors, *converter.autograde_preprocessors])
    return [Autograde, *(step for step in steps if not issubclass(step, _LATE_PENALTIES))]


def without_log(kind, directory, config):
    """Create a converter of some class that logs nothing, because every error is raised."""
    converter = kind(coursedir=directory, config=config)
    converter.log = logging.getLogger("autograder.grading")
    converter.log.addHandler(logging.NullHandler())
    converter.log.propagate = False
    return converter


@contextlib.contextmanager
def sharing(gradebook):
    """Make nbgrader's steps, each of which opens the gradebook, use one that is open already."""
    before = [module.Gradebook for module in _OPENS_GRADEBOOK]
    for module in _OPENS_GRADEBOOK:
        module.Gradebook = lambda *_, **__: gradebook
    try:
        yield
    finally:
        for module, opener in zip(_OPENS_GRADEBOOK, before, strict=True):
            module.Gradebook = opener


class CellsOfLesson:
    """A gradebook for the steps before a notebook is run, in which each cell of the lesson is looked up only once.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    """

    def __init__(self, gradebook):
        self._gradebook, self._found = gradebook, {}

    def __getattr__(self, name):
        return getattr(self._gradebook, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def find_source_cell(self, *place):
        """Return the source of a cell, as nbgrader's method of this name does."""
        return self._once(self._gradebook.find_source_cell, place)

    def find_graded_cell(self, *place):
        """Return a cell with points, as nbgrader's method of this name does."""
        return self._once(self._gradebook.find_graded_cell, place)

    def _once(self, find, place):
        key = find.__name__, place
        if key not in self._found:
            self._found[key] = cell = find(*place)
            self._gradebook.db.expunge(cell)  # otherwise it would be read again after every submission
        return self._found[key]
