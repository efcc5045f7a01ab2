"""The drawing pad: what it says of a drawing, of digits of the data set, and of a forward that isn't right."""

import base64

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nblib.activations import logistic
from nblib.data import digits
from nblib.initialization import scaled_init
from nblib.network import ShapeError, predict
from nblib.training import digit_reader
from nblib.widgets import pad
from nblib.widgets.drawing_pad import reading

SEVEN = [[(70, 40), (210, 40), (120, 250)]]


@pytest.fixture(scope="module")
def reader():
    return digit_reader()


def message(shown, **content):
    """What the browser sends, through the way it comes in."""
    shown._handle_custom_msg({"view": "a", "serial": 1} | content, [])
    return shown.reply


def learners(layers, x):
    activations, zs = [x], []
    for W, b in layers:
        zs.append(W @ activations[-1] + b)
        activations.append(logistic(zs[-1]))
    return zs, activations


def test_the_reader_has_2260_numbers_and_is_the_same_every_time(reader):
    assert [W.shape for W, _ in reader] == [(30, 64), (10, 30)]
    assert sum(W.size + b.size for W, b in reader) == 2260
    for (W, b), (W2, b2) in zip(reader, digit_reader(), strict=True):
        assert np.array_equal(W, W2) and np.array_equal(b, b2)
    _, (X, Y), _ = digits(0)
    assert (predict(reader, X).argmax(axis=1) == Y.argmax(axis=1)).mean() > 0.95


def test_it_begins_with_a_real_3(reader):
    shown = pad(reader)
    _, (X, Y), _ = digits(0)
    [index] = np.flatnonzero((shown.image == X).all(axis=1))
    assert Y[index].argmax() == 3
    assert shown.reply["status"].startswith("It reads a 3: ")


def test_a_drawing_is_read_and_kept(reader):
    shown = pad(reader)
    reply = message(shown, kind="draw", strokes=SEVEN)
    x = shown.image
    assert x.shape == (64,)
    for W, b in reader:
        x = 1 / (1 + np.exp(-(W @ x + b)))
    assert reply["outputs"] == pytest.approx(x)
    first, second = np.argsort(x)[::-1][:2]
    assert reply["status"] == f"It reads a {first}: {x[first]:.2f}; next {second}: {x[second]:.2f}."
    assert reply["pixels"] == [round(16 * value) for value in shown.image]
    assert (reply["view"], reply["serial"]) == ("a", 1)
    reply = message(shown, kind="draw", strokes=[], serial=2)
    assert reply["status"] == "Draw a digit from 0 to 9."
    assert reply["outputs"] is None
    assert not shown.image.any()


@pytest.mark.parametrize("trained", [True, False])
def test_its_digits_are_those_the_network_reads_right_and_wrong(reader, trained):
    layers = reader if trained else scaled_init([64, 30, 10], np.random.default_rng(3))
    shown = pad(layers)
    kinds = [right for _, _, right in shown.examples]
    assert kinds.count(True) >= (5 if trained else 0) and kinds.count(False) == 5
    for index, (image, digit, right) in enumerate(shown.examples):
        reply = message(shown, kind="choose", index=index)
        read = int(np.argmax(reply["outputs"]))
        assert (read == digit) == right
        assert f"It reads a {read}: " in reply["status"]
        assert reply["status"].endswith(f"The data set says that it is a {digit}.")
        assert np.array_equal(shown.image, image)
    places = [place for _, place in (*shown.spec["right"], *shown.spec["wrong"])]
    assert sorted(places) == list(range(len(shown.examples)))


def test_the_learners_forward_reads(reader):
    shown, own = pad(reader), pad(reader, forward=learners)
    for one in (shown, own):
        one.draw(SEVEN)
    assert own.outputs == pytest.approx(shown.outputs)
    assert own.reply["status"] == shown.reply["status"]


def stub(layers, x):
    raise NotImplementedError()


