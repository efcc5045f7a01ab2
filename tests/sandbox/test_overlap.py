"""Values that share memory or objects are found, and copied so that the copies share as they do."""

import numpy as np
import pytest

from autograder.sandbox.overlap import find_aliases, snapshot


def test_names_that_share_memory_or_objects_are_found():
    X, labels = np.arange(6.0), [1]

    def of_a_closure():
        return labels

    values = {
        "X": X, "view": X[::2], "inside": {"deep": [(X,)]}, "other": np.arange(6.0), "labels": labels,
        "bound": labels.append, "function": of_a_closure, "number": 3, "text": "x", "module": np, "plain": len,
        "read_only": np.broadcast_to(X, (2, 6)), "objects": np.array([labels, None], dtype=object),
    }  # fmt: skip
    groups = find_aliases(values)
    assert groups["X"] == {"X", "view", "inside", "read_only"} and groups["other"] == {"other"}
    assert groups["labels"] == groups["bound"] == groups["function"] == groups["objects"]
    assert groups.keys().isdisjoint({"number", "text", "module", "plain"})


@pytest.mark.parametrize("order", ["C", "F"])
def test_copies_share_as_the_values_do(order):
    X = np.asarray(np.arange(24.0).reshape(4, 6), order=order)
    values = {"X": X, "row": X[1], "back": X[::-1, ::2], "T": X.T, "held": [X, (X[2:],)], "fixed": X.view()}
    values["fixed"].flags.writeable = False
    copies, kept = snapshot(values)
    assert not kept and not np.shares_memory(copies["X"], X)
    for name in ("X", "row", "back", "T", "fixed"):
        assert np.array_equal(copies[name], values[name]) and np.shares_memory(copies[name], copies["X"])
    assert copies["held"][0] is copies["X"] and not copies["fixed"].flags.writeable
    copies["X"][...] = -1
    assert all((copies[name] == -1).all() for name in ("row", "back", "T", "fixed"))
    assert (X >= 0).all()
