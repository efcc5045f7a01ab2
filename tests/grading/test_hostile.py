"""A class of hostile and broken submissions: none gets a point it has not earned, none costs another one anything."""

import json
import os
import sqlite3
import textwrap

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

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
    marks,
    new_course,
    released_lesson,
    rows,
    scores,
    solved,
    source_notebook,
)
from tests.grading.hostile import ANSWERS, BROKEN, CHEATS, DEFINED, EDITS

NOTHING = dict.fromkeys(FULL, 0.0)
SECOND = NOTHING | {"layer-gradients-check": 2.0}


@pytest.fixture(scope="module")
def course(empty_course, released, tmp_path_factory):
    """All of them at once, between a right and a blank submission, graded by one command."""
    course = copy_of(empty_course, tmp_path_factory.mktemp("hostile") / "course")
    gradebook = course / "classroom" / "gradebook.db"
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Grading.hidden_seed = 20_260_917\n")
    empty = {}
    right = solved(released)
    hand_in(course, "a-right", nbformat.writes(right))
    hand_in(course, "z-right", nbformat.writes(right))
    hand_in(course, "format-3", nbformat.v3.writes_json(nbformat.convert(right, 3)))
    hand_in(course, "a-blank", nbformat.writes(released))
    hand_in(course, "Z-right", nbformat.writes(right))
    for name, source in CHEATS.items():
        hand_in(course, f"cheat-{name}", nbformat.writes(solved(released, empty, before=[source])))
        hand_in(course, f"late-{name}", nbformat.writes(solved(released, after=[source])))
    for name, source in DEFINED.items():
        answers = {"output-delta": source, "layer-gradients": "pass"}
        hand_in(course, f"defined-{name}", nbformat.writes(solved(released, answers)))
    for name, expression in ANSWERS.items():
        answers = {**RIGHT, "output-delta": f"def output_delta(a, y, z):\n    return {expression}"}
        hand_in(course, f"answer-{name}", nbformat.writes(solved(released, answers)))
    for name, edit in EDITS.items():
        for kind, answers in (("right", RIGHT), ("blank", empty)):
            notebook = solved(released, answers)
            edit(notebook)
            hand_in(course, f"edit-{name}-{kind}", json.dumps(notebook))
    for name, (make, _) in BROKEN.items():
        hand_in(course, f"broken-{name}", make(right))
    reading = [
        f"for path in ({str(gradebook)!r}, {str(course / 'solutions')!r}, '/etc/passwd', '/root', '/proc/1/environ'):\n"
        "    try:\n        open(path).read()\n        print('READ', path)\n"
        "    except IsADirectoryError:\n        print('READ', path)\n    except OSError: pass",
        "import os\nprint('HERE', sorted(os.listdir('.')))",
        f"import sqlite3\ntry:\n    sqlite3.connect({str(gradebook)!r}).execute('update grade set auto_score = 9')\n"
        "    print('WROTE')\nexcept sqlite3.Error: pass",
        f"for path in ({str(course / 'mark')!r}, '/tmp/mark-of-a-submission', '/usr/mark'):\n"
        "    try:\n        open(path, 'w')\n        print('WROTE', path)\n    except OSError: pass",
        "with open('own', 'w') as file: file.write('mine')\nprint(open('own').read())",
    ]
    hand_in(course, "reader", nbformat.writes(solved(released, empty, before=reading)))
    own_module = {"numpy.py": "isclose = allclose = lambda *a, **k: True", "nblib.py": "", "data.txt": "17"}
    data = solved(released, RIGHT, before=["print('DATA', open('data.txt').read())"])
    hand_in(course, "own-modules", nbformat.writes(data), **own_module)
    hand_in(course, "bad-timestamp", nbformat.writes(right), **{"timestamp.txt": "yesterday"})
    folder = hand_in(course, "linked", "{}")
    (folder / f"{LESSON}.ipynb").unlink()
    os.symlink(course / "classroom" / "submitted" / "a-right" / LESSON / f"{LESSON}.ipynb", folder / f"{LESSON}.ipynb")
    folder = hand_in(course, "links-out", nbformat.writes(right))
    os.symlink("/etc/passwd", folder / "passwd.txt")
    folder = hand_in(course, "other-name", nbformat.writes(right))
    (folder / f"{LESSON}.ipynb").rename(folder / "mine.ipynb")
    hand_in(course, "many-files", nbformat.writes(right), **{f"{number}.txt": "" for number in range(5000)})
    hand_in(course, "large-file", nbformat.writes(right), **{"large.txt": "x" * 26_400_000})
    folder = hand_in(course, "other-link", nbformat.writes(right))
    os.symlink(f"{LESSON}.ipynb", folder / "latest.ipynb")
    helping = {**RIGHT, "output-delta": "from helping import output_delta"}
    helper = f"import numpy as np\nfrom nblib.activations import logistic_prime\n{RIGHT['output-delta']}"
    hand_in(course, "helper-module", nbformat.writes(solved(released, helping)), **{"helping.py": helper})
    written = {**RIGHT, "output-delta": "from written import output_delta"}
    magic = [f"%%writefile written.py\n{helper}"]
    hand_in(course, "helper-written", nbformat.writes(solved(released, written, before=magic)))
    shell = {**RIGHT, "output-delta": f"!pip --version\nfound = !ls\n%pip --version\n{RIGHT['output-delta']}"}
    hand_in(course, "shell-lines", nbformat.writes(solved(released, shell)))
    compared = "from nblib.backprop import output_delta as theirs\nprint(theirs)"
    compared = {**RIGHT, "output-delta": f"{RIGHT['output-delta']}\n\n{compared}"}
    hand_in(course, "compared", nbformat.writes(solved(released, compared)))
    flood = (
        "import gc, signal, time\nfrom autograder.sandbox.cell_interrupt import SIGNALS\n"
        "from autograder.sandbox.channel import Channel\n"
        "for each in SIGNALS: signal.signal(each, signal.SIG_IGN)\n"
        "for each in gc.get_objects():\n    if isinstance(each, Channel):\n"
        "        try: each.send({'outputs': []})\n        except Exception: pass\n"
        "while True: time.sleep(1000)"
    )
    hand_in(course, "deaf", nbformat.writes(solved(released, empty, before=[flood, "#" * 500_000])))
    uncompiled = solved(released, before=[CHEATS["cannot-be-compiled"]])
    hand_in(course, "uncompiled-cell", nbformat.writes(uncompiled))
    shown = "from IPython.display import HTML, display\ndisplay(HTML('é' * 500_000))"
    hand_in(course, "much-shown", nbformat.writes(solved(released, before=[shown] * 3)))
    folder = hand_in(course, "sparse", nbformat.writes(right))
    with (folder / "zeros.bin").open("wb") as file:
        file.truncate(2**43)
    folder = hand_in(course, "nested", nbformat.writes(right))
    (folder / "/".join("d" * 60)).mkdir(parents=True)
    hand_in(course, "long" * 63, nbformat.writes(right))
    hand_in(course, os.fsdecode(b"M\xfcller"), nbformat.writes(right))
    huge = hand_in(course, "huge-file", nbformat.writes(right))
    with (huge / "zeros.bin").open("wb") as file:
        file.truncate(2**30)
    (course / "printed.txt").write_text(grade(course, "--jobs", "2", code=3))
    return course


