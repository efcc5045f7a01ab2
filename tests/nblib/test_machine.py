"""Experiments make fewer runs where Python runs in a browser."""

import sys

import pytest

from nblib.machine import runs


@pytest.mark.parametrize(("platform", "number"), [("linux", 10), ("win32", 10), ("emscripten", 6)])
def test_only_a_browser_makes_fewer_runs(monkeypatch, platform, number):
    monkeypatch.setattr(sys, "platform", platform)
    assert runs(10, in_browser=6) == number
