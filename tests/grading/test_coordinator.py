"""A class graded at once: the same rows and notebooks as stock, and nothing lost whenever it is killed."""

import contextlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.grading.normalise import code_cells
from autograder.grading.outcome import make_job
from autograder.grading.preprocessors import Execute
from autograder.grading.settings import Grading
from autograder.sandbox.workers import Workers
from tests.conftest import ROOT, until
from tests.grading.conftest import (
    CONFIG,
    FULL,
    LESSON,
    LIMITS,
    RIGHT,
    comments,
    copy_of,
    grade,
    graded_notebook,
    hand_in,
    rows,
    run,
    scores,
    shape,
    solved,
    source_notebook,
)

GRADE = [str(Path(sys.executable).parent / "autograder"), "grade", LESSON, "--jobs", "2"]


@pytest.fixture(scope="module")
def stock(harmless, tmp_path_factory):
    """The class graded by stock nbgrader, with none of our steps."""
    course = copy_of(harmless, tmp_path_factory.mktemp("stock") / "course")
    (course / "nbgrader_config.py").write_text(CONFIG)
    run(course, "nbgrader", "autograde", LESSON)
    return course


@pytest.fixture(scope="module")
def ours(graded, tmp_path_factory):
    """The class graded by ``autograder grade``."""
    return copy_of(graded, tmp_path_factory.mktemp("ours") / "course")


@pytest.mark.parametrize("table", ["students", "submissions", "grades", "comments"])
def test_the_gradebook_is_the_one_of_stock_row_by_row(stock, ours, table):
    assert rows(ours)[table] == rows(stock)[table]


@pytest.mark.parametrize("student", ["right", "blank", "raises", "syntax", "further-cells"])
def test_the_notebooks_are_those_of_stock(stock, ours, student):
    assert list(shape(graded_notebook(ours, student))) == list(shape(graded_notebook(stock, student)))


def test_files_and_modes_are_those_of_stock(stock, ours):
    def files(course):
        root = course / "classroom" / "autograded"
        return sorted((str(path.relative_to(root)), path.stat().st_mode) for path in root.rglob("*"))

    assert files(ours) == files(stock)


def test_stock_commands_go_on_with_what_was_graded(ours):
    run(ours, "nbgrader", "generate_feedback", LESSON)
    page = (ours / "classroom" / "feedback" / "sign" / LESSON / f"{LESSON}.html").read_text()
    assert "wrong sign" in page


def test_nothing_unchanged_is_graded_again(ours, released):
    assert "12 unchanged" in " ".join(grade(ours).split())
    hand_in(ours, "blank", nbformat.writes(solved(released)))
    assert "1 graded" in " ".join(grade(ours).split())
    assert scores(ours, "blank") == FULL


def test_a_mark_given_by_hand_stays_and_is_looked_at_again_where_the_work_has_changed(empty_course, released, tmp_path):
    """Also that of the written question, whose answer stands in another cell than its mark."""
    more = new_markdown_cell("One more thought.", id="thought")
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    grade(course)
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        mark = gradebook.find_grade("words", LESSON, LESSON, "right")
        assert mark.needs_manual_grade
        mark.manual_score, mark.needs_manual_grade = 4, False
        gradebook.db.commit()

    def marked():
        return next(given for _, name, _, *given in rows(course)["grades"] if name == "words")

    grade(course, "--force")
    assert marked() == [4, None, 0]
    hand_in(course, "right", nbformat.writes(solved(released, before=["# one more thought"])))
    grade(course)
    assert marked() == [4, None, 1]
    notebook = solved(released)
    notebook.cells.append(more)
    hand_in(course, "right", nbformat.writes(notebook))
    printed = grade(course)
    assert marked() == [None, None, 1]
    assert "1 with marks or comments by hand on an earlier answer" in printed and "words: 4 points" in printed


def test_stock_autograde_gives_the_same_grades_through_the_sandbox(harmless, ours, released, tmp_path):
    course = copy_of(harmless, tmp_path / "course")
    steps = (ROOT / "nbgrader_config.py").read_text().partition("# Student code runs")[2]
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + "#" + steps)
    for student in ("sign", "in-place", "further-cells"):
        run(course, "nbgrader", "autograde", LESSON, "--student", student)
        assert scores(course, student) == scores(ours, student)
    factor = RIGHT["output-delta"].replace("2 *", "float(open('factor.txt').read()) *")
    answers = RIGHT | {"output-delta": factor}
    hand_in(course, "file", nbformat.writes(solved(released, answers)), **{"factor.txt": "2"})
    run(course, "nbgrader", "autograde", LESSON, "--student", "file")
    assert scores(course, "file") == FULL


