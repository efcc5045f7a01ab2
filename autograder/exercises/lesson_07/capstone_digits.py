"""The capstone's digits: known ones, made new so that nobody can look them up."""

from functools import lru_cache

import numpy as np

from nblib.data import load_digits, one_hot


def turned(X, quarter_turns, mirrored):
    images = np.rot90(X.reshape(-1, 8, 8), quarter_turns, axes=(1, 2))
    return (images[:, :, ::-1] if mirrored else images).reshape(len(X), -1)


@lru_cache(maxsize=1)
def by_hardness():
    """All digits, from those that lie among others of their class to those nearer to another class."""
    X, names = load_digits()
    squares = (X**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * X @ X.T
    np.fill_diagonal(distances, np.inf)
    same = names[:, None] == names
    margin = np.where(same, np.inf, distances).min(axis=1) - np.where(same, distances, np.inf).min(axis=1)
    return np.argsort(-margin, kind="stable")


@lru_cache(maxsize=8)
def drawn_digits(first, second):
    """The capstone's digits for one probe: known ones, made new.

    All images are turned or mirrored in the same way, a little noise is added, and the classes carry other numbers,
    none its own: what anybody knows about these digits from elsewhere is worth nothing.  All draws are about equally
    hard.
    """
    rng = np.random.default_rng([first, second])
    X, names = load_digits()
    # All eight positions of a square but the upright one.
    position = int(rng.integers(1, 8))
    new_name = rng.permutation(10)
    while (new_name == np.arange(10)).any():
        new_name = rng.permutation(10)
    noisy = np.clip(turned(X, position % 4, position >= 4) + rng.normal(0, 0.04, X.shape), 0, 1)
    # Of nine digits that are about equally hard, two are for the test, one is for validation, six are for training.
    place = np.empty(len(X), dtype=int)
    for start in range(0, len(X), 9):
        group = by_hardness()[start : start + 9]
        place[rng.permutation(group)] = [2, 2, 1, 0, 0, 0, 0, 0, 0][: len(group)]
    parts = [rng.permutation(np.flatnonzero(place == part)) for part in range(3)]
    train_part, validation_part, test_part = ((noisy[part], new_name[names[part]]) for part in parts)
    return train_part, validation_part, test_part, X[parts[2]], names[parts[2]]


def capstone_probes(rng):
    key = tuple(int(number) for number in rng.integers(1, 10**9, size=2))
    (X_train, labels_train), (X_val, labels_val), *_ = drawn_digits(*key)
    KEYS[X_train.tobytes()[:512]] = key
    return [(X_train, one_hot(labels_train, 10), X_val, one_hot(labels_val, 10), np.random.default_rng(key[0]))]


# From the beginning of a probe's images to what they were drawn with: a probe holds only what the student is to see.
KEYS = {}


def unseen_digits(trial):
    return drawn_digits(*KEYS[trial.probes[0][0].tobytes()[:512]])
