"""Judge and coordinator have limits of their own: no submission holds the others up, or takes the machine's memory."""

import itertools
import json
import select
import time
import tracemalloc
import types

import nbformat
import pytest

from autograder.grading.outcome import put_outputs
from autograder.grading.settings import Grading
from autograder.sandbox.findings import MAX_READ, MAX_READ_IN_ALL, findings
from autograder.sandbox.inside import WATCHED
from autograder.sandbox.protections import Limits
from autograder.sandbox.reading import read
from autograder.sandbox.workers import TOO_LONG, Pool, Workers

SLOW, LARGE = "while True:\n    pass", "block = bytearray(3 * 2**30)"


def workers_with(cell_seconds):
    workers, settings = Workers(), Grading()
    limits = Limits(**{**vars(settings.limits()), "wall_seconds": 60.0, "cell_seconds": cell_seconds})
    workers.prepare({"any": [("setup", "import numpy as np", "own")]}, limits, settings.unsafe)
    return workers


@pytest.fixture(scope="module")
def workers():
    workers = workers_with(20.0)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def impatient():
    workers = workers_with(2.0)
    yield workers
    workers.close()


def job_with(*cells):
    cells = [{"id": f"c{n}", "source": source, "test": test, "skip": False} for n, (source, test) in enumerate(cells)]
    return {"notebook": "any", "files": {}, "hidden_seed": 0, "cells": cells}


