"""Hostile and broken submissions of the small lesson: cells, answers, edits of a notebook, and broken files."""

import copy
import json

import nbformat

CHEATS = {
    "numpy-patched": "np.isclose = np.allclose = np.array_equal = lambda *a, **k: True",
    "grade-patched": "import autograder.check\ncheck = grade = autograder.check.grade = lambda f: 2.0",
    "always-equal": (
        "class Yes(float):\n    def __eq__(self, other): return True\n    __hash__ = None\n"
        "    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n"
        "output_delta = layer_gradients = lambda *a: Yes()"
    ),
    "object-with-len": (
        "class Much:\n    __name__ = 'output_delta'\n    def __call__(self, *a): return Much()\n"
        "    def __len__(self): return 10**9\n    def __array__(self, *a, **k): return np.zeros(3)\n"
        "output_delta = Much()"
    ),
    "transformer": "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
    "checks-in-memory": (
        "import gc\nfrom autograder.exercise import Exercise\n"
        "for each in gc.get_objects():\n"
        "    if isinstance(each, Exercise): object.__setattr__(each, 'requirements', [])"
    ),
    "frames": (
        "import sys\ndef output_delta(a, y, z):\n    frame = sys._getframe()\n"
        "    while frame:\n        frame.f_globals.update(grade=lambda f: 2.0)\n        frame = frame.f_back\n"
        "    return np.zeros(3)"
    ),
    "channel-spoken-to": (
        "import gc\nfrom autograder.sandbox.channel import Channel\n"
        "for each in gc.get_objects():\n    if isinstance(each, Channel):\n"
        "        each.send({'outputs': [{'output_type': 'execute_result', 'data': {'text/plain': '2.0'}}]})"
    ),
    "rubbish-on-the-channel": "import os\nfor number in range(3, 40):\n"
    "    try: os.write(number, b'x' * 1000)\n    except OSError: pass",
    "exits": "import os\nos._exit(0)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "memory": "block = [bytearray(2**28) for _ in range(100)]",
    "fork-bomb": "import os\nwhile True:\n    os.fork()",
    "threads": "import threading, time\nfor _ in range(1000):\n"
    "    threading.Thread(target=time.sleep, args=(60,)).start()",
    # They live while others are at work: what is counted for a user of the machine is not to be counted for all.
    "threads-held": "import threading, time\nthreading.stack_size(2**16)\ntry:\n    for _ in range(200):\n"
    "        threading.Thread(target=time.sleep, args=(8,), daemon=True).start()\n"
    "except RuntimeError: pass\ntime.sleep(3)",
    "cannot-be-compiled": "x = " + " + ".join(["1"] * 20_000),
    "endless": "while True:\n    pass",
    "endless-deaf": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "million-outputs": "from IPython.display import display\nfor number in range(1_000_000): display(number)",
    "long-line": "print('x' * 20_000_000)",
    "many-lines": "for number in range(300_000): print(number)",
    "huge-figure": "from IPython.display import display\ndisplay({'image/png': 'A' * 50_000_000}, raw=True)",
    "input": "input()",
    "system-exit": "raise SystemExit",
    "background": "import subprocess\nsubprocess.Popen(['sleep', '600'])",
    "atexit": "import atexit, os\natexit.register(lambda: os.kill(os.getppid(), 9))",
    "settrace": "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
    "recursion": "def f(): return f()\nf()",
    "deep-display": "from IPython.display import display\nx = []\nfor _ in range(900): x = [x]\n"
    "display({'application/json': x}, raw=True)",
    "surrogates": "print('\\ud800')",
    "network": "import socket\nsocket.create_connection(('127.0.0.1', 80))",
    "clock": "import time\ntime.sleep = lambda s: None\ntime.time = time.monotonic = time.perf_counter = lambda: 0.0",
}

