"""Interactive parts of the lessons: for each a pure function from parameters to a figure, and a thin binding.

A scene (:mod:`nblib.widgets.scene`) is a figure that is drawn once and moved; a frame (:mod:`nblib.widgets.frame`)
puts controls, a prediction and a status line around it.
"""

from nblib.widgets.activation import activation_explorer, activation_figure
from nblib.widgets.control import control_figure, control_room, train_digits
from nblib.widgets.drawing_pad import pad
from nblib.widgets.edges import edge_explorer, edge_figure, edge_symbols
from nblib.widgets.nudge import node_deltas, nudge_explorer, nudge_figure, nudged
from nblib.widgets.passes import pass_figure, pass_steps, step_through
from nblib.widgets.progress import TrainingProgress
from nblib.widgets.race import race_explorer, race_figure, run_neuron
from nblib.widgets.regularize import fit_moons, regularization_explorer, regularization_figure
from nblib.widgets.saturation import saturation_explorer, saturation_figure, weighted_inputs

__all__ = [
    "TrainingProgress",
    "activation_explorer",
    "activation_figure",
    "control_figure",
    "control_room",
    "edge_explorer",
    "edge_figure",
    "edge_symbols",
    "fit_moons",
    "node_deltas",
    "nudge_explorer",
    "nudge_figure",
    "nudged",
    "pad",
    "pass_figure",
    "pass_steps",
    "race_explorer",
    "race_figure",
    "regularization_explorer",
    "regularization_figure",
    "run_neuron",
    "saturation_explorer",
    "saturation_figure",
    "step_through",
    "train_digits",
    "weighted_inputs",
]
