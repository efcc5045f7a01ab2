"""An exercise separates students by what they did in it, and not by what they did in one that it calls."""

import pytest

from autograder.desk.report.separation import noise, with_separation
from tests.desk.classes_reported import RIGHT, exercise, held_up, wrong


@pytest.mark.parametrize("share", [1.0, 0.0])  # whether held-up answers get their points is a setting
def test_being_held_up_by_a_hard_exercise_separates_nobody(share):
    hard = exercise("hard", *[wrong("sign")] * 10, *[RIGHT] * 10)
    caller = exercise("caller", *[held_up("hard", share=share)] * 10, *[RIGHT] * 10)
    another = exercise("another", *[wrong("sign")] * 5, *[RIGHT] * 15)
    hard, caller, another = with_separation([hard, caller, another])
    assert caller.separates is None
    # With everybody right in the caller, only the two others are left to be compared.
    by_hand = (10 / 10 - 5 / 10) / ((15 * 5) ** 0.5 / 20) * 0.5
    assert hard.separates == pytest.approx(by_hand)


def test_own_mistakes_in_a_caller_still_separate():
    hard = exercise("hard", *[wrong("sign")] * 10, *[RIGHT] * 10)
    caller = exercise("caller", *[wrong("step")] * 10, *[held_up("hard")] * 5, *[RIGHT] * 5)
    assert with_separation([hard, caller])[1].separates == pytest.approx(1)


def test_noise_is_two_standard_errors_and_no_correlation_exceeds_one():
    assert noise(100) == pytest.approx(0.2)
    assert noise(57) == pytest.approx(0.265, abs=5e-4)
    assert noise(3) == noise(0) == 1
