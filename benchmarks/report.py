"""Whether the report on a large class tells the truth: a class of known mistakes, graded as any other.

``python -m benchmarks.report [STUDENTS]`` makes a class that hands in lessons 1 to 3, each student with up to three
mistakes of the catalogue in each lesson, grades it, and compares the counts of the report with what was handed in.
"""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat

from autograder.check import check
from autograder.desk.report.gather import gather
from autograder.exercises import EXERCISES
from tests.conftest import ROOT, named
from tests.grading.written import written

LESSONS = ("01-notation", "02-chain-rule", "03-delta-recursion")
KEPT = ("nbgrader_config.py", "solutions", "lessons")


def answers_of(lesson):
    """Return the source of each exercise's answer in a lesson's solution, by exercise."""
    source = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    return {
        cell.id.replace("-", "_"): "\n".join(line for line in cell.source.splitlines() if "### " not in line)
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def alone(lesson):
    """Return the mistakes that are named by their own id alone, and can be written out, as (exercise, mistake)."""
    return [
        (name, mistake)
        for name, exercise in EXERCISES.items()
        if exercise.lesson == lesson and exercise.comparable
        for mistake in exercise.mistakes
        if check(named(mistake.function, name)).mistakes == (mistake.id,) and typed(name, mistake)
    ]


@cache
def typed(name, mistake):
    """Return a mistake as a student would have typed it; empty if it needs too much beside itself."""
    try:
        return written(mistake.function, name)
    except RecursionError:
        return ""


def hand_in(course, student, lesson, chosen):
    """Write a student's submission with some mistakes in it."""
    notebook = nbformat.read(course / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    answers = answers_of(lesson) | {name: typed(name, mistake) for name, mistake in chosen}
    for cell in notebook.cells:
        name = cell.id.replace("-", "_")
        if cell.metadata.get("nbgrader", {}).get("solution") and name in answers:
            cell.source = answers[name]
    place = course / "classroom" / "submitted" / student / lesson
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{lesson}.ipynb")


def main(students=300, seed=1):
    """Make the class, grade it, and print what differs."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        course, truth = Path(folder), {lesson: Counter() for lesson in LESSONS}
        for name in KEPT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, course / name)
        for lesson in LESSONS:
            pool = alone(lesson)
            for number in range(students):
                chosen = dict(rng.sample(pool, rng.randint(0, 3))).items()
                hand_in(course, f"s{number:03}", lesson, chosen)
                truth[lesson].update((name, mistake.id) for name, mistake in chosen)
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "autograder", "grade", lesson], cwd=course, capture_output=True)
            print(f"{lesson}: {students} submissions graded in {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        summary, _ = gather(course, LESSONS)
        print(f"report gathered in {time.perf_counter() - start:.1f} s")
    for lesson in summary.lessons:
        counted = Counter({(each.name, m): n for each in lesson.exercises for m, n in each.mistakes.items()})
        wanted = truth[lesson.name]
        wrong = {key: (wanted[key], counted[key]) for key in wanted | counted if wanted[key] != counted[key]}
        print(f"{lesson.name}: {sum(wanted.values())} mistakes of {len(wanted)} kinds, {len(wrong)} counts differ")
        for (exercise, mistake), (right, found) in sorted(wrong.items()):
            print(f"    {exercise} {mistake}: {right} handed in, {found} counted")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
