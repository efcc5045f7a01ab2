"""Judge and coordinator have limits of their own: no submission holds the others up, or takes the machine's memory."""

import ast
import copy
import json

import nbformat
import pytest

from autograder.grading.normalise import MAX_CELLS, Unreadable, normalise, read_notebook
from autograder.grading.outcome import put_outputs
from autograder.grading.settings import Grading
from autograder.sandbox import outputs
from autograder.sandbox.findings import MAX_READ, MAX_READ_IN_ALL, findings
from autograder.sandbox.outputs import Room, clean_outputs
from autograder.sandbox.protections import Limits
from autograder.sandbox.reading import read
from autograder.sandbox.workers import TOO_LONG, Workers
from tests.grading.conftest import source_notebook

SLOW, LARGE = "while True:\n    pass", "block = bytearray(3 * 2**30)"


@pytest.fixture(scope="module")
def workers():
    workers, settings = Workers(), Grading()
    limits = Limits(**{**vars(settings.limits()), "wall_seconds": 60.0, "cell_seconds": 20.0})
    workers.prepare({"any": [("setup", "import numpy as np", "own")]}, limits, settings.unsafe)
    yield workers
    workers.close()


def job_with(*cells):
    cells = [{"id": f"c{n}", "source": source, "test": test, "skip": False} for n, (source, test) in enumerate(cells)]
    return {"notebook": "any", "files": {}, "hidden_seed": 0, "cells": cells}


def outputs_of(result, position=-1):
    return json.dumps(result["cells"][position]["outputs"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_judge_that_takes_too_long_is_ended_and_the_others_go_on(workers, jobs, monkeypatch):
    monkeypatch.setattr(workers, "most_seconds", 4)
    pool = workers.pool(jobs)
    waiting = {"slow": job_with((SLOW, True)), **{n: job_with((f"print({n} + 1)", True)) for n in range(3)}}
    done = {}
    while waiting or pool.busy():
        while waiting and pool.idle():
            key = next(iter(waiting))
            pool.give(key, waiting.pop(key))
        done.update(pool.take())
    pool.close()
    assert done.pop("slow") == TOO_LONG
    assert {n: result["cells"][0]["outputs"][0]["text"] for n, result in done.items()} == {
        n: f"{n + 1}\n" for n in range(3)
    }


def test_a_judge_has_a_limit_to_its_memory(workers):
    result = workers.run_one(job_with((LARGE, True), ("print(7)", True)))
    assert "MemoryError" in outputs_of(result, 0) and "7" in outputs_of(result)


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


def test_what_the_coordinator_does_with_a_result_does_not_read_code(monkeypatch):
    """Parsing what a student wrote is for judges, which can be ended."""

    def parse(*_, **__):
        raise AssertionError("the coordinator parses a student's code")

    source = "from nblib.backprop import output_delta"
    marks = {"nbgrader": {"grade_id": "output-delta", "solution": True, "grade": False}}
    test = {"nbgrader": {"grade_id": "output-delta-check", "solution": False, "grade": True, "points": 2}}
    cells = [(source, marks), ("grade(output_delta)", test)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, metadata=m) for text, m in cells])
    said = findings([{"source": source, "test": False}, {"source": "grade(output_delta)", "test": True}])
    result = {
        "cells": [{"outputs": [], "count": 1}] * 2,
        "ungraded": [],
        "ended": None,
        "called": {},
        "remarks": {},
        **said,
    }
    put_outputs(copy.deepcopy(notebook), result)  # loads the exercises, which are not a student's
    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", parse)
        patched.setattr("builtins.compile", parse)
        notes = put_outputs(notebook, result)
    assert "nblib.backprop.output_delta" in notes.comments["output-delta"]


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(kind="display_data", **data):
    return {"output_type": kind, "data": {key.replace("_", "/"): value for key, value in data.items()}, "metadata": {}}


def error(kind="E", words="", lines=()):
    return {"output_type": "error", "ename": kind, "evalue": words, "traceback": list(lines)}


