"""The drawing of a thinned network shows which neurons and edges are left."""

import matplotlib.pyplot as plt
import numpy as np

from nblib.data import small_network
from nblib.thinned import draw_thinned


def drawn(masks):
    """Count the solid edges, the dotted edges and the crosses of the small 2–3–2 network."""
    fig, axes = plt.subplots()
    draw_thinned(axes, small_network()[0], masks)
    styles = [(line.get_linestyle(), line.get_marker()) for line in axes.lines]
    plt.close(fig)
    return styles.count(("-", "None")), styles.count((":", "None")), sum(marker == "x" for _, marker in styles)


def test_a_whole_network_has_all_its_edges():
    assert drawn(None) == (2 * 3 + 3 * 2, 0, 0)


def test_a_dropped_neuron_loses_its_two_incoming_and_two_outgoing_edges():
    assert drawn([np.array([1, 0, 1])]) == (8, 4, 1)
