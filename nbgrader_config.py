"""Course layout for nbgrader: source in solutions/, released lessons in lessons/, all of a class in classroom/."""

import importlib
import os
import shutil
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_config_path

c = get_config()  # noqa: F821 (nbgrader defines it)

root = Path(__file__).resolve().parent
(root / "classroom").mkdir(exist_ok=True)
# nbgrader has Python look for packages in the current folder first.  The packages that grade are the installed ones,
# even where this folder holds a copy of them: import those before anything else does.
search_path = sys.path[:]
sys.path[:] = [entry for entry in search_path if Path(entry or ".").resolve() not in (root, Path.cwd())]
importlib.import_module("autograder.grading.averages").count_only_marked()
importlib.import_module("nblib")
sys.path[:] = search_path
if not shutil.which("alembic"):
    # nbgrader starts it by its name when it makes a gradebook. It was installed beside the Python that runs this.
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])

c.CourseDirectory.course_id = "backpropagation"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = f"sqlite:///{root / 'classroom' / 'gradebook.db'}"
c.ExportPlugin.to = str(root / "classroom" / "grades.csv")

# nbgrader hands out and collects through a folder that all accounts of a machine can write to. Where neither this
# machine's own configuration names one nor nbgrader's default is there, a folder of the classroom stands in for it, so
# that the formgrader does not warn of a missing one. On a hub, set this to the folder that your students can reach.
default_exchange = Path("/usr/local/share/nbgrader/exchange")
configured = [Path(folder) / "nbgrader_config.py" for folder in jupyter_config_path()]
if not any("Exchange" in file.read_text(encoding="utf-8") for file in configured if file.is_file()):
    if not os.access(default_exchange, os.W_OK | os.X_OK):
        (root / "classroom" / "exchange").mkdir(exist_ok=True)
        c.Exchange.root = str(root / "classroom" / "exchange")

# Training cells need longer than the 30 seconds that nbgrader allows by default on a busy grading machine.
c.ExecutePreprocessor.timeout = 120

# In a released lesson a derivation's lines leave a comment; nbgrader's own stub is code that raises an error.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "autograder.grading.stubs.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Student code runs in a sandbox, and verdicts are made outside of it: in `autograder grade`, and equally in
# `nbgrader autograde` and the formgrader.
c.Autograde.sanitize_preprocessors = [
    "autograder.grading.preprocessors.Normalise",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.grading.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader finds a notebook by its name alone: a renamed one is lent the lesson's name while it is graded.
c.Autograde.pre_convert_hook = "autograder.grading.lent_names.lend_names"
c.Autograde.post_convert_hook = "autograder.grading.lent_names.take_names_back"

# The formgrader and the feedback show of a submission what is only to be looked at: a script in it would run in the
# grader's browser, which may change grades.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "ansi2html": "autograder.grading.pages.ansi2html",
    "clean_html": "autograder.grading.pages.clean_html",
    "highlight_code": "autograder.grading.pages.highlight_code",
    "markdown2html": "autograder.grading.pages.markdown2html",
    "strip_files_prefix": "autograder.grading.pages.strip_files_prefix",
}

# Limits of one submission; `autograder.grading.settings` lists them all.
c.Grading.cell_seconds = 120
c.Grading.memory = 3 * 2**30
# A right function that calls a wrong one gets its points. With False, the feedback only says which one is wrong.
c.Grading.follow_on = True
# Share of an exercise's points that it costs to hand in nblib's own answer, or another library's: 0 is a remark only.
c.Grading.own_work_cost = 0.0
