"""Arguments are cut down as a whole, and only as long as they show the fault."""

import numpy as np

from autograder.checking import probes
from autograder.diagnosis.shrinking import smaller
from nblib.network import forward


def test_network_stays_one():
    rng = np.random.default_rng(4)
    layers, x, y = probes.example(rng, [5, 4, 7])
    small, short, target = smaller((layers, x, y), lambda args: True)
    _, activations = forward(small, short)
    assert [len(a) for a in activations] == [2, 2, 2] and len(target) == 2
    assert np.array_equal(small[0][0], layers[0][0][:2, :2])


def test_given_arguments_stay_as_they_are():
    z = np.arange(20.0).reshape(4, 5)
    before = z.copy()
    (short,) = smaller((z,), lambda args: args[0].shape[1] >= 3)
    short[...] = -1
    assert np.array_equal(z, before)


def test_fault_that_needs_one_length_keeps_it():
    z = np.arange(20.0).reshape(4, 5)
    (short,) = smaller((z,), lambda args: args[0].shape[1] == 5)
    assert short.shape == (2, 5)


def test_what_cannot_be_cut_is_returned():
    args = (np.arange(5.0), lambda theta: theta @ np.ones(5))
    assert smaller(args, lambda args: True) is args
    args = (np.arange(5.0),)
    assert smaller(args, lambda args: False) is args


def test_lists_of_numbers_are_cut_too():
    assert smaller(([0.5, 0.8, 0.7, 0.6], 2), lambda args: len(args[0]) >= 3) == ([0.5, 0.8, 0.7], 2)


def test_rows_that_sum_to_one_still_do():
    one_hot = np.eye(5)[[0, 4, 1]]
    (short,) = smaller((one_hot,), lambda args: True)
    assert np.array_equal(short.sum(-1), np.ones(len(short)))
