"""What all trials of an exercise share, and what a reference does that a student must not see."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from autograder.check import check
from autograder.checking.trial import Trial
from autograder.exercises import EXERCISES
from autograder.seeds import PUBLIC_SEED
from tests.conftest import named


def test_probes_are_drawn_once_for_an_exercise_and_a_seed():
    exercise = EXERCISES["output_delta"]
    one, again, other = (Trial(exercise, exercise.reference, seed) for seed in (PUBLIC_SEED, PUBLIC_SEED, 7))
    assert one.probes is again.probes
    assert one.expected is again.expected
    assert not np.array_equal(one.probes[0][0], other.probes[0][0])


def test_a_changed_exercise_has_probes_of_its_own():
    exercise = EXERCISES["output_delta"]
    before = Trial(exercise, exercise.reference, PUBLIC_SEED).probes
    changed = replace(exercise, probes=lambda rng: exercise.probes(rng)[:1])
    assert len(Trial(changed, exercise.reference, PUBLIC_SEED).probes) == 1 < len(before)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy_bits", "judge_eta"])
def test_a_reference_that_meets_infinity_warns_nobody(name):
    exercise = replace(EXERCISES[name])  # whose right answers have not been found yet
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Trial(exercise, exercise.reference, PUBLIC_SEED).problems == [None] * len(exercise.requirements)
        assert check(named(EXERCISES[name].reference, name)).passed
