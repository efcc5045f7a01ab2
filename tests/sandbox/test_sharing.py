"""A cell is taken over only where reading the code shows that it gives the same for everybody."""

import pytest

from autograder.sandbox.drawings import Drawings
from autograder.sandbox.overlap import snapshot
from autograder.sandbox.reading import outline, read
from autograder.sandbox.sharing import Plan, Sharing
from autograder.sandbox.shell import Runner

LESSON = [
    ("setup", "import numpy as np\nfrom math import sqrt", True),
    ("answer", "def f(x):\n    return x", False),
    ("data", "X = np.arange(4.0)", True),
    ("sum", "total = X.sum()\ntotal", True),
    ("own", "value = f(2)", True),
    ("after-own", "value + 1", True),
    ("change", "X[0] = 9", True),
    ("late", "X.mean()", True),
]


@pytest.fixture(scope="module")
def sharing():
    runner = Runner()
    cells = [(cell_id, source if own else outline(source), own) for cell_id, source, own in LESSON]
    yield Sharing(cells, runner, snapshot)
    type(runner.shell).clear_instance()


@pytest.fixture(scope="module")
def plan(sharing):
    return Plan(sharing.described(), {"reset"})


def taken(plan, edit=lambda cells: None):
    cells = [[cell_id, source] for cell_id, source, _ in LESSON]
    edit(cells)
    return [cell[0] for cell, number in zip(cells, plan.of(cells), strict=True) if number is not None]


ALL = ["setup", "data", "sum", "change", "late"]


def test_what_does_not_depend_on_the_student_is_taken_over(plan):
    assert taken(plan) == ALL


def insert(at, source):
    return lambda cells: cells.insert(at, ["new", source])


def replace(at, source):
    return lambda cells: cells.__setitem__(at, [cells[at][0], source])


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        (insert(3, "print(1)"), ALL),
        (insert(3, "y = np.exp(1)"), ALL),
        (insert(3, "X[1] = 7"), ["setup", "data"]),
        (insert(3, "f(X)"), ["setup", "data"]),
        (insert(3, "X = 3"), ["setup", "data"]),
        (insert(3, "def g(X):\n    X = 1\n    return X\ng(3)"), ALL),
        (insert(3, "def g():\n    X = np.ones(3)\n    X[0] = 5\n    return X\ng()"), ALL),
        (insert(3, "def g():\n    def h():\n        return X[0]\n    X = [1]\n    return h()\ng()"), ALL),
        (insert(3, "def g():\n    X[1] = 7\ng()"), ["setup", "data"]),
        (insert(3, "def g():\n    global X\n    X = 7\ng()"), ["setup", "data"]),
        (insert(3, "def g():\n    def h():\n        X[0] = 1\n    h()\ng()"), ["setup", "data"]),
        (insert(3, "def g():\n    return X\ng()[0] = 1"), ["setup", "data"]),
        (insert(3, "np.random.seed(0)"), ["setup", "data"]),
        (insert(3, "np.sum = max"), ["setup", "data"]),
        (insert(3, "m = np"), ["setup", "data"]),
        (insert(3, "exec('X[1] = 7')"), ["setup", "data"]),
        (insert(3, "%time 1"), ["setup", "data"]),
        (insert(3, "import os"), ["setup", "data"]),
        (insert(3, "_"), ["setup", "data"]),
        (insert(3, "for _ in range(3): pass"), ALL),
        (insert(3, "class A: pass"), ["setup", "data"]),
        (insert(3, "try:\n    1 / 0\nexcept ZeroDivisionError as X:\n    pass"), ["setup", "data"]),
        (insert(3, "match 0.5:\n    case X: pass"), ["setup", "data"]),
        (insert(3, "match [1, 2]:\n    case [1, *X]: pass"), ["setup", "data"]),
        (insert(3, "match {}:\n    case {**X}: pass"), ["setup", "data"]),
        (insert(3, "reset -f"), ["setup", "data"]),
        (insert(3, "reset = 3\nf = 1\nreset - f"), ALL),
        (insert(3, "import IPython\nIPython.get_ipython().run_cell('X = 1')"), ["setup", "data"]),
        (insert(3, "from IPython import get_ipython as shell\nshell().run_cell('X = 1')"), ["setup", "data"]),
        (insert(3, "from operator import attrgetter\nattrgetter('__globals__')(f)['X'] = 1"), ["setup", "data"]),
        (replace(0, "import math\n" + LESSON[0][1]), ALL[1:]),
        (replace(1, "def f(x):\n    X[0] = 1\n    return x"), ["setup", "data", "sum"]),
        (lambda cells: cells.pop(2), ["setup"]),
        (lambda cells: cells.reverse(), ["setup"]),
    ],
)
def test_in_doubt_a_cell_is_run(plan, edit, left):
    assert taken(plan, edit) == left


def test_values_are_those_after_the_cell_and_not_later_ones(sharing):
    after = dict(zip(sharing.cells, sharing.restorable, strict=True))
    assert after["data"]["X"][0] == 0 and after["change"]["X"][0] == 9


def test_names_are_read():
    reading = read("a = b + c[0]\ndef g(x):\n    return d")
    assert reading.stores == {"a", "g"} and {"b", "c"} <= reading.loads and "d" in reading.inner
    assert read("x y").opaque


def test_a_figure_that_is_drawn_elsewhere_is_the_same_figure():
    runner, drawings = Runner(), Drawings()
    cell = "from nblib import plots\nfig, axes = plots.figure()\naxes.plot([1, 2])\nplots.show(fig, alt='A line.')"
    here, _ = runner.run(cell, 1)
    here = [dict(output["data"]) for output in here]
    with drawings.in_background():
        elsewhere, succeeded = runner.run(cell, 2)
    type(runner.shell).clear_instance()
    assert succeeded and elsewhere[0]["data"] != here[0]
    drawings.insert_into(elsewhere)
    assert [output["data"] for output in elsewhere] == here
