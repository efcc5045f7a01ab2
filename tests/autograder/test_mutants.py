"""Mutation beyond the catalogue: the solutions, changed mechanically, have to be caught.

A mutant that earns full points on both seeds has survived. The survivors that are listed here compute the same thing as
the solution (or what the contract leaves free); all others have to be caught.
"""

from dataclasses import replace

import nbformat
import numpy as np
import pytest

from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED
from tests.autograder.mutants import mutants
from tests.conftest import LESSONS, ROOT

PRODUCT = "a product of two vectors is the same either way"
SQUARE = "the square of a difference is the same either way"
BOUNDARY = "at exact equality rounding decides, and another right algebra decides otherwise"
# By exercise, the changed line and what became of it; why it is right all the same.
EQUIVALENT = {
    "weighted_input": {"return w @ a + b | operands exchanged": PRODUCT},
    "logistic": {
        "return np.where(z >= 0, 1 / (1 + small), small / (1 + small)) | GtE → Gt": "both branches give ½ at 0"
    },
    "pad_layers": {
        "W_padded, b_padded = np.zeros((m, columns)), np.zeros(m) | zeros → ones (2)": "a padded bias is free"
    },
    "numerical_gradient": {"gradient = np.zeros(moved.shape) | zeros → ones": "every entry is overwritten"},
    "delta_by_perturbation": {"return np.sum((y - a) ** 2) | operands exchanged": SQUARE},
    "relative_error": {"return np.sqrt(np.sum((u - v) ** 2)) / lengths | operands exchanged (2)": SQUARE},
    "corrected_notes_gradient": {"z = theta @ a | operands exchanged": PRODUCT},
    "train": {"costs.append(float(np.sum((Y - predict(layers, X)) ** 2) / len(X))) | operands exchanged (2)": SQUARE},
    "quadratic_cost": {"errors = Y - A | operands exchanged": SQUARE},
    "dropout": {
        "mask = (rng.random(a.shape) >= p_drop).astype(float) | GtE → Gt": "a draw equals p_drop with probability 0"
    },
    "judge_eta": {
        "if not np.isfinite(costs).all() or np.any(np.diff(costs) > 0.01 * costs[0]): | Gt → GtE": BOUNDARY,
        "if costs[-1] > 0.9 * costs[0]: | Gt → GtE": BOUNDARY,
    },
    "plateau_schedule": {"etas, best, waited = [], -np.inf, 0 | 0 → 1": "the first accuracy starts the count anew"},
    "augment": {
        f"dy, dx = rng.integers(-1, 2, size=2) | {what}": "how far an image is shifted is free"
        for what in ("1 → 2", "2 → 3")
    },
}

# A changed recipe that still reads 97 % of unseen digits is a right answer to the capstone.
JUDGED_BY_RESULT = {"capstone"}


def solutions(lesson):
    """The lesson's imports, and the source of each exercise's solution."""
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    setup = next(cell.source for cell in notebook.cells if cell.id == "setup")
    cells = [cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return setup, cells


def survivors(name, setup, cells):
    """Mutants of one solution that get full points, and how many there were."""
    scope = {}
    exec(setup, scope)
    for cell in cells:
        exec(cell, scope)
    own = next(cell for cell in cells if f"def {name}(" in cell)
    alive, count = [], 0
    for what, source in mutants(own):
        mutated = dict(scope)
        try:
            exec(compile(source, "<mutant>", "exec"), mutated)
        except Exception:  # a mutant that does not even load is caught
            count += 1
            continue
        if mutated[name] is scope[name]:
            continue
        count += 1
        if all(examine(mutated[name], seed).passed for seed in (PUBLIC_SEED, HIDDEN_SEED)):
            alive.append(what)
    return alive, count


@pytest.mark.parametrize("lesson", LESSONS)
def test_mechanical_mutants_are_caught(lesson, monkeypatch):
    setup, cells = solutions(lesson)
    total, alive = 0, {}
    with np.errstate(all="ignore"):
        for name in [
            name for name, exercise in EXERCISES.items() if exercise.lesson == lesson and name not in JUDGED_BY_RESULT
        ]:
            monkeypatch.setitem(EXERCISES, name, replace(EXERCISES[name], seconds=2.0))
            left, count = survivors(name, setup, cells)
            total += count
            alive[name] = [what for what in left if what not in EQUIVALENT.get(name, ())]
            assert set(EQUIVALENT.get(name, ())) <= set(left), f"{name}: listed as equivalent, and caught"
    alive = {name: left for name, left in alive.items() if left}
    assert total > 50
    assert alive == {}, f"{sum(map(len, alive.values()))} of {total} mutants survived"
