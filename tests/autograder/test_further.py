"""What a second identical wrong answer hears beyond the first hint."""

import sys

import numpy as np
import pytest

from autograder.check import check, grade
from nblib.activations import logistic_prime
from nblib.backprop import backprop
from tests.conftest import named


def sign(a, y, z):
    return 2 * (y - a) * logistic_prime(z)


@pytest.fixture(autouse=True)
def _fresh_session(monkeypatch):
    monkeypatch.setattr(sys.modules["autograder.check"], "_last_wrong", {})


def test_second_identical_answer_gets_one_hint_more():
    first, second = check(named(sign, "output_delta")), check(named(sign, "output_delta"))
    assert len(first.hints) == 1
    assert second.hints[0] == first.hints[0]
    assert len(second.hints) == 2
    assert "one step further" in second.hints[1]


def test_further_hint_shows_the_students_number_and_not_the_right_one():
    check(named(sign, "output_delta"))
    told = check(named(sign, "output_delta")).hints[1]
    given = {name: np.array(eval(told.split(f"{name} = ")[1].split("]")[0] + "]")) for name in ("a", "y", "z")}
    own, right = sign(**given)[0], -sign(**given)[0]
    assert f"{own:.1g}"[:4] in told
    assert f"gives {right:.4g}" not in told


def test_another_wrong_answer_starts_anew():
    check(named(sign, "output_delta"))
    assert len(check(named(lambda a, y, z: a - y, "output_delta")).hints) == 1


def test_right_numbers_with_another_flaw_get_no_case():
    def changes_its_input(a, y, z):
        a -= y
        return 2 * a * logistic_prime(z)

    hints = [check(named(changes_its_input, "output_delta")).hints for _ in range(2)][1]
    assert len(hints) == 1
    assert "The same numbers again" not in hints[0]


def test_large_arguments_are_told_by_their_shapes():
    def halved(layers, x, y):
        return [(dW / 2, db / 2) for dW, db in backprop(layers, x, y)]

    check(named(halved, "backprop"))
    assert "arrays of the shapes (" in check(named(halved, "backprop")).hints[1]


def test_grade_does_not_go_further():
    grade(named(sign, "output_delta"))
    assert len(grade(named(sign, "output_delta")).hints) == 1
