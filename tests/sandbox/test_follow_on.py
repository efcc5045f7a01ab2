"""Right answers that the judge lends for one test: they give a right function its points, and nobody else any."""

import json

import pytest

from autograder.grading.settings import Grading
from autograder.sandbox.workers import Workers
from tests.follow_on_lesson import IMPORTS, RIGHT, WITHOUT_SLOPE

SETUP = f"{IMPORTS}\nfrom autograder.check import check, grade"
NAMES = ["output_delta", "hidden_delta", "layer_gradients", "backprop", "backprop_batch", "minibatches", "train"]
SOURCE = [("setup", SETUP, "own")]
for name in NAMES:
    SOURCE += [(name, f"def {name}():\n    pass", "student"), (f"{name}-check", f"grade({name})", "test")]
TOLD = "Your {} is right. It calls {}, which is {}."


@pytest.fixture(scope="module")
def workers():
    workers, settings = Workers(), Grading()
    workers.prepare({"any": SOURCE}, settings.limits(), settings.unsafe)
    yield workers
    workers.close()


def graded(workers, order=NAMES, before="", after="", follow_on=True, **answers):
    """Grade a lesson, and return by exercise its points, by exercise its report, and what the first cell printed."""
    cells = [("setup", SETUP, False), ("before", before or "pass", False)]
    for name in order:
        cells += [(name, (RIGHT | answers)[name], False), (f"{name}-check", f"grade({name})", True)]
    cells.append(("after", after or "pass", False))
    job = {
        "notebook": "any",
        "files": {},
        "hidden_seed": Grading().hidden_seed,
        "follow_on": follow_on,
        "cells": [{"id": each, "source": text, "test": test, "skip": False} for each, text, test in cells],
    }
    result = workers.run_one(job)
    shown, outputs = (
        {},
        dict(zip([each for each, *_ in cells], (cell["outputs"] for cell in result["cells"]), strict=True)),
    )
    for name in order:
        data = [output["data"] for output in outputs[f"{name}-check"] if "data" in output]
        shown[name] = data[-1] if data else {"text/plain": "0", "text/html": json.dumps(outputs[f"{name}-check"])}
    points = {name: float(data["text/plain"]) for name, data in shown.items()}
    printed = "".join(output.get("text", "") for each in ("before", "after") for output in outputs[each])
    return points, {name: data["text/html"] for name, data in shown.items()}, printed


FULL = {"output_delta": 2, "hidden_delta": 3, "layer_gradients": 2, "backprop": 4, "backprop_batch": 4}
FULL |= {"minibatches": 2, "train": 4}


@pytest.mark.parametrize(
    ("name", "answer", "callers", "state"),
    [
        ("hidden_delta", WITHOUT_SLOPE, ["backprop"], "not right yet"),
        ("hidden_delta", "def hidden_delta(W_next, delta_next, z):\n    raise NotImplementedError()", ["backprop"], ""),
        ("hidden_delta", "def hidden_delta(W_next, delta_next, z)\n    return 0", ["backprop"], "not defined yet"),
        ("minibatches", "def minibatches(X, Y, batch_size, rng):\n    return [(X, Y)]", ["train"], "not right yet"),
        (
            "backprop_batch",
            RIGHT["backprop_batch"].replace("2 * (", "("),
            ["train"],
            "not right yet",
        ),
    ],
)
def test_a_wrong_helper_costs_its_own_points_only(workers, name, answer, callers, state):
    points, reports, _ = graded(workers, **{name: answer})
    assert points[name] < FULL[name]
    assert points == FULL | {name: points[name]}
    for caller in callers:
        assert TOLD.format(caller, name, state or "not written yet") in reports[caller]


def test_the_setting_turns_the_points_off_and_not_the_words(workers):
    points, reports, _ = graded(workers, follow_on=False, hidden_delta=WITHOUT_SLOPE)
    assert points == FULL | {"hidden_delta": 0, "backprop": 0}
    assert TOLD.format("backprop", "hidden_delta", "not right yet") in reports["backprop"]


def test_a_function_that_is_wrong_itself_earns_nothing_by_a_helper(workers):
    wrong = RIGHT["backprop"].replace("activations[-2]", "activations[-1]")
    points, reports, _ = graded(workers, hidden_delta=WITHOUT_SLOPE, backprop=wrong)
    assert points == FULL | {"hidden_delta": 0, "backprop": 0}
    assert "Your backprop is right" not in reports["backprop"]


