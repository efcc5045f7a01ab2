"""Every widget as its lesson opens it."""

import numpy as np

from nblib.data import small_network
from nblib.initialization import normal_init
from nblib.widgets import (
    activation_explorer,
    control_room,
    edge_explorer,
    nudge_explorer,
    race_explorer,
    regularization_explorer,
    saturation_explorer,
    step_through,
)

FIGURE_3 = [
    (np.array([[0.5, -1.0, 0.0, 2.0], [1.5, 0.5, -0.5, -1.0]]), np.array([0.2, -0.3])),
    (np.array([[1.0, -2.0], [0.5, 1.5], [-1.0, 0.5]]), np.array([0.1, 0.0, -0.4])),
]
NET = normal_init([3, 4, 3, 2], np.random.default_rng(351)), np.array([-1.5, 0.5, 0.8]), np.array([1.0, 0.0])
SMALL = small_network()

WIDGETS = {
    "edges": lambda: edge_explorer(FIGURE_3),
    "activations": activation_explorer,
    "nudge": lambda: nudge_explorer(*NET),
    "passes": lambda: step_through(*SMALL),
    "race": race_explorer,
    "regularization": regularization_explorer,
    "saturation": saturation_explorer,
    "control room": control_room,
}
