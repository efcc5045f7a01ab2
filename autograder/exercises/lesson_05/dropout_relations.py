"""How the activations after dropout come from those before it and from a mask."""

import numpy as np

from autograder.exercises.parts import SINGLE_TOLERANCE, close


def relations(a, p, kept):
    """Where a_dropped can come from, by name."""
    share = np.mean(kept)
    return {
        "a mask": a * kept,
        "a mask / (1 - p)": a * kept / (1 - p),
        "a mask / p": a * kept / p,
        "a mask (1 - p)": a * kept * (1 - p),
        "a mask p": a * kept * p,
        "a mask / (1 - p)²": a * kept / (1 - p) ** 2,
        "a mask / share": a * kept / share if share else a * kept,
        "a": a,
        "a / (1 - p)": a / (1 - p),
        "a (1 - p)": a * (1 - p),
        "a (1 - mask)": a * (1 - kept),
        "a (1 - mask) / (1 - p)": a * (1 - kept) / (1 - p),
        "a (1 - mask) / p": a * (1 - kept) / p,
        "mask": kept,
    }


def relation(pairs):
    """Name of the relation that holds on all probes, or None."""
    names = None
    for a, p_drop, dropped, mask in pairs:
        fitting = [
            name
            for name, candidate in relations(a, p_drop, (mask != 0).astype(float)).items()
            if close(dropped, candidate, SINGLE_TOLERANCE)
        ]
        names = fitting if names is None else [name for name in names if name in fitting]
    return names[0] if names else None


def relation_to_its_own_zeros(pairs):
    """Name of the relation that holds with another mask than the one returned, and where that one comes from."""
    name = relation([(a, p_drop, dropped, dropped != 0) for a, p_drop, dropped, _ in pairs])
    for origin, of in (("positive", lambda dropped: dropped > 0), ("not 0", lambda dropped: dropped != 0)):
        if all(np.array_equal(mask != 0, of(dropped)) for _, _, dropped, mask in pairs):
            return name, origin
    return name, "unrelated"