def test_a_placeholder_above_the_code_is_told_as_that_and_earns_nothing(workers):
    above = RIGHT["output_delta"].replace(
        "    return", "    # YOUR CODE HERE\n    raise NotImplementedError()\n    return"
    )
    points, reports, _ = graded(workers, ["output_delta"], output_delta=above)
    assert points == {"output_delta": 0}
    assert "still stands above your code, so nothing below it ever runs. Remove that line." in reports["output_delta"]


# Each tries to get the points of a function, or those of its helper, by what the judge lends.
ASIDE = "def hidden_delta(W_next, delta_next, z):\n    return W_next.T @ delta_next * kept[-1]"
CHEATS = {
    "the whole answer of a later exercise": (
        {
            "backprop": "def backprop(layers, x, y):\n    return backprop_batch(layers, x[None], y[None])",
            "backprop_batch": "def backprop_batch(layers, X, Y):\n    raise NotImplementedError",
        },
        ["backprop", "backprop_batch"],
    ),
    "under its own name": (
        {"backprop": "def backprop(layers, x, y):\n    return backprop(layers, x, y)"},
        ["backprop"],
    ),
    "under the name of a helper": (
        {
            "hidden_delta": "def hidden_delta(*args):\n    raise NotImplementedError",
            "backprop": "def backprop(*args):\n    return hidden_delta(*args)",
        },
        ["hidden_delta", "backprop"],
    ),
    "kept for later tests": (
        {
            "hidden_delta": "kept = []\ndef hidden_delta(*args):\n    return kept[-1](*args) if kept else None",
            "backprop": RIGHT["backprop"].replace("    zs,", "    kept.append(hidden_delta)\n    zs,"),
            "backprop_batch": "def backprop_batch(layers, X, Y):\n    return kept[-1](layers[-1][0], Y, X)",
        },
        ["hidden_delta", "backprop_batch"],
    ),
    "with further functions around it": (
        {
            "minibatches": "def minibatches(*args):\n    raise NotImplementedError",
            "train": "def train(*args):\n    return [minibatches(*args[1:3], args[5], args[6])]",
        },
        ["minibatches", "train"],
    ),
    "put into its place": (
        {
            "output_delta": "def output_delta(a, y, z):\n    return 0",
            "hidden_delta": RIGHT["backprop"] + "\nhidden_delta = backprop",
            "backprop": "backprop = output_delta",
        },
        ["output_delta", "hidden_delta", "backprop"],
    ),
    "taken from a check": (
        {
            "layer_gradients": "def layer_gradients(*args):\n    return None\n"
            + RIGHT["backprop"].replace("    zs,", "    tried.append(layer_gradients(x, y))\n    zs,")
            + "\ntried = []\ncheck(backprop)\nprint(tried)",
        },
        ["layer_gradients"],
    ),
}


@pytest.mark.parametrize("way", CHEATS)
def test_no_trick_brings_points(workers, way):
    answers, without_points = CHEATS[way]
    points, _, _ = graded(workers, **answers)
    assert {name: points[name] for name in without_points} == dict.fromkeys(without_points, 0)


def test_a_helper_that_was_kept_raises(workers):
    keeping = RIGHT["backprop"].replace("    zs,", "    global kept\n    kept = hidden_delta\n    zs,")
    call = "print(type(kept).__name__)\ntry:\n    print(kept(np.eye(2), np.ones(2), np.ones(2)))\n"
    call += "except Exception as error:\n    print('refused:', error)"
    points, _, printed = graded(workers, hidden_delta=WITHOUT_SLOPE, backprop=keeping, after=call)
    assert points["backprop"] == 4  # it was lent
    assert "refused: RuntimeError: This hidden_delta was only lent for one test" in printed


