"""The pictures of a single neuron say what the neuron computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nblib import neuron


@pytest.fixture
def axes():
    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_neuron_shows_its_weights_its_sum_and_its_activation(axes):
    neuron.neuron_diagram(axes, [2.0, -0.5, 1.0], [1.0, 4.0, 0.5], -0.5)
    assert {"$w_1 = 2$", "$w_2 = -0.5$", "$w_3 = 1$", "$b = -0.5$"} <= set(texts(axes))
    assert "$z = 0$" in texts(axes)  # 2 − 2 + ½ − ½
    assert "$a = 0.50$" in texts(axes)


def test_the_region_is_where_it_fires(axes):
    neuron.firing_region(axes, lambda X: (X[:, 0] > 0.5).astype(float), "right half")
    corners = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
    assert corners[:, 0].min() == pytest.approx(0.5, abs=0.01)
    assert corners[:, 0].max() == pytest.approx(1.5)


def test_the_corners_where_exactly_one_input_is_1_are_filled(axes):
    neuron.firing_region(axes, None, "XOR")
    filled = {tuple(line.get_xydata()[0]) for line in axes.lines if line.get_markerfacecolor() == "black"}
    assert filled == {(0, 1), (1, 0)}
