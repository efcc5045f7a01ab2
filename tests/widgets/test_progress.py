"""The progress bar of a training: what it says, and that it stops with what it has."""

import os
import signal
import sys

import numpy as np
import pytest

from nblib.data import moons
from nblib.initialization import scaled_init
from nblib.training import train
from nblib.widgets import TrainingProgress, progress


def trained(epochs, callbacks, **options):
    X, labels = moons(30, 0.3, np.random.default_rng(0))
    Y, rng = labels[:, None].astype(float), np.random.default_rng(1)
    return train(scaled_init([X.shape[1], 3, 1], rng), X, Y, 0.5, epochs, 10, rng, callbacks=callbacks, **options)


def test_it_shows_the_last_numbers_of_the_history(displayed):
    with TrainingProgress(4) as progress:
        _, history = trained(4, [progress])
    status = progress.state["status"]
    assert status == f"Epoch 4 of 4: cost {history.costs[-1]:.3g}, accuracy {history.accuracies[-1]:.3g}."
    assert progress.state["share"] == 1
    assert not progress.state["running"]
    (live, _), (still, _) = displayed
    assert live["text/plain"] == "Training"
    assert "application/vnd.jupyter.widget-view+json" in live
    assert still["text/plain"] == status
    assert status in still["text/html"]


def test_it_does_not_change_what_is_trained(displayed):
    with TrainingProgress(3) as progress:
        watched, _ = trained(3, [progress])
    alone, _ = trained(3, [])
    assert all(
        np.array_equal(one, other) for a, b in zip(watched, alone, strict=True) for one, other in zip(a, b, strict=True)
    )


def test_an_interrupt_stops_after_the_epoch_with_what_there_is(displayed):
    before = signal.getsignal(signal.SIGINT)

    def interrupt(epoch, history, layers):
        if epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with TrainingProgress(10) as progress:
        layers, history = trained(10, [interrupt, progress])
    assert signal.getsignal(signal.SIGINT) is before
    assert len(history.costs) == 3
    assert progress.stopped
    assert progress.state["status"].startswith("Stopped after epoch 3 of 10: cost ")
    expected, _ = trained(3, [])
    assert np.array_equal(layers[0][0], expected[0][0])


def test_a_second_interrupt_is_not_held_back(displayed):
    with pytest.raises(KeyboardInterrupt), TrainingProgress(10) as progress:
        os.kill(os.getpid(), signal.SIGINT)
        progress.step()
        os.kill(os.getpid(), signal.SIGINT)
        progress.step()
    assert displayed[-1][0]["text/plain"].startswith("Stopped after epoch 1 of 10")


def test_a_loop_of_ones_own_says_what_it_likes(displayed):
    with TrainingProgress(2) as progress:
        assert progress.step(validation_accuracy=0.25) is False
        progress.step(cost=float("inf"), validation_accuracy=0.5)
    assert displayed[-1][0]["text/plain"] == "Epoch 2 of 2: cost beyond all numbers, validation accuracy 0.5."


def test_several_trainings_share_one_bar_and_all_end_once_it_is_stopped(displayed):
    with TrainingProgress(10) as progress:
        trained(5, [progress])
        progress.stopped = True
        _, history = trained(5, [progress])
    assert len(history.costs) == 1
    assert progress.state["share"] == 0.6


def test_numbers_that_are_not_measured_are_not_shown(displayed):
    with TrainingProgress(1) as progress:
        trained(1, [progress], measure=False)
    assert progress.state["status"] == "Epoch 1 of 1."


def test_where_the_kernel_runs_in_the_browser_a_revoked_address_stops_it(displayed, monkeypatch):
    there = {"blob:1"}

    class Request:
        status = 0

        @classmethod
        def new(cls):
            return cls()

        def open(self, method, address, wait):
            assert (method, wait) == ("GET", False)
            self.address = address

        def send(self):
            if self.address not in there:
                raise OSError("the browser can't load it")
            self.status = 200

    class Browser:
        XMLHttpRequest = Request
        Blob = type("Blob", (), {"new": staticmethod(object)})
        URL = type("URL", (), {"createObjectURL": staticmethod(lambda blob: "blob:1")})

    monkeypatch.setitem(sys.modules, "js", Browser)
    monkeypatch.setattr(progress.sys, "platform", "emscripten")
    monkeypatch.setattr(progress, "PAUSE", -1)

    def press(epoch, history, layers):
        if epoch == 3:
            there.clear()

    with TrainingProgress(10) as shown:
        assert shown.lifeline == "blob:1"
        _, history = trained(10, [press, shown])
    assert len(history.costs) == 4
    assert shown.state["status"].startswith("Stopped after epoch 4 of 10: cost ")
