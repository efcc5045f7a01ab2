"""nbgrader's own steps with ours in their place: the sandbox for the kernel, and notes in the comments."""

import atexit
import contextlib
import shutil
from typing import ClassVar

import nbformat
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades

from autograder.grading.files import for_sandbox, regular_files
from autograder.grading.normalise import code_cells, mend
from autograder.grading.outcome import job_of, put_outputs
from autograder.grading.settings import Grading
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, Unprotected, Workers

KEY = "autograder"


def _course_of(preprocessor):
    """Return nbgrader's description of the course that a preprocessor works in."""
    parent = preprocessor.parent
    while not hasattr(parent, "coursedir"):
        parent = parent.parent
    return parent.coursedir


def source_of(preprocessor, resources):
    """Read the source of the notebook that is being graded.

    Parameters
    ----------
    preprocessor : traitlets.config.Configurable
        Whose parents know the course.
    resources : dict
        Of nbgrader.

    Returns
    -------
    nbformat.NotebookNode
    """
    course, marks = _course_of(preprocessor), resources["nbgrader"]
    folder = course.format_path(course.source_directory, ".", marks["assignment"])
    return nbformat.read(f"{folder}/{marks['notebook']}.ipynb", as_version=4)


def remove_feedback(course, student, lesson):
    """Remove a student's feedback pages; ``nbgrader generate_feedback`` writes only pages that aren't there.

    Parameters
    ----------
    course : nbgrader.coursedir.CourseDirectory
        Where the pages are.
    student : str
        Whose submission is graded again.
    lesson : str
        Name of the assignment.
    """
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(course.format_path(course.feedback_directory, student, lesson))


class Mend(NbGraderPreprocessor):
    """Gives a submission's cells the marks of the source before nbgrader looks at them.

    As the first step of a regrade it also removes the feedback that no longer holds.
    """

    def preprocess(self, nb, resources):
        """Mend one notebook."""
        remove_feedback(_course_of(self), resources["nbgrader"]["student"], resources["nbgrader"]["assignment"])
        mend(nb, source_of(self, resources))
        return nb, resources


class Execute(NbGraderPreprocessor):
    """Has a notebook run in a sandbox, and its tests by the judge."""

    _workers: ClassVar[dict] = {}

    def preprocess(self, nb, resources):
        """Put the outputs into one notebook."""
        ours = resources.setdefault(KEY, {})
        if "result" not in ours:
            settings = Grading(parent=self)
            contents = regular_files(resources["metadata"]["path"], settings.submission_bytes, ())
            job = job_of(resources["nbgrader"]["notebook"], nb, for_sandbox(contents), settings)
            hidden = (_course_of(self).root,)
            try:
                ours["result"] = self._run(job, source_of(self, resources), settings, hidden)
            except Unprotected as error:
                self._refuse(f"Not graded: without protection {error}.", resources)
            except CannotStart as error:
                self._refuse(str(error), resources)
            except Closed:
                self._refuse("The processes that grade ended. Grade this submission again.", resources)
        ours["notes"] = put_outputs(nb, ours["result"])
        return nb, resources

    def _refuse(self, words, resources):
        """End the command with a sentence, and with nothing half written."""
        course, marks = _course_of(self), resources["nbgrader"]
        self.log.error(words)
        target = course.format_path(course.autograded_directory, marks["student"], marks["assignment"])
        shutil.rmtree(target, ignore_errors=True)
        raise SystemExit(1)

    def _run(self, job, source, settings, hidden=()):
        """Run a notebook outside a class: nbgrader's own command, or the formgrader's button."""
        key = (
            job["notebook"],
            nbformat.writes(source),
            settings.limits(),
            settings.unsafe,
            settings.hidden_seed,
            hidden,
        )
        if key in self._workers:
            # A server lives long, and the process that waits may have been killed meanwhile.
            with contextlib.suppress(Closed):
                return self._workers[key].run_one(job)
        for old in self._workers.values():
            old.close()
        self._workers.clear()
        workers = Workers()
        atexit.register(workers.close)
        workers.prepare({job["notebook"]: code_cells(source)}, *key[2:])
        self._workers[key] = workers
        return workers.run_one(job)


class SaveAutoGrades(StockSaveAutoGrades):
    """Saves grades as nbgrader does, says what is not the student's own work, and has marks looked at again."""

    def preprocess(self, nb, resources):
        """Save the grades of one notebook."""
        ours = resources.get(KEY, {})
        self._notes, self._changed = ours.get("notes"), ours.get("changed", False)
        self._cost = Grading(parent=self).own_work_cost
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        """Save what there is to save of one cell."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if self._changed and utils.is_task(cell):
            # nbgrader does this for cells with a person's mark, but not for tasks, whose answers stand in other cells.
            name = cell.metadata["nbgrader"]["grade_id"]
            grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
            if grade.manual_score is not None:
                grade.needs_manual_grade = True
                self.gradebook.db.commit()
        return cell, resources

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if self._notes is None or not (name in self._notes.unheard or name in self._notes.charged):
            return
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        if name in self._notes.unheard:
            grade.needs_manual_grade = True
        elif grade.auto_score:
            grade.auto_score *= 1 - self._cost
        self.gradebook.db.commit()

    def _add_comment(self, cell, resources):
        super()._add_comment(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        said = self._notes.comments.get(name) if self._notes and utils.is_solution(cell) else None
        if said:
            comment = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
            comment.auto_comment = " ".join(filter(None, [comment.auto_comment, said]))
            self.gradebook.db.commit()
