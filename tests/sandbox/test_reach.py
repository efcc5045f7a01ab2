"""What a submission can reach: its process and those before it hold no solution, test, hint, token or other student."""

import contextlib
import json
import os
import secrets
import time
from functools import partial

import nbformat
import psutil
import pytest

from autograder.exercises import EXERCISES
from autograder.grading.settings import Grading
from autograder.sandbox.isolation import own_environment
from autograder.sandbox.workers import CannotStart, Workers
from tests.conftest import ROOT
from tests.grading.conftest import CONFIG, FULL, LESSON, LIMITS, copy_of, hand_in, run, scores, solved

SETUP = "import numpy as np\n\nfrom autograder.check import check, grade\nfrom autograder.recall import recall"
RIGHT = (
    "def output_delta(a, y, z):\n    s = 1 / (1 + np.exp(-z))\n    return 2 * (a - y) * s * (1 - s)\n"
    "def layer_gradients(delta, a_prev):\n    return np.outer(delta, a_prev), delta\n"
    "def backprop(layers, x, y):\n    return []"
)


def needle():
    """Return a word that is nowhere else, put together so that this file does not hold it."""
    return "needle" + secrets.token_hex(12)


IN_SOLUTION, IN_TEST, IN_OWN, IN_FILE, TOKEN = (needle() for _ in range(5))
SOURCE = [
    ("setup", SETUP, "own"),
    ("own", f"label = {IN_OWN!r}", "own"),
    ("answer", f"def output_delta(a, y, z):\n    {IN_SOLUTION!r}\n    return 2 * (a - y)", "student"),
    ("check", f"{IN_TEST!r}\ngrade(output_delta)", "test"),
    ("check-2", "grade(layer_gradients)", "test"),
]


@pytest.fixture(scope="module")
def workers():
    os.environ["JUPYTERHUB_API_TOKEN"] = TOKEN
    workers, settings = Workers(), Grading()
    del os.environ["JUPYTERHUB_API_TOKEN"]
    workers.prepare({"any": SOURCE}, settings.limits(), settings.unsafe)
    yield workers
    workers.close()


def job(*sources, test="grade(output_delta)", files=()):
    cells = [("setup", SETUP, False), *((f"cell-{i}", source, False) for i, source in enumerate(sources))]
    cells.append(("check", test, True))
    return {
        "notebook": "any",
        "files": dict(files),
        "hidden_seed": Grading().hidden_seed,
        "cells": [{"id": each, "source": text, "test": test, "skip": False} for each, text, test in cells],
    }


def printed(result, cell=1):
    return "".join(output.get("text", "") for output in result["cells"][cell]["outputs"])


def shown(result, cell=-1):
    outputs = (output for output in result["cells"][cell]["outputs"] if "data" in output)
    return [output["data"]["text/plain"] for output in outputs]


def memory(process):
    """Yield what a process has in its memory, in parts that overlap."""
    with open(f"/proc/{process.pid}/maps") as maps, open(f"/proc/{process.pid}/mem", "rb", 0) as mem:
        for line in maps:
            area, rights = line.split()[:2]
            start, end = (int(bound, 16) for bound in area.split("-"))
            if "r" not in rights or "[vvar" in line or "[vsyscall" in line:
                continue
            for at in range(start, end, 2**24):
                mem.seek(at)
                try:
                    yield mem.read(min(2**24 + 200, end - at))
                except OSError:
                    break


def holds(process, word):
    return any(word.encode() in part for part in memory(process))


def innermost(server):
    """Return the process that a server was started for, inside of bubblewrap where that is used."""
    process = psutil.Process(server.process.pid)
    while "bwrap" in process.name():
        # The first one; those whose parents have ended are children of the same process.
        process = min(process.children(), key=psutil.Process.create_time)
    return process


def forked_from(workers):
    """Return the process that sandboxes are forked from, and those below it that live on between submissions."""
    process = innermost(workers._forkserver)
    return [process, *process.children()]


