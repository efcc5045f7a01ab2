"""Hypothesis without its time limit: a busy machine is no failure.  The cost of a batch, computed from the outputs."""

import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

from nblib.costs import COSTS
from nblib.network import predict

settings.register_profile("nblib", deadline=None)
settings.load_profile("nblib")


def batch_cost(layers, X, Y, hidden="logistic", output="logistic", cost="lecture"):
    return COSTS[cost](predict(layers, X, hidden, output), Y)


@pytest.fixture(autouse=True)
def _no_figure_is_left():
    """A figure that a test draws is no figure that a widget has left."""
    yield
    plt.close("all")
