"""Changed copies of every image, with its label."""

import numpy as np

from autograder.exercises.lesson_05 import augment_checks
from autograder.exercises.parts import Exercise, Requirement, unchanged
from nblib.augmentation import random_shift, shift_image


def augment(X, Y, copies, rng, shape=(8, 8)):
    images, labels = [X], [Y]
    for _ in range(copies):
        changed = [random_shift(row.reshape(shape), rng).ravel() for row in X]
        images.append(np.array(changed))
        labels.append(Y)
    return np.concatenate(images), np.concatenate(labels)


def _cornered_images(rng, n, shape):
    """Draw up to four images, each with a dark square in a different corner and its own label."""
    X = np.zeros((n, *shape))
    for image, corner in zip(X, rng.permutation(4), strict=False):
        rows = slice(0, 3) if corner < 2 else slice(shape[0] - 3, None)
        columns = slice(0, 3) if corner % 2 == 0 else slice(shape[1] - 3, None)
        image[rows, columns] = rng.uniform(0.7, 1)
    return X.reshape(n, -1), rng.permutation(10)[:n]


def _augment_probes(rng):
    found = []
    for n, copies, *shape in ((4, 3), (3, 4, (8, 11))):
        X, labels = _cornered_images(rng, n, *(shape or [(8, 8)]))
        found.append((X, labels, copies, np.random.default_rng(rng.integers(2**32)), *shape))
    return found


def _image_by_image(X, Y, copies, rng, shape=(8, 8)):
    changed = [random_shift(row.reshape(shape), rng).ravel() for row in X for _ in range(copies)]
    return np.concatenate([X, changed]), np.concatenate([Y, np.repeat(Y, copies, axis=0)])


def _loop_augment(X, Y, copies, rng, shape=(8, 8)):
    images, labels = list(X), list(Y)
    for row, label in zip(X, Y, strict=True):
        for _ in range(copies):
            dy, dx = rng.integers(-1, 2, size=2)
            images.append(shift_image(row.reshape(shape), int(dy), int(dx)).ravel())
            labels.append(label)
    return images, labels


def _noisy_augment(X, Y, copies, rng, shape=(8, 8)):
    parts = [X] + [np.clip(X + rng.normal(0, 0.08, X.shape), 0, 1) for _ in range(copies)]
    return np.vstack(parts), np.concatenate([Y] * (1 + copies))


def _rolled_augment(X, Y, copies, rng, shape=(8, 8)):
    new_X, new_Y = X, Y
    for _ in range(copies):
        images = X.reshape(-1, *shape)
        moved = [np.roll(image, rng.choice([-1, 1]), axis=int(rng.integers(2))).ravel() for image in images]
        order = rng.permutation(len(X))
        new_X, new_Y = np.vstack([new_X, np.array(moved)[order]]), np.concatenate([new_Y, Y[order]])
    return new_X, new_Y


EXERCISE = Exercise(
    points=2,
    equation="n originals, then n · copies changed images, each with the label of the image it was made from",
    probes=_augment_probes,
    comparable=False,
    observe=augment_checks.augment_facts,
    requirements=[
        Requirement("n (1 + copies) images, each with its own label", 1, augment_checks.right_labels),
        Requirement("originals first and unchanged", 0.25, augment_checks.originals_first),
        Requirement("copies changed by random draws from rng", 0.25, augment_checks.changed_by_rng),
        Requirement("one-hot labels as well", 0.25, augment_checks.one_hot_labels),
        unchanged(0.25),
    ],
    variants=[_loop_augment, _noisy_augment, _rolled_augment, _image_by_image],
)
