"""Drawings of computations: what stands where."""

import matplotlib.pyplot as plt
import pytest

from nblib import plots
from nblib.data import small_network
from nblib.graphs import draw_computation, draw_paths, draw_thinned


@pytest.fixture
def axes():
    fig, axes = plots.figure()
    yield axes
    plt.close(fig)


def texts(axes):
    return {text.get_text(): text for text in axes.texts if text.get_text()}


def test_a_value_stands_above_its_edge_and_the_gradient_below_it(axes):
    operations = {"plus": (2.0, 1.0, "+"), "fork": (4.0, 1.0, "")}
    edges = [((0.0, 1.0), "plus", "x = 3", "7", 0), ("plus", "fork", "z = 4", "8", 0)]
    draw_computation(axes, operations, edges, {"plus": "slope 1"})
    found = texts(axes)
    assert set(found) == {"x = 3", "7", "z = 4", "8", "+", "slope 1"}
    for value, gradient, left, right in (("x = 3", "7", 0, 2), ("z = 4", "8", 2, 4)):
        assert found[gradient].get_position()[1] < 1 < found[value].get_position()[1]
        assert left < found[value].get_position()[0] < right
    assert found["slope 1"].get_position()[1] < found["+"].get_position()[1]
    assert [patch.get_facecolor()[:3] for patch in axes.patches] == [(1, 1, 1), (0, 0, 0)]


def test_paths_differ_in_colour_and_style_and_run_through_their_neurons(axes):
    layers, _, _ = small_network()
    draw_paths(axes, layers, [[0, 0, 0], [0, 2, 1]], {(1, 2, 0): "w"}, {(1, 2): "third"})
    grey, paths = axes.lines[:12], axes.lines[12:]
    assert len({line.get_color() for line in grey}) == 1
    assert len({(path.get_color(), path.get_linestyle()) for path in paths}) == len(paths) == 2
    found = texts(axes)
    second = list(zip(*paths[1].get_data(), strict=True))
    assert found["third"].get_position() == pytest.approx(second[1])
    assert found["w"].get_position() == pytest.approx([sum(p) / 2 for p in zip(*second[:2], strict=True)])


@pytest.mark.parametrize(("masks", "solid", "dotted", "crosses"), [(None, 12, 0, 0), ([[1, 0, 1]], 8, 4, 1)])
def test_a_dropped_neuron_is_crossed_out_and_its_edges_are_dotted(axes, masks, solid, dotted, crosses):
    draw_thinned(axes, small_network()[0], masks)  # 2–3–2
    styles = [line.get_marker() if line.get_marker() == "x" else line.get_linestyle() for line in axes.lines]
    assert [styles.count(style) for style in ("-", ":", "x")] == [solid, dotted, crosses]