def test_what_sandboxes_are_forked_from_holds_nothing_worth_stealing(workers):
    helper = {"helper.py": __import__("base64").b64encode(f"word = {IN_FILE!r}".encode()).decode()}
    result = workers.run_one(job("import helper\nprint(helper.word)", RIGHT, files=helper))
    assert IN_FILE in printed(result) and shown(result) == ["2.0"]
    hint = EXERCISES["output_delta"].mistakes[0].hint[:40]
    processes = forked_from(workers)
    assert len(processes) == 2
    for process in processes:
        assert holds(process, IN_OWN)  # the search finds what is there
        for word in (IN_SOLUTION, IN_TEST, IN_FILE, TOKEN, hint):
            assert not holds(process, word)


def test_no_frame_leads_to_a_solution(workers):
    climb = (
        "import sys\nframe, found = sys._getframe(), []\n"
        "while frame:\n    found.append(repr([*frame.f_locals.values()])); frame = frame.f_back\n"
        "import gc\nfound += map(repr, gc.get_objects()[:200_000])\n"
        f"print({IN_SOLUTION[:9]!r} + {IN_SOLUTION[9:]!r} in str(found))"
    )
    assert printed(workers.run_one(job(climb, RIGHT))).split()[-1] == "False"


def test_the_checks_are_neither_imported_nor_to_be_found(workers):
    look = (
        "import importlib, json, os, sys\n"
        "loaded = [name for name in sys.modules if name.startswith('autograder')]\n"
        "missing = []\n"
        "for name in ('exercises', 'seeds', 'diagnosis.recognition', 'examination', 'exercise', 'sandbox.judge'):\n"
        "    try:\n        importlib.import_module(f'autograder.{name}')\n"
        "    except ImportError:\n        missing.append(name)\n"
        "files = [os.path.join(top, name) for path in {sys.prefix, sys.base_prefix, *sys.path, *autograder.__path__}\n"
        "         for top, _, names in os.walk(path) for name in names if '/autograder' in top]\n"
        "print(json.dumps([loaded, missing, files]))"
    )
    loaded, missing, files = json.loads(printed(workers.run_one(job("import autograder\n" + look, RIGHT))))
    assert "autograder.check" in loaded
    assert not {"autograder.exercises", "autograder.seeds", "autograder.diagnosis.recognition"} & set(loaded)
    assert len(missing) == 6 and files == []


def test_the_environment_is_a_new_one(workers):
    text = printed(workers.run_one(job("import os\nprint(dict(os.environ))", RIGHT)))
    assert "sandbox" in text and TOKEN not in text and "JUPYTERHUB" not in text
    kept = own_environment({"PATH": "/bin", "LC_ALL": "C", "DATABASE_URL": "x", "AWS_SECRET_ACCESS_KEY": "x"})
    assert {"PATH", "LC_ALL"} < set(kept) and not {"DATABASE_URL", "AWS_SECRET_ACCESS_KEY"} & set(kept)


def test_check_and_recall_in_a_students_cell_ask_the_judge(workers):
    wrong = RIGHT.replace("a - y", "y - a")
    ask = "result = check(output_delta)\nprint(result.passed, result.score, list(result.mistakes))\n"
    ask += "print([(r.points, r.earned, r.met, r.message) for r in result.requirements], result.requirements)\nresult"
    again = "print(recall('3.1', 0.16), recall('3.1', ...), grade(output_delta))\ncheck(5)"
    result = workers.run_one(job(f"{wrong}\n{ask}", again, test="grade(output_delta)"))
    here = {"np": __import__("numpy")}
    exec(wrong, here)
    from autograder.check import check, grade
    from autograder.checking.result import Result
    from autograder.examination import examine
    from autograder.recall import recall
    from autograder.seeds import PUBLIC_SEED

    # The right numbers of a failing case would not leave the judge.
    expected = Result(partial(examine, here["output_delta"], PUBLIC_SEED))
    rows = [(r.points, r.earned, r.met, r.message) for r in expected.requirements]
    findings = f"{expected.passed} {expected.score} {list(expected.mistakes)}\n{rows} {expected.requirements}\n"
    assert printed(result) == findings
    assert expected.mistakes and shown(result, 1) == [str(expected)]
    said = f"{recall('3.1', 0.16)} {recall('3.1', ...)} {grade(here['output_delta'])}\n"
    assert printed(result, 2) == said and shown(result, 2) == [str(check(5))]
    assert shown(result) == [repr(grade(here["output_delta"]))]


