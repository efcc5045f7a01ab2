"""Mutation beyond the catalogue: the stored solutions, changed mechanically, have to be caught.

A mutant that earns full points on both seeds has survived. The survivors that are listed here compute the same thing as
the solution (or what the contract leaves free); all others have to be caught.
"""

from dataclasses import replace

import numpy as np

from autograder.audit.cells import notebooks
from autograder.audit.mutants import mutants
from autograder.checking.trial import Trial
from autograder.exercises import EXERCISES
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED

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
    "cost_from": {"return np.sum((y - a) ** 2) | operands exchanged": SQUARE},
    "relative_error": {"return np.sqrt(np.sum((u - v) ** 2)) / lengths | operands exchanged (2)": SQUARE},
    "corrected_notes_gradient": {"z = theta @ a | operands exchanged": PRODUCT},
    "train": {"costs.append(float(np.sum((Y - predict(layers, X)) ** 2) / len(X))) | operands exchanged (2)": SQUARE},
    "quadratic_cost": {"return np.sum((Y - A) ** 2) / (2 * len(A)) | operands exchanged (2)": SQUARE},
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


def _scope_of(lesson):
    """Return the names of a lesson's imports and solutions, and the source of each solution."""
    scope, sources = {}, []
    for notebook in notebooks("solutions", lesson).values():
        exec(next(cell.source for cell in notebook.cells if cell.id == "setup"), scope)
        sources += [cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for source in sources:
        exec(source, scope)
    return scope, sources


def survivors(name):
    """Change the stored solution of an exercise in one place at a time, and see which changes pass as right.

    Parameters
    ----------
    name : str
        Of the exercise.

    Returns
    -------
    (list of str, int)
        The survivors: the changed line and what became of it; and how many mutants there were.
    """
    exercise = EXERCISES[name]
    scope, sources = _scope_of(exercise.lesson)
    own = next((source for source in sources if f"def {name}(" in source), None)
    if own is None or name in JUDGED_BY_RESULT:
        return [], 0
    alive, count = [], 0
    EXERCISES[name] = replace(exercise, seconds=2.0)
    try:
        with np.errstate(all="ignore"):
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
                if all(_passes(name, mutated[name], seed) for seed in (PUBLIC_SEED, HIDDEN_SEED)):
                    alive.append(what)
    finally:
        EXERCISES[name] = exercise
    return alive, count


def _passes(name, function, seed):
    """Whether a function meets every requirement; what is wrong with it would take longer to find out."""
    return not any(Trial(EXERCISES[name], function, seed).problems)


def uncaught(name):
    """Say which mechanical changes of an exercise's stored solution pass as right, a sentence each.

    Parameters
    ----------
    name : str
        Of the exercise.

    Returns
    -------
    list of str
    """
    alive, _ = survivors(name)
    equivalent = EQUIVALENT.get(name, {})
    found = [
        f"{name}: the stored solution still passes with this change: {what}. Add a probe on which it differs. If it is "
        "right all the same, add it to EQUIVALENT in autograder/audit/mutation.py, with the reason."
        for what in alive
        if what not in equivalent
    ]
    return found + [
        f"{name}: this change is listed as equivalent, but is caught or isn't made any more: {what}. Take it out of "
        "EQUIVALENT in autograder/audit/mutation.py."
        for what in equivalent
        if what not in alive
    ]
