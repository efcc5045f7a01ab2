"""What takes too long is stopped, with the system's timer and with Python's own reports of jumps and calls."""

import signal
import sys
import threading
import time

import pytest

from autograder.check import check
from autograder.checking.time_limit import TimeUp, can_be_stopped, time_limit
from tests.conftest import named

SINCE_3_12 = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python reports jumps and calls since 3.12")


@pytest.fixture(params=["timer", pytest.param("reports", marks=SINCE_3_12)])
def platform(request, monkeypatch):
    """A platform with a timer, and one without, like a browser or Windows."""
    if request.param == "reports":
        monkeypatch.delattr(signal, "setitimer")
    assert can_be_stopped()


def loop():
    while True:
        pass


def deaf_loop():
    while True:
        try:
            sum(range(10))
        except Exception:
            pass


def generator():
    return sum(1 for _ in iter(int, 1))


@pytest.mark.parametrize("endless", [loop, deaf_loop, generator], ids=lambda function: function.__name__)
def test_what_never_ends_is_stopped(platform, endless):
    with pytest.raises(TimeUp), time_limit(0.05):
        endless()


def test_a_block_that_ends_in_time_is_left_alone_and_nothing_stays_on(platform):
    with time_limit(0.2):
        value = sum(number for number in range(1000))
    assert value == 499500
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    if hasattr(sys, "monitoring"):
        assert [number for number in (3, 4) if sys.monitoring.get_tool(number)] == []


def test_an_inner_limit_that_ends_leaves_the_outer_one_on(platform):
    with pytest.raises(TimeUp), time_limit(0.3):
        with pytest.raises(TimeUp), time_limit(0.05):
            loop()
        assert sum(number for number in range(1000)) == 499500
        loop()


def test_an_outer_limit_ends_an_inner_one(platform):
    started = time.monotonic()
    with pytest.raises(TimeUp), time_limit(0.05), time_limit(600):
        loop()
    assert time.monotonic() - started < 300


@SINCE_3_12
def test_a_limit_in_one_thread_stops_no_other():
    caught = []

    def limited():
        try:
            with time_limit(0.05):
                loop()
        except TimeUp:
            caught.append("limited")

    thread = threading.Thread(target=limited)
    thread.start()
    while thread.is_alive():
        pass
    thread.join()
    assert caught == ["limited"]


def test_an_endless_loop_in_an_exercise_gets_a_sentence(platform, monkeypatch):
    monkeypatch.setattr("autograder.checking.trial.call", short_call(monkeypatch))
    report = str(check(named(lambda z: loop(), "logistic")))
    assert "does a loop never end?" in report
    assert "✘" in report.splitlines()[0]


@pytest.mark.parametrize(
    ("system", "advice"), [(sys.platform, "stop the cell with ■"), ("emscripten", "Don't call it outside `check`")]
)
@pytest.mark.parametrize("name", ["logistic", "dropout"])
def test_the_hint_for_an_endless_loop_speaks_of_loops_and_of_what_can_be_stopped_here(
    monkeypatch, name, system, advice
):
    monkeypatch.setattr("autograder.checking.trial.call", short_call(monkeypatch))
    monkeypatch.setattr("autograder.diagnosis.certain.sys.platform", system)
    hint = check(named(lambda *given: loop(), name)).hints[-1]
    assert "a loop never ends" in hint
    assert advice in hint


def test_the_same_endless_loop_again_is_given_a_limit(monkeypatch):
    monkeypatch.setattr("autograder.checking.trial.call", short_call(monkeypatch))
    for _ in range(2):
        hints = check(named(lambda *given: loop(), "logistic")).hints
    assert "give each `while` loop a limit" in hints[0]


def short_call(monkeypatch):
    from autograder.checking.call import call

    return lambda function, args, seconds: call(function, args, 0.05)