ODD = {
    "inside": ("def output_delta(a, y, z):\n    return check(backprop).passed\ncheck(output_delta)", "called inside"),
    "threads": (
        "import threading\n"
        "threads = [threading.Thread(target=lambda: print(check(backprop))) for _ in range(3)]\n"
        "for each in threads: each.start()\nfor each in threads: each.join()",
        "backprop",
    ),
    "often": ("for _ in range(50): check(output_delta).passed\nprint('done')", "done"),
}


@pytest.mark.parametrize("way", ODD)
def test_asking_in_odd_ways_harms_nobody(workers, way):
    cell, said = ODD[way]
    result = workers.run_one(job(f"{RIGHT}\n{cell}", RIGHT))
    outputs = json.dumps(result["cells"][1]["outputs"])
    assert said in outputs and shown(result) == ["2.0"] and result["ended"] is None


def _sandboxes(workers):
    with contextlib.suppress(psutil.NoSuchProcess):  # one that ended while this looked
        keepers = [keeper for zygote in forked_from(workers)[1:] for keeper in zygote.children()]
        return [sandbox for keeper in keepers for sandbox in keeper.children()]


def test_a_sandbox_that_something_else_killed_is_run_again(workers):
    judge = workers.judge()
    judge.send(job("import time\ntime.sleep(3)", RIGHT))
    while not (victims := _sandboxes(workers)):
        time.sleep(0.01)
    victims[0].kill()
    result, _ = judge.receive()
    assert shown(workers.with_outputs(job("", ""), result)) == ["2.0"] and result["ended"] is None
    judge.close()


def test_a_sandbox_ends_with_its_judge(workers):
    judge = workers.judge()
    judge.send(job("while True: pass", RIGHT))
    while not (alive := _sandboxes(workers)):
        time.sleep(0.01)
    server = innermost(workers._judge_server)
    for each in server.children():
        each.kill()
    assert not psutil.wait_procs(alive, timeout=20)[1]
    judge.close()
    workers._judges.clear()


def test_the_installed_packages_grade_wherever_the_grader_is_called(tmp_path, monkeypatch):
    for name in ("autograder", "nblib"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the copy in the folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    workers, settings = Workers(), Grading()
    try:
        workers.prepare({"any": SOURCE}, settings.limits(), settings.unsafe)
        assert shown(workers.run_one(job(RIGHT))) == ["2.0"]
    finally:
        workers.close()


def test_processes_that_cannot_start_are_told_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise ImportError('no numbers today')")
    (tmp_path / "numpy-9.dist-info").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    workers, settings = Workers(), Grading()
    try:
        with pytest.raises(CannotStart, match=r"could not start: ImportError: no numbers today"):
            workers.prepare({"any": SOURCE}, settings.limits(), settings.unsafe)
    finally:
        workers.close()


def test_nbgraders_command_in_another_copy_of_the_project_uses_the_installed_packages(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    config = (ROOT / "nbgrader_config.py").read_text()
    packages, steps = config.partition("c = get_config()")[0], config.partition("# Student code runs")[2]
    imports = config[config.index("search_path = ") : config.index("c.CourseDirectory.course_id")]
    (course / "nbgrader_config.py").write_text(packages + CONFIG + imports + LIMITS + "#" + steps)
    for name in ("autograder", "nblib"):
        (course / name).mkdir()
        (course / name / "__init__.py").write_text("raise ImportError('the copy in the folder')")
    hand_in(course, "right", nbformat.writes(solved(released)))
    run(course, "nbgrader", "autograde", LESSON)
    assert scores(course, "right") == FULL
