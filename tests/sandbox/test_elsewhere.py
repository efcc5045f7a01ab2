"""A function gets the same points in a sandbox, behind its stand-in, as in the process that tries it."""

import textwrap

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.check import grade
from autograder.grading.outcome import put_outputs
from autograder.grading.settings import Grading
from autograder.sandbox.workers import Workers

SETUP = "import numpy as np\n\nfrom autograder.check import grade"
SIGMOID = "\ndef sp(z):\n    s = 1 / (1 + np.exp(-z))\n    return s * (1 - s)\n"

# By what is unusual about them: the exercise, the points, and a function.
FUNCTIONS = {
    "label-of-numpy": (
        "judge_eta",
        2,
        """
        def judge_eta(costs):
            costs = np.asarray(costs, dtype=float)
            high = not np.isfinite(costs).all() or (np.diff(costs) > 0.01 * costs[0]).any()
            return np.array(["just right", "too low", "too high"])[2 if high else int(costs[-1] > 0.9 * costs[0])]
        """,
    ),
    "numbers-of-an-own-kind": (
        "output_delta",
        2,
        """
        class Fl(float): pass
        def output_delta(a, y, z): return [Fl(v) for v in 2 * (a - y) * sp(z)]
        """,
    ),
    "array-module": (
        "output_delta",
        2,
        "import array\ndef output_delta(a, y, z): return array.array('d', 2 * (a - y) * sp(z))",
    ),
    "memoryview": ("output_delta", 2, "def output_delta(a, y, z): return memoryview(2 * (a - y) * sp(z))"),
    "keyword": (
        "numerical_derivative",
        1,
        "def numerical_derivative(f, x, h=1e-5): return (f(x=x + h) - f(x=x - h)) / (2 * h)",
    ),
    "threads": (
        "numerical_derivative",
        1,
        """
        from concurrent.futures import ThreadPoolExecutor
        def numerical_derivative(f, x, h=1e-5):
            with ThreadPoolExecutor(2) as pool: right, left = pool.map(f, [x + h, x - h])
            return (right - left) / (2 * h)
        """,
    ),
    "enormous-whole-number": (
        "numerical_derivative",
        0,
        "def numerical_derivative(f, x, h=1e-5): return f((1 << 30_000_000) - 1)",
    ),
    "halves-of-characters": ("output_delta", 0, "def output_delta(a, y, z): raise ValueError('\\ud800')"),
    "much-too-large": ("output_delta", 0, "def output_delta(a, y, z): return np.zeros(11_000_000)"),
    "list-of-layers-changed": (
        "pad_layers",
        1.75,
        """
        def pad_layers(layers):
            width = max(len(b) for _, b in layers)
            padded, before = [], len(layers[0][0][0])
            for W, b in layers:
                full = np.zeros((width, before))
                full[: W.shape[0], : W.shape[1]] = W
                padded.append((full, np.concatenate([b, np.zeros(width - len(b))])))
                before = width
            layers[:] = padded
            return layers
        """,
    ),
    "nearest-neighbour": (
        "capstone",
        0,
        """
        def capstone(X_train, Y_train, X_val, Y_val, rng):
            labels = Y_train.argmax(axis=1)
            return lambda X: labels[[int(((X_train - x) ** 2).sum(axis=1).argmin()) for x in X]]
        """,
    ),
    "foreign-library": (
        "capstone",
        0,
        """
        def capstone(X_train, Y_train, X_val, Y_val, rng):
            from sklearn.neighbors import KNeighborsClassifier
            return KNeighborsClassifier(1).fit(X_train, Y_train.argmax(axis=1)).predict
        """,
    ),
}


@pytest.fixture(scope="module")
def workers():
    workers, settings = Workers(), Grading()
    tests = [(name, f"grade({name})", "test") for name in sorted({name for name, *_ in FUNCTIONS.values()})]
    workers.prepare({"any": [("setup", SETUP, "own"), *tests]}, settings.limits(), settings.unsafe)
    yield workers
    workers.close()


