"""The reference network of the workbook, in NumPy, in the words of the course.

Layers are numbered 1 to L and the input is layer 0.  ``layers`` is a list of ``(weights, bias)`` pairs, layer 1
first; the weights of a layer have shape ``(m_l, m_prev)`` and its bias ``(m_l,)``.  A batch has one example per row.

Where a function takes an array, it also takes a list of numbers.  Values that aren't real numbers raise ``TypeError``.
"Lecture", "notes" and "slides" in a docstring refer to the material of the course.
"""

import logging

from nblib import (  # noqa: F401, so that `import nblib` is enough to write nblib.costs
    activations,
    augmentation,
    backprop,
    costs,
    data,
    fast,
    gradcheck,
    initialization,
    machine,
    network,
    optimizers,
    regularization,
    training,
)

# On its first import Matplotlib says in red that it builds its font cache. That's nothing a reader has to know, and it
# would be the first thing that a lesson shows in a browser.
logging.getLogger("matplotlib.font_manager").addFilter(lambda record: "building the font cache" not in str(record.msg))
