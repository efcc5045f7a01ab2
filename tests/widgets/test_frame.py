"""The frame around every scene: what the browser is told, and what happens when something fails."""

import base64
import html
import logging

import numpy as np
import pytest

from nblib.widgets.frame import Frame, Prediction, choice, slider
from nblib.widgets.scene import Scene
from tests.widgets.examples import WIDGETS


@pytest.fixture(scope="module")
def frames():
    return {name: build() for name, build in WIDGETS.items()}


def message(frame, **content):
    """What the browser sends, through the way it comes in."""
    frame._handle_custom_msg({"view": "a", "serial": 1} | content, [])
    return frame.reply


@pytest.mark.parametrize("name", WIDGETS)
def test_without_a_kernel_the_preset_is_left_as_a_picture_with_its_text(name, frames, displayed):
    frames[name]._ipython_display_()
    (live, _), (still, metadata) = displayed
    assert "application/vnd.jupyter.widget-view+json" in live
    assert live["text/plain"] == frames[name].spec["title"]
    # JupyterLab would show the widget's number instead of the picture, if both were in one output.
    assert "application/vnd.jupyter.widget-view+json" not in still
    assert base64.b64decode(still["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == still["text/plain"]
    assert len(still["text/plain"]) > 80
    assert f'alt="{html.escape(still["text/plain"])}"' in still["text/html"]
    assert still["image/png"] in still["text/html"]


@pytest.mark.parametrize("name", WIDGETS)
def test_prediction_is_asked_first_and_recorded_before_the_answer(name, frames):
    frame = frames[name]
    assert frame.reply["verdict"] == ""
    right = frame.prediction.options[frame.prediction.answer]
    wrong = (frame.prediction.answer + 1) % len(frame.prediction.options)
    reply = message(frame, kind="predict", option=wrong)
    assert frame.predicted == frame.prediction.options[wrong]
    assert f"Your prediction: {frame.predicted}." in reply["verdict"]
    assert f"Answer: {right}." in reply["verdict"]
    # The mistake is answered, and then the right answer explained.
    reasons = frame.prediction.reasons
    assert reply["verdict"].index(reasons[wrong]) < reply["verdict"].index(reasons[frame.prediction.answer])
    reply = message(frame, kind="predict", option=frame.prediction.answer)
    assert reply["verdict"] == f"Your prediction: {right}. That's right. {reasons[frame.prediction.answer]}"


@pytest.mark.parametrize("name", WIDGETS)
def test_every_option_has_a_reason_and_the_answer_a_preset(name, frames):
    prediction = frames[name].prediction
    assert len(set(prediction.reasons)) == len(prediction.options)
    assert all(len(reason) > 40 and reason.endswith(".") for reason in prediction.reasons)
    shown = frames[name].spec["shown"]
    assert prediction.preset is None or frames[name].spec["presets"][shown]["label"] == prediction.preset


# The reasons are written for these answers; some of them are computed.
ANSWERS = {
    "edges": "W[1, 0]",
    "activations": "linear",
    "nudge": "its own, and all in the layers to its right",
    "passes": "those of layer 2",
    "race": "cross-entropy",
    "regularization": "training falls, new rises",
    "saturation": "more than three quarters",
    "control room": "much lower: 30 steps in all, not 3000",
}


@pytest.mark.parametrize("name", WIDGETS)
def test_the_reasons_belong_to_the_answer(name, frames):
    prediction = frames[name].prediction
    assert prediction.options[prediction.answer] == ANSWERS[name]


def test_prediction_can_be_skipped():
    frame = WIDGETS["activations"]()
    assert message(frame, kind="predict", option=None)["verdict"].startswith("Skipped: At z = −4")
    assert frame.predicted is None


@pytest.mark.parametrize("name", ["race", "regularization", "control room", "saturation"])
def test_eta_and_lambda_are_logarithmic_and_show_their_symbol(name, frames):
    sliders = [c for c in frames[name].controls.values() if c.name in ("eta", "lam", "weight_std")]
    assert sliders
    for control in sliders:
        symbol = {"eta": "η", "lam": "λ", "weight_std": "σ_w"}[control.name]
        values = np.array([value for value in control.values if value])
        steps = values[1:] / values[:-1]
        assert values[-1] / values[0] >= 100 and steps.min() > 1 and steps.max() <= 2.5 + 1e-9
        assert symbol in control.label
        assert all(text.startswith(f"{symbol} = ") for text in control.texts)


def test_a_move_beyond_a_limit_ends_at_it():
    frame = WIDGETS["edges"]()
    reply = message(frame, kind="move", positions={"l": 0, "k": 2, "j": 3})
    assert reply["limits"] == {"k": 2, "j": 4}
    assert frame.values == {"l": 1, "k": 1, "j": 3}
    message(frame, kind="move", positions={"l": 99, "k": -5, "j": 99})
    assert frame.values == {"l": 2, "k": 0, "j": 1}


def test_answers_say_which_question_they_answer():
    frame = WIDGETS["activations"]()
    reply = message(frame, kind="move", positions={"name": 3, "z": 60}, serial=7, view="b")
    assert (reply["serial"], reply["view"]) == (7, "b")
    assert reply["status"].startswith("tanh at z = 1:")


def test_long_work_goes_in_pieces_and_stops_where_it_is():
    frame = WIDGETS["control room"]()
    positions = frame.positions | {"batch_size": 0, "hidden": 2}
    reply = message(frame, kind="begin", positions=positions)
    assert reply["unfinished"]
    assert 0 < reply["done"] < 1
    before = reply["done"]
    assert message(frame, kind="proceed")["done"] > before
    assert message(frame, kind="move", positions=positions)["status"].startswith("Ready to train")
    reply = message(frame, kind="proceed")
    assert not reply["unfinished"]


ASKED = Prediction("Will it work?", ("yes", "no"), 1, ("It does not.", "It can't."))


class Broken(Scene):
    """Fails at its second position."""

    alt = "Nothing is drawn."

    def __init__(self):
        from nblib import plots

        fig, axes = plots.figure()
        super().__init__(fig, axes.plot([0, 1]))

    def update(self, place):
        if place:
            raise ValueError("no such place")
        return "All is well."


def test_failing_callback_shows_a_sentence_logs_the_traceback_and_raises_when_called(caplog):
    controls = [slider("place", "place", [0, 1])]
    frame = Frame(Broken(), "broken", controls, {"start": {"place": 0}}, ASKED)
    with caplog.at_level(logging.ERROR):
        reply = message(frame, kind="move", positions={"place": 1})
    assert "could not be computed (ValueError: no such place)" in reply["status"]
    assert reply["failed"]
    assert "Traceback" in caplog.text
    with pytest.raises(ValueError, match="no such place"):
        frame.move({"place": 1})
    reply = message(frame, kind="move", positions={"place": 0})
    assert reply["status"] == "All is well."
    assert "failed" not in reply


def test_a_control_finds_the_position_of_a_value():
    control = slider("eta", "η", np.geomspace(0.01, 1, 5), "η = {:.2g}")
    assert [control.position(v) for v in (0.01, 0.1, 0.11, 7.0)] == [0, 2, 2, 4]
    assert control.texts[2] == "η = 0.1"
    assert choice("cost", "cost", {"a": "x", "b": None}).position(None) == 1
