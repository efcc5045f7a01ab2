"""Every order that chance could have chosen, so that a random function can be held against all of them."""

from itertools import permutations, product

import numpy as np


class ScriptedOrders:
    """Stands in for a random generator and hands out orders that were chosen beforehand.

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
    """Orders of n examples that lead to different sequences of batches.

    Parameters
    ----------
    n : int
        Small: there are up to n! of them.
    batch_size : int
        Within a batch the order does not matter.

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
    """All sequences of orders, one order an epoch.

    Returns
    -------
    list of tuple
        Each a sequence of ``epochs`` orders.
    """
    return list(product(orders_of(n, batch_size), repeat=epochs))
