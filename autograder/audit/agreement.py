"""Whether an exercise's reference computes what nblib computes, which learners could have written."""

import numpy as np

from autograder.checking.compare import flat
from autograder.checking.trial import Trial
from autograder.checking.words import sentence_of
from autograder.exercise import one_run
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED
from nblib import (
    activations,
    augmentation,
    backprop,
    costs,
    data,
    gradcheck,
    initialization,
    network,
    optimizers,
    regularization,
    training,
)

# Where nblib's function has another name, or other parameters.
_SAME = {
    "forward_batch": network.predict,
    "backprop_batch": backprop.backprop,
    "backprop_cross_entropy": lambda layers, X, Y: backprop.backprop(layers, X, Y, cost="binary cross-entropy"),
    "output_delta": lambda a, y, z: backprop.output_delta(z, a, y),
    "augment": lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, copies, rng, shape),
}
_DIFFERENT = {"train"}  # nblib's reports more than a cost
_MODULES = (activations, augmentation, backprop, costs, data, gradcheck, initialization, network, optimizers)
_MODULES = (*_MODULES, regularization, training)


def nblibs_own(name):
    """Return the function of nblib that does what an exercise asks for, or None."""
    if name in _DIFFERENT:
        return None
    found = [getattr(module, name) for module in _MODULES if hasattr(module, name)]
    return _SAME.get(name) or (found[0] if found else None)


def disagreements(exercise):
    """Say on which numbers the reference and nblib differ, a sentence each."""
    theirs = nblibs_own(exercise.name)
    if theirs is None:
        return
    for seed, numbers in ((PUBLIC_SEED, "public"), (HIDDEN_SEED, "hidden")):
        one, other = (Trial(exercise, function, seed) for function in (exercise.reference, theirs))
        problems = [sentence_of(problem) for problem in other.problems if problem]
        if problems:
            yield f"nblib's function fails on the {numbers} numbers: {problems[0]} One of the two is wrong."
        elif exercise.comparable and exercise.runs is one_run and not all(map(_same, one.outcomes, other.outcomes)):
            yield f"The reference and nblib's function differ on the {numbers} numbers. One of the two is wrong."


def _same(one, other):
    """Whether two calls returned the same numbers."""
    return np.allclose(flat(one.value), flat(other.value), rtol=1e-9, atol=1e-12)
