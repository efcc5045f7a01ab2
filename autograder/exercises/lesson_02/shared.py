"""Probes and helpers that several exercises of lesson 2 share."""

import numpy as np

from autograder.exercises.parts import cases, shapes, unchanged, values


def weighted_inputs(rng):
    """Weighted inputs of both signs in several shapes, none of them 0."""
    return [
        (rng.uniform(0.1, 5, size=shape) * rng.choice([-1.0, 1.0], size=shape),)
        for shape in ((int(rng.integers(5, 9)),), (int(rng.integers(3, 5)), 6), (2, 5, 4))
    ]


def single_numbers(rng):
    """Draw single numbers, for which a function for one number works as well as one for arrays."""
    return [(float(sign * rng.uniform(0.3, 3)),) for sign in (-1, 1)]


def other_types(rng):
    """Whole numbers and single numbers: everything but 0."""
    return [
        (np.array([-3, 1, int(rng.integers(2, 5))]),),
        (float(rng.uniform(0.3, 2)),),
        (-1,),
    ]


def far_out(rng):
    far = float(rng.uniform(900, 1100))
    return [(np.array([-far, -1.25, 2.5, far]),)]


def prime_requirements(last):
    return [
        values(0.5),
        last,
        shapes(0.125),
        cases("whole numbers, single numbers", 0.125, other_types),
        unchanged(0.125),
    ]


def calm():
    return cases("|z| around 1000, without a warning", 0.125, far_out, quiet=True)
