"""Ctrl-C is held back while something is read or saved, and not lost."""

import signal

import pytest

from autograder.grading.interrupts import held_interrupts


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_is_done_in_between_is_done_to_its_end():
    done = []
    with pytest.raises(KeyboardInterrupt), held_interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        done.append("saved")
        interrupts.stop_if_asked()
        done.append("more")
    assert done == ["saved"]


def test_waiting_is_stopped_at_once():
    with pytest.raises(KeyboardInterrupt), held_interrupts() as interrupts, interrupts.allowed():
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")


def test_waiting_does_not_begin_after_ctrl_c():
    with pytest.raises(KeyboardInterrupt), held_interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        with interrupts.allowed():
            pytest.fail("it began")


def test_afterwards_all_is_as_before():
    with held_interrupts() as interrupts:
        interrupts.stop_if_asked()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_handles_it_already_keeps_it():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with held_interrupts():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
