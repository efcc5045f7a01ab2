"""What the tests of naming share."""

import pytest

from autograder.diagnosis import mends, pairs


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    """However busy the machine is, all pairs are run, and all changes of the text."""
    monkeypatch.setattr(pairs, "BUDGET", 60)
    monkeypatch.setattr(mends, "BUDGET", 10)
