"""Mutation beyond the catalogue: the solutions, changed mechanically, have to be caught."""

from dataclasses import replace

import pytest

from autograder.audit import mutation
from autograder.audit.mutants import mutants
from autograder.exercises import EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
def test_mechanical_mutants_are_caught(name):
    assert mutation.uncaught(name) == []


def test_solutions_are_changed_in_many_places(monkeypatch):
    """A solution like ``np.column_stack([b, W])`` has no place for a small change; hardly another one is like that."""
    monkeypatch.setattr(mutation, "mutants", lambda source: [(what, "raise ValueError") for what, _ in mutants(source)])
    counts = {name: mutation.survivors(name)[1] for name in EXERCISES if name not in mutation.JUDGED_BY_RESULT}
    assert sum(counts.values()) > 10 * len(counts)
    assert sum(count == 0 for count in counts.values()) < len(counts) / 10


def test_a_mutant_is_one_small_change():
    source = "def f(x):\n    return 2 * x if x > 0 else -x\n"
    assert {what.partition(" | ")[2]: text.splitlines()[1].strip() for what, text in mutants(source)} == {
        "else taken": "return -x",
        "if taken": "return 2 * x",
        "Gt → GtE": "return 2 * x if x >= 0 else -x",
        "0 → 1": "return 2 * x if x > 1 else -x",
        "Mult → Div": "return 2 / x if x > 0 else -x",
        "right operand dropped": "return 2 if x > 0 else -x",
        "left operand dropped": "return x if x > 0 else -x",
        "2 → 3": "return 3 * x if x > 0 else -x",
        "minus dropped": "return 2 * x if x > 0 else x",
    }


def test_a_survivor_and_a_needless_exception_are_told(monkeypatch):
    monkeypatch.setitem(mutation.EQUIVALENT, "weighted_input", {"return 1 | 1 → 2": "never made"})
    told = mutation.uncaught("weighted_input")
    assert len(told) == 2
    assert "still passes with this change: return w @ a + b | operands exchanged. Add a probe" in told[0]
    assert "listed as equivalent, but is caught or isn't made any more: return 1 | 1 → 2" in told[1]


def test_an_exercise_is_as_it_was_afterwards(monkeypatch):
    exercise = replace(EXERCISES["step"], probes=lambda rng: 1 / 0)
    monkeypatch.setitem(EXERCISES, "step", exercise)
    with pytest.raises(ZeroDivisionError):
        mutation.survivors("step")
    assert EXERCISES["step"] is exercise
