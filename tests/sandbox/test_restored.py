"""Whatever is changed, every output is the same whether cells are run or restored: tested with random changes."""

import json
import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.sandbox.overlap import snapshot
from autograder.sandbox.sharing import Plan, Sharing
from autograder.sandbox.shell import Runner

# A lesson whose names share memory and lists, and cells that change some of it.
LESSON = {
    "setup": "import numpy as np\nfrom functools import partial",
    "data": "X = np.arange(12.0).reshape(3, 4)\nlabels = [1, 2, 3]\ntable = {'X': X, 'labels': labels}\nn = 3",
    "views": "V = X[:2]\nT = X.T\nback = X[::-1]",
    "pair": "pair = (labels, [X])\nscaled = partial(np.multiply, X)",
    "factory": "def counter():\n    b = []\n    def up():\n        b.append(0)\n        return len(b)\n    return up",
    "made": "up = counter()",
    "read": "X[0, 0] + V[0, 1] + len(labels)",
    "in-place": "V += 1\nV.sum()",
    "perhaps": "if n > 2:\n    m = n\nelse:\n    k = 5\n[i for i in range(n)]",
    "more": "n += 1\nlabels += [n]\nn, labels",
    "anew": "X = X + 1\nX.sum(), V.sum()",
    "late": "total = V.sum() + T[0, 0] + back[1, 1]\ntotal",
    "copy": "W = X.copy()\nW[0] = 7\nW.sum()",
    "kept": "table['new'] = W\nsorted(table), table['X'].sum()",
    "gone": "i = 0\ndel i",
    "last": "X.sum(), labels, pair[0], W.sum()",
    "called": "up(), scaled(2).sum()",
}
# The same with functions that hold some of it, of which no copies can be made.
HOLDING = dict(LESSON)
HOLDING["pair"] += "\ndef peek(column=0, rows=X):\n    return rows[0, column]\nappend = labels.append"
HOLDING["called"] += ", peek(1)"
LESSONS = {"plain": LESSON, "holding": HOLDING}
SHOWN = "X V T back labels table pair n m k i W total".split()
SHOW = "; ".join(f"print({name!r}, globals().get({name!r}))" for name in SHOWN)
# What is changed here shows in every name that shares it.
STIR = (
    "for change in (lambda: X.fill(21), lambda: V.fill(22), lambda: T.fill(23), lambda: back.fill(24), "
    "lambda: labels.append(25), lambda: pair[0].append(26), lambda: pair[1][0].fill(27), lambda: append(28), "
    f"lambda: table['X'].fill(29), lambda: print(up(), peek(0), scaled(2).sum())):\n"
    f"    try: change()\n    except Exception as error: print(type(error))\n    {SHOW}"
)
CHANGES = [
    *("X[0, 0] = 9", "V[0] = 5", "T[1, 1] -= 2", "back[2, 3] = 50", "V += 10", "X *= 2", "np.add(V, 1, out=V)"),
    *("labels.append(4)", "labels += [5]", "append(6)", "pair[0].append(0)", "pair[1][0][1] = 3", "table['X'][0] = 1"),
    *(
        "X = np.ones((3, 4))",
        "V = 3",
        "labels = labels + [8]",
        "table = dict(table)",
        "X, V = V, X",
        "W = V",
        "W[:] = 0",
    ),
    *("Y = X", "Y = X\nY[1] = 3", "Y = V.T\nY -= 1", "Z = [X, labels]\nZ[0][0] = 4\nZ[1].pop()", "del table['labels']"),
    *("n = 1", "n += 2", "k = 2", "i = 11", "m = 9", "total = 1", "peek = lambda column: column", "up()", "up = int"),
    *("scaled.args[0][0, 1] = 20", "def g():\n    labels.append(7)\ng()", "def h():\n    V[1, 1] = 0", "h()", "del V"),
    *("for i in range(2):\n    V[i] = i", "peek()", "print(peek(), scaled(1).sum())", "print(n, labels, X.sum())"),
    *("print(V.sum(), T.sum(), back.sum())", "print(i)", "print(m)", "print(sorted(table), pair)", "print(W.sum())"),
    *("[labels.append(x) for x in range(2)]", "(lambda rows: rows.fill(8))(V)", "counter = None", "1 / 0"),
]
PLACES = st.integers(1, len(LESSON))


@pytest.fixture(scope="module")
def sharings():
    runner, sharings = Runner(), {}
    for kind, lesson in LESSONS.items():
        cells = [(name, source, True) for name, source in lesson.items()]
        sharings[kind] = Sharing(cells, runner, snapshot)
    yield sharings, runner
    type(runner.shell).clear_instance()


def with_changes(lesson, changes):
    cells = list(lesson.items())
    for place, change in sorted(changes, key=lambda each: -each[0]):
        cells.insert(place, ("new", change))
    return [*cells, ("show", SHOW), ("stir", STIR)]


def _texts(outputs):
    kept = []
    for each in outputs:
        text = each.get("text") or each.get("evalue") or each.get("data")
        if kept and each["output_type"] == "stream" == kept[-1][0]:
            kept[-1][1] += text
        else:
            kept.append([each["output_type"], text])
    return kept


def outputs_in_child(sharing, runner, cells, plan):
    """Run or restore cells, in a process of its own as in a sandbox, and return what each cell put out."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            shared, texts = list(sharing.cells.values()), []
            for count, ((_, source), number) in enumerate(zip(cells, plan, strict=True), 1):
                if number is None:
                    outputs, _ = runner.run(source, count)
                else:
                    runner.shell.user_ns.update(sharing.restorable[number])
                    outputs = shared[number].outputs
                texts.append(_texts(outputs))
            with os.fdopen(writing, "w") as file:
                json.dump(texts, file)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        texts = json.load(file)
    os.waitpid(pid, 0)
    return texts


def planned(sharings, kind, cells):
    """Return the plan that a judge makes from the description of the cells as plain data."""
    described = json.loads(json.dumps(sharings[0][kind].described()))
    return Plan(described, sharings[1].magics()).of(cells)


def hold(sharings, kind, changes):
    sharing, runner = sharings[0][kind], sharings[1]
    cells = with_changes(LESSONS[kind], changes)
    plan = planned(sharings, kind, cells)
    taken = outputs_in_child(sharing, runner, cells, plan)
    run = outputs_in_child(sharing, runner, cells, [None] * len(cells))
    for (name, source), number, here, there in zip(cells, plan, taken, run, strict=True):
        assert here == there, (name, source, number, plan)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(LESSONS)), st.lists(st.tuples(PLACES, st.sampled_from(CHANGES)), max_size=4))
@example("plain", [])
@example("holding", [])
@example("plain", [(4, "V[0] = 5")])
@example("plain", [(4, "X[0, 0] = 9")])
@example("plain", [(8, "n = 1")])
@example("plain", [(8, "i = 11"), (9, "print(i)")])
@example("plain", [(7, "labels.append(4)")])
@example("plain", [(7, "X *= 2")])
def test_every_output_is_the_same(sharings, kind, changes):
    hold(sharings, kind, changes)


@pytest.mark.parametrize("place", range(2, len(LESSON) + 1))
def test_every_single_change_gives_the_same(sharings, place):
    for change in CHANGES[place % 4 :: 4]:
        hold(sharings, "plain", [(place, change)])


def test_most_is_restored_where_nothing_was_changed(sharings):
    plan = planned(sharings, "plain", list(LESSON.items()))
    assert [name for name, number in zip(LESSON, plan, strict=True) if number is None] == ["made", "gone", "called"]
