"""The layers that a capstone's function holds: whether they were trained, and with which activation they read best."""

import numpy as np

from autograder.checking.call import StandIn
from nblib.network import predict

# Hidden activations that a network could have been trained with.
HIDDEN = ("logistic", "relu", "tanh")

# By how much more of the training digits another activation has to read, and how many of them, to be what the network
# was trained with.  After an epoch or two with one activation, networks can read more with another, but not well.
CLEARLY_MORE, WELL_READ = 0.15, 0.93


def held_layers(classify):
    """Return the layers that a function holds in its closure or its defaults; None where it holds no single network."""
    if isinstance(classify, StandIn):
        return None
    closure, defaults = (getattr(classify, name, None) or () for name in ("__closure__", "__defaults__"))
    networks = [value for value in (*map(_content, closure), *defaults) if _is_network(value)]
    return networks[0] if len(networks) == 1 else None


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:  # a cell that is still empty
        return None


def _is_network(value):
    if not isinstance(value, (list, tuple)) or not value:
        return False
    if not all(isinstance(pair, (list, tuple)) and _axes(pair) == [2, 1] for pair in value):
        return False
    widths = [64, *(len(W) for W, _ in value)]
    return widths[-1] == 10 and all(W.shape[1] == width for (W, _), width in zip(value, widths, strict=False))


def _axes(pair):
    return [part.ndim if isinstance(part, np.ndarray) else None for part in pair]


def is_untrained(layers):
    """Whether all biases are still 0, as they are at the start: the first step of training changes them."""
    return layers is not None and not any(np.any(b) for _, b in layers)


def better_activation(layers, X, labels, answers):
    """Find the activation with which layers read clearly more digits than with the one that their function uses.

    Parameters
    ----------
    layers : list of (W, b)
        As a function holds them.
    X, labels : ndarray
        The training digits.
    answers : ndarray
        What the function says of these digits.

    Returns
    -------
    (str, str, float) or None
        The activation that it uses, the other one, and the share of the digits that the layers read with that; None
        where the function doesn't simply read off the largest output.
    """
    shares, used = {}, None
    for hidden in HIDDEN:
        with np.errstate(all="ignore"):
            read = predict(layers, X, hidden=hidden, output="softmax").argmax(axis=1)
        shares[hidden] = float(np.mean(read == labels))
        used = hidden if np.array_equal(read, answers) else used
    best = max(shares, key=shares.get)
    clear = used and shares[best] >= WELL_READ and shares[best] > shares[used] + CLEARLY_MORE
    return (used, best, shares[best]) if clear else None