# In the place of the answers, so that no stub defines the functions anew.
DEFINED = {
    "lookup": (
        "from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED\nfrom autograder.exercises import EXERCISES\n"
        "from autograder.checking.trial import Trial\nknown = {}\n"
        "for name in ('output_delta', 'layer_gradients'):\n    reference = EXERCISES[name].reference\n"
        "    for seed in (PUBLIC_SEED, HIDDEN_SEED):\n"
        "        for args in Trial(EXERCISES[name], reference, seed).probes:\n"
        "            known[name, repr(args)] = reference(*args)\n"
        "def output_delta(*args):\n    return known['output_delta', repr(args)]\n"
        "def layer_gradients(*args):\n    return known['layer_gradients', repr(args)]"
    ),
    "threads-later": (
        "import threading, time\ndef output_delta(a, y, z):\n    return 0 * a\nlayer_gradients = output_delta\n"
        "def later():\n    while True:\n        time.sleep(0.01)\n"
        "        globals()['output_delta'] = globals()['layer_gradients'] = lambda *args: 2.0\n"
        "threading.Thread(target=later, daemon=True).start()"
    ),
    **{name: CHEATS[name] for name in ("grade-patched", "always-equal", "object-with-len", "frames")},
}

ANSWERS = {
    "huge": "np.zeros(200_000_000)",
    "nested": "eval('[' * 60 + ']' * 60)",
    "endless-list": "iter(int, 1)",
    "proxy-back": "output_delta",
    "self-holding": "(lambda x: x.append(x) or x)([])",
    "strange-array": "np.array([object()] * 3)",
    "record-array": "np.zeros(3, dtype='f8,i4')",
    "infinite": "np.full(3, np.inf)",
    "complex": "np.full(3, 1j)",
    "as-text": "'2.0'",
    "generator": "(x for x in range(3))",
    "class": "int",
    "nul": "0\x00",
    "bidi": "0  # \u202e 2.0 nruter",
}


def _copied_cell(notebook):
    notebook.cells.insert(3, copy.deepcopy(notebook.cells[2]))


def _copied_test(notebook):
    at = next(i for i, cell in enumerate(notebook.cells) if cell.id == "output-delta-check")
    notebook.cells.insert(at, copy.deepcopy(notebook.cells[at]))


def _schema(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = 4


def _skipping(notebook):
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]


def _not_graded(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.grade = False


def _renamed(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id += "-2"


def _without_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]


def _more_points(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 1000
            cell.source = "1000.0"


def _of_other_types(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.cell_type = "markdown"
            cell.pop("outputs"), cell.pop("execution_count")


def _strange_marks(notebook):
    notebook.cells[3].metadata["nbgrader"] = "full marks"


def _ids_that_meet(notebook):
    """Ids so chosen that making one of them unique by adding to it comes to an id that is taken."""
    notebook.cells = [cell for cell in notebook.cells if cell.id != "words"]
    taken, name = [], "output-delta-check"
    for _ in range(5):
        name = f"{name[:40]}-copy-9"
        taken.append(nbformat.v4.new_markdown_cell("", id=name))
    (test,) = (cell for cell in notebook.cells if cell.id == "output-delta-check")
    test.metadata.nbgrader.grade_id = "words"
    notebook.cells = taken + notebook.cells


def _old_minor(notebook):
    notebook.nbformat_minor = 0
    notebook.cells[1]["collapsed"] = True


def _tests_first(notebook):
    tests = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells = tests + [cell for cell in notebook.cells if cell not in tests]


EDITS = {
    "copied-cell": _copied_cell,
    "copied-test": _copied_test,
    "schema-4": _schema,
    "skip-tags": _skipping,
    "grade-false": _not_graded,
    "renamed": _renamed,
    "tests-deleted": _without_tests,
    "more-points": _more_points,
    "cell-types": _of_other_types,
    "strange-marks": _strange_marks,
    "tests-first": _tests_first,
    "ids-that-meet": _ids_that_meet,
    "old-minor": _old_minor,
}


def _plain(notebook):
    return json.loads(nbformat.writes(notebook))


BROKEN = {
    "no-json": (lambda notebook: "{", "not valid JSON"),
    "cut-off": (lambda notebook: nbformat.writes(notebook)[:-200], "not valid JSON"),
    "latin-1": (lambda notebook: "é".encode("latin-1"), "UTF-8"),
    "format-5": (lambda notebook: _plain(notebook) | {"nbformat": 5}, "format 5"),
    "no-notebook": (lambda notebook: "[1, 2]", "not a notebook"),
    "cells-missing": (lambda notebook: {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "not valid"),
    "deep-json": (lambda notebook: "[" * 100_000, "not valid JSON"),
}