def outputs_of(result, position=-1):
    return json.dumps(result["cells"][position]["outputs"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_judge_that_takes_too_long_is_ended_and_the_others_go_on(workers, jobs, monkeypatch):
    monkeypatch.setattr(workers, "max_seconds", 4)
    pool = workers.pool(jobs)
    waiting = {"slow": job_with((SLOW, True)), **{n: job_with((f"print({n} + 1)", True)) for n in range(3)}}
    done = {}
    while waiting or pool.busy():
        while waiting and pool.idle():
            key = next(iter(waiting))
            pool.submit(key, waiting.pop(key))
        done.update(pool.collect())
    pool.close()
    assert done.pop("slow") == TOO_LONG
    assert {n: result["cells"][0]["outputs"][0]["text"] for n, result in done.items()} == {
        n: f"{n + 1}\n" for n in range(3)
    }


def test_a_result_that_is_ready_counts_however_late_it_is_read(workers, monkeypatch):
    judge, clock = workers.judge(), time.monotonic
    pool = Pool(workers, [judge])
    # More than a socket holds, so the judge waits until it is read.
    pool.submit("ready", job_with(("print('x' * 1_000_000)", True)))
    select.select([judge], [], [])
    later = types.SimpleNamespace(monotonic=lambda: clock() + 2 * workers.max_seconds)
    monkeypatch.setattr("autograder.sandbox.workers.time", later)
    [(_, result)] = pool.collect()
    pool.close()
    assert "xxx" in outputs_of(result)


def test_a_judge_has_a_limit_to_its_memory(workers):
    result = workers.run_one(job_with((LARGE, True), ("print(7)", True)))
    assert "MemoryError" in outputs_of(result, 0) and "7" in outputs_of(result)


@pytest.mark.parametrize(
    "deaf",
    [
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "x = 0\nwhile True:\n    try:\n        while True: x += 1\n    except: continue",
        "def wait():\n    while True:\n        try: sum(range(100))\n        except: pass\nwait()",
    ],
)
def test_a_loop_that_catches_the_interrupt_is_ended_and_the_next_cell_runs(impatient, deaf):
    result = impatient.run_one(job_with((deaf, False), ("print(7)", False)))
    assert "CellTimeoutError" in outputs_of(result, 0) and "7" in outputs_of(result)


LONG = {
    "f-string": 'x = f"' + "{a}" * 400_000 + '"',
    "statements": "import a;" + "a;" * 1_500_000,
    "deep": "import a\n" + "-" * 900_000 + "1",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_cell_that_is_too_long_is_run_and_not_read(workers, kind):
    assert read(LONG[kind]).opaque
    cells = [("x = 1", False), (LONG[kind], False), ("print(x)", False)]
    result = workers.run_one(job_with(*cells))
    assert result["unread"] == [1]
    assert result["ended"] or "1" in outputs_of(result)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source, _ in cells])
    notes = put_outputs(notebook, result)
    assert any("100,000 characters" in look for look in notes.review_reasons)


def test_what_is_read_of_all_cells_is_bounded():
    each = "import a  #" + "x" * (MAX_READ - 11)
    cells = [{"source": each, "test": False}] * (MAX_READ_IN_ALL // MAX_READ + 2)
    said = findings(cells)
    assert said["unread"] == [10, 11] and said["imports"][0] and not said["imports"][10]


def test_names_that_are_given_many_values_are_bounded():
    """A few thousand characters made a note of millions of names, which took as long to write as to read."""
    names = [f"a{n}" for n in range(2000)]
    cell = "import " + ", ".join(names) + "\n" + " = ".join(names) + " = " + " + ".join(names)
    few = "import a, b\nc = a\ndef f():\n    return lambda: b + c"
    said = findings([{"source": source, "test": False} for source in [few, cell, few]])
    assert len(json.dumps(said)) < 2**20 and said["unread"] == [1]
    assert said["imports"][2] == {"names": {"a": ["a"], "b": ["b"]}, "used": ["b"], "given": {"c": ["a"]}}


LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORT = ["".join(word) for word in itertools.product(LETTERS, repeat=3)][:9000]
VERY_LONG = "x" * 25_000


@pytest.mark.parametrize(
    "cell",
    [
        f"import math as {VERY_LONG}\n{'='.join(f'{name}_' for name in SHORT)}={VERY_LONG}",
        f"from {VERY_LONG} import {','.join(f'{name}_' for name in SHORT)}",
    ],
    ids=["given", "imported"],
)
def test_a_long_name_that_is_noted_many_times_is_bounded(cell):
    """Two cells made a note of hundreds of megabytes, which the coordinator had to read."""
    assert len(cell) <= MAX_READ
    tracemalloc.start()
    said = findings([{"source": source, "test": False} for source in [cell, cell, "import a"]])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said["unread"] == [0, 1] and said["imports"][2] and len(json.dumps(said)) < 2**21
    assert most < 50 * 2**20


def test_what_a_sandbox_shows_of_too_much_is_said_once_for_a_cell(workers):
    flood = "from IPython.display import display, update_display, HTML\nh = display(1, display_id=True)\n"
    flood += "for n in range(40): h.update(HTML('x' * 10**6 * n))\nraise ValueError('y' * 10**7)"
    result = workers.run_one(job_with((flood, False), ("print(7)", False)))
    assert result["ended"] is None and "7" in outputs_of(result)
    assert len(outputs_of(result, 0)) < 40 * 2**20


def test_many_functions_are_known_by_their_number(workers):
    """Each of them is looked up, not compared with all the others: that took minutes."""
    many = "fs = [(lambda n: lambda: n)(n) for n in range(100_000)]"
    result = workers.run_one(job_with((many, False), ("print(len(fs), fs[3]())", True)))
    assert "100000 3" in outputs_of(result)


ANSWER = "def output_delta(a, y, z):\n    return a"
LIAR = (
    "import itertools\n"
    "from autograder import elsewhere\n"
    "from autograder.check import check\n"
    "sandbox, number = elsewhere.ask.__self__, itertools.count()\n"
    "honest = sandbox._call\n"
    "def _call(**request):\n"
    "    reply, blobs = honest(**request)\n"
    f"    names = [f'{{package}}.{{next(number)}}' + 'x' * 300 for package in {sorted(WATCHED)} for _ in range(60)]\n"
    "    reply['called'] = [[name, *7 * ['y' * 300]] for name in names]\n"
    "    return reply, blobs\n"
    "sandbox._call = _call\n"
    f"{ANSWER}\n"
    "for _ in range(3): str(check(output_delta))"
)


def test_what_a_submission_has_called_is_bounded_and_said(workers):
    """The note of it goes to the coordinator, which has to read it to its end."""
    result = workers.run_one(job_with((LIAR, False), ("from autograder.check import grade\ngrade(output_delta)", True)))
    assert result["ended"] is None and 0 < len(json.dumps(result["called"])) < 20 * 2**20
    assert any("read its code" in said for said in result["remarks"]["output_delta"])


_ASKED = "for _ in range(30): check(output_delta).score"
_IMPORTS = "from autograder.check import check, grade\n"


@pytest.mark.parametrize(
    ("asked", "tests"),
    [
        (_ASKED, ["1"]),
        ("", ["result = check(output_delta)\nresult.score\n1 / 0"] * 3),
        ("", ["grade(output_delta)"] * 12),
    ],
)
def test_a_judge_has_room_for_the_next_submission(workers, asked, tests):
    """What one has asked about, and what its tests have shown, is kept to its end, and no longer."""
    hoard = (
        f"{_IMPORTS}import numpy as np\nbig = np.zeros(2 * 10**6)\ndef output_delta(a, y, z):\n    return big\n{asked}"
    )
    workers.run_one(job_with((hoard, False), *((_IMPORTS + test, True) for test in tests)))
    result = workers.run_one(job_with(("1", False), ("block = bytearray(3 * 2**29 + 2**28)\nlen(block)", True)))
    assert str(3 * 2**29 + 2**28) in outputs_of(result)
