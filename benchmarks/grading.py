"""Twelve of a class graded by stock nbgrader and by ``autograder grade``: whole process against whole process.

Run from the project's root: ``make bench-grading``, or ``python -m benchmarks.grading [ROUNDS]``.  With ``--whole`` all
harmless submissions of the class of a hundred are graded once by each, and the gradebooks compared row by row.
"""

import argparse
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.grading.conftest import rows
from tests.grading.whole_class import LESSON, as_stock, make_course, some, whole_class

STUDENTS = 12
BIN = Path(sys.executable).parent


def memory_of(process, most):
    """Note the largest sum of memory that a process and all below it have to themselves, until it ends."""
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        with contextlib.suppress(psutil.Error):
            family = [process, *process.children(recursive=True)]
            most.append(sum(each.memory_full_info().pss for each in family))
        time.sleep(0.5)


def measure(course, command, watch=False):
    """Run a command on a fresh copy of the course.

    Returns
    -------
    (float, int, dict)
        Seconds, bytes at most if they are watched, which takes time from what is watched, and the gradebook's rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(course, copy)
        if command[0] == "nbgrader":
            as_stock(copy)
        start, most = time.perf_counter(), [0]
        process = psutil.Popen(
            [str(BIN / command[0]), *command[1:]], cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if watch:
            threading.Thread(target=memory_of, args=(psutil.Process(process.pid), most)).start()
        code = process.wait()
        seconds = time.perf_counter() - start
        # 3: graded, and somebody should look at borrowed answers.
        assert code in (0, 3), f"{command[0]} ended with {code}"
        return seconds, max(most), {table: rows(copy)[table] for table in ("students", "submissions", "grades")}


def main():
    """Measure both, one after the other, and print the ratio of the medians."""
    parser = argparse.ArgumentParser(description="Grading by stock nbgrader and by autograder grade.")
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--whole", action="store_true", help="all harmless submissions of the class, once")
    options = parser.parse_args()
    students = whole_class()
    harmless = [student for student in students if not student.startswith("hostile-")]
    chosen, rounds = (harmless, 1) if options.whole else (some(students, STUDENTS), options.rounds)
    stock, ours = ("nbgrader", "autograde", LESSON), ("autograder", "grade", LESSON, "--jobs", "2")
    seconds, found = {stock: [], ours: []}, {}
    with tempfile.TemporaryDirectory() as folder:
        make_course(Path(folder), students, chosen)
        for number in range(rounds):
            for command in seconds:
                taken, _, found[command] = measure(Path(folder), command)
                seconds[command].append(taken)
                print(f"round {number + 1}: {' '.join(command[:2]):20} {taken:7.1f} s", flush=True)
        _, memory, _ = measure(Path(folder), ours, watch=True)
    slow, fast = (statistics.median(each) for each in seconds.values())
    print(f"{len(chosen)} submissions, median of {rounds}: {slow:.1f} s and {fast:.1f} s")
    print(f"ratio: {slow / fast:.1f} times as fast")
    print(f"autograder grade, memory at most: {memory / 2**20:.0f} MB")
    print("the same students, submissions and scores, row for row:", found[stock] == found[ours])


if __name__ == "__main__":
    main()
