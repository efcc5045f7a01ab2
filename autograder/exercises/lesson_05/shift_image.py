"""An image moved by whole pixels."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, probes, shapes, unchanged, values


def shift_image(image, dy, dx):
    height, width = image.shape
    shifted = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            old_row, old_column = row - dy, column - dx
            if 0 <= old_row < height and 0 <= old_column < width:
                shifted[row, column] = image[old_row, old_column]
    return shifted


def _image(rng, shape):
    return rng.random(shape) + 0.1


def _shift_probes(rng):
    found = []
    for dy, dx in ((1, 2), (-2, 1), (1, -1), (-1, -3), (2, 0), (0, -1)):
        shape = tuple(probes.sizes(rng, 2, low=5, high=9))
        found.append((_image(rng, shape), dy, dx))
    return found


def _far_shifts(rng):
    return [
        (_image(rng, (4, 6)), 4, 0),
        (_image(rng, (4, 6)), 0, -6),
        (_image(rng, (5, 3)), -7, 1),
        (_image(rng, (5, 3)), 2, 9),
    ]


def _padded_shift(image, dy, dx):
    height, width = image.shape
    up, left = abs(dy), abs(dx)
    padded = np.pad(image, ((up, up), (left, left)))
    return padded[up - dy : up - dy + height, left - dx : left - dx + width]


def _rolled_shift(image, dy, dx):
    height, width = image.shape
    rolled = np.roll(image, (dy, dx), axis=(0, 1))
    rows, columns = np.arange(height) - dy, np.arange(width) - dx
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    return np.where(inside, rolled, 0)


def _product_shift(image, dy, dx):
    return np.eye(len(image), k=-dy) @ image @ np.eye(image.shape[1], k=dx)


EXERCISE = Exercise(
    points=1,
    equation="new[row, column] = old[row − dy, column − dx] where that is inside the image, otherwise 0",
    probes=_shift_probes,
    telling_probes=lambda rng: [(_image(rng, (6, 6)), 1, -2), (_image(rng, (6, 6)), -1, 0)],
    requirements=[
        values(0.5),
        shapes(0.125),
        cases("shifts by the size of the image or more", 0.125, _far_shifts, with_shapes=True),
        unchanged(0.25),
    ],
    variants=[shift_image, _padded_shift, _rolled_shift, _product_shift],
)
