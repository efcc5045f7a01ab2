"""The pure function behind each widget: at the ends and the middle of every control, and against another route."""

import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from nblib.activations import logistic
from nblib.backprop import backprop
from nblib.initialization import scaled_init
from nblib.network import fold_bias, forward
from nblib.optimizers import SGD, Momentum
from nblib.training import train
from nblib.widgets import (
    activation_figure,
    control_figure,
    edge_explorer,
    edge_figure,
    edge_symbols,
    fit_moons,
    node_deltas,
    nudge_figure,
    nudged,
    pass_figure,
    pass_steps,
    race_figure,
    regularization_figure,
    run_neuron,
    saturation_figure,
    train_digits,
    weighted_inputs,
)
from nblib.widgets.activation import NAMES, activation_at
from nblib.widgets.control import NETWORK, parts
from nblib.widgets.passes import NEGATIVE, PassScene
from tests.widgets.examples import FIGURE_3, NET, SMALL, WIDGETS


@pytest.fixture(scope="module")
def frames():
    return {name: build() for name, build in WIDGETS.items()}


def drawn_numbers(fig):
    """Every number that a figure draws."""
    for axes in fig.axes:
        for line in axes.lines:
            # A curve that is not there yet has no points.
            yield from (np.asarray(data, float) for data in line.get_data() if len(data))
        for patch in axes.patches:
            yield np.asarray(patch.get_path().vertices)
        for image in axes.images:
            yield np.asarray(image.get_array(), float)


