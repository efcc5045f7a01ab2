"""Every order that chance could have chosen, so that a random function can be compared with all of them."""

from itertools import permutations, product

import numpy as np


class ScriptedOrders:
    """A random generator that returns orders chosen beforehand.

    Parameters
    ----------
    orders : iterable of tuple of int
        What ``permutation`` returns, one after the other.
    """

    def __init__(self, orders):
        self.orders = list(orders)
        self._next = 0

    def permutation(self, n):
        """Return the next order, and the first one again after the last."""
        order = self.orders[self._next % len(self.orders)]
        self._next += 1
        return np.array(order)


def orders_of(n, batch_size):
    """Return the orders of n examples that lead to different sequences of batches.

    Parameters
    ----------
    n : int
        Small: there are up to n! of them.
    batch_size : int
        The order within a batch does not matter.

    Returns
    -------
    list of tuple of int
    """
    seen = {}
    for order in permutations(range(n)):
        batches = tuple(tuple(sorted(order[start : start + batch_size])) for start in range(0, n, batch_size))
        seen.setdefault(batches, sum(batches, ()))
    return list(seen.values())


def scripts_of(n, batch_size, epochs):
    """Return all sequences of orders, with one order for each epoch.

    Returns
    -------
    list of tuple
        Each of them holds ``epochs`` orders.
    """
    return list(product(orders_of(n, batch_size), repeat=epochs))