def _three(course):
    """Grade three of the class; return their scores and what protected them."""
    chosen = ("sign", "in-place", "further-cells")
    printed = grade(course, *(word for student in chosen for word in ("--student", student)))
    (protections,) = [line for line in printed.splitlines() if "seccomp" in line]
    return {student: scores(course, student) for student in chosen}, protections


def test_bubblewrap_is_used_where_it_works(harmless, tmp_path, monkeypatch):
    assert shutil.which("bwrap"), "This test needs bubblewrap: install your system's package."
    with_it, protected = _three(copy_of(harmless, tmp_path / "with"))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (broken / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(broken), prepend=os.pathsep)
    without, protected_without = _three(copy_of(harmless, tmp_path / "without"))
    assert "bubblewrap" in protected and "bubblewrap" not in protected_without
    assert protected.replace("bubblewrap, ", "") == protected_without
    assert with_it == without


def _shown(result):
    outputs = [output for cell in result["cells"] for output in cell["outputs"] if "data" in output]
    return [output["data"]["text/plain"] for output in outputs]


@pytest.fixture
def step():
    """nbgrader's step as it is in a server, whose processes wait for the next submission until the server ends."""
    yield Execute()
    for workers in Execute._workers.values():
        workers.close()
    Execute._workers.clear()


@pytest.mark.parametrize("role", ["_forkserver", "_judge_server"])
def test_a_server_goes_on_after_one_of_its_processes_was_killed(step, role):
    settings = Grading()
    job = make_job(LESSON, source_notebook(), {}, settings)
    assert _shown(step._run(job, source_notebook(), settings)) == ["2.0", "2.0"]
    (workers,) = step._workers.values()
    getattr(workers, role).process.kill()
    assert _shown(step._run(job, source_notebook(), settings)) == ["2.0", "2.0"]


def test_what_is_ordered_takes_the_place_of_what_was_expected():
    settings, workers = Grading(), Workers()
    try:
        workers.configure({"expected": code_cells(source_notebook())}, settings.limits())
        workers.configure({LESSON: code_cells(source_notebook())}, settings.limits())
        workers.check(unsafe=False)
        assert _shown(workers.run_one(make_job(LESSON, source_notebook(), {}, settings))) == ["2.0", "2.0"]
    finally:
        workers.close()