WRONG = {
    "isn't written yet": stub,
    "stopped with ZeroDivisionError: division by zero": lambda layers, x: 1 / 0,
    "stopped with KeyError": lambda layers, x: {}[3],
    "returned None": lambda layers, x: None,
    "returned a ndarray, but it should return a pair": lambda layers, x: learners(layers, x)[1][-1],
    "should return 3 activations, the input first, but it returned 2": lambda layers, x: (None, learners(layers, x)[0]),
    "but activations is a int": lambda layers, x: ([], 3),
    "have shape (1, 10), but the network has 10 outputs": lambda layers, x: ([], [x, x, np.zeros((1, 10))]),
    "have shape (30,), but the network has 10 outputs": lambda layers, x: ([], [x, x, np.zeros(30)]),
    "aren't an array of numbers": lambda layers, x: ([], [x, x, ["one"] * 10]),
    "not a finite number": lambda layers, x: ([], [x, x, np.full(10, np.nan)]),
}


def test_what_isnt_written_is_named_by_its_own_name(reader):
    def logistic(z):
        raise NotImplementedError

    def forward(layers, x):
        return logistic(x)

    assert "Your forward calls logistic, which isn't written yet." in pad(reader, forward=forward).reply["status"]
    assert "Your forward isn't written yet." in pad(reader, forward=stub_called_forward()).reply["status"]


def stub_called_forward():
    def forward(layers, x):
        raise NotImplementedError

    return forward


@pytest.mark.parametrize("sentence", WRONG)
def test_a_forward_that_fails_is_told_in_a_sentence_and_the_pad_goes_on(reader, sentence):
    works = []

    def own(layers, x):
        return learners(layers, x) if works else WRONG[sentence](layers, x)

    shown = pad(reader, forward=own)
    assert shown.image.any()
    reply = message(shown, kind="draw", strokes=SEVEN)
    assert sentence in reply["status"] and "our forward" in reply["status"]
    assert "Traceback" not in reply["status"] and "\n" not in reply["status"]
    assert reply["failed"] and reply["outputs"] is None
    assert any(reply["pixels"])
    works.append(True)
    reply = message(shown, kind="draw", strokes=SEVEN)
    assert not reply["failed"]
    assert reply["status"].startswith("It reads a 7: ")


def test_outputs_beyond_0_and_1_are_told(reader):
    shown = pad(reader, forward=lambda layers, x: ([], [x, x, np.linspace(-1, 3, 10)]))
    assert "It reads a 9: 3.00; next 8: 2.56. Some outputs lie outside" in shown.reply["status"]


def test_a_forward_that_changes_its_arguments_does_no_harm(reader):
    def spoils(layers, x):
        result = learners(layers, x.copy())
        x[:] = 0
        layers[0][0][:] = 0
        return result

    shown, own = pad(reader), pad(reader, forward=spoils)
    for _ in range(2):
        for one in (shown, own):
            one.draw(SEVEN)
        assert own.outputs == pytest.approx(shown.outputs)
    assert own.image.any()


def test_another_network_is_refused():
    with pytest.raises(ShapeError, match="2 inputs and 2 outputs, but the pad needs 64 inputs"):
        pad([(np.zeros((3, 2)), np.zeros(3)), (np.zeros((2, 3)), np.zeros(2))])


def test_a_tie_is_read_as_the_smaller_digit():
    assert reading(np.full(10, 0.5)) == "It reads a 0: 0.50; next 1: 0.50."


def test_without_a_kernel_the_3_is_left_as_a_picture_with_its_text(reader, displayed):
    pad(reader)._ipython_display_()
    (live, _), (still, metadata) = displayed
    assert live["text/plain"] == "Drawing pad"
    number = live["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert f'class="nb-still nb-still-{number}"' in still["text/html"]
    assert base64.b64decode(still["image/png"]).startswith(b"\x89PNG")
    alt = metadata["image/png"]["alt"]
    assert "It reads a 3: " in alt and "The ten outputs: 0: 0.0" in alt
    # No figure is left for the notebook to show a second time.
    assert plt.get_fignums() == []