def test_everybody_has_a_row(course):
    submitted = sorted(path.name for path in (course / "classroom" / "submitted").iterdir() if "M" not in path.name)
    assert [student for student, _ in rows(course)["submissions"]] == submitted
    assert all(score is not None for _, name, score, *_ in rows(course)["grades"] if name in FULL)


@pytest.mark.parametrize(
    "student",
    [
        *("a-right", "z-right", "Z-right", "format-3", "bad-timestamp", "links-out", "own-modules", "many-files"),
        *(
            "other-name",
            "large-file",
            "other-link",
            "helper-module",
            "helper-written",
            "shell-lines",
            "compared",
            "much-shown",
        ),
        "uncompiled-cell",
        "long" * 63,
    ],
)
def test_honest_work_is_graded_in_full(course, student):
    assert scores(course, student) == FULL


def test_a_blank_submission_gets_nothing(course):
    assert scores(course, "a-blank") == NOTHING


@pytest.mark.parametrize("name", CHEATS)
def test_no_point_without_an_answer(course, name):
    assert scores(course, f"cheat-{name}") == NOTHING


@pytest.mark.parametrize("name", CHEATS)
def test_what_comes_after_the_tests_does_not_cost_a_point(course, name):
    assert scores(course, f"late-{name}") == FULL


@pytest.mark.parametrize("name", DEFINED)
def test_no_point_for_functions_that_do_not_compute(course, name):
    assert scores(course, f"defined-{name}") == NOTHING


@pytest.mark.parametrize("name", ANSWERS)
def test_strange_answers_cost_their_own_exercise_only(course, name):
    assert scores(course, f"answer-{name}") == SECOND


