"""Dropout that keeps the mean."""

import numpy as np

from autograder.exercises.lesson_05.dropout_masks import (
    binomial_dropout,
    boolean_dropout,
    choice_dropout,
    dropout_facts,
    dropout_probes,
    dropout_relation,
    each_by_itself,
    from_rng,
    loop_dropout,
    right_share,
)
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
    problem = right_share(trial)
    if problem:
        return problem
    return dropout_relation("a mask / (1 - p)", "what is kept is not scaled so that the mean of a is kept.")(trial)


EXERCISE = Exercise(
    points=1,
    equation="mask as in dropout; a_dropped = a · mask / (1 − p_drop), so that its mean is a",
    probes=dropout_probes,
    comparable=False,
    observe=dropout_facts,
    requirements=[
        Requirement("a mask of 0 and 1, and a mean that is kept", 0.5, _right_share_and_mean),
        Requirement("every unit of every example by itself", 0.125, each_by_itself),
        Requirement("drawn from rng", 0.125, from_rng),
        unchanged(0.25),
    ],
    variants=[_scaled(loop_dropout), _scaled(binomial_dropout), _scaled(choice_dropout), _scaled(boolean_dropout)],
)
