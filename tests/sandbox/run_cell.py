"""A grader of a single cell: ``python -m tests.sandbox.run_cell PROCESSES < CELL`` prints the cell's outputs."""

import json
import sys

from autograder.grading.settings import Grading
from autograder.sandbox.workers import Workers

LESSON = [("setup", "import numpy as np", "own")]


def main(processes):
    settings, workers = Grading(processes=int(processes)), Workers()
    cells = [{"id": "cell", "source": sys.stdin.read(), "test": False, "skip": False}]
    try:
        workers.prepare({"any": LESSON}, settings.limits(), settings.unsafe)
        job = {"notebook": "any", "files": {}, "hidden_seed": 1, "cells": cells}
        print(json.dumps([workers.protections, workers.run_one(job)["cells"][0]["outputs"]]))
    finally:
        workers.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
