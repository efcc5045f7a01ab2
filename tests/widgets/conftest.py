"""What the tests of several widgets need."""

import pytest

from nblib.widgets import still


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed, in order: the data of each output and its metadata."""
    outputs = []

    def display(data, metadata=None, raw=False):
        assert raw
        outputs.append((data, metadata or {}))

    monkeypatch.setattr(still, "display", display)
    return outputs
