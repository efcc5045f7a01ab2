"""The one run of the solutions in ``make test``: nbval stops at everything that goes wrong in a cell."""

import shutil
import subprocess
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.conftest import ROOT

USAGE = "UsageError: Line magic function `%unknown` not found.\n"


def _stored(source, *outputs, tags=("nbval-ignore-output",)):
    """A cell as it is stored after a run that gave these outputs."""
    return new_code_cell(source, execution_count=1, outputs=list(outputs), metadata={"tags": list(tags)})


def _one():
    return new_output("execute_result", data={"text/plain": "1"}, execution_count=1)


FAILS = {
    "another number": _stored("2", _one(), tags=()),
    "raise": _stored("raise ValueError"),
    "exit": _stored("raise SystemExit"),
    "syntax": _stored("1 = 1"),
    "unknown magic": _stored("%unknown"),
    "unknown magic that was stored": _stored("%unknown", new_output("stream", name="stderr", text=USAGE), tags=()),
    "unknown magic of a cell": _stored("%%unknown\n1"),
    "unknown magic before a raise": _stored("%unknown\nraise ValueError"),
    "unknown magic after other words": _stored("import sys\nprint(1, file=sys.stderr)\n%unknown"),
}
PASSES = {"the same number": _stored("1", _one(), tags=()), "another number that is ignored": _stored("2", _one())}


def test_every_kind_of_failure_in_a_cell_fails(tmp_path):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    cells = FAILS | PASSES
    nbformat.write(new_notebook(cells=list(cells.values())), tmp_path / "cells.ipynb")
    command = [sys.executable, "-m", "pytest", "-rA", "--nbval", "--nbval-current-env", "cells.ipynb"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    failed = [name for number, name in enumerate(cells) if f"FAILED cells.ipynb::Cell {number} " in run.stdout]
    passed = [name for number, name in enumerate(cells) if f"PASSED cells.ipynb::Cell {number}\n" in run.stdout]
    assert (failed, passed) == (list(FAILS), list(PASSES)), run.stdout