def test_an_answer_of_nblibs_is_noticed_and_costs_what_the_instructor_says(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    borrowed = "def output_delta(a, y, z):\n    from nblib.backprop import output_delta as own\n    return own(z, a, y)"
    hidden = "import nblib.backprop as helper\ndef output_delta(a, y, z):\n"
    hidden += "    return getattr(helper, 'output_' + 'delta')(z, a, y)"
    hand_in(course, "borrowed", nbformat.writes(solved(released, RIGHT | {"output-delta": borrowed})))
    hand_in(course, "hidden", nbformat.writes(solved(released, RIGHT | {"output-delta": hidden})))
    aside = "import threading\nimport nblib.backprop as helper\ndef output_delta(a, y, z):\n    found = []\n"
    aside += "    thread = threading.Thread(target=lambda: found.append(helper.output_delta(z, a, y)))\n"
    aside += "    thread.start(), thread.join()\n    return found[0]"
    hand_in(course, "aside", nbformat.writes(solved(released, RIGHT | {"output-delta": aside})))
    hand_in(course, "own", nbformat.writes(solved(released)))
    grade(course, code=3)
    for student in ("borrowed", "hidden", "aside"):
        assert scores(course, student) == FULL
        assert "nblib.backprop.output_delta" in comments(course, student)
    assert "nblib" not in comments(course, "own")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Grading.own_work_cost = 0.5\n")
    grade(course, code=3)
    assert scores(course, "hidden") == FULL | {"output-delta-check": 1.0}
    assert scores(course, "own") == FULL


def test_status_prints_what_is_left(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    assert "1 to be graded" in run(course, "autograder", "status", LESSON, code=3)
    grade(course)
    assert "0 to be graded" in run(course, "autograder", "status", LESSON)


def test_a_gradebook_that_is_held_is_waited_for(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    database = sqlite3.connect(course / "classroom" / "gradebook.db", timeout=300)
    process = subprocess.Popen(GRADE, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    records = course / "classroom" / ".autograder" / LESSON
    until((records / "unfinished" / "submitted").exists, process)
    database.execute("begin immediate")
    # Longer than the five seconds after which SQLite gives up by itself.
    time.sleep(7)
    database.rollback()
    assert process.wait(300) == 0
    assert scores(course, "right") == FULL


def _innermost(process):
    """Return what bubblewrap, which may be around a process, was started for."""
    while "bwrap" in process.name():
        (process,) = process.children()
    return process


def test_judges_that_are_killed_are_replaced(harmless, ours, tmp_path):
    course = copy_of(harmless, tmp_path / "course")
    process = psutil.Popen(GRADE, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: list(course.glob(f"classroom/.autograder/{LESSON}/*.json")), process)
    servers = [_innermost(server) for server in process.children()]
    (judges,) = (server for server in servers if "judge_server" in server.cmdline())

    def killed():
        victims = judges.children()
        # Between two submissions there may be fewer, and one that is chosen may have ended.
        with contextlib.suppress(psutil.NoSuchProcess):
            return len(victims) >= 2 and (random.Random(3).choice(victims).kill(), True)

    until(killed, process)
    assert process.wait(300) == 0
    assert all(score is not None for _, name, score, *_ in rows(course)["grades"] if name in FULL)
    assert scores(course, "sign") == scores(ours, "sign")
    _, alive = psutil.wait_procs(servers, timeout=300)
    assert not alive


def test_ctrl_c_saves_what_is_graded_and_leaves_nothing_behind(harmless, released, tmp_path):
    course = copy_of(harmless, tmp_path / "course")
    slow = solved(released, after=["import time\ntime.sleep(1000)"])  # it is still at work when Ctrl-C comes
    hand_in(course, "slow", nbformat.writes(slow))
    process = psutil.Popen(GRADE, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until(lambda: list(course.glob(f"classroom/.autograder/{LESSON}/*.json")), process)
    below = process.children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130 and b"Stopped" in said and b"Traceback" not in said, said.decode()
    _, alive = psutil.wait_procs(below, timeout=300)
    assert not alive


def _run_and_kill(course, chance):
    """Run the grader and kill it at a moment that chance chooses; return whether it was still at work."""
    process = subprocess.Popen(GRADE, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    unfinished = course / "classroom" / ".autograder" / LESSON / "unfinished"
    # Before the first submission is touched there is little to lose: nine kills of ten fall later.
    late = chance.random() < 0.9
    while late and process.poll() is None and not any(unfinished.glob("*/*")):
        time.sleep(0.01)
    try:
        process.wait(chance.uniform(0, 1.5))
        return False
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return True


def test_killed_at_a_hundred_moments_and_run_again_ends_the_same(harmless, graded, tmp_path):
    """Whenever the coordinator is killed, the gradebook ends as that of an undisturbed run."""
    chance, kills, courses = random.Random(7), 0, 0
    while kills < 100:
        courses += 1
        course = copy_of(harmless, tmp_path / f"course-{courses}")
        while kills < 100 and _run_and_kill(course, chance):
            kills += 1
        grade(course, "--jobs", "2")
        assert rows(course) == rows(graded)
        for folder in (course / "classroom" / "autograded").iterdir():
            nbformat.validate(graded_notebook(course, folder.name))
        shutil.rmtree(course)


def test_a_full_disk_is_said_and_costs_nothing(harmless, graded, tmp_path):
    """No file may be larger than 4 KiB, less than a graded notebook: as on a disk without room."""
    course = copy_of(harmless, tmp_path / "course")

    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**12, resource.RLIM_INFINITY))

    full = subprocess.run(GRADE, cwd=course, capture_output=True, text=True, preexec_fn=no_room)
    assert full.returncode == 1 and "could not be saved" in full.stderr and "Traceback" not in full.stderr
    grade(course, "--jobs", "2")
    assert rows(course) == rows(graded)


def test_a_graded_notebook_that_is_missing_is_made_again(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    for student in ("kept", "lost"):
        hand_in(course, student, nbformat.writes(solved(released)))
    grade(course)
    shutil.rmtree(course / "classroom" / "autograded" / "lost")
    printed = " ".join(grade(course).split())
    assert "1 graded" in printed and "1 unchanged" in printed
    assert graded_notebook(course, "lost").cells