MEGABYTE = "x" * 2**20
FLOODS = {
    "streams": [stream(MEGABYTE)] * 100,
    "displays": [shown(text_plain=MEGABYTE)] * 100,
    "results": [shown("execute_result", text_plain=MEGABYTE)] * 100,
    "html": [shown(text_html=MEGABYTE)] * 100,
    "pictures": [shown(image_png=MEGABYTE)] * 100,
    "json": [shown(**{"application_json": [MEGABYTE] * 4})] * 100,
    "many-keys": [shown(**{f"{n}_json": [1] for n in range(40_000)})] * 20,
    "metadata": [shown(image_png="") | {"metadata": {"image/png": {str(n): 1 for n in range(60_000)}}}] * 40,
    "words": [error(words=MEGABYTE)] * 100,
    "kinds": [error(kind=MEGABYTE)] * 100,
    "lines": [error(lines=[MEGABYTE] * 100)] * 10,
    "many-lines": [error(lines=["x"] * 10**6)] * 3,
    "empty": [stream("")] * 10**6,
    "empty-errors": [error()] * 10**6,
    "numbers": [shown(**{"a_json": [10**4000] * 1000})] * 100,
    "of-each": [stream(MEGABYTE), shown(text_plain=MEGABYTE), error(lines=[MEGABYTE])] * 40,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_outputs_of_every_kind_share_one_room(kind):
    room = Room()
    cells = [clean_outputs(FLOODS[kind], 1, room) for _ in range(3)]
    assert len(json.dumps(cells)) < 1.2 * outputs._MOST_CHARACTERS
    assert sum(map(len, cells)) <= outputs._MOST_OUTPUTS + len(cells)
    if kind != "html":  # of which the markup is left out, and nothing else is there
        assert "left out" in cells[-1][-1]["text"]


def test_markup_has_a_room_of_its_own_and_words_stay():
    kept = clean_outputs([shown(text_html="x" * outputs._MOST_MARKUP, text_plain="x")] * 5, 1)
    assert ["text/html" in each["data"] for each in kept] == [True] + [False] * 4
    assert all(each["data"]["text/plain"] == "x" for each in kept)


def _parts(value):
    """Count the lists, objects, numbers and texts in some JSON."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_parts, inside))


@pytest.mark.parametrize("part", [[], {}, 0, "", None])
def test_what_is_in_an_output_is_bounded_by_its_parts(part):
    """Each of them is read, copied and written by the coordinator, however few characters it has."""
    kept = clean_outputs([shown(**{"application_json": [part] * 100_000})] * 100, 1)
    assert 200_000 < _parts(kept) < 500_000 and "left out" in kept[-1]["text"]


def test_every_text_of_an_output_can_be_written():
    half = "\ud800"
    metadata = {"metadata": {"image/png": {half: 1}, half: {half: half}}}
    flood = [
        shown(image_png=half, **{f"{half}_json": {half: half}}) | metadata,
        stream(half),
        error(half, half, [half]),
    ]
    assert json.dumps(clean_outputs(flood, 1), ensure_ascii=False).encode().count(b"?") > 4


def test_numbers_that_json_has_no_word_for_are_left_out():
    (output,) = clean_outputs([shown(**{"application_json": [float("nan"), float("inf"), 1.5]})], 1)
    assert output["data"]["application/json"] == [None, None, 1.5]


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


def handed_in(change):
    notebook = json.loads(nbformat.writes(source_notebook()))
    change(notebook)
    return json.dumps(notebook).encode()


def _many_cells(notebook):
    notebook["cells"] += [{"cell_type": "raw", "id": "a", "metadata": {}, "source": ""}] * MAX_CELLS


def _deep(notebook):
    for _ in range(100):
        notebook["metadata"] = {"x": [notebook["metadata"]]}


@pytest.mark.parametrize(("change", "why"), [(_many_cells, "more than 2,000 cells"), (_deep, "nested too deeply")])
def test_a_notebook_that_would_take_long_to_read_is_refused(change, why):
    with pytest.raises(Unreadable, match=why):
        read_notebook(handed_in(change))


@pytest.mark.parametrize("tags", [list(range(100_000)), ["a"] * 100_000, [{"a": 1}] * 100_000, "a", ["a,b"], [""]])
def test_tags_that_are_none_go_and_the_notebook_is_read(tags, monkeypatch):
    """Each of them took milliseconds to be found invalid; now the schema is asked about a notebook that is valid."""
    found = []
    monkeypatch.setattr("nbformat.validator.better_validation_error", lambda error, *_: found.append(error) or error)
    notebook = read_notebook(handed_in(lambda notebook: notebook["cells"][0]["metadata"].update(tags=tags)))
    assert "tags" not in notebook.cells[0].metadata and len(notebook.cells) == len(source_notebook().cells)
    assert not found


def _data(part, count=100_000):
    def change(notebook):
        notebook["metadata"]["x"] = [[part] * 1000] * (count // 1000)

    return change


@pytest.mark.parametrize("part", [[], {}, 0, ""])
def test_a_notebook_of_many_parts_is_refused(part):
    assert read_notebook(handed_in(_data(part))).metadata.x
    with pytest.raises(Unreadable, match="too much data beside"):
        read_notebook(handed_in(_data(part, 300_000)))


def test_a_file_of_many_brackets_is_not_read(monkeypatch):
    content = handed_in(_data([], 3_000_000))
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("it was read"))
    with pytest.raises(Unreadable, match="clear them"):
        read_notebook(content)


def test_outputs_of_many_parts_are_no_hindrance():
    """A figure may hold many numbers; outputs are made anew."""

    def change(notebook):
        data = {"application/json": [1.5] * 400_000}
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]

    assert len(read_notebook(handed_in(change)).cells) == len(source_notebook().cells)


def test_many_cells_of_one_id_get_ids_of_their_own():
    cell = {"cell_type": "raw", "id": "setup", "metadata": {"nbgrader": {"grade_id": "words"}}, "source": ""}
    notebook = read_notebook(handed_in(lambda notebook: notebook["cells"].extend([cell] * (MAX_CELLS - 100))))
    normalise(notebook, source_notebook())
    ids = [each.id for each in notebook.cells]
    assert len(set(ids)) == len(ids) > MAX_CELLS - 100


PACKAGES = ("nblib", "sklearn", "torch", "jax", "tensorflow", "autograd", "keras", "theano", "scipy")
ANSWER = "def output_delta(a, y, z):\n    return a"
LIAR = (
    "import itertools\n"
    "from autograder import elsewhere\n"
    "from autograder.check import check\n"
    "sandbox, number = elsewhere.ask.__self__, itertools.count()\n"
    "honest = sandbox._call\n"
    "def _call(**request):\n"
    "    reply, blobs = honest(**request)\n"
    f"    names = [f'{{package}}.{{next(number)}}' + 'x' * 300 for package in {PACKAGES} for _ in range(300)]\n"
    "    reply['met'] = [[name, *7 * ['y' * 300]] for name in names]\n"
    "    return reply, blobs\n"
    "sandbox._call = _call\n"
    f"{ANSWER}\n"
    "for _ in range(10): str(check(output_delta))"
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
