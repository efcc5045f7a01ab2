"""A class of a hundred for lesson 3: right, wrong in every way that is known, half done, blank, hostile."""

import copy
import shutil
from itertools import zip_longest

import nbformat
from nbformat.v4 import new_code_cell

from autograder.check import grade
from autograder.exercises import EXERCISES, OPTIONAL
from tests.conftest import ROOT, named
from tests.grading.conftest import run
from tests.grading.test_hostile import CHEATS
from tests.grading.written import written

LESSON = "03-delta-recursion"
SIZE = 100
OURS = {name: exercise for name, exercise in EXERCISES.items() if exercise.lesson == LESSON}
QUICK_CHEATS = (
    "numpy-patched", "grade-patched", "always-equal", "object-with-len", "transformer", "checks-in-memory", "frames",
    "channel-spoken-to", "rubbish-on-the-channel", "exits", "killed",
)  # fmt: skip


def solutions():
    """The cells of the source, by exercise, in the order of the notebook: later ones use earlier ones."""
    source = nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = {cell.id.replace("-", "_"): cell.source for cell in source.cells}
    return {
        name: "\n".join(line for line in source.splitlines() if "### " not in line)
        for name, source in answers.items()
        if name in OURS
    }


def whole_class():
    """Return what a class hands in.

    Returns
    -------
    dict of str to (dict, dict)
        By student: by exercise the source of the answer, and the points it is worth, found out in this process.
    """
    right = solutions()
    # What is optional counts nothing in the source.
    full = {name: 0 if name in OPTIONAL else exercise.points for name, exercise in OURS.items()}
    students = {}
    catalogued = [[mistake.function for mistake in exercise.mistakes] for exercise in OURS.values()]
    for number, mistakes in enumerate(zip_longest(*catalogued)):
        functions = {
            name: mistake or exercise.variants[0]
            for (name, exercise), mistake in zip(OURS.items(), mistakes, strict=True)
        }
        students[f"wrong-{number:02}"] = (
            {name: written(function, name) for name, function in functions.items()},
            {name: full[name] and grade(named(function, name)).score for name, function in functions.items()},
        )
    for count in range(1, len(OURS)):
        done = list(right)[:count]
        students[f"half-{count:02}"] = (
            {name: right[name] for name in done},
            {name: full[name] if name in done else 0 for name in OURS},
        )
    students |= {f"blank-{number}": ({}, dict.fromkeys(OURS, 0)) for number in range(5)}
    students |= {f"hostile-{name}": ({}, dict.fromkeys(OURS, 0)) for name in QUICK_CHEATS}
    students |= {f"right-{number:02}": (right, full) for number in range(SIZE - len(students))}
    return students


def some(students, count):
    """Choose harmless students, of each kind as many as its share: the first, the last, and some between them."""
    harmless = sorted(student for student in students if not student.startswith("hostile-"))
    return [harmless[round(number * (len(harmless) - 1) / (count - 1))] for number in range(count)]


def make_course(folder, students, chosen):
    """Make a course in which those who are chosen have handed in lesson 3."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    run(folder, "nbgrader", "generate_assignment", LESSON)
    released = nbformat.read(folder / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for student in chosen:
        submitted = folder / "classroom" / "submitted" / student / LESSON
        submitted.mkdir(parents=True)
        nbformat.write(_notebook(released, student, students[student][0]), submitted / f"{LESSON}.ipynb")


def _notebook(released, student, answers):
    handed_in = copy.deepcopy(released)
    for cell in handed_in.cells:
        cell.source = answers.get(cell.id.replace("-", "_"), cell.source)
    if student.startswith("hostile-"):
        handed_in.cells.insert(2, new_code_cell(CHEATS[student.removeprefix("hostile-")]))
    return handed_in


def as_stock(folder):
    """Leave nbgrader's own steps in place: no sandbox, no judge."""
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text().partition("# Student code runs in a sandbox")[0])
