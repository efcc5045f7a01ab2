"""A function gets the same points in a sandbox, behind its stand-in, as in the process that tries it."""

import textwrap

import numpy as np
import pytest

from autograder.check import grade
from autograder.grading.settings import Grading
from autograder.grading.worker import Workers

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


def in_sandbox(workers, name, source):
    cells = [("setup", SETUP, False), ("answer", source, False), ("check", f"grade({name})", True)]
    job = {
        "notebook": "any",
        "files": {},
        "hidden_seed": Grading().hidden_seed,
        "cells": [{"id": each, "source": text, "test": test, "skip": False} for each, text, test in cells],
    }
    (output,) = (each for each in workers.run_one(job)["cells"][-1]["outputs"] if "data" in each)
    return float(output["data"]["text/plain"].split()[0])


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_points_are_the_same_elsewhere(workers, kind):
    name, points, source = FUNCTIONS[kind]
    source = SIGMOID + textwrap.dedent(source)
    assert in_sandbox(workers, name, source) == points
    if kind != "enormous-whole-number":  # here nothing would stop it
        space = {"np": np, "__name__": "__main__"}
        exec(source, space)
        assert float(grade(space[name])) == points