@pytest.mark.parametrize("name", EDITS)
def test_edited_cells_neither_bring_nor_cost_points(course, name):
    assert scores(course, f"edit-{name}-right") == FULL
    assert scores(course, f"edit-{name}-blank") == NOTHING


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_why(course, name):
    assert scores(course, f"broken-{name}") == NOTHING
    assert BROKEN[name][1] in comments(course, f"broken-{name}")


@pytest.mark.parametrize(
    ("student", "why"),
    [
        *(("linked", "a link"), ("huge-file", "larger than allowed")),
        *(("sparse", "larger than allowed"), ("nested", "nested too deeply")),
    ],
)
def test_what_cannot_be_graded_says_why(course, student, why):
    assert scores(course, student) == NOTHING
    assert why in comments(course, student)


def comments_on(course, student):
    """What the command said at its end."""
    lines = (course / "printed.txt").read_text().splitlines()
    return next((line for line in lines if line.split() and line.split()[0] == student), "")


def test_who_does_not_read_is_ended_when_the_time_is_up(course):
    assert scores(course, "deaf") == NOTHING
    assert "took too long" in comments_on(course, "deaf")


def test_a_name_that_no_gradebook_can_hold_is_said(course):
    assert "not encoded in UTF-8" in comments_on(course, "M\ufffdller")


@pytest.mark.parametrize("name", ["settrace", "checks-in-memory", "channel-spoken-to"])
def test_code_that_reaches_for_the_grader_is_looked_at(course, name):
    assert "could be used to interfere with the grader" in comments_on(course, f"late-{name}")


def test_an_answer_may_be_imported_to_compare_with(course):
    assert "nblib" not in comments(course, "compared")


def _printed(notebook):
    return "".join(
        output.text for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    )


def test_nothing_can_be_read_or_written_but_an_empty_directory(course):
    printed = _printed(graded_notebook(course, "reader"))
    assert "READ" not in printed and "WROTE" not in printed
    assert "HERE []" in printed and "mine" in printed
    assert not (course / "mark").exists() and not os.path.exists("/tmp/mark-of-a-submission")


def test_own_data_is_there(course):
    assert "DATA 17" in _printed(graded_notebook(course, "own-modules"))


def test_a_link_out_is_not_followed(course):
    assert not (course / "classroom" / "autograded" / "links-out" / LESSON / "passwd.txt").exists()


def test_outputs_are_limited(course):
    for name in ("cheat-long-line", "cheat-many-lines", "cheat-huge-figure", "cheat-million-outputs"):
        path = course / "classroom" / "autograded" / name / LESSON / f"{LESSON}.ipynb"
        assert path.stat().st_size < 3_000_000


def test_the_gradebook_is_whole(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def test_what_a_submission_is_said_to_use_is_printed_as_text_that_any_terminal_and_file_can_hold(tmp_path):
    """The names of what was called come from the sandbox: one that no file can hold ended the grading of the class."""
    solution = "### BEGIN SOLUTION\ndef capstone(*data): pass\n### END SOLUTION"
    tested = "### BEGIN HIDDEN TESTS\ngrade(capstone)\n### END HIDDEN TESTS"
    cells = [
        new_code_cell("import numpy as np\nfrom autograder.check import grade", id="setup"),
        new_code_cell(solution, id="c", metadata=marks("capstone", solution=True)),
        new_code_cell(tested, id="t", metadata=marks("capstone-check", grade=True, locked=True, points=2)),
    ]
    source = new_notebook(cells=cells, metadata=source_notebook().metadata)
    course = new_course(tmp_path, CONFIG + LIMITS, source)
    answer = """
        from autograder import elsewhere
        sandbox = elsewhere.ask.__self__
        honest = sandbox._call
        def _call(**request):
            reply, blobs = honest(**request)
            reply["called"] = [["scipy.\\ud800\\x1b[2J\\n  somebody  is to be looked at digits.npz"]]
            return reply, blobs
        sandbox._call = _call
        def capstone(X, Y, X_val, Y_val, rng):
            W = np.linalg.lstsq(X, Y, rcond=None)[0]
            return lambda X: (X @ W).argmax(axis=1)
    """
    hand_in(course, "liar", nbformat.writes(solved(released_lesson(course), {"c": textwrap.dedent(answer)})))
    hand_in(course, "other", nbformat.writes(released_lesson(course)))
    printed = grade(course, "--jobs", "1", code=3)
    (line,) = [line for line in printed.splitlines() if "digits.npz" in line]
    assert line.strip().startswith("liar") and "somebody" in line and "\x1b[2J" not in printed
