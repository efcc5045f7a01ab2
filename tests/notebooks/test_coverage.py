"""docs/coverage.md tells the truth: every section of the sources has its cells, and the cells exist."""

import re

import nbformat
import pytest

from tests.conftest import LESSONS, ROOT

# The headings of the sources, without title pages and the table of contents of the notes.
SECTIONS = {
    "lecture": [
        "Neural networks",
        "Notation",
        "Learning the parameters",
        "Calculating dependencies",
        "Computing partial derivatives",
        "Applying the chain rule",
        "Base Case",
        "Induction step",
        "Finishing touches",
        "Backpropagation",
        "Challenges",
        "Pragmatics",
        "Loss functions (costs) for neural networks",
        "Loss functions ...",
        "Cross entropy",
        "Cross entropy and gradient descent",
        "Cross entropy ...",
        "Specialized architectures",
    ],
    "notes": [
        "Neural networks",
        "Layers and neurons",
        "Activation functions",
        "Softmax function",
        "Multi-layer neural networks",
        "Training a multi-layer neural network",
        "Error functions",
        "Real-valued output",
        "Binary output",
        "Multinomial output",
        "Back-propagation",
        "Error derivatives",
        "Additional derivatives",
        "Example",
        "Back-propagation procedure",
        "Back-propagating with all training examples",
        "Resources",
    ],
    "slides": [
        "The Problem: Learning Slowdown I",
        "The Problem: Learning Slowdown II",
        "Visualizing Learning Slowdown",
        "The Cross-Entropy Cost Function",
        "Cross-Entropy: Derivation & Properties I",
        "Cross-Entropy: Derivation & Properties II",
        "The Problem: Overfitting",
        "Visualizing Overfitting",
        "Regularization: The General Idea",
        "Regularization: L2 (Weight Decay) I",
        "Regularization: L2 (Weight Decay) II",
        "Regularization: L2 (Weight Decay) III",
        "Regularization: L1 I",
        "Regularization: L1 II",
        "Visualizing L1 vs. L2",
        "Regularization: Dropout I",
        "Regularization: Dropout II",
        "The Problem with Initialization",
        "Visualizing Saturation",
        "A Better Weight Initialization I",
        "A Better Weight Initialization II",
        'Hyperparameter Tuning as a "Black Art" I',
        'Hyperparameter Tuning as a "Black Art" II',
        "Tuning: The Learning Rate (η)",
        "Visualizing Learning Rates",
        "Final Summary",
        "The Sigmoid Function",
        "Step 1: Apply the Chain Rule",
        "Step 1: Combine the Parts",
        "Step 2: Algebraic Manipulation",
        "Conclusion: The Final Form",
    ],
}
ROWS = re.findall(r"^\| (\w+) \| (.+?) \| (\d\d-[\w-]+) \| (.+) \|$", (ROOT / "docs/coverage.md").read_text(), re.M)


@pytest.mark.parametrize("source", SECTIONS)
def test_every_section_is_taught_somewhere(source):
    assert [s for s in SECTIONS[source] if s not in {row[1] for row in ROWS if row[0] == source}] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_cells_named_exist(lesson):
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    ids = {cell.id for cell in notebook.cells}
    named = {cell for row in ROWS if row[2] == lesson for cell in re.findall(r"`([^`]+)`", row[3])}
    assert named
    assert named - ids == set()