def ran_in_sandbox(workers, name, source):
    cells = [("setup", SETUP, False), ("answer", source, False), ("check", f"grade({name})", True)]
    job = {
        "notebook": "any",
        "files": {},
        "hidden_seed": Grading().hidden_seed,
        "cells": [{"id": each, "source": text, "test": test, "skip": False} for each, text, test in cells],
    }
    return workers.run_one(job)


def in_sandbox(workers, name, source):
    cells = ran_in_sandbox(workers, name, source)["cells"]
    (output,) = (each for each in cells[-1]["outputs"] if "data" in each)
    return float(output["data"]["text/plain"].split()[0])


def looks_at(result, name, source):
    """What an instructor is asked to look at."""
    notebook = new_notebook(cells=[new_code_cell(SETUP), new_code_cell(source), new_code_cell(f"grade({name})")])
    notebook.cells[1].metadata["nbgrader"] = {"grade_id": name.replace("_", "-"), "solution": True}
    return put_outputs(notebook, result).review_reasons


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_points_are_the_same_elsewhere(workers, kind):
    name, points, source = FUNCTIONS[kind]
    source = SIGMOID + textwrap.dedent(source)
    assert in_sandbox(workers, name, source) == points
    if kind != "enormous-whole-number":  # here nothing would stop it
        space = {"np": np, "__name__": "__main__"}
        exec(source, space)
        assert float(grade(space[name])) == points


# Reading the source would not show it either.
NOT_SEEN_AT_WORK = {
    "profiling switched off": """
        import sys
        def capstone(X_train, Y_train, X_val, Y_val, rng):
            off = getattr(sys, "setpro" + "file")
            off(None)
            model = __import__("sk" + "learn.svm", fromlist=["SVC"]).SVC().fit(X_train, Y_train.argmax(axis=1))
            def classify(X):
                off(None)
                return model.predict(X)
            return classify
        """,
    "under another function's name": """
        def capstone(X_train, Y_train, X_val, Y_val, rng):
            model = __import__("sk" + "learn.svm", fromlist=["SVC"]).SVC().fit(X_train, Y_train.argmax(axis=1))
            def capstone(X): return model.predict(X)
            return capstone
        """,
}


@pytest.mark.parametrize("kind", NOT_SEEN_AT_WORK)
def test_a_library_that_hides_is_to_be_looked_at(workers, kind):
    source = textwrap.dedent(NOT_SEEN_AT_WORK[kind])
    result = ran_in_sandbox(workers, "capstone", source)
    assert any("sklearn" in look for look in looks_at(result, "capstone", source))
    if "profiling" in kind:
        assert any("profiling" in look for look in looks_at(result, "capstone", source))


def test_what_the_checks_remark_reaches_the_instructor(workers):
    source = textwrap.dedent("""
        def capstone(X_train, Y_train, X_val, Y_val, rng):
            mean, labels = X_train.mean(axis=0), Y_train.argmax(axis=1)
            directions = np.linalg.svd(X_train - mean, full_matrices=False)[2][:30].T
            table = (X_train - mean) @ directions
            return lambda X: labels[[((table - x) ** 2).sum(axis=1).argmin() for x in (X - mean) @ directions]]
        """)
    result = ran_in_sandbox(workers, "capstone", source)
    looks = looks_at(result, "capstone", source)
    score = result["cells"][-1]["outputs"][-1]["data"]["text/plain"].split()[0]
    assert float(score) == 0 or any("nearest neighbours" in look for look in looks)


def test_threads_are_nothing_to_look_at(workers):
    _, _, source = FUNCTIONS["threads"]
    source = textwrap.dedent(source)
    assert looks_at(ran_in_sandbox(workers, "numerical_derivative", source), "numerical_derivative", source) == []
