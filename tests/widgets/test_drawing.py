"""The pipeline from a drawing to 64 numbers: against plain loops and SciPy, and what must not matter to it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from nblib.data import load_digits
from nblib.widgets.drawing import bitmap_of, block_counts, image_of, normalized_bitmap

THREE = [[(20, 10), (50, 2), (75, 15), (70, 35), (40, 48), (70, 55), (85, 75), (60, 98), (15, 90)]]
FOUR = [[(60, 0), (5, 65), (90, 65)], [(60, 0), (60, 100)]]


def normalized_by_loops(bitmap):
    """NIST's normalisation again, a pixel at a time, with SciPy's morphology."""
    inked = [(y, x) for y, row in enumerate(bitmap) for x, on in enumerate(row) if on]
    top, bottom = min(y for y, _ in inked), max(y for y, _ in inked)
    left, right = min(x for _, x in inked), max(x for _, x in inked)
    image = np.zeros((32, 32), bool)
    for y in range(32):
        for x in range(20):
            source_y = top + int((2 * y + 1) * (bottom - top + 1) / 64)
            source_x = left + int((2 * x + 1) * (right - left + 1) / 40)
            image[y, 6 + x] = bitmap[source_y][source_x]
    ink = image.sum()
    if ink > 412:
        image = ndimage.binary_erosion(image, iterations=2 if ink > 560 else 1)
    elif ink < 256:
        image = ndimage.binary_dilation(image, iterations=2 if ink < 108 else 1)
    rows = [y for y in range(32) if image[y].any()]
    if not rows:
        return image
    first, last = rows[0] + 2, rows[-1] - 2
    if last <= first or not image[first].any() or not image[last].any():
        return image
    slant = (min(np.flatnonzero(image[first])) - min(np.flatnonzero(image[last]))) / (last - first)
    sheared = np.zeros_like(image)
    for y in range(32):
        for x in range(32):
            to = x + int(np.rint((y - 16) * slant))
            if image[y, x] and 0 <= to < 32:
                sheared[y, to] = True
    return sheared


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.7, 0.97])
@pytest.mark.parametrize("shape", [(5, 9), (40, 40), (32, 20), (120, 70), (1, 30), (30, 1)])
def test_normalisation_is_that_of_plain_loops(shape, share):
    bitmap = np.random.default_rng(4).random(shape) < share
    bitmap[0, 0] = True
    assert np.array_equal(normalized_bitmap(bitmap), normalized_by_loops(bitmap))


@pytest.mark.parametrize("strokes", [THREE, FOUR])
def test_a_drawing_is_normalised_as_by_plain_loops_and_counted_in_blocks(strokes):
    bitmap = bitmap_of(strokes)
    expected = normalized_by_loops(bitmap)
    counts = [
        [sum(expected[4 * i + y, 4 * j + x] for y in range(4) for x in range(4)) for j in range(8)] for i in range(8)
    ]
    assert np.array_equal(block_counts(expected), counts)
    assert np.array_equal(image_of(bitmap), np.ravel(counts) / 16)


def test_the_bitmap_is_what_a_round_pen_covers():
    bitmap = bitmap_of(FOUR)
    # The longer side of the drawing, 100, becomes 96 pixels; the pen is 12 wide.
    y, x = np.mgrid[: bitmap.shape[0], : bitmap.shape[1]] - 6.0

    def distance(start, end):
        (x0, y0), (x1, y1) = ((0.96 * (a - 5), 0.96 * b) for a, b in (start, end))
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        return np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))

    nearest = np.min([distance(*pair) for line in FOUR for pair in pairwise(line)], axis=0)
    assert bitmap[nearest < 5].all()
    assert not bitmap[nearest > 7].any()


def wobble(points):
    """Displacements of the corners of a drawing."""
    return st.lists(st.tuples(*[st.integers(-10, 10)] * 2), min_size=points, max_size=points)


@settings(max_examples=100)
@given(wobble(len(THREE[0])), st.floats(0.2, 4), st.floats(-500, 500), st.floats(-500, 500))
def test_where_and_how_large_a_3_is_drawn_makes_next_to_no_difference(moves, scale, right, down):
    line = np.array(THREE[0], float) + moves
    there, here = bitmap_of([line]), bitmap_of([scale * line + (right, down)])
    # Rounding may move an edge by one pixel, and with it the shear, or the decision to thicken the strokes.
    assert np.abs(np.subtract(here.shape, there.shape)).max() <= 1
    assert np.abs(image_of(here) - image_of(there)).mean() < 0.12


@pytest.mark.parametrize("strokes", [THREE, FOUR])
@pytest.mark.parametrize(("scale", "right", "down"), [(1, 37, -20), (0.5, 0, 0), (1.7, 11.3, 5.1)])
def test_a_digit_that_is_moved_and_scaled_is_the_same_picture(strokes, scale, right, down):
    moved = [[(scale * x + right, scale * y + down) for x, y in stroke] for stroke in strokes]
    assert np.abs(image_of(bitmap_of(moved)) - image_of(bitmap_of(strokes))).max() <= 2 / 16


def test_the_pictures_look_like_those_of_the_data_set():
    X, _ = load_digits()
    images = X.reshape(-1, 8, 8)
    # What shows that the data set was made this way: every digit fills all eight rows, next to none reaches the first
    # column, and the ink lies in the range at which the normalisation aims.
    assert images.max(axis=2).all()
    assert (images[:, :, 0] > 0).mean() < 0.01
    counts = 1024 * images.mean(axis=(1, 2))
    assert ((counts > 236) & (counts < 432)).mean() > 0.95
    for strokes in (THREE, FOUR):
        drawn = image_of(bitmap_of(strokes)).reshape(8, 8)
        assert drawn[0].any() and drawn[-1].any() and not drawn[:, 0].any()
        assert 236 < 1024 * drawn.mean() < 432


@pytest.mark.parametrize("strokes", [[], [[]], [[(3, 4)]], [[(3, 4), (3, 4)]], [[(0, 0)], [(9, 9)]]])
def test_no_stroke_and_single_dots(strokes):
    image = image_of(bitmap_of(strokes))
    assert image.shape == (64,)
    assert image.any() == any(strokes)
    assert image.min() >= 0 and image.max() <= 1
