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
EQUIVALENT = {
    "weighted_input": {"line 9: operands exchanged": PRODUCT},
    "logistic": {"line 10: GtE → Gt": "both branches give ½ at 0"},
    "pad_layers": {"line 12: zeros → ones (2)": "the bias of a padded node is free"},
    "numerical_gradient": {"line 11: zeros → ones": "every entry is overwritten"},
    "delta_by_perturbation": {"line 18: operands exchanged": SQUARE},
    "relative_error": {"line 12: operands exchanged (2)": SQUARE},
    "corrected_notes_gradient": {"line 10: operands exchanged": PRODUCT},
    "train": {"line 17: operands exchanged (2)": SQUARE},
    "quadratic_cost": {"line 7: operands exchanged": SQUARE},
    "dropout": {"line 10: GtE → Gt": "a uniform number equals p_drop with probability 0"},
    "judge_eta": {"line 9: Gt → GtE": BOUNDARY, "line 11: Gt → GtE": BOUNDARY},
    "plateau_schedule": {"line 11: 0 → 1": "the first accuracy is better than none and starts the count anew"},
    "augment": {what: "how far an image is shifted is free" for what in ("line 16: 1 → 2", "line 16: 2 → 3")},
}

# A changed recipe that still reads 97 % of unseen digits is a right answer to the capstone.
JUDGED_BY_RESULT = {"capstone"}


def solutions(lesson):
    """The lesson's imports, and the source of each exercise's solution."""
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    setup = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
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