def test_a_check_in_a_students_cell_gets_words_and_no_helper(workers):
    ask = (
        "seen = []\n"
        + WITHOUT_SLOPE
        + "\n"
        + RIGHT["output_delta"]
        + "\n"
        + RIGHT["layer_gradients"]
        + "\n"
        + RIGHT["backprop"].replace("    zs,", "    seen.append(hidden_delta)\n    zs,")
        + "\nresult = check(backprop)\nprint(result.score, result.hints, result.follow_on)\n"
        "print(grade(backprop).score, {type(each).__name__ for each in seen})"
    )
    _, _, printed = graded(workers, before=ask)
    told = "It calls hidden_delta, which is not right yet: go there first, then check this function again."
    assert printed == f"0.0 {(told,)} ()\n0.0 {{'function'}}\n"


def test_what_is_still_to_be_graded_is_not_lent(workers):
    order = ["output_delta", "layer_gradients", "backprop", "hidden_delta"]
    points, _, _ = graded(workers, order, before=WITHOUT_SLOPE, hidden_delta=WITHOUT_SLOPE)
    assert points == {"output_delta": 2, "layer_gradients": 2, "backprop": 0, "hidden_delta": 0}


def test_names_are_as_they_were_after_a_test(workers):
    look = "print(type(hidden_delta).__name__, hidden_delta.__code__.co_argcount)"
    _, _, printed = graded(workers, hidden_delta=WITHOUT_SLOPE, after=look)
    assert printed == "function 3\n"


def test_a_call_of_a_helper_does_not_count_as_a_loop_over_the_examples(workers):
    by_hand = """def backprop_batch(layers, X, Y):
    activations = [X]
    for W, b in layers:
        activations.append(logistic(activations[-1] @ W.T + b))
    delta = (activations[-1] - Y) * 2 / len(X)
    gradients = []
    for index in range(len(layers) - 1, -1, -1):
        delta = delta * activations[index + 1] * (1 - activations[index + 1])
        gradients.insert(0, (delta.T @ activations[index], delta.sum(axis=0)))
        delta = delta @ layers[index][0]
    return gradients"""
    wrong = "def logistic(z):\n    return 1 / (1 + np.exp(z))"
    points, reports, _ = graded(workers, ["backprop_batch"], before=wrong, backprop_batch=by_hand)
    assert points == {"backprop_batch": 4}
    assert TOLD.format("backprop_batch", "logistic", "not right yet") in reports["backprop_batch"]


ONE_SIDED = "def numerical_derivative(f, x, h=1e-5):\n    return (f(x + h) - f(x)) / h ** 2"
BY_ENTRY = """def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(theta.shape)
    for index in np.ndindex(*theta.shape):
        def along(value):
            moved = theta.astype(float)
            moved[index] = value
            {}
            return f(moved)
        gradient[index] = numerical_derivative(along, theta[index], h)
    return gradient"""


def test_a_helper_may_call_a_students_function_back_but_not_without_end(workers):
    order = ["numerical_derivative", "numerical_gradient", "output_delta"]
    points, reports, _ = graded(
        workers, order, numerical_derivative=ONE_SIDED, numerical_gradient=BY_ENTRY.format("pass")
    )
    assert points == {"numerical_derivative": 0, "numerical_gradient": 2, "output_delta": 2}
    assert TOLD.format("numerical_gradient", "numerical_derivative", "not right yet") in reports["numerical_gradient"]
    endless = BY_ENTRY.format("numerical_derivative(along, value)")
    points, _, _ = graded(workers, order, numerical_derivative=ONE_SIDED, numerical_gradient=endless)
    assert points == {"numerical_derivative": 0, "numerical_gradient": 0, "output_delta": 2}


ENDLESS = {
    "many calls": "    while True: hidden_delta(layers[-1][0], np.ones(layers[-1][0].shape[0]), np.ones(1))",
    "each other": "    return minibatches(x, y, 3, np.random.default_rng(0)) or backprop(layers, x, y)",
    "large": "    hidden_delta(np.ones((1, 10**6)), np.ones(1), np.ones((10**6, 1)))",
}


@pytest.mark.parametrize("way", ENDLESS)
def test_helpers_called_without_end_harm_nobody(workers, way):
    answer = f"def backprop(layers, x, y):\n{ENDLESS[way]}"
    order = ["hidden_delta", "backprop", "backprop_batch"]
    points, _, _ = graded(workers, order, hidden_delta=WITHOUT_SLOPE, backprop=answer)
    assert points == {"hidden_delta": 0, "backprop": 0, "backprop_batch": 4}
