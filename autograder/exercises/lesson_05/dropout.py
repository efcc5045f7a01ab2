"""Each activation is dropped with probability p_drop."""

import numpy as np

from autograder.exercises.lesson_05 import dropout_masks as masks
from autograder.exercises.parts import Exercise, Requirement, unchanged


def dropout(a, p_drop, rng):
    kept = rng.random(np.shape(a)) >= p_drop
    mask = kept.astype(float)
    return a * mask, mask


EXERCISE = Exercise(
    points=2,
    equation="mask = 0 with probability p_drop, otherwise 1, drawn for each entry of a; a_dropped = a · mask",
    probes=masks.dropout_probes,
    comparable=False,
    observe=masks.dropout_facts,
    requirements=[
        Requirement("a mask of 0s and 1s, with a fraction p_drop of zeros", 0.75, masks.right_share),
        Requirement(
            "a_dropped is a · mask",
            0.5,
            masks.dropout_relation("a mask", "a_dropped should be a where the mask is 1, and 0 where the mask is 0."),
        ),
        Requirement("each neuron of each example dropped independently", 0.25, masks.each_by_itself),
        Requirement("drawn from rng", 0.25, masks.from_rng),
        unchanged(0.25),
    ],
    variants=masks.VARIANTS,
)