@pytest.mark.parametrize("name", WIDGETS)
def test_at_both_ends_and_in_the_middle_of_every_control(name, frames):
    frame = frames[name]
    ends = [(0, len(control.values) // 2, len(control.values) - 1) for control in frame.controls.values()]
    # All combinations of few controls; of many, every control moved alone and all of them at once.
    if np.prod([len(set(places)) for places in ends]) <= 81:
        positions = list(itertools.product(*ends))
    else:
        start = list(frame.positions.values())
        positions = [[*start[:i], p, *start[i + 1 :]] for i, places in enumerate(ends) for p in places]
        positions += [list(places) for places in zip(*ends, strict=True)]
    for places in positions:
        frame.move(dict(zip(frame.controls, places, strict=True)))
        status = frame.reply["status"]
        assert status.endswith(".")
        assert "nan" not in status.replace("unan", "") and "inf" not in status
        assert all(np.isfinite(numbers).all() for numbers in drawn_numbers(frame.scene.fig)), places
        assert Image.open(io.BytesIO(frame.picture)).size == frame.scene.canvas.get_width_height()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", WIDGETS)
def test_presets_are_where_their_controls_say(name, frames):
    frame = frames[name]
    assert len(frame.spec["presets"]) >= 3
    for preset in frame.spec["presets"]:
        frame.move(preset["positions"])
        assert frame.positions == preset["positions"], preset["label"]


@pytest.mark.parametrize("name", WIDGETS)
def test_axes_are_named_or_off(name, frames):
    for axes in frames[name].scene.fig.axes:
        if axes.axison and axes.get_visible():
            fig = frames[name].scene.fig
            below = [axes, *(a for a in fig.axes if axes.get_shared_x_axes().joined(axes, a))]
            assert any(other.get_xlabel() for other in below)
            assert axes.get_ylabel() or axes.get_title() or axes.get_legend()


def figures():
    yield "edges", edge_figure(FIGURE_3, 2, 1, 0), "code W[1, 0]"
    yield "activations", activation_figure("tanh", 1.0), "tanh"
    yield "nudge", nudge_figure(*NET, (1, 2), 1.0), "z of neuron 3 in layer 1 is nudged by 1"
    yield "passes", pass_figure(*SMALL, 6), "step 6: backward: δ = 2 (a − y) ⊙ σ′(z) in layer 2"
    yield "race", race_figure(2.0, 2.0, 0.15, 0), "activation a"
    yield "regularization", regularization_figure(0.1, "l2", 0.0, 40), "decision boundary, a = ½"
    yield "saturation", saturation_figure(1000, 0.5, 1.0, 1.0), "z (grey: σ′ < 0.01; outermost bars: everything beyond)"
    settings = {"eta": 0.5, "lam": 0.0, "batch_size": 100, "hidden": (), "schedule": None, "mu": 0.0}
    yield "control room", control_figure(**settings), "cost on the training digits"


def test_a_figure_says_what_it_shows():
    for name, fig, text in figures():
        shown = [fig.get_suptitle(), *(a.get_title() for a in fig.axes), *(a.get_xlabel() for a in fig.axes)]
        shown += [text.get_text() for a in fig.axes for text in a.texts]
        assert any(text in part for part in shown), name
        # The figure can be drawn as a whole, too.
        fig.savefig(io.BytesIO(), format="png")


def test_edge_symbols_index_the_weight_they_name():
    for number, (W, b) in enumerate(FIGURE_3, start=1):
        for k, j in np.ndindex(W.shape):
            symbols = edge_symbols(FIGURE_3, number, k, j)
            scope = {"W": W, "Theta": fold_bias(W, b)}
            assert eval(symbols["W"], scope) == eval(symbols["Θ"], scope) == float(symbols["weight"])
            assert f"{k + 1}{j + 1}" in symbols["lecture and slides"]
            assert f"{j + 1},{k + 1}" in symbols["notes"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [-4.95, -0.7, 0.35, 4.9])
def test_activation_slopes_are_those_of_central_differences(name, z):
    h = 1e-6
    measured = (activation_at(name, z + h)[0] - activation_at(name, z - h)[0]) / (2 * h)
    assert activation_at(name, z)[1] == pytest.approx(measured, abs=1e-6)


def test_nudge_by_nothing_is_the_forward_pass_and_its_slope_is_delta():
    layers, x, y = NET
    expected, h = forward(layers, x)[1], 1e-5
    for layer, deltas in enumerate(node_deltas(layers, x, y), start=1):
        for node, delta in enumerate(deltas):
            activations, (low, still, high) = nudged(layers, x, y, layer, node, np.array([-h, 0, h]))
            for rows, a in zip(activations, expected, strict=True):
                assert rows[1] == pytest.approx(a, abs=1e-15)
            assert still == pytest.approx(np.sum((y - expected[-1]) ** 2))
            assert (high - low) / (2 * h) == pytest.approx(delta, abs=1e-9)
            # Only the node itself moves in its own layer.
            assert np.flatnonzero(activations[layer][2] != activations[layer][0]).tolist() == [node]


def test_other_notations_are_shown_only_where_they_are_asked_for():
    plain, full = (edge_figure(FIGURE_3, 2, 1, 0, notations) for notations in (False, True))
    for fig, there in ((plain, False), (full, True)):
        titles = fig.get_suptitle() + " ".join(axes.get_title() for axes in fig.axes)
        assert ("theta" in titles) is there
        assert ("Θ" in titles) is there
        assert "$w_{21}^{2}$" in titles and "W[1, 0]" in titles
    for notations in (False, True):
        frame = edge_explorer(FIGURE_3, notations)
        assert ("θ" in frame.reply["status"] or "Θ" in frame.reply["alt"]) is notations


def test_the_last_step_shows_every_gradient_of_backprop():
    layers, x, y = SMALL
    last = pass_steps(layers, x, y)[-1]
    for number, (dW, db) in enumerate(backprop(layers, x, y), start=1):
        for (k, j), value in np.ndenumerate(dW):
            assert last.edges[number, k, j] == pytest.approx(value)
        for k, value in enumerate(db):
            assert last.neurons[number, k]["∂C/∂b"] == last.neurons[number, k]["δ"] == pytest.approx(value)
            a = last.neurons[number, k]["a"]
            assert last.neurons[number, k]["σ′"] == pytest.approx(a * (1 - a))
    assert last.title.startswith("backward")
    places, symbols = last.new
    assert all(place[0] == 1 for place in places)
    assert symbols == ("∂C/∂b", "∂C/∂w")


def test_the_pass_shows_what_is_known_by_then_with_its_sign_in_colour():
    layers, x, y = SMALL
    scene, seen = PassScene(layers, x, y), set()
    for number, step in enumerate(scene.steps):
        scene.update(number)
        shown = {
            (place, symbol)
            for place, parts in scene.texts.items()
            for symbol, text in parts.items()
            if text.get_visible()
        }
        # Nothing that was shown goes away, and something comes.
        assert seen < shown
        bold = {(place, symbol) for place, symbol in shown if scene.texts[place][symbol].get_fontweight() == "bold"}
        assert bold == shown - seen
        for place, symbol in shown:
            text = scene.texts[place][symbol]
            negative = "−" in text.get_text()
            assert (text.get_color() == NEGATIVE) == negative, text
            value = step.edges[place] if symbol == "∂C/∂w" else step.neurons[place][symbol]
            assert float(text.get_text().split(" = ")[1].replace("−", "-")) == pytest.approx(value, abs=6e-3)
        seen = shown


def test_labels_of_the_pass_are_kept_apart():
    scene = PassScene(*SMALL)
    scene.update(len(scene.steps) - 1)
    scene.png()
    renderer = scene.canvas.get_renderer()
    [axes] = scene.fig.axes
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts if text.get_text()]
    for (one, box), (other, further) in itertools.combinations(boxes, 2):
        width = min(box.x1, further.x1) - max(box.x0, further.x0)
        height = min(box.y1, further.y1) - max(box.y0, further.y0)
        assert width < 1 or height < 2.5, (one, other)


@pytest.mark.parametrize(("name", "cost"), [("quadratic", "slides"), ("cross-entropy", "binary cross-entropy")])
@pytest.mark.parametrize("target", [0, 1])
def test_the_race_is_what_backpropagation_runs(name, cost, target):
    run = run_neuron(1.5, -0.5, 0.7, target, name, steps=40)
    layers = [(np.array([[1.5]]), np.array([-0.5]))]
    for step in range(41):
        _, activations = forward(layers, np.array([1.0]))
        [(dW, db)] = backprop(layers, np.array([1.0]), np.array([float(target)]), cost=cost)
        a = activations[-1][0]
        assert run.activations[step] == pytest.approx(a, abs=1e-12)
        assert run.slopes[step] == pytest.approx(abs(db[0]), abs=1e-12)
        by_hand = (a - target) ** 2 / 2 if name == "quadratic" else -np.log(a if target else 1 - a)
        assert run.costs[step] == pytest.approx(by_hand, abs=1e-12)
        layers = [(layers[0][0] - 0.7 * dW, layers[0][1] - 0.7 * db)]


def test_arrival_is_the_first_step_within_a_tenth():
    run = run_neuron(2.0, 2.0, 0.15, 0, "cross-entropy")
    arrival = run.arrival(0)
    assert run.activations[arrival] < 0.1 <= run.activations[arrival - 1]
    assert run_neuron(5.0, 5.0, 0.15, 0, "quadratic").arrival(0) is None


def test_penalties_do_what_lesson_5_says():
    free = fit_moons(0.0, "l2", 0.0, 40)
    assert fit_moons(0.0, "l2", 0.0, 40).squares == free.squares
    decayed, sparse = fit_moons(0.1, "l2", 0.0, 40), fit_moons(0.3, "soft threshold", 0.0, 40)
    assert decayed.squares < free.squares
    assert sparse.zeros > 0 == free.zeros
    assert fit_moons(0.0, "l2", 0.0, 300).new > free.new
    assert fit_moons(0.0, "l2", 0.0, 20).seen == 1.0


def test_spread_of_z_is_that_of_sums_drawn_one_by_one():
    rng = np.random.default_rng(11)
    z = (rng.normal(0, 0.7, (4000, 150)) * (np.arange(150) < 60)).sum(axis=1) + rng.normal(0, 1, 4000)
    shown = weighted_inputs(150, 0.4, 0.7, 1.0)
    # The standard error of a standard deviation of 1000 numbers is 2 %: five of them.
    assert shown.std() == pytest.approx(z.std(), rel=0.12)
    assert np.mean(np.abs(logistic(shown) - 0.5) > 0.45) == pytest.approx(
        np.mean(np.abs(logistic(z) - 0.5) > 0.45), abs=0.08
    )
    assert weighted_inputs(1000, 0.0, 2.0, 0.0).std() == 0


@pytest.mark.parametrize("schedule", [None, (1, 2.0)])
@pytest.mark.parametrize("mu", [0.0, 0.9])
def test_the_control_room_trains_as_nblib_train_does(schedule, mu):
    (X, Y), validation = parts()
    settings = {"eta": 0.3, "lam": 0.5, "batch_size": 50, "hidden": (30,), "schedule": schedule, "mu": mu}
    rows = np.array(list(train_digits(**settings, epochs=6)))
    _, history = train(
        scaled_init([64, 30, 10], np.random.default_rng(7)),
        X,
        Y,
        0.3,
        6,
        50,
        np.random.default_rng(8),
        validation=validation,
        optimizer=Momentum(mu) if mu else SGD(),
        regularizer="l2",
        lam=0.5,
        plateau=schedule,
        **NETWORK,
    )
    expected = [history.costs, history.accuracies, history.validation_accuracies, history.etas]
    assert rows == pytest.approx(np.transpose(expected), rel=1e-12)


def whole_run(frame, **settings):
    """Train to the end from a preset's settings."""
    frame.move(frame.positions | {name: frame.controls[name].position(value) for name, value in settings.items()})
    frame.begin()
    while frame.work is not None:
        frame.proceed()
    return frame.reply["status"]


def test_the_control_room_says_which_run_is_which_and_draws_eta_as_steps():
    frame = WIDGETS["control room"]()
    first = frame.scene.rows.copy()
    told = whole_run(frame, eta=5.0, schedule=(3, 2.0))
    assert told.startswith("Epoch 30 of 30 of 64-30-10, η = 5, halved on plateaus, λ = 0, batches of 10, μ = 0: cost ")
    assert told.endswith(
        f"Grey: 64-30-10, η = 0.5, λ = 0, batches of 10, μ = 0: {first[-1, 2]:.1%} right on validation digits "
        "after epoch 30."
    )
    scene = frame.scene
    assert scene.before[0].get_ydata() == pytest.approx(np.clip(first[:, 0], 0.01, 1000))
    assert scene.before[1].get_ydata() == pytest.approx(np.maximum(1 - first[:, 2], 0.001))
    assert scene.eta.get_xdata().tolist() == list(range(1, 31))
    assert scene.eta.get_drawstyle().startswith("steps")
    assert scene.eta.get_ydata().tolist() == scene.rows[:, 3].tolist()
    assert set(np.diff(np.log2(scene.rows[:, 3])).round(9)) == {0.0, -1.0}
    labels = [line.get_label() for line in scene.before]
    assert labels == ["previous run", "validation, previous run", "previous run"]


@pytest.mark.parametrize("name", ["race", "regularization", "saturation", "control room"])
def test_sliders_stand_at_values_a_person_would_set(name, frames):
    # One mantissa of two digits is the most, apart from 1/√n, which the lesson on initialization sets.
    allowed = [1 / np.sqrt(n) for n in (64, 784, 1000)]
    for control in frames[name].controls.values():
        for value in control.values:
            if isinstance(value, float) and value:
                assert value == float(f"{value:.2g}") or value in allowed, (control.name, value)


def test_a_training_that_explodes_is_still_drawn(frames):
    frame = frames["control room"]
    frame.move({name: len(control.values) - 1 for name, control in frame.controls.items()})
    frame.begin()
    while frame.work is not None:
        frame.proceed()
    assert frame.reply["done"] == 1.0
    assert all(np.isfinite(line.get_ydata()).all() for line in frame.scene.moving)
