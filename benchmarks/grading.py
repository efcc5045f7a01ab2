"""A class of 12 graded by stock nbgrader and by ``autograder grade``: whole process against whole process.

Run from the project's root: ``make bench-grading``, or ``python benchmarks/grading.py ROUNDS``.
"""

import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from tests.notebooks.test_stock_grading import LESSON, ROOT, SUBMISSIONS

STUDENTS = 12
BIN = Path(sys.executable).parent


def make_course(folder):
    """Make a course with a class of 12 who handed in lesson 3."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    subprocess.run([BIN / "nbgrader", "generate_assignment", LESSON], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    notebooks = [notebook for notebook, _ in SUBMISSIONS.values()]
    for number in range(STUDENTS):
        submitted = folder / "classroom" / "submitted" / f"student-{number:02}" / LESSON
        submitted.mkdir(parents=True)
        nbformat.write(notebooks[number % len(notebooks)], submitted / f"{LESSON}.ipynb")


def as_stock(folder):
    """Leave nbgrader's own steps in place: no sandbox, no judge."""
    config = folder / "nbgrader_config.py"
    config.write_text(config.read_text().partition("# Student code runs in a sandbox")[0])


def memory_of(process, stop, most):
    """Note the largest sum of memory that a process and all below it have to themselves."""
    while not stop.is_set():
        total = 0
        try:
            for each in [process, *process.children(recursive=True)]:
                total += each.memory_full_info().pss
        except psutil.Error:
            continue
        most.append(total)
        stop.wait(0.5)


def measure(course, command):
    """Run a command on a fresh copy of the course.

    Returns
    -------
    (float, int, list)
        Seconds, bytes at most, and the scores.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(course, copy)
        if command[0] == "nbgrader":
            as_stock(copy)
        start = time.perf_counter()
        process = psutil.Popen(
            [str(BIN / command[0]), *command[1:]], cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        stop, most = threading.Event(), [0]
        watcher = threading.Thread(target=memory_of, args=(process, stop, most))
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - start
        stop.set()
        watcher.join()
        assert code == 0, f"{command[0]} ended with {code}"
        with sqlite3.connect(copy / "classroom" / "gradebook.db") as database:
            query = (
                "select s.student_id, b.name, auto_score from grade g join base_cell b on g.cell_id = b.id "
                "join submitted_notebook n on g.notebook_id = n.id "
                "join submitted_assignment s on n.assignment_id = s.id order by 1, 2"
            )
            return seconds, max(most), database.execute(query).fetchall()


def main(rounds):
    """Measure both, one after the other, and print the ratio of the medians."""
    commands = {
        "nbgrader autograde": ("nbgrader", "autograde", LESSON),
        "autograder grade": ("autograder", "grade", LESSON, "--jobs", "2"),
    }
    seconds, memory, scores = {name: [] for name in commands}, {name: [] for name in commands}, {}
    with tempfile.TemporaryDirectory() as folder:
        make_course(Path(folder))
        for number in range(rounds):
            for name, command in commands.items():
                taken, most, scores[name] = measure(Path(folder), command)
                seconds[name].append(taken)
                memory[name].append(most)
                print(f"round {number + 1}: {name:20} {taken:7.1f} s {most / 2**20:7.0f} MB", flush=True)
    stock, ours = (statistics.median(each) for each in seconds.values())
    print(f"{STUDENTS} submissions, median of {rounds}: {stock:.1f} s and {ours:.1f} s")
    print(f"ratio: {stock / ours:.1f} times as fast")
    print("the same scores, row for row:", len(set(map(tuple, scores.values()))) == 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
