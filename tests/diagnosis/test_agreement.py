"""Two calls did the same, or did not."""

import numpy as np
import pytest

from autograder.checking.call import Failure, Outcome
from autograder.diagnosis.agreement import agree

VECTOR = np.array([1.0, -2.0, 3e-9])


@pytest.mark.parametrize(
    ("value", "known", "same"),
    [
        (VECTOR, VECTOR[:, None], True),
        (VECTOR, VECTOR * (1 + 1e-8), True),
        (VECTOR, VECTOR * (1 + 1e-5), False),
        (VECTOR.astype(np.float32), VECTOR * (1 + 1e-5), True),
        (VECTOR, VECTOR[:2], False),
        ([VECTOR, 2.0], (VECTOR, 2), True),
        (np.array([1, np.nan]), np.array([1, np.nan]), True),
        (np.array([1, np.nan]), np.array([np.nan, 1]), False),
        (np.array([np.inf, 1.0]), np.array([np.inf, 1.0]), True),
        (np.array([np.inf, 1.0]), np.array([2.0, 1.0]), False),
        ([], np.zeros(0), True),
        ("fast", "fast", True),
        ("fast", "slow", False),
        (["a", None], ["a", None], True),
        (["a", ["b"]], ["a", "b"], False),
        (None, np.array(["a", "b"]), False),
        (np.array(["a", "b"]), np.array(["a", "b"]), True),
        (None, 0.0, False),
        (len, len, False),
    ],
)
def test_values_agree_in_their_numbers_or_words(value, known, same):
    assert agree(Outcome(value), Outcome(known)) is same


def test_failures_agree_in_their_kind():
    failed, other = Outcome(failure=Failure("ValueError", "shapes")), Outcome(failure=Failure("ValueError", "axes"))
    assert agree(failed, other)
    assert not agree(failed, Outcome(failure=Failure("TypeError", "shapes")))
    assert not agree(failed, Outcome(None))
    assert not agree(Outcome(1.0), other)
