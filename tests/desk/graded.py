"""A small class with everything odd, graded and partly marked, from which grades and feedback are taken."""

import functools
import shutil
from datetime import datetime

import nbformat
from click.testing import CliRunner
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.cli import main
from tests.grading.conftest import CONFIG, LESSON, LIMITS, WRONG, hand_in, new_course, run, solved, source_notebook

OTHER = "04-other"
SECRET = "Two points for the sum, two for $\\sigma'(z)$."
ROSTER = """id,first_name,last_name,email,moodle_id,canvas_id,blackboard_id
ada,Ada,Lovelace,ada@example.edu,111,2001,ada1
bob,Bob,Müller,bob@example.edu,112,2002,bob1
cem,Cem,Öztürk,cem@example.edu,113,2003,cem1
dan,Dan,Low,dan@example.edu,114,2004,dan1
eve,Eve,Absent,eve@example.edu,115,2005,eve1
fay,=1+1,@Fay,fay@example.edu,116,2006,fay1
"""
PLUGIN = """
c.Desk.timezone = "UTC"
from nbgrader.plugins import BasePlugin
class HalfOff(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.5
c.AssignLatePenalties.plugin_class = HalfOff
"""
# What no parser can read: a picture that isn't there, and a number that is too long for Python.
UNREADABLE = f"![A picture](attachment:missing.png)\n\n<p style='width: {'1' * 5000}'>a</p>"
ACTING = "<script>act()</script><img src=x onerror=act()> $\\text{<script>act()</script>}$"


def _source():
    source = source_notebook()
    source.cells[0].source = "# Lesson 3: A small lesson\n\nFor $\\delta^L$ see\n\n$$\\delta = \\frac{a}{b}$$"
    source.cells.insert(2, new_markdown_cell("### Exercise: `output_delta` (2 points)", id="heading"))
    source.cells[-1].source = (
        "## In your own words (5 points, graded by hand)\n\nWhy?\n\n"
        f"=== BEGIN MARK SCHEME ===\n{SECRET}\n=== END MARK SCHEME ==="
    )
    return source


def mark(course, lesson, student, points, comment=None):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        grade = gradebook.find_grade("words", LESSON, lesson, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment("words", LESSON, lesson, student).manual_comment = comment
        gradebook.db.commit()


def grade_class(folder):
    """Make the class in a folder: ada right, bob wrong and late, cem unmarked, dan unreadable, eve absent."""
    course = new_course(folder, CONFIG + LIMITS + PLUGIN, _source())
    shutil.copytree(course / "solutions" / LESSON, course / "solutions" / OTHER)
    source = nbformat.read(course / "solutions" / OTHER / f"{LESSON}.ipynb", as_version=4)
    source.cells[0].source = "# Lesson 4: Another"
    nbformat.write(source, course / "solutions" / OTHER / f"{LESSON}.ipynb")
    (course / "classroom" / "roster.csv").write_text(ROSTER)
    released = nbformat.read(course / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        gradebook.find_assignment(LESSON).duedate = datetime(2026, 11, 3, 12)
        gradebook.db.commit()
    own = solved(released, WRONG["sign"], after=["print('\\x1b[31mred\\x1b[0m')", "1 / 0"])
    own.cells += [new_markdown_cell(ACTING), new_markdown_cell(UNREADABLE)]
    for student, content, stamp in (
        ("ada", solved(released), "2026-11-03 11:00:00 UTC"),
        ("bob", own, "2026-11-05 13:00:00 UTC"),
        ("cem", solved(released), "2026-11-02 11:00:00 UTC"),
        ("dan", None, "2026-11-02 11:00:00 UTC"),
        ("fay", solved(released), "2026-11-02 11:00:00 UTC"),
    ):
        place = hand_in(course, student, nbformat.writes(content) if content else "{")
        (place / "timestamp.txt").write_text(stamp)
    other = course / "classroom" / "submitted" / "ada" / OTHER
    other.mkdir()
    nbformat.write(solved(released), other / f"{LESSON}.ipynb")
    run(course, "autograder", "grade", LESSON, "--jobs", "2", code=3)
    run(course, "autograder", "grade", OTHER)
    for student, points in (("ada", 4), ("bob", 3), ("fay", 5)):
        mark(course, LESSON, student, points, f"Good $\\sigma'$ {ACTING}" if student == "ada" else None)
    mark(course, OTHER, "ada", 5)
    return course


@functools.cache
def graded_class(base):
    """Return the course of :func:`grade_class`, made once in a run of the tests, to be copied."""
    folder = base / "graded-class"
    folder.mkdir()
    return grade_class(folder)


def desk(course, *words, code=0):
    """Run a command of the desk in this process, and return what it prints; a code of None stands for any."""
    command, *rest = words
    done = CliRunner().invoke(main, [command, *rest, "--course", str(course)])
    assert code in (None, done.exit_code), f"{done.exit_code}\n{done.output}\n{done.exception!r}"
    return done.output
