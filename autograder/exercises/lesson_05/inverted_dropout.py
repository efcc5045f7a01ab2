"""Dropout that keeps the mean."""

import numpy as np

from autograder.exercises.lesson_05 import dropout_masks as masks
from autograder.exercises.lesson_05.shared import as_problem
from autograder.exercises.parts import Exercise, Requirement, unchanged


def inverted_dropout(a, p_drop, rng):
    kept = rng.random(np.shape(a)) >= p_drop
    mask = kept.astype(float)
    return a * mask / (1 - p_drop), mask


def _scaled(variant):
    def inverted(a, p_drop, rng):
        dropped, mask = variant(a, p_drop, rng)
        return dropped / (1 - p_drop), mask

    return inverted


@as_problem
def _right_share_and_mean(trial):
    relation = masks.dropout_relation("a mask / (1 - p)", "the mean of a changes: check how you scale.")
    return masks.right_share(trial) or relation(trial)


EXERCISE = Exercise(
    points=1,
    equation="mask as in dropout; a_dropped = a · mask / (1 − p_drop), so that its mean is a",
    probes=masks.dropout_probes,
    comparable=False,
    observe=masks.dropout_facts,
    requirements=[
        Requirement("a mask of 0s and 1s, and the mean of a unchanged", 0.5, _right_share_and_mean),
        Requirement("each neuron of each example dropped independently", 0.125, masks.each_by_itself),
        Requirement("drawn from rng", 0.125, masks.from_rng),
        unchanged(0.25),
    ],
    variants=[_scaled(variant) for variant in masks.VARIANTS],
)
