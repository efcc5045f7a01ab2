"""What a student sees of a lesson as a whole: what is done, what is left, and what to do first."""

import ast
import html
import json
import re

import pytest

from autograder import elsewhere, progress
from autograder.exercises import DERIVATIONS, EXERCISES, ORDER
from tests.conftest import ROOT

LESSON_3 = """
import numpy as np
from autograder import progress
from nblib.activations import logistic_prime
from nblib.backprop import backprop as right
from nblib.network import forward

def output_delta(a, y, z):
    return 2 * (a - y) * logistic_prime(z)

def hidden_delta(W_next, delta_next, z):
    return W_next.T @ delta_next

def layer_gradients(delta, a_prev):
    raise NotImplementedError()

def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [layer_gradients(delta, activations[-2])]
    for level in range(len(layers) - 1, 0, -1):
        delta = hidden_delta(layers[level][0], delta, zs[level - 1])
        gradients.insert(0, layer_gradients(delta, activations[level - 1]))
    return gradients
"""


def run(source, call="progress()"):
    names = {"__name__": "__main__"}
    exec(source, names)
    return eval(call, names)


@pytest.fixture(scope="module")
def third():
    return run(LESSON_3)


def test_lesson_is_found_by_the_names_and_every_exercise_is_listed(third):
    assert third.lesson == "03-delta-recursion"
    assert {entry.name for entry in third.entries} == set(ORDER[third.lesson])


def test_states(third):
    states = {entry.name: entry.state for entry in third.entries}
    assert third.done == ["output_delta"]
    assert states["hidden_delta"] == "not right yet"
    assert states["backprop"] == "right, but what it calls is not yet"
    assert states["layer_gradients"] == states["train"] == "not written yet"


def test_what_others_wait_for_comes_first(third):
    names = [entry.name for entry in third.left]
    assert names[:2] == ["hidden_delta", "layer_gradients"]
    assert third.left[0].waiting == ("backprop",)
    assert names.index("sgd_step") < names.index("train")
    assert third.entries[-1].name == "output_delta"


def test_what_counts_no_points_is_listed_by_itself_and_is_not_needed(third):
    further = {entry.name for entry in third.further}
    assert "gradient_norms" in further and not further & {entry.name for entry in third.left}
    assert f"1 of {len(third.entries) - len(further)} done" in third.headline
    assert "gradient_norms" in str(third) and "gradient_norms" in third._repr_html_()


def test_what_a_students_function_calls_is_needed_for_it():
    source = """
from autograder import progress
def l2_cost(*args): raise NotImplementedError
def l1_cost(*args): return l2_cost(*args)
"""
    assert {entry.name: entry for entry in run(source).entries}["l2_cost"].waiting == ("l1_cost",)


def test_text_and_html_say_the_same(third):
    without_tags = html.unescape(re.sub(r"<[^>]+>", " ", third._repr_html_()))
    assert without_tags.split() == str(third).split()
    assert str(third).splitlines()[0].startswith("○ 03-delta-recursion: 1 of")


def test_imported_functions_are_not_the_students():
    source = "from autograder import progress\nfrom nblib.backprop import backprop\nfrom nblib.network import forward"
    assert "None of the functions" in str(run(source))


def test_derivation_is_done_not_right_or_not_written():
    name = next(name for name in DERIVATIONS if DERIVATIONS[name].lesson == "03-delta-recursion")
    model = DERIVATIONS[name].model
    tried = {"stub": f"{model[0]}\n# YOUR LINES HERE", "wrong": f"{model[0]}\n= 0", "model": "\n= ".join(model)}
    tried["leap"] = f"{model[0]}\n= {model[2]}\n= {model[-1]}"
    states = {}
    for what, lines in tried.items():
        source = f"from autograder import progress\n{name} = {lines!r}"
        states[what] = next(each.state for each in run(source).entries if each.name == name)
    leap = "right, but some steps aren't shown, and these are worth points"
    assert states == {"stub": "not written yet", "wrong": "not right yet", "model": "done", "leap": leap}


@pytest.mark.parametrize("lesson", [4, "4", "04", "04-cross-entropy"])
def test_lesson_can_be_named_or_numbered(lesson):
    assert run(LESSON_3, f"progress({lesson!r})").lesson == "04-cross-entropy"


@pytest.mark.parametrize(
    ("lesson", "words"),
    [
        (99, "There is no lesson '99'. Give its name or its number from 1 to 7."),
        ("3-delta", "Did you mean '03-delta-recursion'?"),
        (True, "There is no lesson 'True'."),
        ([3], "There is no lesson '[3]'."),
    ],
)
def test_no_lesson_gets_one_sentence(lesson, words):
    result = progress(lesson)
    assert words in str(result) and words in html.unescape(result._repr_html_())
    assert result.entries == ()


def test_nothing_is_said_where_a_notebook_is_graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert progress(3) is None
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr(elsewhere, "ask", lambda *args: pytest.fail("the judge knows nothing of this"))
    assert progress(3) is None


def test_order_lists_every_exercise_in_its_lesson():
    everything = {**EXERCISES, **DERIVATIONS}
    listed = {name: lesson for lesson, order in ORDER.items() for name in order}
    assert listed == {name: everything[name].lesson for name in listed}
    assert set(EXERCISES) <= set(listed)  # some derivations are only there to be looked at


@pytest.mark.parametrize("lesson", ORDER)
def test_order_is_that_of_the_notebook_and_earlier_ones_are_those_that_the_solution_calls(lesson):
    notebook = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    graded = dict.fromkeys(name for source in sources for name in re.findall(r"^grade\(\"?(\w+)", source, re.M))
    assert list(graded) == list(ORDER[lesson])
    read = {name: [] for name in graded}
    functions = [name for name in graded if name in EXERCISES]
    for source in sources:
        code = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef) and node.name in functions and not read[node.name]:
                used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                read[node.name] = [name for name in functions if name in used and name != node.name]
    assert read == ORDER[lesson]
