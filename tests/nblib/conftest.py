"""Figures are closed after each test.  The cost of a batch, computed from the outputs."""

import matplotlib.pyplot as plt
import pytest

from nblib.costs import COSTS
from nblib.network import predict


def batch_cost(layers, X, Y, hidden="logistic", output="logistic", cost="lecture"):
    return COSTS[cost](predict(layers, X, hidden, output), Y)


@pytest.fixture(autouse=True)
def _no_figure_is_left():
    """A figure that a test draws is no figure that a widget has left."""
    yield
    plt.close("all")
