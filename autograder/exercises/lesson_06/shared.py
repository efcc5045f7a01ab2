"""Probes and helpers that several exercises of lesson 6 share."""

from itertools import pairwise

import numpy as np

from autograder.exercises.lesson_06.spreads import STDS


def start(std="1", bias=None, draw=None, sizes_of=None):
    """A start with parts that can be replaced by wrong ones."""

    def wrong(sizes, rng):
        layers = []
        for n_in, n_out in pairwise(sizes):
            spread = STDS[std](n_in, n_out, sizes[0])
            W = draw(rng, spread, n_in, n_out) if draw else rng.normal(0, spread, (n_out, n_in))
            layers.append((W, bias(rng, n_in, n_out) if bias else np.zeros(n_out)))
        return layers

    return wrong


def box(limit):
    return lambda rng, spread, n_in, n_out: rng.uniform(-limit(n_in, n_out), limit(n_in, n_out), (n_out, n_in))
