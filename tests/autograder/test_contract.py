"""Names, signatures and points of the exercises are fixed: students, graders and other tools rely on them."""

from dataclasses import replace

import pytest

from autograder.audit.contract import breaches, contract
from autograder.exercises import EXERCISES


@pytest.mark.parametrize("name", contract())
def test_exercise_has_the_name_signature_and_points_of_the_table(name):
    assert breaches(EXERCISES[name]) == []


def test_there_are_no_other_exercises():
    assert set(EXERCISES) == set(contract())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"reference": lambda cost, weights, n, lam: 0},
            "called as l2_cost(cost, weights, n, lam), but the table",
        ),
        ({"points": 2, "requirements": []}, "It has 2 points, but the table says 1"),
        ({"lesson": "04-cross-entropy"}, "It is in lesson_04, but the table says lesson_05"),
        ({"name": "l3_cost"}, 'Add the line "l3_cost(cost, weights, lam, n)" = 1 below [lesson_05] in '),
    ],
)
def test_a_difference_is_told(change, words, monkeypatch):
    monkeypatch.setattr("autograder.exercise.Exercise.__post_init__", lambda self: None)
    (told,) = breaches(replace(EXERCISES["l2_cost"], **change))
    assert words in told
