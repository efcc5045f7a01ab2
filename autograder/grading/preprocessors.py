"""Steps for nbgrader's converter: normalise a submission, run it in a sandbox, and save its grades."""

import atexit
import contextlib
import shutil
from pathlib import Path
from typing import ClassVar

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades

from autograder.grading.files import digest_of_files, for_sandbox, regular_files
from autograder.grading.lent_names import names_lent
from autograder.grading.normalise import code_cells, normalise
from autograder.grading.outcome import make_job, put_outputs
from autograder.grading.results import save_results
from autograder.grading.settings import Grading, folders_to_hide
from autograder.grading.timestamps import NAME
from autograder.sandbox.channel import Closed
from autograder.sandbox.workers import CannotStart, Unprotected, Workers

KEY = "autograder"


def _course_of(preprocessor):
    """Return nbgrader's description of the course that a preprocessor works in."""
    parent = preprocessor.parent
    while not hasattr(parent, "coursedir"):
        parent = parent.parent
    return parent.coursedir


def _source_of(preprocessor, resources):
    """Read the source of the notebook that is being graded."""
    course, marks = _course_of(preprocessor), resources["nbgrader"]
    folder = course.format_path(course.source_directory, ".", marks["assignment"])
    return nbformat.read(f"{folder}/{marks['notebook']}.ipynb", as_version=4)


def remove_feedback(course, student, lesson):
    """Remove a student's feedback pages, as ``nbgrader generate_feedback`` does not replace existing ones.

    Returns whether there were any. No empty folder of the student is left.
    """
    folder = Path(course.format_path(course.feedback_directory, student, lesson))
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()
    return True


def _cost_words(cost):
    """Say what a borrowed answer costs, as a share of the points that it earned."""
    share = {0.5: "Half", 1.0: "All"}.get(cost, f"{100 * cost:.3g}%")
    return f"{share} of the points that it earned were deducted for this." if cost else ""


class Normalise(NbGraderPreprocessor):
    """Gives a submission's cells the metadata of the source before nbgrader reads it.

    As the first step of grading it also removes feedback pages that may no longer be true.
    """

    def preprocess(self, nb, resources):
        """Normalise one notebook."""
        remove_feedback(_course_of(self), resources["nbgrader"]["student"], resources["nbgrader"]["assignment"])
        normalise(nb, _source_of(self, resources))
        return nb, resources


Mend = Normalise  # the name in older course configurations


class Execute(NbGraderPreprocessor):
    """Runs a notebook in a sandbox, and has a judge run its tests."""

    _workers: ClassVar[dict] = {}

    def preprocess(self, nb, resources):
        """Put the outputs into one notebook."""
        ours = resources.setdefault(KEY, {})
        if "result" not in ours:
            settings = Grading(parent=self)
            contents = regular_files(resources["metadata"]["path"], settings.submission_bytes)
            job = make_job(resources["nbgrader"]["notebook"], nb, for_sandbox(contents), settings)
            hidden = tuple(folders_to_hide(_course_of(self).root, self.config))
            try:
                ours["result"] = self._run(job, _source_of(self, resources), settings, hidden)
            except Unprotected as error:
                message = f"Not graded, as submissions would not be contained: {error}. Grade on another machine."
                self._refuse(message, resources)
            except CannotStart as error:
                self._refuse(str(error), resources)
            except Closed:
                self._refuse("The grading processes ended unexpectedly. Grade this submission again.", resources)
        ours["remarks"] = put_outputs(nb, ours["result"])
        return nb, resources

    def _refuse(self, message, resources):
        """End the command with a message, leaving nothing half written."""
        course, marks = _course_of(self), resources["nbgrader"]
        self.log.error(message)
        target = course.format_path(course.autograded_directory, marks["student"], marks["assignment"])
        shutil.rmtree(target, ignore_errors=True)
        raise SystemExit(1)

    def _run(self, job, source, settings, hidden=()):
        """Run one job when nbgrader's own command or the formgrader grades, with processes kept for the next one."""
        key = (
            job["notebook"],
            nbformat.writes(source),
            settings.limits(),
            settings.unsafe,
            settings.hidden_seed,
            hidden,
        )
        if key in self._workers:
            # In a long-lived server the waiting processes may have been killed in the meantime.
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
    """Saves grades as nbgrader does, adds remarks, and marks for manual grading what needs it."""

    def preprocess(self, nb, resources):
        """Save the grades of one notebook."""
        ours = resources.get(KEY, {})
        self._remarks, self._changed = ours.get("remarks"), ours.get("changed", False)
        self._cost = Grading(parent=self).own_work_cost
        nb, resources = super().preprocess(nb, resources)
        if self._remarks and "changed" not in ours:
            self._save_found()  # `autograder grade` saves what all notebooks of a submission gave at once
        return nb, resources

    def _save_found(self):
        """Save what the tests of a notebook found, when nbgrader's own command or the formgrader grades."""
        course = _course_of(self)
        folder = course.format_path(course.submitted_directory, self.student_id, self.assignment_id)
        digest = digest_of_files(folder, Grading(parent=self).submission_bytes, {NAME, *names_lent(folder)})
        with Gradebook(self.db_url) as gradebook:
            handed_in = gradebook.find_submission(self.assignment_id, self.student_id).timestamp
            found = {self.notebook_id: self._remarks.found}
            who = self.student_id, self.assignment_id
            save_results(gradebook.db, *who, digest, handed_in, found, keep_others=True)
            gradebook.db.commit()

    def preprocess_cell(self, cell, resources, cell_index):
        """Save the grade and the comment of one cell."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if self._changed and utils.is_task(cell):
            # nbgrader does this for answers that were graded by hand, but not for tasks, whose answer is another cell.
            self._find(self.gradebook.find_grade, cell).needs_manual_grade = True
            self.gradebook.db.commit()
        return cell, resources

    def _find(self, find, cell):
        """Find the grade or the comment of a cell in the gradebook."""
        return find(cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if self._remarks is None or name not in self._remarks.ungraded | self._remarks.charged:
            return
        grade = self._find(self.gradebook.find_grade, cell)
        if name in self._remarks.ungraded:
            grade.needs_manual_grade = True
        elif grade.auto_score:
            grade.auto_score *= 1 - self._cost
        self.gradebook.db.commit()

    def _add_comment(self, cell, resources):
        super()._add_comment(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        remark = self._remarks.comments.get(name) if self._remarks and utils.is_solution(cell) else None
        if remark:
            comment = self._find(self.gradebook.find_comment, cell)
            comment.auto_comment = " ".join(filter(None, [comment.auto_comment, remark, _cost_words(self._cost)]))
            self.gradebook.db.commit()
